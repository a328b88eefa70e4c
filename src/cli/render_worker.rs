//! `platen render-worker`: draws one label within limits it sets for itself.
//!
//! Not for people. [`crate::render::preview::Painter`] starts it and says why.

#[cfg(feature = "preview")]
mod banner;

use super::Failure;
#[cfg(feature = "preview")]
use crate::render::blind_spots;
use crate::render::preview::{Canvas, MAX_INPUT_BYTES};
use rustix::process::{Resource, Rlimit, setrlimit};
use std::io::{Read, Write};

const MEMORY_LIMIT_BYTES: u64 = 512 * 1024 * 1024;
const PROCESSOR_LIMIT_S: u64 = 2;

#[derive(Debug, Clone, Copy, clap::Args)]
pub struct RenderWorkerArguments {
    /// Width of the label in millimetres.
    #[arg(long)]
    width_mm: f64,
    /// Height of the label in millimetres.
    #[arg(long)]
    height_mm: f64,
    /// Dots per millimetre: 6, 8, 12 or 24.
    #[arg(long)]
    dpmm: u32,
}

/// Runs the command.
pub fn run(arguments: RenderWorkerArguments) -> Result<(), Failure> {
    let RenderWorkerArguments { width_mm, height_mm, dpmm } = arguments;
    let canvas = Canvas { width_mm, height_mm, dpmm };
    canvas.check().map_err(Failure::wrong_call)?;
    limit(Resource::As, MEMORY_LIMIT_BYTES)?;
    limit(Resource::Cpu, PROCESSOR_LIMIT_S)?;
    // A failed allocation aborts; that needs no core file each time.
    limit(Resource::Core, 0)?;
    let mut zpl = Vec::new();
    let read = std::io::stdin().lock().take(MAX_INPUT_BYTES as u64 + 1).read_to_end(&mut zpl);
    read.map_err(|error| Failure::failed(format!("the ZPL could not be read ({error})")))?;
    if zpl.len() > MAX_INPUT_BYTES {
        return Err(Failure::wrong_call(format!("the ZPL is longer than {MAX_INPUT_BYTES} bytes")));
    }
    let picture = draw(&zpl, canvas)?;
    std::io::stdout()
        .lock()
        .write_all(&picture)
        .map_err(|error| Failure::failed(format!("the picture could not be written ({error})")))
}

fn limit(resource: Resource, maximum: u64) -> Result<(), Failure> {
    setrlimit(resource, Rlimit { current: Some(maximum), maximum: Some(maximum) })
        .map_err(|error| Failure::failed(format!("the drawing process could not limit itself ({error})")))
}

#[cfg(feature = "preview")]
fn draw(zpl: &[u8], canvas: Canvas) -> Result<Vec<u8>, Failure> {
    let picture = draw_alone(zpl, canvas)?;
    let notes = blind_spots(&String::from_utf8_lossy(zpl));
    if notes.is_empty() {
        return Ok(picture);
    }
    let strip = draw_alone(banner::zpl(&notes, canvas).as_bytes(), banner::canvas(&notes, canvas))?;
    banner::below(&picture, &strip)
        .map_err(|error| Failure::failed(format!("the picture could not be put together: {error}")))
}

#[cfg(feature = "preview")]
fn draw_alone(zpl: &[u8], canvas: Canvas) -> Result<Vec<u8>, Failure> {
    let options = labelize::RenderOptions {
        language: Some(labelize::Language::Zpl),
        width_mm: Some(canvas.width_mm),
        height_mm: Some(canvas.height_mm),
        dpmm: canvas.dpmm as i32,
        antialias: false,
    };
    labelize::render_png(zpl, options)
        .map(|rendered| rendered.bytes)
        .map_err(|error| Failure::failed(error.to_string()))
}

#[cfg(not(feature = "preview"))]
fn draw(_zpl: &[u8], _canvas: Canvas) -> Result<Vec<u8>, Failure> {
    Err(Failure::failed("this platen was built without pictures; build it with the feature `preview`"))
}
