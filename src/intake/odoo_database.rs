//! From which Odoo a request comes: every one that tells its database's uuid has to be the one this service prints for.

use crate::domain::Code;
use crate::odoo::{DatabasePin, PinError};
use crate::refusal::Refusal;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::web::Data;

const DATABASE_UUID: &str = "X-Odoo-Database-UUID";

/// Middleware, behind the key: lets the pinned database pass, and callers that are no Odoo.
pub async fn refuse_foreign_database(
    pin: Data<DatabasePin>,
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let told = request.headers().get(DATABASE_UUID).and_then(|value| value.to_str().ok());
    if let Some(uuid) = told {
        pin.check(uuid).await.map_err(refusal)?;
    }
    next.call(request).await
}

fn refusal(error: PinError) -> Refusal {
    match error {
        PinError::Foreign { .. } => {
            tracing::warn!(%error, "a request was refused");
            Refusal::new(Code::ForeignDatabase, error.to_string())
        }
        PinError::Store(error) => error.into(),
    }
}
