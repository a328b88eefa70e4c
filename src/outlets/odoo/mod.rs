//! Telling Odoo: what every way of speaking to it shares, and the ways themselves.

mod error;
mod reporter;
pub mod xmlrpc;

pub use error::OdooError;
pub use reporter::Reporter;
