//! Connections, buffers and turns.

use super::*;
use crate::simulator::knobs::{PowerCutConnections, SecondConnection};

fn room(bench: &Bench, link: Link) -> usize {
    match bench.machine.fate(link, bench.now) {
        Fate::Serve { room } => room,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_full_buffer_reads_nothing_until_a_format_leaves() {
    let mut bench = Bench::with(Knobs { buffer_bytes: 256, ..Knobs::default() });
    let host = bench.connect();
    let format = formats("a");
    bench.send(host, "~PP");
    let mut sent = 0;
    while room(&bench, host) > 0 {
        let byte = format.as_bytes()[sent % format.len()];
        bench.send(host, char::from(byte));
        sent += 1;
    }
    assert_eq!((sent, bench.machine.buffered_bytes()), (256, 256));
    let answer = {
        let json = bench.machine.open_json_channel().unwrap();
        let ask = serde_json::json!({"device.host_status": null});
        bench.step(Event::Json(json.channel, ask.as_object().unwrap().clone()));
        bench.replies.pop().unwrap().1
    };
    assert_eq!(answer.split(',').nth(BUFFER_FULL), Some("1"), "{answer}");
    bench.act(Action::Resume);
    bench.pass_labels(1.0);
    assert_eq!(room(&bench, host), format.len());
}

#[test]
fn a_format_larger_than_the_buffer_is_interpreted_as_it_comes() {
    let mut bench = Bench::with(Knobs { buffer_bytes: 256, ..Knobs::default() });
    let host = bench.connect();
    let format = format!("^XA^FD{}^FS^XZ", "x".repeat(2_000));
    for byte in format.bytes() {
        assert!(room(&bench, host) > 0);
        bench.send(host, char::from(byte));
    }
    bench.pass_labels(1.0);
    assert_eq!(bench.whole().len(), 1);
}

#[test]
fn whoever_stops_in_a_format_keeps_others_waiting_until_quiet_for_long() {
    let mut bench = Bench::new();
    let (first, second) = (bench.connect(), bench.connect());
    bench.send(first, "^XA^FDtorn");
    assert_eq!(room(&bench, second), 0);
    bench.send(second, "~HS");
    assert_eq!(bench.replies.len(), 0, "bytes already read wait too");
    assert_eq!(bench.machine.next_wakeup(), Some(Duration::from_secs(5)));
    bench.pass(Duration::from_secs(5));
    assert_eq!(bench.replies.len(), 1);
    assert!(room(&bench, second) > 0);
    assert_eq!(bench.host_status(second)[PARTIAL], "1");
    bench.send(second, formats("b"));
    bench.pass_labels(1.0);
    assert_eq!(bench.whole(), ["b"], "a fresh ^XA begins anew");
}

#[test]
fn where_a_fresh_opening_is_ignored_the_next_job_runs_into_the_torn_one() {
    let mut bench = Bench::with(Knobs { xa_starts_new_format: false, ..Knobs::default() });
    let first = bench.connect();
    bench.send(first, "^XA^FDtorn");
    bench.step(Event::Closed(first.channel));
    let second = bench.connect();
    bench.send(second, "^FS");
    bench.send(second, formats("b"));
    bench.pass_labels(1.0);
    assert_eq!(bench.paper[0].texts, ["torn", "b"]);
}

#[test]
fn bytes_of_a_closed_connection_are_printed_or_dropped() {
    for (fin_drops_data, printed) in [(false, vec!["a", "b", "c"]), (true, vec!["a"])] {
        let mut bench = Bench::with(Knobs { fin_drops_data, ..Knobs::default() });
        let host = bench.connect();
        bench.send(host, formats("abc"));
        bench.step(Event::Closed(host.channel));
        bench.pass_labels(9.0);
        assert_eq!(bench.whole(), printed);
    }
}

#[test]
fn connections_are_limited_refused_or_left_waiting() {
    let mut bench = Bench::with(Knobs { max_connections: 2, ..Knobs::default() });
    let first = bench.connect();
    bench.connect();
    assert!(bench.machine.open_print_channel(bench.now).is_none());
    bench.step(Event::Closed(first.channel));
    assert!(bench.machine.open_print_channel(bench.now).is_some());

    let json: Vec<Link> = (0..8).map(|_| bench.machine.open_json_channel().unwrap()).collect();
    assert_eq!(bench.machine.open_json_channel(), None);
    bench.step(Event::Closed(json[3].channel));
    assert!(bench.machine.open_json_channel().is_some());

    let refuse = Knobs { second_connection: SecondConnection::Refuse, ..Knobs::default() };
    let mut bench = Bench::with(refuse);
    bench.connect();
    assert!(bench.machine.open_print_channel(bench.now).is_none());

    let silent = Knobs { second_connection: SecondConnection::AcceptSilent, ..Knobs::default() };
    let mut bench = Bench::with(silent);
    let (first, second) = (bench.connect(), bench.connect());
    assert!(room(&bench, first) > 0 && room(&bench, second) == 0);
    bench.step(Event::Closed(first.channel));
    assert!(room(&bench, second) > 0);
}

#[test]
fn an_idle_connection_is_closed_but_not_one_whose_window_is_shut() {
    let mut bench = Bench::with(Knobs { buffer_bytes: 256, ..Knobs::default() });
    let host = bench.connect();
    bench.pass(Duration::from_secs(299));
    assert!(room(&bench, host) > 0);
    bench.send(host, "~PP");
    bench.pass(Duration::from_secs(299));
    assert_eq!(bench.machine.next_wakeup(), Some(Duration::from_secs(599)));
    bench.pass(Duration::from_secs(1));
    assert_eq!(bench.machine.fate(host, bench.now), Fate::Close);
    bench.send(host, "^XA^FDa^FS^XZ".repeat(30));
    bench.pass(Duration::from_secs(3_600));
    assert_eq!(room(&bench, host), 0);
}

#[test]
fn a_network_drop_holds_the_connections_and_the_printer_goes_on() {
    let mut bench = Bench::new();
    let host = bench.connect();
    bench.send(host, formats("abc"));
    bench.act(Action::DropNetwork(Duration::from_secs(5)));
    assert_eq!(bench.machine.fate(host, bench.now), Fate::Hold);
    bench.pass(Duration::from_secs(5));
    assert!(room(&bench, host) > 0);
    assert_eq!(bench.whole().len(), 3);
}

#[test]
fn cutting_connections_leaves_the_labels_and_the_torn_format() {
    let mut bench = Bench::new();
    let host = bench.connect();
    bench.send(host, format!("{}^XA^FDtorn", formats("ab")));
    bench.act(Action::CutConnections);
    assert_eq!(bench.machine.fate(host, bench.now), Fate::Reset);
    bench.pass_labels(9.0);
    assert_eq!(bench.whole(), ["a", "b"]);
    let host = bench.connect();
    assert_eq!(bench.host_status(host)[PARTIAL], "1");
}

#[test]
fn a_forgotten_connection_is_dead_and_its_place_is_free() {
    let mut bench = Bench::with(Knobs { max_connections: 1, ..Knobs::default() });
    let host = bench.connect();
    bench.send(host, formats("ab"));
    bench.act(Action::ForgetConnections);
    assert_eq!(bench.machine.fate(host, bench.now), Fate::Hold);
    let again = bench.connect();
    bench.pass_labels(9.0);
    assert_eq!(bench.host_status(again)[EEE], "000");
    assert_eq!(bench.whole(), ["a", "b"]);
    assert_eq!(bench.machine.fate(host, bench.now), Fate::Hold);
}

#[test]
fn after_a_boot_the_printer_may_be_deaf_and_greet_with_garbage() {
    let knobs = Knobs {
        boot_s: 2.0,
        boot_silent_s: 3.0,
        boot_garbage: "ready\r\n".to_owned(),
        power_cut_connections: PowerCutConnections::HalfOpen,
        ..Knobs::default()
    };
    let mut bench = Bench::with(knobs);
    let old = bench.connect();
    bench.act(Action::PowerCycle(Duration::from_secs(1)));
    assert_eq!(bench.machine.fate(old, bench.now), Fate::Hold);
    bench.pass(Duration::from_secs(3));
    assert!(bench.machine.is_listening() && !bench.machine.is_on());
    assert_eq!(bench.machine.fate(old, bench.now), Fate::Reset);
    let host = bench.connect();
    assert_eq!(bench.ask(host, "~HS"), "ready\r\n", "the greeting, and no reply");
    bench.send(host, formats("a"));
    bench.pass(Duration::from_secs(3));
    assert_eq!(bench.host_status(host)[EEE], "000");
    bench.pass_labels(2.0);
    assert_eq!(bench.whole().len(), 0, "accepted and thrown away");
}
