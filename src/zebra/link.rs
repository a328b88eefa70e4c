//! One raw connection to a printer: a task writes, a task reads, neither waits for the other.
//!
//! A printer that cannot take more stops reading and its TCP window closes, possibly for days: a write
//! therefore has no time limit, and reading goes on beside it.

use super::{Reply, ReplyReader};
use socket2::{SockRef, Socket, TcpKeepalive};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// Why there is no connection (any more).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    #[error("no connection to {address}: {reason}")]
    Refused { address: String, reason: String },
    #[error("{address} did not accept a connection within {timeout_ms} ms")]
    TimedOut { address: String, timeout_ms: u64 },
    #[error("the printer closed the connection")]
    Closed,
    #[error("the connection broke: {0}")]
    Broken(String),
}

/// What a connection reports.
#[derive(Debug)]
pub enum LinkEvent {
    Reply(Reply),
    /// The operating system took all bytes up to and with this label: proves nothing about paper.
    Written,
    Lost(LinkError),
}

#[derive(Debug)]
struct Outbound {
    bytes: Vec<u8>,
    completes_label: bool,
}

/// Bytes queued for the operating system and not yet taken; beyond it the worker is at fault.
const OUTBOUND_LIMIT: usize = 256;
/// A small send buffer keeps what is neither here nor in the printer small.
const SEND_BUFFER_BYTES: usize = 16 * 1024;

/// What becomes of bytes the printer has not got when a connection is closed, also by a kill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnClose {
    /// They must not trickle out behind the back of the next connection.
    Discard,
    /// They are as good as printed for all that is known, and go their way.
    Deliver,
}

/// An open connection. Dropping it closes it at once.
#[derive(Debug)]
pub struct Link {
    outbound: mpsc::Sender<Outbound>,
    events: mpsc::Receiver<LinkEvent>,
    tasks: [JoinHandle<()>; 2],
    unwritten: usize,
    /// The same socket once more: the halves are with the tasks, one of which may wait for the printer for days.
    socket: Socket,
}

impl Link {
    /// Connects to `host:port` within `timeout`.
    pub async fn connect(address: &str, timeout: Duration, on_close: OnClose) -> Result<Self, LinkError> {
        let stream = match tokio::time::timeout(timeout, TcpStream::connect(address)).await {
            Err(_) => {
                let timeout_ms = timeout.as_millis() as u64;
                return Err(LinkError::TimedOut { address: address.to_owned(), timeout_ms });
            }
            Ok(Err(error)) => {
                return Err(LinkError::Refused { address: address.to_owned(), reason: error.to_string() });
            }
            Ok(Ok(stream)) => stream,
        };
        let broken = |error: std::io::Error| LinkError::Broken(error.to_string());
        prepare(&stream, on_close).map_err(broken)?;
        let socket = SockRef::from(&stream).try_clone().map_err(broken)?;
        let (read, write) = stream.into_split();
        let (outbound, outbound_queue) = mpsc::channel(OUTBOUND_LIMIT);
        let (events_in, events) = mpsc::channel(OUTBOUND_LIMIT);
        let writer = tokio::spawn(write_all(write, outbound_queue, events_in.clone()));
        let reader = tokio::spawn(read_all(read, events_in));
        Ok(Self { outbound, events, tasks: [writer, reader], unwritten: 0, socket })
    }

    /// Queues bytes, and says whether they complete a label. Returns false when the queue is full.
    pub fn send(&mut self, bytes: Vec<u8>, completes_label: bool) -> bool {
        let queued = self.outbound.try_send(Outbound { bytes, completes_label }).is_ok();
        if queued && completes_label {
            self.unwritten += 1;
        }
        queued
    }

    /// Labels the operating system has not taken yet: while there are any, a question would wait behind them.
    pub fn unwritten(&self) -> usize {
        self.unwritten
    }

    /// From now on closing it discards, whatever was said when it was opened.
    pub fn discard_on_close(&self) {
        if let Err(error) = self.socket.set_linger(Some(Duration::ZERO)) {
            tracing::warn!(%error, "what is on its way to the printer cannot be taken back");
        }
    }

    /// The next thing that happened. Safe to cancel.
    pub async fn next(&mut self) -> LinkEvent {
        let event = self.events.recv().await.unwrap_or(LinkEvent::Lost(LinkError::Closed));
        if matches!(event, LinkEvent::Written) {
            self.unwritten = self.unwritten.saturating_sub(1);
        }
        event
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

/// No delay, keep-alive, a small send buffer.
fn prepare(stream: &TcpStream, on_close: OnClose) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let socket = SockRef::from(stream);
    socket.set_send_buffer_size(SEND_BUFFER_BYTES)?;
    if on_close == OnClose::Discard {
        // Also when this process ends by a kill.
        socket.set_linger(Some(Duration::ZERO))?;
    }
    let keepalive =
        TcpKeepalive::new().with_time(Duration::from_secs(30)).with_interval(Duration::from_secs(10));
    socket.set_tcp_keepalive(&keepalive)
}

async fn write_all(
    mut write: OwnedWriteHalf,
    mut queue: mpsc::Receiver<Outbound>,
    events: mpsc::Sender<LinkEvent>,
) {
    while let Some(outbound) = queue.recv().await {
        if let Err(error) = write.write_all(&outbound.bytes).await {
            let _ = events.send(LinkEvent::Lost(LinkError::Broken(error.to_string()))).await;
            return;
        }
        if outbound.completes_label && events.send(LinkEvent::Written).await.is_err() {
            return;
        }
    }
}

async fn read_all(mut read: OwnedReadHalf, events: mpsc::Sender<LinkEvent>) {
    let mut reader = ReplyReader::default();
    let mut buffer = [0_u8; 4096];
    loop {
        let lost = match read.read(&mut buffer).await {
            Ok(0) => LinkError::Closed,
            Err(error) => LinkError::Broken(error.to_string()),
            Ok(count) => {
                for reply in reader.push(&buffer[..count]) {
                    if events.send(LinkEvent::Reply(reply)).await.is_err() {
                        return;
                    }
                }
                continue;
            }
        };
        let _ = events.send(LinkEvent::Lost(lost)).await;
        return;
    }
}
