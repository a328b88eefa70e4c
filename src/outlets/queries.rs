//! Answers about jobs and printers.

use crate::catalogue::LiveCatalogue;
use crate::domain::{Code, Job, JobStatus};
use crate::progress::Progress;
use crate::refusal::Refusal;
use crate::render::preview::Painter;
use crate::request_body::Body;
use crate::store::job_lists::JobFilter;
use crate::store::reprints::{self, ListedReprint};
use crate::store::{Store, StoreError, job_lists, jobs as stored_jobs, pauses, printers as stored_printers};
use actix_web::HttpResponse;
use actix_web::web::{Data, Path, Query};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// What the reading side works with.
#[derive(Debug, Clone)]
pub struct Views {
    pub store: Store,
    pub progress: Progress,
    pub catalogue: LiveCatalogue,
    pub painter: Painter,
    /// Dots per millimetre of the printers whose configuration says so.
    pub resolutions: Arc<BTreeMap<String, u32>>,
}

const DEFAULT_PAGE: i64 = 50;
const LARGEST_PAGE: i64 = 500;
const STATUS_IDS_LIMIT: usize = 1_000;

/// Filters shared by the list of jobs and the CSV.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct JobQuery {
    /// `queued`, `printing`, `completed`, `completed_with_errors`, `failed` or `cancelled`.
    pub status: Option<String>,
    pub printer: Option<String>,
    /// Name of the manufacturing order.
    pub mo: Option<String>,
    /// Part of the order, template, printer, submitter or uuid, or a whole serial that was printed.
    pub q: Option<String>,
    /// RFC 3339, inclusive.
    pub from: Option<String>,
    /// RFC 3339, exclusive.
    pub to: Option<String>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// 1 to 500; 50 where absent.
    pub limit: Option<i64>,
    /// CSV only: `labels` for a row for every outcome recorded of a label.
    pub detail: Option<String>,
}

impl JobQuery {
    /// The filter, or what is wrong with it.
    pub(super) fn filter(&self) -> Result<JobFilter, Refusal> {
        let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let status = match given(&self.status) {
            None => None,
            Some(word) => Some(JobStatus::parse(&word).ok_or_else(|| wrong("status", &word))?),
        };
        for (name, text) in [("printer", &self.printer), ("mo", &self.mo), ("q", &self.q)] {
            if let Some(text) = text.as_ref().filter(|text| text.contains('\0')) {
                return Err(wrong(name, text));
            }
        }
        Ok(JobFilter {
            status,
            printer: given(&self.printer),
            mo: given(&self.mo),
            text: given(&self.q),
            from: time("from", given(&self.from))?,
            to: time("to", given(&self.to))?,
        })
    }
}

fn time(name: &str, text: Option<String>) -> Result<Option<Timestamp>, Refusal> {
    text.map(|text| text.parse().map_err(|_| wrong(name, &text))).transpose()
}

pub(super) fn wrong(name: &str, text: &str) -> Refusal {
    let shown: String = text.chars().take(60).collect();
    Refusal::with_action(Code::InvalidField, format!("`{name}` is `{shown}`."), "Compare it with /docs.")
}

fn parse_id(id: &str) -> Result<Uuid, Refusal> {
    id.parse().map_err(|_| Refusal::not_found(format!("job `{}`", id.chars().take(60).collect::<String>())))
}

impl Views {
    pub(super) async fn find(&self, id: &str) -> Result<Job, Refusal> {
        let uuid = parse_id(id)?;
        let found = stored_jobs::find(&mut *self.store.read().await?, uuid).await?;
        found.ok_or_else(|| Refusal::not_found(format!("job `{id}`")))
    }
}

/// `GET /api/jobs`
#[utoipa::path(get, path = "/api/jobs", tag = "jobs", params(JobQuery), responses(
    (status = 200, description = "`jobs`, newest first, and `next_cursor` where there are more"),
    (status = 422, description = "invalid_field"),
), security(("key" = [])))]
pub async fn jobs(views: Data<Views>, query: Query<JobQuery>) -> Result<HttpResponse, Refusal> {
    let limit = query.limit.unwrap_or(DEFAULT_PAGE);
    if !(1..=LARGEST_PAGE).contains(&limit) {
        return Err(wrong("limit", &limit.to_string()));
    }
    let cursor = query
        .cursor
        .as_deref()
        .filter(|cursor| !cursor.is_empty())
        .map(|cursor| cursor.parse().map(crate::domain::JobId).map_err(|_| wrong("cursor", cursor)))
        .transpose()?;
    let page = job_lists::page(&mut *views.store.read().await?, &query.filter()?, cursor, limit).await?;
    let next = (page.len() as i64 == limit).then(|| page.last().map(|job| job.id)).flatten();
    let page: Vec<Value> = page.iter().map(Job::to_json).collect();
    Ok(HttpResponse::Ok().json(json!({"jobs": page, "next_cursor": next})))
}

/// `GET /api/jobs/{id}`
#[utoipa::path(get, path = "/api/jobs/{id}", tag = "jobs", responses(
    (status = 200, description = "The job, with `reprints` of it"), (status = 404, description = "not_found"),
), security(("key" = [])))]
pub async fn job(views: Data<Views>, id: Path<String>) -> Result<HttpResponse, Refusal> {
    let job = views.find(&id).await?;
    let reprints = reprints::of_job(&mut *views.store.read().await?, job.id).await?;
    let mut answer = job.to_json();
    answer["reprints"] = reprints.iter().map(reprint_json).collect::<Result<Value, StoreError>>()?;
    Ok(HttpResponse::Ok().json(answer))
}

fn reprint_json(reprint: &ListedReprint) -> Result<Value, StoreError> {
    Ok(json!({
        "job_id": reprint.id, "status": reprint.status, "labels": reprint.shown, "reason": reprint.reason,
        "created_at": reprint.created_at()?,
    }))
}

/// `GET /api/status/{id}`
#[utoipa::path(get, path = "/api/status/{id}", tag = "jobs", responses(
    (status = 200, description = "The small status object"), (status = 404, description = "not_found"),
), security(("key" = [])))]
pub async fn job_status(views: Data<Views>, id: Path<String>) -> Result<HttpResponse, Refusal> {
    Ok(HttpResponse::Ok().json(views.find(&id).await?.to_status()))
}

/// Many jobs at once.
#[derive(Debug, Deserialize, ToSchema)]
pub struct StatusRequest {
    /// Service ids or callers' uuids, at most 1000.
    pub ids: Vec<String>,
}

/// `POST /api/status`
#[utoipa::path(post, path = "/api/status", tag = "jobs", request_body = StatusRequest, responses(
    (status = 200, description = "`jobs`: the status objects found; `unknown`: the ids that are not here"),
    (status = 422, description = "invalid_field: too many ids"),
), security(("key" = [])))]
pub async fn job_statuses(views: Data<Views>, Body(body): Body) -> Result<HttpResponse, Refusal> {
    let request: StatusRequest = serde_json::from_slice(&body).map_err(|error| {
        Refusal::new(Code::MalformedBody, format!("The body is not a list of ids: {error}."))
    })?;
    if request.ids.len() > STATUS_IDS_LIMIT {
        return Err(Refusal::with_action(
            Code::InvalidField,
            format!("`ids` holds {} ids.", request.ids.len()),
            format!("Ask for at most {STATUS_IDS_LIMIT} at once."),
        ));
    }
    let ids: Vec<Uuid> = request.ids.iter().filter_map(|id| id.parse().ok()).collect();
    let found = stored_jobs::find_many(&mut *views.store.read().await?, &ids).await?;
    let is_found = |id: &String| {
        id.parse().is_ok_and(|id: Uuid| found.iter().any(|job| job.id.0 == id || job.uuid == id))
    };
    let unknown: Vec<&String> = request.ids.iter().filter(|id| !is_found(id)).collect();
    let jobs: Vec<Value> = found.iter().map(Job::to_status).collect();
    Ok(HttpResponse::Ok().json(json!({"jobs": jobs, "unknown": unknown})))
}

/// `GET /api/printers`
#[utoipa::path(get, path = "/api/printers", tag = "printers", responses(
    (status = 200, description = "`printers` with state, fault and advice, odometer, queue, and what each can prove \
        (`proves`); `everything_paused`"),
), security(("key" = [])))]
pub async fn printers(views: Data<Views>) -> Result<HttpResponse, Refusal> {
    let mut connection = views.store.read().await?;
    let all = stored_printers::all(&mut connection).await?;
    let everything_paused = pauses::is_everything_paused(&mut connection).await?;
    let all: Vec<Value> = all.iter().map(|printer| printer.to_json()).collect();
    Ok(HttpResponse::Ok().json(json!({"printers": all, "everything_paused": everything_paused})))
}

/// `GET /api/printers/{name}`
#[utoipa::path(get, path = "/api/printers/{name}", tag = "printers", responses(
    (status = 200, description = "The printer, with `proves`: its level, one plain sentence, and what it was found to answer"), (status = 404, description = "not_found"),
), security(("key" = [])))]
pub async fn printer(views: Data<Views>, name: Path<String>) -> Result<HttpResponse, Refusal> {
    let found = stored_printers::find(&mut *views.store.read().await?, &name).await?;
    let found = found.ok_or_else(|| Refusal::not_found(format!("printer named `{name}`")))?;
    Ok(HttpResponse::Ok().json(found.to_json()))
}
