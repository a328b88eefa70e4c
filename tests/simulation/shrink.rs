//! From a failing history to the shortest and plainest one that still fails, in words.

use crate::plan::{Plan, Setup};
use crate::world::World;
use platen::simulator::Knobs;
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

/// Drops jobs, faults, labels and oddities while the history still fails, and tells what is left.
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
    for at in 0..jobs {
        let quantity = plan.setup.jobs[at].quantity;
        for less in [quantity / 2, quantity - 1].into_iter().filter(|less| *less > 0) {
            let mut fewer = plan.clone();
            fewer.setup.jobs[at].quantity = less;
            smaller.push(fewer);
        }
    }
    let plainer = PLAIN.iter().map(|make_plain| {
        let mut plainer = plan.clone();
        make_plain(&mut plainer.setup);
        plainer
    });
    smaller.extend(plainer.filter(|plainer| plainer.setup != plan.setup));
    smaller
}

/// Oddities of a setup that a failure may not need.
const PLAIN: [fn(&mut Setup); 9] = [
    |setup| setup.verifies = false,
    |setup| setup.has_second_channel = false,
    |setup| setup.flight_ms = 0,
    |setup| setup.fragment_bytes = 1_000,
    |setup| setup.chunk_bytes = 16_384,
    |setup| setup.jobs.iter_mut().for_each(|job| job.priority = 0),
    |setup| setup.knobs.compose_ahead = 1,
    |setup| setup.knobs.boot_silent_s = 0.0,
    |setup| setup.knobs.buffer_bytes = Knobs::default().buffer_bytes,
];
