//! What people ask of a job: cancel, retry, priority, expiry.

use crate::harness::*;
use serde_json::json;

#[tokio::test]
async fn a_cancel_answers_where_it_stopped_and_a_retry_prints_only_the_rest() {
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
    assert_eq!((status.as_u16(), problem["code"].as_str()), (409, Some("nothing_missing")));
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
async fn a_job_past_its_time_asks_before_it_prints() {
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
