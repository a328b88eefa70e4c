//! Asks `~HS` on a connection of its own: some makes do not answer on one that has carried a job.

use super::{HostStatus, Query, Reply, ReplyReader};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const TIMEOUT: Duration = Duration::from_secs(3);

/// The host status, if the printer serves a second connection and answers there.
pub async fn host_status_afresh(address: String) -> Option<HostStatus> {
    tokio::time::timeout(TIMEOUT, ask(&address)).await.ok().flatten()
}

async fn ask(address: &str) -> Option<HostStatus> {
    let mut stream = TcpStream::connect(address).await.ok()?;
    stream.write_all(Query::HostStatus.bytes()).await.ok()?;
    let mut reader = ReplyReader::default();
    let mut buffer = [0_u8; 1024];
    loop {
        let count = stream.read(&mut buffer).await.ok().filter(|count| *count > 0)?;
        for reply in reader.push(&buffer[..count]) {
            if let Reply::HostStatus(status) = reply {
                return Some(status);
            }
        }
    }
}
