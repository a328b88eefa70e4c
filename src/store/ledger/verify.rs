//! Walks the ledger from its first entry to its last: every seal, and that labels and jobs say what the ledger says.
//! Memory does not grow with its length. The caller's connection shows one moment, whatever is written meanwhile.

use super::finding::{Finding, Findings, What, words};
use super::seal::Head;
use super::walk::{PAGE, Walk, is_unreadable, number_of, page};
use super::{Connection, StoreError, from_ms};
use jiff::Timestamp;
use sqlx::FromRow;

/// What the walk found.
#[derive(Debug)]
pub struct Verification {
    /// Entries that are there.
    pub entries: i64,
    pub head: Head,
    /// When the last entry was recorded.
    pub last_recorded_at: Option<Timestamp>,
    pub findings: Findings,
}

/// Verifies everything. `expected` is a head noted earlier, which must still be part of the chain. `told` hears how
/// many of how many entries are done.
pub async fn verify(
    connection: &mut Connection,
    expected: Option<&Head>,
    mut told: impl FnMut(i64, i64),
) -> Result<Verification, StoreError> {
    let last: Option<i64> =
        sqlx::query_scalar("SELECT max(number) FROM ledger").fetch_one(&mut *connection).await?;
    let last = last.unwrap_or(0);
    let mut walk = Walk::new();
    let mut after = i64::MIN;
    loop {
        let page = page(connection, after).await?;
        let Some(end) = page.last() else { break };
        after = number_of(end);
        for row in page {
            walk.step(connection, row).await?;
        }
        told(after, last);
    }
    let Walk { previous: head, entries, standing, last_recorded_at_ms, mut findings } = walk;
    if let Some(expected) = expected {
        expect(connection, expected, last, &mut findings).await?;
    }
    labels_without_entry(connection, standing, &mut findings).await?;
    totals_of_jobs(connection, entries, &mut findings).await?;
    let last_recorded_at = last_recorded_at_ms.and_then(|at| from_ms(at).ok());
    Ok(Verification { entries, head, last_recorded_at, findings })
}

/// A head that was noted earlier is still part of the chain, or something before it was rewritten or cut off.
async fn expect(
    connection: &mut Connection,
    expected: &Head,
    last: i64,
    findings: &mut Findings,
) -> Result<(), StoreError> {
    let seal: Result<Option<String>, sqlx::Error> =
        sqlx::query_scalar("SELECT seal FROM ledger WHERE number = $1")
            .bind(expected.number)
            .fetch_optional(connection)
            .await;
    let seal = match seal {
        Err(error) if is_unreadable(&error) => Some(String::new()),
        seal => seal?,
    };
    let expected = expected.clone();
    match seal {
        _ if expected.number == 0 => {}
        Some(seal) if seal == expected.seal => {}
        Some(_) => findings.add(Finding::of_entry(expected.number, What::Rewritten { expected })),
        None => {
            findings.add(Finding::new(What::CutOff { expected, last }));
        }
    }
    Ok(())
}

/// What was read, or the finding that it cannot be.
fn readable<T>(
    rows: Result<Vec<T>, sqlx::Error>,
    table: &'static str,
    findings: &mut Findings,
) -> Result<Vec<T>, StoreError> {
    match rows {
        Err(error) if is_unreadable(&error) => {
            findings.add(Finding::new(What::TableUnreadable(table)));
            Ok(Vec::new())
        }
        rows => Ok(rows?),
    }
}

#[derive(Debug, FromRow)]
struct Unrecorded {
    job_id: String,
    label_index: i64,
    outcome: String,
    evidence: String,
    serial: Option<String>,
}

/// Labels with an outcome that no entry gave them; only looked for where the numbers say that there are some.
async fn labels_without_entry(
    connection: &mut Connection,
    standing: i64,
    findings: &mut Findings,
) -> Result<(), StoreError> {
    let labels: i64 = sqlx::query_scalar("SELECT count(*) FROM labels").fetch_one(&mut *connection).await?;
    if labels == standing {
        return Ok(());
    }
    let rows: Result<Vec<Unrecorded>, sqlx::Error> = sqlx::query_as(
        "SELECT l.job_id, l.label_index, l.outcome, l.evidence, l.serial FROM labels l
         LEFT JOIN ledger e ON e.number = l.entry
         WHERE e.number IS NULL OR e.job_id <> l.job_id OR e.label_index <> l.label_index
         ORDER BY l.job_id, l.label_index LIMIT $1",
    )
    .bind(PAGE)
    .fetch_all(connection)
    .await;
    for row in readable(rows, "labels", findings)? {
        let stands = words(&row.outcome, &row.evidence);
        findings.add(Finding {
            job_id: Some(row.job_id),
            label: Some(row.label_index),
            serial: row.serial,
            ..Finding::new(What::OutcomeUnrecorded { stands })
        });
    }
    Ok(())
}

#[derive(Debug, FromRow)]
struct Totals {
    id: String,
    printed: i64,
    recorded: i64,
    labels_printed: i64,
    labels_recorded: i64,
    entries: i64,
}

/// Each job's counters are those of its labels, and each entry has a job.
async fn totals_of_jobs(
    connection: &mut Connection,
    entries: i64,
    findings: &mut Findings,
) -> Result<(), StoreError> {
    let mut after = String::new();
    let mut counted = 0;
    loop {
        let page: Result<Vec<Totals>, sqlx::Error> = sqlx::query_as(
            "SELECT j.id, j.printed, j.recorded,
                (SELECT count(*) FROM labels l WHERE l.job_id = j.id) AS labels_recorded,
                (SELECT count(*) FROM labels l WHERE l.job_id = j.id AND l.outcome = 'printed') AS labels_printed,
                (SELECT count(*) FROM ledger e WHERE e.job_id = j.id) AS entries
             FROM jobs j WHERE j.id > $1 ORDER BY j.id LIMIT $2",
        )
        .bind(&after)
        .bind(PAGE)
        .fetch_all(&mut *connection)
        .await;
        let page = readable(page, "jobs", findings)?;
        let Some(last) = page.last() else { break };
        last.id.clone_into(&mut after);
        for job in page {
            counted += job.entries;
            let counters = (job.printed, job.recorded);
            let labels = (job.labels_printed, job.labels_recorded);
            if counters != labels {
                let what = What::TotalsDiffer { counters, labels };
                findings.add(Finding { job_id: Some(job.id), ..Finding::new(what) });
            }
        }
    }
    if counted == entries { Ok(()) } else { entries_without_job(connection, findings).await }
}

async fn entries_without_job(connection: &mut Connection, findings: &mut Findings) -> Result<(), StoreError> {
    let jobs: Result<Vec<String>, sqlx::Error> = sqlx::query_scalar(
        "SELECT DISTINCT e.job_id FROM ledger e WHERE NOT EXISTS (SELECT 1 FROM jobs j WHERE j.id = e.job_id) LIMIT $1",
    )
    .bind(PAGE)
    .fetch_all(connection)
    .await;
    match jobs {
        Ok(jobs) => {
            for job_id in jobs {
                findings.add(Finding { job_id: Some(job_id), ..Finding::new(What::JobGone) });
            }
            Ok(())
        }
        // Its entry was named as unreadable before.
        Err(error) if is_unreadable(&error) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
