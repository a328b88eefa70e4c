//! Which questions to ask next on the raw connection. Pure.

use super::{Query, Reading};
use crate::domain::Profile;

/// Asked once, on a new connection: who are you, and what can you prove?
const INTRODUCTION: [Query; 5] =
    [Query::HostIdentification, Query::HostStatus, Query::UniqueId, Query::Odometer, Query::Uptime];
/// The same of a printer that has no settings.
const SHORT_INTRODUCTION: [Query; 2] = [Query::HostIdentification, Query::HostStatus];
/// Asked over and over where the raw connection is the only one. The uptime comes last: what is sent upon the answers
/// goes to a printer that has not been switched off since they were asked for.
const ROUND: [Query; 4] = [Query::HostStatus, Query::Odometer, Query::UniqueId, Query::Uptime];
/// Beside a second channel the raw one only proves that the parser has come this far.
const BARRIER: [Query; 1] = [Query::HostStatus];

/// So many introductions without one setting answered: an old printer, which has none.
const UNANSWERED_INTRODUCTIONS: u32 = 3;
/// After so many rounds such a printer is asked for its settings again; perhaps the answers were lost.
const ROUNDS_UNTIL_ASKED_AGAIN: u32 = 300;

/// The rounds of one connection.
#[derive(Debug)]
pub struct Rounds {
    profile: Option<Profile>,
    has_second_channel: bool,
    introduced: bool,
    has_settings: bool,
    unanswered: u32,
    rounds_without_settings: u32,
}

impl Rounds {
    /// On a new connection, to a printer of which nothing is said.
    pub fn new(has_second_channel: bool) -> Self {
        Self::of(None, has_second_channel)
    }

    /// On a new connection.
    pub fn of(profile: Option<Profile>, has_second_channel: bool) -> Self {
        Self {
            profile,
            has_second_channel,
            introduced: profile == Some(Profile::ZplGeneric),
            has_settings: profile.is_none_or(Profile::has_settings),
            unanswered: 0,
            rounds_without_settings: 0,
        }
    }

    /// What to ask in the next round. `second_channel_answers`: it did within the last seconds, so that the raw
    /// connection need not be asked for the same.
    pub fn next_round(&self, second_channel_answers: bool) -> &'static [Query] {
        match self.introduced {
            false if self.is_told_not_to_ask() => &SHORT_INTRODUCTION,
            false => &INTRODUCTION,
            true if self.has_settings && !second_channel_answers => &ROUND,
            true => &BARRIER,
        }
    }

    /// What the answers to the last round tell. An old printer answers `~HI` and `~HS` and no settings: it is not
    /// asked for them all the time. One silence proves nothing: an answer may be lost or late.
    pub fn learn(&mut self, reading: &Reading) {
        if self.introduced {
            self.ask_again_at_times();
            return;
        }
        if reading.host_status.is_none_or(|status| status.partial_format) {
            return;
        }
        if self.is_told_not_to_ask() {
            self.introduced = true;
            return;
        }
        self.has_settings = reading.odometer.is_some() || reading.uptime_s.is_some();
        self.unanswered += 1;
        let gives_up = self.profile.is_none() && self.unanswered >= UNANSWERED_INTRODUCTIONS;
        let is_sure = !reading.silent || gives_up;
        self.introduced = self.has_settings || self.has_second_channel || is_sure;
    }

    fn is_told_not_to_ask(&self) -> bool {
        self.profile.is_some_and(|profile| !profile.has_settings())
    }

    fn ask_again_at_times(&mut self) {
        if self.is_told_not_to_ask() || self.has_settings || self.has_second_channel {
            return;
        }
        self.rounds_without_settings += 1;
        if self.rounds_without_settings >= ROUNDS_UNTIL_ASKED_AGAIN {
            self.rounds_without_settings = 0;
            self.introduced = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zebra::HostStatus;

    fn without_settings(silent: bool) -> Reading {
        Reading { host_status: Some(HostStatus::default()), silent, ..Reading::default() }
    }

    #[test]
    fn one_lost_answer_does_not_make_a_printer_one_that_cannot_count() {
        let mut rounds = Rounds::new(false);
        rounds.learn(&without_settings(true));
        assert_eq!(rounds.next_round(false), INTRODUCTION);
        rounds.learn(&Reading { odometer: Some(5), ..without_settings(false) });
        assert_eq!(rounds.next_round(false), ROUND);
    }

    #[test]
    fn a_profile_says_what_is_worth_asking() {
        let mut link_os = Rounds::of(Some(Profile::Zebra), false);
        (0..50).for_each(|_| link_os.learn(&without_settings(true)));
        assert_eq!(link_os.next_round(false), INTRODUCTION, "it has a counter, and is asked until it tells");
        let mut legacy = Rounds::of(Some(Profile::ZebraLegacy), false);
        assert_eq!(legacy.next_round(false), SHORT_INTRODUCTION);
        (0..1_000).for_each(|_| legacy.learn(&without_settings(false)));
        assert_eq!(legacy.next_round(false), BARRIER);
        assert_eq!(Rounds::of(Some(Profile::ZplGeneric), false).next_round(false), BARRIER);
    }

    #[test]
    fn an_old_printer_is_asked_for_settings_only_at_times() {
        let mut rounds = Rounds::new(false);
        (0..UNANSWERED_INTRODUCTIONS).for_each(|_| rounds.learn(&without_settings(true)));
        assert_eq!(rounds.next_round(false), BARRIER);
        (0..ROUNDS_UNTIL_ASKED_AGAIN).for_each(|_| rounds.learn(&without_settings(false)));
        assert_eq!(rounds.next_round(false), INTRODUCTION);
    }

    #[test]
    fn where_the_second_channel_is_silent_the_raw_connection_is_asked_for_everything() {
        let mut rounds = Rounds::new(true);
        rounds.learn(&Reading { odometer: Some(5), ..without_settings(false) });
        assert_eq!(rounds.next_round(true), BARRIER);
        assert_eq!(rounds.next_round(false), ROUND);
    }
}
