//! Crashes over the real wire with the real binary, at every label and at every byte; the paper is counted.
//!
//! `make test` plays a sample with both ends and the middle; `make crash-sweep` plays all of them.
//! `CRASH_STORIES=200` plays so many stories of several blows each.
//! `CRASH_SEED` chooses another sample, `CRASH_AT_ONCE` how many are played at once, and
//! `CRASH_RECIPE='raw kill byte 17 reset of 3 known sqlite'` plays one crash. `CRASH_EVERY=9` takes every ninth place of
//! a full sweep.

mod crash;
#[allow(dead_code, reason = "the journeys speak more of its verbs")]
#[path = "../journey/harness.rs"]
mod harness;
#[path = "../support/postgres.rs"]
mod postgres;
mod recipe;
mod story;
mod tap;

use crash::{Outcome, guarded, play};
use futures_util::StreamExt;
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use recipe::{At, Blow, Database, Evidence, Printer, Recipe};
use std::sync::Arc;
use std::time::Duration;
use story::Story;
use tap::HangUp;

const BLOWS: [Blow; 3] = [Blow::Kill, Blow::Power, Blow::Both];
const PRINTERS: [Printer; 3] = [Printer::New, Printer::Told, Printer::Known];
const LONG_JOB: usize = 200;
const SHORT_JOB: usize = 3;
/// Three short labels, and something behind them.
const SHORT_JOB_BYTES: usize = 357;
/// Most of a crash is waiting: so many are played at once.
const AT_ONCE: usize = 4;

fn is_full() -> bool {
    std::env::var_os("CRASH_SWEEP").is_some_and(|words| words == "full")
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().and_then(|number| number.parse().ok())
}

/// All of `places`, or both ends, the middle and `some` between them.
fn chosen(places: Vec<usize>, some: usize, seed: u64) -> Vec<usize> {
    if is_full() {
        let every = number("CRASH_EVERY").map_or(1, |every| every as usize);
        return places.into_iter().step_by(every).collect();
    }
    let mut random = StdRng::seed_from_u64(seed);
    let mut chosen: Vec<usize> = places.choose_multiple(&mut random, some).copied().collect();
    chosen.extend([places[0], places[places.len() / 2], places[places.len() - 1]]);
    chosen.sort_unstable();
    chosen.dedup();
    chosen
}

/// Plays them, tells what they cost, and fails with the recipes of those that went wrong.
async fn sweep(what: &str, recipes: Vec<Recipe>) {
    let count = recipes.len();
    let needs_postgres = recipes.iter().any(|recipe| recipe.database == Database::Postgres);
    let server = needs_postgres.then(|| Arc::new(postgres::Postgres::start()));
    let server_of = |recipe: &Recipe| server.clone().filter(|_| recipe.database == Database::Postgres);
    let at_once = number("CRASH_AT_ONCE").map_or(AT_ONCE, |number| number as usize);
    let mut played = futures_util::stream::iter(recipes)
        .map(|recipe| {
            let server = server_of(&recipe);
            async move { (recipe, guarded(play(recipe, server)).await) }
        })
        .buffer_unordered(at_once);
    let (mut outcomes, mut wrong) = (Vec::new(), Vec::new());
    while let Some((recipe, result)) = played.next().await {
        match result {
            Ok(outcome) => outcomes.push((recipe, outcome)),
            Err(reason) => {
                eprintln!("WRONG  {recipe}: {reason}");
                wrong.push(format!("{recipe}: {reason}"));
            }
        }
    }
    tell(what, count, &outcomes);
    assert!(wrong.is_empty(), "{} of {count} went wrong:\n{}", wrong.len(), wrong.join("\n"));
}

fn tell(what: &str, count: usize, outcomes: &[(Recipe, Outcome)]) {
    let unconfirmed: usize = outcomes.iter().map(|(_, outcome)| outcome.unconfirmed).sum();
    let most = outcomes.iter().map(|(_, outcome)| outcome.unconfirmed).max().unwrap_or(0);
    eprintln!(
        "{what}: {count} crashes, {} in order; unconfirmed {unconfirmed} in all, at most {most}",
        outcomes.len()
    );
    let of = |is_it: &dyn Fn(&Recipe) -> bool, time: fn(&Outcome) -> Option<Duration>| {
        outcomes.iter().filter(|(recipe, _)| is_it(recipe)).filter_map(|(_, outcome)| time(outcome)).collect()
    };
    distribution("start to listening", of(&|_| true, |outcome| outcome.to_listening));
    for (blow, printer) in
        [Blow::Kill, Blow::Both].iter().flat_map(|blow| PRINTERS.map(|printer| (blow, printer)))
    {
        let is_it = |recipe: &Recipe| recipe.blow == *blow && recipe.printer == printer;
        distribution(
            &format!("{blow:?}, {printer:?} printer: start to first new byte"),
            of(&is_it, |outcome| outcome.to_first_byte),
        );
        let after_old_labels = |outcome: &Outcome| Some(outcome.to_first_byte?.saturating_sub(outcome.busy?));
        distribution("    of which the printer did not print", of(&is_it, after_old_labels));
    }
}

fn distribution(what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let Some(longest) = times.last() else { return };
    let at = |percent: usize| times[(times.len() - 1) * percent / 100].as_millis();
    eprintln!(
        "  {what}: median {} ms, 95 % {} ms, longest {} ms ({} times)",
        at(50),
        at(95),
        longest.as_millis(),
        times.len()
    );
}

fn recipes(evidence: Evidence, database: Database, labels: usize, places: &[At]) -> Vec<Recipe> {
    let all = BLOWS.iter().flat_map(|blow| places.iter().map(move |at| (*blow, *at)));
    all.enumerate()
        .map(|(number, (blow, at))| {
            let hang_up = if number % 2 == 0 { HangUp::Reset } else { HangUp::Finish };
            let printer = PRINTERS[number / 2 % PRINTERS.len()];
            Recipe { evidence, blow, at, hang_up, labels, database, printer }
        })
        .collect()
}

async fn at_any_label(evidence: Evidence, database: Database) {
    let places = chosen((0..=LONG_JOB).collect(), 1, number("CRASH_SEED").unwrap_or(1));
    let places: Vec<At> = places.into_iter().map(At::Label).collect();
    let what = format!("{database:?}, {evidence:?}, labels");
    sweep(&what, recipes(evidence, database, LONG_JOB, &places)).await;
}

async fn at_any_byte(evidence: Evidence, database: Database) {
    let places = chosen((0..=SHORT_JOB_BYTES).collect(), 3, number("CRASH_SEED").unwrap_or(1));
    let places: Vec<At> = places.into_iter().map(At::Byte).collect();
    let what = format!("{database:?}, {evidence:?}, bytes");
    sweep(&what, recipes(evidence, database, SHORT_JOB, &places)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blow_at_any_label_with_two_channels() {
    at_any_label(Evidence::Json, Database::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blow_at_any_label_on_the_raw_channel() {
    at_any_label(Evidence::Raw, Database::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blow_at_any_label_without_a_counter() {
    at_any_label(Evidence::Blind, Database::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blow_at_any_byte_with_two_channels() {
    at_any_byte(Evidence::Json, Database::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blow_at_any_byte_on_the_raw_channel() {
    at_any_byte(Evidence::Raw, Database::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blow_at_any_byte_without_a_counter() {
    at_any_byte(Evidence::Blind, Database::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blow_at_any_label_with_two_channels_on_postgres() {
    at_any_label(Evidence::Json, Database::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blow_at_any_label_on_the_raw_channel_on_postgres() {
    at_any_label(Evidence::Raw, Database::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blow_at_any_byte_with_two_channels_on_postgres() {
    at_any_byte(Evidence::Json, Database::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blow_at_any_byte_on_the_raw_channel_on_postgres() {
    at_any_byte(Evidence::Raw, Database::Postgres).await;
}

/// What this tells does not hang on the database; the full sweep looks all the same.
#[tokio::test(flavor = "multi_thread")]
async fn a_blow_without_a_counter_on_postgres() {
    if is_full() {
        at_any_label(Evidence::Blind, Database::Postgres).await;
        at_any_byte(Evidence::Blind, Database::Postgres).await;
    }
}

/// `CRASH_STORIES=200` plays so many, `CRASH_STORY=17` that one.
#[tokio::test(flavor = "multi_thread")]
async fn blow_after_blow_costs_no_label_and_prints_none_twice() {
    let first = number("CRASH_STORY");
    let count = if first.is_some() { 1 } else { number("CRASH_STORIES").unwrap_or(4) };
    let first = first.unwrap_or(1);
    let stories: Vec<Story> = (first..first + count).map(Story::draw).collect();
    let needs_postgres = stories.iter().any(|story| story.on_postgres);
    let server = needs_postgres.then(|| Arc::new(postgres::Postgres::start()));
    let mut played = futures_util::stream::iter(stories)
        .map(|story| {
            let server = server.clone().filter(|_| story.on_postgres);
            let words = story.to_string();
            async move { (words, guarded(story.play(server)).await) }
        })
        .buffer_unordered(number("CRASH_AT_ONCE").map_or(AT_ONCE, |number| number as usize));
    let (mut unconfirmed, mut wrong) = (0, Vec::new());
    while let Some((words, result)) = played.next().await {
        match result {
            Ok(questions) => unconfirmed += questions,
            Err(reason) => {
                eprintln!("WRONG  {words}: {reason}");
                wrong.push(format!("{words}: {reason}"));
            }
        }
    }
    eprintln!("{count} stories, {} in order; unconfirmed {unconfirmed} in all", count as usize - wrong.len());
    assert!(wrong.is_empty(), "{} of {count} went wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_crash_by_its_recipe() {
    let Ok(text) = std::env::var("CRASH_RECIPE") else { return };
    let recipe: Recipe = text.parse().expect("a recipe");
    sweep(&recipe.to_string(), vec![recipe]).await;
}
