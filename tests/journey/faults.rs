//! Faults wait: the right words, and the run goes on by itself when the cause is gone.

use crate::harness::*;
use platen::simulator::{Action, SimulatedZebra, SimulatorOptions};
use serde_json::json;
use std::time::{Duration, Instant};

#[tokio::test]
pub async fn out_of_labels_waits_for_a_new_roll_and_loses_nothing() {
    let zebra = slow_printer(60.0).await;
    let service = Place::with_printer(&zebra).start().await;
    zebra.media_out_after(50);
    let id = service.submit(&job(120)).await;
    let waiting = service.wait_for(&id, "paper_out", |job| job["attention"]["code"] == "paper_out").await;
    assert_eq!(waiting["status"], "printing", "nobody's failure");
    assert!(waiting["attention"]["action"].as_str().expect("advice").contains("roll"));
    zebra.reload_media();
    zebra.resume();
    let end = service.wait_for_end(&id).await;
    assert_eq!(
        (&end["status"], &end["unconfirmed"], &end["attention"]),
        (&json!("completed"), &json!([]), &json!(null))
    );
    assert_each_once(&zebra.paper(), 120);
}

/// Ten seconds without labels in the middle of label 101, by the printer's own clock.
const TEN_SECONDS_WITHOUT_LABELS: &str = r#"
[[steps]]
at_label = 100
mid_label = true
do = "media_out"
[[steps]]
after_ms = 10000
do = "reload_media"
"#;

#[tokio::test]
async fn two_hundred_labels_with_ten_seconds_without_a_roll_are_two_hundred_labels() {
    let mut options = SimulatorOptions::fast();
    options.model.speed_ips = 80.0;
    options.scenario =
        platen::simulator::Scenario::from_toml(TEN_SECONDS_WITHOUT_LABELS).expect("a scenario");
    let zebra = SimulatedZebra::start(options).await.expect("a printer");
    let service = Place::with_printer(&zebra).start().await;
    let id = service.submit(&job(200)).await;
    let waiting = service.wait_for(&id, "paper_out", |job| job["attention"]["code"] == "paper_out").await;
    assert!(waiting["current_label"].as_i64().expect("a count") <= 100);
    let end = service.wait_for_end(&id).await;
    assert_eq!((&end["status"], &end["unconfirmed"]), (&json!("completed"), &json!([])));
    assert_each_once(&zebra.paper(), 200);
}

#[tokio::test]
async fn a_torn_label_that_the_counter_shows_twice_is_still_one_label() {
    let mut options = SimulatorOptions::fast();
    options.model.speed_ips = 60.0;
    options.knobs.reprint_counts = true;
    let zebra = SimulatedZebra::start(options).await.expect("a printer");
    let service = Place::with_printer(&zebra).start().await;
    zebra.media_out_after(20);
    let id = service.submit(&job(60)).await;
    service.wait_for(&id, "paper_out", |job| job["attention"]["code"] == "paper_out").await;
    zebra.reload_media();
    zebra.resume();
    let end = service.wait_for_end(&id).await;
    assert_eq!((&end["status"], &end["unconfirmed"]), (&json!("completed"), &json!([])));
    assert_each_once(&zebra.paper(), 60);
}

/// A printer that was switched off does not hang up, and a silent one may be in a fault: it is asked on another connection.
#[tokio::test]
async fn a_connection_that_the_printer_has_forgotten_is_given_up_though_nobody_ended_it() {
    let printed = async |place: fn(&SimulatedZebra) -> Place| {
        let zebra = slow_printer(10.0).await;
        let service = place(&zebra).start().await;
        let id = service.submit(&job(40)).await;
        zebra.wait_for_labels(10, PATIENCE).await.expect("label 10");
        zebra.act(Action::ForgetConnections);
        let end = service.wait_for_end(&id).await;
        assert_eq!((&end["status"], &end["unconfirmed"]), (&json!("completed"), &json!([])));
        assert_each_once(&zebra.paper(), 40);
    };
    tokio::join!(printed(Place::with_raw_printer), printed(Place::with_printer));
}

#[tokio::test]
async fn a_paused_printer_takes_the_job_up_when_it_is_let_go() {
    let zebra = printer().await;
    let service = Place::with_printer(&zebra).start().await;
    zebra.pause();
    let id = service.submit(&job(8)).await;
    service.wait_for(&id, "printer_paused", |job| job["attention"]["code"] == "printer_paused").await;
    zebra.resume();
    let end = service.wait_for_end(&id).await;
    assert_eq!(end["status"], "completed");
    assert_each_once(&zebra.paper(), 8);
}

#[tokio::test]
pub async fn another_senders_labels_stop_the_run_and_are_not_counted_as_ours() {
    let zebra = slow_printer(30.0).await;
    let service = Place::with_printer(&zebra).start().await;
    let id = service.submit(&job(60)).await;
    zebra.wait_for_labels(20, PATIENCE).await.expect("label 20");
    zebra.print_foreign(40);
    let stopped =
        service.wait_for(&id, "foreign_labels", |job| job["attention"]["code"] == "foreign_labels").await;
    let ours = serials_on_paper(&zebra.paper()).len() as i64;
    assert!(stopped["current_label"].as_i64().expect("a count") <= ours, "never more than are on paper");
    let doubtful = stopped["unconfirmed"].as_array().expect("a list").len();
    assert!(doubtful > 0, "what was on its way is a question");
}

#[tokio::test]
async fn a_printer_that_is_silent_in_a_fault_is_neither_ready_nor_dead() {
    let mut options = SimulatorOptions::fast();
    options.knobs.hs_in_fault = platen::simulator::InFault::Silent;
    options.knobs.answers_settings = false;
    options.knobs.label_counter_present = false;
    options.json_listen = None;
    let zebra = SimulatedZebra::start(options).await.expect("a printer");
    let service = Place::with_raw_printer(&zebra).start().await;
    zebra.open_head();
    let id = service.submit(&job(3)).await;
    service.wait_for(&id, "printer_silent", |job| job["attention"]["code"] == "printer_silent").await;
    zebra.close_head();
    zebra.resume();
    let end = service.wait_for_end(&id).await;
    assert_eq!(end["status"], "completed");
    assert_each_once(&zebra.paper(), 3);
}

#[tokio::test]
async fn replies_in_single_bytes_and_late_change_nothing() {
    let mut options = SimulatorOptions::fast();
    options.knobs.reply_fragment = 1;
    options.knobs.reply_delay_ms = 30;
    let zebra = SimulatedZebra::start(options).await.expect("a printer");
    let service = Place::with_raw_printer(&zebra).start().await;
    let id = service.submit(&job(30)).await;
    let end = service.wait_for_end(&id).await;
    assert_eq!(end["status"], "completed");
    assert_each_once(&zebra.paper(), 30);
}

/// All is printed but for one label that a person is asked about.
async fn wait_for_all_but_a_question(service: &Service, id: &str, quantity: i64) {
    let done = |job: &serde_json::Value| {
        let asked = job["unconfirmed"].as_array().map_or(0, Vec::len) as i64;
        job["current_label"].as_i64().is_some_and(|printed| printed + asked == quantity)
    };
    let end = service.wait_for(id, "all but a question", done).await;
    assert!(end["unconfirmed"].as_array().is_none_or(|asked| asked.len() <= 1), "{end}");
}

#[tokio::test]
async fn a_printer_that_throws_away_the_first_questions_after_a_power_cut_prints_the_rest() {
    for place in [Place::with_printer, Place::with_raw_printer] {
        let zebra = slow_printer(30.0).await;
        zebra.turn(|knobs| knobs.boot_silent_s = 2.5);
        let service = place(&zebra).start().await;
        let id = service.submit(&job(60)).await;
        zebra.wait_for_labels(20, PATIENCE).await.expect("label 20");
        zebra.power_cycle(std::time::Duration::from_millis(100));
        wait_for_all_but_a_question(&service, &id, 60).await;
    }
}

#[tokio::test]
async fn a_connection_that_is_open_and_dead_is_given_up_for_another() {
    let zebra = printer().await;
    let place = Place::at(silent_line(zebra.address(), 1..3).await, None);
    let service = place.start().await;
    let first = service.submit(&job_of(&[1, 2, 3])).await;
    service.wait_for_end(&first).await;
    service.stop().await;
    let service = place.start().await;
    let second = service.submit(&job_of(&[4, 5, 6])).await;
    let end = service.wait_for_end(&second).await;
    assert_eq!(end["status"], "completed");
    assert_each_once(&zebra.paper(), 6);
}

/// A label takes it more than three seconds: so long, and half as long again, it is waited for if anything may be in it.
#[tokio::test]
async fn a_printer_that_was_left_empty_prints_at_once_when_the_service_is_back() {
    let zebra = slow_printer(0.3).await;
    let place = Place::with_raw_printer(&zebra);
    let service = place.start().await;
    let first = service.submit(&job_of(&[1, 2, 3])).await;
    service.wait_for_end(&first).await;
    service.stop().await;
    let service = place.start().await;
    let second = service.submit(&job_of(&[4])).await;
    let submitted = Instant::now();
    zebra.wait_until(PATIENCE, |state| state.printing || state.formats > 0).await.expect("a label");
    assert!(submitted.elapsed() < Duration::from_secs(3), "after {:?}", submitted.elapsed());
    assert_eq!(service.wait_for_end(&second).await["status"], "completed");
    assert_each_once(&zebra.paper(), 4);
}

#[tokio::test]
async fn a_connection_that_dies_between_two_jobs_does_not_keep_the_second_waiting() {
    let zebra = printer().await;
    let line = DyingLine::to(zebra.address()).await;
    let service = Place::at(line.address, None).start().await;
    let first = service.submit(&job_of(&[1, 2, 3])).await;
    service.wait_for_end(&first).await;
    line.die();
    let second = service.submit(&job_of(&[4, 5, 6])).await;
    let end = service.wait_for_end(&second).await;
    assert_eq!(end["status"], "completed");
    assert_each_once(&zebra.paper(), 6);
}

#[tokio::test]
async fn a_connection_that_dies_with_the_printer_in_the_middle_of_a_job_does_not_keep_it_waiting() {
    let zebra = slow_printer(30.0).await;
    let line = DyingLine::to(zebra.address()).await;
    let service = Place::at(line.address, zebra.json_address()).start().await;
    let id = service.submit(&job(60)).await;
    zebra.wait_for_labels(20, PATIENCE).await.expect("label 20");
    line.die();
    zebra.power_cycle(std::time::Duration::from_millis(100));
    wait_for_all_but_a_question(&service, &id, 60).await;
}

/// Later than a question usually waits; over a slow network five seconds are known.
#[tokio::test]
async fn a_printer_that_takes_seconds_for_each_answer_prints_without_a_word_of_silence() {
    let zebra = printer().await;
    zebra.turn(|knobs| knobs.reply_delay_ms = 2_300);
    let service = Place::with_raw_printer(&zebra).start().await;
    service.wait_for_printer(|printer| printer["status"] == "idle").await;
    let id = service.submit(&job(3)).await;
    let end = service
        .wait_for(&id, "the end", |job| {
            assert_ne!(job["attention"]["code"], "printer_silent", "it answers");
            job["status"] == "completed"
        })
        .await;
    assert_eq!(end["unconfirmed"], json!([]));
    assert_each_once(&zebra.paper(), 3);
}

/// Its uptime is told later than it was in the first half, and is believed all the same when it stays so.
#[tokio::test]
async fn a_printer_that_begins_to_answer_late_in_the_middle_of_a_job_goes_on() {
    let zebra = slow_printer(30.0).await;
    let service = Place::with_printer(&zebra).start().await;
    let id = service.submit(&job(60)).await;
    zebra.wait_for_labels(20, PATIENCE).await.expect("label 20");
    zebra.turn(|knobs| knobs.reply_delay_ms = 900);
    let end = service.wait_for_end(&id).await;
    assert_eq!(end["status"], "completed");
    assert_each_once(&zebra.paper(), 60);
}

#[tokio::test]
async fn a_fault_of_an_idle_printer_is_told_without_any_job() {
    let zebra = printer().await;
    let service = Place::with_printer(&zebra).start().await;
    service.wait_for_printer(|printer| printer["status"] == "idle").await;
    zebra.open_head();
    let faulted = service.wait_for_printer(|printer| printer["status"] == "faulted").await;
    assert_eq!(faulted["fault"]["code"], "head_open");
}

#[tokio::test]
async fn a_cold_head_is_told_before_a_job_which_begins_when_it_is_warm() {
    let zebra = printer().await;
    let service = Place::with_printer(&zebra).start().await;
    zebra.under_temperature();
    let id = service.submit(&job(3)).await;
    let waiting = service.wait_for(&id, "under_temperature", |job| !job["attention"].is_null()).await;
    assert_eq!(waiting["attention"]["code"], "under_temperature");
    let faulted = service.wait_for_printer(|printer| printer["status"] == "faulted").await;
    assert_eq!(faulted["fault"]["code"], "under_temperature");
    zebra.warm_up();
    let end = service.wait_for_end(&id).await;
    assert_eq!((&end["status"], &end["attention"]), (&json!("completed"), &json!(null)));
    assert_each_once(&zebra.paper(), 3);
}

#[tokio::test]
async fn a_second_channel_without_the_host_status_serves_its_counters() {
    let mut options = SimulatorOptions::fast();
    options.model.speed_ips = 60.0;
    options.knobs.json_carries_host_status = false;
    let zebra = SimulatedZebra::start(options).await.expect("a printer");
    let place = Place::with_printer(&zebra);
    let service = place.start().await;
    let id = service.submit(&job(60)).await;
    zebra.wait_for_labels(30, PATIENCE).await.expect("label 30");
    service.kill().await;
    let service = place.start().await;
    let end = service.wait_for_end(&id).await;
    assert_eq!((&end["status"], &end["unconfirmed"]), (&json!("completed"), &json!([])));
    assert_each_once(&zebra.paper(), 60);
}
