//! The event log: recorded with the change it tells, read after a number.

use super::{Connection, StoreError, from_ms, to_ms};
use crate::domain::{Event, EventKind, EventNumber, JobId};
use jiff::Timestamp;
use sqlx::FromRow;

/// Appends an event in the caller's transaction.
pub async fn record(
    connection: &mut Connection,
    kind: EventKind,
    job_id: Option<JobId>,
    payload: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    // Only one transaction writes at a time, so the next number is known.
    sqlx::query(
        "INSERT INTO events (number, kind, job_id, payload, recorded_at_ms)
         SELECT coalesce(max(number), 0) + 1, $1, $2, $3, $4 FROM events",
    )
    .bind(kind.as_str())
    .bind(job_id.map(|id| id.to_string()))
    .bind(payload)
    .bind(to_ms(now))
    .execute(connection)
    .await?;
    Ok(())
}

#[derive(FromRow)]
struct EventRow {
    number: i64,
    kind: String,
    job_id: Option<String>,
    payload: String,
    recorded_at_ms: i64,
}

impl TryFrom<EventRow> for Event {
    type Error = StoreError;

    fn try_from(row: EventRow) -> Result<Self, StoreError> {
        Ok(Self {
            number: row.number,
            kind: if row.kind == "printer" { EventKind::Printer } else { EventKind::Job },
            job_id: row.job_id.and_then(|id| id.parse().ok()).map(JobId),
            payload: row.payload,
            recorded_at: from_ms(row.recorded_at_ms)?,
        })
    }
}

/// Up to `limit` events with a number above `after`, in order.
pub async fn after(
    connection: &mut Connection,
    after: EventNumber,
    limit: i64,
) -> Result<Vec<Event>, StoreError> {
    let rows: Vec<EventRow> = sqlx::query_as(
        "SELECT number, kind, job_id, payload, recorded_at_ms FROM events WHERE number > $1 ORDER BY number LIMIT $2",
    )
    .bind(after)
    .bind(limit)
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(Event::try_from).collect()
}

/// Up to `limit` events of one job with a number above `after`, in order.
pub async fn of_job(
    connection: &mut Connection,
    job_id: JobId,
    after: EventNumber,
    limit: i64,
) -> Result<Vec<Event>, StoreError> {
    let rows: Vec<EventRow> = sqlx::query_as(
        "SELECT number, kind, job_id, payload, recorded_at_ms FROM events
         WHERE job_id = $1 AND number > $2 ORDER BY number LIMIT $3",
    )
    .bind(job_id.to_string())
    .bind(after)
    .bind(limit)
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(Event::try_from).collect()
}

/// The number of the latest event, 0 before the first.
pub async fn latest(connection: &mut Connection) -> Result<EventNumber, StoreError> {
    let number: Option<i64> =
        sqlx::query_scalar("SELECT max(number) FROM events").fetch_one(connection).await?;
    Ok(number.unwrap_or(0))
}

/// The number of the oldest event still kept, 0 before the first.
pub async fn oldest(connection: &mut Connection) -> Result<EventNumber, StoreError> {
    let number: Option<i64> =
        sqlx::query_scalar("SELECT min(number) FROM events").fetch_one(connection).await?;
    Ok(number.unwrap_or(0))
}

/// Forgets those of the oldest `limit` events that were recorded before a time; jobs and ledger stay. Answers how many.
/// The latest stays, however old: a number is never used again.
pub async fn forget_oldest(
    connection: &mut Connection,
    before: Timestamp,
    limit: i64,
) -> Result<u64, StoreError> {
    let result = sqlx::query(
        "DELETE FROM events WHERE number IN (SELECT number FROM events ORDER BY number LIMIT $2)
            AND recorded_at_ms < $1 AND number < (SELECT max(number) FROM events)",
    )
    .bind(to_ms(before))
    .bind(limit)
    .execute(connection)
    .await?;
    Ok(result.rows_affected())
}
