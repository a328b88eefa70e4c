//! Fetches jobs and people's wishes from an Odoo that cannot reach this service.
//!
//! Odoo hands them out under a lease and hands them out again when it runs out; here the same uuid is the same job. So
//! nothing of a fetched job has to be kept: it is durable like any other job, and the report on it ends the lease. Of a
//! wish it is kept what became of it.

mod fetched;
#[cfg(test)]
mod fetched_test;

use super::accept::Intake;
use crate::odoo::{Answers, DatabasePin, OdooClient, OdooError, PinError, Question};
use fetched::Fetched;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::Sender;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// Jobs asked for in one call: their labels are in the answer.
const JOBS_PER_CALL: u32 = 10;
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// A person has to act before it can go on.
const DENIED_PAUSE: Duration = Duration::from_secs(60);

/// The one who fetches.
#[derive(Debug)]
pub struct OdooPull {
    pub intake: Intake,
    pub client: Arc<OdooClient>,
    pub pin: DatabasePin,
    pub answers: Answers,
    /// To the one who answers what people want to look at.
    pub questions: Sender<Question>,
    /// What this instance calls itself at Odoo.
    pub instance: String,
    /// Between two calls that bring nothing.
    pub interval: Duration,
    /// Whether it is this instance that speaks with Odoo.
    pub turn: watch::Receiver<bool>,
    pub shutdown: CancellationToken,
}

#[derive(Debug, thiserror::Error)]
enum PullError {
    #[error(transparent)]
    Odoo(#[from] OdooError),
    #[error("{0}")]
    Pin(#[from] PinError),
    /// Odoo hands them out again when their lease runs out.
    #[error("{0} fetched jobs could not be stored.")]
    NotStored(usize),
}

impl OdooPull {
    /// Fetches until the service stops.
    pub async fn work(mut self) {
        let mut failures = 0_u32;
        let mut is_expected = true;
        while !self.shutdown.is_cancelled() {
            let pause = if !*self.turn.borrow_and_update() {
                self.interval
            } else {
                match self.fetch().await {
                    Ok(fetched) => {
                        if is_expected && !fetched.is_expected {
                            tracing::warn!(
                                "odoo.pull is true, but Odoo sends its jobs: choose there that the service fetches them"
                            );
                        }
                        (is_expected, failures) = (fetched.is_expected, 0);
                        if fetched.has_more { Duration::ZERO } else { self.interval }
                    }
                    Err(error) => {
                        failures = failures.saturating_add(1);
                        self.failed(&error, failures)
                    }
                }
            };
            tokio::select! {
                () = self.shutdown.cancelled() => {}
                _ = self.turn.changed() => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    fn failed(&self, error: &PullError, failures: u32) -> Duration {
        if failures == 1 || failures.is_multiple_of(20) {
            tracing::warn!(%error, failures, "nothing could be fetched from Odoo; it is tried again");
        }
        match error {
            PullError::Odoo(OdooError::Denied | OdooError::Rights(_) | OdooError::Misconfigured(_))
            | PullError::Pin(PinError::Foreign { .. }) => DENIED_PAUSE,
            _ => self.interval.saturating_mul(1 << failures.min(5)).min(LONGEST_PAUSE),
        }
    }

    /// One call, and what follows from its answer.
    async fn fetch(&self) -> Result<Fetched, PullError> {
        let arguments = json!({"agent": self.instance, "limit": JOBS_PER_CALL});
        let answer = self.client.call("label.print.job", "service_fetch", arguments).await?;
        let fetched: Fetched = serde_json::from_value(answer)
            .map_err(|_| OdooError::Protocol("service_fetch answered in a form that is not known".into()))?;
        // Before anything of it is taken in.
        self.pin.check(&fetched.database_uuid).await?;
        let mut not_stored = 0;
        for job in &fetched.jobs {
            not_stored += usize::from(!self.take_job(job).await);
        }
        for wish in &fetched.wishes {
            self.take_wish(wish).await;
        }
        if !fetched.asked.is_empty() {
            self.tell_again(&fetched.asked).await;
        }
        if not_stored > 0 {
            return Err(PullError::NotStored(not_stored));
        }
        Ok(fetched)
    }
}
