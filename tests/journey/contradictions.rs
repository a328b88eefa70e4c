//! What the printer tells does not fit what was sent: the run stops, counts nothing wrongly, and a person is asked.

use crate::harness::*;
use platen::simulator::{Action, SimulatedZebra, State};
use serde_json::Value;
use std::time::Instant;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

const LONG_JOB: usize = 150;
/// What is usual of the printer is known by then.
const AMONG_FIRST: u64 = 20;

/// What happens at the printer.
#[derive(Clone)]
enum Event {
    Act(Action),
    /// Another program sends it these bytes.
    Hears(&'static [u8]),
}

impl Event {
    async fn happen(self, zebra: &SimulatedZebra) {
        match self {
            Self::Act(action) => zebra.act(action),
            Self::Hears(bytes) => {
                let mut program = TcpStream::connect(zebra.address()).await.expect("a second connection");
                program.write_all(bytes).await.expect("the printer takes it");
            }
        }
    }
}

/// Plays `event` in the middle of a long job; the job is held with `code`. Tells how soon.
async fn stops_and_asks(place: impl Fn(&SimulatedZebra) -> Place, event: Event, code: &str) {
    stops_and_asks_at(10.0, place, event, code).await;
}

/// The same of a printer of another pace.
async fn stops_and_asks_at(
    labels_per_second: f64,
    place: impl Fn(&SimulatedZebra) -> Place,
    event: Event,
    code: &str,
) {
    let zebra = slow_printer(labels_per_second).await;
    let place = place(&zebra);
    let service = place.start().await;
    let id = service.submit(&job(LONG_JOB)).await;
    zebra.wait_for_labels(AMONG_FIRST, PATIENCE).await.expect("the middle of the job");
    let happened = Instant::now();
    event.happen(&zebra).await;
    let held = service.wait_for(&id, code, |job| job["attention"]["code"] == code).await;
    let after_ms = happened.elapsed().as_millis();
    let foreign_at = zebra
        .paper()
        .iter()
        .find(|label| label.texts.iter().any(|text| text.starts_with("foreign")))
        .map(|label| label.printed_at);
    let on_paper_ms = foreign_at.map(|at| jiff::Timestamp::now().duration_since(at).as_millis());
    eprintln!(
        "{code} at {labels_per_second} labels a second: asked after {after_ms} ms, {on_paper_ms:?} ms after the label was out"
    );
    assert!(held["attention"]["action"].as_str().is_some_and(|advice| !advice.is_empty()), "{held}");
    let is_still = |state: &State| !state.printing && state.formats == 0 && state.buffered_bytes == 0;
    zebra.wait_until(PATIENCE, is_still).await.expect("all that was sent is out");
    assert_counted_rightly(&zebra, &service, &id).await;
    place.assert_history_is_whole(&service).await;
}

/// What is recorded as printed lies there once, what lies there twice does not exist, and the rest of what was sent is a question.
async fn assert_counted_rightly(zebra: &SimulatedZebra, service: &Service, id: &str) {
    let on_paper = serials_on_paper(&zebra.paper());
    let labels = service.get(&format!("/api/jobs/{id}/labels?limit=1000")).await;
    let labels = labels["labels"].as_array().expect("labels").clone();
    let outcome_of = |index: usize| {
        labels
            .iter()
            .find(|label| label["label"] == index)
            .map_or(Value::Null, |label| label["outcome"].clone())
    };
    for index in 1..=LONG_JOB {
        let times = on_paper.get(&serial(index)).copied().unwrap_or(0);
        match outcome_of(index).as_str() {
            Some("printed") => assert_eq!(times, 1, "label {index} is recorded as printed"),
            Some("unconfirmed") => assert!(times <= 1, "label {index}"),
            outcome => assert_eq!(times, 0, "label {index} lies there, recorded as {outcome:?}"),
        }
    }
}

#[tokio::test]
pub async fn another_senders_label_in_the_middle_of_a_job_stops_it() {
    stops_and_asks(Place::with_printer, Event::Act(Action::PrintForeign(1)), "foreign_labels").await;
}

#[tokio::test]
pub async fn another_senders_label_on_a_slow_printer_stops_the_job() {
    let foreign = || Event::Act(Action::PrintForeign(1));
    let paces: Vec<f64> = std::env::var("FOREIGN_AT").map_or(vec![3.0], |paces| {
        paces.split(' ').map(|pace| pace.parse().expect("labels a second")).collect()
    });
    for labels_per_second in paces {
        stops_and_asks_at(labels_per_second, Place::with_printer, foreign(), "foreign_labels").await;
        stops_and_asks_at(labels_per_second, Place::with_raw_printer, foreign(), "foreign_labels").await;
    }
}

#[tokio::test]
async fn another_senders_label_is_seen_on_the_raw_channel_too() {
    stops_and_asks(Place::with_raw_printer, Event::Act(Action::PrintForeign(1)), "foreign_labels").await;
}

/// Where the label in motion is none of those that wait, one label fewer in the works is nothing out of the way by itself,
/// but fewer than while the first label was made.
#[tokio::test]
async fn another_senders_label_among_the_first_of_the_first_job_stops_it() {
    for place in [Place::with_printer, Place::with_raw_printer] {
        let zebra = slow_printer(3.0).await;
        zebra.turn(|knobs| knobs.eee_counts_staged = false);
        let place = place(&zebra);
        let service = place.start().await;
        let id = service.submit(&job(LONG_JOB)).await;
        zebra.wait_for_labels(1, PATIENCE).await.expect("the first label");
        zebra.act(Action::PrintForeign(1));
        service.wait_for(&id, "foreign_labels", |job| job["attention"]["code"] == "foreign_labels").await;
        assert!(zebra.paper().len() < LONG_JOB / 5, "not only at its end: {}", zebra.paper().len());
        assert_counted_rightly(&zebra, &service, &id).await;
    }
}

/// By it another sender's label among the first of the next job is told from ours, also in the next life of the service.
#[tokio::test]
async fn what_a_job_has_shown_of_the_printer_is_kept_when_the_job_is_told_to_be_over() {
    for _ in 0..2 {
        let zebra = slow_printer(10.0).await;
        let place = Place::with_raw_printer(&zebra);
        let service = place.start().await;
        let id = service.submit(&job(30)).await;
        service.wait_for_end(&id).await;
        service.kill().await;
        let kept = "UPDATE printers SET paused = paused WHERE former_works LIKE '%\"of_runs\":[{%'";
        assert_eq!(place.alter(kept).await, 1, "what the run has learnt");
    }
}

#[tokio::test]
pub async fn another_printer_at_the_address_in_the_middle_of_a_job_stops_it() {
    let another = Event::Act(Action::ChangeIdentity("XX000000000009".to_owned()));
    stops_and_asks(Place::with_printer, another.clone(), "wrong_printer").await;
    stops_and_asks(Place::with_raw_printer, another, "wrong_printer").await;
}

#[tokio::test]
pub async fn a_counter_that_goes_back_in_the_middle_of_a_job_stops_it() {
    stops_and_asks(Place::with_printer, Event::Act(Action::SetOdometer(10)), "counter_contradiction").await;
    stops_and_asks(Place::with_raw_printer, Event::Act(Action::SetOdometer(10)), "counter_contradiction")
        .await;
}

/// No pause tells of it: the labels leave the buffer and are not counted, and those behind them would be counted for them.
#[tokio::test]
pub async fn labels_that_another_program_cancels_stop_the_job() {
    let cancel = || Event::Hears(b"~JA");
    stops_and_asks(Place::with_printer, cancel(), "counter_contradiction").await;
    stops_and_asks(Place::with_raw_printer, cancel(), "counter_contradiction").await;
}

/// Who comes anew to a printer that stands in a fault does not see that somebody has cancelled a label meanwhile: also a
/// service that is killed behind that knows it.
#[tokio::test]
async fn a_label_that_is_cancelled_is_asked_about_though_the_database_failed_when_that_was_seen() {
    for place in [Place::with_printer, Place::with_raw_printer] {
        let zebra = slow_printer(10.0).await;
        let place = place(&zebra);
        let service = place.start().await;
        let id = service.submit(&job(LONG_JOB)).await;
        zebra.wait_for_labels(AMONG_FIRST, PATIENCE).await.expect("the middle of the job");
        zebra.media_out();
        service.wait_for(&id, "no paper", |job| job["attention"]["code"] == "paper_out").await;
        place.refuse_doubts().await;
        zebra.cancel();
        service.until_it_says(REFUSED_ON_PURPOSE).await;
        place.accept_doubts().await;
        service.until_it_says("the database is back").await;
        service.kill().await;
        let service = place.start().await;
        zebra.reload_media();
        zebra.resume();
        asks_and_prints_the_rest(&zebra, &service, &id).await;
    }
}

/// A person is asked, and what is not asked about is printed.
async fn asks_and_prints_the_rest(zebra: &SimulatedZebra, service: &Service, id: &str) {
    service.wait_for(id, "a question", |job| job["attention"]["code"] == "unconfirmed_labels").await;
    service
        .wait_for(id, "all others", |job| {
            let asked = job["unconfirmed"].as_array().map_or(0, Vec::len);
            job["current_label"].as_u64().is_some_and(|printed| printed as usize + asked == LONG_JOB)
        })
        .await;
    assert_counted_rightly(zebra, service, id).await;
}

/// The uptime alone tells of such a restart. What was written meanwhile comes out behind it, and takes the numbers of
/// the labels that were lost.
#[tokio::test]
pub async fn a_connection_that_outlives_a_restart_of_the_printer_makes_no_label_printed_that_is_not() {
    for place in [Place::with_printer, Place::with_raw_printer] {
        let zebra = slow_printer(10.0).await;
        zebra.turn(|knobs| {
            knobs.silent_drop_after_reset = true;
            knobs.boot_s = 0.05;
        });
        let place = place(&zebra);
        let service = place.start().await;
        let id = service.submit(&job(LONG_JOB)).await;
        zebra.wait_for_labels(AMONG_FIRST, PATIENCE).await.expect("the middle of the job");
        zebra.act(Action::Reset);
        asks_and_prints_the_rest(&zebra, &service, &id).await;
    }
}
