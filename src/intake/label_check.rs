//! Every label of a job is tried before the first is accepted: it must render, and it must be right on paper.

use super::submission::{Content, Submission};
use crate::domain::{Code, Fields, LabelContent};
use crate::refusal::Refusal;
use crate::render::Template;
use crate::render::lint::{Finding, Preflight};

/// A submission whose labels can be printed, and what is not good about them.
#[derive(Debug)]
pub(super) struct Checked {
    pub submission: Submission,
    pub findings: Vec<Finding>,
}

/// Tries each label at this many dots per mm. A value that makes a label wrong is refused by its field. What is wrong
/// with the template whatever the values, or is only not good, is told: a printer that stands still helps nobody.
pub(super) fn check_each(template: &Template, dpmm: u32, submission: Submission) -> Result<Checked, Refusal> {
    let Content::Template { quantity, labels, .. } = &submission.content else {
        return Ok(Checked { submission, findings: Vec::new() });
    };
    let no_fields = Fields::new();
    let mo_name = submission.mo.as_ref().map(|mo| mo.name.as_str());
    let mut preflight = Preflight::new(template, dpmm);
    let mut check = |index: i64, fields: &Fields| {
        let content = LabelContent { data: &submission.data, fields, mo_name, index, count: *quantity };
        template.check_at(dpmm, &content).map_err(|error| {
            let detail = format!("{}.", capitalised(&error.message));
            Refusal::with_action(Code::InvalidField, detail, format!("{}.", capitalised(&error.action)))
        })?;
        preflight.look_at(&content);
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
        let fields = chunk.fields().map_err(|_| Refusal::new(Code::InternalError, "The labels are lost."))?;
        for fields in &fields {
            check(index, fields)?;
            index += 1;
        }
    }
    let findings = preflight.into_findings().into_iter().map(|(_, finding)| finding).collect();
    Ok(Checked { submission, findings })
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
