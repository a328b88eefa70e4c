//! The shell around one printer: waits for exactly one thing, steps the run, carries out its actions.
//!
//! One task owns one printer, so there are no locks, and confirmation happens in one place.

use super::active_run::ActiveRun;
use super::carry_out;
use super::crew::{CrewOptions, CrewPrinter};
use super::lease::Lease;
use super::patience::Patience;
use super::probe::Probe;
use super::run::RunEvent;
use super::sighting::{Watch, Worth};
use super::so_far::Findings;
use super::supervision::{Deed, Supervision, retry_within_ms};
use super::tally::FormerWorks;
use crate::domain::{Capabilities, Code, JobId, Profile, RunId};
use crate::store::runs::OpenRun;
use crate::store::{StoreError, printers};
use crate::zebra::{Conversation, ConversationEvent, PrinterAddress};
use rand::Rng;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::{Instant, Interval, MissedTickBehavior};

/// The slow poll that finds what other instances were asked, and work whose hint was lost.
const LOOK_AROUND: Duration = Duration::from_millis(400);

/// One printer's worker.
#[derive(Debug)]
pub(super) struct Worker {
    pub(super) options: CrewOptions,
    pub(super) name: String,
    pub(super) lease: Lease,
    pub(super) address: PrinterAddress,
    pub(super) profile: Option<Profile>,
    pub(super) host_verification: bool,
    pub(super) dpmm: Option<u32>,
    pub(super) paper_mm: Option<f64>,
    pub(super) wake: Arc<Notify>,
    pub(super) active: Option<ActiveRun>,
    /// What a run had found out when the database failed, or the lease was lost.
    pub(super) findings: Option<(RunId, Findings)>,
    /// A run that ended in doubt which this printer may still settle.
    pub(super) awaits_proof: Option<OpenRun>,
    pub(super) supervision: Supervision,
    pub(super) watch: Watch,
    /// What the printer can prove, and what of it is kept.
    pub(super) probe: Probe,
    pub(super) kept: Capabilities,
    pub(super) kept_works: FormerWorks,
    /// A person paused this printer.
    pub(super) paused: bool,
    pub(super) told_head_of_queue: Option<Code>,
    /// People were told that the connection takes nothing.
    pub(super) told_stall: bool,
    pub(super) must_hang_up: bool,
    pub(super) patience: Patience,
    pub(super) head_of_queue: Option<JobId>,
    /// The wall clock when this worker began. From then on time is measured: a clock that is put forward
    /// must not look like a printer that was switched off.
    began: (i64, Instant),
}

/// Whether to stay on a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    GoOn,
    HangUp,
}

/// Whether there was a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Connected {
    Yes,
    No,
}

impl Worker {
    pub(super) fn new(options: CrewOptions, printer: CrewPrinter, lease: Lease) -> Self {
        let CrewPrinter { name, address, profile, host_verification, dpmm, paper_mm } = printer;
        let wake = options.progress.printer(&name);
        let began = (options.clock.now().as_millisecond(), Instant::now());
        Self {
            options,
            name,
            lease,
            probe: Probe::of(Capabilities::default(), address.status.is_some()),
            kept: Capabilities::default(),
            kept_works: FormerWorks::default(),
            address,
            profile,
            host_verification,
            dpmm,
            paper_mm,
            wake,
            active: None,
            findings: None,
            awaits_proof: None,
            supervision: Supervision::begin(began.0),
            watch: Watch::default(),
            paused: false,
            told_head_of_queue: None,
            told_stall: false,
            must_hang_up: false,
            patience: Patience::default(),
            head_of_queue: None,
            began,
        }
    }

    /// Works until the service stops, for as long as this instance may write to the printer.
    pub(super) async fn work(mut self) {
        let shutdown = self.options.shutdown.clone();
        loop {
            tokio::select! {
                () = shutdown.cancelled() => return,
                () = self.lease.granted() => {}
            }
            let lease = self.lease.clone();
            // Whatever it was at is dropped with the connection, as by an end of the service: nothing more leaves.
            let is_over = tokio::select! {
                biased;
                () = lease.lost() => false,
                is_over = self.work_under_lease() => is_over,
            };
            self.let_go();
            if is_over {
                return;
            }
            tracing::warn!(printer.name = %self.name, "the lease is lost: nothing more is written to the printer");
        }
    }

    /// True when the service stops, false when another instance has taken over. A failing database pauses the printer
    /// and is tried again.
    async fn work_under_lease(&mut self) -> bool {
        let shutdown = self.options.shutdown.clone();
        if let Err(error) = self.pick_up().await {
            self.storage_failed(&error).await;
        }
        let mut failures = 0_u32;
        while !shutdown.is_cancelled() {
            let done = if self.is_blind() {
                self.connect_and_deliver().await
            } else {
                self.connect_and_converse().await
            };
            match done {
                Ok(Connected::Yes) => failures = 0,
                Ok(Connected::No) => {}
                Err(StoreError::Fenced) => {
                    self.lease.refuse();
                    return false;
                }
                Err(error) => {
                    failures = 0;
                    self.storage_failed(&error).await;
                }
            }
            tokio::select! {
                () = shutdown.cancelled() => {}
                // A new job wants to know how things are.
                () = self.wake.notified() => {}
                () = tokio::time::sleep(retry_after(failures)) => failures = failures.saturating_add(1),
            }
        }
        true
    }

    async fn connect_and_converse(&mut self) -> Result<Connected, StoreError> {
        match Conversation::open(&self.address, self.profile).await {
            Ok(mut conversation) => {
                let answers = self.probe.known().host_status == Some(true);
                if answers && self.profile != Some(Profile::ZplGeneric) {
                    conversation.give_up_after(self.patience.with_next());
                }
                conversation.know_settings(self.probe.known().settings);
                self.converse(conversation).await.map(|()| Connected::Yes)
            }
            Err(error) => {
                tracing::debug!(printer.name = %self.name, %error, "no connection");
                self.gone().await.map(|()| Connected::No)
            }
        }
    }

    /// Talks to the printer until the connection ends or the service stops.
    async fn converse(&mut self, mut conversation: Conversation) -> Result<(), StoreError> {
        let shutdown = self.options.shutdown.clone();
        self.must_hang_up = false;
        if let Some(active) = &mut self.active {
            active.forget_writes();
        }
        let deeds = self.supervision.connected(self.active.is_some(), self.now_ms());
        self.do_all(deeds, &mut conversation).await?;
        // What people wished while there was no connection.
        self.heed_wishes(&mut conversation).await?;
        let mut leave_at = None;
        let mut look_around = look_around_now_and_then();
        loop {
            if std::mem::take(&mut self.must_hang_up) {
                return Ok(());
            }
            if let Some(leave_at) = leave_at
                && (self.active.is_none() || self.supervision.is_stuck() || Instant::now() >= leave_at)
            {
                return Ok(());
            }
            let run = self.active.as_ref().map(ActiveRun::under_way);
            let poll_every_ms = self.supervision.poll_every_ms(run, leave_at.is_some());
            conversation.set_poll_interval(Duration::from_millis(poll_every_ms.unsigned_abs()));
            tokio::select! {
                event = conversation.next() => match event {
                    ConversationEvent::Reading(reading) => {
                        if self.hear(reading, &mut conversation).await? == Flow::HangUp {
                            tracing::info!(printer.name = %self.name, "hanging up on a printer that hears nothing");
                            return self.step(RunEvent::LinkLost, &mut conversation).await;
                        }
                    }
                    ConversationEvent::Written => {}
                    ConversationEvent::Verified(token) => self.verified(&token, &mut conversation).await?,
                    ConversationEvent::Unanswered => {
                        tracing::info!(printer.name = %self.name, "no answer on a new connection: trying another");
                        self.patience.given_up();
                        return self.step(RunEvent::LinkLost, &mut conversation).await;
                    }
                    ConversationEvent::Lost(error) => {
                        tracing::info!(printer.name = %self.name, %error, "connection lost");
                        if let Some(reading) = conversation.last_words() {
                            self.hear_last_words(reading, &mut conversation).await?;
                        }
                        self.step(RunEvent::LinkLost, &mut conversation).await?;
                        return self.gone().await;
                    }
                },
                () = self.wake.notified() => self.heed_wishes(&mut conversation).await?,
                _ = look_around.tick() => self.look_around(&mut conversation).await?,
                () = shutdown.cancelled(), if leave_at.is_none() => {
                    leave_at = Some(Instant::now() + self.options.leave_within);
                    self.step(RunEvent::Stop, &mut conversation).await?;
                }
            }
        }
    }

    /// Does what was decided, in order.
    pub(super) async fn do_all(
        &mut self,
        deeds: Vec<Deed>,
        conversation: &mut Conversation,
    ) -> Result<Flow, StoreError> {
        for deed in deeds {
            match deed {
                Deed::CancelPartialFormat => conversation.cancel_partial_format(),
                Deed::Hush { time_ms } => conversation.hush(Duration::from_millis(time_ms.unsigned_abs())),
                Deed::HangUp => return Ok(Flow::HangUp),
                Deed::Step(event) => self.step(event, conversation).await?,
            }
        }
        Ok(Flow::GoOn)
    }

    /// Moves the run and does what it says.
    pub(super) async fn step(
        &mut self,
        event: RunEvent,
        conversation: &mut Conversation,
    ) -> Result<(), StoreError> {
        let now_ms = self.now_ms();
        let Some(active) = &mut self.active else { return Ok(()) };
        let actions = active.run.step(event, now_ms);
        let works = active.run.usual_works();
        if active.run.is_verified_in_vain() {
            self.probe.observe_verification(false);
            self.keep_capabilities().await?;
        }
        self.supervision.run_goes_on(works);
        if carry_out::all(self, actions, conversation).await? {
            self.supervision.run_ended_clean(now_ms);
        }
        self.keep_former_works().await?;
        Ok(())
    }

    pub(super) async fn tell(&self, worth: Worth) -> Result<(), StoreError> {
        let now = self.options.clock.now();
        match worth {
            Worth::Nothing => {}
            Worth::Touch => {
                let mut writing = self.lease.write().await?;
                printers::touch(&mut writing, &self.name, now).await?;
                writing.commit().await?;
            }
            Worth::Sighting(sighting) => {
                let mut writing = self.lease.write().await?;
                printers::see(&mut writing, &self.name, &sighting, now).await?;
                writing.commit().await?;
                self.options.progress.recorded();
            }
        }
        Ok(())
    }

    pub(super) fn now_ms(&self) -> i64 {
        let (wall_ms, since) = self.began;
        wall_ms + since.elapsed().as_millis() as i64
    }
}

pub(super) fn look_around_now_and_then() -> Interval {
    let mut look_around = tokio::time::interval(LOOK_AROUND);
    look_around.set_missed_tick_behavior(MissedTickBehavior::Delay);
    look_around
}

fn retry_after(failures: u32) -> Duration {
    Duration::from_millis(rand::rng().random_range(retry_within_ms(failures)).unsigned_abs())
}
