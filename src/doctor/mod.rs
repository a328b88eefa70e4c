//! Checks everything platen needs, from its database to each printer and Odoo. Looks, and changes nothing.
//!
//! Each check answers findings: what was found, and the mend where something is to be done. Each is bounded in time.

mod finding;
mod ground;
mod odoo;
mod printer;
mod probe;
mod service;

pub use finding::{Finding, Verdict};
pub use ground::{check_database, check_templates};
pub use odoo::check_odoo;
pub use printer::check_printers;
pub use service::{ServiceState, check_service};
