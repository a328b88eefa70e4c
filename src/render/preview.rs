//! Draws ZPL in a child process with limits, because hostile ZPL aborts every known renderer.

use std::path::PathBuf;

/// The paper a picture is drawn on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Canvas {
    pub width_mm: f64,
    pub height_mm: f64,
    /// Dots per millimetre: 6, 8, 12 or 24.
    pub dpmm: u32,
}

/// Why there is no picture.
#[derive(Debug, thiserror::Error)]
pub enum PreviewError {
    #[error("the drawing process could not be run: {0}")]
    Start(#[from] std::io::Error),
    #[error("the label could not be drawn: {0}")]
    Refused(String),
    #[error("drawing took too long and was stopped")]
    TimedOut,
}

/// Starts drawing processes (`platen render-worker`).
#[derive(Debug, Clone)]
pub struct Painter {
    program: PathBuf,
}

impl Painter {
    /// `program` is the platen binary: `std::env::current_exe()`, or the built one in tests.
    pub fn new(program: PathBuf) -> Self {
        Self { program }
    }

    /// One label's ZPL to a PNG.
    pub async fn draw(&self, zpl: &str, canvas: Canvas) -> Result<Vec<u8>, PreviewError> {
        let _ = (&self.program, zpl, canvas);
        Err(PreviewError::Refused("not written yet".to_owned()))
    }
}
