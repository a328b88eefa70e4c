//! A database as it is at one moment, for reading only: while the service writes on, and while it is stopped.

use super::dialect::{Dialect, Source, without_password};
use super::{Connection, StoreError};
use sqlx::{ConnectOptions, Executor};
use std::ops::{Deref, DerefMut};

/// One connection within one transaction: everything read through it belongs together.
#[derive(Debug)]
pub struct Snapshot(Connection);

impl Snapshot {
    /// Opens an existing database; nothing is made, migrated or changed.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        let source = Source::parse(url)?;
        if let Some(file) = source.file()
            && !file.exists()
        {
            let reason =
                format!("there is no {}; name the service's configuration with --config", file.display());
            return Err(StoreError::Url { url: without_password(url), reason });
        }
        let mut connection = match source.dialect() {
            Dialect::Sqlite => {
                sqlx::any::install_default_drivers();
                source.reading()?.connect().await?
            }
            Dialect::Postgres => source.connect().await?,
        };
        connection.execute(source.dialect().prepare_reader()).await?;
        connection.execute(source.dialect().begin_snapshot()).await?;
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
