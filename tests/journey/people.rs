//! What people ask of a job: cancel, retry, pause, resume.

use crate::harness::*;
use serde_json::json;
use std::time::Duration;

#[tokio::test]
pub async fn a_cancel_answers_where_it_stopped_and_a_retry_prints_only_the_rest() {
    let zebra = slow_printer(40.0).await;
    let service = Place::with_printer(&zebra).start().await;
    let id = service.submit(&job(120)).await;
    zebra.wait_for_labels(30, PATIENCE).await.expect("label 30");
    let (status, cancelled) = service.post(&format!("/api/jobs/{id}/cancel"), &json!({})).await;
    assert_eq!((status.as_u16(), &cancelled["status"]), (200, &json!("cancelled")));
    let stopped_after = cancelled["stopped_after"].as_u64().expect("a count");
    assert_eq!(stopped_after as usize, zebra.paper().len(), "exactly what is on paper");
    assert!(stopped_after < 120);
    let labels = service.get(&format!("/api/jobs/{id}/labels")).await;
    assert_eq!(labels["labels"][119]["outcome"], "cancelled");
    let (status, _) = service.post(&format!("/api/jobs/{id}/retry"), &json!({})).await;
    assert_eq!(status, 200);
    let end = service.wait_for_end(&id).await;
    assert_eq!(end["status"], "completed");
    assert_each_once(&zebra.paper(), 120);
    let (status, problem) = service.post(&format!("/api/jobs/{id}/retry"), &json!({})).await;
    assert_eq!((status.as_u16(), problem["code"].as_str()), (409, Some("illegal_transition")));
}

#[tokio::test]
async fn a_job_cancelled_in_the_queue_never_prints() {
    let zebra = printer().await;
    let service = Place::with_printer(&zebra).start().await;
    zebra.pause();
    let first = service.submit(&job(2)).await;
    let second = service.submit(&job(2)).await;
    let (_, cancelled) = service.post(&format!("/api/jobs/{second}/cancel"), &json!({})).await;
    assert_eq!((&cancelled["status"], &cancelled["stopped_after"]), (&json!("cancelled"), &json!(0)));
    zebra.resume();
    service.wait_for_end(&first).await;
    assert_each_once(&zebra.paper(), 2);
}

#[tokio::test]
async fn a_rush_job_goes_before_older_ones() {
    let zebra = printer().await;
    let service = Place::with_printer(&zebra).start().await;
    service.post("/api/printers/line-a/pause", &json!({})).await;
    let mut ids = Vec::new();
    for (priority, name) in [(5, "WH/MO/1"), (5, "WH/MO/2"), (9, "WH/MO/3")] {
        let mut body = job(1);
        body["priority"] = json!(priority);
        body["mo"]["name"] = json!(name);
        ids.push(service.submit(&body).await);
    }
    service.post("/api/printers/line-a/resume", &json!({})).await;
    for id in &ids {
        service.wait_for_end(id).await;
    }
    let order: Vec<String> = zebra
        .paper()
        .iter()
        .map(|label| label.texts.iter().find(|text| text.starts_with("WH/MO")).expect("an order").clone())
        .collect();
    assert_eq!(order, ["WH/MO/3", "WH/MO/1", "WH/MO/2"]);
}

#[tokio::test]
pub async fn a_paused_job_lets_others_pass_and_goes_on_where_it_stopped() {
    let zebra = slow_printer(40.0).await;
    let service = Place::with_printer(&zebra).start().await;
    let long = service.submit(&job(80)).await;
    zebra.wait_for_labels(20, PATIENCE).await.expect("label 20");
    let (status, _) = service.post(&format!("/api/jobs/{long}/pause"), &json!({})).await;
    assert_eq!(status, 200);
    let mut short = job(1);
    short["labels"] = json!([{"serial": "SN-90000"}]);
    let short = service.submit(&short).await;
    service.wait_for_end(&short).await;
    assert_eq!(service.status(&long).await["status"], "printing");
    service.post(&format!("/api/jobs/{long}/resume"), &json!({})).await;
    let end = service.wait_for_end(&long).await;
    assert_eq!(end["status"], "completed");
    let counts = serials_on_paper(&zebra.paper());
    assert_eq!((counts.len(), counts.values().max()), (81, Some(&1)));
}

#[tokio::test]
pub async fn a_job_past_its_time_asks_before_it_prints() {
    let zebra = printer().await;
    let service = Place::with_printer(&zebra).start().await;
    let mut late = job(2);
    late["expires_at"] = json!("2020-01-01T00:00:00Z");
    let id = service.submit(&late).await;
    service.wait_for(&id, "job_expired", |job| job["attention"]["code"] == "job_expired").await;
    assert!(zebra.paper().is_empty());
    service.post(&format!("/api/jobs/{id}/resume"), &json!({})).await;
    service.wait_for_end(&id).await;
    assert_each_once(&zebra.paper(), 2);
}

#[tokio::test]
async fn a_printer_paused_while_it_is_switched_off_stays_paused_when_it_is_back() {
    let zebra = printer().await;
    let service = Place::with_printer(&zebra).start().await;
    let first = service.submit(&job(1)).await;
    service.wait_for_end(&first).await;
    zebra.power_cycle(Duration::from_millis(1_500));
    service.wait_for_printer(|printer| printer["status"] == "offline").await;
    service.post("/api/printers/line-a/pause", &json!({})).await;
    let mut held = job(1);
    held["labels"] = json!([{"serial": "SN-00002"}]);
    let id = service.submit(&held).await;
    service.wait_for_printer(|printer| printer["status"] != "offline").await;
    service.wait_for_printer(|printer| printer["status"] == "paused").await;
    assert_eq!(zebra.paper().len(), 1, "nothing came out behind the person's back");
    service.post("/api/printers/line-a/resume", &json!({})).await;
    service.wait_for_end(&id).await;
    assert_each_once(&zebra.paper(), 2);
}
