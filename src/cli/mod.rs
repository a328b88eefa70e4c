//! The commands. Each hands over to the library; errors are one sentence with what to do next.

mod client;
mod demo;
mod doctor;
mod export;
mod follow;
mod history;
mod job;
mod jobs;
mod key;
mod odoo;
mod output;
mod print;
mod printers;
mod render;
mod render_worker;
mod serve;
mod simulate;
mod template_lint;
mod template_versions;
mod templates;

use clap::{Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

/// Prints labels from Odoo on Zebra printers and tells the truth about each of them.
#[derive(Debug, Parser)]
#[command(name = "platen", version, about)]
struct Arguments {
    /// Configuration file; without it platen uses ./platen.toml if there is one.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// The service: HTTP API, dashboard, printing, Odoo.
    Serve(serve::ServeArguments),
    /// Everything embedded: two simulated printers, sample orders, true progress.
    Demo(demo::DemoArguments),
    /// Submit a job to the running service and follow it to its end.
    Print(print::PrintArguments),
    /// List jobs and act on them: cancel, retry, pause, resume, resolve.
    Jobs(jobs::JobsArguments),
    /// List printers with fault and advice; pause and resume them.
    Printers(printers::PrintersArguments),
    /// List templates, say what is wrong with them, upload a version, approve one, go back.
    Templates(templates::TemplatesArguments),
    /// History as CSV.
    Export(export::ExportArguments),
    /// What was recorded of labels: find one by its serial, verify that nothing was altered.
    History(history::HistoryArguments),
    /// Check configuration, database, templates, service, printers and Odoo, with the mend for each.
    Doctor(doctor::DoctorArguments),
    /// Make, end or list API keys.
    Key(key::KeyArguments),
    /// Which Odoo database the service prints for, and accepting another one.
    Odoo(odoo::OdooArguments),
    /// A simulated Zebra printer with every fault, for trying things out.
    Simulate(simulate::SimulateArguments),
    /// Turn a template and data into ZPL, or into a picture.
    Render(render::RenderArguments),
    /// Draws one label: ZPL on stdin, PNG on stdout. Started by platen itself.
    #[command(hide = true)]
    RenderWorker(render_worker::RenderWorkerArguments),
}

/// Why a command ends without success: the sentence for stderr and the exit code.
#[derive(Debug)]
pub struct Failure {
    /// What happened, where, and what to do next, in one sentence.
    pub sentence: String,
    /// 2 for a wrong call or configuration, 1 for a failure.
    pub exit_code: u8,
}

impl Failure {
    /// The call or the configuration is wrong.
    pub fn wrong_call(sentence: impl Into<String>) -> Self {
        Self { sentence: sentence.into(), exit_code: 2 }
    }

    /// The call was right and the work failed.
    pub fn failed(sentence: impl Into<String>) -> Self {
        Self { sentence: sentence.into(), exit_code: 1 }
    }
}

/// Parses the command line and runs the command.
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    let config = arguments.config.as_deref();
    let result = match arguments.command {
        Command::Serve(serve) => serve::run(serve, config),
        Command::Demo(demo) => demo::run(demo),
        Command::Print(print) => print::run(&print, config),
        Command::Jobs(jobs) => jobs::run(jobs, config),
        Command::Printers(printers) => printers::run(printers, config),
        Command::Templates(templates) => templates::run(templates, config),
        Command::Export(export) => export::run(&export, config),
        Command::History(history) => history::run(history, config),
        Command::Doctor(doctor) => doctor::run(&doctor, config),
        Command::Key(key) => key::run(key, config),
        Command::Odoo(odoo) => odoo::run(odoo, config),
        Command::Simulate(simulate) => simulate::run(simulate),
        Command::Render(render) => render::run(render, config),
        Command::RenderWorker(worker) => render_worker::run(worker),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("platen: {}", failure.sentence);
            ExitCode::from(failure.exit_code)
        }
    }
}
