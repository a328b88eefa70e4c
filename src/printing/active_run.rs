//! A run with what its shell needs around it: the job, its labels, and the map from writes to labels.

use super::label_source::LabelSource;
use super::run::{Run, RunPlan};
use super::tally::Baseline;
use super::writes::Writes;
use crate::domain::{Job, LabelIndex};
use crate::store::runs::OpenRun;
use crate::store::{Store, StoreError};

/// A label takes no longer than at the slowest speed printers know, 2 inches a second, with its gap.
const SLOWEST_MM_PER_S: f64 = 2.0 * 25.4;
const GAP_MM: f64 = 3.0;
/// For ready ZPL of unknown length: a 4 by 6 inch label at the slowest speed.
const LONGEST_USUAL_MM: f64 = 152.0;

/// A run under way on this worker's printer.
#[derive(Debug)]
pub struct ActiveRun {
    pub record: OpenRun,
    pub job: Job,
    pub run: Run,
    pub source: LabelSource,
    /// Begun by a former life of the service.
    pub was_taken_up: bool,
    writes: Writes,
}

impl ActiveRun {
    /// A run that begins now.
    pub async fn begin(
        store: &Store,
        job: Job,
        record: OpenRun,
        baseline: Baseline,
        known_label_ms: Option<i64>,
    ) -> Result<Self, StoreError> {
        let source = LabelSource::open(store, &job).await?;
        let run = Run::begin(plan(&record, &source, known_label_ms), baseline);
        Ok(Self { record, job, run, source, was_taken_up: false, writes: Writes::default() })
    }

    /// A run that a former life of the service left open.
    pub async fn recover(
        store: &Store,
        job: Job,
        record: OpenRun,
        known_label_ms: Option<i64>,
    ) -> Result<Self, StoreError> {
        let source = LabelSource::open(store, &job).await?;
        let baseline = Baseline {
            odometer: record.baseline_odometer,
            uptime_s: record.baseline_uptime_s,
            unique_id: record.printer_unique_id.clone(),
            taken_at_ms: record.baseline_at_ms,
        };
        let run = Run::recover(
            plan(&record, &source, known_label_ms),
            baseline,
            record.reserved_through,
            record.confirmed_through,
            record.reprints_possible,
        );
        Ok(Self { record, job, run, source, was_taken_up: true, writes: Writes::default() })
    }

    /// Remembers which write completed which label.
    pub fn wrote(&mut self, write: i64, label: LabelIndex) {
        self.writes.wrote(write, label);
    }

    /// The connection is gone, and its numbers with it.
    pub fn forget_writes(&mut self) {
        self.writes = Writes::default();
    }

    /// The last label of this run among the writes up to a number.
    pub fn label_of_write(&mut self, write: i64) -> Option<LabelIndex> {
        self.writes.label_of(write)
    }
}

fn plan(record: &OpenRun, source: &LabelSource, known_label_ms: Option<i64>) -> RunPlan {
    let slowest_ms =
        ((source.height_mm().unwrap_or(LONGEST_USUAL_MM) + GAP_MM) / SLOWEST_MM_PER_S * 1000.0).ceil() as i64;
    RunPlan {
        first: record.first_label,
        last: record.last_label,
        expected_label_ms: known_label_ms.map_or(slowest_ms, |known| known.min(slowest_ms)),
        slowest_label_ms: slowest_ms,
    }
}
