//! Tells Odoo how jobs and printers stand: one sender, one call at a time, at most one a second, everything
//! that is new in it, repeated until Odoo says which revision it holds. Odoo being down stops nothing.

use super::instances::{InstanceNews, InstanceWatch};
use super::report::{job_report, printer_report, templates_report};
use crate::catalogue::LiveCatalogue;
use crate::clock::Clock;
use crate::domain::{Job, PrinterState};
use crate::odoo::{Answers, DatabasePin, KeyEnd, OdooClient, OdooError, PinError};
use crate::progress::Progress;
use crate::store::{Store, StoreError, instances, jobs as stored_jobs, reports};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

const TICK: Duration = Duration::from_secs(1);
/// Reports in one call: jobs first, with room for some of each kind.
const JOBS_PER_CALL: i64 = 100;
const ANSWERS_PER_CALL: usize = 60;
const PRINTERS_PER_CALL: usize = 38;
/// A key ends some day, and the log should have said so before.
const GREET_EVERY: Duration = Duration::from_secs(24 * 3_600);
/// Looks again even if a hint was lost.
const SLOW_POLL: Duration = Duration::from_secs(15);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// A refused connection costs nobody anything, and people wait for an Odoo that is started anew.
const UNREACHABLE_PAUSE: Duration = Duration::from_secs(2);
/// After a refused login, a missing right or a foreign database a person has to act: asking often helps nobody.
const DENIED_PAUSE: Duration = Duration::from_secs(60);

/// The one sender of reports.
#[derive(Debug)]
pub struct Reporter {
    pub store: Store,
    pub progress: Progress,
    pub clock: Clock,
    pub client: Arc<OdooClient>,
    pub pin: DatabasePin,
    pub answers: Answers,
    pub catalogue: LiveCatalogue,
    /// The pools of each printer, by its name.
    pub pools: HashMap<String, Vec<String>>,
    /// Whether it is this instance that speaks with Odoo.
    pub turn: watch::Receiver<bool>,
    /// The name of this instance.
    pub instance: String,
    pub shutdown: CancellationToken,
}

/// What Odoo was told that stands in no row of the database.
#[derive(Debug, Default)]
struct Told {
    greeted: Option<Instant>,
    templates: Option<Value>,
    /// Jobs waiting at each printer: they change without a new revision of it.
    queues: HashMap<String, i64>,
    instances: InstanceWatch,
}

/// What is new for Odoo.
struct News {
    jobs: Vec<Job>,
    printers: Vec<PrinterState>,
    templates: Option<Value>,
    instances: Option<InstanceNews>,
    answers: Vec<Value>,
}

#[derive(Debug, thiserror::Error)]
enum ReportError {
    #[error(transparent)]
    Odoo(#[from] OdooError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("{0} After a move, accept it with `platen odoo accept`.")]
    Pin(#[from] PinError),
}

impl Reporter {
    /// Reports until the service stops; then once more, so that Odoo hears the last word.
    pub async fn work(mut self) {
        let mut recorded = self.progress.subscribe();
        let mut told = Told::default();
        let mut failures = 0_u32;
        while !self.shutdown.is_cancelled() {
            if !*self.turn.borrow_and_update() {
                told = Told::default();
                tokio::select! {
                    () = self.shutdown.cancelled() => break,
                    turn = self.turn.changed() => if turn.is_err() { break },
                }
                continue;
            }
            recorded.borrow_and_update();
            let pause = match self.greet_and_report(&mut told).await {
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
        if told.greeted.is_some() {
            let _ = tokio::time::timeout(Duration::from_secs(5), self.report(&mut told)).await;
        }
    }

    fn failed(&self, error: &ReportError, failures: u32) -> Duration {
        // Said once, and again now and then: Odoo may be down for a night.
        if failures == 1 || failures.is_multiple_of(20) {
            tracing::warn!(%error, failures, "Odoo was not told; the reports are kept and sent later");
        }
        match error {
            ReportError::Odoo(OdooError::Denied | OdooError::Rights(_) | OdooError::Misconfigured(_))
            | ReportError::Pin(PinError::Foreign { .. }) => DENIED_PAUSE,
            ReportError::Odoo(OdooError::Unreachable(_)) => {
                TICK.saturating_mul(failures).min(UNREACHABLE_PAUSE)
            }
            _ => TICK.saturating_mul(1 << failures.min(5)).min(LONGEST_PAUSE),
        }
    }

    /// Says first that the service is back: Odoo then sends at once what it could not send meanwhile.
    async fn greet_and_report(&self, told: &mut Told) -> Result<bool, ReportError> {
        if told.greeted.is_none_or(|at| at.elapsed() > GREET_EVERY) {
            let hello = self.client.call("label.print.job", "service_hello", json!({})).await?;
            self.pin.check(hello["database_uuid"].as_str().unwrap_or_default()).await?;
            let key = KeyEnd::of(&hello, self.clock.now());
            if key.is_near() {
                tracing::warn!(
                    ?key,
                    "the API key for Odoo ends soon or has ended: `platen doctor` says what to do"
                );
            }
            told.greeted = Some(Instant::now());
        }
        self.report(told).await
    }

    /// Sends what is new. False when there was nothing.
    async fn report(&self, told: &mut Told) -> Result<bool, ReportError> {
        let news = self.news(told).await?;
        let mut reports = Vec::new();
        for job in &news.jobs {
            let reprint_of = match &job.reprint {
                Some(reprint) => stored_jobs::find(&mut *self.store.read().await?, reprint.of.0).await?,
                None => None,
            };
            reports.push(job_report(job, reprint_of.map(|original| original.uuid)));
        }
        for printer in &news.printers {
            reports.push(printer_report(printer, self.pools.get(&printer.name).map_or(&[], Vec::as_slice)));
        }
        reports.extend(news.templates.clone());
        reports.extend(news.instances.iter().map(|news| news.report.clone()));
        reports.extend(news.answers.iter().cloned());
        if reports.is_empty() {
            return Ok(false);
        }
        let arguments = json!({"reports": reports});
        let answer = self.client.call("label.print.job", "service_report", arguments).await?;
        // Another database behind the same address has heard it, and nothing is taken as told.
        self.pin.check(answer["database_uuid"].as_str().unwrap_or_default()).await?;
        self.acknowledge(&news, &answer).await?;
        self.answers.sent(news.answers.len());
        told.templates = news.templates.or(told.templates.take());
        if let Some(instances) = news.instances {
            told.instances.told(instances);
        }
        told.queues.extend(news.printers.iter().map(|printer| (printer.name.clone(), printer.queue_length)));
        Ok(true)
    }

    async fn news(&self, told: &mut Told) -> Result<News, ReportError> {
        let mut connection = self.store.read().await?;
        let jobs = reports::unreported_jobs(&mut connection, JOBS_PER_CALL).await?;
        let printers = reports::printers_with_reported_revision(&mut connection).await?;
        let is_new = |(printer, reported): &(PrinterState, i64)| {
            printer.revision > *reported
                || (printer.revision > 0 && told.queues.get(&printer.name) != Some(&printer.queue_length))
        };
        let printers = printers.into_iter().filter(is_new).map(|(printer, _)| printer);
        let instances = instances::all(&mut connection).await?;
        let stopping = self.shutdown.is_cancelled().then_some(self.instance.as_str());
        let templates = templates_report(&self.catalogue.state().to_json());
        Ok(News {
            jobs,
            printers: printers.take(PRINTERS_PER_CALL).collect(),
            templates: Some(templates).filter(|list| told.templates.as_ref() != Some(list)),
            instances: told.instances.news(&instances, stopping, self.clock.now(), Instant::now()),
            answers: self.answers.oldest(ANSWERS_PER_CALL),
        })
    }

    async fn acknowledge(&self, news: &News, answer: &Value) -> Result<(), ReportError> {
        let (Some(held), Some(unknown)) = (answer["jobs"].as_object(), answer["unknown"].as_array()) else {
            return Err(
                OdooError::Protocol("service_report answered without `jobs` and `unknown`".into()).into()
            );
        };
        let mut writing = self.store.write().await?;
        for job in &news.jobs {
            let uuid = job.uuid.to_string();
            let came_from_elsewhere = unknown.iter().any(|known| known.as_str() == Some(&uuid));
            let revision = held.get(&uuid).and_then(Value::as_i64);
            if let Some(revision) = revision.or(came_from_elsewhere.then_some(job.revision)) {
                reports::job_acknowledged(&mut writing, &uuid, revision).await?;
            }
        }
        for printer in &news.printers {
            if let Some(revision) = answer["printers"].get(&printer.name).and_then(Value::as_i64) {
                reports::printer_acknowledged(&mut writing, &printer.name, revision).await?;
            }
        }
        writing.commit().await.map_err(StoreError::from)?;
        Ok(())
    }
}
