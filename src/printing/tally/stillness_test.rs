//! What is still, and what only seems so.

use super::*;

#[test]
fn an_empty_buffer_is_not_believed_before_a_labels_time_has_passed() {
    let mut tally = tally();
    assert_eq!(tally.observe(&reading(0, 7, 0), lost(8), 0), Verdict::Printed(7));
    assert_eq!(tally.observe(&reading(900, 7, 0), lost(8), 900), Verdict::Printed(7));
    assert_eq!(tally.observe(&reading(1_000, 7, 0), lost(8), 1_000), Verdict::Settled(7));
}

#[test]
fn a_label_that_lands_while_settling_starts_the_wait_anew() {
    let mut tally = tally();
    tally.observe(&reading(0, 6, 0), lost(8), 0);
    assert_eq!(tally.observe(&reading(900, 7, 0), lost(8), 900), Verdict::Printed(7));
    assert_eq!(tally.observe(&reading(1_100, 7, 0), lost(8), 1_100), Verdict::Printed(7));
    assert_eq!(tally.observe(&reading(1_900, 7, 0), lost(8), 1_900), Verdict::Settled(7));
}

#[test]
fn a_batch_that_can_be_none_does_not_keep_a_run_from_settling() {
    let mut tally = tally();
    let mut clone = reading(900, 8, 0);
    clone.host_status = clone.host_status.map(|status| HostStatus { labels_remaining: 1_335_508, ..status });
    assert_eq!(tally.observe(&clone, sent(8), 900), Verdict::Settled(8));
}

#[test]
fn the_stillness_before_a_window_says_nothing_of_the_window() {
    let mut tally = tally();
    tally.observe(&reading(0, 8, 0), sent(8), 0);
    tally.observe(&reading(2_000, 8, 0), sent(8), 2_000);
    assert_eq!(tally.observe(&reading(2_100, 8, 0), sent(12), 2_100), Verdict::Printed(8));
}

#[test]
fn a_second_channel_that_does_not_carry_the_status_does_not_keep_a_run_from_settling() {
    let mut tally = tally();
    let mut verdict = Verdict::Printed(0);
    for now_ms in (0..1_500).step_by(100) {
        tally.observe(&Reading { odometer: None, ..reading(now_ms, 7, 0) }, lost(8), now_ms);
        let counter = Reading { host_status: None, ..reading(now_ms + 50, 7, 0) };
        verdict = tally.observe(&counter, lost(8), now_ms + 50);
    }
    assert_eq!(verdict, Verdict::Settled(7));
}

#[test]
fn a_parser_that_has_not_answered_may_hold_what_a_lost_connection_brought() {
    let mut tally = tally();
    let beside = |now_ms| Reading { second_channel: true, ..reading(now_ms, 3, 0) };
    for now_ms in (0..4_000).step_by(100) {
        assert_eq!(tally.observe(&beside(now_ms), lost(8), now_ms), Verdict::Printed(3));
    }
    tally.observe(&Reading { odometer: None, ..reading(4_000, 3, 0) }, lost(8), 4_000);
    assert_eq!(
        tally.observe(&beside(5_000), lost(8), 5_000),
        Verdict::Printed(3),
        "at both ends of that time"
    );
    tally.observe(&Reading { odometer: None, ..reading(5_000, 3, 0) }, lost(8), 5_000);
    assert_eq!(tally.observe(&beside(5_010), lost(8), 5_010), Verdict::Settled(3));
}

#[test]
fn a_status_that_was_asked_for_and_did_not_come_is_not_stillness() {
    let mut tally = tally();
    tally.observe(&reading(0, 7, 0), lost(8), 0);
    tally.observe(&Reading { host_status: None, silent: true, ..reading(600, 7, 0) }, lost(8), 600);
    assert_eq!(tally.observe(&reading(1_200, 7, 0), lost(8), 1_200), Verdict::Printed(7));
}

#[test]
fn a_channel_that_withholds_the_status_tells_of_a_fault_that_may_have_torn_a_label() {
    let over_at_ms = |second_channel: bool| {
        let mut tally = tally();
        let answer = |now_ms| Reading { second_channel, ..reading(now_ms, 7, 0) };
        tally.observe(&answer(0), sent(8), 0);
        let withheld = Reading { host_status: None, silent: true, ..answer(200) };
        tally.observe(&withheld, sent(8), 200);
        (450..3_000)
            .step_by(50)
            .find(|now_ms| tally.observe(&answer(*now_ms), sent(8), *now_ms) != Verdict::Printed(7))
    };
    assert_eq!(over_at_ms(true), Some(1_450));
    assert_eq!(over_at_ms(false), Some(2_000), "on the raw channel it may be lost, or withheld as well");
}

#[test]
fn a_question_without_an_answer_may_have_hidden_a_label_that_began_anew() {
    let settled_at_ms = |is_lost: bool| {
        let mut tally = tally();
        (0..4_000).step_by(100).find(|now_ms| {
            let answer = reading(*now_ms, 7, 0);
            let lost_answer = Reading { silent: true, age_ms: 300, ..Reading::default() };
            let heard = if is_lost && *now_ms == 500 { &lost_answer } else { &answer };
            tally.tally.observe(heard, lost(8), *now_ms) == Verdict::Settled(7)
        })
    };
    assert_eq!(settled_at_ms(false), Some(1_000));
    assert_eq!(settled_at_ms(true), Some(2_000));
}

#[test]
fn half_a_format_that_was_dropped_kept_nothing_from_coming_out_meanwhile() {
    let mut tally = tally();
    let mut torn = reading(0, 3, 0);
    torn.host_status = torn.host_status.map(|status| HostStatus { partial_format: true, ..status });
    tally.observe(&torn, lost(8), 0);
    tally.observe(&torn, lost(8), 1_100);
    tally.note_format_dropped(true, 1_100);
    assert_eq!(tally.observe(&reading(1_150, 3, 0), lost(8), 1_150), Verdict::Settled(3));
}

#[test]
fn where_only_the_half_that_was_dropped_lacks_nothing_is_waited_for() {
    let torn = HostStatus { partial_format: true, ..HostStatus::default() };
    let first_verdict = |counted: i64, had_room: bool, usual_works: UsualWorks| {
        let mut tally = asked(Baseline { usual_works, ..baseline() }, 0);
        tally.observe(&Reading { host_status: Some(torn), odometer: None, ..reading(0, 0, 0) }, lost(8), 0);
        tally.note_format_dropped(had_room, 250);
        tally.observe(&reading(300, counted, 0), lost(8), 300)
    };
    let usual = UsualWorks::of_a_known_buffer();
    assert_eq!(first_verdict(7, true, usual), Verdict::Settled(7));
    assert_eq!(
        first_verdict(6, true, usual),
        Verdict::Printed(6),
        "one may be in motion in front of the half"
    );
    assert_eq!(first_verdict(7, false, usual), Verdict::Printed(7), "the rest of it may come yet");
    let early = UsualWorks::of_an_early_counter();
    assert_eq!(first_verdict(7, true, early), Verdict::Printed(6), "the last that is counted moves");
}

#[test]
fn a_count_from_before_the_half_was_dropped_does_not_say_that_only_it_lacks() {
    let torn = HostStatus { partial_format: true, ..HostStatus::default() };
    let mut tally = tally();
    tally.observe(&Reading { host_status: Some(torn), ..reading(200, 7, 0) }, lost(8), 200);
    assert!(tally.lacks_one(lost(8)));
    tally.note_format_dropped(true, 250);
    let without_count = Reading { odometer: None, ..reading(300, 7, 0) };
    assert_eq!(tally.observe(&without_count, lost(8), 300), Verdict::Printed(7));
    assert_eq!(tally.observe(&reading(350, 7, 0), lost(8), 350), Verdict::Settled(7));
}

#[test]
fn a_count_that_could_not_be_asked_for_at_first_is_believed_when_all_out_of_sight_had_its_time() {
    let torn = HostStatus { partial_format: true, ..HostStatus::default() };
    let torn = Reading { host_status: Some(torn), odometer: None, ..reading(0, 3, 0) };
    let settled_at_ms = |settle_unseen_ms| {
        let mut tally = tally();
        let sent = Sent { settle_unseen_ms, ..lost(8) };
        tally.observe(&torn, sent, 0);
        tally.observe(&torn, sent, 250);
        tally.note_format_dropped(true, 250);
        (300..3_000)
            .step_by(50)
            .find(|now_ms| tally.observe(&reading(*now_ms, 3, 0), sent, *now_ms) == Verdict::Settled(3))
    };
    assert_eq!(settled_at_ms(400), Some(400), "a fast printer");
    assert_eq!(settled_at_ms(2_000), Some(1_300), "the count has kept still for long enough");
}

#[test]
fn the_rest_of_a_format_that_comes_after_all_begins_a_new_time_of_stillness() {
    let mut tally = tally();
    let mut torn = reading(0, 3, 0);
    torn.host_status = torn.host_status.map(|status| HostStatus { partial_format: true, ..status });
    for now_ms in (0..5_000).step_by(500) {
        torn.uptime_s = Some(100 + now_ms / 1000);
        assert_eq!(tally.observe(&torn, lost(8), now_ms), Verdict::Printed(3));
    }
    assert_eq!(
        tally.observe(&reading(5_000, 3, 0), lost(8), 5_000),
        Verdict::Printed(3),
        "a label may begin"
    );
}

#[test]
fn a_time_without_an_answer_between_two_answers_is_not_stillness() {
    let mut tally = Tally::new(baseline(), 0, 0);
    let last_heard = 2_000;
    for now_ms in (1_500..=last_heard).step_by(100) {
        tally.observe(&reading(now_ms, 7, 0), sent(8), now_ms);
    }
    // Out of labels meanwhile, and silent in that; mended, the torn label begins anew.
    assert_eq!(tally.observe(&reading(3_100, 7, 0), sent(8), 3_100), Verdict::Printed(7));
    let verdicts: Vec<Verdict> = (3_200..=4_100)
        .step_by(100)
        .map(|now_ms| tally.observe(&reading(now_ms, 7, 0), sent(8), now_ms))
        .collect();
    assert_eq!(verdicts[8], Verdict::Printed(7));
    assert_eq!(verdicts[9], Verdict::Contradiction(Code::CounterContradiction), "heard all the time");
}

#[test]
fn without_a_counter_answers_that_are_lost_now_and_then_do_not_keep_a_run_from_settling() {
    let uncounted = |now_ms| Reading { odometer: None, ..reading(now_ms, 0, 0) };
    let settled_at = |silence_ms: i64| {
        let mut tally = Tally::new(Baseline { odometer: None, ..baseline() }, 0, 0);
        let mut now_ms = 0;
        loop {
            // Five answers, and one that is lost.
            let next = (now_ms..now_ms + 500)
                .step_by(100)
                .find(|at| tally.observe(&uncounted(*at), sent(4), *at) == Verdict::Settled(4));
            if next.is_some() || now_ms > 60_000 {
                return next;
            }
            now_ms += 400 + silence_ms;
            tally.observe(&Reading { silent: true, ..Reading::default() }, sent(4), now_ms - 50);
        }
    };
    assert_eq!(settled_at(600), Some(4_400), "two seconds of answers in five stretches");
    assert_eq!(settled_at(3_600), None, "what it did meanwhile nobody knows");
}
