//! Looks at a database without changing it: a check must not migrate what an older service is working on.

use super::dialect::Source;
use super::{StoreError, condition, migrations};
use sqlx::{AnyConnection, Connection, Executor};
use std::path::{Path, PathBuf};

/// What a look found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspection {
    /// What keeps it, with its version, as `PostgreSQL 15.14`; empty where there is no database yet.
    pub engine: String,
    /// The file of SQLite; `None` for a server.
    pub file: Option<PathBuf>,
    /// Migrations this program has and the database has not; `None` where there is no database yet.
    pub migrations_missing: Option<usize>,
    /// Migrations the database has and this program does not know: a newer platen was here.
    pub migrations_unknown: usize,
    /// What is accepted would not outlive a power cut: the server does not wait for its disk.
    pub loses_at_power_cut: bool,
}

/// Opens the database, proves that it can be written, and leaves it as it was.
pub async fn inspect(url: &str) -> Result<Inspection, StoreError> {
    let source = Source::parse(url)?;
    condition::prove_sound(&source).await?;
    let file = source.file().map(Path::to_owned);
    if file.as_ref().is_some_and(|file| !file.exists()) {
        return Ok(Inspection {
            engine: String::new(),
            file,
            migrations_missing: None,
            migrations_unknown: 0,
            loses_at_power_cut: false,
        });
    }
    let explain = |error: StoreError| condition::of_file(error, source.file());
    let mut connection = source.connect().await.map_err(explain)?;
    let engine = engine(&source, &mut connection).await.map_err(explain)?;
    let applied = applied_migrations(&source, &mut connection).await.map_err(explain)?;
    let loses_at_power_cut = match source {
        Source::Sqlite(_) => false,
        Source::Postgres(_) => {
            // A service that writes just now is waited for, and not for ever.
            connection.execute(source.dialect().prepare_writer()).await?;
            let fsync: String =
                sqlx::query_scalar("SELECT current_setting('fsync')").fetch_one(&mut connection).await?;
            fsync == "off"
        }
    };
    prove_writable(&source, &mut connection, applied.is_empty()).await.map_err(explain)?;
    connection.close().await?;
    let known: Vec<i64> =
        migrations::of(source.dialect()).iter().map(|migration| migration.version).collect();
    Ok(Inspection {
        engine,
        file,
        migrations_missing: Some(known.iter().filter(|version| !applied.contains(version)).count()),
        migrations_unknown: applied.iter().filter(|version| !known.contains(version)).count(),
        loses_at_power_cut,
    })
}

async fn engine(source: &Source, connection: &mut AnyConnection) -> Result<String, StoreError> {
    let (name, statement) = match source {
        Source::Sqlite(_) => ("SQLite", "SELECT sqlite_version()"),
        Source::Postgres(_) => ("PostgreSQL", "SELECT current_setting('server_version')"),
    };
    let version: String = sqlx::query_scalar(statement).fetch_one(connection).await?;
    // Debian adds where the package is from.
    let version = version.split(' ').next().unwrap_or_default();
    Ok(format!("{name} {version}"))
}

async fn applied_migrations(source: &Source, connection: &mut AnyConnection) -> Result<Vec<i64>, StoreError> {
    let table = match source {
        Source::Sqlite(_) => {
            "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = '_sqlx_migrations'"
        }
        Source::Postgres(_) => "SELECT count(to_regclass('_sqlx_migrations')::text)",
    };
    let has_table: i64 = sqlx::query_scalar(table).fetch_one(&mut *connection).await?;
    if has_table == 0 {
        return Ok(Vec::new());
    }
    let versions = "SELECT version FROM _sqlx_migrations WHERE success";
    Ok(sqlx::query_scalar(versions).fetch_all(connection).await?)
}

/// The right to write is what fails on a read-only file or server, a full disk, or without rights; nothing is written.
async fn prove_writable(
    source: &Source,
    connection: &mut AnyConnection,
    is_empty: bool,
) -> Result<(), StoreError> {
    let writing = connection.begin_with(source.dialect().begin_writing()).await?;
    writing.rollback().await?;
    if let Source::Postgres(_) = source {
        let (statement, lacks) = if is_empty {
            (
                "SELECT CASE WHEN has_schema_privilege(current_schema(), 'CREATE') THEN 1 ELSE 0 END",
                "make tables",
            )
        } else {
            (
                "SELECT CASE WHEN has_table_privilege('events', 'INSERT') THEN 1 ELSE 0 END",
                "write into its tables",
            )
        };
        let allowed: Option<i64> = sqlx::query_scalar(statement).fetch_one(&mut *connection).await?;
        if allowed != Some(1) {
            return Err(StoreError::Refused(format!(
                "{} does not let this user {lacks}; make the user the owner of the database",
                source.place()
            )));
        }
        let standby = "SELECT CASE WHEN pg_is_in_recovery() THEN 1 ELSE 0 END";
        let is_standby: i64 = sqlx::query_scalar(standby).fetch_one(connection).await?;
        if is_standby == 1 {
            return Err(StoreError::Refused(format!(
                "{} is a standby and can only be read; name the primary in store.url",
                source.place()
            )));
        }
    }
    Ok(())
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
        assert!(inspection.engine.starts_with("SQLite 3."), "{}", inspection.engine);
    }

    #[tokio::test]
    async fn another_file_is_no_database() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("platen.db");
        std::fs::write(&file, "x".repeat(8_192)).unwrap();
        assert!(inspect(&format!("sqlite://{}", file.display())).await.is_err());
    }
}
