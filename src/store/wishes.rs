//! What people want of a job, where its worker reads it.

use super::{Connection, StoreError, to_ms};
use crate::domain::JobId;
use jiff::Timestamp;

/// A person's wishes for a job, which its worker heeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wishes {
    /// Withdraw what is not printed.
    pub cancel_requested: bool,
    /// And wait no longer for what is in the printer.
    pub abandon_requested: bool,
    /// Held or paused: begin nothing before a person lets it go.
    pub held: bool,
}

/// The wishes for a job.
pub async fn wishes(connection: &mut Connection, id: JobId) -> Result<Wishes, StoreError> {
    let (cancel_requested, abandon_requested, held, paused): (i64, i64, i64, i64) =
        sqlx::query_as("SELECT cancel_requested, abandon_requested, held, paused FROM jobs WHERE id = $1")
            .bind(id.to_string())
            .fetch_one(connection)
            .await?;
    Ok(Wishes {
        cancel_requested: cancel_requested != 0,
        abandon_requested: abandon_requested != 0,
        held: held != 0 || paused != 0,
    })
}

/// Sets or clears the wish to withdraw.
pub async fn set_cancel_requested(
    connection: &mut Connection,
    id: JobId,
    wish: bool,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE jobs SET cancel_requested = $2 WHERE id = $1")
        .bind(id.to_string())
        .bind(i64::from(wish))
        .execute(connection)
        .await?;
    Ok(())
}

/// Wait no longer for labels that are in a printer which does not answer.
pub async fn set_abandon_requested(connection: &mut Connection, id: JobId) -> Result<(), StoreError> {
    sqlx::query("UPDATE jobs SET abandon_requested = 1 WHERE id = $1")
        .bind(id.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

/// Holds a job, or lets it go.
pub async fn set_held(connection: &mut Connection, id: JobId, held: bool) -> Result<(), StoreError> {
    sqlx::query("UPDATE jobs SET held = $2 WHERE id = $1")
        .bind(id.to_string())
        .bind(i64::from(held))
        .execute(connection)
        .await?;
    Ok(())
}

/// Until when a job may wait; `None` is for ever.
pub async fn set_expiry(
    connection: &mut Connection,
    id: JobId,
    expires_at: Option<Timestamp>,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE jobs SET expires_at_ms = $2 WHERE id = $1")
        .bind(id.to_string())
        .bind(expires_at.map(to_ms))
        .execute(connection)
        .await?;
    Ok(())
}

/// Forgets errors and wishes of an ended job, so that it can be tried again.
pub async fn clear_for_retry(connection: &mut Connection, id: JobId) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE jobs SET error_code = NULL, error_message = NULL, error_action = NULL, cancel_requested = 0,
            abandon_requested = 0, held = 0, paused = 0, stopped_after = NULL, fruitless_runs = 0
         WHERE id = $1",
    )
    .bind(id.to_string())
    .execute(connection)
    .await?;
    Ok(())
}
