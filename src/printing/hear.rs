//! What a worker makes of a reading: what is told of the printer, the run moved on, the next one begun.

use super::abandoned::{Advice, HUSH_MS};
use super::claim;
use super::readiness::Ready;
use super::run::{RunEvent, SILENCE_MS};
use super::tally::Baseline;
use super::worker::{Flow, Worker};
use crate::domain::Code;
use crate::store::StoreError;
use crate::zebra::{Conversation, Reading};
use std::time::Duration;

impl Worker {
    pub(super) async fn hear(
        &mut self,
        mut reading: Reading,
        conversation: &mut Conversation,
    ) -> Result<Flow, StoreError> {
        let now_ms = self.now_ms();
        self.readiness.observe(&reading, now_ms);
        self.probe.observe(&reading);
        self.abandoned.observe(&reading, now_ms);
        // Some printers do not answer in a fault, nor does one that has no room for the question.
        if let Some(status) = reading.host_status {
            self.was_stopped = status.is_stopped();
        } else if reading.silent {
            self.was_stopped = true;
        }
        let label_ms = self.active.as_ref().and_then(|active| active.run.label_ms()).map(|ms| ms as i64);
        if let Some(label_ms) = label_ms {
            self.settle_ms = (label_ms + label_ms / 2).clamp(400, 10_000);
        }
        let worth = if self.readiness.is_silent(now_ms, SILENCE_MS) {
            self.watch.silent(now_ms)
        } else {
            self.watch.seen(&reading, self.active.is_some(), self.paused, label_ms, now_ms)
        };
        self.tell(worth).await?;
        self.keep_capabilities().await?;
        if let Some(active) = &mut self.active {
            reading.received_through =
                reading.received_through.and_then(|write| active.label_of_write(write));
            if active.run.is_recovering()
                && self.drop_what_is_abandoned(now_ms, conversation).await? == Flow::HangUp
            {
                return Ok(Flow::HangUp);
            }
            self.step(RunEvent::Reading(reading), conversation).await?;
        }
        if self.active.is_none() && !self.options.shutdown.is_cancelled() {
            if conversation.is_mute() {
                // A connection that has carried a job may never be answered again; a new one is.
                return Ok(Flow::HangUp);
            }
            self.between_runs(conversation).await?;
        }
        Ok(Flow::GoOn)
    }

    /// What the lost connection had begun would be waited for without an end.
    async fn drop_what_is_abandoned(
        &mut self,
        now_ms: i64,
        conversation: &mut Conversation,
    ) -> Result<Flow, StoreError> {
        match self.abandoned.advise(now_ms, self.settle_ms) {
            Advice::Wait => {}
            Advice::Hush => conversation.hush(Duration::from_millis(HUSH_MS.unsigned_abs())),
            Advice::Drop => {
                conversation.cancel_partial_format();
                self.abandoned.was_dropped(now_ms);
                self.step(RunEvent::FormatDropped, conversation).await?;
            }
            Advice::HangUp => return Ok(Flow::HangUp),
        }
        Ok(Flow::GoOn)
    }

    /// Begins the next run as soon as the printer allows it, or says what keeps it.
    async fn between_runs(&mut self, conversation: &mut Conversation) -> Result<(), StoreError> {
        if self.readiness.has_torn_format() {
            conversation.cancel_partial_format();
        }
        if self.paused {
            self.asked_ms = None;
            return Ok(());
        }
        let now_ms = self.now_ms();
        let ready = self.readiness.ready(now_ms, self.settle_ms, self.asked_ms.unwrap_or(now_ms));
        let waits_for = match &ready {
            Ready::Needs(code) => Some(*code),
            Ready::Yes(baseline) if self.lacks_counter(baseline) => Some(Code::PrinterSilent),
            _ if self.readiness.is_parser_silent(now_ms, SILENCE_MS) => Some(Code::PrinterSilent),
            _ => None,
        };
        if waits_for != self.told_head_of_queue {
            claim::tell_head_of_queue(self, waits_for).await?;
            self.told_head_of_queue = waits_for;
        }
        let (baseline, is_heard) = match ready {
            Ready::Yes(baseline) if !self.lacks_counter(&baseline) => (baseline, true),
            _ if self.may_begin_unheard(now_ms) => {
                (Baseline { taken_at_ms: now_ms, ..Baseline::default() }, false)
            }
            _ => return Ok(()),
        };
        match claim::begin_next_run(self, baseline).await? {
            Some(active) => {
                self.asked_ms = None;
                self.active = Some(active);
                conversation.cancel_partial_format();
                let reading =
                    Reading { host_status: self.readiness.host_status().copied(), ..Reading::default() };
                let event = if is_heard { RunEvent::Reading(reading) } else { RunEvent::SendFirstUnheard };
                self.step(event, conversation).await?;
            }
            None => self.asked_ms = None,
        }
        Ok(())
    }
}
