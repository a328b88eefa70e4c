//! Connections between service and printer: bytes take time, arrive in pieces, wait for room, and get lost.

use crate::plan::Setup;
use crate::printer::Printer;
use platen::simulator::{Action, ChannelId, Event, Fate, Link};
use rand::Rng;
use rand::rngs::StdRng;
use serde_json::{Map, Value};
use std::collections::VecDeque;

/// What the kernels on both sides hold: neither in the service nor in the printer.
const KERNEL_BYTES: usize = 24 * 1024;
const BLOCKED_RETRY_MS: i64 = 20;

pub struct Wire {
    link: Link,
    is_json: bool,
    /// Queued by the service, with a mark on the end of each label.
    outbound: VecDeque<(Vec<u8>, bool)>,
    unwritten: usize,
    in_flight: VecDeque<u8>,
    next_delivery_ms: i64,
    inbound: VecDeque<(i64, Vec<u8>)>,
    /// The service still holds its end.
    is_held: bool,
    /// The printer will learn that the service's end is gone.
    tells_printer: bool,
    /// Its owner stands still and hears nothing.
    is_frozen: bool,
}

/// What the service notices.
pub enum WireEvent {
    Bytes(ChannelId, Vec<u8>),
    Lost(ChannelId),
}

pub struct Wires {
    wires: Vec<Wire>,
    flight_ms: i64,
    chunk_bytes: usize,
    fragment_bytes: usize,
    pub reply_delay_ms: i64,
    pub lost_replies_percent: u32,
}

impl Wires {
    pub fn new(setup: &Setup) -> Self {
        Self {
            wires: Vec::new(),
            flight_ms: setup.flight_ms,
            chunk_bytes: setup.chunk_bytes,
            fragment_bytes: setup.fragment_bytes,
            reply_delay_ms: 0,
            lost_replies_percent: 0,
        }
    }

    pub fn add(&mut self, link: Link, is_json: bool, now_ms: i64) -> ChannelId {
        self.wires.push(Wire {
            link,
            is_json,
            outbound: VecDeque::new(),
            unwritten: 0,
            in_flight: VecDeque::new(),
            next_delivery_ms: now_ms + self.flight_ms,
            inbound: VecDeque::new(),
            is_held: true,
            tells_printer: true,
            is_frozen: false,
        });
        link.channel
    }

    fn find(&mut self, channel: ChannelId) -> Option<&mut Wire> {
        self.wires.iter_mut().find(|wire| wire.link.channel == channel)
    }

    pub fn send(&mut self, channel: ChannelId, bytes: Vec<u8>, completes_label: bool, now_ms: i64) {
        let flight_ms = self.flight_ms;
        let Some(wire) = self.find(channel) else { return };
        if wire.outbound.is_empty() && wire.in_flight.is_empty() {
            wire.next_delivery_ms = now_ms + flight_ms;
        }
        wire.outbound.push_back((bytes, completes_label));
        wire.unwritten += usize::from(completes_label);
    }

    pub fn unwritten(&mut self, channel: ChannelId) -> usize {
        self.find(channel).map_or(0, |wire| wire.unwritten)
    }

    /// The service lets go, or is gone. A prefix of what was under way still arrives.
    pub fn let_go(&mut self, channel: ChannelId, tells_printer: bool, random: &mut StdRng, now_ms: i64) {
        let Some(wire) = self.find(channel) else { return };
        wire.is_held = false;
        wire.tells_printer = tells_printer;
        wire.next_delivery_ms = now_ms;
        wire.fill();
        let kept = random.random_range(0..=wire.in_flight.len());
        wire.in_flight.truncate(kept);
        wire.outbound.clear();
        wire.inbound.clear();
    }

    /// Its owner stands still: what the kernel has not got yet does not leave.
    pub fn freeze(&mut self, channel: ChannelId) {
        let Some(wire) = self.find(channel) else { return };
        wire.fill();
        wire.outbound.clear();
        wire.inbound.clear();
        wire.unwritten = 0;
        wire.is_frozen = true;
    }

    /// All connections are reset on both sides; a prefix of what was under way arrives before.
    pub fn cut(&mut self, printer: &mut Printer, random: &mut StdRng, now_ms: i64) {
        for wire in self.wires.iter_mut().filter(|wire| !wire.is_json) {
            wire.fill();
            let kept = random.random_range(0..=wire.in_flight.len());
            if let Fate::Serve { room } = printer.fate(wire.link, now_ms) {
                let arriving = wire.in_flight.drain(..kept.min(room)).collect();
                printer.step(Event::Received(wire.link.channel, arriving), now_ms);
            }
        }
        printer.act(Action::CutConnections, false, now_ms);
    }

    /// What hangs, for a person.
    pub fn describe(&self, printer: &Printer, now_ms: i64) -> Vec<String> {
        let wire = |wire: &Wire| {
            let fate = printer.fate(wire.link, now_ms);
            format!(
                "{:?}: {} bytes under way, held {}, {fate:?}",
                wire.link.channel,
                wire.in_flight.len(),
                wire.is_held
            )
        };
        self.wires.iter().map(wire).collect()
    }

    /// Bytes of ours that the printer has not read.
    pub fn has_label_bytes(&self) -> bool {
        self.wires.iter().any(|wire| !wire.is_json && (wire.in_flight.len() > 40 || wire.unwritten > 0))
    }

    /// The next millisecond in which something arrives.
    pub fn next_due_ms(&self, service_hears_from_ms: i64) -> Option<i64> {
        self.wires.iter().filter_map(|wire| wire.next_due_ms(service_hears_from_ms)).min()
    }

    /// Moves what is due. `service_hears`: it is not busy with something that makes replies wait.
    pub fn pump(
        &mut self,
        printer: &mut Printer,
        random: &mut StdRng,
        service_hears: bool,
        now_ms: i64,
    ) -> Vec<WireEvent> {
        let mut noticed = Vec::new();
        let mut ended = Vec::new();
        for wire in &mut self.wires {
            let channel = wire.link.channel;
            wire.fill();
            match printer.fate(wire.link, now_ms) {
                Fate::Reset => {
                    ended.push(channel);
                    continue;
                }
                Fate::Close => {
                    printer.step(Event::Closed(channel), now_ms);
                    ended.push(channel);
                    continue;
                }
                Fate::Hold => {
                    wire.delay(now_ms);
                    continue;
                }
                Fate::Serve { room } => {
                    let most = if wire.is_held { self.chunk_bytes } else { usize::MAX };
                    wire.deliver(printer, room, most, random, now_ms);
                }
            }
            if service_hears {
                while wire.inbound.front().is_some_and(|(due, _)| *due <= now_ms) {
                    let (_, bytes) = wire.inbound.pop_front().unwrap();
                    noticed.push(WireEvent::Bytes(channel, bytes));
                }
            }
            if !wire.is_held && wire.in_flight.is_empty() && wire.tells_printer {
                printer.step(Event::Closed(channel), now_ms);
                ended.push(channel);
            }
        }
        self.wires.retain(|wire| {
            let has_ended = ended.contains(&wire.link.channel);
            if has_ended && wire.is_held && !wire.is_frozen {
                noticed.push(WireEvent::Lost(wire.link.channel));
            }
            !has_ended
        });
        self.take_replies(printer, random, now_ms);
        noticed
    }

    fn take_replies(&mut self, printer: &mut Printer, random: &mut StdRng, now_ms: i64) {
        for (channel, bytes) in printer.take_replies() {
            if random.random_range(0..100) < self.lost_replies_percent {
                continue;
            }
            let due_ms = now_ms + self.flight_ms + self.reply_delay_ms;
            let fragment_bytes = self.fragment_bytes;
            let Some(wire) = self.find(channel).filter(|wire| wire.is_held && !wire.is_frozen) else {
                continue;
            };
            let first_due_ms = wire.inbound.back().map_or(due_ms, |(last, _)| due_ms.max(*last));
            for (due_ms, fragment) in (first_due_ms..).zip(bytes.chunks(fragment_bytes)) {
                wire.inbound.push_back((due_ms, fragment.to_vec()));
            }
        }
    }
}

impl Wire {
    fn next_due_ms(&self, service_hears_from_ms: i64) -> Option<i64> {
        let is_sending = !self.in_flight.is_empty() || !self.outbound.is_empty();
        let delivery = is_sending.then_some(self.next_delivery_ms);
        [delivery, self.inbound.front().map(|(due, _)| (*due).max(service_hears_from_ms))]
            .into_iter()
            .flatten()
            .min()
    }

    /// The operating system takes what it has room for.
    fn fill(&mut self) {
        while self.in_flight.len() < KERNEL_BYTES {
            let Some((bytes, completes_label)) = self.outbound.pop_front() else { return };
            self.in_flight.extend(bytes);
            self.unwritten -= usize::from(completes_label);
        }
    }

    fn delay(&mut self, now_ms: i64) {
        self.next_delivery_ms = self.next_delivery_ms.max(now_ms + BLOCKED_RETRY_MS);
        if let Some((due, _)) = self.inbound.front_mut() {
            *due = (*due).max(now_ms + BLOCKED_RETRY_MS);
        }
    }

    fn deliver(&mut self, printer: &mut Printer, room: usize, most: usize, random: &mut StdRng, now_ms: i64) {
        if self.in_flight.is_empty() || now_ms < self.next_delivery_ms {
            return;
        }
        if room == 0 {
            self.next_delivery_ms = now_ms + BLOCKED_RETRY_MS;
            return;
        }
        let channel = self.link.channel;
        if self.is_json {
            let bytes: Vec<u8> = self.in_flight.drain(..).collect();
            let questions = serde_json::Deserializer::from_slice(&bytes).into_iter::<Map<String, Value>>();
            for question in questions.map_while(Result::ok) {
                if !question.is_empty() {
                    printer.step(Event::Json(channel, question), now_ms);
                }
            }
            return;
        }
        let count = self.in_flight.len().min(room).min(most);
        printer.step(Event::Received(channel, self.in_flight.drain(..count).collect()), now_ms);
        self.next_delivery_ms = now_ms + random.random_range(1..=5);
    }
}
