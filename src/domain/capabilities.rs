//! What a printer can prove: found out by asking it, and true of one device only.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// How a printer is to be spoken to. Where none is named, it is found out by asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Profile {
    /// Link-OS: has settings and a label counter, and is waited for until it tells them.
    Zebra,
    /// Before Link-OS: answers `~HI` and `~HS` and is asked nothing else.
    ZebraLegacy,
    /// Another make: asked `~HS` alone, also on connections of its own.
    ZplGeneric,
    /// Cannot answer, or is not to be asked.
    Blind,
}

impl Profile {
    /// The word used in SQL, JSON and the configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Zebra => "zebra",
            Self::ZebraLegacy => "zebra-legacy",
            Self::ZplGeneric => "zpl-generic",
            Self::Blind => "blind",
        }
    }

    /// The profile of that word, if there is one.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Zebra, Self::ZebraLegacy, Self::ZplGeneric, Self::Blind]
            .into_iter()
            .find(|profile| profile.as_str() == word)
    }

    /// Set-Get-Do and JSON are worth asking for.
    pub fn has_settings(self) -> bool {
        self == Self::Zebra
    }
}

/// Labels on their way at most where the printer does not count them: what an interruption asks about.
pub const UNCOUNTED_WINDOW: i64 = 4;

/// What was found out by asking; absent: not known yet. Once known it stays, until the device is another one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Capabilities {
    /// The device it is true of (`device.unique_id`), where it has told.
    pub unique_id: Option<String>,
    /// Answers `~HS`.
    pub host_status: Option<bool>,
    /// Has `odometer.total_label_count`.
    pub label_counter: Option<bool>,
    /// Answers questions for settings (Set-Get-Do).
    pub settings: Option<bool>,
    /// Answers on the second channel.
    pub second_channel: Option<bool>,
    /// The second channel carries the host status.
    pub second_channel_status: Option<bool>,
    /// Answers `^HV`. Asked only where the configuration says so.
    pub host_verification: Option<bool>,
}

/// How far a printer's word goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    Unknown,
    Nothing,
    Buffer,
    Counter,
    Verified,
}

impl Capabilities {
    /// One sentence for people.
    pub fn sentence(&self, profile: Option<Profile>) -> String {
        match self.level(profile) {
            Level::Unknown => "Not known yet what it can prove: it has not told.".to_owned(),
            Level::Nothing => "Proves nothing: every job is confirmed by a person.".to_owned(),
            Level::Buffer => format!(
                "Knows only what has left its buffer: after an interruption up to {UNCOUNTED_WINDOW} labels are asked about."
            ),
            Level::Counter => "Counts every label.".to_owned(),
            Level::Verified => "Counts every label and tells which one it was.".to_owned(),
        }
    }

    /// As the API tells it.
    pub fn to_json(&self, profile: Option<Profile>) -> Value {
        let level = match self.level(profile) {
            Level::Unknown => "unknown",
            Level::Nothing => "nothing",
            Level::Buffer => "buffer",
            Level::Counter => "label_counter",
            Level::Verified => "verified",
        };
        json!({
            "level": level,
            "sentence": self.sentence(profile),
            "profile": profile.map(Profile::as_str),
            "unique_id": self.unique_id,
            "host_status": self.host_status,
            "label_counter": self.label_counter,
            "settings": self.settings,
            "second_channel": self.second_channel,
            "second_channel_status": self.second_channel_status,
            "host_verification": self.host_verification,
        })
    }

    fn level(&self, profile: Option<Profile>) -> Level {
        let is_told_not_to_count = profile.is_some_and(|profile| !profile.has_settings());
        match (profile, self.label_counter, self.host_status) {
            (Some(Profile::Blind), _, _) => Level::Nothing,
            (_, Some(true), _) if self.host_verification == Some(true) => Level::Verified,
            (_, Some(true), _) => Level::Counter,
            (_, Some(false), Some(true)) => Level::Buffer,
            (_, None, Some(true)) if is_told_not_to_count => Level::Buffer,
            _ => Level::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_level_says_in_plain_words_what_it_proves() {
        let counts =
            Capabilities { label_counter: Some(true), host_status: Some(true), ..Capabilities::default() };
        let drains = Capabilities { label_counter: Some(false), ..counts.clone() };
        let reads_back = Capabilities { host_verification: Some(true), ..counts.clone() };
        let unheard = Capabilities { label_counter: None, ..counts.clone() };
        for (known, profile, words) in [
            (&counts, None, "Counts every label."),
            (&reads_back, Some(Profile::Zebra), "tells which one"),
            (&drains, None, "up to 4 labels are asked about"),
            (&unheard, Some(Profile::ZplGeneric), "up to 4 labels are asked about"),
            (&unheard, None, "Not known yet"),
            (&counts, Some(Profile::Blind), "confirmed by a person"),
        ] {
            let sentence = known.sentence(profile);
            assert!(sentence.contains(words), "{profile:?}: {sentence}");
        }
    }

    #[test]
    fn what_was_kept_is_read_back_and_a_missing_key_is_not_known() {
        let known =
            Capabilities { unique_id: Some("XX1".into()), settings: Some(false), ..Capabilities::default() };
        let kept = serde_json::to_string(&known).unwrap();
        assert_eq!(serde_json::from_str::<Capabilities>(&kept).unwrap(), known);
        assert_eq!(serde_json::from_str::<Capabilities>("{}").unwrap(), Capabilities::default());
    }
}
