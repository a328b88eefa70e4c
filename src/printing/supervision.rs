//! What a worker decides around its run, from what it hears of the printer: what to do about bytes a lost connection
//! left, when the next run may begin, how often to ask. Pure: the worker and the seeded simulation do what it says.

mod former_life;

use super::abandoned::{Abandoned, Advice, HUSH_MS};
use super::readiness::{Readiness, Ready};
use super::run::{RunEvent, SILENCE_MS};
use super::tally::{Baseline, FormerWorks, UsualWorks};
use crate::domain::Code;
use crate::zebra::{HostStatus, Reading};
use std::ops::RangeInclusive;

const POLL_WHILE_PRINTING_MS: i64 = 100;
const POLL_WHILE_STOPPED_MS: i64 = 400;
const POLL_WHILE_IDLE_MS: i64 = 1_000;
const POLL_SOON_MS: i64 = 50;
/// Before a printer's pace is known, an idle one must keep still this long.
const UNKNOWN_SETTLE_MS: i64 = 700;
const LONGEST_SETTLE_MS: i64 = 10_000;
/// A stop that nobody heard of may lie in a longer time than that. Shorter than a parser waits in the middle of a
/// format before it hears another connection: if it hears ours at once, nothing of the old one waits in front of it.
const UNHEARD_MS: i64 = 3_000;
/// A parser that has not answered for so long may be in the middle of half a question.
const MUTE_AFTER_MS: i64 = 2_000;
/// A printer that is silent for another reason is not filled with attempts to end it.
const CLEAR_AGAIN_AFTER_MS: i64 = 30_000;
/// A connection that was answered and is no longer, between runs: longer than any answer and what puts them in step take.
/// A printer in a fault may be silent for hours. It is rung up again once; on a connection that was never answered,
/// `patience` decides.
const FALLEN_SILENT_AFTER_MS: i64 = 20_000;
/// The same where the uptime on the other channel says that the printer was restarted.
const CUT_OFF_AFTER_MS: i64 = 5_000;
const SHORTEST_RETRY_MS: i64 = 100;
/// A printer that is back prints again within a second.
const LONGEST_RETRY_MS: i64 = 1_000;

/// What is known of the printer around the run, and of the connection to it.
#[derive(Debug)]
pub struct Supervision {
    readiness: Readiness,
    abandoned: Abandoned,
    /// By its last host status; what was on its way then may have waited for room.
    was_stopped: bool,
    last_status_ms: Option<i64>,
    /// When work was last asked for: a baseline must be younger.
    asked_ms: Option<i64>,
    settle_ms: i64,
    /// On this connection, for its silence.
    cleared_at_ms: Option<i64>,
    /// What the printer had counted when a restart of it was noticed over this connection.
    odometer_at_restart: Option<i64>,
    /// What the printer says if nothing has come out since a former life of the service left it with nothing in it.
    left: Option<Baseline>,
    former_works: FormerWorks,
}

/// The run under way, as far as it matters here.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct UnderWay {
    /// Measured time of one label, milliseconds, once known.
    pub label_ms: Option<f64>,
    /// The connection its labels were written to is gone.
    pub is_recovering: bool,
    /// The printer was certainly restarted since it began.
    pub is_behind_a_restart: bool,
    /// When the counter moves, or how many labels are in the works, is not known yet: the first labels tell.
    pub is_learning: bool,
    /// One label that was sent is not counted, and no other: half a format is all that can be left of it.
    pub lacks_one: bool,
}

/// What to do, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    /// Drop half a format (`~JX`).
    CancelPartialFormat,
    /// Ask nothing on the raw connection for so long.
    Hush { time_ms: i64 },
    /// Nothing reaches the parser: this connection counts as lost, and a new one is made.
    HangUp,
    /// Move the run on.
    Step(RunEvent),
}

/// Whether the next run begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    Begin(Baseline),
    /// Not yet; a person may hear why.
    Wait(Option<Code>),
}

/// What people want of a job under way, and of its printer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Wanted {
    pub is_withdrawn: bool,
    pub is_held: bool,
    pub is_printer_paused: bool,
    /// A job of a higher priority waits.
    pub must_yield: bool,
}

impl Wanted {
    /// What the run is told of it.
    pub fn event(self) -> Option<RunEvent> {
        if self.is_withdrawn {
            Some(RunEvent::Cancel)
        } else if self.is_held || self.is_printer_paused || self.must_yield {
            Some(RunEvent::Stop)
        } else {
            None
        }
    }
}

impl Supervision {
    /// Nothing is known yet.
    pub fn begin(now_ms: i64) -> Self {
        Self {
            readiness: Readiness::default(),
            abandoned: Abandoned::watch(false, now_ms),
            was_stopped: false,
            last_status_ms: None,
            asked_ms: None,
            settle_ms: UNKNOWN_SETTLE_MS,
            cleared_at_ms: None,
            odometer_at_restart: None,
            left: None,
            former_works: FormerWorks::default(),
        }
    }

    /// The device that was heard on this connection.
    pub fn unique_id(&self) -> Option<&str> {
        self.readiness.unique_id()
    }

    /// What the printer says when it has kept still for so long.
    pub fn kept_still(&self, now_ms: i64, settle_ms: i64) -> Option<Baseline> {
        match self.readiness.ready(now_ms, settle_ms, now_ms - settle_ms) {
            Ready::Yes(baseline) => Some(baseline),
            Ready::NotYet | Ready::Needs(_) => None,
        }
    }

    /// A connection stands. While labels of ours are in doubt the rest of one may still be on its way, and the labels
    /// behind it would take its number: half a format is dropped at once only where no run is under way.
    pub fn connected(&mut self, has_run: bool, now_ms: i64) -> Vec<Deed> {
        self.readiness = Readiness::default();
        let unheard_ms = self.last_status_ms.map(|at| now_ms - at);
        let is_heard_of = unheard_ms.is_some_and(|unheard_ms| (0..=UNHEARD_MS).contains(&unheard_ms));
        self.abandoned = Abandoned::watch(self.was_stopped || !is_heard_of, now_ms);
        self.asked_ms = Some(now_ms);
        self.cleared_at_ms = None;
        self.odometer_at_restart = None;
        let mut deeds = Vec::new();
        if !has_run {
            deeds.push(Deed::CancelPartialFormat);
        }
        deeds.push(Deed::Step(RunEvent::LinkRestored));
        deeds
    }

    /// Takes a reading in, whose `received_through` is still the number of a write.
    pub fn observe(&mut self, reading: &Reading, run: Option<UnderWay>, now_ms: i64) {
        self.readiness.observe(reading, now_ms);
        self.abandoned.observe(reading, now_ms);
        self.compare_with_what_was_left(reading);
        // Some printers do not answer in a fault, nor does one that has no room for the question.
        if let Some(status) = reading.host_status {
            self.was_stopped = status.is_stopped() || status.buffer_full;
            self.last_status_ms = Some(now_ms - reading.age_ms);
        } else if reading.silent {
            self.was_stopped = true;
        }
        if let Some(label_ms) = run.and_then(|run| run.label_ms) {
            self.know_label_ms(label_ms as i64);
        }
    }

    /// What the run under way is to make of a reading that was observed, whose `received_through` is a label now.
    pub fn during_run(&mut self, reading: Reading, run: UnderWay, now_ms: i64) -> Vec<Deed> {
        let settle_ms = if run.lacks_one { 0 } else { self.settle_ms };
        let advice = if run.is_recovering { self.abandoned.advise(now_ms, settle_ms) } else { Advice::Wait };
        let mut deeds = match advice {
            Advice::Wait => Vec::new(),
            Advice::Hush => vec![Deed::Hush { time_ms: HUSH_MS }],
            Advice::Drop => {
                let had_room = self.abandoned.had_room_all_the_time();
                self.abandoned.was_dropped(now_ms);
                vec![Deed::CancelPartialFormat, Deed::Step(RunEvent::FormatDropped { had_room })]
            }
            Advice::HangUp => return vec![Deed::HangUp],
        };
        if self.is_cut_off(run, now_ms) {
            return vec![Deed::HangUp];
        }
        deeds.push(Deed::Step(RunEvent::Reading(reading)));
        deeds
    }

    /// The printer was restarted, and the connection of the labels did not outlive that: it has not been answered since,
    /// and nothing came out, so that nothing has come over it. Its end may else be heard of two minutes later.
    fn is_cut_off(&mut self, run: UnderWay, now_ms: i64) -> bool {
        if !run.is_behind_a_restart || run.is_recovering {
            return false;
        }
        let Some(odometer) = self.readiness.odometer() else { return false };
        let is_unmoved = *self.odometer_at_restart.get_or_insert(odometer) == odometer;
        is_unmoved && self.readiness.is_parser_silent(now_ms, CUT_OFF_AFTER_MS)
    }

    /// Between runs: this connection was answered, and is no longer. What is asked over another is answered, or told
    /// to be silence.
    pub fn has_fallen_silent(&self, now_ms: i64) -> bool {
        self.readiness.has_fallen_silent(now_ms, FALLEN_SILENT_AFTER_MS)
    }

    /// Between runs: is the parser in the middle of something whose sender is gone? Half a format is told by the
    /// printer; half a question swallows ours, and shows by that alone.
    pub fn must_clear_parser(&mut self, now_ms: i64) -> bool {
        let is_mute = self.readiness.is_parser_silent(now_ms, MUTE_AFTER_MS)
            && self.cleared_at_ms.is_none_or(|at| now_ms - at >= CLEAR_AGAIN_AFTER_MS);
        if is_mute {
            self.cleared_at_ms = Some(now_ms);
        }
        is_mute || self.readiness.has_torn_format()
    }

    /// May the next run begin?
    pub fn next(&self, now_ms: i64) -> Next {
        match self.readiness.ready(now_ms, self.settle_ms, self.asked_ms.unwrap_or(now_ms)) {
            Ready::Yes(baseline) => {
                let usual_works = self.former_works.known(baseline.unique_id.as_deref());
                Next::Begin(Baseline { usual_works, ..baseline })
            }
            Ready::Needs(code) => Next::Wait(Some(code)),
            Ready::NotYet if self.readiness.is_parser_silent(now_ms, SILENCE_MS) => {
                Next::Wait(Some(Code::PrinterSilent))
            }
            Ready::NotYet => Next::Wait(None),
        }
    }

    /// What a run that was begun upon a baseline hears first.
    pub fn first_event(&self) -> RunEvent {
        RunEvent::Reading(Reading {
            host_status: self.readiness.host_status().copied(),
            ..Reading::default()
        })
    }

    /// There may be work: whether the printer is ready is to be known soon.
    pub fn ask(&mut self, now_ms: i64) {
        self.asked_ms = Some(now_ms);
    }

    /// There is no work, or a run has begun.
    pub fn ask_no_more(&mut self) {
        self.asked_ms = None;
    }

    /// Work is waited for.
    pub fn is_asked(&self) -> bool {
        self.asked_ms.is_some()
    }

    /// A run ends and nothing of it is in the printer any more: what it has learnt is true.
    pub fn run_is_clean(&mut self, works: UsualWorks) {
        self.former_works.learn(self.readiness.unique_id(), works);
    }

    /// Its end is durable: the next need not wait for stillness again. Behind one that was taken up the reading that ended
    /// it is young enough for a baseline.
    pub fn run_ended_clean(&mut self, now_ms: i64) {
        self.readiness.assume_still(self.settle_ms);
        self.asked_ms.get_or_insert(now_ms);
    }

    /// What the run under way has shown of the counter, though it has not ended.
    pub fn run_goes_on(&mut self, works: UsualWorks) {
        self.former_works.learn_count_moment(self.readiness.unique_id(), works);
    }

    /// The printer waits for a person: leaving does not wait for what is in it.
    pub fn is_stuck(&self) -> bool {
        self.readiness.host_status().is_some_and(HostStatus::is_stopped)
    }

    /// How often to ask the printer from now on, milliseconds.
    pub fn poll_every_ms(&self, run: Option<UnderWay>, is_leaving: bool) -> i64 {
        let is_stuck = self.is_stuck();
        match (run, self.asked_ms) {
            _ if is_leaving => POLL_WHILE_PRINTING_MS,
            (Some(_), _) if is_stuck => POLL_WHILE_STOPPED_MS,
            // Nothing new is sent before it is known what came of the old.
            (Some(run), _) if run.is_recovering || run.is_learning => POLL_SOON_MS,
            (Some(_), _) => POLL_WHILE_PRINTING_MS,
            (None, Some(_)) if !is_stuck => POLL_SOON_MS,
            (None, _) => POLL_WHILE_IDLE_MS,
        }
    }

    /// True when nothing at all has been heard for as long as people call silence.
    pub fn is_silent(&self, now_ms: i64) -> bool {
        self.readiness.is_silent(now_ms, SILENCE_MS)
    }

    /// It said that it has no counter, rather than nothing.
    pub fn is_counter_missing(&self) -> bool {
        self.readiness.is_counter_missing()
    }
}

/// Within which time, milliseconds, to try again after so many failures to connect; drawn at random.
pub fn retry_within_ms(failures: u32) -> RangeInclusive<i64> {
    let ceiling_ms = (SHORTEST_RETRY_MS << failures.min(10)).min(LONGEST_RETRY_MS);
    ceiling_ms / 2..=ceiling_ms
}

#[cfg(test)]
#[path = "supervision_test.rs"]
mod tests;
