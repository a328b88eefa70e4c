//! The right to write to a printer, as the worker of one instance holds it. Time is measured, never compared with
//! another host's clock.

use crate::clock::Clock;
use crate::store::{Store, StoreError, Writing, leases};
use jiff::Timestamp;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

/// From the beginning of the last renewal on, the holder may write for so long.
pub const LEASE: Duration = Duration::from_secs(10);

/// A lease as it was granted last.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Grant {
    pub fence: i64,
    /// Before the renewal was asked for.
    pub since: Instant,
    pub since_wall: Timestamp,
}

impl Grant {
    /// Both clocks say so: one stands still while the host sleeps, the other can be set.
    fn is_valid(&self, clock: &Clock) -> bool {
        let wall_ms = clock.now().as_millisecond() - self.since_wall.as_millisecond();
        self.since.elapsed() < LEASE && wall_ms < LEASE.as_millis() as i64
    }
}

/// One printer's lease, where its worker looks at it.
#[derive(Debug, Clone)]
pub(super) struct Lease {
    store: Store,
    clock: Clock,
    printer: String,
    granted: watch::Receiver<Option<Grant>>,
    /// With this number the worker works now, or did so last.
    fence: Option<i64>,
    /// The database has said that this number is of the past.
    refused: Option<i64>,
}

impl Lease {
    pub fn new(store: Store, clock: Clock, printer: String, granted: watch::Receiver<Option<Grant>>) -> Self {
        Self { store, clock, printer, granted, fence: None, refused: None }
    }

    /// Waits until this instance may write to the printer.
    pub async fn granted(&mut self) {
        loop {
            let grant = *self.granted.borrow_and_update();
            if let Some(grant) = grant
                && grant.is_valid(&self.clock)
                && self.refused != Some(grant.fence)
            {
                self.fence = Some(grant.fence);
                return;
            }
            if self.granted.changed().await.is_err() {
                // Nobody grants any more: the service stops.
                std::future::pending::<()>().await;
            }
        }
    }

    /// Waits until this instance may write no more.
    pub async fn lost(&self) {
        let mut granted = self.granted.clone();
        loop {
            let grant = *granted.borrow_and_update();
            let Some(grant) = grant.filter(|grant| Some(grant.fence) == self.fence) else { return };
            if !grant.is_valid(&self.clock) {
                return;
            }
            tokio::select! {
                changed = granted.changed() => if changed.is_err() { return },
                () = tokio::time::sleep_until(grant.since + LEASE) => {}
            }
        }
    }

    /// Fails when bytes may leave no more.
    pub fn allows_bytes(&self) -> Result<(), StoreError> {
        let grant = *self.granted.borrow();
        let is_held =
            grant.is_some_and(|grant| Some(grant.fence) == self.fence && grant.is_valid(&self.clock));
        if is_held { Ok(()) } else { Err(StoreError::Fenced) }
    }

    /// Begins a transaction of the holder: whoever lost the lease can record and reserve nothing any more.
    pub async fn write(&self) -> Result<Writing, StoreError> {
        let mut writing = self.store.write().await?;
        leases::check(&mut writing, &self.printer, self.fence.unwrap_or_default()).await?;
        Ok(writing)
    }

    /// The database refused our number: it is not worth another try.
    pub fn refuse(&mut self) {
        self.refused = self.fence;
    }
}
