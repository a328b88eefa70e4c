//! What a worker decides around its run.

use super::*;

fn live() -> UnderWay {
    UnderWay {
        label_ms: None,
        is_recovering: false,
        is_behind_a_restart: false,
        is_learning: false,
        lacks_one: false,
    }
}

/// The raw connection answers once; from then on only the second channel does, and tells what was counted. When it
/// is hung up in a run.
fn hung_up_at_ms(is_behind_a_restart: bool, counted: impl Fn(i64) -> i64) -> Option<i64> {
    let mut supervision = Supervision::begin(0);
    supervision.connected(true, 0);
    let raw = Reading { host_status: Some(HostStatus::default()), ..Reading::default() };
    supervision.observe(&raw, Some(live()), 0);
    let run = UnderWay { is_behind_a_restart, ..live() };
    (100..60_000).step_by(100).find(|now_ms| {
        let beside = Reading { odometer: Some(counted(*now_ms)), second_channel: true, ..raw.clone() };
        supervision.observe(&beside, Some(run), *now_ms);
        supervision.during_run(beside, run, *now_ms).contains(&Deed::HangUp)
    })
}

/// When a run may begin on a printer that says so from 0.1 s on, by a new life of the service.
fn ready_at_ms(left: Option<Baseline>, says: &Reading) -> Option<i64> {
    let mut supervision = Supervision::begin(0);
    supervision.know_label_ms(2_000);
    supervision.know_left(left);
    supervision.connected(false, 0);
    (100..60_000).step_by(100).find(|now_ms| {
        supervision.observe(says, None, *now_ms);
        matches!(supervision.next(*now_ms), Next::Begin(_))
    })
}

#[test]
fn a_printer_that_was_left_empty_and_has_counted_nothing_since_is_not_waited_for() {
    let left = |odometer, unique_id: &str| {
        Some(Baseline {
            odometer: Some(odometer),
            unique_id: Some(unique_id.to_owned()),
            ..Baseline::default()
        })
    };
    let idle = Reading {
        host_status: Some(HostStatus::default()),
        odometer: Some(500),
        unique_id: Some("XX1".to_owned()),
        ..Reading::default()
    };
    assert_eq!(ready_at_ms(left(500, "XX1"), &idle), Some(100));
    assert_eq!(ready_at_ms(None, &idle), Some(3_100), "labels of a former life may be in it");
    assert_eq!(ready_at_ms(left(499, "XX1"), &idle), Some(3_100), "somebody printed there");
    assert_eq!(ready_at_ms(left(500, "YY2"), &idle), Some(3_100), "another printer");
}

#[test]
fn a_dead_connection_to_a_restarted_printer_is_not_waited_for() {
    assert_eq!(hung_up_at_ms(true, |_| 500), Some(5_000));
    assert_eq!(hung_up_at_ms(false, |_| 500), None, "it may have no room for the question");
    let comes_out = |now_ms| 500 + now_ms / 2_000;
    assert_eq!(hung_up_at_ms(true, comes_out), None, "something came over it");
}

#[test]
fn a_connection_that_is_no_longer_answered_between_runs_is_given_up_once() {
    let mut supervision = Supervision::begin(0);
    supervision.connected(false, 0);
    let silence = Reading { silent: true, ..Reading::default() };
    supervision.observe(&silence, None, 3_600_000);
    assert!(!supervision.has_fallen_silent(3_600_000), "it was never answered");
    let raw = Reading { host_status: Some(HostStatus::default()), ..Reading::default() };
    supervision.observe(&raw, None, 3_600_100);
    supervision.observe(&silence, None, 3_620_000);
    assert!(!supervision.has_fallen_silent(3_620_000));
    assert!(supervision.has_fallen_silent(3_620_100));
    supervision.connected(false, 3_620_200);
    assert!(!supervision.has_fallen_silent(3_660_000), "it is silent in a fault");
}

/// What is done about half a format that a connection leaves, by a service that heard of its printer last at a time.
fn first_about_half_a_format(last_seen_ms: Option<i64>) -> Option<Deed> {
    let mut supervision = Supervision::begin(20_000);
    supervision.know_last_seen(last_seen_ms);
    supervision.connected(true, 20_000);
    let run = UnderWay { is_recovering: true, ..live() };
    let torn = HostStatus { partial_format: true, ..HostStatus::default() };
    let reading = Reading { host_status: Some(torn), received_through: Some(0), ..Reading::default() };
    (20_010..40_000).step_by(100).find_map(|now_ms| {
        supervision.observe(&reading, Some(run), now_ms);
        let deeds = supervision.during_run(reading.clone(), run, now_ms);
        deeds.into_iter().find(|deed| !matches!(deed, Deed::Step(_)))
    })
}

#[test]
fn a_stop_that_nobody_heard_of_may_have_kept_the_rest_of_a_format_waiting() {
    assert_eq!(first_about_half_a_format(Some(19_000)), Some(Deed::CancelPartialFormat));
    let hush = Some(Deed::Hush { time_ms: HUSH_MS });
    assert_eq!(first_about_half_a_format(Some(8_000)), hush, "it was away for long");
    assert_eq!(first_about_half_a_format(Some(25_000)), hush, "the clock was put back");
    assert_eq!(first_about_half_a_format(None), hush);
}

#[test]
fn half_a_format_is_dropped_as_soon_as_nothing_else_can_come_out() {
    let dropped_at_ms = |lacks_one: bool| {
        let mut supervision = Supervision::begin(0);
        supervision.know_last_seen(Some(0));
        supervision.connected(true, 0);
        let run = UnderWay { is_recovering: true, lacks_one, ..live() };
        let torn = HostStatus { partial_format: true, ..HostStatus::default() };
        let raw = Reading { host_status: Some(torn), received_through: Some(0), ..Reading::default() };
        let counted = Reading { odometer: Some(5), ..raw };
        (10..5_000).step_by(50).find(|now_ms| {
            supervision.observe(&counted, Some(run), *now_ms);
            let deeds = supervision.during_run(counted.clone(), run, *now_ms);
            deeds.contains(&Deed::CancelPartialFormat)
        })
    };
    assert_eq!(dropped_at_ms(false), Some(710), "a label that moves must not be counted behind it");
    assert_eq!(dropped_at_ms(true), Some(260), "its rest would be here by now");
}

#[test]
fn half_a_question_that_is_left_when_all_is_counted_is_ended_before_the_next_run() {
    let mut supervision = Supervision::begin(0);
    supervision.connected(true, 0);
    let mut cleared_at = Vec::new();
    for now_ms in (0..40_000).step_by(100) {
        let beside = Reading {
            host_status: Some(HostStatus::default()),
            odometer: Some(5),
            second_channel: true,
            ..Reading::default()
        };
        supervision.observe(&beside, None, now_ms);
        assert!(matches!(supervision.next(now_ms), Next::Wait(_)), "its parser has not answered");
        if supervision.must_clear_parser(now_ms) {
            cleared_at.push(now_ms);
        }
    }
    assert_eq!(cleared_at, [2_000, 32_000]);
}

#[test]
fn a_run_begins_with_what_the_runs_before_it_have_learnt_of_the_device() {
    let mut supervision = Supervision::begin(0);
    supervision.connected(false, 0);
    let mut begins = |unique_id: &str, now_ms: i64, ended: Option<UsualWorks>| {
        let idle = Reading {
            host_status: Some(HostStatus::default()),
            odometer: Some(500),
            unique_id: Some(unique_id.to_owned()),
            ..Reading::default()
        };
        supervision.observe(&idle, None, now_ms);
        if let Some(works) = ended {
            supervision.run_is_clean(works);
            supervision.run_ended_clean(now_ms);
        }
        supervision.observe(&idle, None, now_ms + 1_000);
        match supervision.next(now_ms + 1_000) {
            Next::Begin(baseline) => Some(baseline.usual_works),
            Next::Wait(_) => None,
        }
    };
    let works = UsualWorks::of_a_known_buffer();
    assert_eq!(begins("XX1", 0, None), Some(UsualWorks::default()));
    assert_eq!(begins("XX1", 2_000, Some(works)), Some(works));
    assert_eq!(begins("YY2", 4_000, None), Some(UsualWorks::default()), "another device");
}

#[test]
fn what_runs_have_learnt_outlives_the_service_where_the_device_tells_which_it_is() {
    let works = UsualWorks::of_a_known_buffer();
    for (unique_id, kept) in [(Some("XX1"), works), (None, UsualWorks::default())] {
        let mut former = FormerWorks::default();
        former.learn(unique_id, works);
        let text = serde_json::to_string(&former).unwrap();
        let mut supervision = Supervision::begin(0);
        supervision.know_former_works(serde_json::from_str(&text).unwrap());
        assert_eq!(supervision.former_works().known(unique_id), kept, "{unique_id:?}");
    }
}

#[test]
fn that_a_label_is_counted_when_it_begins_is_known_before_the_run_ends() {
    let mut supervision = Supervision::begin(0);
    supervision.run_goes_on(UsualWorks::default());
    assert_eq!(supervision.former_works(), &FormerWorks::default());
    supervision.run_goes_on(UsualWorks::of_an_early_counter());
    assert!(supervision.former_works().known(None).counts_at_beginning());
}

#[test]
fn a_run_is_looked_at_more_often_until_its_first_label_is_counted() {
    let supervision = Supervision::begin(0);
    let first = UnderWay { is_learning: true, ..live() };
    let every_ms = [first, live()].map(|run| supervision.poll_every_ms(Some(run), false));
    assert_eq!(every_ms, [POLL_SOON_MS, POLL_WHILE_PRINTING_MS]);
}
