//! Printers of both kinds, asked as often as they are.

use super::*;
use crate::printing::tally::{Baseline, UsualWorks, Verdict};
use crate::zebra::HostStatus;

/// A printer that takes `prepare_ms` for the first label, then `label_ms` for each, and `between_ms` more behind each.
#[derive(Clone, Copy)]
struct Printer {
    at_beginning: bool,
    prepare_ms: i64,
    label_ms: i64,
    between_ms: i64,
    is_labelwise: bool,
    /// The buffer tells of the label in motion.
    tells_motion: bool,
}

const TEARS_OFF: Printer = Printer {
    at_beginning: true,
    prepare_ms: 30,
    label_ms: 350,
    between_ms: 0,
    is_labelwise: false,
    tells_motion: false,
};

impl Printer {
    fn waiting(self, counted: i64, offered: i64) -> i64 {
        let in_motion = 1;
        let whole = if self.at_beginning { (counted - in_motion).max(0) } else { counted };
        (offered - whole - if self.tells_motion { 0 } else { in_motion }).max(0)
    }

    fn counted_at(self, ms: i64) -> i64 {
        let first_ms = self.prepare_ms + if self.at_beginning { 0 } else { self.label_ms };
        if ms < first_ms { 0 } else { 1 + (ms - first_ms) / (self.label_ms + self.between_ms) }
    }
}

/// The evidence after twenty labels, asked every tenth of a second; four are on their way at a time.
fn after_twenty(printer: Printer, even: bool) -> Tally {
    let mut tally = Tally::new(Baseline { odometer: Some(500), ..Baseline::default() }, 0, 0);
    if !even {
        tally.expect_uneven_labels();
    }
    let mut offered = 0;
    for now_ms in (0..20 * (printer.label_ms + printer.between_ms)).step_by(100) {
        let counted = printer.counted_at(now_ms);
        observe(&mut tally, printer, (counted, offered), now_ms);
        offered = counted + 4;
    }
    tally
}

fn observe(tally: &mut Tally, printer: Printer, (counted, offered): (i64, i64), now_ms: i64) -> Verdict {
    let status = HostStatus {
        formats_in_buffer: printer.waiting(counted, offered),
        is_labelwise: printer.is_labelwise,
        ..HostStatus::default()
    };
    let reading = Reading {
        host_status: Some(status),
        odometer: Some(500 + counted),
        age_ms: 10,
        ..Reading::default()
    };
    let sent =
        Sent { offered, received: offered, recovering: false, settle_ms: 600, settle_unseen_ms: 1_200 };
    tally.observe(&reading, sent, now_ms)
}

#[test]
fn a_counter_that_moves_when_a_label_begins_is_told_by_the_first_label() {
    for label_ms in [250, 350, 700, 2_000] {
        let tally = after_twenty(Printer { label_ms, ..TEARS_OFF }, true);
        assert!(tally.usual_works().counts_at_beginning, "{label_ms} ms");
    }
}

#[test]
fn a_counter_that_moves_behind_the_label_is_not_taken_for_one_that_moves_before_it() {
    let at_end = Printer { at_beginning: false, ..TEARS_OFF };
    for label_ms in [60, 100, 250, 350, 700, 2_000] {
        for prepare_ms in [0, 30, 400] {
            let printer = Printer { label_ms, prepare_ms, ..at_end };
            assert!(!after_twenty(printer, true).usual_works().counts_at_beginning, "{label_ms} ms");
        }
    }
    let cuts = Printer { between_ms: 900, is_labelwise: true, ..at_end };
    assert!(!after_twenty(cuts, true).usual_works().counts_at_beginning, "the cut takes its time");
    let grow = Printer { between_ms: 900, ..at_end };
    assert!(!after_twenty(grow, false).usual_works().counts_at_beginning, "labels that differ in length");
}

#[test]
fn the_label_that_moves_is_not_printed_though_it_is_counted() {
    let mut tally = after_twenty(TEARS_OFF, true);
    let last = tally.printed() + 1;
    let now_ms = 20 * TEARS_OFF.label_ms;
    let mut seen = |tenths: i64| observe(&mut tally, TEARS_OFF, (last, last), now_ms + 100 * tenths);
    assert_eq!(seen(0), Verdict::Printed(last - 1));
    assert_eq!(seen(3), Verdict::Printed(last - 1));
    let verdicts: Vec<_> = (4..10).map(seen).collect();
    assert_eq!(verdicts.last(), Some(&Verdict::Settled(last)), "{verdicts:?}");
}

#[test]
fn a_label_that_is_counted_and_waits_tells_it_whatever_the_pace_when_all_adds_up() {
    let with_cutter = Printer { between_ms: 900, is_labelwise: true, tells_motion: true, ..TEARS_OFF };
    let drained = |printer: Printer| {
        let mut tally = after_twenty(printer, false);
        let before = tally.usual_works().counts_at_beginning;
        let end_ms = 20 * (printer.label_ms + printer.between_ms);
        let last = printer.counted_at(end_ms) + 3;
        (0..10).for_each(|tenth| {
            observe(
                &mut tally,
                Printer { tells_motion: false, ..printer },
                (last, last),
                end_ms + tenth * 100,
            );
        });
        (before, tally.usual_works().counts_at_beginning)
    };
    assert_eq!(drained(with_cutter), (false, true), "before that it may be another sender's label");
    assert_eq!(drained(Printer { at_beginning: false, ..with_cutter }), (false, false));
}

#[test]
fn a_label_whose_bytes_come_late_is_not_taken_for_a_slow_one() {
    let learns = |received: i64| {
        let mut tally = Tally::new(Baseline { odometer: Some(500), ..Baseline::default() }, 0, 0);
        for (now_ms, counted, offered) in [(0, 0, 0), (400, 1, 4), (500, 2, 4), (1_500, 2, 4), (2_500, 2, 4)]
        {
            let reading = Reading {
                host_status: Some(HostStatus::default()),
                odometer: Some(500 + counted),
                ..Reading::default()
            };
            let sent = Sent { offered, received: received.min(offered), ..ALL_READ };
            tally.observe(&reading, sent, now_ms);
        }
        tally.usual_works().counts_at_beginning
    };
    assert!(learns(4), "the third was there, and took two seconds");
    assert!(!learns(2), "it was on its way");
}

const ALL_READ: Sent =
    Sent { offered: 0, received: 0, recovering: false, settle_ms: 600, settle_unseen_ms: 1_200 };

#[test]
fn a_printer_that_had_just_been_switched_on_may_have_been_switched_off_again_unseen() {
    let settled = |uptime_s: i64, works: UsualWorks| {
        let baseline = Baseline {
            odometer: Some(500),
            uptime_s: Some(uptime_s),
            usual_works: works,
            ..Baseline::default()
        };
        let mut tally = Tally::new(baseline, 0, 0);
        let sent = Sent { offered: 3, received: 0, recovering: true, ..ALL_READ };
        let still = (1..12).map(|tenth| {
            let reading = Reading {
                host_status: Some(HostStatus::default()),
                odometer: Some(502),
                uptime_s: Some(uptime_s + tenth / 10),
                ..Reading::default()
            };
            tally.observe(&reading, sent, tenth * 100)
        });
        still.last()
    };
    let early = UsualWorks::of_an_early_counter();
    assert_eq!(settled(1, early), Some(Verdict::Interrupted { printed: 1, doubtful: 1 }));
    assert_eq!(settled(3, early), Some(Verdict::Settled(2)));
    assert_eq!(settled(1, UsualWorks::default()), Some(Verdict::Settled(2)));
}

#[test]
fn a_silence_between_two_labels_is_not_taken_for_a_slow_one() {
    let learns = |unheard: bool| {
        let mut tally = Tally::new(Baseline { odometer: Some(500), ..Baseline::default() }, 0, 0);
        for now_ms in (0..2_000).step_by(100) {
            let (counted, offered) =
                (i64::from(now_ms >= 400) + i64::from(now_ms >= 1_500), if now_ms == 0 { 0 } else { 4 });
            let is_heard = !unheard || !(600..1_400).contains(&now_ms);
            let reading = Reading {
                host_status: is_heard.then(HostStatus::default),
                odometer: Some(500 + counted),
                ..Reading::default()
            };
            tally.observe(&reading, Sent { offered, received: offered, ..ALL_READ }, now_ms);
        }
        tally.usual_works().counts_at_beginning
    };
    assert!(learns(false), "it was heard of all the time");
    assert!(!learns(true), "a fault may have come and gone");
}

#[test]
fn a_label_that_waits_until_it_is_fed_is_counted_and_waits_for_a_moment_only() {
    let is_certain = |of_twenty: usize| {
        let mut moment = CountMoment::knowing(false);
        (0..20).for_each(|number| moment.see_moment(number < of_twenty));
        moment.adds_up();
        moment.is_certain()
    };
    assert_eq!([0, 3, 10, 11, 20].map(is_certain), [false, false, false, true, true]);
}
