//! Faults, keys, resets and the power.

use super::*;
use crate::simulator::knobs::{CountAt, InFault};

#[test]
fn the_head_opened_in_a_label_tears_it_and_closing_prints_it_again() {
    let mut bench = Bench::new();
    let host = bench.connect();
    bench.send(host, formats("abc"));
    bench.pass_labels(1.5);
    bench.act(Action::OpenHead);
    let status = bench.host_status(host);
    assert_eq!(
        (status[1].as_str(), status[2].as_str(), status[14].as_str(), status[EEE].as_str()),
        ("0", "1", "1", "002")
    );
    assert!(bench.ask(host, "~HQES").contains("1 00000000 00010004"));
    assert_eq!(bench.ask(host, "! U1 getvar \"zpl.system_error\"\r\n"), "\"1,1,00000000,00010004\"");
    bench.send(host, "~PS");
    bench.pass_labels(9.0);
    assert_eq!(bench.table(), ["a", "b/"], "an open head cannot be talked into printing");
    bench.act(Action::CloseHead);
    bench.pass_labels(9.0);
    assert_eq!((bench.table(), bench.odometer()), (["a", "b/", "b*", "c"].map(str::to_owned).to_vec(), 3));
    assert_eq!(bench.machine.flash().latch_open_count, Flash::default().latch_open_count + 1);
}

#[test]
fn a_fault_in_the_gap_behind_a_label_leaves_it_whole() {
    let mut bench = Bench::new();
    let host = bench.connect();
    bench.send(host, formats("ab"));
    bench.pass_labels(0.95);
    bench.act(Action::MediaOut);
    bench.act(Action::ReloadMedia);
    bench.pass_labels(5.0);
    assert_eq!((bench.table(), bench.odometer()), (vec!["a".to_owned(), "b".to_owned()], 2));
}

#[test]
fn a_reprint_counts_once_or_twice_and_not_at_all_when_suppressed() {
    for (reprint_counts, count_at, counted) in [
        (false, CountAt::Presented, 2),
        (false, CountAt::Start, 2),
        (true, CountAt::Presented, 3),
        (true, CountAt::Start, 3),
    ] {
        let mut bench = Bench::with(Knobs { reprint_counts, count_at, ..Knobs::default() });
        let host = bench.connect();
        bench.step(Event::ActMidLabel(Action::RibbonOut));
        bench.send(host, formats("ab"));
        bench.pass_labels(5.0);
        bench.act(Action::ReloadRibbon);
        bench.pass_labels(5.0);
        assert_eq!(bench.table(), ["a/", "a*", "b"]);
        assert_eq!(bench.odometer(), counted, "{reprint_counts} {count_at:?}");
    }
    let mut bench = Bench::new();
    let host = bench.connect();
    bench.step(Event::ActMidLabel(Action::MediaOut));
    bench.send(host, format!("^XA^JZN^XZ{}", formats("ab")));
    bench.pass_labels(5.0);
    bench.act(Action::ReloadMedia);
    bench.pass_labels(5.0);
    assert_eq!((bench.table(), bench.odometer()), (vec!["a/".to_owned(), "b".to_owned()], 1));
}

#[test]
fn silence_in_a_fault_is_a_knob_and_ends_with_the_fault() {
    let knobs = Knobs { hs_in_fault: InFault::Silent, mending_resumes: false, ..Knobs::default() };
    let mut bench = Bench::with(knobs);
    let host = bench.connect();
    bench.act(Action::MediaOut);
    assert_eq!(bench.ask(host, "~HS"), "");
    assert_eq!(bench.ask(host, "! U1 getvar \"device.host_status\"\r\n"), "");
    assert_eq!(bench.ask(host, "! U1 getvar \"sensor.paper_supply\"\r\n"), "\"out\"");
    bench.act(Action::ReloadMedia);
    assert_eq!(bench.host_status(host)[2], "1", "nobody has pressed PAUSE");
    bench.send(host, "~PS");
    assert_eq!(bench.host_status(host)[2], "0");
}

#[test]
fn a_hot_head_waits_and_goes_on_by_itself() {
    let mut bench = Bench::new();
    let host = bench.connect();
    bench.act(Action::OverTemperature);
    bench.send(host, formats("a"));
    bench.pass_labels(9.0);
    let status = bench.host_status(host);
    assert_eq!((status[2].as_str(), status[11].as_str(), bench.whole().len()), ("0", "1", 0));
    bench.act(Action::CoolDown);
    bench.pass_labels(1.0);
    assert_eq!(bench.whole(), ["a"]);
}

#[test]
fn cancel_all_lets_the_moving_label_end_and_parses_what_follows() {
    let mut bench = Bench::new();
    let host = bench.connect();
    bench.send(host, format!("^XA^FDa^FS^PQ5^XZ{}^XA^FDtorn", formats("bcd")));
    bench.pass_labels(1.5);
    bench.send(host, format!("~JA{}", formats("e")));
    bench.pass_labels(9.0);
    assert_eq!((bench.whole(), bench.odometer()), (vec!["a", "a", "e"], 3));
    assert_eq!(bench.host_status(host)[EEE], "000");
}

#[test]
fn cancel_removes_the_oldest_format_and_pauses() {
    let mut bench = Bench::new();
    let host = bench.connect();
    bench.send(host, format!("~PP{}", formats("abcd")));
    bench.act(Action::Cancel);
    bench.send(host, "~JP");
    assert_eq!(bench.host_status(host)[EEE], "002", "as if two had been printed");
    assert_eq!(bench.odometer(), 0, "which the odometer denies");
    bench.send(host, "~PS");
    bench.pass_labels(9.0);
    assert_eq!(bench.whole(), ["c", "d"]);
}

#[test]
fn keys_move_paper_that_nobody_sent() {
    let mut bench = Bench::new();
    let host = bench.connect();
    bench.send(host, formats("a"));
    bench.pass_labels(2.0);
    bench.act(Action::Feed);
    assert_eq!(bench.odometer(), 1, "a feed is not counted");
    bench.act(Action::ReprintLast);
    assert_eq!((bench.table(), bench.odometer()), (["a", "-", "a*"].map(str::to_owned).to_vec(), 2));
    bench.act(Action::PrintForeign(2));
    bench.pass_labels(3.0);
    assert_eq!((bench.machine.state().labels, bench.odometer()), (1, 4));
}

#[test]
fn a_power_cut_tears_the_label_and_may_lose_counts() {
    for (loss, kept) in [(0, 3), (1, 2), (5, 0)] {
        let mut bench = Bench::with(Knobs { odometer_loss_on_power_cut: loss, ..Knobs::default() });
        let host = bench.connect();
        bench.send(host, formats("abcdef"));
        bench.pass_labels(3.4);
        bench.act(Action::PowerCycle(Duration::from_secs(1)));
        assert_eq!(bench.table(), ["a", "b", "c", "d/"]);
        assert_eq!(bench.machine.fate(host, bench.now), Fate::Reset);
        bench.pass(Duration::from_millis(20_900));
        assert!(!bench.machine.is_listening(), "booting");
        bench.pass(Duration::from_millis(200));
        assert!(bench.machine.is_on());
        assert_eq!(bench.odometer(), kept, "never below zero labels of this power-up");
        assert_eq!(bench.machine.uptime().as_secs(), 20, "since the power came");
        bench.pass_labels(9.0);
        assert_eq!(bench.paper.len(), 4, "the memory is empty");
    }
}

#[test]
fn a_power_cut_in_the_gap_leaves_a_whole_label_that_nobody_counted() {
    let mut bench = Bench::new();
    let host = bench.connect();
    bench.send(host, formats("ab"));
    bench.pass_labels(0.95);
    bench.act(Action::PowerCycle(Duration::ZERO));
    assert_eq!((bench.table(), bench.odometer()), (vec!["a".to_owned()], 0));
}

#[test]
fn a_reset_may_keep_the_connection_and_swallow_the_bytes() {
    let knobs = Knobs { silent_drop_after_reset: true, ..Knobs::default() };
    let mut bench = Bench::with(knobs);
    let host = bench.connect();
    bench.send(host, format!("~PP{}", formats("abc")));
    bench.send(host, "! U1 do \"device.reset\" \"\"\r\n");
    assert!(matches!(bench.machine.fate(host, bench.now), Fate::Serve { .. }));
    bench.send(host, formats("d"));
    bench.pass(Duration::from_secs(30));
    bench.send(host, formats("e"));
    bench.pass_labels(3.0);
    assert_eq!(bench.whole(), ["e"]);
    assert_eq!(bench.ask(host, "! U1 getvar \"log.reboot.reason\"\r\n"), "\"1\"");
    assert!(bench.machine.uptime() < Duration::from_secs(60), "only the uptime tells");
}

#[test]
fn a_scenario_acts_at_labels_in_labels_and_after_times() {
    let scenario = Scenario::from_toml(
        "[[steps]]\nat_label = 2\nmid_label = true\ndo = \"media_out\"\n\
         [[steps]]\nafter_ms = 10000\ndo = \"reload_media\"\n\
         [[steps]]\nat_label = 4\ndo = \"set_odometer\"\nodometer = 7\n",
    )
    .unwrap();
    let mut bench = Bench::told(Knobs::default(), scenario);
    let host = bench.connect();
    bench.send(host, formats("abcde"));
    bench.pass_labels(8.0);
    assert_eq!(bench.table(), ["a", "b", "c/"]);
    bench.pass(Duration::from_secs(10));
    assert_eq!(bench.table(), ["a", "b", "c/", "c*", "d", "e"]);
    assert_eq!(bench.machine.flash().odometer, 8, "set back behind the fourth");
}
