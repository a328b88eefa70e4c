//! What a run does with what it hears, one thing at a time.

use super::*;
use crate::zebra::HostStatus;

const BASE: i64 = 500;

fn run(last: LabelIndex) -> Run {
    let plan = RunPlan { first: 1, last, known_label_ms: Some(150), slowest_label_ms: 700 };
    let usual_works = UsualWorks::of_a_known_buffer();
    Run::begin(plan, Baseline { odometer: Some(BASE), usual_works, ..Baseline::default() })
}

/// So many labels counted, formats buffered, and labels read by the parser.
fn reading(counted: i64, buffered: i64, received: LabelIndex) -> Reading {
    Reading {
        host_status: Some(HostStatus { formats_in_buffer: buffered, ..HostStatus::default() }),
        odometer: Some(BASE + counted),
        received_through: Some(received),
        ..Reading::default()
    }
}

fn hears(run: &mut Run, reading: Reading, now_ms: i64) -> Vec<RunAction> {
    run.step(RunEvent::Reading(reading), now_ms)
}

fn with_paper_out(mut reading: Reading) -> Reading {
    reading.host_status =
        reading.host_status.map(|status| HostStatus { paper_out: true, paused: true, ..status });
    reading
}

fn last_written(actions: &[RunAction]) -> Option<LabelIndex> {
    actions.iter().find_map(|action| match action {
        RunAction::Write { last, .. } => Some(*last),
        _ => None,
    })
}

#[test]
fn what_is_written_is_reserved_before() {
    let reserved = Record { reserved_through: Some(5), ..Record::default() };
    assert_eq!(
        hears(&mut run(5), reading(0, 0, 0), 0),
        [RunAction::Record(reserved), RunAction::Write { first: 1, last: 5 }]
    );
}

#[test]
fn an_answer_to_a_question_older_than_the_run_says_nothing_of_its_labels() {
    let plan = RunPlan { first: 1, last: 1, known_label_ms: Some(150), slowest_label_ms: 700 };
    let baseline = Baseline { odometer: Some(BASE), taken_at_ms: 10_000, ..Baseline::default() };
    let mut run = Run::begin(plan, baseline);
    hears(&mut run, reading(0, 0, 0), 10_000);
    let late = Reading { age_ms: 2_100, silent: true, ..reading(-4, 2, 0) };
    assert_eq!(hears(&mut run, late, 10_100), [], "the count of labels that came before it");
}

#[test]
fn no_more_than_a_window_is_on_its_way() {
    let mut run = run(100);
    assert_eq!(last_written(&hears(&mut run, reading(0, 0, 0), 0)), Some(8));
    assert_eq!(last_written(&hears(&mut run, reading(0, 8, 8), 100)), None);
    hears(&mut run, reading(1, 7, 8), 120);
    let at_120_ms_each = hears(&mut run, reading(2, 6, 8), 240);
    assert_eq!(last_written(&at_120_ms_each), None, "as long as five rounds, each as long as a label");
    let heard_late = hears(&mut run, reading(3, 5, 8), 400);
    assert_eq!(
        last_written(&heard_late),
        Some(3 + 7),
        "five rounds of 160 milliseconds, of labels that take 132"
    );
}

#[test]
fn the_first_labels_on_a_device_of_which_nothing_is_known_go_out_one_at_a_time() {
    let begun = || {
        let plan = RunPlan { first: 1, last: 100, known_label_ms: None, slowest_label_ms: 700 };
        let mut run = Run::begin(plan, Baseline { odometer: Some(BASE), ..Baseline::default() });
        assert_eq!(last_written(&hears(&mut run, reading(0, 0, 0), 0)), Some(1));
        run
    };
    let mut run = begun();
    assert_eq!(last_written(&hears(&mut run, reading(0, 0, 0), 50)), None, "half of it may be under way");
    assert_eq!(last_written(&hears(&mut run, reading(0, 0, 1), 100)), Some(2));
    assert_eq!(last_written(&hears(&mut run, reading(0, 1, 2), 150)), Some(3));
    assert_eq!(last_written(&hears(&mut run, reading(1, 1, 3), 1_200)), Some(4));
    assert_eq!(last_written(&hears(&mut run, reading(3, 1, 4), 2_300)), Some(3 + 8), "it is not measured");

    let answers_late = Reading { age_ms: 400, ..reading(0, 0, 1) };
    assert_eq!(last_written(&hears(&mut begun(), answers_late, 500)), Some(8), "that would keep it waiting");
    let plan = RunPlan { first: 1, last: 100, known_label_ms: None, slowest_label_ms: 700 };
    let late = Baseline { odometer: Some(BASE), answer_ms: 400, ..Baseline::default() };
    let says_nothing_new = Reading { odometer: None, ..reading(0, 0, 0) };
    assert_eq!(
        last_written(&hears(&mut Run::begin(plan, late), says_nothing_new, 0)),
        Some(8),
        "from the first one on"
    );
    let tells_its_speed = Reading { print_speed_mm_per_s: Some(152), ..reading(0, 0, 1) };
    assert_eq!(last_written(&hears(&mut begun(), tells_its_speed, 50)), Some(4));
}

#[test]
fn paper_out_waits_and_is_told_and_taken_back() {
    let mut run = run(100);
    hears(&mut run, reading(0, 0, 0), 0);
    let stopped = hears(&mut run, with_paper_out(reading(3, 5, 8)), 600);
    assert!(stopped.contains(&RunAction::Attention(Some(Code::PaperOut))));
    assert_eq!(last_written(&stopped), None);
    assert_eq!(hears(&mut run, with_paper_out(reading(3, 5, 8)), 3_600_000), [], "for as long as it takes");
    assert!(hears(&mut run, reading(3, 5, 8), 3_600_100).contains(&RunAction::Attention(None)));
}

#[test]
fn a_withdrawn_job_sends_no_more_and_ends_when_the_printer_is_empty() {
    let mut run = run(100);
    hears(&mut run, reading(0, 0, 0), 0);
    assert_eq!(run.step(RunEvent::Cancel, 10), []);
    assert_eq!(last_written(&hears(&mut run, reading(4, 4, 8), 800)), None);
    assert_eq!(hears(&mut run, reading(8, 0, 8), 1_600).last(), Some(&RunAction::End(RunEnd::Cancelled)));
}

#[test]
fn a_lost_connection_with_nothing_on_its_way_ends_the_run_without_a_doubt() {
    assert_eq!(run(5).step(RunEvent::LinkLost, 0), [RunAction::End(RunEnd::Interrupted)]);
}

#[test]
fn a_lost_connection_with_labels_on_their_way_is_waited_out() {
    let mut run = run(5);
    hears(&mut run, reading(0, 0, 0), 0);
    assert_eq!(run.step(RunEvent::LinkLost, 100), []);
    assert!(run.is_recovering());
    assert_eq!(last_written(&hears(&mut run, reading(2, 0, 0), 200)), None, "nothing is sent twice");
    hears(&mut run, reading(2, 0, 0), 500);
    assert_eq!(hears(&mut run, reading(2, 0, 0), 900).last(), Some(&RunAction::End(RunEnd::Interrupted)));
    assert_eq!(run.confirmed_through(), 2);
}

#[test]
fn silence_is_told_after_its_time_and_not_before() {
    let mut run = run(5);
    hears(&mut run, reading(0, 0, 0), 0);
    let nothing = || Reading { silent: true, ..Reading::default() };
    assert_eq!(hears(&mut run, nothing(), SILENCE_MS - 1), []);
    assert_eq!(hears(&mut run, nothing(), SILENCE_MS), [RunAction::Attention(Some(Code::PrinterSilent))]);
}

#[test]
fn a_label_that_cannot_be_made_cuts_the_run_short() {
    let mut run = run(5);
    hears(&mut run, reading(0, 0, 0), 0);
    assert_eq!(run.step(RunEvent::CannotMake { from: 4 }, 10), [], "three are on their way");
    assert_eq!(hears(&mut run, reading(3, 0, 3), 900).last(), Some(&RunAction::End(RunEnd::Finished)));
    assert_eq!(run.confirmed_through(), 3);
}

#[test]
fn what_was_said_while_nobody_answered_is_taken_back_by_the_next_reading() {
    let mut run = run(20);
    hears(&mut run, reading(0, 0, 0), 0);
    let out = hears(&mut run, with_paper_out(reading(2, 6, 8)), 500);
    assert!(out.contains(&RunAction::Attention(Some(Code::PaperOut))));
    run.step(RunEvent::LinkLost, 600);
    // Meanwhile the shell told that the printer is gone.
    run.step(RunEvent::LinkRestored, 5_000);
    let back = hears(&mut run, with_paper_out(reading(2, 6, 8)), 5_100);
    assert!(back.contains(&RunAction::Attention(Some(Code::PaperOut))), "{back:?}");
}

#[test]
fn a_label_named_out_of_turn_stops_the_run_and_asks() {
    let mut run = run(20);
    run.expect_verification();
    hears(&mut run, reading(0, 0, 0), 0);
    run.step(RunEvent::Verified { label: 1 }, 100);
    let named = hears(&mut run, reading(1, 7, 8), 150);
    let verified = Record { confirmed_through: Some(1), verified_through: Some(1), ..Record::default() };
    assert!(named.contains(&RunAction::Record(verified)), "{named:?}");
    let stopped = run.step(RunEvent::Verified { label: 3 }, 200);
    let doubt = Record { unconfirmed: Some((2, 8)), ..Record::default() };
    let held = RunAction::End(RunEnd::Held(Code::VerificationContradiction));
    assert_eq!(stopped, [RunAction::Record(doubt), held]);
}

#[test]
fn a_withdrawn_job_waits_for_the_names_of_what_was_counted() {
    let mut run = run(20);
    run.expect_verification();
    hears(&mut run, reading(0, 0, 0), 0);
    run.step(RunEvent::Cancel, 10);
    assert_eq!(hears(&mut run, reading(8, 0, 8), 1_000), [], "counted, not named yet");
    (1..=8).for_each(|label| drop(run.step(RunEvent::Verified { label }, 1_050)));
    let end = hears(&mut run, reading(8, 0, 8), 1_100);
    assert_eq!(end.last(), Some(&RunAction::End(RunEnd::Cancelled)));
}

#[test]
fn a_weekend_of_a_closed_window_is_no_failure() {
    let mut run = run(100);
    hears(&mut run, reading(0, 0, 0), 0);
    let hour_ms = 3_600_000;
    for hour in 1..=60 {
        let mut paused = reading(3, 5, 3);
        paused.host_status = paused.host_status.map(|status| HostStatus { paused: true, ..status });
        paused.received_through = None;
        let actions = hears(&mut run, paused, hour * hour_ms);
        assert!(!actions.iter().any(|action| matches!(action, RunAction::End(_))), "{actions:?}");
        hears(&mut run, Reading { silent: true, ..Reading::default() }, hour * hour_ms + 10);
        assert_eq!(last_written(&actions), None);
    }
    // Torn labels may have been printed again while nobody looked: what is counted is believed when nothing moves.
    let is_let_go = |now_ms| hears(&mut run, reading(8, 0, 8), 61 * hour_ms + now_ms);
    let believed = (0..3_000).step_by(100).map(is_let_go).find(|actions| last_written(actions).is_some());
    assert_eq!(
        believed.and_then(|actions| actions.first().cloned()),
        Some(RunAction::Record(Record {
            confirmed_through: Some(8),
            reserved_through: Some(16),
            count_in_doubt_through: Some(0),
            ..Record::default()
        }))
    );
}

#[test]
fn a_printer_never_heard_is_sent_one_label_and_no_more() {
    let plan = RunPlan { first: 1, last: 20, known_label_ms: Some(150), slowest_label_ms: 700 };
    let mut run = Run::begin(plan, Baseline::default());
    assert_eq!(last_written(&run.step(RunEvent::SendFirstUnheard, 0)), Some(1));
    assert_eq!(run.step(RunEvent::SendFirstUnheard, 10), []);
    let silence = Reading { silent: true, ..Reading::default() };
    assert_eq!(last_written(&hears(&mut run, silence, 4_000)), None);
    let heard = Reading { odometer: None, ..reading(0, 0, 1) };
    assert_eq!(last_written(&hears(&mut run, heard, 5_000)), Some(4), "now it answers");
}

#[test]
fn a_printer_that_stands_without_a_reason_is_told_until_it_moves() {
    let mut run = run(40);
    hears(&mut run, reading(0, 0, 0), 0);
    let is_told = |actions: &[RunAction]| actions.contains(&RunAction::Attention(Some(Code::PrinterStalled)));
    for now_ms in (1_000..10_000).step_by(1_000) {
        assert!(!is_told(&hears(&mut run, reading(0, 8, 8), now_ms)), "{now_ms}");
    }
    assert!(is_told(&hears(&mut run, reading(0, 8, 8), 10_000)));
    let moved = hears(&mut run, reading(1, 7, 8), 11_000);
    assert!(moved.contains(&RunAction::Attention(None)), "{moved:?}");
}

#[test]
fn a_printer_that_waits_for_a_person_or_was_away_does_not_stall() {
    let mut run = run(40);
    hears(&mut run, reading(0, 0, 0), 0);
    for now_ms in (1_000..60_000).step_by(1_000) {
        hears(&mut run, with_paper_out(reading(0, 8, 8)), now_ms);
    }
    run.step(RunEvent::LinkLost, 60_000);
    run.step(RunEvent::LinkRestored, 900_000);
    let actions = hears(&mut run, reading(0, 8, 8), 900_100);
    assert!(!actions.contains(&RunAction::Attention(Some(Code::PrinterStalled))), "{actions:?}");
}

/// A run over eight labels with two counted and so many reserved, of a printer that had been on for long.
fn taken_up(reserved_through: LabelIndex, findings: Findings) -> Run {
    let plan = RunPlan { first: 1, last: 8, known_label_ms: Some(600), slowest_label_ms: 700 };
    let so_far =
        RunSoFar { reserved_through, confirmed_through: 2, reprints_possible: 0, count_in_doubt_through: 0 };
    let baseline = Baseline { odometer: Some(BASE), uptime_s: Some(5_000), ..Baseline::default() };
    Run::recover(plan, baseline, so_far.with(findings))
}

#[test]
fn behind_a_certain_restart_the_next_run_looks_for_itself_whether_the_printer_keeps_still() {
    let mut run = taken_up(4, Findings::default());
    let restarted = Reading { uptime_s: Some(3), ..reading(2, 0, 0) };
    let end = (0..2_000).step_by(50).find(|now_ms| {
        hears(&mut run, restarted.clone(), *now_ms).contains(&RunAction::End(RunEnd::Interrupted))
    });
    assert_eq!((end, run.is_drained()), (Some(400), false));
}

#[test]
fn what_is_abandoned_is_in_doubt_and_does_not_count_as_a_clean_end() {
    let mut run = run(40);
    hears(&mut run, reading(0, 0, 0), 0);
    let actions = run.step(RunEvent::Abandon, 100);
    let Some(RunAction::Record(record)) = actions.first() else { panic!("a record: {actions:?}") };
    assert_eq!(record.unconfirmed, Some((1, 8)));
    assert_eq!(actions.last(), Some(&RunAction::End(RunEnd::Interrupted)));
}

/// What a person is asked about, of a run that goes on upon what is durable and upon what was found out.
fn asked_after_a_failure_of_the_database(findings: Findings) -> Option<(LabelIndex, LabelIndex)> {
    let mut run = taken_up(8, findings);
    let restarted = Reading { uptime_s: Some(3), ..reading(4, 0, 0) };
    let end = (0..2_000)
        .step_by(50)
        .map(|now_ms| hears(&mut run, restarted.clone(), 5_000 + now_ms))
        .find(|actions| actions.contains(&RunAction::End(RunEnd::Interrupted)));
    end.and_then(|actions| match actions.first() {
        Some(RunAction::Record(record)) => record.unconfirmed,
        _ => None,
    })
}

#[test]
fn what_was_found_out_and_could_not_be_recorded_is_heeded_when_the_database_is_back() {
    let mut run = run(8);
    run.tally = Tally::new(
        Baseline { odometer: Some(BASE), uptime_s: Some(5_000), ..run.tally.baseline().clone() },
        0,
        0,
    );
    hears(&mut run, Reading { uptime_s: Some(5_000), ..reading(0, 0, 0) }, 0);
    hears(&mut run, Reading { uptime_s: Some(5_000), ..reading(2, 1, 4) }, 500);
    assert_eq!(run.findings(), Findings::default());
    hears(&mut run, Reading { uptime_s: Some(1), ..reading(4, 0, 8) }, 1_500);
    let mixed = Findings { count_in_doubt_through: 8, ..Findings::default() };
    assert_eq!(
        run.findings(),
        mixed,
        "the connection outlived the restart: two came out, which nobody knows"
    );
    assert_eq!(asked_after_a_failure_of_the_database(mixed), Some((3, 8)));
    assert_eq!(asked_after_a_failure_of_the_database(Findings::default()), Some((5, 5)), "not known again");
}

/// What a run asks about and hands on, of a printer that had counted so many labels at its first answers behind a power cut.
fn asked_and_found_behind_a_power_cut(counted: [i64; 2]) -> (Option<(LabelIndex, LabelIndex)>, LabelIndex) {
    let mut run = run(8);
    hears(&mut run, reading(0, 0, 0), 0);
    hears(&mut run, reading(2, 6, 8), 300);
    run.tally = Tally::new(Baseline { uptime_s: Some(5_000), ..run.tally.baseline().clone() }, 2, 0);
    run.step(RunEvent::LinkLost, 400);
    run.step(RunEvent::LinkRestored, 3_000);
    let [at_first, then] = counted;
    let end = (3_000..6_000)
        .step_by(100)
        .map(|now_ms| {
            let counted = if now_ms == 3_000 { at_first } else { then };
            hears(&mut run, Reading { uptime_s: Some(1), ..reading(counted, 0, 0) }, now_ms)
        })
        .find(|actions| actions.contains(&RunAction::End(RunEnd::Interrupted)));
    let asked = end.and_then(|actions| match actions.first() {
        Some(RunAction::Record(record)) => record.unconfirmed,
        _ => None,
    });
    (asked, run.findings().count_in_doubt_through)
}

#[test]
fn the_label_in_a_power_cut_is_found_again_and_others_are_not_asked_about() {
    assert_eq!(asked_and_found_behind_a_power_cut([3, 3]), (Some((4, 4)), 0));
}

#[test]
fn what_came_out_behind_a_power_cut_without_being_sent_is_not_found_again() {
    assert_eq!(asked_and_found_behind_a_power_cut([3, 5]), (Some((4, 8)), 8), "two are another sender's");
}

#[test]
fn a_question_that_could_not_be_recorded_is_put_when_the_database_is_back() {
    let mut run = run(8);
    hears(&mut run, reading(0, 0, 0), 0);
    let end = (100..5_000)
        .step_by(100)
        .map(|now_ms| hears(&mut run, reading(7, 0, 8), now_ms))
        .find(|actions| actions.iter().any(|action| matches!(action, RunAction::End(_))));
    assert_eq!(end.unwrap().last(), Some(&RunAction::End(RunEnd::Held(Code::CounterContradiction))));
    assert_eq!(run.findings().count_in_doubt_through, 8, "one was cancelled at the printer, without a pause");
}

#[test]
fn a_pause_that_was_seen_just_before_the_connection_was_lost_is_not_forgotten() {
    let mut run = run(8);
    hears(&mut run, reading(0, 0, 0), 0);
    let mut paused = Reading { odometer: None, ..reading(0, 7, 8) };
    paused.host_status = paused.host_status.map(|status| HostStatus { paused: true, ..status });
    let doubted = Record { count_in_doubt_through: Some(2), ..Record::default() };
    assert_eq!(run.step(RunEvent::LastWords(paused), 130), [RunAction::Record(doubted)]);
    run.step(RunEvent::LinkLost, 140);
    run.step(RunEvent::LinkRestored, 200);
    let drained =
        |run: &mut Run, now_ms| hears(run, Reading { received_through: None, ..reading(7, 0, 0) }, now_ms);
    let end = (400..5_000)
        .step_by(100)
        .map(|now_ms| drained(&mut run, now_ms))
        .find(|actions| actions.iter().any(|action| matches!(action, RunAction::End(_))));
    let asked = end.and_then(|actions| {
        actions.iter().find_map(|action| match action {
            RunAction::Record(record) => record.unconfirmed,
            _ => None,
        })
    });
    assert_eq!(asked, Some((1, 8)), "one of them was dropped");
}
