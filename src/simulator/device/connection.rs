//! What both ports do with a connection: obey its fate, read what there is room for, write the replies.

use super::port::reset;
use super::replies::write_replies;
use super::shared::{Outgoing, Shared};
use crate::simulator::machine::{Fate, Link};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::mpsc;

const READ_BYTES: usize = 4096;

/// Serves a connection until it ends. `take` gets the bytes; `obeys_room` is false for a port that reads on
/// while the receive buffer is full.
pub(super) async fn serve(
    shared: &Shared,
    stream: TcpStream,
    link: Link,
    replies: mpsc::Receiver<Outgoing>,
    obeys_room: bool,
    take: impl FnMut(&[u8]),
) {
    let _ = stream.set_nodelay(true);
    let writing = write_replies(shared, &stream, link, replies);
    tokio::pin!(writing);
    let end = tokio::select! {
        end = read(shared, &stream, link, obeys_room, take) => end,
        () = &mut writing => End::Reset,
    };
    shared.close(link);
    match end {
        End::Closed => {
            // The host may have shut down its half only, and still wants to read.
            let _ = tokio::time::timeout(Duration::from_secs(2), writing).await;
        }
        End::Reset => reset(&stream),
    }
}

enum End {
    Closed,
    Reset,
}

async fn read(
    shared: &Shared,
    stream: &TcpStream,
    link: Link,
    obeys_room: bool,
    mut take: impl FnMut(&[u8]),
) -> End {
    let mut version = shared.watch();
    let mut buffer = [0; READ_BYTES];
    loop {
        version.borrow_and_update();
        let room = match shared.fate(link) {
            Fate::Reset => return End::Reset,
            Fate::Close => return End::Closed,
            Fate::Serve { room } if obeys_room => room.min(READ_BYTES),
            Fate::Serve { .. } => READ_BYTES,
            Fate::Hold => 0,
        };
        if room == 0 {
            // The window closes behind us: the kernel's small buffer fills, then the host's writes stall.
            let _ = version.changed().await;
            continue;
        }
        tokio::select! {
            _ = version.changed() => continue,
            ready = stream.readable() => if ready.is_err() { return End::Closed },
        }
        match stream.try_read(&mut buffer[..room]) {
            Ok(0) => return End::Closed,
            Ok(count) => {
                take(&buffer[..count]);
                pace(shared, count).await;
            }
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(_) => return End::Closed,
        }
    }
}

/// A slow print server reads no faster than the knob says.
async fn pace(shared: &Shared, count: usize) {
    let rate = shared.knobs().chunk_rate_limit;
    if rate > 0 {
        tokio::time::sleep(Duration::from_secs_f64(count as f64 / rate as f64)).await;
    }
}
