//! Which printers the instances have in their configuration, and when a printer is forgotten.

use super::{Connection, StoreError};

/// Keeps what an instance has in its configuration now, whatever it had in a former life.
pub async fn set(connection: &mut Connection, instance: &str, printers: &[&str]) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM configured_printers WHERE instance = $1")
        .bind(instance)
        .execute(&mut *connection)
        .await?;
    for printer in printers {
        sqlx::query(
            "INSERT INTO configured_printers (printer, instance) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        )
        .bind(printer)
        .bind(instance)
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

/// Forgets printers that no instance has in its configuration. One with jobs waiting stays, and one that a person has
/// paused: were it configured again, the next job would print.
pub async fn forget_nobodys_printers(connection: &mut Connection) -> Result<(), StoreError> {
    sqlx::query(
        "DELETE FROM printers WHERE paused = 0
            AND NOT EXISTS (SELECT 1 FROM configured_printers c WHERE c.printer = printers.name)
            AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.printer = printers.name
                AND j.status IN ('queued', 'printing'))",
    )
    .execute(connection)
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Store, instances, printers};
    use jiff::{SignedDuration, Timestamp};

    async fn names(connection: &mut Connection) -> Vec<String> {
        printers::all(connection).await.unwrap().into_iter().map(|printer| printer.name).collect()
    }

    /// What an instance does when it starts.
    async fn start(connection: &mut Connection, instance: &str, configured: &[&str]) {
        for printer in configured {
            printers::configure(connection, printer, "127.0.0.1:9100", None).await.unwrap();
        }
        set(connection, instance, configured).await.unwrap();
        forget_nobodys_printers(connection).await.unwrap();
    }

    #[tokio::test]
    async fn a_printer_is_forgotten_when_no_instance_has_it_any_more_and_nobody_paused_it() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite://{}/platen.db", folder.path().display())).await.unwrap();
        let mut writing = store.write().await.unwrap();
        let now = Timestamp::UNIX_EPOCH;
        start(&mut writing, "one", &["line-a", "line-b"]).await;
        start(&mut writing, "two", &["line-b", "line-c"]).await;
        assert_eq!(names(&mut writing).await, ["line-a", "line-b", "line-c"]);
        start(&mut writing, "one", &[]).await;
        assert_eq!(names(&mut writing).await, ["line-b", "line-c"], "the other still has `line-b`");
        printers::set_paused(&mut writing, "line-c", true, now).await.unwrap();
        start(&mut writing, "two", &["line-b"]).await;
        assert_eq!(names(&mut writing).await, ["line-b", "line-c"], "paused by a person");
        printers::set_paused(&mut writing, "line-c", false, now).await.unwrap();
        start(&mut writing, "two", &["line-b"]).await;
        assert_eq!(names(&mut writing).await, ["line-b"]);

        instances::beat(&mut writing, "two", "1.2.3", now, now).await.unwrap();
        let far = now + SignedDuration::from_hours(24 * 30);
        instances::forget_old(&mut writing, far).await.unwrap();
        start(&mut writing, "one", &[]).await;
        assert_eq!(names(&mut writing).await, [""; 0], "whoever had it is gone for good");
        writing.commit().await.unwrap();
        store.close().await;
    }
}
