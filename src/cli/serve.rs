//! `platen serve`.

use super::Failure;
use crate::app::{App, AppOptions, StartError};
use crate::clock::Clock;
use crate::config::{Config, ConfigSource};
use crate::domain::Scopes;
use crate::intake::digest_of;
use crate::store::{Store, keys};
use crate::{shutdown, telemetry};
use rand::Rng;
use secrecy::SecretString;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub struct ServeArguments {}

/// Reads the configuration as every command does.
pub(super) fn load_config(file: Option<&Path>) -> Result<(Config, ConfigSource), Failure> {
    Config::load(file, std::env::vars()).map_err(|error| Failure::wrong_call(error.to_string()))
}

/// `PLATEN_API_KEY`, where it is set and not empty.
pub(super) fn environment_key() -> Option<SecretString> {
    std::env::var("PLATEN_API_KEY").ok().filter(|key| !key.is_empty()).map(SecretString::from)
}

/// The runtime all long-running commands use; TLS has one provider for everything.
pub(super) fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    // A second installation is refused and changes nothing.
    let _ = rustls::crypto::ring::default_provider().install_default();
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| Failure::failed(format!("cannot start: {error}")))
}

/// Runs the command.
pub fn run(_: ServeArguments, config_file: Option<&Path>) -> Result<(), Failure> {
    let (config, source) = load_config(config_file)?;
    telemetry::start();
    runtime()?.block_on(serve(config, source))
}

async fn serve(config: Config, source: ConfigSource) -> Result<(), Failure> {
    let shutdown =
        shutdown::on_signals().map_err(|error| Failure::failed(format!("cannot start: {error}")))?;
    let store_url = config.store.shown_url();
    let printers = config.printers.len();
    let odoo = config.odoo.is_some();
    let environment_key = environment_key();
    let has_environment_key = environment_key.is_some();
    let options = AppOptions { config, environment_key, clock: Clock::system(), shutdown, gallery: None };
    let app = App::start(options).await.map_err(|error| start_failure(&error))?;
    match &source {
        ConfigSource::File(file) => {
            tracing::info!(file = %file.display(), printers, odoo, store = %store_url, "configuration read");
        }
        ConfigSource::Defaults => {
            tracing::info!(printers, store = %store_url,
                "no platen.toml here: listening on loopback, storing in SQLite; see platen.example.toml");
        }
    }
    if !has_environment_key {
        offer_first_key(&app.store, &store_url).await?;
    }
    tracing::info!(address = %format!("http://{}", app.address), "platen listens");
    app.run().await.map_err(|error| Failure::failed(error.to_string()))
}

fn start_failure(error: &StartError) -> Failure {
    match error {
        StartError::Store(_) | StartError::Server(_) => Failure::failed(error.to_string()),
        _ => Failure::wrong_call(error.to_string()),
    }
}

/// A service without any key would be closed to everybody: the first one is made and left in a file only its owner reads.
async fn offer_first_key(store: &Store, store_url: &str) -> Result<(), Failure> {
    let failed = |error: crate::store::StoreError| Failure::failed(error.to_string());
    let known = keys::valid(&mut *store.read().await.map_err(failed)?).await.map_err(failed)?;
    if !known.is_empty() {
        return Ok(());
    }
    let file = key_file(store_url);
    let key = new_key();
    let written = std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&file)
        .and_then(|mut file| file.write_all(key.as_bytes()));
    if let Err(error) = written {
        return Err(Failure::failed(format!(
            "{} cannot be written ({error}); set PLATEN_API_KEY or make the folder writable",
            file.display()
        )));
    }
    let mut writing = store.write().await.map_err(failed)?;
    keys::create(&mut writing, "first", &digest_of(&key), &Scopes::all(), Clock::system().now())
        .await
        .map_err(failed)?;
    writing.commit().await.map_err(|error| failed(error.into()))?;
    tracing::info!(file = %file.display(), "there was no API key: made one and left it in this file");
    Ok(())
}

/// 256 random bits.
pub(super) fn new_key() -> String {
    let bytes: [u8; 32] = rand::rng().random();
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Beside the database file, or here: where commands on this machine look for a key.
pub(super) fn key_file(store_url: &str) -> PathBuf {
    if !store_url.starts_with("sqlite:") {
        return PathBuf::from("platen.key");
    }
    let database = store_url.trim_start_matches("sqlite:").trim_start_matches("//");
    let database = database.split('?').next().unwrap_or(database);
    Path::new(database).parent().map_or_else(PathBuf::new, Path::to_owned).join("platen.key")
}
