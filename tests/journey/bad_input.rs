//! Bad input: one clear problem each, nothing half done.

use crate::harness::*;
use reqwest::Method;
use serde_json::{Value, json};

/// What is changed in a good job, and the problem it must give: status, code, and a word of the detail.
fn bad_jobs() -> Vec<(&'static str, Value, u16, &'static str, &'static str)> {
    let with = |key: &str, value: Value| {
        let mut job = job(3);
        job[key] = value;
        job
    };
    let many: Vec<Value> = vec![json!({"serial": "x"}); 100_001];
    vec![
        ("unknown template", with("template", json!("nope")), 422, "unknown_template", "nope"),
        ("unknown printer", with("printer", json!("line-z")), 422, "unknown_printer", "line-z"),
        ("missing field", with("data", json!({"code": "X"})), 422, "invalid_field", "product"),
        (
            "over-long field",
            with("data", json!({"product": "x".repeat(5_000)})),
            422,
            "invalid_field",
            "product",
        ),
        ("control characters", with("data", json!({"product": "a\u{2}b"})), 422, "invalid_field", "product"),
        (
            "a character no database keeps",
            with("submitted_by", json!("a\u{0}b")),
            422,
            "invalid_field",
            "U+0000",
        ),
        (
            "letters the font has not",
            with("data", json!({"product": "机"})),
            422,
            "invalid_field",
            "`product`",
        ),
        ("too many labels", with("labels", json!(many)), 422, "too_many_labels", "100001"),
        ("no labels", with("labels", json!([])), 422, "too_many_labels", "0"),
        ("priority out of range", with("priority", json!(12)), 422, "invalid_field", "priority"),
        ("not a uuid", with("uuid", json!("x")), 400, "malformed_body", "uuid"),
        ("mistyped key", with("qantity", json!(3)), 400, "malformed_body", "qantity"),
    ]
}

#[tokio::test]
pub async fn each_bad_job_gets_one_clear_problem_and_leaves_nothing_behind() {
    let zebra = printer().await;
    let service = Place::with_printer(&zebra).start().await;
    for (what, body, status, code, word) in bad_jobs() {
        let (got, problem) = service.post("/api/jobs", &body).await;
        assert_eq!((got.as_u16(), problem["code"].as_str()), (status, Some(code)), "{what}: {problem}");
        let detail = problem["detail"].as_str().expect("a detail");
        assert!(detail.contains(word), "{what}: {detail}");
        assert!(!problem["action"].as_str().expect("an action").is_empty(), "{what}");
        let tried = service.post("/api/jobs?dry_run=true", &body).await;
        assert_eq!(tried, (got, problem), "{what}: a trial says the same");
    }
    let page = service.get("/api/jobs").await;
    assert_eq!(page["jobs"], json!([]), "nothing half done");
    let good = job(1);
    let (status, tried) = service.post("/api/jobs?dry_run=true", &good).await;
    let expected = json!({"dry_run": true, "quantity": 1, "printer": "line-a", "warning": null, "warnings": [], "findings": []});
    assert_eq!((status.as_u16(), tried), (200, expected));
    assert_eq!(service.get("/api/jobs").await["jobs"], json!([]), "a trial stores nothing");
    let (status, problem) = service.post("/api/jobs?dry-run=true", &good).await;
    assert_eq!(
        (status.as_u16(), &problem["code"]),
        (422, &json!("invalid_field")),
        "a mistyped trial prints nothing"
    );
    let id = service.submit(&good).await;
    service.wait_for_end(&id).await;
    assert_eq!(zebra.paper().len(), 1);
    let mut other = good.clone();
    other["priority"] = json!(1);
    let (status, problem) = service.post("/api/jobs?dry_run=true", &other).await;
    assert_eq!((status.as_u16(), &problem["code"]), (409, &json!("uuid_conflict")));
}

#[tokio::test]
async fn a_label_that_is_right_but_not_good_is_printed_and_told() {
    let zebra = printer().await;
    let service = Place::with_printer(&zebra).start().await;
    let mut body = job(1);
    body["labels"] = json!([{"serial": "ABCDEFGHIJKLMNOPQRSTUVWX"}]);
    let (status, tried) = service.post("/api/jobs?dry_run=true", &body).await;
    assert_eq!(status.as_u16(), 200, "{tried}");
    let (status, answer) = service.post("/api/jobs", &body).await;
    assert_eq!(status.as_u16(), 202, "{answer}");
    assert_eq!(answer["findings"], tried["findings"], "a trial says the same");
    let finding = &answer["findings"][0];
    assert_eq!(
        (&finding["code"], &finding["severity"], &finding["field"]),
        (&json!("bar_code_too_dense"), &json!("warning"), &json!("serial")),
        "{answer}"
    );
    assert!(
        finding["line"].is_number() && finding["action"].as_str().is_some_and(|action| !action.is_empty())
    );
}

#[tokio::test]
async fn labels_are_held_against_those_that_lie_in_the_printer() {
    let zebra = printer().await;
    let service = Place::with_printer(&zebra).configured("label_mm = [40, 20]").start().await;
    let (status, problem) = service.post("/api/jobs", &job(1)).await;
    assert_eq!((status.as_u16(), &problem["code"]), (422, &json!("template_does_not_fit")));
    let detail = problem["detail"].as_str().expect("a detail");
    assert!(detail.contains("`mo_label` is 57 × 32 mm") && detail.contains("40 × 20 mm"), "{detail}");
    // Ready ZPL has been printed before: it is told, and printed as it is.
    let zpl = "^XA^CI28^FO300,20^A0N,40,40^FDshelf^FS^XZ^XA^CI28^FO20,20^A0N,40,40^FDx^FS^XZ";
    let body = json!({"printer": "line-a", "zpl": zpl});
    let (_, tried) = service.post("/api/jobs?dry_run=true", &body).await;
    let (status, answer) = service.post("/api/jobs", &body).await;
    assert_eq!((status.as_u16(), &answer["findings"]), (202, &tried["findings"]), "{answer}");
    let finding = &answer["findings"][0];
    assert_eq!((&finding["code"], &finding["line"]), (&json!("off_label"), &json!(null)), "{answer}");
    assert!(finding["message"].as_str().is_some_and(|text| text.starts_with("Label 1: ")), "{answer}");
    assert_eq!(answer["findings"].as_array().map(Vec::len), Some(1));
    service.wait_for_end(answer["job_id"].as_str().expect("an id")).await;
    assert_eq!(zebra.paper().len(), 2);
    // Paper larger than the template prints, and most likely is not what was meant.
    let service = Place::with_printer(&zebra).configured("label_mm = [100, 50]").start().await;
    let (_, tried) = service.post("/api/jobs?dry_run=true", &job(1)).await;
    let finding = &tried["findings"][0];
    assert_eq!(
        (&finding["code"], &finding["severity"]),
        (&json!("wrong_label_size"), &json!("warning")),
        "{tried}"
    );
}

#[tokio::test]
async fn a_body_that_is_not_json_is_told_where_it_breaks() {
    let zebra = printer().await;
    let service = Place::with_printer(&zebra).start().await;
    let answer = service
        .http
        .post(format!("{}/api/jobs", service.base))
        .bearer_auth(KEY)
        .body("{\"template\": ")
        .send()
        .await
        .expect("an answer");
    assert_eq!(answer.status(), 400);
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
    let problem: Value = answer.json().await.expect("a problem document");
    assert_eq!(problem["code"], "malformed_body");
    assert!(problem["detail"].as_str().expect("a detail").contains("line 1"));
}

#[tokio::test]
async fn without_a_valid_key_nothing_is_told_and_nothing_is_taken() {
    let zebra = printer().await;
    let service = Place::with_printer(&zebra).start().await;
    for path in ["/api/jobs", "/api/printers", "/api/events", "/api/history.csv", "/api/nowhere"] {
        for key in [None, Some("wrong")] {
            let mut request = service.http.get(format!("{}{path}", service.base));
            if let Some(key) = key {
                request = request.bearer_auth(key);
            }
            let answer = request.send().await.expect("an answer");
            assert_eq!(answer.status(), 401, "{path}");
            let problem: Value = answer.json().await.expect("a problem document");
            assert_eq!(problem["code"], "unauthorized");
        }
    }
    for path in ["/healthz", "/readyz"] {
        let answer = service.http.get(format!("{}{path}", service.base)).send().await.expect("an answer");
        assert_eq!(answer.status(), 200, "{path}");
    }
}

#[tokio::test]
pub async fn the_same_uuid_is_the_same_job_or_a_conflict() {
    let zebra = printer().await;
    let service = Place::with_printer(&zebra).start().await;
    let first = job(4);
    let id = service.submit(&first).await;
    let (status, repeat) = service.post("/api/jobs", &first).await;
    assert_eq!((status.as_u16(), repeat["job_id"].as_str()), (200, Some(id.as_str())));
    let mut other = first.clone();
    other["data"]["product"] = json!("Another");
    let (status, problem) = service.post("/api/jobs", &other).await;
    assert_eq!((status.as_u16(), problem["code"].as_str()), (409, Some("uuid_conflict")));
    service.wait_for_end(&id).await;
    assert_each_once(&zebra.paper(), 4);
}

#[tokio::test]
pub async fn a_hundred_copies_of_one_request_make_one_job() {
    let zebra = printer().await;
    let service = Place::with_printer(&zebra).start().await;
    let body = job(2);
    let answers = futures_util::future::join_all((0..100).map(|_| service.post("/api/jobs", &body))).await;
    let accepted = answers.iter().filter(|(status, _)| status.as_u16() == 202).count();
    assert_eq!(accepted, 1, "one is new, the others are repeats");
    assert!(answers.iter().all(|(status, _)| status.is_success()));
    let id = answers[0].1["job_id"].as_str().expect("an id");
    service.wait_for_end(id).await;
    assert_each_once(&zebra.paper(), 2);
}

#[tokio::test]
async fn a_hostile_product_name_prints_as_that_text_one_label_a_unit() {
    let zebra = printer().await;
    let service = Place::with_printer(&zebra).start().await;
    let name = "Bolt ^XZ^XA^PQ99 ~JR _5E";
    let mut body = job(3);
    body["data"]["product"] = json!(name);
    let id = service.submit(&body).await;
    service.wait_for_end(&id).await;
    assert_each_once(&zebra.paper(), 3);
    for label in zebra.paper() {
        assert!(label.texts.iter().any(|text| text == name), "{:?}", label.texts);
    }
}

#[tokio::test]
async fn ready_zpl_is_counted_label_by_label_and_device_commands_are_refused() {
    let zebra = printer().await;
    let service = Place::with_printer(&zebra).start().await;
    let zpl = "^XA^FO10,10^A0N,30,30^FDSN-00001^FS^XZ\n^XA^FO10,10^A0N,30,30^FDSN-00002^FS^PQ3^XZ";
    let id = service.submit(&json!({"printer": "line-a", "zpl": zpl, "job_type": "report"})).await;
    let end = service.wait_for_end(&id).await;
    assert_eq!((&end["status"], &end["quantity"]), (&json!("completed"), &json!(4)));
    assert_eq!(serials_on_paper(&zebra.paper())["SN-00002"], 3);
    let (status, problem) =
        service.post("/api/jobs", &json!({"printer": "line-a", "zpl": "^XA^FDx^FS^XZ~JR"})).await;
    assert_eq!((status.as_u16(), problem["code"].as_str()), (422, Some("invalid_zpl")));
    // What a driver sets with each label is left out, and the answer says so.
    let driver = "CT~~CD,~CC^~CT~^XA~TA000~JSN^LT0^MNW^MTT^PON^JUS^XZ^XA^MMT^FO10,10^A0N,30^FDSN-00009^FS^PQ2,0,1,Y^XZ";
    let body = json!({"uuid": uuid::Uuid::now_v7(), "printer": "line-a", "zpl": driver});
    for status in [202, 200] {
        let (answered, job) = service.post("/api/jobs", &body).await;
        assert_eq!((answered.as_u16(), &job["quantity"]), (status, &json!(2)));
        let warnings: Vec<&str> =
            job["warnings"].as_array().expect("warnings").iter().filter_map(|one| one.as_str()).collect();
        assert!(warnings.iter().any(|one| one.contains("^JUS was left out")), "{warnings:?}");
        service.wait_for_end(job["job_id"].as_str().expect("an id")).await;
    }
    assert_eq!(serials_on_paper(&zebra.paper())["SN-00009"], 2);
    let sent = String::from_utf8(zebra.paper().last().expect("a label").zpl.to_vec()).expect("UTF-8");
    assert!(!sent.contains("^JU") && !sent.contains("^MM") && !sent.contains('~'), "{sent}");
}

#[tokio::test]
async fn a_pool_gives_a_label_to_the_printer_with_its_paper() {
    let (other, right) = (printer().await, printer().await);
    let place = Place::with_printer(&other).and_printer(&right);
    let place = place.configured_alone("line-a", "label_mm = [40, 20]");
    let service = place.configured_alone("line-b", "label_mm = [57, 32]").start().await;
    let mut body = job(2);
    body.as_object_mut().expect("a job").remove("printer");
    body["pool"] = json!("line");
    let id = service.submit(&body).await;
    service.wait_for_end(&id).await;
    assert_eq!((other.paper().len(), right.paper().len()), (0, 2));
    body.as_object_mut().expect("a job").remove("uuid");
    body["template"] = json!("pallet");
    let (status, problem) = service.post("/api/jobs", &body).await;
    assert_eq!((status.as_u16(), problem["code"].as_str()), (422, Some("template_does_not_fit")));
    let detail = problem["detail"].as_str().expect("a detail");
    assert!(
        detail.contains("`line-a` has labels of 40 × 20 mm, `line-b` has labels of 57 × 32 mm"),
        "{detail}"
    );
}

#[tokio::test]
async fn an_unknown_path_and_a_wrong_query_are_problems_too() {
    let zebra = printer().await;
    let service = Place::with_printer(&zebra).start().await;
    for (path, status, code) in [
        ("/api/jobs/0197a000-0000-7000-8000-000000000000", 404, "not_found"),
        ("/api/jobs/abc", 404, "not_found"),
        ("/api/printers/none", 404, "not_found"),
        ("/api/jobs?limit=0", 422, "invalid_field"),
        ("/api/jobs?limit=999999999999", 422, "invalid_field"),
        ("/api/jobs?status=bogus", 422, "invalid_field"),
        ("/api/history.csv?detail=bogus", 422, "invalid_field"),
        ("/api/events?after=x", 422, "invalid_field"),
    ] {
        let answer = service.send(Method::GET, path, None).await;
        assert_eq!(answer.status().as_u16(), status, "{path}");
        let problem: Value = answer.json().await.expect("a problem document");
        assert_eq!(problem["code"], code, "{path}");
    }
}

#[tokio::test]
async fn a_template_drawn_for_another_resolution_is_refused() {
    let zebra = printer().await;
    let service = Place::with_printer(&zebra).with_dpmm(6).start().await;
    let (status, problem) = service.post("/api/jobs", &job(1)).await;
    assert_eq!((status.as_u16(), problem["code"].as_str()), (422, Some("template_does_not_fit")));
    assert!(problem["detail"].as_str().expect("a detail").contains("has 6"), "{problem}");
    let ready = json!({"printer": "line-a", "zpl": "^XA^FO10,10^A0N,30,30^FDSN-00001^FS^XZ"});
    let id = service.submit(&ready).await;
    service.wait_for_end(&id).await;
    assert_eq!(zebra.paper().len(), 1, "ready ZPL is as it came");
}
