//! `platen history`: what was recorded of labels. Reads the database itself, so it works without the service too.

use super::Failure;
use super::output::{self, Table};
use super::serve::{load_config, runtime};
use crate::clock::Clock;
use crate::outlets::label_search;
use crate::store::ledger::{self, Finding, Head, Verification};
use crate::store::{Snapshot, StoreError};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};
use std::io::IsTerminal;
use std::path::Path;
use std::time::{Duration, Instant};

/// Entries of a serial read at once.
const PAGE: i64 = 1_000;
/// Plain lines come no faster.
const LINE_EVERY: Duration = Duration::from_secs(5);

#[derive(Debug, clap::Args)]
pub struct HistoryArguments {
    #[command(subcommand)]
    verb: HistoryVerb,
}

#[derive(Debug, clap::Subcommand)]
enum HistoryVerb {
    /// Check that nothing recorded was altered, removed, added or reordered.
    Verify {
        /// A head noted earlier, NUMBER:SEAL: proves that nothing up to it was rewritten or cut off.
        #[arg(long, value_name = "HEAD")]
        expect: Option<Head>,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Every attempt and reprint of a label, by its whole serial or lot.
    Find {
        /// The serial as it stands on the label.
        serial: String,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
}

/// Runs the command.
pub fn run(arguments: HistoryArguments, config_file: Option<&Path>) -> Result<(), Failure> {
    let (config, _) = load_config(config_file)?;
    runtime()?.block_on(async {
        let mut snapshot = Snapshot::open(&config.store.full_url()).await.map_err(failed)?;
        match arguments.verb {
            HistoryVerb::Verify { expect, json } => verify(&mut snapshot, expect.as_ref(), json).await,
            HistoryVerb::Find { serial, json } => find(&mut snapshot, &serial, json).await,
        }
    })
}

async fn verify(snapshot: &mut Snapshot, expect: Option<&Head>, as_json: bool) -> Result<(), Failure> {
    let checked_at = Clock::system().now();
    let began = Instant::now();
    let mut screen = Screen::new();
    let found = ledger::verify(snapshot, expect, |done, of| screen.show(done, of)).await.map_err(failed)?;
    screen.finish();
    if as_json {
        output::json(&json!({
            "entries": found.entries, "head": found.head.to_string(), "last_recorded_at": found.last_recorded_at,
            "checked_at": checked_at, "duration_ms": began.elapsed().as_millis() as u64,
            "findings": found.findings.kept().iter().map(finding_json).collect::<Vec<_>>(),
            "findings_total": found.findings.total(),
        }))?;
    } else {
        for finding in found.findings.kept() {
            output::line(&format!("! {}", output::clean(&finding.to_string())))?;
        }
        output::line(&summary(&found, &checked_at.to_string(), began.elapsed()))?;
    }
    let total = found.findings.total();
    let shown = found.findings.kept().len() as u64;
    let rest = if total > shown { format!(", of which the first {shown} are named") } else { String::new() };
    match total {
        0 => Ok(()),
        1 => Err(Failure::failed(
            "the history is not as it was recorded: 1 finding; do as it says, and keep a copy of the database as it is",
        )),
        _ => Err(Failure::failed(format!(
            "the history is not as it was recorded: {total} findings{rest}; do as they say, and keep a copy of the database as it is"
        ))),
    }
}

fn summary(found: &Verification, checked_at: &str, took: Duration) -> String {
    let last = found.last_recorded_at.map(|at| format!(", the last of {at}")).unwrap_or_default();
    let mut text = format!(
        "{} entries{last}; checked at {checked_at} in {:.1} s\nhead {}",
        found.entries,
        took.as_secs_f64(),
        found.head
    );
    if found.findings.total() == 0 {
        text.push_str(
            "\neverything is as it was recorded; keep the head elsewhere and give it to --expect next time, \
             which proves that nothing was rewritten or cut off",
        );
    }
    text
}

fn finding_json(finding: &Finding) -> Value {
    json!({
        "code": finding.what.code(), "entry": finding.entry, "job_id": finding.job_id, "label": finding.label,
        "serial": finding.serial, "found": finding.sentence(), "action": finding.what.action(),
    })
}

async fn find(snapshot: &mut Snapshot, serial: &str, as_json: bool) -> Result<(), Failure> {
    let mut found = Vec::new();
    loop {
        let after = found.last().map_or(0, |last: &ledger::FoundEntry| last.entry.number);
        let page = ledger::of_serial(snapshot, serial, after, PAGE).await.map_err(failed)?;
        let is_last = (page.len() as i64) < PAGE;
        found.extend(page);
        if is_last {
            break;
        }
    }
    let labels: Vec<Value> =
        found.iter().map(label_search::to_json).collect::<Result<_, _>>().map_err(failed)?;
    if as_json {
        output::json(&json!({"labels": labels}))?;
    } else if !labels.is_empty() {
        table_of(&labels).print()?;
    }
    if labels.is_empty() {
        return Err(Failure::failed(format!(
            "nothing is recorded of a label with the serial `{}`; give the whole serial, and see `platen jobs` for what is not printed yet",
            output::clean(serial)
        )));
    }
    Ok(())
}

fn table_of(labels: &[Value]) -> Table {
    let mut table = Table::new(&[
        "WHEN", "JOB", "LABEL", "ORDER", "TYPE", "PRINTER", "ATTEMPT", "OUTCOME", "EVIDENCE", "CURRENT",
    ]);
    for label in labels {
        let mut cells: Vec<String> =
            ["recorded_at", "job_id", "label", "mo", "job_type", "printer", "attempt", "outcome", "evidence"]
                .iter()
                .map(|name| output::text(label, name))
                .collect();
        cells.push(if label["current"] == true { "yes" } else { "no" }.to_owned());
        table.row(cells, None);
    }
    table
}

/// A bar on a terminal, plain lines elsewhere; both on stderr.
struct Screen {
    bar: Option<ProgressBar>,
    last_line_at: Instant,
}

impl Screen {
    fn new() -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let style =
                ProgressStyle::with_template("  [{bar:32}] {human_pos} of {human_len} entries, {eta} left");
            let style = style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("=> ");
            ProgressBar::new(0).with_style(style)
        });
        Self { bar, last_line_at: Instant::now() }
    }

    fn show(&mut self, done: i64, of: i64) {
        if let Some(bar) = &self.bar {
            bar.set_length(of.max(0).unsigned_abs());
            bar.set_position(done.max(0).unsigned_abs());
        } else if self.last_line_at.elapsed() >= LINE_EVERY {
            self.last_line_at = Instant::now();
            eprintln!("{done} of {of} entries checked");
        }
    }

    fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err asks for")]
fn failed(error: StoreError) -> Failure {
    let sentence = error.to_string();
    if sentence.contains("no such table") {
        return Failure::failed(
            "the database is older than this platen; start `platen serve` once, which brings it up to date",
        );
    }
    Failure::failed(sentence)
}
