//! A host on one of the printer's connections, and what it sends.

use platen::simulator::{Knobs, SimulatedZebra, SimulatorOptions};
use serde_json::Value;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

pub const SOON: Duration = Duration::from_secs(10);

/// A host connected to one of the printer's ports.
pub struct Host {
    pub stream: TcpStream,
}

impl Host {
    /// With a small send buffer, so that a closed window is felt at once.
    pub async fn connect(address: SocketAddr) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_send_buffer_size(4096).unwrap();
        let stream = tokio::time::timeout(SOON, socket.connect(address)).await.unwrap().unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream }
    }

    pub async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        tokio::time::timeout(SOON, self.stream.write_all(bytes.as_ref())).await.unwrap().unwrap();
    }

    pub async fn read_bytes(&mut self, count: usize) -> Vec<u8> {
        let mut bytes = vec![0; count];
        let read = tokio::time::timeout(SOON, self.stream.read_exact(&mut bytes)).await;
        read.unwrap_or_else(|_| panic!("no reply to be read")).unwrap();
        bytes
    }

    pub async fn read_until(&mut self, end: &str) -> String {
        let mut bytes = Vec::new();
        while !bytes.ends_with(end.as_bytes()) {
            bytes.extend(self.read_bytes(1).await);
        }
        String::from_utf8(bytes).unwrap()
    }

    /// The fields of `~HS`: the three strings, cut at their commas.
    pub async fn host_status(&mut self) -> Vec<Vec<String>> {
        self.send("~HS").await;
        let reply = String::from_utf8(self.read_bytes(82).await).unwrap();
        let strings = reply.split("\r\n").filter(|string| !string.is_empty());
        strings
            .map(|string| string.trim_matches(['\x02', '\x03']).split(',').map(str::to_owned).collect())
            .collect()
    }

    pub async fn getvar(&mut self, name: &str) -> String {
        self.send(format!("! U1 getvar \"{name}\"\r\n")).await;
        assert_eq!(self.read_bytes(1).await, b"\"");
        self.read_until("\"").await.trim_end_matches('"').to_owned()
    }

    pub async fn ask_json(&mut self, request: Value) -> Value {
        self.send(format!("{{}}{request}")).await;
        serde_json::from_str(&self.read_until("}").await).unwrap()
    }

    /// Writes until the printer takes no more; returns how much it took.
    pub async fn send_until_stalled(&mut self, bytes: &[u8]) -> usize {
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
    pub async fn is_lost(&mut self) -> bool {
        let mut byte = [0];
        match tokio::time::timeout(SOON, self.stream.read(&mut byte)).await {
            Ok(Ok(count)) => count == 0,
            Ok(Err(_)) => true,
            Err(_) => false,
        }
    }
}

pub fn label(text: &str) -> String {
    format!("^XA^FO40,40^A0N,30,30^FH^FD{text}^FS^PQ1^XZ\r\n")
}

pub fn labels(range: std::ops::RangeInclusive<u32>) -> String {
    range.map(|number| label(&format!("SN-{number:06}"))).collect()
}

pub async fn printer() -> SimulatedZebra {
    SimulatedZebra::start(SimulatorOptions::fast()).await.unwrap()
}

pub async fn printer_with(knobs: Knobs) -> SimulatedZebra {
    let fast = SimulatorOptions::fast();
    let knobs = Knobs { boot_s: fast.knobs.boot_s, ..knobs };
    SimulatedZebra::start(SimulatorOptions { knobs, ..fast }).await.unwrap()
}

pub fn first_texts(printer: &SimulatedZebra) -> Vec<String> {
    printer.paper().iter().map(|label| label.texts.first().cloned().unwrap_or_default()).collect()
}
