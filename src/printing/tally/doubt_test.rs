//! Labels dropped at the printer, and others between ours, when the connection is lost before all is out.

use super::*;

fn paused(now_ms: i64, counted: i64, buffered: i64) -> Reading {
    let mut reading = reading(now_ms, counted, buffered);
    reading.host_status = reading.host_status.map(|status| HostStatus { paused: true, ..status });
    reading
}

/// Three of eight are out when the printer is paused; the fourth ends its way, the fifth is dropped, and the connection lost.
fn cancelled_and_cut() -> Asked {
    let mut tally = cancelled();
    tally.forget_readings();
    tally
}

fn cancelled() -> Asked {
    let mut tally = tally();
    tally.observe(&reading(0, 3, 4), sent(8), 0);
    tally.observe(&paused(100, 3, 4), sent(8), 100);
    assert_eq!(tally.observe(&paused(500, 4, 3), sent(8), 500), Verdict::Printed(3));
    assert_eq!(tally.observe(&paused(600, 4, 3), sent(8), 600), Verdict::Printed(4), "it stood meanwhile");
    tally
}

#[test]
fn what_came_out_behind_a_pause_is_asked_about_when_labels_are_missing() {
    let mut tally = cancelled_and_cut();
    tally.observe(&reading(2_000, 7, 0), lost(8), 2_000);
    let verdict = tally.observe(&reading(3_200, 7, 0), lost(8), 3_200);
    assert_eq!(verdict, Verdict::Interrupted { printed: 4, doubtful: 4 });
}

/// CANCEL while the service was dead, or in the moment it died: only that the printer stands is there to be seen.
#[test]
fn a_pause_that_a_new_connection_comes_to_may_have_dropped_a_label() {
    let found = |before: &Reading| {
        let mut tally = tally();
        tally.observe(before, sent(8), 0);
        tally.forget_readings();
        tally.observe(&paused(2_000, 4, 3), lost(8), 2_000);
        tally.observe(&paused(2_100, 4, 3), lost(8), 2_100);
        tally.observe(&reading(3_000, 7, 0), lost(8), 3_000);
        tally.observe(&reading(4_200, 7, 0), lost(8), 4_200)
    };
    assert_eq!(found(&reading(0, 3, 4)), Verdict::Interrupted { printed: 4, doubtful: 4 });
    // The pause behind a fault is the fault's: one label may have been torn by it.
    assert_eq!(found(&paper_out(0, 3, 4)), Verdict::Interrupted { printed: 6, doubtful: 1 });
}

#[test]
fn a_label_that_was_read_is_not_lost_with_the_connection() {
    let mut tally = tally();
    tally.observe(&reading(0, 3, 5), sent(8), 0);
    tally.forget_readings();
    let read = |received| Sent { received, ..lost(8) };
    let mut dropped = tally.clone();
    dropped.observe(&reading(2_000, 7, 0), read(8), 2_000);
    let verdict = dropped.observe(&reading(3_200, 7, 0), read(8), 3_200);
    assert_eq!(verdict, Verdict::Interrupted { printed: 3, doubtful: 5 });
    tally.observe(&reading(2_000, 7, 0), read(7), 2_000);
    assert_eq!(tally.observe(&reading(3_200, 7, 0), read(7), 3_200), Verdict::Settled(7));
}

#[test]
fn a_printer_that_may_have_been_off_meanwhile_has_lost_what_was_read() {
    let mut tally = asked(Baseline { uptime_s: None, ..baseline() }, 0);
    let silent_of_it =
        |now_ms, counted, buffered| Reading { uptime_s: None, ..reading(now_ms, counted, buffered) };
    tally.observe(&silent_of_it(0, 3, 1), sent(4), 0);
    tally.forget_readings();
    let read = Sent { received: 4, ..lost(4) };
    tally.observe(&silent_of_it(600, 3, 0), read, 600);
    assert_eq!(tally.observe(&silent_of_it(1_800, 3, 0), read, 1_800), Verdict::Settled(3));
}

#[test]
fn a_pause_leaves_no_doubt_when_all_that_was_sent_came_out_or_nothing_more() {
    let mut all = cancelled_and_cut();
    assert_eq!(all.observe(&reading(2_000, 8, 0), lost(8), 2_000), Verdict::Settled(8));
    let mut none = cancelled_and_cut();
    none.observe(&reading(2_000, 4, 0), lost(8), 2_000);
    assert_eq!(none.observe(&reading(3_200, 4, 0), lost(8), 3_200), Verdict::Settled(4));
}

/// Behind a power cut, four counted.
fn after_power_cut(now_ms: i64) -> Reading {
    Reading { uptime_s: Some(1), ..reading(now_ms, 4, 0) }
}

#[test]
fn a_printer_that_is_switched_off_in_a_pause_leaves_one_label_in_doubt() {
    let paused_only = || {
        let mut tally = tally();
        tally.observe(&reading(0, 3, 5), sent(8), 0);
        tally.observe(&paused(100, 3, 5), sent(8), 100);
        tally.observe(&paused(500, 4, 4), sent(8), 500);
        tally.observe(&paused(600, 4, 4), sent(8), 600);
        tally
    };
    let mut cut = paused_only();
    cut.forget_readings();
    for (mut tally, sent) in [(cut, lost(8)), (paused_only(), sent(8))] {
        if sent.recovering {
            // The uptime is asked last.
            let without_uptime = Reading { uptime_s: None, ..after_power_cut(8_900) };
            tally.observe(&Reading { host_status: None, ..without_uptime }, sent, 8_900);
        }
        tally.observe(&after_power_cut(9_000), sent, 9_000);
        let verdict = tally.observe(&after_power_cut(10_200), sent, 10_200);
        assert_eq!(verdict, Verdict::Interrupted { printed: 4, doubtful: 1 });
    }
}

#[test]
fn what_comes_out_when_a_paused_printer_is_back_is_not_what_it_held() {
    let mut tally = cancelled();
    let after = |now_ms| Reading { uptime_s: Some(1), ..reading(now_ms, 5, 0) };
    tally.observe(&after(9_000), sent(8), 9_000);
    let verdict = tally.observe(&after(10_200), sent(8), 10_200);
    assert_eq!(verdict, Verdict::Interrupted { printed: 4, doubtful: 4 });
}

#[test]
fn a_power_cut_behind_a_pause_asks_about_every_label_that_had_left_the_buffer() {
    let mut let_go = cancelled();
    let_go.observe(&reading(700, 4, 3), sent(8), 700);
    let_go.forget_readings();
    let taken_up = Tally::new(baseline(), 4, 0).with_count_in_doubt(cancelled().count_in_doubt_through());
    let lives = [
        ("it stood", cancelled_and_cut()),
        ("it was let go", let_go),
        ("the service was started anew", Asked { tally: taken_up, last: None }),
    ];
    for (how, mut tally) in lives {
        tally.observe(&after_power_cut(9_000), lost(8), 9_000);
        let verdict = tally.observe(&after_power_cut(10_200), lost(8), 10_200);
        assert_eq!(verdict, Verdict::Interrupted { printed: 4, doubtful: 2 }, "{how}: the fifth was dropped");
    }
}

#[test]
fn a_doubt_of_a_former_life_of_the_service_is_one_still() {
    let mut tally = Asked { tally: Tally::new(baseline(), 4, 0).with_count_in_doubt(6), last: None };
    tally.observe(&reading(2_000, 7, 0), lost(8), 2_000);
    let verdict = tally.observe(&reading(3_200, 7, 0), lost(8), 3_200);
    assert_eq!(verdict, Verdict::Interrupted { printed: 4, doubtful: 4 });
}

#[test]
fn a_label_dropped_while_the_printer_is_out_of_paper_is_not_taken_for_printed() {
    let mut tally = tally();
    tally.observe(&paper_out(0, 3, 5), sent(8), 0);
    tally.observe(&paper_out(100, 3, 4), sent(8), 100);
    tally.forget_readings();
    tally.observe(&reading(2_000, 7, 0), lost(8), 2_000);
    let verdict = tally.observe(&reading(3_200, 7, 0), lost(8), 3_200);
    assert_eq!(
        verdict,
        Verdict::Interrupted { printed: 2, doubtful: 6 },
        "the third may be the torn one's count"
    );
}

#[test]
fn without_a_counter_a_format_that_leaves_in_a_pause_is_not_taken_for_printed() {
    let uncounted = |reading: Reading| Reading { odometer: None, ..reading };
    let begun = || {
        let mut tally = asked(Baseline { odometer: None, ..baseline() }, 0);
        tally.observe(&uncounted(reading(0, 0, 4)), sent(4), 0);
        tally
    };
    let mut dropped = begun();
    dropped.observe(&uncounted(paused(100, 0, 3)), sent(4), 100);
    dropped.observe(&uncounted(reading(1_000, 0, 0)), sent(4), 1_000);
    let verdict = dropped.observe(&uncounted(reading(4_000, 0, 0)), sent(4), 4_000);
    assert_eq!(verdict, Verdict::Interrupted { printed: 0, doubtful: 4 });
    let mut only_paused = begun();
    only_paused.observe(&uncounted(paused(100, 0, 4)), sent(4), 100);
    only_paused.observe(&uncounted(reading(1_000, 0, 0)), sent(4), 1_000);
    assert_eq!(only_paused.observe(&uncounted(reading(4_000, 0, 0)), sent(4), 4_000), Verdict::Settled(4));
    let mut behind_a_silence = begun();
    behind_a_silence.observe(&Reading { silent: true, ..Reading::default() }, sent(4), 400);
    behind_a_silence.observe(&uncounted(paused(500, 0, 3)), sent(4), 500);
    behind_a_silence.observe(&uncounted(reading(1_000, 0, 0)), sent(4), 1_000);
    let verdict = behind_a_silence.observe(&uncounted(reading(4_000, 0, 0)), sent(4), 4_000);
    assert_eq!(
        verdict,
        Verdict::Interrupted { printed: 0, doubtful: 4 },
        "an answer that is lost hides no CANCEL"
    );
}

#[test]
fn a_fault_that_comes_close_behind_another_has_dropped_no_label() {
    let uncounted = |reading: Reading| Reading { odometer: None, ..reading };
    let head_open = |now_ms| {
        let mut reading = paused(now_ms, 0, 3);
        reading.host_status = reading.host_status.map(|status| HostStatus { head_open: true, ..status });
        uncounted(reading)
    };
    let end_of = |fault_at_ms, fault: Reading| {
        let mut tally = asked(Baseline { odometer: None, ..baseline() }, 0);
        tally.observe(&uncounted(reading(0, 0, 4)), sent(4), 0);
        tally.observe(&uncounted(paper_out(100, 0, 4)), sent(4), 100);
        tally.observe(&Reading { silent: true, ..Reading::default() }, sent(4), 400);
        tally.observe(&fault, sent(4), fault_at_ms);
        tally.observe(&uncounted(reading(9_000, 0, 0)), sent(4), 9_000);
        tally.observe(&uncounted(reading(13_000, 0, 0)), sent(4), 13_000)
    };
    assert_eq!(
        end_of(900, head_open(900)),
        Verdict::Settled(4),
        "a new roll was put in, and a label came out"
    );
    let in_doubt = Verdict::Interrupted { printed: 0, doubtful: 4 };
    assert_eq!(end_of(900, uncounted(paper_out(900, 0, 3))), in_doubt, "the same fault");
    assert_eq!(end_of(4_000, head_open(4_000)), in_doubt, "so long unheard");
    let mut told_beside = asked(Baseline { odometer: None, ..baseline() }, 0);
    told_beside.observe(&uncounted(reading(0, 0, 4)), sent(4), 0);
    told_beside.observe(&uncounted(paper_out(100, 0, 4)), sent(4), 100);
    let beside = Reading { second_channel: true, ..head_open(190) };
    told_beside.tally.observe(&beside, sent(4), 190);
    told_beside.tally.observe(&head_open(200), sent(4), 200);
    assert_eq!(told_beside.count_in_doubt_through(), 0, "the other channel told the second fault first");
}

#[test]
fn a_mere_suspicion_does_not_make_a_power_cut_cost_more_than_one_label() {
    let mut tally = tally();
    tally.observe(&reading(0, 3, 5), sent(8), 0);
    tally.observe(&reading(100, 3, 0), sent(8), 100);
    assert!(tally.suspects_others() && tally.count_in_doubt_through() == 0);
    tally.forget_readings();
    let after = |now_ms| Reading { uptime_s: Some(1), ..reading(now_ms, 4, 0) };
    tally.observe(&after(9_000), lost(8), 9_000);
    let verdict = tally.observe(&after(10_200), lost(8), 10_200);
    assert_eq!(verdict, Verdict::Interrupted { printed: 4, doubtful: 1 });
}

#[test]
fn a_fault_that_lasts_over_restarts_of_the_service_tears_one_label() {
    let taken_up = Tally::new(baseline(), 2, 1);
    let mut tally = Asked { tally: taken_up, last: None };
    tally.observe(&paper_out(0, 3, 5), lost(8), 0);
    assert_eq!(tally.reprints_possible(), 1);
    tally.observe(&reading(2_000, 5, 0), lost(8), 2_000);
    let verdict = tally.observe(&reading(3_200, 5, 0), lost(8), 3_200);
    assert_eq!(
        verdict,
        Verdict::Interrupted { printed: 4, doubtful: 1 },
        "counted twice, or the last one is lost"
    );
}

#[test]
fn a_pause_in_which_nothing_was_dropped_is_over_when_the_printer_is_seen_at_work_again() {
    let received = |reading: Reading| Reading { received_through: Some(8), ..reading };
    let mut only_paused = tally();
    only_paused.observe(&received(reading(0, 3, 5)), sent(8), 0);
    only_paused.observe(&received(paused(100, 4, 4)), sent(8), 100);
    only_paused.observe(&received(paused(500, 4, 4)), sent(8), 500);
    assert_ne!(only_paused.count_in_doubt_through(), 0, "CANCEL may be pressed yet");
    assert_eq!(only_paused.observe(&received(reading(900, 4, 4)), sent(8), 900), Verdict::Printed(4));
    assert_eq!(only_paused.count_in_doubt_through(), 0);
    assert_eq!(only_paused.observe(&received(reading(1_000, 5, 3)), sent(8), 1_000), Verdict::Printed(5));
    let mut dropped = cancelled();
    dropped.observe(&received(reading(900, 4, 3)), sent(8), 900);
    assert_ne!(dropped.count_in_doubt_through(), 0, "five have left the buffer, and four are out");
    assert_eq!(dropped.observe(&received(reading(1_000, 5, 2)), sent(8), 1_000), Verdict::Printed(4));
}
