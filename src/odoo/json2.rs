//! Odoo's external API over JSON-2 (`POST /json/2/<model>/<method>`), from Odoo 19 on: named arguments, a bearer key,
//! HTTP statuses, and errors of which only name and message are ever read.

use super::transport::{
    BLOCKING_BYTES_MIN, check_for_proxy, content_type, read_bounded, transport_error, unexpected_status,
};
use super::{OdooError, OdooSettings};
use reqwest::{StatusCode, Url};
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::{Value, json};

const WHAT_IT_IS_NOT: &str = "it is not JSON; check that odoo.url is the address of an Odoo 19 or later";

/// The root of JSON-2.
pub(super) struct Json2Wire {
    base: String,
}

/// What is read of an error: `debug` is a traceback and stays unread.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ErrorBody {
    name: String,
    message: String,
}

impl Json2Wire {
    pub fn new(base: &str) -> Self {
        Self { base: base.to_owned() }
    }

    pub async fn version(&self, http: &reqwest::Client) -> Result<Value, OdooError> {
        let request = http.get(self.endpoint("web/version")?);
        Ok(answer_of(request).await?["version"].clone())
    }

    /// There is no login over JSON-2: the cheapest call that every internal user may make.
    pub async fn login(&self, http: &reqwest::Client, settings: &OdooSettings) -> Result<(), OdooError> {
        self.call(http, settings, ("res.users", "context_get"), &json!({})).await.map(drop)
    }

    pub async fn call(
        &self,
        http: &reqwest::Client,
        settings: &OdooSettings,
        (model, method): (&str, &str),
        arguments: &Value,
    ) -> Result<Value, OdooError> {
        let request = http
            .post(self.endpoint(&format!("json/2/{model}/{method}"))?)
            .bearer_auth(settings.api_key.expose_secret())
            .json(arguments);
        answer_of(request).await
    }

    fn endpoint(&self, path: &str) -> Result<Url, OdooError> {
        Url::parse(&format!("{}/{path}", self.base))
            .map_err(|_| OdooError::Misconfigured("odoo.url is not an address".to_owned()))
    }
}

async fn answer_of(request: reqwest::RequestBuilder) -> Result<Value, OdooError> {
    let response = request.send().await.map_err(|error| transport_error(&error))?;
    let status = response.status();
    check_for_proxy(status)?;
    let is_json = content_type(&response) == "application/json";
    if !is_json && status != StatusCode::OK {
        return Err(if status == StatusCode::UNAUTHORIZED {
            OdooError::Denied
        } else {
            unexpected_status(status)
        });
    }
    if !is_json {
        return Err(OdooError::Protocol(WHAT_IT_IS_NOT.to_owned()));
    }
    let body = read_bounded(response).await?;
    if status == StatusCode::OK {
        return decode(body).await;
    }
    // A broken error is an error all the same.
    let error: ErrorBody = serde_json::from_slice(&body).unwrap_or_default();
    Err(OdooError::from_status(status.as_u16(), &error.name, &error.message))
}

async fn decode(body: Vec<u8>) -> Result<Value, OdooError> {
    // Its own words would quote the body.
    let read = |body: &[u8]| {
        serde_json::from_slice(body).map_err(|_| OdooError::Protocol("it is not well-formed JSON".to_owned()))
    };
    if body.len() < BLOCKING_BYTES_MIN {
        return read(&body);
    }
    tokio::task::spawn_blocking(move || read(&body))
        .await
        .unwrap_or_else(|_| Err(OdooError::Protocol("it could not be decoded".to_owned())))
}
