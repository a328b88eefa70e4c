//! Labels once more: the same bytes, the same numbers, a reason, and a job of its own.

use crate::harness::*;
use platen::simulator::PrintedLabel;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

fn shows(paper: &PrintedLabel, words: &str) -> bool {
    paper.texts.iter().any(|text| text == words)
}

#[tokio::test]
pub async fn a_reprint_is_the_same_label_with_its_old_number_even_when_the_template_has_changed() {
    let zebra = printer().await;
    let place = Place::with_printer(&zebra);
    let service = place.start().await;
    let id = service.submit(&job(20)).await;
    service.wait_for_end(&id).await;
    service.stop().await;
    place.change_template(" of ", " from ");
    let service = place.start().await;
    let body = json!({"uuid": Uuid::now_v7(), "labels": "7,18-19", "reason": "smeared in the store"});
    let (status, reprint) = service.post(&format!("/api/jobs/{id}/reprint"), &body).await;
    assert_eq!(status, 202, "{reprint}");
    assert_eq!((&reprint["reprint_of"], &reprint["job_type"]), (&json!(id), &json!("reprint")));
    assert_eq!((&reprint["quantity"], &reprint["reprint_labels"]), (&json!(3), &json!("7,18-19")));
    let new = reprint["job_id"].as_str().expect("an id");
    service.wait_for_end(new).await;
    let paper = zebra.paper();
    assert_eq!(paper.len(), 23);
    for (number, again) in [7, 18, 19].into_iter().zip(&paper[20..]) {
        assert_eq!(again.zpl, paper[number - 1].zpl, "label {number}, byte for byte");
        assert!(shows(again, &format!("{number} of 20")));
    }
    let old = service.get(&format!("/api/jobs/{id}")).await;
    assert_eq!((&old["status"], &old["current_label"]), (&json!("completed"), &json!(20)));
    assert_eq!(old["reprints"][0]["job_id"], *new);
    assert_eq!(old["reprints"][0]["reason"], "smeared in the store");
    for detail in ["jobs", "labels"] {
        let csv = service.send(Method::GET, &format!("/api/history.csv?detail={detail}"), None).await;
        let csv = csv.text().await.expect("text");
        assert!(csv.lines().next().expect("a header").ends_with(",reprint_of,reason"), "{detail}");
        let told = csv.lines().filter(|line| line.ends_with(&format!(",{id},smeared in the store"))).count();
        assert_eq!(told, if detail == "jobs" { 1 } else { 3 }, "{csv}");
    }
    // The same wish again is the same job; another wish under its key is none.
    let (status, again) = service.post(&format!("/api/jobs/{id}/reprint"), &body).await;
    assert_eq!((status.as_u16(), &again["job_id"]), (200, &json!(new)));
    let mut other = body.clone();
    other["labels"] = json!("8");
    let (status, problem) = service.post(&format!("/api/jobs/{id}/reprint"), &other).await;
    assert_eq!((status.as_u16(), &problem["code"]), (409, &json!("uuid_conflict")));
    // A reprint of the reprint shows what stood on the first paper; a new job takes the new template.
    let (_, third) =
        service.post(&format!("/api/jobs/{new}/reprint"), &json!({"labels": "2", "reason": "again"})).await;
    service.wait_for_end(third["job_id"].as_str().expect("an id")).await;
    let mut fresh = job(1);
    fresh["labels"] = json!([{"serial": "SN-90000"}]);
    let fresh = service.submit(&fresh).await;
    service.wait_for_end(&fresh).await;
    let paper = zebra.paper();
    assert_eq!((paper.len(), &paper[23].zpl), (25, &paper[17].zpl));
    assert!(shows(&paper[24], "1 from 1"));
    place.assert_history_is_whole(&service).await;
}

#[tokio::test]
pub async fn a_marked_reprint_differs_by_its_mark_alone_from_a_template_and_from_ready_zpl() {
    let (zebra, other) = (printer().await, printer().await);
    let place = Place::with_printer(&zebra).and_printer(&other);
    let service = place.start().await;
    let ready =
        json!({"zpl": "^XA^FWR^FO20,20^A0N,30^FDSN-1^FS^XZ^XA^FO20,20^FDSN-2^XZ", "printer": "line-a"});
    let mut counted = job(1);
    counted["labels"] = json!(null);
    counted["quantity"] = json!(3);
    for (body, chosen) in [(job(3), "2"), (ready, "1-2"), (counted, "3")] {
        let id = service.submit(&body).await;
        service.wait_for_end(&id).await;
        let before = other.paper().len();
        let said = place
            .call(
                &service,
                &[
                    "jobs",
                    "reprint",
                    &id,
                    "--labels",
                    chosen,
                    "--reason",
                    "torn",
                    "--mark",
                    "--printer",
                    "line-b",
                ],
            )
            .await;
        assert!(said.contains(&format!("it prints once more: {chosen} (of job {id})")), "{said}");
        let shown = service.get(&format!("/api/jobs/{id}")).await;
        let new = shown["reprints"][0]["job_id"].as_str().expect("a reprint");
        service.wait_for_end(new).await;
        let first = zebra.paper();
        for again in &other.paper()[before..] {
            let text = String::from_utf8(again.zpl.to_vec()).expect("UTF-8");
            let start = text.rfind("^PQ1").expect("the end of the label") + "^PQ1".len();
            let end = start + text[start..].find("REPRINT^FS").expect("a mark") + "REPRINT^FS".len();
            let without = format!("{}{}", &text[..start], &text[end..]);
            assert!(first.iter().any(|paper| paper.zpl.as_ref() == without.as_bytes()), "{text}");
            assert!(shows(again, "REPRINT"));
        }
        assert_eq!(other.paper().len() - before, if chosen == "1-2" { 2 } else { 1 });
    }
    assert!(zebra.paper().iter().all(|paper| !shows(paper, "REPRINT")));
}

#[tokio::test]
pub async fn what_never_came_out_is_no_reprint_and_a_reason_is_asked_for() {
    let zebra = printer().await;
    let service = Place::with_printer(&zebra).start().await;
    let done = service.submit(&job(2)).await;
    service.wait_for_end(&done).await;
    zebra.pause();
    let waiting = service.submit(&job(5)).await;
    service.post(&format!("/api/jobs/{waiting}/cancel"), &json!({})).await;
    let refused = [
        (&waiting, json!({"labels": "2-3", "reason": "x"}), 409, "not_printed"),
        (&waiting, json!({"reason": "x"}), 409, "not_printed"),
        (&done, json!({"labels": "1"}), 400, "malformed_body"),
        (&done, json!({"labels": "1", "reason": " "}), 422, "invalid_field"),
        (&done, json!({"labels": "1", "reason": "x".repeat(501)}), 422, "invalid_field"),
        (&done, json!({"labels": "1", "reason": "x\u{0}"}), 422, "invalid_field"),
        (&done, json!({"labels": "3", "reason": "x"}), 422, "invalid_field"),
        (&done, json!({"labels": "1", "reason": "x", "priority": 10}), 422, "invalid_field"),
        (&done, json!({"labels": "1", "reason": "x", "printer": "nobody"}), 422, "unknown_printer"),
        (&done, json!({"labels": "1", "reason": "x", "copies": 2}), 400, "malformed_body"),
    ];
    for (id, body, expected, code) in refused {
        let (status, problem) = service.post(&format!("/api/jobs/{id}/reprint"), &body).await;
        assert_eq!((status.as_u16(), problem["code"].as_str()), (expected, Some(code)), "{body}");
    }
    let jobs: Value = service.get("/api/jobs").await;
    assert_eq!(jobs["jobs"].as_array().map(Vec::len), Some(2), "no refused wish left a job");
}
