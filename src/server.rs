//! Mounts intake, outlets and dashboard on one HTTP server; health and documentation beside them.

use crate::dashboard;
use crate::domain::Code;
use crate::intake::{
    self, Intake, JobRequest, Keys, accept, pauses, refuse_foreign_database, reprint, require_key, wishes,
};
use crate::odoo::DatabasePin;
use crate::outlets::{
    self, Views, csv_export, instances, job_events, label_list, label_picture, label_search, live_stream,
    preview, queries, templates,
};
use crate::refusal::Refusal;
use crate::request_body::MAX_BODY_BYTES;
use actix_web::dev::Server;
use actix_web::middleware::from_fn;
use actix_web::web::{self, Data, PayloadConfig, QueryConfig};
use actix_web::{App, HttpResponse, HttpServer};
use serde_json::json;
use std::net::{SocketAddr, TcpListener};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};
use utoipa_swagger_ui::SwaggerUi;

/// What the server hands to its handlers.
#[derive(Debug, Clone)]
pub struct ServerParts {
    pub intake: Intake,
    pub views: Views,
    pub keys: Keys,
    pub pin: DatabasePin,
    /// Pictures of the demo's labels; absent outside a demo.
    pub gallery: Option<crate::dashboard::Gallery>,
}

#[derive(Debug, OpenApi)]
#[openapi(
    info(title = "Platen", description = "Prints labels and tells the truth about each of them."),
    paths(
        accept::submit, queries::jobs, queries::job, label_list::job_labels, label_picture::label_picture, job_events::job_events, queries::job_status, queries::job_statuses,
        wishes::cancel, wishes::retry, reprint::reprint, pauses::pause, pauses::resume, pauses::pause_everything, pauses::resume_everything, wishes::resolve, queries::printers,
        queries::printer, instances::instances, pauses::pause_printer, pauses::resume_printer, templates::templates, templates::template, templates::lint, preview::preview, intake::templates::upload, intake::templates::approve, wishes::test_printer, wishes::probe_printer,
        live_stream::events, csv_export::history_csv, label_search::labels_by_serial,
    ),
    components(schemas(JobRequest)),
    modifiers(&KeyScheme),
)]
struct ApiDocument;

struct KeyScheme;

impl Modify for KeyScheme {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        document.components.get_or_insert_default().add_security_scheme("key", SecurityScheme::Http(scheme));
    }
}

/// Starts the server on a bound listener; it stops when told, not on signals.
pub fn start(listener: TcpListener, parts: ServerParts) -> std::io::Result<(Server, SocketAddr)> {
    let address = listener.local_addr()?;
    let server = HttpServer::new(move || {
        let parts = parts.clone();
        App::new()
            .app_data(PayloadConfig::new(MAX_BODY_BYTES))
            .app_data(QueryConfig::default().error_handler(|error, _| {
                Refusal::new(Code::InvalidField, format!("The query is not understood: {error}.")).into()
            }))
            .app_data(Data::new(parts.intake))
            .app_data(Data::new(parts.views))
            .app_data(Data::new(parts.keys))
            .app_data(Data::new(parts.pin))
            .app_data(Data::new(parts.gallery))
            .route("/healthz", web::get().to(healthz))
            .route("/readyz", web::get().to(readyz))
            .route("/metrics", web::get().to(outlets::metrics::metrics).wrap(from_fn(require_key)))
            .service(SwaggerUi::new("/docs/{_:.*}").url("/openapi.json", ApiDocument::openapi()))
            .service(web::redirect("/docs", "/docs/"))
            .service(
                web::scope("/api")
                    // The last one named is the first one asked.
                    .wrap(from_fn(refuse_foreign_database))
                    .wrap(from_fn(require_key))
                    .configure(intake::routes)
                    .configure(outlets::routes)
                    .configure(dashboard::gallery_routes)
                    .default_service(web::to(nothing_here)),
            )
            .configure(dashboard::routes)
            .default_service(web::to(nothing_here))
    })
    .workers(2)
    .shutdown_timeout(3)
    .disable_signals()
    .listen(listener)?
    .run();
    Ok((server, address))
}

async fn healthz() -> HttpResponse {
    HttpResponse::Ok().json(json!({"status": "alive", "version": env!("CARGO_PKG_VERSION")}))
}

/// Ready means: the database can be written, and there are templates.
async fn readyz(views: Data<Views>) -> HttpResponse {
    let trouble = views.store.prove_writable().await.err().map(|error| error.trouble().code());
    let templates =
        views.catalogue.state().templates.values().filter(|listed| listed.approved.is_some()).count();
    let mut state = json!({"database": trouble.is_none(), "templates": templates});
    if let Some(code) = trouble {
        state["code"] = json!(code.as_str());
        state["detail"] = json!(code.message());
        state["action"] = json!(code.action());
    }
    if trouble.is_none() && templates > 0 {
        HttpResponse::Ok().json(state)
    } else {
        HttpResponse::ServiceUnavailable().json(state)
    }
}

async fn nothing_here(request: actix_web::HttpRequest) -> Result<HttpResponse, Refusal> {
    Err(Refusal::not_found(format!("resource `{} {}`", request.method(), request.path())))
}
