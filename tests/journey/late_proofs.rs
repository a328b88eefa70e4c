//! A label in doubt that is settled by itself: the printer tells of it after all.

use crate::harness::*;
use platen::simulator::{Action, SimulatedZebra};
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::time::Duration;

fn unconfirmed(job: &Value) -> usize {
    job["unconfirmed"].as_array().map_or(0, Vec::len)
}

/// What settled the doubts there were, each once.
async fn settled_by(service: &Service, id: &str) -> Vec<String> {
    let labels = service.get(&format!("/api/jobs/{id}/labels")).await;
    let labels = labels["labels"].as_array().expect("labels").clone();
    let doubts = labels.iter().filter_map(|label| label["doubts"].as_array()).flatten();
    let mut words: Vec<String> = doubts.map(|doubt| doubt["settled_by"].to_string()).collect();
    words.dedup();
    words
}

/// A job in the middle, with labels on their way.
async fn at_label_10_of(quantity: usize) -> (SimulatedZebra, Place, Service, String) {
    let zebra = slow_printer(20.0).await;
    let place = Place::with_printer(&zebra);
    let service = place.start().await;
    let id = service.submit(&job(quantity)).await;
    zebra.wait_for_labels(10, PATIENCE).await.expect("label 10");
    (zebra, place, service, id)
}

#[tokio::test]
pub async fn what_a_printer_held_when_it_was_given_up_is_settled_when_it_has_printed_it() {
    let (zebra, place, service, id) = at_label_10_of(60).await;
    zebra.act(Action::Pause);
    service.wait_for(&id, "the pause", |job| job["attention"]["code"] == "printer_paused").await;
    let answer = json!({"abandon": true});
    let (status, given_up) = service.post(&format!("/api/jobs/{id}/cancel"), &answer).await;
    assert_eq!((status, &given_up["status"]), (StatusCode::OK, &json!("cancelled")));
    assert!(unconfirmed(&given_up) > 0, "what is in the printer is a question: {given_up}");
    zebra.act(Action::Resume);
    let settled = service.wait_for(&id, "the proof", |job| unconfirmed(job) == 0).await;
    let on_paper = serials_on_paper(&zebra.paper()).len();
    assert_eq!((&settled["status"], &settled["current_label"]), (&json!("cancelled"), &json!(on_paper)));
    assert_eq!(settled["attention"], json!(null), "nobody is asked any more");
    assert_eq!(settled_by(&service, &id).await, ["\"odometer\""]);
    // The printer is free for others, and what was withdrawn stays so.
    let next = service.submit(&job_of(&[9_001])).await;
    service.wait_for_end(&next).await;
    assert_each_once(&without(&zebra.paper(), 9_001), on_paper);
    place.assert_history_is_whole(&service).await;
}

#[tokio::test]
async fn a_printer_that_was_switched_off_after_it_was_given_up_leaves_one_label_in_doubt() {
    let (zebra, place, service, id) = at_label_10_of(60).await;
    zebra.act(Action::Pause);
    service.wait_for(&id, "the pause", |job| job["attention"]["code"] == "printer_paused").await;
    zebra.wait_until(PATIENCE, |state| !state.printing).await.expect("the label in motion is out");
    let on_paper = zebra.paper().len();
    service.wait_for(&id, "its count", |job| job["current_label"] == on_paper).await;
    let (_, given_up) = service.post(&format!("/api/jobs/{id}/cancel"), &json!({"abandon": true})).await;
    assert!(unconfirmed(&given_up) > 1, "{given_up}");
    zebra.power_cycle(Duration::from_millis(1_500));
    // Also across a new start of the service.
    service.kill().await;
    let service = place.start().await;
    let settled = service.wait_for(&id, "the proof", |job| unconfirmed(job) <= 1).await;
    assert_eq!(settled["status"], "cancelled");
    let counts = serials_on_paper(&zebra.paper());
    let known = settled["current_label"].as_u64().expect("a count") as usize;
    assert!(counts.len() >= known && counts.len() <= known + unconfirmed(&settled), "{settled}: {counts:?}");
    place.assert_history_is_whole(&service).await;
}

#[tokio::test]
pub async fn a_job_held_for_a_wrong_printer_goes_on_when_the_right_one_is_back() {
    let (zebra, place, service, id) = at_label_10_of(40).await;
    let own = service.get("/api/printers/line-a").await["unique_id"].as_str().expect("its name").to_owned();
    zebra.act(Action::ChangeIdentity("XX000000000009".to_owned()));
    let held = service.wait_for(&id, "the hold", |job| job["attention"]["code"] == "wrong_printer").await;
    assert!(unconfirmed(&held) > 0, "what was on its way is a question: {held}");
    zebra.act(Action::ChangeIdentity(own));
    let end = service.wait_for_end(&id).await;
    assert_eq!(
        (&end["status"], &end["unconfirmed"], &end["attention"]),
        (&json!("completed"), &json!([]), &json!(null))
    );
    assert_each_once(&zebra.paper(), 40);
    assert_eq!(settled_by(&service, &id).await, ["\"odometer\""]);
    place.assert_history_is_whole(&service).await;
}
