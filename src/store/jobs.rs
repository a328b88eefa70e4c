//! Jobs: born, found, listed, changed. Every change bumps the revision and records an event.

use super::{Connection, StoreError, events, from_ms, placeholders, to_ms};
use crate::domain::{
    Attention, Code, EventKind, Job, JobId, JobStatus, JobType, LabelRanges, ManufacturingOrder, Reprint,
    SENT_WITHOUT_PROOF, UnconfirmedPolicy,
};
use jiff::Timestamp;
use sqlx::FromRow;
use uuid::Uuid;

/// A job as intake hands it over.
#[derive(Debug, Clone)]
pub struct NewJob {
    pub id: JobId,
    pub uuid: Uuid,
    pub body_digest: String,
    pub quantity: i64,
    pub printer: String,
    pub template: Option<String>,
    pub template_version: Option<String>,
    pub job_type: JobType,
    pub priority: i64,
    pub submitted_by: Option<String>,
    pub mo: Option<ManufacturingOrder>,
    /// JSON object of the values shared by all labels.
    pub data: String,
    pub expires_at: Option<Timestamp>,
    pub unconfirmed_policy: UnconfirmedPolicy,
    pub reprint: Option<Reprint>,
}

#[cfg(test)]
impl NewJob {
    /// A job of so many labels for `line-a`, as a person submits it by hand.
    pub fn by_hand(quantity: i64) -> Self {
        Self {
            id: JobId(Uuid::now_v7()),
            uuid: Uuid::now_v7(),
            body_digest: String::new(),
            quantity,
            printer: "line-a".to_owned(),
            template: None,
            template_version: None,
            job_type: JobType::Manual,
            priority: 5,
            submitted_by: None,
            mo: None,
            data: "{}".to_owned(),
            expires_at: None,
            unconfirmed_policy: UnconfirmedPolicy::Ask,
            reprint: None,
        }
    }
}

#[derive(Debug, FromRow)]
pub(super) struct JobRow {
    id: String,
    uuid: String,
    status: String,
    quantity: i64,
    printed: i64,
    printer: String,
    template: Option<String>,
    template_version: Option<String>,
    job_type: String,
    priority: i64,
    submitted_by: Option<String>,
    mo_id: Option<i64>,
    mo_name: Option<String>,
    paused: i64,
    unconfirmed_policy: String,
    cancel_requested: i64,
    stopped_after: Option<i64>,
    reprint_of: Option<String>,
    reprint_shown: Option<String>,
    reprint_count: Option<i64>,
    reprint_reason: Option<String>,
    reprint_marked: i64,
    attention_code: Option<String>,
    attention_message: Option<String>,
    attention_action: Option<String>,
    attention_since_ms: Option<i64>,
    error_code: Option<String>,
    error_message: Option<String>,
    error_action: Option<String>,
    eta_seconds: Option<i64>,
    revision: i64,
    created_at_ms: i64,
    updated_at_ms: i64,
    started_at_ms: Option<i64>,
    finished_at_ms: Option<i64>,
    expires_at_ms: Option<i64>,
    /// Comma-separated label numbers.
    unconfirmed: Option<String>,
}

/// The columns of a job, with its undecided labels. Callers append their conditions.
pub(super) const SELECT_JOB: &str = "SELECT j.id, j.uuid, j.status, j.quantity, j.printed, j.printer, j.template,
    j.template_version, j.job_type, j.priority, j.submitted_by, j.mo_id, j.mo_name, j.paused,
    j.unconfirmed_policy, j.cancel_requested, j.stopped_after, j.reprint_of, j.reprint_shown, j.reprint_count,
    j.reprint_reason, j.reprint_marked, j.attention_code,
    j.attention_message, j.attention_action, j.attention_since_ms, j.error_code, j.error_message, j.error_action,
    j.eta_seconds, j.revision, j.created_at_ms, j.updated_at_ms, j.started_at_ms, j.finished_at_ms, j.expires_at_ms,
    (SELECT string_agg(CAST(label_index AS TEXT), ',' ORDER BY label_index) FROM labels
      WHERE job_id = j.id AND outcome = 'unconfirmed') AS unconfirmed
    FROM jobs j";

impl TryFrom<JobRow> for Job {
    type Error = StoreError;

    fn try_from(row: JobRow) -> Result<Self, StoreError> {
        let damaged = StoreError::Damaged;
        let mo = match (row.mo_id, row.mo_name) {
            (Some(id), Some(name)) => Some(ManufacturingOrder { id, name }),
            _ => None,
        };
        let attention = match (row.attention_code, row.attention_since_ms) {
            (Some(code), Some(since)) => Some(Attention {
                code,
                message: row.attention_message.unwrap_or_default(),
                action: row.attention_action.unwrap_or_default(),
                since: from_ms(since)?,
            }),
            _ => None,
        };
        let unconfirmed = row.unconfirmed.unwrap_or_default();
        let status = JobStatus::parse(&row.status).ok_or(damaged("a job status"))?;
        let reprint = match (row.reprint_of, row.reprint_shown, row.reprint_count) {
            (Some(of), Some(shown), Some(shown_count)) => Some(Reprint {
                of: JobId(of.parse().map_err(|_| damaged("a job id"))?),
                shown: LabelRanges::parse(&shown, shown_count).ok_or(damaged("label numbers"))?,
                shown_count,
                reason: row.reprint_reason.unwrap_or_default(),
                marked: row.reprint_marked != 0,
            }),
            _ => None,
        };
        Ok(Self {
            id: JobId(row.id.parse().map_err(|_| damaged("a job id"))?),
            uuid: row.uuid.parse().map_err(|_| damaged("a job uuid"))?,
            status,
            quantity: row.quantity,
            printed: row.printed,
            unconfirmed: unconfirmed.split(',').filter_map(|index| index.parse().ok()).collect(),
            printer: row.printer,
            template: row.template,
            template_version: row.template_version,
            job_type: JobType::parse(&row.job_type).ok_or(damaged("a job type"))?,
            priority: row.priority,
            submitted_by: row.submitted_by,
            mo,
            unconfirmed_policy: UnconfirmedPolicy::parse(&row.unconfirmed_policy)
                .ok_or(damaged("a policy"))?,
            cancelling: row.cancel_requested != 0 && !status.is_terminal(),
            stopped_after: row.stopped_after,
            reprint,
            paused: row.paused != 0,
            attention,
            error_code: row.error_code,
            error_message: row.error_message,
            error_action: row.error_action,
            eta_seconds: row.eta_seconds,
            revision: row.revision,
            created_at: from_ms(row.created_at_ms)?,
            updated_at: from_ms(row.updated_at_ms)?,
            started_at: row.started_at_ms.map(from_ms).transpose()?,
            finished_at: row.finished_at_ms.map(from_ms).transpose()?,
            expires_at: row.expires_at_ms.map(from_ms).transpose()?,
        })
    }
}

/// Stores a job with revision 0; [`announce`] makes it 1.
pub async fn insert(connection: &mut Connection, job: &NewJob, now: Timestamp) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO jobs (id, uuid, body_digest, status, quantity, printer, template, template_version, job_type,
            priority, submitted_by, mo_id, mo_name, data, revision, created_at_ms, updated_at_ms, expires_at_ms,
            unconfirmed_policy, reprint_of, reprint_shown, reprint_count, reprint_reason, reprint_marked)
         VALUES ($1, $2, $3, 'queued', $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 0, $14, $14, $15, $16, $17, $18, $19,
            $20, $21)",
    )
    .bind(job.id.to_string())
    .bind(job.uuid.to_string())
    .bind(&job.body_digest)
    .bind(job.quantity)
    .bind(&job.printer)
    .bind(&job.template)
    .bind(&job.template_version)
    .bind(job.job_type.as_str())
    .bind(job.priority)
    .bind(&job.submitted_by)
    .bind(job.mo.as_ref().map(|mo| mo.id))
    .bind(job.mo.as_ref().map(|mo| mo.name.as_str()))
    .bind(&job.data)
    .bind(to_ms(now))
    .bind(job.expires_at.map(to_ms))
    .bind(job.unconfirmed_policy.as_str())
    .bind(job.reprint.as_ref().map(|reprint| reprint.of.to_string()))
    .bind(job.reprint.as_ref().map(|reprint| reprint.shown.to_string()))
    .bind(job.reprint.as_ref().map(|reprint| reprint.shown_count))
    .bind(job.reprint.as_ref().map(|reprint| reprint.reason.as_str()))
    .bind(i64::from(job.reprint.as_ref().is_some_and(|reprint| reprint.marked)))
    .execute(connection)
    .await?;
    Ok(())
}

/// The digest of the body a uuid was accepted with.
pub async fn body_digest(connection: &mut Connection, uuid: Uuid) -> Result<Option<String>, StoreError> {
    Ok(sqlx::query_scalar("SELECT body_digest FROM jobs WHERE uuid = $1")
        .bind(uuid.to_string())
        .fetch_optional(connection)
        .await?)
}

/// The job of that service id, or of that caller's uuid.
pub async fn find(connection: &mut Connection, id: Uuid) -> Result<Option<Job>, StoreError> {
    let row: Option<JobRow> =
        sqlx::query_as(sqlx::AssertSqlSafe(format!("{SELECT_JOB} WHERE j.id = $1 OR j.uuid = $1")))
            .bind(id.to_string())
            .fetch_optional(connection)
            .await?;
    row.map(Job::try_from).transpose()
}

/// The jobs among these ids (service's or caller's), in no special order.
pub async fn find_many(connection: &mut Connection, ids: &[Uuid]) -> Result<Vec<Job>, StoreError> {
    const IDS_PER_STATEMENT: usize = 100;
    let mut found = Vec::new();
    for chunk in ids.chunks(IDS_PER_STATEMENT) {
        let list = placeholders(1, chunk.len());
        let statement = format!("{SELECT_JOB} WHERE j.id IN ({list}) OR j.uuid IN ({list})");
        let mut query = sqlx::query_as(sqlx::AssertSqlSafe(statement));
        for id in chunk {
            query = query.bind(id.to_string());
        }
        let rows: Vec<JobRow> = query.fetch_all(&mut *connection).await?;
        for row in rows {
            found.push(Job::try_from(row)?);
        }
    }
    Ok(found)
}

/// Raises the revision and records the event: the end of every change. Answers the job as it is now.
pub async fn announce(connection: &mut Connection, id: JobId, now: Timestamp) -> Result<Job, StoreError> {
    sqlx::query("UPDATE jobs SET revision = revision + 1, updated_at_ms = $2 WHERE id = $1")
        .bind(id.to_string())
        .bind(to_ms(now))
        .execute(&mut *connection)
        .await?;
    let job = find(connection, id.0).await?.ok_or(StoreError::Damaged("a job that is not there"))?;
    events::record(connection, EventKind::Job, Some(id), &job.to_json().to_string(), now).await?;
    Ok(job)
}

/// Takes a legal step; an illegal one is refused and changes nothing.
pub async fn change_status(
    connection: &mut Connection,
    job: &Job,
    next: JobStatus,
    now: Timestamp,
) -> Result<(), StoreError> {
    if job.status == next {
        return Ok(());
    }
    if !job.status.may_become(next) {
        return Err(StoreError::Damaged("an illegal change of a job's status was asked for"));
    }
    sqlx::query(
        "UPDATE jobs SET status = $2,
            started_at_ms = CASE WHEN $2 = 'printing' THEN coalesce(started_at_ms, $3) ELSE started_at_ms END,
            finished_at_ms = CASE WHEN $4 THEN $3 ELSE NULL END,
            eta_seconds = CASE WHEN $4 THEN NULL ELSE eta_seconds END
         WHERE id = $1 AND status = $5",
    )
    .bind(job.id.to_string())
    .bind(next.as_str())
    .bind(to_ms(now))
    .bind(next.is_terminal())
    .bind(job.status.as_str())
    .execute(connection)
    .await?;
    Ok(())
}

/// Says that a person is needed, or no longer. False when it said so already.
pub async fn set_attention(
    connection: &mut Connection,
    id: JobId,
    code: Option<Code>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let (message, action) = match code {
        Some(Code::UnconfirmedLabels) if is_for_a_blind_printer(connection, id).await? => {
            (Some(SENT_WITHOUT_PROOF.0), Some(SENT_WITHOUT_PROOF.1))
        }
        code => (code.map(Code::message), code.map(Code::action)),
    };
    let result = sqlx::query(
        "UPDATE jobs SET attention_code = $2, attention_message = $3, attention_action = $4,
            attention_since_ms = CASE WHEN $2 IS NULL THEN NULL ELSE $5 END
         WHERE id = $1 AND coalesce(attention_code, '') <> coalesce($2, '')",
    )
    .bind(id.to_string())
    .bind(code.map(Code::as_str))
    .bind(message)
    .bind(action)
    .bind(to_ms(now))
    .execute(&mut *connection)
    .await?;
    Ok(result.rows_affected() == 1)
}

/// Nothing has to be interrupted there for a label to be unconfirmed.
async fn is_for_a_blind_printer(connection: &mut Connection, id: JobId) -> Result<bool, StoreError> {
    let blind: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM jobs j JOIN printers p ON p.name = j.printer WHERE j.id = $1 AND p.profile = 'blind'",
    )
    .bind(id.to_string())
    .fetch_one(connection)
    .await?;
    Ok(blind > 0)
}

/// Why a job ended badly.
pub async fn set_error(
    connection: &mut Connection,
    id: JobId,
    code: Code,
    message: &str,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE jobs SET error_code = $2, error_message = $3, error_action = $4 WHERE id = $1")
        .bind(id.to_string())
        .bind(code.as_str())
        .bind(message)
        .bind(code.action())
        .execute(connection)
        .await?;
    Ok(())
}

/// Nothing went wrong in the end.
pub async fn clear_error(connection: &mut Connection, id: JobId) -> Result<(), StoreError> {
    sqlx::query("UPDATE jobs SET error_code = NULL, error_message = NULL, error_action = NULL WHERE id = $1")
        .bind(id.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

/// How long the rest will take, as the worker measures it.
pub async fn set_eta(
    connection: &mut Connection,
    id: JobId,
    eta_seconds: Option<i64>,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE jobs SET eta_seconds = $2 WHERE id = $1")
        .bind(id.to_string())
        .bind(eta_seconds)
        .execute(connection)
        .await?;
    Ok(())
}

/// The values shared by all labels of a job, as JSON.
pub async fn shared_data(connection: &mut Connection, id: JobId) -> Result<String, StoreError> {
    Ok(sqlx::query_scalar("SELECT data FROM jobs WHERE id = $1")
        .bind(id.to_string())
        .fetch_one(connection)
        .await?)
}
