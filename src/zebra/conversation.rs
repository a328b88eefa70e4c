//! Everything said to and heard from one printer: labels on the raw connection, questions on it
//! between labels, and the second channel where the printer has one.

use super::afresh::host_status_afresh;
use super::second_opinion::SecondOpinion;
use super::status_channel::StatusChannel;
use super::{
    CounterAbsence, HostStatus, Interrogation, Link, LinkError, LinkEvent, OnClose, Reading, Reply, Rounds,
    Step,
};
use crate::domain::Profile;
use std::time::Duration;
use tokio::task::JoinHandle;
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

/// So many questions in a row without an answer on a connection that has carried a job.
const MUTE_AFTER: u32 = 2;
/// Longer than a parser waits before it turns to another connection: what was written before is read by then, if the
/// printer is idle.
const READ_WITHIN: Duration = Duration::from_secs(6);

/// Such makes serve few connections: no more than one in this time.
const AFRESH_EVERY: Duration = Duration::from_millis(500);

/// A status asked for on a connection of its own, since when.
type Afresh = (Instant, JoinHandle<Option<HostStatus>>);

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
    /// Where to ask afresh, for makes that fall mute on a connection with a job.
    address_afresh: Option<String>,
    afresh: Option<Afresh>,
    asked_afresh: Instant,
    unanswered: u32,
    /// It was asked behind a label, and told its status.
    answers_behind_labels: bool,
    last_written: Instant,
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
            conversation.address_afresh = address.status.is_none().then(|| address.raw.clone());
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
            address_afresh: None,
            afresh: None,
            asked_afresh: Instant::now(),
            unanswered: 0,
            answers_behind_labels: false,
            last_written: Instant::now(),
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
        self.may_fall_mute() && self.writes > 0 && self.unanswered >= MUTE_AFTER
    }

    /// One that answers behind labels too does not fall mute by itself: should it fall silent, the connection is dead.
    fn may_fall_mute(&self) -> bool {
        self.address_afresh.is_some() && !self.answers_behind_labels
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
                (asked_at, status) = next_afresh(&mut self.afresh) => {
                    Some(ConversationEvent::Reading(self.heard_afresh(asked_at, status)))
                }
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
                self.last_written = Instant::now();
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
        self.ask_afresh_where_mute();
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
                self.unanswered = if reading.silent { self.unanswered + 1 } else { 0 };
                self.answers_behind_labels |=
                    reading.host_status.is_some() && reading.received_through > Some(0);
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
        let is_in_use = self.is_heard && self.writes > 0 && !self.may_fall_mute();
        let Some(opinion) = self.second_opinion.as_mut().filter(|_| is_in_use) else { return false };
        let now = Instant::now();
        opinion.ask_where_silent(now);
        opinion.is_dead(now)
    }

    fn ask_afresh_where_mute(&mut self) {
        let is_early = self.asked_afresh.elapsed() < AFRESH_EVERY;
        if !self.is_mute() || is_early || self.afresh.is_some() || self.link.unwritten() > 0 {
            return;
        }
        self.asked_afresh = Instant::now();
        if let Some(address) = self.address_afresh.clone() {
            self.afresh = Some((Instant::now(), tokio::spawn(host_status_afresh(address))));
        }
    }

    /// No answer afresh either is a silence. What is idle long after the last byte has read it.
    fn heard_afresh(&mut self, asked_at: Instant, host_status: Option<HostStatus>) -> Reading {
        self.afresh = None;
        let is_idle = host_status.is_some_and(|status| status.is_idle());
        let has_read = is_idle && asked_at.saturating_duration_since(self.last_written) >= READ_WITHIN;
        Reading {
            host_status,
            silent: host_status.is_none(),
            received_through: has_read.then_some(self.writes),
            age_ms: asked_at.elapsed().as_millis() as i64,
            afresh: true,
            ..Reading::default()
        }
    }

    fn now_ms(&self) -> i64 {
        self.started.elapsed().as_millis() as i64
    }
}

impl Drop for Conversation {
    fn drop(&mut self) {
        if let Some((_, task)) = &self.afresh {
            task.abort();
        }
    }
}

fn interval(every: Duration) -> tokio::time::Interval {
    let mut interval = tokio::time::interval(every);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    interval
}

async fn next_afresh(afresh: &mut Option<Afresh>) -> (Instant, Option<HostStatus>) {
    match afresh {
        Some((asked_at, task)) => {
            let status = task.await.ok().flatten();
            (*asked_at, status)
        }
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
