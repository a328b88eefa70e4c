//! `platen print`: submits a job from a shell and follows it to its end.

use super::Failure;
use super::client::ServerArguments;
use super::follow::{Follow, follow};
use super::output;
use super::serve::runtime;
use crate::api_client::{ApiClient, ApiError};
use serde_json::{Map, Value, json};
use std::io::Read;
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// What the service takes at most, too.
const DATA_BYTES_MAX: u64 = 64 * 1024 * 1024;

#[derive(Debug, clap::Args)]
pub struct PrintArguments {
    /// Name of the template; see `platen templates`.
    template: String,
    /// Name of the printer; see `platen printers`.
    #[arg(long, value_name = "NAME", required_unless_present = "pool", conflicts_with = "pool")]
    printer: Option<String>,
    /// A pool of printers: of those that the template fits, the one with the shortest queue takes the job.
    #[arg(long, value_name = "NAME")]
    pool: Option<String>,
    /// A job as JSON (mo, data, labels or quantity), - for stdin.
    #[arg(long, value_name = "FILE")]
    data: Option<PathBuf>,
    /// Number of labels, where the data names no labels; 1 unless told.
    #[arg(long, value_name = "N")]
    quantity: Option<u32>,
    /// Each label so many times.
    #[arg(long, value_name = "N")]
    copies: Option<u32>,
    /// 0 to 9, higher goes first; 5 unless told.
    #[arg(long, value_name = "P", value_parser = clap::value_parser!(u8).range(0..=9))]
    priority: Option<u8>,
    /// The job's own key: sending it again never prints again. A new one is made and shown unless given.
    #[arg(long, value_name = "UUID")]
    uuid: Option<Uuid>,
    /// Print the job as JSON at the end; everything else goes to stderr.
    #[arg(long)]
    json: bool,
    /// Leave when the job is accepted.
    #[arg(long)]
    no_wait: bool,
    #[command(flatten)]
    server: ServerArguments,
}

/// Runs the command.
pub fn run(arguments: &PrintArguments, config_file: Option<&Path>) -> Result<(), Failure> {
    let body = job_body(arguments)?;
    runtime()?.block_on(async {
        let client = arguments.server.client(config_file)?;
        submit_and_follow(arguments, &client, &body).await
    })
}

async fn submit_and_follow(
    arguments: &PrintArguments,
    client: &ApiClient,
    body: &Value,
) -> Result<(), Failure> {
    let uuid = output::text(body, "uuid");
    // Before it is sent: whatever happens on the way, the call can be repeated with it.
    say(arguments, &format!("uuid {uuid}"))?;
    let (job, is_new) =
        client.post_told(&["api", "jobs"], Some(body)).await.map_err(|error| match error {
            error @ ApiError::Unreachable { .. } => {
                Failure::failed(format!("{error}; repeat the call with --uuid {uuid}: it never prints twice"))
            }
            error => error.into(),
        })?;
    let accepted = if is_new { "accepted" } else { "known since before, not sent again" };
    let id = output::text(&job, "job_id");
    let (quantity, printer) = (output::text(&job, "quantity"), output::text(&job, "printer"));
    say(arguments, &format!("job {id} {accepted}: {quantity} labels on {printer}"))?;
    if let Some(advice) = output::advice(&job["warning"]) {
        let instead = output::text(&job["warning"], "suggested_printer");
        let instead = if instead.is_empty() { instead } else { format!(" {instead} is free and well.") };
        say(arguments, &format!("  ! {advice}{instead}"))?;
    }
    let job = if arguments.no_wait {
        job
    } else {
        follow(&Follow { client, id: &id, to_stderr: arguments.json }, job).await?
    };
    if arguments.json {
        output::json(&job)?;
    }
    if arguments.no_wait { Ok(()) } else { verdict(&job) }
}

/// Completed is success; everything else says what is missing.
fn verdict(job: &Value) -> Result<(), Failure> {
    let status = output::text(job, "status");
    if status == "completed" {
        return Ok(());
    }
    let (id, done, all) =
        (output::text(job, "job_id"), output::text(job, "current_label"), output::text(job, "quantity"));
    let reason = match output::text(job, "error_message") {
        reason if reason.is_empty() => format!("send the rest with `platen jobs retry {id}`"),
        reason => format!("{reason} {}", output::text(job, "error_action")),
    };
    Err(Failure::failed(format!(
        "job {id} ended as {}: {done} of {all} labels printed; {}",
        status.replace('_', " "),
        reason.trim_end()
    )))
}

fn say(arguments: &PrintArguments, text: &str) -> Result<(), Failure> {
    if arguments.json {
        eprintln!("{text}");
        return Ok(());
    }
    output::line(text)
}

/// The job to send: what the file says, with what the call says on top.
fn job_body(arguments: &PrintArguments) -> Result<Value, Failure> {
    let mut body = match &arguments.data {
        Some(file) => read_data(file)?,
        None => Map::new(),
    };
    body.insert("template".to_owned(), json!(arguments.template));
    for (name, value) in [("printer", &arguments.printer), ("pool", &arguments.pool)] {
        match value {
            Some(value) => body.insert(name.to_owned(), json!(value)),
            None => body.remove(name),
        };
    }
    if let Some(quantity) = arguments.quantity {
        body.insert("quantity".to_owned(), json!(quantity));
    }
    if !body.contains_key("quantity") && !body.contains_key("labels") {
        body.insert("quantity".to_owned(), json!(1));
    }
    if let Some(copies) = arguments.copies {
        body.insert("copies".to_owned(), json!(copies));
    }
    if let Some(priority) = arguments.priority {
        body.insert("priority".to_owned(), json!(priority));
    }
    if let Some(uuid) = arguments.uuid {
        body.insert("uuid".to_owned(), json!(uuid));
    }
    body.entry("uuid").or_insert_with(|| json!(Uuid::now_v7()));
    if let Ok(user) = std::env::var("USER") {
        body.entry("submitted_by").or_insert_with(|| json!(user));
    }
    Ok(Value::Object(body))
}

fn read_data(file: &Path) -> Result<Map<String, Value>, Failure> {
    let wrong = |problem: String| Failure::wrong_call(format!("{}: {problem}", file.display()));
    let unreadable = |error: std::io::Error| wrong(format!("it cannot be read ({error}); check the path"));
    let source: Box<dyn Read> = match file.to_str() {
        Some("-") => Box::new(std::io::stdin()),
        _ => Box::new(std::fs::File::open(file).map_err(unreadable)?),
    };
    let mut text = String::new();
    let length = source.take(DATA_BYTES_MAX + 1).read_to_string(&mut text).map_err(unreadable)?;
    if length as u64 > DATA_BYTES_MAX {
        return Err(wrong(format!("it is longer than {DATA_BYTES_MAX} bytes; split the job")));
    }
    serde_json::from_str(&text).map_err(|error| {
        wrong(format!("it is not a job as JSON ({error}); look at the sample.json of a template"))
    })
}
