//! A run with what its shell needs around it: the job, its labels, and the map from writes to labels.

use super::blind_run::BlindRun;
use super::course::Course;
use super::run::{Run, RunSoFar};
use super::run_plan::RunPlan;
use super::supervision::UnderWay;
use super::tally::Baseline;
use super::writes::Writes;
use crate::domain::{Job, LabelIndex, LabelPace};
use crate::label_source::LabelSource;
use crate::store::runs::OpenRun;
use crate::store::{Store, StoreError};

/// For ready ZPL of unknown length: a 4 by 6 inch label at the slowest speed.
const LONGEST_USUAL_MM: f64 = 152.0;

/// A run under way on this worker's printer.
#[derive(Debug)]
pub struct ActiveRun {
    pub record: OpenRun,
    pub job: Job,
    pub run: Course,
    pub source: LabelSource,
    /// Begun by a former life of the service.
    pub was_taken_up: bool,
    writes: Writes,
    /// Begins every label's token, where the printer is to name the labels it has done.
    verification: Option<String>,
}

/// What a run is begun with, apart from its labels.
#[derive(Debug)]
pub struct Start {
    pub baseline: Baseline,
    pub known_pace: Option<LabelPace>,
    /// The printer's dots per mm, as configured.
    pub dpmm: Option<u32>,
    pub is_blind: bool,
    /// Let the printer name each label it has done.
    pub verifies: bool,
}

impl ActiveRun {
    /// A run that begins now.
    pub async fn begin(store: &Store, job: Job, record: OpenRun, start: Start) -> Result<Self, StoreError> {
        let source = LabelSource::open(store, &job, start.dpmm).await?;
        let plan = plan(&record, &source, start.known_pace);
        let verification = start.verifies.then(|| token_prefix(&record));
        let run = if start.is_blind {
            Course::Blind(BlindRun::begin(plan))
        } else {
            let mut run = Run::begin(plan, start.baseline);
            if start.verifies {
                run.expect_verification();
            }
            Course::Told(Box::new(run))
        };
        Ok(Self { verification, was_taken_up: false, ..Self::of(job, record, run, source) })
    }

    /// A run that a former life of the service left open.
    pub async fn recover(
        store: &Store,
        job: Job,
        record: OpenRun,
        known_pace: Option<LabelPace>,
        dpmm: Option<u32>,
        is_blind: bool,
    ) -> Result<Self, StoreError> {
        let source = LabelSource::open(store, &job, dpmm).await?;
        let plan = plan(&record, &source, known_pace);
        let run = if is_blind {
            Course::Blind(BlindRun::recover(plan, record.reserved_through))
        } else {
            Course::Told(Box::new(Run::recover(plan, baseline(&record), so_far(&record))))
        };
        Ok(Self::of(job, record, run, source))
    }

    fn of(job: Job, record: OpenRun, run: Course, source: LabelSource) -> Self {
        Self { record, job, run, source, was_taken_up: true, writes: Writes::default(), verification: None }
    }

    /// Length of its labels, millimetres; where nobody says it, rather too much.
    pub fn label_mm(&self) -> f64 {
        label_mm(&self.source)
    }

    /// What its printer's worker has to know of the run.
    pub fn under_way(&self) -> UnderWay {
        UnderWay {
            label_ms: self.run.label_ms(),
            is_recovering: self.run.is_recovering(),
            is_behind_a_restart: self.run.is_behind_a_restart(),
        }
    }

    /// What the printer is to say when it has done a label.
    pub fn token_of_label(&self, label: LabelIndex) -> Option<String> {
        self.verification.as_ref().map(|prefix| format!("{prefix}{label}"))
    }

    /// The label of this run that a token names.
    pub fn label_of_token(&self, token: &str) -> Option<LabelIndex> {
        token.strip_prefix(self.verification.as_deref()?)?.parse().ok()
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

fn baseline(record: &OpenRun) -> Baseline {
    Baseline {
        odometer: record.baseline_odometer,
        uptime_s: record.baseline_uptime_s,
        unique_id: record.printer_unique_id.clone(),
        taken_at_ms: record.baseline_at_ms,
    }
}

/// Short, and of no other attempt: the random end of the job's id, and the attempt.
fn token_prefix(record: &OpenRun) -> String {
    let id = record.job_id.to_string();
    let short = id.rsplit('-').next().unwrap_or_default();
    format!("{short}/{}/", record.attempt)
}

fn label_mm(source: &LabelSource) -> f64 {
    source.height_mm().unwrap_or(LONGEST_USUAL_MM)
}

fn so_far(record: &OpenRun) -> RunSoFar {
    RunSoFar {
        reserved_through: record.reserved_through,
        confirmed_through: record.confirmed_through,
        reprints_possible: record.reprints_possible,
        is_count_in_doubt: record.is_count_in_doubt,
    }
}

fn plan(record: &OpenRun, source: &LabelSource, known_pace: Option<LabelPace>) -> RunPlan {
    RunPlan::of(record.first_label, record.last_label, label_mm(source), known_pace)
}
