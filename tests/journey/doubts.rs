//! A label in doubt: what a job may wish for it, and that nothing of it happens in silence.

use crate::harness::*;
use platen::simulator::{Action, CountAt, SimulatedZebra, State};
use serde_json::{Value, json};
use std::time::Duration;

/// The power goes in the middle of a label; the job wishes this for what is in doubt.
async fn power_cut_in_label(zebra: &SimulatedZebra, service: &Service, policy: &str) -> String {
    let mut body = job(30);
    body["unconfirmed_policy"] = json!(policy);
    let id = service.submit(&body).await;
    zebra.wait_for_labels(10, PATIENCE).await.expect("label 10");
    zebra.act_mid_label(Action::PowerCycle(Duration::from_millis(200)));
    id
}

/// The labels an attempt left in doubt, with their doubts.
async fn doubted(service: &Service, id: &str) -> Vec<Value> {
    let labels = service.get(&format!("/api/jobs/{id}/labels")).await;
    let labels = labels["labels"].as_array().expect("labels").clone();
    labels.into_iter().filter(|label| label["doubts"].is_array()).collect()
}

/// Everything the ledger says of a serial, in order: outcome and evidence.
async fn history(service: &Service, serial: &Value) -> Vec<(String, String)> {
    let serial = serial.as_str().expect("a serial");
    let found = service.get(&format!("/api/labels?serial={serial}")).await;
    let word = |entry: &Value, name: &str| entry[name].as_str().expect("a word").to_owned();
    let entries = found["labels"].as_array().expect("entries").iter();
    entries.map(|entry| (word(entry, "outcome"), word(entry, "evidence"))).collect()
}

fn told(history: &[(String, String)]) -> Vec<(&str, &str)> {
    history.iter().map(|(outcome, evidence)| (outcome.as_str(), evidence.as_str())).collect()
}

#[tokio::test]
pub async fn a_doubtful_label_that_is_reprinted_says_so_on_the_paper_and_in_the_record() {
    let zebra = slow_printer(20.0).await;
    let place = Place::with_printer(&zebra);
    let service = place.start().await;
    let id = power_cut_in_label(&zebra, &service, "reprint").await;
    let end = service.wait_for_end(&id).await;
    assert_eq!((&end["status"], &end["unconfirmed"]), (&json!("completed"), &json!([])));
    let doubted = doubted(&service, &id).await;
    assert_eq!(doubted.len(), 1, "one label was in the machine: {doubted:?}");
    let (label, doubt) = (&doubted[0], &doubted[0]["doubts"][0]);
    assert_eq!((&label["outcome"], &doubt["settled_as"]), (&json!("printed"), &json!("reprinted")));
    assert_eq!(doubt["settled_by"], "policy");
    assert!(label["attempt"].as_i64() > doubt["attempt"].as_i64(), "both attempts are on record: {label}");
    let marked: Vec<String> = zebra
        .paper()
        .iter()
        .filter(|paper| paper.texts.iter().any(|text| text == "DUPLICATE?"))
        .map(serial_on)
        .collect();
    assert_eq!(json!(marked), json!([label["serial"]]), "the doubtful one, and no other");
    let history = history(&service, &label["serial"]).await;
    assert_eq!(told(&history), [("unconfirmed", "none"), ("released", "none"), ("printed", "odometer")]);
    assert_each_once(&zebra.paper(), 30);
    place.assert_history_is_whole(&service).await;
}

/// No maker says when the counter moves. Where that is when a label begins, the label in the machine is counted already.
#[tokio::test]
async fn a_label_that_is_counted_when_it_begins_is_asked_about_when_the_power_is_cut_in_it() {
    let zebra = slow_printer(3.0).await;
    zebra.turn(|knobs| {
        knobs.count_at = CountAt::Start;
        knobs.boot_s = 0.1;
    });
    let place = Place::with_raw_printer(&zebra);
    let service = place.start().await;
    let id = power_cut_in_label(&zebra, &service, "ask").await;
    service.wait_for(&id, "the question", |job| job["attention"]["code"] == "unconfirmed_labels").await;
    let doubted = doubted(&service, &id).await;
    assert_eq!(doubted.len(), 1, "{doubted:?}");
    let torn: Vec<String> = zebra.paper().iter().filter(|label| !label.complete).map(serial_on).collect();
    assert_eq!(json!(torn), json!([doubted[0]["serial"]]), "the one that lies there torn");
    let answer = json!({"labels": doubted[0]["label"].to_string(), "printed": false});
    service.post(&format!("/api/jobs/{id}/resolve"), &answer).await;
    let end = service.wait_for_end(&id).await;
    assert_eq!((&end["status"], &end["unconfirmed"]), (&json!("completed"), &json!([])));
    assert_each_once(&zebra.paper(), 30);
    place.assert_history_is_whole(&service).await;
}

#[tokio::test]
pub async fn a_doubtful_label_that_is_skipped_stays_unconfirmed_and_is_not_missing() {
    let zebra = slow_printer(20.0).await;
    let place = Place::with_printer(&zebra);
    let service = place.start().await;
    let id = power_cut_in_label(&zebra, &service, "skip").await;
    let end = service.wait_for_end(&id).await;
    assert_eq!((&end["status"], &end["attention"]), (&json!("completed_with_errors"), &json!(null)));
    assert_eq!(end["error_code"], "unconfirmed_labels", "not in silence");
    let unconfirmed = end["unconfirmed"].as_array().expect("a list").clone();
    assert_eq!((unconfirmed.len(), &end["current_label"]), (1, &json!(29)));
    assert!(end["error_message"].as_str().expect("words").contains(&unconfirmed[0].to_string()));
    let (status, problem) = service.post(&format!("/api/jobs/{id}/retry"), &json!({})).await;
    assert_eq!((status.as_u16(), &problem["code"]), (409, &json!("nothing_missing")));
    assert_eq!(zebra.paper().len(), 30, "29 labels and a torn one");
    // A person may still have looked.
    let answer = json!({"labels": unconfirmed[0].to_string(), "printed": false});
    let (_, again) = service.post(&format!("/api/jobs/{id}/resolve"), &answer).await;
    assert_eq!((&again["status"], &again["error_code"]), (&json!("queued"), &json!(null)));
    let end = service.wait_for_end(&id).await;
    assert_eq!(end["status"], "completed");
    assert_each_once(&zebra.paper(), 30);
    let doubted = doubted(&service, &id).await;
    assert_eq!(doubted[0]["doubts"][0]["settled_by"], "person");
    let history = history(&service, &doubted[0]["serial"]).await;
    assert_eq!(told(&history), [("unconfirmed", "none"), ("released", "person"), ("printed", "odometer")]);
    place.assert_history_is_whole(&service).await;
}

#[tokio::test]
pub async fn a_held_job_prints_nothing_again_by_itself_before_the_last_label_in_doubt_is_answered() {
    let zebra = slow_printer(30.0).await;
    let place = Place::with_printer(&zebra);
    let service = place.start().await;
    let mut body = job(60);
    body["unconfirmed_policy"] = json!("reprint");
    let id = service.submit(&body).await;
    zebra.wait_for_labels(20, PATIENCE).await.expect("label 20");
    zebra.print_foreign(40);
    let held = service.wait_for(&id, "the hold", |job| job["attention"]["code"] == "foreign_labels").await;
    let asked: Vec<usize> = serde_json::from_value(held["unconfirmed"].clone()).expect("label numbers");
    assert!(asked.len() > 1, "several were on their way: {held}");
    let is_still = |state: &State| !state.printing && state.formats == 0 && state.buffered_bytes == 0;
    zebra.wait_until(PATIENCE, is_still).await.expect("all that was sent is out");
    let answer = json!({"labels": "1", "printed": true});
    let (status, said) = service.post(&format!("/api/jobs/{id}/resolve"), &answer).await;
    let in_doubt = format!("Answer for these: {}-{}.", asked[0], asked[asked.len() - 1]);
    assert_eq!((status.as_u16(), &said["action"]), (422, &json!(in_doubt)));
    let on_paper = serials_on_paper(&zebra.paper());
    for (answered, label) in asked.iter().enumerate() {
        let looked = json!({"labels": label.to_string(), "printed": on_paper.contains_key(&serial(*label))});
        let (status, said) = service.post(&format!("/api/jobs/{id}/resolve"), &looked).await;
        assert_eq!((status.as_u16(), &said["unconfirmed"]), (200, &json!(asked[answered + 1..])), "{said}");
        let is_last = answered + 1 == asked.len();
        assert_eq!(said["attention"]["code"] == "foreign_labels", !is_last, "{said}");
    }
    let end = service.wait_for_end(&id).await;
    assert_eq!((&end["status"], &end["attention"]), (&json!("completed"), &json!(null)));
    let (_, said) = service.post(&format!("/api/jobs/{id}/resolve"), &answer).await;
    assert_eq!(said["action"], "Read the job again: no label of it waits for an answer.");
    assert_each_once(&zebra.paper(), 60);
    place.assert_history_is_whole(&service).await;
}

#[tokio::test]
pub async fn attempts_that_print_nothing_are_bounded_and_only_what_is_proved_missing_is_released() {
    let zebra = slow_printer(3.0).await;
    zebra.turn(|knobs| knobs.boot_s = 0.1);
    let place = Place::with_printer(&zebra);
    let service = place.start().await;
    let mut body = job(14);
    body["unconfirmed_policy"] = json!("skip");
    let id = service.submit(&body).await;
    let mut power_cuts = 0;
    let end = loop {
        tokio::select! {
            end = service.wait_for_end(&id) => break end,
            begun = zebra.wait_until(PATIENCE, |state| state.printing) => {
                begun.expect("a label under way");
                power_cuts += 1;
                zebra.act_mid_label(Action::PowerCycle(Duration::from_millis(300)));
                zebra.wait_until(PATIENCE, |state| !state.on).await.expect("the power goes");
            }
        }
    };
    assert_eq!((&end["status"], &end["error_code"]), (&json!("completed_with_errors"), &json!("given_up")));
    assert_eq!((power_cuts, &end["current_label"]), (10, &json!(0)));
    let missing = 14 - end["unconfirmed"].as_array().map_or(0, Vec::len);
    let (status, retried) = service.post(&format!("/api/jobs/{id}/retry"), &json!({})).await;
    assert_eq!((status.as_u16(), &retried["missing"]), (200, &json!(missing)));
    service.wait_for_end(&id).await;
    let counts = serials_on_paper(&zebra.paper());
    assert_eq!((counts.len(), counts.values().max()), (missing, Some(&1)), "none of the doubtful ones");
    place.assert_history_is_whole(&service).await;
}
