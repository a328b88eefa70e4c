//! From a failing history to the shortest one that still fails, in words.

use crate::plan::Plan;
use crate::world::World;
use std::fmt::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What was wrong, and how it came to that.
pub struct Failure {
    pub reason: String,
    journal: Vec<String>,
}

/// Plays a history. A panic of the code under test is a failure like any other.
pub fn play(plan: Plan) -> Result<(), Failure> {
    let mut world = World::new(plan);
    let outcome = catch_unwind(AssertUnwindSafe(|| world.play()));
    let reason = match outcome {
        Ok(Ok(())) => return Ok(()),
        Ok(Err(reason)) => reason,
        Err(_) => "a panic".to_owned(),
    };
    Err(Failure { reason, journal: world.outside.journal().to_vec() })
}

/// Drops jobs and faults while the history still fails, and tells what is left.
pub fn report(plan: Plan) -> String {
    let mut smallest = plan;
    let Err(mut failure) = play(smallest.clone()) else { return "it fails no more".to_owned() };
    let fails_alike = |smaller: Plan, reason: &str| {
        let its_failure = play(smaller.clone()).err()?;
        (kind(&its_failure.reason) == kind(reason)).then_some((smaller, its_failure))
    };
    while let Some((smaller, its_failure)) =
        smaller_ones(&smallest).into_iter().find_map(|smaller| fails_alike(smaller, &failure.reason))
    {
        smallest = smaller;
        failure = its_failure;
    }
    let mut text = format!("\nseed {} ({:?}): {}\n", smallest.seed, smallest.nature, failure.reason);
    let _ = writeln!(text, "{:#?}", smallest.setup);
    for line in &failure.journal {
        let _ = writeln!(text, "{line}");
    }
    let _ = writeln!(text, "seed {} ({:?}): {}", smallest.seed, smallest.nature, failure.reason);
    text
}

/// The first words of a reason; what follows names labels.
fn kind(reason: &str) -> &str {
    reason.split([':', '(']).next().unwrap_or(reason)
}

fn smaller_ones(plan: &Plan) -> Vec<Plan> {
    let without_fault = (0..plan.faults.len()).map(|at| {
        let mut smaller = plan.clone();
        smaller.faults.remove(at);
        smaller
    });
    let mut smaller: Vec<Plan> = without_fault.collect();
    let jobs = plan.setup.jobs.len();
    let names_last_job = plan.faults.iter().any(|planned| planned.fault.job() == Some(jobs - 1));
    if jobs > 1 && !names_last_job {
        let mut fewer = plan.clone();
        fewer.setup.jobs.pop();
        smaller.push(fewer);
    }
    smaller
}
