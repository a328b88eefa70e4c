//! Templates are uploaded as drafts, and one version of each is approved: new jobs use that one.

use super::accept::{Intake, off_the_reactor};
use super::caller::Caller;
use super::submission::field;
use crate::domain::Code;
use crate::refusal::Refusal;
use crate::render::{Entry, MAX_TEMPLATES, TemplateFiles, is_template_name, judge_files};
use crate::request_body::Body;
use crate::store::template_uploads::{self, Author, Origin};
use crate::store::templates::{self, KeptTemplate};
use actix_web::HttpResponse;
use actix_web::web::{Data, Path, ReqData};
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

const MAX_COMMENT_CHARACTERS: usize = 500;
const MAX_NAME_CHARACTERS: usize = 200;

/// A template's files.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UploadRequest {
    /// Contents by name: `label.zpl`, `template.toml`, `sample.json` and whatever else the label draws upon. Text as a
    /// string, anything else as `{"base64": "…"}`. At most 64 files of 1 MiB, 4 MiB together.
    #[schema(value_type = Object)]
    files: Map<String, Value>,
    /// What is new, at most 500 characters.
    comment: Option<String>,
    /// Who uploads it; the name of the API key where absent.
    submitted_by: Option<String>,
}

/// Which version counts from now on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApprovalRequest {
    /// One of the template's `versions`; an older one to go back to it, the folder's one to follow the folder again.
    version: String,
    /// Who approves it; the name of the API key where absent.
    submitted_by: Option<String>,
}

/// `PUT /api/templates/{name}`
#[utoipa::path(put, path = "/api/templates/{name}", tag = "templates", request_body = UploadRequest, responses(
    (status = 201, description = "A new draft: the template with this version's `files`, `findings` and all `versions`"),
    (status = 200, description = "The same content again: no new version"),
    (status = 400, description = "malformed_body"), (status = 403, description = "forbidden: the key lacks the scope `admin`"),
    (status = 422, description = "invalid_template with file, line and what to do; invalid_field"),
), security(("key" = [])))]
pub async fn upload(
    intake: Data<Intake>,
    name: Path<String>,
    caller: ReqData<Caller>,
    Body(body): Body,
) -> Result<HttpResponse, Refusal> {
    let request: UploadRequest = serde_json::from_slice(&body).map_err(|error| {
        Refusal::new(Code::MalformedBody, format!("The body is not a template: {error}."))
    })?;
    let author = author(request.submitted_by.as_deref(), &caller)?;
    let comment = request.comment.filter(|comment| !comment.trim().is_empty());
    check_text("comment", comment.as_deref(), MAX_COMMENT_CHARACTERS)?;
    let (version, is_new) = intake.upload(&name, request.files, comment.as_deref(), &author).await?;
    let answer = intake.described(&name, &version).await?;
    let mut response = if is_new { HttpResponse::Created() } else { HttpResponse::Ok() };
    Ok(response.json(answer))
}

/// `POST /api/templates/{name}/approve`
#[utoipa::path(post, path = "/api/templates/{name}/approve", tag = "templates", request_body = ApprovalRequest, responses(
    (status = 200, description = "The template: new jobs use this version, jobs accepted before keep theirs"),
    (status = 400, description = "malformed_body"), (status = 403, description = "forbidden: the key lacks the scope `admin`"),
    (status = 404, description = "not_found"),
    (status = 422, description = "invalid_template: the version cannot be used any more; invalid_field: there is no such version"),
), security(("key" = [])))]
pub async fn approve(
    intake: Data<Intake>,
    name: Path<String>,
    caller: ReqData<Caller>,
    Body(body): Body,
) -> Result<HttpResponse, Refusal> {
    let request: ApprovalRequest = serde_json::from_slice(&body).map_err(|error| {
        Refusal::new(Code::MalformedBody, format!("The body does not name a version: {error}."))
    })?;
    let author = author(request.submitted_by.as_deref(), &caller)?;
    intake.approve(&name, &request.version, &author).await?;
    Ok(HttpResponse::Ok().json(intake.described(&name, &request.version).await?))
}

impl Intake {
    async fn upload(
        &self,
        name: &str,
        files: Map<String, Value>,
        comment: Option<&str>,
        author: &Author,
    ) -> Result<(String, bool), Refusal> {
        let state = self.catalogue.state();
        if !is_template_name(name) {
            let detail =
                format!("`{}` is no name for a template.", name.chars().take(80).collect::<String>());
            let action = "Use small letters, digits, _ and -, at most 64.";
            return Err(Refusal::with_action(Code::InvalidField, detail, action));
        }
        if !state.templates.contains_key(name) && state.templates.len() >= MAX_TEMPLATES {
            let detail = format!("There are {MAX_TEMPLATES} templates already.");
            return Err(Refusal::with_action(Code::InvalidField, detail, "Upload it under a name in use."));
        }
        let entry = judged(name, files).await?;
        let version = entry.template.version().to_owned();
        let is_of_folder = state.templates.get(name).and_then(|listed| listed.folder.as_ref());
        if is_of_folder.is_some_and(|folder| folder.template.version() == version) {
            return Ok((version, false));
        }
        let now = self.clock.now();
        let kept = KeptTemplate { name: name.to_owned(), files: entry.template.files().to_json() };
        let mut writing = self.store.write().await?;
        templates::keep(&mut writing, &version, &kept, now).await?;
        let is_new = template_uploads::add(&mut writing, name, &version, comment, author, now).await?;
        writing.commit().await?;
        if is_new {
            tracing::info!(template = name, %version, by = %author.name, "template uploaded");
        }
        self.catalogue.refresh().await?;
        Ok((version, is_new))
    }

    async fn approve(&self, name: &str, version: &str, author: &Author) -> Result<(), Refusal> {
        let state = self.catalogue.state();
        let listed = state
            .templates
            .get(name)
            .ok_or_else(|| Refusal::not_found(format!("template named `{name}`")))?;
        let is = |entry: &Entry| entry.template.version() == version;
        let origin = if listed.folder.as_ref().is_some_and(is) { Origin::Folder } else { Origin::Uploaded };
        if listed.origin == origin && listed.approved.as_ref().is_some_and(is) {
            return Ok(());
        }
        if origin == Origin::Uploaded {
            let uploads = template_uploads::of_name(&mut *self.store.read().await?, name).await?;
            if !uploads.iter().any(|upload| upload.version == version) {
                let detail = format!("The template `{name}` has no version `{}`.", shortened(version));
                return Err(Refusal::with_action(
                    Code::InvalidField,
                    detail,
                    "Choose one of its `versions`.",
                ));
            }
            if self.catalogue.version(name, Some(version)).await?.is_none() {
                let detail =
                    format!("The version {} of `{name}` cannot be used any more.", shortened(version));
                return Err(Refusal::new(Code::InvalidTemplate, detail));
            }
        }
        let mut writing = self.store.write().await?;
        template_uploads::approve(&mut writing, name, version, origin, author, self.clock.now()).await?;
        writing.commit().await?;
        tracing::info!(template = name, version, by = %author.name, "template approved");
        // The answer means that the next job uses it.
        Ok(self.catalogue.refresh().await?)
    }

    async fn described(&self, name: &str, version: &str) -> Result<Value, Refusal> {
        let described = self.catalogue.describe(name, Some(version)).await?;
        described.ok_or_else(|| Refusal::not_found(format!("template named `{name}`")))
    }
}

/// Compiled, and its sample printed; else what is wrong, where.
async fn judged(name: &str, files: Map<String, Value>) -> Result<Entry, Refusal> {
    let name = name.to_owned();
    off_the_reactor(move || {
        TemplateFiles::from_json(&files)
            .and_then(|files| judge_files(&name, files))
            .map_err(|error| Refusal::new(Code::InvalidTemplate, format!("{error}.")))
    })
    .await
}

fn author(submitted_by: Option<&str>, caller: &Caller) -> Result<Author, Refusal> {
    let name = submitted_by.filter(|name| !name.trim().is_empty());
    check_text("submitted_by", name, MAX_NAME_CHARACTERS)?;
    Ok(Author { name: name.unwrap_or(&caller.key_name).to_owned(), api_key: caller.key_name.clone() })
}

fn check_text(name: &str, text: Option<&str>, most: usize) -> Result<(), Refusal> {
    let Some(text) = text else { return Ok(()) };
    if text.chars().count() > most {
        return Err(field(name, &format!("is longer than {most} characters"), "Shorten it."));
    }
    // One of the databases could not keep it.
    if text.contains('\0') {
        return Err(field(name, "holds the character U+0000", "Remove it."));
    }
    Ok(())
}

fn shortened(version: &str) -> String {
    version.chars().take(12).collect()
}
