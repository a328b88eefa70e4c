//! Whether labels of another sender hide in the count while ours are under way. Pure.
//!
//! Of the labels the parser has read, some wait in the buffer and some are counted; the difference is in the works, as
//! many as this printer has there at a time. Another sender's label moves the counter and is none of those that were
//! read: from then on fewer seem to be in the works, for good. That is a suspicion and no proof, for the answers
//! are not of one moment. The proof is a printer that has drained: then the counter has gone too far, or it has not.

use std::collections::VecDeque;

/// A printer begins and ends every label a little differently: so many, and so long, are looked at together.
const TOGETHER_LABELS: i64 = 3;
const TOGETHER_MS: i64 = 300;
/// What is usual is known after so many labels.
const KNOWN_AFTER_LABELS: i64 = 7;

/// The labels in the works during one run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Surplus {
    /// The least that ever was the most of some labels together.
    usual: Option<i64>,
    /// The count when that began to be learnt.
    learnt_from: Option<i64>,
    together: VecDeque<Sight>,
    is_suspected: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Sight {
    at_ms: i64,
    counted: i64,
    in_the_works: i64,
}

impl Surplus {
    /// Fewer labels are in the works than ever before: nothing more is sent before the printer has drained.
    pub fn is_suspected(&self) -> bool {
        self.is_suspected
    }

    /// The works were interrupted: what is seen next is not looked at together with what was seen before.
    pub fn interrupt(&mut self) {
        self.together.clear();
    }

    /// The printer has drained, and the count is right.
    pub fn refute(&mut self) {
        if std::mem::take(&mut self.is_suspected) {
            (self.usual, self.learnt_from) = (None, None);
        }
        self.together.clear();
    }

    /// While labels wait in the buffer: `in_the_works` is what the parser has read, less what waits, less what is
    /// `counted` by a count that is not younger.
    pub fn see(&mut self, in_the_works: i64, counted: i64, now_ms: i64) {
        let now = Sight { at_ms: now_ms, counted, in_the_works };
        self.together.push_back(now);
        while self.together.get(1).is_some_and(|second| now.is_enough_since(second)) {
            self.together.pop_front();
        }
        if !self.together.front().is_some_and(|first| now.is_enough_since(first)) {
            return;
        }
        let most = self.together.iter().map(|sight| sight.in_the_works).max().unwrap_or(in_the_works);
        let is_known = counted - *self.learnt_from.get_or_insert(counted) >= KNOWN_AFTER_LABELS;
        self.is_suspected |= is_known && self.usual.is_some_and(|usual| most < usual);
        self.usual = Some(self.usual.map_or(most, |usual| usual.min(most)));
    }
}

impl Sight {
    fn is_enough_since(&self, before: &Self) -> bool {
        self.counted - before.counted >= TOGETHER_LABELS && self.at_ms - before.at_ms >= TOGETHER_MS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A label each 100 ms, asked each 50 ms: two in the works, one while the next is fetched.
    fn print(surplus: &mut Surplus, labels: std::ops::Range<i64>, foreign: i64) {
        for label in labels {
            surplus.see(1 - foreign, label, label * 100);
            surplus.see(2 - foreign, label, label * 100 + 50);
        }
    }

    #[test]
    fn one_label_of_another_sender_is_suspected_after_three_of_ours() {
        let mut surplus = Surplus::default();
        print(&mut surplus, 0..30, 0);
        assert!(!surplus.is_suspected());
        print(&mut surplus, 31..35, 1);
        assert!(surplus.is_suspected());
    }

    #[test]
    fn a_printer_that_was_wrongly_suspected_is_learnt_anew() {
        let mut surplus = Surplus::default();
        print(&mut surplus, 0..30, 0);
        print(&mut surplus, 31..41, 1);
        surplus.refute();
        print(&mut surplus, 41..80, 1);
        assert!(!surplus.is_suspected());
    }

    #[test]
    fn answers_that_are_apart_on_a_loaded_machine_raise_no_suspicion() {
        let mut surplus = Surplus::default();
        print(&mut surplus, 0..30, 0);
        // The count is older than the buffer: more seems to be in the works.
        print(&mut surplus, 31..60, -2);
        print(&mut surplus, 61..90, 0);
        assert!(!surplus.is_suspected());
    }
}
