//! Platen's own HTTP API as a caller sees it: the commands that act on a running service, and `platen doctor`.

use reqwest::header::CONTENT_TYPE;
use reqwest::{Method, Response, StatusCode, Url};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use std::error::Error as _;
use std::fmt;
use std::time::Duration;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Between two pieces of an answer; `cancel` takes its five seconds, and an export may last.
const READ_TIMEOUT: Duration = Duration::from_secs(30);
/// Longest answer that is not a stream, in bytes: a page of labels with room to spare.
const ANSWER_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Why the service gave no answer that can be used: one sentence with what to do next.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ApiError {
    /// The address or a header cannot be used.
    #[error("{0}")]
    Misconfigured(String),
    /// Nobody listens at the address: no service runs there.
    #[error(
        "nothing listens at {base}; start the service with `platen serve`, or name another with --server"
    )]
    Refused { base: String },
    /// The address does not answer, which proves nothing about whether a service runs.
    #[error(
        "the service at {base} cannot be reached ({reason}); check that `platen serve` runs there, and the address"
    )]
    Unreachable { base: String, reason: String },
    /// The service said no, in words for a person.
    #[error("{detail} {action}")]
    Problem { status: u16, code: String, detail: String, action: String },
    /// Something answers that is not platen.
    #[error("what answers at {base} is not platen ({reason}); check the address")]
    NotPlaten { base: String, reason: String },
}

impl ApiError {
    /// True where the same request may succeed later by itself.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Refused { .. } | Self::Unreachable { .. } => true,
            Self::Problem { status, .. } => *status >= 500,
            _ => false,
        }
    }
}

/// A service and the key for it. Cheap to clone.
#[derive(Clone)]
pub struct ApiClient {
    http: reqwest::Client,
    base: Url,
    key: Option<SecretString>,
}

/// A question about something: a path in parts and a query.
pub type Query<'a> = &'a [(&'a str, String)];

impl ApiClient {
    /// A client for the service at `base`, e.g. `http://127.0.0.1:8631`. The process must have installed its TLS
    /// provider.
    pub fn new(base: &str, key: Option<SecretString>) -> Result<Self, ApiError> {
        let wrong = |reason: &str| ApiError::Misconfigured(format!("`{base}` {reason}"));
        let base = Url::parse(base).map_err(|_| wrong("is not an address; write http://host:port"))?;
        if !matches!(base.scheme(), "http" | "https") || !base.has_host() {
            return Err(wrong("is not an address; write http://host:port"));
        }
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("platen/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(READ_TIMEOUT)
            // The key goes to the address it was meant for.
            .redirect(reqwest::redirect::Policy::none());
        if is_loopback(&base) {
            builder = builder.no_proxy();
        }
        let http = builder
            .build()
            .map_err(|_| wrong("cannot be asked: the TLS certificates of this machine cannot be read"))?;
        Ok(Self { http, base, key })
    }

    /// The address of the service, for people.
    pub fn base(&self) -> &str {
        self.base.as_str().trim_end_matches('/')
    }

    /// Reads something, e.g. `["api", "jobs"]`.
    pub async fn get(&self, path: &[&str], query: Query<'_>) -> Result<Value, ApiError> {
        self.json(self.send(Method::GET, path, query, None).await?).await
    }

    /// Asks for something to be done.
    pub async fn post(&self, path: &[&str], body: Option<&Value>) -> Result<Value, ApiError> {
        self.post_told(path, body).await.map(|(value, _)| value)
    }

    /// Asks for something to be done; also tells whether it is new (202) or was done before (200).
    pub async fn post_told(&self, path: &[&str], body: Option<&Value>) -> Result<(Value, bool), ApiError> {
        let response = self.send(Method::POST, path, &[], body).await?;
        let is_new = response.status() == StatusCode::ACCEPTED;
        Ok((self.json(response).await?, is_new))
    }

    /// Puts something in its place; also tells whether it is new (201).
    pub async fn put_told(&self, path: &[&str], body: &Value) -> Result<(Value, bool), ApiError> {
        let response = self.send(Method::PUT, path, &[], Some(body)).await?;
        let is_new = response.status() == StatusCode::CREATED;
        Ok((self.json(response).await?, is_new))
    }

    /// An answer that is read piece by piece.
    pub async fn stream(&self, path: &[&str], query: Query<'_>) -> Result<AnswerStream, ApiError> {
        let response = self.send(Method::GET, path, query, None).await?;
        Ok(AnswerStream { response, base: self.base().to_owned() })
    }

    async fn send(
        &self,
        method: Method,
        path: &[&str],
        query: Query<'_>,
        body: Option<&Value>,
    ) -> Result<Response, ApiError> {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let mut request = self.http.request(method, url);
        if let Some(key) = &self.key {
            request = request.bearer_auth(key.expose_secret());
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.send().await.map_err(|error| transport_error(self.base(), &error))?;
        if response.status().is_success() { Ok(response) } else { Err(self.refusal(response).await) }
    }

    async fn json(&self, response: Response) -> Result<Value, ApiError> {
        let body = self.body(response).await?;
        serde_json::from_slice(&body).map_err(|_| self.not_platen("it answers something else than JSON"))
    }

    async fn body(&self, mut response: Response) -> Result<Vec<u8>, ApiError> {
        let mut body = Vec::new();
        while let Some(piece) =
            response.chunk().await.map_err(|error| transport_error(self.base(), &error))?
        {
            if body.len() + piece.len() > ANSWER_BYTES_MAX {
                return Err(self.not_platen("its answer is too long"));
            }
            body.extend_from_slice(&piece);
        }
        Ok(body)
    }

    /// What the problem details say (RFC 9457).
    async fn refusal(&self, response: Response) -> ApiError {
        let status = response.status();
        let code = status.as_u16();
        let content_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        if !content_type.is_some_and(|value| value.starts_with("application/problem+json")) {
            let reason = format!("it answers HTTP {code}");
            return match status {
                // The service itself, or a proxy that speaks for one which is down.
                StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT => {
                    ApiError::Unreachable { base: self.base().to_owned(), reason }
                }
                _ => self.not_platen(&reason),
            };
        }
        let problem: Value = match self.body(response).await {
            Ok(body) => serde_json::from_slice(&body).unwrap_or_default(),
            Err(error) => return error,
        };
        let text = |name: &str| problem[name].as_str().unwrap_or_default().to_owned();
        let mut action = text("action");
        if status == StatusCode::UNAUTHORIZED {
            "Set PLATEN_API_KEY; make a key with `platen key create NAME`.".clone_into(&mut action);
        }
        ApiError::Problem { status: code, code: text("code"), detail: text("detail"), action }
    }

    fn not_platen(&self, reason: &str) -> ApiError {
        ApiError::NotPlaten { base: self.base().to_owned(), reason: reason.to_owned() }
    }
}

impl fmt::Debug for ApiClient {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ApiClient").field("base", &self.base()).finish_non_exhaustive()
    }
}

/// An answer in pieces.
#[derive(Debug)]
pub struct AnswerStream {
    response: Response,
    base: String,
}

impl AnswerStream {
    /// The next piece; `None` at the end. An answer that was cut short is an error, never an end.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>, ApiError> {
        let piece = self.response.chunk().await.map_err(|error| transport_error(&self.base, &error))?;
        Ok(piece.map(|piece| piece.to_vec()))
    }
}

/// True where the address is this machine: no proxy stands between, and its own key may be sent there.
pub fn is_loopback(base: &Url) -> bool {
    let Some(host) = base.host_str() else { return false };
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || address.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn transport_error(base: &str, error: &reqwest::Error) -> ApiError {
    let base = base.to_owned();
    let mut cause = error.source();
    let mut reason = if error.is_timeout() { "no answer in time" } else { "no answer" }.to_owned();
    while let Some(source) = cause {
        if let Some(error) = source.downcast_ref::<std::io::Error>()
            && error.kind() == std::io::ErrorKind::ConnectionRefused
        {
            return ApiError::Refused { base };
        }
        reason = source.to_string();
        cause = source.source();
    }
    ApiError::Unreachable { base, reason }
}
