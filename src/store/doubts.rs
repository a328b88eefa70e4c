//! Labels an interruption left in doubt: each doubt is kept with what settled it, so that nothing happens in silence.

use super::{Connection, StoreError, from_ms, labels, to_ms};
use crate::domain::{
    Evidence, Job, JobId, LabelIndex, LabelOutcome, LabelRanges, Profile, RunId, UnconfirmedPolicy,
};
use jiff::Timestamp;
use sqlx::FromRow;
use std::collections::{BTreeMap, BTreeSet};

/// So often a doubtful label is printed again by itself; then a person is asked.
const REPRINTS_BY_ITSELF_MAX: i64 = 2;

/// What became of a doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// It is there.
    Printed,
    /// It is not there, and printed again.
    NotPrinted,
    /// Nobody knows; it was printed again, marked as a possible duplicate.
    Reprinted,
}

impl Settled {
    /// The word used in SQL and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Printed => "printed",
            Self::NotPrinted => "not_printed",
            Self::Reprinted => "reprinted",
        }
    }
}

/// The attempt that left labels in doubt.
#[derive(Debug, Clone, Copy)]
pub struct DoubtfulRun<'a> {
    pub job_id: JobId,
    pub run_id: RunId,
    pub attempt: i64,
    pub printer: &'a str,
}

/// Keeps that a run left these labels in doubt.
pub async fn record(
    connection: &mut Connection,
    run: DoubtfulRun<'_>,
    (first, last): (LabelIndex, LabelIndex),
    now: Timestamp,
) -> Result<(), StoreError> {
    // One statement, however long the run: the transaction holds up whoever else writes.
    sqlx::query(
        "INSERT INTO label_doubts (job_id, label_index, attempt, run_id, printer, recorded_at_ms)
         WITH RECURSIVE doubtful (label) AS (
            SELECT CAST($1 AS BIGINT) UNION ALL SELECT label + 1 FROM doubtful WHERE label < $2)
         SELECT $3, label, CAST($4 AS BIGINT), $5, $6, CAST($7 AS BIGINT) FROM doubtful WHERE label <= $2
         ON CONFLICT (job_id, label_index, attempt) DO NOTHING",
    )
    .bind(first)
    .bind(last)
    .bind(run.job_id.to_string())
    .bind(run.attempt)
    .bind(run.run_id.to_string())
    .bind(run.printer)
    .bind(to_ms(now))
    .execute(connection)
    .await?;
    Ok(())
}

/// Settles the open doubt about these labels. `by`: `person`, `policy`, or the word of an evidence.
pub async fn settle(
    connection: &mut Connection,
    job_id: JobId,
    labels: &[LabelIndex],
    (settled, by): (Settled, &str),
    now: Timestamp,
) -> Result<(), StoreError> {
    for (first, last) in labels.iter().copied().collect::<LabelRanges>().stretches() {
        sqlx::query(
            "UPDATE label_doubts SET settled_as = $4, settled_by = $5, settled_at_ms = $6
             WHERE job_id = $1 AND label_index BETWEEN $2 AND $3 AND settled_as IS NULL",
        )
        .bind(job_id.to_string())
        .bind(first)
        .bind(last)
        .bind(settled.as_str())
        .bind(by)
        .bind(to_ms(now))
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

/// A late proof: what is still in doubt of these labels is now known. Labels that are not in doubt are left alone.
/// Answers those it settled; the caller brings the job in line with [`super::runs::balance`] and announces it.
pub async fn prove(
    connection: &mut Connection,
    job: &Job,
    (first, last): (LabelIndex, LabelIndex),
    (printed, evidence): (bool, Evidence),
    now: Timestamp,
) -> Result<Vec<LabelIndex>, StoreError> {
    let known = first..=last;
    let chosen: Vec<LabelIndex> =
        job.unconfirmed.iter().copied().filter(|label| known.contains(label)).collect();
    let (settled, outcome) = if printed {
        (Settled::Printed, LabelOutcome::Printed)
    } else {
        (Settled::NotPrinted, LabelOutcome::Released)
    };
    labels::settle_doubtful(connection, job.id, &chosen, (outcome, evidence), now).await?;
    settle(connection, job.id, &chosen, (settled, evidence.as_str()), now).await?;
    Ok(chosen)
}

/// Frees doubtful labels of a job that wants them printed again by itself. Answers those that will be.
pub async fn apply_policy(
    connection: &mut Connection,
    job: &Job,
    now: Timestamp,
) -> Result<Vec<LabelIndex>, StoreError> {
    if job.unconfirmed_policy != UnconfirmedPolicy::Reprint || job.unconfirmed.is_empty() {
        return Ok(Vec::new());
    }
    // A printer that proves nothing leaves every label in doubt: all would be printed again, and again.
    let profile: Option<Option<String>> = sqlx::query_scalar("SELECT profile FROM printers WHERE name = $1")
        .bind(&job.printer)
        .fetch_optional(&mut *connection)
        .await?;
    if profile.flatten().is_some_and(|profile| profile == Profile::Blind.as_str()) {
        return Ok(Vec::new());
    }
    let tries: Vec<(i64, i64)> = sqlx::query_as(
        "SELECT label_index, count(*) FROM label_doubts WHERE job_id = $1 AND settled_as = 'reprinted'
         GROUP BY label_index",
    )
    .bind(job.id.to_string())
    .fetch_all(&mut *connection)
    .await?;
    let tries: BTreeMap<i64, i64> = tries.into_iter().collect();
    let may_again =
        |label: &LabelIndex| tries.get(label).copied().unwrap_or_default() < REPRINTS_BY_ITSELF_MAX;
    let again: Vec<LabelIndex> = job.unconfirmed.iter().copied().filter(may_again).collect();
    labels::settle_doubtful(connection, job.id, &again, (LabelOutcome::Released, Evidence::None), now)
        .await?;
    settle(connection, job.id, &again, (Settled::Reprinted, "policy"), now).await?;
    Ok(again)
}

/// Labels whose paper must say that it may be a duplicate.
pub async fn possible_duplicates(
    connection: &mut Connection,
    job_id: JobId,
) -> Result<BTreeSet<LabelIndex>, StoreError> {
    let labels: Vec<i64> = sqlx::query_scalar(
        "SELECT DISTINCT label_index FROM label_doubts WHERE job_id = $1 AND settled_as = 'reprinted'",
    )
    .bind(job_id.to_string())
    .fetch_all(connection)
    .await?;
    Ok(labels.into_iter().collect())
}

/// A kept doubt.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Doubt {
    pub label_index: i64,
    pub attempt: i64,
    pub printer: String,
    pub settled_as: Option<String>,
    pub settled_by: Option<String>,
    recorded_at_ms: i64,
    settled_at_ms: Option<i64>,
}

impl Doubt {
    /// When the doubt arose.
    pub fn recorded_at(&self) -> Result<Timestamp, StoreError> {
        from_ms(self.recorded_at_ms)
    }

    /// When it was settled.
    pub fn settled_at(&self) -> Result<Option<Timestamp>, StoreError> {
        self.settled_at_ms.map(from_ms).transpose()
    }
}

/// All doubts there ever were about labels of a job between two numbers, in order.
pub async fn between(
    connection: &mut Connection,
    job_id: JobId,
    (first, last): (LabelIndex, LabelIndex),
) -> Result<Vec<Doubt>, StoreError> {
    Ok(sqlx::query_as(
        "SELECT label_index, attempt, printer, settled_as, settled_by, recorded_at_ms, settled_at_ms
         FROM label_doubts WHERE job_id = $1 AND label_index BETWEEN $2 AND $3 ORDER BY label_index, attempt",
    )
    .bind(job_id.to_string())
    .bind(first)
    .bind(last)
    .fetch_all(connection)
    .await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::JobStatus;
    use crate::store::jobs::NewJob;
    use crate::store::labels::LedgerEntry;
    use crate::store::{Store, jobs, runs};
    use uuid::Uuid;

    /// A job of two labels that nobody is asked about: the first printed, the second in doubt.
    async fn doubtful_job(connection: &mut Connection) -> Job {
        let (id, run_id) = (JobId(Uuid::now_v7()), RunId(Uuid::now_v7()));
        let now = Timestamp::UNIX_EPOCH;
        let job = NewJob { id, unconfirmed_policy: UnconfirmedPolicy::Skip, ..NewJob::by_hand(2) };
        jobs::insert(connection, &job, now).await.unwrap();
        let entry = LedgerEntry {
            job_id: id,
            run_id,
            printer: "line-a",
            attempt: 1,
            outcome: LabelOutcome::Printed,
            evidence: Evidence::Odometer,
        };
        labels::record(connection, &entry, 1, &[None], now).await.unwrap();
        let entry = LedgerEntry { outcome: LabelOutcome::Unconfirmed, evidence: Evidence::None, ..entry };
        labels::record(connection, &entry, 2, &[None], now).await.unwrap();
        let run = DoubtfulRun { job_id: id, run_id, attempt: 1, printer: "line-a" };
        record(connection, run, (2, 2), now).await.unwrap();
        runs::balance(connection, id, now).await.unwrap();
        jobs::find(connection, id.0).await.unwrap().unwrap()
    }

    #[tokio::test]
    async fn a_late_proof_settles_a_doubt_by_itself_also_when_the_job_has_ended() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite://{}", folder.path().join("a.db").display())).await.unwrap();
        let mut writing = store.write().await.unwrap();
        let now = Timestamp::UNIX_EPOCH;
        for (printed, status, settled_as) in
            [(true, JobStatus::Completed, "printed"), (false, JobStatus::Queued, "not_printed")]
        {
            let job = doubtful_job(&mut writing).await;
            assert_eq!((job.status, &job.unconfirmed), (JobStatus::CompletedWithErrors, &vec![2]));
            let settled =
                prove(&mut writing, &job, (1, 2), (printed, Evidence::Odometer), now).await.unwrap();
            assert_eq!(settled, [2], "what was certain stays so");
            runs::balance(&mut writing, job.id, now).await.unwrap();
            let after = jobs::find(&mut writing, job.id.0).await.unwrap().unwrap();
            assert_eq!((after.status, after.error_code), (status, None));
            let kept = between(&mut writing, job.id, (1, 2)).await.unwrap();
            assert_eq!((kept.len(), kept[0].settled_as.as_deref()), (1, Some(settled_as)));
            assert_eq!(kept[0].settled_by.as_deref(), Some("odometer"));
        }
    }
}
