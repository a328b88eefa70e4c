//! What may have happened to the count while the printer was not heard of. Pure.
//!
//! Each fault of the media may put one torn label on the counter twice (`^JZY`), and several may come and be mended in a
//! silence of a connection that stands: the count may be ahead of the paper by as many as the time was long enough for.
//! Until the printer has drained, so many labels fewer are believed, and nothing is sent that would be taken for them.
//!
//! Without a counter and an uptime nothing but such a silence tells that the printer was switched off, where the connection
//! outlives that (an external print server): an empty buffer behind it is that of a printer that has printed all, or lost all.

use super::{Doubt, Sent, Tally};
use crate::zebra::Reading;

/// Nobody brings about a fault of the media and mends it in less.
const SHORTEST_FAULT_MS: i64 = 1_500;
/// Nor more than so many one after the other, while labels of one window are in the printer. What is beyond that somebody
/// else has printed.
const MOST_FAULTS: i64 = 4;
/// No printer is off, and starts, in less.
pub(super) const SHORTEST_RESTART_MS: i64 = 3_000;

impl Tally {
    /// Before the status of this reading is taken in.
    pub(super) fn note_unwatched(&mut self, reading: &Reading, sent: Sent, now_ms: i64) {
        let is_on_its_way = !sent.recovering && sent.offered > self.printed;
        let Some(heard_at_ms) = self.status_heard_at_ms.filter(|_| is_on_its_way) else { return };
        let Some(status) = reading.host_status.filter(|_| self.restart.is_none()) else { return };
        if self.baseline.odometer.is_none() {
            // What had been read before and waits now was not lost, nor anything with it.
            let is_kept = status.formats_in_buffer > 0 && self.received.0 >= sent.offered;
            let is_told = self.baseline.uptime_s.is_some() || reading.afresh;
            if reading.absent_ms >= SHORTEST_RESTART_MS && !is_kept && !is_told {
                self.doubt = Some(Doubt::through(sent.offered));
            }
            return;
        }
        let unheard_ms = now_ms - reading.age_ms - heard_at_ms;
        let faults = (unheard_ms / SHORTEST_FAULT_MS).max(0);
        self.reprints_unseen = (self.reprints_unseen + faults).min(MOST_FAULTS);
        self.all_counted = self.all_counted.filter(|_| faults == 0);
    }

    /// Torn labels that the count may hold twice.
    pub(super) fn counted_twice_at_most(&self) -> i64 {
        self.reprints_possible + self.reprints_unseen
    }
}
