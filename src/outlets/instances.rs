//! Answers about the instances of the service: when each was last heard of, and what its printers have to do.

use super::queries::Views;
use crate::refusal::Refusal;
use crate::store::{instances as stored_instances, printers as stored_printers};
use actix_web::HttpResponse;
use actix_web::web::Data;
use serde_json::{Value, json};

/// `GET /api/instances`
#[utoipa::path(get, path = "/api/instances", tag = "printers", responses(
    (status = 200, description = "`instances` on this database: version, start, last heartbeat (every 30 seconds), whether it \
        stopped, and the printers it writes to, each with its queue and the job that prints now"),
), security(("key" = [])))]
pub async fn instances(views: Data<Views>) -> Result<HttpResponse, Refusal> {
    let mut connection = views.store.read().await?;
    let all = stored_instances::all(&mut connection).await?;
    let printers = stored_printers::all(&mut connection).await?;
    let all: Vec<Value> = all
        .iter()
        .map(|instance| {
            let its_own = printers.iter().filter(|printer| instance.printers.contains(&printer.name));
            let its_own: Vec<Value> = its_own
                .map(|printer| {
                    json!({
                        "name": printer.name,
                        "status": printer.status.as_str(),
                        "queue_length": printer.queue_length,
                        "current_job": printer.current_job,
                    })
                })
                .collect();
            json!({
                "name": instance.name,
                "version": instance.version,
                "started_at": instance.started_at,
                "last_seen_at": instance.seen_at,
                "is_stopped": instance.is_stopped,
                "printers": its_own,
            })
        })
        .collect();
    Ok(HttpResponse::Ok().json(json!({"instances": all})))
}
