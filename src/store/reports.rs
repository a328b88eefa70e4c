//! How far Odoo has been told.

use super::{Connection, StoreError, jobs, printers};
use crate::domain::{Job, PrinterState};
use std::collections::HashMap;

/// Jobs with a revision Odoo has not acknowledged, longest waiting first.
pub async fn unreported_jobs(connection: &mut Connection, limit: i64) -> Result<Vec<Job>, StoreError> {
    let ids: Vec<String> = sqlx::query_scalar(
        "SELECT uuid FROM jobs WHERE revision > reported_revision ORDER BY updated_at_ms LIMIT $1",
    )
    .bind(limit)
    .fetch_all(&mut *connection)
    .await?;
    let ids: Vec<uuid::Uuid> = ids.iter().filter_map(|id| id.parse().ok()).collect();
    jobs::find_many(connection, &ids).await
}

/// All printers, each with the revision Odoo has acknowledged.
pub async fn printers_with_reported_revision(
    connection: &mut Connection,
) -> Result<Vec<(PrinterState, i64)>, StoreError> {
    let reported: Vec<(String, i64)> =
        sqlx::query_as("SELECT name, reported_revision FROM printers").fetch_all(&mut *connection).await?;
    let reported: HashMap<String, i64> = reported.into_iter().collect();
    let all = printers::all(connection).await?;
    Ok(all
        .into_iter()
        .map(|printer| {
            let revision = reported.get(&printer.name).copied().unwrap_or_default();
            (printer, revision)
        })
        .collect())
}

/// Odoo asks anew how this job stands: it is reported even if nothing changed. False when there is no such job.
pub async fn tell_again(connection: &mut Connection, uuid: uuid::Uuid) -> Result<bool, StoreError> {
    let result = sqlx::query("UPDATE jobs SET reported_revision = 0 WHERE uuid = $1")
        .bind(uuid.to_string())
        .execute(connection)
        .await?;
    Ok(result.rows_affected() > 0)
}

/// Odoo holds this revision of a job.
pub async fn job_acknowledged(
    connection: &mut Connection,
    uuid: &str,
    revision: i64,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE jobs SET reported_revision = $2 WHERE uuid = $1 AND reported_revision < $2")
        .bind(uuid)
        .bind(revision)
        .execute(connection)
        .await?;
    Ok(())
}

/// Odoo holds this revision of a printer.
pub async fn printer_acknowledged(
    connection: &mut Connection,
    name: &str,
    revision: i64,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE printers SET reported_revision = $2 WHERE name = $1 AND reported_revision < $2")
        .bind(name)
        .bind(revision)
        .execute(connection)
        .await?;
    Ok(())
}
