//! `printing::hear` and `heed` without a database: what is made of what the printer says and people want.

use super::{ActiveRun, Phase, Service, plan};
use crate::outside::Outside;
use crate::sabotage::Sabotage;
use crate::store::Failure;
use platen::printing::{Baseline, Deed, Next, Run, RunEvent, Wanted, Writes};
use platen::zebra::{HostStatus, Reading};

const SEEN_EVERY_MS: i64 = 1_000;

impl Service {
    pub(super) fn verified(&mut self, token: &str, outside: &mut Outside) -> Result<(), Failure> {
        outside.tell(format!("service: hears that {token} is done"));
        let prefix = self.active.as_ref().and_then(|active| active.verification.as_deref());
        let label = prefix.and_then(|prefix| token.strip_prefix(prefix)).and_then(|label| label.parse().ok());
        match label {
            Some(label) => self.step(RunEvent::Verified { label }, outside),
            None => Ok(()),
        }
    }

    pub(super) fn read(&mut self, mut reading: Reading, outside: &mut Outside) -> Result<(), Failure> {
        let now_ms = self.now_ms(outside);
        if outside.tells_readings {
            outside.tell(format!("service: hears {}", in_words(&reading)));
        }
        let run = self.active.as_ref().map(ActiveRun::under_way);
        self.supervision.observe(&reading, run, now_ms);
        let is_old =
            outside.store.last_seen_ms.is_none_or(|at_ms| !(0..SEEN_EVERY_MS).contains(&(now_ms - at_ms)));
        if reading.host_status.is_some() && is_old {
            outside.store.last_seen_ms = Some(now_ms);
        }
        if let Some(label_ms) = run.and_then(|run| run.label_ms) {
            outside.store.label_ms = Some(label_ms as i64);
        }
        if let (Some(active), Some(run)) = (&mut self.active, run) {
            reading.received_through =
                reading.received_through.and_then(|write| active.writes.label_of(write));
            let is_empty = reading.host_status.is_some_and(|status| status.is_idle());
            let deeds = self.supervision.during_run(reading, run, now_ms);
            self.do_all(deeds, outside)?;
            if !matches!(self.phase, Phase::Talking(_)) {
                // It hung up.
                return Ok(());
            }
            if is_empty && outside.sabotage == Some(Sabotage::TrustEmptyBuffer) {
                self.believe_all_is_out(outside)?;
            }
        }
        if self.active.is_none() && self.leave_at_ms.is_none() {
            if self.supervision.has_fallen_silent(now_ms) {
                return self.do_all(vec![Deed::HangUp], outside);
            }
            self.between_runs(outside)?;
        }
        Ok(())
    }

    pub(super) fn do_all(&mut self, deeds: Vec<Deed>, outside: &mut Outside) -> Result<(), Failure> {
        for deed in deeds {
            let Phase::Talking(conversation) = &mut self.phase else { return Ok(()) };
            match deed {
                Deed::CancelPartialFormat => {
                    outside.tell("service: drops half a format");
                    conversation.cancel_partial_format(outside);
                }
                Deed::Hush { time_ms } => {
                    outside.tell("service: is quiet, so that the rest of a format may come");
                    conversation.hush(time_ms, outside.now_ms);
                }
                Deed::HangUp => {
                    outside.tell("service: hangs up on a printer that hears nothing");
                    self.hang_up(outside);
                    self.retry_later(outside);
                    return self.step(RunEvent::LinkLost, outside);
                }
                Deed::Step(event) => self.step(event, outside)?,
            }
        }
        Ok(())
    }

    fn between_runs(&mut self, outside: &mut Outside) -> Result<(), Failure> {
        let now_ms = self.now_ms(outside);
        if let (true, Phase::Talking(conversation)) =
            (self.supervision.must_clear_parser(now_ms), &self.phase)
        {
            conversation.cancel_partial_format(outside);
        }
        if outside.store.printer_is_paused {
            self.supervision.ask_no_more();
            return Ok(());
        }
        let Next::Begin(baseline) = self.supervision.next(now_ms) else { return Ok(()) };
        self.supervision.ask_no_more();
        self.begin_next_run(baseline, outside)
    }

    fn begin_next_run(&mut self, baseline: Baseline, outside: &mut Outside) -> Result<(), Failure> {
        let Some(open) = outside.store.begin(&baseline)? else { return Ok(()) };
        outside.tell(format!(
            "service: begins a run over labels {}-{} of job {}, odometer {:?}",
            open.first, open.last, open.job, baseline.odometer
        ));
        let mut run = Run::begin(plan(&open, outside), baseline);
        let verifies = outside.setup.verifies && !self.is_verified_in_vain;
        if verifies {
            run.expect_verification();
        }
        self.runs_begun += 1;
        let verification = verifies.then(|| format!("{}/{}/", open.job, self.runs_begun));
        self.active = Some(ActiveRun { run, job: open.job, writes: Writes::default(), verification });
        if let Phase::Talking(conversation) = &self.phase {
            conversation.cancel_partial_format(outside);
        }
        self.step(self.supervision.first_event(), outside)
    }

    pub(super) fn heed_wishes(&mut self, outside: &mut Outside) -> Result<(), Failure> {
        self.supervision.ask(self.now_ms(outside));
        let Some(active) = &self.active else { return Ok(()) };
        let job = &outside.store.jobs[active.job];
        let wanted = Wanted {
            is_withdrawn: job.is_withdrawn,
            is_held: job.is_held,
            is_printer_paused: outside.store.printer_is_paused,
            must_yield: outside
                .store
                .next_job()
                .is_some_and(|next| outside.store.jobs[next].priority > job.priority),
        };
        match wanted.event() {
            Some(event) => self.step(event, outside),
            None => Ok(()),
        }
    }
}

fn in_words(reading: &Reading) -> String {
    let number = |name: &str, value: Option<i64>| value.map(|value| format!("{name} {value}"));
    let status = reading.host_status.map(|status| {
        if status == HostStatus::default() { "idle".to_owned() } else { format!("{status:?}") }
    });
    let parts = [
        Some(if reading.second_channel { "beside:" } else { "raw:" }.to_owned()),
        status,
        number("counter", reading.odometer),
        number("uptime", reading.uptime_s),
        number("read through write", reading.received_through),
        Some(format!("{} ms old", reading.age_ms)),
        reading.silent.then(|| "a question without an answer".to_owned()),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}
