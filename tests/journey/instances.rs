//! Several instances on one database: each printer is written to by one of them.

use crate::harness::*;
use serde_json::json;
use std::time::{Duration, Instant};

#[tokio::test]
pub async fn an_instance_that_is_killed_is_replaced_and_no_label_is_lost_or_doubled() {
    let zebra = slow_printer(60.0).await;
    let place = Place::with_printer(&zebra);
    let first = place.start().await;
    // It owns the printer before there is a second one.
    let warm = first.submit(&job_of(&[9_001])).await;
    first.wait_for_end(&warm).await;
    let second = place.instance("two").start().await;
    let asked = Instant::now();
    let id = second.submit(&job(200)).await;
    zebra.wait_for_labels(2, PATIENCE).await.expect("the first label");
    let waited = asked.elapsed();
    assert!(waited < Duration::from_millis(1_500), "asked of one, printed by the other after {waited:?}");
    zebra.wait_for_labels(80, PATIENCE).await.expect("label 80");
    first.kill().await;
    let end = second.wait_for_end(&id).await;
    assert_eq!((&end["status"], &end["unconfirmed"]), (&json!("completed"), &json!([])));
    assert_each_once(&without(&zebra.paper(), 9_001), 200);
}

// Only on PostgreSQL: it takes its time.
#[tokio::main(flavor = "current_thread")]
pub async fn an_instance_that_was_frozen_and_replaced_writes_nothing_more() {
    let zebra = slow_printer(30.0).await;
    let place = Place::with_printer(&zebra);
    let mut first = place.start().await;
    let id = first.submit(&job(120)).await;
    zebra.wait_for_labels(20, PATIENCE).await.expect("label 20");
    let second = place.instance("two").start().await;
    first.freeze();
    zebra.wait_for_labels(60, PATIENCE).await.expect("label 60");
    // In the middle of the other's printing it goes on as if nothing had been, and must not.
    first.thaw();
    let end = second.wait_for_end(&id).await;
    assert_eq!((&end["status"], &end["unconfirmed"]), (&json!("completed"), &json!([])));
    // It has closed the connections that were idle meanwhile.
    first.http = reqwest::Client::new();
    // It is alive and of use, but not at this printer: what it is asked is printed by the other, once.
    let next = first.submit(&job_of(&[121, 122])).await;
    let end = first.wait_for_end(&next).await;
    assert_eq!(end["status"], "completed");
    assert_each_once(&zebra.paper(), 122);
    first.stop().await;
    assert_each_once(&zebra.paper(), 122);
}

#[tokio::test]
pub async fn a_wish_said_to_one_instance_is_heeded_by_the_other_and_a_stopped_one_hands_over_at_once() {
    let zebra = slow_printer(40.0).await;
    let place = Place::with_printer(&zebra);
    let first = place.start().await;
    let id = first.submit(&job(300)).await;
    zebra.wait_for_labels(10, PATIENCE).await.expect("label 10");
    let second = place.instance("two").start().await;
    let mut rush = job_of(&[5_000]);
    rush["priority"] = json!(9);
    let rush = second.submit(&rush).await;
    second.wait_for_end(&rush).await;
    assert_eq!(second.status(&id).await["status"], "printing", "the rush job went first");
    let (status, cancelled) = second.post(&format!("/api/jobs/{id}/cancel"), &json!({})).await;
    assert_eq!((status.as_u16(), &cancelled["status"]), (200, &json!("cancelled")));
    assert_eq!(cancelled["stopped_after"], json!(zebra.paper().len() - 1), "exactly what is on paper");
    first.stop().await;
    let stopped = Instant::now();
    let rest = second.submit(&job_of(&[5_001])).await;
    second.wait_for_end(&rest).await;
    assert!(stopped.elapsed() < Duration::from_secs(5), "nobody waits for a lease that was given back");
}

#[tokio::test]
pub async fn every_instance_is_listed_with_its_printers_their_queue_and_its_end() {
    let zebra = slow_printer(30.0).await;
    let place = Place::with_printer(&zebra);
    let first = place.instance("one").start().await;
    let id = first.submit(&job(200)).await;
    let waiting = first.submit(&job_of(&[5_001])).await;
    zebra.wait_for_labels(2, PATIENCE).await.expect("the first label");
    let second = place.instance("two").start().await;
    let told = second.get("/api/instances").await;
    let [one, two] = told["instances"].as_array().expect("a list").as_slice() else { panic!("{told}") };
    assert_eq!((&one["name"], &one["is_stopped"]), (&json!("one"), &json!(false)));
    let printer = &one["printers"][0];
    assert_eq!((&printer["queue_length"], &printer["current_job"]), (&json!(2), &json!(id)));
    assert_eq!((&two["name"], &two["printers"]), (&json!("two"), &json!([])));
    first.stop().await;
    second.wait_for_end(&waiting).await;
    let told = second.get("/api/instances").await;
    assert_eq!(told["instances"][0]["is_stopped"], true);
    assert_eq!(told["instances"][1]["printers"][0]["queue_length"], 0);
}

#[tokio::test]
pub async fn a_printer_stays_paused_and_known_while_its_instance_restarts_and_another_starts_first() {
    let (zebra, other_zebra) = (printer().await, printer().await);
    let place = Place::with_printer(&zebra);
    let others_place = place.instance("two").with_only("line-b", &other_zebra);
    let (first, second) = (place.start().await, others_place.start().await);
    let told = first.wait_for_printer(|printer| printer["proves"]["level"] == "label_counter").await;
    let (status, _) = first.post("/api/printers/line-a/pause", &json!({})).await;
    assert_eq!(status, 200);
    first.stop().await;
    second.stop().await;
    let second = others_place.start().await;
    let kept = second.get("/api/printers/line-a").await;
    assert_eq!((&kept["paused"], &kept["proves"]), (&json!(true), &told["proves"]));
    let first = place.start().await;
    let id = first.submit(&job(2)).await;
    assert_eq!(first.get("/api/printers/line-a").await["paused"], true, "over every restart");
    let (status, _) = second.post("/api/printers/line-a/resume", &json!({})).await;
    assert_eq!(status, 200, "asked of whichever instance");
    assert_eq!(first.wait_for_end(&id).await["status"], "completed");
    assert_each_once(&zebra.paper(), 2);
    first.stop().await;
    second.stop().await;
    let second = others_place.start().await;
    second.get("/api/printers/line-a").await;
}

#[tokio::test]
pub async fn a_job_of_a_printer_that_is_configured_no_longer_can_be_given_up_and_is_settled_when_it_is_back()
{
    let (zebra, other_zebra) = (slow_printer(40.0).await, printer().await);
    let place = Place::with_printer(&zebra);
    let service = place.start().await;
    let id = service.submit(&job(60)).await;
    zebra.wait_for_labels(20, PATIENCE).await.expect("label 20");
    zebra.pause();
    service.wait_for(&id, "the pause", |job| job["attention"]["code"] == "printer_paused").await;
    service.kill().await;
    let renamed = place.instance("one").with_only("line-b", &other_zebra).start().await;
    let waiting = renamed.post(&format!("/api/jobs/{id}/cancel"), &json!({})).await.1;
    let held = waiting["in_printer"].as_u64().expect("nobody is left to count them") as usize;
    let (status, end) = renamed.post(&format!("/api/jobs/{id}/cancel"), &json!({"abandon": true})).await;
    assert_eq!((status.as_u16(), &end["status"]), (200, &json!("cancelled")), "{end}");
    assert_eq!((end["unconfirmed"].as_array().map(Vec::len), held > 0), (Some(held), true), "{end}");
    let labels = renamed.get(&format!("/api/jobs/{id}/labels")).await;
    let in_doubt = end["unconfirmed"][0].as_u64().expect("a label") as usize;
    assert_eq!(labels["labels"][in_doubt - 1]["serial"], serial(in_doubt));
    place.assert_history_is_whole(&renamed).await;
    renamed.stop().await;

    let service = place.start().await;
    zebra.resume();
    let settled = service.wait_for(&id, "the proof", |job| job["unconfirmed"] == json!([])).await;
    let counts = serials_on_paper(&zebra.paper());
    assert_eq!(
        (settled["current_label"].as_u64(), counts.values().max()),
        (Some(counts.len() as u64), Some(&1))
    );
    place.assert_history_is_whole(&service).await;
}
