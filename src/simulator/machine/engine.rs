//! The print engine: batches become labels, labels move the counters.

use super::{ChannelId, Effect, Machine};
use crate::simulator::format::{Composed, Text};
use crate::simulator::knobs::{CountAt, HostVerification};
use crate::simulator::paper::{Kind, Piece};
use std::sync::Arc;
use std::time::Duration;

const MM_PER_INCH: f64 = 25.4;
/// Between two die-cut labels: 0.12 in.
const GAP_MM: f64 = 3.0;

/// An interpreted format with the settings in force at its turn.
#[derive(Debug, Clone)]
pub(super) struct Batch {
    pub(super) zpl: Arc<[u8]>,
    pub(super) composed: Arc<Composed>,
    pub(super) channel: Option<ChannelId>,
    pub(super) kind: Kind,
    pub(super) length_mm: f64,
    pub(super) speed_ips: f64,
    pub(super) waits_for_peeling: bool,
    /// `^JZ` at its turn.
    pub(super) reprints_after_error: bool,
    pub(super) quantity: u64,
    pub(super) started: u64,
    pub(super) finished: u64,
    /// The label a fault tore waits to be printed again; true if it has been counted.
    pub(super) torn: Option<bool>,
}

/// A label on its way.
#[derive(Debug, Clone)]
pub(super) struct Motion {
    started_at: Duration,
    image_time: Duration,
    rest_time: Duration,
    phase: Phase,
    counted: bool,
    is_reprint: bool,
    /// The roll ends under this label.
    ends_roll: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    FirstHalf,
    SecondHalf,
    Gap,
}

/// The last complete label, for PREVIOUS.
#[derive(Debug, Clone)]
pub(super) struct Printed {
    batch: Batch,
    texts: Vec<String>,
}

impl Motion {
    fn next_instant(&self) -> Duration {
        self.started_at
            + match self.phase {
                Phase::FirstHalf => self.image_time / 2,
                Phase::SecondHalf => self.image_time,
                Phase::Gap => self.rest_time,
            }
    }
}

impl Machine {
    pub(super) fn engine_instant(&self) -> Option<Duration> {
        let taken_after = Duration::from_millis(self.knobs.label_taken_after_ms);
        let taken =
            self.memory.label_waiting_since.filter(|_| !taken_after.is_zero()).map(|at| at + taken_after);
        [self.memory.motion.as_ref().map(Motion::next_instant), taken].into_iter().flatten().min()
    }

    /// What the engine does at this instant.
    pub(super) fn engine_due(&mut self) {
        let taken_after = Duration::from_millis(self.knobs.label_taken_after_ms);
        let is_taken = |since: Duration| !taken_after.is_zero() && since + taken_after <= self.now;
        if self.memory.label_waiting_since.is_some_and(is_taken) {
            self.memory.label_waiting_since = None;
        }
        let Some(motion) = self.memory.motion.as_mut().filter(|motion| motion.next_instant() <= self.now)
        else {
            return;
        };
        match motion.phase {
            Phase::FirstHalf => {
                motion.phase = Phase::SecondHalf;
                let ends_roll = motion.ends_roll;
                if ends_roll {
                    self.media_ends();
                }
                for action in std::mem::take(&mut self.mid_label) {
                    self.act(action);
                }
            }
            Phase::SecondHalf => {
                motion.phase = Phase::Gap;
                if self.knobs.count_at == CountAt::End {
                    self.count_moving_label();
                }
            }
            Phase::Gap => self.finish_label(),
        }
    }

    /// Sets the next label in motion if nothing forbids it.
    pub(super) fn start_label(&mut self) -> bool {
        if self.memory.motion.is_some() || self.memory.label_waiting_since.is_some() || !self.may_print() {
            return false;
        }
        if self.memory.batch.is_none() {
            self.memory.batch = self.memory.staged.pop_front();
        }
        let Some(batch) = &mut self.memory.batch else { return false };
        let torn = batch.torn.take();
        if torn.is_none() {
            batch.started += 1;
        }
        let seconds_for = |mm: f64| Duration::from_secs_f64(mm / MM_PER_INCH / batch.speed_ips);
        self.memory.motion = Some(Motion {
            started_at: self.now,
            image_time: seconds_for(batch.length_mm),
            rest_time: seconds_for(batch.length_mm + GAP_MM),
            phase: Phase::FirstHalf,
            counted: torn == Some(true) && !self.knobs.reprint_counts,
            is_reprint: torn.is_some(),
            ends_roll: self.condition.media_left == Some(0),
        });
        if self.knobs.count_at == CountAt::Start {
            self.count_moving_label();
        }
        true
    }

    fn may_print(&self) -> bool {
        self.is_on() && !self.is_paused() && !self.condition.waits_for_temperature()
    }

    /// `~HS` c: by a key, a command or a fault.
    pub(in crate::simulator) fn is_paused(&self) -> bool {
        self.memory.paused || self.memory.fault_paused || self.condition.needs_mending()
    }

    fn count_moving_label(&mut self) {
        if let Some(motion) = self.memory.motion.as_mut().filter(|motion| !motion.counted) {
            motion.counted = true;
            self.count();
        }
    }

    pub(super) fn count(&mut self) {
        let flash = &mut self.flash;
        for counter in [&mut flash.odometer, &mut flash.user_label_count_1, &mut flash.user_label_count_2] {
            *counter = counter.saturating_add(1);
        }
        self.memory.counted += 1;
    }

    /// The label comes to rest: counters, host verification, then the format is released.
    fn finish_label(&mut self) {
        self.count_moving_label();
        let Some(motion) = self.memory.motion.take() else { return };
        self.label_made(motion.is_reprint, true);
        let Some(mut batch) = self.memory.batch.take() else { return };
        if self.knobs.hv_support == HostVerification::AtPrint {
            let composed = batch.composed.clone();
            self.verify(&composed, batch.channel, batch.finished);
        }
        batch.finished += 1;
        self.condition.media_left = self.condition.media_left.map(|left| left.saturating_sub(1));
        if batch.waits_for_peeling {
            self.memory.label_waiting_since = Some(self.now);
        }
        let ends_group =
            batch.composed.pause_every > 0 && batch.finished.is_multiple_of(batch.composed.pause_every);
        let is_done = batch.finished >= batch.quantity;
        self.memory.paused |= ends_group || (is_done && batch.composed.pauses_after);
        if !is_done {
            self.memory.batch = Some(batch);
        }
    }

    /// A fault or a power cut in the middle of the motion. After the image only the gap was left: the label is whole.
    pub(super) fn stop_motion(&mut self, power_is_cut: bool) {
        let Some(motion) = &self.memory.motion else { return };
        if motion.phase == Phase::Gap && !power_is_cut {
            return self.finish_label();
        }
        let is_whole = motion.phase == Phase::Gap;
        let (is_reprint, was_counted) = (motion.is_reprint, motion.counted);
        self.memory.motion = None;
        if !is_whole && !was_counted && self.knobs.reprint_counts && !power_is_cut {
            self.count();
        }
        self.label_made(is_reprint, is_whole);
        let Some(batch) = &mut self.memory.batch else { return };
        if batch.reprints_after_error {
            batch.torn = Some(was_counted);
        } else {
            batch.finished += 1;
            if batch.finished >= batch.quantity {
                self.memory.batch = None;
            }
        }
    }

    /// Puts the label of the running batch on paper.
    fn label_made(&mut self, is_reprint: bool, is_complete: bool) {
        let Some(batch) = &self.memory.batch else { return };
        let composed = &batch.composed;
        let position = batch.started.saturating_sub(1);
        let on_label = |text: &Text| text.on_label(position, composed.replicates);
        let texts: Vec<String> = composed.texts.iter().map(on_label).collect();
        let (zpl, kind) = (batch.zpl.clone(), batch.kind);
        self.flash.print_length_mm += batch.length_mm + GAP_MM;
        if is_complete {
            self.last_printed = Some(Printed { batch: batch.clone(), texts: texts.clone() });
            self.labels += u64::from(kind == Kind::Label);
        }
        self.put_on_paper(kind, is_complete, is_reprint, texts, zpl);
    }

    pub(super) fn put_on_paper(
        &mut self,
        kind: Kind,
        complete: bool,
        reprint: bool,
        texts: Vec<String>,
        zpl: Arc<[u8]>,
    ) {
        self.sequence += 1;
        self.effects.push(Effect::Paper(Piece {
            sequence: self.sequence,
            odometer: self.flash.odometer,
            kind,
            complete,
            reprint,
            printed_after: self.now,
            texts,
            zpl,
        }));
    }

    /// The PREVIOUS key: a real further label, at once.
    pub(super) fn reprint_last(&mut self) {
        if !self.may_print() || self.memory.motion.is_some() {
            return;
        }
        if let Some(Printed { batch, texts }) = self.last_printed.clone() {
            self.count();
            self.flash.print_length_mm += batch.length_mm + GAP_MM;
            self.put_on_paper(batch.kind, true, true, texts, batch.zpl);
        }
    }

    /// A blank label, which no counter of labels sees.
    pub(super) fn feed(&mut self) {
        self.flash.print_length_mm += self.model.label_height_mm + GAP_MM;
        self.put_on_paper(Kind::Blank, true, false, Vec::new(), Arc::from([]));
    }
}
