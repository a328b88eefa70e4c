//! Ways of breaking the engine on purpose: the judge must catch each of them, or it judges nothing.

use crate::plan::Plan;
use crate::shrink;

/// What a careless engine would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sabotage {
    /// Written is printed.
    ConfirmOnWrite,
    /// After a restart the counter is measured from where it stands then.
    ForgetBaseline,
    /// After a restart everything without evidence is sent again.
    ResendWindow,
    /// An empty buffer means that everything came out, also behind a power cut.
    TrustEmptyBuffer,
    /// What is about to be written is not made durable before.
    DropIntent,
    /// A commit counts as durable before it is on the disk.
    SyncLate,
}

/// More histories than any of them has ever survived.
const HISTORIES: u64 = 300;

/// Finds a history that catches it, for a reason that is good enough.
fn assert_caught(sabotage: Sabotage, is_good_enough: impl Fn(&str) -> bool) {
    let play = |seed| {
        let plan = Plan { sabotage: Some(sabotage), ..Plan::draw(seed) };
        shrink::play(plan).err().map(|failure| failure.reason)
    };
    let mut reasons = (1..=HISTORIES).filter_map(|seed| play(seed).map(|reason| (seed, reason)));
    let caught = reasons.find(|(_, reason)| is_good_enough(reason));
    let (seed, reason) = caught.unwrap_or_else(|| panic!("{sabotage:?} survives {HISTORIES} histories"));
    println!("{sabotage:?} is caught by history {seed}: {reason}");
}

fn is_seen_on_paper(reason: &str) -> bool {
    ["confirmed ahead of the paper", "printed twice", "lies there"].iter().any(|words| reason.contains(words))
}

#[test]
fn an_engine_that_confirms_on_write_is_caught() {
    assert_caught(Sabotage::ConfirmOnWrite, is_seen_on_paper);
}

#[test]
fn an_engine_that_forgets_its_baseline_is_caught() {
    assert_caught(Sabotage::ForgetBaseline, is_seen_on_paper);
}

#[test]
fn an_engine_that_sends_the_window_again_is_caught() {
    assert_caught(Sabotage::ResendWindow, is_seen_on_paper);
}

#[test]
fn an_engine_that_trusts_an_empty_buffer_is_caught() {
    assert_caught(Sabotage::TrustEmptyBuffer, is_seen_on_paper);
}

#[test]
fn an_engine_that_drops_the_intent_is_caught() {
    assert_caught(Sabotage::DropIntent, |reason| {
        is_seen_on_paper(reason) || reason.contains("held without a cause")
    });
}

#[test]
fn an_engine_that_does_not_sync_its_commits_is_caught() {
    assert_caught(Sabotage::SyncLate, is_seen_on_paper);
}
