//! Every step of the database, one after the other, on tables that hold something: nothing that stood there is lost.
//! Each step brings sample rows of its own, `tests/data/migrations/NUMBER.sql`.

#[path = "support/postgres.rs"]
mod postgres;

use platen::store::{Dialect, migrations};
use sqlx::migrate::Migrator;
use sqlx::{AnyConnection, Connection, Executor};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

const TABLES: [&str; 13] = [
    "template_versions",
    "jobs",
    "label_chunks",
    "runs",
    "ledger",
    "labels",
    "label_doubts",
    "events",
    "printers",
    "printer_leases",
    "api_keys",
    "pauses",
    "write_proofs",
];

async fn rows(connection: &mut AnyConnection) -> BTreeMap<&'static str, i64> {
    let mut rows = BTreeMap::new();
    for table in TABLES {
        let count = sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {table}"));
        let count: i64 = sqlx::query_scalar(count).fetch_one(&mut *connection).await.expect("a count");
        rows.insert(table, count);
    }
    rows
}

async fn step_by_step(url: &str, dialect: Dialect) {
    sqlx::any::install_default_drivers();
    let mut connection = AnyConnection::connect(url).await.expect("a database");
    let all = migrations::of(dialect);
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/migrations");
    for count in 1..=all.iter().len() {
        let before = if count == 1 { BTreeMap::new() } else { rows(&mut connection).await };
        let steps = Migrator::with_migrations(all.iter().take(count).cloned().collect());
        steps.run_direct(None, &mut connection, false).await.expect("the step is taken");
        let step = all.iter().nth(count - 1).expect("a step");
        if count > 1 {
            assert_eq!(rows(&mut connection).await, before, "{} loses or adds rows", step.description);
        }
        let sample = samples.join(format!("{:04}.sql", step.version));
        let text =
            fs::read_to_string(&sample).unwrap_or_else(|_| panic!("no sample rows: {}", sample.display()));
        for statement in text.split(";\n").filter(|statement| !statement.trim().is_empty()) {
            let statement = statement.trim_end_matches(';').to_owned();
            connection
                .execute(sqlx::AssertSqlSafe(statement.clone()))
                .await
                .unwrap_or_else(|error| panic!("{}: {statement}: {error}", step.description));
        }
    }
    let largest: i64 = sqlx::query_scalar("SELECT max(number) FROM ledger")
        .fetch_one(&mut connection)
        .await
        .expect("a number");
    assert!(largest == 2 || largest == 3_000_000_000);
}

#[tokio::test]
async fn every_step_keeps_what_stood_there_on_sqlite() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite://{}?mode=rwc", folder.path().join("platen.db").display());
    step_by_step(&url, Dialect::Sqlite).await;
}

#[tokio::test]
async fn every_step_keeps_what_stood_there_on_postgres() {
    let postgres = postgres::Postgres::start();
    step_by_step(&postgres.url(), Dialect::Postgres).await;
}
