//! `platen jobs`: lists jobs of a running service and acts on them.

use super::Failure;
use super::client::ServerArguments;
use super::job::{labels_of, remark, show, wish};
use super::output::{self, Table};
use super::serve::runtime;
use crate::api_client::ApiClient;
use crate::clock::Clock;
use serde_json::{Value, json};
use std::path::Path;
use uuid::Uuid;

const DEFAULT_LIMIT: usize = 20;
/// The service's largest page.
const PAGE_MAX: usize = 500;

#[derive(Debug, clap::Args)]
pub struct JobsArguments {
    #[command(subcommand)]
    verb: Option<JobsVerb>,
    #[command(flatten)]
    list: ListArguments,
    #[command(flatten)]
    server: ServerArguments,
}

#[derive(Debug, clap::Subcommand)]
enum JobsVerb {
    /// List jobs, newest first (the default).
    List(ListArguments),
    /// Everything about one job.
    Show {
        /// Id or uuid of the job.
        id: String,
        /// Also every label with its outcome and what proves it.
        #[arg(long)]
        labels: bool,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Withdraw what is not printed yet.
    Cancel {
        /// Id or uuid of the job.
        id: String,
        /// Do not wait for labels in a printer that does not answer or stands: they become unconfirmed.
        #[arg(long)]
        abandon: bool,
    },
    /// Print what is missing, never what is printed.
    Retry {
        /// Id or uuid of the job.
        id: String,
    },
    /// Hold the job; labels already in the printer still come out.
    Pause {
        /// Id or uuid of the job.
        id: String,
    },
    /// Let the job go on.
    Resume {
        /// Id or uuid of the job.
        id: String,
    },
    /// Print labels once more that are printed already, as a new job with a reason.
    Reprint(ReprintArguments),
    /// Say of unconfirmed labels whether they are there; those that are not are printed again.
    Resolve(ResolveArguments),
}

/// Which jobs, shared with `platen export`.
#[derive(Debug, Clone, Default, PartialEq, Eq, clap::Args)]
pub struct FilterArguments {
    /// queued, printing, completed, completed_with_errors, failed or cancelled.
    #[arg(long, value_name = "STATUS")]
    status: Option<String>,
    /// Jobs of this printer.
    #[arg(long, value_name = "NAME")]
    printer: Option<String>,
    /// Jobs of this manufacturing order.
    #[arg(long, value_name = "ORDER")]
    mo: Option<String>,
    /// Part of the order, template, printer, submitter or uuid, or a whole serial that was printed.
    #[arg(long, value_name = "TEXT")]
    q: Option<String>,
    /// Submitted at or after this time, e.g. 2026-01-31T00:00:00Z.
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// Submitted before this time.
    #[arg(long, value_name = "TIME")]
    to: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, clap::Args)]
struct ListArguments {
    #[command(flatten)]
    filter: FilterArguments,
    /// At most so many, the newest; 20 unless told.
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("answer").required(true).args(["printed", "not_printed"]))]
struct ResolveArguments {
    /// Id or uuid of the job.
    id: String,
    /// Label numbers and ranges, e.g. 58 or 3,7-12.
    #[arg(long, value_name = "LABELS")]
    labels: String,
    /// They are there and good.
    #[arg(long)]
    printed: bool,
    /// They are not there, or spoiled: print them again.
    #[arg(long)]
    not_printed: bool,
}

#[derive(Debug, clap::Args)]
struct ReprintArguments {
    /// Id or uuid of the job.
    id: String,
    /// Label numbers and ranges, e.g. 3,7-12; every printed label unless told.
    #[arg(long, value_name = "LABELS")]
    labels: Option<String>,
    /// Why they are wanted once more; kept with the new job.
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// A small REPRINT on each label.
    #[arg(long)]
    mark: bool,
    /// Another printer than the first job's.
    #[arg(long, value_name = "NAME")]
    printer: Option<String>,
    /// The new job's own key: sending it again never prints again. A new one is made unless given.
    #[arg(long, value_name = "UUID")]
    uuid: Option<Uuid>,
}

impl ReprintArguments {
    fn body(&self) -> Value {
        json!({
            "uuid": self.uuid.unwrap_or_else(Uuid::now_v7), "labels": self.labels, "reason": self.reason,
            "mark": self.mark, "printer": self.printer, "submitted_by": std::env::var("USER").ok(),
        })
    }
}

impl FilterArguments {
    /// As the API takes it.
    pub fn query(&self) -> Vec<(&'static str, String)> {
        let pairs = [
            ("status", &self.status),
            ("printer", &self.printer),
            ("mo", &self.mo),
            ("q", &self.q),
            ("from", &self.from),
            ("to", &self.to),
        ];
        pairs.into_iter().filter_map(|(name, value)| Some((name, value.clone()?))).collect()
    }
}

/// Runs the command.
pub fn run(arguments: JobsArguments, config_file: Option<&Path>) -> Result<(), Failure> {
    let JobsArguments { verb, list: default_list, server } = arguments;
    if verb.is_some() && default_list != ListArguments::default() {
        return Err(Failure::wrong_call(
            "filters and --json stand behind the verb, as in `platen jobs list --status queued`",
        ));
    }
    runtime()?.block_on(async {
        let client = server.client(config_file)?;
        match verb.unwrap_or(JobsVerb::List(default_list)) {
            JobsVerb::List(arguments) => list(&client, &arguments).await,
            JobsVerb::Show { id, labels, json } => show(&client, &id, labels, json).await,
            JobsVerb::Cancel { id, abandon } => {
                wish(&client, &id, "cancel", Some(&json!({"abandon": abandon}))).await
            }
            JobsVerb::Reprint(reprint) => wish(&client, &reprint.id, "reprint", Some(&reprint.body())).await,
            JobsVerb::Retry { id } => wish(&client, &id, "retry", None).await,
            JobsVerb::Pause { id } => wish(&client, &id, "pause", None).await,
            JobsVerb::Resume { id } => wish(&client, &id, "resume", None).await,
            JobsVerb::Resolve(ResolveArguments { id, labels, printed, .. }) => {
                let body = json!({"labels": labels, "printed": printed});
                wish(&client, &id, "resolve", Some(&body)).await
            }
        }
    })
}

async fn list(client: &ApiClient, arguments: &ListArguments) -> Result<(), Failure> {
    let limit = arguments.limit.unwrap_or(DEFAULT_LIMIT);
    let mut jobs = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let mut query = arguments.filter.query();
        let missing = limit.saturating_sub(jobs.len());
        query.push(("limit", missing.clamp(1, PAGE_MAX).to_string()));
        query.extend(cursor.take().map(|cursor| ("cursor", cursor)));
        let mut page = client.get(&["api", "jobs"], &query).await?;
        if let Value::Array(found) = page["jobs"].take() {
            jobs.extend(found);
        }
        cursor = page["next_cursor"].as_str().map(str::to_owned);
        if cursor.is_none() || jobs.len() >= limit {
            break;
        }
    }
    if arguments.json {
        return output::json(&json!({"jobs": jobs, "next_cursor": cursor}));
    }
    if jobs.is_empty() {
        return output::line("no jobs");
    }
    table_of(&jobs).print()?;
    match cursor {
        Some(_) => {
            output::line(&format!("there may be more; these are the newest {}, see --limit", jobs.len()))
        }
        None => Ok(()),
    }
}

fn table_of(jobs: &[Value]) -> Table {
    let now = Clock::system().now();
    let mut table =
        Table::new(&["JOB", "STATUS", "LABELS", "PRINTER", "TEMPLATE", "ORDER", "SUBMITTED BY", "CHANGED"]);
    for job in jobs {
        let cells = vec![
            output::text(job, "job_id"),
            output::text(job, "status").replace('_', " "),
            labels_of(job),
            output::text(job, "printer"),
            output::text(job, "template"),
            output::text(&job["mo"], "name"),
            output::text(job, "submitted_by"),
            output::age(&job["updated_at"], now),
        ];
        table.row(cells, remark(job));
    }
    table
}
