//! Identifiers. Names are for people; only these tie things together.

use serde::{Deserialize, Serialize};
use std::fmt;
use uuid::Uuid;

macro_rules! uuid_id {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(formatter)
            }
        }
    };
}

uuid_id! {
    /// The service's own name for a job (UUID version 7, so they sort by birth).
    JobId
}
uuid_id! {
    /// One attempt to print a contiguous range of a job's labels on one printer.
    RunId
}

/// Number of an entry in the event log: strictly rising, never reused.
pub type EventNumber = i64;

/// Rises with every change of a job; an older one never overwrites a newer one anywhere.
pub type Revision = i64;
