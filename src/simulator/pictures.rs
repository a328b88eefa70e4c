//! Pictures of the labels and a page that shows them, drawn off the printing path.

use super::machine::Model;
use super::paper::PrintedLabel;
use crate::render::preview::Painter;
use std::path::Path;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// Hands labels to the drawing task.
#[derive(Debug)]
pub(super) struct Pictures {}

impl Pictures {
    pub(super) fn start(_: &Path, _: Painter, _: &Model, _: &mut JoinSet<()>, _: CancellationToken) -> Self {
        Self {}
    }

    pub(super) fn draw(&self, _: &PrintedLabel) {}
}
