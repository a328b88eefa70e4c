//! One step after the other through the ledger: each entry against its seal and against what stands of its label.

use super::finding::{Finding, Findings, What, words};
use super::seal::{self, Head};
use super::{Connection, Content, StoreError, from_ms};
use sqlx::FromRow;

/// Entries, or jobs, read at once.
pub(super) const PAGE: i64 = 2_000;

/// What the table of labels says of an entry's label.
const GONE: i64 = 0;
const STANDS: i64 = 1;
const REPLACED: i64 = 2;

#[derive(Debug, FromRow)]
pub(super) struct Row {
    number: i64,
    #[sqlx(flatten)]
    content: Content,
    format: i64,
    seal: String,
    standing: i64,
}

/// `standing` is compared in the database: it costs a column instead of nine.
const SELECT: &str =
    "SELECT e.number, e.job_id, e.label_index, e.outcome, e.evidence, e.serial, e.printer, e.run_id,
    e.attempt, e.recorded_at_ms, e.format, e.seal,
    CASE WHEN l.entry IS NULL THEN 0
         WHEN l.entry = e.number AND l.outcome = e.outcome AND l.evidence = e.evidence
            AND l.serial IS NOT DISTINCT FROM e.serial AND l.printer = e.printer
            AND l.run_id IS NOT DISTINCT FROM e.run_id AND l.attempt = e.attempt
            AND l.recorded_at_ms = e.recorded_at_ms THEN 1
         WHEN l.entry > e.number THEN 2
         ELSE 3 END AS standing
    FROM ledger e LEFT JOIN labels l ON l.job_id = e.job_id AND l.label_index = e.label_index";

/// The next entries; of one that cannot be read, its number.
pub(super) async fn page(
    connection: &mut Connection,
    after: i64,
) -> Result<Vec<Result<Row, i64>>, StoreError> {
    let whole: Result<Vec<Row>, sqlx::Error> = sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{SELECT} WHERE e.number > $1 ORDER BY e.number LIMIT $2"
    )))
    .bind(after)
    .bind(PAGE)
    .fetch_all(&mut *connection)
    .await;
    match whole {
        Ok(rows) => return Ok(rows.into_iter().map(Ok).collect()),
        Err(error) if !is_unreadable(&error) => return Err(error.into()),
        Err(_) => {}
    }
    let numbers: Vec<i64> =
        sqlx::query_scalar("SELECT number FROM ledger WHERE number > $1 ORDER BY number LIMIT $2")
            .bind(after)
            .bind(PAGE)
            .fetch_all(&mut *connection)
            .await?;
    let mut rows = Vec::with_capacity(numbers.len());
    for number in numbers {
        let row: Result<Row, sqlx::Error> =
            sqlx::query_as(sqlx::AssertSqlSafe(format!("{SELECT} WHERE e.number = $1")))
                .bind(number)
                .fetch_one(&mut *connection)
                .await;
        rows.push(match row {
            Ok(row) => Ok(row),
            Err(error) if is_unreadable(&error) => Err(number),
            Err(error) => return Err(error.into()),
        });
    }
    Ok(rows)
}

/// A value of another type, or text that is no text: somebody else wrote it.
pub(super) fn is_unreadable(error: &sqlx::Error) -> bool {
    matches!(
        error,
        sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) | sqlx::Error::AnyDriverError(_)
    )
}

pub(super) struct Walk {
    pub previous: Head,
    pub entries: i64,
    /// Labels whose current outcome is the entry it names.
    pub standing: i64,
    pub last_recorded_at_ms: Option<i64>,
    pub findings: Findings,
}

impl Walk {
    pub(super) fn new() -> Self {
        Self {
            previous: Head::empty(),
            entries: 0,
            standing: 0,
            last_recorded_at_ms: None,
            findings: Findings::default(),
        }
    }

    pub(super) async fn step(
        &mut self,
        connection: &mut Connection,
        row: Result<Row, i64>,
    ) -> Result<(), StoreError> {
        self.entries += 1;
        let number = number_of(&row);
        let follows = number == self.previous.number + 1;
        if number < 1 {
            self.findings.add(Finding::of_entry(number, What::Unreadable));
            return Ok(());
        }
        if !follows {
            self.findings
                .add(Finding::of_entry(self.previous.number + 1, What::Missing { through: number - 1 }));
        }
        let Ok(row) = row else {
            self.findings.add(Finding::of_entry(number, What::Unreadable));
            self.previous = Head { number, seal: String::new() };
            return Ok(());
        };
        self.last_recorded_at_ms = Some(row.content.recorded_at_ms);
        // Behind a gap, or behind an entry that cannot be read, there is nothing to chain to.
        let is_chained = follows && !self.previous.seal.is_empty();
        if row.format != seal::FORMAT {
            self.findings.add(of(&row, What::UnknownFormat(row.format)));
        } else if is_chained && seal::seal(number, &self.previous.seal, &row.content) != row.seal {
            self.findings.add(of(&row, What::Altered));
        }
        self.compare(connection, &row).await?;
        self.previous = Head { number, seal: row.seal };
        Ok(())
    }

    /// Holds the entry against what stands of its label.
    async fn compare(&mut self, connection: &mut Connection, row: &Row) -> Result<(), StoreError> {
        let recorded = words(&row.content.outcome, &row.content.evidence);
        match row.standing {
            STANDS => self.standing += 1,
            REPLACED => {}
            GONE => {
                if last_outcome(connection, &row.content).await? != "released" {
                    self.findings.add(of(row, What::OutcomeGone { recorded }));
                }
            }
            _ => {
                let (entry, stands_with) = standing_otherwise(connection, row).await?;
                // A label that names this entry has one, though it says something else.
                self.standing += i64::from(entry == row.number);
                self.findings.add(of(row, What::OutcomeDiffers { stands_with }));
            }
        }
        Ok(())
    }
}

pub(super) fn number_of(row: &Result<Row, i64>) -> i64 {
    row.as_ref().map_or_else(|number| *number, |row| row.number)
}

fn of(row: &Row, what: What) -> Finding {
    Finding {
        job_id: Some(row.content.job_id.clone()),
        label: Some(row.content.label_index),
        serial: row.content.serial.clone(),
        ..Finding::of_entry(row.number, what)
    }
}

/// The last outcome recorded of a label; empty where its entry cannot be read, which is a finding of its own.
async fn last_outcome(connection: &mut Connection, content: &Content) -> Result<String, StoreError> {
    let last: Result<Option<String>, sqlx::Error> = sqlx::query_scalar(
        "SELECT outcome FROM ledger WHERE job_id = $1 AND label_index = $2 ORDER BY number DESC LIMIT 1",
    )
    .bind(&content.job_id)
    .bind(content.label_index)
    .fetch_optional(connection)
    .await;
    match last {
        Ok(last) => Ok(last.unwrap_or_default()),
        Err(error) if is_unreadable(&error) => Ok(String::new()),
        Err(error) => Err(error.into()),
    }
}

/// The entry that a label names, and in what it differs from the one given.
async fn standing_otherwise(connection: &mut Connection, row: &Row) -> Result<(i64, String), StoreError> {
    let Row { number, content, .. } = row;
    let entry: i64 = sqlx::query_scalar("SELECT entry FROM labels WHERE job_id = $1 AND label_index = $2")
        .bind(&content.job_id)
        .bind(content.label_index)
        .fetch_one(&mut *connection)
        .await?;
    if entry != *number {
        return Ok((entry, format!("entry {entry}")));
    }
    let stands: Result<Content, sqlx::Error> = sqlx::query_as(
        "SELECT job_id, label_index, outcome, evidence, serial, printer, run_id, attempt, recorded_at_ms FROM labels
         WHERE job_id = $1 AND label_index = $2",
    )
    .bind(&content.job_id)
    .bind(content.label_index)
    .fetch_one(connection)
    .await;
    match stands {
        Ok(stands) => Ok((entry, differences(content, &stands))),
        Err(error) if is_unreadable(&error) => Ok((entry, "what platen never writes".to_owned())),
        Err(error) => Err(error.into()),
    }
}

fn differences(recorded: &Content, stands: &Content) -> String {
    let fields = |content: &Content| {
        let or_none = |text: &Option<String>| text.clone().unwrap_or_else(|| "none".to_owned());
        [
            ("outcome", content.outcome.clone()),
            ("evidence", content.evidence.clone()),
            ("serial", or_none(&content.serial)),
            ("printer", content.printer.clone()),
            ("run", or_none(&content.run_id)),
            ("attempt", content.attempt.to_string()),
            (
                "time",
                from_ms(content.recorded_at_ms).map_or_else(|_| "no time".to_owned(), |at| at.to_string()),
            ),
        ]
    };
    let differing: Vec<String> = fields(stands)
        .iter()
        .zip(fields(recorded))
        .filter(|((_, stands), (_, recorded))| stands != recorded)
        .map(|((name, stands), (_, recorded))| format!("{name} `{stands}` instead of `{recorded}`"))
        .collect();
    differing.join(", ")
}
