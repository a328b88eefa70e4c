//! Readings as printers give them, and what may be concluded.

use super::*;
use crate::zebra::CounterAbsence;

#[path = "tally/doubt_test.rs"]
mod doubt_test;
#[path = "tally/restart_test.rs"]
mod restart_test;
#[path = "tally/stillness_test.rs"]
mod stillness_test;
#[path = "tally/unwatched_test.rs"]
mod unwatched_test;

const BASE: i64 = 31_084;

fn baseline() -> Baseline {
    Baseline {
        odometer: Some(BASE),
        uptime_s: Some(100),
        unique_id: Some("XX1".into()),
        usual_works: UsualWorks::of_a_known_buffer(),
        ..Baseline::default()
    }
}

fn tally() -> Asked {
    asked(baseline(), 0)
}

fn asked(baseline: Baseline, printed: i64) -> Asked {
    Asked { tally: Tally::new(baseline, printed, 0), last: None }
}

/// The evidence about a printer that is asked ten times a second, and says the same until it says something else.
#[derive(Clone)]
struct Asked {
    tally: Tally,
    last: Option<(Reading, Sent, i64)>,
}

impl Asked {
    fn observe(&mut self, reading: &Reading, sent: Sent, now_ms: i64) -> Verdict {
        if let Some((last, sent, at)) = &self.last
            && !last.silent
        {
            for between in (*at..now_ms).step_by(100).skip(1) {
                let uptime_s = last.uptime_s.map(|uptime_s| uptime_s + (between - at) / 1_000);
                self.tally.observe(&Reading { uptime_s, ..last.clone() }, *sent, between);
            }
        }
        self.last = Some((reading.clone(), sent, now_ms));
        self.tally.observe(reading, sent, now_ms)
    }
}

impl std::ops::Deref for Asked {
    type Target = Tally;

    fn deref(&self) -> &Tally {
        &self.tally
    }
}

impl std::ops::DerefMut for Asked {
    fn deref_mut(&mut self) -> &mut Tally {
        self.last = None;
        &mut self.tally
    }
}

fn sent(offered: i64) -> Sent {
    Sent { offered, received: offered, recovering: false, settle_ms: 1_000, settle_unseen_ms: 2_000 }
}

fn lost(offered: i64) -> Sent {
    Sent { received: 0, recovering: true, ..sent(offered) }
}

/// A reading at `now_ms` with so many labels counted and formats buffered.
fn reading(now_ms: i64, counted: i64, buffered: i64) -> Reading {
    Reading {
        host_status: Some(HostStatus { formats_in_buffer: buffered, ..HostStatus::default() }),
        odometer: Some(BASE + counted),
        uptime_s: Some(100 + now_ms / 1000),
        unique_id: Some("XX1".into()),
        ..Reading::default()
    }
}

fn paper_out(now_ms: i64, counted: i64, buffered: i64) -> Reading {
    let mut reading = reading(now_ms, counted, buffered);
    if let Some(status) = &mut reading.host_status {
        status.paper_out = true;
        status.paused = true;
    }
    reading
}

#[test]
fn labels_are_counted_by_the_printer_and_not_by_bytes_sent() {
    let mut tally = tally();
    assert_eq!(tally.observe(&reading(0, 0, 8), sent(8), 0), Verdict::Printed(0));
    assert_eq!(tally.observe(&reading(500, 3, 5), sent(8), 500), Verdict::Printed(3));
    assert_eq!(tally.observe(&reading(900, 8, 0), sent(8), 900), Verdict::Settled(8));
}

#[test]
fn a_label_of_another_sender_is_not_taken_for_ours_while_ours_waits_in_the_buffer() {
    let mut tally = tally();
    assert_eq!(tally.observe(&reading(0, 4, 5), sent(8), 0), Verdict::Printed(3));
}

#[test]
fn more_labels_than_were_sent_stop_the_run() {
    assert_eq!(tally().observe(&reading(0, 9, 0), sent(8), 0), Verdict::Contradiction(Code::ForeignLabels));
}

#[test]
fn a_counter_that_goes_back_stops_the_run() {
    let mut tally = tally();
    tally.observe(&reading(0, 3, 5), sent(8), 0);
    let crossed = tally.observe(&reading(100, 2, 5), sent(8), 100);
    assert_eq!(crossed, Verdict::Printed(3), "an older answer on the other channel");
    assert_eq!(
        tally.observe(&reading(200, 2, 5), sent(8), 200),
        Verdict::Contradiction(Code::CounterContradiction)
    );
}

#[test]
fn an_answer_asked_for_before_a_higher_count_was_heard_has_not_gone_back() {
    let mut tally = tally();
    tally.observe(&reading(1_000, 3, 5), sent(8), 1_000);
    let late = |now_ms| Reading { age_ms: 900, ..reading(now_ms, 2, 5) };
    assert_eq!(tally.observe(&late(1_100), sent(8), 1_100), Verdict::Printed(3));
    assert_eq!(tally.observe(&late(1_200), sent(8), 1_200), Verdict::Printed(3), "late on both channels");
}

#[test]
fn a_counter_that_is_gone_in_the_middle_stops_the_run() {
    let mut tally = tally();
    tally.observe(&reading(0, 3, 5), sent(8), 0);
    let gone = |at| Reading { odometer: None, counter_absence: CounterAbsence::Told, ..reading(at, 0, 0) };
    assert_eq!(tally.observe(&gone(100), sent(8), 100), Verdict::Printed(3), "once may be a slip");
    assert_eq!(
        tally.observe(&gone(200), sent(8), 200),
        Verdict::Contradiction(Code::CounterContradiction),
        "an empty buffer proves nothing of what the counter was to prove"
    );
    let mut restarted = asked(baseline(), 2);
    restarted.observe(&gone(0), lost(8), 0);
    assert_eq!(
        restarted.observe(&gone(100), lost(8), 100),
        Verdict::Contradiction(Code::CounterContradiction),
        "nor after a restart of the service"
    );
}

#[test]
fn another_device_at_the_address_stops_the_run() {
    let other = Reading { unique_id: Some("YY2".into()), ..reading(0, 0, 0) };
    assert_eq!(tally().observe(&other, sent(8), 0), Verdict::Contradiction(Code::WrongPrinter));
}

#[test]
fn after_a_power_cycle_only_the_label_in_flight_is_in_doubt() {
    let mut tally = tally();
    tally.observe(&reading(5_000, 3, 5), sent(8), 5_000);
    let after = |at: i64| Reading { uptime_s: Some(at / 1_000 - 7), ..reading(at, 3, 0) };
    assert_eq!(
        tally.observe(&after(9_000), lost(8), 9_000),
        Verdict::Printed(3),
        "not still for long enough"
    );
    assert_eq!(
        tally.observe(&after(10_000), lost(8), 10_000),
        Verdict::Interrupted { printed: 3, doubtful: 1 }
    );
}

#[test]
fn a_power_cycle_is_seen_even_when_the_new_uptime_has_passed_the_old_one() {
    let mut tally = tally();
    let days_later = 3 * 86_400_000;
    let after = Reading { uptime_s: Some(86_400), ..reading(0, 3, 0) };
    tally.observe(&after, lost(8), days_later);
    assert!(matches!(
        tally.observe(&after, lost(8), days_later + 1_000),
        Verdict::Interrupted { printed: 3, doubtful: 1 }
    ));
}

#[test]
fn an_uptime_that_lags_behind_the_clock_sends_nothing_again_while_labels_come_out() {
    let mut tally = tally();
    tally.observe(&reading(5_000, 3, 5), sent(8), 5_000);
    // Ten seconds that never were.
    tally.last = None;
    assert_eq!(tally.observe(&reading(5_100, 4, 4), sent(8), 15_100), Verdict::Printed(4));
    assert!(tally.seems_restarted(), "the clock was put forward, or the printer was off");
    assert_eq!(tally.observe(&reading(7_000, 7, 1), sent(8), 17_000), Verdict::Printed(7));
    assert!(matches!(
        tally.observe(&reading(7_300, 8, 0), sent(8), 17_300),
        Verdict::Interrupted { printed: 8, doubtful: 0 }
    ));
}

#[test]
fn a_power_cycle_after_the_last_label_leaves_no_doubt() {
    let mut tally = tally();
    let after = Reading { uptime_s: Some(2), ..reading(9_000, 8, 0) };
    assert!(matches!(
        tally.observe(&after, lost(8), 9_000),
        Verdict::Interrupted { printed: 8, doubtful: 0 }
    ));
}

#[test]
fn a_counter_that_lost_counts_with_the_power_is_not_explained_by_a_torn_label() {
    let mut tally = asked(baseline(), 4);
    tally.observe(&paper_out(0, 4, 4), sent(8), 0);
    tally.forget_readings();
    let verdict = tally.observe(&Reading { uptime_s: Some(0), ..paper_out(0, 3, 0) }, lost(8), 3_000);
    assert_eq!(verdict, Verdict::Contradiction(Code::CounterContradiction));
}

#[test]
fn a_torn_label_that_is_counted_twice_is_not_taken_for_two() {
    let mut tally = tally();
    tally.observe(&reading(0, 3, 5), sent(8), 0);
    assert_eq!(tally.observe(&paper_out(100, 3, 5), sent(8), 100), Verdict::Printed(3));
    assert_eq!(tally.observe(&reading(200, 4, 4), sent(8), 200), Verdict::Printed(3));
    assert_eq!(tally.observe(&reading(300, 9, 0), sent(8), 300), Verdict::Printed(8));
    assert_eq!(tally.observe(&reading(1_300, 9, 0), sent(8), 1_300), Verdict::Settled(8));
    assert_eq!(tally.baseline().odometer, Some(BASE + 1), "the extra count is taken out");
}

#[test]
fn a_torn_label_that_is_counted_once_settles_too() {
    let mut tally = tally();
    tally.observe(&paper_out(100, 3, 5), sent(8), 100);
    assert_eq!(tally.observe(&reading(300, 8, 0), sent(8), 300), Verdict::Printed(7));
    assert_eq!(tally.observe(&reading(1_300, 8, 0), sent(8), 1_300), Verdict::Settled(8));
    assert_eq!(tally.baseline().odometer, Some(BASE));
}

#[test]
fn formats_cancelled_at_the_printer_are_not_taken_for_printed() {
    let mut tally = tally();
    tally.observe(&reading(0, 3, 0), sent(8), 0);
    assert_eq!(
        tally.observe(&reading(1_000, 3, 0), sent(8), 1_000),
        Verdict::Contradiction(Code::CounterContradiction)
    );
}

#[test]
fn a_second_channel_is_held_against_what_the_parser_had_read_before_it_was_asked() {
    let mut tally = tally();
    tally.observe(&reading(0, 3, 5), sent(8), 0);
    let barrier = Reading { odometer: None, uptime_s: None, ..reading(0, 3, 9) };
    tally.tally.observe(&barrier, sent(12), 110);
    let beside = Reading { second_channel: true, age_ms: 12, ..reading(0, 3, 0) };
    tally.tally.observe(&beside, sent(12), 112);
    assert!(tally.suspects_others(), "of eight it had read none waits, and three are counted");
}

#[test]
fn labels_cancelled_before_the_connection_was_lost_are_not_taken_for_the_last_ones() {
    let mut tally = tally();
    tally.observe(&reading(0, 3, 4), sent(8), 0);
    tally.observe(&reading(100, 3, 0), sent(8), 100);
    assert!(tally.suspects_others(), "five in the works are more than any printer is supposed to have");
    tally.forget_readings();
    tally.observe(&reading(200, 4, 0), lost(8), 200);
    let verdict = tally.observe(&reading(1_400, 4, 0), lost(8), 1_400);
    assert_eq!(verdict, Verdict::Interrupted { printed: 3, doubtful: 5 });
}

#[test]
fn behind_a_pause_the_count_is_believed_only_when_it_adds_up() {
    let paused = |counted, buffered| {
        let mut reading = reading(0, counted, buffered);
        reading.host_status = reading.host_status.map(|status| HostStatus { paused: true, ..status });
        reading
    };
    let mut tally = tally();
    tally.observe(&reading(0, 2, 6), sent(8), 0);
    assert_eq!(tally.observe(&paused(2, 5), sent(8), 0), Verdict::Printed(2));
    assert_ne!(tally.count_in_doubt_through(), 0);
    assert_eq!(tally.observe(&reading(0, 6, 1), sent(8), 0), Verdict::Printed(2), "CANCEL drops a label too");
    let mut cancelled = tally.clone();
    cancelled.observe(&reading(0, 7, 0), sent(8), 0);
    assert_eq!(
        cancelled.observe(&reading(1_000, 7, 0), sent(8), 1_000),
        Verdict::Contradiction(Code::CounterContradiction)
    );
    assert_eq!(tally.observe(&reading(0, 8, 0), sent(8), 0), Verdict::Settled(8));
    assert_eq!(tally.count_in_doubt_through(), 0);
}

#[test]
fn labels_not_yet_read_by_the_parser_are_waited_for() {
    let mut tally = tally();
    let on_the_way = Sent { received: 5, ..sent(8) };
    tally.observe(&reading(0, 5, 0), on_the_way, 0);
    assert_eq!(tally.observe(&reading(5_000, 5, 0), on_the_way, 5_000), Verdict::Printed(5));
}

#[test]
fn without_a_counter_two_labels_less_than_left_the_buffer_are_certain() {
    let mut tally = asked(Baseline { odometer: None, ..baseline() }, 0);
    let mut blind = reading(0, 0, 5);
    blind.odometer = None;
    assert_eq!(tally.observe(&blind, sent(8), 0), Verdict::Printed(1));
    let mut drained = reading(2_000, 0, 0);
    drained.odometer = None;
    tally.observe(&drained, sent(8), 500);
    assert_eq!(
        tally.observe(&drained, sent(8), 1_500),
        Verdict::Printed(6),
        "two labels may be out of sight"
    );
    assert_eq!(tally.observe(&drained, sent(8), 2_500), Verdict::Settled(8));
    assert_eq!(tally.evidence(), Evidence::BufferDrained);
}

#[test]
fn without_a_counter_an_empty_buffer_proves_nothing_before_the_uptime_is_known() {
    let mut tally = asked(Baseline { odometer: None, ..baseline() }, 0);
    let mut switched_on = reading(20_000, 0, 0);
    (switched_on.odometer, switched_on.uptime_s) = (None, None);
    assert_eq!(tally.observe(&switched_on, sent(4), 20_000), Verdict::Printed(0));
}

#[test]
fn without_a_counter_a_buffer_heard_of_earlier_does_not_count_labels_read_since() {
    let mut tally = asked(Baseline { odometer: None, ..baseline() }, 0);
    let mut barrier = reading(1_000, 0, 4);
    (barrier.odometer, barrier.uptime_s) = (None, None);
    tally.observe(&barrier, sent(4), 1_000);
    let older = Reading { odometer: None, age_ms: 50, ..reading(1_000, 0, 0) };
    assert_eq!(tally.observe(&older, sent(4), 1_010), Verdict::Printed(0));
    let newer = Reading { odometer: None, age_ms: 50, ..reading(1_000, 0, 1) };
    assert_eq!(tally.observe(&newer, sent(4), 1_100), Verdict::Printed(1));
}

#[test]
fn without_a_counter_a_lost_connection_leaves_the_window_in_doubt() {
    let mut tally = asked(Baseline { odometer: None, uptime_s: None, ..baseline() }, 2);
    let uncounted =
        |host_status| Reading { host_status: Some(host_status), odometer: None, ..reading(0, 0, 0) };
    let torn = uncounted(HostStatus { partial_format: true, ..HostStatus::default() });
    let busy = uncounted(HostStatus { formats_in_buffer: 1, ..HostStatus::default() });
    assert_eq!(tally.observe(&busy, lost(6), 0), Verdict::Printed(2));
    assert_eq!(tally.observe(&torn, lost(6), 200), Verdict::Printed(2), "its rest may come");
    let idle = uncounted(HostStatus::default());
    let asked = Verdict::Interrupted { printed: 2, doubtful: 4 };
    assert_eq!(tally.observe(&idle, lost(6), 250), asked, "no wait would make one of them certain");
}

#[test]
fn a_second_restart_within_seconds_of_the_first_is_seen() {
    let just_on = Baseline { uptime_s: Some(1), ..baseline() };
    let mut tally = asked(just_on, 0);
    let mut again = reading(1_900, 3, 0);
    again.uptime_s = Some(0);
    tally.observe(&again, lost(8), 2_900);
    assert!(tally.seems_restarted(), "nearly three seconds later it must have been on for longer");
}
