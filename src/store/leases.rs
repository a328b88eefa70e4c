//! Which instance may write to a printer, and the fencing number it records with.

use super::{Connection, StoreError};
use sqlx::FromRow;

/// A printer's lease as it is in the database.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Lease {
    pub printer: String,
    /// `None`: given back.
    pub instance: Option<String>,
    /// Rises with every holder.
    pub fence: i64,
    /// By the holder's clock; moves with every renewal.
    pub expires_at_ms: i64,
}

/// All leases.
pub async fn all(connection: &mut Connection) -> Result<Vec<Lease>, StoreError> {
    Ok(sqlx::query_as("SELECT printer, instance, fence, expires_at_ms FROM printer_leases ORDER BY printer")
        .fetch_all(connection)
        .await?)
}

/// Makes an instance the holder, whoever was it before. Answers its fencing number.
pub async fn take(
    connection: &mut Connection,
    printer: &str,
    instance: &str,
    expires_at_ms: i64,
) -> Result<i64, StoreError> {
    Ok(sqlx::query_scalar(
        "INSERT INTO printer_leases (printer, instance, fence, expires_at_ms) VALUES ($1, $2, 1, $3)
         ON CONFLICT (printer) DO UPDATE SET instance = excluded.instance, fence = printer_leases.fence + 1,
            expires_at_ms = excluded.expires_at_ms
         RETURNING fence",
    )
    .bind(printer)
    .bind(instance)
    .bind(expires_at_ms)
    .fetch_one(connection)
    .await?)
}

/// Moves the expiry of the holder with this number. False when there is another by now.
pub async fn renew(
    connection: &mut Connection,
    printer: &str,
    fence: i64,
    expires_at_ms: i64,
) -> Result<bool, StoreError> {
    let result = sqlx::query(
        // Never the same twice, whatever the clock says: others see that it moves.
        "UPDATE printer_leases
         SET expires_at_ms = CASE WHEN expires_at_ms < $3 THEN $3 ELSE expires_at_ms + 1 END
         WHERE printer = $1 AND fence = $2 AND instance IS NOT NULL",
    )
    .bind(printer)
    .bind(fence)
    .bind(expires_at_ms)
    .execute(connection)
    .await?;
    Ok(result.rows_affected() == 1)
}

/// Gives a lease back, so that nobody has to wait for it.
pub async fn release(connection: &mut Connection, printer: &str, fence: i64) -> Result<(), StoreError> {
    sqlx::query("UPDATE printer_leases SET instance = NULL WHERE printer = $1 AND fence = $2")
        .bind(printer)
        .bind(fence)
        .execute(connection)
        .await?;
    Ok(())
}

/// Refuses whoever does not hold the lease any more. Belongs at the beginning of each of its transactions.
pub async fn check(connection: &mut Connection, printer: &str, fence: i64) -> Result<(), StoreError> {
    let held: Option<i64> = sqlx::query_scalar(
        "SELECT fence FROM printer_leases WHERE printer = $1 AND fence = $2 AND instance IS NOT NULL",
    )
    .bind(printer)
    .bind(fence)
    .fetch_optional(connection)
    .await?;
    held.map(|_| ()).ok_or(StoreError::Fenced)
}
