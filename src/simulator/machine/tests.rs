//! The machine by a clock that the test moves.

mod counting;
mod faults;
mod histories;
mod links;

use super::*;
use crate::simulator::paper::Kind;

/// A machine, its time, and what has come out of it.
struct Bench {
    machine: Machine,
    now: Duration,
    replies: Vec<(ChannelId, String)>,
    paper: Vec<Piece>,
}

impl Bench {
    fn new() -> Self {
        Self::with(Knobs::default())
    }

    fn with(knobs: Knobs) -> Self {
        Self::told(knobs, Scenario::default())
    }

    fn told(knobs: Knobs, scenario: Scenario) -> Self {
        let machine = Machine::new(Model::default(), knobs, Flash::default(), scenario, 0);
        Self { machine, now: Duration::ZERO, replies: Vec::new(), paper: Vec::new() }
    }

    fn connect(&mut self) -> Link {
        self.machine.open_print_channel(self.now).unwrap()
    }

    fn step(&mut self, event: Event) {
        for effect in self.machine.step(event, self.now) {
            match effect {
                Effect::Reply(channel, bytes) => {
                    self.replies.push((channel, String::from_utf8(bytes).unwrap()))
                }
                Effect::Paper(piece) => self.paper.push(piece),
            }
        }
    }

    fn send(&mut self, link: Link, text: impl Into<String>) {
        self.step(Event::Received(link.channel, text.into().into_bytes()));
    }

    fn act(&mut self, action: Action) {
        self.step(Event::Act(action));
    }

    /// Lets time pass, with nothing else happening.
    fn pass(&mut self, time: Duration) {
        self.now += time;
        self.step(Event::Tick);
    }

    /// Lets so many labels pass, or a part of one.
    fn pass_labels(&mut self, labels: f64) {
        self.pass(pitch().mul_f64(labels));
    }

    /// What the machine says to a command, at once.
    fn ask(&mut self, link: Link, command: &str) -> String {
        let before = self.replies.len();
        self.send(link, command);
        self.replies[before..].iter().map(|(_, reply)| reply.as_str()).collect()
    }

    /// `~HS`, its fields in one row from 1.1 to 3.2.
    fn host_status(&mut self, link: Link) -> Vec<String> {
        let reply = self.ask(link, "~HS");
        assert_eq!(reply.len(), 82, "{reply:?}");
        reply
            .replace("\x03\r\n\x02", ",")
            .trim_matches(['\x02', '\x03', '\r', '\n'])
            .split(',')
            .map(str::to_owned)
            .collect()
    }

    fn odometer(&self) -> u64 {
        self.machine.flash().odometer - Flash::default().odometer
    }

    /// Texts of the whole labels, in the order they came.
    fn whole(&self) -> Vec<&str> {
        self.paper.iter().filter(|piece| piece.complete).map(text).collect()
    }

    /// Everything on the table: `a`, `a/` torn, `a*` reprinted, `-` blank.
    fn table(&self) -> Vec<String> {
        let mark = |piece: &Piece| match (piece.kind, piece.complete, piece.reprint) {
            (Kind::Blank, _, _) => "-",
            (_, false, _) => "/",
            (_, true, true) => "*",
            (_, true, false) => "",
        };
        self.paper.iter().map(|piece| format!("{}{}", text(piece), mark(piece))).collect()
    }
}

fn text(piece: &Piece) -> &str {
    piece.texts.first().map_or("", String::as_str)
}

/// From one label to the next: 32 mm and the gap at 6 inches a second.
fn pitch() -> Duration {
    Duration::from_secs_f64(35.0 / 25.4 / 6.0)
}

/// One format for each letter.
fn formats(letters: &str) -> String {
    letters.chars().map(|letter| format!("^XA^FO1,1^FD{letter}^FS^XZ")).collect()
}

const EEE: usize = 4;
const BUFFER_FULL: usize = 5;
const PARTIAL: usize = 7;
const U: usize = 20;
