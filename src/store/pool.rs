//! Opens and migrates the database, and hands out connections: one writer, several readers.

use sqlx::migrate::Migrator;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{Sqlite, SqliteConnection, Transaction};
use std::str::FromStr;
use std::time::Duration;

pub(super) static MIGRATIONS: Migrator = sqlx::migrate!();

/// What can go wrong with the database.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("the store url `{url}` is not usable: {reason}")]
    Url { url: String, reason: String },
    #[error("the database could not be brought up to date: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    #[error("the database cannot be written: {0}")]
    Full(String),
    #[error("the database failed: {0}")]
    Database(sqlx::Error),
    #[error("the database holds something impossible: {0}")]
    Damaged(&'static str),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        // SQLITE_FULL 13, SQLITE_READONLY 8, SQLITE_IOERR 10; extended codes carry them in the low byte.
        let code = error
            .as_database_error()
            .and_then(|error| error.code())
            .and_then(|code| code.parse::<i32>().ok())
            .map(|code| code & 0xff);
        match code {
            Some(8 | 10 | 13) => Self::Full(error.to_string()),
            _ => Self::Database(error),
        }
    }
}

/// A connection to the database, as every function of the store takes it.
pub type Connection = SqliteConnection;

/// A transaction that has the right to write from its first statement on.
pub type Writing = Transaction<'static, Sqlite>;

const READERS: u32 = 4;

/// The database. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    writer: SqlitePool,
    reader: SqlitePool,
}

impl Store {
    /// Opens `sqlite://path` (made if missing) and brings it up to date.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        if url.starts_with("postgres") {
            return Err(StoreError::Url {
                url: "postgres://…".to_owned(),
                reason: "this version stores in SQLite only; write sqlite://platen.db".to_owned(),
            });
        }
        let options = SqliteConnectOptions::from_str(url)
            .map_err(|error| StoreError::Url { url: url.to_owned(), reason: error.to_string() })?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // FULL: a commit is on the disk when it returns. What was acknowledged survives a power cut.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(10));
        // One writer: SQLite has one anyway, and waiting in our own queue is fair.
        let writer = SqlitePoolOptions::new().max_connections(1).connect_with(options.clone()).await?;
        MIGRATIONS.run(&writer).await?;
        let reader =
            SqlitePoolOptions::new().max_connections(READERS).connect_with(options.read_only(true)).await?;
        Ok(Self { writer, reader })
    }

    /// Begins a writing transaction.
    pub async fn write(&self) -> Result<Writing, StoreError> {
        Ok(self.writer.begin_with("BEGIN IMMEDIATE").await?)
    }

    /// A connection that only reads.
    pub async fn read(&self) -> Result<Reading, StoreError> {
        Ok(Reading(self.reader.acquire().await?))
    }

    /// Waits for what is under way and closes the database.
    pub async fn close(&self) {
        self.reader.close().await;
        self.writer.close().await;
    }
}

/// A borrowed reader.
#[derive(Debug)]
pub struct Reading(sqlx::pool::PoolConnection<Sqlite>);

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
