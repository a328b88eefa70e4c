//! One history: the virtual clock, the agenda of faults, and everybody who acts, until all is printed.

mod faults;

use crate::judge;
use crate::outside::Outside;
use crate::plan::{Nature, Plan, Planned};
use crate::service::Service;
use crate::store::Failure;
use crate::wires::WireEvent;
use faults::PERSON_LOOKS_EVERY_MS;
use platen::simulator::{Action, ChannelId};
use std::collections::BTreeMap;

/// A history whose faults are mended ends within this time.
const PATIENCE_MS: i64 = 600_000;

/// What is on the agenda.
enum Deed {
    Strike(Planned),
    Act(Action),
    Arrive(usize),
    StartService,
    /// An instance that stood still goes on, finds its lease gone and lets go.
    Resume(Vec<ChannelId>),
    Undo(Undo),
    /// Everything is mended; repeated, for what was still to strike in the middle of a label.
    Mend,
    PersonLooks,
}

enum Undo {
    Replies,
    Database,
    PlatenPause,
    Hold(usize),
}

pub struct World {
    pub plan: Plan,
    pub outside: Outside,
    service: Option<Service>,
    agenda: BTreeMap<(i64, u64), Deed>,
    deeds: u64,
    pub resets: u32,
    /// Of these, the ones of a printer that counts a label when it begins, before a run had shown that or anything was
    /// recorded since.
    pub unlearnt_resets: u32,
    /// A run has shown it, when this label of a job was the last recorded.
    learnt_behind: Option<Option<(usize, i64)>>,
    pub media_faults: u32,
    /// If the service dies now: for how long, and whether the printer hears of it.
    death: (i64, bool),
    quiet_since_ms: Option<i64>,
    ends_by_ms: i64,
    judged_commits: u64,
    /// Steps in a row without time passing.
    steps_at_once: u32,
}

impl World {
    pub fn new(plan: Plan) -> Self {
        let mut world = Self {
            outside: Outside::new(&plan),
            service: None,
            agenda: BTreeMap::new(),
            deeds: 0,
            resets: 0,
            unlearnt_resets: 0,
            learnt_behind: None,
            media_faults: 0,
            death: (0, true),
            quiet_since_ms: None,
            ends_by_ms: 0,
            judged_commits: 0,
            steps_at_once: 0,
            plan,
        };
        let faults = world.plan.faults.clone();
        let last_ms = faults.iter().map(|planned| planned.at_ms).max().unwrap_or(0);
        let mending_ms = last_ms + 25_000;
        world.ends_by_ms = mending_ms + PATIENCE_MS;
        world.put(0, Deed::StartService);
        for (job, planned) in world.plan.setup.jobs.clone().into_iter().enumerate() {
            world.put(planned.arrives_ms, Deed::Arrive(job));
        }
        for planned in faults {
            world.put(planned.at_ms, Deed::Strike(planned));
        }
        world.put(mending_ms, Deed::Mend);
        world.put(PERSON_LOOKS_EVERY_MS, Deed::PersonLooks);
        world
    }

    fn put(&mut self, at_ms: i64, deed: Deed) {
        self.deeds += 1;
        self.agenda.insert((at_ms, self.deeds), deed);
    }

    fn later(&mut self, wait_ms: i64, deed: Deed) {
        self.put(self.outside.now_ms + wait_ms, deed);
    }

    /// Plays the history to its end. The error says what must never happen and did.
    pub fn play(&mut self) -> Result<(), String> {
        while !self.is_over() {
            if self.outside.now_ms > self.ends_by_ms {
                let printer = self.outside.printer.describe();
                let wires = self.outside.wires.describe(&self.outside.printer, self.outside.now_ms);
                return Err(format!("no end in sight: {printer}, {wires:?}"));
            }
            let before_ms = self.outside.now_ms;
            self.advance();
            self.steps_at_once = if self.outside.now_ms > before_ms { 0 } else { self.steps_at_once + 1 };
            if self.steps_at_once > 10_000 {
                return Err("time stands still".to_owned());
            }
            self.do_what_is_due();
            self.move_bytes();
            self.let_service_work();
            self.note_learnt();
            self.judge_step()?;
        }
        judge::end(self)
    }

    fn is_over(&self) -> bool {
        self.outside.store.is_done()
            && self.outside.printer.is_quiet()
            && !self.outside.wires.has_label_bytes()
    }

    fn advance(&mut self) {
        let busy_until_ms = self.service.as_ref().map_or(0, Service::busy_until_ms);
        let dues = [
            self.agenda.keys().next().map(|(at, _)| *at),
            self.outside.printer.next_wakeup_ms(),
            self.outside.wires.next_due_ms(busy_until_ms),
            self.service.as_ref().map(Service::next_due_ms),
        ];
        let next_ms = dues.into_iter().flatten().min().unwrap_or(i64::MAX);
        self.outside.now_ms = next_ms.max(self.outside.now_ms);
        self.outside.printer.step(platen::simulator::Event::Tick, self.outside.now_ms);
        self.outside.tell_paper();
    }

    fn do_what_is_due(&mut self) {
        while let Some(entry) = self.agenda.first_entry()
            && entry.key().0 <= self.outside.now_ms
        {
            let deed = entry.remove();
            self.carry_out(deed);
            self.outside.tell_paper();
        }
    }

    fn move_bytes(&mut self) {
        let now_ms = self.outside.now_ms;
        let hears = self.service.as_ref().is_some_and(|service| service.hears(now_ms));
        let Outside { wires, printer, random, .. } = &mut self.outside;
        let noticed = wires.pump(printer, random, hears, now_ms);
        for event in noticed {
            self.with_service(|service, outside| match &event {
                WireEvent::Bytes(channel, bytes) => service.hear(*channel, bytes, outside),
                WireEvent::Lost(channel) => service.lost(*channel, outside),
            });
        }
        self.outside.tell_paper();
    }

    fn let_service_work(&mut self) {
        self.with_service(Service::tick);
        if self.service.as_ref().is_some_and(Service::has_left) {
            self.outside.tell("service: leaves");
            self.die();
        }
    }

    fn with_service(&mut self, act: impl FnOnce(&mut Service, &mut Outside) -> Result<(), Failure>) {
        let Some(service) = &mut self.service else { return };
        if act(service, &mut self.outside) == Err(Failure::Killed) {
            self.outside.tell("service: killed");
            self.die();
        }
    }

    fn die(&mut self) {
        let (down_ms, tells_printer) = self.death;
        self.death = (100, true);
        self.outside.store.moments_left = None;
        self.outside.interruptions += 1;
        if !tells_printer {
            self.outside.store.lose_power();
        }
        if let Some(service) = self.service.take() {
            for channel in service.channels() {
                self.outside.let_go(channel, tells_printer);
            }
            self.later(down_ms, Deed::StartService);
        }
    }

    fn judge_step(&mut self) -> Result<(), String> {
        if self.outside.store.commits == self.judged_commits && self.outside.store.violations.is_empty() {
            return Ok(());
        }
        self.judged_commits = self.outside.store.commits;
        judge::step(self)
    }

    fn carry_out(&mut self, deed: Deed) {
        let now_ms = self.outside.now_ms;
        match deed {
            Deed::Strike(planned) => {
                self.outside.tell(format!("FAULT {:?}, mid label {}", planned.fault, planned.mid_label));
                self.strike(planned);
            }
            Deed::Act(action) => {
                self.outside.tell(format!("person: {action:?}"));
                self.outside.printer.act(action, false, now_ms);
            }
            Deed::Arrive(job) => {
                self.outside.store.jobs[job].has_arrived = true;
                self.with_service(Service::wake);
            }
            Deed::StartService if self.service.is_none() => {
                self.outside.tell("service: starts");
                self.service = Some(Service::start(&mut self.outside));
            }
            Deed::StartService => {}
            Deed::Resume(channels) => {
                self.outside.tell("the instance that stood still goes on, and lets go");
                channels.into_iter().for_each(|channel| self.outside.let_go(channel, true));
            }
            Deed::Undo(undo) => self.undo(&undo),
            Deed::Mend => self.mend(),
            Deed::PersonLooks => self.person_looks(),
        }
    }

    pub fn nature(&self) -> Nature {
        self.plan.nature
    }
}
