//! Time, batches and counters.

use super::*;
use crate::simulator::knobs::{BatchCount, CountAt, HostVerification};

#[test]
fn a_label_takes_its_length_and_the_gap_at_the_speed_of_the_paper() {
    let mut bench = Bench::new();
    let host = bench.connect();
    bench.send(host, formats("abc"));
    bench.pass(pitch() - Duration::from_millis(1));
    assert_eq!(bench.whole().len(), 0);
    bench.pass(Duration::from_millis(1));
    assert_eq!((bench.whole(), bench.odometer()), (vec!["a"], 1));
    bench.pass(Duration::from_secs(60));
    let ended: Vec<Duration> = bench.paper.iter().map(|piece| piece.printed_after).collect();
    for (labels, at) in (1..).zip(ended) {
        assert!(at.abs_diff(pitch() * labels) < Duration::from_micros(1), "a late caller changes nothing");
    }
}

#[test]
fn the_length_of_the_format_and_where_wished_its_speed_set_the_pace() {
    let mut bench = Bench::with(Knobs { obeys_print_rate: true, ..Knobs::default() });
    let host = bench.connect();
    bench.send(host, "^XA^LL0744^PR3^FDa^FS^XZ");
    bench.pass(Duration::from_secs_f64(96.0 / 25.4 / 3.0 - 0.001));
    assert_eq!(bench.whole().len(), 0, "93 mm and the gap at 3 inches a second");
    bench.pass(Duration::from_millis(1));
    assert_eq!(bench.whole().len(), 1);
    assert_eq!(bench.host_status(host)[3], "0744");
}

#[test]
fn host_status_counts_formats_until_they_are_finished() {
    let mut bench = Bench::new();
    let host = bench.connect();
    bench.send(host, formats("abcd"));
    for printed in 0..=4 {
        let status = bench.host_status(host);
        assert_eq!(
            (status[EEE].as_str(), status[U].as_str()),
            (format!("{:03}", 4 - printed).as_str(), "00000000")
        );
        bench.pass_labels(1.0);
    }
    bench.machine.knobs.eee_counts_staged = false;
    bench.send(host, formats("efgh"));
    assert_eq!(bench.host_status(host)[EEE], "002", "one prints, one is interpreted");
}

#[test]
fn the_rest_of_a_batch_counts_down_as_the_knob_says() {
    for (u_mode, expected) in [
        (BatchCount::Started, ["00000002", "00000001", "00000000", "00000000"]),
        (BatchCount::Finished, ["00000003", "00000002", "00000001", "00000000"]),
        (BatchCount::BusyFlag, ["00000001", "00000001", "00000001", "00000000"]),
    ] {
        let mut bench = Bench::with(Knobs { u_mode, ..Knobs::default() });
        let host = bench.connect();
        bench.send(host, "^XA^FDa^FS^PQ3^XZ");
        bench.pass_labels(0.5);
        for u in expected {
            assert_eq!(bench.host_status(host)[U], u, "{u_mode:?}");
            bench.pass_labels(1.0);
        }
        assert_eq!((bench.whole().len(), bench.odometer()), (3, 3));
    }
}

#[test]
fn a_group_of_a_batch_pauses_the_printer() {
    let mut bench = Bench::new();
    let host = bench.connect();
    bench.send(host, "^XA^FDa^FS^PQ4,2,0,N^XZ");
    bench.pass_labels(9.0);
    assert_eq!((bench.whole().len(), bench.host_status(host)[2].as_str()), (2, "1"));
    bench.send(host, "~PS");
    bench.pass_labels(9.0);
    assert_eq!(bench.whole().len(), 4);
}

#[test]
fn the_instant_of_the_count_is_a_knob() {
    for (count_at, after_start, after_image) in
        [(CountAt::Start, 1, 1), (CountAt::End, 0, 1), (CountAt::Presented, 0, 0)]
    {
        let mut bench = Bench::with(Knobs { count_at, ..Knobs::default() });
        let host = bench.connect();
        bench.send(host, formats("a"));
        bench.pass_labels(0.1);
        assert_eq!(bench.odometer(), after_start, "{count_at:?}");
        bench.pass_labels(0.85);
        assert_eq!(bench.odometer(), after_image, "{count_at:?}: the image is 32 of 35 mm");
        bench.pass_labels(0.1);
        assert_eq!(bench.odometer(), 1, "{count_at:?}");
    }
}

#[test]
fn host_verification_answers_at_its_moment_and_to_the_sender() {
    let format = "^XA^FO1,1^FN1^FDjob7^FS^FH_^HV1,64,PLT[,]_0D_0A,L^FS^PQ2^XZ";
    for (hv_support, at_once, in_all) in
        [(HostVerification::No, 0, 0), (HostVerification::AtCompose, 2, 2), (HostVerification::AtPrint, 0, 2)]
    {
        let mut bench = Bench::with(Knobs { hv_support, ..Knobs::default() });
        let (_other, host) = (bench.connect(), bench.connect());
        bench.send(host, format);
        assert_eq!(bench.replies.len(), at_once, "{hv_support:?}");
        bench.pass_labels(5.0);
        assert_eq!(bench.replies, vec![(host.channel, "PLT[job7]\r\n".to_owned()); in_all], "{hv_support:?}");
    }
}

#[test]
fn queries_in_a_format_wait_for_their_turn() {
    let mut bench = Bench::new();
    let host = bench.connect();
    bench.send(host, format!("{}^XA^HZR^XZ^XA^HH^XZ", formats("abc")));
    assert_eq!(bench.replies.len(), 0);
    bench.pass_labels(3.0);
    let [(_, xml), (_, text)] = bench.replies.as_slice() else { panic!("{:?}", bench.replies) };
    assert!(
        xml.contains("<NUMBER-OF-FORMATS>3</NUMBER-OF-FORMATS>"),
        "the last label's, ^HH and its own: {xml}"
    );
    assert!(text.contains("LABELS        NONRESET CNTR"), "{text}");
}

#[test]
fn stored_formats_survive_the_power_on_their_shelf() {
    let mut bench = Bench::new();
    let host = bench.connect();
    bench.send(host, "^XA^DFE:KEPT^FS^FDkept^FS^XZ^XA^DFR:LOST^FS^FDlost^FS^XZ");
    bench.act(Action::PowerCycle(Duration::ZERO));
    bench.pass(Duration::from_secs(60));
    let host = bench.connect();
    bench.send(host, "^XA^XFE:KEPT^FS^XZ^XA^XFR:LOST^FS^XZ");
    bench.pass_labels(5.0);
    assert_eq!(bench.whole(), ["kept"]);
}

#[test]
fn a_counter_at_its_end_stays_there() {
    let mut bench = Bench::new();
    let host = bench.connect();
    bench.act(Action::SetOdometer(u64::MAX));
    bench.send(host, formats("a"));
    bench.pass_labels(2.0);
    assert_eq!(bench.machine.flash().odometer, u64::MAX);
}

#[test]
fn peeling_waits_until_the_label_is_taken() {
    let mut bench = Bench::new();
    let host = bench.connect();
    bench.send(host, format!("^XA^MMP^XZ{}", formats("ab")));
    bench.pass_labels(9.0);
    let status = bench.host_status(host);
    assert_eq!((bench.whole().len(), status[17].as_str(), status[19].as_str()), (1, "1", "1"));
    bench.act(Action::TakeLabel);
    bench.pass_labels(9.0);
    assert_eq!(bench.whole().len(), 2);
}

#[test]
fn another_language_prints_what_it_is_sent_and_answers_nothing() {
    let mut bench = Bench::with(Knobs { language: crate::simulator::Language::Epl, ..Knobs::default() });
    let host = bench.connect();
    assert_eq!(bench.ask(host, "~HS~HI"), "");
    assert_eq!(bench.ask(host, "! U1 getvar \"device.languages\"\r\n"), "\"epl\"");
    bench.send(host, formats("a"));
    bench.pass_labels(2.0);
    assert_eq!(bench.whole(), ["^XA^FO1,1^FDa^FS^XZ"]);
}
