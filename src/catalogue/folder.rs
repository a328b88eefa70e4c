//! The folder of templates, looked at again and again: what is well is taken, what is broken leaves the last good
//! version in use.

use crate::render::{Catalogue, CatalogueError, Entry, SHARED_PARTS};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// What is seen of a template's folder without reading it: names, sizes and times of its files.
type Trace = BTreeMap<String, (u64, Option<SystemTime>)>;

/// The folder as it was seen last.
#[derive(Debug, Default)]
pub(super) struct Folder {
    dir: PathBuf,
    /// The last good version of each.
    pub good: BTreeMap<String, Entry>,
    /// What is wrong with the files as they are, by template.
    pub problems: BTreeMap<String, String>,
    /// Why the folder as a whole cannot be used.
    pub problem: Option<String>,
    judged: Option<BTreeMap<String, Trace>>,
    seen: Option<BTreeMap<String, Trace>>,
}

impl Folder {
    pub fn new(dir: &Path) -> Self {
        Self { dir: dir.to_owned(), ..Self::default() }
    }

    /// Reads what is there now.
    pub fn load(&mut self) -> Result<(), CatalogueError> {
        let traces = traces(&self.dir);
        self.judge(traces.unwrap_or_default())
    }

    /// Looks again. True where something changed and kept still since the last look: an editor writes one file after
    /// the other, and what lies between two of them was never meant.
    pub fn look(&mut self) -> bool {
        let traces = match traces(&self.dir) {
            Ok(traces) => traces,
            Err(problem) => {
                let is_new = self.problem.as_ref() != Some(&problem);
                if is_new {
                    tracing::error!(folder = %self.dir.display(), %problem,
                        "the template folder cannot be read; the templates as they were stay in use");
                }
                self.problem = Some(problem);
                self.judged = None;
                return is_new;
            }
        };
        let kept_still = self.seen.as_ref() == Some(&traces);
        let is_judged = self.judged.as_ref() == Some(&traces);
        self.seen = Some(traces.clone());
        if !kept_still || is_judged {
            return false;
        }
        if let Err(error) = self.judge(traces) {
            tracing::error!(%error, "the template folder cannot be used; the templates as they were stay in use");
            self.problem = Some(error.to_string());
        }
        true
    }

    fn judge(&mut self, traces: BTreeMap<String, Trace>) -> Result<(), CatalogueError> {
        // Whatever comes of it, the same files are not read twice.
        self.judged = Some(traces.clone());
        self.seen = Some(traces);
        let mut judgements = Catalogue::judge(&self.dir)?;
        self.problem = None;
        self.good.retain(|name, _| judgements.contains_key(name));
        self.problems.retain(|name, _| judgements.contains_key(name));
        while let Some((name, judgement)) = judgements.pop_first() {
            match judgement {
                Ok(entry) => {
                    let version = entry.template.version();
                    if self.good.get(&name).is_none_or(|known| known.template.version() != version) {
                        tracing::info!(template = %name, version, "template loaded from the folder");
                    }
                    self.problems.remove(&name);
                    self.good.insert(name, entry);
                }
                Err(error) => {
                    let problem = error.to_string();
                    let in_use = self.good.get(&name).map(|entry| entry.template.version());
                    if self.problems.get(&name) != Some(&problem) {
                        tracing::error!(template = %name, %problem, in_use,
                            "a template cannot be used as it is; the last good version stays in use, if there was one");
                    }
                    self.problems.insert(name, problem);
                }
            }
        }
        Ok(())
    }
}

/// The trace of each template's folder, and of the parts they share. A folder that is not there has none; [`Catalogue::judge`] says what that means.
fn traces(dir: &Path) -> Result<BTreeMap<String, Trace>, String> {
    let unreadable =
        |path: &Path, error: &std::io::Error| format!("{} cannot be read ({error})", path.display());
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error)
            if error.kind() == std::io::ErrorKind::NotFound
                && dir == Path::new(crate::render::USUAL_FOLDER) =>
        {
            return Ok(BTreeMap::new());
        }
        Err(error) => return Err(unreadable(dir, &error)),
    };
    let mut all = BTreeMap::new();
    for entry in entries {
        let folder = entry.map_err(|error| unreadable(dir, &error))?.path();
        if folder.is_dir() {
            let name = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let own_parts = trace(&folder.join(SHARED_PARTS));
            all.insert(format!("{name}/{SHARED_PARTS}"), own_parts);
            all.insert(name, trace(&folder));
        }
    }
    Ok(all)
}

/// Files that vanish meanwhile are seen as gone.
fn trace(folder: &Path) -> Trace {
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    entries
        .filter_map(|entry| {
            let about = entry.metadata().ok()?;
            Some((entry.file_name().to_string_lossy().into_owned(), (about.len(), about.modified().ok())))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST: &str = "title = 'T'\nwidth_mm = 57\nheight_mm = 32\ndpmm = 8\n[fields.a]\n";

    fn write(dir: &Path, label: &str) {
        let folder = dir.join("one");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("template.toml"), MANIFEST).unwrap();
        fs::write(folder.join("sample.json"), r#"{"data":{"a":"x"}}"#).unwrap();
        fs::write(folder.join("label.zpl"), label).unwrap();
    }

    #[test]
    fn a_broken_edit_keeps_the_last_good_version_and_says_so() {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), "^XA^FO1,1^FH_^FD{{ a }}^FS^XZ");
        let mut folder = Folder::new(dir.path());
        folder.load().unwrap();
        let first = folder.good["one"].template.version().to_owned();
        assert!(!folder.look() && folder.problems.is_empty());

        write(dir.path(), "^XA^FO1,1^FH_^FD{{ b }}^FS^XZ longer");
        assert!(!folder.look(), "what has just changed may not be whole yet");
        assert!(folder.look() && !folder.look());
        assert_eq!(folder.good["one"].template.version(), first);
        assert!(folder.problems["one"].contains("label.zpl line 1"), "{:?}", folder.problems);

        write(dir.path(), "^XA^FO2,2^FH_^FD{{ a }}^FS^XZ");
        assert!(!folder.look() && folder.look() && folder.problems.is_empty());
        assert_ne!(folder.good["one"].template.version(), first);

        fs::create_dir(dir.path().join(SHARED_PARTS)).unwrap();
        let part = dir.path().join(SHARED_PARTS).join("head.zpl");
        fs::write(&part, "^FO3,3^FH_^FD{{ a }}^FS").unwrap();
        write(dir.path(), "^XA{% include '_parts/head.zpl' %}^XZ");
        assert!(!folder.look() && folder.look() && folder.problems.is_empty());
        let with_part = folder.good["one"].template.version().to_owned();
        fs::write(&part, "^FO33,3^FH_^FD{{ a }}^FS").unwrap();
        assert!(!folder.look() && folder.look() && folder.problems.is_empty());
        assert_ne!(folder.good["one"].template.version(), with_part);
        fs::remove_file(&part).unwrap();
        assert!(!folder.look() && folder.look());
        assert!(folder.problems["one"].contains("_parts/head.zpl"), "{:?}", folder.problems);

        fs::remove_dir_all(dir.path()).unwrap();
        assert!(folder.look() && !folder.look());
        assert!(folder.problem.is_some() && folder.good.contains_key("one"));
        write(dir.path(), "^XA^FO2,2^FH_^FD{{ a }}^FS^XZ");
        assert!(!folder.look() && folder.look() && folder.problem.is_none());
    }
}
