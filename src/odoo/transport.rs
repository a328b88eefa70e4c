//! HTTP to Odoo, as both protocols need it: bounded in time and size, no redirects, nothing quoted from a body.

use super::{OdooError, OdooSettings};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Response, StatusCode};
use std::error::Error as _;

/// Longest answer read, in bytes.
pub(super) const ANSWER_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Answers from this size on are decoded off the event loop, in bytes.
pub(super) const BLOCKING_BYTES_MIN: usize = 128 * 1024;
/// Longest cause of a broken connection that is kept, in characters.
const CAUSE_CHARACTERS_MAX: usize = 200;

pub(super) fn http_client(settings: &OdooSettings) -> Result<reqwest::Client, OdooError> {
    // Without a provider the builder panics, and a panic is no way to report a forgotten line.
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        return Err(OdooError::Misconfigured("no TLS provider is installed in this process".to_owned()));
    }
    let database = HeaderValue::from_str(&settings.database).map_err(|_| {
        OdooError::Misconfigured("odoo.database holds a character that no database name has".to_owned())
    })?;
    // Without this header a server with a database filter lists all its databases on every request.
    let headers = HeaderMap::from_iter([(HeaderName::from_static("x-odoo-database"), database)]);
    reqwest::Client::builder()
        .user_agent(concat!("platen/", env!("CARGO_PKG_VERSION")))
        .default_headers(headers)
        .timeout(settings.total_timeout)
        .connect_timeout(settings.connect_timeout)
        // The body holds the key: it goes to the configured address and nowhere else.
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .map_err(|_| {
            OdooError::Misconfigured("the TLS certificates of this machine cannot be read".to_owned())
        })
}

/// What stands before Odoo, or Odoo without a worker for it, answers these; another try can help.
pub(super) fn check_for_proxy(status: StatusCode) -> Result<(), OdooError> {
    match status {
        StatusCode::BAD_GATEWAY
        | StatusCode::SERVICE_UNAVAILABLE
        | StatusCode::GATEWAY_TIMEOUT
        | StatusCode::TOO_MANY_REQUESTS => {
            Err(OdooError::Unreachable(format!("HTTP {} came instead of an answer", status.as_u16())))
        }
        status if status.is_redirection() => Err(OdooError::Protocol(
            "it is a redirect; put the final address (often https://) into odoo.url".to_owned(),
        )),
        _ => Ok(()),
    }
}

/// The type of the body, without its parameters.
pub(super) fn content_type(response: &Response) -> String {
    let value = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    value.unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// An answer that neither protocol gives.
pub(super) fn unexpected_status(status: StatusCode) -> OdooError {
    if status.is_server_error() {
        let message = format!("HTTP {} without an answer", status.as_u16());
        return OdooError::ServerError { message, retryable: true };
    }
    OdooError::Protocol(format!("it is HTTP {}; check odoo.url and odoo.database", status.as_u16()))
}

pub(super) async fn read_bounded(mut response: Response) -> Result<Vec<u8>, OdooError> {
    let too_large = || OdooError::Protocol(format!("it is larger than {} MiB", ANSWER_BYTES_MAX >> 20));
    if response.content_length().is_some_and(|length| length > ANSWER_BYTES_MAX as u64) {
        return Err(too_large());
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| transport_error(&error))? {
        if body.len() + chunk.len() > ANSWER_BYTES_MAX {
            return Err(too_large());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Tells "never arrived" from "may have arrived". The innermost cause is the one a person can act on.
pub(super) fn transport_error(error: &reqwest::Error) -> OdooError {
    if error.is_connect() {
        return OdooError::Unreachable(innermost_cause(error));
    }
    if error.is_timeout() {
        return OdooError::TimedOut;
    }
    OdooError::Interrupted(innermost_cause(error))
}

fn innermost_cause(error: &reqwest::Error) -> String {
    // The outermost error would name the address with whatever stands in it.
    let Some(mut cause) = error.source() else { return "no answer".to_owned() };
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string().chars().take(CAUSE_CHARACTERS_MAX).collect()
}
