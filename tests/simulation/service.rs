//! A model of the shell in `printing::worker`, `carry_out` and `claim`, in the same order, around the real core.

mod carry_out;

use crate::conversation::Conversation;
use crate::outside::Outside;
use crate::sabotage::Sabotage;
use crate::store::{Failure, OpenRun};
use platen::domain::Code;
use platen::printing::{
    Abandoned, Advice, Baseline, HUSH_MS, Readiness, Ready, Run, RunEvent, RunPlan, Writes,
};
use platen::simulator::ChannelId;
use platen::zebra::Reading;
use rand::Rng;

const POLL_WHILE_PRINTING_MS: i64 = 100;
const POLL_WHILE_STOPPED_MS: i64 = 400;
const POLL_WHILE_IDLE_MS: i64 = 1_000;
const SOON_MS: i64 = 50;
const CONNECT_TIMEOUT_MS: i64 = 5_000;
const UNKNOWN_SETTLE_MS: i64 = 700;
const LEAVE_WITHIN_MS: i64 = 5_000;

struct ActiveRun {
    run: Run,
    job: usize,
    writes: Writes,
}

enum Phase {
    /// Reads what a former life left, after a failure of the database.
    Recovering {
        at_ms: i64,
    },
    Connecting {
        at_ms: i64,
    },
    Talking(Conversation),
}

pub struct Service {
    phase: Phase,
    active: Option<ActiveRun>,
    readiness: Readiness,
    abandoned: Abandoned,
    was_stopped: bool,
    asked_ms: Option<i64>,
    settle_ms: i64,
    failures: u32,
    leave_at_ms: Option<i64>,
    busy_until_ms: i64,
    has_left: bool,
    /// The wall clock is asked once; from then on time is measured.
    clock_skew_ms: i64,
}

impl Service {
    pub fn start(outside: &mut Outside) -> Self {
        let mut service = Self {
            phase: Phase::Connecting { at_ms: outside.now_ms },
            active: None,
            readiness: Readiness::default(),
            abandoned: Abandoned::watch(false, 0),
            was_stopped: outside.store.attention.is_some_and(Code::is_of_a_stopped_printer),
            asked_ms: None,
            settle_ms: UNKNOWN_SETTLE_MS,
            failures: 0,
            leave_at_ms: None,
            busy_until_ms: outside.now_ms,
            has_left: false,
            clock_skew_ms: outside.clock_skew_ms,
        };
        service.pick_up(outside);
        service
    }

    pub fn now_ms(&self, outside: &Outside) -> i64 {
        outside.now_ms + self.clock_skew_ms
    }

    pub fn hears(&self, now_ms: i64) -> bool {
        now_ms >= self.busy_until_ms
    }

    /// Until then a slow commit makes everything else wait.
    pub fn busy_until_ms(&self) -> i64 {
        self.busy_until_ms
    }

    pub fn has_left(&self) -> bool {
        self.has_left
    }

    pub fn is_printing(&self) -> bool {
        self.active.is_some()
    }

    pub fn channels(&self) -> Vec<ChannelId> {
        if let Phase::Talking(conversation) = &self.phase { conversation.channels() } else { Vec::new() }
    }

    pub fn next_due_ms(&self) -> i64 {
        let due = match &self.phase {
            Phase::Recovering { at_ms } | Phase::Connecting { at_ms } => *at_ms,
            Phase::Talking(conversation) => {
                conversation.next_due_ms().min(self.leave_at_ms.unwrap_or(i64::MAX))
            }
        };
        due.max(self.busy_until_ms)
    }

    fn pick_up(&mut self, outside: &mut Outside) {
        if let Some(label_ms) = outside.store.label_ms {
            self.settle_ms = (label_ms + label_ms / 2).clamp(400, 10_000);
        }
        if self.active.is_some() {
            return;
        }
        if outside.sabotage == Some(Sabotage::ResendWindow) {
            outside.store.open_run = None;
        }
        let Some(mut open) = outside.store.open_run.clone() else { return };
        if outside.sabotage == Some(Sabotage::ForgetBaseline) {
            let confirmed = open.confirmed_through - open.first + 1;
            open.baseline.odometer = open.baseline.odometer.map(|_| outside.printer.odometer() - confirmed);
        }
        let run = Run::recover(
            plan(&open, outside),
            open.baseline.clone(),
            open.reserved_through,
            open.confirmed_through,
            open.reprints_possible,
        );
        outside.tell(format!(
            "service: takes up the run over labels {}-{} of job {}, confirmed {}, reserved {}",
            open.first, open.last, open.job, open.confirmed_through, open.reserved_through
        ));
        self.active = Some(ActiveRun { run, job: open.job, writes: Writes::default() });
    }

    /// What is due by time alone.
    pub fn tick(&mut self, outside: &mut Outside) -> Result<(), Failure> {
        if !self.hears(outside.now_ms) {
            return Ok(());
        }
        match &mut self.phase {
            Phase::Recovering { at_ms } if outside.now_ms >= *at_ms => {
                self.pick_up(outside);
                self.retry_later(outside);
                Ok(())
            }
            Phase::Connecting { at_ms } if outside.now_ms >= *at_ms => {
                let result = self.connect(outside);
                self.heed_result(result, outside)
            }
            Phase::Talking(conversation) => {
                let readings = conversation.tick(outside);
                let result = self.read_all(readings, outside);
                self.heed_result(result, outside)
            }
            _ => Ok(()),
        }
    }

    pub fn hear(&mut self, channel: ChannelId, bytes: &[u8], outside: &mut Outside) -> Result<(), Failure> {
        let Phase::Talking(conversation) = &mut self.phase else { return Ok(()) };
        let readings = conversation.hear(channel, bytes, outside);
        let result = self.read_all(readings, outside);
        self.heed_result(result, outside)
    }

    pub fn lost(&mut self, channel: ChannelId, outside: &mut Outside) -> Result<(), Failure> {
        let Phase::Talking(conversation) = &mut self.phase else { return Ok(()) };
        if conversation.channel != channel {
            conversation.status_lost(channel, outside);
            return Ok(());
        }
        outside.tell("service: the connection is lost");
        outside.interruptions += 1;
        let result = self.step(RunEvent::LinkLost, outside).and_then(|()| self.gone(outside));
        self.hang_up(outside);
        self.retry_later(outside);
        self.heed_result(result, outside)
    }

    /// A new job, or a wish of a person.
    pub fn wake(&mut self, outside: &mut Outside) -> Result<(), Failure> {
        match &mut self.phase {
            Phase::Connecting { at_ms } => {
                *at_ms = outside.now_ms;
                Ok(())
            }
            Phase::Recovering { .. } => Ok(()),
            Phase::Talking(_) => {
                let result = self.heed_wishes(outside);
                self.heed_result(result, outside)
            }
        }
    }

    pub fn stop(&mut self, outside: &mut Outside) -> Result<(), Failure> {
        if !matches!(self.phase, Phase::Talking(_)) {
            self.has_left = true;
            return Ok(());
        }
        self.leave_at_ms = Some(outside.now_ms + LEAVE_WITHIN_MS);
        let result = self.step(RunEvent::Stop, outside);
        self.heed_result(result, outside)
    }

    fn heed_result(&mut self, result: Result<(), Failure>, outside: &mut Outside) -> Result<(), Failure> {
        match result {
            Err(Failure::Storage) => {
                outside.tell("service: the database fails");
                outside.interruptions += 1;
                self.hang_up(outside);
                self.active = None;
                self.phase = Phase::Recovering { at_ms: outside.now_ms + 1_000 };
            }
            Err(Failure::Killed) => return Err(Failure::Killed),
            Ok(()) => {}
        }
        self.pace(outside);
        if let Some(leave_at_ms) = self.leave_at_ms
            && (self.active.is_none() || self.is_stuck() || outside.now_ms >= leave_at_ms)
        {
            self.has_left = true;
        }
        Ok(())
    }

    fn hang_up(&mut self, outside: &mut Outside) {
        for channel in self.channels() {
            outside.let_go(channel, true);
        }
    }

    fn retry_later(&mut self, outside: &mut Outside) {
        let ceiling_ms = (100_i64 << self.failures.min(10)).min(1_000);
        let wait_ms = outside.random.random_range(ceiling_ms / 2..=ceiling_ms);
        self.failures += 1;
        self.phase = Phase::Connecting { at_ms: outside.now_ms + wait_ms };
    }

    fn connect(&mut self, outside: &mut Outside) -> Result<(), Failure> {
        let now_ms = outside.now_ms;
        if outside.printer.is_network_down(now_ms) {
            self.phase = Phase::Connecting { at_ms: now_ms + CONNECT_TIMEOUT_MS };
            return self.gone(outside);
        }
        let is_listening = outside.printer.is_listening();
        let Some(link) = is_listening.then(|| outside.printer.open_print_channel(now_ms)).flatten() else {
            self.retry_later(outside);
            return self.gone(outside);
        };
        self.failures = 0;
        let channel = outside.wires.add(link, false, now_ms);
        outside.tell("service: connected");
        let conversation = Conversation::open(channel, outside);
        if self.active.is_none() {
            conversation.cancel_partial_format(outside);
        }
        self.phase = Phase::Talking(conversation);
        self.readiness = Readiness::default();
        self.abandoned = Abandoned::watch(self.was_stopped, self.now_ms(outside));
        self.asked_ms = Some(self.now_ms(outside));
        if let Some(active) = &mut self.active {
            active.writes = Writes::default();
        }
        self.step(RunEvent::LinkRestored, outside)
    }

    fn is_stuck(&self) -> bool {
        self.readiness.host_status().is_some_and(|status| status.is_stopped())
    }

    fn pace(&mut self, outside: &Outside) {
        let stopped = self.is_stuck();
        let every_ms = match (&self.active, self.asked_ms) {
            _ if self.leave_at_ms.is_some() => POLL_WHILE_PRINTING_MS,
            (Some(_), _) if stopped => POLL_WHILE_STOPPED_MS,
            (Some(_), _) => POLL_WHILE_PRINTING_MS,
            (None, Some(_)) if !stopped => SOON_MS,
            (None, _) => POLL_WHILE_IDLE_MS,
        };
        if let Phase::Talking(conversation) = &mut self.phase {
            conversation.set_poll_interval(every_ms, outside.now_ms);
        }
    }

    fn read_all(&mut self, readings: Vec<Reading>, outside: &mut Outside) -> Result<(), Failure> {
        readings.into_iter().try_for_each(|reading| self.read(reading, outside))
    }

    fn read(&mut self, mut reading: Reading, outside: &mut Outside) -> Result<(), Failure> {
        let now_ms = self.now_ms(outside);
        if outside.tells_readings {
            outside.tell(format!("service: hears {reading:?}"));
        }
        self.readiness.observe(&reading, now_ms);
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
            outside.store.label_ms = Some(label_ms);
        }
        if let Some(active) = &mut self.active {
            reading.received_through =
                reading.received_through.and_then(|write| active.writes.label_of(write));
            if active.run.is_recovering() {
                self.drop_what_is_abandoned(now_ms, outside)?;
            }
            let is_empty = reading.host_status.is_some_and(|status| status.is_idle());
            self.step(RunEvent::Reading(reading), outside)?;
            if is_empty && outside.sabotage == Some(Sabotage::TrustEmptyBuffer) {
                self.believe_all_is_out(outside)?;
            }
        }
        if self.active.is_none() && self.leave_at_ms.is_none() {
            self.between_runs(outside)?;
        }
        Ok(())
    }

    fn drop_what_is_abandoned(&mut self, now_ms: i64, outside: &mut Outside) -> Result<(), Failure> {
        let Phase::Talking(conversation) = &mut self.phase else { return Ok(()) };
        match self.abandoned.advise(now_ms, self.settle_ms) {
            Advice::Wait => Ok(()),
            Advice::HangUp => {
                outside.tell("service: hangs up on a printer that hears nothing");
                self.hang_up(outside);
                self.retry_later(outside);
                self.step(RunEvent::LinkLost, outside)
            }
            Advice::Hush => {
                outside.tell("service: is quiet, so that the rest of a format may come");
                conversation.hush(HUSH_MS, outside.now_ms);
                Ok(())
            }
            Advice::Drop => {
                outside.tell("service: drops half a format");
                conversation.cancel_partial_format(outside);
                self.abandoned.was_dropped(now_ms);
                self.step(RunEvent::FormatDropped, outside)
            }
        }
    }

    fn between_runs(&mut self, outside: &mut Outside) -> Result<(), Failure> {
        if let (true, Phase::Talking(conversation)) = (self.readiness.has_torn_format(), &self.phase) {
            conversation.cancel_partial_format(outside);
        }
        if outside.store.printer_is_paused {
            self.asked_ms = None;
            return Ok(());
        }
        let now_ms = self.now_ms(outside);
        let ready = self.readiness.ready(now_ms, self.settle_ms, self.asked_ms.unwrap_or(now_ms));
        let Ready::Yes(baseline) = ready else { return Ok(()) };
        self.asked_ms = None;
        self.begin_next_run(baseline, outside)
    }

    fn begin_next_run(&mut self, baseline: Baseline, outside: &mut Outside) -> Result<(), Failure> {
        let Some(open) = outside.store.begin(&baseline)? else { return Ok(()) };
        outside.tell(format!(
            "service: begins a run over labels {}-{} of job {}, odometer {:?}",
            open.first, open.last, open.job, baseline.odometer
        ));
        let run = Run::begin(plan(&open, outside), baseline);
        self.active = Some(ActiveRun { run, job: open.job, writes: Writes::default() });
        if let Phase::Talking(conversation) = &self.phase {
            conversation.cancel_partial_format(outside);
        }
        let reading = Reading { host_status: self.readiness.host_status().copied(), ..Reading::default() };
        self.step(RunEvent::Reading(reading), outside)
    }

    fn heed_wishes(&mut self, outside: &mut Outside) -> Result<(), Failure> {
        self.asked_ms = Some(self.now_ms(outside));
        let Some(active) = &self.active else { return Ok(()) };
        let job = &outside.store.jobs[active.job];
        if job.is_withdrawn {
            self.step(RunEvent::Cancel, outside)
        } else if job.is_held || outside.store.printer_is_paused {
            self.step(RunEvent::Stop, outside)
        } else {
            Ok(())
        }
    }

    fn gone(&mut self, outside: &mut Outside) -> Result<(), Failure> {
        if outside.store.attention == Some(Code::PrinterOffline) {
            return Ok(());
        }
        outside.store.set_attention(Some(Code::PrinterOffline))
    }
}

fn plan(open: &OpenRun, outside: &Outside) -> RunPlan {
    let slowest_ms = outside.setup.expected_label_ms;
    RunPlan {
        first: open.first,
        last: open.last,
        expected_label_ms: outside.store.label_ms.map_or(slowest_ms, |known| known.min(slowest_ms)),
        slowest_label_ms: slowest_ms,
    }
}
