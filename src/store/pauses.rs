//! What a person has paused: one job, or everything. (A paused printer stands with the printer.) Durable, so that a
//! restart lets nothing go on.

use super::{Connection, StoreError, to_ms};
use crate::domain::JobId;
use jiff::Timestamp;

/// The one row of `pauses`.
const EVERYTHING: &str = "everything";

/// Pauses a job, or lets it go on. Its worker heeds it.
pub async fn set_job(connection: &mut Connection, id: JobId, paused: bool) -> Result<(), StoreError> {
    sqlx::query("UPDATE jobs SET paused = $2 WHERE id = $1")
        .bind(id.to_string())
        .bind(i64::from(paused))
        .execute(connection)
        .await?;
    Ok(())
}

/// Pauses all printing, or lets it go on. False when it was so already.
pub async fn set_everything(
    connection: &mut Connection,
    paused: bool,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let result = if paused {
        sqlx::query("INSERT INTO pauses (name, since_ms) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING")
            .bind(EVERYTHING)
            .bind(to_ms(now))
            .execute(connection)
            .await?
    } else {
        sqlx::query("DELETE FROM pauses WHERE name = $1").bind(EVERYTHING).execute(connection).await?
    };
    Ok(result.rows_affected() > 0)
}

/// Whether all printing is paused.
pub async fn is_everything_paused(connection: &mut Connection) -> Result<bool, StoreError> {
    let rows: i64 = sqlx::query_scalar("SELECT count(*) FROM pauses WHERE name = $1")
        .bind(EVERYTHING)
        .fetch_one(connection)
        .await?;
    Ok(rows > 0)
}
