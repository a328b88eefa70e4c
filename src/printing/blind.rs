//! The shell around a printer that proves nothing: asks nothing, believes nothing, waits for the connection alone.

use super::run::{RunAction, RunEvent};
use super::tally::Baseline;
use super::worker::{Connected, Worker, look_around_now_and_then};
use super::{carry_out, claim};
use crate::domain::Code;
use crate::store::StoreError;
use crate::zebra::{Conversation, ConversationEvent};
use std::time::Duration;
use tokio::time::Instant;

/// A connection that takes nothing for so long is told to a person; it stays a stall, for days if need be.
const STALLED_AFTER: Duration = Duration::from_secs(20);

impl Worker {
    /// One connection, for as long as it stands.
    pub(super) async fn connect_and_deliver(&mut self) -> Result<Connected, StoreError> {
        self.pick_up().await?;
        self.give_up_what_was_sent().await?;
        match Conversation::open_blind(&self.address).await {
            Ok(conversation) => self.deliver(conversation).await.map(|()| Connected::Yes),
            Err(error) => {
                tracing::debug!(printer.name = %self.name, %error, "no connection");
                self.gone().await.map(|()| Connected::No)
            }
        }
    }

    /// The connection of a run is gone, perhaps with a former life of the service: nothing of it is sent again by
    /// itself, and nobody but a person knows what came out.
    async fn give_up_what_was_sent(&mut self) -> Result<(), StoreError> {
        let now_ms = self.now_ms();
        let Some(active) = &mut self.active else { return Ok(()) };
        for action in active.run.step(RunEvent::LinkLost, now_ms) {
            match action {
                RunAction::Record(facts) => carry_out::record(self, &facts).await?,
                RunAction::End(how) => carry_out::end(self, how).await?,
                RunAction::Write { .. } | RunAction::Attention(_) => {}
            }
        }
        Ok(())
    }

    /// Writes jobs to one connection for as long as it stands.
    async fn deliver(&mut self, mut conversation: Conversation) -> Result<(), StoreError> {
        let shutdown = self.options.shutdown.clone();
        conversation.cancel_partial_format();
        if self.told_head_of_queue.take().is_some() {
            claim::tell_head_of_queue(self, None).await?;
        }
        let mut taken = 0_i64;
        let mut taken_at = Instant::now();
        let mut leave_at = None;
        let mut look_around = look_around_now_and_then();
        self.told_stall = false;
        self.must_hang_up = false;
        loop {
            if std::mem::take(&mut self.must_hang_up) {
                conversation.discard();
                return Ok(());
            }
            if leave_at.is_some_and(|leave_at| self.active.is_none() || Instant::now() >= leave_at) {
                return Ok(());
            }
            if self.active.is_none() && !self.paused && leave_at.is_none() {
                self.begin_blind_run(&mut conversation).await?;
                taken_at = Instant::now();
            }
            let worth = self.watch.not_asked(self.active.is_some(), self.paused, self.now_ms());
            self.tell(worth).await?;
            tokio::select! {
                event = conversation.next() => match event {
                    ConversationEvent::Written => {
                        taken += 1;
                        taken_at = Instant::now();
                        self.label_taken(taken, &mut conversation).await?;
                    }
                    ConversationEvent::Lost(error) => {
                        tracing::info!(printer.name = %self.name, %error, "connection lost");
                        return self.give_up_what_was_sent().await;
                    }
                    ConversationEvent::Reading(_)
                    | ConversationEvent::Verified(_)
                    | ConversationEvent::Unanswered => {}
                },
                () = self.wake.notified() => self.heed_wishes(&mut conversation).await?,
                _ = look_around.tick() => {
                    self.look_around(&mut conversation).await?;
                    if self.active.is_some() && !self.told_stall && taken_at.elapsed() >= STALLED_AFTER {
                        carry_out::attention(self, Some(Code::PrinterSilent)).await?;
                        self.told_stall = true;
                    }
                }
                () = shutdown.cancelled(), if leave_at.is_none() => {
                    leave_at = Some(Instant::now() + self.options.leave_within);
                    self.step(RunEvent::Stop, &mut conversation).await?;
                }
            }
        }
    }

    async fn begin_blind_run(&mut self, conversation: &mut Conversation) -> Result<(), StoreError> {
        let baseline = Baseline { taken_at_ms: self.now_ms(), ..Baseline::default() };
        let Some(active) = claim::begin_next_run(self, baseline).await? else { return Ok(()) };
        self.active = Some(active);
        self.step(RunEvent::LinkRestored, conversation).await
    }

    /// The operating system took it, which proves nothing of paper.
    async fn label_taken(&mut self, write: i64, conversation: &mut Conversation) -> Result<(), StoreError> {
        if std::mem::take(&mut self.told_stall) {
            carry_out::attention(self, None).await?;
        }
        let label = self.active.as_mut().and_then(|active| active.label_of_write(write));
        match label {
            Some(through) => self.step(RunEvent::Taken { through }, conversation).await,
            None => Ok(()),
        }
    }
}
