//! Exactly one worker per configured printer, for as long as the service lives, and the leases they work under.

use super::lease::Lease;
use super::lease_keeper::LeaseKeeper;
use super::worker::Worker;
use crate::clock::Clock;
use crate::domain::Profile;
use crate::progress::Progress;
use crate::store::Store;
use crate::zebra::PrinterAddress;
use std::time::Duration;
use tokio::task::{JoinHandle, JoinSet};
use tokio_util::sync::CancellationToken;

/// What the workers are handed.
#[derive(Debug, Clone)]
pub struct CrewOptions {
    pub store: Store,
    pub progress: Progress,
    pub clock: Clock,
    /// Tells this instance from others on one database.
    pub instance: String,
    /// Cancelled: claim nothing new, finish what is in the pipe, leave.
    pub shutdown: CancellationToken,
    /// How long a worker may take to finish what is in the pipe.
    pub leave_within: Duration,
}

/// A printer, as it is configured.
#[derive(Debug, Clone)]
pub struct CrewPrinter {
    pub name: String,
    pub address: PrinterAddress,
    pub profile: Option<Profile>,
    /// Let it name each label it has done (`^HV`).
    pub host_verification: bool,
    /// Dots per millimetre, where the configuration says so; templates are drawn for it.
    pub dpmm: Option<u32>,
    /// Length of the labels that are put in, millimetres, where the configuration says so.
    pub paper_mm: Option<f64>,
}

/// The workers.
#[derive(Debug)]
pub struct Crew {
    workers: JoinSet<()>,
    leases: JoinHandle<()>,
    /// All workers have left: their printers may be another's.
    left: CancellationToken,
}

impl Crew {
    /// Starts a worker for each printer.
    pub fn start(options: &CrewOptions, printers: Vec<CrewPrinter>) -> Self {
        let mut workers = JoinSet::new();
        let mut keeper =
            LeaseKeeper::new(options.store.clone(), options.clock.clone(), options.instance.clone());
        for printer in printers {
            let granted = keeper.follow(&printer.name);
            let name = printer.name.clone();
            let lease = Lease::new(options.store.clone(), options.clock.clone(), name, granted);
            let worker = Worker::new(options.clone(), printer, lease);
            workers.spawn(worker.work());
        }
        let left = CancellationToken::new();
        let leases = tokio::spawn(keeper.work(left.clone()));
        Self { workers, leases, left }
    }

    /// Waits until every worker has left, then gives the printers back.
    pub async fn leave(mut self) {
        while let Some(left) = self.workers.join_next().await {
            if let Err(error) = left
                && error.is_panic()
            {
                tracing::error!(
                    "a printer's worker ended by a panic; its run is picked up at the next start"
                );
            }
        }
        self.left.cancel();
        let _ = self.leases.await;
    }
}
