//! Whether the count tells of our labels while they are under way, or hides another sender's or cancelled ones. Pure.
//!
//! Of the labels the parser has read, some wait in the buffer and some are counted; the difference is in the works, as
//! many as this printer has there at a time. Another sender's label moves the counter and is none of those that were
//! read: from then on fewer seem to be in the works, for good. That is a suspicion and no proof, for the answers
//! are not of one moment. Labels that are cancelled at the printer leave the buffer and are never counted: more seem to be
//! in the works than there ever were, and the labels behind them would be counted under their numbers. The proof is a
//! printer that has drained: then the counter has gone too far, or fallen short, or it has not.

use super::works::{FewestSeen, KNOWN_AFTER_LABELS, LastLabel, Sight, Together, Usual, UsualWorks};
use super::{Sent, Tally};
use crate::zebra::Reading;

/// No printer is supposed to have more in the works than one that prints and three made ready, until it shows that it has.
const SUPPOSED_MOST: i64 = 4;
/// Of a printer so fast that its buffer and count are never of one moment it is not learnt by looking more often.
const LEARNT_BY_LABELS: i64 = 2 * KNOWN_AFTER_LABELS;

/// Where the count is older than the buffer, more seems to be in the works at times.
const OF_TWO_MOMENTS: Together = Together { labels: 3, ms: 300, sights: 1 };
/// Buffer and count of one moment: one label is enough, if it is looked at often.
const OF_ONE_MOMENT: Together = Together { labels: 1, ms: 300, sights: 4 };

/// The labels in the works during one run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Surplus {
    of_two_moments: Usual,
    of_one_moment: Usual,
    /// The most that ever were in the works for certain.
    most_for_certain: i64,
    /// The most that may ever have been, and the count when that began to be learnt.
    most_at_most: Option<(i64, i64)>,
    /// The same where it is known how many there were.
    most: Option<(i64, i64)>,
    is_others_suspected: bool,
    is_lack_suspected: bool,
    /// By the runs before.
    is_motion_told: bool,
    last_label: LastLabel,
}

impl Surplus {
    /// A run begins; so it was in the last ones.
    pub fn knowing(works: UsualWorks) -> Self {
        Self {
            of_two_moments: Usual::of(OF_TWO_MOMENTS, works.fewest.of_two_moments),
            of_one_moment: Usual::of(OF_ONE_MOMENT, works.fewest.of_one_moment),
            most_for_certain: 0,
            most_at_most: None,
            most: None,
            is_others_suspected: false,
            is_lack_suspected: false,
            is_motion_told: works.last_label.is_told_by_buffer(),
            last_label: LastLabel::default(),
        }
    }

    /// What this run has learnt, for the next ones.
    pub fn works(&self) -> UsualWorks {
        UsualWorks {
            fewest: FewestSeen {
                of_two_moments: self.of_two_moments.learnt(),
                of_one_moment: self.of_one_moment.learnt(),
            },
            last_label: self.last_label,
            ..UsualWorks::default()
        }
    }

    /// Fewer or more labels are in the works than ever before: nothing more is sent before the printer has drained.
    pub fn is_suspected(&self) -> bool {
        self.is_others_suspected || self.is_lack_suspected
    }

    /// Nothing is in motion where the buffer is empty. Otherwise another sender's label may be counted for the last of ours.
    pub fn is_motion_told(&self) -> bool {
        self.is_motion_told && self.last_label.was_gone == 0
    }

    /// What this printer has in the works at one moment is known.
    fn is_usual_known(&self) -> bool {
        self.of_one_moment.is_known()
    }

    /// More than ever before: some may have left the buffer without coming out.
    pub fn is_lack_suspected(&self) -> bool {
        self.is_lack_suspected
    }

    /// The works were interrupted: what is seen next is not looked at together with what was seen before.
    pub fn interrupt(&mut self) {
        self.of_two_moments.interrupt();
        self.of_one_moment.interrupt();
    }

    /// The printer has drained, and the count is right.
    pub fn refute(&mut self) {
        if self.is_suspected() {
            // That so few or so many were in the works was in order.
            self.of_two_moments.begin_anew();
            self.of_one_moment.begin_anew();
            (self.is_others_suspected, self.is_lack_suspected) = (false, false);
        }
        self.interrupt();
    }

    /// While labels wait in the buffer: `in_the_works` is what the parser has read, less what waits, less what is
    /// `counted` by a count that is not younger.
    pub fn see(&mut self, in_the_works: i64, counted: i64, now_ms: i64) {
        self.is_others_suspected |=
            self.of_two_moments.is_undercut(Sight { at_ms: now_ms, counted, in_the_works });
    }

    /// The same, by a count that had not moved since the buffer was looked at, nor shortly before.
    pub fn see_at_one_moment(&mut self, in_the_works: i64, counted: i64, now_ms: i64) {
        if counted == 0 {
            self.of_one_moment.see_first(in_the_works);
        }
        self.is_others_suspected |=
            self.of_one_moment.is_undercut(Sight { at_ms: now_ms, counted, in_the_works });
    }

    /// The last label is the only one that is not counted, and so many wait.
    pub fn see_last_label(&mut self, waiting: i64) {
        let last = &mut self.last_label;
        *(if waiting > 0 { &mut last.waited } else { &mut last.was_gone }) += 1;
    }

    /// Also while no label waits in the buffer: between `least` and `at_most` are in the works.
    pub fn see_bounds(&mut self, least: i64, at_most: i64, counted: i64) {
        self.is_lack_suspected |= least > self.most_for_certain.max(SUPPOSED_MOST);
        self.most_for_certain = self.most_for_certain.max(least);
        // Of a fast printer the count moves between any two answers: it is never known how many there were.
        let is_more_than = |known: &mut Option<(i64, i64)>, seen: i64| {
            let (most, learnt_from) = known.unwrap_or((seen, counted));
            *known = Some((most.max(seen), learnt_from));
            counted - learnt_from >= KNOWN_AFTER_LABELS && least > most
        };
        self.is_lack_suspected |= is_more_than(&mut self.most_at_most, at_most);
        if least == at_most {
            self.is_lack_suspected |= is_more_than(&mut self.most, least);
        }
    }
}

impl Tally {
    /// What is usual of this printer is not known yet, and these are its first labels.
    pub fn is_learning(&self) -> bool {
        let is_among_first = self.baseline.odometer.is_some() && self.printed < LEARNT_BY_LABELS;
        self.expects_first_count() || is_among_first && !self.surplus.is_usual_known()
    }

    /// By the host status of the parser itself, which tells what it had read just then, and a count heard before; or by
    /// one answer that holds both.
    pub(super) fn look_for_surplus(&mut self, reading: &Reading, sent: Sent, now_ms: i64) {
        let Some(status) = reading.host_status else { return };
        let is_disturbed = status.is_stopped()
            || sent.recovering
            || self.restart.is_some()
            || self.reprints_possible > 0
            || self.doubt.is_some();
        if is_disturbed {
            return self.surplus.interrupt();
        }
        let asked_at_ms = now_ms - reading.age_ms;
        let last = self.odometer.map(|(odometer, _)| (odometer, self.odometer_heard_at_ms));
        let heard_before =
            [last, self.odometer_before].into_iter().flatten().find(|(_, at)| *at <= asked_at_ms);
        let (Some(base), Some((before, _))) = (self.baseline.odometer, heard_before) else { return };
        let received_before_it = [self.received, self.received_before]
            .into_iter()
            .find(|(_, known_since_ms)| *known_since_ms <= asked_at_ms);
        let waiting = status.formats_in_buffer;
        // The second channel does not tell how far the parser has come: between what it had read before, and everything.
        let read = match reading.second_channel {
            true => received_before_it.map(|(received, _)| (received, sent.offered)),
            false if !reading.afresh => Some((sent.received, sent.received)),
            _ => None,
        };
        let Some((read_least, read_at_most)) = read else { return };
        if let Some(counted) = reading.odometer.map(|odometer| odometer - base) {
            let counted_before = if reading.second_channel { counted } else { before - base };
            let least = read_least - waiting - counted;
            self.surplus.see_bounds(least, read_at_most - waiting - counted_before, counted);
            let is_of_one_moment = counted == counted_before && read_least == read_at_most;
            if is_of_one_moment && waiting > 0 {
                self.surplus.see_at_one_moment(least, counted, now_ms);
                self.count_moment.see_moment(least < 0);
            }
            if is_of_one_moment && read_least == sent.offered && counted == sent.offered - 1 {
                self.surplus.see_last_label(waiting);
            }
        }
        if reading.received_through.is_some() && waiting > 0 {
            let counted = before - base;
            self.surplus.see(sent.received - waiting - counted, counted, now_ms);
        }
    }
}

#[cfg(test)]
#[path = "surplus_test.rs"]
mod tests;
