//! The JSON port, usually 9200: several connections at once, answered while printing and while the print
//! port is stalled. ZPL II Programming Guide, "JSON".

use super::connection;
use super::shared::Shared;
use crate::simulator::lexer::JsonCollector;
use crate::simulator::machine::Event;
use std::sync::Arc;
use tokio::net::TcpStream;

pub(super) async fn serve(shared: Arc<Shared>, stream: TcpStream) {
    let Some((link, replies)) = shared.open_json_channel() else {
        return super::port::reset(&stream);
    };
    let mut collector = JsonCollector::on_json_port();
    let take = |bytes: &[u8]| {
        for request in bytes.iter().filter_map(|byte| collector.request(*byte)) {
            shared.step(Event::Json(link.channel, request));
        }
    };
    connection::serve(&shared, stream, link, replies, false, take).await;
}
