//! Answers about templates.

use super::Views;
use crate::catalogue::findings_json;
use crate::domain::Code;
use crate::refusal::Refusal;
use crate::render::{Entry, TemplateFiles, judge_files};
use crate::request_body::Body;
use actix_web::HttpResponse;
use actix_web::web::{Data, Path, Query};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use utoipa::{IntoParams, ToSchema};

/// Which version.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct VersionQuery {
    /// One of the template's `versions`; the one in use where absent.
    version: Option<String>,
}

/// What is to be judged.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct LintRequest {
    /// Files that are not uploaded, as in an upload; the template's own where absent.
    #[schema(value_type = Option<Object>)]
    files: Option<Map<String, Value>>,
    /// One of the template's `versions`; the one in use where absent.
    version: Option<String>,
}

/// `GET /api/templates`
#[utoipa::path(get, path = "/api/templates", tag = "templates", responses(
    (status = 200, description = "`templates` with title, size, fields, `version`, `state` (`approved`, or `draft` where none is), `source` \
        (`folder` or `uploaded`), `draft_version`, and `problem` where the files in the folder are broken and an older version is in use; \
        `broken`: names without a version that can be used; `problem`: why the folder cannot be read"),
), security(("key" = [])))]
pub async fn templates(views: Data<Views>) -> HttpResponse {
    HttpResponse::Ok().json(views.catalogue.state().to_json())
}

/// `GET /api/templates/{name}`
#[utoipa::path(get, path = "/api/templates/{name}", tag = "templates", params(VersionQuery), responses(
    (status = 200, description = "The template with `files`, `findings`, `approved_version`, and all `versions`: each `approved` (in use), \
        `draft` (never approved) or `replaced`, with who and when"),
    (status = 404, description = "not_found"),
), security(("key" = [])))]
pub async fn template(
    views: Data<Views>,
    name: Path<String>,
    query: Query<VersionQuery>,
) -> Result<HttpResponse, Refusal> {
    let described = views.catalogue.describe(&name, query.version.as_deref()).await?;
    Ok(HttpResponse::Ok().json(described.ok_or_else(|| not_here(&name, query.version.as_deref()))?))
}

/// `POST /api/templates/{name}/lint`
#[utoipa::path(post, path = "/api/templates/{name}/lint", tag = "templates", request_body = LintRequest, responses(
    (status = 200, description = "`findings`, each with `code`, `severity`, `field`, `line`, `message`, `action`"),
    (status = 404, description = "not_found"), (status = 422, description = "invalid_template with file, line and what to do"),
), security(("key" = [])))]
pub async fn lint(views: Data<Views>, name: Path<String>, Body(body): Body) -> Result<HttpResponse, Refusal> {
    let asked: LintRequest = if body.is_empty() {
        LintRequest::default()
    } else {
        serde_json::from_slice(&body).map_err(|error| {
            Refusal::new(Code::MalformedBody, format!("The body is not about a template: {error}."))
        })?
    };
    let entry = views.judged(&name, asked.files, asked.version.as_deref()).await?;
    let findings = tokio::task::spawn_blocking(move || findings_json(&entry)).await;
    let findings =
        findings.map_err(|_| Refusal::new(Code::InternalError, "The template could not be judged."))?;
    Ok(HttpResponse::Ok().json(json!({"findings": findings})))
}

impl Views {
    /// Unsaved files where there are some, else a version of the template.
    pub(super) async fn judged(
        &self,
        name: &str,
        files: Option<Map<String, Value>>,
        version: Option<&str>,
    ) -> Result<Entry, Refusal> {
        let Some(files) = files else {
            let found = self.catalogue.version(name, version).await?;
            return found.ok_or_else(|| not_here(name, version));
        };
        let name = name.to_owned();
        let judging = tokio::task::spawn_blocking(move || {
            TemplateFiles::from_json(&files)
                .and_then(|files| judge_files(&name, files))
                .map_err(|error| Refusal::new(Code::InvalidTemplate, format!("{error}.")))
        });
        judging
            .await
            .unwrap_or_else(|_| Err(Refusal::new(Code::InternalError, "The template could not be judged.")))
    }
}

fn not_here(name: &str, version: Option<&str>) -> Refusal {
    match version {
        None => Refusal::not_found(format!("template named `{name}`")),
        Some(version) => {
            let version: String = version.chars().take(12).collect();
            Refusal::not_found(format!("version {version} of a template named `{name}` that can be used"))
        }
    }
}
