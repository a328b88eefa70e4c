//! What a check of the ledger can find, in words for a person: what, where, what to do.

use super::Head;
use std::fmt;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub what: What,
    /// Number of the entry it was found at.
    pub entry: Option<i64>,
    pub job_id: Option<String>,
    pub label: Option<i64>,
    pub serial: Option<String>,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// The seal does not fit the content and the entry before.
    Altered,
    /// The stored text or number cannot be read at all.
    Unreadable,
    /// A row of this other table cannot be read, nor what stands behind it.
    TableUnreadable(&'static str),
    /// Written by a platen that seals in another way.
    UnknownFormat(i64),
    /// Numbers are missing up to this one.
    Missing { through: i64 },
    /// What stands of the label is not what its last entry says; in words, where they differ.
    OutcomeDiffers { stands_with: String },
    /// The label's last entry gives it an outcome, and it has none, or its job is gone.
    OutcomeGone { recorded: String },
    /// The label has an outcome that no entry gave it.
    OutcomeUnrecorded { stands: String },
    /// A job's counters are not what its labels say: counters, then labels; each printed, recorded.
    TotalsDiffer { counters: (i64, i64), labels: (i64, i64) },
    /// Entries of a job that is not there.
    JobGone,
    /// The ledger ends before the head that was expected.
    CutOff { expected: Head, last: i64 },
    /// The entry of the expected head carries another seal.
    Rewritten { expected: Head },
}

impl What {
    /// The stable word for scripts.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Altered => "altered",
            Self::Unreadable | Self::TableUnreadable(_) => "unreadable",
            Self::UnknownFormat(_) => "unknown_format",
            Self::Missing { .. } => "missing",
            Self::OutcomeDiffers { .. } => "outcome_differs",
            Self::OutcomeGone { .. } => "outcome_gone",
            Self::OutcomeUnrecorded { .. } => "outcome_unrecorded",
            Self::TotalsDiffer { .. } => "totals_differ",
            Self::JobGone => "job_gone",
            Self::CutOff { .. } => "cut_off",
            Self::Rewritten { .. } => "rewritten",
        }
    }

    /// What to do next.
    pub fn action(&self) -> &'static str {
        match self {
            Self::Altered | Self::Rewritten { .. } => {
                "Compare it with the paper and with older backups: `platen history verify` tells of each whether it was whole."
            }
            Self::Unreadable | Self::TableUnreadable(_) => {
                "Bring the database back from a backup, or find out who wrote into it."
            }
            Self::UnknownFormat(_) => "Verify with the newest platen that wrote into this database.",
            Self::Missing { .. } | Self::CutOff { .. } => {
                "Bring the missing entries back from a backup, and find out who removed them."
            }
            Self::OutcomeDiffers { .. } | Self::OutcomeGone { .. } => {
                "Trust the ledger, compare with the paper, and find out who changed the label."
            }
            Self::OutcomeUnrecorded { .. } => {
                "Look at the paper: nothing proves this outcome. Find out who wrote it."
            }
            Self::TotalsDiffer { .. } => "Trust the labels, and find out who changed the job.",
            Self::JobGone => "Bring the job back from a backup, and find out who removed or renamed it.",
        }
    }
}

impl Finding {
    /// About the ledger as a whole, until told more.
    pub(super) fn new(what: What) -> Self {
        Self { what, entry: None, job_id: None, label: None, serial: None }
    }

    /// About an entry of which nothing but the number is known.
    pub(super) fn of_entry(entry: i64, what: What) -> Self {
        Self { entry: Some(entry), ..Self::new(what) }
    }

    /// What is wrong and where, as a sentence.
    pub fn sentence(&self) -> String {
        let place = self.place();
        match &self.what {
            What::Altered => {
                format!(
                    "{place} does not carry the seal of its content: it, or the entry before it, was altered."
                )
            }
            What::Unreadable => format!("{place} cannot be read: it holds what platen never writes."),
            What::TableUnreadable(table) => {
                format!(
                    "The table of {table} holds what platen never writes, and was not compared to its end."
                )
            }
            What::UnknownFormat(format) => {
                format!("{place} is sealed in format {format}, which this platen does not know.")
            }
            What::Missing { through } if Some(*through) == self.entry => format!("{place} is missing."),
            What::Missing { through } => format!("{place} to entry {through} are missing."),
            What::OutcomeDiffers { stands_with } => {
                format!("{place} is the last word on its label, but the label stands with {stands_with}.")
            }
            What::OutcomeGone { recorded } => {
                format!("{place} says {recorded}, but no outcome stands of that label any more.")
            }
            What::OutcomeUnrecorded { stands } => {
                format!("{place} stands as {stands}, but the ledger has no such entry.")
            }
            What::TotalsDiffer { counters, labels } => format!(
                "{place} counts {} printed of {} recorded labels, but its labels are {} printed of {} recorded.",
                counters.0, counters.1, labels.0, labels.1
            ),
            What::JobGone => format!("{place} is not there, but the ledger has entries of it."),
            What::CutOff { expected, last } => {
                format!(
                    "The ledger once ended at entry {}, and now at entry {last}: its end was cut off.",
                    expected.number
                )
            }
            What::Rewritten { expected } => format!(
                "{place} does not carry the seal that was noted ({}): it, or something before it, was rewritten.",
                expected.seal
            ),
        }
    }

    fn place(&self) -> String {
        let label = match (&self.job_id, self.label, &self.serial) {
            (Some(job), Some(label), Some(serial)) => {
                Some(format!("label {label} of job {job}, serial {serial}"))
            }
            (Some(job), Some(label), None) => Some(format!("label {label} of job {job}, without serial")),
            (Some(job), None, _) => Some(format!("job {job}")),
            _ => None,
        };
        match (self.entry, label) {
            (Some(entry), Some(label)) => format!("Entry {entry} ({label})"),
            (Some(entry), None) => format!("Entry {entry}"),
            (None, Some(label)) => label[..1].to_uppercase() + &label[1..],
            (None, None) => "The ledger".to_owned(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.sentence(), self.what.action())
    }
}

/// An outcome and what it rests on, for people.
pub(super) fn words(outcome: &str, evidence: &str) -> String {
    format!("{} ({evidence})", outcome.replace('_', " "))
}

/// Kept of the first findings only: a database that is wrong everywhere must not fill the memory.
const KEPT: usize = 100;

/// What a check found.
#[derive(Debug, Default)]
pub struct Findings {
    kept: Vec<Finding>,
    total: u64,
}

impl Findings {
    pub(super) fn add(&mut self, finding: Finding) {
        self.total += 1;
        if self.kept.len() < KEPT {
            self.kept.push(finding);
        }
    }

    /// The first of them.
    pub fn kept(&self) -> &[Finding] {
        &self.kept
    }

    /// How many there are, kept or not.
    pub fn total(&self) -> u64 {
        self.total
    }
}
