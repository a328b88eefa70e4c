//! One label: what stands on it, what became of it, and what proves that.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Position of a label in its job: 1 to the job's quantity.
pub type LabelIndex = i64;

/// Named values for a template, as they arrived.
pub type Fields = Map<String, Value>;

/// Everything a template may show on one label. `fields` wins over `data` where both name a field.
#[derive(Debug, Clone, Copy)]
pub struct LabelContent<'a> {
    /// Values shared by all labels of the job.
    pub data: &'a Fields,
    /// Values of this label alone.
    pub fields: &'a Fields,
    /// Name of the manufacturing order, where the job belongs to one.
    pub mo_name: Option<&'a str>,
    /// Seen by templates as `label.index`, from 1.
    pub index: LabelIndex,
    /// Seen by templates as `label.count`: the job's quantity.
    pub count: LabelIndex,
}

/// What became of a label. `pending` and `sent` are derived from the run; the others are entries of the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LabelOutcome {
    /// Nothing was sent.
    Pending,
    /// Written to the connection, which proves nothing.
    Sent,
    /// Counted by the printer, or stated by a person.
    Printed,
    /// Interrupted where the evidence does not decide; never sent again by itself.
    Unconfirmed,
    /// Proved not printed, and given up.
    Failed,
    /// Withdrawn before it was printed.
    Cancelled,
    /// Let go to be printed again: a person says it is not there or asked for a retry, or the job's policy for doubts
    /// wants it so. Only in the ledger; the label itself is pending from then on.
    Released,
}

impl LabelOutcome {
    /// The word used in SQL, JSON and CSV.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Sent => "sent",
            Self::Printed => "printed",
            Self::Unconfirmed => "unconfirmed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Released => "released",
        }
    }
}

/// What an outcome rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// The printer's own label counter (`odometer.total_label_count`) moved by this label.
    Odometer,
    /// The counter moved, and the printer named this label (`^HV`).
    Verified,
    /// No label counter: the printer reported its buffer drained (`~HS`: no formats, no batch, idle).
    BufferDrained,
    /// A person looked at the paper and said so.
    Person,
    /// Nothing decides; recorded with `unconfirmed`.
    None,
}

impl Evidence {
    /// The word used in SQL, JSON and CSV.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Odometer => "odometer",
            Self::Verified => "verified",
            Self::BufferDrained => "buffer_drained",
            Self::Person => "person",
            Self::None => "none",
        }
    }
}
