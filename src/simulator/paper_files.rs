//! `labels.jsonl` and `printer.json` in the directory of `--out`: what survives the simulator's own end.

use super::device::StartError;
use super::machine::Flash;
use super::paper::PrintedLabel;
use serde::{Deserialize, Serialize};
use std::fs::{self, File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

/// The open files. A write that fails is told once and printing goes on: paper does not wait for a disk.
#[derive(Debug)]
pub(super) struct PaperFiles {
    labels: File,
    state_path: PathBuf,
    saved: Option<Kept>,
    sequence: u64,
    has_complained: bool,
}

/// What an earlier run left.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Kept {
    pub(super) sequence: u64,
    pub(super) flash: Flash,
    #[serde(skip)]
    pub(super) is_restart: bool,
}

#[derive(Debug, Deserialize)]
struct LastLine {
    sequence: u64,
    odometer: u64,
}

impl PaperFiles {
    /// Opens or creates the directory. `fresh` is used where nothing is kept; its serial always holds.
    pub(super) fn open(directory: &Path, fresh: Flash) -> Result<(Self, Kept), StartError> {
        let at = |path: &Path| {
            let path = path.to_owned();
            move |source| StartError::Files { path, source }
        };
        fs::create_dir_all(directory).map_err(at(directory))?;
        let labels_path = directory.join("labels.jsonl");
        let state_path = directory.join("printer.json");
        let mut kept = read_state(&state_path)?.unwrap_or_else(|| Kept {
            sequence: 0,
            flash: fresh.clone(),
            is_restart: false,
        });
        kept.flash.serial = fresh.serial;
        if labels_path.exists()
            && let Some(last) = last_line(&labels_path).map_err(at(&labels_path))?
            && last.sequence > kept.sequence
        {
            // The process ended between the line and the state behind it.
            kept.sequence = last.sequence;
            kept.flash.odometer = last.odometer;
        }
        let labels =
            OpenOptions::new().create(true).append(true).open(&labels_path).map_err(at(&labels_path))?;
        let sequence = kept.sequence;
        let mut files = Self { labels, state_path, saved: None, sequence, has_complained: false };
        files.save(&kept.flash);
        Ok((files, kept))
    }

    /// One line for a piece of paper.
    pub(super) fn append(&mut self, label: &PrintedLabel) {
        self.sequence = label.sequence;
        let written = self.labels.write_all(format!("{}\n", label.to_json()).as_bytes());
        self.complain_once(written);
    }

    /// The state, if it has changed.
    pub(super) fn save(&mut self, flash: &Flash) {
        let is_saved =
            self.saved.as_ref().is_some_and(|saved| saved.sequence == self.sequence && saved.flash == *flash);
        if is_saved {
            return;
        }
        let kept = Kept { sequence: self.sequence, flash: flash.clone(), is_restart: false };
        let written = serde_json::to_vec_pretty(&kept).map_err(std::io::Error::other).and_then(|text| {
            let beside = self.state_path.with_extension("json.new");
            fs::write(&beside, text)?;
            fs::rename(&beside, &self.state_path)
        });
        self.saved = Some(kept);
        self.complain_once(written);
    }

    fn complain_once(&mut self, result: std::io::Result<()>) {
        if let Err(error) = result
            && !std::mem::replace(&mut self.has_complained, true)
        {
            tracing::warn!(path = %self.state_path.display(), %error, "the paper log cannot be written");
        }
    }
}

fn read_state(path: &Path) -> Result<Option<Kept>, StartError> {
    let text = match fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(StartError::Files { path: path.to_owned(), source }),
    };
    match serde_json::from_slice::<Kept>(&text) {
        Ok(kept) => Ok(Some(Kept { is_restart: true, ..kept })),
        Err(error) => Err(StartError::State { path: path.to_owned(), reason: error.to_string() }),
    }
}

fn last_line(path: &Path) -> std::io::Result<Option<LastLine>> {
    let mut last = None;
    for line in BufReader::new(File::open(path)?).lines() {
        last = serde_json::from_str(&line?).ok().or(last);
    }
    Ok(last)
}
