//! The words platen speaks: plain types, no I/O, no clock. Everyone may use them; they know nobody.

mod balance;
mod capabilities;
mod event;
mod fault;
mod ids;
mod job;
mod label;
mod label_pace;
mod label_ranges;
mod label_texts;
mod printer;
mod scope;
mod wish;

pub use balance::Balance;
pub use capabilities::{Capabilities, Profile, UNCOUNTED_WINDOW};
pub use event::{Event, EventKind};
pub use fault::{Attention, Code, SENT_WITHOUT_PROOF};
pub use ids::{EventNumber, JobId, Revision, RunId};
pub use job::{Job, JobStatus, JobType, ManufacturingOrder};
pub use label::{Evidence, Fields, LabelContent, LabelIndex, LabelOutcome};
pub use label_pace::LabelPace;
pub use label_ranges::LabelRanges;
pub use label_texts::{LabelChunk, LabelTexts};
pub use printer::{PrinterState, PrinterStatus};
pub use scope::{Scope, Scopes};
pub use wish::{Reprint, UnconfirmedPolicy};
