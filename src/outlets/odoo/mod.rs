//! Telling Odoo how jobs, printers, templates and the instances themselves stand, and what people there want to look at.

mod answering;
mod instances;
mod report;
mod reporter;

pub use answering::Answering;
pub use reporter::Reporter;
