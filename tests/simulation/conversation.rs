//! `zebra::Conversation` without sockets and tasks: the real reader, questions and rounds over simulated wires.

use crate::outside::Outside;
use platen::simulator::ChannelId;
use platen::zebra::{
    CANCEL_PARTIAL_FORMAT, Interrogation, QUESTION, Reading, Reply, ReplyReader, Rounds,
    SECOND_CHANNEL_SILENT_AFTER, StatusAnswers, Step,
};
use serde_json::Value;

const STATUS_TIMEOUT_MS: i64 = 2_000;

pub struct Conversation {
    pub channel: ChannelId,
    reader: ReplyReader,
    interrogation: Interrogation,
    rounds: Rounds,
    status: Option<StatusChannel>,
    poll_every_ms: i64,
    next_poll_ms: i64,
    pub writes: i64,
    hushed_until_ms: i64,
    second_channel_answered_ms: Option<i64>,
}

/// What a conversation brings.
pub enum Heard {
    Reading(Reading),
    /// The printer names a label it has done.
    Verified(String),
}

#[derive(Default)]
struct StatusChannel {
    channel: Option<ChannelId>,
    /// A question is queued behind the one under way.
    asked: bool,
    open_since_ms: Option<i64>,
    answer: Vec<u8>,
    answers: StatusAnswers,
}

impl Conversation {
    pub fn open(channel: ChannelId, outside: &Outside) -> Self {
        let has_second_channel = outside.setup.has_second_channel;
        Self {
            channel,
            reader: ReplyReader::default(),
            interrogation: Interrogation::default(),
            rounds: Rounds::new(),
            status: has_second_channel.then(StatusChannel::default),
            poll_every_ms: 200,
            next_poll_ms: outside.now_ms,
            writes: 0,
            hushed_until_ms: i64::MIN,
            second_channel_answered_ms: None,
        }
    }

    pub fn channels(&self) -> Vec<ChannelId> {
        let status = self.status.as_ref().and_then(|status| status.channel);
        [Some(self.channel), status].into_iter().flatten().collect()
    }

    /// A new interval ticks at once.
    pub fn set_poll_interval(&mut self, every_ms: i64, now_ms: i64) {
        if self.poll_every_ms != every_ms {
            self.poll_every_ms = every_ms;
            self.next_poll_ms = now_ms;
        }
    }

    pub fn write_label(&mut self, bytes: Vec<u8>, outside: &mut Outside) -> i64 {
        self.writes += 1;
        outside.send(self.channel, bytes, true);
        self.writes
    }

    /// What was heard of a round that did not come to its end.
    pub fn last_words(&mut self, now_ms: i64) -> Option<Reading> {
        self.interrogation.last_words(now_ms)
    }

    pub fn cancel_partial_format(&self, outside: &mut Outside) {
        outside.send(self.channel, CANCEL_PARTIAL_FORMAT.to_vec(), false);
    }

    pub fn hush(&mut self, time_ms: i64, now_ms: i64) {
        self.hushed_until_ms = now_ms + time_ms;
    }

    pub fn next_due_ms(&self) -> i64 {
        let status = self.status.as_ref().and_then(|status| status.open_since_ms);
        status.map_or(self.next_poll_ms, |since| self.next_poll_ms.min(since + STATUS_TIMEOUT_MS))
    }

    /// Bytes came in on one of the channels.
    pub fn hear(&mut self, channel: ChannelId, bytes: &[u8], outside: &mut Outside) -> Vec<Heard> {
        if channel != self.channel {
            let reading = self.status.as_mut().and_then(|status| status.hear(channel, bytes, outside));
            if reading.is_some() {
                self.second_channel_answered_ms = Some(outside.now_ms);
            }
            return reading
                .map(|reading| Heard::Reading(self.rounds.with_cause(reading)))
                .into_iter()
                .collect();
        }
        let mut heard = Vec::new();
        for reply in self.reader.push(bytes) {
            if let Reply::Verified(token) = reply {
                heard.push(Heard::Verified(token));
                continue;
            }
            let step = self.interrogation.reply(reply, outside.now_ms);
            heard.extend(self.carry_out(step, outside).map(Heard::Reading));
        }
        heard
    }

    /// The second channel broke.
    pub fn status_lost(&mut self, channel: ChannelId, outside: &mut Outside) {
        if let Some(status) = self.status.as_mut().filter(|status| status.channel == Some(channel)) {
            status.channel = None;
            status.finish(outside);
        }
    }

    /// What is due by time alone.
    pub fn tick(&mut self, outside: &mut Outside) -> Vec<Reading> {
        if let Some(status) = &mut self.status {
            status.give_up_if_late(outside);
        }
        if outside.now_ms < self.next_poll_ms {
            return Vec::new();
        }
        self.next_poll_ms = outside.now_ms + self.poll_every_ms;
        if let Some(status) = &mut self.status {
            status.ask(outside);
        }
        let step = if self.interrogation.is_busy() {
            self.interrogation.tick(outside.now_ms)
        } else if outside.now_ms < self.hushed_until_ms || outside.wires.unwritten(self.channel) > 0 {
            return Vec::new();
        } else {
            let answers = self.second_channel_answers(outside.now_ms);
            self.interrogation.begin(self.rounds.next_round(answers), self.writes, outside.now_ms)
        };
        self.carry_out(step, outside).into_iter().collect()
    }

    fn second_channel_answers(&self, now_ms: i64) -> bool {
        let silent_after_ms = SECOND_CHANNEL_SILENT_AFTER.as_millis() as i64;
        self.second_channel_answered_ms.is_some_and(|at| now_ms - at < silent_after_ms)
    }

    fn carry_out(&mut self, step: Step, outside: &mut Outside) -> Option<Reading> {
        match step {
            Step::Send(query) => {
                outside.send(self.channel, query.bytes().to_vec(), false);
                None
            }
            Step::Finished(reading) => {
                self.rounds.learn(&reading, self.second_channel_answers(outside.now_ms));
                Some(self.rounds.with_cause(reading).with_concluded(self.rounds.has_no_counter()))
            }
            Step::Wait => None,
        }
    }
}

impl StatusChannel {
    fn ask(&mut self, outside: &mut Outside) {
        if self.open_since_ms.is_some() {
            self.asked = true;
            return;
        }
        self.answer.clear();
        if self.channel.is_none() {
            if outside.printer.is_network_down(outside.now_ms) {
                self.open_since_ms = Some(outside.now_ms);
                return;
            }
            let link =
                if outside.printer.is_listening() { outside.printer.open_json_channel() } else { None };
            let Some(link) = link else { return };
            self.channel = Some(outside.wires.add(link, true, outside.now_ms));
        }
        self.open_since_ms = Some(outside.now_ms);
        if let Some(channel) = self.channel {
            outside.send(channel, QUESTION.to_vec(), false);
        }
    }

    fn hear(&mut self, channel: ChannelId, bytes: &[u8], outside: &mut Outside) -> Option<Reading> {
        if self.channel != Some(channel) || self.open_since_ms.is_none() {
            return None;
        }
        self.answer.extend(bytes);
        let value: Value = serde_json::from_slice(&self.answer).ok()?;
        let age_ms = self.open_since_ms.map_or(0, |since| outside.now_ms - since);
        self.finish(outside);
        Some(Reading { age_ms, uptime_age_ms: age_ms, ..self.answers.reading(&value) })
    }

    /// After a time-out the connection goes, and the late answer with it.
    fn give_up_if_late(&mut self, outside: &mut Outside) {
        if self.open_since_ms.is_some_and(|since| outside.now_ms >= since + STATUS_TIMEOUT_MS) {
            if let Some(channel) = self.channel.take() {
                outside.let_go(channel, true);
            }
            self.finish(outside);
        }
    }

    fn finish(&mut self, outside: &mut Outside) {
        self.open_since_ms = None;
        if std::mem::take(&mut self.asked) {
            self.ask(outside);
        }
    }
}
