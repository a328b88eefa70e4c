//! The printer at a glance, for tests and the control port.

use super::Machine;
use serde::Serialize;

/// A snapshot of a simulated printer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct State {
    pub serial: String,
    /// Accepts connections and works.
    pub on: bool,
    pub uptime_s: u64,
    /// `odometer.total_label_count`, whatever the printer admits to.
    pub odometer: u64,
    /// Own labels completed since the start of the simulation.
    pub labels: u64,
    /// A label is moving.
    pub printing: bool,
    pub paused: bool,
    pub media_out: bool,
    pub ribbon_out: bool,
    pub head_open: bool,
    pub cutter_fault: bool,
    pub over_temperature: bool,
    pub under_temperature: bool,
    pub label_waiting: bool,
    /// Complete formats not yet printed.
    pub formats: usize,
    pub partial_format: bool,
    pub buffered_bytes: usize,
    /// The receive buffer takes no more: `~HS` f.
    pub buffer_full: bool,
    pub network_down: bool,
    /// Connections there have been, to either port.
    pub connections: u64,
}

impl Machine {
    /// The printer at this moment.
    pub fn state(&self) -> State {
        let condition = &self.condition;
        State {
            serial: self.flash.serial.clone(),
            on: self.is_on(),
            uptime_s: if self.is_on() { self.uptime().as_secs() } else { 0 },
            odometer: self.flash.odometer,
            labels: self.labels,
            printing: self.memory.motion.is_some(),
            paused: self.is_paused(),
            media_out: condition.media_out,
            ribbon_out: condition.ribbon_out,
            head_open: condition.head_open,
            cutter_fault: condition.cutter_fault,
            over_temperature: condition.over_temperature,
            under_temperature: condition.under_temperature,
            label_waiting: self.is_label_waiting(),
            formats: self.memory.queue.len()
                + self.memory.staged.len()
                + usize::from(self.memory.batch.is_some()),
            partial_format: self.memory.lexer.has_partial_format(),
            buffered_bytes: self.buffered_bytes(),
            buffer_full: self.room() == 0,
            network_down: self.is_network_down(self.now),
            connections: self.links.created(),
        }
    }

    /// `~HS` t.
    pub(in crate::simulator) fn is_label_waiting(&self) -> bool {
        self.memory.label_waiting_since.is_some()
    }
}
