//! `platen render`.

use super::Failure;

#[derive(Debug, clap::Args)]
pub struct RenderArguments {}

/// Runs the command.
pub fn run(_arguments: RenderArguments) -> Result<(), Failure> {
    Err(Failure::failed("not written yet"))
}
