//! How jobs end: where a cancelled one stopped, what one leaves unconfirmed, and when the rest is given up.

use super::labels::{self, LedgerEntry};
use super::{Connection, StoreError, jobs};
use crate::domain::{Code, Evidence, Job, JobId, JobStatus, LabelOutcome, LabelRanges, UnconfirmedPolicy};
use jiff::Timestamp;

/// Attempts in a row that may send labels and print none, before the rest is given up.
const FRUITLESS_RUNS_MAX: i64 = 10;

/// Keeps with an ended job what a person wants to know of its end.
pub async fn explain(connection: &mut Connection, job: &Job, status: JobStatus) -> Result<(), StoreError> {
    if status == JobStatus::Cancelled {
        sqlx::query(
            "UPDATE jobs SET stopped_after = (SELECT coalesce(max(label_index), 0) FROM labels
                WHERE job_id = $1 AND outcome = 'printed') WHERE id = $1",
        )
        .bind(job.id.to_string())
        .execute(&mut *connection)
        .await?;
    }
    let skipped = job.unconfirmed_policy == UnconfirmedPolicy::Skip && !job.unconfirmed.is_empty();
    if skipped && status == JobStatus::CompletedWithErrors && job.error_code.is_none() {
        let labels: LabelRanges = job.unconfirmed.iter().copied().collect();
        let message =
            format!("Nobody knows whether these labels were printed, and nobody was asked: {labels}.");
        jobs::set_error(connection, job.id, Code::UnconfirmedLabels, &message).await?;
    }
    if status == JobStatus::Completed {
        jobs::clear_error(connection, job.id).await?;
    }
    Ok(())
}

/// Counts an attempt that ended by an interruption: one that sent labels and printed none, or one that got on.
/// Answers how many of the former there were in a row.
pub async fn count_attempt(
    connection: &mut Connection,
    job_id: JobId,
    was_fruitless: bool,
) -> Result<i64, StoreError> {
    sqlx::query(
        "UPDATE jobs SET fruitless_runs = CASE WHEN $2 = 1 THEN fruitless_runs + 1 ELSE 0 END WHERE id = $1",
    )
    .bind(job_id.to_string())
    .bind(i64::from(was_fruitless))
    .execute(&mut *connection)
    .await?;
    Ok(sqlx::query_scalar("SELECT fruitless_runs FROM jobs WHERE id = $1")
        .bind(job_id.to_string())
        .fetch_one(connection)
        .await?)
}

/// Gives up every label without an outcome once too many attempts were fruitless: all of them are proved not
/// printed. Answers how many.
pub async fn give_up_after(
    connection: &mut Connection,
    entry: &LedgerEntry<'_>,
    quantity: i64,
    fruitless_runs: i64,
    now: Timestamp,
) -> Result<i64, StoreError> {
    if fruitless_runs < FRUITLESS_RUNS_MAX {
        return Ok(0);
    }
    let entry = LedgerEntry { outcome: LabelOutcome::Failed, evidence: Evidence::None, ..entry.clone() };
    let mut given_up = 0;
    while let Some((first, last)) = labels::first_gap(connection, entry.job_id, quantity).await? {
        let count = last - first + 1;
        let serials = vec![None; usize::try_from(count).unwrap_or(0)];
        labels::record(connection, &entry, first, &serials, now).await?;
        given_up += count;
    }
    if given_up > 0 {
        let message =
            format!("{fruitless_runs} attempts in a row printed nothing; {given_up} labels were given up.");
        jobs::set_error(connection, entry.job_id, Code::GivenUp, &message).await?;
    }
    Ok(given_up)
}
