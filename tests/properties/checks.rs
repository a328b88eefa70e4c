//! What must hold for any bytes at all: read by the fuzzers (`fuzz/`) and, from their corpora, by the tests.

use platen::domain::{Fields, LabelContent};
use platen::odoo::read_xmlrpc_answer;
use platen::render::{JobLabels, Template, ready_zpl};
use platen::zebra::{HostStatus, ReplyReader, StatusAnswers, is_missing, parse_count, parse_uptime_s};
use serde_json::json;
use std::sync::{Arc, LazyLock};

/// Labels looked at of one text.
const LABELS: usize = 20;

/// Ready ZPL: whatever is taken is single labels, which a second reading leaves as they are.
pub fn ready_zpl(bytes: &[u8]) {
    static BEGIN: LazyLock<String> = LazyLock::new(|| {
        let label = ready_zpl::parse("^XA^FDx^FS^XZ").expect("a label").formats.remove(0).zpl;
        label[..label.find("^FDx").expect("its field")].to_owned()
    });
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(ready) = ready_zpl::parse(text) else { return };
    assert!(!ready.formats.is_empty());
    for format in ready.formats.iter().take(LABELS) {
        let zpl = format.zpl.as_str();
        let upper = zpl.to_ascii_uppercase();
        assert!(zpl.starts_with(BEGIN.as_str()) && zpl.ends_with("^XZ"), "{zpl}");
        for (command, times) in
            [("^XA", 1), ("^XZ", 1), ("^PQ", 1), ("~", 0), ("^JU", 0), ("^MM", 0), ("^DF", 0)]
        {
            assert_eq!(upper.matches(command).count(), times, "{command} in {zpl}");
        }
        let after = upper.split("^PQ1").nth(1).expect("its quantity");
        assert!(after.starts_with('^'), "a quantity of one label: {zpl}");
        let again = ready_zpl::parse(zpl).expect("what was taken is taken again");
        assert_eq!((again.formats.len(), again.formats[0].copies, again.notes.len()), (1, 1, 0), "{zpl}");
        assert_eq!(again.formats[0].zpl, format!("{}{}", *BEGIN, &zpl[3..]));
    }
}

/// A value in a template: the first byte chooses its place, the rest is the value.
pub fn template_value(bytes: &[u8]) {
    const PLACES: [&str; 8] = ["text", "backslash", "block", "code", "packed", "matrix", "qr", "three"];
    static TEMPLATE: LazyLock<Arc<Template>> = LazyLock::new(|| {
        let label = "^XA^FH_^FD{{ text }}^FS^FH\\^FD{{ backslash }}^FS^FB400,9^FH_^FD<{{ block }}>^FS\
            ^BCN,9^FH_^FD{{ code }}^FS^BCN,9,N,N,N,A^FH^FD{{ packed }}^FS^BXN,4,200,,,,_^FH_^FD{{ matrix }}^FS\
            ^BQN,2,4^FH_^FDQA,{{ qr }}^FS^B3N^FH_^FD{{ three }}^FS^XZ";
        let mut manifest = "title = 'T'\nwidth_mm = 57\nheight_mm = 32\ndpmm = 8\n".to_owned();
        for place in PLACES {
            let kind = match place {
                "block" => "lines",
                "code" | "packed" => "barcode",
                _ => "text",
            };
            manifest += &format!("[fields.{place}]\nkind = '{kind}'\nmax_length = 3000\n");
        }
        Arc::new(Template::from_parts("places", label, &manifest).expect("a template"))
    });
    let label = |changed: Option<(&str, &str)>| {
        let data: Fields = PLACES.iter().map(|place| ((*place).to_owned(), json!("X"))).collect();
        let fields: Fields =
            changed.into_iter().map(|(place, value)| (place.to_owned(), json!(value))).collect();
        let content = LabelContent { data: &data, fields: &fields, mo_name: None, index: 1, count: 1 };
        let zpl = TEMPLATE.render(&content);
        let mut job = JobLabels::new(Arc::clone(&TEMPLATE), 8, data.clone(), None, 1);
        assert_eq!(job.render(&fields, 1), zpl);
        zpl.ok()
    };
    let Some((&place, value)) = bytes.split_first() else { return };
    let Ok(value) = std::str::from_utf8(value) else { return };
    let Some(zpl) = label(Some((PLACES[usize::from(place) % PLACES.len()], value))) else { return };
    let begins = |zpl: &str| zpl.bytes().filter(|byte| matches!(byte, b'^' | b'~')).count();
    let harmless = label(None).expect("a label");
    assert_eq!(begins(&zpl), begins(&harmless), "{zpl}");
    assert!(!zpl.bytes().any(|byte| byte < b' ' && byte != b'\n' || byte == 0x7f), "{zpl:?}");
}

/// Replies of a printer: the same however they are cut; nothing in them ends the service.
pub fn printer_replies(bytes: &[u8]) {
    let whole = ReplyReader::default().push(bytes);
    let mut reader = ReplyReader::default();
    let single: Vec<_> = bytes.iter().flat_map(|byte| reader.push(std::slice::from_ref(byte))).collect();
    assert_eq!(whole, single);
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = HostStatus::parse_text(text);
        let _ = (parse_count(text), is_missing(text), parse_uptime_s(text));
    }
    if let Ok(value) = serde_json::from_slice(bytes) {
        let mut answers = StatusAnswers::default();
        let first = answers.reading(&value);
        assert_eq!(first.odometer, answers.reading(&value).odometer);
    }
}

/// Answers of an XML-RPC server: a value or an error, and never the end of the service.
pub fn xmlrpc_answer(bytes: &[u8]) {
    if let Ok(value) = read_xmlrpc_answer(bytes) {
        let _ = value.to_string();
    }
}
