//! The wire to Odoo: one client, two protocols behind it, errors told by what follows from them, and what is agreed on
//! beside the calls: which database it is, and which instance of the service speaks.

mod answers;
mod client;
mod error;
mod json2;
mod key_end;
mod pin;
mod questions;
mod settings;
mod transport;
mod turn;
mod xmlrpc;

pub use answers::Answers;
pub use client::OdooClient;
pub use error::OdooError;
pub use key_end::{KeyEnd, parse_utc};
pub use pin::{DatabasePin, PinError};
pub use questions::{About, Question, questions};
pub use settings::{OdooProtocol, OdooSettings};
pub use turn::Turn;
pub use xmlrpc::read_answer as read_xmlrpc_answer;
