//! Templates as the API tells them.

use super::{Listed, LiveCatalogue, State};
use crate::render::lint::lint_template;
use crate::render::{Entry, Template};
use crate::store::template_uploads::{Approval, Origin, Upload};
use crate::store::{Connection, StoreError, template_uploads, templates};
use serde_json::{Map, Value, json};

/// What is shown of a template in every answer: name, size, fields, version.
pub fn template_json(template: &Template) -> Value {
    let manifest = template.manifest();
    let fields: Map<String, Value> = manifest
        .fields
        .iter()
        .map(|(name, field)| {
            let kind = json!(field.kind);
            (name.clone(), json!({"required": field.required, "max_length": field.max_length, "kind": kind}))
        })
        .collect();
    json!({
        "name": template.name(),
        "version": template.version(),
        "title": manifest.title,
        "width_mm": manifest.width_mm,
        "height_mm": manifest.height_mm,
        "dpmm": manifest.dpmm,
        "fields": fields,
    })
}

/// A name of the catalogue; `None` where there is nothing to show but a problem.
pub fn listed_json(listed: &Listed) -> Option<Value> {
    let mut whole = template_json(&listed.shown()?.template);
    whole["state"] = json!(if listed.approved.is_some() { "approved" } else { "draft" });
    whole["source"] = json!(listed.origin.as_str());
    whole["draft_version"] = json!(listed.draft_version);
    whole["problem"] = json!(listed.problem);
    Some(whole)
}

/// What lint finds in a template and its sample.
pub fn findings_json(entry: &Entry) -> Value {
    json!(lint_template(&entry.template, &entry.sample))
}

impl State {
    /// The list of templates; apart from it the names that have no version which can be used.
    pub fn to_json(&self) -> Value {
        let all: Vec<Value> = self.templates.values().filter_map(listed_json).collect();
        let broken: Vec<Value> = self
            .templates
            .values()
            .filter(|listed| listed.shown().is_none())
            .map(|listed| json!({"name": listed.name, "problem": listed.problem}))
            .collect();
        json!({"templates": all, "broken": broken, "problem": self.problem})
    }
}

impl LiveCatalogue {
    /// A version of a template: the one asked for, else the one in use. `None` where there is none that can be used.
    pub async fn version(&self, name: &str, version: Option<&str>) -> Result<Option<Entry>, StoreError> {
        let state = self.state();
        let Some(listed) = state.templates.get(name) else { return Ok(None) };
        match (held(listed, version), version) {
            (None, Some(version)) => self.upload(&mut *self.store.read().await?, name, version).await,
            (held, _) => Ok(held),
        }
    }

    /// An uploaded version that nothing holds ready.
    async fn upload(
        &self,
        connection: &mut Connection,
        name: &str,
        version: &str,
    ) -> Result<Option<Entry>, StoreError> {
        let uploads = template_uploads::of_name(connection, name).await?;
        if !uploads.iter().any(|upload| upload.version == version) {
            return Ok(None);
        }
        Ok(self.judge_kept(connection, name, version).await?.ok())
    }

    /// Everything about one template: a version, its files and findings, and all versions there are.
    pub async fn describe(&self, name: &str, version: Option<&str>) -> Result<Option<Value>, StoreError> {
        let state = self.state();
        let Some(listed) = state.templates.get(name) else { return Ok(None) };
        let mut connection = self.store.read().await?;
        let uploads = template_uploads::of_name(&mut connection, name).await?;
        let approvals = template_uploads::approvals_of(&mut connection, name).await?;
        let entry = match (held(listed, version), version) {
            (None, Some(version)) => self.upload(&mut connection, name, version).await?,
            (held, _) => held,
        };
        let mut whole = match (&entry, version) {
            (Some(entry), _) => template_json(&entry.template),
            (None, Some(version)) if uploads.iter().all(|upload| upload.version != version) => {
                return Ok(None);
            }
            // What cannot be used any more can still be looked at.
            (None, asked) => json!({"name": name, "version": asked}),
        };
        let files = match (&entry, version) {
            (Some(entry), _) => Value::Object(entry.template.files().to_json()),
            (None, Some(version)) => {
                let kept = templates::find(&mut connection, version).await?;
                json!(kept.map(|kept| kept.files))
            }
            (None, None) => Value::Null,
        };
        let versions = versions_json(listed, &uploads, &approvals);
        let shown = whole["version"].clone();
        let state =
            versions.iter().find(|version| version["version"] == shown).map(|version| &version["state"]);
        whole["state"] = state.cloned().unwrap_or_default();
        whole["source"] = json!(listed.origin.as_str());
        whole["draft_version"] = json!(listed.draft_version);
        whole["approved_version"] = json!(listed.approved.as_ref().map(|entry| entry.template.version()));
        whole["problem"] = json!(listed.problem);
        whole["files"] = files;
        whole["findings"] = entry.as_ref().map_or_else(|| json!([]), findings_json);
        whole["versions"] = json!(versions);
        Ok(Some(whole))
    }
}

/// A version that is held ready: the one asked for, else what is shown.
fn held(listed: &Listed, version: Option<&str>) -> Option<Entry> {
    let Some(version) = version else { return listed.shown().cloned() };
    let all = [&listed.approved, &listed.folder, &listed.only_draft];
    all.into_iter().flatten().find(|entry| entry.template.version() == version).cloned()
}

/// Uploads, the newest first, and the folder's version below them.
fn versions_json(listed: &Listed, uploads: &[Upload], approvals: &[Approval]) -> Vec<Value> {
    let in_use = listed.approved.as_ref().map(|entry| entry.template.version());
    let approval = |version: &str| approvals.iter().find(|approval| approval.version == version);
    let state = |version: &str, origin: Origin| {
        if in_use == Some(version) && listed.origin == origin {
            "approved"
        } else if approval(version).is_some() || origin == Origin::Folder {
            "replaced"
        } else {
            "draft"
        }
    };
    let mut all: Vec<Value> = uploads
        .iter()
        .map(|upload| {
            let approval = approval(&upload.version);
            json!({
                "version": upload.version, "source": "uploaded", "state": state(&upload.version, Origin::Uploaded),
                "uploaded_by": upload.uploaded_by, "uploaded_at": upload.uploaded_at,
                "approved_by": approval.map(|approval| &approval.approved_by),
                "approved_at": approval.map(|approval| approval.approved_at),
                "comment": upload.comment,
            })
        })
        .collect();
    if let Some(folder) = &listed.folder {
        let version = folder.template.version();
        let approval = approval(version).filter(|approval| approval.origin == Origin::Folder);
        all.push(json!({
            "version": version, "source": "folder", "state": state(version, Origin::Folder),
            "uploaded_by": null, "uploaded_at": null,
            "approved_by": approval.map(|approval| &approval.approved_by),
            "approved_at": approval.map(|approval| approval.approved_at),
            "comment": null,
        }));
    }
    all
}
