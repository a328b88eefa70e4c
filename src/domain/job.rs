//! A job: a batch of labels asked for once, from one source, and its legal states.

use super::{Attention, Code, JobId, LabelIndex, Reprint, Revision, UnconfirmedPolicy};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
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

    /// The only legal changes. A retry, or a person's word that a label is not there, takes an ended job with missing
    /// labels back to `queued`; a late proof may complete an ended one.
    pub fn may_become(self, next: Self) -> bool {
        use JobStatus::*;
        matches!(
            (self, next),
            (Queued, Printing | Failed | Cancelled | Completed | CompletedWithErrors)
                | (Printing, Queued | Completed | CompletedWithErrors | Failed | Cancelled)
                | (CompletedWithErrors | Failed | Cancelled, Queued | Completed)
                | (Failed, CompletedWithErrors)
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
    /// Serial numbers or lots came into being.
    LotCreated,
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
            Self::LotCreated => "lot_created",
            Self::Manual => "manual",
            Self::Report => "report",
            Self::Reprint => "reprint",
            Self::Test => "test",
        }
    }

    /// The type of that word, if there is one.
    pub fn parse(word: &str) -> Option<Self> {
        [
            Self::MoSplit,
            Self::MoConfirm,
            Self::MoDone,
            Self::Backorder,
            Self::LotCreated,
            Self::Manual,
            Self::Report,
            Self::Reprint,
            Self::Test,
        ]
        .into_iter()
        .find(|job_type| job_type.as_str() == word)
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
    pub unconfirmed_policy: UnconfirmedPolicy,
    /// Withdrawn, and labels are still in the printer.
    pub cancelling: bool,
    /// Of a cancelled job: the last label that was printed, 0 for none.
    pub stopped_after: Option<LabelIndex>,
    /// Set where it repeats labels of another job.
    pub reprint: Option<Reprint>,
    /// Paused by a person; the status does not change for it.
    pub paused: bool,
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
        percent(self.printed, self.quantity)
    }

    /// Past its time before its first label: it asks before it prints. What has begun is finished.
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.started_at.is_none() && self.expires_at.is_some_and(|expires_at| expires_at < now)
    }

    /// What stays to be asked of a person while nothing else is wrong.
    pub fn question(&self) -> Option<Code> {
        let asks = self.unconfirmed_policy != UnconfirmedPolicy::Skip && !self.unconfirmed.is_empty();
        asks.then_some(Code::UnconfirmedLabels)
    }

    /// Labels that are neither printed nor in doubt: to come, or, when it has ended, missing.
    pub fn not_printed(&self) -> i64 {
        self.quantity - self.printed - self.unconfirmed.len() as i64
    }

    /// The small object for pollers: exactly what `/api/status` promises.
    pub fn to_status(&self) -> Value {
        json!({
            "job_id": self.id,
            "uuid": self.uuid,
            "status": self.status,
            "quantity": self.quantity,
            "current_label": self.printed,
            "progress_percent": self.progress_percent(),
            "printer": self.printer,
            "unconfirmed": self.unconfirmed,
            "paused": self.paused,
            "attention": self.attention,
            "error_code": self.error_code,
            "error_message": self.error_message,
            "error_action": self.error_action,
            "eta_seconds": self.eta_seconds,
            "revision": self.revision,
            "updated_at": self.updated_at,
        })
    }

    /// The whole job, as the API and the event log tell it: the status object and what the job is.
    pub fn to_json(&self) -> Value {
        let mut whole = self.to_status();
        let more = json!({
            "template": self.template,
            "template_version": self.template_version,
            "job_type": self.job_type,
            "priority": self.priority,
            "submitted_by": self.submitted_by,
            "mo": self.mo,
            "created_at": self.created_at,
            "started_at": self.started_at,
            "finished_at": self.finished_at,
            "expires_at": self.expires_at,
            "unconfirmed_policy": self.unconfirmed_policy,
            "cancelling": self.cancelling,
            "stopped_after": self.stopped_after,
            "not_printed": self.not_printed(),
            "reprint_of": self.reprint.as_ref().map(|reprint| reprint.of),
            "reprint_labels": self.reprint.as_ref().map(|reprint| reprint.shown.to_string()),
            "reprint_reason": self.reprint.as_ref().map(|reprint| &reprint.reason),
            "marked": self.reprint.as_ref().is_some_and(|reprint| reprint.marked),
        });
        if let (Some(whole), Value::Object(more)) = (whole.as_object_mut(), more) {
            whole.extend(more);
        }
        whole
    }
}

/// Rounded down, so that only the last label makes a hundred.
fn percent(printed: LabelIndex, quantity: LabelIndex) -> f64 {
    (printed as f64 * 1000.0 / quantity as f64).floor() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_never_rounds_up_to_a_finished_job() {
        assert_eq!((percent(99_999, 100_000), percent(100_000, 100_000)), (99.9, 100.0));
        assert_eq!(percent(150, 200), 75.0);
    }

    #[test]
    fn a_job_that_has_begun_does_not_expire_in_the_middle() {
        let born = Timestamp::UNIX_EPOCH;
        let late = born + jiff::SignedDuration::from_hours(2);
        let waiting = Job {
            id: JobId(Uuid::nil()),
            uuid: Uuid::nil(),
            status: JobStatus::Queued,
            quantity: 1,
            printed: 0,
            unconfirmed: Vec::new(),
            printer: "line-a".to_owned(),
            template: None,
            template_version: None,
            job_type: JobType::Manual,
            priority: 5,
            submitted_by: None,
            mo: None,
            unconfirmed_policy: UnconfirmedPolicy::Ask,
            cancelling: false,
            stopped_after: None,
            reprint: None,
            paused: false,
            attention: None,
            error_code: None,
            error_message: None,
            error_action: None,
            eta_seconds: None,
            revision: 1,
            created_at: born,
            updated_at: born,
            started_at: None,
            finished_at: None,
            expires_at: Some(born + jiff::SignedDuration::from_hours(1)),
        };
        assert!(waiting.is_expired(late) && !waiting.is_expired(born));
        assert!(!Job { started_at: Some(born), ..waiting }.is_expired(late));
    }

    #[test]
    fn a_completed_job_stays_so_and_a_withdrawn_one_can_be_tried_again() {
        assert!(JobStatus::ALL.into_iter().all(|next| !JobStatus::Completed.may_become(next)));
        assert!(JobStatus::Cancelled.may_become(JobStatus::Queued), "a retry");
    }
}
