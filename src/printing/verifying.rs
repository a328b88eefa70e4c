//! What the printer says of its labels by name (`^HV`), held against what it counts. Pure.
//!
//! A name alone proves that a label was interpreted. With the counter it proves which label was counted.

use crate::domain::LabelIndex;

/// A counted label waits so long for its name, milliseconds: both are told at about the same time.
const PATIENCE_MS: i64 = 2_000;

/// The names of one run so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verifying {
    through: LabelIndex,
    heard: bool,
    /// The next label is counted, and not named since.
    overdue: Option<(LabelIndex, i64)>,
    given_up: bool,
}

impl Verifying {
    /// Nothing behind this label is named yet.
    pub fn after(through: LabelIndex) -> Self {
        Self { through, heard: false, overdue: None, given_up: false }
    }

    /// Labels up to this one are named.
    pub fn through(&self) -> LabelIndex {
        self.through
    }

    /// Names will not come any more: the connection they were asked on is gone.
    pub fn give_up(&mut self) {
        self.given_up = true;
    }

    /// Asked for, waited for, and never heard.
    pub fn is_in_vain(&self) -> bool {
        self.given_up && !self.heard && self.overdue.is_some()
    }

    /// A name came in. False: it is not the next one's, nor a torn label's once more.
    pub fn hear(&mut self, label: LabelIndex, offered_through: LabelIndex, may_repeat: bool) -> bool {
        self.heard = true;
        if label == self.through + 1 && label <= offered_through {
            self.through = label;
            return true;
        }
        may_repeat && label == self.through
    }

    /// How far the counter may be followed now, when it stands at this label.
    pub fn agree(&mut self, counted_through: LabelIndex, now_ms: i64) -> LabelIndex {
        if self.given_up || counted_through <= self.through {
            return counted_through;
        }
        let next = self.through + 1;
        match self.overdue {
            Some((label, since_ms)) if label == next => {
                self.given_up = now_ms - since_ms >= PATIENCE_MS;
            }
            _ => self.overdue = Some((next, now_ms)),
        }
        if self.given_up { counted_through } else { self.through }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counted_and_named_together_is_verified() {
        let mut verifying = Verifying::after(0);
        assert_eq!(verifying.agree(2, 0), 0, "counted, and waits for its name");
        assert!(verifying.hear(1, 8, false) && verifying.hear(2, 8, false));
        assert_eq!((verifying.agree(2, 100), verifying.through()), (2, 2));
        assert!(verifying.hear(3, 8, false), "a name before the count");
        assert_eq!(verifying.agree(2, 200), 2, "interpreted is not printed");
    }

    #[test]
    fn a_printer_that_names_nothing_is_believed_by_its_counter_after_a_moment() {
        let mut verifying = Verifying::after(0);
        verifying.agree(1, 0);
        assert_eq!(verifying.agree(2, PATIENCE_MS - 1), 0);
        assert!(!verifying.is_in_vain());
        assert_eq!(verifying.agree(3, PATIENCE_MS), 3);
        assert!(verifying.is_in_vain());
    }

    #[test]
    fn each_label_has_its_own_patience() {
        let mut verifying = Verifying::after(0);
        for label in 1..=100 {
            assert_eq!(verifying.agree(label, label * 100), label - 1, "its name is always a moment late");
            assert!(verifying.hear(label, 100, false));
        }
        assert!(!verifying.is_in_vain());
    }

    #[test]
    fn another_label_than_the_next_is_a_contradiction() {
        let named_one = || {
            let mut verifying = Verifying::after(0);
            verifying.hear(1, 8, false);
            verifying
        };
        assert!(!named_one().hear(3, 8, false), "one was left out");
        assert!(!named_one().hear(1, 8, false), "one came twice");
        assert!(named_one().hear(1, 8, true), "behind a media fault the torn label comes again");
        assert!(!named_one().hear(2, 1, false), "one that was not sent");
    }
}
