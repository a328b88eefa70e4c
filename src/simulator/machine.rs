//! The printer itself, without sockets and without a clock: (event, time) to effects.
//!
//! `bytes → receive buffer → lexer → format queue → composer → engine → counters`. Whatever falls due between
//! two events happens at its own instant, in order, so a late caller changes nothing.

mod composer;
mod controls;
mod engine;
mod faults;
mod links;
mod memory;
mod power;
mod state;

pub use links::{ChannelId, Fate, Link};
pub use memory::Flash;
pub use state::State;

use super::action::Action;
use super::knobs::Knobs;
use super::paper::Piece;
use super::scenario::Scenario;
use links::Links;
use memory::Memory;
use power::Power;
use serde_json::{Map, Value};
use std::collections::VecDeque;
use std::time::Duration;

/// What the printer is, apart from its switches.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// As in `~HI`, without the resolution: `ZT411`.
    pub name: String,
    pub firmware: String,
    /// Dots per millimetre: 6, 8, 12 or 24.
    pub dpmm: u32,
    pub label_width_mm: f64,
    pub label_height_mm: f64,
    pub speed_ips: f64,
    /// False: direct thermal, without a ribbon.
    pub thermal_transfer: bool,
    /// How long it has been switched on already.
    pub uptime_at_start: Duration,
}

/// What comes from outside.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// Bytes read from a connection to the print port.
    Received(ChannelId, Vec<u8>),
    /// A whole request on the JSON port.
    Json(ChannelId, Map<String, Value>),
    /// The other end of a connection has hung up.
    Closed(ChannelId),
    /// A person, a fault or the network.
    Act(Action),
    /// An action for the moment when a label is half burnt.
    ActMidLabel(Action),
    /// Other switches.
    Turn(Box<Knobs>),
    /// Only time has passed.
    Tick,
}

/// What the outside gets to see.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// For the connection that asked.
    Reply(ChannelId, Vec<u8>),
    /// A piece of paper left the printer.
    Paper(Piece),
}

/// A simulated printer.
#[derive(Debug)]
pub struct Machine {
    pub(super) model: Model,
    pub(super) knobs: Knobs,
    pub(super) flash: Flash,
    pub(super) memory: Memory,
    pub(super) condition: Condition,
    power: Power,
    links: Links,
    scenario: Scenario,
    mid_label: VecDeque<Action>,
    /// Pieces of paper since the start of the log.
    pub(super) sequence: u64,
    /// Own labels completed since the start.
    pub(super) labels: u64,
    last_printed: Option<engine::Printed>,
    pub(super) now: Duration,
    effects: Vec<Effect>,
}

/// The state of media, ribbon, head and cutter, which no switch of the power mends.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Condition {
    pub media_out: bool,
    /// Labels left on the roll, if it is to end.
    pub media_left: Option<u64>,
    pub ribbon_out: bool,
    pub head_open: bool,
    pub cutter_fault: bool,
    pub over_temperature: bool,
    pub under_temperature: bool,
}

impl Default for Model {
    /// A ZT411 with 57 × 32 mm labels at 8 dots/mm, switched on this morning.
    fn default() -> Self {
        Self {
            name: "ZT411".to_owned(),
            firmware: "V92.21.39Z".to_owned(),
            dpmm: 8,
            label_width_mm: 57.0,
            label_height_mm: 32.0,
            speed_ips: 6.0,
            thermal_transfer: true,
            uptime_at_start: Duration::from_secs(9_930),
        }
    }
}

impl Condition {
    /// A fault which pauses the printer until somebody mends it.
    pub fn needs_mending(&self) -> bool {
        self.media_out || self.ribbon_out || self.head_open || self.cutter_fault
    }

    /// A temperature that waits by itself.
    pub fn waits_for_temperature(&self) -> bool {
        self.over_temperature || self.under_temperature
    }
}

impl Machine {
    /// Switched on at time zero. `sequence` continues an older paper log.
    pub fn new(model: Model, knobs: Knobs, flash: Flash, scenario: Scenario, sequence: u64) -> Self {
        let mut machine = Self {
            memory: Memory::new(&model, &knobs),
            links: Links::default(),
            power: Power::on_since_start(model.uptime_at_start),
            condition: Condition::default(),
            model,
            knobs,
            flash,
            scenario,
            mid_label: VecDeque::new(),
            sequence,
            labels: 0,
            last_printed: None,
            now: Duration::ZERO,
            effects: Vec::new(),
        };
        machine.settle();
        machine
    }

    /// Lets time pass to `now`, then takes the event. Time never runs backwards.
    pub fn step(&mut self, event: Event, now: Duration) -> Vec<Effect> {
        self.advance(now);
        match event {
            Event::Received(channel, bytes) => self.receive(channel, &bytes),
            Event::Json(channel, object) => self.json_request(channel, &object),
            Event::Closed(channel) => self.channel_closed(channel),
            Event::Act(action) => self.act(action),
            Event::ActMidLabel(action) => self.mid_label.push_back(action),
            Event::Turn(knobs) => {
                self.memory.lexer.keeps_torn_format = !knobs.xa_starts_new_format;
                self.knobs = *knobs;
            }
            Event::Tick => {}
        }
        self.settle();
        std::mem::take(&mut self.effects)
    }

    /// When something falls due by itself.
    pub fn next_wakeup(&self) -> Option<Duration> {
        let idle = self.links.next_idle_close(self.knobs.idle_close_s, self.now);
        [self.next_instant(), idle].into_iter().flatten().min()
    }

    /// The switches.
    pub fn knobs(&self) -> &Knobs {
        &self.knobs
    }

    fn advance(&mut self, now: Duration) {
        while let Some(instant) = self.next_instant().filter(|instant| *instant <= now) {
            self.now = self.now.max(instant);
            self.engine_due();
            self.power_due();
            self.settle();
        }
        self.now = self.now.max(now);
    }

    fn next_instant(&self) -> Option<Duration> {
        let script = if self.is_on() { self.scenario.next_instant(self.labels) } else { None };
        [
            self.engine_instant(),
            self.power.next_instant(),
            self.links.next_instant(),
            self.quiet_channel_instant(),
            script,
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// Does all that can be done now, until nothing more follows.
    fn settle(&mut self) {
        loop {
            self.parse();
            self.compose();
            if let Some(due) = self.scenario_due() {
                if due.mid_label {
                    self.mid_label.push_back(due.action);
                } else {
                    self.act(due.action);
                }
                continue;
            }
            if !self.start_label() {
                break;
            }
        }
    }

    fn scenario_due(&mut self) -> Option<super::scenario::Due> {
        if self.is_on() { self.scenario.take_due(self.labels, self.now) } else { None }
    }

    fn reply(&mut self, channel: Option<ChannelId>, bytes: Vec<u8>) {
        if let Some(channel) = channel {
            self.effects.push(Effect::Reply(channel, bytes));
        }
    }
}

#[cfg(test)]
mod tests;
