//! One history: the virtual clock, the agenda of faults, and everybody who acts, until all is printed.

use crate::judge;
use crate::outside::Outside;
use crate::plan::{Fault, Nature, Plan, Planned};
use crate::service::Service;
use crate::store::{Failure, Outcome};
use crate::wires::WireEvent;
use platen::simulator::Action;
use std::collections::BTreeMap;
use std::time::Duration;

/// After the last fault everything is mended this often.
const MENDING_EVERY_MS: i64 = 5_000;
/// A history whose faults are mended ends within this time.
const PATIENCE_MS: i64 = 600_000;
const PERSON_LOOKS_EVERY_MS: i64 = 2_000;
const SERIAL: &str = "XXSIM000000001";

/// What is on the agenda.
enum Deed {
    Strike(Planned),
    Act(Action),
    Arrive(usize),
    StartService,
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
            Deed::Undo(undo) => self.undo(&undo),
            Deed::Mend => self.mend(),
            Deed::PersonLooks => self.person_looks(),
        }
    }

    fn strike(&mut self, planned: Planned) {
        let mid_label = planned.mid_label;
        match planned.fault {
            Fault::MediaOut { for_ms } => {
                self.trouble(Action::MediaOut, Action::ReloadMedia, mid_label, for_ms)
            }
            Fault::RollEndsAfter { labels, for_ms } => {
                self.trouble(Action::MediaOutAfter(labels), Action::ReloadMedia, false, for_ms);
            }
            Fault::RibbonOut { for_ms } => {
                self.trouble(Action::RibbonOut, Action::ReloadRibbon, mid_label, for_ms);
            }
            Fault::HeadOpen { for_ms } => {
                self.trouble(Action::OpenHead, Action::CloseHead, mid_label, for_ms)
            }
            Fault::Paused { for_ms } => self.act_and_later(Action::Pause, Action::Resume, mid_label, for_ms),
            Fault::TooHot { for_ms } => {
                self.act_and_later(Action::OverTemperature, Action::CoolDown, mid_label, for_ms);
            }
            Fault::SlowReplies { delay_ms, for_ms } => {
                self.outside.wires.reply_delay_ms = delay_ms;
                self.later(for_ms, Deed::Undo(Undo::Replies));
            }
            Fault::LostReplies { percent, for_ms } => {
                self.outside.wires.lost_replies_percent = percent;
                self.later(for_ms, Deed::Undo(Undo::Replies));
            }
            Fault::NetworkDown { for_ms } => {
                self.act(Action::DropNetwork(milliseconds(for_ms)), false);
            }
            Fault::ClockJumps { by_ms } => self.outside.clock_skew_ms += by_ms,
            Fault::SlowDatabase { stall_ms, for_ms } => {
                self.outside.commit_stall_ms = stall_ms;
                self.later(for_ms, Deed::Undo(Undo::Database));
            }
            Fault::PrinterPausedInPlaten { for_ms } => {
                self.outside.store.printer_is_paused = true;
                self.with_service(Service::wake);
                self.later(for_ms, Deed::Undo(Undo::PlatenPause));
            }
            Fault::JobHeld { job, for_ms } => {
                self.outside.store.jobs[job].is_held = true;
                self.with_service(Service::wake);
                self.later(for_ms, Deed::Undo(Undo::Hold(job)));
            }
            Fault::JobWithdrawn { job } => {
                self.outside.store.jobs[job].is_withdrawn = true;
                self.with_service(Service::wake);
            }
            fault => self.strike_hard(fault, mid_label),
        }
    }

    fn strike_hard(&mut self, fault: Fault, mid_label: bool) {
        match fault {
            Fault::ServiceKilled { after_moments, down_ms } => self.doom(after_moments, down_ms, true),
            Fault::HostDies { after_moments, down_ms } => self.doom(after_moments, down_ms, false),
            Fault::ServiceStopped { down_ms } => {
                self.death = (down_ms, true);
                self.with_service(Service::stop);
            }
            Fault::ConnectionCut => {
                let Outside { wires, printer, random, now_ms, .. } = &mut self.outside;
                wires.cut(printer, random, *now_ms);
            }
            Fault::ConnectionVanishes => {
                let channel = self.service.as_ref().and_then(|service| service.channels().first().copied());
                if let Some(channel) = channel {
                    self.outside.let_go(channel, false);
                    self.with_service(|service, outside| service.lost(channel, outside));
                }
            }
            Fault::DatabaseFails { commits } => self.outside.store.failing_commits = commits,
            Fault::PowerCut { off_ms } => {
                self.resets += 1;
                self.act(Action::PowerCycle(milliseconds(off_ms)), mid_label);
            }
            Fault::Reset => {
                self.resets += 1;
                self.act(Action::Reset, mid_label);
            }
            Fault::ForeignLabels { labels } => self.act(Action::PrintForeign(labels), mid_label),
            Fault::OperatorCancels { formats, for_ms } => {
                (0..formats).for_each(|_| self.act(Action::Cancel, mid_label));
                self.later(for_ms, Deed::Act(Action::Resume));
            }
            Fault::PreviousKey => self.act(Action::ReprintLast, false),
            Fault::CounterSet { by } => {
                let odometer = u64::try_from(self.outside.printer.odometer() + by).unwrap_or(0);
                self.act(Action::SetOdometer(odometer), mid_label);
            }
            Fault::OtherPrinter { for_ms } => {
                self.act(Action::ChangeIdentity("ANOTHER".to_owned()), mid_label);
                self.later(for_ms, Deed::Act(Action::ChangeIdentity(SERIAL.to_owned())));
            }
            _ => unreachable!("struck before"),
        }
    }

    fn doom(&mut self, after_moments: u32, down_ms: i64, tells_printer: bool) {
        self.death = (down_ms, tells_printer);
        self.outside.store.moments_left = Some(after_moments);
        if after_moments == 0 && self.service.is_some() {
            self.outside.tell("service: killed");
            self.die();
        }
    }

    fn act(&mut self, action: Action, mid_label: bool) {
        self.outside.printer.act(action, mid_label, self.outside.now_ms);
    }

    fn act_and_later(&mut self, action: Action, after: Action, mid_label: bool, for_ms: i64) {
        self.act(action, mid_label);
        self.later(for_ms, Deed::Act(after));
    }

    /// A fault of the media, mended by somebody who also presses PAUSE, sooner or later.
    fn trouble(&mut self, action: Action, mending: Action, mid_label: bool, for_ms: i64) {
        self.media_faults += 1;
        self.act_and_later(action, mending, mid_label, for_ms);
        if !self.plan.setup.knobs.mending_resumes {
            self.later(for_ms + 700, Deed::Act(Action::Resume));
        }
    }

    fn undo(&mut self, undo: &Undo) {
        match undo {
            Undo::Replies => {
                self.outside.wires.reply_delay_ms = 0;
                self.outside.wires.lost_replies_percent = 0;
            }
            Undo::Database => self.outside.commit_stall_ms = 0,
            Undo::PlatenPause => self.outside.store.printer_is_paused = false,
            Undo::Hold(job) => self.outside.store.jobs[*job].is_held = false,
        }
        self.with_service(Service::wake);
    }

    fn mend(&mut self) {
        let mending = [
            Action::ReloadMedia,
            Action::ReloadRibbon,
            Action::CloseHead,
            Action::CoolDown,
            Action::Resume,
            Action::ChangeIdentity(SERIAL.to_owned()),
        ];
        mending.into_iter().for_each(|action| self.act(action, false));
        self.outside.store.failing_commits = 0;
        self.outside.store.moments_left = None;
        self.undo(&Undo::Replies);
        self.undo(&Undo::Database);
        self.undo(&Undo::PlatenPause);
        self.later(MENDING_EVERY_MS, Deed::Mend);
    }

    /// A person who answers only when nothing moves any more, and then truthfully.
    fn person_looks(&mut self) {
        self.later(PERSON_LOOKS_EVERY_MS, Deed::PersonLooks);
        let is_quiet = self.outside.printer.is_quiet()
            && !self.outside.wires.has_label_bytes()
            && self.outside.store.open_run.is_none()
            && !self.service.as_ref().is_some_and(Service::is_printing);
        if !is_quiet {
            self.quiet_since_ms = None;
            return;
        }
        let since_ms = *self.quiet_since_ms.get_or_insert(self.outside.now_ms);
        if self.outside.now_ms - since_ms < PERSON_LOOKS_EVERY_MS {
            return;
        }
        let names: Vec<_> = self.outside.store.names().collect();
        for name in names {
            if self.outside.store.outcome(name) == Some(Outcome::Unconfirmed) {
                let is_there = self.outside.printer.whole_pieces(name) > 0;
                self.outside.tell(format!("person: label {name:?} is there: {is_there}"));
                self.outside.store.resolve(name, is_there);
            }
        }
        self.outside.store.jobs.iter_mut().for_each(|job| job.is_held = false);
        self.with_service(Service::wake);
    }

    pub fn nature(&self) -> Nature {
        self.plan.nature
    }
}

fn milliseconds(milliseconds: i64) -> Duration {
    Duration::from_millis(u64::try_from(milliseconds).unwrap_or(0))
}
