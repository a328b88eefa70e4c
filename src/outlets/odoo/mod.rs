//! Telling Odoo how jobs, printers and templates stand, and what people there want to look at.

mod answering;
mod report;
mod reporter;

pub use answering::Answering;
pub use reporter::Reporter;
