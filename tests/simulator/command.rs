//! `platen simulate` as a person runs it.

use crate::host::{Host, SOON, label, labels};
use serde_json::{Value, json};
use std::net::SocketAddr;
use tokio::io::AsyncReadExt;

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
