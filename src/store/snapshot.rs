//! A database as it is at one moment, for reading only: while the service writes on, and while it is stopped.

use super::{Connection, StoreError};
use sqlx::ConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use std::ops::{Deref, DerefMut};
use std::str::FromStr;
use std::time::Duration;

/// Opening waits so long for a service that starts just now.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// One connection within one transaction: everything read through it belongs together.
#[derive(Debug)]
pub struct Snapshot(Connection);

impl Snapshot {
    /// Opens an existing database; nothing is made, migrated or changed.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        let unusable = |reason: String| StoreError::Url { url: url.to_owned(), reason };
        if url.starts_with("postgres") {
            return Err(StoreError::Url {
                url: "postgres://…".to_owned(),
                reason: "this version stores in SQLite only; write sqlite://platen.db".to_owned(),
            });
        }
        let options = SqliteConnectOptions::from_str(url)
            .map_err(|error| unusable(error.to_string()))?
            .create_if_missing(false)
            .read_only(true)
            .busy_timeout(BUSY_TIMEOUT);
        if !options.get_filename().exists() {
            let file = options.get_filename().display();
            return Err(unusable(format!(
                "there is no {file}; name the service's configuration with --config"
            )));
        }
        let mut connection = options.connect().await?;
        sqlx::query("BEGIN").execute(&mut connection).await?;
        Ok(Self(connection))
    }
}

impl Deref for Snapshot {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.0
    }
}

impl DerefMut for Snapshot {
    fn deref_mut(&mut self) -> &mut Connection {
        &mut self.0
    }
}
