//! Which service a command asks, and with which key.

use super::Failure;
use super::serve::{environment_key, key_file, load_config};
use crate::api_client::{ApiClient, ApiError, is_loopback};
use crate::config::Config;
use reqwest::Url;
use secrecy::SecretString;
use std::net::SocketAddr;
use std::path::Path;

/// Longest key file read, in bytes.
const KEY_BYTES_MAX: u64 = 4_096;

/// The service to ask.
#[derive(Debug, Clone, clap::Args)]
pub struct ServerArguments {
    /// The service to ask, e.g. http://127.0.0.1:8631 [default: server.listen of the configuration]. The key
    /// is PLATEN_API_KEY, else, for a service on this machine, the file platen.key beside the database.
    #[arg(long, global = true, value_name = "URL")]
    server: Option<String>,
}

impl ServerArguments {
    /// A client for that service.
    pub fn client(&self, config_file: Option<&Path>) -> Result<ApiClient, Failure> {
        let (config, _) = load_config(config_file)?;
        match &self.server {
            None => configured(&config),
            Some(server) => {
                // The key of this machine's service is nobody else's business.
                let is_here = Url::parse(server).is_ok_and(|url| is_loopback(&url));
                let key = if is_here { find_key(&config)? } else { environment_key() };
                Ok(ApiClient::new(server, key)?)
            }
        }
    }
}

/// A client for the service of this configuration.
pub(super) fn configured(config: &Config) -> Result<ApiClient, Failure> {
    Ok(ApiClient::new(&address(&config.server.listen), find_key(config)?)?)
}

/// Where a service that listens so is reached from here.
fn address(listen: &str) -> String {
    match listen.parse::<SocketAddr>() {
        Ok(address) if address.ip().is_unspecified() => {
            let host = if address.is_ipv4() { "127.0.0.1" } else { "[::1]" };
            format!("http://{host}:{}", address.port())
        }
        _ => format!("http://{listen}"),
    }
}

/// `PLATEN_API_KEY`, else what `platen serve` left beside the database. Neither: the service will say so.
fn find_key(config: &Config) -> Result<Option<SecretString>, Failure> {
    if let Some(key) = environment_key() {
        return Ok(Some(key));
    }
    let file = key_file(&config.store.url);
    match read_key(&file) {
        Ok(key) => Ok(Some(SecretString::from(key.trim().to_owned()))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure::failed(format!(
            "the key in {} cannot be read ({error}); call platen as the service's user, or set PLATEN_API_KEY",
            file.display()
        ))),
    }
}

fn read_key(file: &Path) -> std::io::Result<String> {
    use std::io::Read;
    let mut key = String::new();
    std::fs::File::open(file)?.take(KEY_BYTES_MAX).read_to_string(&mut key)?;
    Ok(key)
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        match error {
            ApiError::Misconfigured(sentence) => Self::wrong_call(sentence),
            error => Self::failed(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_on_every_interface_is_asked_on_loopback() {
        assert_eq!(address("0.0.0.0:8631"), "http://127.0.0.1:8631");
        assert_eq!(address("[::]:8631"), "http://[::1]:8631");
        assert_eq!(address("label-host:8631"), "http://label-host:8631");
    }
}
