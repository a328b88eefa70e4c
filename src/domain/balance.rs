//! Where the ledger leaves a job when no run of it is under way. The one place this is decided.

use super::{JobStatus, LabelIndex};

/// A job's labels, counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Balance {
    pub quantity: LabelIndex,
    pub printed: LabelIndex,
    pub unconfirmed: LabelIndex,
    /// Labels with any recorded outcome.
    pub recorded: LabelIndex,
    /// A person withdrew what is not printed.
    pub cancel_requested: bool,
    /// Unconfirmed labels stay so: nobody is asked.
    pub skips_unconfirmed: bool,
}

impl Balance {
    /// The status that follows; `begun` says whether a first byte was ever sent.
    pub fn status(&self, begun: bool) -> JobStatus {
        let asked = if self.skips_unconfirmed { 0 } else { self.unconfirmed };
        if self.printed == self.quantity {
            JobStatus::Completed
        } else if self.cancel_requested {
            JobStatus::Cancelled
        } else if self.recorded == self.quantity && asked == 0 {
            let nothing = self.printed == 0 && self.unconfirmed == 0;
            if nothing { JobStatus::Failed } else { JobStatus::CompletedWithErrors }
        } else if begun {
            JobStatus::Printing
        } else {
            JobStatus::Queued
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPEN: Balance = Balance {
        quantity: 10,
        printed: 4,
        unconfirmed: 0,
        recorded: 4,
        cancel_requested: false,
        skips_unconfirmed: false,
    };

    #[test]
    fn a_job_is_completed_only_when_every_label_has_evidence() {
        assert_eq!(Balance { printed: 10, recorded: 10, ..OPEN }.status(true), JobStatus::Completed);
        assert_eq!(OPEN.status(true), JobStatus::Printing);
        let undecided = Balance { printed: 9, unconfirmed: 1, recorded: 10, ..OPEN };
        assert_eq!(undecided.status(true), JobStatus::Printing, "it waits for a person's answer");
    }

    #[test]
    fn a_job_that_asks_nobody_ends_with_what_stays_unconfirmed() {
        let skipped = Balance { printed: 9, unconfirmed: 1, recorded: 10, skips_unconfirmed: true, ..OPEN };
        assert_eq!(skipped.status(true), JobStatus::CompletedWithErrors);
        assert_eq!(Balance { recorded: 9, ..skipped }.status(true), JobStatus::Printing, "the rest first");
        let only = Balance { quantity: 1, printed: 0, unconfirmed: 1, recorded: 1, ..skipped };
        assert_eq!(only.status(true), JobStatus::CompletedWithErrors, "not proved to have failed");
    }

    #[test]
    fn given_up_labels_end_a_job_with_errors() {
        assert_eq!(Balance { recorded: 10, ..OPEN }.status(true), JobStatus::CompletedWithErrors);
        assert_eq!(Balance { printed: 0, recorded: 10, ..OPEN }.status(true), JobStatus::Failed);
    }

    #[test]
    fn a_finished_job_cannot_be_withdrawn_any_more() {
        let late = Balance { printed: 10, recorded: 10, cancel_requested: true, ..OPEN };
        assert_eq!(late.status(true), JobStatus::Completed);
    }
}
