//! From printer readings to labels printed, not printed, or in doubt. Pure: no clock, no I/O.
//!
//! Confirmed is what the label counter says, bounded above by what was sent less what is still
//! buffered. A contradiction is named, never explained away. Counts here are of one run: 0 to its length.

mod count_moment;
mod counter;
mod doubt;
mod judging;
mod restart;
mod stillness;
mod surplus;
mod unwatched;
mod works;

use self::count_moment::CountMoment;
use self::doubt::Doubt;
use self::restart::{Before, Restart};
use self::stillness::Stillness;
use self::surplus::Surplus;

pub use self::works::{FormerWorks, UsualWorks};
use crate::domain::{Code, Evidence};
use crate::zebra::{HostStatus, Reading};

/// What an idle printer said before the first byte of a run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Baseline {
    /// Absent: this printer cannot count labels.
    pub odometer: Option<i64>,
    pub uptime_s: Option<i64>,
    pub unique_id: Option<String>,
    /// Wall clock, milliseconds: with the uptime it tells a restart even after days.
    pub taken_at_ms: i64,
    /// How long the answers took that it was told with, milliseconds.
    pub answer_ms: i64,
    /// What this device had in the works when it printed before.
    pub usual_works: UsualWorks,
}

/// How far the labels of the run have got on their way, as the sender knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sent {
    /// An upper bound of what can come out: everything whose bytes may have left.
    pub offered: i64,
    /// What the printer's parser has certainly read, on this connection.
    pub received: i64,
    /// The connection of the run is gone: a tail of what was offered may never have arrived.
    pub recovering: bool,
    /// How long an idle printer whose count does not move must keep still before it is believed, more than one label's time.
    pub settle_ms: i64,
    /// The same where its count is not known from the beginning of that time: more than that of all labels that may be
    /// out of sight.
    pub settle_unseen_ms: i64,
}

impl Sent {
    /// Nothing is under way to the printer any more: it was read, or the connection took it along.
    fn has_arrived(self) -> bool {
        self.recovering || self.received >= self.offered
    }
}

/// What follows from a reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// So many labels have evidence; more may come.
    Printed(i64),
    /// The printer holds nothing of this run any more: so many are printed, the rest is proved not printed.
    Settled(i64),
    /// The buffer was lost: so many are printed, the next `doubtful` ones cannot be known, the rest is not printed.
    Interrupted { printed: i64, doubtful: i64 },
    /// The readings contradict what was sent: ask a person.
    Contradiction(Code),
}

/// Formats that may be in the printer and not in `~HS` eee: the one that prints, and one made ready behind it.
pub(super) const FORMATS_OUT_OF_SIGHT: i64 = 2;
/// Nothing has come out since a reading as young as that, if the printer kept still before.
const FRESH_MS: i64 = 500;

/// The evidence of one run so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    baseline: Baseline,
    printed: i64,
    /// Media faults in this run: each may put one torn label on the counter twice (`^JZY`).
    reprints_possible: i64,
    /// The same of media faults that nobody heard of.
    reprints_unseen: i64,
    in_media_fault: bool,
    doubt: Option<Doubt>,
    /// Formats that the parser had read and that waited no more, at most, by its own last host status.
    left_buffer: i64,
    parser_status: Option<HostStatus>,
    /// With the earliest moment it may describe, as everything heard here.
    host_status: Option<(HostStatus, i64)>,
    /// When the parser itself answered last, on this connection: a second channel answers beside it.
    parser_heard_at_ms: Option<i64>,
    odometer: Option<(i64, i64)>,
    odometer_heard_at_ms: i64,
    /// The one before that, and when it was heard.
    odometer_before: Option<(i64, i64)>,
    counter_went_back: bool,
    /// The printer said, and has not taken back, that it has no counter.
    counter_missing: bool,
    uptime_s: Option<i64>,
    uptime_at_ms: Option<i64>,
    uptime_heard_at_ms: i64,
    /// The same when the connection was lost.
    uptime_at_loss_ms: Option<i64>,
    /// What the parser had read, and since when that is known.
    received: (i64, i64),
    /// The same before that.
    received_before: (i64, i64),
    /// When a host status came in last.
    status_heard_at_ms: Option<i64>,
    still: Option<Stillness>,
    /// The same of a printer that half a format keeps from being idle.
    torn_still: Option<Stillness>,
    /// The counter at or behind the last label that was sent, and since when.
    all_counted: Option<(i64, i64)>,
    /// That format was dropped, and no rest of it can come: it kept no label from coming out.
    is_torn_dropped: bool,
    /// When that was, on this connection.
    torn_dropped_at_ms: Option<i64>,
    surplus: Surplus,
    count_moment: CountMoment,
    before_restart: Before,
    restart: Option<Restart>,
    /// The counter when a half-received format was dropped. Should labels come behind it after all, they are not the
    /// ones whose numbers they take.
    dropped_at: Option<i64>,
    /// The end: which of the labels are out the count does not say.
    has_found_labels_mixed: bool,
}

impl Tally {
    /// Starts from a baseline with `printed` labels known already (after a restart of the service).
    pub fn new(baseline: Baseline, printed: i64, reprints_possible: i64) -> Self {
        Self {
            uptime_s: baseline.uptime_s,
            before_restart: Before::at_the_beginning(baseline.odometer),
            surplus: Surplus::knowing(baseline.usual_works),
            count_moment: CountMoment::knowing(baseline.usual_works.counts_at_beginning),
            baseline,
            printed,
            reprints_possible,
            reprints_unseen: 0,
            // A fault that was counted in a former life of the service is not counted again.
            in_media_fault: reprints_possible > 0,
            doubt: None,
            left_buffer: 0,
            parser_status: None,
            host_status: None,
            status_heard_at_ms: None,
            parser_heard_at_ms: None,
            odometer: None,
            odometer_before: None,
            odometer_heard_at_ms: i64::MIN,
            counter_went_back: false,
            counter_missing: false,
            uptime_at_ms: None,
            uptime_heard_at_ms: i64::MIN,
            uptime_at_loss_ms: None,
            received: (0, i64::MIN),
            received_before: (0, i64::MIN),
            still: None,
            all_counted: None,
            torn_still: None,
            is_torn_dropped: false,
            torn_dropped_at_ms: None,
            restart: None,
            dropped_at: None,
            has_found_labels_mixed: false,
        }
    }

    /// The baseline, moved on where reprints of torn labels were counted.
    pub fn baseline(&self) -> &Baseline {
        &self.baseline
    }

    /// Labels with evidence.
    pub fn printed(&self) -> i64 {
        self.printed
    }

    /// Torn labels that may yet be counted twice. While there are any, nothing new is sent.
    pub fn reprints_possible(&self) -> i64 {
        self.reprints_possible
    }

    /// The uptime says that the printer was switched off; nothing new is sent until that is settled.
    pub fn seems_restarted(&self) -> bool {
        self.restart.is_some()
    }

    /// The count was in doubt in a former life of the service, as [`Self::count_in_doubt_through`] told.
    pub fn with_count_in_doubt(self, through: i64) -> Self {
        Self { doubt: (through > 0).then(|| Doubt::through(through)), ..self }
    }

    /// The count does not say which of the labels are out, as it was found at the end or as it may turn out: a connection that
    /// outlived a restart brings labels that may take the numbers of those that were lost.
    pub fn are_labels_mixed(&self, sent: Sent) -> bool {
        self.has_found_labels_mixed || self.restart.is_some_and(|restart| restart.is_mixing(sent))
    }

    /// Another sender's labels or torn ones may hide in the count, or some of ours have left the buffer without coming out.
    pub fn suspects_others(&self) -> bool {
        self.surplus.is_suspected() || self.reprints_unseen > 0
    }

    /// What was learnt of the labels this printer has in the works.
    pub fn usual_works(&self) -> UsualWorks {
        UsualWorks { counts_at_beginning: self.count_moment.is_certain(), ..self.surplus.works() }
    }

    /// The last host status, if there was one.
    pub fn host_status(&self) -> Option<&HostStatus> {
        self.host_status.as_ref().map(|(status, _)| status)
    }

    /// What the counts rest on.
    pub fn evidence(&self) -> Evidence {
        if self.baseline.odometer.is_some() { Evidence::Odometer } else { Evidence::BufferDrained }
    }

    /// The connection is new: what the old one said of idleness proves nothing any more.
    pub fn forget_readings(&mut self) {
        self.note_connection_lost();
        self.surplus.interrupt();
        self.reprints_unseen = 0;
        self.doubt = self.doubt.map(Doubt::out_of_sight);
        self.uptime_at_loss_ms = self.uptime_at_loss_ms.or(self.uptime_at_ms);
        self.host_status = None;
        self.status_heard_at_ms = None;
        self.parser_heard_at_ms = None;
        self.odometer = None;
        self.odometer_before = None;
        self.still = None;
        self.all_counted = None;
        self.torn_still = None;
        self.is_torn_dropped = false;
        self.torn_dropped_at_ms = None;
    }

    /// A half-received format was dropped just now, in a printer that kept still. `had_room`: for its rest, all the time;
    /// what begins now is no label of it.
    pub fn note_format_dropped(&mut self, had_room: bool, now_ms: i64) {
        self.is_torn_dropped = had_room;
        self.torn_dropped_at_ms = had_room.then_some(now_ms);
        // Half a format must not be asked for settings: without a second channel the counter is not known then.
        let fresh = self.odometer.filter(|(_, at)| now_ms - at <= FRESH_MS).map(|(odometer, _)| odometer);
        self.dropped_at = self.dropped_at.or(fresh);
    }

    /// Takes a reading and says what follows.
    pub fn observe(&mut self, reading: &Reading, sent: Sent, now_ms: i64) -> Verdict {
        if let (Some(expected), Some(found)) = (&self.baseline.unique_id, &reading.unique_id)
            && expected != found
        {
            return Verdict::Contradiction(Code::WrongPrinter);
        }
        if self.has_lost_its_counter(reading) {
            return Verdict::Contradiction(Code::CounterContradiction);
        }
        self.note_uptime(reading, sent, now_ms);
        self.note_behind_restart(reading, sent);
        self.note_unwatched(reading, sent, now_ms);
        self.note_host_status(reading, sent, now_ms);
        self.look_for_surplus(reading, sent, now_ms);
        if let Some(odometer) = reading.odometer {
            self.note_odometer(odometer, now_ms - reading.age_ms, now_ms);
        }
        self.note_count_moment(reading, sent, now_ms);
        self.note_all_counted(sent, now_ms);
        self.note_received(reading, sent, now_ms);
        self.note_before_restart(reading);
        self.note_stillness(reading, sent, now_ms);
        match (self.baseline.odometer, self.odometer) {
            (Some(base), Some((odometer, _))) => self.judge_count(odometer - base, sent),
            (Some(_), None) => Verdict::Printed(self.printed),
            (None, _) => self.judge_buffer(sent),
        }
    }

    fn note_host_status(&mut self, reading: &Reading, sent: Sent, now_ms: i64) {
        let Some(status) = reading.host_status else { return };
        let fault = status.may_reprint();
        if fault && !self.in_media_fault && sent.offered > self.printed {
            self.reprints_possible += 1;
        }
        self.note_pause(status, reading, sent, now_ms);
        self.in_media_fault = fault;
        self.host_status = Some((status, now_ms - reading.age_ms));
        if !reading.second_channel {
            self.parser_heard_at_ms = self.parser_heard_at_ms.max(Some(now_ms - reading.age_ms));
        }
    }

    /// Beside a second channel what was read and what is buffered come in different answers.
    fn note_received(&mut self, reading: &Reading, sent: Sent, now_ms: i64) {
        if sent.received > self.received.0 {
            let is_apart = self.baseline.uptime_s.is_some() && reading.uptime_s.is_none();
            self.received_before = self.received;
            self.received = (sent.received, if is_apart { now_ms } else { now_ms - reading.age_ms });
        }
    }
}

#[cfg(test)]
#[path = "tally_test.rs"]
mod tests;
