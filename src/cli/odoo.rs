//! `platen odoo`: which Odoo database this service prints for. Works on the service's database, so it can be called
//! while the service runs, and heeds it from the next request on.

use super::Failure;
use super::serve::{load_config, runtime};
use crate::app::odoo_client;
use crate::clock::Clock;
use crate::config::Config;
use crate::store::{Snapshot, Store, odoo_database};
use serde_json::json;
use std::path::Path;

#[derive(Debug, clap::Args)]
pub struct OdooArguments {
    #[command(subcommand)]
    verb: OdooVerb,
}

#[derive(Debug, clap::Subcommand)]
enum OdooVerb {
    /// Say which Odoo database the service prints for.
    Show,
    /// Print for another Odoo database from now on, and no longer for the one before.
    Accept {
        /// Its uuid; Odoo at odoo.url is asked for it where it is left out.
        uuid: Option<String>,
    },
}

/// Runs the command.
pub fn run(arguments: OdooArguments, config_file: Option<&Path>) -> Result<(), Failure> {
    let (config, _) = load_config(config_file)?;
    let configured = config.odoo.as_ref().and_then(|odoo| odoo.database_uuid.clone());
    runtime()?.block_on(async {
        match (arguments.verb, configured) {
            (OdooVerb::Show, Some(uuid)) => println!("{uuid} (odoo.database_uuid)"),
            (OdooVerb::Show, None) => match pinned(&config).await? {
                Some(uuid) => println!("{uuid}"),
                None => println!("none yet: the first Odoo database the service meets"),
            },
            (OdooVerb::Accept { .. }, Some(_)) => {
                return Err(Failure::wrong_call(
                    "odoo.database_uuid in the configuration says which database it is; change it there",
                ));
            }
            (OdooVerb::Accept { uuid }, None) => accept(&config, uuid).await?,
        }
        Ok(())
    })
}

async fn pinned(config: &Config) -> Result<Option<String>, Failure> {
    let mut snapshot = Snapshot::open(&config.store.full_url()).await.map_err(failed)?;
    odoo_database::pinned(&mut snapshot).await.map_err(failed)
}

async fn accept(config: &Config, uuid: Option<String>) -> Result<(), Failure> {
    let uuid = match uuid {
        Some(uuid) => uuid.trim().to_owned(),
        None => ask_odoo(config).await?,
    };
    if uuid.is_empty() || uuid.len() > 64 || uuid.chars().any(char::is_control) {
        return Err(Failure::wrong_call(
            "that is no uuid of a database; Odoo shows it as the system parameter database.uuid",
        ));
    }
    let store = Store::open(&config.store.full_url()).await.map_err(failed)?;
    let mut writing = store.write().await.map_err(failed)?;
    let before = odoo_database::pinned(&mut writing).await.map_err(failed)?;
    odoo_database::pin(&mut writing, &uuid, Clock::system().now()).await.map_err(failed)?;
    writing.commit().await.map_err(failed)?;
    store.close().await;
    match before {
        Some(before) if before != uuid => println!("{uuid}, and no longer {before}"),
        _ => println!("{uuid}"),
    }
    Ok(())
}

async fn ask_odoo(config: &Config) -> Result<String, Failure> {
    let Some(odoo) = &config.odoo else {
        return Err(Failure::wrong_call("there is no [odoo] section to ask; give the uuid in the call"));
    };
    let client = odoo_client(odoo).map_err(failed)?;
    let hello = client.call("label.print.job", "service_hello", json!({})).await.map_err(failed)?;
    Ok(hello["database_uuid"].as_str().unwrap_or_default().to_owned())
}

fn failed(error: impl std::fmt::Display) -> Failure {
    Failure::failed(error.to_string())
}
