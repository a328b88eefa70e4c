//! What a check found.

use serde::Serialize;

/// How it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    Ok,
    /// Labels can be printed; someone should look.
    Warn,
    /// Something does not work.
    Fail,
}

impl Verdict {
    /// The word people and scripts read.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail => "fail",
        }
    }

    /// The sign in front of it.
    pub fn mark(self) -> char {
        match self {
            Self::Ok => '✓',
            Self::Warn => '!',
            Self::Fail => '✗',
        }
    }
}

/// One line of the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was looked at, e.g. `printer line-a`.
    pub check: String,
    pub verdict: Verdict,
    pub found: String,
    /// What to do, where something is to be done.
    pub mend: Option<String>,
}

impl Finding {
    /// All is well.
    pub fn ok(check: impl Into<String>, found: impl Into<String>) -> Self {
        Self { check: check.into(), verdict: Verdict::Ok, found: found.into(), mend: None }
    }

    /// It works, and someone should look.
    pub fn warn(check: impl Into<String>, found: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { check: check.into(), verdict: Verdict::Warn, found: found.into(), mend: Some(mend.into()) }
    }

    /// It does not work.
    pub fn fail(check: impl Into<String>, found: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { check: check.into(), verdict: Verdict::Fail, found: found.into(), mend: Some(mend.into()) }
    }
}
