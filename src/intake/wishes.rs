//! What a person wants of a job (cancel, retry, an answer) or a printer: made durable here, heeded by the printer's worker.

use super::accept::Intake;
use crate::domain::{Code, Job, JobStatus, LabelIndex, LabelRanges};
use crate::refusal::Refusal;
use crate::request_body::Body;
use crate::store::doubts::{self, Settled};
use crate::store::{Writing, jobs, labels, printers, runs, wishes};
use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use serde::Deserialize;
use serde_json::json;
use std::collections::HashSet;
use std::time::Duration;
use utoipa::ToSchema;
use uuid::Uuid;

/// How long `cancel` waits for the labels that are in the printer already.
const CANCEL_ANSWERS_WITHIN: Duration = Duration::from_secs(5);
/// Longest list of label numbers: some thousand ranges.
const MAX_RANGES_CHARACTERS: usize = 20_000;
const PROBE_ANSWERS_WITHIN: Duration = Duration::from_secs(1);

/// How a job is withdrawn.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Withdrawal {
    /// Do not wait for labels that are in a printer which does not answer or stands: they become unconfirmed.
    pub abandon: bool,
}

/// `POST /api/jobs/{id}/cancel`
#[utoipa::path(post, path = "/api/jobs/{id}/cancel", tag = "jobs", request_body = Option<Withdrawal>, responses(
    (status = 200, description = "The job. `stopped_after`: the last label printed; `unconfirmed`; `not_printed`: how many never came out. While `in_printer` labels are still on their way it is `printing` and `cancelling`"),
    (status = 404, description = "not_found"), (status = 409, description = "job_ended"),
), security(("key" = [])))]
pub async fn cancel(
    intake: Data<Intake>,
    id: Path<String>,
    Body(body): Body,
) -> Result<HttpResponse, Refusal> {
    let mut events = intake.progress.subscribe();
    let mut writing = intake.store.write().await?;
    let job = intake.withdraw(&mut writing, &id, &body).await?;
    intake.commit(writing, &job.printer).await?;
    let stopped = async {
        loop {
            let now = jobs::find(&mut *intake.store.read().await?, job.id.0).await?;
            match now {
                Some(now) if !now.status.is_terminal() => {}
                other => return Ok::<_, Refusal>(other),
            }
            if events.changed().await.is_err() {
                return Ok(None);
            }
        }
    };
    let job = match tokio::time::timeout(CANCEL_ANSWERS_WITHIN, stopped).await {
        Ok(stopped) => stopped?.unwrap_or(job),
        Err(_) => jobs::find(&mut *intake.store.read().await?, job.id.0).await?.unwrap_or(job),
    };
    let mut answer = job.to_json();
    if !job.status.is_terminal() {
        let sent = labels::sent_through(&mut *intake.store.read().await?, job.id).await?;
        answer["stopped_after"] = json!(job.printed);
        answer["in_printer"] = json!(sent.map_or(0, |(first, last)| last - first + 1));
    }
    Ok(HttpResponse::Ok().json(answer))
}

/// `POST /api/jobs/{id}/retry`
#[utoipa::path(post, path = "/api/jobs/{id}/retry", tag = "jobs", responses(
    (status = 200, description = "The job, queued again for the `missing` labels that are proved not printed; never for unconfirmed ones"),
    (status = 404, description = "not_found"), (status = 409, description = "nothing_missing, or illegal_transition: it is under way"),
), security(("key" = [])))]
pub async fn retry(intake: Data<Intake>, id: Path<String>) -> Result<HttpResponse, Refusal> {
    let mut writing = intake.store.write().await?;
    let (job, missing) = intake.retry(&mut writing, &id).await?;
    intake.commit(writing, &job.printer).await?;
    let mut answer = job.to_json();
    answer["missing"] = json!(missing);
    Ok(HttpResponse::Ok().json(answer))
}

/// A person's answer about unconfirmed labels.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Resolution {
    /// Label numbers and ranges, e.g. `58` or `3,7-12`.
    #[schema(example = "58")]
    pub labels: String,
    /// True: they are there. False: they are not, print them again.
    pub printed: bool,
}

/// `POST /api/jobs/{id}/resolve`
#[utoipa::path(post, path = "/api/jobs/{id}/resolve", tag = "jobs", request_body = Resolution, responses(
    (status = 200, description = "The job; labels that are not printed are sent again, of a held job when the last label in doubt is answered"),
    (status = 404, description = "not_found"), (status = 422, description = "invalid_field: a label that is not unconfirmed"),
), security(("key" = [])))]
pub async fn resolve(
    intake: Data<Intake>,
    id: Path<String>,
    Body(body): Body,
) -> Result<HttpResponse, Refusal> {
    let mut writing = intake.store.write().await?;
    let job = intake.resolve(&mut writing, &id, &body).await?;
    intake.commit(writing, &job.printer).await?;
    Ok(HttpResponse::Ok().json(job.to_json()))
}

/// `POST /api/printers/{name}/test`
#[utoipa::path(post, path = "/api/printers/{name}/test", tag = "printers", responses(
    (status = 202, description = "A job of one label from the template `test`"), (status = 404, description = "not_found"),
), security(("key" = [])))]
pub async fn test_printer(intake: Data<Intake>, name: Path<String>) -> Result<HttpResponse, Refusal> {
    let job = intake.print_test(&name, None).await?;
    Ok(HttpResponse::Accepted().json(job.to_json()))
}

/// `POST /api/printers/{name}/probe`
#[utoipa::path(post, path = "/api/printers/{name}/probe", tag = "printers", responses(
    (status = 200, description = "The printer, asked again"), (status = 404, description = "not_found"),
), security(("key" = [])))]
pub async fn probe_printer(intake: Data<Intake>, name: Path<String>) -> Result<HttpResponse, Refusal> {
    intake.known_printer(&name)?;
    let before = printers::find(&mut *intake.store.read().await?, &name).await?;
    let mut events = intake.progress.subscribe();
    intake.progress.wake_printer(&name);
    // An unchanged printer records nothing: the wait is short.
    let _ = tokio::time::timeout(PROBE_ANSWERS_WITHIN, events.changed()).await;
    let after = printers::find(&mut *intake.store.read().await?, &name).await?;
    Ok(HttpResponse::Ok().json(after.or(before).map(|printer| printer.to_json())))
}

impl Intake {
    /// Keeps the wish to stop; the printer's worker heeds it when it is durable.
    pub(super) async fn withdraw(
        &self,
        writing: &mut Writing,
        id: &str,
        body: &[u8],
    ) -> Result<Job, Refusal> {
        let withdrawal: Withdrawal = optional(body, "withdrawal")?;
        let job = job_to_change(writing, id).await?;
        if job.status.is_terminal() {
            return Err(ended(&job, "cancelled"));
        }
        wishes::set_cancel_requested(writing, job.id, true).await?;
        if withdrawal.abandon {
            wishes::set_abandon_requested(writing, job.id).await?;
            self.end_run_left_behind(writing, &job).await?;
        }
        self.settle(writing, &job).await
    }

    /// Queues an ended job again; answers how many labels are missing.
    pub(super) async fn retry(&self, writing: &mut Writing, id: &str) -> Result<(Job, i64), Refusal> {
        let job = job_to_change(writing, id).await?;
        if !job.status.is_terminal() {
            let detail = format!("The job is {}; what is missing is still to come.", job.status.as_str());
            return Err(Refusal::new(Code::IllegalTransition, detail));
        }
        let missing = job.not_printed();
        if missing == 0 {
            return Err(nothing_missing(&job));
        }
        labels::release_given_up(writing, job.id, self.clock.now()).await?;
        wishes::clear_for_retry(writing, job.id).await?;
        jobs::change_status(writing, &job, JobStatus::Queued, self.clock.now()).await?;
        Ok((self.settle(writing, &job).await?, missing))
    }

    /// Takes a person's answer about labels in doubt.
    pub(super) async fn resolve(&self, writing: &mut Writing, id: &str, body: &[u8]) -> Result<Job, Refusal> {
        let resolution: Resolution = serde_json::from_slice(body).map_err(|error| {
            Refusal::new(Code::MalformedBody, format!("The body is not a resolution: {error}."))
        })?;
        let job = job_to_change(writing, id).await?;
        let chosen: Vec<LabelIndex> = label_ranges(&resolution.labels, job.quantity)?.iter().collect();
        let unconfirmed: HashSet<LabelIndex> = job.unconfirmed.iter().copied().collect();
        if let Some(settled) = chosen.iter().find(|label| !unconfirmed.contains(label)) {
            return Err(Refusal::with_action(
                Code::InvalidField,
                format!("Label {settled} of this job is not unconfirmed."),
                what_is_in_doubt(&job),
            ));
        }
        let now = self.clock.now();
        labels::resolve(writing, job.id, &chosen, resolution.printed, now).await?;
        let settled = if resolution.printed { Settled::Printed } else { Settled::NotPrinted };
        doubts::settle(writing, job.id, &chosen, (settled, "person"), now).await?;
        if chosen.len() == job.unconfirmed.len() {
            // The person has looked at all of it: what was held for the doubt goes on.
            wishes::set_held(writing, job.id, false).await?;
        }
        self.settle(writing, &job).await
    }

    /// A job of one test label; the same `uuid` again prints no second one.
    pub(super) async fn print_test(&self, name: &str, uuid: Option<&str>) -> Result<Job, Refusal> {
        self.known_printer(name)?;
        let body = json!({
            "uuid": uuid, "template": "test", "printer": name, "job_type": "test", "quantity": 1,
            "priority": 9, "data": {"printer": name},
        });
        self.accept(body.to_string().into()).await.map(|(job, _)| job)
    }

    pub(super) fn known_printer(&self, name: &str) -> Result<(), Refusal> {
        if self.printers.iter().any(|printer| printer.name == name) {
            return Ok(());
        }
        Err(no_printer(name))
    }

    /// Brings the job in line with what was wished, and tells of it.
    pub(super) async fn settle(&self, writing: &mut Writing, job: &Job) -> Result<Job, Refusal> {
        let now = self.clock.now();
        runs::balance(writing, job.id, now).await?;
        Ok(jobs::announce(writing, job.id, now).await?)
    }

    /// Makes a wish durable, and wakes the readers and the printer.
    pub(super) async fn commit(&self, writing: Writing, printer: &str) -> Result<(), Refusal> {
        writing.commit().await?;
        self.progress.recorded();
        self.progress.wake_printer(printer);
        Ok(())
    }
}

fn what_is_in_doubt(job: &Job) -> String {
    if job.unconfirmed.is_empty() {
        return "Read the job again: no label of it waits for an answer.".to_owned();
    }
    format!("Answer for these: {}.", LabelRanges::from_iter(job.unconfirmed.iter().copied()))
}

pub(super) async fn job_to_change(writing: &mut Writing, id: &str) -> Result<Job, Refusal> {
    let uuid: Uuid = id.parse().map_err(|_| Refusal::not_found(format!("job `{id}`")))?;
    jobs::find(writing, uuid).await?.ok_or_else(|| Refusal::not_found(format!("job `{id}`")))
}

pub(super) fn no_printer(name: &str) -> Refusal {
    Refusal::new(Code::NotFound, format!("There is no printer named `{name}`."))
}

pub(super) fn ended(job: &Job, wish: &str) -> Refusal {
    Refusal::new(
        Code::JobEnded,
        format!("The job is {} and cannot be {wish}.", job.status.as_str().replace('_', " ")),
    )
}

fn nothing_missing(job: &Job) -> Refusal {
    if job.unconfirmed.is_empty() {
        return Refusal::new(Code::NothingMissing, "Nothing is missing: every label is printed.");
    }
    let labels: LabelRanges = job.unconfirmed.iter().copied().collect();
    Refusal::with_action(
        Code::NothingMissing,
        format!("No label is proved missing; these are unconfirmed: {labels}."),
        "Look for them and answer printed or not printed; those that are not printed are printed again.",
    )
}

/// A body that may be left out.
fn optional<T: Default + serde::de::DeserializeOwned>(body: &[u8], what: &str) -> Result<T, Refusal> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(T::default());
    }
    serde_json::from_slice(body)
        .map_err(|error| Refusal::new(Code::MalformedBody, format!("The body is not a {what}: {error}.")))
}

/// Label numbers of `3,7-12`, each once, in order, all within the job.
pub fn label_ranges(text: &str, quantity: LabelIndex) -> Result<LabelRanges, Refusal> {
    let ranges = (text.len() <= MAX_RANGES_CHARACTERS).then(|| LabelRanges::parse(text, quantity)).flatten();
    ranges.ok_or_else(|| {
        Refusal::with_action(
            Code::InvalidField,
            format!("`labels` is `{}`.", text.chars().take(60).collect::<String>()),
            format!("Give numbers and ranges from 1 to {quantity}, such as 3,7-12."),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_labels_is_bounded_by_the_job_and_in_length() {
        assert_eq!(label_ranges("7-9,3", 20).unwrap().to_string(), "3,7-9");
        for text in ["21".to_owned(), "1,".repeat(MAX_RANGES_CHARACTERS) + "1"] {
            assert_eq!(label_ranges(&text, 20).unwrap_err().code, Code::InvalidField);
        }
    }
}
