//! The labels of one job: what became of each, what proves it, and every attempt that left it in doubt.

use super::Views;
use super::queries::wrong;
use crate::domain::{Job, JobStatus, LabelOutcome};
use crate::label_source::LabelSource;
use crate::refusal::Refusal;
use crate::store::doubts::{self, Doubt};
use crate::store::{StoreError, labels};
use actix_web::HttpResponse;
use actix_web::web::{Data, Path, Query};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::IntoParams;

const LARGEST_LABEL_PAGE: i64 = 5_000;

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LabelQuery {
    /// The last label number of the page before.
    #[serde(default)]
    after: i64,
    /// 1 to 5000; 1000 where absent.
    limit: Option<i64>,
}

/// `GET /api/jobs/{id}/labels`
#[utoipa::path(get, path = "/api/jobs/{id}/labels", tag = "jobs", params(LabelQuery), responses(
    (status = 200, description = "`labels` with outcome and evidence, and `next_after` where there are more; `doubts` where an attempt left the label unconfirmed, with what settled it"),
    (status = 404, description = "not_found"),
), security(("key" = [])))]
pub async fn job_labels(
    views: Data<Views>,
    id: Path<String>,
    query: Query<LabelQuery>,
) -> Result<HttpResponse, Refusal> {
    Ok(HttpResponse::Ok().json(labels_of(&views, &id, &query).await?))
}

/// A page of a job's labels.
pub(super) async fn labels_of(views: &Views, id: &str, query: &LabelQuery) -> Result<Value, Refusal> {
    let limit = query.limit.unwrap_or(1_000);
    if !(1..=LARGEST_LABEL_PAGE).contains(&limit) {
        return Err(wrong("limit", &limit.to_string()));
    }
    let job = views.find(id).await?;
    let mut source = LabelSource::open(&views.store, &job, None).await?;
    let mut connection = views.store.read().await?;
    let rows = labels::recorded(&mut connection, job.id, query.after, limit).await?;
    let sent_through = labels::sent_through(&mut connection, job.id).await?;
    let last = (query.after.max(0) + limit).min(job.quantity);
    let mut doubts = doubts::between(&mut connection, job.id, (query.after.max(0) + 1, last)).await?;
    drop(connection);
    let mut rows = rows.into_iter().peekable();
    let mut page = Vec::new();
    for index in query.after.max(0) + 1..=last {
        let of_label: Vec<Doubt> = doubts.extract_if(.., |doubt| doubt.label_index == index).collect();
        let mut label = match rows.next_if(|row| row.label_index == index) {
            Some(row) => json!({
                "label": index, "outcome": row.outcome, "evidence": row.evidence, "serial": row.serial,
                "printer": row.printer, "attempt": row.attempt, "recorded_at": row.recorded_at()?,
            }),
            None => json!({
                "label": index, "outcome": outcome_without_row(&job, index, sent_through).as_str(), "evidence": "none",
                "serial": source.serial(&views.store, index).await?, "printer": job.printer, "attempt": null,
                "recorded_at": null,
            }),
        };
        if !of_label.is_empty() {
            label["doubts"] = of_label.iter().map(doubt_json).collect::<Result<Value, StoreError>>()?;
        }
        page.push(label);
    }
    let next = (last < job.quantity).then_some(last);
    Ok(json!({"labels": page, "next_after": next}))
}

fn doubt_json(doubt: &Doubt) -> Result<Value, StoreError> {
    Ok(json!({
        "attempt": doubt.attempt, "printer": doubt.printer, "recorded_at": doubt.recorded_at()?,
        "settled_as": doubt.settled_as, "settled_by": doubt.settled_by, "settled_at": doubt.settled_at()?,
    }))
}

/// Labels without a recorded outcome: still to come, on their way, or withdrawn with their job.
fn outcome_without_row(job: &Job, index: i64, sent: Option<(i64, i64)>) -> LabelOutcome {
    match (job.status, sent) {
        (JobStatus::Cancelled, _) => LabelOutcome::Cancelled,
        (_, Some((first, through))) if (first..=through).contains(&index) => LabelOutcome::Sent,
        _ => LabelOutcome::Pending,
    }
}
