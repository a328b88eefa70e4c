//! The two ways a run can take: over a printer that tells what it does, and over one that tells nothing.

use super::blind_run::BlindRun;
use super::run::{Run, RunAction, RunEvent};
use super::so_far::Findings;
use super::tally::UsualWorks;
use crate::domain::Evidence;

/// A run of either kind.
#[derive(Debug)]
pub enum Course {
    Told(Box<Run>),
    Blind(BlindRun),
}

impl Course {
    /// The one function that moves a run.
    pub fn step(&mut self, event: RunEvent, now_ms: i64) -> Vec<RunAction> {
        match self {
            Self::Told(run) => run.step(event, now_ms),
            Self::Blind(run) => run.step(&event),
        }
    }

    /// What the confirmations rest on.
    pub fn evidence(&self) -> Evidence {
        match self {
            Self::Told(run) => run.evidence(),
            Self::Blind(_) => Evidence::None,
        }
    }

    /// Milliseconds a label seems to take, once known: for what people are told.
    pub fn seems_label_ms(&self) -> Option<f64> {
        match self {
            Self::Told(run) => run.seems_label_ms(),
            Self::Blind(_) => None,
        }
    }

    /// Measured time of one label, milliseconds, once known and counted.
    pub fn label_ms(&self) -> Option<f64> {
        match self {
            Self::Told(run) => run.label_ms(),
            Self::Blind(_) => None,
        }
    }

    /// The printer was certainly restarted since the run began.
    pub fn is_behind_a_restart(&self) -> bool {
        match self {
            Self::Told(run) => run.is_behind_a_restart(),
            Self::Blind(_) => false,
        }
    }

    /// The printer was asked to name its labels and named none.
    pub fn is_verified_in_vain(&self) -> bool {
        match self {
            Self::Told(run) => run.is_verified_in_vain(),
            Self::Blind(_) => false,
        }
    }

    /// What it has found out of the labels on their way, where it could not be recorded.
    pub fn findings(&self) -> Findings {
        match self {
            Self::Told(run) => run.findings(),
            Self::Blind(_) => Findings::default(),
        }
    }

    /// What it has learnt of the labels this printer has in the works.
    pub fn usual_works(&self) -> UsualWorks {
        match self {
            Self::Told(run) => run.usual_works(),
            Self::Blind(_) => UsualWorks::default(),
        }
    }

    /// What is usual of this printer is not known yet, and these are its first labels.
    pub fn is_learning(&self) -> bool {
        matches!(self, Self::Told(run) if run.is_learning())
    }

    /// One label that was sent is not counted, and no other.
    pub fn lacks_one(&self) -> bool {
        matches!(self, Self::Told(run) if run.lacks_one())
    }

    /// The printer has been proved to hold nothing of this run any more, by a count.
    pub fn is_drained(&self) -> bool {
        match self {
            Self::Told(run) => run.is_drained(),
            Self::Blind(_) => false,
        }
    }

    /// The connection its labels were written to is gone: nothing is sent, what was is awaited.
    pub fn is_recovering(&self) -> bool {
        match self {
            Self::Told(run) => run.is_recovering(),
            Self::Blind(_) => false,
        }
    }
}
