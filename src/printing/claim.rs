//! Claims the next run for an idle printer: which job, which labels, measured from which baseline.

use super::active_run::{ActiveRun, Start};
use super::tally::Baseline;
use super::worker::Worker;
use crate::domain::{Code, RunId};
use crate::store::runs::OpenRun;
use crate::store::{StoreError, jobs, labels, printers, runs, wishes};
use uuid::Uuid;

/// Begins the next run, durably, before its first byte. `None` when nothing waits.
pub(super) async fn begin_next_run(
    worker: &Worker,
    baseline: Baseline,
) -> Result<Option<ActiveRun>, StoreError> {
    let store = &worker.options.store;
    let mut reading = store.read().await?;
    if runs::next_job(&mut reading, &worker.name).await?.is_none() {
        return Ok(None);
    }
    let pace = printers::pace(&mut reading, &worker.name).await?;
    drop(reading);
    let now = worker.options.clock.now();
    let mut writing = worker.lease.write().await?;
    let Some(job) = runs::next_job(&mut writing, &worker.name).await? else { return Ok(None) };
    if job.is_expired(now) {
        wishes::set_held(&mut writing, job.id, true).await?;
        jobs::set_attention(&mut writing, job.id, Some(Code::JobExpired), now).await?;
        jobs::announce(&mut writing, job.id, now).await?;
        writing.commit().await?;
        worker.options.progress.recorded();
        worker.options.progress.wake_printer(&worker.name);
        return Ok(None);
    }
    let Some((first_label, last_label)) = labels::first_gap(&mut writing, job.id, job.quantity).await? else {
        return Err(StoreError::Damaged("a job with labels left and no gap in its ledger"));
    };
    let record = OpenRun {
        id: RunId(Uuid::now_v7()),
        job_id: job.id,
        attempt: runs::attempts(&mut writing, job.id).await? + 1,
        first_label,
        last_label,
        reserved_through: first_label - 1,
        confirmed_through: first_label - 1,
        baseline_odometer: baseline.odometer,
        baseline_uptime_s: baseline.uptime_s,
        baseline_at_ms: baseline.taken_at_ms,
        printer_unique_id: baseline.unique_id.clone(),
        reprints_possible: 0,
        is_count_in_doubt: false,
    };
    runs::begin(&mut writing, &job, &worker.name, &record, now).await?;
    jobs::set_attention(&mut writing, job.id, job.question(), now).await?;
    let job = jobs::announce(&mut writing, job.id, now).await?;
    writing.commit().await?;
    worker.options.progress.recorded();
    tracing::info!(printer.name = %worker.name, job.id = %job.id, run.id = %record.id, first_label, last_label,
        "run begins");
    let start = Start { baseline, press: worker.press(pace), verifies: worker.asks_for_verification() };
    ActiveRun::begin(store, job, record, start).await.map(Some)
}

/// Tells the job at the head of the queue what its printer waits for.
pub(super) async fn tell_head_of_queue(worker: &Worker, code: Option<Code>) -> Result<(), StoreError> {
    let mut writing = worker.lease.write().await?;
    let Some(job) = runs::next_job(&mut writing, &worker.name).await? else { return Ok(()) };
    let now = worker.options.clock.now();
    let code = code.or(job.question());
    if jobs::set_attention(&mut writing, job.id, code, now).await? {
        jobs::announce(&mut writing, job.id, now).await?;
        writing.commit().await?;
        worker.options.progress.recorded();
    }
    Ok(())
}
