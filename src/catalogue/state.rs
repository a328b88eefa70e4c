//! Which template each name means now: the folder below, what was uploaded and approved above it.

use super::folder::Folder;
use crate::render::Entry;
use crate::store::template_uploads::{Origin, Standing};
use std::collections::BTreeMap;

/// One name of the catalogue.
#[derive(Debug, Clone)]
pub struct Listed {
    pub name: String,
    /// What new jobs use; `None` where nothing was approved, or what was approved cannot be used.
    pub approved: Option<Entry>,
    /// Where that comes from.
    pub origin: Origin,
    /// The last good version of the folder, whether it counts or not.
    pub folder: Option<Entry>,
    /// The last upload, where it was never approved.
    pub draft_version: Option<String>,
    /// The draft, where there is nothing else to show.
    pub only_draft: Option<Entry>,
    /// What is wrong with the files as they are: something older is in use, or nothing.
    pub problem: Option<String>,
}

impl Listed {
    /// What is shown: what counts, else the draft.
    pub fn shown(&self) -> Option<&Entry> {
        self.approved.as_ref().or(self.only_draft.as_ref())
    }
}

/// Everything at one moment.
#[derive(Debug, Default)]
pub struct State {
    pub templates: BTreeMap<String, Listed>,
    /// Why the folder cannot be read at the moment.
    pub problem: Option<String>,
}

/// Puts both together. `uploaded` gives an uploaded version by name and version, or why it cannot be used.
pub(super) fn assemble(
    folder: &Folder,
    standings: Vec<Standing>,
    mut uploaded: impl FnMut(&str, &str) -> Result<Entry, String>,
) -> State {
    let mut templates = BTreeMap::new();
    for name in folder.good.keys().chain(folder.problems.keys()) {
        let listed = Listed {
            name: name.clone(),
            approved: folder.good.get(name).cloned(),
            origin: Origin::Folder,
            folder: folder.good.get(name).cloned(),
            draft_version: None,
            only_draft: None,
            problem: folder.problems.get(name).cloned(),
        };
        templates.insert(name.clone(), listed);
    }
    for Standing { name, approved, draft } in standings {
        let listed = templates.entry(name.clone()).or_insert_with(|| Listed {
            name: name.clone(),
            approved: None,
            origin: Origin::Uploaded,
            folder: None,
            draft_version: None,
            only_draft: None,
            problem: None,
        });
        if let Some(version) = approved {
            listed.origin = Origin::Uploaded;
            match uploaded(&name, &version) {
                Ok(entry) => (listed.approved, listed.problem) = (Some(entry), None),
                Err(problem) => (listed.approved, listed.problem) = (None, Some(problem)),
            }
        }
        if listed.approved.is_none()
            && listed.problem.is_none()
            && let Some(version) = &draft
        {
            match uploaded(&name, version) {
                Ok(entry) => listed.only_draft = Some(entry),
                Err(problem) => listed.problem = Some(problem),
            }
        }
        listed.draft_version = draft;
    }
    State { templates, problem: folder.problem.clone() }
}
