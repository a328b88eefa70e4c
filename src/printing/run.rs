//! One run: a contiguous range of a job's labels on one printer, one attempt. Pure: (state, event) to actions.
//!
//! The order of the actions matters to whoever carries them out: what is to be recorded is durable before
//! the bytes it speaks of leave.

mod reading;

use super::pace::Pace;
use super::rounds::Rounds;
use super::run_plan::RunPlan;
use super::so_far::{Findings, RunSoFar};
use super::tally::{Baseline, Tally, UsualWorks, Verdict};
use super::verifying::Verifying;
use crate::domain::{Code, Evidence, LabelIndex};
use crate::zebra::Reading;
use std::collections::VecDeque;

/// What happens to a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunEvent {
    Reading(Reading),
    /// What a round of questions had found when the connection was lost.
    LastWords(Reading),
    /// The connection is gone.
    LinkLost,
    /// A new connection to the same address stands.
    LinkRestored,
    /// The job is withdrawn: send no more, say where it stopped.
    Cancel,
    /// Withdrawn, and nobody waits for what the printer holds: it is in doubt, and the run is over.
    Abandon,
    /// This label and those behind it cannot be made; none of their bytes left.
    CannotMake {
        from: LabelIndex,
    },
    /// While recovering, a half-received format whose sender is gone was dropped.
    /// `had_room`: for the rest of it, all the time, so that none can come any more.
    FormatDropped {
        had_room: bool,
    },
    /// The printer named a label it has done (`^HV`).
    Verified {
        label: LabelIndex,
    },
    /// The connection took a label; heeded only where nothing better is told.
    Taken {
        through: LabelIndex,
    },
    /// The printer has never said a word, and may not before it was sent a label.
    SendFirstUnheard,
    /// The service stops, or the printer is paused by a person: send no more, finish what is in the pipe.
    Stop,
}

/// Facts to make durable, in one transaction.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Record {
    /// Labels up to this one are printed.
    pub confirmed_through: Option<LabelIndex>,
    /// Of these, the ones up to this label were named by the printer as well as counted.
    pub verified_through: Option<LabelIndex>,
    /// Labels up to this one may be written from now on: the intent before the bytes.
    pub reserved_through: Option<LabelIndex>,
    /// These labels cannot be known.
    pub unconfirmed: Option<(LabelIndex, LabelIndex)>,
    /// Torn labels the counter may show twice, and the counter the run is measured from.
    pub reprints_possible: Option<i64>,
    pub odometer_base: Option<i64>,
    /// The count may name the wrong labels, the next one any up to this; 0: no longer.
    pub count_in_doubt_through: Option<LabelIndex>,
}

impl Record {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What to do, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunAction {
    Record(Record),
    Write {
        first: LabelIndex,
        last: LabelIndex,
    },
    /// A person is needed, or no longer.
    Attention(Option<Code>),
    End(RunEnd),
}

/// How a run ends. What became of each label has been recorded before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunEnd {
    /// All its labels are printed.
    Finished,
    /// The rest is proved not printed, and belongs to a next run.
    Interrupted,
    /// A contradiction: nothing more is sent for this job until a person says so.
    Held(Code),
    /// Withdrawn; nothing of it is left in the printer.
    Cancelled,
    /// Stopped on request; nothing of it is left in the printer.
    Stopped,
}

/// A run under way.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    plan: RunPlan,
    tally: Tally,
    offered_through: LabelIndex,
    received_through: LabelIndex,
    confirmed_through: LabelIndex,
    recovering: bool,
    cancelled: bool,
    stopping: bool,
    attention: Option<Code>,
    last_sign_ms: Option<i64>,
    /// When the run began, unless it was taken up. An answer to an older question speaks of labels before it.
    begun_at_ms: Option<i64>,
    /// The reading at hand tells that nobody has switched the printer off.
    uptime_is_fresh: bool,
    /// Of the last answers.
    uptime_ages_ms: VecDeque<i64>,
    /// How long the last answers took.
    answer_ms: i64,
    rounds: Rounds,
    /// When a label last came out, or the printer last stood with a reason.
    moved_at_ms: Option<i64>,
    pace: Pace,
    verifying: Option<Verifying>,
    /// What was heard did not fit what was sent.
    is_contradicted: bool,
    drained: bool,
    ended: bool,
}

/// Without any answer for so long, a person hears that the printer is silent.
pub const SILENCE_MS: i64 = 5_000;

impl Run {
    /// A fresh run over an idle printer.
    pub fn begin(plan: RunPlan, baseline: Baseline) -> Self {
        let before_first = plan.first - 1;
        Self {
            pace: plan.pace(&baseline),
            begun_at_ms: Some(baseline.taken_at_ms),
            answer_ms: baseline.answer_ms,
            tally: Tally::new(baseline, 0, 0),
            offered_through: before_first,
            received_through: before_first,
            confirmed_through: before_first,
            recovering: false,
            cancelled: false,
            stopping: false,
            attention: None,
            last_sign_ms: None,
            uptime_is_fresh: false,
            uptime_ages_ms: VecDeque::new(),
            verifying: None,
            is_contradicted: false,
            rounds: Rounds::default(),
            moved_at_ms: None,
            drained: false,
            ended: false,
            plan,
        }
    }

    /// A run that an end of the service interrupted. Everything reserved may have been sent.
    pub fn recover(plan: RunPlan, baseline: Baseline, so_far: RunSoFar) -> Self {
        let printed = so_far.confirmed_through - plan.first + 1;
        Self {
            pace: plan.pace(&baseline),
            tally: Tally::new(baseline, printed, so_far.reprints_possible)
                .with_count_in_doubt((so_far.count_in_doubt_through - plan.first + 1).max(0)),
            offered_through: so_far.reserved_through,
            confirmed_through: so_far.confirmed_through,
            recovering: true,
            begun_at_ms: None,
            ..Self::begin(plan, Baseline::default())
        }
    }

    /// The labels carry a question for themselves: the printer is expected to name each when it is done.
    pub fn expect_verification(&mut self) {
        self.verifying = Some(Verifying::after(self.confirmed_through));
    }

    /// Labels of this run may differ in length.
    pub fn expect_uneven_labels(&mut self) {
        self.tally.expect_uneven_labels();
    }

    /// The printer was asked to name its labels and named none.
    pub fn is_verified_in_vain(&self) -> bool {
        self.verifying.as_ref().is_some_and(Verifying::is_in_vain)
    }

    /// The last label with evidence, or the one before the first.
    pub fn confirmed_through(&self) -> LabelIndex {
        self.confirmed_through
    }

    /// What the confirmations rest on.
    pub fn evidence(&self) -> Evidence {
        self.tally.evidence()
    }

    /// Milliseconds a label seems to take, once known: for what people are told.
    pub fn seems_label_ms(&self) -> Option<f64> {
        self.pace.seems_ms()
    }

    /// Measured time of one label, milliseconds, once known and counted.
    pub fn label_ms(&self) -> Option<f64> {
        self.pace.label_ms()
    }

    /// What it has learnt of the labels this printer has in the works.
    pub fn usual_works(&self) -> UsualWorks {
        self.tally.usual_works()
    }

    /// The connection its labels were written to is gone: nothing is sent, what was is awaited.
    pub fn is_recovering(&self) -> bool {
        self.recovering
    }

    /// The printer was certainly switched off or restarted since the run began.
    pub fn is_behind_a_restart(&self) -> bool {
        self.tally.has_certainly_restarted()
    }

    /// What is usual of this printer is not known yet, and these are its first labels.
    pub fn is_learning(&self) -> bool {
        self.tally.is_learning()
    }

    /// One label that was sent is not counted, and no other.
    pub fn lacks_one(&self) -> bool {
        self.tally.lacks_one(self.sent())
    }

    /// Nothing is on its way: between the last confirmation and the next byte.
    pub fn is_quiet(&self) -> bool {
        self.offered_through == self.confirmed_through
    }

    /// The printer has been proved to hold nothing of this run any more, by a count.
    pub fn is_drained(&self) -> bool {
        self.drained
    }

    /// What it has found out of the labels on their way, for the run that goes on in its place where it could not be recorded.
    pub fn findings(&self) -> Findings {
        let is_mixed = self.is_contradicted || self.tally.are_labels_mixed(self.sent());
        let through = if is_mixed { self.offered_through } else { self.in_doubt_through() };
        Findings { reprints_possible: self.tally.reprints_possible(), count_in_doubt_through: through }
    }

    /// The one function that moves a run.
    pub fn step(&mut self, event: RunEvent, now_ms: i64) -> Vec<RunAction> {
        if self.ended {
            return Vec::new();
        }
        match event {
            RunEvent::LinkLost => self.link_lost(),
            RunEvent::LinkRestored => {
                self.last_sign_ms = Some(now_ms);
                self.moved_at_ms = None;
                self.tally.forget_readings();
                // While nobody answered that was what people were told; the next reading says how it is.
                self.attention = Some(Code::PrinterOffline);
                Vec::new()
            }
            RunEvent::Cancel => {
                self.cancelled = true;
                self.quiet_end()
            }
            RunEvent::Abandon => {
                let mut record = Record::default();
                if !self.is_quiet() {
                    record.unconfirmed = Some((self.confirmed_through + 1, self.offered_through));
                }
                // Not `Cancelled`, which says that the printer holds nothing any more.
                self.end(record, RunEnd::Interrupted)
            }
            RunEvent::Stop => {
                self.stopping = true;
                self.quiet_end()
            }
            RunEvent::FormatDropped { had_room } => {
                self.tally.note_format_dropped(had_room, now_ms);
                Vec::new()
            }
            RunEvent::Verified { label } => self.verified(label, now_ms),
            RunEvent::Taken { .. } => Vec::new(),
            RunEvent::SendFirstUnheard => self.send_first(),
            RunEvent::CannotMake { from } => self.cut_short(from - 1),
            RunEvent::Reading(reading) => self.read(&reading, now_ms),
            RunEvent::LastWords(reading) => self.read_last_words(&reading, now_ms),
        }
    }

    fn cut_short(&mut self, last: LabelIndex) -> Vec<RunAction> {
        self.plan.last = last;
        self.offered_through = self.offered_through.min(last);
        if self.is_quiet() { self.end(Record::default(), RunEnd::Finished) } else { Vec::new() }
    }

    fn verified(&mut self, label: LabelIndex, now_ms: i64) -> Vec<RunAction> {
        let may_repeat = self.tally.reprints_possible() > 0;
        let Some(verifying) = &mut self.verifying else { return Vec::new() };
        if verifying.hear(label, self.offered_through, may_repeat) {
            return Vec::new();
        }
        self.judge(Verdict::Contradiction(Code::VerificationContradiction), Record::default(), now_ms)
    }

    /// One label, alone: what it brings about is waited for.
    fn send_first(&mut self) -> Vec<RunAction> {
        if self.offered_through >= self.plan.first || self.tally.host_status().is_some() {
            return Vec::new();
        }
        let first = self.plan.first;
        self.offered_through = first;
        let intent = Record { reserved_through: Some(first), ..Record::default() };
        vec![RunAction::Record(intent), RunAction::Write { first, last: first }]
    }

    fn link_lost(&mut self) -> Vec<RunAction> {
        if self.offered_through >= self.plan.first && self.offered_through > self.confirmed_through {
            self.recovering = true;
            if let Some(verifying) = &mut self.verifying {
                verifying.give_up();
            }
        } else if !self.recovering {
            // Nothing on its way: the run is over without a doubt, the next one takes a new baseline.
            return self.end(Record::default(), RunEnd::Interrupted);
        }
        self.tally.forget_readings();
        Vec::new()
    }

    /// Ends at once where nothing is on its way.
    fn quiet_end(&mut self) -> Vec<RunAction> {
        if !self.is_quiet() {
            return Vec::new();
        }
        let end = if self.cancelled { RunEnd::Cancelled } else { RunEnd::Stopped };
        self.end(Record::default(), end)
    }

    fn end(&mut self, record: Record, end: RunEnd) -> Vec<RunAction> {
        self.ended = true;
        let mut actions = Vec::new();
        if !record.is_empty() {
            actions.push(RunAction::Record(record));
        }
        actions.push(RunAction::End(end));
        actions
    }

    fn in_doubt_through(&self) -> LabelIndex {
        let through = self.tally.count_in_doubt_through();
        if through > 0 { self.plan.first - 1 + through } else { 0 }
    }

    fn count(&self, through: LabelIndex) -> i64 {
        through - self.plan.first + 1
    }
}

#[cfg(test)]
#[path = "run_test.rs"]
mod tests;
