//! API keys, stored as digests.

use super::{Connection, StoreError, to_ms};
use jiff::Timestamp;

/// Stores a key's digest under a name. False when the name is taken.
pub async fn create(
    connection: &mut Connection,
    name: &str,
    digest: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let result = sqlx::query(
        "INSERT INTO api_keys (name, digest, created_at_ms) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING",
    )
    .bind(name)
    .bind(digest)
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

/// Digests of the keys that are valid now, with their names.
pub async fn valid(connection: &mut Connection) -> Result<Vec<(String, String)>, StoreError> {
    Ok(sqlx::query_as("SELECT name, digest FROM api_keys WHERE revoked_at_ms IS NULL ORDER BY name")
        .fetch_all(connection)
        .await?)
}

/// Every key: name, when made, when ended.
pub async fn all(connection: &mut Connection) -> Result<Vec<(String, i64, Option<i64>)>, StoreError> {
    Ok(sqlx::query_as("SELECT name, created_at_ms, revoked_at_ms FROM api_keys ORDER BY name")
        .fetch_all(connection)
        .await?)
}
