//! Stage 2: the durable job. All SQL lives here; functions take the connection, so the caller owns the transaction.

pub mod doubts;
pub mod endings;
pub mod events;
mod inspection;
pub mod job_lists;
pub mod jobs;
pub mod keys;
pub mod labels;
pub mod pauses;
mod pool;
pub mod printers;
pub mod reports;
pub mod reprints;
pub mod runs;
pub mod templates;
pub mod wishes;

pub use inspection::{Inspection, inspect};
pub use pool::{Connection, Store, StoreError, Writing};

use jiff::Timestamp;

fn to_ms(timestamp: Timestamp) -> i64 {
    timestamp.as_millisecond()
}

/// Times in the database were written by [`to_ms`]; one outside the calendar is damage.
fn from_ms(milliseconds: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_millisecond(milliseconds).map_err(|_| StoreError::Damaged("a time outside the calendar"))
}
