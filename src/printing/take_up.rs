//! What a worker takes up: what a former life of the service left under way, and what is durable after the database
//! has failed.

use super::active_run::{ActiveRun, so_far};
use super::probe::Probe;
use super::tally::Baseline;
use super::worker::Worker;
use crate::domain::Code;
use crate::store::runs::{OpenRun, Watermarks};
use crate::store::{StoreError, jobs, printers, runs};
use std::time::Duration;

const STORAGE_RETRY: Duration = Duration::from_millis(500);

impl Worker {
    /// What a former life of the service left under way on this printer.
    pub(super) async fn pick_up(&mut self) -> Result<(), StoreError> {
        let mut connection = self.options.store.read().await?;
        let pace = printers::pace(&mut connection, &self.name).await?;
        if let Some(printer) = printers::find(&mut connection, &self.name).await? {
            self.paused = printer.paused;
            let last_seen_ms = printer.last_seen_at.map(jiff::Timestamp::as_millisecond);
            self.supervision.know_last_seen(last_seen_ms);
            self.probe = Probe::of(printer.capabilities.clone(), self.address.status.is_some());
            self.kept = printer.capabilities;
        }
        if let Some(pace) = pace {
            self.supervision.know_label_ms(pace.label_ms);
        }
        let works = printers::former_works(&mut connection, &self.name).await?;
        self.know_former_works(works.as_deref());
        let left = runs::left_nothing(&mut connection, &self.name).await?;
        self.supervision.know_left(left.as_ref().and_then(left_by));
        if self.active.is_some() {
            return Ok(());
        }
        self.awaits_proof = runs::awaiting_late_proof(&mut connection, &self.name).await?;
        let Some(mut record) = runs::under_way(&mut connection, &self.name).await? else { return Ok(()) };
        let job = jobs::find(&mut connection, record.job_id.0)
            .await?
            .ok_or(StoreError::Damaged("a run without its job"))?;
        drop(connection);
        self.record_findings(&mut record).await?;
        let attention = job.attention.as_ref().and_then(|attention| Code::parse(&attention.code));
        self.supervision.know_stopped(attention.is_some_and(Code::is_of_a_stopped_printer));
        tracing::info!(printer.name = %self.name, job.id = %job.id, confirmed = record.confirmed_through,
            reserved = record.reserved_through, "taking up an interrupted run");
        let store = &self.options.store;
        let works = self.supervision.former_works().known(record.printer_unique_id.as_deref());
        let active = ActiveRun::recover(store, job, record, works, self.press(pace)).await?;
        self.active = Some(active);
        Ok(())
    }

    /// What was found out becomes durable first: the printer may stand for hours before its labels are judged.
    async fn record_findings(&mut self, record: &mut OpenRun) -> Result<(), StoreError> {
        if let Some((run_id, findings)) = self.findings
            && run_id == record.id
        {
            let so_far = so_far(record).with(findings);
            let watermarks = Watermarks {
                reprints_possible: Some(so_far.reprints_possible),
                count_in_doubt_through: Some(so_far.count_in_doubt_through),
                ..Watermarks::default()
            };
            let mut writing = self.lease.write().await?;
            runs::advance(&mut writing, run_id, watermarks).await?;
            writing.commit().await?;
            record.advance(watermarks);
        }
        self.findings = None;
        Ok(())
    }

    /// The run goes on from what is durable, here or elsewhere; what it has found out is kept for it.
    pub(super) fn let_go(&mut self) {
        if let Some(active) = self.active.take() {
            self.findings = Some((active.record.id, active.run.findings()));
        }
    }

    /// The database fails: nothing is sent that could not be recorded. When it can be written again, the run is
    /// read anew from what is durable.
    pub(super) async fn storage_failed(&mut self, error: &StoreError) {
        tracing::error!(printer.name = %self.name, %error, "printing waits for the database");
        self.let_go();
        let shutdown = self.options.shutdown.clone();
        loop {
            tokio::select! {
                () = shutdown.cancelled() => return,
                () = tokio::time::sleep(STORAGE_RETRY) => {}
            }
            match self.storage_is_back().await {
                Ok(()) => break,
                Err(error) => {
                    tracing::debug!(printer.name = %self.name, %error, "the database still fails");
                }
            }
        }
        tracing::info!(printer.name = %self.name, "the database is back");
    }

    async fn storage_is_back(&mut self) -> Result<(), StoreError> {
        self.options.store.prove_writable().await?;
        self.pick_up().await
    }
}

/// What the printer says as long as nothing has come out of it since a run that left nothing in it.
fn left_by(run: &OpenRun) -> Option<Baseline> {
    let odometer = run.baseline_odometer? + run.confirmed_through - run.first_label + 1;
    let unique_id = run.printer_unique_id.clone();
    Some(Baseline { odometer: Some(odometer), unique_id, ..Baseline::default() })
}
