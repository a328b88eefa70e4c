//! Who hears about progress. Each outlet reads rows and the event log; none of them calls another stage.

pub(crate) mod csv_export;
pub(crate) mod instances;
pub(crate) mod job_events;
pub(crate) mod label_list;
pub(crate) mod label_picture;
pub(crate) mod label_search;
pub(crate) mod live_stream;
pub(crate) mod metrics;
pub mod odoo;
pub(crate) mod preview;
pub(crate) mod queries;
pub(crate) mod templates;

pub use csv_export::history_csv;
pub use label_list::job_labels;
pub use live_stream::events;
pub use queries::{Views, job, job_status, job_statuses, jobs, printer, printers};

use actix_web::web::{ServiceConfig, get, post};

/// Everything that only reads, below `/api`.
pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/jobs", get().to(jobs))
        .route("/jobs/{id}", get().to(job))
        .route("/jobs/{id}/events", get().to(job_events::job_events))
        .route("/jobs/{id}/labels", get().to(job_labels))
        .route("/jobs/{id}/labels/{label}/picture", get().to(label_picture::label_picture))
        .route("/labels", get().to(label_search::labels_by_serial))
        .route("/status", post().to(job_statuses))
        .route("/status/{id}", get().to(job_status))
        .route("/printers", get().to(printers))
        .route("/printers/{name}", get().to(printer))
        .route("/instances", get().to(instances::instances))
        .route("/templates", get().to(templates::templates))
        .route("/templates/{name}", get().to(templates::template))
        .route("/templates/{name}/lint", post().to(templates::lint))
        .route("/templates/{name}/preview", post().to(preview::preview))
        .route("/events", get().to(events))
        .route("/history.csv", get().to(history_csv));
}
