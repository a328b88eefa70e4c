//! Runs: what a worker claims, how far it got, how it ended.

use super::{Connection, StoreError, doubts, endings, jobs, to_ms, wishes};
use crate::domain::{Balance, Job, JobId, JobStatus, LabelIndex, RunId, UnconfirmedPolicy};
use jiff::Timestamp;
use sqlx::FromRow;

/// A run that has not ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenRun {
    pub id: RunId,
    pub job_id: JobId,
    pub attempt: i64,
    pub first_label: LabelIndex,
    pub last_label: LabelIndex,
    pub reserved_through: LabelIndex,
    pub confirmed_through: LabelIndex,
    pub baseline_odometer: Option<i64>,
    pub baseline_uptime_s: Option<i64>,
    pub baseline_at_ms: i64,
    pub printer_unique_id: Option<String>,
    pub reprints_possible: i64,
    /// The counter may name the wrong labels, for some were perhaps dropped at the printer: the next to come out is this one
    /// at most. 0: it names the right ones.
    pub count_in_doubt_through: LabelIndex,
}

impl OpenRun {
    /// The same as [`advance`] does to the row: what a proof that comes late begins with.
    pub fn advance(&mut self, to: Watermarks) {
        self.reserved_through = to.reserved_through.unwrap_or(self.reserved_through);
        self.confirmed_through = to.confirmed_through.unwrap_or(self.confirmed_through);
        self.reprints_possible = to.reprints_possible.unwrap_or(self.reprints_possible);
        self.baseline_odometer = to.odometer_base.or(self.baseline_odometer);
        self.count_in_doubt_through = to.count_in_doubt_through.unwrap_or(self.count_in_doubt_through);
    }
}

#[derive(FromRow)]
struct RunRow {
    id: String,
    job_id: String,
    attempt: i64,
    first_label: i64,
    last_label: i64,
    reserved_through: i64,
    confirmed_through: i64,
    baseline_odometer: Option<i64>,
    baseline_uptime_s: Option<i64>,
    baseline_at_ms: i64,
    printer_unique_id: Option<String>,
    reprints_possible: i64,
    count_in_doubt_through: i64,
}

impl TryFrom<RunRow> for OpenRun {
    type Error = StoreError;

    fn try_from(row: RunRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: RunId(row.id.parse().map_err(|_| StoreError::Damaged("a run id"))?),
            job_id: JobId(row.job_id.parse().map_err(|_| StoreError::Damaged("a job id"))?),
            attempt: row.attempt,
            first_label: row.first_label,
            last_label: row.last_label,
            reserved_through: row.reserved_through,
            confirmed_through: row.confirmed_through,
            baseline_odometer: row.baseline_odometer,
            baseline_uptime_s: row.baseline_uptime_s,
            baseline_at_ms: row.baseline_at_ms,
            printer_unique_id: row.printer_unique_id,
            reprints_possible: row.reprints_possible,
            count_in_doubt_through: row.count_in_doubt_through,
        })
    }
}

/// The run a former life of the service left on this printer.
pub async fn under_way(connection: &mut Connection, printer: &str) -> Result<Option<OpenRun>, StoreError> {
    let row: Option<RunRow> = sqlx::query_as(
        "SELECT id, job_id, attempt, first_label, last_label, reserved_through, confirmed_through, baseline_odometer,
            baseline_uptime_s, baseline_at_ms, printer_unique_id, reprints_possible, count_in_doubt_through
         FROM runs WHERE printer = $1 AND ended_as IS NULL",
    )
    .bind(printer)
    .fetch_optional(connection)
    .await?;
    row.map(OpenRun::try_from).transpose()
}

/// The run of a job that has not ended, with its printer.
pub async fn of_job_under_way(
    connection: &mut Connection,
    job_id: JobId,
) -> Result<Option<(OpenRun, String)>, StoreError> {
    let printer: Option<String> =
        sqlx::query_scalar("SELECT printer FROM runs WHERE job_id = $1 AND ended_as IS NULL")
            .bind(job_id.to_string())
            .fetch_optional(&mut *connection)
            .await?;
    let Some(printer) = printer else { return Ok(None) };
    Ok(under_way(connection, &printer).await?.map(|run| (run, printer)))
}

/// The job whose turn it is on a printer: priority first, then age; with something left to print, and neither
/// held nor paused.
pub async fn next_job(connection: &mut Connection, printer: &str) -> Result<Option<Job>, StoreError> {
    match head_of_queue(connection, printer).await? {
        Some(id) => jobs::find(connection, id.0).await,
        None => Ok(None),
    }
}

/// Only the id of [`next_job`].
pub async fn head_of_queue(connection: &mut Connection, printer: &str) -> Result<Option<JobId>, StoreError> {
    let id: Option<String> = sqlx::query_scalar(
        "SELECT id FROM jobs
         WHERE printer = $1 AND status IN ('queued', 'printing') AND held = 0 AND paused = 0
            AND recorded < quantity
         ORDER BY priority DESC, created_at_ms, id LIMIT 1",
    )
    .bind(printer)
    .fetch_optional(connection)
    .await?;
    Ok(id.and_then(|id| id.parse().ok()).map(JobId))
}

/// Begins a run: claims the labels, keeps the baseline, marks the job as printing.
pub async fn begin(
    connection: &mut Connection,
    job: &Job,
    printer: &str,
    run: &OpenRun,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO runs (id, job_id, printer, attempt, first_label, last_label, reserved_through, confirmed_through,
            baseline_odometer, baseline_uptime_s, baseline_at_ms, printer_unique_id, started_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
    )
    .bind(run.id.to_string())
    .bind(run.job_id.to_string())
    .bind(printer)
    .bind(run.attempt)
    .bind(run.first_label)
    .bind(run.last_label)
    .bind(run.reserved_through)
    .bind(run.confirmed_through)
    .bind(run.baseline_odometer)
    .bind(run.baseline_uptime_s)
    .bind(run.baseline_at_ms)
    .bind(&run.printer_unique_id)
    .bind(to_ms(now))
    .execute(&mut *connection)
    .await?;
    jobs::change_status(connection, job, JobStatus::Printing, now).await
}

/// Attempts a job has had.
pub async fn attempts(connection: &mut Connection, job_id: JobId) -> Result<i64, StoreError> {
    Ok(sqlx::query_scalar("SELECT count(*) FROM runs WHERE job_id = $1")
        .bind(job_id.to_string())
        .fetch_one(connection)
        .await?)
}

/// How far a run has got; absent means unchanged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Watermarks {
    pub reserved_through: Option<LabelIndex>,
    pub confirmed_through: Option<LabelIndex>,
    pub reprints_possible: Option<i64>,
    pub odometer_base: Option<i64>,
    pub count_in_doubt_through: Option<LabelIndex>,
}

/// Moves a run's watermarks.
pub async fn advance(connection: &mut Connection, id: RunId, to: Watermarks) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE runs SET reserved_through = coalesce($2, reserved_through),
            confirmed_through = coalesce($3, confirmed_through), reprints_possible = coalesce($4, reprints_possible),
            baseline_odometer = coalesce($5, baseline_odometer),
            count_in_doubt_through = coalesce($6, count_in_doubt_through)
         WHERE id = $1",
    )
    .bind(id.to_string())
    .bind(to.reserved_through)
    .bind(to.confirmed_through)
    .bind(to.reprints_possible)
    .bind(to.odometer_base)
    .bind(to.count_in_doubt_through)
    .execute(connection)
    .await?;
    Ok(())
}

/// Ends a run. `ended_as`: finished, interrupted, held, cancelled, stopped.
pub async fn end(
    connection: &mut Connection,
    id: RunId,
    ended_as: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE runs SET ended_as = $2, ended_at_ms = $3 WHERE id = $1")
        .bind(id.to_string())
        .bind(ended_as)
        .bind(to_ms(now))
        .execute(connection)
        .await?;
    Ok(())
}

/// The last run on a printer, if all it had reserved was counted before it ended.
pub async fn left_nothing(connection: &mut Connection, printer: &str) -> Result<Option<OpenRun>, StoreError> {
    let row: Option<RunRow> = sqlx::query_as(
        "SELECT id, job_id, attempt, first_label, last_label, reserved_through, confirmed_through, baseline_odometer,
            baseline_uptime_s, baseline_at_ms, printer_unique_id, reprints_possible, count_in_doubt_through
         FROM runs r WHERE printer = $1 AND ended_as <> 'held' AND confirmed_through = reserved_through
            AND baseline_odometer IS NOT NULL AND count_in_doubt_through = 0
            AND NOT EXISTS (SELECT 1 FROM runs later WHERE later.printer = r.printer AND later.id <> r.id
                AND later.started_at_ms >= r.started_at_ms)",
    )
    .bind(printer)
    .fetch_optional(connection)
    .await?;
    row.map(OpenRun::try_from).transpose()
}

/// Whether what a run left in doubt may still be told by the printer's counter.
pub async fn set_late_proof(connection: &mut Connection, id: RunId, may: bool) -> Result<(), StoreError> {
    sqlx::query("UPDATE runs SET late_proof = $2 WHERE id = $1")
        .bind(id.to_string())
        .bind(i64::from(may))
        .execute(connection)
        .await?;
    Ok(())
}

/// The run a printer's counter may still tell of: nothing was begun on that device since, and a label is in doubt.
pub async fn awaiting_late_proof(
    connection: &mut Connection,
    printer: &str,
) -> Result<Option<OpenRun>, StoreError> {
    let row: Option<RunRow> = sqlx::query_as(
        "SELECT id, job_id, attempt, first_label, last_label, reserved_through, confirmed_through, baseline_odometer,
            baseline_uptime_s, baseline_at_ms, printer_unique_id, reprints_possible, count_in_doubt_through
         FROM runs r WHERE printer = $1 AND late_proof = 1 AND ended_as IS NOT NULL
            AND EXISTS (SELECT 1 FROM label_doubts d WHERE d.job_id = r.job_id AND d.run_id = r.id
                AND d.settled_as IS NULL)
            AND NOT EXISTS (SELECT 1 FROM runs later WHERE later.printer = r.printer AND later.id <> r.id
                AND later.started_at_ms >= r.started_at_ms
                AND (later.printer_unique_id IS NULL OR later.printer_unique_id = r.printer_unique_id))
         ORDER BY started_at_ms DESC LIMIT 1",
    )
    .bind(printer)
    .fetch_optional(connection)
    .await?;
    row.map(OpenRun::try_from).transpose()
}

#[derive(FromRow)]
struct BalanceRow {
    quantity: i64,
    printed: i64,
    recorded: i64,
    unconfirmed: i64,
    cancel_requested: i64,
    held: i64,
    attempts: i64,
    under_way: i64,
}

/// Brings a job's status and attention in line with its ledger and what it wishes for labels in doubt: after a run,
/// after a person's answer. Does not announce it.
pub async fn balance(connection: &mut Connection, id: JobId, now: Timestamp) -> Result<(), StoreError> {
    let is_missing = StoreError::Damaged("a job that is not there");
    let mut job = jobs::find(connection, id.0).await?.ok_or(is_missing)?;
    let mut row = balance_row(connection, id).await?;
    if row.under_way > 0 {
        return Ok(());
    }
    let may_settle = row.held == 0 && row.cancel_requested == 0;
    if may_settle && !doubts::apply_policy(connection, &job, now).await?.is_empty() {
        row = balance_row(connection, id).await?;
        job = jobs::find(connection, id.0).await?.unwrap_or(job);
    }
    let balance = Balance {
        quantity: row.quantity,
        printed: row.printed,
        unconfirmed: row.unconfirmed,
        recorded: row.recorded,
        cancel_requested: row.cancel_requested != 0,
        skips_unconfirmed: job.unconfirmed_policy == UnconfirmedPolicy::Skip,
    };
    let mut status = balance.status(row.attempts > 0);
    if job.status.is_terminal() && !status.is_terminal() {
        // A person says that a label is not there: the job is taken up again as by a retry.
        status = JobStatus::Queued;
        wishes::clear_for_retry(connection, id).await?;
    }
    jobs::change_status(connection, &job, status, now).await?;
    endings::explain(connection, &job, status).await?;
    if row.held == 0 || status.is_terminal() {
        jobs::set_attention(connection, id, job.question(), now).await?;
    }
    Ok(())
}

async fn balance_row(connection: &mut Connection, id: JobId) -> Result<BalanceRow, StoreError> {
    Ok(sqlx::query_as(
        "SELECT quantity, printed, recorded, cancel_requested, held,
            (SELECT count(*) FROM labels WHERE job_id = $1 AND outcome = 'unconfirmed') AS unconfirmed,
            (SELECT count(*) FROM runs WHERE job_id = $1) AS attempts,
            (SELECT count(*) FROM runs WHERE job_id = $1 AND ended_as IS NULL) AS under_way
         FROM jobs WHERE id = $1",
    )
    .bind(id.to_string())
    .fetch_one(connection)
    .await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;
    use crate::store::jobs::NewJob;
    use uuid::Uuid;

    #[tokio::test]
    async fn what_is_remembered_of_a_run_is_what_stands_in_its_row() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite://{}/platen.db", folder.path().display())).await.unwrap();
        let mut writing = store.write().await.unwrap();
        let new = NewJob::by_hand(60);
        jobs::insert(&mut writing, &new, Timestamp::UNIX_EPOCH).await.unwrap();
        let job = jobs::find(&mut writing, new.id.0).await.unwrap().unwrap();
        let mut run = OpenRun {
            id: RunId(Uuid::now_v7()),
            job_id: job.id,
            attempt: 1,
            first_label: 1,
            last_label: 60,
            reserved_through: 0,
            confirmed_through: 0,
            baseline_odometer: Some(1_000),
            baseline_uptime_s: Some(100),
            baseline_at_ms: 0,
            printer_unique_id: Some("XX1".into()),
            reprints_possible: 0,
            count_in_doubt_through: 0,
        };
        begin(&mut writing, &job, "line-a", &run, Timestamp::UNIX_EPOCH).await.unwrap();
        let torn = Watermarks {
            reserved_through: Some(28),
            confirmed_through: Some(20),
            reprints_possible: Some(1),
            odometer_base: Some(1_001),
            count_in_doubt_through: Some(22),
        };
        let drained = Watermarks {
            reprints_possible: Some(0),
            count_in_doubt_through: Some(0),
            ..Watermarks::default()
        };
        for to in [torn, drained] {
            run.advance(to);
            advance(&mut writing, run.id, to).await.unwrap();
            assert_eq!(under_way(&mut writing, "line-a").await.unwrap().as_ref(), Some(&run));
        }
    }
}
