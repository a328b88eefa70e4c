//! A printer as platen knows it now.

use super::{Attention, Capabilities, Profile};
use jiff::Timestamp;
use serde_json::{Value, json};

/// One word for the state of a printer; what a person should do stands in the fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PrinterStatus {
    /// Not asked yet.
    Unknown,
    /// Answers, and nothing is printing.
    Idle,
    /// Answers, and a run is under way.
    Printing,
    /// Answers, and a person is needed: see the fault.
    Faulted,
    /// Paused by a person, here or at the printer.
    Paused,
    /// Connected, and does not answer: neither ready nor dead.
    Silent,
    /// No connection.
    Offline,
}

impl PrinterStatus {
    /// The word used in SQL, JSON and Odoo.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Idle => "idle",
            Self::Printing => "printing",
            Self::Faulted => "faulted",
            Self::Paused => "paused",
            Self::Silent => "silent",
            Self::Offline => "offline",
        }
    }

    /// The status of that word, if there is one.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Unknown, Self::Idle, Self::Printing, Self::Faulted, Self::Paused, Self::Silent, Self::Offline]
            .into_iter()
            .find(|status| status.as_str() == word)
    }
}

/// A printer as it is now. Identity and counters are the device's own words.
#[derive(Debug, Clone, PartialEq)]
pub struct PrinterState {
    /// The configured name.
    pub name: String,
    pub address: String,
    pub status: PrinterStatus,
    pub fault: Option<Attention>,
    /// The device's serial (`device.unique_id`).
    pub unique_id: Option<String>,
    pub model: Option<String>,
    pub firmware: Option<String>,
    /// Labels in the device's life (`odometer.total_label_count`).
    pub odometer: Option<i64>,
    pub last_seen_at: Option<Timestamp>,
    /// As configured; absent: found out by asking.
    pub profile: Option<Profile>,
    /// What was found out by asking.
    pub capabilities: Capabilities,
    /// Paused by a person, here rather than at the device: this printer, or everything.
    pub paused: bool,
    /// All printing is paused.
    pub everything_paused: bool,
    /// Jobs waiting here or under way.
    pub queue_length: i64,
    /// The job that prints now.
    pub current_job: Option<String>,
    pub revision: i64,
}

impl PrinterState {
    /// As the API and the event log tell it.
    pub fn to_json(&self) -> Value {
        json!({
            "name": self.name,
            "address": self.address,
            "status": self.status.as_str(),
            "fault": self.fault,
            "paused": self.paused,
            "everything_paused": self.everything_paused,
            "unique_id": self.unique_id,
            "model": self.model,
            "firmware": self.firmware,
            "odometer": self.odometer,
            "proves": self.capabilities.to_json(self.profile),
            "last_seen_at": self.last_seen_at,
            "queue_length": self.queue_length,
            "current_job": self.current_job,
            "revision": self.revision,
        })
    }
}
