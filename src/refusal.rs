//! Why not: status, stable code, what happened, what to do (RFC 9457 problem details).

use crate::domain::Code;
use crate::store::StoreError;
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use serde_json::json;
use std::fmt;

/// A refusal a person can act on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub code: Code,
    /// What happened, where: one sentence.
    pub detail: String,
    /// What to do: one sentence.
    pub action: String,
}

impl Refusal {
    /// With the standing advice of the code.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), action: code.action().to_owned() }
    }

    /// With advice for just this case.
    pub fn with_action(code: Code, detail: impl Into<String>, action: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), action: action.into() }
    }

    /// There is no such thing here.
    pub fn not_found(what: impl fmt::Display) -> Self {
        Self::new(Code::NotFound, format!("There is no {what} here."))
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {} {}", self.code.as_str(), self.detail, self.action)
    }
}

impl std::error::Error for Refusal {}

impl ResponseError for Refusal {
    fn status_code(&self) -> StatusCode {
        match self.code {
            Code::MalformedBody => StatusCode::BAD_REQUEST,
            Code::Unauthorized => StatusCode::UNAUTHORIZED,
            Code::Forbidden | Code::ForeignDatabase => StatusCode::FORBIDDEN,
            Code::NotFound => StatusCode::NOT_FOUND,
            Code::UuidConflict
            | Code::IllegalTransition
            | Code::JobEnded
            | Code::NothingMissing
            | Code::NotPrinted
            | Code::EverythingPaused => StatusCode::CONFLICT,
            Code::PayloadTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Code::StorageFull => StatusCode::INSUFFICIENT_STORAGE,
            Code::StorageReadOnly
            | Code::StorageBusy
            | Code::StorageDamaged
            | Code::StorageMissing
            | Code::StorageFailing => StatusCode::SERVICE_UNAVAILABLE,
            Code::InternalError => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }

    fn error_response(&self) -> HttpResponse {
        let status = self.status_code();
        let mut response = HttpResponse::build(status);
        if self.code == Code::Unauthorized {
            response.insert_header(("WWW-Authenticate", "Bearer"));
        }
        response.content_type("application/problem+json").body(
            json!({
                "type": format!("urn:platen:{}", self.code.as_str()),
                "title": status.canonical_reason(),
                "status": status.as_u16(),
                "code": self.code.as_str(),
                "detail": self.detail,
                "action": self.action,
            })
            .to_string(),
        )
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "a request failed on the database");
        match error {
            StoreError::Unusable { trouble, .. } => {
                let code = trouble.code();
                Self::new(code, format!("{} The request changed nothing.", code.message()))
            }
            _ => {
                Self::new(Code::InternalError, "The service's database failed; the request changed nothing.")
            }
        }
    }
}

/// A failing commit is a failing database.
impl From<sqlx::Error> for Refusal {
    fn from(error: sqlx::Error) -> Self {
        StoreError::from(error).into()
    }
}
