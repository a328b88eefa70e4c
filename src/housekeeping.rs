//! What is done by the calendar: at night, entries of the event log that no reader can need any more are forgotten and
//! what became of Odoo's wishes of long ago, and the head of the ledger goes to the log. Jobs and the ledger stay.

use crate::clock::Clock;
use crate::store::{Store, StoreError, answered_wishes, events, ledger};
use jiff::SignedDuration;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::Mutex;
use tokio_cron_scheduler::{Job, JobScheduler, JobSchedulerError};

/// Half past three every night, UTC.
const NIGHTLY: &str = "0 30 3 * * *";
/// A reader that was away longer begins anew from the lists.
const EVENTS_KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);
/// Events forgotten in one go. Whoever else writes waits meanwhile, and a lease lasts ten seconds.
const AT_ONCE: i64 = 2_000;

/// The schedule, and the guard that keeps a run from starting over itself.
pub struct Housekeeping {
    scheduler: JobScheduler,
    running: Arc<Mutex<()>>,
}

impl std::fmt::Debug for Housekeeping {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Housekeeping")
    }
}

impl Housekeeping {
    /// Starts the schedule.
    pub async fn start(store: Store, clock: Clock) -> Result<Self, JobSchedulerError> {
        let scheduler = JobScheduler::new().await?;
        let running = Arc::new(Mutex::new(()));
        let guard = Arc::clone(&running);
        note_head(&store).await;
        let nightly = Job::new_async(NIGHTLY, move |_, _| {
            let (store, clock, guard) = (store.clone(), clock.clone(), Arc::clone(&guard));
            Box::pin(async move {
                // The scheduler would start a job over itself.
                let Ok(_running) = guard.try_lock() else { return };
                match tidy(&store, &clock).await {
                    Ok(forgotten) => tracing::info!(forgotten, "old events forgotten"),
                    Err(error) => tracing::error!(%error, "old events could not be forgotten"),
                }
                note_head(&store).await;
            })
        })?;
        scheduler.add(nightly).await?;
        scheduler.start().await?;
        Ok(Self { scheduler, running })
    }

    /// Ends the schedule and waits for a run under way: the scheduler itself would not.
    pub async fn stop(mut self) {
        if let Err(error) = self.scheduler.shutdown().await {
            tracing::warn!(%error, "the schedule did not stop");
        }
        let _finished = self.running.lock().await;
    }
}

/// The log is kept elsewhere than the database, so a head in it bears witness: nothing up to it can be rewritten or cut
/// off unseen (`platen history verify --expect HEAD`).
async fn note_head(store: &Store) {
    let head = async { ledger::head(&mut *store.read().await?).await }.await;
    match head {
        Ok(head) => tracing::info!(%head, "the ledger ends here"),
        Err(error) => tracing::error!(%error, "the end of the ledger could not be read"),
    }
}

/// Forgets what is old, bit by bit: in between the others write for as long as it took. Answers how many events.
pub async fn tidy(store: &Store, clock: &Clock) -> Result<u64, StoreError> {
    let before = clock.now() - EVENTS_KEPT;
    let mut all = 0;
    loop {
        let mut writing = store.write().await?;
        let began = Instant::now();
        let forgotten = events::forget_oldest(&mut writing, before, AT_ONCE).await?;
        if forgotten == 0 {
            answered_wishes::forget_old(&mut writing, clock.now()).await?;
            writing.commit().await?;
            return Ok(all);
        }
        writing.commit().await?;
        all += forgotten;
        tokio::time::sleep(began.elapsed()).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::EventKind;
    use jiff::Timestamp;

    #[tokio::test]
    async fn a_month_of_events_is_kept_and_numbers_are_never_used_again() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("platen.db").display());
        let store = Store::open(&url).await.unwrap();
        let now: Timestamp = "2026-03-31T12:00:00Z".parse().unwrap();
        let mut writing = store.write().await.unwrap();
        for days_ago in [40, 31, 29, 0] {
            let at = now - SignedDuration::from_hours(24 * days_ago);
            events::record(&mut writing, EventKind::Job, None, "{}", at).await.unwrap();
        }
        writing.commit().await.unwrap();
        assert_eq!(tidy(&store, &Clock::new(move || now)).await.unwrap(), 2);
        let left = events::after(&mut store.read().await.unwrap(), 0, 10).await.unwrap();
        assert_eq!(left.iter().map(|event| event.number).collect::<Vec<_>>(), [3, 4]);
        let far = now + SignedDuration::from_hours(24 * 365);
        tidy(&store, &Clock::new(move || far)).await.unwrap();
        let mut writing = store.write().await.unwrap();
        events::record(&mut writing, EventKind::Job, None, "{}", far).await.unwrap();
        assert_eq!(events::latest(&mut writing).await.unwrap(), 5);
    }

    #[tokio::test]
    async fn others_write_while_many_events_are_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("platen.db").display());
        let store = Store::open(&url).await.unwrap();
        let now: Timestamp = "2026-03-31T12:00:00Z".parse().unwrap();
        let mut writing = store.write().await.unwrap();
        for _ in 0..=2 * AT_ONCE {
            events::record(&mut writing, EventKind::Job, None, "{}", Timestamp::UNIX_EPOCH).await.unwrap();
        }
        writing.commit().await.unwrap();
        let clock = Clock::new(move || now);
        let another = async {
            let mut writing = store.write().await.unwrap();
            events::oldest(&mut writing).await.unwrap()
        };
        let (forgotten, oldest) = tokio::join!(tidy(&store, &clock), another);
        assert_eq!((forgotten.unwrap(), oldest), (2 * AT_ONCE as u64, AT_ONCE + 1), "after the first bit");
    }
}
