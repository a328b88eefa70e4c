//! What the disk does to the service, with the real binary: power cuts, a full disk, a lock, a damaged file.

#![cfg(target_os = "linux")]

mod faults;
#[allow(dead_code, reason = "the journeys speak more of its verbs")]
#[path = "../journey/harness.rs"]
mod harness;
mod platter;
#[path = "../support/postgres.rs"]
mod postgres;
mod power_cut;
mod shim;
