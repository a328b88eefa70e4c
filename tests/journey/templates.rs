//! The life of a template: edited in the folder, uploaded, approved, gone back to, and never mixed within a job.

use crate::harness::*;
use platen::simulator::PrintedLabel;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// Texts of all labels on the paper.
fn texts(paper: &[PrintedLabel]) -> Vec<String> {
    paper.iter().map(|label| label.texts.join(" | ")).collect()
}

/// The files of the shipped template, with this text changed.
async fn files(service: &Service, from: &str, to: &str) -> Value {
    let mut files = service.get("/api/templates/mo_label").await["files"].clone();
    let label = files["label.zpl"].as_str().expect("a label").replace(from, to);
    files["label.zpl"] = json!(label);
    files
}

async fn put(service: &Service, name: &str, body: &Value) -> (StatusCode, Value) {
    let answer = service.send(Method::PUT, &format!("/api/templates/{name}"), Some(body)).await;
    (answer.status(), answer.json().await.expect("JSON"))
}

async fn approve(service: &Service, version: &Value) {
    let body = json!({"version": version, "submitted_by": "Marc Demo"});
    let (status, answer) = service.post("/api/templates/mo_label/approve", &body).await;
    assert_eq!(
        (status.as_u16(), &answer["version"], &answer["state"]),
        (200, version, &json!("approved")),
        "{answer}"
    );
}

/// Asks until it is so: what is noticed by looking has no hint to wait for.
async fn listed(service: &Service, name: &str, is_it: impl Fn(&Value) -> bool) -> Value {
    let begun = Instant::now();
    loop {
        let all = service.get("/api/templates").await;
        let found = all["templates"].as_array().into_iter().flatten().find(|one| one["name"] == name);
        if let Some(found) = found
            && is_it(found)
        {
            return found.clone();
        }
        assert!(begun.elapsed() < PATIENCE, "{all}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::main(flavor = "current_thread")]
pub async fn an_uploaded_template_counts_when_it_is_approved_and_a_job_keeps_its_own() {
    let zebra = slow_printer(20.0).await;
    let place = Place::with_printer(&zebra);
    let service = place.start().await;
    let before = service.get("/api/templates/mo_label").await;
    assert_eq!((&before["state"], &before["source"]), (&json!("approved"), &json!("folder")));
    let old = before["version"].clone();

    let body = json!({"files": files(&service, "{{ label.count }}", "{{ label.count }} new").await, "comment": "says new"});
    let (status, draft) = put(&service, "mo_label", &body).await;
    assert_eq!((status.as_u16(), &draft["state"]), (201, &json!("draft")), "{draft}");
    let new = draft["version"].clone();
    assert_eq!(put(&service, "mo_label", &body).await.0, 200, "the same content is no new version");
    let now = service.get("/api/templates/mo_label").await;
    assert_eq!((&now["version"], &now["draft_version"]), (&old, &new), "a draft changes nothing");

    // A job that is under way when another version is approved goes on as it began.
    let running = service.submit(&job(40)).await;
    zebra.wait_for_labels(5, PATIENCE).await.expect("label 5");
    approve(&service, &new).await;
    service.wait_for_end(&running).await;
    assert!(texts(&zebra.paper()).iter().all(|text| !text.contains("new")), "{:?}", texts(&zebra.paper()));
    let next = service.submit(&job_of(&[101])).await;
    assert_eq!(service.get(&format!("/api/jobs/{next}")).await["template_version"], new);
    service.wait_for_end(&next).await;
    assert!(texts(&zebra.paper()).last().expect("a label").contains("1 of 1 new"));

    // Going back is the same call; the record says who and when. It outlives the service.
    approve(&service, &old).await;
    approve(&service, &new).await;
    service.stop().await;
    let service = place.start().await;
    let now = service.get("/api/templates/mo_label").await;
    assert_eq!(
        (&now["version"], &now["source"], &now["draft_version"]),
        (&new, &json!("uploaded"), &Value::Null)
    );
    let versions = now["versions"].as_array().expect("versions");
    assert_eq!(versions.len(), 2);
    assert_eq!(
        (
            &versions[0]["version"],
            &versions[0]["comment"],
            &versions[0]["uploaded_by"],
            &versions[0]["approved_by"]
        ),
        (&new, &json!("says new"), &json!("environment"), &json!("Marc Demo"))
    );
    assert_eq!((&versions[1]["version"], &versions[1]["state"]), (&old, &json!("replaced")));
    let said = place.call(&service, &["templates", "rollback", "mo_label"]).await;
    assert!(said.contains("is in use for new jobs"), "{said}");
    let back = service.submit(&job_of(&[102])).await;
    service.wait_for_end(&back).await;
    assert!(!texts(&zebra.paper()).last().expect("a label").contains("new"));
}

#[tokio::main(flavor = "current_thread")]
pub async fn another_instance_uses_what_was_approved_here() {
    let zebra = printer().await;
    let place = Place::with_printer(&zebra);
    let service = place.start().await;
    let other = place.instance("two").start().await;
    let body = json!({"files": files(&service, "{{ label.count }}", "{{ label.count }} new").await});
    let (_, draft) = put(&service, "fresh", &body).await;
    let waiting = listed(&other, "fresh", |one| one["state"] == "draft").await;
    assert_eq!((&waiting["version"], &waiting["draft_version"]), (&draft["version"], &draft["version"]));
    let mut order = job_of(&[1]);
    order["template"] = json!("fresh");
    let (status, problem) = other.post("/api/jobs", &order).await;
    assert_eq!((status.as_u16(), &problem["code"]), (422, &json!("unknown_template")));
    assert!(problem["detail"].as_str().expect("a detail").contains("approved"), "{problem}");
    let (status, _) =
        service.post("/api/templates/fresh/approve", &json!({"version": draft["version"]})).await;
    assert_eq!(status.as_u16(), 200);
    listed(&other, "fresh", |one| one["state"] == "approved").await;
    let id = other.submit(&order).await;
    other.wait_for_end(&id).await;
    assert!(texts(&zebra.paper())[0].contains("1 of 1 new"));
}

#[test]
fn a_template_is_uploaded_approved_and_gone_back_to() {
    an_uploaded_template_counts_when_it_is_approved_and_a_job_keeps_its_own();
}

#[test]
fn several_instances_have_one_catalogue() {
    another_instance_uses_what_was_approved_here();
}

#[tokio::test]
async fn an_edit_in_the_folder_is_taken_when_it_is_well_and_told_when_it_is_not() {
    let zebra = printer().await;
    let place = Place::with_printer(&zebra);
    place.change_template("of {{ label.count }}", "of {{ label.count }}");
    let service = place.start().await;
    let first = service.get("/api/templates/mo_label").await["version"].clone();
    place.change_template("{{ label.count }}", "{{ label.number }}");
    let broken = listed(&service, "mo_label", |one| !one["problem"].is_null()).await;
    assert_eq!(broken["version"], first, "the last good version stays in use");
    assert!(broken["problem"].as_str().expect("a problem").contains("label.zpl line"), "{broken}");
    let said = place.call(&service, &["templates"]).await;
    assert!(said.contains("the last good version is in use") && said.contains("label.number"), "{said}");
    let id = service.submit(&job_of(&[1])).await;
    service.wait_for_end(&id).await;
    assert!(texts(&zebra.paper())[0].contains("1 of 1"));

    place.change_template("{{ label.count }}", "{{ label.count }} altogether");
    let mended = listed(&service, "mo_label", |one| one["problem"].is_null()).await;
    assert_ne!(mended["version"], first);
    let id = service.submit(&job_of(&[2])).await;
    service.wait_for_end(&id).await;
    assert!(texts(&zebra.paper())[1].contains("1 of 1 altogether"));
}

#[tokio::test]
async fn a_template_that_cannot_be_used_is_refused_with_line_and_mend() {
    let zebra = printer().await;
    let place = Place::with_printer(&zebra);
    let service = place.start().await;
    let good = files(&service, "", "").await;
    let with = |name: &str, content: Value| {
        let mut files = good.clone();
        files[name] = content;
        json!({"files": files})
    };
    let many: serde_json::Map<String, Value> =
        (0..65).map(|number| (format!("f{number}"), json!(""))).collect();
    for (name, body, code, word) in [
        (
            "mo_label",
            with("label.zpl", json!("^XA\n^BQN,2,4^FD{{ serial }}^FS^XZ")),
            "invalid_template",
            "label.zpl line 2",
        ),
        (
            "mo_label",
            with("label.zpl", json!("^XA^FH_^FD{{ nothing }}^FS^XZ")),
            "invalid_template",
            "`nothing`",
        ),
        ("mo_label", with("sample.json", json!("{}")), "invalid_template", "`product` is missing"),
        ("mo_label", with("../../etc/passwd", json!("x")), "invalid_template", "is no name"),
        ("mo_label", with("logo.png", json!({"base64": "?"})), "invalid_template", "base64"),
        (
            "mo_label",
            with("large.txt", json!("x".repeat(1024 * 1024 + 1))),
            "invalid_template",
            "1048576 bytes",
        ),
        ("mo_label", json!({"files": many}), "invalid_template", "it may have 64"),
        ("mo_label", json!({"files": {}}), "invalid_template", "label.zpl: it is missing"),
        ("Mo Label", with("label.zpl", json!("^XA^XZ")), "invalid_field", "small letters"),
        ("mo_label", json!({"files": good, "comment": "x".repeat(501)}), "invalid_field", "`comment`"),
        ("mo_label", json!({"files": good, "submitted_by": "a\u{0}"}), "invalid_field", "U+0000"),
        ("mo_label", json!({"file": {}}), "malformed_body", "unknown field `file`"),
    ] {
        let (status, problem) = put(&service, name, &body).await;
        let expected = if code == "malformed_body" { 400 } else { 422 };
        assert_eq!((status.as_u16(), &problem["code"]), (expected, &json!(code)), "{problem}");
        let said = format!("{} {}", problem["detail"], problem["action"]);
        assert!(said.contains(word), "{word}: {said}");
    }
    let (status, problem) = service.post("/api/templates/mo_label/approve", &json!({"version": "abc"})).await;
    assert_eq!((status.as_u16(), &problem["code"]), (422, &json!("invalid_field")));
    let (status, _) = service.post("/api/templates/nothing/approve", &json!({"version": "abc"})).await;
    assert_eq!(status.as_u16(), 404);
    let listed = service.get("/api/templates/mo_label").await;
    assert_eq!(listed["versions"].as_array().expect("versions").len(), 1, "nothing was kept: {listed}");
}

#[tokio::test]
async fn text_that_is_not_saved_yet_can_be_seen_and_judged() {
    let zebra = printer().await;
    let place = Place::with_printer(&zebra);
    let service = place.start().await;
    let unsaved = files(&service, "{{ label.count }}", "{{ label.count }} ĝűЖ").await;
    let body = json!({"files": unsaved, "label": 2});
    let answer = service
        .http
        .post(format!("{}/api/templates/mo_label/preview", service.base))
        .bearer_auth(KEY)
        .header("Accept", "application/json")
        .json(&body)
        .send()
        .await
        .expect("an answer");
    let seen: Value = answer.json().await.expect("JSON");
    assert!(seen["png_base64"].as_str().expect("a picture").starts_with("iVBORw0KGgo"), "a PNG");
    assert!(seen["zpl"].as_str().expect("ZPL").contains("2 of 2 ĝűЖ"), "of the sample: {}", seen["zpl"]);
    let answer = service.send(Method::POST, "/api/templates/mo_label/preview", Some(&body)).await;
    let notes = answer.headers()["X-Platen-Preview-Notes"].to_str().expect("ASCII").to_owned();
    assert_eq!(serde_json::from_str::<Value>(&notes).expect("JSON"), seen["notes"]);
    assert_eq!(seen["notes"].as_array().expect("notes").len(), 1, "Cyrillic letters are not drawn: {notes}");

    let (status, answer) =
        service.post("/api/templates/mo_label/lint", &json!({"files": body["files"]})).await;
    assert_eq!((status.as_u16(), answer["findings"].is_array()), (200, true));
    let broken = json!({"files": {"label.zpl": "^XA", "template.toml": ""}});
    for call in ["lint", "preview"] {
        let (status, problem) = service.post(&format!("/api/templates/mo_label/{call}"), &broken).await;
        assert_eq!((status.as_u16(), &problem["code"]), (422, &json!("invalid_template")), "{problem}");
    }
    let old = service.get("/api/templates/mo_label").await["version"].clone();
    let (status, _) = put(&service, "mo_label", &body).await;
    assert_eq!(status.as_u16(), 400, "an upload has no label number");
    put(&service, "mo_label", &json!({"files": body["files"]})).await;
    let body = json!({"version": old, "format": "zpl"});
    let zpl = service.send(Method::POST, "/api/templates/mo_label/preview", Some(&body)).await;
    assert!(!zpl.text().await.expect("ZPL").contains('Ж'));
}
