//! Power, booting and uptime.

use super::memory::Memory;
use super::{Machine, Model};
use std::time::Duration;

#[derive(Debug)]
pub(super) struct Power {
    phase: Phase,
    /// When the power came, and the uptime it had then.
    since: Duration,
    earlier_uptime: Duration,
    /// The first connection after a boot has not come yet.
    greets: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    On,
    Off {
        until: Duration,
    },
    /// Connections are refused.
    Booting {
        until: Duration,
    },
    /// Connections are accepted, their bytes thrown away.
    Deaf {
        until: Duration,
    },
}

impl Power {
    pub(super) fn on_since_start(earlier_uptime: Duration) -> Self {
        Self { phase: Phase::On, since: Duration::ZERO, earlier_uptime, greets: false }
    }

    pub(super) fn is_on(&self) -> bool {
        self.phase == Phase::On
    }

    pub(super) fn next_instant(&self) -> Option<Duration> {
        match self.phase {
            Phase::On => None,
            Phase::Off { until } | Phase::Booting { until } | Phase::Deaf { until } => Some(until),
        }
    }

    pub(super) fn take_first_greeting(&mut self) -> bool {
        std::mem::take(&mut self.greets)
    }
}

impl Machine {
    /// Works, which it does not while booting.
    pub fn is_on(&self) -> bool {
        self.power.is_on()
    }

    /// Whether a new connection is accepted; otherwise it is refused.
    pub fn is_listening(&self) -> bool {
        matches!(self.power.phase, Phase::On | Phase::Deaf { .. })
    }

    /// `device.uptime`.
    pub fn uptime(&self) -> Duration {
        self.now.saturating_sub(self.power.since) + self.power.earlier_uptime
    }

    /// The plug is pulled: memory, the bytes received and perhaps the last counts are gone.
    pub(super) fn cut_power(&mut self, off_for: Duration) {
        self.stop_motion(true);
        let lost = self.knobs.odometer_loss_on_power_cut.min(self.memory.counted);
        self.flash.odometer -= lost.min(self.flash.odometer);
        self.flash.user_label_count_1 -= lost.min(self.flash.user_label_count_1);
        self.flash.user_label_count_2 -= lost.min(self.flash.user_label_count_2);
        self.restart("0", off_for);
    }

    /// `~JR`, `device.reset`: the same without the loss of counts.
    pub(super) fn reset(&mut self) {
        self.stop_motion(true);
        self.restart("1", Duration::ZERO);
    }

    fn restart(&mut self, reason: &str, off_for: Duration) {
        self.flash.reboot_reason = reason.to_owned();
        self.memory = Memory::new(&self.model, &self.knobs);
        self.last_printed = None;
        self.mid_label.clear();
        if self.knobs.silent_drop_after_reset {
            self.links.forget_bytes();
        } else {
            self.links.cut();
        }
        self.power.phase = Phase::Off { until: self.now + off_for };
        self.power.greets = true;
    }

    pub(super) fn power_due(&mut self) {
        self.links.due(self.now);
        let Some(instant) = self.power.next_instant().filter(|instant| *instant <= self.now) else { return };
        self.power.phase = match self.power.phase {
            Phase::Off { .. } => {
                self.power.since = instant;
                self.power.earlier_uptime = Duration::ZERO;
                Phase::Booting { until: instant + Duration::from_secs_f64(self.knobs.boot_s) }
            }
            Phase::Booting { .. } => {
                Phase::Deaf { until: instant + Duration::from_secs_f64(self.knobs.boot_silent_s) }
            }
            Phase::Deaf { .. } | Phase::On => {
                self.memory.fault_paused = self.condition.needs_mending();
                Phase::On
            }
        };
    }
}

impl Model {
    /// The nominal resolution in the name of a model.
    pub(in crate::simulator) fn nominal_dpi(&self) -> u32 {
        match self.dpmm {
            6 => 150,
            8 => 200,
            12 => 300,
            _ => 600,
        }
    }
}
