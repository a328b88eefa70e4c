//! The event log as server-sent events: numbered, resumable, with a heartbeat. A slow reader slows nobody:
//! each reads the log at its own pace and is told to begin anew when it has fallen out of it.

use super::Views;
use crate::domain::{Event, EventNumber};
use crate::progress::Progress;
use crate::refusal::Refusal;
use crate::store::{Store, StoreError, events as log};
use actix_web::web::{Bytes, Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::stream::{Stream, unfold};
use serde::Deserialize;
use std::collections::VecDeque;
use std::fmt::Write;
use std::time::Duration;
use tokio::sync::watch;
use utoipa::IntoParams;

const HEARTBEAT: Duration = Duration::from_secs(15);
/// Events read at once: what a reader holds is bounded, however far behind it is.
const EVENTS_PER_READ: i64 = 200;

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct StreamQuery {
    /// Number of the last event known; without it the stream begins now. `Last-Event-ID` wins over it.
    after: Option<EventNumber>,
}

/// `GET /api/events`
#[utoipa::path(get, path = "/api/events", tag = "events", params(StreamQuery), responses(
    (status = 200, description = "text/event-stream: `job` and `printer` events with their number as id, `resync` when events were missed for good"),
), security(("key" = [])))]
pub async fn events(
    views: Data<Views>,
    query: Query<StreamQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, Refusal> {
    let last_event_id = request
        .headers()
        .get("Last-Event-ID")
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.parse().ok());
    let mut connection = views.store.read().await?;
    let latest = log::latest(&mut connection).await?;
    let oldest = log::oldest(&mut connection).await?;
    drop(connection);
    let asked = last_event_id.or(query.after);
    let is_lost = asked.is_some_and(|after| after > latest || after + 1 < oldest);
    let after = if is_lost { latest } else { asked.unwrap_or(latest) };
    let follower = Follower::new(views.store.clone(), &views.progress, after, is_lost);
    Ok(HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header(("Cache-Control", "no-store"))
        .insert_header(("X-Accel-Buffering", "no"))
        .streaming(follower.into_stream()))
}

/// One reader's place in the log.
struct Follower {
    store: Store,
    recorded: watch::Receiver<u64>,
    after: EventNumber,
    frames: VecDeque<Bytes>,
}

impl Follower {
    fn new(store: Store, progress: &Progress, after: EventNumber, is_lost: bool) -> Self {
        let mut frames = VecDeque::from([Bytes::from_static(b"retry: 1000\n\n")]);
        if is_lost {
            frames.push_back(Bytes::from(format!("id: {after}\nevent: resync\ndata: {{}}\n\n")));
        }
        Self { store, recorded: progress.subscribe(), after, frames }
    }

    fn into_stream(self) -> impl Stream<Item = Result<Bytes, StoreError>> {
        unfold(self, |mut follower| async move {
            let frame = follower.next().await;
            match frame {
                Ok(frame) => Some((Ok(frame), follower)),
                Err(error) => {
                    // The connection ends; the browser comes back with the number it has.
                    tracing::warn!(%error, "a live stream ended on the database");
                    None
                }
            }
        })
    }

    async fn next(&mut self) -> Result<Bytes, StoreError> {
        loop {
            if let Some(frame) = self.frames.pop_front() {
                return Ok(frame);
            }
            // Marked as seen before reading: what is recorded meanwhile wakes us again.
            self.recorded.borrow_and_update();
            let found = log::after(&mut *self.store.read().await?, self.after, EVENTS_PER_READ).await?;
            if let Some(last) = found.last() {
                self.after = last.number;
                self.frames.push_back(frames_of(&found));
                continue;
            }
            if tokio::time::timeout(HEARTBEAT, self.recorded.changed()).await.is_err() {
                return Ok(Bytes::from_static(b": still here\n\n"));
            }
        }
    }
}

fn frames_of(events: &[Event]) -> Bytes {
    let mut text = String::new();
    for event in events {
        // Payloads are JSON on one line.
        let _ =
            write!(text, "id: {}\nevent: {}\ndata: {}\n\n", event.number, event.kind.as_str(), event.payload);
    }
    Bytes::from(text)
}
