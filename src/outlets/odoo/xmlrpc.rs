//! Odoo's external API over XML-RPC (`/xmlrpc/2`), which versions 14 to 19 speak.
//!
//! The transport is ours, the XML is `dxr`'s: an answer is bounded in size while it streams and in depth before the
//! library sees it, because a parser that recurses must not meet a document that was built to overflow it. Every method
//! called through here has to be repeatable: a time-out, and even a fault, is no proof that nothing happened.

mod codec;
mod scan;

use super::OdooError;
use codec::{Answer, decode_answer, encode_call};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{StatusCode, Url};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use std::error::Error as _;
use std::fmt;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::Instant;

/// Longest answer read, in bytes.
const ANSWER_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Answers from this size on are decoded off the event loop, in bytes.
const BLOCKING_BYTES_MIN: usize = 128 * 1024;
/// Longest cause of a broken connection that is kept, in characters.
const CAUSE_CHARACTERS_MAX: usize = 200;
/// Odoo tries a lost race for a row up to five times, which takes up to half a minute.
const TOTAL_TIMEOUT: Duration = Duration::from_secs(60);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a refused login is answered from memory: whoever asks in a loop costs Odoo nothing.
const REFUSED_LOGIN_PAUSE: Duration = Duration::from_secs(300);

/// Where Odoo is, and who the service is there.
#[derive(Debug, Clone)]
pub struct OdooSettings {
    /// The address people open in a browser, `https://erp.example.com`.
    pub url: String,
    pub database: String,
    pub username: String,
    /// An API key of that user (or its password).
    pub api_key: SecretString,
    /// From the first byte sent to the last byte read.
    pub total_timeout: Duration,
    pub connect_timeout: Duration,
    /// How long a refused login is not tried again.
    pub refused_login_pause: Duration,
}

impl OdooSettings {
    /// Settings with the usual limits.
    pub fn new(
        url: impl Into<String>,
        database: impl Into<String>,
        username: impl Into<String>,
        api_key: SecretString,
    ) -> Self {
        Self {
            url: url.into(),
            database: database.into(),
            username: username.into(),
            api_key,
            total_timeout: TOTAL_TIMEOUT,
            connect_timeout: CONNECT_TIMEOUT,
            refused_login_pause: REFUSED_LOGIN_PAUSE,
        }
    }
}

/// One user's connection to one database. Cheap to share behind an `Arc`; one call costs one request.
pub struct OdooClient {
    settings: OdooSettings,
    common: Url,
    object: Url,
    http: reqwest::Client,
    login: Mutex<Login>,
}

/// What is known of the login; a good one is kept for good, a refused one for a while.
enum Login {
    Unknown,
    Known(i64),
    Refused(Instant),
}

impl OdooClient {
    /// Prepares the client; nothing is sent. The process must have installed its TLS provider.
    pub fn new(settings: OdooSettings) -> Result<Self, OdooError> {
        let base = base_url(&settings.url)?;
        let endpoint = |name: &str| {
            Url::parse(&format!("{base}/xmlrpc/2/{name}"))
                .map_err(|_| OdooError::Misconfigured("odoo.url is not an address".to_owned()))
        };
        Ok(Self {
            common: endpoint("common")?,
            object: endpoint("object")?,
            http: http_client(&settings)?,
            login: Mutex::new(Login::Unknown),
            settings,
        })
    }

    /// The server's version, without a login: proves that an Odoo answers at this address.
    pub async fn version(&self) -> Result<Value, OdooError> {
        self.send(&self.common, encode_call("version", &[])?).await
    }

    /// Logs in once and remembers the user's id. Odoo spends half a second on it, so it is asked again only after a refusal,
    /// and then not before the pause of the settings is over: until then the answer is [`OdooError::Denied`].
    pub async fn authenticate(&self) -> Result<i64, OdooError> {
        // Held while asking, so that many callers cost one login.
        let mut login = self.login.lock().await;
        match *login {
            Login::Known(uid) => return Ok(uid),
            Login::Refused(at) if at.elapsed() < self.settings.refused_login_pause => {
                return Err(OdooError::Denied);
            }
            Login::Refused(_) | Login::Unknown => {}
        }
        let body = encode_call(
            "authenticate",
            &[
                ("database", &json!(self.settings.database)),
                ("username", &json!(self.settings.username)),
                ("key", &json!(self.settings.api_key.expose_secret())),
                ("environment", &json!({})),
            ],
        )?;
        let outcome = self.send(&self.common, body).await.and_then(|answer| match answer {
            // Odoo's way of saying no.
            Value::Bool(false) | Value::Null => Err(OdooError::Denied),
            answer => {
                answer.as_i64().ok_or_else(|| OdooError::Protocol("the login brought no user id".to_owned()))
            }
        });
        match outcome {
            Ok(uid) => *login = Login::Known(uid),
            Err(OdooError::Denied) => *login = Login::Refused(Instant::now()),
            Err(_) => {}
        }
        outcome
    }

    /// Calls a model's public method (`execute_kw`). An array holds positional arguments, an object named ones. Values that
    /// are `null` are sent as `False`.
    pub async fn call(&self, model: &str, method: &str, args: Value) -> Result<Value, OdooError> {
        let (positional, named) = match args {
            Value::Array(_) => (args, json!({})),
            Value::Object(_) => (json!([]), args),
            _ => {
                let reason = "is neither a list nor named arguments";
                return Err(OdooError::Unsendable { path: "args".to_owned(), reason });
            }
        };
        let uid = self.authenticate().await?;
        let body = encode_call(
            "execute_kw",
            &[
                ("database", &json!(self.settings.database)),
                ("user id", &json!(uid)),
                ("key", &json!(self.settings.api_key.expose_secret())),
                ("model", &json!(model)),
                ("method", &json!(method)),
                ("args", &positional),
                ("args", &named),
            ],
        )?;
        let outcome = self.send(&self.object, body).await;
        if outcome == Err(OdooError::Denied) {
            // The key was revoked or the user archived since the login.
            *self.login.lock().await = Login::Refused(Instant::now());
        }
        outcome
    }

    async fn send(&self, endpoint: &Url, body: String) -> Result<Value, OdooError> {
        let request = self.http.post(endpoint.clone()).header(CONTENT_TYPE, "text/xml").body(body);
        let response = request.send().await.map_err(|error| transport_error(&error))?;
        check_head(&response)?;
        let body = read_bounded(response).await?;
        match decode(body).await? {
            Answer::Result(value) => Ok(value),
            Answer::Fault { code, text } => {
                Err(OdooError::from_fault(code, &text).without(self.settings.api_key.expose_secret()))
            }
        }
    }
}

impl fmt::Debug for OdooClient {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("OdooClient")
            .field("url", &self.settings.url)
            .field("database", &self.settings.database)
            .field("username", &self.settings.username)
            .finish_non_exhaustive()
    }
}

/// The address without a trailing slash; one that carries credentials would end up in logs.
fn base_url(address: &str) -> Result<String, OdooError> {
    let refuse = |reason: &str| Err(OdooError::Misconfigured(reason.to_owned()));
    let Ok(url) = Url::parse(address.trim()) else {
        return refuse("odoo.url is not an address such as https://erp.example.com");
    };
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return refuse("odoo.url must begin with https:// or http://");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return refuse("odoo.url must not hold a user or password; use odoo.username and odoo.api_key");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return refuse("odoo.url must end with the host or a path");
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

fn http_client(settings: &OdooSettings) -> Result<reqwest::Client, OdooError> {
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

/// Judges status and type before a byte of the body is read.
fn check_head(response: &reqwest::Response) -> Result<(), OdooError> {
    let status = response.status();
    match status {
        StatusCode::OK => {}
        StatusCode::BAD_GATEWAY
        | StatusCode::SERVICE_UNAVAILABLE
        | StatusCode::GATEWAY_TIMEOUT
        | StatusCode::TOO_MANY_REQUESTS => {
            return Err(OdooError::Unreachable(format!(
                "HTTP {} came instead of an answer",
                status.as_u16()
            )));
        }
        status if status.is_server_error() => {
            let message = format!("HTTP {} without an answer", status.as_u16());
            return Err(OdooError::ServerError { message, retryable: true });
        }
        status if status.is_redirection() => {
            return Err(OdooError::Protocol(
                "it is a redirect; put the final address (often https://) into odoo.url".to_owned(),
            ));
        }
        status => {
            return Err(OdooError::Protocol(format!(
                "it is HTTP {}; check odoo.url and odoo.database",
                status.as_u16()
            )));
        }
    }
    let content_type =
        response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case("text/xml") || essence.eq_ignore_ascii_case("application/xml") {
        return Ok(());
    }
    Err(OdooError::Protocol("it is not XML; check that odoo.url is the address of an Odoo".to_owned()))
}

async fn read_bounded(mut response: reqwest::Response) -> Result<Vec<u8>, OdooError> {
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

async fn decode(body: Vec<u8>) -> Result<Answer, OdooError> {
    if body.len() < BLOCKING_BYTES_MIN {
        return decode_answer(&body);
    }
    tokio::task::spawn_blocking(move || decode_answer(&body))
        .await
        .unwrap_or_else(|_| Err(OdooError::Protocol("it could not be decoded".to_owned())))
}

/// Tells "never arrived" from "may have arrived". The innermost cause is the one a person can act on.
fn transport_error(error: &reqwest::Error) -> OdooError {
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
