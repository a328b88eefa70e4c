//! What is durable: a model of the store in which a commit happens whole or not at all.

use crate::plan::JobPlan;
use crate::printer::LabelName;
use platen::domain::{Code, Evidence};
use platen::printing::{Baseline, FormerWorks, Record};
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// Why the service cannot go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    Killed,
    Storage,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Printed(Evidence),
    Unconfirmed,
}

#[derive(Debug, Clone)]
pub struct Job {
    pub quantity: i64,
    pub priority: i64,
    pub has_arrived: bool,
    pub is_held: bool,
    pub is_withdrawn: bool,
    pub labels: Vec<Option<Outcome>>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct OpenRun {
    pub job: usize,
    pub first: i64,
    pub last: i64,
    pub reserved_through: i64,
    pub confirmed_through: i64,
    pub reprints_possible: i64,
    pub count_in_doubt_through: i64,
    pub baseline: Baseline,
}

#[derive(Debug)]
pub struct Store {
    pub jobs: Vec<Job>,
    pub open_run: Option<OpenRun>,
    pub label_ms: Option<i64>,
    /// By the service's clock, written once a second.
    pub last_seen_ms: Option<i64>,
    /// What the printer says as long as nothing came out of it since the last run, which left nothing in it.
    pub left: Option<Baseline>,
    pub former_works: FormerWorks,
    pub printer_is_paused: bool,
    /// Moments until the service is killed.
    pub moments_left: Option<u32>,
    pub failing_commits: u32,
    /// Labels that were unconfirmed at some time, and codes of holds: what a person was asked.
    pub asked: BTreeSet<LabelName>,
    pub holds: Vec<Code>,
    pub attention: Option<Code>,
    pub violations: Vec<String>,
    pub commits: u64,
    /// What the disk holds, while a commit is written and not synced yet.
    synced: Option<Synced>,
    /// Sabotage: only beginnings and ends are synced.
    syncs_late: bool,
}

/// What survives a loss of the host's power.
#[derive(Debug)]
struct Synced {
    labels: Vec<Vec<Option<Outcome>>>,
    open_run: Option<OpenRun>,
    left: Option<Baseline>,
}

impl Store {
    pub fn new(plans: &[JobPlan], syncs_late: bool) -> Self {
        let job = |plan: &JobPlan| Job {
            quantity: plan.quantity,
            priority: plan.priority,
            has_arrived: false,
            is_held: false,
            is_withdrawn: false,
            labels: vec![None; usize::try_from(plan.quantity).unwrap() + 1],
        };
        Self {
            jobs: plans.iter().map(job).collect(),
            open_run: None,
            label_ms: None,
            last_seen_ms: None,
            left: None,
            former_works: FormerWorks::default(),
            printer_is_paused: false,
            moments_left: None,
            failing_commits: 0,
            asked: BTreeSet::new(),
            holds: Vec::new(),
            attention: None,
            violations: Vec::new(),
            commits: 0,
            synced: None,
            syncs_late,
        }
    }

    /// A moment at which the service may be killed.
    pub fn moment(&mut self) -> Result<(), Failure> {
        match &mut self.moments_left {
            Some(0) => Err(Failure::Killed),
            Some(left) => {
                *left -= 1;
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn commit(&mut self) -> Result<(), Failure> {
        self.moment()?;
        if self.failing_commits > 0 {
            self.failing_commits -= 1;
            return Err(Failure::Storage);
        }
        self.commits += 1;
        if self.synced.is_none() {
            let labels = self.jobs.iter().map(|job| job.labels.clone()).collect();
            self.synced = Some(Synced { labels, open_run: self.open_run.clone(), left: self.left.clone() });
        }
        Ok(())
    }

    /// The end of a commit. Between write and sync a kill loses nothing; a loss of the host's power does.
    fn sync(&mut self) -> Result<(), Failure> {
        self.moment()?;
        self.synced = None;
        self.moment()
    }

    /// The host lost its power: what was written and not synced is gone.
    pub fn lose_power(&mut self) {
        let Some(synced) = self.synced.take() else { return };
        self.open_run = synced.open_run;
        self.left = synced.left;
        for (job, labels) in self.jobs.iter_mut().zip(synced.labels) {
            job.labels = labels;
        }
    }

    pub fn next_job(&self) -> Option<usize> {
        let waits =
            |job: &Job| job.has_arrived && !job.is_held && !job.is_withdrawn && job.first_gap().is_some();
        let waiting = self.jobs.iter().enumerate().filter(|(_, job)| waits(job));
        waiting.max_by_key(|(at, job)| (job.priority, Reverse(*at))).map(|(at, _)| at)
    }

    /// One run at most is open on a printer: the schema refuses a second.
    pub fn begin(&mut self, baseline: &Baseline) -> Result<Option<OpenRun>, Failure> {
        let Some(job) = self.next_job() else { return Ok(None) };
        self.commit()?;
        if self.open_run.is_some() {
            return Err(Failure::Storage);
        }
        let Some((first, last)) = self.jobs[job].first_gap() else { return Ok(None) };
        let run = OpenRun {
            job,
            first,
            last,
            reserved_through: first - 1,
            confirmed_through: first - 1,
            reprints_possible: 0,
            count_in_doubt_through: 0,
            baseline: baseline.clone(),
        };
        self.open_run = Some(run.clone());
        self.left = None;
        self.sync()?;
        Ok(Some(run))
    }

    pub fn record(&mut self, facts: &Record, evidence: Evidence) -> Result<(), Failure> {
        self.commit()?;
        let Some(run) = &mut self.open_run else { return Ok(()) };
        let job = run.job;
        let confirmed_from = run.confirmed_through + 1;
        run.reserved_through = facts.reserved_through.unwrap_or(run.reserved_through);
        run.confirmed_through = facts.confirmed_through.unwrap_or(run.confirmed_through);
        run.reprints_possible = facts.reprints_possible.unwrap_or(run.reprints_possible);
        run.baseline.odometer = facts.odometer_base.or(run.baseline.odometer);
        run.count_in_doubt_through = facts.count_in_doubt_through.unwrap_or(run.count_in_doubt_through);
        if let Some(through) = facts.confirmed_through {
            for label in confirmed_from..=through {
                self.set_outcome((job, label), Outcome::Printed(evidence));
            }
        }
        for label in facts.unconfirmed.into_iter().flat_map(|(first, last)| first..=last) {
            self.set_outcome((job, label), Outcome::Unconfirmed);
        }
        if self.syncs_late { Ok(()) } else { self.sync() }
    }

    fn set_outcome(&mut self, name: LabelName, outcome: Outcome) {
        let Some(slot) = usize::try_from(name.1).ok().and_then(|at| self.jobs[name.0].labels.get_mut(at))
        else {
            self.violations.push(format!("{outcome:?} recorded for label {name:?}, which does not exist"));
            return;
        };
        match (*slot, outcome) {
            (Some(Outcome::Printed(_)), _) => {
                self.violations.push(format!("label {name:?} is printed and is recorded again: {outcome:?}"));
            }
            _ => *slot = Some(outcome),
        }
        if outcome == Outcome::Unconfirmed {
            self.asked.insert(name);
        }
    }

    pub fn end_run(&mut self, held: Option<Code>, learnt: &FormerWorks) -> Result<(), Failure> {
        self.commit()?;
        self.former_works = learnt.clone();
        if let (Some(run), Some(code)) = (&self.open_run, held) {
            self.jobs[run.job].is_held = true;
            self.holds.push(code);
        }
        let is_counted = |run: &OpenRun| held.is_none() && run.confirmed_through == run.reserved_through;
        self.left = self.open_run.take().filter(is_counted).and_then(|run| {
            let odometer = run.baseline.odometer? + run.confirmed_through - run.first + 1;
            Some(Baseline { odometer: Some(odometer), ..run.baseline })
        });
        self.sync()
    }

    /// A commit of its own, whose loss only costs what was learnt.
    pub fn keep_former_works(&mut self, former: &FormerWorks) -> Result<(), Failure> {
        if *former != self.former_works {
            self.moment()?;
            self.former_works = former.clone();
            self.moment()?;
        }
        Ok(())
    }

    pub fn set_attention(&mut self, code: Option<Code>) -> Result<(), Failure> {
        self.moment()?;
        if self.failing_commits > 0 {
            self.failing_commits -= 1;
            return Err(Failure::Storage);
        }
        self.attention = code;
        Ok(())
    }

    /// A person looked at the paper.
    pub fn resolve(&mut self, name: LabelName, printed: bool) {
        let job = &mut self.jobs[name.0];
        job.labels[name.1 as usize] = printed.then_some(Outcome::Printed(Evidence::Person));
        job.is_held = false;
    }

    pub fn outcome(&self, name: LabelName) -> Option<Outcome> {
        self.jobs[name.0].labels[name.1 as usize]
    }

    /// Every label of every job.
    pub fn names(&self) -> impl Iterator<Item = LabelName> + use<> {
        let quantities: Vec<i64> = self.jobs.iter().map(|job| job.quantity).collect();
        quantities
            .into_iter()
            .enumerate()
            .flat_map(|(job, quantity)| (1..=quantity).map(move |label| (job, label)))
    }

    pub fn is_done(&self) -> bool {
        self.open_run.is_none() && self.jobs.iter().all(Job::is_done)
    }
}

impl Job {
    fn first_gap(&self) -> Option<(i64, i64)> {
        let first = (1..=self.quantity).find(|label| self.labels[*label as usize].is_none())?;
        let next = (first..=self.quantity).find(|label| self.labels[*label as usize].is_some());
        Some((first, next.map_or(self.quantity, |next| next - 1)))
    }

    fn is_done(&self) -> bool {
        let labels = &self.labels[1..];
        let is_open = |outcome: &Option<Outcome>| *outcome == Some(Outcome::Unconfirmed);
        self.has_arrived
            && !labels.iter().any(is_open)
            && (self.is_withdrawn || labels.iter().all(Option::is_some))
    }
}
