//! Thousands of histories from seeds: the real core against the simulated printer, under a virtual clock.
//!
//! `SIMULATION_HISTORIES` says how many, `SIMULATION_SEED` the first of them.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on ends on the spot")]
#![allow(clippy::large_enum_variant, clippy::needless_pass_by_value, reason = "a history is played once")]

mod conversation;
mod judge;
mod outside;
mod plan;
mod printer;
mod service;
mod shrink;
mod store;
mod wires;
mod world;

use plan::Plan;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

const HISTORIES: u64 = 3_000;

fn number_from(variable: &str, otherwise: u64) -> u64 {
    std::env::var(variable).map_or(otherwise, |text| text.parse().expect("a number"))
}

#[test]
fn no_label_is_lost_or_printed_twice_in_silence() {
    let histories = number_from("SIMULATION_HISTORIES", HISTORIES);
    let first = number_from("SIMULATION_SEED", 1);
    let next = AtomicU64::new(first);
    let began = Instant::now();
    let failed = std::thread::scope(|scope| {
        let play = || {
            loop {
                let seed = next.fetch_add(1, Ordering::Relaxed);
                if seed >= first + histories {
                    return None;
                }
                if shrink::play(Plan::draw(seed)).is_err() {
                    // The others need not go on.
                    next.store(first + histories, Ordering::Relaxed);
                    return Some(seed);
                }
            }
        };
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let players: Vec<_> = (0..threads).map(|_| scope.spawn(play)).collect();
        players.into_iter().filter_map(|player| player.join().unwrap()).min()
    });
    if let Some(seed) = failed {
        panic!("{}", shrink::report(Plan::draw(seed)));
    }
    let seconds = began.elapsed().as_secs_f64();
    println!("{histories} histories in {seconds:.1} s: {:.0} a second", histories as f64 / seconds);
}
