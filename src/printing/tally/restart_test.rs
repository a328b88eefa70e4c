//! A printer that was switched off and on while labels were under way.

use super::*;

fn restarted(counted: i64, buffered: i64) -> Reading {
    Reading { uptime_s: Some(0), ..reading(0, counted, buffered) }
}

/// Two labels were written upon the last answer of a printer that had read six, and then was switched off and on.
fn with_two_behind_six() -> Asked {
    let mut tally = tally();
    tally.observe(&reading(0, 3, 3), sent(6), 0);
    tally.observe(&reading(100, 3, 3), Sent { received: 6, ..sent(8) }, 100);
    tally
}

#[test]
fn labels_on_a_connection_that_outlives_a_restart_are_not_counted_for_those_that_were_lost() {
    let mut tally = with_two_behind_six();
    tally.observe(&restarted(5, 0), sent(8), 300);
    let verdict = tally.observe(&restarted(5, 0), sent(8), 1_400);
    assert_eq!(
        verdict,
        Verdict::Interrupted { printed: 3, doubtful: 5 },
        "two came out: which, nobody knows"
    );
}

#[test]
fn where_nothing_came_out_since_one_label_is_in_doubt() {
    let mut tally = with_two_behind_six();
    tally.observe(&restarted(3, 0), sent(8), 300);
    let verdict = tally.observe(&restarted(3, 0), sent(8), 1_400);
    assert_eq!(verdict, Verdict::Interrupted { printed: 3, doubtful: 1 });
}

#[test]
fn over_a_connection_that_was_not_heard_of_again_nothing_came() {
    let mut tally = with_two_behind_six();
    let beside = Reading { second_channel: true, ..restarted(4, 0) };
    tally.observe(&beside, Sent { received: 6, ..sent(8) }, 300);
    tally.forget_readings();
    tally.observe(&restarted(4, 0), lost(8), 400);
    let verdict = tally.observe(&restarted(4, 0), lost(8), 1_500);
    assert_eq!(verdict, Verdict::Interrupted { printed: 4, doubtful: 1 });
}

#[test]
fn a_printer_that_was_certainly_restarted_has_nothing_of_a_lost_connection_in_motion() {
    let over_at_ms = |is_lost: bool| {
        let mut tally = with_two_behind_six();
        if is_lost {
            tally.forget_readings();
        }
        let sent = if is_lost { lost(8) } else { sent(8) };
        (300..3_000).step_by(50).find(|now_ms| {
            matches!(tally.observe(&restarted(3, 0), sent, *now_ms), Verdict::Interrupted { doubtful: 1, .. })
        })
    };
    assert_eq!(over_at_ms(true), Some(700), "it is only looked whether anything else comes out");
    assert_eq!(over_at_ms(false), Some(1_300), "its connection may have brought labels since");
}

#[test]
fn what_comes_out_behind_a_restart_without_having_been_sent_is_not_counted_for_what_was_lost() {
    let mut tally = with_two_behind_six();
    tally.forget_readings();
    tally.observe(&restarted(3, 2), lost(8), 300);
    assert_eq!(tally.observe(&restarted(5, 0), lost(8), 600), Verdict::Printed(3));
    let verdict = tally.observe(&restarted(5, 0), lost(8), 1_700);
    assert_eq!(verdict, Verdict::Interrupted { printed: 3, doubtful: 5 });
}

#[test]
fn where_as_many_came_out_as_were_sent_none_is_in_doubt() {
    let mut tally = with_two_behind_six();
    tally.observe(&restarted(5, 0), sent(8), 300);
    let verdict = tally.observe(&restarted(8, 0), sent(8), 600);
    assert_eq!(verdict, Verdict::Interrupted { printed: 8, doubtful: 0 });
}

#[test]
fn as_many_as_were_sent_may_be_another_senders_where_no_connection_was_left() {
    let mut tally = with_two_behind_six();
    tally.forget_readings();
    tally.observe(&restarted(4, 2), lost(8), 300);
    tally.observe(&restarted(8, 0), lost(8), 600);
    let verdict = tally.observe(&restarted(8, 0), lost(8), 1_700);
    assert_eq!(verdict, Verdict::Interrupted { printed: 4, doubtful: 4 });
}

#[test]
fn a_restart_right_behind_the_first_write_is_no_exception() {
    let mut tally = tally();
    tally.observe(&restarted(2, 0), sent(8), 300);
    let verdict = tally.observe(&restarted(2, 0), sent(8), 1_400);
    assert_eq!(verdict, Verdict::Interrupted { printed: 0, doubtful: 8 }, "the last two, or the first two");
}

#[test]
fn an_answer_that_took_long_and_comes_behind_a_younger_one_tells_of_no_restart() {
    let mut tally = tally();
    tally.observe(&reading(10_000, 3, 5), sent(8), 10_000);
    let late = Reading { uptime_s: Some(107), age_ms: 10_500, uptime_age_ms: 2_700, ..reading(0, 3, 5) };
    tally.tally.observe(&late, sent(8), 10_100);
    assert!(!tally.seems_restarted());
    let quick = Reading { uptime_s: Some(107), uptime_age_ms: 20, ..reading(0, 3, 5) };
    let mut restarted = tally.clone();
    restarted.tally.observe(&reading(10_200, 3, 5), sent(8), 10_200);
    restarted.tally.observe(&quick, sent(8), 10_300);
    assert!(restarted.seems_restarted());
}

/// Whether what the parser had read was dropped, or went with a power cut, the uptime tells: its answer may be lost.
#[test]
fn behind_a_lost_connection_nothing_is_concluded_before_the_uptime_is_told() {
    let mut tally = tally();
    let read = Sent { received: 8, ..lost(8) };
    tally.observe(&reading(0, 3, 5), sent(8), 0);
    tally.forget_readings();
    let without_uptime = |now_ms| Reading { uptime_s: None, ..reading(now_ms, 4, 0) };
    tally.observe(&without_uptime(9_000), read, 9_000);
    assert_eq!(tally.observe(&without_uptime(10_200), read, 10_200), Verdict::Printed(3));
    let mut was_on = tally.clone();
    let verdict = was_on.observe(&reading(10_300, 4, 0), read, 10_300);
    assert_eq!(
        verdict,
        Verdict::Interrupted { printed: 3, doubtful: 5 },
        "some were dropped: which, nobody knows"
    );
    let restarted = |now_ms| Reading { uptime_s: Some(1), ..reading(now_ms, 4, 0) };
    let verdicts = [10_300, 11_500].map(|now_ms| tally.observe(&restarted(now_ms), read, now_ms));
    assert_eq!(verdicts[1], Verdict::Interrupted { printed: 4, doubtful: 1 }, "the one in flight");
}
