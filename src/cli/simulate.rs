//! `platen simulate`.

use super::Failure;

#[derive(Debug, clap::Args)]
pub struct SimulateArguments {}

/// Runs the command.
pub fn run(_arguments: SimulateArguments) -> Result<(), Failure> {
    Err(Failure::failed("not written yet"))
}
