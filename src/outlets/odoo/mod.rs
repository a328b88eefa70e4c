//! Telling Odoo: what every way of speaking to it shares, and the ways themselves.

mod error;
pub mod xmlrpc;

pub use error::OdooError;
