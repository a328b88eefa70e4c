//! Every label of a job is tried before the first is accepted: it must render, and it must be right on paper.

use super::paper::smaller_than_paper;
use super::submission::{Content, Submission};
use crate::domain::{Code, Fields};
use crate::refusal::Refusal;
use crate::render::lint::{Finding, Preflight, ReadyPreflight};
use crate::render::mark::READY_ZPL_DPMM;
use crate::render::{JobLabels, Template};
use serde_json::Value;
use std::sync::Arc;

/// What a job's labels are printed with and on, as far as the configuration says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Press {
    /// Dots per millimetre.
    pub dpmm: Option<u32>,
    /// Width and height of a label.
    pub label_mm: Option<[f64; 2]>,
}

/// A submission whose labels can be printed, and what is not good about them.
#[derive(Debug)]
pub(super) struct Checked {
    pub submission: Submission,
    pub findings: Vec<Finding>,
}

/// Tries each label at this many dots per mm. A value that makes a label wrong is refused by its field. What is wrong
/// with the template whatever the values, or is only not good, is told: a printer that stands still helps nobody.
pub(super) fn check_each(
    template: &Arc<Template>,
    dpmm: u32,
    press: Press,
    submission: Submission,
) -> Result<Checked, Refusal> {
    let Content::Template { quantity, labels, .. } = &submission.content else {
        return Ok(Checked { submission, findings: Vec::new() });
    };
    let no_fields = Fields::new();
    let mo_name = submission.mo.as_ref().map(|mo| mo.name.clone());
    let mut job = JobLabels::new(Arc::clone(template), dpmm, submission.data.clone(), mo_name, *quantity);
    let mut preflight = Preflight::new(template, dpmm);
    let mut check = |index: i64, fields: &Fields| {
        job.check(fields, index).map_err(|error| {
            let detail = format!("{}.", capitalised(&error.message));
            Refusal::with_action(Code::InvalidField, detail, format!("{}.", capitalised(&error.action)))
        })?;
        preflight.look_at(&job.content(fields, index));
        match preflight.error() {
            None => Ok(()),
            Some((label, finding)) => Err(wrong_label(*label, finding)),
        }
    };
    if labels.is_empty() {
        // All labels are alike but for their number: the first and the last tell.
        check(1, &no_fields)?;
        check(*quantity, &no_fields)?;
    }
    let mut index = 1;
    for chunk in labels.chunks() {
        let fields = chunk.fields().map_err(|_| lost())?;
        for fields in &fields {
            check(index, fields)?;
            index += 1;
        }
    }
    let found = preflight.into_findings().into_iter().map(|(_, finding)| finding);
    let findings = smaller_than_paper(template, press).into_iter().chain(found).collect();
    Ok(Checked { submission, findings })
}

/// Looks at each label of ready ZPL. Nothing is refused for what is found.
pub(super) fn check_ready(press: Press, submission: Submission) -> Result<Checked, Refusal> {
    let Content::ReadyZpl { labels } = &submission.content else {
        return Ok(Checked { submission, findings: Vec::new() });
    };
    let count = labels.len() as i64;
    let mut preflight = ReadyPreflight::new(press.dpmm.unwrap_or(READY_ZPL_DPMM), press.label_mm);
    let mut index = 1;
    for chunk in labels.chunks() {
        for fields in chunk.fields().map_err(|_| lost())? {
            if let Some(zpl) = fields.get("zpl").and_then(Value::as_str) {
                preflight.look_at(zpl, index, count);
            }
            index += 1;
        }
    }
    Ok(Checked { findings: preflight.into_findings(count), submission })
}

fn lost() -> Refusal {
    Refusal::new(Code::InternalError, "The labels are lost.")
}

fn wrong_label(label: i64, finding: &Finding) -> Refusal {
    let field = finding.field.as_deref().unwrap_or_default();
    let detail = format!("Label {label} would be wrong in `{field}`: {}", finding.message);
    Refusal::with_action(Code::InvalidField, detail, finding.action.clone())
}

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}
