//! What the printer remembers: flash, which survives a power cut, and memory, which does not.

use super::engine::{Batch, Motion};
use super::links::ChannelId;
use super::{Knobs, Machine, Model};
use crate::simulator::format::StoredFormats;
use crate::simulator::lexer::{Lexer, Prefixes};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::time::Duration;

/// Survives a power cut.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Flash {
    /// `device.unique_id`.
    pub serial: String,
    pub friendly_name: String,
    /// `odometer.total_label_count`.
    pub odometer: u64,
    pub user_label_count_1: u64,
    pub user_label_count_2: u64,
    /// All motion, in millimetres.
    pub print_length_mm: f64,
    pub latch_open_count: u64,
    /// `log.reboot.reason`: `0` power, `1` `device.reset`.
    pub reboot_reason: String,
    /// Formats stored on `E:`.
    pub stored_formats: StoredFormats,
}

impl Default for Flash {
    fn default() -> Self {
        Self {
            serial: "XXSIM000000001".to_owned(),
            friendly_name: "simulated".to_owned(),
            odometer: 31_084,
            user_label_count_1: 164,
            user_label_count_2: 7_544,
            print_length_mm: 217_440.0,
            latch_open_count: 12,
            reboot_reason: "0".to_owned(),
            stored_formats: StoredFormats::new(),
        }
    }
}

/// Gone with the power.
#[derive(Debug)]
pub struct Memory {
    pub(in crate::simulator) lexer: Lexer,
    /// Received, not interpreted.
    pub(super) queue: FormatQueue,
    /// Interpreted, not begun.
    pub(super) staged: VecDeque<Batch>,
    /// Begun.
    pub(super) batch: Option<Batch>,
    /// The label that moves now.
    pub(super) motion: Option<Motion>,
    /// By a key or a command.
    pub(super) paused: bool,
    /// By a fault; ends when it is mended.
    pub(super) fault_paused: bool,
    /// Peel mode: a label lies on the sensor since then.
    pub(super) label_waiting_since: Option<Duration>,
    pub(in crate::simulator) label_length_dots: u32,
    pub(in crate::simulator) speed_ips: f64,
    /// The letter of `^MM`.
    pub(in crate::simulator) print_mode: u8,
    /// `^JZ`.
    pub(super) reprints_after_error: bool,
    /// Formats stored on `R:`.
    pub(super) stored_formats: StoredFormats,
    /// `~HS` www.
    pub(in crate::simulator) graphics: u32,
    /// Labels counted since the power came, for the knob that loses them again.
    pub(super) counted: u64,
}

/// A received format in the queue.
#[derive(Debug, Clone)]
pub struct Format {
    pub(super) zpl: Vec<u8>,
    pub(super) prefixes: Prefixes,
    /// Who sent it; `None` for a foreign sender.
    pub(super) channel: Option<ChannelId>,
    /// The printer speaks another language and prints the bytes as they are.
    pub(super) is_plain_text: bool,
}

/// Formats in the order they came, and their size: asked at every read, so it is kept, not summed.
#[derive(Debug, Default)]
pub(super) struct FormatQueue {
    formats: VecDeque<Format>,
    bytes: usize,
}

impl FormatQueue {
    pub(super) fn push(&mut self, format: Format) {
        self.bytes += format.zpl.len();
        self.formats.push_back(format);
    }

    pub(super) fn pop(&mut self) -> Option<Format> {
        let format = self.formats.pop_front()?;
        self.bytes -= format.zpl.len();
        Some(format)
    }

    pub(super) fn drop_those_of(&mut self, channel: ChannelId) {
        self.formats.retain(|format| format.channel != Some(channel));
        self.bytes = self.formats.iter().map(|format| format.zpl.len()).sum();
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    pub(super) fn len(&self) -> usize {
        self.formats.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.formats.is_empty()
    }
}

impl Memory {
    pub(super) fn new(model: &Model, knobs: &Knobs) -> Self {
        let mut lexer = Lexer::default();
        lexer.keeps_torn_format = !knobs.xa_starts_new_format;
        Self {
            lexer,
            queue: FormatQueue::default(),
            staged: VecDeque::new(),
            batch: None,
            motion: None,
            paused: false,
            fault_paused: false,
            label_waiting_since: None,
            label_length_dots: (model.label_height_mm * f64::from(model.dpmm)).round() as u32,
            speed_ips: model.speed_ips,
            print_mode: b'T',
            reprints_after_error: true,
            stored_formats: StoredFormats::new(),
            graphics: 0,
            counted: 0,
        }
    }

    /// Bytes of formats not yet printed, with the one in progress.
    fn format_bytes(&self) -> usize {
        let staged: usize = self.staged.iter().chain(&self.batch).map(|batch| batch.zpl.len()).sum();
        self.queue.bytes + staged + self.lexer.partial_bytes()
    }
}

impl Machine {
    /// Bytes the receive buffer holds.
    pub fn buffered_bytes(&self) -> usize {
        self.memory.format_bytes() + self.links.pending_bytes()
    }

    /// Bytes the receive buffer can still take. A format larger than the whole buffer is interpreted as it
    /// arrives, so with nothing else to print there is always a little room.
    pub fn room(&self) -> usize {
        const STREAMED_BYTES: usize = 1024;
        let room = self.knobs.buffer_bytes.saturating_sub(self.buffered_bytes());
        let has_nothing_to_print =
            self.memory.queue.is_empty() && self.memory.staged.is_empty() && self.memory.batch.is_none();
        if has_nothing_to_print && self.links.pending_bytes() == 0 { room.max(STREAMED_BYTES) } else { room }
    }

    /// `~HS` eee: formats in the receive buffer.
    pub fn formats_buffered(&self) -> usize {
        let begun = self.memory.staged.len() + usize::from(self.memory.batch.is_some());
        self.memory.queue.len() + if self.knobs.eee_counts_staged { begun } else { 0 }
    }

    /// What survives a power cut.
    pub fn flash(&self) -> &Flash {
        &self.flash
    }
}
