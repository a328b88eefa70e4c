//! What keeps a database from being used, told apart by what mends it.

use crate::domain::Code;

/// Why the database cannot be used for now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Trouble {
    /// No room on its disk.
    Full,
    /// It may be read and not written.
    ReadOnly,
    /// Somebody else keeps it locked.
    Busy,
    /// What it holds is not what was written.
    Damaged,
    /// The file or its folder is not there, or cannot be opened.
    Missing,
    /// Its disk or its server fails.
    Failing,
}

impl Trouble {
    /// The stable code, with the words for people.
    pub fn code(self) -> Code {
        match self {
            Self::Full => Code::StorageFull,
            Self::ReadOnly => Code::StorageReadOnly,
            Self::Busy => Code::StorageBusy,
            Self::Damaged => Code::StorageDamaged,
            Self::Missing => Code::StorageMissing,
            Self::Failing => Code::StorageFailing,
        }
    }

    /// What an error of the database says about the database; `None` where it speaks of something else.
    pub(super) fn of(error: &sqlx::Error) -> Option<Self> {
        match error {
            sqlx::Error::PoolTimedOut => return Some(Self::Busy),
            sqlx::Error::Io(_) => return Some(Self::Failing),
            _ => {}
        }
        let code = error.as_database_error()?.code()?;
        if code.len() == 5 { Self::of_sqlstate(&code) } else { Self::of_sqlite(code.parse().ok()?) }
    }

    /// SQLite's result codes: the low byte is the kind.
    fn of_sqlite(code: i32) -> Option<Self> {
        const READONLY_DBMOVED: i32 = 1032;
        if code == READONLY_DBMOVED {
            return Some(Self::Missing);
        }
        match code & 0xff {
            5 | 6 => Some(Self::Busy),
            3 | 8 => Some(Self::ReadOnly),
            10 => Some(Self::Failing),
            11 | 26 => Some(Self::Damaged),
            13 => Some(Self::Full),
            14 => Some(Self::Missing),
            _ => None,
        }
    }

    /// PostgreSQL's, by class where the whole class means the same.
    fn of_sqlstate(state: &str) -> Option<Self> {
        match state {
            "53100" => Some(Self::Full),
            "25006" => Some(Self::ReadOnly),
            "53300" | "55P03" | "40001" | "40P01" => Some(Self::Busy),
            "XX001" | "XX002" => Some(Self::Damaged),
            "3D000" => Some(Self::Missing),
            _ if ["08", "57", "58"].iter().any(|class| state.starts_with(class)) => Some(Self::Failing),
            _ => None,
        }
    }
}

/// As the end of a sentence about the database.
impl std::fmt::Display for Trouble {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Full => "has no room on its disk",
            Self::ReadOnly => "cannot be written",
            Self::Busy => "is kept locked by another program",
            Self::Damaged => "is damaged",
            Self::Missing => "is not there, or cannot be opened",
            Self::Failing => "fails",
        })
    }
}
