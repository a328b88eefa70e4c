//! What is believed of the counter's answers: which is the newest, and whether it is there at all. Pure.

use super::Tally;
use crate::zebra::{CounterAbsence, Reading};

impl Tally {
    /// A printer that counted when the run began and says now that it cannot: another language, or another firmware.
    /// What it printed of the run is not known. Said once it may be a slip of the wire.
    pub(super) fn has_lost_its_counter(&mut self, reading: &Reading) -> bool {
        let is_told = reading.counter_absence == CounterAbsence::Told;
        let said_before = self.counter_missing;
        self.counter_missing = reading.odometer.is_none() && (is_told || said_before);
        self.baseline.odometer.is_some() && said_before && is_told
    }

    /// Labels of the run that are counted, by the last count that was heard.
    pub(super) fn counted(&self) -> Option<i64> {
        let (odometer, _) = self.odometer?;
        Some(odometer - self.baseline.odometer?)
    }

    /// Answers on two channels may cross, and the older one come last: only what was asked after a higher count was
    /// heard can have gone back, and must say so twice.
    pub(super) fn note_odometer(&mut self, odometer: i64, asked_at_ms: i64, now_ms: i64) {
        let is_back = self.odometer.is_some_and(|(before, _)| odometer < before);
        if is_back && asked_at_ms < self.odometer_heard_at_ms {
            return;
        }
        if !is_back || self.counter_went_back {
            self.odometer_before = self.odometer.map(|(before, _)| (before, self.odometer_heard_at_ms));
            self.odometer = Some((odometer, asked_at_ms));
            self.odometer_heard_at_ms = now_ms;
        }
        self.counter_went_back = is_back;
    }
}
