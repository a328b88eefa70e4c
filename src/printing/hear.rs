//! What a worker makes of a reading: what is told of the printer, the run moved on, the next one begun.

use super::active_run::ActiveRun;
use super::claim;
use super::run::RunEvent;
use super::supervision::Next;
use super::tally::Baseline;
use super::worker::{Flow, Worker};
use crate::domain::{Code, LabelPace};
use crate::store::StoreError;
use crate::zebra::{Conversation, Reading};

impl Worker {
    pub(super) async fn hear(
        &mut self,
        mut reading: Reading,
        conversation: &mut Conversation,
    ) -> Result<Flow, StoreError> {
        let now_ms = self.now_ms();
        let run = self.active.as_ref().map(ActiveRun::under_way);
        if self.probe.is_another(&reading) {
            self.supervision.forget_label_ms();
        }
        if reading.host_status.is_some() && !reading.second_channel {
            self.patience.heard();
        }
        self.supervision.observe(&reading, run, now_ms);
        self.probe.observe(&reading);
        let pace = self.active.as_ref().and_then(|active| {
            let label_ms = active.run.label_ms()? as i64;
            Some(LabelPace { label_ms, label_mm: active.label_mm() })
        });
        let worth = if self.supervision.is_silent(now_ms) {
            self.watch.silent(now_ms)
        } else {
            self.watch.seen(&reading, self.active.is_some(), self.paused, pace, now_ms)
        };
        self.tell(worth).await?;
        self.keep_capabilities().await?;
        if let (Some(active), Some(run)) = (&mut self.active, run) {
            reading.received_through =
                reading.received_through.and_then(|write| active.label_of_write(write));
            let deeds = self.supervision.during_run(reading, run, now_ms);
            if self.do_all(deeds, conversation).await? == Flow::HangUp {
                return Ok(Flow::HangUp);
            }
        }
        if self.active.is_none() && !self.options.shutdown.is_cancelled() {
            if conversation.is_mute() || self.supervision.has_fallen_silent(now_ms) {
                // A connection that has carried a job, or whose printer was switched off, may never be answered again; a
                // new one is.
                return Ok(Flow::HangUp);
            }
            self.between_runs(conversation).await?;
        }
        Ok(Flow::GoOn)
    }

    /// The connection is gone: nothing can be sent upon it.
    pub(super) async fn hear_last_words(
        &mut self,
        mut reading: Reading,
        conversation: &mut Conversation,
    ) -> Result<(), StoreError> {
        let Some(active) = &mut self.active else { return Ok(()) };
        reading.received_through = reading.received_through.and_then(|write| active.label_of_write(write));
        self.step(RunEvent::LastWords(reading), conversation).await
    }

    /// Begins the next run as soon as the printer allows it, or says what keeps it.
    async fn between_runs(&mut self, conversation: &mut Conversation) -> Result<(), StoreError> {
        let now_ms = self.now_ms();
        if self.supervision.must_clear_parser(now_ms) {
            conversation.cancel_partial_format();
        }
        let is_about_to_prove = self.is_about_to_prove(now_ms).await?;
        if self.paused {
            self.supervision.ask_no_more();
            return Ok(());
        }
        let next = self.supervision.next(now_ms);
        let waits_for = match &next {
            Next::Begin(baseline) if self.lacks_counter(baseline) => Some(Code::PrinterSilent),
            Next::Begin(_) => None,
            Next::Wait(code) => *code,
        };
        if waits_for != self.told_head_of_queue {
            claim::tell_head_of_queue(self, waits_for).await?;
            self.told_head_of_queue = waits_for;
        }
        let (baseline, first_event) = match next {
            Next::Begin(baseline) if !self.lacks_counter(&baseline) => {
                (baseline, self.supervision.first_event())
            }
            _ if self.may_begin_unheard(now_ms) => {
                (Baseline { taken_at_ms: now_ms, ..Baseline::default() }, RunEvent::SendFirstUnheard)
            }
            _ => return Ok(()),
        };
        if is_about_to_prove {
            return Ok(());
        }
        self.supervision.ask_no_more();
        if let Some(active) = claim::begin_next_run(self, baseline).await? {
            self.active = Some(active);
            conversation.cancel_partial_format();
            self.step(first_event, conversation).await?;
        }
        Ok(())
    }
}
