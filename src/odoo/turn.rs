//! Whose turn it is to speak with Odoo, where several instances share a database: one of them, under a lease. Reports are
//! repeatable, so a moment with two speakers does no harm and no fencing number is needed.

use crate::clock::Clock;
use crate::store::leases::{self, Lease};
use crate::store::{Store, StoreError};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

const RENEW_EVERY: Duration = Duration::from_secs(3);
/// A speaker that has not renewed for so long, by our own clock, is gone.
const LEASE: Duration = Duration::from_secs(12);

/// Keeps the lease of one instance.
#[derive(Debug)]
pub struct Turn {
    store: Store,
    clock: Clock,
    instance: String,
    is_ours: watch::Sender<bool>,
    fence: Option<i64>,
    /// Another's lease as first seen so, and when.
    seen: Option<(Lease, Instant)>,
}

impl Turn {
    pub fn new(store: Store, clock: Clock, instance: String) -> Self {
        Self { store, clock, instance, is_ours: watch::Sender::new(false), fence: None, seen: None }
    }

    /// True while it is this instance's turn.
    pub fn subscribe(&self) -> watch::Receiver<bool> {
        self.is_ours.subscribe()
    }

    /// Keeps the lease until told to stop, then gives it back.
    pub async fn keep(mut self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            if let Err(error) = self.look().await {
                tracing::warn!(%error, "whose turn it is to speak with Odoo cannot be told");
            }
            let is_ours = self.fence.is_some();
            self.is_ours.send_if_modified(|before| std::mem::replace(before, is_ours) != is_ours);
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(RENEW_EVERY) => {}
            }
        }
        if let Some(fence) = self.fence {
            let _ = self.give_back(fence).await;
        }
    }

    async fn look(&mut self) -> Result<(), StoreError> {
        let now = self.clock.now().as_millisecond();
        let expires_at_ms = now + LEASE.as_millis() as i64;
        let mut writing = self.store.write().await?;
        if let Some(fence) = self.fence
            && !leases::renew(&mut writing, leases::OF_ODOO, fence, expires_at_ms).await?
        {
            self.fence = None;
        }
        if self.fence.is_none() {
            let lease =
                leases::all(&mut writing).await?.into_iter().find(|lease| lease.printer == leases::OF_ODOO);
            if self.is_free(lease) {
                self.fence =
                    Some(leases::take(&mut writing, leases::OF_ODOO, &self.instance, expires_at_ms).await?);
                self.seen = None;
                tracing::info!(instance = %self.instance, "this instance speaks with Odoo");
            }
        }
        writing.commit().await?;
        Ok(())
    }

    /// Nobody's, given back, left by a former life of this instance, or not renewed for too long.
    fn is_free(&mut self, lease: Option<Lease>) -> bool {
        let Some(lease) = lease else { return true };
        if lease.instance.is_none() || lease.instance.as_ref() == Some(&self.instance) {
            return true;
        }
        match &self.seen {
            Some((seen, since)) if *seen == lease => since.elapsed() > LEASE,
            _ => {
                self.seen = Some((lease, Instant::now()));
                false
            }
        }
    }

    async fn give_back(&self, fence: i64) -> Result<(), StoreError> {
        let mut writing = self.store.write().await?;
        leases::release(&mut writing, leases::OF_ODOO, fence).await?;
        writing.commit().await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_of_two_instances_speaks_and_the_other_takes_over_at_once_when_it_leaves() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite://{}/platen.db", folder.path().display())).await.unwrap();
        let turn = |name: &str| Turn::new(store.clone(), Clock::system(), name.to_owned());
        let (mut one, mut two) = (turn("one"), turn("two"));
        one.look().await.unwrap();
        two.look().await.unwrap();
        one.look().await.unwrap();
        assert!(one.fence.is_some() && two.fence.is_none());
        // What a killed process held is its next life's.
        let mut again = turn("one");
        again.look().await.unwrap();
        assert!(again.fence > one.fence, "{:?}, before it {:?}", again.fence, one.fence);
        again.give_back(again.fence.unwrap()).await.unwrap();
        two.look().await.unwrap();
        assert!(two.fence.is_some());
        store.close().await;
    }
}
