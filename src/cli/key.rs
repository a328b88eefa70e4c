//! `platen key`: works on the database, because the first key is needed before the API opens.

use super::Failure;
use super::serve::{load_config, new_key, runtime};
use crate::clock::Clock;
use crate::domain::{Scope, Scopes};
use crate::intake::digest_of;
use crate::store::{Store, StoreError, keys};
use std::path::Path;

#[derive(Debug, clap::Args)]
pub struct KeyArguments {
    #[command(subcommand)]
    verb: KeyVerb,
}

#[derive(Debug, clap::Subcommand)]
enum KeyVerb {
    /// Make a key and print it once; only its digest is stored.
    Create {
        /// Who will use it, e.g. odoo.
        name: String,
        /// What it may do: read, submit, operate, reprint or admin; several with commas. All of them unless told.
        #[arg(long, value_name = "SCOPE", value_delimiter = ',', value_parser = scope)]
        scope: Vec<Scope>,
    },
    /// End a key.
    Revoke { name: String },
    /// Names of all keys, and what they may do.
    List,
}

/// Runs the command.
pub fn run(arguments: KeyArguments, config_file: Option<&Path>) -> Result<(), Failure> {
    let (config, _) = load_config(config_file)?;
    runtime()?.block_on(async {
        let store = Store::open(&config.store.full_url()).await.map_err(failed)?;
        let result = carry_out(&store, arguments.verb).await;
        store.close().await;
        result
    })
}

async fn carry_out(store: &Store, verb: KeyVerb) -> Result<(), Failure> {
    let now = Clock::system().now();
    match verb {
        KeyVerb::Create { name, scope } => {
            let scopes = Scopes::of(&scope);
            let key = new_key();
            let mut writing = store.write().await.map_err(failed)?;
            if !keys::create(&mut writing, &name, &digest_of(&key), &scopes, now).await.map_err(failed)? {
                return Err(Failure::wrong_call(format!(
                    "there is a key named `{name}` already; choose another name"
                )));
            }
            writing.commit().await.map_err(|error| failed(error.into()))?;
            println!("{key}");
        }
        KeyVerb::Revoke { name } => {
            let mut writing = store.write().await.map_err(failed)?;
            if !keys::revoke(&mut writing, &name, now).await.map_err(failed)? {
                return Err(Failure::wrong_call(format!(
                    "there is no valid key named `{name}`; see `platen key list`"
                )));
            }
            writing.commit().await.map_err(|error| failed(error.into()))?;
        }
        KeyVerb::List => {
            for key in keys::all(&mut *store.read().await.map_err(failed)?).await.map_err(failed)? {
                let revoked = if key.revoked_at_ms.is_some() { " (revoked)" } else { "" };
                println!("{}{revoked}: {}", key.name, key.scopes);
            }
        }
    }
    Ok(())
}

fn scope(word: &str) -> Result<Scope, String> {
    Scope::parse(word).ok_or_else(|| format!("known are {}", Scopes::all().to_string().replace(' ', ", ")))
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err asks for")]
fn failed(error: StoreError) -> Failure {
    Failure::failed(error.to_string())
}
