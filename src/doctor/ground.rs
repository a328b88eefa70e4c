//! What the service stands on: its database, the disk below it, its templates.

use super::Finding;
use crate::config::Config;
use crate::render::Catalogue;
use crate::store::{Inspection, StoreError, inspect};
use rustix::fs::{Access, access, statvfs};
use std::path::Path;

const CHECK: &str = "database";
/// Below it the database may soon refuse jobs.
const SPACE_LOW_BYTES: u64 = 1_000_000_000;
/// Below it there is no room for a job of the largest size with its events.
const SPACE_NONE_BYTES: u64 = 50_000_000;

/// Opens, is up to date, can be written, has room.
pub async fn check_database(config: &Config) -> Vec<Finding> {
    let inspection = match inspect(&config.store.full_url()).await {
        Ok(inspection) => inspection,
        Err(error @ StoreError::Url { .. }) => {
            return vec![Finding::fail(CHECK, error.to_string(), "correct store.url")];
        }
        Err(StoreError::Refused(sentence)) => {
            let (found, mend) = sentence.rsplit_once("; ").unwrap_or((&sentence, "correct store.url"));
            return vec![Finding::fail(CHECK, found, mend)];
        }
        Err(StoreError::Unusable { trouble, reason }) => {
            let found = format!("{}: it {trouble}: {reason}", trouble.code().as_str());
            return vec![Finding::fail(CHECK, found, trouble.code().action())];
        }
        Err(error) => {
            let mend = "check path, rights and disk of store.url, or bring the file back from a backup";
            return vec![Finding::fail(CHECK, error.to_string(), mend)];
        }
    };
    let Some(file) = &inspection.file else { return judge_server(&inspection) };
    let folder = match file.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => Path::new(".").to_owned(),
    };
    // SQLite keeps its journal beside the file.
    if let Err(error) = access(&folder, Access::WRITE_OK) {
        let mend = "make the folder writable for the service's user, or choose another store.url";
        let found = format!("{} cannot be written: {error}", folder.display());
        return vec![Finding::fail(CHECK, found, mend), space(&folder)];
    }
    vec![judge(&inspection, &format!("{} ({})", file.display(), inspection.engine)), space(&folder)]
}

fn judge_server(inspection: &Inspection) -> Vec<Finding> {
    let mut findings = vec![judge(inspection, &inspection.engine)];
    if inspection.loses_at_power_cut {
        let mend = "set fsync = on in postgresql.conf; until then a power cut loses accepted jobs";
        findings.push(Finding::fail(CHECK, format!("{} runs with fsync = off", inspection.engine), mend));
    }
    findings
}

fn judge(inspection: &Inspection, database: &str) -> Finding {
    match (inspection.migrations_missing, inspection.migrations_unknown) {
        (_, 1..) => {
            let mend = "run that newer platen, or bring back the database from before";
            Finding::fail(CHECK, format!("{database} was written by a newer platen"), mend)
        }
        (None, _) => {
            let file = inspection.file.as_deref().unwrap_or(Path::new("")).display();
            let mend = "`platen serve` makes it at its first start";
            Finding::warn(CHECK, format!("{file} is not there yet"), mend)
        }
        (Some(0), _) => Finding::ok(CHECK, format!("{database}: opens, is up to date, can be written")),
        (Some(missing), _) => {
            let found = format!("{database} is {missing} migrations behind this platen");
            Finding::warn(CHECK, found, "`platen serve` brings it up to date at its next start")
        }
    }
}

fn space(folder: &Path) -> Finding {
    const CHECK: &str = "disk space";
    let status = match statvfs(folder) {
        Ok(status) => status,
        Err(error) => {
            return Finding::warn(CHECK, format!("it cannot be told: {error}"), "look at the disk yourself");
        }
    };
    let free_bytes = status.f_bavail.saturating_mul(status.f_frsize);
    let found = format!("{:.1} GB free beside the database", free_bytes as f64 / 1e9);
    let mend = "free disk space; a full disk stops new jobs, and loses none that was accepted";
    match free_bytes {
        0..SPACE_NONE_BYTES => Finding::fail(CHECK, found, mend),
        SPACE_NONE_BYTES..SPACE_LOW_BYTES => Finding::warn(CHECK, found, mend),
        _ => Finding::ok(CHECK, found),
    }
}

/// Every template loads and prints its sample.
pub fn check_templates(config: &Config) -> Vec<Finding> {
    const CHECK: &str = "templates";
    let folder = &config.templates.dir;
    let judged = match Catalogue::judge(folder) {
        Ok(judged) => judged,
        Err(error) => return vec![Finding::fail(CHECK, error.to_string(), "correct templates.dir")],
    };
    let wrong: Vec<Finding> = judged
        .iter()
        .filter_map(|(name, verdict)| Some((name, verdict.as_ref().err()?)))
        .map(|(name, error)| {
            let mend = "mend the file, or move the folder away; until then an older version is used, or none";
            Finding::fail(format!("template {name}"), error.to_string(), mend)
        })
        .collect();
    if !wrong.is_empty() {
        return wrong;
    }
    if judged.is_empty() {
        let mend = "set templates.dir to the folder with the templates";
        return vec![Finding::fail(CHECK, format!("{} holds none", folder.display()), mend)];
    }
    let names: Vec<&str> = judged.keys().map(String::as_str).collect();
    let from = if folder.exists() { folder.display().to_string() } else { "within the program".to_owned() };
    vec![Finding::ok(CHECK, format!("{from}: {}", names.join(", ")))]
}
