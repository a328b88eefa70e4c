//! Figures for Prometheus, counted in the database when asked: nothing to keep in step.

use super::Views;
use crate::domain::PrinterStatus;
use crate::refusal::Refusal;
use crate::store::{events, job_lists, printers};
use actix_web::HttpResponse;
use actix_web::web::Data;
use std::fmt::Write;

/// `GET /metrics`
pub async fn metrics(views: Data<Views>) -> Result<HttpResponse, Refusal> {
    let mut connection = views.store.read().await?;
    let mut text = String::new();
    let mut family = |name: &str, kind: &str, help: &str, values: Vec<(String, i64)>| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
        for (labels, value) in values {
            let _ = writeln!(text, "{name}{labels} {value}");
        }
    };
    let counts = job_lists::counts(&mut connection).await?;
    let by_status =
        counts.by_status.iter().map(|(status, count)| (label("status", status), *count)).collect();
    family("platen_jobs", "gauge", "Jobs by status.", by_status);
    family(
        "platen_labels_printed_total",
        "counter",
        "Labels with evidence that they were printed.",
        vec![(String::new(), counts.printed)],
    );
    family(
        "platen_labels_unconfirmed",
        "gauge",
        "Labels that wait for a person's answer.",
        vec![(String::new(), counts.unconfirmed)],
    );
    let all = printers::all(&mut connection).await?;
    let reachable =
        |status: PrinterStatus| i64::from(!matches!(status, PrinterStatus::Offline | PrinterStatus::Unknown));
    let of_printers = |value: &dyn Fn(&crate::domain::PrinterState) -> Option<i64>| -> Vec<(String, i64)> {
        all.iter()
            .filter_map(|printer| value(printer).map(|value| (label("printer", &printer.name), value)))
            .collect()
    };
    family(
        "platen_printer_up",
        "gauge",
        "1 when the printer can be reached.",
        of_printers(&|printer| Some(reachable(printer.status))),
    );
    family(
        "platen_printer_fault",
        "gauge",
        "1 when a person is needed at the printer.",
        of_printers(&|printer| Some(i64::from(printer.fault.is_some()))),
    );
    family(
        "platen_printer_queue",
        "gauge",
        "Jobs waiting or printing.",
        of_printers(&|printer| Some(printer.queue_length)),
    );
    family(
        "platen_printer_odometer_labels",
        "counter",
        "Labels in the device's life.",
        of_printers(&|printer| printer.odometer),
    );
    let latest = events::latest(&mut connection).await?;
    family("platen_events_total", "counter", "Number of the latest event.", vec![(String::new(), latest)]);
    Ok(HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(text))
}

fn label(name: &str, value: &str) -> String {
    let escaped = value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    format!("{{{name}=\"{escaped}\"}}")
}
