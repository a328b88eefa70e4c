//! The shell in `printing::worker`, `carry_out` and `claim` without sockets and tasks: it does what the real
//! supervision and the real run say, in the same order.

mod carry_out;
mod hear;

use crate::conversation::{Conversation, Heard};
use crate::outside::Outside;
use crate::sabotage::Sabotage;
use crate::store::{Failure, OpenRun};
use platen::domain::Code;
use platen::printing::{
    Baseline, Findings, Run, RunEvent, RunPlan, RunSoFar, Supervision, UnderWay, Writes, believed_ms,
    retry_within_ms,
};
use platen::simulator::ChannelId;
use platen::zebra::Reading;
use rand::Rng;

const CONNECT_TIMEOUT_MS: i64 = 5_000;
const LEAVE_WITHIN_MS: i64 = 5_000;

struct ActiveRun {
    run: Run,
    job: usize,
    writes: Writes,
    /// Begins every label's token, where the printer is to name the labels it has done.
    verification: Option<String>,
}

impl ActiveRun {
    fn under_way(&self) -> UnderWay {
        UnderWay {
            label_ms: self.run.label_ms(),
            is_recovering: self.run.is_recovering(),
            is_behind_a_restart: self.run.is_behind_a_restart(),
            is_learning: self.run.is_learning(),
            lacks_one: self.run.lacks_one(),
        }
    }
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
    /// What a run had found out when the database failed. Here a kill loses it; the real one writes it down first.
    findings: Findings,
    supervision: Supervision,
    /// Labels were to be named, and none was.
    is_verified_in_vain: bool,
    runs_begun: u32,
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
            findings: Findings::default(),
            supervision: Supervision::begin(0),
            is_verified_in_vain: false,
            runs_begun: 0,
            failures: 0,
            leave_at_ms: None,
            busy_until_ms: outside.now_ms,
            has_left: false,
            clock_skew_ms: outside.clock_skew_ms,
        };
        let was_stopped = outside.store.attention.is_some_and(Code::is_of_a_stopped_printer);
        service.supervision.know_stopped(was_stopped);
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
        self.supervision.know_last_seen(outside.store.last_seen_ms);
        if let Some(label_ms) = outside.store.label_ms {
            self.supervision.know_label_ms(label_ms);
        }
        self.supervision.know_former_works(outside.store.former_works.clone());
        self.supervision.know_left(outside.store.left.clone());
        if self.active.is_some() {
            return;
        }
        let findings = std::mem::take(&mut self.findings);
        if outside.sabotage == Some(Sabotage::ResendWindow) {
            outside.store.open_run = None;
        }
        let Some(mut open) = outside.store.open_run.clone() else { return };
        if outside.sabotage == Some(Sabotage::ForgetBaseline) {
            let confirmed = open.confirmed_through - open.first + 1;
            open.baseline.odometer = open.baseline.odometer.map(|_| outside.printer.odometer() - confirmed);
        }
        let so_far = RunSoFar {
            reserved_through: open.reserved_through,
            confirmed_through: open.confirmed_through,
            reprints_possible: open.reprints_possible,
            count_in_doubt_through: open.count_in_doubt_through,
        };
        let usual_works = self.supervision.former_works().known(open.baseline.unique_id.as_deref());
        let baseline = Baseline { usual_works, ..open.baseline.clone() };
        let run = Run::recover(plan(&open, outside), baseline, so_far.with(findings));
        outside.tell(format!(
            "service: takes up the run over labels {}-{} of job {}, confirmed {}, reserved {}",
            open.first, open.last, open.job, open.confirmed_through, open.reserved_through
        ));
        self.active = Some(ActiveRun { run, job: open.job, writes: Writes::default(), verification: None });
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
        let heard = conversation.hear(channel, bytes, outside);
        let result = heard.into_iter().try_for_each(|heard| match heard {
            Heard::Reading(reading) => self.read(reading, outside),
            Heard::Verified(token) => self.verified(&token, outside),
        });
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
        let last_words = conversation.last_words(outside.now_ms);
        let result = self
            .hear_last_words(last_words, outside)
            .and_then(|()| self.step(RunEvent::LinkLost, outside))
            .and_then(|()| self.gone(outside));
        self.hang_up(outside);
        self.retry_later(outside);
        self.heed_result(result, outside)
    }

    fn hear_last_words(&mut self, reading: Option<Reading>, outside: &mut Outside) -> Result<(), Failure> {
        let (Some(mut reading), Some(active)) = (reading, &mut self.active) else { return Ok(()) };
        reading.received_through = reading.received_through.and_then(|write| active.writes.label_of(write));
        self.step(RunEvent::LastWords(reading), outside)
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
                if let Some(active) = self.active.take() {
                    self.findings = active.run.findings();
                }
                self.phase = Phase::Recovering { at_ms: outside.now_ms + 1_000 };
            }
            Err(Failure::Killed) => return Err(Failure::Killed),
            Ok(()) => {}
        }
        self.pace(outside);
        if let Some(leave_at_ms) = self.leave_at_ms
            && (self.active.is_none() || self.supervision.is_stuck() || outside.now_ms >= leave_at_ms)
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
        let wait_ms = outside.random.random_range(retry_within_ms(self.failures));
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
        self.phase = Phase::Talking(Conversation::open(channel, outside));
        if let Some(active) = &mut self.active {
            active.writes = Writes::default();
        }
        let deeds = self.supervision.connected(self.active.is_some(), self.now_ms(outside));
        self.do_all(deeds, outside)?;
        // What people wished while there was no connection.
        self.heed_wishes(outside)
    }

    fn pace(&mut self, outside: &Outside) {
        let run = self.active.as_ref().map(ActiveRun::under_way);
        let every_ms = self.supervision.poll_every_ms(run, self.leave_at_ms.is_some());
        if let Phase::Talking(conversation) = &mut self.phase {
            conversation.set_poll_interval(every_ms, outside.now_ms);
        }
    }

    fn read_all(&mut self, readings: Vec<Reading>, outside: &mut Outside) -> Result<(), Failure> {
        readings.into_iter().try_for_each(|reading| self.read(reading, outside))
    }

    fn gone(&mut self, outside: &mut Outside) -> Result<(), Failure> {
        if outside.store.attention == Some(Code::PrinterOffline) {
            return Ok(());
        }
        outside.store.set_attention(Some(Code::PrinterOffline))
    }
}

fn plan(open: &OpenRun, outside: &Outside) -> RunPlan {
    let slowest_ms = outside.setup.slowest_label_ms;
    RunPlan {
        first: open.first,
        last: open.last,
        known_label_ms: outside.store.label_ms.map(|known| believed_ms(known, slowest_ms)),
        slowest_label_ms: slowest_ms,
    }
}
