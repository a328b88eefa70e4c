//! Thousands of histories from seeds: the real core against the simulated printer, under a virtual clock.
//!
//! `SIMULATION_HISTORIES` says how many, `SIMULATION_SEED` the first of them, `SIMULATION_FAILURES` after how many
//! failing ones the search ends; with `SIMULATION_READINGS` a failing history tells every reading as well.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on ends on the spot")]
#![allow(clippy::large_enum_variant, clippy::needless_pass_by_value, reason = "a history is played once")]

mod conversation;
mod judge;
mod outside;
mod plan;
mod printer;
mod sabotage;
mod service;
mod shrink;
mod store;
mod wires;
mod world;

use plan::Plan;
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

const HISTORIES: u64 = 10_000;
/// So many failing histories are named before the search ends.
const ENOUGH_FAILURES: u64 = 12;

fn number_from(variable: &str, otherwise: u64) -> u64 {
    std::env::var(variable).map_or(otherwise, |text| text.parse().expect("a number"))
}

#[test]
fn no_label_is_lost_or_printed_twice_in_silence() {
    let histories = number_from("SIMULATION_HISTORIES", HISTORIES);
    let first = number_from("SIMULATION_SEED", 1);
    let next = AtomicU64::new(first);
    let enough = number_from("SIMULATION_FAILURES", ENOUGH_FAILURES) as usize;
    let failed = Mutex::new(BTreeMap::new());
    let began = Instant::now();
    let play = || {
        while failed.lock().unwrap().len() < enough {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= first + histories {
                return;
            }
            if let Err(failure) = shrink::play(Plan::draw(seed)) {
                failed.lock().unwrap().insert(seed, failure.reason);
            }
        }
    };
    std::thread::scope(|scope| {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        (0..threads).for_each(|_| drop(scope.spawn(play)));
    });
    let failed = failed.into_inner().unwrap();
    if let Some(seed) = failed.keys().next() {
        panic!("{}\nfailed: {failed:#?}", shrink::report(Plan::draw(*seed)));
    }
    let seconds = began.elapsed().as_secs_f64();
    println!("{histories} histories in {seconds:.1} s: {:.0} a second", histories as f64 / seconds);
}
