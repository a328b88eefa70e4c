//! The simulated Zebra as a host meets it: over real connections, in the printer's own words.

#![allow(clippy::unwrap_used, reason = "a printer that breaks its word ends the test on the spot")]

use platen::simulator::{Knobs, PowerCutConnections, SimulatedZebra, SimulatorOptions};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

const SOON: Duration = Duration::from_secs(10);

/// A host connected to one of the printer's ports.
struct Host {
    stream: TcpStream,
}

impl Host {
    /// With a small send buffer, so that a closed window is felt at once.
    async fn connect(address: SocketAddr) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_send_buffer_size(4096).unwrap();
        let stream = tokio::time::timeout(SOON, socket.connect(address)).await.unwrap().unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream }
    }

    async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        tokio::time::timeout(SOON, self.stream.write_all(bytes.as_ref())).await.unwrap().unwrap();
    }

    async fn read_bytes(&mut self, count: usize) -> Vec<u8> {
        let mut bytes = vec![0; count];
        let read = tokio::time::timeout(SOON, self.stream.read_exact(&mut bytes)).await;
        read.unwrap_or_else(|_| panic!("no reply to be read")).unwrap();
        bytes
    }

    async fn read_until(&mut self, end: &str) -> String {
        let mut bytes = Vec::new();
        while !bytes.ends_with(end.as_bytes()) {
            bytes.extend(self.read_bytes(1).await);
        }
        String::from_utf8(bytes).unwrap()
    }

    /// The fields of `~HS`: the three strings, cut at their commas.
    async fn host_status(&mut self) -> Vec<Vec<String>> {
        self.send("~HS").await;
        let reply = String::from_utf8(self.read_bytes(82).await).unwrap();
        let strings = reply.split("\r\n").filter(|string| !string.is_empty());
        strings
            .map(|string| string.trim_matches(['\x02', '\x03']).split(',').map(str::to_owned).collect())
            .collect()
    }

    async fn getvar(&mut self, name: &str) -> String {
        self.send(format!("! U1 getvar \"{name}\"\r\n")).await;
        assert_eq!(self.read_bytes(1).await, b"\"");
        self.read_until("\"").await.trim_end_matches('"').to_owned()
    }

    async fn ask_json(&mut self, request: Value) -> Value {
        self.send(format!("{{}}{request}")).await;
        serde_json::from_str(&self.read_until("}").await).unwrap()
    }

    /// Writes until the printer takes no more; returns how much it took.
    async fn send_until_stalled(&mut self, bytes: &[u8]) -> usize {
        let mut sent = 0;
        while let Ok(written) =
            tokio::time::timeout(Duration::from_millis(400), self.stream.write(&bytes[sent..])).await
        {
            sent += written.unwrap();
            assert!(sent < bytes.len(), "the printer took everything");
        }
        sent
    }

    /// True when the printer has reset or closed the connection.
    async fn is_lost(&mut self) -> bool {
        let mut byte = [0];
        match tokio::time::timeout(SOON, self.stream.read(&mut byte)).await {
            Ok(Ok(count)) => count == 0,
            Ok(Err(_)) => true,
            Err(_) => false,
        }
    }
}

fn label(text: &str) -> String {
    format!("^XA^FO40,40^A0N,30,30^FH^FD{text}^FS^PQ1^XZ\r\n")
}

fn labels(range: std::ops::RangeInclusive<u32>) -> String {
    range.map(|number| label(&format!("SN-{number:06}"))).collect()
}

async fn printer() -> SimulatedZebra {
    SimulatedZebra::start(SimulatorOptions::fast()).await.unwrap()
}

async fn printer_with(knobs: Knobs) -> SimulatedZebra {
    let fast = SimulatorOptions::fast();
    let knobs = Knobs { boot_s: fast.knobs.boot_s, ..knobs };
    SimulatedZebra::start(SimulatorOptions { knobs, ..fast }).await.unwrap()
}

fn first_texts(printer: &SimulatedZebra) -> Vec<String> {
    printer.paper().iter().map(|label| label.texts.first().cloned().unwrap_or_default()).collect()
}

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

/// `platen simulate` in a process of its own, ended with the test.
struct Simulator {
    process: tokio::process::Child,
    lines: tokio::io::Lines<tokio::io::BufReader<tokio::process::ChildStdout>>,
    first_line: String,
}

impl Simulator {
    async fn start(arguments: &[&str]) -> Self {
        use tokio::io::AsyncBufReadExt;
        let mut process = tokio::process::Command::new(env!("CARGO_BIN_EXE_platen"))
            .args(["simulate", "--listen", "127.0.0.1:0", "--speed-ips", "200"])
            .args(arguments)
            .stdout(std::process::Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = tokio::io::BufReader::new(process.stdout.take().unwrap()).lines();
        let first_line = tokio::time::timeout(SOON, lines.next_line()).await.unwrap().unwrap().unwrap();
        Self { process, lines, first_line }
    }

    /// The address behind a word of the first line.
    fn address(&self, word: &str) -> SocketAddr {
        let (_, rest) = self.first_line.split_once(word).unwrap();
        let address = rest.trim_start_matches("http://").split([',', ' ']).next().unwrap();
        address.trim_start_matches("http://").parse().unwrap()
    }

    async fn next_line(&mut self) -> String {
        tokio::time::timeout(SOON, self.lines.next_line()).await.unwrap().unwrap().unwrap()
    }

    /// One request to the control port: status and body.
    async fn control(&self, request: &str, body: &str) -> (u16, Value) {
        let mut host = Host::connect(self.address("control on ")).await;
        let length = body.len();
        host.send(format!(
            "{request} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
        ))
        .await;
        let mut reply = String::new();
        tokio::time::timeout(SOON, host.stream.read_to_string(&mut reply)).await.unwrap().unwrap();
        let (head, body) = reply.split_once("\r\n\r\n").unwrap();
        (head.split(' ').nth(1).unwrap().parse().unwrap(), serde_json::from_str(body).unwrap())
    }

    async fn terminate(mut self) -> Option<i32> {
        let id = rustix::process::Pid::from_raw(self.process.id().unwrap().cast_signed()).unwrap();
        rustix::process::kill_process(id, rustix::process::Signal::TERM).unwrap();
        tokio::time::timeout(SOON, self.process.wait()).await.unwrap().unwrap().code()
    }
}

#[tokio::test]
async fn the_command_tells_its_addresses_and_each_label_and_ends_when_told() {
    let directory = tempfile::tempdir().unwrap();
    let scenario = directory.path().join("scenario.toml");
    std::fs::write(&scenario, "[[steps]]\nat_label = 1\nmid_label = true\ndo = \"media_out\"\n").unwrap();
    let out = directory.path().join("out");
    let arguments = [
        "--control-port",
        "0",
        "--serial",
        "XXLINE4",
        "--odometer",
        "100",
        "--no-pictures",
        "--out",
        out.to_str().unwrap(),
        "--scenario",
        scenario.to_str().unwrap(),
    ];
    let mut simulator = Simulator::start(&arguments).await;
    assert!(simulator.first_line.starts_with("simulated Zebra XXLINE4 listening on 127.0.0.1:"));
    let mut host = Host::connect(simulator.address("listening on ")).await;
    host.send(labels(1..=2)).await;
    assert_eq!(simulator.next_line().await, "label      1  odometer 101  SN-000001");
    assert_eq!(simulator.next_line().await, "label      2  odometer 101 TORN  SN-000002");

    let (status, state) = simulator.control("GET /state", "").await;
    assert_eq!((status, &state["media_out"], &state["formats"]), (200, &json!(true), &json!(1)));
    let (status, error) = simulator.control("POST /reload-media", "{\"labels\": 1}").await;
    assert_eq!((status, error), (400, json!({"error": "reload_media takes no labels"})));
    assert_eq!(simulator.control("POST /reload-media", "").await.0, 200);
    assert_eq!(simulator.next_line().await, "label      3  odometer 102 reprint  SN-000002");
    let (_, knobs) = simulator.control("PATCH /knobs", "{\"hs_in_fault\": \"silent\"}").await;
    assert_eq!(knobs["hs_in_fault"], "silent");
    let (_, paper) = simulator.control("GET /paper?after=2", "").await;
    assert_eq!((paper.as_array().unwrap().len(), &paper[0]["reprint"]), (1, &json!(true)));
    assert_eq!(simulator.control("GET /nothing", "").await.0, 404);

    let mut status = Host::connect(simulator.address("JSON on ")).await;
    assert_eq!(status.ask_json(json!({"device.unique_id": null})).await["device.unique_id"], "XXLINE4");
    assert_eq!(simulator.terminate().await, Some(0));
    assert_eq!(std::fs::read_to_string(out.join("labels.jsonl")).unwrap().lines().count(), 3);
}

#[tokio::test]
async fn a_page_shows_the_labels_whether_or_not_they_can_be_drawn() {
    let directory = tempfile::tempdir().unwrap();
    let arguments = ["--out", directory.path().to_str().unwrap(), "--control-port", "0"];
    let mut simulator = Simulator::start(&arguments).await;
    assert_eq!(simulator.control("GET /state", "").await.0, 200);
    let mut host = Host::connect(simulator.address("listening on ")).await;
    host.send(label("shown on the page")).await;
    simulator.next_line().await;
    assert_eq!(host.host_status().await[0][1..3], ["0", "0"]);
    assert_eq!(simulator.terminate().await, Some(0));
    let page = std::fs::read_to_string(directory.path().join("index.html")).unwrap();
    assert!(page.contains("shown on the page") && page.contains("1 piece of paper"), "{page}");
}

#[test]
fn a_wrong_call_is_refused_in_one_sentence() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("wrong.toml");
    std::fs::write(&file, "[[steps]]\nat_label = 3\ndo = \"explode\"\n").unwrap();
    let simulate = |arguments: &[&str]| {
        let mut command = assert_cmd::Command::cargo_bin("platen").unwrap();
        command.args(["simulate", "--listen", "127.0.0.1:0"]).args(arguments);
        command.timeout(SOON).assert().code(2).get_output().stderr.clone()
    };
    for option in ["--scenario", "--knobs"] {
        let stderr = String::from_utf8(simulate(&[option, file.to_str().unwrap()])).unwrap();
        assert_eq!(stderr.lines().count(), 1, "{stderr}");
        assert!(stderr.starts_with("platen: ") && stderr.contains("wrong.toml: "), "{stderr}");
    }
    simulate(&["--label", "57"]);
    simulate(&["--dpmm", "7"]);
    simulate(&["--speed-ips", "0"]);
}
