//! One transaction: uuid, job, labels, first event. A repeat gets the job as it is now.

use super::caller::Caller;
use super::label_check::{Checked, check_each, check_ready};
use super::submission::{Content, Submission};
use crate::catalogue::LiveCatalogue;
use crate::clock::Clock;
use crate::domain::{Code, Job, JobId, JobType, Scope, Scopes, UnconfirmedPolicy};
use crate::progress::Progress;
use crate::refusal::Refusal;
use crate::render::Template;
use crate::render::lint::Finding;
use crate::request_body::Body;
use crate::store::jobs::NewJob;
use crate::store::templates::KeptTemplate;
use crate::store::{Store, jobs, labels, templates};
use actix_web::HttpResponse;
use actix_web::web::{Bytes, Data, Query, ReqData};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;
use utoipa::IntoParams;
use uuid::Uuid;

/// A printer that jobs may name.
#[derive(Debug, Clone, PartialEq)]
pub struct IntakePrinter {
    pub name: String,
    pub pools: Vec<String>,
    /// Dots per millimetre, where the configuration says so.
    pub dpmm: Option<u32>,
    /// Width and height of its labels in millimetres, where the configuration says so.
    pub label_mm: Option<[f64; 2]>,
    /// What becomes of labels in doubt, where a job does not say.
    pub unconfirmed_policy: UnconfirmedPolicy,
}

/// What intake works with.
#[derive(Debug, Clone)]
pub struct Intake {
    pub store: Store,
    pub progress: Progress,
    pub clock: Clock,
    pub catalogue: LiveCatalogue,
    pub printers: Arc<Vec<IntakePrinter>>,
}

/// What a submission may say beside its body.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct SubmitQuery {
    /// `true`: check everything and store nothing.
    pub dry_run: Option<bool>,
}

/// `POST /api/jobs`
#[utoipa::path(post, path = "/api/jobs", tag = "jobs", params(SubmitQuery), request_body = super::JobRequest, responses(
    (status = 202, description = "Accepted: the job is durable and waits for its printer. `warning` where the printer is not well, with a `suggested_printer` of the same pool; `findings` where the labels are not as good as they should be; `warnings` where ready ZPL was changed, one sentence each"),
    (status = 200, description = "The same uuid and body again: the job as it is now. With `dry_run=true`: what would become of it – `quantity`, `printer`, `warning`, `warnings`, `findings` – and nothing is stored"),
    (status = 400, description = "malformed_body"), (status = 401, description = "unauthorized"),
    (status = 409, description = "uuid_conflict: this uuid belongs to another content"),
    (status = 413, description = "payload_too_large"),
    (status = 422, description = "invalid_field, unknown_template, unknown_printer, too_many_labels, invalid_zpl"),
    (status = 503, description = "storage_busy, storage_read_only, storage_missing, storage_failing, storage_damaged"),
    (status = 507, description = "storage_full"),
), security(("key" = [])))]
pub async fn submit(
    intake: Data<Intake>,
    query: Query<SubmitQuery>,
    caller: ReqData<Caller>,
    Body(body): Body,
) -> Result<HttpResponse, Refusal> {
    if query.dry_run == Some(true) {
        return Ok(HttpResponse::Ok().json(intake.try_out(body).await?));
    }
    let accepted = intake.accept_and_tell(body, &caller.scopes).await?;
    let Accepted { job, is_new, findings, notes } = accepted;
    let mut response = if is_new { HttpResponse::Accepted() } else { HttpResponse::Ok() };
    let mut answer = job.to_json();
    if !findings.is_empty() {
        answer["findings"] = json!(findings);
    }
    if !job.status.is_terminal()
        && let Some(warning) = intake.warning(&job.printer).await
    {
        answer["warning"] = warning;
    }
    if !notes.is_empty() {
        answer["warnings"] = json!(notes);
    }
    Ok(response.insert_header(("Location", format!("/api/jobs/{}", job.id))).json(answer))
}

/// What became of a body.
struct Accepted {
    job: Job,
    is_new: bool,
    /// What is not good about its labels; nothing where the job was known.
    findings: Vec<Finding>,
    /// What was changed in ready ZPL, one sentence each.
    notes: Vec<String>,
}

impl Intake {
    /// Makes the body a durable job, or refuses it. Answers the job and whether it is new.
    pub async fn accept(&self, body: Bytes) -> Result<(Job, bool), Refusal> {
        let accepted = self.accept_and_tell(body, &Scopes::all()).await?;
        Ok((accepted.job, accepted.is_new))
    }

    /// For whoever has these rights and no more.
    async fn accept_and_tell(&self, body: Bytes, scopes: &Scopes) -> Result<Accepted, Refusal> {
        // The body goes as soon as it is understood: a long one is large.
        let mut submission = off_the_reactor(move || Submission::parse(&body)).await?;
        let notes = std::mem::take(&mut submission.notes);
        if submission.job_type == JobType::Reprint && !scopes.allow(Scope::Reprint) {
            return Err(Refusal::with_action(
                Code::Forbidden,
                "The key does not have the scope `reprint` that a job of the type `reprint` needs.",
                "Use a key that has it, or another `job_type`.",
            ));
        }
        let uuid = submission.uuid.unwrap_or_else(Uuid::now_v7);
        if let Some(known) = self.repeat_of(uuid, &submission.body_digest).await? {
            return Ok(Accepted { job: known, is_new: false, findings: Vec::new(), notes });
        }
        let printer = self.printer_for(&submission).await?;
        let (Checked { submission, findings }, template) = self.check_labels(submission, &printer).await?;
        let (job, is_new) = self.store_job(uuid, submission, template, printer).await?;
        Ok(Accepted { job, is_new, findings, notes })
    }

    /// Every check of [`Self::accept`], and nothing is stored: what would become of the body, or the refusal.
    async fn try_out(&self, body: Bytes) -> Result<Value, Refusal> {
        let mut submission = off_the_reactor(move || Submission::parse(&body)).await?;
        let notes = std::mem::take(&mut submission.notes);
        if let Some(uuid) = submission.uuid {
            self.repeat_of(uuid, &submission.body_digest).await?;
        }
        let printer = self.printer_for(&submission).await?;
        let (Checked { submission, findings }, _) = self.check_labels(submission, &printer).await?;
        let warning = self.warning(&printer).await;
        Ok(json!({
            "dry_run": true, "quantity": submission.content.quantity(), "printer": printer,
            "warning": warning, "warnings": notes, "findings": findings,
        }))
    }

    /// The job a uuid was accepted for, if its body was the same.
    async fn repeat_of(&self, uuid: Uuid, body_digest: &str) -> Result<Option<Job>, Refusal> {
        let mut connection = self.store.read().await?;
        match jobs::body_digest(&mut connection, uuid).await? {
            None => Ok(None),
            Some(known) if known == body_digest => Ok(jobs::find(&mut connection, uuid).await?),
            Some(_) => Err(Refusal::new(
                Code::UuidConflict,
                format!("The uuid {uuid} belongs to a job with another content."),
            )),
        }
    }

    /// Every label is tried before the first is accepted.
    async fn check_labels(
        &self,
        submission: Submission,
        printer: &str,
    ) -> Result<(Checked, Option<Arc<Template>>), Refusal> {
        let press = self.press(printer);
        let Content::Template { name, .. } = &submission.content else {
            return off_the_reactor(move || check_ready(press, submission))
                .await
                .map(|checked| (checked, None));
        };
        let template = self.template(name)?;
        let dpmm = self.resolution(&template, printer)?;
        let checked = Arc::clone(&template);
        off_the_reactor(move || check_each(&checked, dpmm, press, submission))
            .await
            .map(|checked| (checked, Some(template)))
    }

    fn policy_of(&self, printer: &str) -> UnconfirmedPolicy {
        let known = self.printers.iter().find(|known| known.name == printer);
        known.map(|known| known.unconfirmed_policy).unwrap_or_default()
    }

    async fn store_job(
        &self,
        uuid: Uuid,
        submission: Submission,
        template: Option<Arc<Template>>,
        printer: String,
    ) -> Result<(Job, bool), Refusal> {
        let now = self.clock.now();
        let id = JobId(Uuid::now_v7());
        let policy = submission.unconfirmed_policy.unwrap_or_else(|| self.policy_of(&printer));
        let job = new_job(id, uuid, &submission, template.as_deref(), &printer, policy);
        let mut writing = self.store.write().await?;
        // Another request with the same uuid may have come first since we looked.
        if jobs::body_digest(&mut writing, uuid).await?.is_some() {
            drop(writing);
            return match self.repeat_of(uuid, &submission.body_digest).await? {
                Some(known) => Ok((known, false)),
                None => Err(Refusal::new(Code::InternalError, "The job vanished while it was accepted.")),
            };
        }
        if let Some(template) = &template {
            let kept = KeptTemplate { name: template.name().to_owned(), files: template.files().to_json() };
            templates::keep(&mut writing, template.version(), &kept, now).await?;
        }
        jobs::insert(&mut writing, &job, now).await?;
        let (Content::Template { labels, .. } | Content::ReadyZpl { labels }) = &submission.content;
        labels::insert_contents(&mut writing, id, labels).await?;
        let job = jobs::announce(&mut writing, id, now).await?;
        writing.commit().await?;
        self.progress.recorded();
        self.progress.wake_printer(&printer);
        tracing::info!(job.id = %id, job.uuid = %uuid, printer.name = %printer, quantity = job.quantity, "job accepted");
        Ok((job, true))
    }
}

fn new_job(
    id: JobId,
    uuid: Uuid,
    submission: &Submission,
    template: Option<&Template>,
    printer: &str,
    unconfirmed_policy: UnconfirmedPolicy,
) -> NewJob {
    NewJob {
        id,
        uuid,
        body_digest: submission.body_digest.clone(),
        quantity: submission.content.quantity(),
        printer: printer.to_owned(),
        template: template.map(|template| template.name().to_owned()),
        template_version: template.map(|template| template.version().to_owned()),
        job_type: submission.job_type,
        priority: submission.priority,
        submitted_by: submission.submitted_by.clone(),
        mo: submission.mo.clone(),
        data: Value::Object(submission.data.clone()).to_string(),
        expires_at: submission.expires_at,
        unconfirmed_policy,
        reprint: None,
    }
}

/// Parsing and checking a large job takes its time; other requests go on meanwhile.
pub(super) async fn off_the_reactor<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|_| Err(Refusal::new(Code::InternalError, "The job could not be checked.")))
}
