//! What stands on each label, and what became of it.

use super::ledger::{self, Content};
use super::{Connection, StoreError, from_ms, to_ms};
use crate::domain::{Evidence, Fields, JobId, LabelIndex, LabelOutcome, LabelTexts, RunId};
use jiff::Timestamp;
use sqlx::FromRow;
use std::collections::HashSet;

/// Stores the values of all labels of a job, in chunks.
pub async fn insert_contents(
    connection: &mut Connection,
    job_id: JobId,
    labels: &LabelTexts,
) -> Result<(), StoreError> {
    let mut first_label: LabelIndex = 1;
    for chunk in labels.chunks() {
        let next = first_label + chunk.labels as LabelIndex;
        sqlx::query(
            "INSERT INTO label_chunks (job_id, first_label, last_label, fields) VALUES ($1, $2, $3, $4)",
        )
        .bind(job_id.to_string())
        .bind(first_label)
        .bind(next - 1)
        .bind(&chunk.json)
        .execute(&mut *connection)
        .await?;
        first_label = next;
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

/// Where an outcome comes from.
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
/// A label that is `printed` stays so; one that was undecided is settled by a late proof. What the same run has recorded
/// already is not recorded again.
pub async fn record(
    connection: &mut Connection,
    entry: &LedgerEntry<'_>,
    first_label: LabelIndex,
    serials: &[Option<String>],
    now: Timestamp,
) -> Result<(), StoreError> {
    let known: Vec<(LabelIndex, String, Option<String>)> = sqlx::query_as(
        "SELECT label_index, outcome, run_id FROM labels WHERE job_id = $1 AND label_index BETWEEN $2 AND $3",
    )
    .bind(entry.job_id.to_string())
    .bind(first_label)
    .bind(first_label + serials.len() as LabelIndex - 1)
    .fetch_all(&mut *connection)
    .await?;
    let run_id = entry.run_id.to_string();
    let settled: HashSet<LabelIndex> = known
        .iter()
        .filter(|(_, outcome, run)| {
            let is_again = outcome == entry.outcome.as_str() && run.as_ref() == Some(&run_id);
            is_again || outcome == LabelOutcome::Printed.as_str()
        })
        .map(|(label, ..)| *label)
        .collect();
    let entries: Vec<Content> = (first_label..)
        .zip(serials)
        .filter(|(label, _)| !settled.contains(label))
        .map(|(label_index, serial)| Content {
            job_id: entry.job_id.to_string(),
            label_index,
            outcome: entry.outcome.as_str().to_owned(),
            evidence: entry.evidence.as_str().to_owned(),
            serial: serial.clone(),
            printer: entry.printer.to_owned(),
            run_id: Some(run_id.clone()),
            attempt: entry.attempt,
            recorded_at_ms: to_ms(now),
        })
        .collect();
    ledger::append(connection, entry.job_id, &entries).await?;
    // Counted by difference: a full count at every confirmation would cost a long job its length, squared.
    let newly_printed = if entry.outcome == LabelOutcome::Printed { entries.len() } else { 0 };
    sqlx::query("UPDATE jobs SET recorded = recorded + $2, printed = printed + $3 WHERE id = $1")
        .bind(entry.job_id.to_string())
        .bind((serials.len() - known.len()) as i64)
        .bind(newly_printed as i64)
        .execute(connection)
        .await?;
    Ok(())
}

/// Brings the job's counters in line with its labels, after a later word about them.
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
    let outcome = if printed { LabelOutcome::Printed } else { LabelOutcome::Released };
    settle_doubtful(connection, job_id, labels, (outcome, Evidence::Person), now).await
}

/// What a person's answer, a proof or a policy makes of labels in doubt: printed with this evidence, or released to be
/// printed again. Answers how many labels it settled; labels that were not in doubt are left alone.
pub async fn settle_doubtful(
    connection: &mut Connection,
    job_id: JobId,
    labels: &[LabelIndex],
    settled_as: (LabelOutcome, Evidence),
    now: Timestamp,
) -> Result<u64, StoreError> {
    let chosen: HashSet<LabelIndex> = labels.iter().copied().collect();
    let mut settled = standing(connection, job_id, "outcome = 'unconfirmed'").await?;
    settled.retain(|label| chosen.contains(&label.label_index));
    change(connection, job_id, &mut settled, settled_as, now).await?;
    Ok(settled.len() as u64)
}

/// Frees labels that were given up, so that a retry prints them.
pub async fn release_given_up(
    connection: &mut Connection,
    job_id: JobId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut released = standing(connection, job_id, "outcome IN ('failed', 'cancelled')").await?;
    change(connection, job_id, &mut released, (LabelOutcome::Released, Evidence::None), now).await
}

/// What stands of those labels of a job that meet a condition.
async fn standing(
    connection: &mut Connection,
    job_id: JobId,
    condition: &'static str,
) -> Result<Vec<Content>, StoreError> {
    Ok(sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "SELECT job_id, label_index, outcome, evidence, serial, printer, run_id, attempt, recorded_at_ms FROM labels
         WHERE job_id = $1 AND {condition} ORDER BY label_index"
    )))
    .bind(job_id.to_string())
    .fetch_all(connection)
    .await?)
}

/// Records a later word about labels that have an outcome; run and attempt stay those it is about.
async fn change(
    connection: &mut Connection,
    job_id: JobId,
    labels: &mut [Content],
    (outcome, evidence): (LabelOutcome, Evidence),
    now: Timestamp,
) -> Result<(), StoreError> {
    for label in labels.iter_mut() {
        outcome.as_str().clone_into(&mut label.outcome);
        evidence.as_str().clone_into(&mut label.evidence);
        label.recorded_at_ms = to_ms(now);
    }
    ledger::append(connection, job_id, labels).await?;
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

/// What stands of a label.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct RecordedLabel {
    pub label_index: i64,
    pub outcome: String,
    pub evidence: String,
    pub serial: Option<String>,
    pub printer: String,
    pub attempt: i64,
    recorded_at_ms: i64,
}

impl RecordedLabel {
    /// When the outcome was recorded.
    pub fn recorded_at(&self) -> Result<Timestamp, StoreError> {
        from_ms(self.recorded_at_ms)
    }
}

/// Labels of a job with an outcome, after a label, in order.
pub async fn recorded(
    connection: &mut Connection,
    job_id: JobId,
    after: LabelIndex,
    limit: i64,
) -> Result<Vec<RecordedLabel>, StoreError> {
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
