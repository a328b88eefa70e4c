//! The instances of the service on this database, and when each last said that it lives.

use super::{Connection, StoreError, from_ms, to_ms};
use jiff::{SignedDuration, Timestamp};
use sqlx::FromRow;

/// An instance nobody has heard of for so long is forgotten.
const KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);

/// One instance, as its last heartbeat left it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instance {
    pub name: String,
    /// Of the program.
    pub version: String,
    pub started_at: Timestamp,
    /// The last heartbeat, by the clock of its host.
    pub seen_at: Timestamp,
    /// Rises with every heartbeat: tells others that it lives, whatever their clocks say.
    pub beats: i64,
    /// It has stopped in an orderly way.
    pub is_stopped: bool,
    /// The printers it writes to, by name.
    pub printers: Vec<String>,
}

#[derive(FromRow)]
struct InstanceRow {
    name: String,
    version: String,
    started_at_ms: i64,
    seen_at_ms: i64,
    beats: i64,
    stopped_at_ms: Option<i64>,
}

/// A heartbeat. `started_at` is when this process began.
pub async fn beat(
    connection: &mut Connection,
    name: &str,
    version: &str,
    started_at: Timestamp,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO instances (name, version, started_at_ms, seen_at_ms, beats) VALUES ($1, $2, $3, $4, 1)
         ON CONFLICT (name) DO UPDATE SET version = excluded.version, started_at_ms = excluded.started_at_ms,
            seen_at_ms = excluded.seen_at_ms, beats = instances.beats + 1, stopped_at_ms = NULL",
    )
    .bind(name)
    .bind(version)
    .bind(to_ms(started_at))
    .bind(to_ms(now))
    .execute(connection)
    .await?;
    Ok(())
}

/// The last word of an instance that stops.
pub async fn stopped(connection: &mut Connection, name: &str, now: Timestamp) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE instances SET stopped_at_ms = $2, seen_at_ms = $2, beats = beats + 1 WHERE name = $1",
    )
    .bind(name)
    .bind(to_ms(now))
    .execute(connection)
    .await?;
    Ok(())
}

/// Forgets instances that were silent for a week, with what they had in their configuration.
pub async fn forget_old(connection: &mut Connection, now: Timestamp) -> Result<(), StoreError> {
    sqlx::query(
        "DELETE FROM configured_printers WHERE instance IN (SELECT name FROM instances WHERE seen_at_ms < $1)",
    )
    .bind(to_ms(now - KEPT))
    .execute(&mut *connection)
    .await?;
    sqlx::query("DELETE FROM instances WHERE seen_at_ms < $1")
        .bind(to_ms(now - KEPT))
        .execute(connection)
        .await?;
    Ok(())
}

/// All instances by name, each with the printers whose lease it holds.
pub async fn all(connection: &mut Connection) -> Result<Vec<Instance>, StoreError> {
    let rows: Vec<InstanceRow> = sqlx::query_as(
        "SELECT name, version, started_at_ms, seen_at_ms, beats, stopped_at_ms FROM instances ORDER BY name",
    )
    .fetch_all(&mut *connection)
    .await?;
    // The lease of who speaks with Odoo stands among them, and is no printer's.
    let held: Vec<(String, String)> = sqlx::query_as(
        "SELECT l.instance, l.printer FROM printer_leases l JOIN printers p ON p.name = l.printer
         WHERE l.instance IS NOT NULL ORDER BY l.printer",
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            let printers = held.iter().filter(|(instance, _)| *instance == row.name);
            Ok(Instance {
                version: row.version,
                started_at: from_ms(row.started_at_ms)?,
                seen_at: from_ms(row.seen_at_ms)?,
                beats: row.beats,
                is_stopped: row.stopped_at_ms.is_some(),
                printers: printers.map(|(_, printer)| printer.clone()).collect(),
                name: row.name,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Store, leases, printers};

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_000_000 + second).unwrap()
    }

    #[tokio::test]
    async fn an_instance_is_known_with_its_printers_from_its_first_heartbeat_until_a_week_after_its_last() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite://{}/platen.db", folder.path().display())).await.unwrap();
        let mut writing = store.write().await.unwrap();
        printers::configure(&mut writing, "line-a", "tcp://127.0.0.1:9100", None).await.unwrap();
        leases::take(&mut writing, "line-a", "one", 10_000).await.unwrap();
        leases::take(&mut writing, "\u{1}odoo", "one", 10_000).await.unwrap();
        beat(&mut writing, "one", "1.2.3", at(0), at(0)).await.unwrap();
        beat(&mut writing, "two", "1.2.3", at(5), at(5)).await.unwrap();
        beat(&mut writing, "one", "1.2.4", at(1), at(30)).await.unwrap();
        stopped(&mut writing, "two", at(31)).await.unwrap();
        let [one, two] = all(&mut writing).await.unwrap().try_into().unwrap();
        assert_eq!((one.version.as_str(), one.beats, one.is_stopped), ("1.2.4", 2, false));
        assert_eq!((one.started_at, one.seen_at, one.printers), (at(1), at(30), vec!["line-a".to_owned()]));
        assert_eq!((two.beats, two.is_stopped, two.printers), (2, true, Vec::new()));
        beat(&mut writing, "two", "1.2.3", at(40), at(40)).await.unwrap();
        assert!(!all(&mut writing).await.unwrap()[1].is_stopped, "started again");
        forget_old(&mut writing, at(35) + KEPT).await.unwrap();
        assert_eq!(all(&mut writing).await.unwrap().len(), 1);
        writing.commit().await.unwrap();
        store.close().await;
    }
}
