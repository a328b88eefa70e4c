//! `platen simulate`.

use super::Failure;
use crate::render::preview::Painter;
use crate::simulator::{
    Kind, Knobs, Model, PrintedLabel, Scenario, SimulatedZebra, SimulatorOptions, control_port,
};
use std::io::Write;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::broadcast::error::RecvError;
use tracing_subscriber::EnvFilter;

#[derive(Debug, clap::Args)]
#[command(after_long_help = control_port::HELP)]
pub struct SimulateArguments {
    /// Print port (raw ZPL); port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:9100")]
    listen: SocketAddr,
    /// JSON port, on the same address; 0 takes a free one [default: 9200, or a free one if the print port is free]
    #[arg(long, value_name = "PORT")]
    json_port: Option<u16>,
    /// A printer without a JSON port
    #[arg(long, conflicts_with = "json_port")]
    no_json: bool,
    /// Faults and keys over HTTP on 127.0.0.1, see below; 0 takes a free port
    #[arg(long, value_name = "PORT")]
    control_port: Option<u16>,
    /// Speed of the paper in inches a second
    #[arg(long, value_name = "IPS", default_value_t = 6.0)]
    speed_ips: f64,
    /// Keep labels.jsonl, the odometer, pictures and index.html here; they survive a restart
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// With --out: no pictures
    #[arg(long)]
    no_pictures: bool,
    /// Steps that happen by themselves, see below
    #[arg(long, value_name = "FILE")]
    scenario: Option<PathBuf>,
    /// Switches for what differs between printers (TOML); GET /knobs lists all
    #[arg(long, value_name = "FILE")]
    knobs: Option<PathBuf>,
    /// Resolution in dots per millimetre: 6, 8, 12 or 24
    #[arg(long, default_value_t = 8, value_parser = parse_dpmm)]
    dpmm: u32,
    /// Label size in millimetres, width x height
    #[arg(long, value_name = "WxH", default_value = "57x32", value_parser = parse_label)]
    label: (f64, f64),
    /// Serial number (device.unique_id)
    #[arg(long, default_value = "XXSIM000000001", value_parser = parse_serial)]
    serial: String,
    /// Label counter at the start, unless --out holds a newer one
    #[arg(long, default_value_t = 31_084)]
    odometer: u64,
}

/// Runs the command.
pub fn run(arguments: SimulateArguments) -> Result<(), Failure> {
    // The few warnings of the paper log and the pictures.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn")))
        .with_writer(std::io::stderr)
        .try_init();
    let control = arguments.control_port;
    let options = arguments.into_options()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| Failure::failed(format!("cannot start: {error}")))?;
    runtime.block_on(simulate(options, control))
}

impl SimulateArguments {
    fn into_options(self) -> Result<SimulatorOptions, Failure> {
        if !(0.1..=100_000.0).contains(&self.speed_ips) {
            return Err(Failure::wrong_call("--speed-ips must be between 0.1 and 100000 inches a second"));
        }
        let usual_json_port = if self.listen.port() == 0 { 0 } else { 9200 };
        let json_port = self.json_port.unwrap_or(usual_json_port);
        let painter = match (&self.out, self.no_pictures) {
            (Some(_), false) => std::env::current_exe().ok().map(Painter::new),
            _ => None,
        };
        Ok(SimulatorOptions {
            listen: self.listen,
            json_listen: (!self.no_json).then(|| SocketAddr::new(self.listen.ip(), json_port)),
            model: Model {
                dpmm: self.dpmm,
                label_width_mm: self.label.0,
                label_height_mm: self.label.1,
                speed_ips: self.speed_ips,
                ..Model::default()
            },
            serial: self.serial,
            odometer: self.odometer,
            knobs: from_file(self.knobs.as_deref(), Knobs::from_toml)?,
            scenario: from_file(self.scenario.as_deref(), Scenario::from_toml)?,
            out: self.out,
            painter,
            // Enough for the control port; the whole log is in the file.
            paper_kept: 10_000,
        })
    }
}

async fn simulate(options: SimulatorOptions, control: Option<u16>) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::failed(format!("cannot listen to signals: {error}"));
    let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
    let serial = options.serial.clone();
    let printer = SimulatedZebra::start(options).await;
    let printer = Arc::new(printer.map_err(|error| Failure::failed(error.to_string()))?);
    let mut paper = printer.follow_paper();

    let mut listens = format!("simulated Zebra {serial} listening on {}", printer.address());
    if let Some(json) = printer.json_address() {
        listens.push_str(&format!(", JSON on {json}"));
    }
    let control = match control {
        Some(port) => {
            let address = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port);
            let (address, server) = control_port::start(address, printer.clone()).map_err(|error| {
                Failure::failed(format!("cannot listen on {address} for --control-port: {error}"))
            })?;
            listens.push_str(&format!(", control on http://{address}"));
            Some((server.handle(), tokio::spawn(server)))
        }
        None => None,
    };
    say(&listens);

    loop {
        tokio::select! {
            _ = interrupt.recv() => break,
            _ = terminate.recv() => break,
            label = paper.recv() => match label {
                Ok(label) => say(&line(&label)),
                Err(RecvError::Lagged(missed)) => say(&format!("… {missed} more")),
                Err(RecvError::Closed) => break,
            }
        }
    }
    if let Some((handle, server)) = control {
        handle.stop(false).await;
        let _ = server.await;
    }
    printer.stop().await;
    Ok(())
}

/// A plain line that whoever started us can read at once; nobody listening is no fault.
fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

fn line(label: &PrintedLabel) -> String {
    let kind = match (label.kind, label.complete, label.reprint) {
        (Kind::Blank, _, _) => " blank",
        (Kind::Foreign, _, _) => " foreign",
        (Kind::Label, false, _) => " TORN",
        (Kind::Label, true, true) => " reprint",
        (Kind::Label, true, false) => "",
    };
    let texts = label.texts.join(" | ").replace(char::is_control, " ");
    format!("label {:>6}  odometer {}{kind}  {texts}", label.sequence, label.odometer)
}

fn from_file<T: Default>(path: Option<&Path>, read: fn(&str) -> Result<T, String>) -> Result<T, Failure> {
    let Some(path) = path else { return Ok(T::default()) };
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure::wrong_call(format!("cannot read {}: {error}", path.display())))?;
    read(&text).map_err(|why| Failure::wrong_call(format!("{}: {why}", path.display())))
}

fn parse_dpmm(text: &str) -> Result<u32, String> {
    text.parse().ok().filter(|dpmm| [6, 8, 12, 24].contains(dpmm)).ok_or("say 6, 8, 12 or 24".to_owned())
}

fn parse_label(text: &str) -> Result<(f64, f64), String> {
    let side = |text: &str| text.trim().parse().ok().filter(|side| (5.0..=1_000.0).contains(side));
    text.split_once(['x', 'X', '×'])
        .and_then(|(width, height)| Some((side(width)?, side(height)?)))
        .ok_or_else(|| "say width x height in millimetres, as in 57x32, each 5 to 1000".to_owned())
}

fn parse_serial(text: &str) -> Result<String, String> {
    let is_plain = |byte: u8| byte.is_ascii_graphic() && byte != b'"';
    let fits = (1..=64).contains(&text.len()) && text.bytes().all(is_plain);
    fits.then(|| text.to_owned()).ok_or_else(|| "say 1 to 64 letters, digits or signs".to_owned())
}
