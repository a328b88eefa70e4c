//! What a former life of the service has left known of the printer, and whether it is true yet. Pure.

use super::{LONGEST_SETTLE_MS, Supervision, UNKNOWN_SETTLE_MS};
use crate::printing::pace::SHORTEST_SETTLE_MS;
use crate::printing::tally::{Baseline, FormerWorks};
use crate::zebra::Reading;

impl Supervision {
    /// What a former life of the service left: the printer's time of a label.
    pub fn know_label_ms(&mut self, label_ms: i64) {
        self.settle_ms = (label_ms + label_ms / 2).clamp(SHORTEST_SETTLE_MS, LONGEST_SETTLE_MS);
    }

    /// Another device answers: nothing of what was measured is true of it.
    pub fn forget_label_ms(&mut self) {
        self.settle_ms = UNKNOWN_SETTLE_MS;
    }

    /// By the last that people were told, the printer of the run that is taken up had stopped or not.
    pub fn know_stopped(&mut self, was_stopped: bool) {
        self.was_stopped = was_stopped;
    }

    /// What the printer says as long as nothing has come out of it since the last run, which left nothing in it.
    pub fn know_left(&mut self, left: Option<Baseline>) {
        self.left = left;
    }

    /// What the runs of a former life of the service have learnt of the device, where it is certain which one that was.
    pub fn know_former_works(&mut self, former: FormerWorks) {
        if former.is_of_a_told_device() {
            self.former_works = former;
        }
    }

    /// What the runs until now have learnt, to be kept for the next life of the service.
    pub fn former_works(&self) -> &FormerWorks {
        &self.former_works
    }

    /// When a former life of the service heard of the printer last.
    pub fn know_last_seen(&mut self, at_ms: Option<i64>) {
        self.last_status_ms = self.last_status_ms.max(at_ms);
    }

    /// It has kept still since, as if it had been watched all the time.
    pub(super) fn compare_with_what_was_left(&mut self, reading: &Reading) {
        let Some(left) = &self.left else { return };
        let is_moved = reading.odometer.is_some() && reading.odometer != left.odometer;
        let is_another = left.unique_id.is_some()
            && self.readiness.unique_id().is_some_and(|found| Some(found) != left.unique_id.as_deref());
        let is_busy = reading.host_status.is_some_and(|status| !status.is_idle());
        let is_untrue = is_moved || is_another || is_busy;
        let is_heard = !is_untrue && self.readiness.odometer().is_some();
        if is_untrue || is_heard && self.readiness.assume_still(self.settle_ms) {
            self.left = None;
        }
    }
}
