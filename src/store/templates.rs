//! Template versions that jobs were accepted with.

use super::{Connection, StoreError, to_ms};
use jiff::Timestamp;

/// Name, source and manifest of a kept version.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct KeptTemplate {
    pub name: String,
    pub source: String,
    pub manifest: String,
}

/// Keeps a version; a second time changes nothing.
pub async fn keep(
    connection: &mut Connection,
    version: &str,
    template: &KeptTemplate,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO template_versions (version, name, source, manifest, created_at_ms)
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT (version) DO NOTHING",
    )
    .bind(version)
    .bind(&template.name)
    .bind(&template.source)
    .bind(&template.manifest)
    .bind(to_ms(now))
    .execute(connection)
    .await?;
    Ok(())
}

/// The kept version, if there is one.
pub async fn find(connection: &mut Connection, version: &str) -> Result<Option<KeptTemplate>, StoreError> {
    Ok(sqlx::query_as("SELECT name, source, manifest FROM template_versions WHERE version = $1")
        .bind(version)
        .fetch_optional(connection)
        .await?)
}
