//! Dependencies between modules go one way. The table says whom a module may use; everything else is refused.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Module, and the modules of platen it may name. `app`, `cli` and the tests may name all.
const MAY_USE: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("zebra", &["domain"]),
    ("render", &["domain"]),
    ("store", &["domain"]),
    ("progress", &["domain", "store"]),
    ("catalogue", &["domain", "store", "render"]),
    ("clock", &[]),
    ("odoo", &["domain", "store", "clock"]),
    ("config", &["domain", "store", "zebra", "odoo"]),
    ("refusal", &["domain", "store"]),
    ("request_body", &["domain", "refusal"]),
    ("shutdown", &[]),
    ("telemetry", &[]),
    ("label_source", &["domain", "store", "render"]),
    ("printing", &["domain", "store", "render", "label_source", "zebra", "progress", "clock"]),
    (
        "intake",
        &[
            "domain",
            "store",
            "render",
            "catalogue",
            "label_source",
            "progress",
            "clock",
            "odoo",
            "refusal",
            "request_body",
        ],
    ),
    (
        "outlets",
        &[
            "domain",
            "store",
            "render",
            "catalogue",
            "label_source",
            "progress",
            "clock",
            "odoo",
            "refusal",
            "request_body",
        ],
    ),
    ("dashboard", &["refusal"]),
    ("simulator", &["render"]),
    ("api_client", &[]),
    (
        "doctor",
        &["api_client", "domain", "store", "render", "zebra", "config", "odoo", "intake", "app", "clock"],
    ),
    ("heartbeat", &["clock", "store"]),
    ("housekeeping", &["clock", "domain", "store"]),
    ("server", &["domain", "odoo", "intake", "outlets", "dashboard", "refusal", "request_body"]),
];

/// External crates that only some modules may name: I/O stays where it belongs.
const ONLY_IN: &[(&str, &[&str])] = &[
    ("sqlx", &["store", "refusal"]),
    (
        "actix_web",
        &["intake", "outlets", "dashboard", "server", "refusal", "request_body", "app", "simulator"],
    ),
    ("reqwest", &["odoo", "api_client", "cli"]),
    ("minijinja", &["render"]),
    ("dxr", &["odoo"]),
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("src is readable") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Each source file with the module it belongs to.
fn files() -> Vec<(String, PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    sources(&root, &mut found);
    found
        .into_iter()
        .map(|path| {
            let inside = path.strip_prefix(&root).expect("below src");
            let first = inside.components().next().expect("a name").as_os_str().to_string_lossy();
            let module = first.trim_end_matches(".rs").to_owned();
            let text = fs::read_to_string(&path).expect("a source file");
            (module, path, text)
        })
        .collect()
}

/// Names that follow `prefix` in code, comments left out.
fn named_after(text: &str, prefix: &str) -> BTreeSet<String> {
    text.lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .flat_map(|line| line.split(prefix).skip(1))
        .map(|rest| {
            rest.chars()
                .take_while(|character| character.is_alphanumeric() || *character == '_')
                .collect::<String>()
        })
        .filter(|name| !name.is_empty())
        .collect()
}

#[test]
fn modules_use_only_those_the_table_allows() {
    let mut wrong = Vec::new();
    for (module, path, text) in files() {
        let Some((_, allowed)) = MAY_USE.iter().find(|(name, _)| *name == module) else {
            assert!(
                ["main", "lib", "app", "cli"].contains(&module.as_str()),
                "{module} has no line in the table: say whom it may use"
            );
            continue;
        };
        for used in named_after(&text, "crate::") {
            if used != module && !allowed.contains(&used.as_str()) {
                wrong.push(format!("{} uses {used}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn outside_crates_stay_in_their_rooms() {
    let mut wrong = Vec::new();
    for (module, path, text) in files() {
        for (name, rooms) in ONLY_IN {
            let is_named = text
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"))
                .any(|line| line.contains(&format!("{name}::")));
            if is_named && !rooms.contains(&module.as_str()) {
                wrong.push(format!("{} names {name}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_pure_core_has_no_clock_and_no_input_or_output() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for file in [
        "printing/abandoned.rs",
        "printing/blind_run.rs",
        "printing/probe.rs",
        "printing/verifying.rs",
        "printing/run.rs",
        "printing/tally.rs",
        "printing/readiness.rs",
        "printing/sighting.rs",
        "zebra/interrogation.rs",
        "zebra/replies.rs",
        "zebra/host_status.rs",
        "domain/job.rs",
    ] {
        let text = fs::read_to_string(root.join(file)).expect(file);
        for forbidden in [
            "async ",
            ".await",
            "tokio::",
            "Instant::now",
            "SystemTime",
            "Timestamp::now",
            "std::fs",
            "rand::",
        ] {
            assert!(!text.contains(forbidden), "{file} contains {forbidden}");
        }
    }
}

#[test]
fn only_the_clock_asks_for_the_time() {
    for (module, path, text) in files() {
        let asks =
            ["Timestamp::now()", "SystemTime::now()", "Zoned::now()"].iter().any(|call| text.contains(call));
        assert!(
            !asks || ["clock", "simulator"].contains(&module.as_str()),
            "{} asks for the time",
            path.display()
        );
    }
}

#[test]
fn every_room_on_the_map_exists_and_every_room_is_on_the_map() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let map = fs::read_to_string(root.join("ARCHITECTURE.md")).expect("the map");
    for (module, _, _) in files() {
        assert!(map.contains(&format!("`{module}")), "ARCHITECTURE.md does not name {module}");
    }
}
