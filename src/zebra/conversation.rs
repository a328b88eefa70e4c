//! Everything said to and heard from one printer: labels on the raw connection, questions on it
//! between labels, and the second channel where the printer has one.

use super::muteness::Muteness;
use super::second_opinion::SecondOpinion;
use super::status_channel::StatusChannel;
use super::{
    CounterAbsence, Interrogation, Link, LinkError, LinkEvent, OnClose, Reading, Reply, Rounds, Step,
};
use crate::domain::Profile;
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
    /// The operating system took one more label.
    Written,
    /// The printer has done the label of that token (`^HV`).
    Verified(String),
    Lost(LinkError),
    /// Nothing was heard on it for as long as it was given.
    Unanswered,
}

/// `~JX`, behind the end of a line and of a quoted text: a sender that vanished in the middle of a setting's
/// question would otherwise have left a line which swallows this and every label behind it.
pub const CANCEL_PARTIAL_FORMAT: &[u8] = b"\r\n\"\r\n~JX";

/// So long without an answer on the second channel, and the raw connection is asked for everything.
pub const SECOND_CHANNEL_SILENT_AFTER: Duration = Duration::from_secs(3);

/// So long the first answer of a second channel is waited for, and so long one that counted labels may be away, before
/// what the raw connection says of the counter holds: that there is none.
const SECOND_CHANNEL_FIRST_ANSWER: Duration = Duration::from_secs(5);
const SECOND_CHANNEL_GONE_AFTER: Duration = Duration::from_secs(60);

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
    /// The second channel has told the counter of labels.
    second_channel_counts: bool,
    /// How long it may stay without a word. `None`: for ever.
    patience: Option<Duration>,
    is_heard: bool,
    /// Nothing is asked at all.
    is_blind: bool,
    /// Of makes that fall mute on a connection with a job.
    muteness: Option<Muteness>,
    second_opinion: Option<SecondOpinion>,
}

impl Conversation {
    /// Connects. The first readings introduce the printer.
    pub async fn open(address: &PrinterAddress, profile: Option<Profile>) -> Result<Self, LinkError> {
        let link = Link::connect(&address.raw, CONNECT_TIMEOUT, OnClose::Discard).await?;
        let mut conversation = Self::over(link, Rounds::of(profile));
        conversation.status = address.status.clone().map(StatusChannel::start);
        if profile == Some(Profile::ZplGeneric) {
            conversation.interrogation = Interrogation::without_identification();
            let is_alone = address.status.is_none();
            conversation.muteness = is_alone.then(|| Muteness::at(address.raw.clone(), Instant::now()));
        }
        conversation.second_opinion = Some(SecondOpinion::at(address.raw.clone(), Instant::now()));
        Ok(conversation)
    }

    /// Connects to a printer that is asked nothing.
    pub async fn open_blind(address: &PrinterAddress) -> Result<Self, LinkError> {
        let link = Link::connect(&address.raw, CONNECT_TIMEOUT, OnClose::Deliver).await?;
        let mut conversation = Self::over(link, Rounds::of(Some(Profile::Blind)));
        conversation.is_blind = true;
        Ok(conversation)
    }

    fn over(link: Link, rounds: Rounds) -> Self {
        Self {
            link,
            status: None,
            interrogation: Interrogation::default(),
            rounds,
            poll: interval(Duration::from_millis(200)),
            started: Instant::now(),
            writes: 0,
            hushed_until: None,
            second_channel_answered: None,
            second_channel_counts: false,
            patience: None,
            is_heard: false,
            is_blind: false,
            muteness: None,
            second_opinion: None,
        }
    }

    /// Gives up when nothing is heard on it for so long before the first label. `None`: never.
    pub fn give_up_after(&mut self, patience: Option<Duration>) {
        self.patience = patience;
    }

    /// Whether the printer has settings, by former conversations.
    pub fn know_settings(&mut self, has_settings: Option<bool>) {
        self.rounds.know_settings(has_settings);
    }

    /// It has carried a job, and questions on it are not answered since.
    pub fn is_mute(&self) -> bool {
        self.muteness.as_ref().is_some_and(Muteness::is_there)
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
            if let Some(muteness) = &mut self.muteness {
                muteness.carries(number);
            }
            number
        })
    }

    /// Drops a half-received format, whoever sent it; whole ones before and after stay.
    pub fn cancel_partial_format(&mut self) {
        self.link.send(CANCEL_PARTIAL_FORMAT.to_vec(), false);
    }

    /// Hangs up, and what the printer has not got yet never reaches it.
    pub fn discard(self) {
        self.link.discard_on_close();
    }

    /// Asks nothing on the raw connection for so long; the second channel goes on.
    pub fn hush(&mut self, time: Duration) {
        self.hushed_until = Some(Instant::now() + time);
    }

    /// What was heard on a lost connection of a round that did not come to its end.
    pub fn last_words(&mut self) -> Option<Reading> {
        let now_ms = self.now_ms();
        self.interrogation.last_words(now_ms)
    }

    /// The next thing that happened. Safe to cancel.
    pub async fn next(&mut self) -> ConversationEvent {
        loop {
            let event = tokio::select! {
                biased;
                event = self.link.next() => self.on_link(event),
                reading = next_reading(&mut self.status) => self.on_second_channel(reading),
                reading = next_afresh(&mut self.muteness) => Some(ConversationEvent::Reading(reading)),
                () = next_opinion(&mut self.second_opinion) => None,
                _ = self.poll.tick() => self.on_tick(),
            };
            match event {
                Some(ConversationEvent::Reading(reading)) => {
                    return ConversationEvent::Reading(self.rounds.with_cause(reading));
                }
                Some(event) => return event,
                None => {}
            }
        }
    }

    fn on_link(&mut self, event: LinkEvent) -> Option<ConversationEvent> {
        match event {
            LinkEvent::Written => {
                if let Some(muteness) = &mut self.muteness {
                    muteness.wrote(Instant::now());
                }
                Some(ConversationEvent::Written)
            }
            LinkEvent::Reply(Reply::Verified(token)) => Some(ConversationEvent::Verified(token)),
            LinkEvent::Lost(error) => Some(ConversationEvent::Lost(error)),
            LinkEvent::Reply(reply) => {
                self.is_heard = true;
                if let Some(opinion) = &mut self.second_opinion {
                    opinion.heard(Instant::now());
                }
                let step = self.interrogation.reply(reply, self.now_ms());
                self.carry_out(step)
            }
        }
    }

    fn on_second_channel(&mut self, reading: Option<Reading>) -> Option<ConversationEvent> {
        let reading = reading?;
        self.second_channel_answered = Some(Instant::now());
        self.second_channel_counts |= reading.odometer.is_some();
        Some(ConversationEvent::Reading(reading))
    }

    fn on_tick(&mut self) -> Option<ConversationEvent> {
        if self.is_blind {
            return None;
        }
        if let Some(muteness) = self.muteness.as_mut().filter(|_| self.link.unwritten() == 0) {
            muteness.ask_afresh(Instant::now());
        }
        if self.is_dead() {
            let why = "it answers on another connection, and not on this one";
            return Some(ConversationEvent::Lost(LinkError::Broken(why.to_owned())));
        }
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

    /// A counter that the raw connection does not tell may be told there.
    fn may_second_channel_count(&self) -> bool {
        self.status.is_some()
            && match self.second_channel_answered {
                Some(at) => self.second_channel_counts && at.elapsed() < SECOND_CHANNEL_GONE_AFTER,
                None => self.started.elapsed() < SECOND_CHANNEL_FIRST_ANSWER,
            }
    }

    fn carry_out(&mut self, step: Step) -> Option<ConversationEvent> {
        match step {
            Step::Send(query) => {
                self.link.send(query.bytes().to_vec(), false);
                None
            }
            Step::Finished(reading) => {
                self.rounds.learn(&reading, self.second_channel_answers());
                if let Some(muteness) = &mut self.muteness {
                    muteness.learn(&reading);
                }
                let is_unheard = reading.silent && !self.is_heard && self.writes == 0;
                if is_unheard && self.patience.is_some_and(|patience| self.started.elapsed() >= patience) {
                    return Some(ConversationEvent::Unanswered);
                }
                // What this connection does not say is no silence of the printer: it is asked afresh.
                let is_afresh = self.is_mute() && reading.host_status.is_none();
                let mut reading = reading.with_concluded(self.rounds.has_no_counter());
                if self.may_second_channel_count() {
                    reading.counter_absence = CounterAbsence::Unknown;
                }
                (!is_afresh).then_some(ConversationEvent::Reading(reading))
            }
            Step::Wait => None,
        }
    }

    /// Labels were sent over a connection that was answered, and nothing comes from it any more.
    fn is_dead(&mut self) -> bool {
        let may_be_mute = self.muteness.as_ref().is_some_and(Muteness::may_come);
        let is_in_use = self.is_heard && self.writes > 0 && !may_be_mute;
        let Some(opinion) = self.second_opinion.as_mut().filter(|_| is_in_use) else { return false };
        let now = Instant::now();
        opinion.ask_where_silent(now);
        opinion.is_dead(now)
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

async fn next_afresh(muteness: &mut Option<Muteness>) -> Reading {
    match muteness {
        Some(muteness) => muteness.next().await,
        None => std::future::pending().await,
    }
}

async fn next_opinion(opinion: &mut Option<SecondOpinion>) {
    match opinion {
        Some(opinion) => opinion.next().await,
        None => std::future::pending().await,
    }
}

async fn next_reading(status: &mut Option<StatusChannel>) -> Option<Reading> {
    match status {
        Some(status) => status.next().await,
        None => std::future::pending().await,
    }
}
