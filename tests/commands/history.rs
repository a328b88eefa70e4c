//! What was recorded of labels, long after: found by serial, and proved to be as it was recorded.

use super::service::{Place, printer};
use serde_json::Value;
use sqlx::Connection;
use sqlx::sqlite::SqliteConnection;

const ORDER: &str = r#"{"mo": {"id": 42, "name": "WH/MO/00042"}, "data": {"product": "Desk"},
    "labels": [{"serial": "SN-1"}, {"serial": "SN-2"}, {"serial": "SN-3"}]}"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_label_changed_in_the_database_is_named() {
    let zebra = printer("XXH").await;
    let mut place = Place::new(&[("line-a", zebra.address().to_string())]);
    let service = place.serve();
    let data = place.write("order.json", ORDER);
    place.call(&["print", "mo_label", "--printer", "line-a", "--data", &data]).succeeds();
    place.call(&["print", "mo_label", "--printer", "line-a", "--data", &data]).succeeds();

    let while_it_runs = place.call(&["history", "verify"]).succeeds();
    assert!(
        while_it_runs.contains("6 entries") && while_it_runs.contains("as it was recorded"),
        "{while_it_runs}"
    );
    let head = while_it_runs.lines().find_map(|line| line.strip_prefix("head ")).unwrap().to_owned();
    drop(service);

    let twice = place.call(&["history", "find", "SN-2", "--json"]).json();
    let labels = twice["labels"].as_array().unwrap();
    assert_eq!(labels.len(), 2, "the label and its repetition in another job: {twice}");
    for label in labels {
        assert_eq!(
            (&label["label"], &label["printer"], &label["evidence"], &label["mo"], &label["current"]),
            (&2.into(), &"line-a".into(), &"odometer".into(), &"WH/MO/00042".into(), &true.into())
        );
    }
    let table = place.call(&["history", "find", "SN-2"]).succeeds();
    assert!(table.contains("odometer") && table.lines().count() == 3, "{table}");
    assert!(place.call(&["history", "find", "SN-"]).fails(1).contains("whole serial"));

    place.call(&["history", "verify", "--expect", &head]).succeeds();
    let whole = place.call(&["history", "verify", "--json"]).json();
    assert_eq!((&whole["entries"], &whole["head"]), (&6.into(), &head.into()));

    alter(&place, "UPDATE ledger SET printer = 'line-b' WHERE serial = 'SN-2' AND number < 4").await;
    let said = place.call(&["history", "verify"]);
    let lines = said.stdout();
    assert!(said.fails(1).contains("2 findings"));
    assert!(lines.contains("! Entry 2 (label 2 of job ") && lines.contains("serial SN-2"), "{lines}");
    assert!(lines.contains("printer `line-a` instead of `line-b`"), "{lines}");
    let said = place.call(&["history", "verify", "--json"]);
    let findings: Value = serde_json::from_str(&said.stdout()).unwrap();
    assert_eq!((&findings["findings"][0]["code"], said.code()), (&"altered".into(), Some(1)));
    alter(&place, "UPDATE ledger SET printer = 'line-a' WHERE number = 2").await;

    place.call(&["history", "verify"]).succeeds();
    alter(&place, "UPDATE labels SET outcome = 'unconfirmed', evidence = 'none' WHERE entry = 6").await;
    let said = place.call(&["history", "verify"]);
    assert!(said.stdout().contains("outcome `unconfirmed` instead of `printed`"), "{}", said.stdout());
    assert!(said.stdout().contains("counts 3 printed"), "{}", said.stdout());
    said.fails(1);
    zebra.stop().await;
}

async fn alter(place: &Place, statement: &'static str) {
    let file = place.folder.path().join("platen.db");
    let mut database = SqliteConnection::connect(&format!("sqlite://{}", file.display())).await.unwrap();
    assert_eq!(sqlx::query(statement).execute(&mut database).await.unwrap().rows_affected(), 1);
    database.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn where_there_is_no_history_the_way_to_it_is_told() {
    let place = Place::new(&[]);
    let sentence = place.call(&["history", "verify"]).fails(1);
    assert!(sentence.contains("platen.db") && sentence.contains("--config"), "{sentence}");
    assert!(!place.folder.path().join("platen.db").exists(), "a look makes no database");
    assert!(place.call(&["history", "verify", "--expect", "12"]).stderr().contains("NUMBER:SEAL"));
}
