//! Every label, once, whatever is killed or cut.

use crate::harness::*;
use platen::simulator::SimulatedZebra;
use serde_json::json;
use std::time::Duration;

#[tokio::test]
pub async fn a_job_prints_in_order_and_is_counted_by_the_printer() {
    let zebra = printer().await;
    let service = Place::with_printer(&zebra).start().await;
    let before = zebra.odometer();
    let id = service.submit(&job(40)).await;
    let end = service.wait_for_end(&id).await;
    assert_eq!((&end["status"], &end["current_label"]), (&json!("completed"), &json!(40)));
    assert_eq!(zebra.odometer() - before, 40);
    assert_each_once(&zebra.paper(), 40);
    let order: Vec<String> = zebra.paper().iter().map(serial_on).collect();
    assert_eq!(order, (1..=40).map(serial).collect::<Vec<_>>(), "in order");
    let labels = service.get(&format!("/api/jobs/{id}/labels")).await;
    assert_eq!(labels["labels"][39]["evidence"], "odometer");
    assert_eq!(labels["labels"][39]["serial"], serial(40));
}

#[tokio::test]
pub async fn a_service_killed_at_label_100_of_200_prints_exactly_the_missing_ones() {
    let zebra = slow_printer(60.0).await;
    killed_at_label_100(&zebra, &Place::with_printer(&zebra)).await;
}

#[tokio::test]
async fn the_same_without_a_second_channel() {
    let zebra = slow_printer(60.0).await;
    killed_at_label_100(&zebra, &Place::with_raw_printer(&zebra)).await;
}

async fn killed_at_label_100(zebra: &SimulatedZebra, place: &Place) {
    let service = place.start().await;
    let id = service.submit(&job(200)).await;
    zebra.wait_for_labels(100, PATIENCE).await.expect("label 100");
    service.kill().await;
    let service = place.start().await;
    let end = service.wait_for_end(&id).await;
    assert_eq!((&end["status"], &end["unconfirmed"]), (&json!("completed"), &json!([])));
    assert_each_once(&zebra.paper(), 200);
}

#[tokio::test]
async fn a_cut_connection_costs_no_label_and_prints_none_twice() {
    let zebra = slow_printer(60.0).await;
    let service = Place::with_printer(&zebra).start().await;
    let id = service.submit(&job(200)).await;
    for labels in [50, 100, 150] {
        zebra.wait_for_labels(labels, PATIENCE).await.expect("labels");
        zebra.cut_connections();
    }
    let end = service.wait_for_end(&id).await;
    assert_eq!((&end["status"], &end["unconfirmed"]), (&json!("completed"), &json!([])));
    assert_each_once(&zebra.paper(), 200);
}

#[tokio::test]
pub async fn a_printer_switched_off_leaves_at_most_the_label_in_flight_in_doubt() {
    let zebra = slow_printer(30.0).await;
    let service = Place::with_printer(&zebra).start().await;
    let id = service.submit(&job(60)).await;
    zebra.wait_for_labels(30, PATIENCE).await.expect("label 30");
    zebra.power_cycle(Duration::from_millis(200));
    let doubt = service
        .wait_for(&id, "all but the doubtful label", |job| {
            job["current_label"].as_i64().unwrap_or(0)
                + job["unconfirmed"].as_array().map_or(0, Vec::len) as i64
                == 60
        })
        .await;
    let unconfirmed = doubt["unconfirmed"].as_array().expect("a list").clone();
    assert!(unconfirmed.len() <= 1, "at most one: {unconfirmed:?}");
    let counts = serials_on_paper(&zebra.paper());
    assert!(counts.values().all(|count| *count == 1), "none twice: {counts:?}");
    assert!(counts.len() + unconfirmed.len() >= 60, "none lost in silence: {}", counts.len());
    if let Some(label) = unconfirmed.first() {
        assert_eq!(doubt["attention"]["code"], "unconfirmed_labels");
        assert_eq!(doubt["status"], "printing", "a question is not an end");
        let answer = json!({"labels": label.to_string(), "printed": false});
        let (status, _) = service.post(&format!("/api/jobs/{id}/resolve"), &answer).await;
        assert_eq!(status, 200);
        let end = service.wait_for_end(&id).await;
        assert_eq!((&end["status"], &end["attention"]), (&json!("completed"), &json!(null)));
        assert_each_once(&zebra.paper(), 60);
        let csv = service.send(reqwest::Method::GET, "/api/history.csv?detail=labels", None).await;
        let csv = csv.text().await.expect("text");
        let story: Vec<&str> = csv.lines().filter(|line| line.contains(&format!(",{label},SN-"))).collect();
        assert_eq!(story.len(), 3, "asked, answered, printed: {story:?}");
        assert!(story[0].contains(",unconfirmed,none,") && story[0].ends_with(",no,,"), "{story:?}");
        assert!(story[1].contains(",released,person,") && story[1].ends_with(",no,,"), "{story:?}");
        assert!(story[2].contains(",printed,odometer,") && story[2].ends_with(",yes,,"), "{story:?}");
        let lines_that_count = csv.lines().filter(|line| line.ends_with(",yes,,")).count();
        assert_eq!(lines_that_count, 60, "one for each label");
    }
}

#[tokio::test]
async fn a_stopped_service_finishes_what_is_in_the_pipe_and_goes_on_where_it_left() {
    let zebra = slow_printer(60.0).await;
    let place = Place::with_printer(&zebra);
    let service = place.start().await;
    let id = service.submit(&job(100)).await;
    zebra.wait_for_labels(40, PATIENCE).await.expect("label 40");
    service.stop().await;
    let stopped_at = zebra.paper().len();
    let service = place.start().await;
    let taken_up = service.status(&id).await;
    assert!(
        taken_up["current_label"].as_u64().expect("a count") >= stopped_at as u64,
        "what was in the pipe is recorded"
    );
    let end = service.wait_for_end(&id).await;
    assert_eq!(end["status"], "completed");
    assert_each_once(&zebra.paper(), 100);
}

#[tokio::test]
async fn jobs_are_accepted_while_the_printer_is_away_and_print_when_it_is_back() {
    let zebra = printer().await;
    let service = Place::with_printer(&zebra).start().await;
    let first = service.submit(&job(5)).await;
    service.wait_for_end(&first).await;
    zebra.power_cycle(Duration::from_millis(1_500));
    let mut second = job(5);
    for (index, label) in (6..).zip(second["labels"].as_array_mut().expect("labels")) {
        label["serial"] = json!(serial(index));
    }
    let id = service.submit(&second).await;
    let waiting =
        service.wait_for(&id, "word of the missing printer", |job| !job["attention"].is_null()).await;
    assert_eq!(waiting["attention"]["code"], "printer_offline");
    let end = service.wait_for_end(&id).await;
    assert_eq!((&end["status"], &end["attention"]), (&json!("completed"), &json!(null)));
    assert_each_once(&zebra.paper(), 10);
}

#[tokio::test]
pub async fn two_services_started_one_after_the_other_share_one_truth() {
    let zebra = printer().await;
    let place = Place::with_printer(&zebra);
    let service = place.start().await;
    let first = job(10);
    let id = service.submit(&first).await;
    service.wait_for_end(&id).await;
    service.stop().await;
    let service = place.start().await;
    let (status, again) = service.post("/api/jobs", &first).await;
    assert_eq!(
        (status.as_u16(), &again["status"]),
        (200, &json!("completed")),
        "a repeat gets the job as it is"
    );
    assert_each_once(&zebra.paper(), 10);
}
