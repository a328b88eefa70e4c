//! How long a printer takes to answer on one connection, and from that: how long it is waited for. Pure.

/// How long a question stays open on a connection that has not shown yet how slow its printer is.
const SHORTEST_PATIENCE_MS: i64 = 2_000;
/// No answer is known to take longer than 5 s. One that comes later could not be sent before: the printer had stopped, or
/// had no room for the question.
const LONGEST_ANSWER_MS: i64 = 6_000;

/// The slowest of the answers that came lately.
#[derive(Debug, Clone, Copy, Default)]
pub struct AnswerTime {
    slowest_ms: i64,
}

impl AnswerTime {
    /// An answer took so long, whether or not it was still waited for.
    pub fn took(&mut self, answer_ms: i64) {
        if answer_ms <= LONGEST_ANSWER_MS {
            self.slowest_ms = answer_ms.max(self.slowest_ms - self.slowest_ms / 64);
        }
    }

    /// How long one question may stay open before it counts as silence, milliseconds.
    pub fn patience_ms(self) -> i64 {
        (2 * self.slowest_ms).clamp(SHORTEST_PATIENCE_MS, LONGEST_ANSWER_MS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slow_printer_is_waited_for_and_one_that_has_become_quick_no_longer() {
        let mut answers = AnswerTime::default();
        assert_eq!(answers.patience_ms(), 2_000);
        answers.took(2_600);
        assert_eq!(answers.patience_ms(), 5_200);
        answers.took(5_000);
        assert_eq!(answers.patience_ms(), 6_000);
        (0..200).for_each(|_| answers.took(20));
        assert_eq!(answers.patience_ms(), 2_000);
        answers.took(3_600_000);
        assert_eq!(answers.patience_ms(), 2_000, "it had no room for the question");
    }
}
