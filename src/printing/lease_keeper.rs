//! Renews this instance's leases, and takes those that nobody holds any more.
//!
//! A lease is never judged by another host's clock: it is free when it was given back, when the former life of this very
//! instance held it, or when it has not been renewed for longer than its holder may go on, by our own clock.

use super::lease::{Grant, LEASE};
use crate::clock::Clock;
use crate::store::leases::Lease;
use crate::store::{NameLock, Store, StoreError, leases};
use std::collections::HashMap;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

const RENEW_EVERY: Duration = Duration::from_secs(3);
/// The holder stops by itself after [`LEASE`]; so much later at the earliest another begins.
const MARGIN: Duration = Duration::from_secs(2);
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// A former life that was just killed may need a moment to be gone.
const LOOK_AT_START: Duration = Duration::from_millis(50);
const STARTING: Duration = Duration::from_secs(2);

/// A printer's lease, as this instance has seen it.
#[derive(Debug)]
struct Watched {
    grant: watch::Sender<Option<Grant>>,
    held: Option<Held>,
    seen: Seen,
}

/// Another's lease as first seen so, and when.
#[derive(Debug, Default)]
struct Seen(Option<(Lease, Instant)>);

#[derive(Debug, Clone, Copy)]
struct Held {
    fence: i64,
    renewed: Instant,
}

/// Keeps the leases of one instance.
#[derive(Debug)]
pub(super) struct LeaseKeeper {
    store: Store,
    clock: Clock,
    instance: String,
    printers: HashMap<String, Watched>,
    /// Leases of what is not in our configuration, and when they were looked at last.
    strangers: HashMap<String, Seen>,
    looked: Option<Instant>,
    /// This process is the only one under its name: what the name held is ours.
    name: Option<NameLock>,
    began: Instant,
    warned: bool,
}

impl LeaseKeeper {
    pub fn new(store: Store, clock: Clock, instance: String) -> Self {
        let began = Instant::now();
        Self {
            store,
            clock,
            instance,
            printers: HashMap::new(),
            strangers: HashMap::new(),
            looked: None,
            name: None,
            began,
            warned: false,
        }
    }

    /// Adds a printer; the worker follows its grants.
    pub fn follow(&mut self, printer: &str) -> watch::Receiver<Option<Grant>> {
        let (grant, granted) = watch::channel(None);
        self.printers.insert(printer.to_owned(), Watched { grant, held: None, seen: Seen::default() });
        granted
    }

    /// Works until told, then gives everything back.
    pub async fn work(mut self, stop: CancellationToken) {
        let mut failing = false;
        while !stop.is_cancelled() {
            match self.look().await {
                Ok(()) => failing = false,
                Err(error) => {
                    if !failing {
                        tracing::error!(%error, "the leases of the printers cannot be renewed");
                    }
                    failing = true;
                }
            }
            let starting = self.began.elapsed() < STARTING && !self.holds_all();
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(if starting { LOOK_AT_START } else { LOOK_EVERY }) => {}
            }
        }
        if let Err(error) = self.release().await {
            tracing::warn!(%error, "the printers' leases were not given back; they run out by themselves");
        }
    }

    fn holds_all(&self) -> bool {
        self.printers.values().all(|watched| watched.held.is_some())
    }

    async fn look(&mut self) -> Result<(), StoreError> {
        let has_looked = self.looked.is_some_and(|looked| looked.elapsed() < RENEW_EVERY);
        let known: HashMap<String, Lease> = if self.holds_all() && has_looked {
            HashMap::new()
        } else {
            self.looked = Some(Instant::now());
            let all = leases::all(&mut *self.store.read().await?).await?;
            all.into_iter().map(|lease| (lease.printer.clone(), lease)).collect()
        };
        self.find_out_if_alone(&known).await?;
        let to_give_back = self.left_behind(&known);
        let (mut to_renew, mut to_take) = (Vec::new(), Vec::new());
        for (printer, watched) in &mut self.printers {
            match watched.held {
                Some(held) if held.renewed.elapsed() >= RENEW_EVERY => {
                    to_renew.push((printer.clone(), held.fence))
                }
                Some(_) => {}
                None => {
                    let lease = known.get(printer);
                    let is_ours = self.name.is_some()
                        && lease.is_some_and(|lease| lease.instance.as_ref() == Some(&self.instance));
                    if is_ours || watched.seen.is_free(lease, Instant::now()) {
                        to_take.push((printer.clone(), lease.cloned()));
                    }
                }
            }
        }
        if to_renew.is_empty() && to_take.is_empty() && to_give_back.is_empty() {
            return Ok(());
        }
        // Before anything is asked: what the database grants is counted from here.
        let (since, since_wall) = (Instant::now(), self.clock.now());
        let expires_at_ms = since_wall.as_millisecond() + LEASE.as_millis() as i64;
        let mut writing = self.store.write().await?;
        let mut granted = Vec::new();
        for (printer, fence) in to_renew {
            let is_held = leases::renew(&mut writing, &printer, fence, expires_at_ms).await?;
            granted.push((printer, is_held.then_some(fence)));
        }
        let now_there = leases::all(&mut writing).await?;
        for (printer, seen) in to_take {
            // Only what was judged is taken: somebody may have been faster.
            if now_there.iter().find(|lease| lease.printer == printer) == seen.as_ref() {
                let fence = leases::take(&mut writing, &printer, &self.instance, expires_at_ms).await?;
                tracing::info!(printer.name = %printer, fence, instance = %self.instance,
                    before = seen.and_then(|lease| lease.instance), "this instance writes to the printer");
                granted.push((printer, Some(fence)));
            }
        }
        for lease in to_give_back.iter().filter(|lease| now_there.contains(lease)) {
            leases::release(&mut writing, &lease.printer, lease.fence).await?;
            tracing::info!(printer.name = %lease.printer, before = lease.instance, "nobody writes to the printer");
        }
        writing.commit().await?;
        for (printer, fence) in granted {
            let Some(watched) = self.printers.get_mut(&printer) else { continue };
            if fence.is_none() {
                tracing::warn!(printer.name = %printer, "another instance has taken the printer over");
            }
            watched.seen = Seen::default();
            watched.held = fence.map(|fence| Held { fence, renewed: since });
            watched.grant.send_replace(fence.map(|fence| Grant { fence, since, since_wall }));
        }
        Ok(())
    }

    /// Leases of printers that are not ours to write to and whose holder is no more. Nobody would take them: who has the
    /// printer in its configuration is gone, or has it there no longer.
    fn left_behind(&mut self, known: &HashMap<String, Lease>) -> Vec<Lease> {
        let now = Instant::now();
        let mut left_behind = Vec::new();
        for (printer, lease) in known {
            if self.printers.contains_key(printer) || printer == leases::OF_ODOO {
                continue;
            }
            let is_ours = self.name.is_some() && lease.instance.as_ref() == Some(&self.instance);
            let seen = self.strangers.entry(printer.clone()).or_default();
            if lease.instance.is_some() && (is_ours || seen.is_free(Some(lease), now)) {
                left_behind.push(lease.clone());
            }
        }
        left_behind
    }

    /// Only at the start: a name that another process has now is that process's for as long as we live.
    async fn find_out_if_alone(&mut self, known: &HashMap<String, Lease>) -> Result<(), StoreError> {
        if self.name.is_none() && self.began.elapsed() < STARTING {
            self.name = self.store.lock_name(&self.instance).await?;
        }
        let is_shared = self.name.is_none()
            && self.began.elapsed() >= STARTING
            && known.values().any(|lease| lease.instance.as_ref() == Some(&self.instance));
        if is_shared && !self.warned {
            self.warned = true;
            tracing::warn!(instance = %self.instance,
                "another platen runs under the same name; give each its own server.instance");
        }
        Ok(())
    }

    async fn release(&mut self) -> Result<(), StoreError> {
        let mut writing = self.store.write().await?;
        for (printer, watched) in &self.printers {
            watched.grant.send_replace(None);
            if let Some(held) = watched.held {
                leases::release(&mut writing, printer, held.fence).await?;
            }
        }
        writing.commit().await?;
        Ok(())
    }
}

impl Seen {
    /// Nobody's: never taken, given back, or stood still for too long. Remembers what it has seen.
    fn is_free(&mut self, lease: Option<&Lease>, now: Instant) -> bool {
        let Some(lease) = lease.filter(|lease| lease.instance.is_some()) else { return true };
        match &self.0 {
            Some((seen, since)) if seen == lease => now.duration_since(*since) >= LEASE + MARGIN,
            _ => {
                self.0 = Some((lease.clone(), now));
                false
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lease(fence: i64, expires_at_ms: i64) -> Lease {
        Lease { printer: "line-a".to_owned(), instance: Some("other".to_owned()), fence, expires_at_ms }
    }

    #[test]
    fn a_lease_is_free_when_it_stood_still_for_longer_than_its_holder_may_go_on() {
        let mut seen = Seen::default();
        let begin = Instant::now();
        let at = |leases: u32| begin + (LEASE + MARGIN) * leases;
        assert!(
            !seen.is_free(Some(&lease(1, 0)), begin),
            "an expiry of long ago means nothing: clocks differ"
        );
        assert!(!seen.is_free(Some(&lease(1, 0)), begin + LEASE));
        assert!(!seen.is_free(Some(&lease(1, 1)), at(1)), "renewed: the wait begins anew");
        assert!(!seen.is_free(Some(&lease(2, 1)), at(2)), "another holder");
        assert!(seen.is_free(Some(&lease(2, 1)), at(3)));
    }

    #[test]
    fn a_lease_given_back_or_never_taken_is_free_at_once() {
        let mut seen = Seen::default();
        assert!(seen.is_free(None, Instant::now()));
        assert!(seen.is_free(Some(&Lease { instance: None, ..lease(3, 0) }), Instant::now()));
    }

    #[tokio::test]
    async fn what_a_former_life_held_and_is_configured_no_longer_is_given_back_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite://{}/platen.db", folder.path().display())).await.unwrap();
        let mut writing = store.write().await.unwrap();
        for (printer, instance) in
            [("line-a", "one"), ("line-b", "one"), ("line-c", "two"), (leases::OF_ODOO, "one")]
        {
            leases::take(&mut writing, printer, instance, 0).await.unwrap();
        }
        writing.commit().await.unwrap();
        let mut keeper = LeaseKeeper::new(store.clone(), Clock::system(), "one".to_owned());
        let _granted = keeper.follow("line-a");
        keeper.look().await.unwrap();
        let all = leases::all(&mut store.read().await.unwrap()).await.unwrap();
        let holders: HashMap<&str, Option<&str>> =
            all.iter().map(|lease| (lease.printer.as_str(), lease.instance.as_deref())).collect();
        assert_eq!((holders["line-a"], holders["line-b"]), (Some("one"), None));
        assert_eq!((holders["line-c"], holders[leases::OF_ODOO]), (Some("two"), Some("one")), "they live");
        store.close().await;
    }
}
