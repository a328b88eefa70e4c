//! A run over a printer that proves nothing. Pure: (state, event) to actions.
//!
//! Labels are written window by window, each as soon as the connection took the one before. A connection that takes
//! nothing is a stall and never a failure. What left is unconfirmed, all of it: taken is not printed.

use super::run::{Record, RunAction, RunEnd, RunEvent};
use super::run_plan::RunPlan;
use crate::domain::LabelIndex;

/// Labels reserved ahead of the connection: so many more than were sent an end of the service can put in doubt.
const WINDOW: i64 = 8;

/// A run under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlindRun {
    plan: RunPlan,
    offered_through: LabelIndex,
    taken_through: LabelIndex,
    /// Send no more, and end so.
    ends_as: Option<RunEnd>,
    ended: bool,
}

impl BlindRun {
    /// A fresh run.
    pub fn begin(plan: RunPlan) -> Self {
        let before_first = plan.first - 1;
        Self { plan, offered_through: before_first, taken_through: before_first, ends_as: None, ended: false }
    }

    /// A run that an end of the service interrupted. Everything reserved may have been sent.
    pub fn recover(plan: RunPlan, reserved_through: LabelIndex) -> Self {
        Self { offered_through: reserved_through, ..Self::begin(plan) }
    }

    /// The one function that moves a run.
    pub fn step(&mut self, event: &RunEvent) -> Vec<RunAction> {
        if self.ended {
            return Vec::new();
        }
        match event {
            RunEvent::LinkRestored => self.go_on(),
            RunEvent::Taken { through } => {
                self.taken_through = self.taken_through.max(*through);
                self.go_on()
            }
            RunEvent::Abandon => self.end(RunEnd::Interrupted),
            RunEvent::LinkLost => {
                let is_all = self.offered_through >= self.plan.last;
                self.end(if is_all { RunEnd::Finished } else { RunEnd::Interrupted })
            }
            RunEvent::Cancel => self.stop(RunEnd::Cancelled),
            RunEvent::Stop => self.stop(RunEnd::Stopped),
            RunEvent::CannotMake { from } => {
                self.plan.last = from - 1;
                self.offered_through = self.offered_through.min(self.plan.last);
                self.go_on()
            }
            RunEvent::Reading(_)
            | RunEvent::FormatDropped { .. }
            | RunEvent::Verified { .. }
            | RunEvent::LastWords(_)
            | RunEvent::SendFirstUnheard => Vec::new(),
        }
    }

    fn stop(&mut self, how: RunEnd) -> Vec<RunAction> {
        self.ends_as = Some(how);
        self.go_on()
    }

    fn go_on(&mut self) -> Vec<RunAction> {
        if self.taken_through < self.offered_through {
            return Vec::new();
        }
        if self.offered_through >= self.plan.last {
            return self.end(RunEnd::Finished);
        }
        if let Some(how) = self.ends_as {
            return self.end(how);
        }
        let first = self.offered_through + 1;
        let last = (self.offered_through + WINDOW).min(self.plan.last);
        self.offered_through = last;
        let intent = Record { reserved_through: Some(last), ..Record::default() };
        vec![RunAction::Record(intent), RunAction::Write { first, last }]
    }

    fn end(&mut self, how: RunEnd) -> Vec<RunAction> {
        self.ended = true;
        let mut actions = Vec::new();
        if self.offered_through >= self.plan.first {
            let unconfirmed = Some((self.plan.first, self.offered_through));
            actions.push(RunAction::Record(Record { unconfirmed, ..Record::default() }));
        }
        actions.push(RunAction::End(how));
        actions
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(last: LabelIndex) -> RunPlan {
        RunPlan { first: 1, last, known_label_ms: Some(150), slowest_label_ms: 700 }
    }

    fn unconfirmed(first: LabelIndex, last: LabelIndex) -> RunAction {
        RunAction::Record(Record { unconfirmed: Some((first, last)), ..Record::default() })
    }

    fn written(actions: &[RunAction]) -> Option<(LabelIndex, LabelIndex)> {
        actions.iter().find_map(|action| match action {
            RunAction::Write { first, last } => Some((*first, *last)),
            _ => None,
        })
    }

    #[test]
    fn a_window_follows_when_the_connection_took_the_one_before_and_nothing_is_ever_confirmed() {
        let mut run = BlindRun::begin(plan(20));
        assert_eq!(written(&run.step(&RunEvent::LinkRestored)), Some((1, 8)));
        for taken in 1..8 {
            assert_eq!(run.step(&RunEvent::Taken { through: taken }), [], "the window is closed: a stall");
        }
        assert_eq!(written(&run.step(&RunEvent::Taken { through: 8 })), Some((9, 16)));
        assert_eq!(written(&run.step(&RunEvent::Taken { through: 16 })), Some((17, 20)));
        let end = run.step(&RunEvent::Taken { through: 20 });
        assert_eq!(end, [unconfirmed(1, 20), RunAction::End(RunEnd::Finished)]);
    }

    #[test]
    fn a_lost_connection_leaves_everything_reserved_unconfirmed_and_the_rest_unsent() {
        let mut run = BlindRun::begin(plan(20));
        run.step(&RunEvent::LinkRestored);
        run.step(&RunEvent::Taken { through: 3 });
        let lost = run.step(&RunEvent::LinkLost);
        assert_eq!(lost, [unconfirmed(1, 8), RunAction::End(RunEnd::Interrupted)]);
        let mut restarted = BlindRun::recover(plan(20), 16);
        let lost = restarted.step(&RunEvent::LinkLost);
        assert_eq!(lost, [unconfirmed(1, 16), RunAction::End(RunEnd::Interrupted)]);
    }

    #[test]
    fn a_withdrawn_job_sends_no_more_than_the_window_under_way() {
        let mut run = BlindRun::begin(plan(20));
        run.step(&RunEvent::LinkRestored);
        assert_eq!(run.step(&RunEvent::Cancel), []);
        let end = run.step(&RunEvent::Taken { through: 8 });
        assert_eq!(end, [unconfirmed(1, 8), RunAction::End(RunEnd::Cancelled)]);
    }

    #[test]
    fn a_label_that_cannot_be_made_cuts_the_run_short() {
        let mut run = BlindRun::begin(plan(20));
        run.step(&RunEvent::LinkRestored);
        assert_eq!(run.step(&RunEvent::CannotMake { from: 4 }), [], "three are on their way");
        let end = run.step(&RunEvent::Taken { through: 3 });
        assert_eq!(end, [unconfirmed(1, 3), RunAction::End(RunEnd::Finished)]);
    }
}
