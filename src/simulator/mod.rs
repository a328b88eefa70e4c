//! The simulated Zebra behind `platen simulate`, the demo and the tests.
//!
//! It stands in for hardware: its behaviour comes from the ZPL II Programming Guide and from captured replies,
//! not from what platen's client wishes. Where nobody knows what a printer does, a [`Knobs`] key decides.
//!
//! [`Machine`] is the printer without sockets and clock; [`SimulatedZebra`] gives it both.

mod action;
pub mod control_port;
mod device;
mod format;
mod host_status;
mod knobs;
mod lexer;
mod machine;
mod paper;
mod paper_files;
mod pictures;
mod scenario;
mod settings;

pub use action::{Action, Arguments, WORDS as ACTION_WORDS};
pub use device::{NotReached, SimulatedZebra, SimulatorOptions, StartError};
pub use knobs::{
    BatchCount, CountAt, HostVerification, InFault, JsonUnknown, Knobs, Language, PowerCutConnections,
    SecondConnection,
};
pub use machine::{ChannelId, Effect, Event, Fate, Flash, Link, Machine, Model, State};
pub use paper::{Kind, Piece, PrintedLabel};
pub use scenario::Scenario;
