//! A label before it is printed: exactly the bytes that would go out, or a picture of them.

use super::Views;
use crate::catalogue::findings_json;
use crate::domain::{Code, Fields, LabelContent};
use crate::refusal::Refusal;
use crate::render::preview::{Canvas, PreviewError};
use crate::render::{Entry, Sample, Template, TemplateError, TemplateFiles, blind_spots};
use crate::request_body::Body;
use actix_web::http::header::ACCEPT;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::fmt::Write;
use std::sync::Arc;
use utoipa::ToSchema;

/// What the picture cannot show, as a JSON array.
pub(super) const NOTES_HEADER: &str = "X-Platen-Preview-Notes";

/// What stands on the label: as in a job; the template's sample where nothing of it is given.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct PreviewRequest {
    /// Only the name is used.
    #[schema(value_type = Option<Object>)]
    mo: Option<PreviewOrder>,
    #[schema(value_type = Object)]
    data: Fields,
    #[schema(value_type = Vec<Object>)]
    labels: Vec<Fields>,
    quantity: Option<i64>,
    /// Files that are not uploaded, as in an upload; a version of the template where absent.
    #[schema(value_type = Option<Object>)]
    files: Option<Map<String, Value>>,
    /// One of the template's `versions`; the one in use where absent.
    version: Option<String>,
    /// Which label, from 1; the first where absent.
    label: Option<i64>,
    /// Dots per millimetre, one the template is drawn for; its first where absent.
    dpmm: Option<u32>,
    /// `png`, `zpl` or `json`; where absent the `Accept` header decides, and a picture is the default.
    format: Option<String>,
}

#[derive(Debug, Deserialize)]
struct PreviewOrder {
    name: String,
}

/// `POST /api/templates/{name}/preview`
#[utoipa::path(post, path = "/api/templates/{name}/preview", tag = "templates", request_body = PreviewRequest, responses(
    (status = 200, description = "image/png with what the picture cannot show in the header `X-Platen-Preview-Notes` (JSON array); \
        text/plain with the ZPL; or with `Accept: application/json` `png_base64`, `zpl`, `notes` and `findings`"),
    (status = 404, description = "not_found"),
    (status = 422, description = "invalid_field, invalid_zpl, invalid_template with file, line and what to do"),
), security(("key" = [])))]
pub async fn preview(
    views: Data<Views>,
    name: Path<String>,
    request: HttpRequest,
    Body(body): Body,
) -> Result<HttpResponse, Refusal> {
    let mut asked: PreviewRequest = if body.is_empty() {
        PreviewRequest::default()
    } else {
        serde_json::from_slice(&body).map_err(|error| {
            Refusal::new(Code::MalformedBody, format!("The body is not a preview: {error}."))
        })?
    };
    let form = Form::wanted(&asked, &request)?;
    let entry = match asked.files.take() {
        Some(files) => unsaved(&name, files).await?,
        None => views.judged(&name, None, asked.version.as_deref()).await?,
    };
    let dpmm = resolution(&entry.template, &asked)?;
    let zpl = render(&entry, &asked, dpmm)?;
    if form == Form::Zpl {
        return Ok(HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(zpl));
    }
    let manifest = entry.template.manifest();
    let canvas = Canvas { width_mm: manifest.width_mm, height_mm: manifest.height_mm, dpmm };
    let picture = views.painter.draw(&zpl, canvas).await.map_err(not_drawn)?;
    let notes = blind_spots(&zpl);
    let mut response = HttpResponse::Ok();
    response.insert_header(("Cache-Control", "no-store"));
    if form == Form::Json {
        let picture = BASE64.encode(picture);
        let findings = findings_json(&entry);
        let whole = json!({"png_base64": picture, "zpl": zpl, "notes": notes, "findings": findings});
        return Ok(response.json(whole));
    }
    Ok(response.content_type("image/png").insert_header((NOTES_HEADER, ascii_json(&notes))).body(picture))
}

/// What a preview answers with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Png,
    Zpl,
    Json,
}

impl Form {
    fn wanted(asked: &PreviewRequest, request: &HttpRequest) -> Result<Self, Refusal> {
        match asked.format.as_deref() {
            Some("zpl") => Ok(Self::Zpl),
            Some("png") => Ok(Self::Png),
            Some("json") => Ok(Self::Json),
            Some(other) => {
                let shown: String = other.chars().take(20).collect();
                Err(Refusal::with_action(
                    Code::InvalidField,
                    format!("`format` is `{shown}`."),
                    "Write png, zpl or json.",
                ))
            }
            None => {
                let accept =
                    request.headers().get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or("");
                Ok(match accept {
                    accept if accept.contains("image/png") => Self::Png,
                    accept if accept.contains("text/plain") || accept.contains("zpl") => Self::Zpl,
                    accept if accept.contains("application/json") => Self::Json,
                    _ => Self::Png,
                })
            }
        }
    }
}

fn resolution(template: &Template, asked: &PreviewRequest) -> Result<u32, Refusal> {
    template.resolution_for(asked.dpmm).ok_or_else(|| {
        let detail = format!("The template is drawn for {} dots per mm.", template.manifest().dpmm);
        Refusal::with_action(Code::InvalidField, detail, "Give one of them as `dpmm`, or leave it out.")
    })
}

/// A header holds ASCII.
pub(super) fn ascii_json(notes: &[&str]) -> String {
    let mut ascii = String::new();
    for character in json!(notes).to_string().chars() {
        if character.is_ascii() {
            ascii.push(character);
        } else {
            let mut pair = [0; 2];
            for unit in character.encode_utf16(&mut pair) {
                let _ = write!(ascii, "\\u{unit:04x}");
            }
        }
    }
    ascii
}

/// Files as they stand in an editor. The sample need not print: whoever changes the fields does that next.
async fn unsaved(name: &str, files: Map<String, Value>) -> Result<Entry, Refusal> {
    let name = name.to_owned();
    let judging = tokio::task::spawn_blocking(move || {
        let files = TemplateFiles::from_json(&files)?;
        let sample = files.text("sample.json").and_then(|sample| Sample::parse(sample).ok());
        let template = Template::from_files(&name, files)?;
        Ok(Entry { template: Arc::new(template), sample: Arc::new(sample.unwrap_or_default()) })
    });
    match judging.await {
        Ok(Ok(entry)) => Ok(entry),
        Ok(Err(error)) => {
            let error: TemplateError = error;
            Err(Refusal::new(Code::InvalidTemplate, format!("{error}.")))
        }
        Err(_) => Err(Refusal::new(Code::InternalError, "The template could not be judged.")),
    }
}

/// The label asked for; the sample's where nothing is said about it.
fn render(entry: &Entry, asked: &PreviewRequest, dpmm: u32) -> Result<String, Refusal> {
    let no_fields = Fields::new();
    let is_sample =
        asked.data.is_empty() && asked.labels.is_empty() && asked.mo.is_none() && asked.quantity.is_none();
    let given = asked.labels.len() as i64;
    let count = match given {
        _ if is_sample => entry.sample.count(),
        0 => asked.quantity.unwrap_or(1),
        given => given,
    };
    let index = asked.label.unwrap_or(1);
    if !(1..=count).contains(&index) {
        return Err(Refusal::with_action(
            Code::InvalidField,
            format!("`label` is {index}."),
            format!("Give 1 to {count}."),
        ));
    }
    let fields = usize::try_from(index - 1).ok().and_then(|at| asked.labels.get(at)).unwrap_or(&no_fields);
    let mo_name = asked.mo.as_ref().map(|mo| mo.name.as_str());
    let given = LabelContent { data: &asked.data, fields, mo_name, index, count };
    let content = if is_sample { entry.sample.label(index).unwrap_or(given) } else { given };
    entry.template.check_at(dpmm, &content).map_err(|error| {
        Refusal::with_action(Code::InvalidField, format!("{}.", error.message), format!("{}.", error.action))
    })?;
    entry
        .template
        .render_at(dpmm, &content)
        .map_err(|error| Refusal::new(Code::InvalidField, format!("{error}.")))
}

pub(super) fn not_drawn(error: PreviewError) -> Refusal {
    match error {
        PreviewError::Start(error) => {
            tracing::error!(%error, "the drawing process could not be run");
            Refusal::new(Code::InternalError, "The drawing process could not be run.")
        }
        refused => Refusal::new(Code::InvalidZpl, format!("There is no picture: {refused}.")),
    }
}
