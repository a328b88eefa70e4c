//! An entry of the event log: the one thing progress is made of.

use super::{EventNumber, JobId};
use jiff::Timestamp;

/// What happened. The word is stable: it is the `event:` name of the live stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventKind {
    /// A job was accepted or changed; the payload is its status object.
    Job,
    /// A printer's state changed; the payload is its printer object.
    Printer,
}

impl EventKind {
    /// The word used in SQL and on the live stream.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Job => "job",
            Self::Printer => "printer",
        }
    }
}

/// A recorded change, stored in the same transaction as the change itself.
#[derive(Debug, Clone)]
pub struct Event {
    pub number: EventNumber,
    pub kind: EventKind,
    pub job_id: Option<JobId>,
    /// Ready JSON for the readers.
    pub payload: String,
    pub recorded_at: Timestamp,
}
