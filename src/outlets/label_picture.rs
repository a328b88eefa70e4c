//! A picture of one label of a job, made from the template version and the values the job keeps, at the resolution
//! the template is usually drawn for.

use super::Views;
use super::preview::not_drawn;
use super::queries::wrong;
use crate::domain::Code;
use crate::label_source::{LabelSource, SourceError};
use crate::refusal::Refusal;
use crate::render::Template;
use crate::render::mark::READY_ZPL_DPMM;
use crate::render::preview::Canvas;
use actix_web::HttpResponse;
use actix_web::web::{Data, Path};

/// Paper of ready ZPL that does not say its size: 4 by 6 inches.
const USUAL_WIDTH_MM: f64 = 102.0;
const USUAL_HEIGHT_MM: f64 = 152.0;

/// `GET /api/jobs/{id}/labels/{label}/picture`
#[utoipa::path(get, path = "/api/jobs/{id}/labels/{label}/picture", tag = "jobs", responses(
    (status = 200, description = "image/png of the label as the job's own template version makes it, a mark of a reprint included"),
    (status = 404, description = "not_found"), (status = 422, description = "invalid_field: no such label; invalid_zpl: it cannot be drawn"),
), security(("key" = [])))]
pub async fn label_picture(views: Data<Views>, path: Path<(String, i64)>) -> Result<HttpResponse, Refusal> {
    let (id, label) = path.into_inner();
    let job = views.find(&id).await?;
    if !(1..=job.quantity).contains(&label) {
        return Err(wrong("label", &label.to_string()));
    }
    let mut source = LabelSource::open(&views.store, &job, None).await?;
    let zpl = source.zpl(&views.store, label).await.map_err(|error| match error {
        SourceError::Store(error) => error.into(),
        SourceError::Label { .. } => Refusal::new(Code::InvalidZpl, format!("There is no picture: {error}.")),
    })?;
    let zpl = String::from_utf8_lossy(&zpl);
    let picture = views.painter.draw(&zpl, canvas(source.template(), &zpl)).await.map_err(not_drawn)?;
    Ok(HttpResponse::Ok()
        .content_type("image/png")
        .insert_header(("Cache-Control", "no-store"))
        .body(picture))
}

fn canvas(template: Option<&Template>, zpl: &str) -> Canvas {
    if let Some(template) = template {
        let manifest = template.manifest();
        let dpmm = manifest.dpmm.usual();
        return Canvas { width_mm: manifest.width_mm, height_mm: manifest.height_mm, dpmm };
    }
    let said = |command: &str, usual: f64| {
        let dots = zpl.split(command).nth(1).map(|rest| {
            rest.chars().take_while(char::is_ascii_digit).collect::<String>().parse::<f64>().unwrap_or(0.0)
        });
        dots.map(|dots| dots / f64::from(READY_ZPL_DPMM)).filter(|size| *size >= 1.0).unwrap_or(usual)
    };
    Canvas {
        width_mm: said("^PW", USUAL_WIDTH_MM),
        height_mm: said("^LL", USUAL_HEIGHT_MM),
        dpmm: READY_ZPL_DPMM,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ready_zpl_is_drawn_on_the_paper_it_names() {
        let of = |zpl| canvas(None, zpl);
        assert_eq!((of("^XA^PW456^LL256^XZ").width_mm, of("^XA^PW456^LL256^XZ").height_mm), (57.0, 32.0));
        assert_eq!((of("^XA^XZ").width_mm, of("^XA^PW^XZ").width_mm), (USUAL_WIDTH_MM, USUAL_WIDTH_MM));
    }
}
