//! Faults and keys over HTTP, for whoever drives a simulator from a shell or another language.
//!
//! | call | does |
//! |---|---|
//! | `GET /state` | the printer at a glance |
//! | `GET /paper?after=N&limit=N` | pieces of paper with a higher sequence, at most 1000 |
//! | `GET /knobs`, `PATCH /knobs` | the switches; a JSON object changes some of them |
//! | `GET /actions` | the words below with the argument each takes |
//! | `POST /media-out`, `POST /power-cycle`, … | an [`Action`], with its argument as JSON: `{"for_ms": 500}` |
//!
//! `POST …?mid_label=true` waits for the middle of a label. An action answers with the state after it; a
//! refusal is 400 or 404 with `{"error": "one sentence"}`.

use super::{ACTION_WORDS, Action, Arguments, SimulatedZebra};
use actix_web::dev::Server;
use actix_web::{App, HttpResponse, HttpServer, web};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::net::SocketAddr;
use std::sync::Arc;

/// What `platen simulate --help` says about control port, scenario and knobs.
pub const HELP: &str = "\
CONTROL PORT (--control-port): HTTP with JSON on 127.0.0.1
  GET  /state                     the printer at a glance
  GET  /paper?after=N&limit=N     pieces of paper, oldest first
  GET  /knobs   PATCH /knobs      the switches; {\"hs_in_fault\": \"silent\"} changes one
  GET  /actions                   all actions with their arguments
  POST /ACTION                    does it now; ?mid_label=true in the middle of a label
  Actions: media-out, media-out-after {\"labels\": 3}, reload-media, ribbon-out, reload-ribbon, open-head,
  close-head, cutter-fault, clear-cutter, over-temperature, cool-down, under-temperature, warm-up, pause,
  resume, cancel, feed, reprint-last, take-label, print-foreign {\"labels\": 2}, power-cycle {\"for_ms\": 500},
  reset, cut-connections, forget-connections, drop-network {\"for_ms\": 5000}, change-identity {\"serial\": \"XX2\"},
  set-odometer {\"odometer\": 5}

SCENARIO (--scenario): TOML, steps taken one after the other
  [[steps]]
  at_label = 100        # when so many labels have been printed …
  mid_label = true      # … in the middle of the next one
  do = \"media_out\"
  [[steps]]
  after_ms = 10000      # after the step before, or after the start
  do = \"reload_media\"
  Arguments as above: labels = 3, for_ms = 500, serial = \"XX2\", odometer = 5";

const MAX_PIECES: usize = 1_000;

/// Starts the server; the address is the one really taken.
pub fn start(address: SocketAddr, printer: Arc<SimulatedZebra>) -> std::io::Result<(SocketAddr, Server)> {
    let printer = web::Data::from(printer);
    let server = HttpServer::new(move || {
        App::new()
            .app_data(printer.clone())
            .route("/state", web::get().to(state))
            .route("/paper", web::get().to(paper))
            .route("/knobs", web::get().to(knobs))
            .route("/knobs", web::patch().to(change_knobs))
            .route("/actions", web::get().to(actions))
            .route("/{action}", web::post().to(act))
            .default_service(web::to(unknown))
    })
    .workers(1)
    .disable_signals()
    .bind(address)?;
    let address = server.addrs().first().copied().unwrap_or(address);
    Ok((address, server.run()))
}

async fn state(printer: web::Data<SimulatedZebra>) -> HttpResponse {
    HttpResponse::Ok().json(printer.state())
}

#[derive(Debug, Deserialize)]
struct Page {
    #[serde(default)]
    after: u64,
    limit: Option<usize>,
}

async fn paper(printer: web::Data<SimulatedZebra>, page: web::Query<Page>) -> HttpResponse {
    let limit = page.limit.unwrap_or(MAX_PIECES).min(MAX_PIECES);
    let pieces: Vec<Value> =
        printer.paper_after(page.after, limit).iter().map(super::PrintedLabel::to_json).collect();
    HttpResponse::Ok().json(pieces)
}

async fn knobs(printer: web::Data<SimulatedZebra>) -> HttpResponse {
    HttpResponse::Ok().json(printer.knobs())
}

async fn change_knobs(printer: web::Data<SimulatedZebra>, body: web::Bytes) -> HttpResponse {
    let changed = serde_json::from_slice::<Map<String, Value>>(&body)
        .map_err(|error| error.to_string())
        .and_then(|changes| printer.knobs().changed_by(&changes));
    match changed {
        Ok(knobs) => {
            printer.turn(|current| *current = knobs);
            HttpResponse::Ok().json(printer.knobs())
        }
        Err(why) => refusal(&why),
    }
}

async fn actions() -> HttpResponse {
    let words: Map<String, Value> =
        ACTION_WORDS.iter().map(|(word, argument)| (word.replace('_', "-"), json!(argument))).collect();
    HttpResponse::Ok().json(words)
}

#[derive(Debug, Deserialize)]
struct Moment {
    #[serde(default)]
    mid_label: bool,
}

async fn act(
    printer: web::Data<SimulatedZebra>,
    word: web::Path<String>,
    moment: web::Query<Moment>,
    body: web::Bytes,
) -> HttpResponse {
    let arguments = if body.is_empty() {
        Ok(Arguments::default())
    } else {
        serde_json::from_slice(&body).map_err(|error| error.to_string())
    };
    match arguments.and_then(|arguments| Action::parse(&word.replace('-', "_"), arguments)) {
        Ok(action) if moment.mid_label => printer.act_mid_label(action),
        Ok(action) => printer.act(action),
        Err(why) => return refusal(&why),
    }
    HttpResponse::Ok().json(printer.state())
}

async fn unknown() -> HttpResponse {
    HttpResponse::NotFound().json(json!({"error": "there is nothing here; GET /state or GET /actions"}))
}

fn refusal(why: &str) -> HttpResponse {
    HttpResponse::BadRequest().json(json!({"error": why}))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_help_names_every_action_with_its_argument() {
        for (word, argument) in ACTION_WORDS {
            let word = word.replace('_', "-");
            let written = if argument.is_empty() { word } else { format!("{word} {{\"{argument}\":") };
            assert!(HELP.contains(&written), "{written}");
        }
    }
}
