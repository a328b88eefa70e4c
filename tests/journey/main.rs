//! Journeys over the real wire: the real binary as a child process, a real database, a simulated printer.

mod harness;
#[path = "../support/postgres.rs"]
mod postgres;

mod accounting;
mod bad_input;
mod faults;
mod instances;
mod on_postgres;
mod people;
mod readers;
