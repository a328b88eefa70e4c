//! For how long a printer may have been off on a connection that stands. Pure.
//!
//! A printer that answers was on since it was asked: also late answers tell that, of a parser that was busy, a slow printer or a
//! network that was away. Where nothing was asked nothing is told either way; where it was, and no answer ever came, it may
//! have been off from the last answer until the first question that was answered again.

/// What its answers tell.
#[derive(Debug, Default)]
pub struct Presence {
    on_until_ms: Option<i64>,
    has_unanswered: bool,
    absent_ms: i64,
}

impl Presence {
    /// A question of that time was answered.
    pub fn answered(&mut self, asked_at_ms: i64, now_ms: i64) {
        if let Some(on_until_ms) = self.on_until_ms.filter(|_| self.has_unanswered) {
            self.absent_ms = self.absent_ms.max(asked_at_ms - on_until_ms);
        }
        self.has_unanswered = false;
        self.on_until_ms = Some(now_ms);
    }

    /// A question was given up.
    pub fn unanswered(&mut self) {
        self.has_unanswered = true;
    }

    /// The longest time it may have been off since this was asked last.
    pub fn take_absent_ms(&mut self) -> i64 {
        std::mem::take(&mut self.absent_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Questions at these times, each with the time of its answer; the answers in the order in which they came.
    fn absent_ms(answers: &[(i64, i64)]) -> i64 {
        let mut presence = Presence::default();
        presence.answered(0, 10);
        presence.unanswered();
        answers.iter().for_each(|(asked_at_ms, now_ms)| presence.answered(*asked_at_ms, *now_ms));
        presence.take_absent_ms()
    }

    #[test]
    fn a_printer_may_have_been_off_until_the_first_question_that_it_answers_again() {
        assert_eq!(absent_ms(&[(4_000, 4_010), (4_020, 4_030)]), 3_990);
    }

    #[test]
    fn a_late_answer_tells_that_it_was_on() {
        assert_eq!(absent_ms(&[(100, 3_500), (400, 3_900), (3_910, 8_000)]), 90);
    }

    #[test]
    fn where_nothing_was_asked_nothing_is_told() {
        let mut presence = Presence::default();
        presence.answered(0, 10);
        presence.answered(5_000, 5_010);
        assert_eq!(presence.take_absent_ms(), 0);
    }
}
