//! The raw print port, usually 9100: ZPL in, replies out, with real back-pressure.

use super::connection;
use super::port::reset;
use super::shared::Shared;
use crate::simulator::machine::Event;
use std::sync::Arc;
use tokio::net::TcpStream;

pub(super) async fn serve(shared: Arc<Shared>, stream: TcpStream) {
    let Some((link, replies)) = shared.open_print_channel() else {
        return reset(&stream);
    };
    let take = |bytes: &[u8]| shared.step(Event::Received(link.channel, bytes.to_vec()));
    connection::serve(&shared, stream, link, replies, true, take).await;
}
