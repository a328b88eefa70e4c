//! Finds out what a printer can prove from what it answers. Pure.
//!
//! An answer proves that it can; only a clear word, or silence beside other answers again and again, that it cannot.

use crate::domain::Capabilities;
use crate::zebra::{CounterAbsence, Reading};

/// So often something was asked in vain while other questions were answered.
const IN_VAIN: u32 = 3;
/// So many answers on the raw connection without one on the second channel.
const SECOND_CHANNEL_IN_VAIN: u32 = 20;

/// What is known of the printer at one address.
#[derive(Debug, Clone, Default)]
pub struct Probe {
    known: Capabilities,
    has_second_channel: bool,
    settings_in_vain: u32,
    host_status_in_vain: u32,
    second_channel_in_vain: u32,
    status_there_in_vain: u32,
}

impl Probe {
    /// Goes on from what was kept.
    pub fn of(known: Capabilities, has_second_channel: bool) -> Self {
        Self { known, has_second_channel, ..Self::default() }
    }

    /// What is known now.
    pub fn known(&self) -> &Capabilities {
        &self.known
    }

    /// Another device answers than the one that is known.
    pub fn is_another(&self, reading: &Reading) -> bool {
        let known = self.known.unique_id.as_ref();
        known.is_some_and(|known| reading.unique_id.as_ref().is_some_and(|found| found != known))
    }

    /// Takes a reading; what was known of another device is forgotten.
    pub fn observe(&mut self, reading: &Reading) {
        if self.is_another(reading) {
            *self = Self::of(Capabilities::default(), self.has_second_channel);
        }
        if reading.unique_id.is_some() {
            self.known.unique_id.clone_from(&reading.unique_id);
        }
        if reading.odometer.is_some() {
            self.known.label_counter = Some(true);
        } else if reading.counter_absence == CounterAbsence::Told {
            self.known.label_counter = Some(false);
        }
        if reading.host_status.is_some() {
            self.known.host_status = Some(true);
        }
        if reading.second_channel { self.observe_second_channel(reading) } else { self.observe_raw(reading) }
    }

    /// The printer named a label it had done, or left it at that although it was asked to.
    pub fn observe_verification(&mut self, answers: bool) {
        self.known.host_verification = Some(answers || self.known.host_verification == Some(true));
    }

    fn observe_second_channel(&mut self, reading: &Reading) {
        self.known.second_channel = Some(true);
        let carries = reading.host_status.is_some().then_some(true);
        in_vain(&mut self.known.second_channel_status, carries, &mut self.status_there_in_vain, IN_VAIN);
    }

    fn observe_raw(&mut self, reading: &Reading) {
        let heard_setting = reading.odometer.is_some()
            || reading.counter_absence == CounterAbsence::Told
            || reading.uptime_s.is_some()
            || reading.unique_id.is_some();
        if heard_setting {
            self.known.settings = Some(true);
        } else if reading.host_status.is_some() && reading.silent {
            in_vain(&mut self.known.settings, None, &mut self.settings_in_vain, IN_VAIN);
        }
        if self.known.settings == Some(false) {
            self.known.label_counter.get_or_insert(false);
        }
        if reading.host_status.is_none() && reading.silent && reading.model.is_some() {
            in_vain(&mut self.known.host_status, None, &mut self.host_status_in_vain, IN_VAIN);
        }
        if self.has_second_channel && reading.host_status.is_some() {
            let vain = &mut self.second_channel_in_vain;
            in_vain(&mut self.known.second_channel, None, vain, SECOND_CHANNEL_IN_VAIN);
        }
    }
}

/// Once known to be there it stays so: a silence is not a loss.
fn in_vain(known: &mut Option<bool>, heard: Option<bool>, times: &mut u32, enough: u32) {
    if heard.is_some() {
        *known = heard;
    } else if known.is_none() {
        *times += 1;
        if *times >= enough {
            *known = Some(false);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zebra::HostStatus;

    fn raw() -> Reading {
        Reading { host_status: Some(HostStatus::default()), ..Reading::default() }
    }

    #[test]
    fn a_printer_that_counts_is_known_by_its_first_answer() {
        let mut probe = Probe::default();
        probe.observe(&Reading { odometer: Some(5), unique_id: Some("XX1".into()), ..raw() });
        let known = probe.known();
        assert_eq!(
            (known.label_counter, known.settings, known.host_status),
            (Some(true), Some(true), Some(true))
        );
        assert_eq!(known.unique_id.as_deref(), Some("XX1"));
        assert_eq!((known.second_channel, known.host_verification), (None, None), "not asked");
    }

    #[test]
    fn a_silence_is_no_loss_and_a_clear_word_is() {
        let mut probe = Probe::default();
        probe.observe(&Reading { odometer: Some(5), ..raw() });
        for _ in 0..9 {
            probe.observe(&Reading { silent: true, ..raw() });
        }
        assert_eq!((probe.known().label_counter, probe.known().settings), (Some(true), Some(true)));
        probe.observe(&Reading { counter_absence: CounterAbsence::Told, ..raw() });
        assert_eq!(probe.known().label_counter, Some(false));
    }

    #[test]
    fn an_old_printer_is_known_when_it_was_asked_in_vain_three_times() {
        let mut probe = Probe::default();
        for expected in [None, None, Some(false)] {
            probe.observe(&Reading { silent: true, ..raw() });
            assert_eq!((probe.known().settings, probe.known().label_counter), (expected, expected));
        }
    }

    #[test]
    fn what_is_known_of_another_device_is_forgotten() {
        let mut probe = Probe::default();
        probe.observe(&Reading { odometer: Some(5), unique_id: Some("XX1".into()), ..raw() });
        probe.observe_verification(true);
        probe.observe(&Reading {
            counter_absence: CounterAbsence::Told,
            unique_id: Some("YY2".into()),
            ..raw()
        });
        let expected = Capabilities {
            unique_id: Some("YY2".into()),
            host_status: Some(true),
            label_counter: Some(false),
            settings: Some(true),
            ..Capabilities::default()
        };
        assert_eq!(*probe.known(), expected);
    }

    #[test]
    fn a_second_channel_may_answer_without_the_status_or_not_at_all() {
        let mut probe = Probe::of(Capabilities::default(), true);
        for _ in 0..3 {
            probe.observe(&Reading { second_channel: true, odometer: Some(5), ..Reading::default() });
        }
        assert_eq!(probe.known().second_channel_status, Some(false));
        let mut alone = Probe::of(Capabilities::default(), true);
        (0..20).for_each(|_| alone.observe(&raw()));
        assert_eq!((probe.known().second_channel, alone.known().second_channel), (Some(true), Some(false)));
    }
}
