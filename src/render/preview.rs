//! Draws ZPL in a child process with limits, because hostile ZPL aborts every known renderer.
//!
//! A module width or font size of millions of dots ends in a failed allocation, which cannot be caught, and other
//! labels take half a minute. So the drawing happens in `platen render-worker`, which limits its own memory and
//! processor time; here stand the limits that hold even if it does not.

use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::Command;
use tokio::sync::Semaphore;

/// Longest ZPL that is drawn.
pub const MAX_INPUT_BYTES: usize = 2 * 1024 * 1024;
/// Largest picture; RGBA of this fits the child's memory twice.
const MAX_DOTS: f64 = 30_000_000.0;
const MAX_PNG_BYTES: u64 = 16 * 1024 * 1024;
const MAX_COMPLAINT_BYTES: u64 = 4096;
const MAX_CHILDREN: usize = 4;
const TIME_LIMIT: Duration = Duration::from_secs(5);

/// The paper a picture is drawn on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Canvas {
    pub width_mm: f64,
    pub height_mm: f64,
    /// Dots per millimetre: 6, 8, 12 or 24.
    pub dpmm: u32,
}

impl Canvas {
    /// Whether a picture of this size may be drawn; if not, why, as a clause.
    pub fn check(self) -> Result<(), String> {
        if ![6, 8, 12, 24].contains(&self.dpmm) {
            return Err(format!("printers have 6, 8, 12 or 24 dots per mm, and not {}", self.dpmm));
        }
        let dots = f64::from(self.dpmm);
        let area = self.width_mm * dots * self.height_mm * dots;
        let is_size = |millimetres: f64| (1.0..=5000.0).contains(&millimetres);
        if !is_size(self.width_mm) || !is_size(self.height_mm) || area > MAX_DOTS {
            return Err(format!("{} × {} mm is no size for a picture", self.width_mm, self.height_mm));
        }
        Ok(())
    }
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

/// Starts drawing processes (`platen render-worker`), a few at a time. Clones share the few.
#[derive(Debug, Clone)]
pub struct Painter {
    program: PathBuf,
    places: Arc<Semaphore>,
}

impl Painter {
    /// `program` is the platen binary: `std::env::current_exe()`, or the built one in tests.
    pub fn new(program: PathBuf) -> Self {
        Self { program, places: Arc::new(Semaphore::new(MAX_CHILDREN)) }
    }

    /// One label's ZPL to a PNG.
    pub async fn draw(&self, zpl: &str, canvas: Canvas) -> Result<Vec<u8>, PreviewError> {
        canvas.check().map_err(PreviewError::Refused)?;
        if zpl.len() > MAX_INPUT_BYTES {
            return Err(PreviewError::Refused(format!("it is longer than {MAX_INPUT_BYTES} bytes")));
        }
        let _place = self.places.acquire().await.map_err(std::io::Error::other)?;
        // A future dropped by the time-out takes its child along (`kill_on_drop`).
        tokio::time::timeout(TIME_LIMIT, self.run(zpl, canvas)).await.map_err(|_| PreviewError::TimedOut)?
    }

    async fn run(&self, zpl: &str, canvas: Canvas) -> Result<Vec<u8>, PreviewError> {
        let mut child = Command::new(&self.program)
            .arg("render-worker")
            .arg(format!("--width-mm={}", canvas.width_mm))
            .arg(format!("--height-mm={}", canvas.height_mm))
            .arg(format!("--dpmm={}", canvas.dpmm))
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let (Some(mut input), Some(output), Some(complaints)) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(PreviewError::Start(std::io::Error::other("a pipe is missing")));
        };
        let feed = async {
            // A child that gives up early closes its end; its exit status tells why.
            let _ = input.write_all(zpl.as_bytes()).await;
            drop(input);
        };
        let ((), picture, complaint) =
            tokio::join!(feed, read(output, MAX_PNG_BYTES), read(complaints, MAX_COMPLAINT_BYTES));
        let (picture, complaint) = (picture?, complaint?);
        if picture.len() as u64 > MAX_PNG_BYTES {
            return Err(PreviewError::Refused(format!("its picture is longer than {MAX_PNG_BYTES} bytes")));
        }
        let status = child.wait().await?;
        if status.success() {
            return Ok(picture);
        }
        Err(failure(status, &String::from_utf8_lossy(&complaint)))
    }
}

/// Reads to the end, or one byte beyond the limit.
async fn read(pipe: impl AsyncRead + Unpin, limit: u64) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    pipe.take(limit + 1).read_to_end(&mut bytes).await?;
    Ok(bytes)
}

fn failure(status: ExitStatus, complaint: &str) -> PreviewError {
    const SIGABRT: i32 = 6;
    const SIGKILL: i32 = 9;
    const SIGXCPU: i32 = 24;
    match (status.signal(), status.code()) {
        (Some(SIGXCPU | SIGKILL), _) => PreviewError::TimedOut,
        (Some(SIGABRT), _) => PreviewError::Refused("it needs too much memory".to_owned()),
        (_, Some(1 | 2)) => {
            let line = complaint.lines().next().unwrap_or("");
            PreviewError::Refused(line.trim_start_matches("platen: ").chars().take(300).collect())
        }
        _ => PreviewError::Refused("the drawing program failed on it".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_canvas_is_bounded() {
        let canvas = |width_mm, height_mm, dpmm| Canvas { width_mm, height_mm, dpmm }.check();
        assert!(canvas(57.0, 32.0, 8).is_ok() && canvas(104.0, 300.0, 24).is_ok());
        assert!(canvas(57.0, 32.0, 7).is_err() && canvas(f64::NAN, 32.0, 8).is_err());
        assert!(canvas(0.0, 32.0, 8).is_err() && canvas(1000.0, 1000.0, 24).is_err());
    }

    #[tokio::test]
    async fn a_program_that_is_not_there_is_an_error() {
        let painter = Painter::new("/nowhere/platen".into());
        let canvas = Canvas { width_mm: 57.0, height_mm: 32.0, dpmm: 8 };
        assert!(matches!(painter.draw("^XA^XZ", canvas).await, Err(PreviewError::Start(_))));
        let long = " ".repeat(MAX_INPUT_BYTES + 1);
        assert!(matches!(painter.draw(&long, canvas).await, Err(PreviewError::Refused(_))));
    }
}
