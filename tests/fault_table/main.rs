//! `docs/faults.md` is true: its tests exist, its codes are platen's, and the faults that wait for a hand are played.

#[allow(dead_code, reason = "the journeys speak more of its verbs")]
#[path = "../journey/harness.rs"]
mod harness;
#[path = "../support/postgres.rs"]
mod postgres;

use harness::{PATIENCE, Place, assert_each_once, job, slow_printer};
use platen::domain::{Code, SENT_WITHOUT_PROOF};
use platen::simulator::{Action, SimulatedZebra};
use serde_json::json;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const EVIDENCE: [&str; 4] = ["two channels", "raw", "~HS", "blind"];

/// A row of the table, cell by cell.
struct Row {
    fault: String,
    evidence: Vec<String>,
    seen: String,
    tests: Vec<String>,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn rows() -> Vec<Row> {
    let text = fs::read_to_string(root().join("docs/faults.md")).expect("the table");
    let lines = text.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| fault |"));
    let rows: Vec<Row> = lines
        .map(|line| {
            let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
            let [fault, evidence, _, seen, _, tests] = cells[..] else { panic!("not six cells: {line}") };
            Row {
                fault: fault.to_owned(),
                evidence: evidence.split(", ").map(str::to_owned).collect(),
                seen: seen.to_owned(),
                tests: quoted(tests),
            }
        })
        .collect();
    assert!(rows.len() > 20, "{} rows: the table is not read", rows.len());
    rows
}

/// What stands between backquotes.
fn quoted(text: &str) -> Vec<String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The names of all tests.
fn tests(folder: &Path, names: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path: PathBuf = entry.expect("an entry").path();
        if path.is_dir() {
            tests(&path, names);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).expect("a source file");
            let mut is_test = false;
            for line in text.lines().map(str::trim) {
                is_test |= line.starts_with("#[test]") || line.starts_with("#[tokio::test");
                if let Some((_, rest)) = line.split_once("fn ") {
                    let name: String = rest
                        .chars()
                        .take_while(|letter| letter.is_alphanumeric() || *letter == '_')
                        .collect();
                    if is_test {
                        names.insert(name);
                    }
                    is_test = false;
                }
            }
        }
    }
}

#[test]
fn every_row_names_tests_that_exist_and_codes_of_platen() {
    let mut names = BTreeSet::new();
    tests(&root().join("tests"), &mut names);
    tests(&root().join("src"), &mut names);
    let mut told = BTreeSet::new();
    for row in rows() {
        assert!(!row.tests.is_empty(), "{}: no test", row.fault);
        for test in &row.tests {
            assert!(names.contains(test), "{}: there is no test {test}", row.fault);
        }
        assert!(row.evidence.iter().all(|word| EVIDENCE.contains(&word.as_str())), "{}", row.fault);
        for code in quoted(&row.seen) {
            assert!(Code::parse(&code).is_some(), "{}: there is no code {code}", row.fault);
            told.insert(code);
        }
    }
    let storage = Code::ALL.iter().map(|code| code.as_str()).filter(|code| code.starts_with("storage_"));
    let missing: Vec<&str> = storage.filter(|code| !told.contains(*code)).collect();
    assert!(missing.is_empty(), "the table does not tell of {missing:?}");
}

/// What a printer or a job waits for, and why a job was given up: told in Odoo in the reader's language, by the sentence.
const TOLD_IN_ODOO: [Code; 23] = [
    Code::PrinterOffline,
    Code::NetworkTimeout,
    Code::PaperOut,
    Code::RibbonOut,
    Code::HeadOpen,
    Code::PrinterPaused,
    Code::OverTemperature,
    Code::UnderTemperature,
    Code::ConfigurationLost,
    Code::LabelWaiting,
    Code::CutterFault,
    Code::PrinterSilent,
    Code::PrinterStalled,
    Code::PrinterReset,
    Code::ForeignLabels,
    Code::CounterContradiction,
    Code::VerificationContradiction,
    Code::WrongPrinter,
    Code::UnconfirmedLabels,
    Code::GivenUp,
    Code::JobExpired,
    Code::EverythingPaused,
    Code::StorageFull,
];

#[test]
fn odoo_knows_every_sentence_about_a_printer_or_a_job_word_by_word() {
    let table = fs::read_to_string(root().join("odoo_addon/label_print/service_words.py")).expect("a table");
    // A long sentence stands there in pieces, one a line.
    let pieces: Vec<&str> = table.split("\"\n").map(str::trim_start).collect();
    let joined = pieces.join("\"\n").replace("\"\n\"", "").replace("\\\"", "\"");
    let (sent, look) = SENT_WITHOUT_PROOF;
    let standing = TOLD_IN_ODOO.iter().flat_map(|code| [code.message(), code.action()]);
    let missing: Vec<&str> =
        standing.chain([sent, look]).filter(|text| !joined.contains(&format!("\"{text}\""))).collect();
    assert!(missing.is_empty(), "not in service_words.py: {missing:#?}");
}

/// The fault as the table calls it, how it comes, and how a hand mends it.
const BY_HAND: [(&str, Action, &[Action]); 7] = [
    ("out of labels", Action::MediaOut, &[Action::ReloadMedia]),
    ("out of ribbon", Action::RibbonOut, &[Action::ReloadRibbon]),
    ("head open", Action::OpenHead, &[Action::CloseHead]),
    ("cutter jammed", Action::CutterFault, &[Action::ClearCutter]),
    ("paused at the printer", Action::Pause, &[Action::Resume]),
    ("head too hot", Action::OverTemperature, &[Action::CoolDown]),
    ("head too cold", Action::UnderTemperature, &[Action::WarmUp]),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_waits_for_a_hand_and_costs_no_label() {
    let rows = rows();
    let mut played = tokio::task::JoinSet::new();
    for (fault, cause, mends) in BY_HAND {
        let row = rows.iter().find(|row| row.fault == fault).unwrap_or_else(|| panic!("no row for {fault}"));
        for evidence in &row.evidence {
            played.spawn(play(fault, evidence.clone(), quoted(&row.seen)[0].clone(), cause.clone(), mends));
        }
    }
    assert_eq!(
        played.len(),
        19,
        "seven faults on three kinds of evidence, but for a pause and a jammed cutter without a counter"
    );
    while let Some(ended) = played.join_next().await {
        ended.expect("a row that is not true");
    }
}

async fn play(fault: &'static str, evidence: String, code: String, cause: Action, mends: &'static [Action]) {
    let zebra: SimulatedZebra = slow_printer(60.0).await;
    zebra.turn(|knobs| knobs.label_counter_present = evidence != "~HS");
    let place = if evidence == "two channels" {
        Place::with_printer(&zebra)
    } else {
        Place::with_raw_printer(&zebra)
    };
    let service = place.start().await;
    let id = service.submit(&job(30)).await;
    zebra.wait_for_labels(10, PATIENCE).await.expect("label 10");
    zebra.act_mid_label(cause);
    service.wait_for(&id, &code, |job| job["attention"]["code"] == json!(code)).await;
    for mend in mends {
        zebra.act(mend.clone());
    }
    let end = service.wait_for_end(&id).await;
    assert_eq!(
        (&end["status"], &end["unconfirmed"], &end["attention"]),
        (&json!("completed"), &json!([]), &json!(null)),
        "{fault}, {evidence}"
    );
    assert_each_once(&zebra.paper(), 30);
}
