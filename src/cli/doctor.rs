//! `platen doctor`: one line a check, with the mend.

use super::Failure;
use super::client::configured;
use super::output;
use super::serve::{load_config, runtime};
use crate::clock::Clock;
use crate::config::{Config, ConfigSource};
use crate::doctor::{
    Finding, ServiceState, Verdict, check_database, check_odoo, check_printers, check_service,
    check_templates,
};
use serde_json::json;
use std::path::Path;

/// Room for the names of the checks.
const CHECK_WIDTH: usize = 18;

#[derive(Debug, clap::Args)]
pub struct DoctorArguments {
    /// All findings as JSON.
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub fn run(arguments: &DoctorArguments, config_file: Option<&Path>) -> Result<(), Failure> {
    let (config, source) = load_config(config_file)?;
    let findings = runtime()?.block_on(examine(&config, &source, arguments.json))?;
    let count = |verdict| findings.iter().filter(|finding| finding.verdict == verdict).count();
    let (failed, warned) = (count(Verdict::Fail), count(Verdict::Warn));
    if arguments.json {
        output::json(&json!({"findings": findings, "failed": failed, "warned": warned}))?;
    }
    match failed {
        0 => Ok(()),
        1 => Err(Failure::failed("1 check failed; mend it as it says and call `platen doctor` again")),
        _ => Err(Failure::failed(format!(
            "{failed} checks failed; mend them from the top and call `platen doctor` again"
        ))),
    }
}

/// Each group is told as soon as it is known: the slow ones come last.
async fn examine(config: &Config, source: &ConfigSource, quiet: bool) -> Result<Vec<Finding>, Failure> {
    let mut report = Report { findings: Vec::new(), quiet };
    report.tell(vec![configuration(config, source)])?;
    report.tell(check_database(config).await)?;
    report.tell(check_templates(config))?;
    let (service, state) = match configured(config) {
        Ok(client) => check_service(&client).await,
        Err(failure) => {
            let mend = "correct server.listen, or the rights of the key file";
            (vec![Finding::fail("service", failure.sentence, mend)], ServiceState::Closed)
        }
    };
    report.tell(service)?;
    let clock = Clock::system();
    let (printers, odoo) = tokio::join!(check_printers(config, &state), check_odoo(config, &clock));
    report.tell(printers)?;
    report.tell(odoo)?;
    Ok(report.findings)
}

fn configuration(config: &Config, source: &ConfigSource) -> Finding {
    let printers = config.printers.len();
    let odoo = if config.odoo.is_some() { "with Odoo" } else { "without Odoo" };
    let found = match source {
        ConfigSource::File(file) => format!("{}: {printers} printers, {odoo}", file.display()),
        ConfigSource::Defaults => {
            format!("no platen.toml here, so the defaults: {printers} printers, {odoo}")
        }
    };
    Finding::ok("configuration", found)
}

struct Report {
    findings: Vec<Finding>,
    quiet: bool,
}

impl Report {
    fn tell(&mut self, findings: Vec<Finding>) -> Result<(), Failure> {
        for finding in &findings {
            if !self.quiet {
                output::line(&line_of(finding))?;
            }
        }
        self.findings.extend(findings);
        Ok(())
    }
}

fn line_of(finding: &Finding) -> String {
    let Finding { check, verdict, found, mend } = finding;
    let mend = mend.as_ref().map(|mend| format!(" -> {mend}")).unwrap_or_default();
    let text = output::clean(&format!("{found}{mend}"));
    format!("{} {:4}  {check:CHECK_WIDTH$}  {text}", verdict.mark(), verdict.as_str())
}
