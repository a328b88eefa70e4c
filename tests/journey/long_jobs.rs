//! A long job costs time and paper, not memory.

#![cfg(target_os = "linux")]

use crate::harness::*;
use platen::simulator::{SimulatedZebra, SimulatorOptions};

/// Parsed, so many labels would take 18 MB. `LONG_JOB_LABELS` takes another number.
const LONG: usize = 30_000;

fn long() -> usize {
    std::env::var("LONG_JOB_LABELS").map_or(LONG, |labels| labels.parse().expect("a number"))
}

#[tokio::test]
async fn a_long_job_is_accepted_in_little_more_memory_than_a_short_one() {
    let zebra = SimulatedZebra::start(SimulatorOptions::fast()).await.expect("a printer");
    zebra.pause();
    let service = Place::with_printer(&zebra).start().await;
    service.submit(&job(200)).await;
    let before = peak_memory_kb(&service);
    let long = long();
    service.submit(&job(long)).await;
    let grown = peak_memory_kb(&service) - before;
    eprintln!("{long} labels take {grown} kB more than 200");
    assert!(grown < 6_000, "{long} labels took {grown} kB");
}

/// The most memory the service has had at once.
fn peak_memory_kb(service: &Service) -> i64 {
    let file = format!("/proc/{}/status", service.process_id());
    let status = std::fs::read_to_string(file).expect("its status");
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).expect("its peak");
    line.split_whitespace().nth(1).and_then(|number| number.parse().ok()).expect("a number")
}
