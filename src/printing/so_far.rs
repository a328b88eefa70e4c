//! What a run begins from that is taken up: what is durable of it, and what only this life of the service knows. Pure.

use crate::domain::LabelIndex;

/// What is durable of a run under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunSoFar {
    /// Labels up to this one may have been written.
    pub reserved_through: LabelIndex,
    pub confirmed_through: LabelIndex,
    /// Torn labels that the counter may show twice.
    pub reprints_possible: i64,
    /// The count may name the wrong labels, the next one any up to this; 0: it is right.
    pub count_in_doubt_through: LabelIndex,
}

/// What a run had found out of the labels on their way, and may not have been able to record, because the database failed.
/// What it saw is not seen again: behind a restart that the connection outlived, and behind a label that was
/// cancelled, the count looks like any other.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Findings {
    /// Torn labels that the counter may show twice.
    pub reprints_possible: i64,
    /// The count may name the wrong labels, the next one any up to this; 0: it is right.
    pub count_in_doubt_through: LabelIndex,
}

impl RunSoFar {
    /// With what was found out and may not be durable.
    pub fn with(self, findings: Findings) -> Self {
        let in_doubt_through = findings.count_in_doubt_through.min(self.reserved_through);
        Self {
            reprints_possible: self.reprints_possible.max(findings.reprints_possible),
            count_in_doubt_through: self.count_in_doubt_through.max(in_doubt_through),
            ..self
        }
    }
}
