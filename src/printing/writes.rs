//! From the numbers of writes on one connection to labels. Pure.

use crate::domain::LabelIndex;
use std::collections::VecDeque;

/// The writes of a run whose labels the printer has not yet been heard to have read.
#[derive(Debug, Clone, Default)]
pub struct Writes {
    /// Number of a write on this connection, and the label it completed.
    numbered: VecDeque<(i64, LabelIndex)>,
}

impl Writes {
    /// Remembers which write completed which label.
    pub fn wrote(&mut self, write: i64, label: LabelIndex) {
        self.numbered.push_back((write, label));
    }

    /// The last label among the writes up to a number.
    pub fn label_of(&mut self, write: i64) -> Option<LabelIndex> {
        let mut found = None;
        while let Some((number, label)) = self.numbered.front().copied() {
            if number > write {
                break;
            }
            found = Some(label);
            self.numbered.pop_front();
        }
        found
    }
}
