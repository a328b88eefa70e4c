//! Opens and migrates the database, and hands out connections: one writer, several readers.

use super::dialect::{Dialect, Source};
use super::name_lock::{self, NameLock};
use sqlx::any::AnyPoolOptions;
use sqlx::migrate::Migrator;
use sqlx::pool::PoolConnection;
use sqlx::{Any, AnyConnection, AnyPool, Connection as _, Executor, Transaction};
use std::time::Duration;

pub(super) static MIGRATIONS: Migrator = sqlx::migrate!();

/// What can go wrong with the database.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("the store url `{url}` is not usable: {reason}")]
    Url { url: String, reason: String },
    /// A server that cannot be reached or does not let us in: one sentence with the mend.
    #[error("{0}")]
    Refused(String),
    #[error("the database could not be brought up to date: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// It cannot be written: full, read-only, or its disk fails.
    #[error("the database cannot be written: {0}")]
    Full(String),
    #[error("the database failed: {0}")]
    Database(sqlx::Error),
    /// Another instance writes to the printer now; nothing was changed.
    #[error("another instance has taken this printer over")]
    Fenced,
    #[error("the database holds something impossible: {0}")]
    Damaged(&'static str),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        if Dialect::says_unwritable(&error) { Self::Full(error.to_string()) } else { Self::Database(error) }
    }
}

/// A file beside the database.
impl From<std::io::Error> for StoreError {
    fn from(error: std::io::Error) -> Self {
        sqlx::Error::Io(error).into()
    }
}

/// A connection to the database, as every function of the store takes it.
pub type Connection = AnyConnection;

/// A transaction that has the right to write from its first statement on.
pub type Writing = Transaction<'static, Any>;

const READERS: u32 = 4;
/// A request or a worker rather hears that the database is overloaded, or away, than waits longer.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(15);

/// The database. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    writer: AnyPool,
    reader: AnyPool,
    source: Source,
}

impl Store {
    /// Opens `sqlite://path` (made if missing) or `postgres://user@host/database` and brings it up to date.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        let source = Source::parse(url)?;
        let dialect = source.dialect();
        // Alone first: a pool would wait in silence for a server that refuses, and tell only that it waited.
        source.connect().await?.close().await?;
        // One writer: there is one at a time anyway, and waiting in our own queue is fair.
        let writer = pool(1, dialect.prepare_writer()).connect_with(source.writing()?).await?;
        MIGRATIONS.run(&writer).await?;
        let reader = pool(READERS, dialect.prepare_reader()).connect_with(source.reading()?).await?;
        Ok(Self { writer, reader, source })
    }

    /// Begins a writing transaction. One at a time writes, also among several instances on one database, so a
    /// reader that follows the numbered events never misses one that is committed late.
    pub async fn write(&self) -> Result<Writing, StoreError> {
        Ok(self.writer.begin_with(self.source.dialect().begin_writing()).await?)
    }

    /// A connection that only reads.
    pub async fn read(&self) -> Result<Reading, StoreError> {
        Ok(Reading(self.reader.acquire().await?))
    }

    /// Whether this process is the only one alive under the name of this instance: the lock, or `None`.
    pub async fn lock_name(&self, instance: &str) -> Result<Option<NameLock>, StoreError> {
        name_lock::lock(&self.source, instance).await
    }

    /// Waits for what is under way and closes the database.
    pub async fn close(&self) {
        self.reader.close().await;
        self.writer.close().await;
    }
}

fn pool(connections: u32, prepare: &'static str) -> AnyPoolOptions {
    AnyPoolOptions::new().max_connections(connections).acquire_timeout(ACQUIRE_TIMEOUT).after_connect(
        move |connection, _| Box::pin(async move { connection.execute(prepare).await.map(|_| ()) }),
    )
}

/// A borrowed reader.
#[derive(Debug)]
pub struct Reading(PoolConnection<Any>);

impl std::ops::Deref for Reading {
    type Target = Connection;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl std::ops::DerefMut for Reading {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}
