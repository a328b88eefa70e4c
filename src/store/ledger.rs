//! The ledger: every outcome ever recorded of a label, in order, sealed against alteration. Rows are only added.

mod finding;
mod seal;
#[cfg(test)]
mod tests;
mod verify;
mod walk;

pub use finding::{Finding, Findings, What};
pub use seal::{Head, NotAHead};
pub use verify::{Verification, verify};

use super::{Connection, StoreError, from_ms};
use crate::domain::{JobId, LabelIndex};
use jiff::Timestamp;
use sqlx::FromRow;

/// Rows a statement adds: few round trips, and few statements to keep prepared.
const ROWS_PER_INSERT: usize = 16;
const COLUMNS: usize = 12;

/// What an entry says, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Content {
    pub job_id: String,
    pub label_index: LabelIndex,
    /// A word of `LabelOutcome`.
    pub outcome: String,
    /// A word of `Evidence`.
    pub evidence: String,
    pub serial: Option<String>,
    pub printer: String,
    pub run_id: Option<String>,
    /// Which of the job's runs it was, from 1.
    pub attempt: i64,
    /// Milliseconds since 1970 UTC.
    pub recorded_at_ms: i64,
}

/// Where the ledger ends now.
pub async fn head(connection: &mut Connection) -> Result<Head, StoreError> {
    let last: Option<(i64, String)> =
        sqlx::query_as("SELECT number, seal FROM ledger ORDER BY number DESC LIMIT 1")
            .fetch_optional(connection)
            .await?;
    Ok(last.map_or_else(Head::empty, |(number, seal)| Head { number, seal }))
}

/// Appends entries of one job and makes them what stands of its labels. The caller's transaction writes alone, so the
/// head does not move between reading it and adding to it.
pub(super) async fn append(
    connection: &mut Connection,
    job_id: JobId,
    entries: &[Content],
) -> Result<(), StoreError> {
    if entries.is_empty() {
        return Ok(());
    }
    let first = head(connection).await?;
    let mut head = first.clone();
    for rows in entries.chunks(ROWS_PER_INSERT) {
        let sealed: Vec<(Head, &Content)> = rows
            .iter()
            .map(|content| {
                head = head.followed_by(content);
                (head.clone(), content)
            })
            .collect();
        insert(connection, &sealed).await?;
    }
    stand(connection, job_id, first.number + 1, head.number).await
}

async fn insert(connection: &mut Connection, rows: &[(Head, &Content)]) -> Result<(), StoreError> {
    let places: Vec<String> = (0..rows.len())
        .map(|row| {
            let places: Vec<String> =
                (1..=COLUMNS).map(|column| format!("${}", row * COLUMNS + column)).collect();
            format!("({})", places.join(", "))
        })
        .collect();
    let statement = format!(
        "INSERT INTO ledger (number, job_id, label_index, outcome, evidence, serial, printer, run_id, attempt,
            recorded_at_ms, format, seal) VALUES {}",
        places.join(", ")
    );
    let mut query = sqlx::query(sqlx::AssertSqlSafe(statement));
    for (head, content) in rows {
        query = query
            .bind(head.number)
            .bind(&content.job_id)
            .bind(content.label_index)
            .bind(&content.outcome)
            .bind(&content.evidence)
            .bind(&content.serial)
            .bind(&content.printer)
            .bind(&content.run_id)
            .bind(content.attempt)
            .bind(content.recorded_at_ms)
            .bind(seal::FORMAT)
            .bind(&head.seal);
    }
    query.execute(connection).await?;
    Ok(())
}

/// The current outcome of each label is its last entry, taken over from the ledger itself.
async fn stand(connection: &mut Connection, job_id: JobId, first: i64, last: i64) -> Result<(), StoreError> {
    sqlx::query(
        "DELETE FROM labels WHERE job_id = $1 AND label_index IN
            (SELECT label_index FROM ledger WHERE number BETWEEN $2 AND $3 AND outcome = 'released')",
    )
    .bind(job_id.to_string())
    .bind(first)
    .bind(last)
    .execute(&mut *connection)
    .await?;
    sqlx::query(
        "INSERT INTO labels (job_id, label_index, entry, outcome, evidence, serial, printer, run_id, attempt,
            recorded_at_ms)
         SELECT job_id, label_index, number, outcome, evidence, serial, printer, run_id, attempt, recorded_at_ms
         FROM ledger WHERE number BETWEEN $1 AND $2 AND outcome <> 'released'
         ON CONFLICT (job_id, label_index) DO UPDATE SET entry = excluded.entry, outcome = excluded.outcome,
            evidence = excluded.evidence, serial = excluded.serial, printer = excluded.printer,
            run_id = excluded.run_id, attempt = excluded.attempt, recorded_at_ms = excluded.recorded_at_ms",
    )
    .bind(first)
    .bind(last)
    .execute(connection)
    .await?;
    Ok(())
}

/// An entry as readers see it.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Entry {
    /// Position in the ledger, from 1.
    pub number: i64,
    #[sqlx(flatten)]
    pub content: Content,
    is_current: i64,
}

impl Entry {
    /// When it was recorded.
    pub fn recorded_at(&self) -> Result<Timestamp, StoreError> {
        from_ms(self.content.recorded_at_ms)
    }

    /// True where no later entry has replaced it: this is the label's outcome now.
    pub fn is_current(&self) -> bool {
        self.is_current != 0
    }
}

/// The entries of a job, label by label and in order within a label, behind a label and an entry.
pub async fn of_job(
    connection: &mut Connection,
    job_id: JobId,
    after: (LabelIndex, i64),
    limit: i64,
) -> Result<Vec<Entry>, StoreError> {
    Ok(sqlx::query_as(
        "SELECT e.number, e.job_id, e.label_index, e.outcome, e.evidence, e.serial, e.printer, e.run_id, e.attempt,
            e.recorded_at_ms, CASE WHEN l.entry = e.number THEN 1 ELSE 0 END AS is_current
         FROM ledger e LEFT JOIN labels l ON l.job_id = e.job_id AND l.label_index = e.label_index
         WHERE e.job_id = $1 AND (e.label_index, e.number) > ($2, $3)
         ORDER BY e.label_index, e.number LIMIT $4",
    )
    .bind(job_id.to_string())
    .bind(after.0)
    .bind(after.1)
    .bind(limit)
    .fetch_all(connection)
    .await?)
}

/// An entry with the job it belongs to; the job's own columns are empty where it is gone.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct FoundEntry {
    #[sqlx(flatten)]
    pub entry: Entry,
    /// The caller's uuid of the job.
    pub uuid: Option<String>,
    pub mo_name: Option<String>,
    pub template: Option<String>,
    pub job_type: Option<String>,
}

/// Every entry of a serial or lot, in order, behind an entry: all attempts, in all jobs.
pub async fn of_serial(
    connection: &mut Connection,
    serial: &str,
    after: i64,
    limit: i64,
) -> Result<Vec<FoundEntry>, StoreError> {
    Ok(sqlx::query_as(
        "SELECT e.number, e.job_id, e.label_index, e.outcome, e.evidence, e.serial, e.printer, e.run_id, e.attempt,
            e.recorded_at_ms, CASE WHEN l.entry = e.number THEN 1 ELSE 0 END AS is_current,
            j.uuid, j.mo_name, j.template, j.job_type
         FROM ledger e LEFT JOIN labels l ON l.job_id = e.job_id AND l.label_index = e.label_index
            LEFT JOIN jobs j ON j.id = e.job_id
         WHERE e.serial = $1 AND e.number > $2 ORDER BY e.number LIMIT $3",
    )
    .bind(serial)
    .bind(after)
    .bind(limit)
    .fetch_all(connection)
    .await?)
}
