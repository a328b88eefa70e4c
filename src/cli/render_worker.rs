//! `platen render-worker`.

use super::Failure;

#[derive(Debug, clap::Args)]
pub struct RenderWorkerArguments {}

/// Runs the command.
pub fn run(_arguments: RenderWorkerArguments) -> Result<(), Failure> {
    Err(Failure::failed("not written yet"))
}
