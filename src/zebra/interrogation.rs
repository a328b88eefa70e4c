//! Asks a printer on its raw connection, one question at a time. Pure: bytes and clock are handed in.
//!
//! Set-Get-Do replies carry no request id, so only one question is ever open. After a silence the next
//! answer could belong to an older question: `~HI`, which answers with a shape of its own, is asked, and everything
//! before its answer is dropped. That answer may be late as well: as long as one is out, no other `~HI` is asked, or
//! the answer to the first would be taken for that to the second.
//!
//! A printer that has no settings says nothing when it is asked for one. As long as none was answered, `~HI` is asked
//! behind it: a parser answers in turn, so that its answer, when it comes first, tells that the setting was passed over.

use super::answer_time::AnswerTime;
use super::presence::Presence;
use super::{
    CounterAbsence, Reading, Reply, is_missing, parse_count, parse_cutter_jammed, parse_print_speed_mm_per_s,
    parse_unique_id, parse_uptime_s,
};

/// A question platen asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Query {
    HostIdentification,
    HostStatus,
    UniqueId,
    Odometer,
    PrintSpeed,
    Uptime,
    /// Why it stands, where `~HS` does not say so. Some answer it in four values.
    SystemError,
}

impl Query {
    /// The bytes on the wire (ZPL II Programming Guide, ~HI, ~HS and "About SGD").
    pub fn bytes(self) -> &'static [u8] {
        match self {
            Self::HostIdentification => b"~HI",
            Self::HostStatus => b"~HS",
            Self::UniqueId => b"! U1 getvar \"device.unique_id\"\r\n",
            Self::Odometer => b"! U1 getvar \"odometer.total_label_count\"\r\n",
            Self::PrintSpeed => b"! U1 getvar \"media.speed\"\r\n",
            Self::Uptime => b"! U1 getvar \"device.uptime\"\r\n",
            Self::SystemError => b"! U1 getvar \"zpl.system_error\"\r\n",
        }
    }

    fn is_setting(self) -> bool {
        !matches!(self, Self::HostIdentification | Self::HostStatus)
    }

    fn is_answered_by(self, reply: &Reply) -> bool {
        match reply {
            Reply::HostIdentification { .. } => self == Self::HostIdentification,
            Reply::HostStatus(_) => self == Self::HostStatus,
            Reply::Setting(_) => self.is_setting(),
            Reply::Verified(_) | Reply::Unreadable => false,
        }
    }
}

/// What to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    Send(Query),
    Finished(Reading),
    Wait,
}

/// Without `~HI` to ask, nothing is asked for so long behind an answer that came late.
const QUIET_BEHIND_A_LATE_ANSWER_MS: i64 = 2_000;
/// So long the first setting may take before `~HI` is asked behind it.
const PASSED_OVER_AFTER_MS: i64 = 500;
/// And so long it stays open at least.
const FIRST_SETTING_MS: i64 = 2_000;
/// So long an answer to `~HI` is waited for before it counts as lost, and the next is asked: longer than a parser waits
/// before it turns to another connection, and than any answer is known to take (5 s). What comes later all the same is
/// told by the answers being two.
const LOST_AFTER_MS: i64 = 8_000;
/// So long after one of several answers the others count as lost.
const DRAINED_AFTER_MS: i64 = 5_000;

const ERROR_VALUES: usize = 4;

/// One round of questions after another.
#[derive(Debug, Default)]
pub struct Interrogation {
    remaining: Vec<Query>,
    open: Option<(Query, i64)>,
    reading: Reading,
    begun_at: i64,
    uptime_asked_at: i64,
    /// Set by a silence: the next thing to be believed is the answer to the last `~HI`.
    resynchronising: bool,
    /// Answers to `~HI` that have not come, and when the last was asked for.
    identifications_out: u32,
    identification_asked_at: i64,
    /// An answer came while more than one was out: it may be that of an older question.
    doubtful_answer_at: Option<i64>,
    /// The printer does not answer `~HI`: after a silence nothing is asked until late answers have had their time.
    is_without_identification: bool,
    quiet_until_ms: i64,
    answer_time: AnswerTime,
    /// The question that was given up last, and when it was asked: its answer may still come.
    given_up: Option<(Query, i64)>,
    /// When the status was asked for that did not come.
    status_given_up_at: Option<i64>,
    presence: Presence,
    /// A setting was answered on this connection.
    has_settings: bool,
    /// `~HI` was asked behind the open setting.
    is_asked_behind: bool,
    /// Of `zpl.system_error`, which some printers tell one by one, each in quotes.
    error_values: Vec<String>,
}

impl Interrogation {
    /// For a printer that does not answer `~HI`.
    pub fn without_identification() -> Self {
        Self { is_without_identification: true, ..Self::default() }
    }

    /// True between a question and the end of its round.
    pub fn is_busy(&self) -> bool {
        self.open.is_some()
    }

    /// Starts a round. `writes` counts the labels handed to the connection before it.
    pub fn begin(&mut self, round: &[Query], writes: i64, now_ms: i64) -> Step {
        if now_ms < self.quiet_until_ms {
            return Step::Wait;
        }
        self.remaining = round.iter().rev().copied().collect();
        self.error_values.clear();
        self.reading = Reading { received_through: Some(writes), ..Reading::default() };
        self.begun_at = now_ms;
        self.uptime_asked_at = now_ms;
        if !self.resynchronising {
            return self.ask_next(now_ms);
        }
        // Asked for in any case.
        self.remaining.pop_if(|first| *first == Query::HostIdentification);
        if self.identifications_out > 0 && now_ms - self.identification_asked_at < LOST_AFTER_MS {
            self.open = Some((Query::HostIdentification, now_ms));
            return Step::Wait;
        }
        self.remaining.push(Query::HostIdentification);
        self.ask_next(now_ms)
    }

    /// Takes a reply; one that answers no open question is dropped.
    pub fn reply(&mut self, reply: Reply, now_ms: i64) -> Step {
        self.note_presence(&reply, now_ms);
        self.measure(&reply, now_ms);
        if matches!(reply, Reply::HostIdentification { .. }) {
            self.identifications_out = self.identifications_out.saturating_sub(1);
            if self.resynchronising && self.identifications_out > 0 {
                self.doubtful_answer_at = Some(now_ms);
                return Step::Wait;
            }
            self.doubtful_answer_at = None;
            if std::mem::take(&mut self.is_asked_behind) {
                self.open = None;
                self.remaining.clear();
                let passed_over = Reading { silent: true, setting_passed_over: true, ..self.finish(now_ms) };
                return Step::Finished(passed_over);
            }
        }
        let Some((query, asked_at)) = self.open else {
            if now_ms < self.quiet_until_ms {
                self.quiet_until_ms = now_ms + QUIET_BEHIND_A_LATE_ANSWER_MS;
            }
            return Step::Wait;
        };
        match (query, reply) {
            (Query::HostIdentification, Reply::HostIdentification { model, firmware, dpmm }) => {
                self.resynchronising = false;
                self.reading.model = Some(model);
                self.reading.firmware = Some(firmware);
                self.reading.dpmm = dpmm;
            }
            (Query::HostStatus, Reply::HostStatus(status)) => {
                self.reading.host_status = Some(status);
                if status.partial_format {
                    // Half a format takes a question for a setting as its text, and it would stand on the label.
                    self.remaining.clear();
                }
            }
            (Query::Odometer, Reply::Setting(value)) => {
                self.reading.odometer = parse_count(&value);
                if is_missing(&value) {
                    self.reading.counter_absence = CounterAbsence::Told;
                }
            }
            (Query::PrintSpeed, Reply::Setting(value)) => {
                self.reading.print_speed_mm_per_s = parse_print_speed_mm_per_s(&value);
            }
            (Query::Uptime, Reply::Setting(value)) => {
                self.reading.uptime_s = parse_uptime_s(&value);
                self.uptime_asked_at = asked_at;
            }
            (Query::UniqueId, Reply::Setting(value)) => {
                self.reading.unique_id = parse_unique_id(&value);
            }
            (Query::SystemError, Reply::Setting(value)) => {
                self.error_values.push(value);
                let told = self.error_values.join(",");
                self.reading.cutter_jammed = parse_cutter_jammed(&told);
                let is_whole = self.reading.cutter_jammed.is_some() || is_missing(&told);
                if !is_whole && self.error_values.len() < ERROR_VALUES {
                    return Step::Wait;
                }
            }
            _ => return Step::Wait,
        }
        if query.is_setting() {
            self.has_settings = true;
            self.is_asked_behind = false;
        }
        self.open = None;
        self.ask_next(now_ms)
    }

    /// When what is answered was asked for, also where nobody waits for the answer any more.
    fn note_presence(&mut self, reply: &Reply, now_ms: i64) {
        let open_since = self.open.filter(|(query, _)| query.is_answered_by(reply)).map(|(_, at)| at);
        let asked_at = match reply {
            Reply::HostIdentification { .. } if self.identifications_out == 1 => {
                Some(self.identification_asked_at)
            }
            Reply::HostIdentification { .. } => None,
            Reply::HostStatus(_) => open_since.or(self.status_given_up_at.take()),
            _ => open_since,
        };
        if let Some(asked_at) = asked_at {
            self.presence.answered(asked_at, now_ms);
        }
    }

    /// How long it took, also where nobody waits for it any more.
    fn measure(&mut self, reply: &Reply, now_ms: i64) {
        let is_of = |(query, _): &(Query, i64)| query.is_answered_by(reply);
        let asked_at = if matches!(reply, Reply::HostIdentification { .. }) {
            self.given_up = None;
            (self.identifications_out == 1).then_some(self.identification_asked_at)
        } else {
            let heard_of = self.open.filter(is_of).or_else(|| self.given_up.take_if(|late| is_of(late)));
            heard_of.map(|(_, asked_at)| asked_at)
        };
        if let Some(asked_at) = asked_at {
            self.answer_time.took(now_ms - asked_at);
        }
    }

    /// What the round under way has found, when there is nobody to ask the rest any more: a status at least.
    pub fn last_words(&mut self, now_ms: i64) -> Option<Reading> {
        self.open.take()?;
        self.remaining.clear();
        self.reading.host_status.is_some().then(|| self.finish(now_ms))
    }

    /// Ends the round when the open question has waited too long.
    pub fn tick(&mut self, now_ms: i64) -> Step {
        if self.doubtful_answer_at.is_some_and(|at| now_ms - at >= DRAINED_AFTER_MS) {
            self.doubtful_answer_at = None;
            self.identifications_out = 0;
            self.resynchronising = false;
            self.open = None;
            return self.ask_next(now_ms);
        }
        let patience_ms = self.patience_ms();
        match self.open {
            Some((_, asked_at)) if now_ms - asked_at >= patience_ms => {
                self.given_up = self.open;
                self.presence.unanswered();
                if let Some((Query::HostStatus, asked_at)) = self.open {
                    self.status_given_up_at = Some(asked_at);
                }
                self.is_asked_behind = false;
                if self.is_without_identification {
                    self.quiet_until_ms = now_ms + patience_ms;
                } else {
                    self.resynchronising = true;
                }
                self.open = None;
                self.remaining.clear();
                Step::Finished(Reading { silent: true, ..self.finish(now_ms) })
            }
            Some((query, asked_at)) if self.may_be_passed_over(query, now_ms - asked_at) => {
                self.is_asked_behind = true;
                self.identify(now_ms)
            }
            _ => Step::Wait,
        }
    }

    /// However quick its other answers are: what is asked behind a setting tells sooner that it is passed over.
    fn patience_ms(&self) -> i64 {
        let patience_ms = self.answer_time.patience_ms();
        let is_setting = self.open.is_some_and(|(query, _)| query.is_setting());
        if is_setting && !self.has_settings { patience_ms.max(FIRST_SETTING_MS) } else { patience_ms }
    }

    /// Only one `~HI` is out at a time: an older one's answer would tell nothing.
    fn may_be_passed_over(&self, query: Query, open_ms: i64) -> bool {
        query.is_setting()
            && !self.has_settings
            && !self.is_asked_behind
            && self.identifications_out == 0
            && open_ms >= PASSED_OVER_AFTER_MS
    }

    fn identify(&mut self, now_ms: i64) -> Step {
        self.identifications_out += 1;
        self.identification_asked_at = now_ms;
        Step::Send(Query::HostIdentification)
    }

    fn ask_next(&mut self, now_ms: i64) -> Step {
        match self.remaining.pop() {
            Some(query) => {
                self.open = Some((query, now_ms));
                if query == Query::HostIdentification { self.identify(now_ms) } else { Step::Send(query) }
            }
            None => Step::Finished(self.finish(now_ms)),
        }
    }

    fn finish(&mut self, now_ms: i64) -> Reading {
        let age_ms = now_ms - self.begun_at;
        let uptime_age_ms = now_ms - self.uptime_asked_at;
        let reading = std::mem::take(&mut self.reading);
        // Only an answered `~HS` proves how far the parser has read.
        let received_through = reading.received_through.filter(|_| reading.host_status.is_some());
        let absent_ms = if reading.host_status.is_some() { self.presence.take_absent_ms() } else { 0 };
        Reading { age_ms, uptime_age_ms, received_through, absent_ms, ..reading }
    }
}

#[cfg(test)]
#[path = "interrogation_test.rs"]
mod tests;
