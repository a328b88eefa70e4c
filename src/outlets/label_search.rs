//! `GET /api/labels`: a label by what stands on it, with everything that was ever recorded of it.

use super::Views;
use super::queries::wrong;
use crate::domain::Code;
use crate::refusal::Refusal;
use crate::store::StoreError;
use crate::store::ledger::{self, FoundEntry};
use actix_web::HttpResponse;
use actix_web::web::{Data, Query};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::IntoParams;

const DEFAULT_PAGE: i64 = 500;
const LARGEST_PAGE: i64 = 5_000;

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SerialQuery {
    /// The whole serial or lot.
    serial: Option<String>,
    /// `next_after` of the page before.
    #[serde(default)]
    after: i64,
    /// 1 to 5000; 500 where absent.
    limit: Option<i64>,
}

/// `GET /api/labels`
#[utoipa::path(get, path = "/api/labels", tag = "history", params(SerialQuery), responses(
    (status = 200, description = "`labels`: every outcome recorded of labels with this serial, oldest first, over all attempts and reprints; `current` marks those that count now. `next_after` where there are more. A label that was not printed yet is not here"),
    (status = 422, description = "invalid_field"),
), security(("key" = [])))]
pub async fn labels_by_serial(
    views: Data<Views>,
    query: Query<SerialQuery>,
) -> Result<HttpResponse, Refusal> {
    let Some(serial) = query.serial.as_deref().filter(|serial| !serial.is_empty()) else {
        return Err(Refusal::with_action(
            Code::InvalidField,
            "`serial` is missing.",
            "Ask for the whole serial: /api/labels?serial=SN-000001.",
        ));
    };
    let limit = query.limit.unwrap_or(DEFAULT_PAGE);
    if !(1..=LARGEST_PAGE).contains(&limit) {
        return Err(wrong("limit", &limit.to_string()));
    }
    let found = ledger::of_serial(&mut *views.store.read().await?, serial, query.after, limit).await?;
    let next = (found.len() as i64 == limit).then(|| found.last().map(|last| last.entry.number)).flatten();
    let page: Vec<Value> = found.iter().map(to_json).collect::<Result<_, StoreError>>()?;
    Ok(HttpResponse::Ok().json(json!({"labels": page, "next_after": next})))
}

/// As the API and `platen history find --json` show it.
pub fn to_json(found: &FoundEntry) -> Result<Value, StoreError> {
    let content = &found.entry.content;
    Ok(json!({
        "entry": found.entry.number, "job_id": content.job_id, "uuid": found.uuid, "mo": found.mo_name,
        "template": found.template, "job_type": found.job_type, "label": content.label_index,
        "serial": content.serial, "outcome": content.outcome, "evidence": content.evidence,
        "printer": content.printer, "attempt": content.attempt, "run_id": content.run_id,
        "recorded_at": found.entry.recorded_at()?, "current": found.entry.is_current(),
    }))
}
