//! Journeys over the real wire: the real binary as a child process, a real database, a simulated printer.

mod harness;

mod accounting;
mod bad_input;
mod doubts;
mod faults;
mod pauses;
mod people;
mod readers;
mod reprints;
mod rights;
