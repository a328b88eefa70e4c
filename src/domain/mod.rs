//! The words platen speaks: plain types, no I/O, no clock. Everyone may use them; they know nobody.

mod event;
mod fault;
mod ids;
mod job;
mod label;
mod printer;
mod scope;

pub use event::{Event, EventKind};
pub use fault::{Attention, Code};
pub use ids::{EventNumber, JobId, Revision, RunId};
pub use job::{Balance, Job, JobStatus, JobType, ManufacturingOrder};
pub use label::{Evidence, Fields, LabelContent, LabelIndex, LabelOutcome};
pub use printer::{PrinterState, PrinterStatus};
pub use scope::{Scope, Scopes};
