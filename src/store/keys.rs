//! API keys, stored as digests.

use super::{Connection, StoreError, to_ms};
use crate::domain::Scopes;
use jiff::Timestamp;

/// Stores a key's digest under a name. False when the name is taken.
pub async fn create(
    connection: &mut Connection,
    name: &str,
    digest: &str,
    scopes: &Scopes,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let result = sqlx::query(
        "INSERT INTO api_keys (name, digest, scopes, created_at_ms) VALUES ($1, $2, $3, $4)
         ON CONFLICT (name) DO NOTHING",
    )
    .bind(name)
    .bind(digest)
    .bind(scopes.to_string())
    .bind(to_ms(now))
    .execute(connection)
    .await?;
    Ok(result.rows_affected() == 1)
}

/// Ends a key. False when there is none of that name, or it has ended already.
pub async fn revoke(connection: &mut Connection, name: &str, now: Timestamp) -> Result<bool, StoreError> {
    let result =
        sqlx::query("UPDATE api_keys SET revoked_at_ms = $2 WHERE name = $1 AND revoked_at_ms IS NULL")
            .bind(name)
            .bind(to_ms(now))
            .execute(connection)
            .await?;
    Ok(result.rows_affected() == 1)
}

/// A key that opens the API now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValidKey {
    pub name: String,
    /// SHA-256 in hexadecimal.
    pub digest: String,
    pub scopes: Scopes,
}

/// The keys that are valid now.
pub async fn valid(connection: &mut Connection) -> Result<Vec<ValidKey>, StoreError> {
    let rows: Vec<(String, String, String)> =
        sqlx::query_as("SELECT name, digest, scopes FROM api_keys WHERE revoked_at_ms IS NULL ORDER BY name")
            .fetch_all(connection)
            .await?;
    let key = |(name, digest, scopes): (String, String, String)| ValidKey {
        name,
        digest,
        scopes: Scopes::parse(&scopes),
    };
    Ok(rows.into_iter().map(key).collect())
}

/// A key as it is listed.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ListedKey {
    pub name: String,
    pub scopes: String,
    pub created_at_ms: i64,
    pub revoked_at_ms: Option<i64>,
}

/// Every key, also those that have ended.
pub async fn all(connection: &mut Connection) -> Result<Vec<ListedKey>, StoreError> {
    Ok(sqlx::query_as("SELECT name, scopes, created_at_ms, revoked_at_ms FROM api_keys ORDER BY name")
        .fetch_all(connection)
        .await?)
}
