//! Looks at a database without changing it: a check must not migrate what an older service is working on.

use super::pool::MIGRATIONS;
use super::{StoreError, condition};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection};
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

/// A service that writes just now is waited for so long.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// What a look found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspection {
    pub file: PathBuf,
    /// Migrations this program has and the database has not; `None` where there is no database yet.
    pub migrations_missing: Option<usize>,
    /// Migrations the database has and this program does not know: a newer platen was here.
    pub migrations_unknown: usize,
}

/// Opens the database, proves that it can be written, and leaves it as it was.
pub async fn inspect(url: &str) -> Result<Inspection, StoreError> {
    let options = SqliteConnectOptions::from_str(url)
        .map_err(|error| StoreError::Url { url: url.to_owned(), reason: error.to_string() })?
        .create_if_missing(false)
        .busy_timeout(BUSY_TIMEOUT);
    condition::prove_sound(&options).await?;
    let file = options.get_filename().to_owned();
    if !file.exists() {
        return Ok(Inspection { file, migrations_missing: None, migrations_unknown: 0 });
    }
    let applied = prove_writable(&options).await.map_err(|error| condition::of_file(error.into(), &file))?;
    let known: Vec<i64> = MIGRATIONS.iter().map(|migration| migration.version).collect();
    Ok(Inspection {
        file,
        migrations_missing: Some(known.iter().filter(|version| !applied.contains(version)).count()),
        migrations_unknown: applied.iter().filter(|version| !known.contains(version)).count(),
    })
}

async fn prove_writable(options: &SqliteConnectOptions) -> Result<Vec<i64>, sqlx::Error> {
    let mut connection = options.connect().await?;
    let applied = applied_migrations(&mut connection).await?;
    // The right to write is what fails on a read-only file; nothing is written.
    let writing = connection.begin_with("BEGIN IMMEDIATE").await?;
    writing.rollback().await?;
    connection.close().await?;
    Ok(applied)
}

async fn applied_migrations(connection: &mut SqliteConnection) -> Result<Vec<i64>, sqlx::Error> {
    let table = "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = '_sqlx_migrations'";
    let has_table: i64 = sqlx::query_scalar(table).fetch_one(&mut *connection).await?;
    if has_table == 0 {
        return Ok(Vec::new());
    }
    let versions = "SELECT version FROM _sqlx_migrations WHERE success";
    sqlx::query_scalar(versions).fetch_all(connection).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    #[tokio::test]
    async fn a_look_neither_makes_nor_changes_a_database() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("platen.db");
        let url = format!("sqlite://{}", file.display());
        assert_eq!(inspect(&url).await.unwrap().migrations_missing, None);
        assert!(!file.exists());
        std::fs::write(&file, b"").unwrap();
        assert!(inspect(&url).await.unwrap().migrations_missing > Some(0), "an empty file");
        Store::open(&url).await.unwrap().close().await;
        let inspection = inspect(&url).await.unwrap();
        assert_eq!((inspection.migrations_missing, inspection.migrations_unknown), (Some(0), 0));
    }

    #[tokio::test]
    async fn another_file_is_no_database() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("platen.db");
        std::fs::write(&file, "x".repeat(8_192)).unwrap();
        assert!(inspect(&format!("sqlite://{}", file.display())).await.is_err());
    }
}
