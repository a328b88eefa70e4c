//! Stage 1: a request becomes a durable job, or a clear refusal; a person's wish becomes durable too.

pub(crate) mod accept;
mod body_digest;
mod caller;
mod label_check;
mod left_behind;
mod odoo_database;
pub mod odoo_pull;
mod paper;
pub(crate) mod pauses;
pub(crate) mod reprint;
mod rights;
mod routing;
mod submission;
pub(crate) mod templates;
mod warning;
pub(crate) mod wishes;

pub use accept::{Intake, IntakePrinter};
pub use caller::{Keys, digest_of, require_key};
pub use odoo_database::refuse_foreign_database;
pub use submission::{JobRequest, MAX_LABELS};

pub use accept::submit;
pub use pauses::{pause, pause_everything, pause_printer, resume, resume_everything, resume_printer};
pub use reprint::reprint;
pub use wishes::{cancel, label_ranges, resolve, retry};

use actix_web::web::{ServiceConfig, post, put};

/// Everything that changes something, below `/api`.
pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/jobs", post().to(submit))
        .route("/pause", post().to(pause_everything))
        .route("/resume", post().to(resume_everything))
        .route("/jobs/{id}/cancel", post().to(cancel))
        .route("/jobs/{id}/retry", post().to(retry))
        .route("/jobs/{id}/pause", post().to(pause))
        .route("/jobs/{id}/resume", post().to(resume))
        .route("/jobs/{id}/reprint", post().to(reprint))
        .route("/jobs/{id}/resolve", post().to(resolve))
        .route("/templates/{name}", put().to(templates::upload))
        .route("/templates/{name}/approve", post().to(templates::approve))
        .route("/printers/{name}/test", post().to(wishes::test_printer))
        .route("/printers/{name}/probe", post().to(wishes::probe_printer))
        .route("/printers/{name}/pause", post().to(pause_printer))
        .route("/printers/{name}/resume", post().to(resume_printer));
}
