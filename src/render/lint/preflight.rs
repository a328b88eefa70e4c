//! The lint of a job when it is accepted: what would make a wrong label refuses it, what is only not good is said.

use super::finding::{Finding, Severity};
use super::template::Linter;
use crate::domain::{LabelContent, LabelIndex};
use crate::render::Template;
use serde_json::Value;
use std::collections::BTreeMap;

/// The first so many labels of a job are all looked at; of the others, those with longer values than any before, and
/// the last. Places and sizes follow from these.
const MAX_LABELS: usize = 200;
const MAX_FINDINGS: usize = 20;

/// Looks at the labels of a job as they come.
#[derive(Debug)]
pub struct Preflight {
    linter: Option<Linter>,
    dpmm: u32,
    looked_at: usize,
    /// Of each field, the most characters so far, and the most wide ones.
    longest: BTreeMap<String, [usize; 2]>,
    findings: Vec<(LabelIndex, Finding)>,
}

impl Preflight {
    /// For a job with this template, on a print head of so many dots per mm.
    pub fn new(template: &Template, dpmm: u32) -> Self {
        let linter = Linter::new(template);
        Self { linter, dpmm, looked_at: 0, longest: BTreeMap::new(), findings: Vec::new() }
    }

    /// Takes the next label. One that does not render is somebody else's to refuse.
    pub fn look_at(&mut self, content: &LabelContent<'_>) {
        let is_longer = self.learn(content);
        if self.looked_at >= MAX_LABELS && !is_longer && content.index != content.count {
            return;
        }
        self.looked_at += 1;
        let found = self.linter.as_ref().and_then(|linter| linter.label(self.dpmm, content).ok());
        for finding in found.unwrap_or_default() {
            let is_known = |(_, known): &(LabelIndex, Finding)| {
                (known.code, &known.field, known.severity) == (finding.code, &finding.field, finding.severity)
            };
            if !self.findings.iter().any(is_known) && self.findings.len() < MAX_FINDINGS {
                self.findings.push((content.index, finding));
            }
        }
    }

    /// Whether a value of this label is longer than all before it.
    fn learn(&mut self, content: &LabelContent<'_>) -> bool {
        let mut is_longer = false;
        for (name, value) in content.fields {
            let Value::String(text) = value else { continue };
            let wide = text.chars().filter(|c| !c.is_ascii_lowercase() && !c.is_ascii_digit()).count();
            if !self.longest.contains_key(name) {
                self.longest.insert(name.clone(), [0; 2]);
            }
            let Some(best) = self.longest.get_mut(name) else { continue };
            for (best, length) in best.iter_mut().zip([text.chars().count(), wide]) {
                if length > *best {
                    *best = length;
                    is_longer = true;
                }
            }
        }
        is_longer
    }

    /// The first label that would be wrong by the value of a field, and why. What is wrong whatever the values stands
    /// in the lint of the template, and does not hold up a job.
    pub fn error(&self) -> Option<&(LabelIndex, Finding)> {
        self.findings
            .iter()
            .find(|(_, finding)| finding.severity == Severity::Error && finding.field.is_some())
    }

    /// What was found, each kind of a field once, with the first label that has it.
    pub fn into_findings(self) -> Vec<(LabelIndex, Finding)> {
        self.findings
    }
}
