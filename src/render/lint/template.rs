//! The lint of a template: its sample, and the longest values its fields may have, on each of its print heads.

use super::finding::{Finding, FindingCode, Severity};
use super::label::{Paper, lint_traced};
use super::trace;
use super::worst_case::{self, Label};
use crate::domain::LabelContent;
use crate::render::{RenderError, Sample, Template};
use serde_json::Value;

/// Labels of a sample that are looked at.
const MAX_SAMPLE_LABELS: i64 = 20;

/// Judges labels of one template. Making one compiles the template once more, with marks.
#[derive(Debug)]
pub struct Linter {
    traced: Template,
}

impl Linter {
    /// For a template that has been loaded.
    pub fn new(template: &Template) -> Option<Self> {
        let (name, files) = (template.name(), template.files());
        let with_marks = trace::traced(files.label(), template.manifest())
            .and_then(|source| files.with_label(&source).ok())
            .and_then(|files| Template::from_files(name, files).ok());
        // Without marks the findings have the lines of the label's ZPL and name no fields.
        let traced = with_marks.or_else(|| Template::from_files(name, files.clone()).ok())?;
        Some(Self { traced })
    }

    /// What is wrong with one label on a print head of so many dots per mm.
    pub fn label(&self, dpmm: u32, content: &LabelContent<'_>) -> Result<Vec<Finding>, RenderError> {
        let zpl = self.traced.render_at(dpmm, content)?;
        let manifest = self.traced.manifest();
        let paper = Paper { width_mm: manifest.width_mm, height_mm: manifest.height_mm, dpmm };
        Ok(lint_traced(&zpl, paper, &manifest.fonts, &|name| value_of(content, name)))
    }
}

/// The text of a field on a label, `None` where it is empty.
fn value_of(content: &LabelContent<'_>, name: &str) -> Option<String> {
    if name == "mo.name" {
        return content.mo_name.filter(|name| !name.is_empty()).map(str::to_owned);
    }
    match content.fields.get(name).or_else(|| content.data.get(name))? {
        Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// What is wrong with a template: with its sample, and with the longest values that it takes. The latter only warn,
/// because each job is looked at when it is accepted.
pub fn lint_template(template: &Template, sample: &Sample) -> Vec<Finding> {
    let Some(linter) = Linter::new(template) else { return Vec::new() };
    let mut found: Vec<Finding> = Vec::new();
    let heads = template.manifest().dpmm.all();
    for dpmm in heads {
        let head = if heads.len() > 1 { format!(" at {dpmm} dots per mm") } else { String::new() };
        for index in 1..=sample.count().min(MAX_SAMPLE_LABELS) {
            let Some(content) = sample.label(index) else { continue };
            match linter.label(*dpmm, &content) {
                Ok(findings) => add(&mut found, findings, &head),
                Err(error) => {
                    let message = format!("The sample makes no label{head}: {error}.");
                    let finding = Finding::error(FindingCode::CannotRender, message, "Mend sample.json.");
                    add(&mut found, vec![finding], "");
                }
            }
        }
        for label in worst_case::labels(template.manifest(), sample) {
            let mut findings = worst(&linter, *dpmm, label);
            findings.iter_mut().for_each(|finding| finding.severity = Severity::Warning);
            add(&mut found, findings, &format!(", with the longest values{head}"));
        }
    }
    found.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    found
}

/// Adds what was not yet found of the same field and place, and says for which print head or values it is true.
fn add(found: &mut Vec<Finding>, more: Vec<Finding>, when: &str) {
    for mut finding in more {
        let is_known = found.iter().any(|known| {
            (known.code, &known.field, known.line) == (finding.code, &finding.field, finding.line)
        });
        if is_known {
            continue;
        }
        if !when.is_empty() {
            finding.message = format!("{}{when}.", finding.message.trim_end_matches('.'));
        }
        found.push(finding);
    }
}

/// Invented values say nothing about check digits and structures, so only places and sizes are judged. A field that
/// refuses what was invented for it keeps the sample's value.
fn worst(linter: &Linter, dpmm: u32, mut label: Label) -> Vec<Finding> {
    use FindingCode::{BarCodeData, BarCodeLength, CheckDigit};
    for _ in 0..=label.fields.len() {
        match linter.label(dpmm, &label.content()) {
            Ok(mut findings) => {
                findings.retain(|finding| !matches!(finding.code, BarCodeData | BarCodeLength | CheckDigit));
                return findings;
            }
            Err(RenderError::Field(error)) if label.give_up(&error.field) => {}
            Err(_) => return Vec::new(),
        }
    }
    Vec::new()
}
