//! What happened to one job, in the order it happened: the event log without the counting in between.

use super::Views;
use super::queries::wrong;
use crate::domain::{Event, EventNumber};
use crate::refusal::Refusal;
use crate::store::StoreError;
use crate::store::events as log;
use actix_web::HttpResponse;
use actix_web::web::{Data, Path, Query};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::IntoParams;

/// Events read at once.
const EVENTS_PER_READ: i64 = 500;
/// Events looked at for one answer: a job of 100 000 labels counts in a few thousand steps.
const EVENTS_PER_ANSWER: usize = 10_000;
const LARGEST_PAGE: usize = 500;

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct JobEventQuery {
    /// `next_after` of the page before.
    #[serde(default)]
    after: EventNumber,
    /// 1 to 500; 200 where absent.
    limit: Option<usize>,
}

/// `GET /api/jobs/{id}/events`
#[utoipa::path(get, path = "/api/jobs/{id}/events", tag = "jobs", params(JobEventQuery), responses(
    (status = 200, description = "`events`, oldest first: `what` (`accepted` `printing` `queued` `completed` \
        `completed_with_errors` `failed` `cancelled` `attention` `attention_over` `unconfirmed` `settled` `paused` `resumed` \
        `cancelling` `printer_changed`), `recorded_at`, `current_label`, `printer`, and what the word needs; `next_after` \
        where there are more. They are kept for 30 days"),
    (status = 404, description = "not_found"), (status = 422, description = "invalid_field"),
), security(("key" = [])))]
pub async fn job_events(
    views: Data<Views>,
    id: Path<String>,
    query: Query<JobEventQuery>,
) -> Result<HttpResponse, Refusal> {
    Ok(HttpResponse::Ok().json(events_of(&views, &id, &query).await?))
}

/// A page of what happened to a job.
pub(super) async fn events_of(views: &Views, id: &str, query: &JobEventQuery) -> Result<Value, Refusal> {
    let limit = query.limit.unwrap_or(200);
    if !(1..=LARGEST_PAGE).contains(&limit) {
        return Err(wrong("limit", &limit.to_string()));
    }
    let job = views.find(id).await?;
    let mut connection = views.store.read().await?;
    let mut after = query.after;
    let mut before = match after {
        0 => None,
        number => {
            log::of_job(&mut connection, job.id, number - 1, 1).await?.first().map(parse).transpose()?
        }
    };
    let (mut told, mut seen) = (Vec::new(), 0);
    loop {
        let events = log::of_job(&mut connection, job.id, after, EVENTS_PER_READ).await?;
        let is_last_read = (events.len() as i64) < EVENTS_PER_READ;
        for event in &events {
            let now = parse(event)?;
            told.extend(moments(before.as_ref(), &now, event.number, event.recorded_at));
            after = event.number;
            seen += 1;
            before = Some(now);
            if told.len() >= limit || seen >= EVENTS_PER_ANSWER {
                return Ok(json!({"events": told, "next_after": after}));
            }
        }
        if is_last_read {
            return Ok(json!({"events": told, "next_after": null}));
        }
    }
}

fn parse(event: &Event) -> Result<Value, StoreError> {
    serde_json::from_str(&event.payload).map_err(|_| StoreError::Damaged("an event"))
}

/// What a person would say happened between two states of a job; nothing where only the count moved.
fn moments(before: Option<&Value>, now: &Value, number: EventNumber, recorded_at: Timestamp) -> Vec<Value> {
    let mut told = Vec::new();
    let mut tell = |what: &str, more: Value| {
        let mut moment = json!({
            "number": number, "recorded_at": recorded_at, "what": what,
            "current_label": now["current_label"], "printer": now["printer"],
        });
        if let (Some(moment), Value::Object(more)) = (moment.as_object_mut(), more) {
            moment.extend(more);
        }
        told.push(moment);
    };
    let Some(before) = before else {
        tell("accepted", json!({"quantity": now["quantity"]}));
        if now["status"] != "queued" {
            tell(now["status"].as_str().unwrap_or("queued"), json!({}));
        }
        return told;
    };
    let changed = |key: &str| before[key] != now[key];
    let began = |key: &str| !is_set(&before[key]) && is_set(&now[key]);
    if changed("printer") {
        tell("printer_changed", json!({"from": before["printer"]}));
    }
    if changed("unconfirmed") {
        let more = count(&now["unconfirmed"]) > count(&before["unconfirmed"]);
        let what = if more { "unconfirmed" } else { "settled" };
        tell(what, json!({"labels": now["unconfirmed"]}));
    }
    if began("paused") {
        tell("paused", json!({}));
    } else if is_set(&before["paused"]) && !is_set(&now["paused"]) {
        tell("resumed", json!({}));
    }
    if began("cancelling") {
        tell("cancelling", json!({}));
    }
    if before["attention"]["code"] != now["attention"]["code"] {
        match &now["attention"] {
            Value::Null => tell("attention_over", json!({"code": before["attention"]["code"]})),
            attention => tell("attention", json!({"attention": attention})),
        }
    }
    if changed("status") {
        let error = json!({"error_message": now["error_message"], "error_action": now["error_action"]});
        tell(
            now["status"].as_str().unwrap_or("queued"),
            if now["error_message"].is_null() { json!({}) } else { error },
        );
    }
    told
}

fn is_set(value: &Value) -> bool {
    value.as_bool().unwrap_or(false)
}

fn count(labels: &Value) -> usize {
    labels.as_array().map_or(0, Vec::len)
}
