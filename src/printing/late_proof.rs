//! A printer that was given up, or away while another stood in its place, is heard again: its counter may tell of labels
//! in doubt after all. Nothing is begun on it before, for the counter would move.

use super::tally::{Baseline, Sent, Tally, Verdict};
use super::worker::Worker;
use crate::domain::{Evidence, LabelIndex};
use crate::store::runs::OpenRun;
use crate::store::{StoreError, doubts, jobs, runs, wishes};
use crate::zebra::{HostStatus, Reading};

/// Half as long again as the longest usual label takes at the slowest speed: nobody waits for a late proof.
const SETTLE_MS: i64 = 4_600;

/// What the counter of a printer that has kept still tells of a run that ended in doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct LateProof {
    printed_through: LabelIndex,
    /// From here on nothing is printed; what lies between stays in doubt.
    missing_from: LabelIndex,
}

/// The same as if the service had been dead meanwhile and read the printer now.
fn late_proof(run: &OpenRun, found: &Baseline) -> Option<LateProof> {
    let cannot_tell =
        run.reprints_possible > 0 || run.baseline_uptime_s.is_some() && found.uptime_s.is_none();
    if cannot_tell || found.unique_id.is_none() || found.unique_id != run.printer_unique_id {
        return None;
    }
    let baseline = Baseline {
        odometer: run.baseline_odometer,
        uptime_s: run.baseline_uptime_s,
        unique_id: run.printer_unique_id.clone(),
        taken_at_ms: run.baseline_at_ms,
        ..Baseline::default()
    };
    let before_first = run.first_label - 1;
    let sent = Sent {
        offered: run.reserved_through - before_first,
        received: 0,
        recovering: true,
        // It has kept still already.
        settle_ms: 0,
        settle_unseen_ms: 0,
    };
    let reading = Reading {
        host_status: Some(HostStatus::default()),
        odometer: found.odometer,
        uptime_s: found.uptime_s,
        unique_id: found.unique_id.clone(),
        ..Reading::default()
    };
    let printed = run.confirmed_through - before_first;
    let in_doubt_through = (run.count_in_doubt_through - before_first).max(0);
    let mut tally = Tally::new(baseline, printed, 0).with_count_in_doubt(in_doubt_through);
    match tally.observe(&reading, sent, found.taken_at_ms) {
        Verdict::Settled(printed) => {
            let printed_through = before_first + printed;
            Some(LateProof { printed_through, missing_from: printed_through + 1 })
        }
        Verdict::Interrupted { printed, doubtful } => {
            let printed_through = before_first + printed;
            Some(LateProof { printed_through, missing_from: printed_through + doubtful + 1 })
        }
        Verdict::Printed(_) | Verdict::Contradiction(_) => None,
    }
}

impl Worker {
    /// Looks whether the printer at hand can tell of labels in doubt. True while it may in a moment.
    pub(super) async fn is_about_to_prove(&mut self, now_ms: i64) -> Result<bool, StoreError> {
        let Some(run) = &self.awaits_proof else { return Ok(false) };
        if self.supervision.unique_id() != run.printer_unique_id.as_deref() {
            return Ok(false);
        }
        let Some(found) = self.supervision.kept_still(now_ms, SETTLE_MS) else { return Ok(true) };
        if let Some(run) = self.awaits_proof.take() {
            self.settle_late(&run, late_proof(&run, &found)).await?;
        }
        Ok(false)
    }

    async fn settle_late(&mut self, run: &OpenRun, proof: Option<LateProof>) -> Result<(), StoreError> {
        let now = self.options.clock.now();
        let mut writing = self.lease.write().await?;
        runs::set_late_proof(&mut writing, run.id, false).await?;
        let found = jobs::find(&mut writing, run.job_id.0).await?;
        let mut settled = Vec::new();
        if let (Some(proof), Some(job)) = (proof, &found) {
            let there = (run.confirmed_through + 1, proof.printed_through);
            settled = doubts::prove(&mut writing, job, there, (true, Evidence::Odometer), now).await?;
            let missing = (proof.missing_from, run.reserved_through);
            settled
                .extend(doubts::prove(&mut writing, job, missing, (false, Evidence::Odometer), now).await?);
        }
        if !settled.is_empty() {
            let job = jobs::find(&mut writing, run.job_id.0).await?;
            if job.is_some_and(|job| job.unconfirmed.is_empty()) {
                // The printer is the right one again, and nothing is left to ask.
                wishes::set_held(&mut writing, run.job_id, false).await?;
            }
            runs::balance(&mut writing, run.job_id, now).await?;
            jobs::announce(&mut writing, run.job_id, now).await?;
        }
        writing.commit().await?;
        if !settled.is_empty() {
            tracing::info!(printer.name = %self.name, job.id = %run.job_id, labels = ?settled, "proved late");
            self.options.progress.recorded();
            self.options.progress.wake_printer(&self.name);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{JobId, RunId};
    use uuid::Uuid;

    fn run() -> OpenRun {
        OpenRun {
            id: RunId(Uuid::nil()),
            job_id: JobId(Uuid::nil()),
            attempt: 1,
            first_label: 11,
            last_label: 60,
            reserved_through: 28,
            confirmed_through: 20,
            baseline_odometer: Some(1_000),
            baseline_uptime_s: Some(100),
            baseline_at_ms: 0,
            printer_unique_id: Some("XX1".into()),
            reprints_possible: 0,
            count_in_doubt_through: 0,
        }
    }

    fn found(odometer: i64, uptime_s: i64) -> Baseline {
        Baseline {
            odometer: Some(odometer),
            uptime_s: Some(uptime_s),
            unique_id: Some("XX1".into()),
            taken_at_ms: 50_000,
            ..Baseline::default()
        }
    }

    fn told(run: &OpenRun, found: &Baseline) -> Option<(i64, i64)> {
        late_proof(run, found).map(|proof| (proof.printed_through, proof.missing_from))
    }

    #[test]
    fn a_counter_that_went_on_tells_which_labels_came_out() {
        assert_eq!(told(&run(), &found(1_013, 150)), Some((23, 24)));
        assert_eq!(told(&run(), &found(1_018, 150)), Some((28, 29)));
    }

    #[test]
    fn a_restart_leaves_the_label_in_flight_in_doubt() {
        assert_eq!(told(&run(), &found(1_013, 3)), Some((23, 25)));
    }

    #[test]
    fn what_does_not_add_up_proves_nothing() {
        assert_eq!(told(&run(), &found(1_030, 150)), None, "others have printed");
        assert_eq!(told(&run(), &found(1_004, 150)), None, "less than was counted");
        assert_eq!(told(&run(), &Baseline { unique_id: Some("YY2".into()), ..found(1_013, 150) }), None);
        assert_eq!(told(&run(), &Baseline { odometer: None, ..found(1_013, 150) }), None);
        assert_eq!(told(&run(), &Baseline { uptime_s: None, ..found(1_013, 150) }), None);
        assert_eq!(told(&OpenRun { reprints_possible: 1, ..run() }, &found(1_013, 150)), None);
    }

    #[test]
    fn behind_a_pause_only_a_count_that_adds_up_tells_what_came_out() {
        let run = OpenRun { count_in_doubt_through: 22, ..run() };
        assert_eq!(told(&run, &found(1_013, 150)), Some((20, 29)), "which of the eight, nobody knows");
        assert_eq!(told(&run, &found(1_018, 150)), Some((28, 29)));
        assert_eq!(
            told(&run, &found(1_010, 3)),
            Some((20, 23)),
            "switched off, and two labels had left its buffer"
        );
    }
}
