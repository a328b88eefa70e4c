//! Template versions that jobs were accepted with.

use super::{Connection, StoreError, to_ms};
use jiff::Timestamp;
use serde_json::{Map, Value};

/// Name and files of a kept version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptTemplate {
    pub name: String,
    /// Contents by name, as JSON.
    pub files: Map<String, Value>,
}

const LABEL: &str = "label.zpl";
const MANIFEST: &str = "template.toml";

/// Keeps a version; a second time changes nothing.
pub async fn keep(
    connection: &mut Connection,
    version: &str,
    template: &KeptTemplate,
    now: Timestamp,
) -> Result<(), StoreError> {
    let text = |name: &str| template.files.get(name).and_then(Value::as_str).unwrap_or_default();
    let other_files: Map<String, Value> = template
        .files
        .iter()
        .filter(|(name, _)| ![LABEL, MANIFEST].contains(&name.as_str()))
        .map(|(name, content)| (name.clone(), content.clone()))
        .collect();
    sqlx::query(
        "INSERT INTO template_versions (version, name, source, manifest, other_files, created_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (version) DO NOTHING",
    )
    .bind(version)
    .bind(&template.name)
    .bind(text(LABEL))
    .bind(text(MANIFEST))
    .bind(Value::Object(other_files).to_string())
    .bind(to_ms(now))
    .execute(connection)
    .await?;
    Ok(())
}

/// The kept version, if there is one.
pub async fn find(connection: &mut Connection, version: &str) -> Result<Option<KeptTemplate>, StoreError> {
    let row: Option<(String, String, String, String)> = sqlx::query_as(
        "SELECT name, source, manifest, other_files FROM template_versions WHERE version = $1",
    )
    .bind(version)
    .fetch_optional(connection)
    .await?;
    let Some((name, source, manifest, other_files)) = row else { return Ok(None) };
    let mut files: Map<String, Value> = serde_json::from_str(&other_files)
        .map_err(|_| StoreError::Damaged("the files of a template version"))?;
    files.insert(LABEL.to_owned(), Value::String(source));
    files.insert(MANIFEST.to_owned(), Value::String(manifest));
    Ok(Some(KeptTemplate { name, files }))
}
