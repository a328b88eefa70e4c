//! The words platen speaks: plain types, no I/O, no clock. Everyone may use them; they know nobody.

mod event;
mod fault;
mod ids;
mod job;
mod label;
mod label_texts;
mod printer;

pub use event::{Event, EventKind};
pub use fault::{Attention, Code};
pub use ids::{EventNumber, JobId, Revision, RunId};
pub use job::{Balance, Job, JobStatus, JobType, ManufacturingOrder};
pub use label::{Evidence, Fields, LabelContent, LabelIndex, LabelOutcome};
pub use label_texts::{LabelChunk, LabelTexts};
pub use printer::{PrinterState, PrinterStatus};
