//! `platen demo`: everything embedded, nothing installed, nothing left behind but the pictures.

use super::Failure;
use super::serve::{new_key, runtime};
use crate::app::{App, AppOptions};
use crate::clock::Clock;
use crate::config::{Config, PrinterConfig, ServerConfig, StoreConfig, TemplatesConfig};
use crate::dashboard::Gallery;
use crate::domain::UnconfirmedPolicy;
use crate::domain::{Job, JobStatus};
use crate::render::preview::Painter;
use crate::shutdown;
use crate::simulator::{Model, SimulatedZebra, SimulatorOptions};
use crate::store::{Store, jobs};
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use secrecy::SecretString;
use serde_json::json;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

#[derive(Debug, clap::Args)]
pub struct DemoArguments {
    /// End with exit code 0 when every label is confirmed, and print the totals.
    #[arg(long)]
    once: bool,
    /// Where the dashboard listens.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    listen: String,
    /// Where the pictures of the labels go [default: a new temporary folder]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Speed of the simulated printers in inches a second.
    #[arg(long, value_name = "IPS", default_value_t = 6.0)]
    speed_ips: f64,
    /// The folder with the templates.
    #[arg(long, value_name = "DIR", default_value = "zpl_templates")]
    templates: PathBuf,
}

/// An order of the demo: number, product, code, pieces, whose printer.
const ORDERS: [(&str, &str, &str, i64, &str); 5] = [
    ("WH/MO/00042-001", "Desk Combination", "FURN_7800", 4, "line-a"),
    ("WH/MO/00042-002", "Desk Combination", "FURN_7800", 3, "line-a"),
    ("WH/MO/00042-003", "Desk Combination", "FURN_7800", 3, "line-a"),
    ("WH/MO/00043", "Bolt ^XZ^XA^PQ99 ~JR _5E", "BOLT-5", 12, "line-b"),
    ("WH/MO/00044", "Cabinet with Doors, walnut veneer, soft close", "E-COM11", 24, "line-b"),
];
const PRINTERS: [&str; 2] = ["line-a", "line-b"];
const GIVE_UP_AFTER: Duration = Duration::from_secs(300);

/// Runs the command.
pub fn run(arguments: DemoArguments) -> Result<(), Failure> {
    runtime()?.block_on(demo(arguments))
}

async fn demo(arguments: DemoArguments) -> Result<(), Failure> {
    let shutdown =
        shutdown::on_signals().map_err(|error| Failure::failed(format!("cannot start: {error}")))?;
    let folder = demo_folder(arguments.out.as_deref())?;
    let mut printers = Vec::new();
    for name in PRINTERS {
        printers.push((name, start_printer(name, &folder, arguments.speed_ips).await?));
    }
    let key = new_key();
    let config = demo_config(&arguments, &folder, &printers);
    let gallery = Gallery { folders: PRINTERS.map(|name| (name.to_owned(), folder.join(name))).to_vec() };
    let app = App::start(AppOptions {
        config,
        environment_key: Some(SecretString::from(key.clone())),
        clock: Clock::system(),
        shutdown: shutdown.clone(),
        gallery: Some(gallery),
    })
    .await
    .map_err(|error| Failure::failed(error.to_string()))?;
    let (address, store) = (app.address, app.store.clone());
    println!("platen demo: two simulated Zebra printers, {} manufacturing orders", ORDERS.len());
    println!("  dashboard  http://{address}/#key={key}");
    println!("  labels     {} (open index.html in each folder)", folder.display());
    let service = tokio::spawn(app.run());
    let ids = submit_orders(&format!("http://{address}"), &key).await?;
    let outcome = follow(&store, &ids, &shutdown).await;
    let whole = printers.iter().map(|(_, printer)| whole_labels(printer)).sum::<usize>();
    if let Ok(finished) = &outcome {
        print_totals(finished, whole);
    }
    if outcome.is_ok() && !arguments.once && !shutdown.is_cancelled() {
        println!("The dashboard stays open; Ctrl-C ends the demo.");
        shutdown.cancelled().await;
    }
    shutdown.cancel();
    let _ = service.await;
    for (_, printer) in printers {
        printer.stop().await;
    }
    outcome.map(|_| ())
}

fn demo_folder(asked: Option<&Path>) -> Result<PathBuf, Failure> {
    let folder = asked
        .map_or_else(|| std::env::temp_dir().join(format!("platen-demo-{}", Uuid::now_v7())), Path::to_owned);
    std::fs::create_dir_all(&folder)
        .map_err(|error| Failure::failed(format!("{} cannot be made: {error}", folder.display())))?;
    Ok(folder)
}

async fn start_printer(name: &str, folder: &Path, speed_ips: f64) -> Result<SimulatedZebra, Failure> {
    let options = SimulatorOptions {
        model: Model { speed_ips, ..Model::default() },
        serial: format!("XXDEMO-{}", name.to_uppercase()),
        out: Some(folder.join(name)),
        painter: std::env::current_exe().ok().map(Painter::new),
        ..SimulatorOptions::default()
    };
    SimulatedZebra::start(options).await.map_err(|error| Failure::failed(error.to_string()))
}

fn demo_config(arguments: &DemoArguments, folder: &Path, printers: &[(&str, SimulatedZebra)]) -> Config {
    let printers = printers
        .iter()
        .map(|(name, printer)| PrinterConfig {
            name: (*name).to_owned(),
            address: format!("tcp://{}", printer.address()),
            status_address: printer.json_address().map(|address| format!("tcp://{address}")),
            profile: None,
            host_verification: false,
            dpmm: Some(8),
            label_mm: None,
            unconfirmed_policy: UnconfirmedPolicy::default(),
            pools: vec!["line".to_owned()],
        })
        .collect();
    Config {
        server: ServerConfig { listen: arguments.listen.clone(), instance: None },
        store: StoreConfig {
            url: format!("sqlite://{}", folder.join("platen.db").display()),
            ..StoreConfig::default()
        },
        templates: TemplatesConfig { dir: arguments.templates.clone() },
        odoo: None,
        printers,
    }
}

/// Over HTTP, as Odoo does it.
async fn submit_orders(base: &str, key: &str) -> Result<Vec<Uuid>, Failure> {
    let http = reqwest::Client::new();
    let mut ids = Vec::new();
    for (mo_id, (mo, product, code, pieces, printer)) in (42..).zip(ORDERS) {
        let labels: Vec<_> =
            (1..=pieces).map(|piece| json!({"serial": format!("SN-{mo_id:03}{piece:03}")})).collect();
        let body = json!({
            "uuid": Uuid::now_v7(), "template": "mo_label", "printer": printer, "job_type": "mo_split",
            "submitted_by": "Demo", "mo": {"id": mo_id, "name": mo},
            "data": {"product": product, "code": code}, "labels": labels,
        });
        let answer = http
            .post(format!("{base}/api/jobs"))
            .bearer_auth(key)
            .json(&body)
            .send()
            .await
            .map_err(|error| Failure::failed(format!("the demo's service does not answer: {error}")))?;
        let answer: serde_json::Value = answer.json().await.unwrap_or_default();
        let id = answer["job_id"].as_str().and_then(|id| id.parse().ok());
        ids.push(id.ok_or_else(|| Failure::failed(format!("the demo's job was refused: {answer}")))?);
    }
    Ok(ids)
}

/// Shows the progress the printers confirm until every job has ended.
async fn follow(store: &Store, ids: &[Uuid], shutdown: &CancellationToken) -> Result<Vec<Job>, Failure> {
    let failed = |error: crate::store::StoreError| Failure::failed(error.to_string());
    let bars = Bars::new();
    let mut poll = tokio::time::interval(Duration::from_millis(100));
    let give_up = tokio::time::Instant::now() + GIVE_UP_AFTER;
    loop {
        let mut found =
            jobs::find_many(&mut *store.read().await.map_err(failed)?, ids).await.map_err(failed)?;
        found.sort_by_key(|job| job.id);
        bars.show(&found);
        if found.iter().all(|job| job.status.is_terminal()) {
            bars.finish();
            return match found.iter().find(|job| job.status != JobStatus::Completed) {
                Some(job) => Err(Failure::failed(format!("job {} ended as {}", job.id, job.status.as_str()))),
                None => Ok(found),
            };
        }
        tokio::select! {
            _ = poll.tick() => {}
            () = shutdown.cancelled() => return Err(Failure::failed("stopped before all labels were printed")),
            () = tokio::time::sleep_until(give_up) => {
                return Err(Failure::failed("the labels did not come out within five minutes"));
            }
        }
    }
}

/// Bars on a terminal, a line for each finished job elsewhere.
struct Bars {
    all: MultiProgress,
    bars: std::cell::RefCell<Vec<ProgressBar>>,
    plain: bool,
}

impl Bars {
    fn new() -> Self {
        Self {
            all: MultiProgress::new(),
            bars: std::cell::RefCell::default(),
            plain: !std::io::stderr().is_terminal(),
        }
    }

    fn show(&self, jobs: &[Job]) {
        let mut bars = self.bars.borrow_mut();
        for (index, job) in jobs.iter().enumerate() {
            if bars.len() <= index {
                let bar = ProgressBar::new(job.quantity.unsigned_abs());
                let style =
                    ProgressStyle::with_template("  {prefix:16} [{bar:32}] {pos:>3} of {len:<3} {msg}");
                bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("=> "));
                bar.set_prefix(job.mo.as_ref().map(|mo| mo.name.clone()).unwrap_or_default());
                bars.push(if self.plain { bar } else { self.all.add(bar) });
            }
            let before = bars[index].position();
            let now = job.printed.unsigned_abs();
            let waits = job.attention.as_ref().map(|attention| attention.message.clone());
            bars[index].set_message(waits.unwrap_or_else(|| format!("on {}", job.printer)));
            if self.plain {
                if now > before {
                    println!(
                        "  {} {now} of {} confirmed by {}",
                        bars[index].prefix(),
                        job.quantity,
                        job.printer
                    );
                }
                bars[index].update(|state| state.set_pos(now));
            } else {
                bars[index].set_position(now);
            }
        }
    }

    fn finish(&self) {
        for bar in self.bars.borrow().iter() {
            bar.abandon();
        }
    }
}

fn whole_labels(printer: &SimulatedZebra) -> usize {
    printer.paper().iter().filter(|label| label.is_whole_label()).count()
}

fn print_totals(jobs: &[Job], on_paper: usize) {
    let labels: i64 = jobs.iter().map(|job| job.quantity).sum();
    let confirmed: i64 = jobs.iter().map(|job| job.printed).sum();
    println!(
        "{} jobs, {labels} labels, {confirmed} confirmed by the printers' counters, {on_paper} pieces of paper.",
        jobs.len()
    );
}
