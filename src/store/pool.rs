//! Opens and migrates the database, and hands out connections: one writer, several readers.

use super::Trouble;
use super::condition::{self, LastProof, OpenFile};
use super::dialect::Source;
use super::migrations;
use super::name_lock::{self, NameLock};
use sqlx::any::AnyPoolOptions;
use sqlx::migrate::MigrateError;
use sqlx::pool::PoolConnection;
use sqlx::{Any, AnyConnection, AnyPool, Connection as _, Executor, Transaction};
use std::sync::Arc;
use std::time::Duration;

/// What can go wrong with the database.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("the store url `{url}` is not usable: {reason}")]
    Url { url: String, reason: String },
    /// A server that cannot be reached or does not let us in: one sentence with the mend.
    #[error("{0}")]
    Refused(String),
    #[error("the database could not be brought up to date: {0}")]
    Migrate(MigrateError),
    /// It cannot be used for now; nothing was changed.
    #[error("the database {trouble}: {reason}; {}", mend(*trouble))]
    Unusable { trouble: Trouble, reason: String },
    #[error("the database failed: {0}")]
    Database(sqlx::Error),
    /// Another instance writes to the printer now; nothing was changed.
    #[error("another instance has taken this printer over")]
    Fenced,
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

/// A file beside the database.
impl From<std::io::Error> for StoreError {
    fn from(error: std::io::Error) -> Self {
        sqlx::Error::Io(error).into()
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
    pub(super) file: Option<OpenFile>,
    pub(super) last_proof: Arc<LastProof>,
}

impl Store {
    /// Opens `sqlite://path` (made if missing) or `postgres://user@host/database` and brings it up to date.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        let source = Source::parse(url)?;
        let dialect = source.dialect();
        condition::prove_sound(&source).await?;
        let explain = |error: StoreError| condition::of_file(error, source.file());
        // Alone first: a pool would wait in silence for a server that refuses, and tell only that it waited.
        let mut connection = source.connect().await.map_err(explain)?;
        connection.execute(dialect.prepare_writer()).await.map_err(|error| explain(error.into()))?;
        connection.close().await?;
        // One writer: there is one at a time anyway, and waiting in our own queue is fair.
        // A commit that failed has ended its transaction, and sqlx counts it as open for ever: such a connection goes.
        let writer = pool(1, dialect.prepare_writer())
            .before_acquire(|connection, _| {
                let is_open = connection.is_in_transaction();
                Box::pin(async move { Ok(!is_open) })
            })
            .connect_with(source.writing()?)
            .await
            .map_err(|error| explain(error.into()))?;
        migrations::of(dialect).run(&writer).await.map_err(|error| explain(error.into()))?;
        let reader = pool(READERS, dialect.prepare_reader()).connect_with(source.reading()?).await?;
        let file = source.file().and_then(OpenFile::at);
        Ok(Self { writer, reader, source, file, last_proof: Arc::default() })
    }

    /// Begins a writing transaction. One at a time writes, also among several instances on one database, so a
    /// reader that follows the numbered events never misses one that is committed late.
    pub async fn write(&self) -> Result<Writing, StoreError> {
        if let Some(file) = &self.file {
            file.prove_in_place()?;
        }
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
