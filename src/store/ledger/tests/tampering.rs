//! Changes behind the ledger's back.

use crate::store::Writing;
use proptest::prelude::*;

/// Where a change behind the ledger's back is made; rows are counted modulo those there are.
#[derive(Debug, Clone)]
pub(super) enum Tampering {
    FlipBit { column: usize, row: usize, bit: usize },
    Delete { table: usize, row: usize },
    InsertCopy { row: usize },
    Swap { row: usize, other: usize },
}

const TABLES: [&str; 3] = ["ledger", "labels", "jobs"];
/// Every column whose change must be found.
const COLUMNS_HELD: [(&str, &str); 26] = [
    ("ledger", "number"),
    ("ledger", "job_id"),
    ("ledger", "label_index"),
    ("ledger", "outcome"),
    ("ledger", "evidence"),
    ("ledger", "serial"),
    ("ledger", "printer"),
    ("ledger", "run_id"),
    ("ledger", "attempt"),
    ("ledger", "recorded_at_ms"),
    ("ledger", "format"),
    ("ledger", "seal"),
    ("labels", "job_id"),
    ("labels", "label_index"),
    ("labels", "entry"),
    ("labels", "outcome"),
    ("labels", "evidence"),
    ("labels", "serial"),
    ("labels", "printer"),
    ("labels", "run_id"),
    ("labels", "attempt"),
    ("labels", "recorded_at_ms"),
    ("jobs", "id"),
    ("jobs", "printed"),
    ("jobs", "recorded"),
    ("ledger", "seal"),
];

pub(super) fn tampering() -> impl Strategy<Value = Tampering> {
    prop_oneof![
        20 => (0..COLUMNS_HELD.len(), any::<usize>(), any::<usize>())
            .prop_map(|(column, row, bit)| Tampering::FlipBit { column, row, bit }),
        3 => (0..TABLES.len(), any::<usize>()).prop_map(|(table, row)| Tampering::Delete { table, row }),
        1 => any::<usize>().prop_map(|row| Tampering::InsertCopy { row }),
        2 => (any::<usize>(), any::<usize>()).prop_map(|(row, other)| Tampering::Swap { row, other }),
    ]
}

pub(super) async fn run(writing: &mut Writing, statement: String) -> Result<u64, sqlx::Error> {
    let done = sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&mut **writing).await?;
    Ok(done.rows_affected())
}

async fn row_of(writing: &mut Writing, table: &str, row: usize) -> Option<i64> {
    let rows: Vec<i64> =
        sqlx::query_scalar(sqlx::AssertSqlSafe(format!("SELECT rowid FROM {table} ORDER BY rowid")))
            .fetch_all(&mut **writing)
            .await
            .unwrap();
    (!rows.is_empty()).then(|| rows[row % rows.len()])
}

/// Makes the change. False where the database refuses it, or where it changes nothing.
pub(super) async fn tamper(writing: &mut Writing, change: &Tampering) -> bool {
    let done = match *change {
        Tampering::FlipBit { column, row, bit } => {
            let (table, column) = COLUMNS_HELD[column];
            let Some(row) = row_of(writing, table, row).await else { return false };
            flip(writing, table, column, row, bit).await
        }
        Tampering::Delete { table, row } => {
            let Some(row) = row_of(writing, TABLES[table], row).await else { return false };
            if TABLES[table] == "jobs" && empty_job(writing, row).await {
                return false;
            }
            run(writing, format!("DELETE FROM {} WHERE rowid = {row}", TABLES[table])).await
        }
        Tampering::InsertCopy { row } => {
            let Some(row) = row_of(writing, "ledger", row).await else { return false };
            run(
                writing,
                format!(
                    "INSERT INTO ledger SELECT (SELECT max(number) + 1 FROM ledger), job_id, label_index, outcome,
                        evidence, serial, printer, run_id, attempt, recorded_at_ms, format, seal
                     FROM ledger WHERE number = {row}"
                ),
            )
            .await
        }
        Tampering::Swap { row, other } => {
            let (Some(row), Some(other)) =
                (row_of(writing, "ledger", row).await, row_of(writing, "ledger", other).await)
            else {
                return false;
            };
            let mut done = Ok(0);
            for (from, to) in [(row, 1_000_000), (other, row), (1_000_000, other)] {
                if row != other {
                    done =
                        run(writing, format!("UPDATE ledger SET number = {to} WHERE number = {from}")).await;
                }
            }
            done
        }
    };
    matches!(done, Ok(1..))
}

/// A job of which nothing is recorded leaves no trace in the ledger.
async fn empty_job(writing: &mut Writing, row: i64) -> bool {
    let recorded: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM ledger WHERE job_id = (SELECT id FROM jobs WHERE rowid = $1)",
    )
    .bind(row)
    .fetch_one(&mut **writing)
    .await
    .unwrap();
    recorded == 0
}

async fn flip(
    writing: &mut Writing,
    table: &str,
    column: &str,
    row: i64,
    bit: usize,
) -> Result<u64, sqlx::Error> {
    if (table, column) == ("jobs", "id") && empty_job(writing, row).await {
        return Ok(0);
    }
    let cell: (String, Vec<u8>, i64) = sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "SELECT typeof({column}), coalesce(CAST({column} AS BLOB), x''), coalesce(CAST({column} AS INTEGER), 0)
         FROM {table} WHERE rowid = {row}"
    )))
    .fetch_one(&mut **writing)
    .await?;
    let value = match cell {
        (kind, _, number) if kind == "integer" => (number ^ (1 << (bit % 62))).to_string(),
        (kind, mut bytes, _) if kind == "text" && !bytes.is_empty() => {
            let bit = bit % (bytes.len() * 8);
            bytes[bit / 8] ^= 1 << (bit % 8);
            let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            format!("CAST(x'{hex}' AS TEXT)")
        }
        _ => "'something'".to_owned(),
    };
    run(writing, format!("UPDATE {table} SET {column} = {value} WHERE rowid = {row}")).await
}
