//! Everything said to and heard from one printer: labels on the raw connection, questions on it
//! between labels, and the second channel where the printer has one.

use super::status_channel::StatusChannel;
use super::{Interrogation, Link, LinkError, LinkEvent, Reading, Rounds, Step};
use std::time::Duration;
use tokio::time::{Instant, MissedTickBehavior};

/// Where a printer listens, as `host:port`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrinterAddress {
    pub raw: String,
    /// The JSON port, where there is one.
    pub status: Option<String>,
}

/// What happened.
#[derive(Debug)]
pub enum ConversationEvent {
    Reading(Reading),
    Written,
    Lost(LinkError),
}

/// `~JX`, behind the end of a line and of a quoted text: a sender that vanished in the middle of a setting's
/// question would otherwise have left a line which swallows this and every label behind it.
pub const CANCEL_PARTIAL_FORMAT: &[u8] = b"\r\n\"\r\n~JX";

/// So long without an answer on the second channel, and the raw connection is asked for everything.
pub const SECOND_CHANNEL_SILENT_AFTER: Duration = Duration::from_secs(3);

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// An open conversation. Dropping it hangs up.
#[derive(Debug)]
pub struct Conversation {
    link: Link,
    status: Option<StatusChannel>,
    interrogation: Interrogation,
    rounds: Rounds,
    poll: tokio::time::Interval,
    started: Instant,
    /// Labels queued on this connection so far; each write's number is the count with it.
    writes: i64,
    hushed_until: Option<Instant>,
    second_channel_answered: Option<Instant>,
}

impl Conversation {
    /// Connects. The first readings introduce the printer.
    pub async fn open(address: &PrinterAddress) -> Result<Self, LinkError> {
        let link = Link::connect(&address.raw, CONNECT_TIMEOUT).await?;
        Ok(Self {
            link,
            status: address.status.clone().map(StatusChannel::start),
            interrogation: Interrogation::default(),
            rounds: Rounds::new(),
            poll: interval(Duration::from_millis(200)),
            started: Instant::now(),
            writes: 0,
            hushed_until: None,
            second_channel_answered: None,
        })
    }

    /// How often to ask from now on.
    pub fn set_poll_interval(&mut self, every: Duration) {
        if self.poll.period() != every {
            self.poll = interval(every);
        }
    }

    /// Queues the bytes of one label and answers the number of this write, by which readings tell how far the
    /// printer has read. `None` when the connection takes no more for now.
    pub fn write_label(&mut self, bytes: Vec<u8>) -> Option<i64> {
        let number = self.writes + 1;
        self.link.send(bytes, true).then(|| {
            self.writes = number;
            number
        })
    }

    /// Drops a half-received format, whoever sent it; whole ones before and after stay.
    pub fn cancel_partial_format(&mut self) {
        self.link.send(CANCEL_PARTIAL_FORMAT.to_vec(), false);
    }

    /// Asks nothing on the raw connection for so long; the second channel goes on.
    pub fn hush(&mut self, time: Duration) {
        self.hushed_until = Some(Instant::now() + time);
    }

    /// The next thing that happened. Safe to cancel.
    pub async fn next(&mut self) -> ConversationEvent {
        loop {
            let event = tokio::select! {
                biased;
                event = self.link.next() => self.on_link(event),
                reading = next_reading(&mut self.status) => self.on_second_channel(reading),
                _ = self.poll.tick() => self.on_tick(),
            };
            if let Some(event) = event {
                return event;
            }
        }
    }

    fn on_link(&mut self, event: LinkEvent) -> Option<ConversationEvent> {
        match event {
            LinkEvent::Written => Some(ConversationEvent::Written),
            LinkEvent::Lost(error) => Some(ConversationEvent::Lost(error)),
            LinkEvent::Reply(reply) => {
                let step = self.interrogation.reply(reply, self.now_ms());
                self.carry_out(step)
            }
        }
    }

    fn on_second_channel(&mut self, reading: Option<Reading>) -> Option<ConversationEvent> {
        let reading = reading?;
        self.second_channel_answered = Some(Instant::now());
        Some(ConversationEvent::Reading(reading))
    }

    fn on_tick(&mut self) -> Option<ConversationEvent> {
        if let Some(status) = &self.status {
            status.ask();
        }
        let now_ms = self.now_ms();
        if self.interrogation.is_busy() {
            let step = self.interrogation.tick(now_ms);
            return self.carry_out(step);
        }
        let is_hushed = self.hushed_until.is_some_and(|until| Instant::now() < until);
        if is_hushed || self.link.unwritten() > 0 {
            return None;
        }
        let round = self.rounds.next_round(self.second_channel_answers());
        let step = self.interrogation.begin(round, self.writes, now_ms);
        self.carry_out(step)
    }

    fn second_channel_answers(&self) -> bool {
        self.second_channel_answered.is_some_and(|at| at.elapsed() < SECOND_CHANNEL_SILENT_AFTER)
    }

    fn carry_out(&mut self, step: Step) -> Option<ConversationEvent> {
        match step {
            Step::Send(query) => {
                self.link.send(query.bytes().to_vec(), false);
                None
            }
            Step::Finished(reading) => {
                self.rounds.learn(&reading, self.second_channel_answers());
                let counter_is_absent = self.rounds.has_no_counter();
                Some(ConversationEvent::Reading(Reading { counter_is_absent, ..reading }))
            }
            Step::Wait => None,
        }
    }

    fn now_ms(&self) -> i64 {
        self.started.elapsed().as_millis() as i64
    }
}

fn interval(every: Duration) -> tokio::time::Interval {
    let mut interval = tokio::time::interval(every);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    interval
}

async fn next_reading(status: &mut Option<StatusChannel>) -> Option<Reading> {
    match status {
        Some(status) => status.next().await,
        None => std::future::pending().await,
    }
}
