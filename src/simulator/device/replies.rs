//! Replies leave as the knobs want them: late, in pieces, or several in one.

use super::shared::{Outgoing, Shared};
use crate::simulator::machine::{Fate, Link};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::mpsc;

/// How long a reply waits for others to leave with it.
const MERGE_WAIT: Duration = Duration::from_millis(50);
/// Between two pieces, so that they arrive apart.
const FRAGMENT_PAUSE: Duration = Duration::from_millis(1);

/// Writes until the connection is over.
pub(super) async fn write_replies(
    shared: &Shared,
    stream: &TcpStream,
    link: Link,
    mut replies: mpsc::Receiver<Outgoing>,
) {
    while let Some(first) = replies.recv().await {
        let knobs = shared.knobs();
        let wrapped =
            |bytes: &[u8]| [knobs.reply_prefix.as_bytes(), bytes, knobs.reply_suffix.as_bytes()].concat();
        let mut bytes = wrapped(&first.bytes);
        for _ in 1..knobs.reply_merge {
            let Ok(Some(next)) = tokio::time::timeout(MERGE_WAIT, replies.recv()).await else { break };
            bytes.extend(wrapped(&next.bytes));
        }
        if knobs.reply_delay_ms > 0 {
            tokio::time::sleep_until(first.given_at + Duration::from_millis(knobs.reply_delay_ms)).await;
        }
        let fragment = if knobs.reply_fragment == 0 { bytes.len() } else { knobs.reply_fragment };
        for piece in bytes.chunks(fragment.max(1)) {
            if !is_passable(shared, link).await || write(stream, piece).await.is_err() {
                return;
            }
            if piece.len() < bytes.len() {
                tokio::time::sleep(FRAGMENT_PAUSE).await;
            }
        }
    }
}

/// Waits while the network is down; false when the connection is lost.
async fn is_passable(shared: &Shared, link: Link) -> bool {
    let mut version = shared.watch();
    loop {
        version.borrow_and_update();
        match shared.fate(link) {
            Fate::Serve { .. } | Fate::Close => return true,
            Fate::Reset => return false,
            Fate::Hold => {
                let _ = version.changed().await;
            }
        }
    }
}

async fn write(stream: &TcpStream, mut bytes: &[u8]) -> std::io::Result<()> {
    while !bytes.is_empty() {
        stream.writable().await?;
        match stream.try_write(bytes) {
            Ok(count) => bytes = &bytes[count..],
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
