//! The verbs of the journeys: start and kill a service, submit jobs, wait for what the service tells.

use platen::simulator::{PrintedLabel, SimulatedZebra, SimulatorOptions};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;
use uuid::Uuid;

#[allow(unused_imports, reason = "each kind of test uses some")]
pub use self::{
    place::{Place, on_postgres},
    service::Service,
    service_log::REFUSED_ON_PURPOSE,
    silent_line::{DyingLine, silent_line},
};

#[path = "harness/place.rs"]
mod place;
#[path = "harness/service.rs"]
mod service;
#[path = "harness/service_log.rs"]
mod service_log;
#[path = "harness/silent_line.rs"]
mod silent_line;

pub const KEY: &str = "journey-key";
/// Long enough for a loaded machine; a journey that works never comes near it.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// A fast simulated printer.
pub async fn printer() -> SimulatedZebra {
    SimulatedZebra::start(SimulatorOptions::fast()).await.expect("the simulated printer starts")
}

/// A simulated printer slow enough to be interrupted: about `labels_per_second` labels of 32 mm.
pub async fn slow_printer(labels_per_second: f64) -> SimulatedZebra {
    let mut options = SimulatorOptions::fast();
    options.model.speed_ips = labels_per_second * 35.0 / 25.4;
    SimulatedZebra::start(options).await.expect("the simulated printer starts")
}

/// A job of serials SN-00001 … on `line-a`.
pub fn job(quantity: usize) -> Value {
    job_of(&(1..=quantity).collect::<Vec<_>>())
}

/// A job of just these serials.
pub fn job_of(serials: &[usize]) -> Value {
    let labels: Vec<Value> = serials.iter().map(|index| json!({"serial": serial(*index)})).collect();
    json!({
        "uuid": Uuid::now_v7(), "template": "mo_label", "printer": "line-a", "job_type": "mo_split",
        "submitted_by": "Marc Demo", "mo": {"id": 42, "name": "WH/MO/00042-001"},
        "data": {"product": "Desk Combination", "code": "FURN_7800"}, "labels": labels,
    })
}

pub fn serial(index: usize) -> String {
    format!("SN-{index:05}")
}

/// The serial that stands on a piece of paper.
pub fn serial_on(label: &PrintedLabel) -> String {
    label.texts.iter().find(|text| text.starts_with("SN-")).expect("a serial on each label").clone()
}

/// How often each serial stands on a whole piece of paper.
pub fn serials_on_paper(paper: &[PrintedLabel]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for label in paper.iter().filter(|label| label.is_whole_label()) {
        *counts.entry(serial_on(label)).or_insert(0) += 1;
    }
    counts
}

/// The paper less the labels of one serial.
pub fn without(paper: &[PrintedLabel], index: usize) -> Vec<PrintedLabel> {
    paper.iter().filter(|label| serial_on(label) != serial(index)).cloned().collect()
}

/// Every serial from 1 to `quantity` on paper, exactly once.
pub fn assert_each_once(paper: &[PrintedLabel], quantity: usize) {
    let counts = serials_on_paper(paper);
    let missing: Vec<String> =
        (1..=quantity).map(serial).filter(|serial| !counts.contains_key(serial)).collect();
    let repeated: Vec<_> = counts.iter().filter(|(_, count)| **count > 1).collect();
    assert!(missing.is_empty() && repeated.is_empty(), "missing {missing:?}, more than once {repeated:?}");
}
