//! What a tally concludes from what it has noted: from the counter, or from an empty buffer alone.

use super::{Doubt, FORMATS_OUT_OF_SIGHT, Sent, Tally, Verdict};
use crate::domain::Code;

impl Tally {
    pub(super) fn judge_count(&mut self, counted: i64, sent: Sent) -> Verdict {
        if counted < self.printed {
            return Verdict::Contradiction(Code::CounterContradiction);
        }
        if counted > sent.offered + self.counted_twice_at_most() {
            return Verdict::Contradiction(Code::ForeignLabels);
        }
        if let Some(odometer) = self.dropped_at
            && let Some(base) = self.baseline.odometer
            && base + counted > odometer
        {
            return self.judge_behind_dropped(odometer - base, sent);
        }
        let buffered = self.host_status().map_or(0, |status| status.formats_in_buffer);
        // The last one may be in motion yet, and one of those that are counted another sender's.
        let in_motion = i64::from(buffered == 0 && !self.surplus.is_motion_told());
        let bound = (sent.offered - buffered - in_motion).max(0);
        // Behind a dropped label the count names the wrong ones: it is believed again when it adds up. Whether one was
        // dropped around the loss of a connection is known when all that was read before is out, or is not.
        let is_watched = sent.recovering && sent.received > self.printed;
        if !is_watched && !self.is_count_spoilt(counted, sent) && !self.surplus.is_suspected() {
            let whole = self.counted_before_dropped(counted) - self.counted_in_motion();
            let certain = (whole - self.counted_twice_at_most()).min(bound);
            self.printed = self.printed.max(certain);
        }
        let arrived = sent.has_arrived();
        if self.restart.is_some() {
            // An uptime that lags behind the clock may be a late answer or a clock put forward, and the printer may
            // be printing: only what keeps still has lost its buffer.
            let over = arrived && (self.is_settled_behind_restart(sent) || counted == sent.offered);
            return if over { self.after_restart(counted, 1, sent) } else { Verdict::Printed(self.printed) };
        }
        let empty = self
            .host_status()
            .is_some_and(|status| status.formats_in_buffer == 0 && status.batch_left() == 0);
        let is_in_doubt = self.reprints_possible > 0 || self.surplus.is_suspected();
        let nothing_moves = self.surplus.is_motion_told() && self.counted_in_motion() == 0;
        if counted == sent.offered && !is_in_doubt && nothing_moves && arrived && empty {
            self.printed = sent.offered;
            self.reprints_unseen = 0;
            self.doubt = None;
            return Verdict::Settled(self.printed);
        }
        let is_all_counted = empty && !is_in_doubt && self.has_counted_all_for_long(sent);
        let lacks_uptime = sent.recovering && counted < sent.offered && self.is_uptime_awaited();
        let is_over = is_all_counted || self.is_settled(sent) || self.lacks_only_dropped(counted, sent);
        if !arrived || lacks_uptime || !is_over {
            return Verdict::Printed(self.printed);
        }
        self.settle(counted, sent)
    }

    /// Labels came behind a dropped one: which, nobody knows.
    fn judge_behind_dropped(&mut self, counted_before: i64, sent: Sent) -> Verdict {
        if !sent.has_arrived() || !self.is_settled(sent) {
            return Verdict::Printed(self.printed);
        }
        self.has_found_labels_mixed = true;
        self.printed = (counted_before - self.reprints_possible).clamp(self.printed, sent.offered);
        Verdict::Interrupted { printed: self.printed, doubtful: sent.offered - self.printed }
    }

    /// The printer is still and empty: every label of the run is on paper, or lost on the way.
    fn settle(&mut self, counted: i64, sent: Sent) -> Verdict {
        let is_mixed = sent.recovering && self.is_mixed(counted, sent);
        if sent.recovering && self.counted_in_motion() > 0 && self.may_have_restarted_unseen() {
            return self.after_restart(counted, 1, sent);
        }
        if counted >= sent.offered && !is_mixed {
            // The counter ran ahead by torn labels that were printed once more: known, and taken out.
            self.baseline.odometer = self.baseline.odometer.map(|base| base + counted - sent.offered);
            self.reprints_possible = 0;
            self.reprints_unseen = 0;
            self.doubt = None;
            self.surplus.refute();
            self.count_moment.adds_up();
            self.printed = sent.offered;
            return Verdict::Settled(self.printed);
        }
        if is_mixed || sent.recovering && self.reprints_possible > 0 {
            return self.after_restart(counted, 0, sent);
        }
        if sent.recovering {
            self.printed = counted;
            return Verdict::Settled(self.printed);
        }
        // The parser read every label and the paper lacks some: somebody cancelled formats at the printer,
        // and the count does not say which.
        Verdict::Contradiction(Code::CounterContradiction)
    }

    /// What was not counted will not come out any more. Of `in_flight` labels, at most one, nobody knows whether it is
    /// torn, whole and uncounted, or not begun.
    fn after_restart(&mut self, counted: i64, in_flight: i64, sent: Sent) -> Verdict {
        if let Some(unmixed) = self.counted_unmixed(counted, sent) {
            self.has_found_labels_mixed = true;
            self.printed = (unmixed - self.reprints_possible).clamp(self.printed, sent.offered);
            return Verdict::Interrupted { printed: self.printed, doubtful: sent.offered - self.printed };
        }
        let (certain, doubtful_through) = if self.is_mixed(counted, sent) {
            self.has_found_labels_mixed = true;
            (self.printed, sent.offered)
        } else if in_flight > 0 {
            let whole = counted - self.counted_in_motion();
            (whole, (whole + in_flight).max(self.count_in_doubt_through()).min(sent.offered))
        } else {
            (counted, counted.min(sent.offered))
        };
        self.printed = (certain - self.reprints_possible).clamp(self.printed, sent.offered);
        let doubtful = (doubtful_through - self.printed).max(0);
        Verdict::Interrupted { printed: self.printed, doubtful }
    }

    /// No label counter, `~HS` alone.
    pub(super) fn judge_buffer(&mut self, sent: Sent) -> Verdict {
        let Some((status, status_at)) = self.host_status else { return Verdict::Printed(self.printed) };
        if self.baseline.uptime_s.is_some() && self.uptime_at_ms < Some(status_at) {
            // An empty buffer is that of a printer just switched on until the uptime says otherwise.
            return Verdict::Printed(self.printed);
        }
        if self.restart.is_some() || sent.recovering {
            // Behind a lost connection nothing that is still to come out makes a label certain: an idle printer is enough.
            let is_over = if sent.recovering { self.still.is_some() } else { self.is_settled(sent) };
            if !sent.has_arrived() || !is_over {
                return Verdict::Printed(self.printed);
            }
            let doubtful = sent.offered - self.printed;
            return Verdict::Interrupted { printed: self.printed, doubtful };
        }
        if status_at < self.received.1 {
            // It does not count yet what has been read since.
            return Verdict::Printed(self.printed);
        }
        let is_over = self.is_settled(sent) && sent.received >= sent.offered;
        if self.doubt.is_some_and(Doubt::has_lost) {
            // What left the buffer in a pause was printed or dropped, and what left it since is not told from that.
            let doubtful = sent.offered - self.printed;
            let printed = self.printed;
            return if is_over {
                Verdict::Interrupted { printed, doubtful }
            } else {
                Verdict::Printed(printed)
            };
        }
        let left = (sent.received - status.formats_in_buffer - FORMATS_OUT_OF_SIGHT).max(0);
        self.printed = self.printed.max(left.min(sent.offered));
        if is_over {
            self.printed = sent.offered;
            self.reprints_possible = 0;
            self.doubt = None;
            return Verdict::Settled(self.printed);
        }
        Verdict::Printed(self.printed)
    }
}
