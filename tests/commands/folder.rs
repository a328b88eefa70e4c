//! What needs no service, and what is said where there is none.

use super::service::{NOBODY_LISTENS, Place};

#[tokio::test(flavor = "multi_thread")]
async fn without_a_service_the_way_to_start_it_is_told() {
    let place = Place::new(&[]);
    let sentence = place.call(&["jobs", "--server", &format!("http://{NOBODY_LISTENS}")]).fails(1);
    assert!(sentence.contains("platen serve"), "{sentence}");
    assert_eq!(sentence.lines().count(), 1, "{sentence}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_key_in_the_configuration_is_named_with_its_line() {
    let place = Place::new(&[]);
    let file = place.write("wrong.toml", "[server]\nlissten = \"127.0.0.1:1\"\n");
    for command in ["jobs", "doctor", "templates"] {
        let sentence = place.call(&[command, "--config", &file]).fails(2);
        assert!(sentence.contains("line 2") && sentence.contains("lissten"), "{sentence}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn templates_are_read_from_the_configured_folder() {
    let place = Place::new(&[]);
    let list = place.call(&["templates"]).succeeds();
    assert!(list.contains("mo_label") && list.contains("57 x 32 mm") && list.contains("product*"), "{list}");
    let said = place.call(&["templates", "lint"]).succeeds();
    assert_eq!(said.lines().filter(|line| line.starts_with("ok    ")).count(), 10, "{said}");
    assert_eq!(place.call(&["templates", "lint", "test"]).succeeds(), "ok    test\n");
    let json: serde_json::Value =
        serde_json::from_str(&place.call(&["templates", "lint", "box", "--json"]).succeeds()).unwrap();
    assert_eq!(json, serde_json::json!({"templates": [{"name": "box", "refusal": null, "findings": []}]}));
    assert!(place.call(&["render", "mo_label"]).succeeds().contains("SN-000001"));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_wrong_template_is_named() {
    let place = Place::new(&[]);
    let folder = place.folder.path().join("labels");
    for (name, zpl) in [
        ("good", "^XA^FO10,10^FDx^FS^XZ"),
        ("loose", "^XA^FDx"),
        ("odd", "^XA^FO1,1^FH_^FD{{ nosuch }}^FS^XZ"),
    ] {
        std::fs::create_dir_all(folder.join(name)).unwrap();
        std::fs::write(folder.join(name).join("label.zpl"), zpl).unwrap();
        std::fs::write(folder.join(name).join("sample.json"), "{}").unwrap();
        let manifest = "title = \"A\"\nwidth_mm = 57\nheight_mm = 32\ndpmm = 8\n";
        std::fs::write(folder.join(name).join("template.toml"), manifest).unwrap();
    }
    let said = place.call(&["templates", "lint", "--templates", &folder.display().to_string()]);
    let lines = said.stdout();
    assert!(said.fails(1).contains("2 of 3"), "{lines}");
    assert!(lines.contains("ok    good") && lines.contains("loose") && lines.contains("nosuch"), "{lines}");
}
