//! Whatever a value holds, the commands of a label are those of a harmless value, and the printer reads it back.
//! `HOSTILE_VALUES` sets how many are tried: 10 000 unless told, a million by `make hostile-values`.

use platen::domain::{Fields, LabelContent};
use platen::render::{JobLabels, Template};
use proptest::prelude::*;
use serde_json::json;
use std::sync::Arc;

/// One field for each place a value can stand, named after it.
const PLACES: &str = "^XA^FO9,9^BY{{ size }}
    ^FH_^FD{{ text }}^FS^FH\\^FD{{ backslash }}^FS
    ^FB400,9^FH_^FD<{{ block }}>^FS
    ^BCN,9^FH_^FD{{ code }}^FS^BCN,9,N,N,N,A^FH^FD{{ packed }}^FS
    ^BXN,4,200,,,,_^FH_^FD{{ matrix }}^FS^BQN,2,4^FH_^FDQA,{{ qr }}^FS^B3N^FH_^FD{{ three }}^FS
    ^BAN^FH_^FD{{ nine }}^FS^B7N^FH_^FD{{ stacked }}^FS^BON,4^FH_^FD{{ aztec }}^FS^B2N^FH_^FD{{ pairs }}^FS
    ^BCN,9,N,N,N,U^FH_^FD{{ sscc }}^FS^BCN,9^FH_^FD{{ elements }}^FS^BXN,4,200,,,,_^FH_^FD{{ elements }}^FS^XZ";

fn places() -> Arc<Template> {
    let mut manifest = "title = 'T'\nwidth_mm = 57\nheight_mm = 32\ndpmm = 8\n\
        [fields.size]\nkind = 'integer'\nrequired = true\n"
        .to_owned();
    for name in ["text", "backslash", "matrix", "qr", "three", "nine", "stacked", "aztec", "pairs", "sscc"] {
        manifest += &format!("[fields.{name}]\n");
    }
    manifest += "[fields.elements]\nkind = 'gs1'\n[fields.block]\nkind = 'lines'\n[fields.code]\nkind = 'barcode'\n[fields.packed]\nkind = 'barcode'\n";
    Arc::new(Template::from_parts("places", PLACES, &manifest).unwrap())
}

fn label(template: &Arc<Template>, changed: Option<(&str, &str)>) -> Option<String> {
    let harmless = json!({"size": 2, "text": "X", "backslash": "X", "block": "X", "code": "X", "packed": "X",
        "matrix": "X", "qr": "X", "three": "X", "nine": "X", "stacked": "X", "aztec": "X", "pairs": "12",
        "sscc": "123456789012345675", "elements": "(10)X"});
    let data: Fields = serde_json::from_value(harmless).unwrap();
    let fields: Fields = changed.into_iter().map(|(name, value)| (name.to_owned(), json!(value))).collect();
    let content = LabelContent { data: &data, fields: &fields, mo_name: None, index: 1, count: 1 };
    let zpl = template.render(&content);
    assert_eq!(zpl.is_ok(), template.check(&content).is_ok());
    // The way of the labels of a job.
    let mut job = JobLabels::new(Arc::clone(template), 8, data.clone(), None, 1);
    assert_eq!(job.render(&fields, 1), zpl);
    zpl.ok()
}

/// A lexer of its own, as simple as a printer's: commands with parameters, and data as `^FH` leaves it.
pub fn lex(zpl: &[u8]) -> (Vec<String>, Vec<Vec<u8>>) {
    let (mut commands, mut data, mut hex) = (Vec::new(), Vec::new(), None);
    let mut at = 0;
    while at < zpl.len() {
        let prefix = zpl[at];
        if matches!(prefix, 2 | 3) {
            commands.push("control".to_owned());
        }
        if !matches!(prefix, b'^' | b'~') {
            at += 1;
            continue;
        }
        let end = (at + 3..zpl.len()).find(|at| matches!(zpl[*at], b'^' | b'~' | 2 | 3)).unwrap_or(zpl.len());
        let parameters = &zpl[at + 3..end];
        let name = String::from_utf8_lossy(&zpl[at..at + 3]).into_owned();
        match name.as_str() {
            "^FH" => hex = Some(parameters.first().copied().unwrap_or(b'_')),
            "^FS" => hex = None,
            "^FD" => data.push(unhex(parameters, hex)),
            _ => {}
        }
        let is_data = name == "^FD";
        commands.push(if is_data { name } else { name + String::from_utf8_lossy(parameters).trim() });
        at = end;
    }
    (commands, data)
}

fn unhex(bytes: &[u8], hex: Option<u8>) -> Vec<u8> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        if Some(bytes[at]) == hex {
            let digits = std::str::from_utf8(&bytes[at + 1..at + 3]).unwrap();
            out.push(u8::from_str_radix(digits, 16).unwrap());
            at += 3;
        } else {
            out.push(bytes[at]);
            at += 1;
        }
    }
    out
}

/// What the text block or bar code makes of its data.
pub fn undo(place: &str, data: &[u8]) -> String {
    let text = String::from_utf8(data.to_vec()).unwrap();
    match place {
        "block" => {
            let mut out = String::new();
            let mut characters = text[1..text.len() - 1].chars();
            while let Some(c) = characters.next() {
                match c {
                    '\\' => out.push(if characters.next() == Some('&') { '\n' } else { '\\' }),
                    c => out.push(c),
                }
            }
            out
        }
        "code" => text.replace(">0", ">"),
        "matrix" => text.replace("__", "_"),
        "qr" => text[3..].to_owned(),
        _ => text,
    }
}

/// In the order of [`PLACES`].
const TEXT_PLACES: [&str; 14] = [
    "text",
    "backslash",
    "block",
    "code",
    "packed",
    "matrix",
    "qr",
    "three",
    "nine",
    "stacked",
    "aztec",
    "pairs",
    "sscc",
    "elements",
];
/// Places that random text reaches; the others take numbers with check digits.
const REACHED: usize = 11;

fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[\\^~_\\\\>,{}%&0-9A-Fa-f ]{0,8}",
        "[ -~é中🙂\u{2028}]{0,6}",
        "[0-9A-Z .$/+%-]{0,6}",
        proptest::sample::select(vec![
            "^XZ^XA^PQ99",
            "~JR",
            "~JA",
            "_5E",
            "_5e",
            "_7EJR",
            "\\5E",
            "\\&",
            "\\\\",
            ">;",
            ">8",
            ">0",
            "_1",
            "__",
            "QA,",
            "{{ text }}",
            "{% if 1 %}",
            "{# ",
            "^FS",
            "^CC+",
            "+$",
            "_d094",
            "\u{feff}",
        ])
        .prop_map(str::to_owned),
        proptest::sample::select(vec![
            "\r\n", "\n", "\r", "\u{0}", "\u{2}", "\u{3}", "\u{11}", "\u{7f}", "\u{9b}"
        ])
        .prop_map(str::to_owned),
    ];
    proptest::collection::vec(piece, 1..5).prop_map(|pieces| pieces.concat())
}

#[test]
fn no_value_becomes_a_command_and_every_value_is_read_back() {
    let template = places();
    let harmless = lex(label(&template, None).unwrap().as_bytes());
    // GS1 elements stand in two bar codes.
    assert_eq!(harmless.1.len(), TEXT_PLACES.len() + 1);
    let mut accepted = [0_u32; TEXT_PLACES.len()];
    let strategy = (hostile(), 0..TEXT_PLACES.len());
    let cases = std::env::var("HOSTILE_VALUES").map_or(10_000, |cases| cases.parse().unwrap());
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    let mut runner = proptest::test_runner::TestRunner::new(config);
    let accepted_cell = std::cell::RefCell::new(&mut accepted);
    runner
        .run(&strategy, |(value, at)| {
            let place = TEXT_PLACES[at];
            let value = if place == "elements" { format!("(10){value}") } else { value };
            let Some(zpl) = label(&template, Some((place, &value))) else { return Ok(()) };
            let bare = if place == "block" { value.replace(['\r', '\n'], "") } else { value.clone() };
            prop_assert!(!bare.contains(char::is_control), "{value:?} was accepted");
            let (commands, data) = lex(zpl.as_bytes());
            prop_assert_eq!(&commands, &harmless.0);
            let expected = value.replace("\r\n", "\n").replace('\r', "\n");
            let expected = if value.trim().is_empty() { String::new() } else { expected };
            if place != "elements" {
                prop_assert_eq!(undo(place, &data[at]), expected);
            }
            accepted_cell.borrow_mut()[at] += 1;
            Ok(())
        })
        .unwrap();
    println!("{cases} values, of which were accepted by place: {accepted:?}");
    assert!(accepted[..REACHED].iter().all(|count| *count > 20), "too few values got through: {accepted:?}");
}

#[test]
fn only_a_whole_number_stands_in_a_command() {
    let template = places();
    for (value, prints) in
        [("3", true), ("3.0", true), ("3^XZ", false), ("", false), ("1,2", false), ("99999", false)]
    {
        assert_eq!(label(&template, Some(("size", value))).is_some(), prints, "{value}");
    }
}
