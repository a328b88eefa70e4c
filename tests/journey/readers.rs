//! What those who follow get: stream, status, CSV, documentation.

use crate::harness::*;
use futures_util::StreamExt;
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test]
pub async fn the_stream_is_numbered_and_resumes_where_a_reader_left() {
    let zebra = printer().await;
    let service = Place::with_printer(&zebra).start().await;
    let id = service.submit(&job(20)).await;
    service.wait_for_end(&id).await;
    let all = frames(&service, "/api/events?after=0", None, |frame| frame.contains("\"completed\"")).await;
    let numbers: Vec<i64> = all.iter().filter_map(|frame| number(frame)).collect();
    assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]), "strictly rising: {numbers:?}");
    let middle = numbers[numbers.len() / 2];
    let rest = frames(&service, "/api/events", Some(middle), |frame| frame.contains("\"completed\"")).await;
    let resumed: Vec<i64> = rest.iter().filter_map(|frame| number(frame)).collect();
    let expected: Vec<i64> = numbers.iter().copied().filter(|number| *number > middle).collect();
    assert_eq!(resumed, expected, "nothing missed, nothing twice");
    let ahead = frames(&service, "/api/events?after=999999", None, |frame| frame.contains("resync")).await;
    assert!(!ahead.is_empty(), "a number from another life is told to begin anew");
}

fn number(frame: &str) -> Option<i64> {
    frame.lines().find_map(|line| line.strip_prefix("id: ")).and_then(|id| id.parse().ok())
}

async fn frames(
    service: &Service,
    path: &str,
    last_event_id: Option<i64>,
    is_last: impl Fn(&str) -> bool,
) -> Vec<String> {
    let mut request = service.http.get(format!("{}{path}", service.base)).bearer_auth(KEY);
    if let Some(number) = last_event_id {
        request = request.header("Last-Event-ID", number.to_string());
    }
    let mut bytes = request.send().await.expect("the stream").bytes_stream();
    let mut text = String::new();
    let mut found = Vec::new();
    let reading = async {
        while let Some(Ok(chunk)) = bytes.next().await {
            text.push_str(&String::from_utf8_lossy(&chunk));
            while let Some(end) = text.find("\n\n") {
                let frame: String = text.drain(..end + 2).collect();
                let last = is_last(&frame);
                if frame.contains("event: ") {
                    found.push(frame);
                }
                if last {
                    return;
                }
            }
        }
    };
    tokio::time::timeout(PATIENCE, reading).await.expect("the frame came");
    found
}

#[tokio::test]
async fn progress_counts_up_and_never_runs_ahead_of_the_paper() {
    let zebra = slow_printer(30.0).await;
    let service = Place::with_printer(&zebra).start().await;
    let id = service.submit(&job(30)).await;
    let mut seen = Vec::new();
    for threshold in [5, 10, 20, 30] {
        let job = service
            .wait_for(&id, "progress", |job| job["current_label"].as_i64().unwrap_or(0) >= threshold)
            .await;
        let count = job["current_label"].as_u64().expect("a count");
        assert!(count <= zebra.paper().len() as u64, "evidence first");
        seen.push(job["revision"].as_i64().expect("a revision"));
    }
    assert!(seen.windows(2).all(|pair| pair[0] < pair[1]), "revisions rise: {seen:?}");
}

#[tokio::test]
pub async fn a_manager_gets_the_filtered_history_as_csv() {
    let zebra = printer().await;
    let service = Place::with_printer(&zebra).start().await;
    let mut formula = job(2);
    formula["mo"]["name"] = json!("=cmd()");
    for body in [job(3), formula] {
        let id = service.submit(&body).await;
        service.wait_for_end(&id).await;
    }
    let csv = service.send(Method::GET, "/api/history.csv", None).await;
    assert_eq!(csv.headers()["content-type"], "text/csv; charset=utf-8");
    let text = csv.text().await.expect("text");
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let rows: Vec<Value> = reader
        .deserialize()
        .map(|row: Result<std::collections::BTreeMap<String, String>, _>| json!(row.expect("a row")))
        .collect();
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0]["mo"], "'=cmd()", "newest first, and no formula");
    assert_eq!((&rows[1]["status"], &rows[1]["printed"]), (&json!("completed"), &json!("3")));
    let labels = service.send(Method::GET, "/api/history.csv?detail=labels&mo=WH/MO/00042-001", None).await;
    let text = labels.text().await.expect("text");
    assert_eq!(text.lines().count(), 4, "a header and three labels: {text}");
    assert!(text.contains("SN-00003,printed,odometer,line-a,1,"));
    assert!(
        text.lines().skip(1).all(|line| line.ends_with(",yes,,")),
        "each outcome is the current one: {text}"
    );
}

#[tokio::test]
async fn a_label_is_found_by_its_serial_in_every_job_it_stood_in() {
    let zebra = printer().await;
    let service = Place::with_printer(&zebra).start().await;
    let mut ids = Vec::new();
    for body in [job(3), job(2)] {
        let id = service.submit(&body).await;
        service.wait_for_end(&id).await;
        ids.push(id);
    }
    let found = service.get("/api/labels?serial=SN-00002").await;
    let labels = found["labels"].as_array().expect("a list");
    let jobs: Vec<&str> = labels.iter().filter_map(|label| label["job_id"].as_str()).collect();
    assert_eq!(jobs, ids, "oldest first");
    assert_eq!(
        (&labels[0]["label"], &labels[0]["outcome"], &labels[0]["evidence"], &labels[0]["attempt"]),
        (&json!(2), &json!("printed"), &json!("odometer"), &json!(1))
    );
    assert_eq!((&labels[0]["mo"], &labels[0]["current"]), (&json!("WH/MO/00042-001"), &json!(true)));
    let page = service.get("/api/labels?serial=SN-00002&limit=1").await;
    let rest = service.get(&format!("/api/labels?serial=SN-00002&after={}", page["next_after"])).await;
    assert_eq!((&rest["labels"][0], &rest["next_after"]), (&labels[1], &json!(null)));
    assert_eq!(service.get("/api/labels?serial=SN-00009").await["labels"], json!([]));
    let answer = service.send(Method::GET, "/api/labels", None).await;
    assert_eq!(answer.status(), 422, "without a serial");

    let jobs = service.get("/api/jobs?q=SN-00003").await;
    let jobs = jobs["jobs"].as_array().expect("a list");
    assert_eq!(jobs.len(), 1, "a whole serial finds its job");
    assert_eq!(jobs[0]["job_id"], ids[0].as_str());
    assert_eq!(service.get("/api/jobs?q=SN-0000").await["jobs"], json!([]), "a part of one does not");
    assert_eq!(service.get("/api/jobs?q=00042").await["jobs"].as_array().expect("a list").len(), 2);
}

#[tokio::test]
pub async fn a_search_takes_small_and_capital_letters_alike_and_signs_as_they_are() {
    let zebra = printer().await;
    let service = Place::with_printer(&zebra).start().await;
    service.post("/api/printers/line-a/pause", &json!({})).await;
    for (index, name) in (1..).zip(["WH/MO/Ärmel_1", "WH/MO/aermel-1", "WH/MO/100%!"]) {
        let mut body = job_of(&[index]);
        body["mo"]["name"] = json!(name);
        service.submit(&body).await;
    }
    let cases: [(&str, usize); 9] = [
        ("wh/mo", 3),
        ("AERMEL", 1),
        ("ÄRMEL", 1),
        ("ärmel", 0),
        ("_", 3),
        ("l_1", 1),
        ("%", 1),
        ("!", 1),
        ("nothing", 0),
    ];
    for (text, count) in cases {
        let encoded: String = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let page = service.get(&format!("/api/jobs?q={encoded}")).await;
        assert_eq!(page["jobs"].as_array().map(Vec::len), Some(count), "{text}: {page}");
    }
}

#[tokio::test]
pub async fn pollers_ask_for_many_jobs_at_once() {
    let zebra = printer().await;
    let service = Place::with_printer(&zebra).start().await;
    let body = job(1);
    let id = service.submit(&body).await;
    service.wait_for_end(&id).await;
    let stranger = "0197a000-0000-7000-8000-000000000000";
    let (_, answer) = service.post("/api/status", &json!({"ids": [body["uuid"], stranger]})).await;
    assert_eq!(answer["jobs"][0]["job_id"], id.as_str());
    assert_eq!(answer["unknown"], json!([stranger]));
    let keys: Vec<&String> = answer["jobs"][0].as_object().expect("an object").keys().collect();
    for key in [
        "uuid",
        "status",
        "quantity",
        "current_label",
        "progress_percent",
        "printer",
        "unconfirmed",
        "attention",
        "error_code",
        "error_message",
        "eta_seconds",
        "revision",
        "updated_at",
    ] {
        assert!(keys.iter().any(|known| *known == key), "{key}");
    }
}

#[tokio::test]
async fn the_printer_page_names_the_device() {
    let zebra = printer().await;
    let service = Place::with_printer(&zebra).start().await;
    let id = service.submit(&job(1)).await;
    service.wait_for_end(&id).await;
    let printers = service.get("/api/printers").await;
    let found = &printers["printers"][0];
    assert_eq!((&found["name"], &found["unique_id"]), (&json!("line-a"), &json!("XXSIM000000001")));
    assert!(found["odometer"].is_i64() && found["last_seen_at"].is_string(), "{found}");
}

#[tokio::test]
async fn the_documentation_describes_the_calls() {
    let zebra = printer().await;
    let service = Place::with_printer(&zebra).start().await;
    let document = service.get("/openapi.json").await;
    for path in
        ["/api/jobs", "/api/labels", "/api/status", "/api/printers", "/api/events", "/api/history.csv"]
    {
        assert!(document["paths"][path].is_object(), "{path}");
    }
    for path in ["/docs/", "/"] {
        let page = service.send(Method::GET, path, None).await;
        assert_eq!(page.status(), 200, "{path}");
    }
}

#[tokio::test]
async fn a_label_can_be_seen_before_it_prints() {
    let zebra = printer().await;
    let service = Place::with_printer(&zebra).start().await;
    let mut body = job(2);
    body["label"] = json!(2);
    let picture = service.send(Method::POST, "/api/templates/mo_label/preview", Some(&body)).await;
    assert_eq!(picture.headers()["content-type"], "image/png");
    let picture = image::load_from_memory(&picture.bytes().await.expect("bytes")).expect("a picture");
    assert_eq!((picture.width(), picture.height()), (456, 256), "57 by 32 mm at 8 dots");
    body["format"] = json!("zpl");
    let zpl = service.send(Method::POST, "/api/templates/mo_label/preview", Some(&body)).await;
    let zpl = zpl.text().await.expect("text");
    assert!(zpl.contains("SN-00002") && zpl.ends_with("^XZ"), "{zpl}");
    body["data"] = json!({});
    let (status, problem) = service.post("/api/templates/mo_label/preview", &body).await;
    assert_eq!((status.as_u16(), problem["code"].as_str()), (422, Some("invalid_field")));
    assert!(zebra.paper().is_empty(), "nothing printed");
}

#[tokio::test]
async fn a_test_label_comes_out_and_the_figures_count_it() {
    let zebra = printer().await;
    let service = Place::with_printer(&zebra).start().await;
    let (status, job) = service.post("/api/printers/line-a/test", &json!({})).await;
    assert_eq!((status.as_u16(), &job["job_type"]), (202, &json!("test")));
    service.wait_for_end(job["job_id"].as_str().expect("an id")).await;
    assert_eq!(zebra.paper().len(), 1);
    let (status, probed) = service.post("/api/printers/line-a/probe", &json!({})).await;
    assert_eq!((status.as_u16(), &probed["name"]), (200, &json!("line-a")));
    let figures = service.send(Method::GET, "/metrics", None).await.text().await.expect("text");
    assert!(figures.contains("platen_labels_printed_total 1\n"), "{figures}");
    assert!(figures.contains("platen_printer_up{printer=\"line-a\"} 1\n"), "{figures}");
    let (status, _) = service.post("/api/printers/none/test", &json!({})).await;
    assert_eq!(status.as_u16(), 404);
}
