//! The simulated Zebra as a host meets it: over real connections, in the printer's own words.

#![allow(clippy::unwrap_used, reason = "a printer that breaks its word ends the test on the spot")]

mod command;
mod host;

use host::{Host, SOON, first_texts, label, labels, printer, printer_with};
use platen::simulator::{Knobs, PowerCutConnections, SimulatedZebra, SimulatorOptions};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

#[tokio::test]
async fn an_idle_printer_answers_host_status_byte_for_byte() {
    let printer = printer().await;
    let mut host = Host::connect(printer.address()).await;
    host.send("~HS").await;
    let expected = b"\x02030,0,0,0256,000,0,0,0,000,0,0,0\x03\r\n\x02001,0,0,0,1,2,6,0,00000000,1,000\x03\r\n\x020000,0\x03\r\n";
    assert_eq!(expected.len(), 82);
    assert_eq!(host.read_bytes(82).await, expected);
    host.send("~HI").await;
    assert_eq!(host.read_until("\r\n").await, "\x02ZT411-200dpi,V92.21.39Z,8,8176KB\x03\r\n");
    host.send("~HQES").await;
    let errors = host.read_until("\x03").await;
    assert!(errors.contains("   ERRORS:         0 00000000 00000000      \r\n"), "{errors}");
    printer.stop().await;
}

#[tokio::test]
async fn labels_are_printed_in_order_and_counted_one_by_one() {
    let printer = printer().await;
    let before = printer.odometer();
    let mut host = Host::connect(printer.address()).await;
    host.send(labels(1..=20)).await;
    printer.wait_for_labels(20, SOON).await.unwrap();
    let paper = printer.paper();
    assert_eq!(paper.len(), 20);
    for (number, piece) in (1..).zip(&paper) {
        assert_eq!(piece.texts, [format!("SN-{number:06}")]);
        assert_eq!((piece.sequence, piece.odometer), (number, before + number));
        assert!(piece.is_whole_label() && !piece.reprint);
        let written = label(&piece.texts[0]);
        assert_eq!(piece.zpl.as_ref(), written.trim_end().as_bytes());
    }
    assert_eq!(host.getvar("odometer.total_label_count").await, (before + 20).to_string());
}

#[tokio::test]
async fn what_composes_to_nothing_is_neither_printed_nor_counted() {
    let printer = printer().await;
    let before = printer.odometer();
    let mut host = Host::connect(printer.address()).await;
    host.send("^XA^XZ^XA^DFR:BOX.ZPL^FS^FO1,1^FDBox ^FS^FO9,1^FN1^FS^XZ").await;
    host.send("^XA^XFR:BOX.ZPL^FS^FN1^FDseven^FS^XZ^XA^PW400^XZ").await;
    printer.wait_for_labels(1, SOON).await.unwrap();
    assert_eq!(host.host_status().await[0][4], "000");
    assert_eq!(printer.paper()[0].texts, ["Box ", "seven"]);
    assert_eq!((printer.paper().len(), printer.odometer()), (1, before + 1));
}

#[tokio::test]
async fn a_paused_printer_counts_its_formats_and_prints_them_when_resumed() {
    let printer = printer().await;
    let mut host = Host::connect(printer.address()).await;
    host.send("~PP").await;
    host.send(labels(1..=15)).await;
    let status = host.host_status().await;
    assert_eq!(
        (status[0][2].as_str(), status[0][4].as_str(), status[1][8].as_str()),
        ("1", "015", "00000000")
    );
    host.send("~HQES").await;
    assert!(host.read_until("\x03").await.contains("ERRORS:         1 00000000 00010000"));
    assert_eq!(printer.paper().len(), 0);
    host.send("~PS").await;
    printer.wait_for_labels(15, SOON).await.unwrap();
    assert_eq!(host.host_status().await[0][4], "000");
}

#[tokio::test]
async fn a_full_buffer_stalls_the_writer_and_a_resumed_printer_frees_it() {
    let knobs = Knobs { buffer_bytes: 4096, socket_buffer_bytes: 2048, ..Knobs::default() };
    let printer = printer_with(knobs).await;
    let mut host = Host::connect(printer.address()).await;
    let mut status = Host::connect(printer.json_address().unwrap()).await;
    host.send("~PP").await;
    printer.wait_until(SOON, |state| state.paused).await.unwrap();
    let job = labels(1..=400);
    let sent = host.send_until_stalled(job.as_bytes()).await;
    let state = printer.state();
    assert!(state.buffer_full && state.buffered_bytes == 4096, "{state:?}");
    assert!(sent < 40_000, "{sent} bytes were taken by a buffer of 4096 and the sockets");

    let answer = status.ask_json(json!({"device.host_status": null, "device.unique_id": null})).await;
    let line = answer["device.host_status"].as_str().unwrap();
    let fields: Vec<&str> = line.split(',').collect();
    assert_eq!((fields[2], fields[5]), ("1", "1"), "paused and full: {line}");
    // A command behind the full buffer is not even read.
    let set = status.ask_json(json!({"device.unpause": ""})).await;
    assert_eq!(set["device.unpause"], Value::Null);
    host.send(&job.as_bytes()[sent..]).await;
    printer.wait_for_labels(400, Duration::from_secs(30)).await.unwrap();
    assert_eq!(first_texts(&printer).last().unwrap(), "SN-000400");
}

#[tokio::test]
async fn media_ending_in_a_label_tears_it_and_reloading_prints_it_again() {
    let printer = printer().await;
    let before = printer.odometer();
    printer.media_out_after(3);
    let mut host = Host::connect(printer.address()).await;
    host.send(labels(1..=8)).await;
    printer.wait_until(SOON, |state| state.media_out).await.unwrap();
    let status = host.host_status().await;
    assert_eq!((status[0][1].as_str(), status[0][2].as_str(), status[0][4].as_str()), ("1", "1", "005"));
    assert_eq!(printer.odometer(), before + 3);
    assert_eq!(host.getvar("sensor.paper_supply").await, "out");
    printer.reload_media();
    printer.wait_for_labels(8, SOON).await.unwrap();
    let story: Vec<(String, bool, bool)> =
        printer.paper().iter().map(|piece| (piece.texts[0].clone(), piece.complete, piece.reprint)).collect();
    assert_eq!(story.len(), 9);
    assert_eq!(story[3], ("SN-000004".to_owned(), false, false));
    assert_eq!(story[4], ("SN-000004".to_owned(), true, true));
    assert_eq!(printer.odometer(), before + 8, "the torn label counts once");
}

#[tokio::test]
async fn a_power_cut_loses_the_buffer_and_the_uptime_but_not_the_odometer() {
    let printer = printer().await;
    let mut host = Host::connect(printer.address()).await;
    let mut status = Host::connect(printer.json_address().unwrap()).await;
    let question = json!({"odometer.total_label_count": null, "device.uptime": null});
    let before = status.ask_json(question.clone()).await;
    assert!(before["device.uptime"].as_str().unwrap().starts_with("00 days 02 hours 45 mins "));
    printer.media_out_after(5);
    host.send(labels(1..=12)).await;
    printer.wait_until(SOON, |state| state.media_out).await.unwrap();
    let counted = printer.odometer();
    printer.power_cycle(Duration::from_millis(500));
    assert!(host.is_lost().await && status.is_lost().await, "connections are reset");
    let refused = TcpStream::connect(printer.address()).await.unwrap_err();
    assert_eq!(refused.kind(), std::io::ErrorKind::ConnectionRefused);
    printer.wait_until(SOON, |state| state.on).await.unwrap();
    printer.reload_media();

    let mut status = Host::connect(printer.json_address().unwrap()).await;
    let after = status.ask_json(question).await;
    assert_eq!(after["odometer.total_label_count"], counted.to_string());
    assert!(after["device.uptime"].as_str().unwrap().starts_with("00 days 00 hours 00 mins "));
    let mut host = Host::connect(printer.address()).await;
    assert_eq!(host.host_status().await[0][4], "000");
    host.send(label("next")).await;
    printer.wait_for_labels(6, SOON).await.unwrap();
    let texts = first_texts(&printer);
    assert_eq!(texts[4..], ["SN-000005", "SN-000006", "next"], "the sixth was torn and is not reprinted");
}

#[tokio::test]
async fn a_half_open_connection_says_nothing_until_the_printer_is_back() {
    let knobs = Knobs { power_cut_connections: PowerCutConnections::HalfOpen, ..Knobs::default() };
    let printer = printer_with(knobs).await;
    let mut host = Host::connect(printer.address()).await;
    host.host_status().await;
    printer.power_cycle(Duration::from_millis(500));
    host.send("~HS").await;
    let mut byte = [0];
    let early = tokio::time::timeout(Duration::from_millis(100), host.stream.read(&mut byte)).await;
    assert!(early.is_err(), "neither a reply nor an end: {early:?}");
    assert!(host.is_lost().await, "the rebooted printer resets what it does not know");
}

#[tokio::test]
async fn a_torn_format_waits_for_its_end_or_for_its_cancellation() {
    let printer = printer().await;
    let mut first = Host::connect(printer.address()).await;
    first.send("^XA^FO1,1^FDtorn").await;
    printer.wait_until(SOON, |state| state.partial_format).await.unwrap();
    drop(first);
    let mut second = Host::connect(printer.address()).await;
    assert_eq!(second.host_status().await[0][7], "1", "h: the half format stays");
    second.send("~JX").await;
    assert_eq!(second.host_status().await[0][7], "0");
    second.send(label("whole")).await;
    printer.wait_for_labels(1, SOON).await.unwrap();
    assert_eq!(first_texts(&printer), ["whole"]);
}

#[tokio::test]
async fn another_connection_waits_while_one_is_in_the_middle_of_a_format() {
    let printer = printer().await;
    let mut first = Host::connect(printer.address()).await;
    first.send("^XA^FO1,1^FDtorn").await;
    printer.wait_until(SOON, |state| state.partial_format).await.unwrap();
    let mut second = Host::connect(printer.address()).await;
    second.send("~HS").await;
    let mut byte = [0];
    let early = tokio::time::timeout(Duration::from_millis(200), second.stream.peek(&mut byte)).await;
    assert!(early.is_err(), "accepted and silent");
    first.send("^FS^XZ~HI").await;
    assert!(first.read_until("\r\n").await.contains("ZT411"));
    assert_eq!(second.read_bytes(82).await.len(), 82, "heard once the format was whole");
}

#[tokio::test]
async fn foreign_labels_move_the_odometer_of_everybody() {
    let printer = printer().await;
    let before = printer.odometer();
    let mut host = Host::connect(printer.address()).await;
    host.send(labels(1..=2)).await;
    printer.wait_for_labels(2, SOON).await.unwrap();
    printer.print_foreign(3);
    printer.wait_until(SOON, |state| state.odometer == before + 5).await.unwrap();
    assert_eq!(host.getvar("odometer.total_label_count").await, (before + 5).to_string());
    assert_eq!(printer.state().labels, 2, "not ours");
    assert_eq!(host.getvar("odometer.no_such_counter").await, "?");
}

#[tokio::test]
async fn replies_may_come_in_single_bytes_and_with_noise_around() {
    let knobs = Knobs {
        reply_fragment: 1,
        reply_prefix: "\r\n".to_owned(),
        reply_suffix: "\0".to_owned(),
        ..Knobs::default()
    };
    let printer = printer_with(knobs).await;
    let mut host = Host::connect(printer.address()).await;
    host.send("~HI").await;
    assert_eq!(host.read_until("\0").await, "\r\n\x02ZT411-200dpi,V92.21.39Z,8,8176KB\x03\r\n\0");
}

#[tokio::test]
async fn several_json_connections_are_served_at_once_and_values_can_be_set() {
    let printer = printer().await;
    let mut first = Host::connect(printer.json_address().unwrap()).await;
    let mut second = Host::connect(printer.json_address().unwrap()).await;
    second.send("{}{\"device.friendly_name\":").await;
    assert_eq!(first.ask_json(json!({"head.latch": null})).await, json!({"head.latch": "ok"}));
    second.send("\"line 4\"}").await;
    assert_eq!(second.read_until("}").await, "{\"device.friendly_name\":\"line 4\"}");
    printer.open_head();
    let asked = json!({"head.latch": null, "device.friendly_name": null, "no.such": null});
    let answered = json!({"head.latch": "open", "device.friendly_name": "line 4", "no.such": null});
    assert_eq!(first.ask_json(asked).await, answered);
}

#[tokio::test]
async fn the_odometer_survives_the_simulator_itself() {
    let directory = tempfile::tempdir().unwrap();
    let options = || SimulatorOptions { out: Some(directory.path().to_owned()), ..SimulatorOptions::fast() };
    let printer = SimulatedZebra::start(options()).await.unwrap();
    let mut host = Host::connect(printer.address()).await;
    host.send(labels(1..=3)).await;
    let counted = printer.wait_for_labels(3, SOON).await.unwrap().odometer;
    printer.stop().await;
    let printer = SimulatedZebra::start(options()).await.unwrap();
    assert_eq!(printer.odometer(), counted);
    assert_eq!(printer.state().uptime_s, 0, "to the host the restart is a power cycle");
    let mut host = Host::connect(printer.address()).await;
    host.send(label("fourth")).await;
    printer.wait_for_labels(1, SOON).await.unwrap();
    printer.stop().await;
    let log = std::fs::read_to_string(directory.path().join("labels.jsonl")).unwrap();
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 4);
    let last = &lines[3];
    assert_eq!((last["sequence"].as_u64(), last["odometer"].as_u64()), (Some(4), Some(counted + 1)));
    assert_eq!((&last["texts"][0], &last["complete"]), (&json!("fourth"), &json!(true)));
    assert_eq!(last["zpl"], label("fourth").trim_end());
}
