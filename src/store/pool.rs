//! Opens and migrates the database, and hands out connections: one writer, several readers.

use super::Trouble;
use super::condition::{self, LastProof, OpenFile};
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{Connection as _, Sqlite, SqliteConnection, Transaction};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

pub(super) static MIGRATIONS: Migrator = sqlx::migrate!();

/// What can go wrong with the database.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("the store url `{url}` is not usable: {reason}")]
    Url { url: String, reason: String },
    #[error("the database could not be brought up to date: {0}")]
    Migrate(MigrateError),
    /// It cannot be used for now; nothing was changed.
    #[error("the database {trouble}: {reason}; {}", mend(*trouble))]
    Unusable { trouble: Trouble, reason: String },
    #[error("the database failed: {0}")]
    Database(sqlx::Error),
    #[error("the database holds something impossible: {0}")]
    Damaged(&'static str),
}

impl StoreError {
    /// What is the matter with the database.
    pub fn trouble(&self) -> Trouble {
        match self {
            Self::Unusable { trouble, .. } => *trouble,
            Self::Damaged(_) => Trouble::Damaged,
            _ => Trouble::Failing,
        }
    }
}

/// What to do, as the end of a sentence.
fn mend(trouble: Trouble) -> String {
    let action = trouble.code().action();
    let mut characters = action.trim_end_matches('.').chars();
    characters.next().map_or_else(String::new, |first| first.to_lowercase().chain(characters).collect())
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match Trouble::of(&error) {
            Some(trouble) => Self::Unusable { trouble, reason: plain(&error) },
            None => Self::Database(error),
        }
    }
}

impl From<MigrateError> for StoreError {
    fn from(error: MigrateError) -> Self {
        match error {
            MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _)
                if Trouble::of(&error).is_some() =>
            {
                error.into()
            }
            error => Self::Migrate(error),
        }
    }
}

/// The database's own words, without those of the library around them.
fn plain(error: &sqlx::Error) -> String {
    error.as_database_error().map_or_else(|| error.to_string(), |error| error.message().to_owned())
}

/// A connection to the database, as every function of the store takes it.
pub type Connection = SqliteConnection;

/// A transaction that has the right to write from its first statement on.
pub type Writing = Transaction<'static, Sqlite>;

const READERS: u32 = 4;
/// Another program's lock is waited for so long before it is told.
const BUSY_TIMEOUT: Duration = Duration::from_secs(2);

/// The database. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    writer: SqlitePool,
    reader: SqlitePool,
    pub(super) file: Option<OpenFile>,
    pub(super) last_proof: Arc<LastProof>,
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
            .map_err(|error| StoreError::Url { url: url.to_owned(), reason: error.to_string() })?;
        condition::prove_sound(&options).await?;
        let options = options
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // FULL: a commit is on the disk when it returns. What was acknowledged survives a power cut.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT);
        let path = options.get_filename().to_owned();
        // One writer: SQLite has one anyway, and waiting in our own queue is fair.
        // A commit that failed has ended its transaction, and sqlx counts it as open for ever: such a connection goes.
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .before_acquire(|connection, _| Box::pin(async { Ok(!connection.is_in_transaction()) }))
            .connect_with(options.clone())
            .await
            .map_err(|error| condition::of_file(error.into(), &path))?;
        MIGRATIONS.run(&writer).await.map_err(|error| condition::of_file(error.into(), &path))?;
        let reader =
            SqlitePoolOptions::new().max_connections(READERS).connect_with(options.read_only(true)).await?;
        Ok(Self { writer, reader, file: OpenFile::at(&path), last_proof: Arc::default() })
    }

    /// Begins a writing transaction.
    pub async fn write(&self) -> Result<Writing, StoreError> {
        if let Some(file) = &self.file {
            file.prove_in_place()?;
        }
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
