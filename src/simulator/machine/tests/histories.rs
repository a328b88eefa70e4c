//! Random histories: what must hold whatever happens in whatever order.

use super::*;
use crate::simulator::knobs::CountAt;
use proptest::prelude::*;

#[derive(Debug, Clone)]
enum Move {
    Send(u8),
    Act(Action),
    ActMidLabel(Action),
    Ask,
    Pass(u64),
}

fn actions() -> BoxedStrategy<Action> {
    prop_oneof![
        Just(Action::MediaOut),
        (0u64..4).prop_map(Action::MediaOutAfter),
        Just(Action::ReloadMedia),
        Just(Action::OpenHead),
        Just(Action::CloseHead),
        Just(Action::Pause),
        Just(Action::Resume),
        Just(Action::OverTemperature),
        Just(Action::CoolDown),
        Just(Action::Feed),
        (0u64..3).prop_map(Action::PrintForeign),
    ]
    .boxed()
}

fn moves(actions: BoxedStrategy<Action>) -> impl Strategy<Value = Vec<Move>> {
    let one = prop_oneof![
        4 => (1u8..5).prop_map(Move::Send),
        3 => actions.clone().prop_map(Move::Act),
        1 => actions.prop_map(Move::ActMidLabel),
        1 => Just(Move::Ask),
        5 => (0u64..900).prop_map(Move::Pass),
    ];
    proptest::collection::vec(one, 0..60)
}

/// Plays a history in steps of at most `grain`; returns the bench and how many labels were sent.
fn play(moves: &[Move], knobs: Knobs, grain: Duration) -> (Bench, u64) {
    let mut bench = Bench::with(knobs);
    let mut host = bench.connect();
    let mut sent = 0;
    for step in moves {
        match step {
            Move::Send(count) => {
                if !matches!(bench.machine.fate(host, bench.now), Fate::Serve { .. })
                    && bench.machine.is_listening()
                {
                    host = bench.connect();
                }
                for _ in 0..*count {
                    sent += 1;
                    bench.send(host, format!("^XA^FDL{sent}^FS^XZ"));
                }
            }
            Move::Act(action) => bench.act(action.clone()),
            Move::ActMidLabel(action) => bench.step(Event::ActMidLabel(action.clone())),
            Move::Ask => bench.send(host, "~HS~HQES"),
            Move::Pass(milliseconds) => {
                let mut left = Duration::from_millis(*milliseconds);
                while !left.is_zero() {
                    let part = left.min(grain);
                    bench.pass(part);
                    left -= part;
                }
            }
        }
    }
    (bench, sent)
}

/// Puts everything right and lets the printer finish.
fn mend(bench: &mut Bench) {
    for _ in 0..8 {
        for action in [Action::ReloadMedia, Action::CloseHead, Action::CoolDown, Action::Resume] {
            bench.act(action);
        }
        bench.pass(Duration::from_secs(600));
    }
}

fn counted(bench: &Bench) -> u64 {
    let is_counted = |piece: &&Piece| piece.complete && piece.kind != Kind::Blank;
    bench.paper.iter().filter(is_counted).count() as u64
}

proptest! {
    /// How often the clock is looked at changes nothing.
    #[test]
    fn the_grain_of_time_does_not_matter(moves in moves(actions())) {
        let (fine, _) = play(&moves, Knobs::default(), Duration::from_millis(7));
        let (coarse, _) = play(&moves, Knobs::default(), Duration::from_secs(10));
        prop_assert_eq!(fine.paper, coarse.paper);
        prop_assert_eq!(fine.replies, coarse.replies);
    }

    /// Without a cut or a cancellation every label comes out whole exactly once, in order, and counts once.
    #[test]
    fn faults_delay_labels_but_lose_and_double_none(moves in moves(actions()), at_start: bool) {
        let count_at = if at_start { CountAt::Start } else { CountAt::Presented };
        let (mut bench, sent) = play(&moves, Knobs { count_at, ..Knobs::default() }, Duration::from_secs(1));
        mend(&mut bench);
        let own: Vec<&str> =
            bench.paper.iter().filter(|piece| piece.complete && piece.kind == Kind::Label).map(text).collect();
        let expected: Vec<String> = (1..=sent).map(|label| format!("L{label}")).collect();
        prop_assert_eq!(own, expected);
        prop_assert_eq!(bench.odometer(), counted(&bench));
        prop_assert_eq!(bench.machine.state().formats, 0);
        prop_assert_eq!(bench.machine.buffered_bytes(), 0);
    }

    /// Power cuts, resets and cancellations lose labels; they never print one twice nor count what is not there.
    #[test]
    fn cuts_lose_labels_but_double_none(
        moves in moves(prop_oneof![
            actions(),
            (0u64..400).prop_map(|off| Action::PowerCycle(Duration::from_millis(off))),
            Just(Action::Reset),
            Just(Action::Cancel),
            Just(Action::CutConnections),
        ].boxed())
    ) {
        let (mut bench, _) = play(&moves, Knobs { boot_s: 0.2, ..Knobs::default() }, Duration::from_secs(1));
        mend(&mut bench);
        let whole = bench.paper.iter().filter(|piece| piece.complete && piece.kind == Kind::Label);
        let numbers: Vec<u64> = whole.map(|piece| text(piece)[1..].parse().unwrap()).collect();
        prop_assert!(numbers.is_sorted_by(|earlier, later| earlier < later), "{:?}", numbers);
        prop_assert!(bench.odometer() <= counted(&bench));
        let cuts = moves.iter().filter(|step| {
            let (Move::Act(action) | Move::ActMidLabel(action)) = step else { return false };
            matches!(action, Action::PowerCycle(_) | Action::Reset)
        });
        prop_assert!(bench.odometer() + cuts.count() as u64 >= counted(&bench), "at most one uncounted a cut");
    }
}
