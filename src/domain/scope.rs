//! What a key may do. A key carries a set of these; each call needs one.

use std::fmt;

/// One right. The word is stable: it stands in the database and on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// See jobs, labels, printers, templates, the event stream and the history.
    Read,
    /// Submit jobs and test labels.
    Submit,
    /// Cancel, retry, pause, resume, and answer for unconfirmed labels.
    Operate,
    /// Print labels once more that are printed already.
    Reprint,
    /// Everything, and every call that has no right of its own.
    Admin,
}

impl Scope {
    /// All of them: what a key gets unless it is told otherwise.
    pub const ALL: [Self; 5] = [Self::Read, Self::Submit, Self::Operate, Self::Reprint, Self::Admin];

    /// The word used in SQL and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Submit => "submit",
            Self::Operate => "operate",
            Self::Reprint => "reprint",
            Self::Admin => "admin",
        }
    }

    /// The scope of that word, if there is one.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == word)
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// A set of scopes, written as words with a space between.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scopes(Vec<Scope>);

impl Scopes {
    /// Every right there is.
    pub fn all() -> Self {
        Self(Scope::ALL.to_vec())
    }

    /// These, each once; all of them where none is named.
    pub fn of(named: &[Scope]) -> Self {
        if named.is_empty() {
            return Self::all();
        }
        Self(Scope::ALL.into_iter().filter(|scope| named.contains(scope)).collect())
    }

    /// Reads what [`fmt::Display`] wrote. A word nobody knows gives no right.
    pub fn parse(words: &str) -> Self {
        Self(words.split_whitespace().filter_map(Scope::parse).collect())
    }

    /// Whether a call that needs this scope is allowed.
    pub fn allow(&self, needed: Scope) -> bool {
        self.0.contains(&needed) || self.0.contains(&Scope::Admin)
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<&str> = self.0.iter().map(|scope| scope.as_str()).collect();
        formatter.write_str(&words.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_administrator_may_everything_and_an_unknown_word_gives_nothing() {
        assert!(Scope::ALL.into_iter().all(|scope| Scopes::parse("admin").allow(scope)));
        let reader = Scopes::parse("read everything");
        assert!(reader.allow(Scope::Read) && !reader.allow(Scope::Reprint) && !reader.allow(Scope::Admin));
        assert_eq!(Scopes::of(&[]).to_string(), "read submit operate reprint admin");
    }
}
