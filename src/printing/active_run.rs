//! A run with what its shell needs around it: the job, its labels, and the map from writes to labels.

use super::blind_run::BlindRun;
use super::course::Course;
use super::run::Run;
use super::run_plan::RunPlan;
use super::so_far::RunSoFar;
use super::supervision::UnderWay;
use super::tally::{Baseline, UsualWorks};
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
    label_mm: f64,
    writes: Writes,
    /// Begins every label's token, where the printer is to name the labels it has done.
    verification: Option<String>,
}

/// What is known of the printer a run is for.
#[derive(Debug, Clone, Copy)]
pub struct Press {
    pub known_pace: Option<LabelPace>,
    /// Dots per mm, as configured.
    pub dpmm: Option<u32>,
    /// Length of the labels that are put in, millimetres, as configured.
    pub paper_mm: Option<f64>,
    pub is_blind: bool,
}

/// What a run is begun with, apart from its labels.
#[derive(Debug)]
pub struct Start {
    pub baseline: Baseline,
    pub press: Press,
    /// Let the printer name each label it has done.
    pub verifies: bool,
}

impl ActiveRun {
    /// A run that begins now.
    pub async fn begin(store: &Store, job: Job, record: OpenRun, start: Start) -> Result<Self, StoreError> {
        let source = LabelSource::open(store, &job, start.press.dpmm).await?;
        let label_mm = label_mm(source.height_mm(), start.press.paper_mm);
        let plan = RunPlan::of(record.first_label, record.last_label, label_mm, start.press.known_pace);
        let verification = start.verifies.then(|| token_prefix(&record));
        let run = if start.press.is_blind {
            Course::Blind(BlindRun::begin(plan))
        } else {
            let mut run = Run::begin(plan, start.baseline);
            if start.verifies {
                run.expect_verification();
            }
            if source.height_mm().is_none() {
                run.expect_uneven_labels();
            }
            Course::Told(Box::new(run))
        };
        Ok(Self { verification, was_taken_up: false, ..Self::of(job, record, run, source, label_mm) })
    }

    /// A run that a former life of the service left open, or a failure of the database.
    pub async fn recover(
        store: &Store,
        job: Job,
        record: OpenRun,
        usual_works: UsualWorks,
        press: Press,
    ) -> Result<Self, StoreError> {
        let source = LabelSource::open(store, &job, press.dpmm).await?;
        let label_mm = label_mm(source.height_mm(), press.paper_mm);
        let plan = RunPlan::of(record.first_label, record.last_label, label_mm, press.known_pace);
        let run = if press.is_blind {
            Course::Blind(BlindRun::recover(plan, record.reserved_through))
        } else {
            Course::Told(Box::new(Run::recover(plan, baseline(&record, usual_works), so_far(&record))))
        };
        Ok(Self::of(job, record, run, source, label_mm))
    }

    fn of(job: Job, record: OpenRun, run: Course, source: LabelSource, label_mm: f64) -> Self {
        let (writes, verification) = (Writes::default(), None);
        Self { record, job, run, source, label_mm, was_taken_up: true, writes, verification }
    }

    /// Length of its labels, millimetres; where nobody says it, rather too much.
    pub fn label_mm(&self) -> f64 {
        self.label_mm
    }

    /// What its printer's worker has to know of the run.
    pub fn under_way(&self) -> UnderWay {
        UnderWay {
            label_ms: self.run.label_ms(),
            is_recovering: self.run.is_recovering(),
            is_behind_a_restart: self.run.is_behind_a_restart(),
            is_learning: self.run.is_learning(),
            lacks_one: self.run.lacks_one(),
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

fn baseline(record: &OpenRun, usual_works: UsualWorks) -> Baseline {
    Baseline {
        odometer: record.baseline_odometer,
        uptime_s: record.baseline_uptime_s,
        unique_id: record.printer_unique_id.clone(),
        taken_at_ms: record.baseline_at_ms,
        answer_ms: 0,
        usual_works,
    }
}

/// Short, and of no other attempt: the random end of the job's id, and the attempt.
fn token_prefix(record: &OpenRun) -> String {
    let id = record.job_id.to_string();
    let short = id.rsplit('-').next().unwrap_or_default();
    format!("{short}/{}/", record.attempt)
}

/// What is drawn, or the paper that is put in where that is longer: a printer feeds to its end. Where nobody says either,
/// rather too much.
fn label_mm(drawn_mm: Option<f64>, paper_mm: Option<f64>) -> f64 {
    match (drawn_mm, paper_mm) {
        (Some(drawn_mm), Some(paper_mm)) => drawn_mm.max(paper_mm),
        (told, paper_mm) => told.or(paper_mm).unwrap_or(LONGEST_USUAL_MM),
    }
}

/// What is durable of it.
pub fn so_far(record: &OpenRun) -> RunSoFar {
    RunSoFar {
        reserved_through: record.reserved_through,
        confirmed_through: record.confirmed_through,
        reprints_possible: record.reprints_possible,
        count_in_doubt_through: record.count_in_doubt_through,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_as_long_as_the_paper_that_is_put_in() {
        assert_eq!(label_mm(None, Some(25.0)), 25.0, "ready ZPL");
        assert_eq!(label_mm(Some(20.0), Some(25.0)), 25.0, "it is fed to its end");
        assert_eq!(label_mm(Some(32.0), None), 32.0);
        assert_eq!(label_mm(None, None), LONGEST_USUAL_MM);
    }
}
