//! A job: a batch of labels asked for once, from one source, and its legal states.

use super::{Attention, JobId, LabelIndex, Revision};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Where a job stands. One function, [`JobStatus::may_become`], allows the changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobStatus {
    /// Stored and waiting for its printer. Set by intake, or by a retry.
    Queued,
    /// A run has begun; stays so through faults, which are told as attention.
    Printing,
    /// Every label has evidence that it was printed.
    Completed,
    /// Ended with some labels given up; they are named in the ledger.
    CompletedWithErrors,
    /// Ended without a single label, or could not be rendered.
    Failed,
    /// Withdrawn; labels printed before that stay printed.
    Cancelled,
}

impl JobStatus {
    /// All of them, in the order of a job's life.
    pub const ALL: [Self; 6] = [
        Self::Queued,
        Self::Printing,
        Self::Completed,
        Self::CompletedWithErrors,
        Self::Failed,
        Self::Cancelled,
    ];

    /// The word used in SQL, JSON, CSV and Odoo.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Printing => "printing",
            Self::Completed => "completed",
            Self::CompletedWithErrors => "completed_with_errors",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// The status of that word, if there is one.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == word)
    }

    /// True when nothing will happen any more without a person.
    pub fn is_terminal(self) -> bool {
        !matches!(self, Self::Queued | Self::Printing)
    }

    /// The only legal changes. A retry takes an ended job with missing labels back to `queued`.
    pub fn may_become(self, next: Self) -> bool {
        use JobStatus::*;
        matches!(
            (self, next),
            (Queued, Printing | Failed | Cancelled | Completed | CompletedWithErrors)
                | (Printing, Queued | Completed | CompletedWithErrors | Failed | Cancelled)
                | (CompletedWithErrors | Failed | Cancelled, Queued)
        )
    }
}

/// What asked for the labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobType {
    MoSplit,
    MoConfirm,
    MoDone,
    Backorder,
    Manual,
    Report,
    Reprint,
    Test,
}

impl JobType {
    /// The word used in SQL, JSON, CSV and Odoo.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::MoSplit => "mo_split",
            Self::MoConfirm => "mo_confirm",
            Self::MoDone => "mo_done",
            Self::Backorder => "backorder",
            Self::Manual => "manual",
            Self::Report => "report",
            Self::Reprint => "reprint",
            Self::Test => "test",
        }
    }
}

/// The manufacturing order a job belongs to. The id ties, the name is for people (a split renames orders).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManufacturingOrder {
    pub id: i64,
    pub name: String,
}

/// A job as it is now.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    pub id: JobId,
    /// The caller's own key; the same uuid is the same job.
    pub uuid: Uuid,
    pub status: JobStatus,
    pub quantity: LabelIndex,
    /// Labels with evidence that they were printed.
    pub printed: LabelIndex,
    /// Labels an interruption left undecided, in order.
    pub unconfirmed: Vec<LabelIndex>,
    /// Set when it is a run's printer, or the printer asked for.
    pub printer: String,
    /// `None` for a job of ready ZPL.
    pub template: Option<String>,
    /// Content hash of the template the job keeps for life.
    pub template_version: Option<String>,
    pub job_type: JobType,
    /// 0 to 9, higher first.
    pub priority: i64,
    pub submitted_by: Option<String>,
    pub mo: Option<ManufacturingOrder>,
    /// A person is needed; the status does not change for it.
    pub attention: Option<Attention>,
    pub error_code: Option<String>,
    pub error_message: Option<String>,
    /// What to do about the error.
    pub error_action: Option<String>,
    pub eta_seconds: Option<i64>,
    pub revision: Revision,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub started_at: Option<Timestamp>,
    pub finished_at: Option<Timestamp>,
    pub expires_at: Option<Timestamp>,
}

impl Job {
    /// 0.0 to 100.0, of labels with evidence, to one decimal.
    pub fn progress_percent(&self) -> f64 {
        (self.printed as f64 * 1000.0 / self.quantity as f64).floor() / 10.0
    }
}
