//! Journeys over the real wire: the real binary as a child process, a real database, a simulated printer.

#[allow(dead_code, reason = "the crashes and the disk faults speak more of its verbs")]
mod harness;
#[path = "../support/postgres.rs"]
mod postgres;

mod accounting;
mod bad_input;
mod contradictions;
mod damage;
mod doubts;
mod faults;
mod instances;
mod late_proofs;
mod long_jobs;
mod modes;
mod on_postgres;
mod pauses;
mod people;
mod pictures;
mod readers;
mod reprints;
mod rights;
mod statements;
mod templates;
