//! Pause and resume: a job, a printer, everything.

use crate::harness::*;
use serde_json::json;
use std::time::Duration;

#[tokio::test]
pub async fn a_paused_job_lets_others_pass_and_goes_on_where_it_stopped() {
    let zebra = slow_printer(10.0).await;
    let service = Place::with_printer(&zebra).start().await;
    let long = service.submit(&job(80)).await;
    zebra.wait_for_labels(20, PATIENCE).await.expect("label 20");
    let (status, _) = service.post(&format!("/api/jobs/{long}/pause"), &json!({})).await;
    assert_eq!(status, 200);
    let mut short = job(1);
    short["labels"] = json!([{"serial": "SN-90000"}]);
    let short = service.submit(&short).await;
    service.wait_for_end(&short).await;
    let paused = service.status(&long).await;
    assert_eq!((&paused["status"], &paused["paused"]), (&json!("printing"), &json!(true)));
    service.post(&format!("/api/jobs/{long}/resume"), &json!({})).await;
    let end = service.wait_for_end(&long).await;
    assert_eq!(end["status"], "completed");
    let counts = serials_on_paper(&zebra.paper());
    assert_eq!((counts.len(), counts.values().max()), (81, Some(&1)));
}

#[tokio::test]
pub async fn a_printer_paused_while_it_is_switched_off_stays_paused_when_it_is_back() {
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

#[tokio::test]
pub async fn a_paused_job_stays_paused_over_a_restart_and_keeps_the_time_until_which_it_may_wait() {
    let zebra = printer().await;
    let place = Place::with_printer(&zebra);
    let service = place.start().await;
    zebra.pause();
    let mut body = job(2);
    body["expires_at"] = json!("2999-01-01T00:00:00Z");
    let id = service.submit(&body).await;
    service.post(&format!("/api/jobs/{id}/pause"), &json!({})).await;
    service.kill().await;
    zebra.resume();
    let service = place.start().await;
    let other = service.submit(&job(1)).await;
    service.wait_for_end(&other).await;
    let said = place.call(&service, &["jobs"]).await;
    assert!(said.contains(&format!("`platen jobs resume {id}`")), "the list says so: {said}");
    assert_eq!(zebra.paper().len(), 1, "only the other job");
    let (_, resumed) = service.post(&format!("/api/jobs/{id}/resume"), &json!({})).await;
    assert_eq!((&resumed["paused"], &resumed["expires_at"]), (&json!(false), &body["expires_at"]));
    service.wait_for_end(&id).await;
    assert_eq!(zebra.paper().len(), 3);
}

#[tokio::test]
pub async fn everything_paused_means_every_printer_also_after_a_restart_until_everything_is_resumed() {
    let (one, two) = (printer().await, printer().await);
    let place = Place::with_printer(&one).and_printer(&two);
    let service = place.start().await;
    assert_eq!(place.call(&service, &["printers", "pause", "--all"]).await, "all printing is paused\n");
    service.post("/api/printers/line-b/pause", &json!({})).await;
    let mut second = job(2);
    second["printer"] = json!("line-b");
    let ids = [service.submit(&job(2)).await, service.submit(&second).await];
    service.stop().await;
    let service = place.start().await;
    service.wait_for_printer(|printer| printer["status"] == "paused").await;
    let (status, problem) = service.post("/api/printers/line-a/resume", &json!({})).await;
    assert_eq!((status.as_u16(), problem["code"].as_str()), (409, Some("everything_paused")));
    assert_eq!((one.paper().len(), two.paper().len()), (0, 0));
    let (_, answer) = service.post("/api/resume", &json!({})).await;
    assert_eq!(answer["everything_paused"], false);
    service.wait_for_end(&ids[0]).await;
    assert_eq!(service.get("/api/printers/line-b").await["paused"], true, "paused by its own name");
    assert_eq!(two.paper().len(), 0);
    service.post("/api/printers/line-b/resume", &json!({})).await;
    service.wait_for_end(&ids[1]).await;
    assert_eq!((one.paper().len(), two.paper().len()), (2, 2));
}
