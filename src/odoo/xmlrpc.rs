//! Odoo's external API over XML-RPC (`/xmlrpc/2`), which versions 14 to 19 speak.
//!
//! The transport is ours, the XML is `dxr`'s: an answer is bounded in size while it streams and in depth before the
//! library sees it, because a parser that recurses must not meet a document that was built to overflow it.

mod codec;
mod scan;

use super::transport::{
    BLOCKING_BYTES_MIN, check_for_proxy, content_type, read_bounded, transport_error, unexpected_status,
};
use super::{OdooError, OdooSettings};
use codec::{Answer, decode_answer, encode_call};
use reqwest::header::CONTENT_TYPE;
use reqwest::{StatusCode, Url};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

/// The two endpoints of XML-RPC.
pub(super) struct XmlrpcWire {
    common: Url,
    object: Url,
}

impl XmlrpcWire {
    pub fn new(base: &str) -> Result<Self, OdooError> {
        let endpoint = |name: &str| {
            Url::parse(&format!("{base}/xmlrpc/2/{name}"))
                .map_err(|_| OdooError::Misconfigured("odoo.url is not an address".to_owned()))
        };
        Ok(Self { common: endpoint("common")?, object: endpoint("object")? })
    }

    pub async fn version(&self, http: &reqwest::Client) -> Result<Value, OdooError> {
        let answer = self.send(http, &self.common, encode_call("version", &[])?).await?;
        Ok(answer["server_version"].clone())
    }

    /// The user's id, which every call carries.
    pub async fn login(&self, http: &reqwest::Client, settings: &OdooSettings) -> Result<i64, OdooError> {
        let body = encode_call(
            "authenticate",
            &[
                ("database", &json!(settings.database)),
                ("username", &json!(settings.username)),
                ("key", &json!(settings.api_key.expose_secret())),
                ("environment", &json!({})),
            ],
        )?;
        match self.send(http, &self.common, body).await? {
            // Odoo's way of saying no.
            Value::Bool(false) | Value::Null => Err(OdooError::Denied),
            answer => {
                answer.as_i64().ok_or_else(|| OdooError::Protocol("the login brought no user id".to_owned()))
            }
        }
    }

    pub async fn call(
        &self,
        http: &reqwest::Client,
        settings: &OdooSettings,
        user_id: i64,
        (model, method): (&str, &str),
        arguments: &Value,
    ) -> Result<Value, OdooError> {
        let body = encode_call(
            "execute_kw",
            &[
                ("database", &json!(settings.database)),
                ("user id", &json!(user_id)),
                ("key", &json!(settings.api_key.expose_secret())),
                ("model", &json!(model)),
                ("method", &json!(method)),
                ("positional arguments", &json!([])),
                ("arguments", arguments),
            ],
        )?;
        self.send(http, &self.object, body).await
    }

    async fn send(&self, http: &reqwest::Client, endpoint: &Url, body: String) -> Result<Value, OdooError> {
        let request = http.post(endpoint.clone()).header(CONTENT_TYPE, "text/xml").body(body);
        let response = request.send().await.map_err(|error| transport_error(&error))?;
        check_for_proxy(response.status())?;
        if response.status() != StatusCode::OK {
            return Err(unexpected_status(response.status()));
        }
        if !matches!(content_type(&response).as_str(), "text/xml" | "application/xml") {
            return Err(OdooError::Protocol(
                "it is not XML; check that odoo.url is the address of an Odoo".to_owned(),
            ));
        }
        match decode(read_bounded(response).await?).await? {
            Answer::Result(value) => Ok(value),
            Answer::Fault { code, text } => Err(OdooError::from_fault(code, &text)),
        }
    }
}

async fn decode(body: Vec<u8>) -> Result<Answer, OdooError> {
    if body.len() < BLOCKING_BYTES_MIN {
        return decode_answer(&body);
    }
    tokio::task::spawn_blocking(move || decode_answer(&body))
        .await
        .unwrap_or_else(|_| Err(OdooError::Protocol("it could not be decoded".to_owned())))
}

/// What an answer holds: its result, or its fault as Odoo writes it. Pure, for whoever feeds it anything at all.
pub fn read_answer(body: &[u8]) -> Result<Value, OdooError> {
    match decode_answer(body)? {
        Answer::Result(value) => Ok(value),
        Answer::Fault { code, text } => Ok(serde_json::json!({"faultCode": code, "faultString": text})),
    }
}
