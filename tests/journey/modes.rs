//! What each printer can prove, and that platen claims no more than that.

use crate::harness::*;
use platen::simulator::{
    Action, BatchCount, HostVerification, Knobs, Scenario, SimulatedZebra, SimulatorOptions,
};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// About `labels_per_second` labels, one channel, and these switches.
async fn printer_with(labels_per_second: f64, change: impl FnOnce(&mut Knobs)) -> SimulatedZebra {
    let mut options = SimulatorOptions::fast();
    options.model.speed_ips = labels_per_second * 35.0 / 25.4;
    options.json_listen = None;
    change(&mut options.knobs);
    SimulatedZebra::start(options).await.expect("a printer")
}

/// Prints, and cannot say a word.
async fn mute_printer(labels_per_second: f64) -> SimulatedZebra {
    printer_with(labels_per_second, |knobs| {
        knobs.answers_host_status = false;
        knobs.answers_host_query = false;
        knobs.answers_settings = false;
        knobs.buffer_bytes = 4096;
    })
    .await
}

fn unconfirmed(job: &Value) -> usize {
    job["unconfirmed"].as_array().map_or(0, Vec::len)
}

/// All is printed but for a window at most, which is asked about.
async fn asked_with_the_rest_printed(service: &Service, id: &str, labels: usize) -> Value {
    let rest_is_out = |job: &Value| {
        let printed = job["current_label"].as_u64();
        unconfirmed(job) > 0 && printed == Some((labels - unconfirmed(job)) as u64)
    };
    let asked = service.wait_for(id, "the question", rest_is_out).await;
    assert!(unconfirmed(&asked) <= 4, "a window: {asked}");
    asked
}

/// A person looks at the table and answers for each label in doubt; then the job is completed, each label there once.
async fn answer_by_the_paper(zebra: &SimulatedZebra, service: &Service, asked: &Value, labels: usize) {
    let id = asked["job_id"].as_str().expect("an id");
    let on_paper = serials_on_paper(&zebra.paper());
    for label in asked["unconfirmed"].as_array().expect("labels") {
        let index = label.as_u64().expect("a number") as usize;
        let answer = json!({"labels": label.to_string(), "printed": on_paper.contains_key(&serial(index))});
        let (status, _) = service.post(&format!("/api/jobs/{id}/resolve"), &answer).await;
        assert_eq!(status, 200);
    }
    let end = service.wait_for_end(id).await;
    assert_eq!((&end["status"], &end["unconfirmed"]), (&json!("completed"), &json!([])));
    zebra.wait_for_labels(labels as u64, PATIENCE).await.expect("all of them");
    assert_each_once(&zebra.paper(), labels);
}

async fn evidence_of(service: &Service, id: &str) -> Vec<String> {
    let labels = service.get(&format!("/api/jobs/{id}/labels")).await;
    let labels = labels["labels"].as_array().expect("labels").clone();
    labels.iter().map(|label| label["evidence"].as_str().expect("evidence").to_owned()).collect()
}

#[tokio::test]
async fn a_blind_printer_gets_every_label_once_and_a_person_answers_for_the_job_in_one_call() {
    let zebra = mute_printer(200.0).await;
    let service = Place::with_raw_printer(&zebra).configured("profile = \"blind\"").start().await;
    let id = service.submit(&job(200)).await;
    let asked = service.wait_for(&id, "the question", |job| unconfirmed(job) == 200).await;
    assert_eq!((&asked["status"], &asked["current_label"]), (&json!("printing"), &json!(0)));
    assert_eq!(asked["attention"]["code"], "unconfirmed_labels");
    let message = asked["attention"]["message"].as_str().expect("words");
    assert!(message.contains("cannot say"), "{message}");
    zebra.wait_for_labels(200, PATIENCE).await.expect("all of them");
    assert_each_once(&zebra.paper(), 200);
    let told = service.get("/api/printers/line-a").await;
    assert_eq!(told["proves"]["level"], "nothing");
    let answer = json!({"labels": "1-200", "printed": true});
    let (status, _) = service.post(&format!("/api/jobs/{id}/resolve"), &answer).await;
    assert_eq!(status, 200);
    let end = service.wait_for_end(&id).await;
    assert_eq!((&end["status"], &end["attention"]), (&json!("completed"), &json!(null)));
    assert!(evidence_of(&service, &id).await.iter().all(|evidence| evidence == "person"));
}

#[tokio::test]
pub async fn a_service_killed_beside_a_blind_printer_sends_nothing_again_by_itself() {
    let zebra = mute_printer(20.0).await;
    let place = Place::with_raw_printer(&zebra).configured("profile = \"blind\"");
    let service = place.start().await;
    let id = service.submit(&job(100)).await;
    zebra.wait_for_labels(5, PATIENCE).await.expect("label 5");
    service.kill().await;
    let service = place.start().await;
    service.wait_for(&id, "the question", |job| unconfirmed(job) == 100).await;
    zebra.wait_until(PATIENCE, |state| !state.printing && state.formats == 0).await.expect("it is done");
    let counts = serials_on_paper(&zebra.paper());
    assert!(counts.values().all(|count| *count == 1), "none twice: {counts:?}");
}

#[tokio::test]
async fn a_closed_window_is_a_stall_and_no_failure() {
    let mut options = SimulatorOptions::fast();
    options.json_listen = None;
    (options.knobs.answers_host_status, options.knobs.answers_settings) = (false, false);
    (options.knobs.buffer_bytes, options.knobs.socket_buffer_bytes) = (1024, 2048);
    options.scenario = Scenario::from_toml(PAUSED_FOR_TEN_SECONDS).expect("a scenario");
    let zebra = SimulatedZebra::start(options).await.expect("a printer");
    let service = Place::with_raw_printer(&zebra).configured("profile = \"blind\"").start().await;
    let id = service.submit(&job(120)).await;
    zebra.wait_until(PATIENCE, |state| state.paused).await.expect("it pauses");
    assert_eq!(unconfirmed(&service.status(&id).await), 0, "nothing is given up");
    service.wait_for(&id, "the question", |job| unconfirmed(job) == 120).await;
    zebra.wait_for_labels(120, PATIENCE).await.expect("all of them");
    assert_each_once(&zebra.paper(), 120);
}

/// Paused at the printer in the middle of a job; longer than anything platen waits for an answer.
const PAUSED_FOR_TEN_SECONDS: &str = r#"
[[steps]]
at_label = 10
do = "pause"
[[steps]]
after_ms = 10000
do = "resume"
"#;

#[tokio::test]
async fn a_full_and_paused_printer_is_waited_for_and_loses_nothing() {
    let mut options = SimulatorOptions::fast();
    (options.knobs.buffer_bytes, options.knobs.socket_buffer_bytes) = (1024, 2048);
    options.scenario = Scenario::from_toml(PAUSED_FOR_TEN_SECONDS).expect("a scenario");
    let zebra = SimulatedZebra::start(options).await.expect("a printer");
    let service = Place::with_printer(&zebra).start().await;
    let id = service.submit(&job(60)).await;
    let end = service.wait_for_end(&id).await;
    assert_eq!((&end["status"], &end["unconfirmed"]), (&json!("completed"), &json!([])));
    assert_each_once(&zebra.paper(), 60);
}

/// It answers on no connection then, and is hung up on none, however long that is.
#[tokio::test]
async fn a_full_and_paused_printer_keeps_its_connection() {
    let mut options = SimulatorOptions::fast();
    options.json_listen = None;
    (options.knobs.buffer_bytes, options.knobs.socket_buffer_bytes) = (1024, 2048);
    // So fast that more is on its way than it has room for.
    options.model.speed_ips = 60.0 * 35.0 / 25.4;
    let zebra = SimulatedZebra::start(options).await.expect("a printer");
    let service = Place::with_raw_printer(&zebra).start().await;
    let id = service.submit(&job(60)).await;
    zebra.wait_for_labels(10, PATIENCE).await.expect("label 10");
    zebra.pause();
    zebra.wait_until(PATIENCE, |state| state.connections == 2).await.expect("it is asked beside");
    zebra.resume();
    let end = service.wait_for_end(&id).await;
    assert_eq!((&end["status"], &end["unconfirmed"]), (&json!("completed"), &json!([])));
    assert_each_once(&zebra.paper(), 60);
    let labels = service.get(&format!("/api/jobs/{id}/labels?limit=60")).await;
    let labels = labels["labels"].as_array().expect("labels").clone();
    assert!(labels.iter().all(|label| label["attempt"] == 1), "one run: {labels:?}");
}

#[tokio::test]
async fn a_printer_that_closes_idle_connections_in_the_middle_of_a_paused_job_loses_nothing() {
    let mut options = SimulatorOptions::fast();
    options.json_listen = None;
    // Shorter than the questions of a stopped printer are apart, as 300 s are where nothing is asked.
    options.knobs.idle_close_s = 0.3;
    options.scenario = Scenario::from_toml(PAUSED_FOR_TEN_SECONDS).expect("a scenario");
    let zebra = SimulatedZebra::start(options).await.expect("a printer");
    let service = Place::with_raw_printer(&zebra).start().await;
    let id = service.submit(&job(60)).await;
    let end = service.wait_for_end(&id).await;
    assert_eq!((&end["status"], &end["unconfirmed"]), (&json!("completed"), &json!([])));
    assert_each_once(&zebra.paper(), 60);
}

#[tokio::test]
pub async fn what_a_printer_can_prove_is_kept_for_it_and_forgotten_for_another() {
    let zebra = printer().await;
    let place = Place::with_printer(&zebra);
    let service = place.start().await;
    let names = ["host_status", "label_counter", "settings", "second_channel", "second_channel_status"];
    let told =
        service.wait_for_printer(|printer| names.iter().all(|name| printer["proves"][*name] == true)).await;
    assert_eq!(told["proves"]["level"], "label_counter");
    assert_eq!(told["proves"]["sentence"], "Counts every label.");
    assert_eq!(told["proves"]["unique_id"], told["unique_id"]);
    service.kill().await;
    zebra.pause();
    let service = place.start().await;
    assert_eq!(service.get("/api/printers/line-a").await["proves"], told["proves"], "kept");
    zebra.turn(|knobs| knobs.label_counter_present = false);
    zebra.change_identity("OTHER1".to_owned());
    let other = service.wait_for_printer(|printer| printer["proves"]["unique_id"] == "OTHER1").await;
    assert_ne!(other["proves"]["label_counter"], true);
    let other = service.wait_for_printer(|printer| printer["proves"]["level"] == "buffer").await;
    let sentence = other["proves"]["sentence"].as_str().expect("words");
    assert!(sentence.contains("up to 4 labels are asked about"), "{sentence}");
}

/// Its firmware is one that answers settings as a rule; what it answers behind each question tells that none was lost.
#[tokio::test]
async fn a_printer_without_settings_is_soon_known_and_at_once_after_a_kill() {
    let zebra = printer_with(100.0, |knobs| knobs.answers_settings = false).await;
    let place = Place::with_raw_printer(&zebra);
    for (serials, within_s) in [([1, 2, 3], 15), ([4, 5, 6], 5)] {
        let service = place.start().await;
        let begun = Instant::now();
        let id = service.submit(&job_of(&serials)).await;
        let end = service.wait_for_end(&id).await;
        assert_eq!(end["status"], "completed");
        assert!(begun.elapsed() < Duration::from_secs(within_s), "{serials:?} after {:?}", begun.elapsed());
        service.kill().await;
    }
    assert_each_once(&zebra.paper(), 6);
}

#[tokio::test]
async fn a_counter_that_vanishes_in_the_middle_of_a_run_stops_it_and_counts_nothing_wrongly() {
    let zebra = printer_with(30.0, |_| {}).await;
    let service = Place::with_raw_printer(&zebra).start().await;
    let id = service.submit(&job(60)).await;
    zebra.wait_for_labels(20, PATIENCE).await.expect("label 20");
    zebra.turn(|knobs| knobs.label_counter_present = false);
    let stopped = service
        .wait_for(&id, "the contradiction", |job| job["attention"]["code"] == "counter_contradiction")
        .await;
    let on_paper = serials_on_paper(&zebra.paper()).len();
    assert!(stopped["current_label"].as_u64().expect("a count") as usize <= on_paper);
    assert!(unconfirmed(&stopped) > 0, "what was on its way is a question");
}

#[tokio::test]
pub async fn labels_that_are_counted_and_named_are_verified() {
    for hv_support in [HostVerification::AtPrint, HostVerification::AtCompose] {
        let zebra = printer_with(100.0, |knobs| {
            knobs.hv_support = hv_support;
            // Names, statuses and settings in one read, or each in single bytes.
            match hv_support {
                HostVerification::AtPrint => knobs.reply_merge = 3,
                _ => knobs.reply_fragment = 1,
            }
        })
        .await;
        let place = Place::with_raw_printer(&zebra).configured("host_verification = true");
        let service = place.start().await;
        let id = service.submit(&job(40)).await;
        let end = service.wait_for_end(&id).await;
        assert_eq!(end["status"], "completed", "{hv_support:?}");
        assert_each_once(&zebra.paper(), 40);
        let evidence = evidence_of(&service, &id).await;
        assert!(evidence.iter().all(|evidence| evidence == "verified"), "{hv_support:?}: {evidence:?}");
        let told = service.get("/api/printers/line-a").await;
        assert_eq!(told["proves"]["level"], "verified", "{hv_support:?}");
    }
}

#[tokio::test]
async fn a_printer_that_names_no_label_is_believed_by_its_counter() {
    let zebra = printer_with(100.0, |knobs| knobs.hv_support = HostVerification::No).await;
    let place = Place::with_raw_printer(&zebra).configured("host_verification = true");
    let service = place.start().await;
    let id = service.submit(&job(40)).await;
    let end = service.wait_for_end(&id).await;
    assert_eq!(end["status"], "completed");
    assert!(evidence_of(&service, &id).await.iter().all(|evidence| evidence == "odometer"));
    let told = service.get("/api/printers/line-a").await;
    assert_eq!(told["proves"]["host_verification"], false);
}

#[tokio::test]
async fn a_printer_of_another_make_that_answers_only_afresh_is_heard_there() {
    let zebra = printer_with(100.0, |knobs| {
        knobs.answers_settings = false;
        knobs.hs_silent_before_first_label = true;
        knobs.hs_silent_after_format = true;
        knobs.u_mode = BatchCount::Garbage;
    })
    .await;
    let place = Place::with_raw_printer(&zebra).configured("profile = \"zpl-generic\"");
    let service = place.start().await;
    let id = service.submit(&job(4)).await;
    zebra.wait_for_labels(1, PATIENCE).await.expect("the first, on which it begins to answer");
    let end = service.wait_for_end(&id).await;
    assert_eq!((&end["status"], &end["unconfirmed"]), (&json!("completed"), &json!([])));
    assert_each_once(&zebra.paper(), 4);
    assert!(evidence_of(&service, &id).await.iter().all(|evidence| evidence == "buffer_drained"));
    assert_eq!(service.get("/api/printers/line-a").await["proves"]["level"], "buffer");
}

/// One that answers beside its labels is mute on no connection: what it says on another tells nothing of a dead one.
#[tokio::test]
async fn a_make_that_answers_behind_labels_is_not_believed_on_another_connection() {
    let zebra = printer_with(5.0, |knobs| knobs.answers_settings = false).await;
    let place = Place::with_raw_printer(&zebra).configured("profile = \"zpl-generic\"");
    let service = place.start().await;
    let id = service.submit(&job(40)).await;
    zebra.wait_for_labels(10, PATIENCE).await.expect("label 10");
    zebra.act(Action::ForgetConnections);
    let asked = service.wait_for(&id, "the question", |job| unconfirmed(job) > 0).await;
    assert!(unconfirmed(&asked) <= 4, "a window: {asked}");
    answer_by_the_paper(&zebra, &service, &asked, 40).await;
}

#[tokio::test]
async fn where_such_a_printer_serves_one_connection_only_nothing_is_claimed() {
    let zebra = printer_with(100.0, |knobs| {
        knobs.answers_settings = false;
        knobs.hs_silent_after_format = true;
        knobs.max_connections = 1;
    })
    .await;
    let place = Place::with_raw_printer(&zebra).configured("profile = \"zpl-generic\"");
    let service = place.start().await;
    let id = service.submit(&job(20)).await;
    let waiting =
        service.wait_for(&id, "printer_silent", |job| job["attention"]["code"] == "printer_silent").await;
    assert_eq!((&waiting["current_label"], unconfirmed(&waiting)), (&json!(0), 0));
    assert!(zebra.paper().len() <= 4, "no more than a window is sent into the silence");
}

#[tokio::test]
async fn a_printer_that_never_answers_is_silent_and_the_advice_names_the_way_out() {
    let zebra = mute_printer(100.0).await;
    let service = Place::with_raw_printer(&zebra).start().await;
    let id = service.submit(&job(3)).await;
    let waiting =
        service.wait_for(&id, "printer_silent", |job| job["attention"]["code"] == "printer_silent").await;
    assert!(waiting["attention"]["action"].as_str().expect("advice").contains("blind"));
    assert!(zebra.paper().is_empty(), "nothing is sent into the silence");
}

/// CANCEL pauses too, and what it dropped has left the buffer like what was printed.
#[tokio::test]
async fn without_a_counter_a_pause_asks_about_what_was_on_its_way() {
    for is_cancelled in [false, true] {
        let zebra = slow_printer(20.0).await;
        zebra.turn(|knobs| knobs.label_counter_present = false);
        let service = Place::with_raw_printer(&zebra).start().await;
        let id = service.submit(&job(30)).await;
        zebra.wait_for_labels(10, PATIENCE).await.expect("label 10");
        zebra.act_mid_label(if is_cancelled { Action::Cancel } else { Action::Pause });
        service.wait_for(&id, "the pause", |job| job["attention"]["code"] == "printer_paused").await;
        zebra.resume();
        let asked = asked_with_the_rest_printed(&service, &id, 30).await;
        answer_by_the_paper(&zebra, &service, &asked, 30).await;
    }
}

/// An external print server holds the connection while the printer behind it is switched off: nothing but its silence tells
/// of that, and an empty buffer is that of a printer that has printed all as well as of one that has lost all.
#[tokio::test]
async fn without_a_counter_and_an_uptime_a_restart_that_the_connection_outlives_is_asked_about() {
    let zebra = printer_with(5.0, |knobs| {
        knobs.answers_settings = false;
        knobs.label_counter_present = false;
        knobs.silent_drop_after_reset = true;
        knobs.boot_s = 4.0;
    })
    .await;
    let service = Place::with_raw_printer(&zebra).start().await;
    let id = service.submit(&job(30)).await;
    zebra.wait_for_labels(10, PATIENCE).await.expect("label 10");
    zebra.act_mid_label(Action::Reset);
    let asked = asked_with_the_rest_printed(&service, &id, 30).await;
    let whole = zebra.paper().iter().filter(|label| label.is_whole_label()).count();
    assert!(whole < 30, "the label in motion is lost at least");
    answer_by_the_paper(&zebra, &service, &asked, 30).await;
}
