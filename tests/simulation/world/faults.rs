//! What goes wrong and how it is mended: the faults of the plan, and the people who see to them.

use super::{Deed, Undo, World};
use crate::outside::Outside;
use crate::plan::{Fault, LEASE_MS, Planned};
use crate::service::Service;
use crate::store::Outcome;
use platen::simulator::{Action, CountAt};
use std::time::Duration;

const SERIAL: &str = "XXSIM000000001";
/// After the last fault everything is mended this often.
const MENDING_EVERY_MS: i64 = 5_000;
pub(super) const PERSON_LOOKS_EVERY_MS: i64 = 2_000;

impl World {
    pub(super) fn strike(&mut self, planned: Planned) {
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
            Fault::InstanceStalls { for_ms } => self.stall_instance(for_ms),
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
                self.count_reset();
                self.act(Action::PowerCycle(milliseconds(off_ms)), mid_label);
            }
            Fault::Reset => {
                self.count_reset();
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

    fn count_reset(&mut self) {
        self.resets += 1;
        let is_at_beginning = self.plan.setup.knobs.count_at == CountAt::Start;
        let recorded_since = self.learnt_behind.is_some_and(|behind| behind != self.last_recorded());
        self.unlearnt_resets += u32::from(is_at_beginning && !recorded_since);
    }

    pub(super) fn note_learnt(&mut self) {
        if self.outside.store.former_works.known(Some(SERIAL)).counts_at_beginning() {
            self.learnt_behind = self.learnt_behind.or_else(|| Some(self.last_recorded()));
        }
    }

    fn last_recorded(&self) -> Option<(usize, i64)> {
        self.outside.store.open_run.as_ref().map(|run| (run.job, run.confirmed_through))
    }

    fn doom(&mut self, after_moments: u32, down_ms: i64, tells_printer: bool) {
        self.death = (down_ms, tells_printer);
        self.outside.store.moments_left = Some(after_moments);
        if after_moments == 0 && self.service.is_some() {
            self.outside.tell("service: killed");
            self.die();
        }
    }

    fn stall_instance(&mut self, for_ms: i64) {
        let Some(service) = self.service.take() else { return };
        self.outside.interruptions += 1;
        let channels = service.channels();
        channels.iter().for_each(|channel| self.outside.wires.freeze(*channel));
        self.later(LEASE_MS, Deed::StartService);
        self.later(for_ms, Deed::Resume(channels));
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

    pub(super) fn undo(&mut self, undo: &Undo) {
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

    pub(super) fn mend(&mut self) {
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
    pub(super) fn person_looks(&mut self) {
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
}

fn milliseconds(milliseconds: i64) -> Duration {
    Duration::from_millis(u64::try_from(milliseconds).unwrap_or(0))
}
