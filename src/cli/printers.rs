//! `platen printers`: lists printers of a running service, pauses them and lets them go on.

use super::Failure;
use super::client::ServerArguments;
use super::output::{self, Table};
use super::serve::runtime;
use crate::api_client::ApiClient;
use crate::clock::Clock;
use serde_json::Value;
use std::path::Path;

#[derive(Debug, clap::Args)]
pub struct PrintersArguments {
    #[command(subcommand)]
    verb: Option<PrintersVerb>,
    #[command(flatten)]
    list: ListArguments,
    #[command(flatten)]
    server: ServerArguments,
}

#[derive(Debug, clap::Subcommand)]
enum PrintersVerb {
    /// List printers with state, fault and advice, label counter and queue (the default).
    List(ListArguments),
    /// Send nothing more to a printer; labels already in it still come out.
    Pause(WhichArguments),
    /// Let a printer go on.
    Resume(WhichArguments),
}

#[derive(Debug, Clone, clap::Args)]
struct ListArguments {
    /// As JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("which").required(true).args(["name", "all"]))]
struct WhichArguments {
    /// Name of the printer.
    name: Option<String>,
    /// All printing, on every printer. One paused by its own name stays paused when all are resumed.
    #[arg(long)]
    all: bool,
}

/// Runs the command.
pub fn run(arguments: PrintersArguments, config_file: Option<&Path>) -> Result<(), Failure> {
    let PrintersArguments { verb, list: default_list, server } = arguments;
    if verb.is_some() && default_list.json {
        return Err(Failure::wrong_call(
            "--json stands behind the verb, as in `platen printers list --json`",
        ));
    }
    runtime()?.block_on(async {
        let client = server.client(config_file)?;
        match verb.unwrap_or(PrintersVerb::List(default_list)) {
            PrintersVerb::List(arguments) => list(&client, &arguments).await,
            PrintersVerb::Pause(which) => wish(&client, which.name.as_deref(), "pause").await,
            PrintersVerb::Resume(which) => wish(&client, which.name.as_deref(), "resume").await,
        }
    })
}

async fn list(client: &ApiClient, arguments: &ListArguments) -> Result<(), Failure> {
    let answer = client.get(&["api", "printers"], &[]).await?;
    if arguments.json {
        return output::json(&answer);
    }
    let printers = answer["printers"].as_array().map(Vec::as_slice).unwrap_or_default();
    if printers.is_empty() {
        return output::line(
            "no printers; add a [[printers]] section to the configuration, see platen.example.toml",
        );
    }
    let now = Clock::system().now();
    let mut table =
        Table::new(&["PRINTER", "STATE", "MODEL", "SERIAL", "LABELS EVER", "QUEUE", "LAST SEEN", "ADDRESS"]);
    for printer in printers {
        let cells = vec![
            output::text(printer, "name"),
            state_of(printer),
            output::text(printer, "model"),
            output::text(printer, "unique_id"),
            output::text(printer, "odometer"),
            output::text(printer, "queue_length"),
            output::age(&printer["last_seen_at"], now),
            output::text(printer, "address"),
        ];
        table.row(cells, output::advice(&printer["fault"]).or_else(|| proves(printer)));
    }
    table.print()?;
    if answer["everything_paused"] == true {
        output::line("all printing is paused; `platen printers resume --all` lets it go on")?;
    }
    Ok(())
}

/// What it can prove, where nothing more urgent is to be said.
fn proves(printer: &Value) -> Option<String> {
    printer["proves"]["sentence"].as_str().map(str::to_owned)
}

/// The state, and where it was paused.
fn state_of(printer: &Value) -> String {
    let state = output::text(printer, "status");
    if printer["paused"] == true && state != "paused" { format!("{state}, paused here") } else { state }
}

async fn wish(client: &ApiClient, name: Option<&str>, verb: &str) -> Result<(), Failure> {
    let Some(name) = name else {
        let answer = client.post(&["api", verb], None).await?;
        let told = if answer["everything_paused"] == true { "is paused" } else { "may go on" };
        return output::line(&format!("all printing {told}"));
    };
    let printer = client.post(&["api", "printers", name, verb], None).await?;
    let told = if printer["paused"] == true { "is paused" } else { "may print" };
    output::line(&format!("{} {told}", output::text(&printer, "name")))
}
