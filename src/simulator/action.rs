//! Everything that can happen to a printer from outside: the one vocabulary of tests, scenarios and control port.

use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Something a person, a fault or the network does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// The roll ends now, in the middle of a label if one is moving.
    MediaOut,
    /// After this many more labels the roll ends in the middle of the next.
    MediaOutAfter(u64),
    /// A new roll, and PAUSE pressed (knob `mending_resumes`).
    ReloadMedia,
    RibbonOut,
    ReloadRibbon,
    OpenHead,
    CloseHead,
    CutterFault,
    ClearCutter,
    /// Too hot: waits and resumes by itself at [`Action::CoolDown`].
    OverTemperature,
    CoolDown,
    /// Too cold: waits and resumes by itself at [`Action::WarmUp`].
    UnderTemperature,
    WarmUp,
    /// The PAUSE key, or `~PP`.
    Pause,
    /// The PAUSE key again, or `~PS`.
    Resume,
    /// The CANCEL key: removes the oldest format and pauses, as `~JP`.
    Cancel,
    /// The FEED key: a blank label, not counted.
    Feed,
    /// The PREVIOUS key: the last label once more, counted.
    ReprintLast,
    /// Peel mode: the waiting label is taken.
    TakeLabel,
    /// Another sender prints labels.
    PrintForeign(u64),
    /// The power goes and comes back after this time; booting follows.
    PowerCycle(Duration),
    /// As `device.reset`.
    Reset,
    /// All connections are reset; the printer goes on.
    CutConnections,
    /// The printer forgets its connections to the print port and tells nobody: nothing on them is read or answered any more.
    /// What had arrived stays, and others may connect.
    ForgetConnections,
    /// No byte passes for this time; connections survive.
    DropNetwork(Duration),
    /// Another printer at the same address.
    ChangeIdentity(String),
    /// The label counter is set, as by a new logic board.
    SetOdometer(u64),
}

/// The argument of an action as it is written in a scenario step or a control request.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Arguments {
    pub labels: Option<u64>,
    pub for_ms: Option<u64>,
    pub serial: Option<String>,
    pub odometer: Option<u64>,
}

/// The words for actions, with the argument each needs.
pub const WORDS: &[(&str, &str)] = &[
    ("media_out", ""),
    ("media_out_after", "labels"),
    ("reload_media", ""),
    ("ribbon_out", ""),
    ("reload_ribbon", ""),
    ("open_head", ""),
    ("close_head", ""),
    ("cutter_fault", ""),
    ("clear_cutter", ""),
    ("over_temperature", ""),
    ("cool_down", ""),
    ("under_temperature", ""),
    ("warm_up", ""),
    ("pause", ""),
    ("resume", ""),
    ("cancel", ""),
    ("feed", ""),
    ("reprint_last", ""),
    ("take_label", ""),
    ("print_foreign", "labels"),
    ("power_cycle", "for_ms"),
    ("reset", ""),
    ("cut_connections", ""),
    ("forget_connections", ""),
    ("drop_network", "for_ms"),
    ("change_identity", "serial"),
    ("set_odometer", "odometer"),
];

impl Action {
    /// The action of that word; the error is one sentence.
    pub fn parse(word: &str, arguments: Arguments) -> Result<Self, String> {
        let Some((_, wanted)) = WORDS.iter().find(|(known, _)| *known == word) else {
            return Err(format!("there is no action \"{word}\"; known are {}", known_words()));
        };
        let given = [
            ("labels", arguments.labels.is_some()),
            ("for_ms", arguments.for_ms.is_some()),
            ("serial", arguments.serial.is_some()),
            ("odometer", arguments.odometer.is_some()),
        ];
        if let Some((name, _)) = given.iter().find(|(name, given)| *given && name != wanted) {
            return Err(format!("{word} takes no {name}"));
        }
        Self::build(word, arguments).ok_or_else(|| format!("{word} needs {wanted}"))
    }

    fn build(word: &str, arguments: Arguments) -> Option<Self> {
        let pause = arguments.for_ms.map(Duration::from_millis);
        Some(match word {
            "media_out" => Self::MediaOut,
            "media_out_after" => Self::MediaOutAfter(arguments.labels?),
            "reload_media" => Self::ReloadMedia,
            "ribbon_out" => Self::RibbonOut,
            "reload_ribbon" => Self::ReloadRibbon,
            "open_head" => Self::OpenHead,
            "close_head" => Self::CloseHead,
            "cutter_fault" => Self::CutterFault,
            "clear_cutter" => Self::ClearCutter,
            "over_temperature" => Self::OverTemperature,
            "cool_down" => Self::CoolDown,
            "under_temperature" => Self::UnderTemperature,
            "warm_up" => Self::WarmUp,
            "pause" => Self::Pause,
            "resume" => Self::Resume,
            "cancel" => Self::Cancel,
            "feed" => Self::Feed,
            "reprint_last" => Self::ReprintLast,
            "take_label" => Self::TakeLabel,
            "print_foreign" => Self::PrintForeign(arguments.labels?),
            "power_cycle" => Self::PowerCycle(pause?),
            "reset" => Self::Reset,
            "cut_connections" => Self::CutConnections,
            "forget_connections" => Self::ForgetConnections,
            "drop_network" => Self::DropNetwork(pause?),
            "change_identity" => Self::ChangeIdentity(arguments.serial?),
            "set_odometer" => Self::SetOdometer(arguments.odometer?),
            _ => return None,
        })
    }
}

fn known_words() -> String {
    WORDS.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_understood_with_its_argument_and_no_other() {
        for (word, wanted) in WORDS {
            let arguments = Arguments {
                labels: (*wanted == "labels").then_some(3),
                for_ms: (*wanted == "for_ms").then_some(10),
                serial: (*wanted == "serial").then(|| "X".to_owned()),
                odometer: (*wanted == "odometer").then_some(7),
            };
            Action::parse(word, arguments).unwrap();
            let bare = Action::parse(word, Arguments::default());
            assert_eq!(bare.is_ok(), wanted.is_empty(), "{word}");
        }
        let superfluous = Arguments { labels: Some(1), ..Arguments::default() };
        assert_eq!(Action::parse("pause", superfluous).unwrap_err(), "pause takes no labels");
        assert!(Action::parse("explode", Arguments::default()).unwrap_err().contains("media_out"));
    }
}
