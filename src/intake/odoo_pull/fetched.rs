//! What a fetch brought, taken in by the same roads as over HTTP, and what Odoo is told of it.

use super::OdooPull;
use crate::domain::Code;
use crate::odoo::{About, Question};
use crate::refusal::Refusal;
use crate::store::{Writing, reports};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

/// The answer of `service_fetch`.
#[derive(Debug, Deserialize)]
pub(super) struct Fetched {
    /// False where Odoo sends its jobs itself.
    pub is_expected: bool,
    pub jobs: Vec<FetchedJob>,
    pub wishes: Vec<FetchedWish>,
    /// Jobs that nobody reported on for a while.
    pub asked: Vec<String>,
    pub has_more: bool,
    pub database_uuid: String,
}

/// A job, its body as it would have been sent.
#[derive(Debug, Deserialize)]
pub(super) struct FetchedJob {
    pub uuid: String,
    pub body: String,
}

/// What a person wants of a job or a printer.
#[derive(Debug, Deserialize)]
pub(super) struct FetchedWish {
    pub uuid: String,
    pub verb: String,
    /// A job's uuid, or `false`.
    pub job: Value,
    /// A printer's name, or `false`.
    pub printer: Value,
    pub body: String,
    /// How often it was handed out, this time counted.
    pub attempt: i64,
}

impl OdooPull {
    /// Takes a job in, or tells Odoo why not. False when it could not be stored: that is tried again.
    pub(super) async fn take_job(&self, job: &FetchedJob) -> bool {
        let refusal = match self.accept(job).await {
            Ok(()) => return true,
            Err(refusal) => refusal,
        };
        // An earlier body under this uuid arrived, and the order changed since: the job is there.
        if refusal.code == Code::UuidConflict && self.ask_again(&[&job.uuid]).await == Ok(Vec::new()) {
            return true;
        }
        let is_final = !is_passing(refusal.code);
        self.tell(json!({
            "kind": "refusal", "uuid": job.uuid, "is_final": is_final,
            "code": refusal.code.as_str(), "message": refusal.detail, "action": refusal.action,
        }));
        is_final
    }

    async fn accept(&self, job: &FetchedJob) -> Result<(), Refusal> {
        let mut body: Value = serde_json::from_str(&job.body)
            .map_err(|_| Refusal::new(Code::MalformedBody, "The fetched job is not JSON."))?;
        if body["uuid"] != json!(job.uuid) {
            return Err(Refusal::new(Code::MalformedBody, "The fetched job bears another uuid inside."));
        }
        let original = body.as_object_mut().and_then(|members| members.remove("reprint_of"));
        let is_new = match original {
            Some(original) => {
                let original = original.as_str().unwrap_or_default().to_owned();
                self.intake.reprint(&original, body).await?.1
            }
            None => self.intake.accept(job.body.clone().into()).await?.1,
        };
        if !is_new {
            // Odoo has not heard of it yet, whatever it acknowledged in another life.
            self.ask_again(&[&job.uuid]).await?;
        }
        Ok(())
    }

    /// Carries a wish out and tells what became of it.
    pub(super) async fn take_wish(&self, wish: &FetchedWish) {
        if let (Some(about), Some(job)) = (About::of_verb(&wish.verb), wish.job.as_str()) {
            let (wish, job, body) = (wish.uuid.clone(), job.to_owned(), wish.body.clone());
            // Where there is no room, it is handed out again.
            let _ = self.questions.try_send(Question { wish, about, job, body });
            return;
        }
        let refusal = match self.carry_out(wish).await {
            Ok(()) => None,
            Err(refusal) if is_passing(refusal.code) => return,
            // It was handed out before, and carried out before its answer was lost.
            Err(refusal) if wish.attempt > 1 && is_fulfilled(&wish.verb, refusal.code) => None,
            Err(refusal) => Some(refusal),
        };
        tracing::info!(wish.verb = %wish.verb, job.uuid = %wish.job, printer.name = %wish.printer,
            refused = refusal.as_ref().map(|refusal| refusal.code.as_str()), "a wish was fetched from Odoo");
        self.tell(json!({
            "kind": "wish", "uuid": wish.uuid,
            "code": refusal.as_ref().map(|refusal| refusal.code.as_str()),
            "message": refusal.as_ref().map(|refusal| &refusal.detail),
            "action": refusal.as_ref().map(|refusal| &refusal.action),
        }));
    }

    async fn carry_out(&self, wish: &FetchedWish) -> Result<(), Refusal> {
        let body = wish.body.as_bytes();
        match (wish.verb.as_str(), wish.job.as_str(), wish.printer.as_str()) {
            ("cancel", Some(job), _) => self.intake.withdraw(job, body).await.map(drop),
            ("retry", Some(job), _) => self.intake.retry(job).await.map(drop),
            ("resolve", Some(job), _) => self.intake.resolve(job, body).await.map(drop),
            ("pause", Some(job), _) => self.intake.pause_job(job, true).await.map(drop),
            ("resume", Some(job), _) => self.intake.pause_job(job, false).await.map(drop),
            ("pause", _, Some(printer)) => self.intake.pause_printer(printer, true).await.map(drop),
            ("resume", _, Some(printer)) => self.intake.pause_printer(printer, false).await.map(drop),
            ("test", _, Some(printer)) => self.intake.print_test(printer, Some(&wish.uuid)).await.map(drop),
            ("probe", _, Some(printer)) => {
                self.intake.known_printer(printer)?;
                self.intake.progress.wake_printer(printer);
                Ok(())
            }
            (verb, ..) => {
                let shown: String = verb.chars().take(40).collect();
                Err(Refusal::not_found(format!("way to fulfil the wish `{shown}`")))
            }
        }
    }

    /// Odoo heard nothing of these for a while: they are reported anew, and it learns which are not here.
    pub(super) async fn tell_again(&self, uuids: &[String]) {
        let asked: Vec<&str> = uuids.iter().map(String::as_str).collect();
        // A database that fails is asked about again.
        if let Ok(unknown) = self.ask_again(&asked).await {
            self.tell(json!({"kind": "asked", "uuids": uuids, "unknown": unknown}));
        }
    }

    /// Lets these be reported even if nothing changed; answers those that are not here.
    async fn ask_again(&self, uuids: &[&str]) -> Result<Vec<String>, Refusal> {
        let mut writing: Writing = self.intake.store.write().await?;
        let mut unknown = Vec::new();
        for uuid in uuids {
            let is_here = match uuid.parse::<Uuid>() {
                Ok(parsed) => reports::tell_again(&mut writing, parsed).await?,
                Err(_) => false,
            };
            if !is_here {
                unknown.push((*uuid).to_owned());
            }
        }
        writing.commit().await?;
        self.intake.progress.recorded();
        Ok(unknown)
    }

    fn tell(&self, answer: Value) {
        self.answers.push(answer);
        self.intake.progress.recorded();
    }
}

/// The same wish may succeed later: the database is in trouble.
fn is_passing(code: Code) -> bool {
    matches!(
        code,
        Code::StorageFull
            | Code::StorageReadOnly
            | Code::StorageBusy
            | Code::StorageMissing
            | Code::StorageFailing
            | Code::StorageDamaged
            | Code::InternalError
    )
}

/// What was wished is so already.
fn is_fulfilled(verb: &str, code: Code) -> bool {
    matches!(
        (verb, code),
        ("cancel" | "pause" | "resume", Code::JobEnded)
            | ("retry", Code::NothingMissing | Code::IllegalTransition)
            | ("resolve", Code::InvalidField)
    )
}
