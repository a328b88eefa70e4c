//! One run: a contiguous range of a job's labels on one printer, one attempt. Pure: (state, event) to actions.
//!
//! The order of the actions matters to whoever carries them out: what is to be recorded is durable before
//! the bytes it speaks of leave.

use super::pace::Pace;
use super::tally::{Baseline, Sent, Tally, Verdict};
use super::verifying::Verifying;
use crate::domain::{Code, Evidence, LabelIndex, UNCOUNTED_WINDOW};
use crate::zebra::{Reading, fault_of};

/// What a run is asked to print, and how much it may have on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunPlan {
    pub first: LabelIndex,
    pub last: LabelIndex,
    /// Until the printer's own pace is known: the time one label takes, milliseconds.
    pub expected_label_ms: i64,
    /// No printer takes longer for one label of this length.
    pub slowest_label_ms: i64,
}

impl RunPlan {
    fn pace(&self, baseline: &Baseline) -> Pace {
        match baseline.odometer {
            Some(_) => Pace::expecting(self.expected_label_ms, true),
            None => Pace::expecting(self.slowest_label_ms, false),
        }
    }
}

/// What happens to a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunEvent {
    Reading(Reading),
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
    FormatDropped,
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

/// A printer takes longer than that to be back after it was switched off.
const SHORTEST_BOOT_MS: i64 = 500;

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
    usual_uptime_age_ms: i64,
    /// When a label last came out, or the printer last stood with a reason.
    moved_at_ms: Option<i64>,
    pace: Pace,
    verifying: Option<Verifying>,
    ended: bool,
}

/// So many label times without a label, and at least so long, are a stall if the printer reports no fault.
const STALL_LABELS: i64 = 20;
const SHORTEST_STALL_MS: i64 = 10_000;

/// Without any answer for so long, a person hears that the printer is silent.
pub const SILENCE_MS: i64 = 5_000;

impl Run {
    /// A fresh run over an idle printer.
    pub fn begin(plan: RunPlan, baseline: Baseline) -> Self {
        let before_first = plan.first - 1;
        Self {
            pace: plan.pace(&baseline),
            begun_at_ms: Some(baseline.taken_at_ms),
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
            usual_uptime_age_ms: i64::MAX / 4,
            verifying: None,
            moved_at_ms: None,
            ended: false,
            plan,
        }
    }

    /// A run that an end of the service interrupted. Everything reserved may have been sent.
    pub fn recover(
        plan: RunPlan,
        baseline: Baseline,
        reserved_through: LabelIndex,
        confirmed_through: LabelIndex,
        reprints_possible: i64,
    ) -> Self {
        let printed = confirmed_through - plan.first + 1;
        Self {
            pace: plan.pace(&baseline),
            tally: Tally::new(baseline, printed, reprints_possible),
            offered_through: reserved_through,
            confirmed_through,
            recovering: true,
            begun_at_ms: None,
            ..Self::begin(plan, Baseline::default())
        }
    }

    /// The labels carry a question for themselves: the printer is expected to name each when it is done.
    pub fn expect_verification(&mut self) {
        self.verifying = Some(Verifying::after(self.confirmed_through));
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

    /// The connection its labels were written to is gone: nothing is sent, what was is awaited.
    pub fn is_recovering(&self) -> bool {
        self.recovering
    }

    /// Nothing is on its way: between the last confirmation and the next byte.
    pub fn is_quiet(&self) -> bool {
        self.offered_through == self.confirmed_through
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
            RunEvent::FormatDropped => {
                self.tally.note_format_dropped(now_ms);
                Vec::new()
            }
            RunEvent::Verified { label } => self.verified(label, now_ms),
            RunEvent::Taken { .. } => Vec::new(),
            RunEvent::SendFirstUnheard => self.send_first(),
            RunEvent::CannotMake { from } => self.cut_short(from - 1),
            RunEvent::Reading(reading) => self.read(&reading, now_ms),
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

    fn read(&mut self, reading: &Reading, now_ms: i64) -> Vec<RunAction> {
        if let Some(received) = reading.received_through
            && reading.host_status.is_some()
            && !self.recovering
        {
            self.received_through = self.received_through.max(received);
        }
        let is_older = self.begun_at_ms.is_some_and(|begun_at_ms| now_ms - reading.age_ms < begun_at_ms);
        let reading = &if is_older { reading.without_state() } else { reading.clone() };
        let lacks_uptime = self.tally.baseline().uptime_s.is_some() && reading.uptime_s.is_none();
        let answered = reading.host_status.is_some() && !lacks_uptime || reading.odometer.is_some();
        if self.last_sign_ms.is_some_and(|at| now_ms - at >= SILENCE_MS) {
            // What it did meanwhile nobody knows; only from here on it stands still.
            self.moved_at_ms = None;
        }
        if answered || self.last_sign_ms.is_none() {
            self.last_sign_ms = Some(now_ms);
        }
        let sent = Sent {
            offered: self.count(self.offered_through),
            received: self.count(self.received_through),
            recovering: self.recovering,
            settle_ms: self.pace.settle_ms(),
        };
        let reprints_before = self.tally.reprints_possible();
        let base_before = self.tally.baseline().odometer;
        let verdict = self.tally.observe(reading, sent, now_ms);
        let mut record = Record::default();
        if self.tally.reprints_possible() != reprints_before || self.tally.baseline().odometer != base_before
        {
            record.reprints_possible = Some(self.tally.reprints_possible());
            record.odometer_base = self.tally.baseline().odometer;
        }
        self.uptime_is_fresh = self.is_uptime_fresh(reading);
        self.judge(verdict, record, now_ms)
    }

    /// A printer that was switched off and on since its uptime was asked would print what is sent now, and count it for
    /// what it has lost. No printer is back within [`SHORTEST_BOOT_MS`]; one that always answers later than that is
    /// measured by itself.
    fn is_uptime_fresh(&mut self, reading: &Reading) -> bool {
        let is_begun = self.offered_through >= self.plan.first;
        if reading.uptime_s.is_none() {
            return !is_begun || self.tally.baseline().uptime_s.is_none();
        }
        self.usual_uptime_age_ms = self.usual_uptime_age_ms.min(reading.uptime_age_ms);
        reading.uptime_age_ms <= SHORTEST_BOOT_MS.max(2 * self.usual_uptime_age_ms)
    }

    fn judge(&mut self, verdict: Verdict, mut record: Record, now_ms: i64) -> Vec<RunAction> {
        match verdict {
            Verdict::Printed(count) => {
                self.confirm(count, &mut record, now_ms);
                self.go_on(record, now_ms)
            }
            Verdict::Settled(count) => {
                self.confirm(count, &mut record, now_ms);
                if self.count(self.confirmed_through) < count {
                    // Counted; the printer still has a moment to name them.
                    return self.go_on(record, now_ms);
                }
                self.settled(record, now_ms)
            }
            Verdict::Interrupted { printed, doubtful } => {
                if let Some(verifying) = &mut self.verifying {
                    verifying.give_up();
                }
                self.confirm(printed, &mut record, now_ms);
                if doubtful > 0 {
                    record.unconfirmed =
                        Some((self.confirmed_through + 1, self.confirmed_through + doubtful));
                }
                let done = self.confirmed_through == self.plan.last;
                self.end(record, if done { RunEnd::Finished } else { RunEnd::Interrupted })
            }
            Verdict::Contradiction(code) => {
                if self.offered_through > self.confirmed_through {
                    record.unconfirmed = Some((self.confirmed_through + 1, self.offered_through));
                }
                self.end(record, RunEnd::Held(code))
            }
        }
    }

    /// Everything offered is accounted for.
    fn settled(&mut self, record: Record, now_ms: i64) -> Vec<RunAction> {
        if self.confirmed_through == self.plan.last {
            return self.end(record, RunEnd::Finished);
        }
        if self.cancelled {
            return self.end(record, RunEnd::Cancelled);
        }
        if self.stopping {
            return self.end(record, RunEnd::Stopped);
        }
        if self.recovering {
            return self.end(record, RunEnd::Interrupted);
        }
        self.go_on(record, now_ms)
    }

    /// Sends more where that is wise, and says when a person is needed.
    fn go_on(&mut self, mut record: Record, now_ms: i64) -> Vec<RunAction> {
        let mut write = None;
        if self.may_send() {
            let last = (self.confirmed_through + self.window()).min(self.plan.last);
            if last > self.offered_through {
                write = Some((self.offered_through + 1, last));
                record.reserved_through = Some(last);
                self.offered_through = last;
            }
        }
        let mut actions = Vec::new();
        if !record.is_empty() {
            actions.push(RunAction::Record(record));
        }
        if let Some((first, last)) = write {
            actions.push(RunAction::Write { first, last });
        }
        let attention = self.wanted_attention(now_ms);
        if attention != self.attention {
            self.attention = attention;
            actions.push(RunAction::Attention(attention));
        }
        actions
    }

    fn may_send(&self) -> bool {
        let stopped = self
            .tally
            .host_status()
            .is_none_or(|status| status.is_stopped() || status.partial_format && self.is_quiet());
        !stopped
            && self.uptime_is_fresh
            && !self.recovering
            && !self.cancelled
            && !self.stopping
            && self.tally.reprints_possible() == 0
            && !self.tally.seems_restarted()
            && !self.tally.cancel_possible()
    }

    fn wanted_attention(&self, now_ms: i64) -> Option<Code> {
        let silent = self.last_sign_ms.is_some_and(|at| now_ms - at >= SILENCE_MS);
        if silent {
            return Some(Code::PrinterSilent);
        }
        self.tally.host_status().and_then(fault_of).or_else(|| self.stall(now_ms))
    }

    /// Nothing comes out, and the printer does not say why.
    fn stall(&self, now_ms: i64) -> Option<Code> {
        let patience_ms = (self.pace.seems_or_expected_ms() * STALL_LABELS).max(SHORTEST_STALL_MS);
        self.moved_at_ms.is_some_and(|at| now_ms - at >= patience_ms).then_some(Code::PrinterStalled)
    }

    fn confirm(&mut self, count: i64, record: &mut Record, now_ms: i64) {
        let mut through = self.plan.first - 1 + count;
        self.measure_pace(count, now_ms);
        if let Some(verifying) = &mut self.verifying
            && self.tally.baseline().odometer.is_some()
        {
            through = verifying.agree(through, now_ms);
            record.verified_through = Some(verifying.through().min(through));
        }
        if through > self.confirmed_through {
            self.confirmed_through = through;
            record.confirmed_through = Some(through);
        } else {
            record.verified_through = None;
        }
    }

    fn measure_pace(&mut self, count: i64, now_ms: i64) {
        let stopped = self.tally.host_status().is_none_or(|status| status.is_stopped());
        let has_moved = self.plan.first - 1 + count > self.confirmed_through;
        if stopped || has_moved || self.moved_at_ms.is_none() {
            self.moved_at_ms = Some(now_ms);
        }
        if stopped || self.recovering {
            self.pace.pause();
        } else {
            self.pace.measure(count, now_ms);
        }
    }

    /// Labels that may be on their way at once.
    fn window(&self) -> i64 {
        if self.tally.baseline().odometer.is_none() { UNCOUNTED_WINDOW } else { self.pace.window() }
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

    fn count(&self, through: LabelIndex) -> i64 {
        through - self.plan.first + 1
    }
}

#[cfg(test)]
#[path = "run_test.rs"]
mod tests;
