//! Which instance may write to a printer, and the fencing number it records with.

use super::{Connection, StoreError};
use sqlx::FromRow;

/// The lease of who speaks with Odoo stands among them, under a name that no printer can have.
pub const OF_ODOO: &str = "\u{1}odoo";

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

/// Whether nobody may write to a printer: never taken, or given back.
pub async fn is_free(connection: &mut Connection, printer: &str) -> Result<bool, StoreError> {
    let held: i64 =
        sqlx::query_scalar("SELECT count(*) FROM printer_leases WHERE printer = $1 AND instance IS NOT NULL")
            .bind(printer)
            .fetch_one(connection)
            .await?;
    Ok(held == 0)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    #[tokio::test]
    async fn who_lost_the_lease_can_neither_renew_nor_record_nor_give_back_what_is_anothers() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite://{}/platen.db", folder.path().display())).await.unwrap();
        let mut writing = store.write().await.unwrap();
        let first = take(&mut writing, "line-a", "one", 10_000).await.unwrap();
        assert!(check(&mut writing, "line-a", first).await.is_ok());
        let second = take(&mut writing, "line-a", "two", 5_000).await.unwrap();
        assert!(second > first);
        assert!(matches!(check(&mut writing, "line-a", first).await, Err(StoreError::Fenced)));
        assert!(!renew(&mut writing, "line-a", first, 20_000).await.unwrap());
        release(&mut writing, "line-a", first).await.unwrap();
        assert!(check(&mut writing, "line-a", second).await.is_ok());
        // A clock that was put back still moves the row: others see that somebody is alive.
        assert!(renew(&mut writing, "line-a", second, 1_000).await.unwrap());
        assert_eq!(all(&mut writing).await.unwrap()[0].expires_at_ms, 5_001);
        release(&mut writing, "line-a", second).await.unwrap();
        assert!(matches!(check(&mut writing, "line-a", second).await, Err(StoreError::Fenced)));
        writing.commit().await.unwrap();
        store.close().await;
    }

    #[tokio::test]
    async fn a_name_is_had_by_one_process_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite://{}/platen.db", folder.path().display())).await.unwrap();
        let lock = store.lock_name("one").await.unwrap();
        assert!(lock.is_some());
        assert!(store.lock_name("one").await.unwrap().is_none());
        assert!(store.lock_name("two").await.unwrap().is_some());
        drop(lock);
        assert!(store.lock_name("one").await.unwrap().is_some());
    }
}
