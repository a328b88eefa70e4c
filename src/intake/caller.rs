//! Who is asking: a bearer key, compared by digest in constant time.

use crate::domain::Code;
use crate::refusal::Refusal;
use crate::store::{Store, keys};
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::AUTHORIZATION;
use actix_web::middleware::Next;
use actix_web::web::Data;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use std::fmt::Write;
use subtle::ConstantTimeEq;

/// The keys that open the API: those in the database, and the one from the environment.
#[derive(Debug, Clone)]
pub struct Keys {
    store: Store,
    environment_digest: Option<String>,
}

/// SHA-256 in hexadecimal. Keys are random, so a fast digest is enough.
pub fn digest_of(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

/// Bytes as hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(64), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

impl Keys {
    /// `environment` is `PLATEN_API_KEY`, where it is set.
    pub fn new(store: Store, environment: Option<&SecretString>) -> Self {
        Self { store, environment_digest: environment.map(|key| digest_of(key.expose_secret())) }
    }

    /// The name of the key that was presented.
    async fn name_of(&self, presented: &str) -> Result<Option<String>, Refusal> {
        let digest = digest_of(presented);
        let mut known = keys::valid(&mut *self.store.read().await?).await?;
        known.extend(self.environment_digest.iter().map(|digest| ("environment".to_owned(), digest.clone())));
        let mut found = None;
        for (name, valid) in known {
            if bool::from(valid.as_bytes().ct_eq(digest.as_bytes())) {
                found = Some(name);
            }
        }
        Ok(found)
    }
}

/// Middleware: lets a request pass with a valid key.
pub async fn require_key(
    keys: Data<Keys>,
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let presented = request
        .headers()
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .map(str::trim);
    let refusal = match presented {
        None => Refusal::new(Code::Unauthorized, "The request carries no key."),
        Some(key) => match keys.name_of(key).await? {
            Some(_) => return next.call(request).await,
            None => Refusal::new(Code::Unauthorized, "The key is not known, or was revoked."),
        },
    };
    Err(refusal.into())
}
