//! The templates of a folder, by name.

use super::files::{LABEL, MANIFEST, MAX_FILE_BYTES, MAX_FILES, SAMPLE, TemplateFiles};
use super::sample::Sample;
use super::shared_parts::{SHARED_PARTS, SharedParts};
use super::template::{Template, TemplateError};
use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Templates beyond this are a mistake in `templates.dir`.
pub const MAX_TEMPLATES: usize = 1000;
const MAX_NAME_LENGTH: usize = 64;

/// A template folder of this repository: source, manifest, sample.
macro_rules! shipped {
    ($name:literal) => {
        (
            $name,
            [
                include_str!(concat!("../../zpl_templates/", $name, "/label.zpl")),
                include_str!(concat!("../../zpl_templates/", $name, "/template.toml")),
                include_str!(concat!("../../zpl_templates/", $name, "/sample.json")),
            ],
        )
    };
}

/// Where templates are when nothing is configured.
pub const USUAL_FOLDER: &str = "zpl_templates";

const BUILT_IN: [(&str, [&str; 3]); 10] = [
    shipped!("box"),
    shipped!("component_bag"),
    shipped!("location"),
    shipped!("lot"),
    shipped!("mo_label"),
    shipped!("pallet"),
    shipped!("quality_hold"),
    shipped!("serial"),
    shipped!("test"),
    shipped!("traveller"),
];

/// All templates of a folder, loaded and judged.
#[derive(Debug, Default)]
pub struct Catalogue {
    entries: BTreeMap<String, Entry>,
}

/// A template that was judged, and the sample that came with it.
#[derive(Debug, Clone)]
pub struct Entry {
    pub template: Arc<Template>,
    pub sample: Arc<Sample>,
}

/// What became of the folder of one template, by its name.
pub type Judgements = BTreeMap<String, Result<Entry, CatalogueError>>;

/// Why a folder of templates cannot be used: one sentence with the file, the line if known, and the mend.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    #[error("{path} cannot be read ({source}); check that it is there and readable")]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error("{path} is too large; it may have {MAX_FILE_BYTES} bytes")]
    TooLarge { path: PathBuf },
    #[error("{folder} holds more than {MAX_FILES} files; take out what does not belong to the template")]
    TooManyFiles { folder: PathBuf },
    #[error("{folder} is no name for a template; use small letters, digits, _ and -")]
    Name { folder: PathBuf },
    #[error("{folder} has more than {MAX_TEMPLATES} templates; check templates.dir")]
    TooMany { folder: PathBuf },
    #[error("{folder}: {problem}")]
    Template { folder: PathBuf, problem: TemplateError },
}

impl Catalogue {
    /// Loads `<dir>/<name>/{label.zpl,template.toml,sample.json,…}` with what they name of `<dir>/_parts/`. Files beside the folders, and names that begin
    /// with a dot, are passed over. Each sample must print.
    pub fn load(dir: &Path) -> Result<Self, CatalogueError> {
        let entries = Self::judge(dir)?.into_iter().map(|(name, judged)| Ok((name, judged?)));
        Ok(Self { entries: entries.collect::<Result<_, _>>()? })
    }

    /// As [`Catalogue::load`], and goes on after a template that cannot be used: what is wrong with each.
    /// Where the usual folder is asked for and is not here, the templates within the program are taken.
    pub fn judge(dir: &Path) -> Result<Judgements, CatalogueError> {
        if dir == Path::new(USUAL_FOLDER) && !dir.exists() {
            let problem = |problem| CatalogueError::Template { folder: "the program".into(), problem };
            let judge = |(name, texts): &(&str, [&str; 3])| {
                let files = [LABEL, MANIFEST, SAMPLE].into_iter().zip(texts);
                let files = files.map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec())).collect();
                let judged = TemplateFiles::new(files).and_then(|files| judge_files(name, files));
                ((*name).to_owned(), judged.map_err(problem))
            };
            return Ok(BUILT_IN.iter().map(judge).collect());
        }
        let unreadable = |source| CatalogueError::Unreadable { path: dir.to_owned(), source };
        let mut judged = BTreeMap::new();
        let shared = SharedParts::within(dir);
        for entry in fs::read_dir(dir).map_err(unreadable)? {
            let folder = entry.map_err(unreadable)?.path();
            let name = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            if !folder.is_dir() || name.starts_with('.') || name == SHARED_PARTS {
                continue;
            }
            if judged.len() == MAX_TEMPLATES {
                return Err(CatalogueError::TooMany { folder: dir.to_owned() });
            }
            let judgement = if is_template_name(&name) {
                load_one(&folder, &name, &shared)
            } else {
                Err(CatalogueError::Name { folder })
            };
            judged.insert(name, judgement);
        }
        Ok(judged)
    }

    /// The template of that name.
    pub fn get(&self, name: &str) -> Option<Arc<Template>> {
        self.entries.get(name).map(|entry| Arc::clone(&entry.template))
    }

    /// The sample that came with the template of that name.
    pub fn sample(&self, name: &str) -> Option<Arc<Sample>> {
        self.entries.get(name).map(|entry| Arc::clone(&entry.sample))
    }

    /// All templates, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Template>> {
        self.entries.values().map(|entry| &entry.template)
    }
}

/// A name is a folder's name and never a path.
pub fn is_template_name(name: &str) -> bool {
    !name.is_empty()
        && name != SHARED_PARTS
        && name.len() <= MAX_NAME_LENGTH
        && name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-'))
}

fn load_one(folder: &Path, name: &str, shared: &SharedParts) -> Result<Entry, CatalogueError> {
    let problem = |problem| CatalogueError::Template { folder: folder.to_owned(), problem };
    let files = TemplateFiles::new(read_whole(folder, shared)?).map_err(problem)?;
    judge_files(name, files).map_err(problem)
}

/// Compiles a template and tries every label of its sample.
pub fn judge_files(name: &str, files: TemplateFiles) -> Result<Entry, TemplateError> {
    let in_sample = |message: String| TemplateError::of_file(SAMPLE, message);
    let template = Template::from_files(name, files)?;
    let sample = template
        .files()
        .text(SAMPLE)
        .ok_or_else(|| in_sample("it is missing; write a job that this template can print".to_owned()))?;
    let sample = Sample::parse(sample).map_err(in_sample)?;
    for index in 1..=sample.count() {
        if let Some(content) = sample.label(index) {
            template.check(&content).map_err(|error| in_sample(error.to_string()))?;
        }
    }
    Ok(Entry { template: Arc::new(template), sample: Arc::new(sample) })
}

/// The files of a template's folder, and what they name of `_parts` in it or beside it.
pub fn read_folder(folder: &Path) -> Result<BTreeMap<String, Vec<u8>>, CatalogueError> {
    read_whole(folder, &SharedParts::within(&folder.join("..")))
}

fn read_whole(folder: &Path, shared: &SharedParts) -> Result<BTreeMap<String, Vec<u8>>, CatalogueError> {
    let mut files = read_files(folder)?;
    for parts in [&SharedParts::within(folder), shared] {
        parts
            .complete(&mut files)
            .map_err(|problem| CatalogueError::Template { folder: folder.to_owned(), problem })?;
    }
    Ok(files)
}

/// The files of one folder. What an editor leaves behind (`.label.zpl.swp`, `label.zpl~`) is passed over.
pub(super) fn read_files(folder: &Path) -> Result<BTreeMap<String, Vec<u8>>, CatalogueError> {
    let unreadable = |source| CatalogueError::Unreadable { path: folder.to_owned(), source };
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if name.starts_with('.') || name.ends_with('~') || path.is_dir() {
            continue;
        }
        if files.len() == MAX_FILES {
            return Err(CatalogueError::TooManyFiles { folder: folder.to_owned() });
        }
        files.insert(name, read(&path)?);
    }
    Ok(files)
}

/// Reads a file no longer than the limit.
fn read(path: &Path) -> Result<Vec<u8>, CatalogueError> {
    let unreadable = |source| CatalogueError::Unreadable { path: path.to_owned(), source };
    let mut content = Vec::new();
    let file = fs::File::open(path).map_err(unreadable)?;
    let length = file.take(MAX_FILE_BYTES as u64 + 1).read_to_end(&mut content).map_err(unreadable)?;
    if length > MAX_FILE_BYTES {
        return Err(CatalogueError::TooLarge { path: path.to_owned() });
    }
    Ok(content)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_carries_the_shipped_templates() {
        let shipped = Catalogue::load(Path::new(USUAL_FOLDER)).unwrap();
        let carried: Vec<&str> = BUILT_IN.iter().map(|(name, _)| *name).collect();
        let names: Vec<&str> = shipped.iter().map(|template| template.name()).collect();
        assert_eq!(carried, names);
    }

    #[test]
    fn a_name_is_never_a_path() {
        for name in ["mo_label", "test", "a-1"] {
            assert!(is_template_name(name));
        }
        for name in ["", "..", "_parts", "a/b", "Mo", "a.b", "é", &"x".repeat(65)] {
            assert!(!is_template_name(name), "{name}");
        }
    }
}
