//! What a printer's readings mean for its state as people see it, and when that is worth a commit. Pure.

use crate::domain::{Code, LabelPace, PrinterStatus};
use crate::store::printers::Sighting;
use crate::zebra::{HostStatus, Reading, fault_of};

/// Counters move with every label; the screen needs them once a second.
const COUNTER_EVERY_MS: i64 = 1_000;
/// "Last seen" is written this often while nothing changes.
const TOUCH_EVERY_MS: i64 = 10_000;
/// The same while labels are on their way: a later life of the service must know for how long nobody listened.
const TOUCH_WHILE_PRINTING_MS: i64 = 1_000;

/// What is worth storing.
#[derive(Debug, Clone, PartialEq)]
pub enum Worth {
    Nothing,
    Touch,
    Sighting(Sighting),
}

/// The last state told, against which the next is held.
#[derive(Debug, Default)]
pub struct Watch {
    told: Sighting,
    told_at_ms: i64,
    touched_at_ms: i64,
}

impl Watch {
    /// Nobody is there.
    pub fn offline(&mut self, now_ms: i64) -> Worth {
        let status = Some(PrinterStatus::Offline);
        self.worth(Sighting { status, fault: Some(Code::PrinterOffline), ..Sighting::default() }, now_ms)
    }

    /// Connected, without an answer.
    pub fn silent(&mut self, now_ms: i64) -> Worth {
        let status = Some(PrinterStatus::Silent);
        self.worth(Sighting { status, fault: Some(Code::PrinterSilent), ..Sighting::default() }, now_ms)
    }

    /// Connected to a printer that is not asked: how it is nobody knows.
    pub fn not_asked(&mut self, printing: bool, paused: bool, now_ms: i64) -> Worth {
        let status = match (paused, printing) {
            (true, _) => PrinterStatus::Paused,
            (false, true) => PrinterStatus::Printing,
            (false, false) => PrinterStatus::Unknown,
        };
        self.worth(Sighting { status: Some(status), seen: true, ..Sighting::default() }, now_ms)
    }

    /// A reading came in.
    pub fn seen(
        &mut self,
        reading: &Reading,
        printing: bool,
        paused: bool,
        pace: Option<LabelPace>,
        now_ms: i64,
    ) -> Worth {
        if reading.host_status.is_none() && reading.odometer.is_none() {
            return Worth::Nothing;
        }
        let (status, fault) = match &reading.host_status {
            Some(host_status) => {
                let (status, fault) = state_of(host_status, printing, paused);
                (Some(status), fault)
            }
            None => (self.told.status, self.told.fault),
        };
        let is_another = |told: &String| reading.unique_id.as_ref().is_some_and(|id| id != told);
        if self.told.unique_id.as_ref().is_some_and(is_another) {
            self.told.pace = None;
        }
        let sighting = Sighting {
            status,
            fault,
            unique_id: reading.unique_id.clone().or_else(|| self.told.unique_id.clone()),
            model: reading.model.clone().or_else(|| self.told.model.clone()),
            firmware: reading.firmware.clone().or_else(|| self.told.firmware.clone()),
            odometer: reading.odometer.or(self.told.odometer),
            pace: pace.or(self.told.pace),
            seen: true,
        };
        self.worth(sighting, now_ms)
    }

    fn worth(&mut self, sighting: Sighting, now_ms: i64) -> Worth {
        let counters = Sighting {
            odometer: self.told.odometer,
            pace: self.told.pace,
            seen: self.told.seen,
            ..sighting.clone()
        };
        let state_changed = counters != self.told;
        let counter_moved =
            sighting.odometer != self.told.odometer && now_ms - self.told_at_ms >= COUNTER_EVERY_MS;
        // Known at once when the service must start again: it says how long an idle printer is waited for.
        let pace_changed =
            sighting.pace.is_some_and(|pace| self.told.pace.is_none_or(|told| pace.differs_from(told)));
        if state_changed || counter_moved || pace_changed {
            self.told = sighting.clone();
            self.told_at_ms = now_ms;
            self.touched_at_ms = now_ms;
            return Worth::Sighting(sighting);
        }
        let is_printing = sighting.status == Some(PrinterStatus::Printing);
        let touch_every_ms = if is_printing { TOUCH_WHILE_PRINTING_MS } else { TOUCH_EVERY_MS };
        if sighting.seen && now_ms - self.touched_at_ms >= touch_every_ms {
            self.touched_at_ms = now_ms;
            return Worth::Touch;
        }
        Worth::Nothing
    }
}

fn state_of(host_status: &HostStatus, printing: bool, paused: bool) -> (PrinterStatus, Option<Code>) {
    match fault_of(host_status) {
        Some(Code::PrinterPaused) => (PrinterStatus::Paused, Some(Code::PrinterPaused)),
        Some(code) => (PrinterStatus::Faulted, Some(code)),
        None if paused => (PrinterStatus::Paused, None),
        None if printing => (PrinterStatus::Printing, None),
        None => (PrinterStatus::Idle, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(odometer: i64) -> Reading {
        Reading { host_status: Some(HostStatus::default()), odometer: Some(odometer), ..Reading::default() }
    }

    #[test]
    fn a_state_is_told_when_it_changes_and_a_counter_once_a_second() {
        let mut watch = Watch::default();
        assert!(matches!(watch.seen(&reading(5), false, false, None, 0), Worth::Sighting(_)));
        assert_eq!(watch.seen(&reading(6), false, false, None, 200), Worth::Nothing);
        assert!(matches!(watch.seen(&reading(7), false, false, None, 1_100), Worth::Sighting(_)));
        let pace = |label_ms| Some(LabelPace { label_ms, label_mm: 32.0 });
        assert!(matches!(watch.seen(&reading(7), false, false, pace(90), 1_250), Worth::Sighting(_)));
        assert_eq!(watch.seen(&reading(7), false, false, pace(95), 1_300), Worth::Nothing);
        assert!(matches!(watch.seen(&reading(7), false, false, None, 11_300), Worth::Touch));
        assert!(matches!(watch.seen(&reading(7), true, false, None, 11_350), Worth::Sighting(_)));
        assert_eq!(watch.seen(&reading(7), true, false, None, 12_250), Worth::Nothing);
        assert_eq!(watch.seen(&reading(7), true, false, None, 12_450), Worth::Touch);
        assert!(matches!(
            watch.offline(12_500),
            Worth::Sighting(Sighting { fault: Some(Code::PrinterOffline), .. })
        ));
        assert_eq!(watch.offline(12_600), Worth::Nothing, "once is enough");
    }
}
