//! The disk fails in the middle of printing: the service says so, keeps what it acknowledged, prints nothing it could
//! not write down before, and goes on by itself.

use crate::harness::{PATIENCE, Place, Service, assert_each_once, job, serials_on_paper, slow_printer};
use crate::shim::Disk;
use platen::simulator::SimulatedZebra;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sqlx::Connection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

const LABELS: usize = 80;

#[tokio::test]
async fn a_full_disk_stops_new_jobs_and_costs_no_label() {
    fails_and_is_mended("ENOSPC", "storage_full", StatusCode::INSUFFICIENT_STORAGE).await;
}

#[tokio::test]
async fn a_disk_that_fails_stops_new_jobs_and_costs_no_label() {
    fails_and_is_mended("EIO", "storage_failing", StatusCode::SERVICE_UNAVAILABLE).await;
}

async fn fails_and_is_mended(error: &str, code: &str, status: StatusCode) {
    let zebra = slow_printer(40.0).await;
    let (place, disk) = Disk::below(Place::with_printer(&zebra));
    let service = place.start().await;
    let id = service.submit(&job(LABELS)).await;
    zebra.wait_for_labels(20, PATIENCE).await.expect("label 20");
    disk.fail(error);
    meets_trouble(&service, &zebra, &place, code, status).await;
    disk.mend();
    goes_on(&service, &zebra, &id).await;
}

#[tokio::test]
async fn another_programs_lock_is_waited_for_and_told() {
    let zebra = slow_printer(40.0).await;
    let place = Place::with_printer(&zebra);
    let service = place.start().await;
    let id = service.submit(&job(LABELS)).await;
    zebra.wait_for_labels(20, PATIENCE).await.expect("label 20");
    let mut other = connection(&place.database(), false).await;
    sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await.expect("the lock");
    meets_trouble(&service, &zebra, &place, "storage_busy", StatusCode::SERVICE_UNAVAILABLE).await;
    sqlx::query("ROLLBACK").execute(&mut other).await.expect("the end of the lock");
    goes_on(&service, &zebra, &id).await;
}

#[tokio::test]
async fn a_folder_that_is_moved_away_is_told_and_nothing_is_written_beside_it() {
    let zebra = slow_printer(40.0).await;
    let place = Place::with_printer(&zebra);
    let service = place.start().await;
    let id = service.submit(&job(LABELS)).await;
    zebra.wait_for_labels(20, PATIENCE).await.expect("label 20");
    let elsewhere = place.folder().join("elsewhere");
    std::fs::rename(place.data(), &elsewhere).expect("the folder is moved");
    let file = elsewhere.join("platen.db");
    meets_trouble_at(&service, &zebra, &file, "storage_missing", StatusCode::SERVICE_UNAVAILABLE).await;
    assert!(!place.data().exists(), "no second database is begun");
    std::fs::rename(&elsewhere, place.data()).expect("the folder is brought back");
    goes_on(&service, &zebra, &id).await;
}

/// It is said, a job is refused with it, and no label is on paper that had not been written down.
async fn meets_trouble(
    service: &Service,
    zebra: &SimulatedZebra,
    place: &Place,
    code: &str,
    status: StatusCode,
) {
    meets_trouble_at(service, zebra, &place.database(), code, status).await;
}

async fn meets_trouble_at(
    service: &Service,
    zebra: &SimulatedZebra,
    database: &Path,
    code: &str,
    status: StatusCode,
) {
    let ready = service.send(Method::GET, "/readyz", None).await;
    assert_eq!(ready.status(), StatusCode::SERVICE_UNAVAILABLE);
    let said: Value = ready.json().await.expect("JSON");
    assert_eq!(said["code"], code);
    assert!(!said["action"].as_str().expect("advice").is_empty());
    let (refused, problem) = service.post("/api/jobs", &job(1)).await;
    assert_eq!((refused, &problem["code"]), (status, &json!(code)));
    zebra.wait_until(PATIENCE, |state| state.formats == 0 && !state.printing).await.expect("it runs empty");
    let mut reader = connection(database, true).await;
    let reserved: i64 = sqlx::query_scalar("SELECT max(reserved_through) FROM runs")
        .fetch_one(&mut reader)
        .await
        .expect("what was written down");
    let printed = serials_on_paper(&zebra.paper()).len();
    assert!(printed as i64 <= reserved && printed < LABELS, "{printed} printed, {reserved} written down");
}

async fn goes_on(service: &Service, zebra: &SimulatedZebra, id: &str) {
    let end = service.wait_for_end(id).await;
    assert_eq!((&end["status"], &end["unconfirmed"]), (&json!("completed"), &json!([])));
    assert_each_once(&zebra.paper(), LABELS);
    let ready = service.get("/readyz").await;
    assert_eq!(ready["database"], true);
    let mut small = job(1);
    small["labels"] = json!([{"serial": "SN-90000"}]);
    let id = service.submit(&small).await;
    service.wait_for_end(&id).await;
}

async fn connection(file: &Path, read_only: bool) -> SqliteConnection {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(false)
        .read_only(read_only)
        .busy_timeout(Duration::from_secs(10));
    SqliteConnection::connect_with(&options).await.expect("the database opens")
}

/// A place with a database in which a job waits.
async fn used_place() -> Place {
    let zebra = slow_printer(40.0).await;
    let place = Place::with_printer(&zebra);
    let service = place.start().await;
    let id = service.submit(&job(LABELS)).await;
    service.wait_for_end(&id).await;
    service.stop().await;
    place
}

/// `serve` ends with one sentence, `doctor` says the same with the mend, and the file is as it was.
fn is_refused(place: &Place, environment: &[(&str, &Path)], code: &str, words: &str) {
    let before = std::fs::read(place.database()).ok();
    let call = |verb: &str| {
        Command::new(env!("CARGO_BIN_EXE_platen"))
            .args([verb, "--config"])
            .arg(place.folder().join("one.toml"))
            .envs(environment.iter().copied())
            .output()
            .expect("platen runs")
    };
    let served = call("serve");
    let said = String::from_utf8_lossy(&served.stderr).into_owned();
    assert_eq!(served.status.code(), Some(1), "{said}");
    let sentences: Vec<&str> = said.lines().filter(|line| line.starts_with("platen: ")).collect();
    assert!(sentences.len() == 1 && sentences[0].contains(words), "{said}");
    let doctor = call("doctor");
    let report = String::from_utf8_lossy(&doctor.stdout).into_owned();
    let finding = report.lines().find(|line| line.contains("database")).expect("a finding");
    assert!(finding.contains(code) && finding.contains("->"), "{report}");
    assert_eq!(std::fs::read(place.database()).ok(), before, "the file is not touched");
}

#[tokio::test]
async fn a_damaged_file_is_refused_and_left_as_it_is() {
    let place = used_place().await;
    let whole = std::fs::read(place.database()).expect("the database");
    let mut middle = whole.clone();
    let page = whole.len() / 4096 / 2 * 4096;
    middle[page..page + 4096].fill(0xA5);
    for damaged in [&b"not a database at all, but long enough to be looked at twice".repeat(90), &middle] {
        std::fs::write(place.database(), damaged).expect("the damage");
        is_refused(&place, &[], "storage_damaged", "is damaged");
    }
    std::fs::write(place.database(), &whole[..whole.len() / 2]).expect("half a file");
    is_refused(&place, &[], "storage_damaged", "is damaged");
    std::fs::write(place.database(), &whole).expect("the backup");
    place.start().await.stop().await;
}

#[tokio::test]
async fn a_disk_that_is_mounted_read_only_is_refused() {
    let place = used_place().await;
    let (place, disk) = Disk::below(place);
    disk.fail("EROFS");
    let environment: Vec<(&str, &Path)> =
        place.environment().iter().map(|(name, value)| (*name, value.as_path())).collect();
    is_refused(&place, &environment, "storage_read_only", "cannot be written");
}

#[tokio::test]
async fn a_missing_folder_is_refused_and_not_made() {
    let place = used_place().await;
    std::fs::remove_dir_all(place.data()).expect("the folder is removed");
    is_refused(&place, &[], "storage_missing", "is not there");
    assert!(!place.data().exists());
}
