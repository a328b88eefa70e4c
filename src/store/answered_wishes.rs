//! What became of the wishes that Odoo handed out. Kept in the transaction of the deed, so each is carried out once.

use super::{Connection, StoreError, to_ms};
use jiff::{SignedDuration, Timestamp};
use sqlx::FromRow;

/// Odoo hands out again what is not answered within half a minute; a service may be down over a weekend and more.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// What Odoo is told of a wish: nothing where it was carried out, else why not.
#[derive(Debug, Clone, Default, PartialEq, Eq, FromRow)]
pub struct WishAnswer {
    pub code: Option<String>,
    pub message: Option<String>,
    pub action: Option<String>,
}

/// What became of a wish, where it came before.
pub async fn find(connection: &mut Connection, uuid: &str) -> Result<Option<WishAnswer>, StoreError> {
    Ok(sqlx::query_as("SELECT code, message, action FROM answered_wishes WHERE uuid = $1")
        .bind(uuid)
        .fetch_optional(connection)
        .await?)
}

/// Keeps what became of a wish.
pub async fn keep(
    connection: &mut Connection,
    uuid: &str,
    answer: &WishAnswer,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO answered_wishes (uuid, code, message, action, answered_at_ms) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (uuid) DO NOTHING",
    )
    .bind(uuid)
    .bind(&answer.code)
    .bind(&answer.message)
    .bind(&answer.action)
    .bind(to_ms(now))
    .execute(connection)
    .await?;
    Ok(())
}

/// Forgets wishes that were answered a month ago.
pub async fn forget_old(connection: &mut Connection, now: Timestamp) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM answered_wishes WHERE answered_at_ms < $1")
        .bind(to_ms(now - KEPT))
        .execute(connection)
        .await?;
    Ok(())
}
