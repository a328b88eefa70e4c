//! The composer: formats become batches, a few ahead of the paper; what prints nothing ends here.

use super::engine::Batch;
use super::memory::Format;
use super::{ChannelId, Machine};
use crate::simulator::format::{Composed, Query, Text, compose};
use crate::simulator::host_status;
use crate::simulator::knobs::{BatchCount, HostVerification};
use crate::simulator::paper::Kind;
use std::sync::Arc;

impl Machine {
    /// Interprets formats, a few ahead of the paper; what prints nothing ends here.
    pub(super) fn compose(&mut self) {
        while self.is_on() && self.memory.staged.len() < self.knobs.compose_ahead.max(1) {
            let Some(format) = self.memory.queue.pop() else { return };
            let composed = if format.is_plain_text {
                plain_text(&format.zpl)
            } else {
                let shelves = [&self.memory.stored_formats, &self.flash.stored_formats];
                compose(&format.zpl, format.prefixes, &shelves, self.knobs.zb64_strict_crc)
            };
            self.apply_settings(&composed);
            for query in &composed.queries {
                let bytes = match query {
                    Query::Configuration => host_status::configuration(self),
                    Query::Status => host_status::super_host_status(self),
                };
                self.reply(format.channel, bytes);
            }
            for _ in 0..composed.feeds {
                self.feed();
            }
            if composed.prints {
                self.stage(format, composed);
            } else if composed.pauses_after {
                self.memory.paused = true;
            }
        }
    }

    fn apply_settings(&mut self, composed: &Composed) {
        let memory = &mut self.memory;
        memory.label_length_dots = composed.length_dots.unwrap_or(memory.label_length_dots);
        memory.print_mode = composed.print_mode.unwrap_or(memory.print_mode);
        memory.reprints_after_error = composed.reprints_after_error.unwrap_or(memory.reprints_after_error);
        if self.knobs.obeys_print_rate {
            memory.speed_ips =
                composed.speed_ips.map_or(memory.speed_ips, |ips| ips.min(self.model.speed_ips));
        }
        for name in &composed.deletes {
            memory.stored_formats.remove(name);
            self.flash.stored_formats.remove(name);
        }
        if let Some((name, body)) = composed.stores.clone() {
            let shelf = if name.starts_with("E:") {
                &mut self.flash.stored_formats
            } else {
                &mut self.memory.stored_formats
            };
            const MAX_STORED_FORMATS: usize = 1_000;
            if shelf.len() < MAX_STORED_FORMATS {
                shelf.insert(name, body);
            }
        }
    }

    fn stage(&mut self, format: Format, composed: Composed) {
        let kind = if format.channel.is_some() { Kind::Label } else { Kind::Foreign };
        if self.knobs.hv_support == HostVerification::AtCompose {
            self.verify(&composed, format.channel, 0);
        }
        self.memory.staged.push_back(Batch {
            zpl: format.zpl.into(),
            channel: format.channel,
            kind,
            length_mm: f64::from(self.memory.label_length_dots) / f64::from(self.model.dpmm),
            speed_ips: self.memory.speed_ips,
            waits_for_peeling: self.memory.print_mode == b'P',
            reprints_after_error: self.memory.reprints_after_error,
            quantity: composed.quantity,
            started: 0,
            finished: 0,
            torn: None,
            composed: Arc::new(composed),
        });
    }

    /// Sends the `^HV` replies that belong to label `position` of a batch.
    pub(super) fn verify(&mut self, composed: &Composed, channel: Option<ChannelId>, position: u64) {
        if !self.knobs.hv_without_rfid {
            return;
        }
        let at_compose = self.knobs.hv_support == HostVerification::AtCompose;
        for verification in &composed.verifications {
            // At compose the printer answers for the whole batch, long before its paper.
            const MAX_REPLIES_AT_ONCE: u64 = 1_000;
            let times = match (verification.each_label, at_compose) {
                (true, true) => composed.quantity.min(MAX_REPLIES_AT_ONCE),
                (true, false) => 1,
                (false, _) => u64::from(position == 0),
            };
            for _ in 0..times {
                self.reply(channel, verification.reply.clone());
            }
        }
    }

    /// `~HS` u.
    pub(in crate::simulator) fn labels_remaining(&self) -> u64 {
        let current = self.memory.batch.as_ref().or(self.memory.staged.front());
        match (self.knobs.u_mode, current) {
            (BatchCount::Garbage, _) => 1_335_508 + self.flash.odometer % 7,
            (_, None) => 0,
            (BatchCount::Started, Some(batch)) => batch.quantity.saturating_sub(batch.started.max(1)),
            (BatchCount::Finished, Some(batch)) => batch.quantity.saturating_sub(batch.finished),
            (BatchCount::BusyFlag, Some(_)) => u64::from(self.memory.motion.is_some()),
        }
    }

    /// `~JA`: everything waiting goes, the label in motion is finished and counted.
    pub(super) fn cancel_all(&mut self) {
        self.memory.queue.clear();
        self.memory.staged.clear();
        self.cancel_rest_of_batch();
    }

    /// `~JP`: the rest of the running batch goes, or else the format that would come next.
    pub(super) fn cancel_oldest(&mut self) {
        let has_more = |batch: &Batch| batch.torn.is_some() || batch.started < batch.quantity;
        if self.memory.batch.as_ref().is_some_and(has_more) {
            self.cancel_rest_of_batch();
        } else if self.memory.staged.pop_front().is_none() {
            self.memory.queue.pop();
        }
    }

    fn cancel_rest_of_batch(&mut self) {
        match (&mut self.memory.batch, &self.memory.motion) {
            (Some(batch), Some(_)) => batch.quantity = batch.started,
            (batch, _) => *batch = None,
        }
    }

    /// Throws away what a connection sent and was not begun (knob `fin_drops_data`).
    pub(super) fn drop_formats_of(&mut self, channel: ChannelId) {
        self.memory.queue.drop_those_of(channel);
        self.memory.staged.retain(|batch| batch.channel != Some(channel));
    }
}

/// What another language makes of ZPL: its bytes, printed as they are.
fn plain_text(zpl: &[u8]) -> Composed {
    let text = Text::Fixed(String::from_utf8_lossy(zpl).into_owned());
    Composed { prints: true, quantity: 1, texts: vec![text], ..Composed::default() }
}
