//! Tells Odoo how jobs and printers stand: one sender, one call at a time, at most one a second, everything
//! that is new in it, repeated until Odoo says which revision it holds. Odoo being down stops nothing.

use super::{OdooError, xmlrpc::OdooClient};
use crate::domain::{Attention, Job, PrinterState};
use crate::progress::Progress;
use crate::store::{Store, StoreError, reports};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const TICK: Duration = Duration::from_secs(1);
/// Jobs told in one call.
const REPORTS_PER_CALL: i64 = 200;
/// Looks again even if a hint was lost.
const SLOW_POLL: Duration = Duration::from_secs(15);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// After a refused login or a missing right a person has to act: asking often helps nobody.
const DENIED_PAUSE: Duration = Duration::from_secs(60);

/// The one sender of reports.
#[derive(Debug)]
pub struct Reporter {
    pub store: Store,
    pub progress: Progress,
    pub client: OdooClient,
    pub shutdown: CancellationToken,
}

#[derive(Debug, thiserror::Error)]
enum ReportError {
    #[error(transparent)]
    Odoo(#[from] OdooError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Reporter {
    /// Reports until the service stops; then once more, so that Odoo hears the last word.
    pub async fn work(self) {
        let mut recorded = self.progress.subscribe();
        let mut failures = 0_u32;
        let mut greeted = false;
        while !self.shutdown.is_cancelled() {
            recorded.borrow_and_update();
            let pause = match self.greet_and_report(&mut greeted).await {
                Ok(true) => {
                    failures = 0;
                    TICK
                }
                Ok(false) => {
                    failures = 0;
                    tokio::select! {
                        () = self.shutdown.cancelled() => break,
                        _ = tokio::time::timeout(SLOW_POLL, recorded.changed()) => Duration::ZERO,
                    }
                }
                Err(error) => {
                    failures = failures.saturating_add(1);
                    self.failed(&error, failures)
                }
            };
            tokio::select! {
                () = self.shutdown.cancelled() => break,
                () = tokio::time::sleep(pause) => {}
            }
        }
        let _ = tokio::time::timeout(Duration::from_secs(5), self.report()).await;
    }

    fn failed(&self, error: &ReportError, failures: u32) -> Duration {
        // Said once, and again now and then: Odoo may be down for a night.
        if failures == 1 || failures.is_multiple_of(20) {
            tracing::warn!(%error, failures, "Odoo was not told; the reports are kept and sent later");
        }
        match error {
            ReportError::Odoo(OdooError::Denied | OdooError::Rights(_) | OdooError::Misconfigured(_)) => {
                DENIED_PAUSE
            }
            _ => TICK.saturating_mul(1 << failures.min(5)).min(LONGEST_PAUSE),
        }
    }

    /// Says first that the service is back: Odoo then sends at once what it could not send meanwhile.
    async fn greet_and_report(&self, greeted: &mut bool) -> Result<bool, ReportError> {
        if !*greeted {
            self.client.call("label.print.job", "service_hello", json!([])).await?;
            *greeted = true;
        }
        self.report().await
    }

    /// Sends what is new. False when there was nothing.
    async fn report(&self) -> Result<bool, ReportError> {
        let mut connection = self.store.read().await?;
        let jobs = reports::unreported_jobs(&mut connection, REPORTS_PER_CALL).await?;
        let printers = reports::unreported_printers(&mut connection).await?;
        drop(connection);
        if jobs.is_empty() && printers.is_empty() {
            return Ok(false);
        }
        let told: Vec<Value> =
            jobs.iter().map(job_report).chain(printers.iter().map(printer_report)).collect();
        let answer = self.client.call("label.print.job", "service_report", json!([told])).await?;
        self.acknowledge(&jobs, &printers, &answer).await?;
        Ok(true)
    }

    async fn acknowledge(
        &self,
        jobs: &[Job],
        printers: &[PrinterState],
        answer: &Value,
    ) -> Result<(), ReportError> {
        let (Some(held), Some(unknown)) = (answer["jobs"].as_object(), answer["unknown"].as_array()) else {
            return Err(
                OdooError::Protocol("service_report answered without `jobs` and `unknown`".into()).into()
            );
        };
        let mut writing = self.store.write().await?;
        for job in jobs {
            let uuid = job.uuid.to_string();
            let came_from_elsewhere = unknown.iter().any(|known| known.as_str() == Some(&uuid));
            let revision = held.get(&uuid).and_then(Value::as_i64);
            if let Some(revision) = revision.or(came_from_elsewhere.then_some(job.revision)) {
                reports::job_acknowledged(&mut writing, &uuid, revision).await?;
            }
        }
        for printer in printers {
            if let Some(revision) = answer["printers"].get(&printer.name).and_then(Value::as_i64) {
                reports::printer_acknowledged(&mut writing, &printer.name, revision).await?;
            }
        }
        writing.commit().await.map_err(StoreError::from)?;
        Ok(())
    }
}

fn job_report(job: &Job) -> Value {
    json!({
        "kind": "job",
        "uuid": job.uuid,
        "service_job_id": job.id,
        "revision": job.revision,
        "status": job.status,
        "quantity": job.quantity,
        "current_label": job.printed,
        "printer": job.printer,
        "unconfirmed": job.unconfirmed,
        "attention": attention(job.attention.as_ref()),
        "error_code": job.error_code,
        "error_message": job.error_message,
        "error_action": job.error_action,
        "eta_seconds": job.eta_seconds,
        "updated_at": odoo_time(job.updated_at),
    })
}

fn printer_report(printer: &PrinterState) -> Value {
    json!({
        "kind": "printer",
        "name": printer.name,
        "revision": printer.revision,
        "status": printer.status.as_str(),
        "fault": attention(printer.fault.as_ref()),
        // Beyond 31 bits XML-RPC breaks; no printer lives so long.
        "odometer": printer.odometer.filter(|odometer| *odometer < i64::from(i32::MAX)),
        "last_seen_at": printer.last_seen_at.map(odoo_time),
    })
}

fn attention(attention: Option<&Attention>) -> Value {
    attention.map_or(Value::Null, |attention| {
        json!({
            "code": attention.code,
            "message": attention.message,
            "action": attention.action,
            "since": odoo_time(attention.since),
        })
    })
}

/// Odoo takes `YYYY-MM-DD HH:MM:SS` in UTC and nothing else.
fn odoo_time(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%M:%S").to_string()
}
