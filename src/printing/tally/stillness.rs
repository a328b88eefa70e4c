//! Whether a printer has kept still for long enough that nothing of the run is left in it. Pure.

use super::{Sent, Tally};
use crate::zebra::{HostStatus, Reading};

/// What a printer did in a longer time without an answer nobody knows: some do not answer in a fault, and a question is
/// given up only later. A printer that answers late is asked anew at once.
const LONGEST_UNHEARD_MS: i64 = 500;
/// The same of a printer that answers only on connections of their own, of which it serves few: it is asked twice a second.
const LONGEST_UNHEARD_AFRESH_MS: i64 = 1_500;

/// Nobody mends more than one fault of a printer in so short a time.
const LONGEST_SILENCE_MS: i64 = 3_000;

/// Idle, with all that was offered received, since a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stillness {
    pub(super) since_ms: i64,
    /// The count, and since when it is known not to have moved. On the raw channel half a format keeps it from being asked.
    pub(super) counter: Option<(i64, i64)>,
    pub(super) offered: i64,
    /// A question had no answer in it: lost on the line, or a short fault in which the label in motion began anew.
    pub(super) has_gap: bool,
}

impl Stillness {
    /// How it goes on: nothing has moved, or it begins anew.
    fn go_on(self, now: Self) -> Self {
        let is_still = match (self.counter, now.counter) {
            (Some((before, _)), Some((counter, _))) => before == counter,
            (before, _) => before.is_none(),
        };
        if !is_still || self.offered != now.offered {
            return now;
        }
        Self { counter: self.counter.or(now.counter), ..self }
    }

    /// Behind a time without an answer. A fault in it may have torn the label that was in motion, which begins anew then. With
    /// a counter the wait does so too; without one it lasts a label longer than the two that may be out of sight need, and
    /// what it had lasted counts.
    fn behind_silence(self, unheard_ms: i64) -> Option<Self> {
        let is_short = unheard_ms <= LONGEST_SILENCE_MS;
        let since_ms = self.since_ms + unheard_ms;
        (self.counter.is_none() && is_short).then_some(Self { since_ms, ..self })
    }

    /// Until when it must go on. A counter moves with every label; without one, all that is out of sight must have had
    /// its time. A label that may have begun anew is given another label's time.
    fn is_long_enough_at_ms(self, sent: Sent) -> i64 {
        let unseen = self.since_ms + sent.settle_unseen_ms;
        let settle_ms = if self.has_gap { 2 * sent.settle_ms } else { sent.settle_ms };
        self.counter.map_or(unseen, |(_, counted_since_ms)| unseen.min(counted_since_ms + settle_ms))
    }
}

impl Tally {
    /// While labels are under way to the printer, its stillness says nothing of them. Nor while a lost connection keeps
    /// its parser in the middle of something: what others sent waits in front of it, and a second channel does not see
    /// that.
    pub(super) fn note_stillness(&mut self, reading: &Reading, sent: Sent, now_ms: i64) {
        let counter = self.odometer.map(|(odometer, _)| (odometer, now_ms));
        let now = Stillness { since_ms: now_ms, counter, offered: sent.offered, has_gap: false };
        let goes_on = |before: Option<Stillness>| before.map_or(now, |still| still.go_on(now));
        let is_read = !sent.recovering || self.parser_heard_at_ms.is_some();
        // Some printers do not answer in a fault: what was not heard of is not still.
        let is_told = reading.host_status.is_some() || !reading.silent;
        let (mut still, mut torn_still) = (self.still.take(), self.torn_still.take());
        if reading.host_status.is_some() {
            let asked_at_ms = now_ms - reading.age_ms;
            let longest_ms = if reading.afresh { LONGEST_UNHEARD_AFRESH_MS } else { LONGEST_UNHEARD_MS };
            let unheard_ms = self.status_heard_at_ms.map_or(0, |at| asked_at_ms - at);
            if unheard_ms > longest_ms {
                still = still.and_then(|still| still.behind_silence(unheard_ms));
                torn_still = None;
            }
            self.status_heard_at_ms = Some(now_ms);
        }
        if reading.withholds_status() {
            // It is in a fault, which may have torn the label that was in motion.
            return;
        }
        if !is_told {
            // One answer may be lost. What is too long a silence the next one tells.
            let with_gap = |still: Option<Stillness>| still.map(|still| Stillness { has_gap: true, ..still });
            (self.still, self.torn_still) = (with_gap(still), with_gap(torn_still));
            return;
        }
        let Some((status, _)) = self.host_status.filter(|_| is_read && sent.has_arrived()) else {
            return;
        };
        if status.is_idle() {
            let before = torn_still.filter(|_| self.is_torn_dropped);
            self.is_torn_dropped = false;
            self.still = Some(goes_on(still.or(before)));
        } else if (HostStatus { partial_format: false, ..status }).is_idle() {
            self.torn_still = Some(goes_on(torn_still));
        }
    }

    /// Since when as many are counted as were sent, and none of them since.
    pub(super) fn note_all_counted(&mut self, sent: Sent, now_ms: i64) {
        let odometer = self.odometer.map(|(odometer, _)| odometer);
        let is_all = self.counted().is_some_and(|counted| counted >= sent.offered);
        let known = self.all_counted.filter(|(before, _)| Some(*before) == odometer);
        self.all_counted = odometer.filter(|_| is_all).map(|odometer| known.unwrap_or((odometer, now_ms)));
    }

    /// All are counted, and for more than one label's time no other: on a line that loses answers nothing may ever be heard
    /// to keep still.
    pub(super) fn has_counted_all_for_long(&self, sent: Sent) -> bool {
        let Some((_, since_ms)) = self.all_counted.filter(|_| !sent.recovering) else { return false };
        let is_late = |heard_of_ms: i64| heard_of_ms >= since_ms + sent.settle_ms;
        self.odometer.is_some_and(|(_, at)| is_late(at))
            && self.host_status.is_some_and(|(_, at)| is_late(at))
    }

    /// By a count: nothing of the run is left in the printer, and nothing moves in it.
    pub fn has_drained(&self, sent: Sent) -> bool {
        self.counted().is_some_and(|counted| counted >= sent.offered || self.is_settled(sent))
    }

    /// One label that was sent is not counted, by the last that was heard.
    pub fn lacks_one(&self, sent: Sent) -> bool {
        self.counted().is_some_and(|counted| self.lacks_one_of(counted, sent))
    }

    fn lacks_one_of(&self, counted: i64, sent: Sent) -> bool {
        counted == sent.offered - 1
            && self.counted_twice_at_most() == 0
            && self.counted_in_motion() == 0
            && self.doubt.is_none()
            && !self.surplus.is_suspected()
    }

    /// Behind a lost connection the only label that is not counted is the one of which half had come, and that half was
    /// dropped: nothing of ours is left that could come out.
    pub(super) fn lacks_only_dropped(&self, counted: i64, sent: Sent) -> bool {
        let Some(dropped_at_ms) = self.torn_dropped_at_ms.filter(|_| sent.recovering) else { return false };
        let is_heard_since = self.odometer.is_some_and(|(_, at)| at >= dropped_at_ms)
            && self.host_status.is_some_and(|(status, at)| status.is_idle() && at >= dropped_at_ms);
        is_heard_since && self.lacks_one_of(counted, sent)
    }

    /// Idle with an unmoved counter for long enough, and heard so at both ends of that time.
    pub(super) fn is_settled(&self, sent: Sent) -> bool {
        let Some(still) = self.still else { return false };
        let until = still.is_long_enough_at_ms(sent);
        let status_late = self.host_status.is_some_and(|(_, at)| at >= until);
        let parser_late = !sent.recovering || self.parser_heard_at_ms >= Some(until);
        let counter_late =
            self.baseline.odometer.is_none() || self.odometer.is_some_and(|(_, at)| at >= until);
        status_late && parser_late && counter_late
    }
}
