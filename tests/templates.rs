//! The templates that ship, seen from outside: through the library, the command line and a bar code reader.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop at the spot")]

#[path = "templates/decoded_symbols.rs"]
mod decoded_symbols;
#[path = "templates/good_labels.rs"]
mod good_labels;
#[path = "templates/hostile_values.rs"]
mod hostile_values;
#[path = "templates/language.rs"]
mod language;
#[path = "templates/lint_pictures.rs"]
mod lint_pictures;
#[path = "templates/odoo_reports.rs"]
mod odoo_reports;
#[path = "templates/scripts.rs"]
mod scripts;
#[path = "templates/seeded_defects.rs"]
mod seeded_defects;
#[path = "templates/shipped.rs"]
mod shipped;

use platen::render::preview::{Canvas, Painter, PreviewError};
use platen::render::{Catalogue, Sample, Template};
use serde_json::json;
use std::path::Path;

fn catalogue() -> Catalogue {
    Catalogue::load(Path::new("zpl_templates")).unwrap()
}

fn rendered(template: &Template, job: &serde_json::Value) -> Vec<String> {
    let job = Sample::parse(&job.to_string()).unwrap();
    (1..=job.count())
        .map(|index| {
            let content = job.label(index).unwrap();
            template.check(&content).unwrap();
            template.render(&content).unwrap()
        })
        .collect()
}

fn painter() -> Painter {
    Painter::new(env!("CARGO_BIN_EXE_platen").into())
}

fn draw(zpl: &str, canvas: Canvas) -> Result<Vec<u8>, PreviewError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(painter().draw(zpl, canvas))
}

/// The picture of a label, drawn without haste: the drawing process is not compiled for speed, and others run beside.
fn worker_picture(zpl: &str, canvas: Canvas) -> image::GrayImage {
    let size =
        [("width-mm", canvas.width_mm), ("height-mm", canvas.height_mm), ("dpmm", f64::from(canvas.dpmm))];
    let drawn = assert_cmd::Command::new(env!("CARGO_BIN_EXE_platen"))
        .arg("render-worker")
        .args(size.map(|(name, value)| format!("--{name}={value}")))
        .write_stdin(zpl)
        .assert()
        .success();
    image::load_from_memory(&drawn.get_output().stdout).unwrap().into_luma8()
}

const SMALL: Canvas = Canvas { width_mm: 57.0, height_mm: 32.0, dpmm: 8 };

/// What a reader sees on the picture of a label.
fn scan(zpl: &str, format: rxing::BarcodeFormat) -> String {
    let picture = image::load_from_memory(&draw(zpl, SMALL).unwrap()).unwrap().into_luma8();
    let (width, height) = picture.dimensions();
    // What the picture does not show stands below the label.
    assert!(width == 456 && height >= 256, "{width} x {height}");
    let read = rxing::helpers::detect_in_luma(picture.into_raw(), width, height, Some(format));
    read.unwrap_or_else(|error| panic!("{error} in {zpl}")).getText().to_owned()
}

#[test]
fn the_question_whether_a_label_is_done_is_not_seen_on_it() {
    let template = catalogue().get("mo_label").unwrap();
    let job = json!({"data": {"product": "Desk", "code": "FURN_7800"}, "labels": [{"serial": "SN-000001"}]});
    let zpl = rendered(&template, &job).remove(0);
    let asking = platen::zebra::ask_for_verification(zpl.clone().into_bytes(), "0b5c7d9e1f20/1/100000");
    let asking = String::from_utf8(asking).unwrap();
    let seen = draw(&zpl, SMALL).unwrap();
    assert_eq!(draw(&asking, SMALL).unwrap(), seen);
    // Also where a numbered field is drawn as any other, which the picture of this one is not.
    let plain = asking.replace("^FN9999", "");
    assert_eq!(draw(&plain, SMALL).unwrap(), seen);
    assert_ne!(
        draw(&plain.replace("^FO9999,0", "^FO40,40"), SMALL).unwrap(),
        seen,
        "it would be seen elsewhere"
    );
}

#[test]
fn the_job_of_the_contract_prints_with_the_template_that_ships() {
    let catalogue = catalogue();
    let template = catalogue.get("mo_label").unwrap();
    let job = json!({
        "uuid": "0197", "template": "mo_label", "printer": "line-a", "job_type": "mo_split", "priority": 5,
        "mo": {"id": 42, "name": "WH/MO/00042-001"},
        "data": {"product": "Desk Combination", "code": "FURN_7800"},
        "labels": [{"serial": "SN-000001"}, {"serial": "SN-000002"}],
        "expires_at": null
    });
    let labels = rendered(&template, &job);
    assert!(labels[1].contains("^FDSN-000002^FS") && labels[1].contains("^FD2 of 2^FS"));
    let pinned = Template::from_files("mo_label", template.files().clone()).unwrap();
    assert_eq!(pinned.version(), template.version());
    assert_eq!(rendered(&pinned, &job), labels);
}

#[test]
fn the_bar_code_carries_the_serial_else_the_lot_else_the_order() {
    let template = catalogue().get("mo_label").unwrap();
    let job = json!({
        "mo": {"id": 42, "name": "WH/MO/00042-001"},
        "data": {"product": "Four Person Desk with Cable Management, Oak Veneer, Adjustable, Left Side"},
        "labels": [
            {"serial": "SN-000001"}, {"lot": "LOT-0042", "serial": false}, {"serial": "S1", "lot": "L1"}, {},
            {"serial": "012345678901234567890123"}, {"serial": "ABCDEFGHIJKLMNOPQRSTUVWX"},
            {"serial": "a^XZ~JR_5E,\\{%"}, {"lot": "O-2026-0131-000001X"},
        ]
    });
    let expected = [
        "SN-000001",
        "LOT-0042",
        "S1",
        "WH/MO/00042-001",
        "012345678901234567890123",
        "ABCDEFGHIJKLMNOPQRSTUVWX",
        "a^XZ~JR_5E,\\{%",
        "O-2026-0131-000001X",
    ];
    for (zpl, expected) in rendered(&template, &job).iter().zip(expected) {
        assert_eq!(scan(zpl, rxing::BarcodeFormat::CODE_128), expected);
    }
}

#[test]
fn a_quantity_tells_labels_apart_by_their_number() {
    let template = catalogue().get("mo_label").unwrap();
    let job =
        json!({"mo": {"id": 1, "name": "WH/MO/00001"}, "data": {"product": "Bolt"}, "quantity": 100_000});
    let job = Sample::parse(&job.to_string()).unwrap();
    let last = template.render(&job.label(100_000).unwrap()).unwrap();
    assert!(last.contains("^FD100000 of 100000^FS"), "{last}");
    assert_eq!(scan(&last, rxing::BarcodeFormat::CODE_128), "WH/MO/00001");
}

#[test]
fn the_test_label_prints_without_any_data() {
    let template = catalogue().get("test").unwrap();
    let labels = rendered(&template, &json!({"quantity": 1}));
    assert!(labels[0].contains("Test print"));
    assert_eq!(scan(&labels[0], rxing::BarcodeFormat::CODE_128), "TEST");
}

#[test]
fn two_dimensional_codes_carry_their_value_exactly() {
    let manifest = "title = 'T'\nwidth_mm = 57\nheight_mm = 32\ndpmm = 8\n[fields.a]\n";
    let source = |field: &str| format!("^XA^FO40,40{field}^FH_^FD{{{{ a }}}}^FS^XZ");
    let matrix = Template::from_parts("m", &source("^BXN,6,200,,,,_"), manifest).unwrap();
    let qr = source("^BQN,2,5").replace("^FD", "^FDQA,");
    let qr = Template::from_parts("q", &qr, manifest).unwrap();
    for value in ["Bolt ^XZ^XA^PQ99 ~JR _5E", "a_1b__c\\&>0,{{x}}", "QA,HM,N0123"] {
        let job = json!({"data": {"a": value}});
        assert_eq!(scan(&rendered(&matrix, &job)[0], rxing::BarcodeFormat::DATA_MATRIX), value);
        assert_eq!(scan(&rendered(&qr, &job)[0], rxing::BarcodeFormat::QR_CODE), value);
    }
}

#[test]
fn hostile_zpl_ends_in_an_error_and_takes_nobody_along() {
    for zpl in [
        "^XA^BY9999999^BCN,999999^FDx^FS^XZ",
        "^XA^BXN,999999,200^FDx^FS^XZ",
        "^XA^A0N,2000000,2000000^FDx^FS^XZ",
        "^XA^FO1,1^GB999999999,999999999,9^FS^XZ",
        "",
    ] {
        let started = std::time::Instant::now();
        // Some are clipped to the label by now; whatever comes back, it comes back in time.
        let _ = draw(zpl, SMALL);
        assert!(started.elapsed().as_secs() < 6, "{zpl}");
    }
    // The second would fit into a large machine's memory; the child's own limit stops it.
    for zpl in ["^XA^BXN,999999,200^FDx^FS^XZ", "^XA^BXN,1500,200^FDx^FS^XZ"] {
        let refusal = draw(zpl, SMALL).unwrap_err().to_string();
        assert!(refusal.contains("too much memory"), "{zpl}: {refusal}");
    }
    assert!(matches!(draw("", SMALL), Err(PreviewError::Refused(_))));
    assert!(draw("^XA^FO9,9^A0N,30^FDx^FS^XZ", SMALL).is_ok());
}

#[test]
fn the_command_prints_zpl_or_says_what_to_do() {
    let platen = || assert_cmd::Command::new(env!("CARGO_BIN_EXE_platen"));
    let ok = platen().args(["render", "mo_label"]).assert().success();
    let out = String::from_utf8(ok.get_output().stdout.clone()).unwrap();
    assert_eq!(out.matches("^PQ1^XZ").count(), 2);
    let folder = tempfile::tempdir().unwrap();
    let png = folder.path().join("label.png");
    platen().args(["render", "mo_label", "--label", "2", "--png"]).arg(&png).assert().success();
    assert!(std::fs::read(&png).unwrap().starts_with(b"\x89PNG"));
    for (arguments, input, word) in [
        (vec!["render", "nothing"], "", "use one of: box, component_bag"),
        (vec!["render", "mo_label", "--label", "3"], "", "labels 1 to 2"),
        (vec!["render", "mo_label", "--data", "-"], r#"{"data":{}}"#, "`product` is missing; send it"),
        (vec!["render", "mo_label", "--data", "-"], r#"{"data":{"product":"x"}}"#, "nothing in it"),
        (vec!["render", "mo_label", "--data", "-"], "[]", "not a JSON object"),
        (vec!["render", "mo_label", "--data", "/nowhere"], "", "cannot be read"),
        (vec!["render", "mo_label", "--templates", "/nowhere"], "", "cannot be read"),
    ] {
        let failed = platen().args(&arguments).write_stdin(input).assert().code(2);
        let complaint = String::from_utf8(failed.get_output().stderr.clone()).unwrap();
        assert!(complaint.starts_with("platen: ") && complaint.contains(word), "{arguments:?}: {complaint}");
        assert_eq!(complaint.lines().count(), 1, "{complaint}");
    }
}

#[test]
fn a_folder_with_a_mistake_is_refused_with_file_line_and_mend() {
    let manifest = "title = 'T'\nwidth_mm = 57\nheight_mm = 32\ndpmm = 8\n[fields.a]\nrequired = true\n";
    for (name, zpl, toml, sample, words) in [
        (
            "bad",
            "^XA\n^BQN,2,4^FD{{ a }}^FS^XZ",
            manifest,
            r#"{"data":{"a":"x"}}"#,
            ["label.zpl line 2", "QA,"],
        ),
        ("bad", "^XA^XZ", "title = 1", "{}", ["template.toml line 1", "string"]),
        ("bad", "^XA^XZ", manifest, "{}", ["sample.json", "`a` is missing"]),
        ("Bad", "^XA^XZ", manifest, "{}", ["Bad", "small letters"]),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let template = folder.path().join(name);
        std::fs::create_dir(&template).unwrap();
        std::fs::write(template.join("label.zpl"), zpl).unwrap();
        std::fs::write(template.join("template.toml"), toml).unwrap();
        std::fs::write(template.join("sample.json"), sample).unwrap();
        let refusal = Catalogue::load(folder.path()).unwrap_err().to_string();
        assert!(words.iter().all(|word| refusal.contains(word)), "{refusal}");
    }
}
