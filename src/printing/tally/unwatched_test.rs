//! A printer whose connection stands, and that nobody hears of for a while.

use super::*;
use crate::printing::tally::unwatched::SHORTEST_RESTART_MS;

/// Three of eight are counted, then nothing is heard for so long, then so many are counted and so many wait.
fn unheard_for(unheard_ms: i64, counted: i64, buffered: i64) -> (Asked, Verdict) {
    unheard_by(tally(), unheard_ms, counted, buffered)
}

fn unheard_by(mut tally: Asked, unheard_ms: i64, counted: i64, buffered: i64) -> (Asked, Verdict) {
    tally.observe(&reading(0, 3, 5), sent(8), 0);
    tally.observe(&Reading { silent: true, ..Reading::default() }, sent(8), 100);
    let verdict = tally.observe(&reading(unheard_ms, counted, buffered), sent(8), unheard_ms);
    (tally, verdict)
}

#[test]
fn torn_labels_that_were_counted_twice_while_nobody_looked_are_not_taken_for_later_ones() {
    let (mut tally, verdict) = unheard_for(10_000, 7, 0);
    assert_eq!(verdict, Verdict::Printed(3), "two faults would do, and two of the eight are still to come");
    assert!(tally.suspects_others(), "and nothing more is sent");
    assert_eq!(tally.observe(&reading(10_500, 10, 0), sent(8), 10_500), Verdict::Printed(6));
    assert_eq!(tally.observe(&reading(11_600, 10, 0), sent(8), 11_600), Verdict::Settled(8));
    assert!(!tally.suspects_others());
    assert_eq!(tally.baseline().odometer, Some(BASE + 2));
}

#[test]
fn no_fault_comes_and_goes_in_a_moment() {
    let (tally, verdict) = unheard_for(1_400, 5, 3);
    assert_eq!(verdict, Verdict::Printed(5));
    assert!(!tally.suspects_others());
}

#[test]
fn more_than_people_can_mend_in_a_silence_is_another_senders() {
    let (_, verdict) = unheard_for(3_600_000, 13, 0);
    assert_eq!(verdict, Verdict::Contradiction(Code::ForeignLabels));
    let (_, verdict) = unheard_for(1_600, 10, 0);
    assert_eq!(verdict, Verdict::Contradiction(Code::ForeignLabels));
}

#[test]
fn a_line_that_loses_answers_for_half_a_second_now_and_then_does_not_keep_a_run_from_its_end() {
    let (_, verdict) = unheard_for(4_000, 8, 0);
    assert_eq!(verdict, Verdict::Settled(8), "its buffer is known to be empty");
    let unknown = Baseline { usual_works: UsualWorks::default(), ..baseline() };
    let (mut first, _) = unheard_by(asked(unknown, 0), 4_000, 8, 0);
    let mut unheard = first.clone();
    unheard.observe(&Reading { silent: true, ..Reading::default() }, sent(8), 4_100);
    let verdict = unheard.observe(&reading(7_000, 8, 0), sent(8), 7_000);
    assert_eq!(verdict, Verdict::Printed(6), "the last one may have been torn meanwhile, and made anew");
    let lossy = |now_ms: i64| {
        first.observe(&Reading { silent: true, ..Reading::default() }, sent(8), now_ms - 600);
        first.observe(&reading(now_ms, 8, 0), sent(8), now_ms)
    };
    let verdicts: Vec<_> = (7..12).map(|step| step * 700).map(lossy).collect();
    assert_eq!(verdicts.last(), Some(&Verdict::Settled(8)), "{verdicts:?}");
}

/// Whether a printer without a counter is asked about that may have been off for so long, with so many labels waiting.
fn asks_behind(absent_ms: i64, buffered: i64, uptime_s: Option<i64>) -> bool {
    let mut tally = asked(Baseline { uptime_s, ..Baseline::default() }, 0);
    let status = |formats_in_buffer, now_ms: i64| Reading {
        host_status: Some(HostStatus { formats_in_buffer, ..HostStatus::default() }),
        uptime_s: uptime_s.map(|uptime_s| uptime_s + now_ms / 1_000),
        ..Reading::default()
    };
    tally.observe(&status(2, 0), sent(4), 0);
    tally.observe(&Reading { silent: true, ..Reading::default() }, sent(4), 100);
    tally.observe(&Reading { absent_ms, ..status(buffered, 4_000) }, sent(4), 4_000);
    let verdict = tally.observe(&status(buffered, 6_500), sent(4), 6_500);
    verdict == Verdict::Interrupted { printed: 0, doubtful: 4 }
}

#[test]
fn without_a_counter_and_an_uptime_an_empty_buffer_behind_a_silence_may_have_lost_all() {
    assert!(asks_behind(SHORTEST_RESTART_MS, 0, None));
    assert!(!asks_behind(SHORTEST_RESTART_MS - 100, 0, None), "no printer starts in less");
    assert!(!asks_behind(SHORTEST_RESTART_MS, 1, None), "what waits was not lost");
    assert!(!asks_behind(SHORTEST_RESTART_MS, 0, Some(100)), "its uptime tells that it was on");
}
