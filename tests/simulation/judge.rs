//! What must always hold, judged by the paper.

use crate::plan::{Fault, Nature, Planned, may_reprint};
use crate::store::Outcome;
use crate::world::World;
use platen::domain::Evidence;
use platen::simulator::{CountAt, InFault};

/// Without a counter everything on its way is in doubt after an interruption.
const BLIND_WINDOW: u32 = 4;

/// Labels on their way at most.
const LARGEST_WINDOW: u32 = 64;

/// Nobody mends a fault in less.
const SHORTEST_FAULT_MS: i64 = 1_000;

/// After every step.
pub fn step(world: &World) -> Result<(), String> {
    let store = &world.outside.store;
    if let Some(violation) = store.violations.first() {
        return Err(violation.clone());
    }
    if world.nature() == Nature::Wild {
        return Ok(());
    }
    let is_proved =
        |outcome| matches!(outcome, Some(Outcome::Printed(evidence)) if evidence != Evidence::Person);
    let ahead: Vec<_> = store
        .names()
        .filter(|name| is_proved(store.outcome(*name)) && world.outside.printer.whole_pieces(*name) == 0)
        .collect();
    // A printer that counts before the label is at rest may be believed one label early.
    let early = usize::from(world.plan.setup.knobs.count_at != CountAt::Presented)
        + torn_unlearnt(world) as usize
        + unseen_reprints(world)
        + foreign_counts(world);
    if ahead.len() > early {
        return Err(format!("confirmed ahead of the paper: {ahead:?}"));
    }
    twice(world)
}

/// Torn labels the counter may show twice after a fault too short to be seen: more labels than were sent, as if
/// somebody else had printed.
fn unseen_reprints(world: &World) -> usize {
    if world.plan.setup.knobs.reprint_counts { world.media_faults as usize } else { 0 }
}

/// Answers that come seconds late, and one lost among them: an older answer to the question that puts them in step
/// again cannot be told from the newest.
fn answers_are_confused(world: &World) -> bool {
    let has = |is_it: fn(&Fault) -> bool| world.plan.faults.iter().any(|planned| is_it(&planned.fault));
    has(|fault| matches!(fault, Fault::SlowReplies { .. }))
        && has(|fault| matches!(fault, Fault::LostReplies { .. }))
}

/// Without a counter CANCEL is not told from PAUSE, nor from the pause that a fault leaves behind of which nothing is heard:
/// because the printer does not tell it, no answer comes, or it is mended between two answers. Nor, without an uptime, a
/// silence from a restart that the connection outlives.
fn stops_like_a_pause(world: &World) -> u32 {
    use Fault::{LostReplies, NetworkDown, Paused, SlowDatabase, SlowReplies, TooHot};
    let faults = &world.plan.faults;
    let is_deaf = |planned: &Planned| {
        matches!(
            planned.fault,
            LostReplies { .. } | NetworkDown { .. } | SlowDatabase { .. } | SlowReplies { .. }
        )
    };
    let is_silent = world.plan.setup.knobs.hs_in_fault == InFault::Silent;
    let is_untold = is_silent || faults.iter().any(is_deaf);
    // What is answered late tells that the printer was on.
    let tells_uptime = world.plan.setup.knobs.answers_settings;
    let is_silence = |planned: &Planned| match planned.fault {
        LostReplies { .. } | NetworkDown { .. } => !tells_uptime,
        TooHot { .. } => !tells_uptime && is_silent,
        _ => false,
    };
    let is_like_a_pause = |planned: &&Planned| match planned.fault {
        Paused { .. } => true,
        _ if is_silence(planned) => true,
        _ => may_reprint(&planned.fault) && (is_untold || is_short(planned)),
    };
    faults.iter().filter(is_like_a_pause).count() as u32
}

/// It comes and is mended between two answers. One that waits for the middle of a label is mended by the clock all the same.
fn is_short(planned: &Planned) -> bool {
    use Fault::{HeadOpen, MediaOut, RibbonOut};
    match planned.fault {
        MediaOut { for_ms } | RibbonOut { for_ms } | HeadOpen { for_ms } => {
            planned.mid_label || for_ms < SHORTEST_FAULT_MS
        }
        _ => false,
    }
}

/// A torn label is made anew, and the printer has told neither the fault nor the motion.
fn makes_anew_unheard(world: &World) -> bool {
    world.plan.setup.knobs.hs_in_fault == InFault::Silent && world.plan.faults.iter().any(is_short)
}

fn has_stop(world: &World) -> bool {
    let is_stop = |fault: &Fault| matches!(fault, Fault::Paused { .. } | Fault::TooHot { .. });
    world.plan.faults.iter().any(|planned| is_stop(&planned.fault))
}

/// What others add to the counter while labels of ours are still on their way to the printer: until these arrive,
/// nothing tells the one from the other. At the end of the run everything adds up or is asked.
fn foreign_counts(world: &World) -> usize {
    let added = |planned: &Planned| match planned.fault {
        Fault::ForeignLabels { labels } => labels as usize,
        Fault::PreviousKey => 1,
        Fault::CounterSet { by } => by.max(0) as usize,
        _ => 0,
    };
    world.plan.faults.iter().map(added).sum()
}

/// No label lies there twice, but for the PREVIOUS key, which does just that.
fn twice(world: &World) -> Result<(), String> {
    let by_key = world.plan.faults.iter().filter(|planned| planned.fault == Fault::PreviousKey).count();
    let printer = &world.outside.printer;
    let twice: Vec<_> = world.outside.store.names().filter(|name| printer.whole_pieces(*name) > 1).collect();
    if twice.len() > by_key { Err(format!("printed twice: {twice:?}")) } else { Ok(()) }
}

/// At the end of a history, with every fault mended and every question answered.
pub fn end(world: &World) -> Result<(), String> {
    if world.nature() == Nature::Wild {
        return Ok(());
    }
    twice(world)?;
    let store = &world.outside.store;
    let mut torn_unlearnt = torn_unlearnt(world);
    for name in store.names() {
        let is_there = world.outside.printer.whole_pieces(name) > 0;
        let is_proved = matches!(store.outcome(name), Some(Outcome::Printed(Evidence::Odometer)));
        if !is_there && is_proved && torn_unlearnt > 0 {
            torn_unlearnt -= 1;
            continue;
        }
        if is_there != store.outcome(name).is_some() {
            return Err(format!(
                "label {name:?} lies there: {is_there}; recorded: {:?}",
                store.outcome(name)
            ));
        }
    }
    questions(world)
}

/// Labels that were counted when they began, by a printer of which nobody knew that or whose restart nobody could see, and torn by
/// it: decision 2, known limits.
fn torn_unlearnt(world: &World) -> u32 {
    let is_unseen = |fault: &Fault| {
        matches!(fault, Fault::ClockJumps { .. } | Fault::LostReplies { .. } | Fault::SlowReplies { .. })
    };
    let begins = world.plan.setup.knobs.count_at == CountAt::Start;
    let has_unseen = world.plan.faults.iter().any(|planned| is_unseen(&planned.fault));
    if begins && has_unseen { world.resets } else { world.unlearnt_resets }
}

fn questions(world: &World) -> Result<(), String> {
    let store = &world.outside.store;
    if world.nature() == Nature::Confusion {
        return Ok(());
    }
    let is_explained = unseen_reprints(world) > 0 || answers_are_confused(world) || makes_anew_unheard(world);
    if !store.holds.is_empty() && !is_explained {
        return Err(format!("held without a cause: {:?}", store.holds));
    }
    // A wall clock put forward while the service is down, and an answer heard seconds late, look like a printer
    // that was off.
    let jumps = world
        .plan
        .faults
        .iter()
        .filter(|planned| matches!(planned.fault, Fault::ClockJumps { .. } | Fault::SlowDatabase { .. }));
    let resets = world.resets + jumps.count() as u32;
    let interruptions = world.outside.interruptions;
    let allowed = if !world.plan.setup.counts() {
        (interruptions + resets + stops_like_a_pause(world)) * BLIND_WINDOW
    } else if world.media_faults > 0 {
        // Whether a torn label was counted twice is known only while the run is watched to its end.
        (interruptions + resets) * (1 + world.media_faults)
    } else {
        // A life of the service that has not learnt it yet asks about the next label; what another had asked was lost with it.
        // Nor does an uptime of a second or two tell of another restart: behind one, an interruption may ask about the last label.
        let begins = world.plan.setup.knobs.count_at == CountAt::Start;
        let soon_again = if begins { resets.min(interruptions) } else { 0 };
        resets + world.unlearnt_resets + soon_again
    };
    // Labels that were under way on a connection which outlived a reset; and a printer that a fault had stopped and a
    // person set going in the very moment of the restart.
    let has_stopped = world.media_faults > 0 || has_stop(world);
    let windows = if world.plan.setup.knobs.silent_drop_after_reset { resets } else { 0 }
        + if has_stopped { interruptions } else { 0 };
    let allowed = allowed + windows * LARGEST_WINDOW;
    if store.asked.len() as u32 > allowed && store.holds.is_empty() {
        return Err(format!("{allowed} questions allowed, asked for {:?}", store.asked));
    }
    Ok(())
}
