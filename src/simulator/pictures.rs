//! Pictures of the labels and a page that shows them, drawn off the printing path.
//!
//! Whatever goes wrong here is told once and is no fault of the printer: paper never waits for a picture.

mod contact_sheet;

use super::machine::Model;
use super::paper::PrintedLabel;
use crate::render::preview::{Canvas, Painter};
use contact_sheet::ContactSheet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Labels waiting to be drawn; more come out without a picture.
const MAX_WAITING: usize = 512;
/// The page is written again at most so often.
const PAGE_INTERVAL: Duration = Duration::from_millis(500);
/// Time to draw what still waits when the simulator ends.
const LAST_PICTURES: Duration = Duration::from_secs(3);

/// Hands labels to the drawing task.
#[derive(Debug)]
pub(super) struct Pictures {
    waiting: mpsc::Sender<PrintedLabel>,
}

impl Pictures {
    pub(super) fn start(
        directory: &Path,
        painter: Painter,
        model: &Model,
        tasks: &mut JoinSet<()>,
        stop: CancellationToken,
    ) -> Self {
        let (waiting, labels) = mpsc::channel(MAX_WAITING);
        let canvas =
            Canvas { width_mm: model.label_width_mm, height_mm: model.label_height_mm, dpmm: model.dpmm };
        let studio = Studio {
            directory: directory.to_owned(),
            painter,
            canvas,
            sheet: ContactSheet::continued(directory, model.label_width_mm, model.label_height_mm),
            last_drawn: None,
            has_complained: false,
        };
        tasks.spawn(studio.work(labels, stop));
        Self { waiting }
    }

    /// Never waits.
    pub(super) fn draw(&self, label: &PrintedLabel) {
        let _ = self.waiting.try_send(label.clone());
    }
}

/// Draws one label after the other.
struct Studio {
    directory: PathBuf,
    painter: Painter,
    canvas: Canvas,
    sheet: ContactSheet,
    /// A batch repeats its format: the picture is drawn once.
    last_drawn: Option<(Arc<[u8]>, Vec<u8>)>,
    has_complained: bool,
}

impl Studio {
    async fn work(mut self, mut labels: mpsc::Receiver<PrintedLabel>, stop: CancellationToken) {
        self.write_page().await;
        let mut page_due: Option<Instant> = None;
        loop {
            let page = async {
                match page_due {
                    Some(at) => tokio::time::sleep_until(at).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = stop.cancelled() => break,
                () = page => {
                    page_due = None;
                    self.write_page().await;
                }
                label = labels.recv() => {
                    let Some(label) = label else { break };
                    self.add(&label).await;
                    page_due.get_or_insert_with(|| Instant::now() + PAGE_INTERVAL);
                }
            }
        }
        labels.close();
        let rest = async {
            while let Some(label) = labels.recv().await {
                self.add(&label).await;
            }
        };
        let _ = tokio::time::timeout(LAST_PICTURES, rest).await;
        self.write_page().await;
    }

    async fn add(&mut self, label: &PrintedLabel) {
        let name = picture_name(label.sequence);
        let has_picture = match self.picture(&label.zpl).await {
            Some(png) => {
                let written = tokio::fs::write(self.directory.join(&name), png).await;
                self.complain_once(written).is_some()
            }
            None => false,
        };
        self.sheet.add(&label.to_json(), has_picture.then_some(name));
    }

    async fn picture(&mut self, zpl: &Arc<[u8]>) -> Option<Vec<u8>> {
        if zpl.is_empty() {
            return None;
        }
        if let Some((_, png)) = self.last_drawn.as_ref().filter(|(drawn, _)| drawn == zpl) {
            return Some(png.clone());
        }
        let drawn = self.painter.draw(&String::from_utf8_lossy(zpl), self.canvas).await;
        let png = self.complain_once(drawn)?;
        self.last_drawn = Some((zpl.clone(), png.clone()));
        Some(png)
    }

    async fn write_page(&mut self) {
        let page = self.sheet.page();
        let beside = self.directory.join("index.html.new");
        let written = match tokio::fs::write(&beside, page).await {
            Ok(()) => tokio::fs::rename(&beside, self.directory.join("index.html")).await,
            Err(error) => Err(error),
        };
        self.complain_once(written);
    }

    fn complain_once<T, E: std::fmt::Display>(&mut self, result: Result<T, E>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(error) => {
                if !std::mem::replace(&mut self.has_complained, true) {
                    tracing::warn!(%error, "some labels have no picture");
                }
                None
            }
        }
    }
}

fn picture_name(sequence: u64) -> String {
    format!("label-{sequence:06}.png")
}
