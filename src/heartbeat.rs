//! Says every half a minute that this instance lives, and at its end that it stopped. Others on the same database, and
//! Odoo, tell by it whether it is there.

use crate::clock::Clock;
use crate::store::{Store, StoreError, instances};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const BEAT_EVERY: Duration = Duration::from_secs(30);
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The heartbeat of one instance.
#[derive(Debug)]
pub struct Heartbeat {
    pub store: Store,
    pub clock: Clock,
    /// The name of this instance.
    pub instance: String,
    pub shutdown: CancellationToken,
}

impl Heartbeat {
    /// Beats until the service stops.
    pub async fn keep(self) {
        let started_at = self.clock.now();
        let mut failing = false;
        while !self.shutdown.is_cancelled() {
            match self.beat(started_at).await {
                Ok(()) => failing = false,
                // Said once: whoever needs the database says more.
                Err(error) if !failing => {
                    failing = true;
                    tracing::warn!(%error, "the heartbeat of this instance was not recorded");
                }
                Err(_) => {}
            }
            tokio::select! {
                () = self.shutdown.cancelled() => {}
                () = tokio::time::sleep(BEAT_EVERY) => {}
            }
        }
        if let Err(error) = self.stop().await {
            tracing::warn!(%error, "that this instance stopped was not recorded");
        }
    }

    async fn beat(&self, started_at: jiff::Timestamp) -> Result<(), StoreError> {
        let now = self.clock.now();
        let mut writing = self.store.write().await?;
        instances::beat(&mut writing, &self.instance, VERSION, started_at, now).await?;
        instances::forget_old(&mut writing, now).await?;
        writing.commit().await.map_err(StoreError::from)
    }

    async fn stop(&self) -> Result<(), StoreError> {
        let mut writing = self.store.write().await?;
        instances::stopped(&mut writing, &self.instance, self.clock.now()).await?;
        writing.commit().await.map_err(StoreError::from)
    }
}
