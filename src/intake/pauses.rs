//! Pause and resume: a job, a printer, everything. A pause lasts until a person ends it, over restarts too.

use super::accept::Intake;
use super::wishes::{ended, job_to_change, no_printer};
use crate::domain::{Code, Job};
use crate::refusal::Refusal;
use crate::store::{Writing, pauses, printers, wishes};
use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use serde_json::{Value, json};

/// `POST /api/jobs/{id}/pause`
#[utoipa::path(post, path = "/api/jobs/{id}/pause", tag = "jobs", responses(
    (status = 200, description = "The job with `paused`; labels already in the printer still come out, other jobs pass"),
    (status = 404, description = "not_found"), (status = 409, description = "job_ended"),
), security(("key" = [])))]
pub async fn pause(intake: Data<Intake>, id: Path<String>) -> Result<HttpResponse, Refusal> {
    let job = intake.pause_job_now(&id, true).await?;
    Ok(HttpResponse::Ok().json(job.to_json()))
}

/// `POST /api/jobs/{id}/resume`
#[utoipa::path(post, path = "/api/jobs/{id}/resume", tag = "jobs", responses(
    (status = 200, description = "The job, let go on: after a pause, a hold, or past its time"),
    (status = 404, description = "not_found"), (status = 409, description = "job_ended"),
), security(("key" = [])))]
pub async fn resume(intake: Data<Intake>, id: Path<String>) -> Result<HttpResponse, Refusal> {
    let job = intake.pause_job_now(&id, false).await?;
    Ok(HttpResponse::Ok().json(job.to_json()))
}

/// `POST /api/printers/{name}/pause`
#[utoipa::path(post, path = "/api/printers/{name}/pause", tag = "printers", responses(
    (status = 200, description = "The printer; labels already in it still come out"), (status = 404, description = "not_found"),
), security(("key" = [])))]
pub async fn pause_printer(intake: Data<Intake>, name: Path<String>) -> Result<HttpResponse, Refusal> {
    intake.pause_printer_now(&name, true).await
}

/// `POST /api/printers/{name}/resume`
#[utoipa::path(post, path = "/api/printers/{name}/resume", tag = "printers", responses(
    (status = 200, description = "The printer"), (status = 404, description = "not_found"),
    (status = 409, description = "everything_paused: one printer cannot go on alone"),
), security(("key" = [])))]
pub async fn resume_printer(intake: Data<Intake>, name: Path<String>) -> Result<HttpResponse, Refusal> {
    intake.pause_printer_now(&name, false).await
}

/// `POST /api/pause`
#[utoipa::path(post, path = "/api/pause", tag = "printers", responses(
    (status = 200, description = "`everything_paused` and the printers; labels already in them still come out"),
), security(("key" = [])))]
pub async fn pause_everything(intake: Data<Intake>) -> Result<HttpResponse, Refusal> {
    intake.pause_everything(true).await
}

/// `POST /api/resume`
#[utoipa::path(post, path = "/api/resume", tag = "printers", responses(
    (status = 200, description = "`everything_paused` and the printers; one paused by its own name stays paused"),
), security(("key" = [])))]
pub async fn resume_everything(intake: Data<Intake>) -> Result<HttpResponse, Refusal> {
    intake.pause_everything(false).await
}

impl Intake {
    async fn pause_job_now(&self, id: &str, paused: bool) -> Result<Job, Refusal> {
        let mut writing = self.store.write().await?;
        let job = self.pause_job(&mut writing, id, paused).await?;
        self.commit(writing, &job.printer).await?;
        Ok(job)
    }

    pub(super) async fn pause_job(
        &self,
        writing: &mut Writing,
        id: &str,
        paused: bool,
    ) -> Result<Job, Refusal> {
        let job = job_to_change(writing, id).await?;
        if job.status.is_terminal() {
            return Err(ended(&job, if paused { "paused" } else { "resumed" }));
        }
        pauses::set_job(writing, job.id, paused).await?;
        if !paused {
            // A hold is a question; this is its answer.
            wishes::set_held(writing, job.id, false).await?;
            if job.is_expired(self.clock.now()) {
                wishes::set_expiry(writing, job.id, None).await?;
            }
        }
        self.settle(writing, &job).await
    }

    async fn pause_printer_now(&self, name: &str, paused: bool) -> Result<HttpResponse, Refusal> {
        let mut writing = self.store.write().await?;
        self.pause_printer(&mut writing, name, paused).await?;
        let printer = printers::find(&mut writing, name).await?;
        self.commit(writing, name).await?;
        Ok(HttpResponse::Ok().json(printer.map(|printer| printer.to_json())))
    }

    pub(super) async fn pause_printer(
        &self,
        writing: &mut Writing,
        name: &str,
        paused: bool,
    ) -> Result<(), Refusal> {
        // Also another instance's, and one that is configured no longer and only stays because it is paused.
        if printers::find(writing, name).await?.is_none() {
            return Err(no_printer(name));
        }
        if !paused && pauses::is_everything_paused(writing).await? {
            return Err(Refusal::new(
                Code::EverythingPaused,
                format!("All printing is paused, so `{name}` cannot go on alone."),
            ));
        }
        Ok(printers::set_paused(writing, name, paused, self.clock.now()).await?)
    }

    async fn pause_everything(&self, paused: bool) -> Result<HttpResponse, Refusal> {
        let now = self.clock.now();
        let mut writing = self.store.write().await?;
        if pauses::set_everything(&mut writing, paused, now).await? {
            for printer in printers::all(&mut writing).await? {
                printers::changed(&mut writing, &printer.name, now).await?;
            }
        }
        let all = printers::all(&mut writing).await?;
        writing.commit().await?;
        self.progress.recorded();
        for printer in &all {
            self.progress.wake_printer(&printer.name);
        }
        let all: Vec<Value> = all.iter().map(|printer| printer.to_json()).collect();
        Ok(HttpResponse::Ok().json(json!({"everything_paused": paused, "printers": all})))
    }
}
