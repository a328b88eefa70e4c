//! The picture of one label of a job: exactly the bytes that are printed, or were.

use super::Views;
use super::preview::{NOTES_HEADER, ascii_json, not_drawn};
use super::queries::wrong;
use crate::domain::{Code, LabelIndex};
use crate::label_source::{LabelSource, SourceError};
use crate::refusal::Refusal;
use crate::render::blind_spots;
use crate::render::mark::READY_ZPL_DPMM;
use crate::render::preview::Canvas;
use actix_web::HttpResponse;
use actix_web::web::{Data, Path, Query};
use serde::Deserialize;
use utoipa::IntoParams;

/// The paper, where the label itself does not say: four by three inches.
const USUAL_MM: (f64, f64) = (101.6, 76.2);
/// Below this, `^PW` or `^LL` says nothing about a label.
const SMALLEST_MM: f64 = 5.0;

/// The paper of ready ZPL.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PictureQuery {
    /// Width in millimetres; the label's own where absent.
    width_mm: Option<f64>,
    /// Height in millimetres; the label's own where absent.
    height_mm: Option<f64>,
}

/// `GET /api/jobs/{id}/labels/{label}/picture`
#[utoipa::path(get, path = "/api/jobs/{id}/labels/{label}/picture", tag = "jobs", params(PictureQuery), responses(
    (status = 200, description = "image/png of the label's own bytes, from the template version and the values the job was accepted with; \
        what the picture cannot show stands below it, and in the header `X-Platen-Preview-Notes` (JSON array)"),
    (status = 404, description = "not_found"), (status = 422, description = "invalid_zpl: there is no picture; invalid_field: no such label"),
), security(("key" = [])))]
pub async fn label_picture(
    views: Data<Views>,
    path: Path<(String, String)>,
    query: Query<PictureQuery>,
) -> Result<HttpResponse, Refusal> {
    let (id, label) = path.into_inner();
    let (picture, notes) = picture_of(&views, &id, &label, &query).await?;
    Ok(HttpResponse::Ok()
        .content_type("image/png")
        .insert_header(("Cache-Control", "no-store"))
        .insert_header((NOTES_HEADER, notes))
        .body(picture))
}

/// The PNG of one label, and what it cannot show.
pub(super) async fn picture_of(
    views: &Views,
    id: &str,
    label: &str,
    query: &PictureQuery,
) -> Result<(Vec<u8>, String), Refusal> {
    let job = views.find(id).await?;
    let is_of_job = |label: &LabelIndex| (1..=job.quantity).contains(label);
    let index = label.parse().ok().filter(is_of_job).ok_or_else(|| wrong("label", label))?;
    let dpmm = views.resolutions.get(&job.printer).copied();
    let mut source = LabelSource::open(&views.store, &job, dpmm).await?;
    let zpl = source.zpl(&views.store, index).await.map_err(|error| match error {
        SourceError::Store(error) => error.into(),
        error => Refusal::new(Code::InvalidZpl, format!("There is no picture: {error}.")),
    })?;
    let zpl = String::from_utf8_lossy(&zpl).into_owned();
    let canvas = source.canvas().unwrap_or_else(|| paper_of(&zpl, dpmm.unwrap_or(READY_ZPL_DPMM)));
    let canvas = Canvas {
        width_mm: query.width_mm.unwrap_or(canvas.width_mm),
        height_mm: query.height_mm.unwrap_or(canvas.height_mm),
        dpmm: canvas.dpmm,
    };
    let picture = views.painter.draw(&zpl, canvas).await.map_err(not_drawn)?;
    Ok((picture, ascii_json(&blind_spots(&zpl))))
}

/// The size that ready ZPL gives with `^PW` and `^LL`, in dots.
fn paper_of(zpl: &str, dpmm: u32) -> Canvas {
    let told = |command: &str| {
        let after = zpl.rfind(command).and_then(|at| zpl.get(at + command.len()..))?;
        let digits = after.find(|sign: char| !sign.is_ascii_digit()).unwrap_or(after.len());
        let dots: f64 = after[..digits].parse().ok()?;
        Some(dots / f64::from(dpmm)).filter(|millimetres| *millimetres >= SMALLEST_MM)
    };
    Canvas { width_mm: told("^PW").unwrap_or(USUAL_MM.0), height_mm: told("^LL").unwrap_or(USUAL_MM.1), dpmm }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_paper_is_what_the_label_says() {
        let canvas = paper_of("^XA^PW812^LL0406^FDx^FS^XZ", 8);
        assert_eq!((canvas.width_mm, canvas.height_mm), (101.5, 50.75));
        let canvas = paper_of("^XA^PW0^FDx^FS^XZ", 12);
        assert_eq!((canvas.width_mm, canvas.height_mm, canvas.dpmm), (101.6, 76.2, 12));
    }
}
