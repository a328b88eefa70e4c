//! Pictures of labels for the demo: the newest files of a folder, below `/api/demo`.

use crate::refusal::Refusal;
use actix_web::HttpResponse;
use actix_web::web::{Data, Path, ServiceConfig, get};
use serde_json::{Value, json};
use std::path::PathBuf;

/// Folders with `label-NNNNNN.png`, each under a name.
#[derive(Debug, Clone)]
pub struct Gallery {
    pub folders: Vec<(String, PathBuf)>,
}

/// How many pictures are offered.
const NEWEST: usize = 24;

/// Routes below `/api`; without a gallery they answer that there is nothing.
pub fn routes(config: &mut ServiceConfig) {
    config.route("/demo/labels", get().to(list)).route("/demo/labels/{folder}/{file}", get().to(picture));
}

async fn list(gallery: Data<Option<Gallery>>) -> Result<HttpResponse, Refusal> {
    let gallery = gallery.as_ref().as_ref().ok_or_else(|| Refusal::not_found("gallery of labels"))?;
    let mut found = Vec::new();
    for (name, folder) in &gallery.folders {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let file = entry.file_name().to_string_lossy().into_owned();
            let made = entry.metadata().and_then(|metadata| metadata.modified()).ok();
            if is_picture(&file) {
                found.push((made, name.clone(), file));
            }
        }
    }
    found.sort();
    let newest: Vec<Value> = found
        .iter()
        .skip(found.len().saturating_sub(NEWEST))
        .map(|(_, name, file)| {
            let number = file.trim_start_matches("label-").trim_end_matches(".png").trim_start_matches('0');
            json!({"name": format!("{name} no. {number}"), "url": format!("/api/demo/labels/{name}/{file}")})
        })
        .collect();
    Ok(HttpResponse::Ok().json(newest))
}

async fn picture(
    gallery: Data<Option<Gallery>>,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Refusal> {
    let (name, file) = path.into_inner();
    let missing = || Refusal::not_found("picture of that name");
    let gallery = gallery.as_ref().as_ref().ok_or_else(missing)?;
    let (_, folder) = gallery.folders.iter().find(|(known, _)| *known == name).ok_or_else(missing)?;
    if !is_picture(&file) {
        return Err(missing());
    }
    let bytes = std::fs::read(folder.join(file)).map_err(|_| missing())?;
    Ok(HttpResponse::Ok().content_type("image/png").body(bytes))
}

/// Only names the simulated printer gives: no path can be made of one.
fn is_picture(file: &str) -> bool {
    file.strip_prefix("label-")
        .and_then(|rest| rest.strip_suffix(".png"))
        .is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}
