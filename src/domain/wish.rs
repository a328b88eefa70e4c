//! What may be wished of a job beyond its printing: what becomes of doubtful labels, and being a reprint of another.

use super::{JobId, LabelIndex, LabelRanges};
use serde::{Deserialize, Serialize};

/// What becomes of a label that an interruption left in doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnconfirmedPolicy {
    /// A person looks and answers.
    #[default]
    Ask,
    /// It is printed again by itself, marked as a possible duplicate. After two such tries a person is asked.
    Reprint,
    /// It stays unconfirmed, nobody is asked, and the job ends with errors.
    Skip,
}

impl UnconfirmedPolicy {
    /// The word used in SQL, JSON and the configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ask => "ask",
            Self::Reprint => "reprint",
            Self::Skip => "skip",
        }
    }

    /// The policy of that word, if there is one.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Ask, Self::Reprint, Self::Skip].into_iter().find(|policy| policy.as_str() == word)
    }
}

/// Whose labels a reprint repeats, and how they look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reprint {
    /// The job that was asked to be printed once more.
    pub of: JobId,
    /// Label `n` of the reprint shows the number at place `n`, as it stood on the first paper.
    pub shown: LabelRanges,
    /// The quantity that stood on the first paper.
    pub shown_count: LabelIndex,
    pub reason: String,
    /// Each label says that it is a reprint.
    pub marked: bool,
}
