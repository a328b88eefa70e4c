//! `platen export`: history as CSV, streamed to a file or to stdout.

use super::Failure;
use super::client::ServerArguments;
use super::jobs::FilterArguments;
use super::output;
use super::serve::runtime;
use crate::api_client::AnswerStream;
use indicatif::{ProgressBar, ProgressStyle};
use std::fs::File;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub struct ExportArguments {
    /// A row a job, or a row for every outcome recorded of a label.
    #[arg(long, value_enum, default_value_t = Detail::Jobs)]
    detail: Detail,
    #[command(flatten)]
    filter: FilterArguments,
    /// Where to write, - for stdout [default: stdout]. The file appears when it is whole.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    server: ServerArguments,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Detail {
    /// A row a job.
    Jobs,
    /// A row for every outcome recorded of a label, with evidence and attempt; `current` marks the one that counts.
    Labels,
}

/// Runs the command.
pub fn run(arguments: &ExportArguments, config_file: Option<&Path>) -> Result<(), Failure> {
    runtime()?.block_on(async {
        let client = arguments.server.client(config_file)?;
        let mut query = arguments.filter.query();
        if arguments.detail == Detail::Labels {
            query.push(("detail", "labels".to_owned()));
        }
        let stream = client.stream(&["api", "history.csv"], &query).await?;
        match &arguments.out {
            Some(file) if file.as_os_str() != "-" => to_file(stream, file).await,
            _ => to_stdout(stream).await,
        }
    })
}

async fn to_stdout(mut stream: AnswerStream) -> Result<(), Failure> {
    while let Some(piece) = stream.next().await? {
        output::write(&piece)?;
    }
    Ok(())
}

/// Beside the file first: half a history never looks like a whole one, and never replaces an older whole one.
async fn to_file(mut stream: AnswerStream, file: &Path) -> Result<(), Failure> {
    let unwritable = |error: std::io::Error| {
        Failure::failed(format!("{} could not be written ({error}); check path and space", file.display()))
    };
    let mut part_name = file.as_os_str().to_owned();
    part_name.push(".part");
    let part = Part(PathBuf::from(part_name));
    let mut out = File::create(&part.0).map_err(unwritable)?;
    let progress = progress_bar();
    while let Some(piece) = stream.next().await? {
        out.write_all(&piece).map_err(unwritable)?;
        progress.inc(piece.len() as u64);
    }
    out.sync_all().map_err(unwritable)?;
    std::fs::rename(&part.0, file).map_err(unwritable)?;
    progress.finish_and_clear();
    eprintln!("{}: {} bytes written", file.display(), progress.position());
    Ok(())
}

/// The unfinished file; gone when it is not needed any more.
struct Part(PathBuf);

impl Drop for Part {
    fn drop(&mut self) {
        // After the renaming there is nothing left to remove.
        let _ = std::fs::remove_file(&self.0);
    }
}

/// A spinner on a terminal, nothing elsewhere: the length is not known before the end.
fn progress_bar() -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("  {spinner} {bytes} read, {bytes_per_sec}");
    ProgressBar::new_spinner().with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()))
}
