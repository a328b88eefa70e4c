//! What a fetch brought, taken in by the same roads as over HTTP, and what Odoo is told of it.

use super::OdooPull;
use crate::domain::Code;
use crate::odoo::{About, Question};
use crate::refusal::Refusal;
use crate::store::answered_wishes::{self, WishAnswer};
use crate::store::{StoreError, Writing, reports};
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
        let answer = match self.fulfil(wish).await {
            Ok(answer) => answer,
            Err(passing) => {
                tracing::debug!(wish.uuid = %wish.uuid, %passing, "a wish waits to be handed out again");
                return;
            }
        };
        tracing::info!(wish.verb = %wish.verb, job.uuid = %wish.job, printer.name = %wish.printer,
            refused = answer.code, "a wish was fetched from Odoo");
        self.tell(json!({
            "kind": "wish", "uuid": wish.uuid,
            "code": answer.code, "message": answer.message, "action": answer.action,
        }));
    }

    /// Carries a wish out, unless it came before: then what became of it is told again, whatever has become of the job
    /// since. Answers what passes as an error.
    async fn fulfil(&self, wish: &FetchedWish) -> Result<WishAnswer, Refusal> {
        if let ("test", Some(printer)) = (wish.verb.as_str(), wish.printer.as_str()) {
            // A job of that uuid: there is no second one.
            return match self.intake.print_test(printer, Some(&wish.uuid)).await {
                Err(refusal) if !is_passing(refusal.code) => Ok(answer_of(refusal)),
                printed => printed.map(|_| WishAnswer::default()),
            };
        }
        let now = self.intake.clock.now();
        let mut writing = self.intake.store.write().await?;
        if let Some(known) = answered_wishes::find(&mut writing, &wish.uuid).await? {
            return Ok(known);
        }
        match self.carry_out(&mut writing, wish).await {
            Ok(printer) => {
                let done = WishAnswer::default();
                answered_wishes::keep(&mut writing, &wish.uuid, &done, now).await?;
                self.intake.commit(writing, &printer).await?;
                Ok(done)
            }
            Err(refusal) if is_passing(refusal.code) => Err(refusal),
            Err(refusal) => {
                // What was begun is undone.
                drop(writing);
                // It was handed out before, and carried out before its answer was lost, by a service that kept none.
                let is_done = wish.attempt > 1 && is_fulfilled(&wish.verb, refusal.code);
                let answer = if is_done { WishAnswer::default() } else { answer_of(refusal) };
                let mut writing = self.intake.store.write().await?;
                answered_wishes::keep(&mut writing, &wish.uuid, &answer, now).await?;
                writing.commit().await.map_err(StoreError::from)?;
                Ok(answer)
            }
        }
    }

    /// Does what is wished, in this transaction. Answers the printer it is about.
    async fn carry_out(&self, writing: &mut Writing, wish: &FetchedWish) -> Result<String, Refusal> {
        let (intake, body) = (&self.intake, wish.body.as_bytes());
        match (wish.verb.as_str(), wish.job.as_str(), wish.printer.as_str()) {
            ("cancel", Some(job), _) => Ok(intake.withdraw(writing, job, body).await?.printer),
            ("retry", Some(job), _) => Ok(intake.retry(writing, job).await?.0.printer),
            ("resolve", Some(job), _) => Ok(intake.resolve(writing, job, body).await?.printer),
            (verb @ ("pause" | "resume"), Some(job), _) => {
                Ok(intake.pause_job(writing, job, verb == "pause").await?.printer)
            }
            (verb @ ("pause" | "resume"), _, Some(printer)) => {
                intake.pause_printer(writing, printer, verb == "pause").await?;
                Ok(printer.to_owned())
            }
            ("probe", _, Some(printer)) => {
                intake.known_printer(printer)?;
                Ok(printer.to_owned())
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

fn answer_of(refusal: Refusal) -> WishAnswer {
    WishAnswer {
        code: Some(refusal.code.as_str().to_owned()),
        message: Some(refusal.detail),
        action: Some(refusal.action),
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
