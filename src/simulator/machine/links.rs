//! Connections as the printer sees them: who may speak, whose bytes wait, and which links are lost.

use super::Machine;
use crate::simulator::knobs::{PowerCutConnections, SecondConnection};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

/// A connection, to whichever port; never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChannelId(pub u64);

/// A connection with the age of its link: after a cut, older links are lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    pub channel: ChannelId,
    epoch: u64,
}

/// What the printer's end of a connection does now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Read up to so many bytes. None is a closed window.
    Serve { room: usize },
    /// Neither read nor write: the network is down, or the printer without power.
    Hold,
    /// Close in order: idle for too long.
    Close,
    /// Reset.
    Reset,
}

#[derive(Debug, Default)]
pub(super) struct Links {
    channels: BTreeMap<ChannelId, Channel>,
    /// Connections to the JSON port.
    json: BTreeSet<ChannelId>,
    created: u64,
    epoch: u64,
    /// Dead, and the other side does not know.
    forgotten: BTreeSet<ChannelId>,
    /// Whose bytes continue what the lexer has begun.
    owner: Option<ChannelId>,
    network_down_until: Option<Duration>,
}

#[derive(Debug)]
struct Channel {
    /// Received, waiting for the parser.
    pending: VecDeque<u8>,
    is_open: bool,
    last_active: Duration,
    /// A format came over it.
    has_carried_format: bool,
}

impl Links {
    pub(super) fn pending_bytes(&self) -> usize {
        self.channels.values().map(|channel| channel.pending.len()).sum()
    }

    pub(super) fn created(&self) -> u64 {
        self.created
    }

    pub(super) fn next_instant(&self) -> Option<Duration> {
        self.network_down_until
    }

    pub(super) fn due(&mut self, now: Duration) {
        self.network_down_until = self.network_down_until.filter(|until| *until > now);
    }

    pub(super) fn next_idle_close(&self, idle_close_s: f64, now: Duration) -> Option<Duration> {
        if idle_close_s == 0.0 {
            return None;
        }
        let idle = Duration::from_secs_f64(idle_close_s);
        let open = self.channels.values().filter(|channel| channel.is_open);
        open.map(|channel| channel.last_active + idle).filter(|instant| *instant > now).min()
    }

    /// The cable is back; connections have survived.
    pub(super) fn drop_network_until(&mut self, until: Duration) {
        self.network_down_until = Some(until);
    }

    /// Every connection is lost.
    pub(super) fn cut(&mut self) {
        self.epoch += 1;
        self.forget_bytes();
        self.channels.clear();
        self.json.clear();
    }

    /// The connections to the print port are dead from now on, and the other side is not told.
    pub(super) fn forget(&mut self) {
        self.forgotten.extend(self.channels.keys());
        self.channels.values_mut().for_each(|channel| channel.is_open = false);
    }

    /// What was received and not parsed is lost; the connections are not.
    pub(super) fn forget_bytes(&mut self) {
        self.owner = None;
        self.channels.values_mut().for_each(|channel| channel.pending.clear());
    }

    /// The channel whose bytes may be parsed next.
    fn parsable(&self, turn: &Turn) -> Option<ChannelId> {
        let has_bytes = |channel: &Channel| !channel.pending.is_empty();
        let waiting = self.channels.iter().filter(|(_, channel)| has_bytes(channel));
        waiting.map(|(id, _)| *id).find(|id| self.is_heard(*id, turn))
    }

    /// The parser serves one channel at a time: whoever is in the middle of something keeps the others waiting,
    /// until it hangs up or has been quiet for long.
    fn is_heard(&self, id: ChannelId, turn: &Turn) -> bool {
        if turn.first_only && self.channels.keys().next().is_some_and(|first| *first < id) {
            return false;
        }
        let Some(owner) = self.owner.filter(|owner| turn.is_busy && *owner != id) else { return true };
        self.channels.get(&owner).is_none_or(|channel| {
            channel.pending.is_empty() && (!channel.is_open || turn.now >= channel.last_active + turn.quiet)
        })
    }
}

/// What decides whose turn it is.
struct Turn {
    is_busy: bool,
    quiet: Duration,
    first_only: bool,
    now: Duration,
}

impl Machine {
    /// A connection to the print port is asked for; `None` resets it at once.
    pub fn open_print_channel(&mut self, now: Duration) -> Option<Link> {
        let open = self.links.channels.values().filter(|channel| channel.is_open).count();
        let is_refused = open > 0 && self.knobs.second_connection == SecondConnection::Refuse;
        if open >= self.knobs.max_connections || is_refused {
            return None;
        }
        let link = self.new_link();
        let channel =
            Channel { pending: VecDeque::new(), is_open: true, last_active: now, has_carried_format: false };
        self.links.channels.insert(link.channel, channel);
        if self.power.take_first_greeting() && !self.knobs.boot_garbage.is_empty() {
            let garbage = self.knobs.boot_garbage.clone().into_bytes();
            self.reply(Some(link.channel), garbage);
        }
        Some(link)
    }

    /// A connection to the JSON port is asked for; `None` resets it at once.
    pub fn open_json_channel(&mut self) -> Option<Link> {
        const MAX_JSON_CONNECTIONS: usize = 8;
        if self.links.json.len() >= MAX_JSON_CONNECTIONS {
            return None;
        }
        let link = self.new_link();
        self.links.json.insert(link.channel);
        Some(link)
    }

    fn new_link(&mut self) -> Link {
        self.links.created += 1;
        Link { channel: ChannelId(self.links.created), epoch: self.links.epoch }
    }

    /// What to do with a connection at this moment.
    pub fn fate(&self, link: Link, now: Duration) -> Fate {
        if link.epoch != self.links.epoch {
            let waits = self.knobs.power_cut_connections == PowerCutConnections::HalfOpen;
            return if waits && !self.is_listening() { Fate::Hold } else { Fate::Reset };
        }
        if self.is_network_down(now) || self.links.forgotten.contains(&link.channel) {
            return Fate::Hold;
        }
        // Who is not heard is not read either: its bytes wait in the socket, not in the receive buffer.
        let room = match self.links.channels.contains_key(&link.channel) {
            true if !self.is_on() => usize::MAX,
            true if !self.links.is_heard(link.channel, &self.turn(now)) => 0,
            _ => self.room(),
        };
        let idle_close_s = self.knobs.idle_close_s;
        let is_idle = |channel: &Channel| {
            idle_close_s > 0.0 && now >= channel.last_active + Duration::from_secs_f64(idle_close_s)
        };
        if room > 0 && self.links.channels.get(&link.channel).is_some_and(is_idle) {
            return Fate::Close;
        }
        Fate::Serve { room }
    }

    /// Nothing passes, and nobody is accepted.
    pub fn is_network_down(&self, now: Duration) -> bool {
        self.links.network_down_until.is_some_and(|until| now < until)
    }

    pub(super) fn receive(&mut self, id: ChannelId, bytes: &[u8]) {
        let Some(channel) = self.links.channels.get_mut(&id) else { return };
        channel.last_active = self.now;
        if self.power.is_on() {
            channel.pending.extend(bytes);
        }
    }

    pub(super) fn channel_closed(&mut self, id: ChannelId) {
        self.links.json.remove(&id);
        let Some(channel) = self.links.channels.get_mut(&id) else { return };
        channel.is_open = false;
        if self.knobs.fin_drops_data {
            channel.pending.clear();
            if self.links.owner == Some(id) {
                self.memory.lexer.discard_partial();
            }
            self.drop_formats_of(id);
        }
    }

    /// A format came over this connection.
    pub(super) fn note_format_of(&mut self, id: ChannelId) {
        if let Some(channel) = self.links.channels.get_mut(&id) {
            channel.has_carried_format = true;
        }
    }

    /// Whether `~HS` is ignored on this connection.
    pub(super) fn ignores_host_status(&self, id: ChannelId) -> bool {
        let has_carried = self.links.channels.get(&id).is_some_and(|channel| channel.has_carried_format);
        self.knobs.hs_silent_before_first_label && self.labels == 0
            || self.knobs.hs_silent_after_format && has_carried
    }

    fn turn(&self, now: Duration) -> Turn {
        Turn {
            is_busy: self.memory.lexer.is_busy(),
            quiet: Duration::from_secs_f64(self.knobs.channel_quiet_s),
            first_only: self.knobs.second_connection == SecondConnection::AcceptSilent,
            now,
        }
    }

    /// Gives the lexer every byte whose turn it is.
    pub(super) fn parse(&mut self) {
        while self.is_on() {
            let Some(id) = self.links.parsable(&self.turn(self.now)) else { break };
            while let Some(byte) =
                self.links.channels.get_mut(&id).and_then(|channel| channel.pending.pop_front())
            {
                let token = self.memory.lexer.push(byte);
                self.links.owner = Some(id);
                if let Some(token) = token {
                    self.obey(id, token);
                    break;
                }
            }
            self.forget_closed_channels();
        }
        self.forget_closed_channels();
    }

    /// `~JA`: what other connections sent before it is cleared too.
    pub(super) fn forget_bytes_of_others(&mut self, id: ChannelId) {
        let others = self.links.channels.iter_mut().filter(|(other, _)| **other != id);
        others.for_each(|(_, channel)| channel.pending.clear());
    }

    /// When a connection that stopped in the middle has been quiet for long enough to let others be heard.
    pub(super) fn quiet_channel_instant(&self) -> Option<Duration> {
        let owner = self.links.owner.filter(|_| self.memory.lexer.is_busy())?;
        let others_wait = self.links.channels.len() > 1;
        let quiet = Duration::from_secs_f64(self.knobs.channel_quiet_s);
        let instant = self.links.channels.get(&owner)?.last_active + quiet;
        (others_wait && instant > self.now).then_some(instant)
    }

    fn forget_closed_channels(&mut self) {
        let owner = self.links.owner;
        self.links.channels.retain(|_, channel| channel.is_open || !channel.pending.is_empty());
        if owner.is_some_and(|owner| !self.links.channels.contains_key(&owner)) {
            self.links.owner = None;
            self.memory.lexer.sender_closed();
        }
    }
}
