//! How the ledger behaves with millions of labels: recording, finding by serial, searching jobs, verifying.
//!
//! `cargo bench --bench ledger -- --labels 10000000 --folder /var/tmp/ledger` (about 5 GB; the database stays there and is
//! used again). Without arguments: 100 000 labels in a temporary folder.

#![expect(clippy::unwrap_used, reason = "a benchmark fails by panicking")]

use clap::Parser;
use jiff::{SignedDuration, Timestamp};
use platen::domain::{Evidence, JobId, JobType, LabelOutcome, ManufacturingOrder, RunId, UnconfirmedPolicy};
use platen::store::job_lists::{self, JobFilter};
use platen::store::jobs::{self, NewJob};
use platen::store::labels::{self, LedgerEntry};
use platen::store::{Snapshot, Store, Writing, ledger};
use std::path::PathBuf;
use std::time::{Duration, Instant};
use uuid::Uuid;

const LABELS_PER_JOB: i64 = 100;
/// Labels confirmed at once, as a printer at full speed is read twice a second.
const LABELS_PER_RECORD: i64 = 10;
const JOBS_PER_TRANSACTION: i64 = 20;
/// Serials run in sequence for each of so many products.
const PRODUCTS: i64 = 3;
const TRIES: usize = 500;

#[derive(Debug, Parser)]
struct Arguments {
    /// Labels the database shall hold.
    #[arg(long, default_value_t = 100_000)]
    labels: i64,
    /// Where the database is kept.
    #[arg(long)]
    folder: Option<PathBuf>,
    /// Cargo says so.
    #[arg(long, hide = true)]
    bench: bool,
}

#[tokio::main(flavor = "multi_thread")]
async fn main() {
    let arguments = Arguments::parse();
    let temporary = tempfile::tempdir().unwrap();
    let folder = arguments.folder.clone().unwrap_or_else(|| temporary.path().to_owned());
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("ledger.db");
    let url = format!("sqlite://{}", file.display());
    let store = Store::open(&url).await.unwrap();
    fill(&store, arguments.labels).await;
    let bytes = std::fs::metadata(&file).unwrap().len();
    println!("database: {} MB", bytes / 1_000_000);
    record_windows(&store).await;
    find(&store, arguments.labels).await;
    search(&store, arguments.labels).await;
    store.close().await;
    verify(&url).await;
}

fn serial(label: i64) -> String {
    format!("P{}-{:09}", label % PRODUCTS, label / PRODUCTS)
}

fn began() -> Timestamp {
    "2026-01-01T00:00:00Z".parse().unwrap()
}

/// A job of which nothing is recorded yet.
async fn accept_job(writing: &mut Writing, number: i64, now: Timestamp) -> JobId {
    let id = JobId(Uuid::now_v7());
    let job = NewJob {
        id,
        uuid: Uuid::now_v7(),
        body_digest: "0".repeat(64),
        quantity: LABELS_PER_JOB,
        printer: "line-a".to_owned(),
        template: None,
        template_version: None,
        job_type: JobType::MoSplit,
        priority: 5,
        submitted_by: Some("Marc Demo".to_owned()),
        mo: Some(ManufacturingOrder { id: number, name: format!("WH/MO/{number:06}") }),
        data: r#"{"product": "Desk Combination", "code": "FURN_7800"}"#.to_owned(),
        expires_at: None,
        unconfirmed_policy: UnconfirmedPolicy::Ask,
        reprint: None,
    };
    jobs::insert(writing, &job, now).await.unwrap();
    id
}

/// A job with everything printed; labels are numbered over all jobs.
async fn print_job(writing: &mut Writing, number: i64) {
    let now = began() + SignedDuration::from_secs(number * 60);
    let id = accept_job(writing, number, now).await;
    let run_id = RunId(Uuid::now_v7());
    for first in (1..=LABELS_PER_JOB).step_by(LABELS_PER_RECORD as usize) {
        let serials: Vec<Option<String>> = (first..first + LABELS_PER_RECORD)
            .map(|label| Some(serial(number * LABELS_PER_JOB + label - 1)))
            .collect();
        labels::record(writing, &entry(id, run_id), first, &serials, now).await.unwrap();
    }
}

fn entry(job_id: JobId, run_id: RunId) -> LedgerEntry<'static> {
    LedgerEntry {
        job_id,
        run_id,
        printer: "line-a",
        attempt: 1,
        outcome: LabelOutcome::Printed,
        evidence: Evidence::Odometer,
    }
}

async fn fill(store: &Store, labels: i64) {
    let held = ledger::head(&mut store.read().await.unwrap()).await.unwrap().number;
    let (first, last) = (held / LABELS_PER_JOB, labels / LABELS_PER_JOB);
    let started = Instant::now();
    let mut number = first;
    while number < last {
        let mut writing = store.write().await.unwrap();
        for _ in 0..JOBS_PER_TRANSACTION.min(last - number) {
            print_job(&mut writing, number).await;
            number += 1;
        }
        writing.commit().await.unwrap();
        if number % 10_000 == 0 {
            println!("{} labels after {:.0} s", number * LABELS_PER_JOB, started.elapsed().as_secs_f64());
        }
    }
    if first < last {
        let rate = ((last - first) * LABELS_PER_JOB) as f64 / started.elapsed().as_secs_f64();
        println!("filled: {labels} labels at {rate:.0} a second, {LABELS_PER_RECORD} at once");
    }
}

/// What a worker pays for a window of labels, on top of the rest of its transaction. Undone: the figures stay comparable.
async fn record_windows(store: &Store) {
    for window in [1, 10, 64] {
        let serials: Vec<Option<String>> = (0..window).map(|label| Some(format!("X-{label}"))).collect();
        let mut times = Vec::new();
        for _ in 0..TRIES {
            let mut writing = store.write().await.unwrap();
            let id = accept_job(&mut writing, 1, began()).await;
            let run_id = RunId(Uuid::now_v7());
            let started = Instant::now();
            labels::record(&mut writing, &entry(id, run_id), 1, &serials, began()).await.unwrap();
            times.push(started.elapsed());
            writing.rollback().await.unwrap();
        }
        tell(&format!("record {window} labels"), times);
    }
}

async fn find(store: &Store, labels: i64) {
    let mut times = Vec::new();
    for wanted in scattered(labels) {
        let mut reading = store.read().await.unwrap();
        let started = Instant::now();
        let found = ledger::of_serial(&mut reading, &serial(wanted), 0, 500).await.unwrap();
        times.push(started.elapsed());
        assert_eq!(found.len(), 1);
    }
    tell("find by serial", times);
}

async fn search(store: &Store, labels: i64) {
    let searches = [
        ("search jobs by a serial", serial(labels / 2)),
        ("search jobs by part of an order", format!("MO/{:06}", labels / LABELS_PER_JOB / 2)),
        ("search jobs for what is nowhere", "nowhere".to_owned()),
    ];
    for (name, text) in searches {
        let mut times = Vec::new();
        for _ in 0..5 {
            let filter = JobFilter { text: Some(text.clone()), ..JobFilter::default() };
            let started = Instant::now();
            job_lists::page(&mut store.read().await.unwrap(), &filter, None, 50).await.unwrap();
            times.push(started.elapsed());
        }
        tell(name, times);
    }
}

async fn verify(url: &str) {
    let mut snapshot = Snapshot::open(url).await.unwrap();
    let started = Instant::now();
    let found = ledger::verify(&mut snapshot, None, |_, _| {}).await.unwrap();
    let seconds = started.elapsed().as_secs_f64();
    println!(
        "verify {} entries: {seconds:.1} s, {:.0} a second",
        found.entries,
        found.entries as f64 / seconds
    );
    assert_eq!(found.findings.total(), 0, "{:?}", found.findings.kept());
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    println!(
        "memory at most, all of the above: {}",
        status.lines().find(|line| line.contains("VmHWM")).unwrap_or("unknown")
    );
}

/// Labels all over the database, each once.
fn scattered(labels: i64) -> impl Iterator<Item = i64> {
    (0..TRIES as i64).map(move |index| index * 7_919_777 % labels)
}

fn tell(what: &str, mut times: Vec<Duration>) {
    let first = times[0];
    times.sort();
    let (median, worst) = (times[times.len() / 2], times[times.len() - 1]);
    println!("{what}: first {first:.2?}, median {median:.2?}, worst {worst:.2?} of {}", times.len());
}
