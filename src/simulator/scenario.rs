//! A story told to the printer in advance: steps at a label or after a time, each in its turn.
//!
//! ```toml
//! [[steps]]
//! at_label = 100            # when this many labels have been printed since the start …
//! mid_label = true          # … in the middle of the next one
//! do = "media_out"
//!
//! [[steps]]
//! after_ms = 10000          # after the step before it (or after the start)
//! do = "reload_media"
//! ```

use super::action::{Action, Arguments};
use super::knobs::one_sentence;
use serde::Deserialize;
use std::time::Duration;

/// The steps still to come, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scenario {
    steps: Vec<Step>,
    next: usize,
    /// When the wait of the next step began: the step before it, or the label it waits for.
    waiting_since: Duration,
    label_reached: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Step {
    at_label: u64,
    after: Duration,
    mid_label: bool,
    action: Action,
}

/// A step whose moment has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Due {
    pub(super) action: Action,
    pub(super) mid_label: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenScenario {
    steps: Vec<WrittenStep>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenStep {
    at_label: Option<u64>,
    after_ms: Option<u64>,
    #[serde(default)]
    mid_label: bool,
    r#do: String,
    labels: Option<u64>,
    for_ms: Option<u64>,
    serial: Option<String>,
    odometer: Option<u64>,
}

impl Scenario {
    /// Reads a scenario; the error is one sentence naming the step.
    pub fn from_toml(text: &str) -> Result<Self, String> {
        let written: WrittenScenario = toml::from_str(text).map_err(|error| one_sentence(&error))?;
        let mut steps = Vec::with_capacity(written.steps.len());
        let mut label_before = 0;
        for (index, step) in written.steps.into_iter().enumerate() {
            let step = step.checked(label_before).map_err(|why| format!("step {}: {why}", index + 1))?;
            label_before = label_before.max(step.at_label);
            steps.push(step);
        }
        Ok(Self { steps, ..Self::default() })
    }

    /// The next step, if its label is printed and its time has passed.
    pub(super) fn take_due(&mut self, labels: u64, now: Duration) -> Option<Due> {
        let step = self.steps.get(self.next)?;
        if labels < step.at_label {
            return None;
        }
        if step.at_label > 0 && !self.label_reached {
            self.label_reached = true;
            self.waiting_since = now;
        }
        if now < self.waiting_since + step.after {
            return None;
        }
        self.next += 1;
        self.label_reached = false;
        self.waiting_since = now;
        Some(Due { action: step.action.clone(), mid_label: step.mid_label })
    }

    /// When the next step is due, once its label has been reached.
    pub(super) fn next_instant(&self, labels: u64) -> Option<Duration> {
        let step = self.steps.get(self.next)?;
        (labels >= step.at_label).then_some(self.waiting_since + step.after)
    }
}

impl WrittenStep {
    fn checked(self, label_before: u64) -> Result<Step, String> {
        if self.at_label.is_none() && self.after_ms.is_none() {
            return Err("say when, with at_label or after_ms".to_owned());
        }
        let at_label = self.at_label.unwrap_or(0);
        if at_label > 0 && at_label < label_before {
            return Err(format!("at_label {at_label} lies before label {label_before} of an earlier step"));
        }
        let arguments = Arguments {
            labels: self.labels,
            for_ms: self.for_ms,
            serial: self.serial,
            odometer: self.odometer,
        };
        Ok(Step {
            at_label,
            after: Duration::from_millis(self.after_ms.unwrap_or(0)),
            mid_label: self.mid_label,
            action: Action::parse(&self.r#do, arguments)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_come_in_turn_at_their_label_and_after_their_time() {
        let mut scenario = Scenario::from_toml(
            "[[steps]]\nat_label = 2\ndo = \"media_out\"\n[[steps]]\nafter_ms = 500\ndo = \"reload_media\"\n",
        )
        .unwrap();
        let second = Duration::from_secs(1);
        assert_eq!(scenario.take_due(1, second), None);
        let due = scenario.take_due(2, second * 3).unwrap();
        assert_eq!(due, Due { action: Action::MediaOut, mid_label: false });
        assert_eq!(scenario.next_instant(2), Some(Duration::from_millis(3500)));
        assert_eq!(scenario.take_due(2, second * 3), None);
        assert_eq!(scenario.take_due(2, second * 4).unwrap().action, Action::ReloadMedia);
        assert_eq!(scenario.take_due(9, second * 9), None);
    }

    #[test]
    fn a_bad_scenario_is_refused_in_one_sentence() {
        for (text, expected) in [
            ("[[steps]]\nat_label = 1\ndo = \"explode\"", "step 1: there is no action \"explode\""),
            ("[[steps]]\ndo = \"pause\"", "step 1: say when, with at_label or after_ms"),
            ("[[steps]]\nafter_ms = 1\ndo = \"print_foreign\"", "step 1: print_foreign needs labels"),
            ("[[steps]]\nafter_ms = 1\ndo = \"pause\"\nlabels = 2", "step 1: pause takes no labels"),
            ("[[step]]\nafter_ms = 1\ndo = \"pause\"", "unknown field `step`"),
            (
                "[[steps]]\nat_label = 5\ndo = \"pause\"\n[[steps]]\nat_label = 4\ndo = \"resume\"",
                "step 2: at_label 4 lies before label 5 of an earlier step",
            ),
        ] {
            let refusal = Scenario::from_toml(text).unwrap_err();
            assert!(refusal.starts_with(expected), "{refusal}");
            assert!(!refusal.contains('\n'), "{refusal}");
        }
    }
}
