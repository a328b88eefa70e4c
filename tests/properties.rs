//! What must hold for any bytes: for those the fuzzers kept, and for some that look like what really comes.

#[path = "properties/checks.rs"]
mod checks;

use proptest::prelude::*;
use std::fs;
use std::path::Path;

/// Every file of a fuzzer's corpus; how many there were.
fn replay(target: &str, check: fn(&[u8])) -> usize {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let files: Vec<_> =
        fs::read_dir(folder).expect("a corpus").map(|file| file.expect("a file").path()).collect();
    for file in &files {
        check(&fs::read(file).expect("bytes"));
    }
    files.len()
}

#[test]
fn what_the_fuzzers_kept_is_still_well() {
    assert!(replay("ready_zpl", checks::ready_zpl) >= 7);
    assert!(replay("template_value", checks::template_value) >= 8);
    assert!(replay("printer_replies", checks::printer_replies) >= 5);
    assert!(replay("xmlrpc_answer", checks::xmlrpc_answer) >= 4);
}

/// Pieces of real ZPL in any order: most of it is nearly a label.
fn nearly_zpl() -> impl Strategy<Value = String> {
    let pieces = prop_oneof![
        4 => Just("^XA".to_owned()), 4 => Just("^XZ".to_owned()), 4 => Just("^FDx^FS".to_owned()),
        1 => Just("^PQ2".to_owned()), 1 => Just("^PQ1".to_owned()), 1 => Just("^CC^".to_owned()),
        1 => Just("^CC+".to_owned()), 1 => Just("+CC^".to_owned()), 1 => Just("~CT~".to_owned()),
        1 => Just("^CD;".to_owned()), 1 => Just("^FH".to_owned()), 1 => Just("^MMT".to_owned()),
        1 => Just("^LH9,9".to_owned()), 1 => Just("~DGR:A.GRF,1,1,FF".to_owned()),
        1 => Just("^XGA,1,1".to_owned()), 1 => Just("~JA".to_owned()), 1 => Just("^FX".to_owned()),
        1 => Just("+FDa^b+FS".to_owned()), 1 => Just("99".to_owned()), 2 => "[ -~é\n]{0,6}",
    ];
    proptest::collection::vec(pieces, 0..16).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, ..ProptestConfig::default() })]

    #[test]
    fn ready_zpl_is_taken_as_single_labels_or_not_at_all(zpl in nearly_zpl()) {
        checks::ready_zpl(zpl.as_bytes());
        checks::ready_zpl(format!("^XA^FDx^FS{zpl}^XZ").as_bytes());
    }

    #[test]
    fn no_value_changes_the_commands_of_a_label(place in 0_u8..8, value in "\\PC{0,40}|[\\^~_>\\\\,{}%XAZJ0-9\r\n]{0,40}") {
        let mut bytes = vec![place];
        bytes.extend_from_slice(value.as_bytes());
        checks::template_value(&bytes);
    }

    #[test]
    fn replies_are_the_same_however_they_are_cut(bytes in proptest::collection::vec(prop_oneof![
        Just(2_u8), Just(3), Just(b'"'), Just(b','), Just(b'0'), Just(b'\r'), Just(b'\n'), any::<u8>()], 0..200)) {
        checks::printer_replies(&bytes);
    }

    #[test]
    fn any_answer_of_a_server_is_a_value_or_an_error(pieces in proptest::collection::vec(prop_oneof![
        Just("<value>"), Just("</value>"), Just("<array><data>"), Just("</data></array>"), Just("<int>5</int>"),
        Just("<struct>"), Just("<member><name>n</name>"), Just("</member>"), Just("</struct>"), Just("x")], 0..24)) {
        let inner = pieces.concat();
        let whole = format!("<methodResponse><params><param>{inner}</param></params></methodResponse>");
        checks::xmlrpc_answer(whole.as_bytes());
    }
}
