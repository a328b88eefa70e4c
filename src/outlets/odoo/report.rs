//! What a report says, as `docs/reports.md` has it. Pure.

use crate::domain::{Attention, Job, PrinterState};
use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

/// How a job stands. `reprint_of` is the uuid of the job whose labels it repeats.
pub(super) fn job_report(job: &Job, reprint_of: Option<Uuid>) -> Value {
    json!({
        "kind": "job",
        "uuid": job.uuid,
        "service_job_id": job.id,
        "revision": job.revision,
        "status": job.status,
        "quantity": job.quantity,
        "current_label": job.printed,
        "printer": job.printer,
        "unconfirmed": job.unconfirmed,
        "unconfirmed_policy": job.unconfirmed_policy.as_str(),
        "paused": job.paused,
        "reprint_of": reprint_of,
        "reprint_labels": job.reprint.as_ref().map(|reprint| reprint.shown.to_string()),
        "reprint_reason": job.reprint.as_ref().map(|reprint| &reprint.reason),
        "attention": attention(job.attention.as_ref()),
        "error_code": job.error_code,
        "error_message": job.error_message,
        "error_action": job.error_action,
        "eta_seconds": job.eta_seconds,
        "updated_at": odoo_time(job.updated_at),
    })
}

/// How a printer stands.
pub(super) fn printer_report(printer: &PrinterState, pools: &[String]) -> Value {
    json!({
        "kind": "printer",
        "name": printer.name,
        "revision": printer.revision,
        "status": printer.status.as_str(),
        "paused": printer.paused,
        "fault": attention(printer.fault.as_ref()),
        // Beyond 31 bits XML-RPC breaks; no printer lives so long.
        "odometer": printer.odometer.filter(|odometer| *odometer < i64::from(i32::MAX)),
        "queue_length": printer.queue_length,
        "pools": pools,
        "last_seen_at": printer.last_seen_at.map(odoo_time),
    })
}

/// The whole list of templates, as `GET /api/templates` tells it: one that is not in it is gone.
pub(super) fn templates_report(listed: &Value) -> Value {
    json!({"kind": "templates", "templates": listed["templates"]})
}

fn attention(attention: Option<&Attention>) -> Value {
    attention.map_or(Value::Null, |attention| {
        json!({
            "code": attention.code,
            "message": attention.message,
            "action": attention.action,
            "since": odoo_time(attention.since),
        })
    })
}

/// Odoo takes `YYYY-MM-DD HH:MM:SS` in UTC and nothing else.
pub(super) fn odoo_time(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%M:%S").to_string()
}
