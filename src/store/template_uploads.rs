//! Uploaded versions of templates, and which version of a name counts.

use super::{Connection, StoreError, from_ms, to_ms};
use jiff::Timestamp;
use sqlx::FromRow;

/// Who did something, and with which API key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    pub name: String,
    pub api_key: String,
}

/// Where an approved version lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The folder, as it is and as it will be.
    Folder,
    Uploaded,
}

impl Origin {
    /// The word used in SQL and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Folder => "folder",
            Self::Uploaded => "uploaded",
        }
    }
}

/// A version that was uploaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    pub version: String,
    pub comment: Option<String>,
    pub uploaded_by: String,
    pub uploaded_at: Timestamp,
}

/// A version that was made the one that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    pub version: String,
    pub origin: Origin,
    pub approved_by: String,
    pub approved_at: Timestamp,
}

/// What counts of one name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    pub name: String,
    /// The uploaded version that counts; `None` where the folder does, or nothing yet.
    pub approved: Option<String>,
    /// The last upload, where it was never approved.
    pub draft: Option<String>,
}

/// Records an upload of a version that is kept already. False where this name has it.
pub async fn add(
    connection: &mut Connection,
    name: &str,
    version: &str,
    comment: Option<&str>,
    author: &Author,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let known: Option<i64> =
        sqlx::query_scalar("SELECT number FROM template_uploads WHERE name = $1 AND version = $2")
            .bind(name)
            .bind(version)
            .fetch_optional(&mut *connection)
            .await?;
    if known.is_some() {
        return Ok(false);
    }
    sqlx::query(
        "INSERT INTO template_uploads (number, name, version, comment, uploaded_by, api_key, uploaded_at_ms)
         SELECT coalesce(max(number), 0) + 1, $1, $2, $3, $4, $5, $6 FROM template_uploads",
    )
    .bind(name)
    .bind(version)
    .bind(comment)
    .bind(&author.name)
    .bind(&author.api_key)
    .bind(to_ms(now))
    .execute(connection)
    .await?;
    Ok(true)
}

/// Makes a version the one that counts from now on.
pub async fn approve(
    connection: &mut Connection,
    name: &str,
    version: &str,
    origin: Origin,
    author: &Author,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO template_approvals (number, name, version, origin, approved_by, api_key, approved_at_ms)
         SELECT coalesce(max(number), 0) + 1, $1, $2, $3, $4, $5, $6 FROM template_approvals",
    )
    .bind(name)
    .bind(version)
    .bind(origin.as_str())
    .bind(&author.name)
    .bind(&author.api_key)
    .bind(to_ms(now))
    .execute(connection)
    .await?;
    Ok(())
}

#[derive(FromRow)]
struct UploadRow {
    version: String,
    comment: Option<String>,
    uploaded_by: String,
    uploaded_at_ms: i64,
}

/// All uploads of a name, the newest first.
pub async fn of_name(connection: &mut Connection, name: &str) -> Result<Vec<Upload>, StoreError> {
    let rows: Vec<UploadRow> = sqlx::query_as(
        "SELECT version, comment, uploaded_by, uploaded_at_ms FROM template_uploads WHERE name = $1
         ORDER BY number DESC",
    )
    .bind(name)
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Upload {
                version: row.version,
                comment: row.comment,
                uploaded_by: row.uploaded_by,
                uploaded_at: from_ms(row.uploaded_at_ms)?,
            })
        })
        .collect()
}

/// All approvals of a name, the newest first.
pub async fn approvals_of(connection: &mut Connection, name: &str) -> Result<Vec<Approval>, StoreError> {
    let rows: Vec<(String, String, String, i64)> = sqlx::query_as(
        "SELECT version, origin, approved_by, approved_at_ms FROM template_approvals WHERE name = $1
         ORDER BY number DESC",
    )
    .bind(name)
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|(version, origin, approved_by, approved_at_ms)| {
            let origin = if origin == Origin::Folder.as_str() { Origin::Folder } else { Origin::Uploaded };
            Ok(Approval { version, origin, approved_by, approved_at: from_ms(approved_at_ms)? })
        })
        .collect()
}

/// What counts of every name that was uploaded, in order.
pub async fn standings(connection: &mut Connection) -> Result<Vec<Standing>, StoreError> {
    /// Name, latest version, number of its last approval, version and origin that count.
    type Row = (String, String, Option<i64>, Option<String>, Option<String>);
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT latest.name, latest.version,
                (SELECT max(number) FROM template_approvals
                 WHERE name = latest.name AND version = latest.version),
                counting.version, counting.origin
         FROM template_uploads AS latest
         LEFT JOIN template_approvals AS counting ON counting.number =
             (SELECT max(number) FROM template_approvals WHERE name = latest.name)
         WHERE latest.number = (SELECT max(number) FROM template_uploads WHERE name = latest.name)
         ORDER BY latest.name",
    )
    .fetch_all(connection)
    .await?;
    let standing =
        |(name, latest, approved_once, version, origin): (_, _, Option<i64>, _, Option<String>)| {
            let is_uploaded = origin.as_deref() == Some(Origin::Uploaded.as_str());
            Standing {
                name,
                approved: if is_uploaded { version } else { None },
                draft: approved_once.is_none().then_some(latest),
            }
        };
    Ok(rows.into_iter().map(standing).collect())
}

/// Changes with every upload and every approval.
pub async fn revision(connection: &mut Connection) -> Result<(i64, i64), StoreError> {
    Ok(sqlx::query_as(
        "SELECT (SELECT coalesce(max(number), 0) FROM template_uploads),
                (SELECT coalesce(max(number), 0) FROM template_approvals)",
    )
    .fetch_one(connection)
    .await?)
}
