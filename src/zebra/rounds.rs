//! Which questions to ask next on the raw connection. Pure.

use super::{Query, Reading, fault_of};
use crate::domain::{Code, Profile};

/// Asked once, on a new connection: who are you, and what can you prove?
const INTRODUCTION: [Query; 5] =
    [Query::HostIdentification, Query::HostStatus, Query::UniqueId, Query::Odometer, Query::Uptime];
/// The same of a printer that has no settings.
const SHORT_INTRODUCTION: [Query; 2] = [Query::HostIdentification, Query::HostStatus];
/// Asked over and over where the raw connection is the only one. The uptime comes last: what is sent upon the answers
/// goes to a printer that has not been switched off since they were asked for.
const ROUND: [Query; 4] = [Query::HostStatus, Query::Odometer, Query::UniqueId, Query::Uptime];
/// The same, once on a connection: how fast does it print? A printer that does not know the question says so.
const ROUND_WITH_SPEED: [Query; 5] =
    [Query::HostStatus, Query::Odometer, Query::UniqueId, Query::PrintSpeed, Query::Uptime];
/// The same of a printer that stands, and does not say why. Behind the answer that may come in several pieces stands one
/// of another shape, or a piece too many would be taken for the next setting.
const ROUND_IN_PAUSE: [Query; 6] = [
    Query::HostStatus,
    Query::SystemError,
    Query::HostIdentification,
    Query::Odometer,
    Query::UniqueId,
    Query::Uptime,
];
/// Beside a second channel the raw one only proves that the parser has come this far.
const BARRIER: [Query; 1] = [Query::HostStatus];
const BARRIER_IN_PAUSE: [Query; 3] = [Query::HostStatus, Query::SystemError, Query::HostIdentification];

/// So many introductions without one setting answered: an old printer, which has none.
const UNANSWERED_INTRODUCTIONS: u32 = 3;
/// The same for firmware that is known to answer settings, if only with `"?"`: it may have been told not to.
const UNANSWERED_BY_MODERN_FIRMWARE: u32 = 12;
/// So many times modern firmware answered what was asked behind a setting, and not the setting: fewer silences are
/// needed, for nothing else was lost. More than one, for a printer that starts may answer the one before the other.
const PASSED_OVER_BY_MODERN_FIRMWARE: u32 = 6;
/// The same of a printer that passed over all of them in former conversations.
const PASSED_OVER_AGAIN: u32 = 1;
/// Firmware from V50 on answers settings (ZPL II Programming Guide, "About SGD"); V45 does not.
const FIRST_MODERN_FIRMWARE: u32 = 50;
/// After so many rounds such a printer is asked for its settings again; perhaps the answers were lost.
const ROUNDS_UNTIL_ASKED_AGAIN: u32 = 300;

/// Why the printer stands, where its host status does not say so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cause {
    /// It does not stand, or says why.
    Clear,
    Sought {
        cutter_jammed: bool,
    },
    /// It has not answered that question on this connection.
    Untold,
}

/// The rounds of one connection.
#[derive(Debug)]
pub struct Rounds {
    profile: Option<Profile>,
    introduced: bool,
    is_asked_for_its_speed: bool,
    has_settings: bool,
    unanswered: u32,
    passed_over: u32,
    /// Whether it has settings, by former conversations.
    known_settings: Option<bool>,
    rounds_without_settings: u32,
    is_modern: bool,
    /// The printer has said, or kept silent for so long, that it does not count labels.
    has_no_counter: bool,
    cause: Cause,
}

impl Default for Rounds {
    fn default() -> Self {
        Self::of(None)
    }
}

impl Rounds {
    /// On a new connection, to a printer of which nothing is said.
    pub fn new() -> Self {
        Self::default()
    }

    /// On a new connection.
    pub fn of(profile: Option<Profile>) -> Self {
        Self {
            profile,
            is_asked_for_its_speed: false,
            introduced: profile == Some(Profile::ZplGeneric),
            has_settings: profile.is_none_or(Profile::has_settings),
            unanswered: 0,
            passed_over: 0,
            known_settings: None,
            rounds_without_settings: 0,
            is_modern: false,
            has_no_counter: profile.is_some_and(|profile| !profile.has_settings()),
            cause: Cause::Clear,
        }
    }

    /// Whether the printer has settings, by former conversations. It is asked all the same: another may stand there now.
    pub fn know_settings(&mut self, has_settings: Option<bool>) {
        self.known_settings = has_settings;
    }

    /// What to ask in the next round. `second_channel_answers`: it did within the last seconds, so that the raw
    /// connection need not be asked for the same.
    pub fn next_round(&self, second_channel_answers: bool) -> &'static [Query] {
        match self.introduced {
            false if self.is_told_not_to_ask() => &SHORT_INTRODUCTION,
            false => &INTRODUCTION,
            true if self.has_settings && !second_channel_answers => {
                if self.asks_for_cause() {
                    &ROUND_IN_PAUSE
                } else if self.is_asked_for_its_speed {
                    &ROUND
                } else {
                    &ROUND_WITH_SPEED
                }
            }
            true if self.has_settings && self.asks_for_cause() => &BARRIER_IN_PAUSE,
            true => &BARRIER,
        }
    }

    fn asks_for_cause(&self) -> bool {
        matches!(self.cause, Cause::Sought { .. })
    }

    /// A reading of either channel, with what was told before of why the printer stands.
    pub fn with_cause(&self, mut reading: Reading) -> Reading {
        if let Some(status) = &mut reading.host_status {
            status.cutter_jammed = status.paused && self.cause == Cause::Sought { cutter_jammed: true };
        }
        reading
    }

    fn learn_cause(&mut self, reading: &Reading) {
        let Some(status) = reading.host_status else { return };
        let is_unnamed = fault_of(&status) == Some(Code::PrinterPaused) && !status.partial_format;
        self.cause = match (self.cause, reading.cutter_jammed) {
            (Cause::Untold, _) => Cause::Untold,
            (_, Some(cutter_jammed)) if status.paused => Cause::Sought { cutter_jammed },
            (Cause::Sought { .. }, None) if is_unnamed => Cause::Untold,
            _ if is_unnamed => Cause::Sought { cutter_jammed: false },
            _ => Cause::Clear,
        };
    }

    /// The printer does not count labels: that is certain, and not only unheard.
    pub fn has_no_counter(&self) -> bool {
        self.has_no_counter
    }

    /// What the answers to the last round tell. An old printer answers `~HI` and `~HS` and no settings: it is not
    /// asked for them all the time. One silence proves nothing: an answer may be lost or late.
    pub fn learn(&mut self, reading: &Reading, second_channel_answers: bool) {
        self.is_modern |= reading.firmware.as_deref().is_some_and(is_modern);
        if reading.odometer.is_some() {
            self.has_no_counter = false;
        } else if reading.uptime_s.is_some() && !reading.silent {
            // Asked before the uptime, and answered with `"?"`.
            self.has_no_counter = true;
        }
        if self.introduced {
            self.learn_cause(reading);
            let is_whole = reading.host_status.is_some_and(|status| !status.partial_format);
            self.is_asked_for_its_speed |= is_whole && !second_channel_answers;
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
        self.passed_over += u32::from(reading.setting_passed_over);
        // A profile that knows better waits for the answer.
        let gives_up = self.profile.is_none() && self.was_asked_in_vain();
        let is_sure = !reading.silent || gives_up;
        self.has_no_counter |= is_sure && !self.has_settings && !second_channel_answers;
        self.introduced = self.has_settings || second_channel_answers || is_sure;
    }

    /// So often that not every answer can have been lost.
    fn was_asked_in_vain(&self) -> bool {
        let unanswered =
            if self.is_modern { UNANSWERED_BY_MODERN_FIRMWARE } else { UNANSWERED_INTRODUCTIONS };
        let passed_over = match (self.known_settings, self.is_modern) {
            // It has answered them: now it starts, or is at something else.
            (Some(true), _) => unanswered,
            (Some(false), _) => PASSED_OVER_AGAIN,
            (None, true) => PASSED_OVER_BY_MODERN_FIRMWARE,
            (None, false) => UNANSWERED_INTRODUCTIONS,
        };
        self.unanswered >= unanswered || self.passed_over >= passed_over
    }

    fn is_told_not_to_ask(&self) -> bool {
        self.profile.is_some_and(|profile| !profile.has_settings())
    }

    fn ask_again_at_times(&mut self) {
        if self.is_told_not_to_ask() || self.has_settings {
            return;
        }
        self.rounds_without_settings += 1;
        if self.rounds_without_settings >= ROUNDS_UNTIL_ASKED_AGAIN {
            self.rounds_without_settings = 0;
            self.introduced = false;
        }
    }
}

fn is_modern(firmware: &str) -> bool {
    let digits: String = firmware.trim_start_matches('V').chars().take_while(char::is_ascii_digit).collect();
    firmware.starts_with('V') && digits.parse::<u32>().is_ok_and(|major| major >= FIRST_MODERN_FIRMWARE)
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
        let mut rounds = Rounds::new();
        rounds.learn(&without_settings(true), false);
        assert_eq!(rounds.next_round(false), INTRODUCTION);
        rounds.learn(&Reading { odometer: Some(5), ..without_settings(false) }, false);
        assert_eq!(rounds.next_round(false), ROUND_WITH_SPEED);
    }

    #[test]
    fn the_speed_is_asked_for_once_and_not_in_the_middle_of_a_format() {
        let mut rounds = Rounds::new();
        let answer = Reading { odometer: Some(5), ..without_settings(false) };
        rounds.learn(&answer, false);
        let torn = HostStatus { partial_format: true, ..HostStatus::default() };
        rounds.learn(&Reading { host_status: Some(torn), ..Reading::default() }, false);
        assert_eq!(rounds.next_round(false), ROUND_WITH_SPEED);
        rounds.learn(&answer, false);
        assert_eq!(rounds.next_round(false), ROUND);
    }

    #[test]
    fn a_printer_that_stands_without_a_cause_is_asked_for_it_until_it_goes_on_or_does_not_tell() {
        let known = || {
            let mut rounds = Rounds::new();
            (0..2).for_each(|_| {
                rounds.learn(&Reading { odometer: Some(5), ..without_settings(false) }, false);
            });
            rounds
        };
        let stands = HostStatus { paused: true, ..HostStatus::default() };
        let paused =
            |cutter_jammed| Reading { host_status: Some(stands), cutter_jammed, ..Reading::default() };
        let names = |rounds: &Rounds| rounds.with_cause(paused(None)).host_status.and_then(|s| fault_of(&s));
        let mut rounds = known();
        rounds.learn(&paused(None), false);
        assert_eq!(
            (rounds.next_round(false), rounds.next_round(true)),
            (&ROUND_IN_PAUSE[..], &BARRIER_IN_PAUSE[..])
        );
        rounds.learn(&paused(Some(true)), false);
        assert_eq!(names(&rounds), Some(Code::CutterFault));
        rounds.learn(&paused(Some(false)), false);
        assert_eq!(names(&rounds), Some(Code::PrinterPaused), "cleared, and not let go");
        rounds.learn(&without_settings(false), false);
        assert_eq!(rounds.next_round(false), ROUND);
        let mut untold = known();
        (0..2).for_each(|_| untold.learn(&paused(None), false));
        assert_eq!(untold.next_round(true), BARRIER, "it does not know the question");
        let mut out_of_paper = known();
        let status = HostStatus { paper_out: true, ..stands };
        out_of_paper.learn(&Reading { host_status: Some(status), ..Reading::default() }, false);
        assert_eq!(out_of_paper.next_round(true), BARRIER, "it says why");
    }

    #[test]
    fn a_profile_says_what_is_worth_asking() {
        let mut link_os = Rounds::of(Some(Profile::Zebra));
        (0..50).for_each(|_| link_os.learn(&without_settings(true), false));
        assert_eq!(link_os.next_round(false), INTRODUCTION, "it has a counter, and is asked until it tells");
        let mut legacy = Rounds::of(Some(Profile::ZebraLegacy));
        assert_eq!(legacy.next_round(false), SHORT_INTRODUCTION);
        (0..1_000).for_each(|_| legacy.learn(&without_settings(false), false));
        assert_eq!(legacy.next_round(false), BARRIER);
        assert_eq!(Rounds::of(Some(Profile::ZplGeneric)).next_round(false), BARRIER);
    }

    #[test]
    fn an_old_printer_is_asked_for_settings_only_at_times() {
        let mut rounds = Rounds::new();
        (0..UNANSWERED_INTRODUCTIONS).for_each(|_| rounds.learn(&without_settings(true), false));
        assert_eq!(rounds.next_round(false), BARRIER);
        (0..ROUNDS_UNTIL_ASKED_AGAIN).for_each(|_| rounds.learn(&without_settings(false), false));
        assert_eq!(rounds.next_round(false), INTRODUCTION);
    }

    /// How many introductions it takes until a printer whose firmware is modern counts as one without settings, when it
    /// answers what is asked behind them.
    fn introductions(rounds: &mut Rounds) -> usize {
        let passed_over = Reading {
            firmware: Some("V92.21.39Z".into()),
            setting_passed_over: true,
            ..without_settings(true)
        };
        (1..100)
            .find(|_| {
                rounds.learn(&passed_over, false);
                rounds.has_no_counter()
            })
            .expect("it is known at last")
    }

    #[test]
    fn a_printer_that_passes_over_settings_is_soon_known_and_known_again_at_once() {
        let mut rounds = Rounds::new();
        assert_eq!(introductions(&mut rounds), 6);
        assert_eq!(rounds.next_round(false), BARRIER);
        let mut again = Rounds::new();
        again.know_settings(Some(false));
        assert_eq!(again.next_round(false), INTRODUCTION, "another may stand there now");
        assert_eq!(introductions(&mut again), 1);
        let mut answered_before = Rounds::new();
        answered_before.know_settings(Some(true));
        assert_eq!(introductions(&mut answered_before), 12, "it may be starting");
        let mut other = Rounds::new();
        other.know_settings(Some(false));
        other.learn(&Reading { odometer: Some(5), uptime_s: Some(9), ..without_settings(false) }, false);
        assert!(!other.has_no_counter());
    }

    #[test]
    fn where_the_second_channel_is_silent_the_raw_connection_is_asked_for_everything() {
        let mut rounds = Rounds::new();
        rounds.learn(&Reading { odometer: Some(5), ..without_settings(false) }, false);
        assert_eq!(rounds.next_round(true), BARRIER);
        assert_eq!(rounds.next_round(false), ROUND_WITH_SPEED);
    }

    #[test]
    fn that_it_cannot_count_is_said_by_the_printer_or_concluded_from_long_silence() {
        let mut answers = Rounds::new();
        answers.learn(&Reading { uptime_s: Some(5), ..without_settings(false) }, false);
        assert!(answers.has_no_counter(), "it answered \"?\"");
        let mut loses = Rounds::new();
        let modern = Reading { firmware: Some("V92.21.39Z".into()), ..without_settings(true) };
        (0..UNANSWERED_INTRODUCTIONS).for_each(|_| loses.learn(&modern, false));
        assert!(!loses.has_no_counter(), "such firmware answers settings: the answers were lost");
        let mut old = Rounds::new();
        let v45 = Reading { firmware: Some("V45.11.7Z".into()), ..without_settings(true) };
        (0..UNANSWERED_INTRODUCTIONS).for_each(|_| old.learn(&v45, false));
        assert!(old.has_no_counter());
    }
}
