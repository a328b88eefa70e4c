//! A power cut at any moment: everything the disk had not been told to keep may be gone.

use crate::harness::{Place, Service, job, slow_printer};
use crate::platter::{Operation, Platter, Step, Syncs, Unsynced, steps};
use crate::shim::Disk;
use platen::store::Store;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use serde_json::{Value, json};
use sqlx::Connection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use uuid::Uuid;

/// Moments of a cut that are tried, beside the first and the last.
const CUTS: usize = 36;
/// Labels of the job that prints.
const PRINTED: i64 = 90;

/// What the world outside may rely on from a position of the record on.
#[derive(Debug, Clone)]
enum Promise {
    /// 202 was heard for the job of this uuid with so many labels.
    Accepted(String, i64),
    /// Bytes of this label of the job with this mark have left.
    Left(i64),
}

type Promises = Arc<Mutex<Vec<(u64, Promise)>>>;

#[tokio::test(flavor = "multi_thread")]
async fn what_was_promised_is_there_after_a_power_cut_at_any_moment() {
    let (record, promises) = live().await;
    let steps = steps(&record);
    let syncs: Vec<usize> =
        (0..steps.len()).filter(|number| steps[*number].operation == Operation::Sync).collect();
    let mut random = StdRng::seed_from_u64(1);
    let mut moments: Vec<usize> = syncs.choose_multiple(&mut random, CUTS).copied().collect();
    moments.extend((0..CUTS / 4).map(|_| random.random_range(0..steps.len())));
    moments.extend([syncs[0], steps.len()]);
    moments.sort_unstable();
    let mut platter = Platter::default();
    let mut taken = 0;
    for moment in moments {
        for step in &steps[taken..moment] {
            platter.take(step, Syncs::All);
        }
        taken = moment;
        let reached = steps[..moment].last().map_or(0, |step| step.end);
        let torn = Unsynced::Torn(if random.random() { 512 } else { 4096 });
        for unsynced in [Unsynced::Lost, torn] {
            let seed = random.random();
            let found = after_cut(&platter, unsynced, seed, reached, &promises).await;
            assert_eq!(
                found,
                Ok(()),
                "cut before step {moment} of {}, {unsynced:?}, seed {seed}",
                steps.len()
            );
        }
    }
    let restarts = steps.iter().filter(|step| is_log(step) && is_at(step, 0)).count();
    assert!(syncs.len() > 40, "the record holds {} syncs", syncs.len());
    assert!(restarts > 1, "the log began {restarts} times: it never began anew");
    // The same eyes see what a laxer database would lose.
    for syncs in [Syncs::NotOfTheLog, Syncs::None] {
        let mut platter = Platter::default();
        steps.iter().for_each(|step| platter.take(step, syncs));
        let found = after_cut(&platter, Unsynced::Lost, 1, u64::MAX, &promises).await;
        assert!(found.is_err(), "{syncs:?} loses nothing: this test would not see a loss");
    }
}

/// A service lives, accepts and prints; everything it does to the disk is recorded.
async fn live() -> (Vec<u8>, Vec<(u64, Promise)>) {
    let zebra = slow_printer(40.0).await;
    let promises = Promises::default();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let (place, disk) = Disk::below(Place::at(listener.local_addr().expect("its address"), None));
    let disk = Arc::new(disk);
    tokio::spawn(watch(listener, zebra.address(), Arc::clone(&disk), Arc::clone(&promises)));
    let service = place.start().await;
    let printed = accept(&service, &disk, &promises, &job(PRINTED as usize)).await;
    accept(&service, &disk, &promises, &job(1_200)).await;
    service.wait_for_end(&printed).await;
    for _ in 0..3 {
        accept(&service, &disk, &promises, &wide_job()).await;
    }
    for _ in 0..3 {
        accept(&service, &disk, &promises, &job(1)).await;
    }
    service.kill().await;
    let promises = promises.lock().expect("the promises").clone();
    (disk.record(), promises)
}

/// A job of some megabytes: the log fills, and begins anew.
fn wide_job() -> Value {
    let remark = "x".repeat(30_000);
    let zpl: String = (0..50).map(|_| format!("^XA^FX{remark}^FS^FO9,9^A0N,20^FDw^FS^XZ")).collect();
    json!({"uuid": Uuid::now_v7(), "printer": "line-a", "zpl": zpl, "priority": 0})
}

async fn accept(service: &Service, disk: &Disk, promises: &Promises, job: &Value) -> String {
    let id = service.submit(job).await;
    let quantity = service.status(&id).await["quantity"].as_i64().expect("a quantity");
    let uuid = job["uuid"].as_str().expect("a uuid").to_owned();
    promises.lock().expect("the promises").push((disk.position(), Promise::Accepted(uuid, quantity)));
    id
}

/// Passes bytes on, and remembers when those of each label of the first job had left.
async fn watch(listener: TcpListener, printer: SocketAddr, disk: Arc<Disk>, promises: Promises) {
    while let Ok((mut service, _)) = listener.accept().await {
        let mut printer = TcpStream::connect(printer).await.expect("the printer");
        let (disk, promises) = (Arc::clone(&disk), Arc::clone(&promises));
        tokio::spawn(async move {
            let (mut from_service, mut to_service) = service.split();
            let (mut from_printer, mut to_printer) = printer.split();
            let onward = async {
                let mut bytes = vec![0; 16 * 1024];
                while let Ok(count @ 1..) = from_service.read(&mut bytes).await {
                    let position = disk.position();
                    for label in labels_in(&bytes[..count]) {
                        promises.lock().expect("the promises").push((position, Promise::Left(label)));
                    }
                    if to_printer.write_all(&bytes[..count]).await.is_err() {
                        return;
                    }
                }
            };
            let back = tokio::io::copy(&mut from_printer, &mut to_service);
            tokio::select! { () = onward => {}, _ = back => {} }
        });
    }
}

/// The numbers behind `SN-`, those of the first job.
fn labels_in(bytes: &[u8]) -> Vec<i64> {
    let text = String::from_utf8_lossy(bytes);
    let numbers = text.split("SN-").skip(1).filter_map(|rest| rest.get(..5)?.parse().ok());
    numbers.filter(|label| *label <= PRINTED).collect()
}

fn is_log(step: &Step) -> bool {
    step.path.to_string_lossy().ends_with("-wal")
}

fn is_at(step: &Step, at: usize) -> bool {
    matches!(step.operation, Operation::Write { offset, .. } if offset == at)
}

/// Builds the disk as it is after a cut, opens it with platen's own store, and looks for what was promised.
async fn after_cut(
    platter: &Platter,
    unsynced: Unsynced,
    seed: u64,
    reached: u64,
    promises: &[(u64, Promise)],
) -> Result<(), String> {
    let folder = tempfile::tempdir().expect("a folder");
    platter.cut(folder.path(), unsynced, &mut StdRng::seed_from_u64(seed));
    let file = folder.path().join("platen.db");
    let store = Store::open(&format!("sqlite://{}", file.display())).await;
    store.map_err(|error| format!("it does not open: {error}"))?.close().await;
    let due = promises.iter().filter(|(position, _)| *position <= reached);
    look(&file, due.map(|(_, promise)| promise)).await
}

async fn look(file: &Path, promises: impl Iterator<Item = &Promise>) -> Result<(), String> {
    let options = SqliteConnectOptions::new().filename(file).create_if_missing(false);
    let mut connection = SqliteConnection::connect_with(&options).await.expect("it opens");
    let sound: String =
        sqlx::query_scalar("PRAGMA integrity_check").fetch_one(&mut connection).await.expect("a check");
    if sound != "ok" {
        return Err(sound);
    }
    let reserved: Option<i64> = sqlx::query_scalar(
        "SELECT max(reserved_through) FROM runs JOIN jobs ON jobs.id = job_id WHERE quantity = $1",
    )
    .bind(PRINTED)
    .fetch_one(&mut connection)
    .await
    .expect("the runs");
    for promise in promises {
        match promise {
            Promise::Left(label) if reserved < Some(*label) => {
                return Err(format!("label {label} left, {reserved:?} was reserved"));
            }
            Promise::Left(_) => {}
            Promise::Accepted(uuid, quantity) => {
                let labels: i64 = sqlx::query_scalar(
                    "SELECT coalesce(max(last_label), 0) FROM jobs JOIN label_chunks ON job_id = jobs.id WHERE uuid = $1",
                )
                .bind(uuid)
                .fetch_one(&mut connection)
                .await
                .expect("the labels");
                if labels != *quantity {
                    return Err(format!("{labels} of {quantity} labels of job {uuid} are there"));
                }
            }
        }
    }
    connection.close().await.expect("it closes");
    Ok(())
}
