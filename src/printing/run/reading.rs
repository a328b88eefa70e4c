//! What a run makes of a reading: labels confirmed, more of them sent, a person told, or the end.

use super::{Record, Run, RunAction, RunEnd, SILENCE_MS};
use crate::domain::{Code, LabelIndex, UNCOUNTED_WINDOW};
use crate::printing::tally::{FORMATS_OUT_OF_SIGHT, Sent, Verdict};
use crate::zebra::{Reading, fault_of};

/// A printer takes longer than that to be back after it was switched off.
const SHORTEST_BOOT_MS: i64 = 500;

/// Until so many labels are counted, and its pace is known, a printer gets one label at a time: so an interruption finds one in
/// doubt, and need not wait for the slowest printer to know whether others are in motion.
const ALONE_LABELS: i64 = 3;
/// Where answers take longer, labels do not wait for them.
const QUICK_ANSWER_MS: i64 = 150;

/// A printer that answers late from now on is told from one late answer by so many.
const ANSWERS_MEASURED: usize = 4;

/// So many label times without a label, and at least so long, are a stall if the printer reports no fault.
const STALL_LABELS: i64 = 20;
const SHORTEST_STALL_MS: i64 = 10_000;

impl Run {
    pub(super) fn read(&mut self, reading: &Reading, now_ms: i64) -> Vec<RunAction> {
        let reading = &self.take_in(reading, now_ms);
        let lacks_uptime = self.tally.baseline().uptime_s.is_some() && reading.uptime_s.is_none();
        let answered = reading.host_status.is_some() && !lacks_uptime || reading.odometer.is_some();
        if self.last_sign_ms.is_some_and(|at| now_ms - at >= SILENCE_MS) {
            // What it did meanwhile nobody knows; only from here on it stands still.
            self.moved_at_ms = None;
        }
        if answered || self.last_sign_ms.is_none() {
            self.last_sign_ms = Some(now_ms);
        }
        if let Some(speed) = reading.print_speed_mm_per_s {
            self.pace.hear_speed(self.plan.label_ms_at(speed));
        }
        let sent = self.sent();
        let reprints_before = self.tally.reprints_possible();
        let base_before = self.tally.baseline().odometer;
        let doubt_before = self.tally.count_in_doubt_through();
        let verdict = self.tally.observe(reading, sent, now_ms);
        let mut record = Record::default();
        if self.tally.reprints_possible() != reprints_before || self.tally.baseline().odometer != base_before
        {
            record.reprints_possible = Some(self.tally.reprints_possible());
            record.odometer_base = self.tally.baseline().odometer;
        }
        record.count_in_doubt_through = self.changed_doubt(doubt_before);
        self.uptime_is_fresh = self.is_uptime_fresh(reading);
        if reading.odometer.is_some() {
            self.answer_ms = reading.age_ms;
            self.rounds.hear_count(now_ms);
        }
        self.judge(verdict, record, now_ms)
    }

    /// What it proves is proved again on the next connection, but not what makes the count doubtful: a pause may be over
    /// by then.
    pub(super) fn read_last_words(&mut self, reading: &Reading, now_ms: i64) -> Vec<RunAction> {
        let reading = self.take_in(reading, now_ms);
        let doubt_before = self.tally.count_in_doubt_through();
        self.tally.observe(&reading, self.sent(), now_ms);
        let count_in_doubt_through = self.changed_doubt(doubt_before);
        if count_in_doubt_through.is_none() {
            return Vec::new();
        }
        vec![RunAction::Record(Record { count_in_doubt_through, ..Record::default() })]
    }

    fn changed_doubt(&self, before: i64) -> Option<LabelIndex> {
        (self.tally.count_in_doubt_through() != before).then_some(self.in_doubt_through())
    }

    /// How far the parser has read; and of an answer to a question from before the run nothing but who answered.
    fn take_in(&mut self, reading: &Reading, now_ms: i64) -> Reading {
        if let Some(received) = reading.received_through
            && reading.host_status.is_some()
            && !self.recovering
        {
            self.received_through = self.received_through.max(received);
        }
        let is_older = self.begun_at_ms.is_some_and(|begun_at_ms| now_ms - reading.age_ms < begun_at_ms);
        if is_older { reading.without_state() } else { reading.clone() }
    }

    pub(super) fn sent(&self) -> Sent {
        Sent {
            offered: self.count(self.offered_through),
            received: self.count(self.received_through),
            recovering: self.recovering,
            settle_ms: self.pace.settle_ms(1),
            settle_unseen_ms: self.pace.settle_ms(FORMATS_OUT_OF_SIGHT),
        }
    }

    /// A printer that was switched off and on since its uptime was asked would print what is sent now, and count it for
    /// what it has lost. No printer is back within [`SHORTEST_BOOT_MS`]; one that has answered later than that for a while
    /// is measured by itself.
    fn is_uptime_fresh(&mut self, reading: &Reading) -> bool {
        let is_begun = self.offered_through >= self.plan.first;
        if reading.uptime_s.is_none() {
            return !is_begun || self.tally.baseline().uptime_s.is_none();
        }
        self.uptime_ages_ms.push_back(reading.uptime_age_ms);
        if self.uptime_ages_ms.len() > ANSWERS_MEASURED {
            self.uptime_ages_ms.pop_front();
        }
        let usual_ms = self.uptime_ages_ms.iter().copied().min().unwrap_or(reading.uptime_age_ms);
        reading.uptime_age_ms <= SHORTEST_BOOT_MS.max(2 * usual_ms)
    }

    pub(super) fn judge(&mut self, verdict: Verdict, mut record: Record, now_ms: i64) -> Vec<RunAction> {
        match verdict {
            Verdict::Printed(count) => {
                self.confirm(count, &mut record, now_ms);
                self.go_on(record, now_ms)
            }
            Verdict::Settled(count) => {
                self.drained = true;
                self.confirm(count, &mut record, now_ms);
                if self.count(self.confirmed_through) < count {
                    // Counted; the printer still has a moment to name them.
                    return self.go_on(record, now_ms);
                }
                self.settled(record, now_ms)
            }
            Verdict::Interrupted { printed, doubtful } => {
                self.drained = self.tally.has_drained(self.sent());
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
                self.is_contradicted = true;
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
            let last = (self.confirmed_through + self.window()).min(self.last_for_now()).min(self.plan.last);
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
            && self.tally.count_in_doubt_through() == 0
            && !self.tally.suspects_others()
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

    /// The last label that may be sent upon this reading.
    fn last_for_now(&self) -> LabelIndex {
        let is_counted = self.tally.baseline().odometer.is_some();
        let is_known = !self.pace.is_unknown() || self.count(self.confirmed_through) >= ALONE_LABELS;
        if is_known || !is_counted || self.answer_ms > QUICK_ANSWER_MS {
            return LabelIndex::MAX;
        }
        self.received_through + 1
    }

    /// Labels that may be on their way at once.
    fn window(&self) -> i64 {
        if self.tally.baseline().odometer.is_none() {
            UNCOUNTED_WINDOW
        } else {
            self.pace.window(self.rounds.supply_ms())
        }
    }
}
