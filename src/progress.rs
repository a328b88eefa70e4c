//! Stage 6: recorded events wake the readers.
//!
//! A wake-up is only a hint that saves waiting: every reader keeps its own place in the event log and
//! still finds its work if a hint is lost.

use crate::store::{Store, events};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

/// What other instances record is noticed so soon.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// Hints between the stages of one process. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Progress {
    recorded: watch::Sender<u64>,
    printers: Arc<Mutex<HashMap<String, Arc<Notify>>>>,
}

impl Default for Progress {
    fn default() -> Self {
        Self { recorded: watch::Sender::new(0), printers: Arc::default() }
    }
}

impl Progress {
    /// Something was committed to the event log.
    pub fn recorded(&self) {
        self.recorded.send_modify(|count| *count += 1);
    }

    /// Changes whenever something was committed to the event log.
    pub fn subscribe(&self) -> watch::Receiver<u64> {
        self.recorded.subscribe()
    }

    /// There may be something new for this printer's worker: a job, a wish, a pause.
    pub fn wake_printer(&self, name: &str) {
        self.printer(name).notify_one();
    }

    /// The hint a printer's worker waits for.
    pub fn printer(&self, name: &str) -> Arc<Notify> {
        let mut printers = self.printers.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(printers.entry(name.to_owned()).or_default())
    }

    /// Wakes the readers for what other instances on the same database record. Works until the service stops.
    pub async fn follow(self, store: Store, shutdown: CancellationToken) {
        let mut known = None;
        while !shutdown.is_cancelled() {
            // A failing database is told by those who need an answer.
            if let Ok(mut connection) = store.read().await
                && let Ok(latest) = events::latest(&mut connection).await
                && known.replace(latest).is_some_and(|before| before != latest)
            {
                self.recorded();
            }
            tokio::select! {
                () = shutdown.cancelled() => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
    }
}
