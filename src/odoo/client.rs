//! One user's way into one database, whichever protocol it takes.
//!
//! Every method called through here has to be repeatable: a time-out, and even a fault, is no proof that nothing
//! happened. One call is in flight at a time, so that the service never races itself inside Odoo.

use super::json2::Json2Wire;
use super::transport::http_client;
use super::xmlrpc::XmlrpcWire;
use super::{OdooError, OdooProtocol, OdooSettings};
use secrecy::ExposeSecret;
use serde_json::Value;
use std::fmt;
use tokio::sync::Mutex;
use tokio::time::Instant;

/// One user's connection to one database. Cheap to share behind an `Arc`; one call costs one request.
pub struct OdooClient {
    settings: OdooSettings,
    wire: Wire,
    http: reqwest::Client,
    login: Mutex<Login>,
    /// Held for the length of a call.
    in_flight: Mutex<()>,
}

enum Wire {
    Xmlrpc(XmlrpcWire),
    Json2(Json2Wire),
}

/// What is known of the login; a good one is kept for good, a refused one for a while.
#[derive(Clone, Copy)]
enum Login {
    Unknown,
    /// The user's id, where the protocol has one.
    Known(Option<i64>),
    Refused(Instant),
}

impl OdooClient {
    /// Prepares the client; nothing is sent. The process must have installed its TLS provider.
    pub fn new(settings: OdooSettings) -> Result<Self, OdooError> {
        let base = settings.base_url()?;
        let wire = match settings.protocol {
            OdooProtocol::Xmlrpc => Wire::Xmlrpc(XmlrpcWire::new(&base)?),
            OdooProtocol::Json2 => Wire::Json2(Json2Wire::new(&base)),
        };
        Ok(Self {
            http: http_client(&settings)?,
            wire,
            login: Mutex::new(Login::Unknown),
            in_flight: Mutex::new(()),
            settings,
        })
    }

    /// The server's version, without a login: proves that an Odoo answers at this address.
    pub async fn version(&self) -> Result<String, OdooError> {
        let version = match &self.wire {
            Wire::Xmlrpc(wire) => wire.version(&self.http).await?,
            Wire::Json2(wire) => wire.version(&self.http).await?,
        };
        let version =
            version.as_str().ok_or_else(|| OdooError::Protocol("it tells no version".to_owned()))?;
        Ok(version.chars().filter(|letter| !letter.is_control()).take(40).collect())
    }

    /// Logs in once and remembers it. Over XML-RPC Odoo spends half a second on it, so it is asked again only after a
    /// refusal, and then not before the pause of the settings is over: until then the answer is [`OdooError::Denied`].
    pub async fn log_in(&self) -> Result<(), OdooError> {
        self.user_id().await.map(drop)
    }

    async fn user_id(&self) -> Result<Option<i64>, OdooError> {
        // Held while asking, so that many callers cost one login.
        let mut login = self.login.lock().await;
        match *login {
            Login::Known(user_id) => return Ok(user_id),
            Login::Refused(at) if at.elapsed() < self.settings.refused_login_pause => {
                return Err(OdooError::Denied);
            }
            Login::Refused(_) | Login::Unknown => {}
        }
        let outcome = match &self.wire {
            Wire::Xmlrpc(wire) => wire.login(&self.http, &self.settings).await.map(Some),
            Wire::Json2(wire) => wire.login(&self.http, &self.settings).await.map(|()| None),
        };
        match outcome {
            Ok(user_id) => *login = Login::Known(user_id),
            Err(OdooError::Denied) => *login = Login::Refused(Instant::now()),
            Err(_) => {}
        }
        outcome.map_err(|error| error.without(self.settings.api_key.expose_secret()))
    }

    /// Calls a model's public method with named arguments. Values that are `null` are sent as `False`.
    pub async fn call(&self, model: &str, method: &str, arguments: Value) -> Result<Value, OdooError> {
        if !arguments.is_object() {
            let reason = "are not named";
            return Err(OdooError::Unsendable { path: "arguments".to_owned(), reason });
        }
        let user_id = self.user_id().await?;
        let _in_flight = self.in_flight.lock().await;
        let (what, key) = ((model, method), self.settings.api_key.expose_secret());
        let outcome = match &self.wire {
            Wire::Xmlrpc(wire) => {
                let user_id = user_id.unwrap_or_default();
                wire.call(&self.http, &self.settings, user_id, what, &arguments).await
            }
            Wire::Json2(wire) => wire.call(&self.http, &self.settings, what, &null_as_false(arguments)).await,
        };
        if outcome == Err(OdooError::Denied) {
            // The key was revoked or ended, or the user was archived, since the login.
            *self.login.lock().await = Login::Refused(Instant::now());
        }
        outcome.map_err(|error| error.without(key))
    }
}

/// As Odoo writes "empty" everywhere; XML-RPC knows nothing else, and both ways say the same.
fn null_as_false(value: Value) -> Value {
    match value {
        Value::Null => Value::Bool(false),
        Value::Array(items) => items.into_iter().map(null_as_false).collect(),
        Value::Object(members) => {
            members.into_iter().map(|(name, value)| (name, null_as_false(value))).collect()
        }
        other => other,
    }
}

impl fmt::Debug for OdooClient {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("OdooClient")
            .field("url", &self.settings.url)
            .field("database", &self.settings.database)
            .field("username", &self.settings.username)
            .field("protocol", &self.settings.protocol)
            .finish_non_exhaustive()
    }
}
