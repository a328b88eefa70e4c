//! Exactly one worker per configured printer, for as long as the service lives.

use super::worker::Worker;
use crate::clock::Clock;
use crate::domain::Profile;
use crate::progress::Progress;
use crate::store::Store;
use crate::zebra::PrinterAddress;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// What the workers are handed.
#[derive(Debug, Clone)]
pub struct CrewOptions {
    pub store: Store,
    pub progress: Progress,
    pub clock: Clock,
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
}

/// The workers.
#[derive(Debug)]
pub struct Crew {
    workers: JoinSet<()>,
}

impl Crew {
    /// Starts a worker for each printer.
    pub fn start(options: &CrewOptions, printers: Vec<CrewPrinter>) -> Self {
        let mut workers = JoinSet::new();
        for printer in printers {
            let is_blind = printer.profile == Some(Profile::Blind);
            let worker = Worker::new(options.clone(), printer);
            if is_blind {
                workers.spawn(worker.work_blind());
            } else {
                workers.spawn(worker.work());
            }
        }
        Self { workers }
    }

    /// Waits until every worker has left.
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
    }
}
