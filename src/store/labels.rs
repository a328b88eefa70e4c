//! What stands on each label, and the ledger of what became of it.

use super::{Connection, StoreError, from_ms, to_ms};
use crate::domain::{Evidence, Fields, JobId, LabelIndex, LabelOutcome, RunId};
use jiff::Timestamp;
use sqlx::FromRow;

/// Labels a chunk holds: small enough to parse at once, large enough to be few.
pub const LABELS_PER_CHUNK: usize = 500;

/// Stores the values of all labels of a job, in chunks.
pub async fn insert_contents(
    connection: &mut Connection,
    job_id: JobId,
    labels: &[Fields],
) -> Result<(), StoreError> {
    let mut first_label: LabelIndex = 1;
    for chunk in labels.chunks(LABELS_PER_CHUNK) {
        let fields = serde_json::to_string(chunk).map_err(|_| StoreError::Damaged("label values"))?;
        sqlx::query(
            "INSERT INTO label_chunks (job_id, first_label, last_label, fields) VALUES ($1, $2, $3, $4)",
        )
        .bind(job_id.to_string())
        .bind(first_label)
        .bind(first_label + chunk.len() as LabelIndex - 1)
        .bind(fields)
        .execute(&mut *connection)
        .await?;
        first_label += chunk.len() as LabelIndex;
    }
    Ok(())
}

/// A stretch of labels with their values.
#[derive(Debug, Clone)]
pub struct Chunk {
    pub first_label: LabelIndex,
    pub fields: Vec<Fields>,
}

/// The chunk that holds a label. `None` where the job gave a quantity and no values.
pub async fn chunk_with(
    connection: &mut Connection,
    job_id: JobId,
    label: LabelIndex,
) -> Result<Option<Chunk>, StoreError> {
    let row: Option<(i64, String)> = sqlx::query_as(
        "SELECT first_label, fields FROM label_chunks
         WHERE job_id = $1 AND first_label <= $2 AND last_label >= $2",
    )
    .bind(job_id.to_string())
    .bind(label)
    .fetch_optional(connection)
    .await?;
    row.map(|(first_label, fields)| {
        let fields = serde_json::from_str(&fields).map_err(|_| StoreError::Damaged("label values"))?;
        Ok(Chunk { first_label, fields })
    })
    .transpose()
}

/// Where a ledger row comes from.
#[derive(Debug, Clone)]
pub struct LedgerEntry<'a> {
    pub job_id: JobId,
    pub run_id: RunId,
    pub printer: &'a str,
    pub attempt: i64,
    pub outcome: LabelOutcome,
    pub evidence: Evidence,
}

/// Records the outcome of consecutive labels from `first_label` on; `serials` has one entry a label.
/// A label that is `printed` stays so; one that was undecided is settled by a late proof.
pub async fn record(
    connection: &mut Connection,
    entry: &LedgerEntry<'_>,
    first_label: LabelIndex,
    serials: &[Option<String>],
    now: Timestamp,
) -> Result<(), StoreError> {
    let count = serials.len() as i64;
    let (had_rows, had_printed): (i64, i64) = sqlx::query_as(
        "SELECT count(*), coalesce(sum(CASE WHEN outcome = 'printed' THEN 1 ELSE 0 END), 0) FROM labels
         WHERE job_id = $1 AND label_index BETWEEN $2 AND $3",
    )
    .bind(entry.job_id.to_string())
    .bind(first_label)
    .bind(first_label + count - 1)
    .fetch_one(&mut *connection)
    .await?;
    let serials = serde_json::to_string(serials).map_err(|_| StoreError::Damaged("serials"))?;
    sqlx::query(
        "INSERT INTO labels (job_id, label_index, outcome, evidence, serial, printer, run_id, attempt, recorded_at_ms)
         SELECT $1, $2 + key, $3, $4, value, $5, $6, $7, $8 FROM json_each($9) WHERE true
         ON CONFLICT (job_id, label_index) DO UPDATE SET outcome = excluded.outcome, evidence = excluded.evidence,
            printer = excluded.printer, run_id = excluded.run_id, attempt = excluded.attempt,
            recorded_at_ms = excluded.recorded_at_ms
         WHERE labels.outcome <> 'printed'",
    )
    .bind(entry.job_id.to_string())
    .bind(first_label)
    .bind(entry.outcome.as_str())
    .bind(entry.evidence.as_str())
    .bind(entry.printer)
    .bind(entry.run_id.to_string())
    .bind(entry.attempt)
    .bind(to_ms(now))
    .bind(serials)
    .execute(&mut *connection)
    .await?;
    // Counted by difference: a full count at every confirmation would cost a long job its length, squared.
    let newly_printed = if entry.outcome == LabelOutcome::Printed { count - had_printed } else { 0 };
    sqlx::query("UPDATE jobs SET recorded = recorded + $2, printed = printed + $3 WHERE id = $1")
        .bind(entry.job_id.to_string())
        .bind(count - had_rows)
        .bind(newly_printed)
        .execute(connection)
        .await?;
    Ok(())
}

/// Brings the job's counters in line with the ledger, after a person's act.
async fn recount(connection: &mut Connection, job_id: JobId) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE jobs SET
            recorded = (SELECT count(*) FROM labels WHERE job_id = $1),
            printed = (SELECT count(*) FROM labels WHERE job_id = $1 AND outcome = 'printed')
         WHERE id = $1",
    )
    .bind(job_id.to_string())
    .execute(connection)
    .await?;
    Ok(())
}

/// A person's answer for undecided labels: printed, or not printed and to be sent again.
/// Answers how many labels it settled; labels that were not undecided are left alone.
pub async fn resolve(
    connection: &mut Connection,
    job_id: JobId,
    labels: &[LabelIndex],
    printed: bool,
    now: Timestamp,
) -> Result<u64, StoreError> {
    let list = serde_json::to_string(labels).map_err(|_| StoreError::Damaged("label numbers"))?;
    let statement = if printed {
        "UPDATE labels SET outcome = 'printed', evidence = 'person', recorded_at_ms = $3
         WHERE job_id = $1 AND outcome = 'unconfirmed' AND label_index IN (SELECT value FROM json_each($2))"
    } else {
        "DELETE FROM labels
         WHERE job_id = $1 AND outcome = 'unconfirmed' AND label_index IN (SELECT value FROM json_each($2)) AND $3 > 0"
    };
    let result = sqlx::query(statement)
        .bind(job_id.to_string())
        .bind(list)
        .bind(to_ms(now))
        .execute(&mut *connection)
        .await?;
    recount(connection, job_id).await?;
    Ok(result.rows_affected())
}

/// What a proof or a policy makes of labels in doubt: printed with this evidence, or, without one, to be printed again.
pub async fn settle_doubtful(
    connection: &mut Connection,
    job_id: JobId,
    labels: &[LabelIndex],
    printed: Option<Evidence>,
    now: Timestamp,
) -> Result<(), StoreError> {
    for label in labels {
        match printed {
            Some(evidence) => {
                sqlx::query(
                    "UPDATE labels SET outcome = 'printed', evidence = $3, recorded_at_ms = $4
                     WHERE job_id = $1 AND label_index = $2 AND outcome = 'unconfirmed'",
                )
                .bind(job_id.to_string())
                .bind(label)
                .bind(evidence.as_str())
                .bind(to_ms(now))
                .execute(&mut *connection)
                .await?
            }
            None => {
                sqlx::query(
                    "DELETE FROM labels WHERE job_id = $1 AND label_index = $2 AND outcome = 'unconfirmed'",
                )
                .bind(job_id.to_string())
                .bind(label)
                .execute(&mut *connection)
                .await?
            }
        };
    }
    recount(connection, job_id).await
}

/// Frees labels that were given up, so that a retry prints them.
pub async fn release_given_up(connection: &mut Connection, job_id: JobId) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM labels WHERE job_id = $1 AND outcome IN ('failed', 'cancelled')")
        .bind(job_id.to_string())
        .execute(&mut *connection)
        .await?;
    recount(connection, job_id).await
}

/// The first stretch of labels without a recorded outcome.
pub async fn first_gap(
    connection: &mut Connection,
    job_id: JobId,
    quantity: LabelIndex,
) -> Result<Option<(LabelIndex, LabelIndex)>, StoreError> {
    let first: i64 = sqlx::query_scalar(
        "SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM labels WHERE job_id = $1 AND label_index = 1) THEN 1
            ELSE (SELECT min(l.label_index) + 1 FROM labels l WHERE l.job_id = $1 AND NOT EXISTS
                (SELECT 1 FROM labels n WHERE n.job_id = $1 AND n.label_index = l.label_index + 1)) END",
    )
    .bind(job_id.to_string())
    .fetch_one(&mut *connection)
    .await?;
    if first > quantity {
        return Ok(None);
    }
    let next: Option<i64> =
        sqlx::query_scalar("SELECT min(label_index) FROM labels WHERE job_id = $1 AND label_index > $2")
            .bind(job_id.to_string())
            .bind(first)
            .fetch_one(connection)
            .await?;
    Ok(Some((first, next.map_or(quantity, |next| next - 1))))
}

/// A recorded label.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct LedgerRow {
    pub label_index: i64,
    pub outcome: String,
    pub evidence: String,
    pub serial: Option<String>,
    pub printer: String,
    pub attempt: i64,
    recorded_at_ms: i64,
}

impl LedgerRow {
    /// When the outcome was recorded.
    pub fn recorded_at(&self) -> Result<Timestamp, StoreError> {
        from_ms(self.recorded_at_ms)
    }
}

/// Recorded labels of a job after a label, in order.
pub async fn ledger(
    connection: &mut Connection,
    job_id: JobId,
    after: LabelIndex,
    limit: i64,
) -> Result<Vec<LedgerRow>, StoreError> {
    Ok(sqlx::query_as(
        "SELECT label_index, outcome, evidence, serial, printer, attempt, recorded_at_ms FROM labels
         WHERE job_id = $1 AND label_index > $2 ORDER BY label_index LIMIT $3",
    )
    .bind(job_id.to_string())
    .bind(after)
    .bind(limit)
    .fetch_all(connection)
    .await?)
}

/// The labels of a job that are on their way now: first and last.
pub async fn sent_through(
    connection: &mut Connection,
    job_id: JobId,
) -> Result<Option<(LabelIndex, LabelIndex)>, StoreError> {
    Ok(sqlx::query_as(
        "SELECT confirmed_through + 1, reserved_through FROM runs WHERE job_id = $1 AND ended_as IS NULL",
    )
    .bind(job_id.to_string())
    .fetch_optional(connection)
    .await?)
}
