//! Everything that makes one crash, in words, so that it can be played again.

use crate::tap::HangUp;
use std::fmt;
use std::str::FromStr;

/// By what the service can tell what was printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Evidence {
    /// The label counter, over the second channel too.
    Json,
    /// The label counter, asked between the labels on the raw connection.
    Raw,
    /// No label counter: the host status alone.
    Blind,
}

/// What happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blow {
    /// `kill -9` of the service, which is started again at once.
    Kill,
    /// The printer's power is cut and comes back.
    Power,
    /// Both at once.
    Both,
}

/// Where the service keeps what is durable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Database {
    Sqlite,
    Postgres,
}

/// What is known of the printer's pace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Printer {
    /// Nothing.
    New,
    /// It tells the speed it is set to.
    Told,
    /// It has printed for this service before.
    Known,
}

/// Where in the job it happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    /// So many labels are on paper.
    Label(usize),
    /// So many bytes have reached the printer, counted from the beginning of the first label.
    Byte(usize),
}

/// One crash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recipe {
    pub evidence: Evidence,
    pub blow: Blow,
    pub at: At,
    pub hang_up: HangUp,
    /// Labels of the job.
    pub labels: usize,
    pub database: Database,
    pub printer: Printer,
}

impl Recipe {
    /// Labels that may be a question afterwards.
    pub fn most_unconfirmed(&self) -> usize {
        match (self.evidence, self.blow) {
            (Evidence::Json | Evidence::Raw, Blow::Kill) => 0,
            (Evidence::Json | Evidence::Raw, _) => 1,
            // One window.
            (Evidence::Blind, _) => 4,
        }
    }

    pub fn kills(&self) -> bool {
        self.blow != Blow::Power
    }
}

impl fmt::Display for Recipe {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { evidence, blow, at, hang_up, labels, database, printer } = self;
        let text = format!("{evidence:?} {blow:?} {at:?} {hang_up:?} of {labels} {printer:?} {database:?}");
        formatter.write_str(&text.to_lowercase().replace(['(', ')'], " ").replace("  ", " "))
    }
}

impl FromStr for Recipe {
    type Err = String;

    /// As it is shown: `raw kill byte 17 reset of 3 known sqlite`.
    fn from_str(text: &str) -> Result<Self, String> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let [evidence, blow, unit, place, hang_up, "of", labels, printer, database] = words[..] else {
            return Err(format!("`{text}` is not like `raw kill byte 17 reset of 3 known sqlite`"));
        };
        let number = |word: &str| word.parse::<usize>().map_err(|error| format!("{word}: {error}"));
        Ok(Self {
            evidence: match evidence {
                "json" => Evidence::Json,
                "raw" => Evidence::Raw,
                "blind" => Evidence::Blind,
                other => return Err(format!("{other} is not json, raw or blind")),
            },
            blow: match blow {
                "kill" => Blow::Kill,
                "power" => Blow::Power,
                "both" => Blow::Both,
                other => return Err(format!("{other} is not kill, power or both")),
            },
            at: match unit {
                "label" => At::Label(number(place)?),
                "byte" => At::Byte(number(place)?),
                other => return Err(format!("{other} is not label or byte")),
            },
            hang_up: match hang_up {
                "reset" => HangUp::Reset,
                "finish" => HangUp::Finish,
                other => return Err(format!("{other} is not reset or finish")),
            },
            labels: number(labels)?,
            printer: match printer {
                "new" => Printer::New,
                "told" => Printer::Told,
                "known" => Printer::Known,
                other => return Err(format!("{other} is not new or known")),
            },
            database: match database {
                "sqlite" => Database::Sqlite,
                "postgres" => Database::Postgres,
                other => return Err(format!("{other} is not sqlite or postgres")),
            },
        })
    }
}
