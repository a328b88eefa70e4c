//! When an idle printer is still enough to start a run on: the baseline must not move under it. Pure.

use super::pace::SHORTEST_SETTLE_MS;
use super::tally::Baseline;
use crate::domain::Code;
use crate::zebra::{CounterAbsence, HostStatus, Reading, fault_of};

/// Watches a printer between runs.
#[derive(Debug, Clone, Default)]
pub struct Readiness {
    host_status: Option<HostStatus>,
    odometer: Option<i64>,
    counter_absence: CounterAbsence,
    uptime_s: Option<i64>,
    unique_id: Option<String>,
    /// Idle with this counter since this moment.
    still_since: Option<(i64, Option<i64>)>,
    odometer_at_ms: Option<i64>,
    odometer_heard_at_ms: Option<i64>,
    host_status_at_ms: Option<i64>,
    /// What the parser itself answered last may describe this moment: a second channel answers beside it.
    parser_heard_at_ms: Option<i64>,
    /// When that answer was in. A slow printer's answers are seconds old, and it is not silent.
    parser_answered_ms: Option<i64>,
    last_sign_ms: Option<i64>,
    /// How long the answers of the last reading took.
    answer_ms: i64,
    began_ms: Option<i64>,
}

/// Whether a run may begin now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ready {
    Yes(Baseline),
    /// Something is still on its way in the printer, or it has not been heard.
    NotYet,
    /// A person is needed first.
    Needs(Code),
}

impl Readiness {
    /// A run just ended here: the printer is known to hold nothing of ours, by what was heard last.
    /// False where it has not been heard to be idle.
    pub fn assume_still(&mut self, settle_ms: i64) -> bool {
        let heard_at_ms = [self.host_status_at_ms, self.parser_heard_at_ms, self.odometer_at_ms]
            .into_iter()
            .flatten()
            .min();
        let (Some((since, _)), Some(heard_at_ms)) = (&mut self.still_since, heard_at_ms) else {
            return false;
        };
        *since = (*since).min(heard_at_ms - settle_ms);
        true
    }

    /// Takes a reading.
    pub fn observe(&mut self, reading: &Reading, now_ms: i64) {
        self.began_ms.get_or_insert(now_ms);
        if reading.host_status.is_some() || reading.odometer.is_some() {
            self.last_sign_ms = Some(now_ms);
            self.answer_ms = reading.age_ms;
        }
        let asked_at_ms = now_ms - reading.age_ms;
        if let Some(status) = reading.host_status {
            // The older of two crossing answers may come last.
            if self.host_status_at_ms <= Some(asked_at_ms) {
                self.host_status = Some(status);
                self.host_status_at_ms = Some(asked_at_ms);
            }
            if !reading.second_channel {
                self.parser_heard_at_ms = self.parser_heard_at_ms.max(Some(asked_at_ms));
                self.parser_answered_ms = Some(now_ms);
            }
        }
        if reading.odometer.is_some() && !self.is_older_count(reading, asked_at_ms) {
            self.odometer = reading.odometer;
            self.odometer_at_ms = Some(asked_at_ms);
            self.odometer_heard_at_ms = Some(now_ms);
        }
        if reading.counter_absence == CounterAbsence::Told {
            // It counted before, perhaps in another language or firmware: what it counted then is no baseline.
            (self.odometer, self.odometer_at_ms) = (None, None);
        }
        let known = if reading.odometer.is_some() { CounterAbsence::Unknown } else { self.counter_absence };
        self.counter_absence = known.max(reading.counter_absence);
        self.uptime_s = reading.uptime_s.or(self.uptime_s);
        if reading.unique_id.is_some() {
            self.unique_id.clone_from(&reading.unique_id);
        }
        // Some printers do not answer in a fault: what was not heard of is not still.
        let is_told = reading.host_status.is_some() || !reading.silent;
        // What lost connections brought waits in front of a parser that is in the middle of something.
        let is_read = self.parser_heard_at_ms.is_some();
        let idle = is_told && is_read && self.host_status.is_some_and(|status| status.is_idle());
        self.still_since = match (idle, self.still_since) {
            (true, Some((since, still))) if still == self.odometer => Some((since, still)),
            (true, _) => Some((now_ms, self.odometer)),
            (false, _) => None,
        };
    }

    /// A lower count that was asked for before a higher one was heard.
    fn is_older_count(&self, reading: &Reading, asked_at_ms: i64) -> bool {
        reading.odometer < self.odometer && Some(asked_at_ms) < self.odometer_heard_at_ms
    }

    /// It said that it has no counter, rather than nothing.
    pub fn is_counter_missing(&self) -> bool {
        self.counter_absence == CounterAbsence::Told
    }

    /// Nothing but a half-received format keeps it busy: whoever began it is gone.
    pub fn has_torn_format(&self) -> bool {
        self.host_status.is_some_and(|status| {
            HostStatus { partial_format: false, ..status }.is_idle() && status.partial_format
        })
    }

    /// The last host status, if there was one.
    pub fn host_status(&self) -> Option<&HostStatus> {
        self.host_status.as_ref()
    }

    /// True when the parser has not answered for so long, whatever a second channel says.
    pub fn is_parser_silent(&self, now_ms: i64, silence_ms: i64) -> bool {
        self.parser_answered_ms.or(self.began_ms).is_some_and(|at| now_ms - at >= silence_ms)
    }

    /// True when the parser has answered here and has not for so long: a connection that nobody ended may be dead all
    /// the same, for a printer that was switched off does not say so.
    pub fn has_fallen_silent(&self, now_ms: i64, silence_ms: i64) -> bool {
        self.parser_answered_ms.is_some_and(|at| now_ms - at >= silence_ms)
    }

    /// The last count, if there was one.
    pub fn odometer(&self) -> Option<i64> {
        self.odometer
    }

    /// The device that was heard.
    pub fn unique_id(&self) -> Option<&str> {
        self.unique_id.as_deref()
    }

    /// True when nothing has been heard for so long.
    pub fn is_silent(&self, now_ms: i64, silence_ms: i64) -> bool {
        match self.last_sign_ms.or(self.began_ms) {
            Some(at) => now_ms - at >= silence_ms,
            None => false,
        }
    }

    /// May a run begin? `settle_ms`: how long it must have kept still; `asked_ms`: what it said before is too old
    /// for a baseline.
    pub fn ready(&self, now_ms: i64, settle_ms: i64, asked_ms: i64) -> Ready {
        let Some(status) = &self.host_status else { return Ready::NotYet };
        if let Some(code) = fault_of(status) {
            return Ready::Needs(code);
        }
        if status.label_waiting {
            return Ready::Needs(Code::LabelWaiting);
        }
        if self.odometer.is_none() && self.counter_absence == CounterAbsence::Unknown {
            // A counter not heard of yet would be missed for the whole run.
            return Ready::NotYet;
        }
        let fresh = self.host_status_at_ms >= Some(asked_ms)
            && (self.odometer.is_none() || self.odometer_at_ms >= Some(asked_ms));
        // Without a counter there is no baseline that could move.
        let settle_ms = if self.odometer.is_none() { settle_ms.min(SHORTEST_SETTLE_MS) } else { settle_ms };
        // Heard at both ends of that time: silence is not stillness.
        let until = |since: i64| Some(since + settle_ms);
        let still = |since: i64| {
            self.host_status_at_ms >= until(since)
                && self.parser_heard_at_ms >= until(since)
                && (self.odometer.is_none() || self.odometer_at_ms >= until(since))
        };
        match self.still_since {
            Some((since, _)) if fresh && still(since) => Ready::Yes(Baseline {
                odometer: self.odometer,
                uptime_s: self.uptime_s,
                unique_id: self.unique_id.clone(),
                taken_at_ms: now_ms,
                answer_ms: self.answer_ms,
                ..Baseline::default()
            }),
            _ => Ready::NotYet,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(buffered: i64, odometer: i64) -> Reading {
        Reading {
            host_status: Some(HostStatus { formats_in_buffer: buffered, ..HostStatus::default() }),
            odometer: Some(odometer),
            ..Reading::default()
        }
    }

    #[test]
    fn an_older_answer_that_comes_last_is_no_baseline() {
        let mut readiness = Readiness::default();
        let counted = |odometer: i64| Reading {
            host_status: Some(HostStatus::default()),
            odometer: Some(odometer),
            ..Reading::default()
        };
        readiness.observe(&counted(112), 0);
        readiness.observe(&Reading { second_channel: true, ..counted(113) }, 700);
        readiness.observe(&Reading { age_ms: 600, ..counted(112) }, 720);
        readiness.observe(&Reading { host_status: Some(HostStatus::default()), ..Reading::default() }, 800);
        readiness.assume_still(400);
        let Ready::Yes(baseline) = readiness.ready(800, 400, 0) else { panic!("it is still") };
        assert_eq!(baseline.odometer, Some(113));
    }

    #[test]
    fn a_run_knows_from_the_first_label_on_how_long_answers_take() {
        let mut readiness = Readiness::default();
        for now_ms in (300..2_000).step_by(300) {
            readiness.observe(&Reading { age_ms: 280, ..reading(0, 5) }, now_ms);
        }
        let Ready::Yes(baseline) = readiness.ready(1_800, 500, 0) else { panic!("it has kept still") };
        assert_eq!(baseline.answer_ms, 280);
    }

    #[test]
    fn an_older_answer_that_comes_last_does_not_make_a_busy_printer_idle() {
        let mut readiness = Readiness::default();
        let waiting = |formats_in_buffer: i64| Reading {
            host_status: Some(HostStatus { formats_in_buffer, ..HostStatus::default() }),
            ..Reading::default()
        };
        readiness.observe(&Reading { second_channel: true, ..waiting(3) }, 700);
        readiness.observe(&Reading { age_ms: 600, ..waiting(0) }, 720);
        assert_eq!(readiness.host_status().map(|status| status.formats_in_buffer), Some(3));
    }

    #[test]
    fn a_run_starts_only_on_a_printer_that_has_kept_still() {
        let mut readiness = Readiness::default();
        readiness.observe(&reading(1, 5), 0);
        assert_eq!(readiness.ready(0, 500, 0), Ready::NotYet);
        readiness.observe(&reading(0, 5), 100);
        readiness.observe(&reading(0, 6), 400);
        assert_eq!(readiness.ready(800, 500, 0), Ready::NotYet, "it moved at 400");
        readiness.observe(&reading(0, 6), 900);
        assert_eq!(readiness.ready(1_900, 500, 1_000), Ready::NotYet, "a baseline wants a fresh reading");
        assert!(matches!(readiness.ready(900, 500, 0), Ready::Yes(Baseline { odometer: Some(6), .. })));
        let mut silent = Readiness::default();
        silent.observe(&reading(0, 5), 0);
        assert_eq!(silent.ready(3_000, 500, 0), Ready::NotYet, "silence is not stillness");
    }

    #[test]
    fn behind_a_run_that_left_nothing_in_the_printer_stillness_is_not_waited_for_again() {
        let mut readiness = Readiness::default();
        readiness.observe(&reading(0, 5), 1_000);
        assert_eq!(readiness.ready(1_000, 700, 900), Ready::NotYet);
        readiness.assume_still(700);
        assert!(matches!(readiness.ready(1_000, 700, 900), Ready::Yes(_)), "by what was heard last");
        assert_eq!(readiness.ready(1_000, 700, 1_001), Ready::NotYet, "unless it is too old");
    }

    #[test]
    fn a_second_channel_that_does_not_carry_the_status_does_not_keep_a_run_from_starting() {
        let mut readiness = Readiness::default();
        for now_ms in (0..1_000).step_by(100) {
            readiness.observe(&Reading { odometer: None, ..reading(0, 5) }, now_ms);
            readiness.observe(&Reading { host_status: None, ..reading(0, 5) }, now_ms + 50);
        }
        assert!(matches!(readiness.ready(1_000, 500, 900), Ready::Yes(_)));
    }

    #[test]
    fn a_second_channel_alone_does_not_say_that_nothing_is_on_its_way() {
        let mut readiness = Readiness::default();
        for now_ms in (0..9_000).step_by(100) {
            readiness.observe(&Reading { second_channel: true, ..reading(0, 5) }, now_ms);
        }
        assert_eq!(readiness.ready(9_000, 500, 0), Ready::NotYet);
        assert!(readiness.is_parser_silent(9_000, 5_000) && !readiness.is_silent(9_000, 5_000));
        readiness.observe(&reading(0, 5), 9_000);
        readiness.observe(&reading(0, 5), 9_500);
        assert!(matches!(readiness.ready(9_500, 500, 0), Ready::Yes(_)));
    }

    #[test]
    fn a_printer_that_answers_slowly_is_not_silent() {
        let mut readiness = Readiness::default();
        for now_ms in (9_000..60_000).step_by(9_000) {
            readiness.observe(&Reading { age_ms: 9_000, ..reading(0, 5) }, now_ms);
            assert!(!readiness.is_parser_silent(now_ms, 2_000));
        }
        assert!(matches!(readiness.ready(54_000, 500, 40_000), Ready::Yes(_)));
    }

    #[test]
    fn a_counter_that_is_gone_is_no_baseline() {
        let mut readiness = Readiness::default();
        readiness.observe(&reading(0, 5), 0);
        let gone = Reading { odometer: None, counter_absence: CounterAbsence::Told, ..reading(0, 5) };
        readiness.observe(&gone, 100);
        readiness.observe(&gone, 800);
        let Ready::Yes(baseline) = readiness.ready(800, 500, 100) else { panic!("it has kept still") };
        assert_eq!(baseline.odometer, None);
    }

    #[test]
    fn a_status_that_was_asked_for_and_did_not_come_is_not_stillness() {
        let mut readiness = Readiness::default();
        readiness.observe(&reading(0, 5), 0);
        readiness.observe(&Reading { host_status: None, silent: true, ..reading(0, 5) }, 300);
        readiness.observe(&reading(0, 5), 600);
        assert_eq!(readiness.ready(600, 500, 0), Ready::NotYet);
    }

    #[test]
    fn an_open_head_is_told_instead_of_waited_for_in_silence() {
        let mut readiness = Readiness::default();
        let mut open = reading(0, 5);
        open.host_status = open.host_status.map(|status| HostStatus { head_open: true, ..status });
        readiness.observe(&open, 0);
        assert_eq!(readiness.ready(10_000, 500, 0), Ready::Needs(Code::HeadOpen));
    }

    #[test]
    fn a_label_that_waits_to_be_taken_off_is_told_instead_of_waited_for_in_silence() {
        let mut readiness = Readiness::default();
        let mut peeled = reading(0, 5);
        peeled.host_status = peeled.host_status.map(|status| HostStatus { label_waiting: true, ..status });
        readiness.observe(&peeled, 0);
        assert_eq!(readiness.ready(10_000, 500, 0), Ready::Needs(Code::LabelWaiting));
        readiness.observe(&reading(0, 5), 10_100);
        readiness.observe(&reading(0, 5), 10_600);
        assert!(matches!(readiness.ready(10_600, 500, 0), Ready::Yes(_)));
    }
}
