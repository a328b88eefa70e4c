//! Stage 2: the durable job. All SQL lives here; functions take the connection, so the caller owns the transaction.

pub mod answered_wishes;
mod condition;
pub mod configured;
mod dialect;
pub mod doubts;
pub mod endings;
pub mod events;
mod inspection;
pub mod instances;
pub mod job_lists;
pub mod jobs;
pub mod keys;
pub mod labels;
pub mod leases;
pub mod ledger;
pub mod migrations;
mod name_lock;
pub mod odoo_database;
pub mod pauses;
mod pool;
pub mod printers;
pub mod reports;
pub mod reprints;
pub mod runs;
mod snapshot;
pub mod template_uploads;
pub mod templates;
mod trouble;
pub mod wishes;

pub use dialect::{Dialect, without_password};
pub use inspection::{Inspection, inspect};
pub use name_lock::NameLock;
pub use pool::{Connection, Store, StoreError, Writing};
pub use snapshot::Snapshot;
pub use trouble::Trouble;

use jiff::Timestamp;

fn to_ms(timestamp: Timestamp) -> i64 {
    timestamp.as_millisecond()
}

/// Times in the database were written by [`to_ms`]; one outside the calendar is damage.
fn from_ms(milliseconds: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_millisecond(milliseconds).map_err(|_| StoreError::Damaged("a time outside the calendar"))
}

/// `$3, $4, $5` for a list in a statement: lists are bound value by value, which both databases understand.
fn placeholders(first: usize, count: usize) -> String {
    (first..first + count).map(|number| format!("${number}")).collect::<Vec<_>>().join(", ")
}
