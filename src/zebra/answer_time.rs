//! How long a printer takes to answer on one connection, and from that: how long it is waited for. Pure.

/// How long a question stays open on a connection that has not shown yet how slow its printer is.
const FIRST_PATIENCE_MS: i64 = 2_000;
/// After so many answers it has shown it. One that does not come then is lost, as a rule: the next is asked for before
/// what was known of the printer is too old.
const SHOWN_AFTER_ANSWERS: u32 = 16;
const SHORTEST_PATIENCE_MS: i64 = 300;
/// So many times as long as the slowest.
const PATIENCE_OF_A_QUICK_ONE: i64 = 6;
/// No answer is known to take longer than 5 s. One that comes later could not be sent before: the printer had stopped, or
/// had no room for the question.
const LONGEST_ANSWER_MS: i64 = 6_000;

/// The slowest of the answers that came lately.
#[derive(Debug, Clone, Copy, Default)]
pub struct AnswerTime {
    slowest_ms: i64,
    answers: u32,
}

impl AnswerTime {
    /// An answer took so long, whether or not it was still waited for.
    pub fn took(&mut self, answer_ms: i64) {
        if answer_ms <= LONGEST_ANSWER_MS {
            self.slowest_ms = answer_ms.max(self.slowest_ms - self.slowest_ms / 64);
            self.answers = self.answers.saturating_add(1);
        }
    }

    /// How long one question may stay open before it counts as silence, milliseconds.
    pub fn patience_ms(self) -> i64 {
        if self.answers < SHOWN_AFTER_ANSWERS {
            return (2 * self.slowest_ms).clamp(FIRST_PATIENCE_MS, LONGEST_ANSWER_MS);
        }
        let quick_ms = (PATIENCE_OF_A_QUICK_ONE * self.slowest_ms).min(FIRST_PATIENCE_MS);
        (2 * self.slowest_ms).max(quick_ms).clamp(SHORTEST_PATIENCE_MS, LONGEST_ANSWER_MS)
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
        (0..500).for_each(|_| answers.took(20));
        assert_eq!(answers.patience_ms(), 378);
        answers.took(3_600_000);
        assert_eq!(answers.patience_ms(), 378, "it had no room for the question");
        answers.took(700);
        assert_eq!(answers.patience_ms(), 2_000, "it may answer late again");
    }

    #[test]
    fn a_printer_is_not_called_quick_by_its_first_answers() {
        let mut answers = AnswerTime::default();
        (0..15).for_each(|_| answers.took(5));
        assert_eq!(answers.patience_ms(), 2_000);
        answers.took(5);
        assert_eq!(answers.patience_ms(), 300);
    }
}
