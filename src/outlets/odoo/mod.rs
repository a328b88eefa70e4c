//! Telling Odoo how jobs, printers and templates stand.

mod report;
mod reporter;

pub use reporter::Reporter;
