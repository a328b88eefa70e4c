//! A label before it is printed: exactly the bytes that would go out, or a picture of them.

use super::Views;
use crate::domain::{Code, Fields, LabelContent};
use crate::refusal::Refusal;
use crate::render::Template;
use crate::render::preview::{Canvas, PreviewError};
use crate::request_body::Body;
use actix_web::http::header::ACCEPT;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use utoipa::ToSchema;

/// What stands on the label: as in a job.
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
    /// Which label, from 1; the first where absent.
    label: Option<i64>,
    /// Dots per millimetre, one the template is drawn for; its first where absent.
    dpmm: Option<u32>,
    /// `png` or `zpl`; where absent the `Accept` header decides, and a picture is the default.
    format: Option<String>,
}

#[derive(Debug, Deserialize)]
struct PreviewOrder {
    name: String,
}

/// `POST /api/templates/{name}/preview`
#[utoipa::path(post, path = "/api/templates/{name}/preview", tag = "templates", request_body = PreviewRequest, responses(
    (status = 200, description = "image/png, or text/plain with the ZPL"),
    (status = 404, description = "not_found"), (status = 422, description = "invalid_field, invalid_zpl"),
), security(("key" = [])))]
pub async fn preview(
    views: Data<Views>,
    name: Path<String>,
    request: HttpRequest,
    Body(body): Body,
) -> Result<HttpResponse, Refusal> {
    let template =
        views.catalogue.get(&name).ok_or_else(|| Refusal::not_found(format!("template named `{name}`")))?;
    let asked: PreviewRequest = if body.is_empty() {
        PreviewRequest::default()
    } else {
        serde_json::from_slice(&body).map_err(|error| {
            Refusal::new(Code::MalformedBody, format!("The body is not a preview: {error}."))
        })?
    };
    let dpmm = resolution(&template, &asked)?;
    let zpl = render(&template, &asked, dpmm)?;
    if wants_zpl(&asked, &request)? {
        return Ok(HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(zpl));
    }
    let manifest = template.manifest();
    let canvas = Canvas { width_mm: manifest.width_mm, height_mm: manifest.height_mm, dpmm };
    let picture = views.painter.draw(&zpl, canvas).await.map_err(not_drawn)?;
    Ok(HttpResponse::Ok()
        .content_type("image/png")
        .insert_header(("Cache-Control", "no-store"))
        .body(picture))
}

fn wants_zpl(asked: &PreviewRequest, request: &HttpRequest) -> Result<bool, Refusal> {
    match asked.format.as_deref() {
        Some("zpl") => Ok(true),
        Some("png") => Ok(false),
        Some(other) => {
            let shown: String = other.chars().take(20).collect();
            Err(Refusal::with_action(
                Code::InvalidField,
                format!("`format` is `{shown}`."),
                "Write png or zpl.",
            ))
        }
        None => {
            let accept = request.headers().get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or("");
            Ok(accept.contains("text/plain") || accept.contains("zpl"))
        }
    }
}

fn resolution(template: &Template, asked: &PreviewRequest) -> Result<u32, Refusal> {
    template.resolution_for(asked.dpmm).ok_or_else(|| {
        let detail = format!("The template is drawn for {} dots per mm.", template.manifest().dpmm);
        Refusal::with_action(Code::InvalidField, detail, "Give one of them as `dpmm`, or leave it out.")
    })
}

fn render(template: &Template, asked: &PreviewRequest, dpmm: u32) -> Result<String, Refusal> {
    let no_fields = Fields::new();
    let given = asked.labels.len() as i64;
    let count = if given > 0 { given } else { asked.quantity.unwrap_or(1) };
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
    let content = LabelContent { data: &asked.data, fields, mo_name, index, count };
    template.check_at(dpmm, &content).map_err(|error| {
        Refusal::with_action(Code::InvalidField, format!("{}.", error.message), format!("{}.", error.action))
    })?;
    template.render_at(dpmm, &content).map_err(|error| Refusal::new(Code::InvalidField, format!("{error}.")))
}

fn not_drawn(error: PreviewError) -> Refusal {
    match error {
        PreviewError::Start(error) => {
            tracing::error!(%error, "the drawing process could not be run");
            Refusal::new(Code::InternalError, "The drawing process could not be run.")
        }
        refused => Refusal::new(Code::InvalidZpl, format!("There is no picture: {refused}.")),
    }
}
