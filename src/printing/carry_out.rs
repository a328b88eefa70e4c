//! Carries out what a run says: facts become durable first, then bytes leave.

use super::active_run::ActiveRun;
use super::course::Course;
use super::run::{Record, RunAction, RunEnd, RunEvent};
use super::worker::Worker;
use crate::domain::{Code, Evidence, LabelIndex, LabelOutcome, UnconfirmedPolicy};
use crate::label_source::SourceError;
use crate::store::doubts::DoubtfulRun;
use crate::store::labels::LedgerEntry;
use crate::store::runs::Watermarks;
use crate::store::{Store, StoreError, Writing, doubts, endings, jobs, labels, runs, wishes};
use crate::zebra::{Conversation, ask_for_verification};
use std::collections::VecDeque;

/// Carries out the actions in order. True when the run ended and nothing of it is in the printer any more.
pub(super) async fn all(
    worker: &mut Worker,
    actions: Vec<RunAction>,
    conversation: &mut Conversation,
) -> Result<bool, StoreError> {
    let mut ended_clean = false;
    let mut actions = VecDeque::from(actions);
    while let Some(action) = actions.pop_front() {
        match action {
            RunAction::Record(facts) => record(worker, &facts).await?,
            RunAction::Write { first, last } => {
                actions.extend(write(worker, first, last, conversation).await?);
            }
            RunAction::Attention(code) => attention(worker, code).await?,
            RunAction::End(how) => {
                ended_clean = is_clean(worker, how);
                if ended_clean && let Some(active) = &worker.active {
                    worker.supervision.run_is_clean(active.run.usual_works());
                }
                end(worker, how).await?;
            }
        }
    }
    Ok(ended_clean)
}

/// Nothing of the run is in the printer any more.
fn is_clean(worker: &Worker, how: RunEnd) -> bool {
    match how {
        RunEnd::Finished | RunEnd::Cancelled | RunEnd::Stopped => true,
        RunEnd::Interrupted => worker.active.as_ref().is_some_and(|active| {
            active.run.is_drained() || active.record.confirmed_through == active.record.reserved_through
        }),
        RunEnd::Held(_) => false,
    }
}

/// Carries out what needs no printer: facts, and the end. Nothing is written.
pub(super) async fn facts(worker: &mut Worker, actions: Vec<RunAction>) -> Result<(), StoreError> {
    for action in actions {
        match action {
            RunAction::Record(facts) => record(worker, &facts).await?,
            RunAction::End(how) => end(worker, how).await?,
            RunAction::Attention(code) => attention(worker, code).await?,
            RunAction::Write { .. } => {
                return Err(StoreError::Damaged("labels for a printer that is not there"));
            }
        }
    }
    Ok(())
}

pub(super) async fn record(worker: &mut Worker, facts: &Record) -> Result<(), StoreError> {
    let store = worker.options.store.clone();
    let now = worker.options.clock.now();
    let Some(active) = &mut worker.active else { return Ok(()) };
    let confirmed_from = active.record.confirmed_through + 1;
    let mut outcomes = Vec::new();
    if let Some(through) = facts.confirmed_through {
        let evidence = active.run.evidence();
        let verified = facts.verified_through.unwrap_or(0).min(through);
        outcomes.push((LabelOutcome::Printed, Evidence::Verified, confirmed_from, verified));
        outcomes.push((LabelOutcome::Printed, evidence, confirmed_from.max(verified + 1), through));
    }
    let watermarks = Watermarks {
        reserved_through: facts.reserved_through,
        confirmed_through: facts.confirmed_through,
        reprints_possible: facts.reprints_possible,
        odometer_base: facts.odometer_base,
        count_in_doubt_through: facts.count_in_doubt_through,
    };
    active.record.advance(watermarks);
    if let Some((first, last)) = facts.unconfirmed {
        let last_slice = last - (last - first) % LABELS_AT_ONCE;
        for slice in (first..last_slice).step_by(LABELS_AT_ONCE as usize) {
            // A run of any length on a printer that proves nothing: the same again changes nothing.
            let slice = (LabelOutcome::Unconfirmed, Evidence::None, slice, slice + LABELS_AT_ONCE - 1);
            let entries = entries_of(active, &store, &worker.name, &[slice]).await?;
            let mut writing = worker.lease.write().await?;
            insert(&mut writing, &entries, now).await?;
            writing.commit().await?;
        }
        outcomes.push((LabelOutcome::Unconfirmed, Evidence::None, last_slice, last));
    }
    let entries = entries_of(active, &store, &worker.name, &outcomes).await?;
    let mut writing = worker.lease.write().await?;
    insert(&mut writing, &entries, now).await?;
    runs::advance(&mut writing, active.record.id, watermarks).await?;
    if let Some(range) = facts.unconfirmed {
        let run = DoubtfulRun {
            job_id: active.job.id,
            run_id: active.record.id,
            attempt: active.record.attempt,
            printer: &worker.name,
        };
        doubts::record(&mut writing, run, range, now).await?;
        if active.job.unconfirmed_policy == UnconfirmedPolicy::Ask {
            jobs::set_attention(&mut writing, active.job.id, Some(Code::UnconfirmedLabels), now).await?;
        }
    }
    if !entries.is_empty() {
        let left = active.record.last_label - active.record.confirmed_through;
        let eta = active.run.seems_label_ms().map(|label_ms| (label_ms * left as f64 / 1000.0).ceil() as i64);
        jobs::set_eta(&mut writing, active.job.id, eta).await?;
        active.job = jobs::announce(&mut writing, active.job.id, now).await?;
    }
    writing.commit().await?;
    if !entries.is_empty() {
        worker.options.progress.recorded();
    }
    Ok(())
}

/// Labels recorded in one go.
const LABELS_AT_ONCE: LabelIndex = 500;

type Outcome = (LabelOutcome, Evidence, LabelIndex, LabelIndex);
type Entry<'a> = (LedgerEntry<'a>, LabelIndex, Vec<Option<String>>);

/// Consecutive labels with their serials, one entry an outcome.
async fn entries_of<'a>(
    active: &mut ActiveRun,
    store: &Store,
    printer: &'a str,
    outcomes: &[Outcome],
) -> Result<Vec<Entry<'a>>, StoreError> {
    let mut entries = Vec::new();
    for &(outcome, evidence, first, last) in outcomes.iter().filter(|(_, _, first, last)| first <= last) {
        let mut serials = Vec::new();
        for label in first..=last {
            serials.push(active.source.serial(store, label).await?);
        }
        let entry = LedgerEntry {
            job_id: active.job.id,
            run_id: active.record.id,
            printer,
            attempt: active.record.attempt,
            outcome,
            evidence,
        };
        entries.push((entry, first, serials));
    }
    Ok(entries)
}

async fn insert(
    writing: &mut Writing,
    entries: &[Entry<'_>],
    now: jiff::Timestamp,
) -> Result<(), StoreError> {
    for (entry, first, serials) in entries {
        labels::record(writing, entry, *first, serials, now).await?;
    }
    Ok(())
}

/// Renders and queues labels. One that cannot be made cuts the run short; answers what follows from that.
async fn write(
    worker: &mut Worker,
    first: LabelIndex,
    last: LabelIndex,
    conversation: &mut Conversation,
) -> Result<Vec<RunAction>, StoreError> {
    for label in first..=last {
        let Some(active) = &mut worker.active else { break };
        worker.lease.allows_bytes()?;
        match active.source.zpl(&worker.options.store, label).await {
            Ok(bytes) => match conversation.write_label(with_question(active, label, bytes)) {
                Some(write) => active.wrote(write, label),
                None => return Err(StoreError::Damaged("more labels under way than a window holds")),
            },
            Err(SourceError::Store(error)) => return Err(error),
            Err(SourceError::Label { label, code, reason }) => {
                return give_up_from(worker, label, (code, &reason)).await;
            }
        }
    }
    Ok(Vec::new())
}

/// The label's bytes, with the question for it where the printer is to name it when it is done.
fn with_question(active: &ActiveRun, label: LabelIndex, bytes: Vec<u8>) -> Vec<u8> {
    match active.token_of_label(label) {
        Some(token) => ask_for_verification(bytes, &token),
        None => bytes,
    }
}

/// An accepted label that cannot be made after all: it and those behind it are given up.
async fn give_up_from(
    worker: &mut Worker,
    from: LabelIndex,
    (code, reason): (Code, &str),
) -> Result<Vec<RunAction>, StoreError> {
    let now = worker.options.clock.now();
    let now_ms = worker.now_ms();
    let Some(active) = &mut worker.active else { return Ok(Vec::new()) };
    tracing::error!(printer.name = %worker.name, job.id = %active.job.id, label = from, reason, "a label cannot be made");
    let entry = LedgerEntry {
        job_id: active.job.id,
        run_id: active.record.id,
        printer: &worker.name,
        attempt: active.record.attempt,
        outcome: LabelOutcome::Failed,
        evidence: Evidence::None,
    };
    let last = active.record.last_label;
    for first in (from..=last).step_by(LABELS_AT_ONCE as usize) {
        // The same again changes nothing, where the service ends in between.
        let through = last.min(first + LABELS_AT_ONCE - 1);
        let serials = vec![None; usize::try_from(through - first + 1).unwrap_or(0)];
        let mut writing = worker.lease.write().await?;
        labels::record(&mut writing, &entry, first, &serials, now).await?;
        if through == last {
            jobs::set_error(&mut writing, active.job.id, code, reason).await?;
            active.job = jobs::announce(&mut writing, active.job.id, now).await?;
        }
        writing.commit().await?;
    }
    worker.options.progress.recorded();
    Ok(active.run.step(RunEvent::CannotMake { from }, now_ms))
}

/// Says on the job under way that a person is needed, or no longer.
pub(super) async fn attention(worker: &mut Worker, code: Option<Code>) -> Result<(), StoreError> {
    let now = worker.options.clock.now();
    let Some(active) = &mut worker.active else { return Ok(()) };
    let code = code.or(active.job.question());
    let mut writing = worker.lease.write().await?;
    if code.is_some() {
        // Nobody knows how long a printer stands.
        jobs::set_eta(&mut writing, active.job.id, None).await?;
    }
    if jobs::set_attention(&mut writing, active.job.id, code, now).await? {
        active.job = jobs::announce(&mut writing, active.job.id, now).await?;
        writing.commit().await?;
        worker.options.progress.recorded();
    }
    Ok(())
}

pub(super) async fn end(worker: &mut Worker, how: RunEnd) -> Result<(), StoreError> {
    let now = worker.options.clock.now();
    let Some(active) = &worker.active else { return Ok(()) };
    let record = active.record.clone();
    let (job_id, run_id) = (active.job.id, record.id);
    let mut writing = worker.lease.write().await?;
    runs::end(&mut writing, run_id, word(how), now).await?;
    let is_abandoned = wishes::wishes(&mut writing, job_id).await?.abandon_requested;
    let may_be_proved_late = record.baseline_odometer.is_some()
        && record.confirmed_through < record.reserved_through
        && (how == RunEnd::Held(Code::WrongPrinter) || how == RunEnd::Interrupted && is_abandoned);
    if may_be_proved_late {
        runs::set_late_proof(&mut writing, run_id, true).await?;
    }
    if let RunEnd::Held(code) = how {
        hold(&mut writing, job_id, code, now).await?;
    }
    if how == RunEnd::Interrupted {
        give_up_fruitless(worker, &mut writing, now).await?;
    }
    runs::balance(&mut writing, job_id, now).await?;
    worker.write_former_works(&mut writing).await?;
    let job = jobs::announce(&mut writing, job_id, now).await?;
    writing.commit().await?;
    worker.kept_works.clone_from(worker.supervision.former_works());
    worker.active = None;
    if may_be_proved_late {
        worker.awaits_proof = Some(record);
    }
    worker.options.progress.recorded();
    tracing::info!(printer.name = %worker.name, job.id = %job_id, run.id = %run_id, ended_as = word(how),
        printed = job.printed, quantity = job.quantity, status = job.status.as_str(), "run ends");
    Ok(())
}

/// After too many attempts in a row that sent labels and printed none, the rest is given up. An end of the service is
/// no attempt of the printer's.
async fn give_up_fruitless(
    worker: &Worker,
    writing: &mut Writing,
    now: jiff::Timestamp,
) -> Result<(), StoreError> {
    let Some(active) = &worker.active else { return Ok(()) };
    let record = &active.record;
    let sent_nothing = record.reserved_through < record.first_label;
    let is_withdrawn = wishes::wishes(writing, record.job_id).await?.cancel_requested;
    let proves_nothing = matches!(active.run, Course::Blind(_));
    if active.was_taken_up || sent_nothing || is_withdrawn || proves_nothing {
        return Ok(());
    }
    let was_fruitless = record.confirmed_through < record.first_label;
    let fruitless_runs = endings::count_attempt(writing, record.job_id, was_fruitless).await?;
    let entry = LedgerEntry {
        job_id: record.job_id,
        run_id: record.id,
        printer: &worker.name,
        attempt: record.attempt,
        outcome: LabelOutcome::Failed,
        evidence: Evidence::None,
    };
    let given_up = endings::give_up_after(writing, &entry, active.job.quantity, fruitless_runs, now).await?;
    if given_up > 0 {
        tracing::error!(printer.name = %worker.name, job.id = %record.job_id, given_up, "attempts printed nothing");
    }
    Ok(())
}

async fn hold(
    writing: &mut Writing,
    job_id: crate::domain::JobId,
    code: Code,
    now: jiff::Timestamp,
) -> Result<(), StoreError> {
    wishes::set_held(writing, job_id, true).await?;
    jobs::set_attention(writing, job_id, Some(code), now).await?;
    Ok(())
}

fn word(how: RunEnd) -> &'static str {
    match how {
        RunEnd::Finished => "finished",
        RunEnd::Interrupted => "interrupted",
        RunEnd::Held(_) => "held",
        RunEnd::Cancelled => "cancelled",
        RunEnd::Stopped => "stopped",
    }
}
