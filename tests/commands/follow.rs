//! Printing from a shell, and looking at it afterwards.

use super::service::{Place, printer};
use serde_json::Value;

const ORDER: &str = r#"{"mo": {"id": 42, "name": "WH/MO/00042"}, "data": {"product": "Desk"},
    "labels": [{"serial": "SN-1"}, {"serial": "SN-2"}, {"serial": "SN-3"}]}"#;

#[tokio::test(flavor = "multi_thread")]
async fn print_follows_a_job_to_its_end() {
    let zebra = printer("XXA").await;
    let mut place = Place::new(&[("line-a", zebra.address().to_string())]);
    let _service = place.serve();
    let data = place.write("order.json", ORDER);

    let said = place.call(&["print", "mo_label", "--printer", "line-a", "--data", &data]).succeeds();
    let uuid = said.lines().next().unwrap().strip_prefix("uuid ").unwrap().to_owned();
    assert!(said.contains("accepted: 3 labels on line-a"), "{said}");
    assert!(said.contains("3 of 3 printed on line-a"), "{said}");

    let again = ["print", "mo_label", "--printer", "line-a", "--data", &data, "--uuid", &uuid];
    assert!(place.call(&again).succeeds().contains("not sent again"));
    assert_eq!(zebra.paper().len(), 3, "the repeat printed nothing");

    let to_the_pool =
        place.call(&["print", "test", "--pool", "line", "--quantity", "2", "--copies", "2", "--json"]).json();
    assert_eq!(
        (to_the_pool["status"].as_str(), to_the_pool["current_label"].as_i64()),
        (Some("completed"), Some(4))
    );

    let jobs = place.call(&["jobs", "--mo", "WH/MO/00042"]).succeeds();
    assert!(jobs.contains("completed") && jobs.contains("3 of 3") && !jobs.contains("4 of 4"), "{jobs}");
    let shown = place.call(&["jobs", "show", &uuid, "--labels"]).succeeds();
    assert!(shown.contains("SN-3") && shown.contains("odometer"), "{shown}");
    assert_eq!(
        place.call(&["jobs", "list", "--json", "--limit", "1"]).json()["jobs"].as_array().unwrap().len(),
        1
    );
    let refused = place.call(&["jobs", "retry", &uuid]).fails(1);
    assert!(refused.contains("every label is printed"), "{refused}");

    let printers = place.call(&["printers"]).succeeds();
    assert!(printers.contains("line-a") && printers.contains("XXA"), "{printers}");

    let out = place.folder.path().join("labels.csv");
    let csv = ["export", "--detail", "labels", "--mo", "WH/MO/00042", "--out", &out.display().to_string()];
    place.call(&csv).succeeds();
    let csv = std::fs::read_to_string(&out).unwrap();
    assert_eq!(csv.lines().count(), 4, "{csv}");
    let jobs = place.call(&["export"]).succeeds();
    assert!(jobs.starts_with("\u{feff}job_id,") && jobs.lines().count() == 3, "{jobs}");
    zebra.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_waits_is_withdrawn() {
    let zebra = printer("XXB").await;
    let mut place = Place::new(&[("line-a", zebra.address().to_string())]);
    let _service = place.serve();
    assert!(place.call(&["printers", "pause", "line-a"]).succeeds().contains("line-a is paused"));
    let job: Value = place.call(&["print", "test", "--printer", "line-a", "--no-wait", "--json"]).json();
    let id = job["job_id"].as_str().unwrap();
    assert!(place.call(&["jobs", "pause", id]).succeeds().contains("0 of 1 labels printed"));
    assert!(place.call(&["jobs", "cancel", id]).succeeds().contains("is cancelled"));
    assert!(place.call(&["printers", "resume", "line-a"]).succeeds().contains("may print"));
    assert!(place.call(&["jobs", "retry", id]).succeeds().contains("is queued"));
    let said = place.call(&["print", "test", "--printer", "line-a", "--uuid", job["uuid"].as_str().unwrap()]);
    assert!(said.succeeds().contains("1 of 1 printed"));
    zebra.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_person_should_do_is_shown_while_it_matters() {
    let zebra = printer("XXC").await;
    let mut place = Place::new(&[("line-a", zebra.address().to_string())]);
    let _service = place.serve();
    zebra.open_head();
    let print = place.start(&["print", "test", "--printer", "line-a", "--quantity", "2"]);
    assert!(print.says("! ").contains("Close the head"));
    let printers = place.call(&["printers"]).succeeds();
    assert!(
        printers.contains("faulted") && printers.contains("  ! The print head is open. Close"),
        "{printers}"
    );
    let report = place.call(&["doctor"]).succeeds();
    assert!(report.contains("! warn  printer line-a") && report.contains("-> Close the head"), "{report}");
    zebra.close_head();
    print.says("2 of 2 printed on line-a");
    assert_eq!(print.ends(), Some(0));
    zebra.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_ends_otherwise_is_a_failure() {
    let zebra = printer("XXD").await;
    let mut place = Place::new(&[("line-a", zebra.address().to_string())]);
    let _service = place.serve();
    place.call(&["printers", "pause", "line-a"]).succeeds();
    let print = place.start(&["print", "test", "--printer", "line-a"]);
    let accepted = print.says("accepted");
    let id = accepted.split(' ').nth(1).unwrap();
    print.says("! line-a is paused here");
    place.call(&["jobs", "cancel", id]).succeeds();
    assert_eq!(print.ends(), Some(1));
    zebra.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_one_sentence_with_the_mend() {
    let mut place = Place::new(&[("line-a", "127.0.0.1:1".to_owned())]);
    let _service = place.serve();
    let sentence = place.call(&["print", "nosuch", "--printer", "line-a"]).fails(1);
    assert_eq!(
        sentence,
        "platen: There is no template named `nosuch`. Choose one of the templates listed by `platen templates`.\n"
    );
    let sentence = place.call(&["jobs", "show", "nosuch"]).fails(1);
    assert!(sentence.contains("no job `nosuch`"), "{sentence}");
    let sentence = place.call_with(&["jobs"], &[("PLATEN_API_KEY", "wrong")]).fails(1);
    assert!(sentence.contains("not known") && !sentence.contains("wrong"), "{sentence}");
    assert_eq!(place.call(&["print", "test"]).code(), Some(2), "neither printer nor pool");
    let sentence = place.call(&["jobs", "--status", "queued", "cancel", "x"]).fails(2);
    assert!(sentence.contains("behind the verb"), "{sentence}");
}
