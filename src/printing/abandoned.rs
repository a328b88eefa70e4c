//! What a lost connection has left in the printer's parser: half a format, or half a question. Pure.
//!
//! `~JX` drops a half-received format. Sent too early it drops a label whose rest is still on its way, and the
//! labels behind it would be counted under its number. The rest may wait in front of a full buffer, and a parser that
//! serves one connection at a time may not fetch it for as long as ours keeps talking. So half a format counts as
//! abandoned in two cases only: this connection was answered at once and ever since, by a printer that was never
//! stopped nor full, so that there was room for the rest all the time; or ours has been quiet for longer than a
//! parser waits before it turns to another connection.

use crate::zebra::{HostStatus, Reading};

/// An answer later than that may have waited for room.
const AT_ONCE_MS: i64 = 300;
/// So long the rest of a format may be on a network that has answered at once. Without a second channel half a format
/// must not be asked for the counter: what is still to come out is waited for after it was dropped, not before.
const ON_THE_WIRE_MS: i64 = 250;
/// Longer than a parser waits in the middle of a format before it hears another connection (5 s in the field).
pub const HUSH_MS: i64 = 6_000;
/// So long without a host status on the raw connection is more than a slow answer.
const MUTE_AFTER_MS: i64 = 5_000;
/// So long without any word on it, whatever was asked, is half a question which swallows all others.
const SWALLOWED_AFTER_MS: i64 = 20_000;

/// What the parser is doing, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Parser {
    /// Printing, stopped, or not heard of: what it holds may go on by itself.
    #[default]
    Unknown,
    /// Nothing but half a format keeps the printer from being idle.
    Torn,
    /// Idle, and in the middle of no format.
    Clear,
}

/// What to do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Advice {
    /// Nothing now.
    Wait,
    /// Ask nothing on the raw connection for [`HUSH_MS`].
    Hush,
    /// Nobody is still sending it: drop it.
    Drop,
    /// Nothing reaches the parser: hang up, which ends half a question, and come again. Nothing is dropped by it.
    HangUp,
}

/// Watches one connection for bytes whose sender is gone.
#[derive(Debug, Clone)]
pub struct Abandoned {
    parser: Parser,
    odometer: Option<i64>,
    /// Since then parser and counter have not changed.
    since_ms: i64,
    status_at_ms: i64,
    /// When the raw connection told of a half format last, and when it said anything.
    torn_on_raw_at_ms: Option<i64>,
    raw_status_at_ms: i64,
    raw_word_at_ms: i64,
    had_room_all_the_time: bool,
    hushed_since_ms: Option<i64>,
}

impl Abandoned {
    /// The connection stands since now. `was_stopped`: by the last that is known of the printer it may have been full.
    pub fn watch(was_stopped: bool, now_ms: i64) -> Self {
        Self {
            parser: Parser::Unknown,
            odometer: None,
            since_ms: now_ms,
            status_at_ms: now_ms,
            torn_on_raw_at_ms: None,
            raw_status_at_ms: now_ms,
            raw_word_at_ms: now_ms,
            had_room_all_the_time: !was_stopped,
            hushed_since_ms: None,
        }
    }

    /// Takes a reading.
    pub fn observe(&mut self, reading: &Reading, now_ms: i64) {
        let is_raw = reading.received_through.is_some();
        let is_late = is_raw && reading.age_ms > AT_ONCE_MS || now_ms - self.raw_status_at_ms > AT_ONCE_MS;
        let is_stopped = reading.host_status.is_some_and(|status| status.is_stopped() || status.buffer_full);
        if self.hushed_since_ms.is_none() && (is_late || is_stopped || reading.silent) {
            self.had_room_all_the_time = false;
        }
        if is_raw {
            self.raw_status_at_ms = now_ms;
        }
        // The second channel does not tell the model.
        if is_raw || reading.model.is_some() {
            self.raw_word_at_ms = now_ms;
        }
        let moved = reading.odometer.is_some() && reading.odometer != self.odometer;
        self.odometer = reading.odometer.or(self.odometer);
        let parser = match &reading.host_status {
            Some(status) => {
                self.status_at_ms = now_ms - reading.age_ms;
                parser_of(status)
            }
            // Some printers do not answer in a fault.
            None if reading.silent => Parser::Unknown,
            None => self.parser,
        };
        if moved || parser != self.parser {
            self.begin_anew(now_ms);
        }
        self.parser = parser;
        if is_raw && parser == Parser::Torn {
            self.torn_on_raw_at_ms = Some(self.status_at_ms);
        }
    }

    /// What to do now. `settle_ms`: how long an idle printer must keep still to be believed that nothing else is in it.
    pub fn advise(&mut self, now_ms: i64, settle_ms: i64) -> Advice {
        match self.parser {
            Parser::Torn if self.had_room_all_the_time => {
                let is_counted = self.odometer.is_some();
                let still_ms = if is_counted { settle_ms.max(ON_THE_WIRE_MS) } else { ON_THE_WIRE_MS };
                self.drop_after(self.since_ms + still_ms)
            }
            Parser::Torn => match self.hushed_since_ms {
                Some(since_ms) => self.drop_after(since_ms + HUSH_MS),
                None => {
                    self.hushed_since_ms = Some(now_ms);
                    Advice::Hush
                }
            },
            _ if now_ms - self.raw_word_at_ms >= SWALLOWED_AFTER_MS => Advice::HangUp,
            // The second channel says that no format is open: what swallows our questions is half a question.
            Parser::Clear => {
                let is_still = self.status_at_ms >= self.since_ms + MUTE_AFTER_MS;
                let is_mute = now_ms - self.raw_status_at_ms >= MUTE_AFTER_MS;
                if is_still && is_mute { Advice::Drop } else { Advice::Wait }
            }
            Parser::Unknown => Advice::Wait,
        }
    }

    fn drop_after(&self, until_ms: i64) -> Advice {
        if self.torn_on_raw_at_ms >= Some(until_ms) { Advice::Drop } else { Advice::Wait }
    }

    /// The printer had room for the rest of what was begun, as long as this connection stands: none can come any more.
    pub fn had_room_all_the_time(&self) -> bool {
        self.had_room_all_the_time
    }

    /// It was dropped just now; whether that helped shows in its time.
    pub fn was_dropped(&mut self, now_ms: i64) {
        self.begin_anew(now_ms);
    }

    fn begin_anew(&mut self, now_ms: i64) {
        self.since_ms = now_ms;
        self.torn_on_raw_at_ms = None;
        self.hushed_since_ms = None;
    }
}

fn parser_of(status: &HostStatus) -> Parser {
    let is_idle_but_for_it = HostStatus { partial_format: false, ..*status }.is_idle();
    match (is_idle_but_for_it, status.partial_format) {
        (true, true) => Parser::Torn,
        (true, false) => Parser::Clear,
        (false, _) => Parser::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(status: HostStatus) -> Reading {
        Reading { host_status: Some(status), received_through: Some(0), ..Reading::default() }
    }

    fn torn() -> HostStatus {
        HostStatus { partial_format: true, ..HostStatus::default() }
    }

    fn first_advice(
        mut abandoned: Abandoned,
        reading: &Reading,
        times_ms: impl Iterator<Item = i64>,
    ) -> (i64, Advice) {
        for now_ms in times_ms {
            abandoned.observe(reading, now_ms);
            match abandoned.advise(now_ms, 700) {
                Advice::Wait => {}
                advice => return (now_ms, advice),
            }
        }
        (i64::MAX, Advice::Wait)
    }

    #[test]
    fn half_a_format_in_a_printer_with_room_is_dropped_when_it_has_kept_still() {
        let counted = Reading { odometer: Some(5), ..raw(torn()) };
        let advice = first_advice(Abandoned::watch(false, 0), &counted, (20..5_000).step_by(100));
        assert_eq!(advice, (720, Advice::Drop));
        let advice = first_advice(Abandoned::watch(false, 0), &raw(torn()), (20..5_000).step_by(50));
        assert_eq!(advice, (270, Advice::Drop), "the counter is asked behind it");
    }

    #[test]
    fn behind_a_stop_the_rest_may_be_waiting_and_is_given_its_turn_first() {
        let mut abandoned = Abandoned::watch(false, 0);
        for now_ms in (0..60_000).step_by(400) {
            abandoned.observe(&raw(HostStatus { head_open: true, ..torn() }), now_ms);
            assert_eq!(abandoned.advise(now_ms, 700), Advice::Wait);
        }
        abandoned.observe(&raw(torn()), 60_000);
        assert_eq!(abandoned.advise(60_000, 700), Advice::Hush);
        abandoned.observe(&raw(torn()), 60_100);
        assert_eq!(abandoned.advise(60_100, 700), Advice::Wait, "asked before the hush");
        let mut moved = abandoned.clone();
        abandoned.observe(&raw(torn()), 66_000);
        assert_eq!(abandoned.advise(66_000, 700), Advice::Drop);
        moved.observe(&raw(HostStatus { formats_in_buffer: 1, ..torn() }), 66_000);
        assert_eq!(moved.advise(66_000, 700), Advice::Wait, "the rest came");
    }

    #[test]
    fn an_answer_that_waited_may_have_waited_for_room() {
        let late = Reading { age_ms: 2_000, ..raw(torn()) };
        let advice = first_advice(Abandoned::watch(false, 0), &late, (2_000..9_000).step_by(100));
        assert_eq!(advice, (2_000, Advice::Hush));
    }

    #[test]
    fn silence_alone_says_nothing_of_the_parser() {
        let silence = Reading { silent: true, ..Reading::default() };
        let advice = first_advice(Abandoned::watch(false, 0), &silence, (0..60_000).step_by(2_000));
        assert_eq!(advice, (SWALLOWED_AFTER_MS, Advice::HangUp), "which drops nothing");
    }

    #[test]
    fn half_a_question_that_swallows_ours_is_seen_from_the_second_channel() {
        let idle = Reading { host_status: Some(HostStatus::default()), ..Reading::default() };
        let advice = first_advice(Abandoned::watch(false, 0), &idle, (0..9_000).step_by(500));
        assert_eq!(advice, (MUTE_AFTER_MS, Advice::Drop));
    }
}
