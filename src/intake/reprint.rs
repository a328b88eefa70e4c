//! A reprint: labels that are printed already, once more, as a job of its own that names the first one and a reason.

use super::accept::Intake;
use super::body_digest::body_digest;
use super::submission::field;
use super::wishes::label_ranges;
use crate::domain::{Code, Job, JobId, JobType, LabelRanges, Reprint};
use crate::refusal::Refusal;
use crate::render::{Template, TemplateFiles};
use crate::request_body::Body;
use crate::store::jobs::NewJob;
use crate::store::{Connection, jobs, labels, reprints, templates};
use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

const MAX_REASON_CHARACTERS: usize = 500;
const MAX_NAME_CHARACTERS: usize = 200;

/// Which labels once more, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReprintRequest {
    /// The caller's own key: sending it again never prints again.
    #[schema(value_type = Option<String>)]
    pub uuid: Option<Uuid>,
    /// Label numbers and ranges, e.g. `3,7-12`; every printed label where absent.
    #[schema(example = "3,7-12")]
    pub labels: Option<String>,
    /// Kept with the job: why the labels are wanted once more.
    pub reason: String,
    /// A small REPRINT on each label. Everything else is byte for byte as it was.
    #[serde(default)]
    pub mark: bool,
    /// Another printer; the one of the first job where absent.
    pub printer: Option<String>,
    /// 0 to 9, higher first; that of the first job where absent.
    pub priority: Option<i64>,
    pub submitted_by: Option<String>,
}

/// `POST /api/jobs/{id}/reprint`
#[utoipa::path(post, path = "/api/jobs/{id}/reprint", tag = "jobs", request_body = ReprintRequest, responses(
    (status = 202, description = "A new job of type `reprint`, linked by `reprint_of`; the labels keep their numbers"),
    (status = 200, description = "The same uuid and body again: that job as it is now"),
    (status = 403, description = "forbidden: the key lacks the scope `reprint`"), (status = 404, description = "not_found"),
    (status = 409, description = "not_printed: a label that never came out is for `retry`; uuid_conflict"),
    (status = 422, description = "invalid_field, unknown_printer, template_does_not_fit"),
), security(("key" = [])))]
pub async fn reprint(
    intake: Data<Intake>,
    id: Path<String>,
    Body(body): Body,
) -> Result<HttpResponse, Refusal> {
    let malformed = |error: serde_json::Error| {
        Refusal::new(Code::MalformedBody, format!("The body is not a reprint: {error}."))
    };
    let value: Value = serde_json::from_slice(&body).map_err(malformed)?;
    let (job, is_new) = intake.reprint(&id, value).await?;
    let mut response = if is_new { HttpResponse::Accepted() } else { HttpResponse::Ok() };
    Ok(response.insert_header(("Location", format!("/api/jobs/{}", job.id))).json(job.to_json()))
}

impl Intake {
    pub(super) async fn reprint(&self, id: &str, body: Value) -> Result<(Job, bool), Refusal> {
        let original: Uuid = id.parse().map_err(|_| Refusal::not_found(format!("job `{id}`")))?;
        let found = jobs::find(&mut *self.store.read().await?, original).await?;
        let original = found.ok_or_else(|| Refusal::not_found(format!("job `{id}`")))?;
        let whole = json!({"reprint_of": original.id, "body": body});
        let body_digest = body_digest(whole.to_string().as_bytes())?;
        let request: ReprintRequest = serde_json::from_value(body).map_err(|error| {
            Refusal::new(Code::MalformedBody, format!("The body is not a reprint: {error}."))
        })?;
        check(&request)?;
        let uuid = request.uuid.unwrap_or_else(Uuid::now_v7);
        let now = self.clock.now();
        let mut writing = self.store.write().await?;
        match jobs::body_digest(&mut writing, uuid).await? {
            Some(known) if known == body_digest => {
                let known = jobs::find(&mut writing, uuid).await?;
                return known.map(|known| (known, false)).ok_or_else(|| Refusal::not_found("reprint"));
            }
            Some(_) => {
                let detail = format!("The uuid {uuid} belongs to a job with another content.");
                return Err(Refusal::new(Code::UuidConflict, detail));
            }
            None => {}
        }
        let chosen = chosen_labels(&mut writing, &original, request.labels.as_deref()).await?;
        let printer = request.printer.clone().unwrap_or_else(|| original.printer.clone());
        self.check_printer(&mut writing, &original, &printer).await?;
        let id = JobId(Uuid::now_v7());
        let data = jobs::shared_data(&mut writing, original.id).await?;
        let contents = reprints::contents(&mut writing, original.id, &chosen).await?;
        let job = new_job(id, uuid, body_digest, &original, &chosen, printer, data, request);
        jobs::insert(&mut writing, &job, now).await?;
        labels::insert_contents(&mut writing, id, &contents).await?;
        let job = jobs::announce(&mut writing, id, now).await?;
        writing.commit().await?;
        self.progress.recorded();
        self.progress.wake_printer(&job.printer);
        tracing::info!(job.id = %id, job.reprint_of = %original.id, printer.name = %job.printer,
            quantity = job.quantity, "reprint accepted");
        Ok((job, true))
    }

    /// The printer is known, and the labels fit it.
    async fn check_printer(
        &self,
        connection: &mut Connection,
        original: &Job,
        printer: &str,
    ) -> Result<(), Refusal> {
        if !self.printers.iter().any(|known| known.name == printer) {
            return Err(Refusal::new(
                Code::UnknownPrinter,
                format!("There is no printer named `{printer}`."),
            ));
        }
        let Some(version) = &original.template_version else { return Ok(()) };
        let damaged =
            || Refusal::new(Code::InternalError, "The job's own template is not readable any more.");
        let kept = templates::find(connection, version).await?.ok_or_else(damaged)?;
        let template = TemplateFiles::from_json(&kept.files)
            .and_then(|files| Template::from_files(&kept.name, files))
            .map_err(|_| damaged())?;
        self.resolution(&template, printer).map(|_| ())
    }
}

fn check(request: &ReprintRequest) -> Result<(), Refusal> {
    let length = request.reason.chars().count();
    if request.reason.trim().is_empty() {
        return Err(field("reason", "is empty", "Say why the labels are wanted once more."));
    }
    if length > MAX_REASON_CHARACTERS {
        let wrong = format!("has {length} characters");
        return Err(field("reason", &wrong, &format!("Shorten it to {MAX_REASON_CHARACTERS}.")));
    }
    if request.submitted_by.as_ref().is_some_and(|name| name.chars().count() > MAX_NAME_CHARACTERS) {
        let wrong = format!("is longer than {MAX_NAME_CHARACTERS} characters");
        return Err(field("submitted_by", &wrong, "Shorten it."));
    }
    let texts = [("reason", Some(&request.reason)), ("submitted_by", request.submitted_by.as_ref())];
    for (name, text) in texts {
        // One of the databases could not keep it.
        if text.is_some_and(|text| text.contains('\0')) {
            return Err(field(name, "holds the character U+0000", "Remove it."));
        }
    }
    match request.priority {
        Some(priority) if !(0..=9).contains(&priority) => {
            Err(field("priority", &format!("is {priority}"), "Give 0 to 9; higher goes first."))
        }
        _ => Ok(()),
    }
}

/// The labels asked for, all of which have come out once, as far as anybody knows.
async fn chosen_labels(
    connection: &mut Connection,
    original: &Job,
    text: Option<&str>,
) -> Result<LabelRanges, Refusal> {
    let chosen = match text {
        Some(text) => label_ranges(text, original.quantity)?,
        None => reprints::printed(connection, original.id).await?,
    };
    if chosen.count() == 0 {
        return Err(Refusal::new(Code::NotPrinted, "No label of the job is printed yet."));
    }
    let missing = reprints::never_printed(connection, original.id, &chosen).await?;
    if missing.count() == 0 {
        return Ok(chosen);
    }
    let action = match original.status.is_terminal() {
        true => "Retry the job: that prints what is missing. Reprint only what is printed.",
        false => "Wait until they are printed.",
    };
    let list = missing.to_string();
    let shown: String = list.chars().take(60).collect();
    let more = if shown.len() < list.len() { "…" } else { "" };
    Err(Refusal::with_action(
        Code::NotPrinted,
        format!("These labels of the job were never printed: {shown}{more}."),
        action,
    ))
}

#[expect(clippy::too_many_arguments, reason = "a job has many parts")]
fn new_job(
    id: JobId,
    uuid: Uuid,
    body_digest: String,
    original: &Job,
    chosen: &LabelRanges,
    printer: String,
    data: String,
    request: ReprintRequest,
) -> NewJob {
    // A reprint of a reprint shows what stood on the very first paper.
    let (shown, shown_count) = match &original.reprint {
        Some(earlier) => {
            (chosen.iter().filter_map(|label| earlier.shown.at(label)).collect(), earlier.shown_count)
        }
        None => (chosen.clone(), original.quantity),
    };
    NewJob {
        id,
        uuid,
        body_digest,
        quantity: chosen.count(),
        printer,
        template: original.template.clone(),
        template_version: original.template_version.clone(),
        job_type: JobType::Reprint,
        priority: request.priority.unwrap_or(original.priority),
        submitted_by: request.submitted_by,
        mo: original.mo.clone(),
        data,
        expires_at: None,
        unconfirmed_policy: original.unconfirmed_policy,
        reprint: Some(Reprint {
            of: original.id,
            shown,
            shown_count,
            reason: request.reason.trim().to_owned(),
            marked: request.mark,
        }),
    }
}
