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

    /// Our number was refused. While it is valid by our clocks only the database can have done so, and it is not worth
    /// another try. One that has merely run out, on a host or a database that stood still, may be renewed.
    pub fn refuse(&mut self) {
        if self.allows_bytes().is_ok() {
            self.refused = self.fence;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicI64, Ordering};

    fn is_granted(lease: &mut Lease) -> bool {
        lease.granted().now_or_never().is_some()
    }

    #[tokio::test]
    async fn a_lease_that_ran_out_is_worth_a_renewal_and_one_that_was_refused_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite://{}/platen.db", folder.path().display())).await.unwrap();
        let now_ms = Arc::new(AtomicI64::new(1_700_000_000_000));
        let told_ms = Arc::clone(&now_ms);
        let clock = Clock::new(move || {
            Timestamp::from_millisecond(told_ms.load(Ordering::Relaxed)).expect("a time of this century")
        });
        let (grants, granted) = watch::channel(None);
        let mut lease = Lease::new(store, clock.clone(), "line-a".to_owned(), granted);
        let grant = |fence| Grant { fence, since: Instant::now(), since_wall: clock.now() };
        grants.send_replace(Some(grant(1)));
        assert!(is_granted(&mut lease));

        now_ms.fetch_add(LEASE.as_millis() as i64, Ordering::Relaxed);
        assert!(lease.allows_bytes().is_err(), "it has run out");
        lease.refuse();
        assert!(!is_granted(&mut lease));
        grants.send_replace(Some(grant(1)));
        assert!(is_granted(&mut lease), "renewed");

        assert!(lease.allows_bytes().is_ok());
        lease.refuse();
        assert!(!is_granted(&mut lease), "the database said so");
        grants.send_replace(Some(grant(2)));
        assert!(is_granted(&mut lease));
    }
}
