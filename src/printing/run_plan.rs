//! What a run is asked to print, and how long its labels may take. Pure.

use super::pace::{Pace, SLOWEST_MM_PER_S};
use super::tally::Baseline;
use crate::domain::{LabelIndex, LabelPace};

const GAP_MM: f64 = 3.0;
/// A cutter, a backfeed or a label that is taken off by hand adds to the time in motion. What was measured of that is
/// believed up to here: a person who was slow to take labels off must not make a restart last minutes.
const LONGEST_CYCLE_MS: i64 = 5_000;

/// What a run is asked to print, and how much it may have on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunPlan {
    pub first: LabelIndex,
    pub last: LabelIndex,
    /// The time one label takes, milliseconds, by the labels that this printer made in other runs.
    pub known_label_ms: Option<i64>,
    /// No printer moves one label of this length for longer, milliseconds: at 2 inches a second.
    pub slowest_label_ms: i64,
}

impl RunPlan {
    /// For labels of so many millimetres, on a printer whose pace was measured with labels of another run, if it was.
    pub fn of(first: LabelIndex, last: LabelIndex, label_mm: f64, known_pace: Option<LabelPace>) -> Self {
        let slowest_label_ms = ((label_mm + GAP_MM) / SLOWEST_MM_PER_S * 1000.0).ceil() as i64;
        let known_label_ms = known_pace.map(|known| believed_ms(known.of_label(label_mm), slowest_label_ms));
        Self { first, last, known_label_ms, slowest_label_ms }
    }

    /// The time one label takes in motion, milliseconds.
    pub(super) fn label_ms_at(&self, speed_mm_per_s: u32) -> i64 {
        (self.slowest_label_ms as f64 * SLOWEST_MM_PER_S / f64::from(speed_mm_per_s.max(1))).ceil() as i64
    }

    pub(super) fn pace(&self, baseline: &Baseline) -> Pace {
        match baseline.odometer {
            Some(_) => Pace::counted(self.known_label_ms, self.slowest_label_ms),
            None => Pace::uncounted(self.slowest_label_ms),
        }
    }
}

/// What is believed of a measured time of a label, milliseconds.
pub fn believed_ms(known_label_ms: i64, slowest_label_ms: i64) -> i64 {
    known_label_ms.min(slowest_label_ms.max(LONGEST_CYCLE_MS))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::printing::run::{Run, RunAction, RunEnd, RunEvent};
    use crate::printing::so_far::RunSoFar;
    use crate::zebra::{HostStatus, Reading};

    /// When a run is over that was taken up with label 3 of 5 counted, on a printer that is idle and does not move.
    fn over_at_ms(pace: LabelPace) -> i64 {
        let baseline = Baseline { odometer: Some(500), ..Baseline::default() };
        let so_far = RunSoFar {
            reserved_through: 5,
            confirmed_through: 3,
            reprints_possible: 0,
            count_in_doubt_through: 0,
        };
        let mut run = Run::recover(RunPlan::of(1, 5, 25.0, Some(pace)), baseline, so_far);
        let still = Reading {
            host_status: Some(HostStatus::default()),
            odometer: Some(503),
            received_through: Some(0),
            ..Reading::default()
        };
        (0..60_000)
            .step_by(50)
            .find(|now_ms| {
                let actions = run.step(RunEvent::Reading(still.clone()), *now_ms);
                actions.contains(&RunAction::End(RunEnd::Interrupted))
            })
            .expect("an end")
    }

    #[test]
    fn a_label_that_a_cutter_is_known_to_hold_up_is_waited_for_behind_a_kill() {
        let pace = |label_ms| LabelPace { label_ms, label_mm: 25.0 };
        assert_eq!(over_at_ms(pace(1_500)), 2_250, "in motion it is for 0.55 s");
        assert_eq!(over_at_ms(pace(100)), 400);
        assert_eq!(over_at_ms(pace(90_000)), 7_500, "somebody was slow to take it off");
    }

    #[test]
    fn a_long_label_may_take_longer_than_any_pause_between_two() {
        let slow = LabelPace { label_ms: 900, label_mm: 25.0 };
        let plan = RunPlan::of(1, 5, 600.0, Some(slow));
        assert_eq!((plan.slowest_label_ms, plan.known_label_ms), (11_871, Some(11_871)));
    }
}
