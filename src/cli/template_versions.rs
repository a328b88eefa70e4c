//! Versions of templates in a running service: listed, shown, uploaded, approved, gone back to.

use super::Failure;
use super::output::{self, Table};
use crate::api_client::{ApiClient, ApiError};
use crate::render::{TemplateFiles, read_folder};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Of a version's 64 digits, as people are shown it.
const SHOWN_DIGITS: usize = 12;

#[derive(Debug, clap::Args)]
pub struct ShowArguments {
    /// Name of the template.
    name: String,
    /// A version, or its first digits; the one in use unless told.
    #[arg(long, value_name = "VERSION")]
    version: Option<String>,
    /// Write the files of that version into this folder, which is made if missing.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
pub struct UploadArguments {
    /// Name of the template.
    pub name: String,
    /// Folder with its files [default: the template's own below templates.dir]
    #[arg(long, value_name = "DIR")]
    pub from: Option<PathBuf>,
    /// What is new.
    #[arg(long, value_name = "TEXT")]
    comment: Option<String>,
    /// Who uploads it; the name of the key unless told.
    #[arg(long, value_name = "NAME")]
    submitted_by: Option<String>,
}

#[derive(Debug, clap::Args)]
pub struct ApproveArguments {
    /// Name of the template.
    name: String,
    /// The version, or its first digits; the draft unless told.
    version: Option<String>,
    /// Who approves it; the name of the key unless told.
    #[arg(long, value_name = "NAME")]
    submitted_by: Option<String>,
}

/// Why there is no list from a service.
#[derive(Debug)]
pub enum Listing {
    /// None runs here.
    NoService,
    Failed(Failure),
}

impl From<Failure> for Listing {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// Templates as the service has them.
pub async fn list(client: &ApiClient, as_json: bool) -> Result<(), Listing> {
    let answer = match client.get(&["api", "templates"], &[]).await {
        Ok(answer) => answer,
        Err(ApiError::Refused { .. }) => return Err(Listing::NoService),
        Err(error) => return Err(Listing::Failed(error.into())),
    };
    if as_json {
        return Ok(output::json(&answer)?);
    }
    let mut table =
        Table::new(&["TEMPLATE", "SIZE", "DOTS PER MM", "VERSION", "FROM", "FIELDS (* REQUIRED)", "TITLE"]);
    for template in answer["templates"].as_array().into_iter().flatten() {
        let cells = vec![
            output::text(template, "name"),
            format!("{} x {} mm", output::text(template, "width_mm"), output::text(template, "height_mm")),
            output::text(template, "dpmm"),
            shortened(&output::text(template, "version")),
            output::text(template, "source"),
            fields(template),
            output::text(template, "title"),
        ];
        table.row(cells, remark(template));
    }
    for broken in answer["broken"].as_array().into_iter().flatten() {
        table.row(vec![output::text(broken, "name")], Some(output::text(broken, "problem")));
    }
    table.print()?;
    if let Some(problem) = answer["problem"].as_str() {
        output::line(&format!("the folder cannot be read: {}", output::clean(problem)))?;
    }
    Ok(())
}

fn fields(template: &Value) -> String {
    let all = template["fields"].as_object().into_iter().flatten();
    let named =
        all.map(|(name, field)| format!("{name}{}", if field["required"] == true { "*" } else { "" }));
    output::clean(&named.collect::<Vec<_>>().join(" "))
}

/// What a person should know: an edit that is broken, a draft that waits.
fn remark(template: &Value) -> Option<String> {
    if let Some(problem) = template["problem"].as_str() {
        return Some(format!("the last good version is in use: {}", output::clean(problem)));
    }
    let draft = template["draft_version"].as_str()?;
    let name = output::text(template, "name");
    let waits = if template["state"] == "draft" { "not approved yet" } else { "a draft waits" };
    Some(format!("{waits}; approve it with `platen templates approve {name} {}`", shortened(draft)))
}

/// Everything about one template.
pub async fn show(client: &ApiClient, arguments: &ShowArguments) -> Result<(), Failure> {
    let name = arguments.name.as_str();
    let version = match &arguments.version {
        None => None,
        Some(asked) => Some(whole_version(&described(client, name, None).await?, asked)?),
    };
    let template = described(client, name, version.as_deref()).await?;
    if let Some(out) = &arguments.out {
        return write_files(&template, out);
    }
    if arguments.json {
        return output::json(&template);
    }
    let mut table = Table::new(&["template", name]);
    for (label, value) in [
        ("title", output::text(&template, "title")),
        (
            "size",
            format!("{} x {} mm", output::text(&template, "width_mm"), output::text(&template, "height_mm")),
        ),
        ("dots per mm", output::text(&template, "dpmm")),
        ("fields", fields(&template)),
        ("version", format!("{} ({})", output::text(&template, "version"), output::text(&template, "state"))),
        ("problem", output::text(&template, "problem")),
    ] {
        if !value.is_empty() {
            table.row(vec![label.to_owned(), value], None);
        }
    }
    table.print()?;
    let mut table = Table::new(&["VERSION", "STATE", "FROM", "UPLOADED", "APPROVED", "COMMENT"]);
    for version in versions(&template) {
        let by = |who: &str, when: &str| {
            let when = output::text(version, when);
            let day_and_minute = when.get(..16).unwrap_or("").replace('T', " ");
            format!("{} {day_and_minute}", output::text(version, who)).trim().to_owned()
        };
        let cells = vec![
            shortened(&output::text(version, "version")),
            output::text(version, "state"),
            output::text(version, "source"),
            by("uploaded_by", "uploaded_at"),
            by("approved_by", "approved_at"),
            output::text(version, "comment"),
        ];
        table.row(cells, None);
    }
    table.print()
}

/// Sends a folder as a draft.
pub async fn upload(client: &ApiClient, arguments: &UploadArguments, from: &Path) -> Result<(), Failure> {
    let name = arguments.name.as_str();
    let wrong = |error: String| Failure::wrong_call(error);
    let files = read_folder(from).map_err(|error| wrong(error.to_string()))?;
    let files = TemplateFiles::new(files).map_err(|error| wrong(format!("{}: {error}", from.display())))?;
    let body = json!({"files": files.to_json(), "comment": arguments.comment, "submitted_by": arguments.submitted_by});
    let (template, is_new) = client.put_told(&["api", "templates", name], &body).await?;
    let version = shortened(&output::text(&template, "version"));
    for finding in template["findings"].as_array().into_iter().flatten() {
        output::line(&format!(
            "{}: {} {}",
            output::text(finding, "severity"),
            output::text(finding, "message"),
            output::text(finding, "action")
        ))?;
    }
    output::line(&match (is_new, template["state"] == "approved") {
        (true, _) => format!(
            "{name} {version} is a draft; `platen templates approve {name} {version}` makes new jobs use it"
        ),
        (false, true) => format!("{name} {version} is in use already; nothing changed"),
        (false, false) => format!("{name} {version} was uploaded before; nothing changed"),
    })
}

/// Makes a version the one in use.
pub async fn approve(client: &ApiClient, arguments: &ApproveArguments) -> Result<(), Failure> {
    let name = arguments.name.as_str();
    let template = described(client, name, None).await?;
    let version = match (&arguments.version, template["draft_version"].as_str()) {
        (Some(asked), _) => whole_version(&template, asked)?,
        (None, Some(draft)) => draft.to_owned(),
        (None, None) => {
            return Err(Failure::wrong_call(format!(
                "{name} has no draft; name a version, see `platen templates show {name}`"
            )));
        }
    };
    use_version(client, name, &version, arguments.submitted_by.as_deref()).await
}

/// Makes the version in use before the one that is.
pub async fn rollback(client: &ApiClient, name: &str) -> Result<(), Failure> {
    let template = described(client, name, None).await?;
    let mut before: Vec<&Value> =
        versions(&template).iter().filter(|version| version["state"] == "replaced").collect();
    // Times of one form sort as text; the folder's version may never have been approved by anybody.
    before.sort_by_key(|version| output::text(version, "approved_at"));
    let version = before.last().ok_or_else(|| {
        Failure::wrong_call(format!(
            "{name} has no version before this one; see `platen templates show {name}`"
        ))
    })?;
    use_version(client, name, &output::text(version, "version"), None).await
}

async fn use_version(client: &ApiClient, name: &str, version: &str, by: Option<&str>) -> Result<(), Failure> {
    let body = json!({"version": version, "submitted_by": by});
    client.post(&["api", "templates", name, "approve"], Some(&body)).await?;
    output::line(&format!("{name} {} is in use for new jobs", shortened(version)))
}

async fn described(client: &ApiClient, name: &str, version: Option<&str>) -> Result<Value, Failure> {
    let query: Vec<(&str, String)> =
        version.map(|version| ("version", version.to_owned())).into_iter().collect();
    Ok(client.get(&["api", "templates", name], &query).await?)
}

fn versions(template: &Value) -> &[Value] {
    template["versions"].as_array().map(Vec::as_slice).unwrap_or_default()
}

/// The version that begins with these digits.
fn whole_version(template: &Value, asked: &str) -> Result<String, Failure> {
    let all = versions(template).iter().filter_map(|version| version["version"].as_str());
    let found: Vec<&str> = all.filter(|version| !asked.is_empty() && version.starts_with(asked)).collect();
    match found.as_slice() {
        [one] => Ok((*one).to_owned()),
        [] => Err(Failure::wrong_call(format!(
            "there is no version {asked}; see `platen templates show {}`",
            output::text(template, "name")
        ))),
        _ => Err(Failure::wrong_call(format!("several versions begin with {asked}; give more digits"))),
    }
}

fn write_files(template: &Value, out: &Path) -> Result<(), Failure> {
    let unwritable = |error: std::io::Error| {
        Failure::failed(format!("{} cannot be written ({error}); check path and space", out.display()))
    };
    let files = template["files"].as_object().cloned().unwrap_or_default();
    let files = TemplateFiles::from_json(&files)
        .map_err(|error| Failure::failed(format!("the service's files cannot be used: {error}")))?;
    std::fs::create_dir_all(out).map_err(unwritable)?;
    for (name, content) in files.iter() {
        // A name is never a path but into `_parts`: that was checked when the files were made.
        let path = out.join(name);
        std::fs::create_dir_all(path.parent().unwrap_or(out)).map_err(unwritable)?;
        std::fs::write(path, content).map_err(unwritable)?;
    }
    output::line(&format!(
        "files of version {} in {}",
        shortened(&output::text(template, "version")),
        out.display()
    ))
}

fn shortened(version: &str) -> String {
    version.chars().take(SHOWN_DIGITS).collect()
}
