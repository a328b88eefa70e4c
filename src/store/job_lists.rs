//! Jobs by the many: filtered pages and totals.

use super::dialect::Dialect;
use super::jobs::{JobRow, SELECT_JOB};
use super::{Connection, StoreError, to_ms};
use crate::domain::{Job, JobId, JobStatus};
use jiff::Timestamp;

/// Which jobs a list or an export holds; absent means any.
#[derive(Debug, Clone, Default)]
pub struct JobFilter {
    pub status: Option<JobStatus>,
    pub printer: Option<String>,
    /// Name of the manufacturing order.
    pub mo: Option<String>,
    /// Part of the order's name, the template, the printer, the submitter or the uuid, or a whole serial of a label.
    /// A part of a serial would mean reading every label ever printed; a whole one is found by its index.
    pub text: Option<String>,
    pub from: Option<Timestamp>,
    pub to: Option<Timestamp>,
}

/// Jobs that fit the filter, newest first, older than the cursor.
pub async fn page(
    connection: &mut Connection,
    filter: &JobFilter,
    before: Option<JobId>,
    limit: i64,
) -> Result<Vec<Job>, StoreError> {
    let dialect = Dialect::of(connection);
    let like = |column: &str| format!("{} LIKE $4 ESCAPE '!'", dialect.lower(column));
    let text = ["j.mo_name", "j.template", "j.printer", "j.submitted_by", "j.uuid"].map(like).join(" OR ");
    let rows: Vec<JobRow> = sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{SELECT_JOB} WHERE ($1 IS NULL OR j.status = $1) AND ($2 IS NULL OR j.printer = $2)
            AND ($3 IS NULL OR j.mo_name = $3)
            AND ($4 IS NULL OR {text} OR j.id IN (SELECT job_id FROM ledger WHERE serial = $9))
            AND ($5 IS NULL OR j.created_at_ms >= $5) AND ($6 IS NULL OR j.created_at_ms < $6)
            AND ($7 IS NULL OR j.id < $7)
         ORDER BY j.id DESC LIMIT $8",
    )))
    .bind(filter.status.map(JobStatus::as_str))
    .bind(&filter.printer)
    .bind(&filter.mo)
    .bind(filter.text.as_deref().map(like_pattern))
    .bind(filter.from.map(to_ms))
    .bind(filter.to.map(to_ms))
    .bind(before.map(|id| id.to_string()))
    .bind(limit)
    .bind(&filter.text)
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(Job::try_from).collect()
}

/// Small and capital letters A to Z are the same.
fn like_pattern(text: &str) -> String {
    let escaped = text.to_ascii_lowercase().replace('!', "!!").replace('%', "!%").replace('_', "!_");
    format!("%{escaped}%")
}

/// Totals over all jobs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    pub by_status: Vec<(String, i64)>,
    pub printed: i64,
    pub unconfirmed: i64,
}

/// Totals over all jobs.
pub async fn counts(connection: &mut Connection) -> Result<Counts, StoreError> {
    let by_status = sqlx::query_as("SELECT status, count(*) FROM jobs GROUP BY status ORDER BY status")
        .fetch_all(&mut *connection)
        .await?;
    let printed = sqlx::query_scalar("SELECT CAST(coalesce(sum(printed), 0) AS BIGINT) FROM jobs")
        .fetch_one(&mut *connection)
        .await?;
    let unconfirmed = sqlx::query_scalar("SELECT count(*) FROM labels WHERE outcome = 'unconfirmed'")
        .fetch_one(connection)
        .await?;
    Ok(Counts { by_status, printed, unconfirmed })
}
