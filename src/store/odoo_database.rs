//! Which Odoo database this service prints for.

use super::{Connection, StoreError, to_ms};
use jiff::Timestamp;

/// The pinned database's uuid.
pub async fn pinned(connection: &mut Connection) -> Result<Option<String>, StoreError> {
    Ok(sqlx::query_scalar("SELECT uuid FROM odoo_database WHERE id = 1").fetch_optional(connection).await?)
}

/// Pins a database unless one is pinned; answers the one that is pinned then.
pub async fn pin_first(
    connection: &mut Connection,
    uuid: &str,
    now: Timestamp,
) -> Result<String, StoreError> {
    sqlx::query(
        "INSERT INTO odoo_database (id, uuid, pinned_at_ms) VALUES (1, $1, $2) ON CONFLICT (id) DO NOTHING",
    )
    .bind(uuid)
    .bind(to_ms(now))
    .execute(&mut *connection)
    .await?;
    pinned(connection).await?.ok_or(StoreError::Damaged("the pinned Odoo database"))
}

/// Pins a database, whatever was pinned before.
pub async fn pin(connection: &mut Connection, uuid: &str, now: Timestamp) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO odoo_database (id, uuid, pinned_at_ms) VALUES (1, $1, $2)
         ON CONFLICT (id) DO UPDATE SET uuid = excluded.uuid, pinned_at_ms = excluded.pinned_at_ms",
    )
    .bind(uuid)
    .bind(to_ms(now))
    .execute(connection)
    .await?;
    Ok(())
}
