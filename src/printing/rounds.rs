//! How long it is from one count to the next, and from that: how long the labels on their way must last. Pure.

use std::collections::VecDeque;

/// What lately was so slow may be so again.
const ROUNDS_KEPT: usize = 8;
/// As many rounds may fail before the printer has nothing to do.
const ROUNDS_TO_OUTLAST: i64 = 5;
/// What is on its way comes out before anything else can go out behind an interruption: no more than is needed.
const SHORTEST_SUPPLY_MS: i64 = 500;
const LONGEST_SUPPLY_MS: i64 = 1_200;

/// The rounds of questions of one run: what the answers take, and what is written down between them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rounds {
    last_at_ms: Option<i64>,
    lengths_ms: VecDeque<i64>,
}

impl Rounds {
    /// A count came in.
    pub fn hear_count(&mut self, now_ms: i64) {
        if let Some(at) = self.last_at_ms.replace(now_ms) {
            self.lengths_ms.push_back(now_ms - at);
        }
        if self.lengths_ms.len() > ROUNDS_KEPT {
            self.lengths_ms.pop_front();
        }
    }

    /// The labels on their way are to last so long, milliseconds: while the answers are late, or what is written down takes long,
    /// the printer has something to do.
    pub fn supply_ms(&self) -> i64 {
        self.lengths_ms.iter().max().map_or(LONGEST_SUPPLY_MS, |longest_ms| {
            (longest_ms * ROUNDS_TO_OUTLAST).clamp(SHORTEST_SUPPLY_MS, LONGEST_SUPPLY_MS)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn supply_ms(lengths_ms: &[i64]) -> i64 {
        let mut rounds = Rounds::default();
        let mut now_ms = 0;
        rounds.hear_count(now_ms);
        for length_ms in lengths_ms {
            now_ms += length_ms;
            rounds.hear_count(now_ms);
        }
        rounds.supply_ms()
    }

    #[test]
    fn what_is_on_its_way_outlasts_the_slowest_of_the_last_rounds() {
        assert_eq!(supply_ms(&[]), LONGEST_SUPPLY_MS, "nothing is known yet");
        assert_eq!(supply_ms(&[50, 100, 100]), SHORTEST_SUPPLY_MS);
        assert_eq!(supply_ms(&[100, 150, 100]), 750, "a slow disk, or late answers");
        assert_eq!(supply_ms(&[3_000, 100]), LONGEST_SUPPLY_MS);
        assert_eq!(supply_ms(&[[3_000].as_slice(), &[100; 8]].concat()), SHORTEST_SUPPLY_MS, "long ago");
    }
}
