//! The simulated printer and the paper that came out of it.

use crate::plan::Setup;
use platen::simulator::{
    Action, ChannelId, Effect, Event, Fate, Flash, Link, Machine, Model, Piece, Scenario,
};
use std::collections::BTreeMap;
use std::time::Duration;

/// A label of a job: the job's place in the plan, and the label's index.
pub type LabelName = (usize, i64);

pub struct Printer {
    machine: Machine,
    /// Whole pieces of each label.
    whole: BTreeMap<LabelName, u32>,
    replies: Vec<(ChannelId, Vec<u8>)>,
    /// Pieces of paper so far, told once each.
    news: Vec<String>,
}

pub fn clock(now_ms: i64) -> Duration {
    Duration::from_millis(u64::try_from(now_ms).unwrap())
}

/// The bytes of one label, with its name on it.
pub fn zpl(name: LabelName, label_bytes: usize) -> Vec<u8> {
    let mut text = format!("^XA^FO40,40^A0N,40,40^FD{}-{}^FS^FX", name.0, name.1);
    while text.len() + 10 < label_bytes {
        text.push('.');
    }
    text += "^FS^PQ1^XZ";
    text.into_bytes()
}

fn name_on(piece: &Piece) -> Option<LabelName> {
    let (job, label) = piece.texts().first()?.split_once('-')?;
    Some((job.parse().ok()?, label.parse().ok()?))
}

impl Printer {
    pub fn new(setup: &Setup) -> Self {
        let model = Model { speed_ips: setup.speed_ips, ..Model::default() };
        let machine = Machine::new(model, setup.knobs.clone(), Flash::default(), Scenario::default(), 0);
        Self { machine, whole: BTreeMap::new(), replies: Vec::new(), news: Vec::new() }
    }

    pub fn step(&mut self, event: Event, now_ms: i64) {
        for effect in self.machine.step(event, clock(now_ms)) {
            match effect {
                Effect::Reply(channel, bytes) => self.replies.push((channel, bytes)),
                Effect::Paper(piece) => self.keep(&piece),
            }
        }
    }

    fn keep(&mut self, piece: &Piece) {
        let what = if piece.is_complete() { "whole" } else { "torn" };
        self.news.push(format!("paper: {what} {:?}", piece.texts().first()));
        if let Some(name) = name_on(piece).filter(|_| piece.is_complete()) {
            *self.whole.entry(name).or_default() += 1;
        }
    }

    pub fn act(&mut self, action: Action, mid_label: bool, now_ms: i64) {
        let event = if mid_label { Event::ActMidLabel(action) } else { Event::Act(action) };
        self.step(event, now_ms);
    }

    pub fn take_replies(&mut self) -> Vec<(ChannelId, Vec<u8>)> {
        std::mem::take(&mut self.replies)
    }

    pub fn take_news(&mut self) -> Vec<String> {
        std::mem::take(&mut self.news)
    }

    /// How often a label lies there whole.
    pub fn whole_pieces(&self, name: LabelName) -> u32 {
        self.whole.get(&name).copied().unwrap_or(0)
    }

    pub fn odometer(&self) -> i64 {
        i64::try_from(self.machine.flash().odometer).unwrap()
    }

    /// Nothing moves and nothing waits in it.
    pub fn is_quiet(&self) -> bool {
        let state = self.machine.state();
        state.on && !state.printing && !state.paused && state.formats == 0 && state.buffered_bytes == 0
    }

    pub fn is_listening(&self) -> bool {
        self.machine.is_listening()
    }

    pub fn is_network_down(&self, now_ms: i64) -> bool {
        self.machine.is_network_down(clock(now_ms))
    }

    pub fn open_print_channel(&mut self, now_ms: i64) -> Option<Link> {
        self.machine.open_print_channel(clock(now_ms))
    }

    pub fn open_json_channel(&mut self) -> Option<Link> {
        self.machine.open_json_channel()
    }

    pub fn fate(&self, link: Link, now_ms: i64) -> Fate {
        self.machine.fate(link, clock(now_ms))
    }

    /// The millisecond in which something falls due by itself.
    pub fn next_wakeup_ms(&self) -> Option<i64> {
        self.machine.next_wakeup().map(|at| i64::try_from(at.as_nanos().div_ceil(1_000_000)).unwrap())
    }

    pub fn describe(&self) -> String {
        format!("{:?}", self.machine.state())
    }
}
