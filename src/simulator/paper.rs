//! What came out: every physical piece of paper, in order.

use jiff::Timestamp;
use serde::Serialize;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

/// What a piece of paper is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Sent over one of the simulator's connections.
    Label,
    /// Sent by somebody else, on another road.
    Foreign,
    /// Fed without printing; no label counter moves.
    Blank,
}

/// A piece of paper as the machine lets it go.
#[derive(Debug, Clone, PartialEq)]
pub struct Piece {
    pub(super) sequence: u64,
    pub(super) odometer: u64,
    pub(super) kind: Kind,
    pub(super) complete: bool,
    pub(super) reprint: bool,
    pub(super) printed_after: Duration,
    pub(super) texts: Vec<String>,
    pub(super) zpl: Arc<[u8]>,
}

impl Piece {
    /// The decoded field texts, in the order of the format.
    pub fn texts(&self) -> &[String] {
        &self.texts
    }

    /// False: torn off in the middle by a fault or a power cut.
    pub fn is_complete(&self) -> bool {
        self.complete
    }

    /// What it is.
    pub fn kind(&self) -> Kind {
        self.kind
    }
}

/// A piece of paper in the log.
#[derive(Debug, Clone, PartialEq)]
pub struct PrintedLabel {
    /// Its place in the log, from 1.
    pub sequence: u64,
    /// The label counter when it came to rest.
    pub odometer: u64,
    pub kind: Kind,
    /// False: torn off in the middle by a fault or a power cut.
    pub complete: bool,
    /// True: the label has been on an earlier piece already, whole or torn.
    pub reprint: bool,
    pub printed_at: Timestamp,
    /// The decoded field texts, in the order of the format.
    pub texts: Vec<String>,
    /// The exact bytes of the format.
    pub zpl: Arc<[u8]>,
}

impl PrintedLabel {
    pub(super) fn of(piece: Piece, started_at: Timestamp) -> Self {
        let elapsed = jiff::SignedDuration::try_from(piece.printed_after).unwrap_or_default();
        Self {
            sequence: piece.sequence,
            odometer: piece.odometer,
            kind: piece.kind,
            complete: piece.complete,
            reprint: piece.reprint,
            printed_at: started_at.checked_add(elapsed).unwrap_or(started_at),
            texts: piece.texts,
            zpl: piece.zpl,
        }
    }

    /// A whole label of one of our senders, with or without a torn piece before it.
    pub fn is_whole_label(&self) -> bool {
        self.complete && self.kind == Kind::Label
    }

    /// The line of `labels.jsonl`.
    pub fn to_json(&self) -> serde_json::Value {
        serde_json::json!({
            "sequence": self.sequence,
            "odometer": self.odometer,
            "complete": self.complete,
            "reprint": self.reprint,
            "foreign": self.kind == Kind::Foreign,
            "blank": self.kind == Kind::Blank,
            "printed_at": self.printed_at.to_string(),
            "texts": self.texts,
            "zpl": String::from_utf8_lossy(&self.zpl),
        })
    }
}

/// The newest pieces; older ones are forgotten, so that memory does not grow with the length of a job.
#[derive(Debug)]
pub(super) struct PaperLog {
    pieces: VecDeque<PrintedLabel>,
    kept: usize,
}

impl PaperLog {
    pub(super) fn keeping(kept: usize) -> Self {
        Self { pieces: VecDeque::new(), kept }
    }

    pub(super) fn add(&mut self, piece: PrintedLabel) {
        if self.pieces.len() >= self.kept {
            self.pieces.pop_front();
        }
        self.pieces.push_back(piece);
    }

    /// Pieces with a higher sequence than `sequence`, oldest first.
    pub(super) fn after(&self, sequence: u64) -> impl Iterator<Item = &PrintedLabel> {
        let start = self.pieces.partition_point(|piece| piece.sequence <= sequence);
        self.pieces.range(start..)
    }
}
