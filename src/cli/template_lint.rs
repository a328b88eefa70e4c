//! `platen templates lint`: loads every template, prints its sample and its longest values, and says what is wrong.

use super::Failure;
use super::output;
use crate::render::lint::{Finding, Severity, lint_template};
use crate::render::{Catalogue, CatalogueError};
use serde_json::{Value, json};
use std::path::Path;

#[derive(Debug, clap::Args)]
pub struct LintArguments {
    /// Only this template.
    name: Option<String>,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

/// What came of one template.
struct Verdict {
    name: String,
    /// Why it cannot be loaded.
    refusal: Option<CatalogueError>,
    findings: Vec<Finding>,
}

impl Verdict {
    fn is_wrong(&self) -> bool {
        self.refusal.is_some() || self.findings.iter().any(|finding| finding.severity == Severity::Error)
    }
}

/// Runs the command. A template with an error makes it fail; warnings do not.
pub fn run(folder: &Path, arguments: &LintArguments) -> Result<(), Failure> {
    let mut judged = Catalogue::judge(folder).map_err(|error| Failure::wrong_call(error.to_string()))?;
    if let Some(name) = &arguments.name {
        judged.retain(|known, _| known == name);
        if judged.is_empty() {
            let message =
                format!("there is no template `{name}` in {}; see `platen templates`", folder.display());
            return Err(Failure::wrong_call(message));
        }
    }
    let verdicts: Vec<Verdict> = judged
        .into_iter()
        .map(|(name, judged)| match judged {
            Ok(entry) => {
                Verdict { name, refusal: None, findings: lint_template(&entry.template, &entry.sample) }
            }
            Err(refusal) => Verdict { name, refusal: Some(refusal), findings: Vec::new() },
        })
        .collect();
    if arguments.json {
        let all: Vec<Value> = verdicts.iter().map(json_of).collect();
        output::json(&json!({"templates": all}))?;
    } else {
        verdicts.iter().try_for_each(say)?;
    }
    let wrong = verdicts.iter().filter(|verdict| verdict.is_wrong()).count();
    match (wrong, verdicts.len()) {
        (0, 0) => Err(Failure::failed(format!("no templates in {}; set templates.dir", folder.display()))),
        (0, _) => Ok(()),
        (wrong, all) => Err(Failure::failed(format!(
            "{wrong} of {all} templates cannot be used; mend the files named above"
        ))),
    }
}

fn json_of(verdict: &Verdict) -> Value {
    json!({
        "name": verdict.name,
        "refusal": verdict.refusal.as_ref().map(ToString::to_string),
        "findings": verdict.findings,
    })
}

fn say(verdict: &Verdict) -> Result<(), Failure> {
    match &verdict.refusal {
        Some(refusal) => output::line(&format!("fail  {refusal}"))?,
        None if verdict.is_wrong() => output::line(&format!("fail  {}", verdict.name))?,
        None => output::line(&format!("ok    {}", verdict.name))?,
    }
    for finding in &verdict.findings {
        let severity = if finding.severity == Severity::Error { "error" } else { "warning" };
        let line = finding.line.map(|line| format!(" label.zpl line {line}:")).unwrap_or_default();
        let code = finding.code.name();
        let sentences = output::clean(&format!("{} {}", finding.message, finding.action));
        output::line(&format!("      {severity} {code}:{line} {sentences}"))?;
    }
    Ok(())
}
