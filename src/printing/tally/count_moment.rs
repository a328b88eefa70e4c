//! Whether the counter moves when a label begins, and not when it is done. Pure.
//!
//! No maker says (zebra.md 5.2), and a power cut in a label that is counted already would lose it in silence. Time tells:
//! the first label of a run on an idle printer is counted as soon as it is made ready, where every other kind needs as long
//! for it as for each label behind it. And where a label that moves is told as one that waits, one is both: counted and waiting.

use super::{Sent, Tally};
use crate::zebra::Reading;

/// Over so many labels a label's time is looked at.
const LABELS_MEASURED: i64 = 2;
/// The first label is counted in less than this part of a label's time. One that prints it to its end needs all of it, and more.
const SOONER_BY: (i64, i64) = (3, 4);

/// A label that is done is both for a moment too, until it is fed: with the others it must be so most of the time.
const ENOUGH_MOMENTS: u32 = 6;

/// What one run learns of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CountMoment {
    is_at_beginning: bool,
    /// Nothing had been sent then; after that the first label went out.
    idle_at_ms: Option<i64>,
    /// So often a label was counted that waited in the buffer at the same moment, of so many moments.
    counted_waiting: u32,
    moments: u32,
    first: Option<FirstCount>,
    /// The run went on from label to label until now, all of them alike.
    is_even: bool,
}

/// The count that was heard first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct FirstCount {
    counted: i64,
    heard_at_ms: i64,
    /// So many labels the parser had read by then: those did not wait for their bytes.
    received: i64,
}

impl CountMoment {
    /// A run begins; so it was in the runs before.
    pub fn knowing(is_at_beginning: bool) -> Self {
        Self { is_at_beginning, idle_at_ms: None, counted_waiting: 0, moments: 0, first: None, is_even: true }
    }

    /// The last label that is counted may be in motion yet.
    pub fn is_at_beginning(self) -> bool {
        self.is_at_beginning || self.has_counted_waiting()
    }

    /// The same, and it is no label of another sender that makes it look so.
    pub fn is_certain(self) -> bool {
        self.is_at_beginning
    }

    /// The printer has drained, and the count is right.
    pub fn adds_up(&mut self) {
        self.is_at_beginning |= self.has_counted_waiting();
    }

    fn has_counted_waiting(self) -> bool {
        self.moments >= ENOUGH_MOMENTS && 2 * self.counted_waiting > self.moments
    }

    /// Labels that differ in length tell nothing, nor does a printer that was disturbed, or not heard of for a while.
    pub fn tells_nothing_more(&mut self) {
        self.is_even = false;
    }

    /// Of one moment: whether there are more labels that wait or are counted than the parser has read.
    pub fn see_moment(&mut self, is_counted_waiting: bool) {
        self.moments += 1;
        self.counted_waiting += u32::from(is_counted_waiting);
    }

    /// So many were counted when it was asked, and the parser has read so many.
    fn see(&mut self, counted: i64, received: i64, asked_at_ms: i64, heard_at_ms: i64) {
        let Some(idle_at_ms) = self.idle_at_ms else { return };
        let Some(first) = self.first else {
            self.first = (counted > 0).then_some(FirstCount { counted, heard_at_ms, received });
            return;
        };
        // The next one was there, and was not counted yet.
        let next = counted + 1;
        let labels = next - first.counted;
        let least_ms = asked_at_ms - first.heard_at_ms;
        let first_ms = first.heard_at_ms - idle_at_ms;
        let (part, whole) = SOONER_BY;
        self.is_at_beginning |= next <= first.received
            && labels >= LABELS_MEASURED
            && whole * first_ms * labels < part * least_ms;
    }
}

impl Tally {
    /// Labels of this run may differ in length.
    pub fn expect_uneven_labels(&mut self) {
        self.count_moment.tells_nothing_more();
    }

    /// How soon the first label is counted is still to be seen.
    pub(super) fn expects_first_count(&self) -> bool {
        let CountMoment { idle_at_ms, first, is_even, .. } = self.count_moment;
        self.baseline.odometer.is_some() && idle_at_ms.is_some() && first.is_none() && is_even
    }

    /// So many of the labels that are counted may not be on paper yet, while the printer moves.
    pub(super) fn counted_in_motion(&self) -> i64 {
        i64::from(self.count_moment.is_at_beginning())
    }

    /// Behind the counter of this reading.
    pub(super) fn note_count_moment(&mut self, reading: &Reading, sent: Sent, now_ms: i64) {
        if sent.offered == 0 {
            self.count_moment.idle_at_ms = Some(now_ms);
            return;
        }
        let is_disturbed =
            reading.host_status.is_none_or(|status| status.is_stopped() || status.is_labelwise)
                || sent.recovering
                || self.restart.is_some()
                || self.counted_twice_at_most() > 0
                || self.doubt.is_some();
        let counted = reading.odometer.zip(self.baseline.odometer).map(|(odometer, base)| odometer - base);
        if is_disturbed {
            self.count_moment.tells_nothing_more();
        }
        if let Some(counted) = counted.filter(|_| self.count_moment.is_even) {
            self.count_moment.see(counted, sent.received, now_ms - reading.age_ms, now_ms);
        }
    }
}

#[cfg(test)]
#[path = "count_moment_test.rs"]
mod tests;
