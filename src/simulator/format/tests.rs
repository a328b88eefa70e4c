use super::*;
use proptest::prelude::*;

fn composed(zpl: &str) -> Composed {
    compose(zpl.as_bytes(), Prefixes::default(), &[], true)
}

fn texts(composed: &Composed) -> Vec<String> {
    composed.texts.iter().map(|text| text.on_label(0, 0)).collect()
}

#[test]
fn only_what_is_burnt_prints() {
    for (zpl, prints) in [
        ("^XA^XZ", false),
        ("^XA^PW400^LL200^JZN^XZ", false),
        ("^XA^HH^XZ", false),
        ("^XA^DFR:A.ZPL^FS^FO1,1^FN1^FS^XZ", false),
        ("^XA^FX nothing but a remark^XZ", false),
        ("^XA^FO1,1^FDa^FS^XZ", true),
        ("^XA^FO1,1^FDno separator^XZ", true),
        ("^XA^FO1,1^GB10,10,1^FS^XZ", true),
        ("^XA^GFA,3,3,1,:B64:/4H/:AB2D^FS^XZ", true),
        ("^XA^GFA,3,3,1,:B64:/4H/:AB2E^FS^XZ", false),
    ] {
        assert_eq!(composed(zpl).prints, prints, "{zpl}");
    }
}

#[test]
fn texts_are_decoded_and_remarks_ignored() {
    let format = composed("^XA^FX a ^FDremark^FS^FO1,1^FH^FDa_5Eb_c_C3_A9_ZZ^FS\r\n^FO2,2^FDplain_5E^FS^XZ");
    assert_eq!(texts(&format), ["remark", "a^b_c\u{e9}_ZZ", "plain_5E"]);
    assert_eq!(texts(&composed("^XA^FX a remark, ~ and all^FO1,1^FDx\r\ny^FS^XZ")), ["xy"]);
    assert_eq!(texts(&composed("^XA^FH#^FDa#41_41^FS^FDb#41^FS^XZ")), ["aA_41", "b#41"]);
}

#[test]
fn a_stored_format_is_filled_in() {
    let store = composed("^XA^DFR:BOX.ZPL^FS^LL200^FO1,1^FDBox^FS^FO1,9^FN1^FS^XZ");
    let (name, body) = store.stores.unwrap();
    assert_eq!(name, "R:BOX.ZPL");
    let stored = StoredFormats::from([(name, body)]);
    let format = compose(b"^XA^XFBOX^FS^FN1^FDseven^FS^PQ3,0,0,Y^XZ", Prefixes::default(), &[&stored], true);
    assert_eq!(texts(&format), ["Box", "seven"]);
    assert_eq!((format.quantity, format.length_dots), (3, Some(200)));
    let missing = compose(b"^XA^XFR:GONE.ZPL^FS^FN1^FDx^FS^XZ", Prefixes::default(), &[&stored], true);
    assert_eq!(texts(&missing), ["x"], "what is left of the format is printed");
}

#[test]
fn batch_settings_are_read() {
    let format = composed("^XA^PQ10,4,1,N^PR4,6,2^MMP,N^JZN^PP^FDa^FS^XZ");
    assert_eq!((format.quantity, format.pause_every, format.replicates), (10, 4, 1));
    assert_eq!((format.speed_ips, format.print_mode), (Some(4.0), Some(b'P')));
    assert_eq!((format.reprints_after_error, format.pauses_after), (Some(false), true));
    assert_eq!(composed("^XA^PQ10,4,1,Y^FDa^FS^XZ").pause_every, 0);
    let most = u64::MAX;
    let absurd = composed(&format!("^XA^PQ{most},{most},{most}^SN{most},{most}^FS^XZ"));
    assert_eq!(absurd.quantity, MAX_QUANTITY);
    absurd.texts[0].on_label(most, absurd.replicates);
}

#[test]
fn serial_numbers_advance_by_label() {
    let format = composed("^XA^PQ4,0,1^FO1,1^SNLOT0098-A,1,Y^FS^XZ");
    let labels: Vec<String> =
        (0..4).map(|label| format.texts[0].on_label(label, format.replicates)).collect();
    assert_eq!(labels, ["LOT0098-A", "LOT0098-A", "LOT0099-A", "LOT0099-A"]);
    assert_eq!(counted_up("no digits", 4, true), "no digits");
    assert_eq!(counted_up("A099", 1, false), "A100");
    assert_eq!(counted_up("A009", 1, false), "A10");
}

#[test]
fn host_verification_wraps_the_field() {
    let format = composed("^XA^FO40,40^FN1^FDjob7/000123^FS^FH_^HV1,64,PLT[,]_0D_0A,L^FS^PQ1^XZ");
    let [reply] = format.verifications.as_slice() else { panic!("{format:?}") };
    assert_eq!(reply.reply, b"PLT[job7/000123]\r\n");
    assert!(reply.each_label);
}

#[test]
fn changed_prefixes_hold_within_the_format() {
    let format = composed("^XA^CC!!FO1,1!FDa^b!FS!CC^^XZ");
    assert_eq!(texts(&format), ["a^b"]);
}

proptest! {
    #[test]
    fn no_format_breaks_the_composer(body in proptest::collection::vec(any::<u8>(), 0..200)) {
        compose(&[b"^XA".as_slice(), &body, b"^XZ"].concat(), Prefixes::default(), &[], true);
    }

    #[test]
    fn commands_of_every_shape_are_survived(
        body in "(\\^(FD|FH|FN|SN|PQ|LL|GF|HV|XF|DF|CC|PR|ID|MM)[ -~\u{e9}]{0,12}){0,12}"
    ) {
        compose(format!("^XA{body}^XZ").as_bytes(), Prefixes::default(), &[], true);
    }
}
