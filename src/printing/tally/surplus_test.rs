//! Labels of ours, and others between them, as counts and host statuses show them.

use super::*;
use crate::domain::Code;
use crate::printing::tally::{Baseline, FormerWorks, Verdict};
use crate::zebra::HostStatus;

/// A label each 100 ms, asked each 50 ms: two in the works, one while the next is fetched.
fn print(surplus: &mut Surplus, labels: std::ops::Range<i64>, foreign: i64) {
    for label in labels {
        surplus.see(1 - foreign, label, label * 100);
        surplus.see(2 - foreign, label, label * 100 + 50);
    }
}

#[test]
fn one_label_of_another_sender_is_suspected_after_three_of_ours() {
    let mut surplus = Surplus::knowing(UsualWorks::default());
    print(&mut surplus, 0..30, 0);
    assert!(!surplus.is_suspected());
    print(&mut surplus, 31..35, 1);
    assert!(surplus.is_suspected());
}

#[test]
fn of_one_moment_one_label_is_enough() {
    let mut surplus = Surplus::knowing(UsualWorks::default());
    let mut see = |poll: i64, foreign: i64| {
        // The next one is fetched in the last tenth of the one before.
        let in_the_works = if poll % 10 == 9 { 2 } else { 1 };
        surplus.see_at_one_moment(in_the_works - foreign, poll / 10, poll * 100);
        surplus.is_suspected()
    };
    assert!(!(0..100).any(|poll| see(poll, 0)));
    let until = (100..).find(|poll| see(*poll, 1)).expect("it is suspected");
    assert!(until <= 112, "after {} ms", (until - 100) * 100);
}

/// Two are in the works of a new printer while its first label is made; from its second label on `foreign` fewer seem to be.
fn begin(surplus: &mut Surplus, polls: std::ops::Range<i64>, foreign: i64) -> bool {
    polls.into_iter().any(|poll| {
        let counted = poll / 10;
        surplus.see_at_one_moment(2 - foreign.min(counted), counted, poll * 100);
        surplus.is_suspected()
    })
}

#[test]
fn fewer_than_while_the_first_label_was_made_are_suspected_of_a_new_printer() {
    let mut new = Surplus::knowing(UsualWorks::default());
    assert!(!begin(&mut new, 0..30, 0));
    let mut disturbed = Surplus::knowing(UsualWorks::default());
    assert!(begin(&mut disturbed, 0..30, 1), "by its third label");
    disturbed.refute();
    assert!(!begin(&mut disturbed, 30..90, 1), "it makes ready fewer than at first");
}

#[test]
fn a_printer_is_looked_at_closely_until_its_usual_is_known_or_its_first_labels_are_out() {
    let tally = |odometer| {
        let baseline = Baseline { odometer, ..Baseline::default() };
        let mut tally = Tally::new(baseline, 0, 0);
        tally.expect_uneven_labels();
        tally
    };
    assert!(!tally(None).is_learning(), "nothing is counted");
    let mut new = tally(Some(100));
    assert!(new.is_learning());
    begin(&mut new.surplus, 0..90, 0);
    assert!(!new.is_learning(), "its usual is known");
    let mut fast = tally(Some(100));
    fast.printed = LEARNT_BY_LABELS;
    assert!(!fast.is_learning(), "it will not show it");
}

#[test]
fn labels_that_leave_the_buffer_without_coming_out_are_suspected_at_once() {
    let see = |surplus: &mut Surplus, poll: i64, lacking: i64, written_since: i64| {
        let in_the_works = lacking + if poll % 10 == 9 { 2 } else { 1 };
        surplus.see_bounds(in_the_works, in_the_works + written_since, poll / 10);
        surplus.is_suspected()
    };
    let mut known = Surplus::knowing(UsualWorks::default());
    assert!(!(0..100).any(|poll| see(&mut known, poll, 0, 0)));
    assert!(see(&mut known, 101, 2, 0), "never were three in the works");
    let mut new = Surplus::knowing(UsualWorks::default());
    assert!(!see(&mut new, 1, 3, 20));
    assert!(see(&mut new, 2, 4, 20), "no printer is supposed to have five");
    new.refute();
    assert!(!see(&mut new, 3, 4, 20), "this one has");
}

#[test]
fn a_printer_that_was_wrongly_suspected_is_learnt_anew() {
    let mut surplus = Surplus::knowing(UsualWorks::default());
    print(&mut surplus, 0..30, 0);
    print(&mut surplus, 31..41, 1);
    surplus.refute();
    print(&mut surplus, 41..80, 1);
    assert!(!surplus.is_suspected());
}

#[test]
fn answers_that_are_apart_on_a_loaded_machine_raise_no_suspicion() {
    let mut surplus = Surplus::knowing(UsualWorks::default());
    print(&mut surplus, 0..30, 0);
    // The count is older than the buffer: more seems to be in the works.
    print(&mut surplus, 31..60, -2);
    print(&mut surplus, 61..90, 0);
    assert!(!surplus.is_suspected());
}

/// A run on a printer that prints one and has one made ready, of so many labels, the first of another sender or not.
fn of_next_run(before: &FormerWorks, labels: i64, foreign: i64) -> Surplus {
    let mut surplus = Surplus::knowing(before.known(Some("XX1")));
    print(&mut surplus, 0..labels, foreign);
    surplus
}

#[test]
fn a_foreign_label_among_the_first_is_suspected_by_what_the_runs_before_have_learnt() {
    let mut before = FormerWorks::default();
    assert!(!of_next_run(&before, 6, 1).is_suspected(), "nothing is known of this printer");
    for _ in 0..4 {
        before.learn(Some("XX1"), of_next_run(&before, 6, 0).works());
    }
    assert!(!of_next_run(&before, 6, 0).is_suspected());
    assert!(of_next_run(&before, 6, 1).is_suspected());
    assert_eq!(before.known(Some("YY2")), UsualWorks::default(), "another device");
}

#[test]
fn what_was_suspected_wrongly_is_not_suspected_again_by_the_next_run() {
    let mut before = FormerWorks::default();
    before.learn(Some("XX1"), of_next_run(&before, 30, 0).works());
    let mut run = of_next_run(&before, 6, 1);
    assert!(run.is_suspected());
    run.refute();
    before.learn(Some("XX1"), run.works());
    assert!(!of_next_run(&before, 6, 1).is_suspected());
    (0..4).for_each(|_| before.learn(Some("XX1"), of_next_run(&before, 30, 0).works()));
    assert!(of_next_run(&before, 6, 1).is_suspected(), "four runs later that is forgotten");
}

#[test]
fn fewer_than_none_are_in_the_works_of_no_printer() {
    let mut surplus = Surplus::knowing(UsualWorks::default());
    let mut see = |poll: i64| {
        surplus.see_at_one_moment(-1, poll / 4, poll * 100);
        surplus.is_suspected()
    };
    assert!((0..8).any(&mut see), "the first label is suspected");
    surplus.refute();
    let mut see = |poll: i64| {
        surplus.see_at_one_moment(-1, poll / 4, poll * 100);
        surplus.is_suspected()
    };
    assert!(!(8..80).any(&mut see), "formats without a label wait in this one");
}

/// The verdict when eight of eight are counted and none waits, and the evidence so far. Before that the last one waited in
/// the buffer while it was made, or not.
fn counted_all(works: UsualWorks, waited: i64) -> (Tally, Verdict) {
    let baseline = Baseline { odometer: Some(100), usual_works: works, ..Baseline::default() };
    let mut tally = Tally::new(baseline, 0, 0);
    let verdicts = [(100, 7, waited), (200, 7, waited), (300, 8, 0)]
        .map(|(now_ms, counted, waits)| tally.observe(&counts(counted, waits), SENT, now_ms));
    (tally, verdicts[2])
}

const SENT: Sent = Sent { offered: 8, received: 8, recovering: false, settle_ms: 400, settle_unseen_ms: 800 };

fn counts(counted: i64, waits: i64) -> Reading {
    let status = HostStatus { formats_in_buffer: waits, ..HostStatus::default() };
    Reading {
        host_status: Some(status),
        odometer: Some(100 + counted),
        received_through: Some(8),
        ..Reading::default()
    }
}

#[test]
fn the_last_label_is_waited_for_where_one_in_motion_may_not_be_told_by_the_buffer() {
    let told = UsualWorks::of_a_known_buffer();
    assert_eq!(counted_all(told, 1).1, Verdict::Settled(8));
    for (works, waited, why) in [(UsualWorks::default(), 1, "not known"), (told, 0, "it is not")] {
        let (tally, verdict) = counted_all(works, waited);
        assert_eq!(verdict, Verdict::Printed(7), "{why}");
        let mut foreign = tally.clone();
        let verdict = foreign.observe(&counts(9, 0), SENT, 400);
        assert_eq!(
            verdict,
            Verdict::Contradiction(Code::ForeignLabels),
            "one of the eight was another sender's"
        );
        let mut ours = tally.clone();
        let verdicts: Vec<_> = (4..9).map(|tenth| ours.observe(&counts(8, 0), SENT, tenth * 100)).collect();
        assert_eq!(verdicts.last(), Some(&Verdict::Settled(8)));
    }
}

#[test]
fn three_sights_of_a_last_label_that_waits_and_none_of_one_that_is_gone_make_a_buffer_known() {
    let mut before = FormerWorks::default();
    let mut told_after = |waited| {
        let (tally, _) = counted_all(before.known(None), waited);
        before.learn(None, tally.usual_works());
        before.known(None).last_label.is_told_by_buffer()
    };
    assert_eq!([1, 1, 1, 0].map(&mut told_after), [false, false, true, false]);
}

#[test]
fn a_fast_printer_that_shows_its_last_label_in_few_runs_is_known_all_the_same() {
    let mut before = FormerWorks::default();
    let mut told_after = |shows_last_label: bool| {
        let mut run = of_next_run(&before, 30, 0);
        if shows_last_label {
            run.see_last_label(1);
        }
        before.learn(Some("XX1"), run.works());
        before.known(Some("XX1")).last_label.is_told_by_buffer()
    };
    assert!(!(0..14).any(|run| told_after(run % 7 == 0)), "two sights are too few");
    assert!(told_after(true));
}

#[test]
fn a_device_is_not_forgotten_by_a_run_on_whose_connection_it_has_not_told_which_one_it_is() {
    let mut former = FormerWorks::default();
    former.learn(Some("XX1"), UsualWorks::of_a_known_buffer());
    former.learn(None, of_next_run(&former, 30, 0).works());
    former.learn_count_moment(None, UsualWorks { counts_at_beginning: true, ..UsualWorks::default() });
    assert_eq!(former.known(Some("XX1")), UsualWorks::of_a_known_buffer());
}
