//! What people, faults and the network do to the printer.

use super::Machine;
use super::memory::Format;
use crate::simulator::action::Action;
use crate::simulator::lexer::Prefixes;

impl Machine {
    pub(super) fn act(&mut self, action: Action) {
        match action {
            Action::MediaOut => self.media_ends(),
            Action::MediaOutAfter(labels) => self.condition.media_left = Some(labels),
            Action::ReloadMedia => {
                self.condition.media_left = None;
                self.mend(|machine| machine.condition.media_out = false);
            }
            Action::RibbonOut => self.fail(|machine| machine.condition.ribbon_out = true),
            Action::ReloadRibbon => self.mend(|machine| machine.condition.ribbon_out = false),
            Action::OpenHead if !self.condition.head_open => {
                self.flash.latch_open_count += 1;
                self.fail(|machine| machine.condition.head_open = true);
            }
            Action::OpenHead => {}
            Action::CloseHead => self.close_head(),
            Action::CutterFault => self.fail(|machine| machine.condition.cutter_fault = true),
            Action::ClearCutter => self.mend(|machine| machine.condition.cutter_fault = false),
            Action::OverTemperature => self.condition.over_temperature = true,
            Action::CoolDown => self.condition.over_temperature = false,
            Action::UnderTemperature => self.condition.under_temperature = true,
            Action::WarmUp => self.condition.under_temperature = false,
            Action::PowerCycle(off_for) => self.cut_power(off_for),
            Action::CutConnections => self.cut_connections(),
            Action::ForgetConnections => self.links.forget(),
            Action::DropNetwork(length) => self.links.drop_network_until(self.now + length),
            Action::ChangeIdentity(serial) => self.flash.serial = serial,
            Action::SetOdometer(odometer) => self.flash.odometer = odometer,
            key_or_command if self.is_on() => self.press(&key_or_command),
            _ => {}
        }
    }

    /// What needs a printer that is switched on.
    fn press(&mut self, action: &Action) {
        match action {
            Action::Pause => self.memory.paused = true,
            Action::Resume => self.resume(),
            Action::Cancel => {
                self.memory.paused = true;
                self.cancel_oldest();
            }
            Action::Feed if self.memory.motion.is_none() && !self.condition.needs_mending() => self.feed(),
            Action::ReprintLast => self.reprint_last(),
            Action::TakeLabel => self.memory.label_waiting_since = None,
            Action::PrintForeign(labels) => self.queue_foreign(*labels),
            Action::Reset => self.reset(),
            _ => {}
        }
    }

    /// `~PS`. A fault that nobody mended keeps the printer paused.
    pub(super) fn resume(&mut self) {
        self.memory.paused = false;
        self.memory.fault_paused = self.condition.needs_mending();
    }

    /// The roll ends here.
    pub(super) fn media_ends(&mut self) {
        self.condition.media_left = None;
        self.fail(|machine| machine.condition.media_out = true);
    }

    /// A fault stops the motion and pauses until it is mended and somebody presses PAUSE.
    fn fail(&mut self, set: impl FnOnce(&mut Self)) {
        self.stop_motion(false);
        set(self);
        self.memory.fault_paused = true;
    }

    fn mend(&mut self, clear: impl FnOnce(&mut Self)) {
        clear(self);
        if self.knobs.mending_resumes && !self.condition.needs_mending() {
            self.memory.fault_paused = false;
        }
    }

    fn close_head(&mut self) {
        if self.condition.head_open && self.is_on() {
            (0..self.knobs.blank_labels_after_head_close).for_each(|_| self.feed());
        }
        self.mend(|machine| machine.condition.head_open = false);
    }

    fn cut_connections(&mut self) {
        // What had arrived stays in the buffer, as after any close.
        self.parse();
        self.links.cut();
        self.memory.lexer.sender_closed();
    }

    fn queue_foreign(&mut self, labels: u64) {
        const MAX_FOREIGN_LABELS: u64 = 10_000;
        for number in 1..=labels.min(MAX_FOREIGN_LABELS) {
            let zpl = format!("^XA^FO40,40^A0N,40,40^FDforeign label {number}^FS^XZ").into_bytes();
            let prefixes = Prefixes::default();
            self.memory.queue.push(Format { zpl, prefixes, channel: None, is_plain_text: false });
        }
    }
}
