//! What a printer has told in one round of questions, and how old and whose that is.

use super::HostStatus;

/// Why a reading has no counter of labels.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum CounterAbsence {
    /// It was not heard, or it is there.
    #[default]
    Unknown,
    /// The printer has kept silent about it for so long that it has none.
    Concluded,
    /// The printer answered that it has none (`?`), here and now.
    Told,
}

/// What one round of questions found; absent means not asked or not answered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reading {
    pub host_status: Option<HostStatus>,
    /// Labels in the device's life (`odometer.total_label_count`).
    pub odometer: Option<i64>,
    /// Whether a counter that is not in this reading is known not to exist.
    pub counter_absence: CounterAbsence,
    pub uptime_s: Option<i64>,
    /// The speed labels are printed at now (`media.speed`), millimetres a second.
    pub print_speed_mm_per_s: Option<u32>,
    /// By `zpl.system_error`.
    pub cutter_jammed: Option<bool>,
    pub unique_id: Option<String>,
    pub model: Option<String>,
    pub firmware: Option<String>,
    pub dpmm: Option<u32>,
    /// Number of the last write before this `~HS` on the same connection: its answer proves that the
    /// printer's parser has read that far.
    pub received_through: Option<i64>,
    /// It may describe the printer as it was so long ago: since the first question was asked.
    pub age_ms: i64,
    /// The same for the uptime, which is asked last: a printer was not switched off before that.
    pub uptime_age_ms: i64,
    /// So long the printer may have been off since the status before, on the same connection: questions stayed without an
    /// answer, and none that was answered was on its way.
    pub absent_ms: i64,
    /// A question stayed without an answer, here or on a channel that has answered it before. Absent without this
    /// only means that it was not asked, or that the channel does not carry it.
    pub silent: bool,
    /// The question without an answer was for a setting, and what was asked behind it was answered.
    pub setting_passed_over: bool,
    /// It came over the second channel.
    pub second_channel: bool,
    /// Asked on a connection of its own, where that is done only now and then.
    pub afresh: bool,
}

impl Reading {
    /// The printer does not count labels, by what was concluded on this connection.
    pub fn with_concluded(self, has_no_counter: bool) -> Self {
        let concluded = if has_no_counter { CounterAbsence::Concluded } else { CounterAbsence::Unknown };
        Self { counter_absence: self.counter_absence.max(concluded), ..self }
    }

    /// The parser itself answered, on the connection that its labels come over.
    pub fn is_of_parser(&self) -> bool {
        !self.second_channel && !self.afresh
    }

    /// Answered without the status that it told before on this channel: as some do in a fault (zebra.md 1.5).
    pub fn withholds_status(&self) -> bool {
        self.second_channel && self.silent
    }

    /// Who answered, and whether; not how the printer was, which may be long ago.
    pub fn without_state(&self) -> Self {
        Self { host_status: None, odometer: None, uptime_s: None, ..self.clone() }
    }
}
