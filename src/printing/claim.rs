//! Claims the next run for an idle printer: which job, which labels, measured from which baseline.

use super::active_run::{ActiveRun, Start};
use super::tally::Baseline;
use super::worker::Worker;
use crate::domain::{Code, RunId};
use crate::store::runs::OpenRun;
use crate::store::{StoreError, jobs, labels, printers, runs, wishes};
use uuid::Uuid;

/// Begins the next run, durably, before its first byte. `None` when nothing waits or a person has paused the printer.
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
    if printers::is_paused(&mut writing, &worker.name).await? {
        // Said to another instance, and not noticed yet.
        return Ok(None);
    }
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
        count_in_doubt_through: 0,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;
    use crate::printing::crew::{CrewOptions, CrewPrinter};
    use crate::printing::lease::{Grant, Lease};
    use crate::progress::Progress;
    use crate::store::jobs::NewJob;
    use crate::store::{Connection, Store, leases, pauses};
    use crate::zebra::PrinterAddress;
    use jiff::Timestamp;
    use std::time::Duration;
    use tokio::sync::watch;
    use tokio::time::Instant;
    use tokio_util::sync::CancellationToken;

    async fn worker(store: &Store) -> Worker {
        let clock = Clock::system();
        let address = PrinterAddress { raw: "127.0.0.1:9".to_owned(), status: None };
        let mut writing = store.write().await.unwrap();
        printers::configure(&mut writing, "line-a", &address.raw, None).await.unwrap();
        let fence = leases::take(&mut writing, "line-a", "one", 0).await.unwrap();
        writing.commit().await.unwrap();
        let grant = Grant { fence, since: Instant::now(), since_wall: clock.now() };
        let granted = watch::channel(Some(grant)).1;
        let mut lease = Lease::new(store.clone(), clock.clone(), "line-a".to_owned(), granted);
        lease.granted().await;
        let options = CrewOptions {
            store: store.clone(),
            progress: Progress::default(),
            clock,
            instance: "one".to_owned(),
            shutdown: CancellationToken::new(),
            leave_within: Duration::from_secs(1),
        };
        let printer = CrewPrinter {
            name: "line-a".to_owned(),
            address,
            profile: None,
            host_verification: false,
            dpmm: None,
            paper_mm: None,
        };
        Worker::new(options, printer, lease)
    }

    async fn accept_a_job(connection: &mut Connection) {
        let job = NewJob::by_hand(2);
        jobs::insert(connection, &job, Timestamp::UNIX_EPOCH).await.unwrap();
    }

    #[tokio::test]
    async fn a_pause_that_was_said_to_another_instance_a_moment_ago_lets_no_run_begin() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite://{}/platen.db", folder.path().display())).await.unwrap();
        let now = Timestamp::UNIX_EPOCH;
        let worker = worker(&store).await;
        let mut writing = store.write().await.unwrap();
        accept_a_job(&mut writing).await;
        printers::set_paused(&mut writing, "line-a", true, now).await.unwrap();
        writing.commit().await.unwrap();
        assert!(!worker.paused, "it has not looked since");
        assert!(
            begin_next_run(&worker, Baseline::default()).await.unwrap().is_none(),
            "the printer is paused"
        );

        let mut writing = store.write().await.unwrap();
        printers::set_paused(&mut writing, "line-a", false, now).await.unwrap();
        pauses::set_everything(&mut writing, true, now).await.unwrap();
        writing.commit().await.unwrap();
        assert!(
            begin_next_run(&worker, Baseline::default()).await.unwrap().is_none(),
            "everything is paused"
        );
        assert!(runs::under_way(&mut store.read().await.unwrap(), "line-a").await.unwrap().is_none());

        let mut writing = store.write().await.unwrap();
        pauses::set_everything(&mut writing, false, now).await.unwrap();
        writing.commit().await.unwrap();
        assert!(begin_next_run(&worker, Baseline::default()).await.unwrap().is_some());
        store.close().await;
    }
}
