//! A run that nobody is left to end: its printer is in no configuration any more, so no worker heeds a wish for it.

use super::accept::Intake;
use crate::domain::{Evidence, Job, LabelOutcome};
use crate::label_source::LabelSource;
use crate::refusal::Refusal;
use crate::store::doubts::{self, DoubtfulRun};
use crate::store::labels::{self, LedgerEntry};
use crate::store::{Writing, leases, runs};

impl Intake {
    /// Ends the run of a job that is given up, as its worker would, where nobody holds the printer: what was sent and
    /// not counted is unconfirmed, and the printer may still tell of it when it is configured again. In the transaction
    /// of the wish, so no worker comes in between.
    pub(super) async fn end_run_left_behind(&self, writing: &mut Writing, job: &Job) -> Result<(), Refusal> {
        let Some((run, printer)) = runs::of_job_under_way(writing, job.id).await? else { return Ok(()) };
        if !leases::is_free(writing, &printer).await? {
            return Ok(());
        }
        let now = self.clock.now();
        let (first, last) = (run.confirmed_through + 1, run.reserved_through);
        if first <= last {
            let mut source = LabelSource::open(&self.store, job, None).await?;
            let mut serials = Vec::new();
            for label in first..=last {
                serials.push(source.serial(&self.store, label).await?);
            }
            let entry = LedgerEntry {
                job_id: job.id,
                run_id: run.id,
                printer: &printer,
                attempt: run.attempt,
                outcome: LabelOutcome::Unconfirmed,
                evidence: Evidence::None,
            };
            labels::record(writing, &entry, first, &serials, now).await?;
            let doubtful =
                DoubtfulRun { job_id: job.id, run_id: run.id, attempt: run.attempt, printer: &printer };
            doubts::record(writing, doubtful, (first, last), now).await?;
            runs::set_late_proof(writing, run.id, run.baseline_odometer.is_some()).await?;
        }
        runs::end(writing, run.id, "interrupted", now).await?;
        tracing::info!(printer.name = %printer, job.id = %job.id, run.id = %run.id,
            "a run whose printer nobody has any more is given up");
        Ok(())
    }
}
