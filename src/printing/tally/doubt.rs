//! What is known of the labels under way where some may have left the buffer without being printed. Pure.
//!
//! CANCEL pauses too, and drops the label that is next (zebra.md, `~JP`): nothing tells it from PAUSE at once. While the
//! printer stands only the label in motion comes out, and that is an older one: what is counted then is right. Behind
//! the pause a count may name the wrong labels, until as many are counted as were sent, or as had left the buffer. Without
//! a counter a label that was dropped looks like one that was printed; none was, where no format has left the buffer. The same
//! goes for a restart that nobody saw (`unwatched.rs`).

use super::{Sent, Tally};
use crate::zebra::{HostStatus, Reading};

/// Nobody cancels a label and opens the head between two answers that are as close as that, one lost between them.
const LONGEST_BETWEEN_MS: i64 = 1_500;

/// Labels of ours may have left the buffer without being printed: somebody paused the printer while it held them, or it was
/// not heard of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Doubt {
    /// The printer has stood since the pause was first seen, by all that was heard.
    stands: bool,
    /// The label that comes out next is this one at most: those before it have left the buffer, some dropped perhaps.
    next_at_most: i64,
    /// The counter, as it was heard before the printer was seen to stand still.
    odometer: Option<i64>,
    /// A format has left the buffer of a printer that stood, or that was about to.
    has_lost: bool,
}

impl Doubt {
    /// In a former life of the service, or in an absence: what came out since may be anything.
    pub(super) fn through(next_at_most: i64) -> Self {
        Self { stands: false, next_at_most, odometer: None, has_lost: true }
    }

    /// Nobody saw how it went on.
    pub(super) fn out_of_sight(self) -> Self {
        Self { stands: false, ..self }
    }

    /// A format has left the buffer in that time: printed or dropped, who knows.
    pub(super) fn has_lost(self) -> bool {
        self.has_lost
    }
}

/// What has left the buffer of labels of ours, by one status.
#[derive(Clone, Copy)]
struct Left {
    by_now: i64,
    /// Of a printer that stands, since the status before.
    in_pause: bool,
    /// And that stood before.
    while_it_stood: bool,
    into_another_fault: bool,
}

impl Tally {
    /// Before the status and the count of this reading are taken in.
    pub(super) fn note_pause(&mut self, status: HostStatus, reading: &Reading, sent: Sent, now_ms: i64) {
        let left = self.note_left_buffer(status, reading, sent, now_ms);
        // A pause behind a fault is the fault's, and does not count as a person's, unless something is dropped in it. One that is
        // found behind a silence, or by a connection behind the one that was lost, may be either.
        let is_begun = match self.host_status() {
            Some(before) => !before.paused,
            None => sent.recovering && !self.in_media_fault,
        };
        let is_persons = status.paused && !status.may_reprint() && is_begun;
        let has_dropped = left.while_it_stood && !left.into_another_fault;
        if self.doubt.is_none() && (is_persons || has_dropped) && sent.offered > self.printed {
            self.doubt = Some(Doubt { stands: true, next_at_most: 1, odometer: None, has_lost: false });
        }
        self.follow_doubt(status, reading, sent, left, now_ms - reading.age_ms);
    }

    fn note_left_buffer(&mut self, status: HostStatus, reading: &Reading, sent: Sent, now_ms: i64) -> Left {
        let (at_least, at_most) =
            (sent.received - status.formats_in_buffer, sent.offered - status.formats_in_buffer);
        let is_of_parser = reading.is_of_parser();
        let has_moved = is_of_parser && at_least > self.left_buffer;
        let into_another_fault = self.has_gone_on_into(status, now_ms);
        let was_paused = self.parser_status.is_some_and(|before| before.paused);
        if is_of_parser {
            self.left_buffer = at_most;
            self.parser_status = Some(status);
        }
        // Behind a lost connection nobody knows how much of what was sent the parser has read.
        let by_now = if sent.recovering { self.left_buffer } else { at_least };
        let in_pause = has_moved && status.paused;
        Left { by_now, in_pause, while_it_stood: in_pause && was_paused, into_another_fault }
    }

    fn follow_doubt(
        &mut self,
        status: HostStatus,
        reading: &Reading,
        sent: Sent,
        left: Left,
        asked_at_ms: i64,
    ) {
        // Seen at work: in a pause the next label may be dropped yet.
        let is_at_work = reading.is_of_parser() && reading.received_through.is_some() && !status.paused;
        if is_at_work && self.has_printed(left.by_now, sent, asked_at_ms) {
            self.doubt = None;
        }
        let is_restarted = self.restart.is_some();
        let Some(doubt) = &mut self.doubt else { return };
        doubt.stands &= status.paused;
        if !reading.second_channel && !is_restarted {
            doubt.next_at_most = doubt.next_at_most.max(left.by_now + 1);
        }
        doubt.has_lost |= left.in_pause;
        if doubt.stands && self.odometer_heard_at_ms <= asked_at_ms {
            doubt.odometer = self.odometer.map(|(odometer, _)| odometer);
        }
    }

    /// All labels that have left the buffer are on paper, by a count from before: none was dropped.
    fn has_printed(&self, left_buffer: i64, sent: Sent, asked_at_ms: i64) -> bool {
        let is_disturbed =
            sent.recovering || self.restart.is_some() || self.suspects_others() || self.reprints_possible > 0;
        let is_from_before = self.odometer_heard_at_ms <= asked_at_ms;
        !is_disturbed && is_from_before && self.counted() == Some(left_buffer)
    }

    /// It was let go and stands in another fault, between two answers that are close to each other: a label came out.
    fn has_gone_on_into(&self, status: HostStatus, now_ms: i64) -> bool {
        let is_close = self.parser_heard_at_ms.is_some_and(|at| now_ms - at <= LONGEST_BETWEEN_MS);
        let before = self.parser_status.as_ref().map(HostStatus::media_faults);
        is_close && status.may_reprint() && before.is_some_and(|before| before != status.media_faults())
    }

    /// The count may name the wrong labels, for some were perhaps dropped at the printer; nothing new is sent until all
    /// that was sent is out. The next that comes out is this one at most; 0: the count is right.
    pub fn count_in_doubt_through(&self) -> i64 {
        self.doubt.map_or(0, |doubt| doubt.next_at_most)
    }

    /// Up to there a count names the right labels, whatever was dropped in a pause.
    pub(super) fn counted_before_dropped(&self, counted: i64) -> i64 {
        let Some(doubt) = self.doubt else { return counted };
        let stood = doubt.odometer.zip(self.baseline.odometer).map(|(odometer, base)| odometer - base);
        stood.unwrap_or(self.printed).max(self.printed).min(counted)
    }

    /// Labels were dropped: which of those that were sent came out the count does not tell.
    pub(super) fn is_mixed(&self, counted: i64, sent: Sent) -> bool {
        let is_past_pause = counted > self.counted_before_dropped(counted);
        // A suspicion is often wrong on a loaded machine: it must not make a power cut cost more than one label.
        let is_past_lack =
            self.restart.is_none() && self.surplus.is_lack_suspected() && counted > self.printed;
        // What was read does not get lost with a connection: then it was dropped.
        let has_dropped = self.is_on_since_loss() && counted < sent.received;
        counted < sent.offered && (is_past_pause || is_past_lack || has_dropped)
    }
}
