//! Who is asking: a bearer key, compared by digest in constant time, and what it may do.

use super::rights;
use crate::domain::{Code, Scopes};
use crate::refusal::Refusal;
use crate::store::Store;
use crate::store::keys::{self, ValidKey};
use actix_web::HttpMessage;
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

    /// The key that was presented, if it is one.
    async fn find(&self, presented: &str) -> Result<Option<ValidKey>, Refusal> {
        let digest = digest_of(presented);
        let mut known = keys::valid(&mut *self.store.read().await?).await?;
        known.extend(self.environment_digest.iter().map(|digest| ValidKey {
            name: "environment".to_owned(),
            digest: digest.clone(),
            scopes: Scopes::all(),
        }));
        let mut found = None;
        for key in known {
            if bool::from(key.digest.as_bytes().ct_eq(digest.as_bytes())) {
                found = Some(key);
            }
        }
        Ok(found)
    }
}

/// Whose key a request came with; handlers find it among the request's data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    pub key_name: String,
    pub scopes: Scopes,
}

/// Middleware: lets a request pass with a valid key that has the right for it.
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
        Some(key) => match keys.find(key).await? {
            Some(key) => match may(&key, &request) {
                Ok(()) => {
                    request.extensions_mut().insert(Caller { key_name: key.name, scopes: key.scopes });
                    return next.call(request).await;
                }
                Err(refusal) => refusal,
            },
            None => Refusal::new(Code::Unauthorized, "The key is not known, or was revoked."),
        },
    };
    Err(refusal.into())
}

fn may(key: &ValidKey, request: &ServiceRequest) -> Result<(), Refusal> {
    let needed = rights::needed(request.method(), request.path());
    if key.scopes.allow(needed) {
        return Ok(());
    }
    tracing::info!(key.name = %key.name, scope = %needed, path = request.path(), "a call was refused");
    Err(Refusal::with_action(
        Code::Forbidden,
        format!("The key `{}` does not have the scope `{needed}` that this call needs.", key.name),
        format!("Use a key that has it, such as one made by `platen key create NAME --scope {needed}`."),
    ))
}
