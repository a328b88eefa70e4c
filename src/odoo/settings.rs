//! Where Odoo is, and who the service is there.

use super::OdooError;
use reqwest::Url;
use secrecy::SecretString;
use serde::Deserialize;
use std::time::Duration;

/// Odoo tries a lost race for a row up to five times, which takes up to half a minute.
const TOTAL_TIMEOUT: Duration = Duration::from_secs(60);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a refused login is answered from memory: whoever asks in a loop costs Odoo nothing.
const REFUSED_LOGIN_PAUSE: Duration = Duration::from_secs(300);

/// How Odoo is spoken to. What is said is the same.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OdooProtocol {
    /// `/xmlrpc/2`, which versions 14 to 19 speak, and which is announced to go with 22.
    #[default]
    Xmlrpc,
    /// `/json/2` with a bearer key, from Odoo 19 on.
    Json2,
}

/// Where Odoo is, and who the service is there.
#[derive(Debug, Clone)]
pub struct OdooSettings {
    /// The address people open in a browser, `https://erp.example.com`.
    pub url: String,
    pub database: String,
    /// Over JSON-2 the key alone says who it is.
    pub username: String,
    /// An API key of that user (over XML-RPC also its password).
    pub api_key: SecretString,
    pub protocol: OdooProtocol,
    /// From the first byte sent to the last byte read.
    pub total_timeout: Duration,
    pub connect_timeout: Duration,
    /// How long a refused login is not tried again.
    pub refused_login_pause: Duration,
}

impl OdooSettings {
    /// Settings with the usual limits, over XML-RPC.
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
            protocol: OdooProtocol::Xmlrpc,
            total_timeout: TOTAL_TIMEOUT,
            connect_timeout: CONNECT_TIMEOUT,
            refused_login_pause: REFUSED_LOGIN_PAUSE,
        }
    }

    /// The address without a trailing slash; one that carries credentials would end up in logs.
    pub(super) fn base_url(&self) -> Result<String, OdooError> {
        let refuse = |reason: &str| Err(OdooError::Misconfigured(reason.to_owned()));
        let Ok(url) = Url::parse(self.url.trim()) else {
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
}
