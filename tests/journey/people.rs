//! What people ask of a job: cancel, retry, priority, expiry.

use crate::harness::*;
use platen::simulator::{Action, PrintedLabel, SimulatedZebra, SimulatorOptions};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

fn unconfirmed(job: &Value) -> usize {
    job["unconfirmed"].as_array().map_or(0, Vec::len)
}

#[tokio::test]
pub async fn a_cancel_answers_where_it_stopped_and_a_retry_prints_only_the_rest() {
    let zebra = slow_printer(40.0).await;
    let place = Place::with_printer(&zebra);
    let service = place.start().await;
    let id = service.submit(&job(120)).await;
    zebra.wait_for_labels(30, PATIENCE).await.expect("label 30");
    let (status, cancelled) = service.post(&format!("/api/jobs/{id}/cancel"), &json!({})).await;
    assert_eq!((status.as_u16(), &cancelled["status"]), (200, &json!("cancelled")));
    let stopped_after = cancelled["stopped_after"].as_u64().expect("a count");
    assert_eq!(stopped_after as usize, zebra.paper().len(), "exactly what is on paper");
    assert!(stopped_after < 120);
    assert_eq!(
        (&cancelled["not_printed"], &cancelled["unconfirmed"]),
        (&json!(120 - stopped_after), &json!([]))
    );
    assert_eq!(
        service.get(&format!("/api/jobs/{id}")).await["stopped_after"],
        json!(stopped_after),
        "the job says so too"
    );
    let (status, problem) = service.post(&format!("/api/jobs/{id}/cancel"), &json!({})).await;
    assert_eq!((status.as_u16(), problem["code"].as_str()), (409, Some("job_ended")));
    let labels = service.get(&format!("/api/jobs/{id}/labels")).await;
    assert_eq!(labels["labels"][119]["outcome"], "cancelled");
    let (status, retried) = service.post(&format!("/api/jobs/{id}/retry"), &json!({})).await;
    assert_eq!((status.as_u16(), &retried["missing"]), (200, &json!(120 - stopped_after)));
    let end = service.wait_for_end(&id).await;
    assert_eq!(end["status"], "completed");
    assert_each_once(&zebra.paper(), 120);
    let (status, problem) = service.post(&format!("/api/jobs/{id}/retry"), &json!({})).await;
    assert_eq!((status.as_u16(), problem["code"].as_str()), (409, Some("nothing_missing")));
    place.assert_history_is_whole(&service).await;
}

#[tokio::test]
pub async fn a_job_cancelled_in_the_queue_never_prints() {
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
pub async fn a_rush_job_goes_before_older_ones() {
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
pub async fn a_cancel_at_a_printer_without_labels_stops_and_what_is_in_it_is_counted_when_it_goes_on() {
    let zebra = slow_printer(40.0).await;
    let place = Place::with_printer(&zebra);
    let service = place.start().await;
    zebra.media_out_after(20);
    let id = service.submit(&job(120)).await;
    service.wait_for(&id, "paper_out", |job| job["attention"]["code"] == "paper_out").await;
    for _ in 0..2 {
        let (status, answer) = service.post(&format!("/api/jobs/{id}/cancel"), &json!({})).await;
        assert_eq!(
            (status.as_u16(), &answer["status"], &answer["cancelling"]),
            (200, &json!("printing"), &json!(true))
        );
        assert!(answer["in_printer"].as_u64().expect("a count") > 0, "twice is as once: {answer}");
    }
    zebra.reload_media();
    zebra.resume();
    let end = service.wait_for_end(&id).await;
    assert_eq!(end["status"], "cancelled");
    let counts = serials_on_paper(&zebra.paper());
    assert_eq!(
        (counts.len() as u64, counts.values().max()),
        (end["current_label"].as_u64().expect("a count"), Some(&1))
    );
    assert!(counts.len() < 120);
    place.assert_history_is_whole(&service).await;
}

#[tokio::test]
pub async fn a_job_on_a_printer_that_does_not_come_back_can_be_abandoned() {
    let zebra = slow_printer(20.0).await;
    let place = Place::with_printer(&zebra);
    let service = place.start().await;
    let id = service.submit(&job(60)).await;
    zebra.wait_for_labels(10, PATIENCE).await.expect("label 10");
    zebra.power_cycle(Duration::from_secs(600));
    service.wait_for_printer(|printer| printer["status"] == "offline").await;
    let said = place.call(&service, &["jobs", "cancel", &id, "--abandon"]).await;
    let end = service.get(&format!("/api/jobs/{id}")).await;
    assert_eq!(end["status"], "cancelled", "{said}");
    assert!(said.contains(&format!("it stopped after label {}", end["stopped_after"])), "{said}");
    let (printed, doubtful) = (end["current_label"].as_u64(), end["unconfirmed"].as_array().map(Vec::len));
    assert!(doubtful > Some(0), "what was on its way is a question: {end}");
    let counts = serials_on_paper(&zebra.paper());
    assert!(printed.expect("a count") <= counts.len() as u64);
    assert!(counts.len() <= printed.unwrap_or(0) as usize + doubtful.unwrap_or(0), "none lost in silence");
    place.assert_history_is_whole(&service).await;
}

/// So many labels, or fewer, fit into the memory and the socket of a printer with little of both.
const HELD_AT_MOST: usize = 6;

#[tokio::test]
async fn what_a_printer_that_proves_nothing_had_not_taken_when_it_was_given_up_never_comes_out() {
    let mut options = SimulatorOptions::fast();
    options.json_listen = None;
    (options.knobs.answers_host_status, options.knobs.answers_settings) = (false, false);
    (options.knobs.buffer_bytes, options.knobs.socket_buffer_bytes) = (1024, 2048);
    let zebra = SimulatedZebra::start(options).await.expect("a printer");
    zebra.pause();
    let service = Place::with_raw_printer(&zebra).configured("profile = \"blind\"").start().await;
    let id = service.submit(&job(120)).await;
    service.wait_for(&id, "a stall", |job| job["attention"]["code"] == "printer_silent").await;
    let (_, waiting) = service.post(&format!("/api/jobs/{id}/cancel"), &json!({})).await;
    let sent = waiting["in_printer"].as_u64().expect("a count") as usize;
    assert!((HELD_AT_MOST + 8..120).contains(&sent), "more than the printer holds: {waiting}");
    let (_, end) = service.post(&format!("/api/jobs/{id}/cancel"), &json!({"abandon": true})).await;
    assert_eq!((&end["status"], unconfirmed(&end)), (&json!("cancelled"), sent));
    let held = json!({"labels": format!("1-{HELD_AT_MOST}"), "printed": true});
    let missing = json!({"labels": format!("{}-{sent}", HELD_AT_MOST + 1), "printed": false});
    for answer in [&held, &missing] {
        let (status, said) = service.post(&format!("/api/jobs/{id}/resolve"), answer).await;
        assert_eq!(status, 200, "{said}");
    }
    let (status, _) = service.post(&format!("/api/jobs/{id}/retry"), &json!({})).await;
    assert_eq!(status, 200);
    let mut paper = zebra.follow_paper();
    zebra.resume();
    let last_label =
        async { while paper.recv().await.expect("a label").texts.iter().all(|text| *text != serial(120)) {} };
    tokio::time::timeout(PATIENCE, last_label).await.expect("the last label");
    let counts = serials_on_paper(&zebra.paper());
    let repeated: Vec<_> = counts.iter().filter(|(_, count)| **count > 1).collect();
    assert!(repeated.is_empty(), "more than once: {repeated:?}");
    let missing: Vec<_> =
        (HELD_AT_MOST + 1..=120).map(serial).filter(|it| !counts.contains_key(it)).collect();
    assert!(missing.is_empty(), "sent again: {missing:?}");
}

#[tokio::test]
pub async fn a_rush_job_breaks_into_a_running_one_behind_a_whole_label() {
    let zebra = slow_printer(40.0).await;
    let service = Place::with_printer(&zebra).start().await;
    let long = service.submit(&job(150)).await;
    zebra.wait_for_labels(20, PATIENCE).await.expect("label 20");
    let other = |priority: i64, serial: &str| {
        let mut body = job(1);
        body["labels"] = json!([{"serial": serial}]);
        body["priority"] = json!(priority);
        body
    };
    let patient = service.submit(&other(5, "SN-80000")).await;
    let rush = service.submit(&other(9, "SN-90000")).await;
    for id in [&rush, &long, &patient] {
        assert_eq!(service.wait_for_end(id).await["status"], "completed");
    }
    let order: Vec<String> = zebra.paper().iter().map(serial_on).collect();
    let place = |serial: &str| order.iter().position(|found| found == serial).expect("it is on paper");
    assert!((20..150).contains(&place("SN-90000")), "in between: {}", place("SN-90000"));
    assert_eq!(place("SN-80000"), 151, "one as urgent waits for its turn");
    assert!(zebra.paper().iter().all(PrintedLabel::is_whole_label), "never into the middle of a label");
    let counts = serials_on_paper(&zebra.paper());
    assert_eq!((counts.len(), counts.values().max()), (152, Some(&1)));
}

#[tokio::test]
pub async fn a_job_for_a_dead_printer_is_accepted_with_a_warning_that_names_another_one() {
    let (dead, well) = (printer().await, printer().await);
    let service = Place::with_printer(&dead).and_printer(&well).start().await;
    service.wait_for_printer(|printer| printer["status"] == "idle").await;
    let (_, calm) = service.post("/api/jobs", &job(1)).await;
    assert_eq!(calm["warning"], json!(null));
    service.wait_for_end(calm["job_id"].as_str().expect("an id")).await;
    dead.stop().await;
    service.wait_for_printer(|printer| printer["status"] == "offline").await;
    for (path, expected) in [("/api/jobs?dry_run=true", 200), ("/api/jobs", 202)] {
        let (status, answer) = service.post(path, &job(1)).await;
        assert_eq!((status.as_u16(), &answer["warning"]["code"]), (expected, &json!("printer_offline")));
        assert_eq!(answer["warning"]["suggested_printer"], "line-b");
    }
}

#[tokio::test]
async fn a_job_that_is_durable_is_accepted_also_where_it_cannot_be_read_how_its_printer_is() {
    let zebra = printer().await;
    let place = Place::with_printer(&zebra);
    let service = place.start().await;
    place.alter("INSERT INTO printers (name, address, status) VALUES ('line-x', '', 'unheard of')").await;
    let mut body = job(2);
    // Whoever hears of a failure sends it again, as another job.
    body.as_object_mut().expect("members").remove("uuid");
    let (status, answer) = service.post("/api/jobs", &body).await;
    assert_eq!((status.as_u16(), &answer["warning"]), (202, &json!(null)), "{answer}");
    let end = service.wait_for_end(answer["job_id"].as_str().expect("an id")).await;
    assert_eq!(end["status"], "completed");
    assert_each_once(&zebra.paper(), 2);
}

#[tokio::test]
pub async fn a_printer_that_stops_without_a_reason_is_a_stall_until_it_moves() {
    // Slow enough for its pace to be known.
    let zebra = slow_printer(30.0).await;
    let service = Place::with_printer(&zebra).start().await;
    let first = service.submit(&job(40)).await;
    service.wait_for_end(&first).await;
    // Peel mode: each label waits to be taken, and nobody takes it.
    let mut by_hand = tokio::net::TcpStream::connect(zebra.address()).await.expect("a connection");
    let setting = b"! U1 setvar \"media.printmode\" \"peel off\"\r\n! U1 getvar \"media.printmode\"\r\n";
    by_hand.write_all(setting).await.expect("the setting is sent");
    let mut told = [0; 10];
    by_hand.read_exact(&mut told).await.expect("the setting is told");
    assert_eq!(&told, b"\"peel off\"");
    drop(by_hand);
    let zpl = "^XA^FO20,20^FDSN-1^FS^PQ3^XZ";
    let id = service.submit(&json!({"zpl": zpl, "printer": "line-a"})).await;
    let stalled =
        service.wait_for(&id, "printer_stalled", |job| job["attention"]["code"] == "printer_stalled").await;
    assert_eq!((&stalled["status"], &stalled["eta_seconds"]), (&json!("printing"), &json!(null)));
    zebra.turn(|knobs| knobs.label_taken_after_ms = 50);
    zebra.act(Action::TakeLabel);
    let end = service.wait_for_end(&id).await;
    assert_eq!((&end["status"], &end["attention"]), (&json!("completed"), &json!(null)));
}
