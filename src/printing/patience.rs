//! How long a new connection may stay without any answer from a printer that has answered before. Pure.
//!
//! A printer that is starting accepts connections for some seconds and throws away what it gets (zebra.md, the state
//! "booting"): its answer never comes, and a second question on the same connection could be answered by the first one's.
//! A new connection has no such past. A printer that is silent for another reason, stopped with a full
//! buffer over a weekend say, is not rung up again and again.

use std::time::Duration;

const SHORT: Duration = Duration::from_secs(2);
/// So many connections in a row are given up; the next one stays.
const GIVEN_UP_AT_MOST: u32 = 3;

/// Counts connections on which nothing was heard.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Patience {
    unanswered: u32,
}

impl Patience {
    /// The printer said something.
    pub fn heard(&mut self) {
        self.unanswered = 0;
    }

    /// A connection was given up without an answer.
    pub fn given_up(&mut self) {
        self.unanswered = self.unanswered.saturating_add(1);
    }

    /// With the next connection; `None`: for ever.
    pub fn with_next(self) -> Option<Duration> {
        (self.unanswered < GIVEN_UP_AT_MOST).then_some(SHORT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_printer_that_starts_is_soon_asked_again_and_one_that_stays_silent_is_left_alone() {
        let mut patience = Patience::default();
        for _ in 0..3 {
            assert_eq!(patience.with_next(), Some(SHORT));
            patience.given_up();
        }
        assert_eq!(patience.with_next(), None);
        patience.heard();
        assert_eq!(patience.with_next(), Some(SHORT));
    }
}
