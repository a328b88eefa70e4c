//! How far Odoo has been told.

use super::{Connection, StoreError, jobs, printers};
use crate::domain::{Job, PrinterState};

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

/// Printers with a revision Odoo has not acknowledged.
pub async fn unreported_printers(connection: &mut Connection) -> Result<Vec<PrinterState>, StoreError> {
    let names: Vec<String> =
        sqlx::query_scalar("SELECT name FROM printers WHERE revision > reported_revision")
            .fetch_all(&mut *connection)
            .await?;
    let mut found = Vec::new();
    for name in names {
        found.extend(printers::find(connection, &name).await?);
    }
    Ok(found)
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
