//! Follows a job to its end: a bar on a terminal, plain lines elsewhere.

use super::Failure;
use super::job::{labels_of, remark};
use super::output;
use crate::api_client::{ApiClient, ApiError};
use crate::domain::JobStatus;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::Value;
use std::io::IsTerminal;
use std::time::Duration;
use tokio::time::Instant;

const POLL_EVERY: Duration = Duration::from_millis(250);
/// A service that restarts is waited for; one that stays away is told of.
const SERVICE_AWAY_MAX: Duration = Duration::from_secs(60);
/// Plain lines come no faster, however fast the printer is.
const LINE_EVERY: Duration = Duration::from_secs(1);

/// What is followed.
#[derive(Debug)]
pub struct Follow<'a> {
    pub client: &'a ApiClient,
    pub id: &'a str,
    /// Stdout belongs to JSON.
    pub to_stderr: bool,
}

/// Shows progress until the job ends, and returns the job as it ended. Ctrl-C leaves; the job goes on.
pub async fn follow(follow: &Follow<'_>, job: Value) -> Result<Value, Failure> {
    tokio::select! {
        ended = until_it_ends(follow, job) => ended,
        _ = tokio::signal::ctrl_c() => Err(Failure {
            sentence: format!(
                "left the job; it goes on printing, see `platen jobs show {id}` or end it with `platen jobs cancel {id}`",
                id = follow.id
            ),
            exit_code: 130,
        }),
    }
}

async fn until_it_ends(follow: &Follow<'_>, mut job: Value) -> Result<Value, Failure> {
    let mut screen = Screen::new(&job, follow.to_stderr);
    let mut poll = tokio::time::interval(POLL_EVERY);
    let mut seen_at = Instant::now();
    loop {
        let waits_for = waits_for(follow.client, &job).await;
        screen.show(&job, waits_for)?;
        if has_ended(&job) {
            screen.finish(&job)?;
            return Ok(job);
        }
        poll.tick().await;
        match follow.client.get(&["api", "jobs", follow.id], &[]).await {
            Ok(now) => {
                seen_at = Instant::now();
                job = now;
            }
            Err(error) if error.is_passing() && seen_at.elapsed() < SERVICE_AWAY_MAX => {
                screen.service_is_away(&error)?;
            }
            Err(error) => return Err(error.into()),
        }
    }
}

/// Why nothing happens: what the job says, else, while it is queued, what its printer says.
async fn waits_for(client: &ApiClient, job: &Value) -> Option<String> {
    if job["attention"].is_object() {
        return remark(job);
    }
    if job["status"] != JobStatus::Queued.as_str() {
        return None;
    }
    let name = job["printer"].as_str()?;
    let printer = client.get(&["api", "printers", name], &[]).await.ok()?;
    if printer["paused"] == true {
        return Some(format!("{name} is paused here. Let it go on with `platen printers resume {name}`."));
    }
    output::advice(&printer["fault"])
}

fn has_ended(job: &Value) -> bool {
    job["status"].as_str().and_then(JobStatus::parse).is_some_and(JobStatus::is_terminal)
}

struct Screen {
    /// `None` where nobody sees a bar.
    bar: Option<ProgressBar>,
    to_stderr: bool,
    last_line_at: Option<Instant>,
    last_printed: u64,
    /// What was said already, so that it is said once.
    told: String,
}

impl Screen {
    fn new(job: &Value, to_stderr: bool) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(job["quantity"].as_u64().unwrap_or(0));
            let style = ProgressStyle::with_template("  [{bar:32}] {pos:>3} of {len:<3} {msg}");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("=> "));
            bar
        });
        Self { bar, to_stderr, last_line_at: None, last_printed: 0, told: String::new() }
    }

    fn show(&mut self, job: &Value, waits_for: Option<String>) -> Result<(), Failure> {
        let printed = job["current_label"].as_u64().unwrap_or(0);
        let rest = match job["eta_seconds"].as_i64() {
            Some(seconds) => format!("on {}, {seconds} s left", output::text(job, "printer")),
            None => format!("on {}", output::text(job, "printer")),
        };
        if let Some(bar) = &self.bar {
            bar.set_position(printed);
            bar.set_message(if waits_for.is_some() { "a person is needed".to_owned() } else { rest });
        } else if printed > self.last_printed && self.may_speak() && !has_ended(job) {
            self.last_line_at = Some(Instant::now());
            self.last_printed = printed;
            self.say(&format!("{} printed {rest}", labels_of(job)))?;
        }
        match waits_for {
            Some(advice) => self.say_once(&format!("! {advice}")),
            None => {
                self.told.clear();
                Ok(())
            }
        }
    }

    fn service_is_away(&mut self, error: &ApiError) -> Result<(), Failure> {
        self.say_once(&format!("! {error}; waiting for it"))
    }

    fn may_speak(&self) -> bool {
        self.last_line_at.is_none_or(|at| at.elapsed() >= LINE_EVERY)
    }

    fn say_once(&mut self, text: &str) -> Result<(), Failure> {
        if self.told == text {
            return Ok(());
        }
        text.clone_into(&mut self.told);
        self.say(text)
    }

    fn say(&self, text: &str) -> Result<(), Failure> {
        match &self.bar {
            Some(bar) if !bar.is_finished() => bar.println(text),
            _ if self.to_stderr => eprintln!("{text}"),
            _ => return output::line(text),
        }
        Ok(())
    }

    /// The last line stays, also where a bar was.
    fn finish(&self, job: &Value) -> Result<(), Failure> {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        self.say(&format!("{} printed on {}", labels_of(job), output::text(job, "printer")))
    }
}
