//! What is made of answers that come late, twice, torn or never.

use super::*;
use crate::zebra::HostStatus;

fn status() -> Reply {
    Reply::HostStatus(HostStatus::default())
}

fn identification() -> Reply {
    Reply::HostIdentification { model: "ZT411".into(), firmware: "V92".into(), dpmm: Some(8) }
}

#[test]
fn a_round_asks_one_thing_after_the_other() {
    let mut asking = Interrogation::default();
    assert_eq!(asking.begin(&[Query::HostStatus, Query::Odometer], 7, 0), Step::Send(Query::HostStatus));
    assert_eq!(asking.reply(status(), 1), Step::Send(Query::Odometer));
    let Step::Finished(reading) = asking.reply(Reply::Setting("31084".into()), 2) else {
        panic!("the round is over")
    };
    assert_eq!((reading.odometer, reading.received_through), (Some(31_084), Some(7)));
}

#[test]
fn a_late_answer_is_not_taken_for_the_next_question() {
    let mut asking = Interrogation::default();
    asking.begin(&[Query::Odometer], 0, 0);
    assert!(matches!(asking.tick(2_000), Step::Finished(Reading { silent: true, .. })));
    assert_eq!(asking.begin(&[Query::Odometer], 0, 3_000), Step::Send(Query::HostIdentification));
    assert_eq!(asking.reply(Reply::Setting("7".into()), 3_001), Step::Wait, "the late answer");
    assert_eq!(asking.reply(identification(), 3_002), Step::Send(Query::Odometer));
    let Step::Finished(reading) = asking.reply(Reply::Setting("9".into()), 3_003) else {
        panic!("the round is over")
    };
    assert_eq!(reading.odometer, Some(9));
}

#[test]
fn a_late_identification_is_waited_for_instead_of_asked_again() {
    let mut asking = Interrogation::default();
    asking.begin(&[Query::Uptime], 0, 0);
    asking.tick(2_000);
    assert_eq!(asking.begin(&[Query::Odometer], 0, 2_100), Step::Send(Query::HostIdentification));
    assert!(matches!(asking.tick(4_100), Step::Finished(Reading { silent: true, .. })));
    assert_eq!(asking.begin(&[Query::Odometer], 0, 4_200), Step::Wait, "one is out");
    assert_eq!(asking.reply(Reply::Setting("late".into()), 4_700), Step::Wait);
    assert_eq!(asking.reply(identification(), 4_800), Step::Send(Query::Odometer));
    let Step::Finished(reading) = asking.reply(Reply::Setting("9".into()), 4_900) else {
        panic!("the round is over")
    };
    assert_eq!(reading.odometer, Some(9));
}

#[test]
fn one_of_two_identifications_may_be_the_older_one() {
    let mut asking = Interrogation::default();
    asking.begin(&[Query::HostIdentification], 0, 0);
    asking.tick(2_000);
    asking.begin(&[Query::Odometer], 0, 2_100);
    asking.tick(4_100);
    assert_eq!(
        asking.begin(&[Query::Odometer], 0, LOST_AFTER_MS),
        Step::Send(Query::HostIdentification),
        "the first counts as lost"
    );
    assert_eq!(asking.reply(identification(), LOST_AFTER_MS + 100), Step::Wait, "and comes after all");
    assert_eq!(asking.reply(identification(), LOST_AFTER_MS + 200), Step::Send(Query::Odometer));
    let in_time = LOST_AFTER_MS + 100 + DRAINED_AFTER_MS;
    asking.reply(Reply::Setting("9".into()), in_time - 1);
    asking.begin(&[Query::Odometer], 0, in_time - 1);
    assert_eq!(asking.tick(in_time), Step::Wait, "all are in: an open question stays open");
}

#[test]
fn without_identification_late_answers_are_waited_out() {
    let mut asking = Interrogation::without_identification();
    asking.begin(&[Query::HostStatus], 0, 0);
    assert!(matches!(asking.tick(2_000), Step::Finished(Reading { silent: true, .. })));
    assert_eq!(asking.begin(&[Query::HostStatus], 5, 3_000), Step::Wait);
    assert_eq!(asking.reply(status(), 3_500), Step::Wait, "the late answer proves nothing of five writes");
    assert_eq!(asking.begin(&[Query::HostStatus], 5, 5_400), Step::Wait);
    assert_eq!(asking.begin(&[Query::HostStatus], 5, 5_500), Step::Send(Query::HostStatus));
}

#[test]
fn a_half_received_format_is_not_asked_for_settings() {
    let mut asking = Interrogation::default();
    asking.begin(&[Query::HostStatus, Query::Odometer], 0, 0);
    let torn = HostStatus { partial_format: true, ..HostStatus::default() };
    assert!(matches!(asking.reply(Reply::HostStatus(torn), 1), Step::Finished(_)));
}

#[test]
fn a_missing_counter_is_absent_and_not_zero() {
    let mut asking = Interrogation::default();
    asking.begin(&[Query::Odometer], 0, 0);
    let Step::Finished(reading) = asking.reply(Reply::Setting("?".into()), 1) else {
        panic!("the round is over")
    };
    assert_eq!((reading.odometer, reading.counter_absence), (None, CounterAbsence::Told));
}

/// What is found when each question of the rounds is answered so late, and whatever the next one is.
fn heard_of_answers_after(answer_ms: i64) -> Option<(i64, Reading)> {
    const ROUND: [Query; 4] =
        [Query::HostIdentification, Query::HostStatus, Query::UniqueId, Query::Odometer];
    let mut asking = Interrogation::default();
    let mut on_their_way = std::collections::VecDeque::new();
    for now_ms in (0..60_000).step_by(50) {
        let mut steps = Vec::new();
        while let Some((_, reply)) = on_their_way.pop_front_if(|(at, _): &mut (i64, Reply)| *at <= now_ms) {
            steps.push(asking.reply(reply, now_ms));
        }
        steps.push(if asking.is_busy() { asking.tick(now_ms) } else { asking.begin(&ROUND, 0, now_ms) });
        for step in steps {
            match step {
                Step::Send(query) => on_their_way.push_back((now_ms + answer_ms, answer_to(query))),
                Step::Finished(reading) if reading.odometer.is_some() => return Some((now_ms, reading)),
                Step::Finished(_) | Step::Wait => {}
            }
        }
    }
    None
}

fn answer_to(query: Query) -> Reply {
    match query {
        Query::HostIdentification => identification(),
        Query::HostStatus => status(),
        Query::UniqueId => Reply::Setting("XX1".into()),
        _ => Reply::Setting("31084".into()),
    }
}

#[test]
fn a_printer_that_answers_slowly_is_heard_and_nothing_is_taken_for_something_else() {
    for answer_ms in [20, 400, 1_900, 2_500, 3_000, 5_000] {
        let (at_ms, reading) = heard_of_answers_after(answer_ms).expect("all answers in one round");
        assert_eq!((reading.odometer, reading.unique_id.as_deref()), (Some(31_084), Some("XX1")));
        assert!(at_ms <= 5 * answer_ms + 500, "answers of {answer_ms} ms, all known after {at_ms} ms");
    }
}

#[test]
fn a_setting_is_passed_over_when_what_was_asked_behind_it_is_answered() {
    let mut asking = Interrogation::default();
    asking.begin(&[Query::HostStatus, Query::UniqueId], 0, 0);
    assert_eq!(asking.reply(status(), 10), Step::Send(Query::UniqueId));
    assert_eq!(asking.tick(500), Step::Wait, "not yet");
    assert_eq!(asking.tick(510), Step::Send(Query::HostIdentification));
    assert_eq!(asking.tick(600), Step::Wait, "once is enough");
    let Step::Finished(reading) = asking.reply(identification(), 610) else { panic!("the round is over") };
    assert!(reading.setting_passed_over && reading.silent && reading.host_status.is_some());
    assert_eq!(asking.begin(&[Query::HostStatus], 0, 650), Step::Send(Query::HostStatus), "still in step");
}

#[test]
fn a_setting_is_passed_over_however_quick_the_other_answers_are() {
    let mut asking = Interrogation::default();
    for round in 0..20 {
        let now_ms = round * 1_000;
        asking.begin(&[Query::HostStatus, Query::UniqueId], 0, now_ms);
        assert_eq!(asking.reply(status(), now_ms + 5), Step::Send(Query::UniqueId));
        let steps: Vec<Step> = (10..600).step_by(50).map(|ms| asking.tick(now_ms + ms)).collect();
        assert!(steps.contains(&Step::Send(Query::HostIdentification)), "round {round}: {steps:?}");
        let Step::Finished(reading) = asking.reply(identification(), now_ms + 600) else {
            panic!("the round is over")
        };
        assert!(reading.setting_passed_over, "round {round}");
    }
}

#[test]
fn a_setting_that_is_only_late_comes_before_what_was_asked_behind_it() {
    let mut asking = Interrogation::default();
    asking.begin(&[Query::UniqueId, Query::Odometer], 0, 0);
    assert_eq!(asking.tick(500), Step::Send(Query::HostIdentification));
    assert_eq!(asking.reply(Reply::Setting("XX1".into()), 900), Step::Send(Query::Odometer));
    assert_eq!(asking.reply(identification(), 910), Step::Wait, "it passed over nothing");
    assert_eq!(asking.tick(1_600), Step::Wait, "it answers settings");
    let Step::Finished(reading) = asking.reply(Reply::Setting("9".into()), 1_700) else {
        panic!("the round is over")
    };
    assert_eq!((reading.unique_id.as_deref(), reading.odometer), (Some("XX1"), Some(9)));
    assert!(!reading.setting_passed_over && !reading.silent);
}

#[test]
fn a_status_that_was_heard_before_the_connection_was_lost_counts() {
    let mut asking = Interrogation::default();
    asking.begin(&[Query::HostStatus, Query::Odometer], 8, 0);
    assert_eq!(asking.last_words(5), None, "nothing was answered");
    asking.begin(&[Query::HostStatus, Query::Odometer], 8, 10);
    assert_eq!(asking.reply(status(), 20), Step::Send(Query::Odometer));
    let reading = asking.last_words(200).expect("a status");
    assert_eq!(
        (reading.host_status.is_some(), reading.received_through, reading.odometer),
        (true, Some(8), None)
    );
    assert_eq!(asking.last_words(200), None, "once");
}

#[test]
fn a_cause_told_in_one_value_or_in_four_is_taken_for_no_other_setting() {
    let setting = |value: &str| Reply::Setting(value.into());
    let round = [Query::HostStatus, Query::SystemError, Query::HostIdentification, Query::Odometer];
    for values in [vec!["1,1,00000000,00010008"], vec!["1", "1", "00000000", "00010008"]] {
        let mut asking = Interrogation::default();
        asking.begin(&round, 0, 0);
        asking.reply(status(), 1);
        let steps: Vec<Step> = values.iter().map(|value| asking.reply(setting(value), 2)).collect();
        assert_eq!(steps.last(), Some(&Step::Send(Query::HostIdentification)), "{values:?}");
        assert_eq!(asking.reply(setting("one too many"), 3), Step::Wait);
        assert_eq!(asking.reply(identification(), 4), Step::Send(Query::Odometer));
        let Step::Finished(reading) = asking.reply(setting("9"), 5) else { panic!("the round is over") };
        assert_eq!((reading.cutter_jammed, reading.odometer), (Some(true), Some(9)));
    }
}

/// How long the printer may have been off, when it answers again after three seconds.
fn absent_ms(answers_late: bool) -> i64 {
    let mut asking = Interrogation::default();
    asking.begin(&[Query::HostStatus], 0, 0);
    asking.reply(status(), 10);
    asking.begin(&[Query::HostStatus], 0, 100);
    asking.tick(2_100);
    asking.begin(&[Query::HostStatus], 0, 2_900);
    if answers_late {
        asking.reply(status(), 2_990);
    }
    asking.reply(identification(), 3_000);
    let Step::Finished(reading) = asking.reply(status(), 3_010) else { panic!("the round is over") };
    reading.absent_ms
}

#[test]
fn a_printer_that_answers_late_was_on_since_it_was_asked() {
    assert_eq!(absent_ms(true), 90);
    assert_eq!(absent_ms(false), 2_890, "until it was asked for its identification");
}
