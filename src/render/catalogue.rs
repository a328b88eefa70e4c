//! The templates of a folder, by name.

use super::sample::Sample;
use super::template::{Template, TemplateError};
use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Templates beyond this are a mistake in `templates.dir`.
const MAX_TEMPLATES: usize = 1000;
const MAX_FILE_BYTES: u64 = 1024 * 1024;
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

const BUILT_IN: [(&str, [&str; 3]); 2] = [shipped!("mo_label"), shipped!("test")];

/// All templates of a folder, loaded and judged.
#[derive(Debug, Default)]
pub struct Catalogue {
    entries: BTreeMap<String, Entry>,
}

/// A template and the sample that came with it.
type Entry = (Arc<Template>, Arc<Sample>);
/// What became of the folder of one template, by its name.
pub type Judgements = BTreeMap<String, Result<Entry, CatalogueError>>;

/// Why a folder of templates cannot be used: one sentence with the file, the line if known, and the mend.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    #[error("{path} cannot be read ({source}); check that it is there and readable")]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error("{path} is too large; it may have {MAX_FILE_BYTES} bytes")]
    TooLarge { path: PathBuf },
    #[error("{folder} is no name for a template; use small letters, digits, _ and -")]
    Name { folder: PathBuf },
    #[error("{folder} has more than {MAX_TEMPLATES} templates; check templates.dir")]
    TooMany { folder: PathBuf },
    #[error("{folder}: {problem}")]
    Template { folder: PathBuf, problem: TemplateError },
}

impl Catalogue {
    /// Loads `<dir>/<name>/{label.zpl,template.toml,sample.json}`. Files, and folders whose names begin with a
    /// dot, are passed over. Each sample must print.
    pub fn load(dir: &Path) -> Result<Self, CatalogueError> {
        let entries = Self::judge(dir)?.into_iter().map(|(name, judged)| Ok((name, judged?)));
        Ok(Self { entries: entries.collect::<Result<_, _>>()? })
    }

    /// As [`Catalogue::load`], and goes on after a template that cannot be used: what is wrong with each.
    /// Where the usual folder is asked for and is not here, the templates within the program are taken.
    pub fn judge(dir: &Path) -> Result<Judgements, CatalogueError> {
        if dir == Path::new(USUAL_FOLDER) && !dir.exists() {
            let program = Path::new("the program");
            let judge =
                |(name, texts): &(&str, [&str; 3])| ((*name).to_owned(), judge_one(program, name, *texts));
            return Ok(BUILT_IN.iter().map(judge).collect());
        }
        let unreadable = |source| CatalogueError::Unreadable { path: dir.to_owned(), source };
        let mut judged = BTreeMap::new();
        for entry in fs::read_dir(dir).map_err(unreadable)? {
            let folder = entry.map_err(unreadable)?.path();
            let name = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            if !folder.is_dir() || name.starts_with('.') {
                continue;
            }
            if judged.len() == MAX_TEMPLATES {
                return Err(CatalogueError::TooMany { folder: dir.to_owned() });
            }
            let judgement = if is_template_name(&name) {
                load_one(&folder, &name)
            } else {
                Err(CatalogueError::Name { folder })
            };
            judged.insert(name, judgement);
        }
        Ok(judged)
    }

    /// The template of that name.
    pub fn get(&self, name: &str) -> Option<Arc<Template>> {
        self.entries.get(name).map(|(template, _)| Arc::clone(template))
    }

    /// The sample that came with the template of that name.
    pub fn sample(&self, name: &str) -> Option<Arc<Sample>> {
        self.entries.get(name).map(|(_, sample)| Arc::clone(sample))
    }

    /// All templates, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Template>> {
        self.entries.values().map(|(template, _)| template)
    }
}

/// A name is a folder's name and never a path.
pub fn is_template_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= MAX_NAME_LENGTH
        && name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-'))
}

fn load_one(folder: &Path, name: &str) -> Result<Entry, CatalogueError> {
    let source = read(&folder.join("label.zpl"))?;
    let manifest = read(&folder.join("template.toml"))?;
    let sample = read(&folder.join("sample.json"))?;
    judge_one(folder, name, [&source, &manifest, &sample])
}

fn judge_one(folder: &Path, name: &str, texts: [&str; 3]) -> Result<Entry, CatalogueError> {
    let [source, manifest, sample] = texts;
    let problem = |problem| CatalogueError::Template { folder: folder.to_owned(), problem };
    let template = Template::from_parts(name, source, manifest).map_err(problem)?;
    let in_sample = |message: String| problem(TemplateError { file: "sample.json", line: None, message });
    let sample = Sample::parse(sample).map_err(in_sample)?;
    for index in 1..=sample.count() {
        if let Some(content) = sample.label(index) {
            template.check(&content).map_err(|error| in_sample(error.to_string()))?;
        }
    }
    Ok((Arc::new(template), Arc::new(sample)))
}

/// Reads a text file no longer than the limit.
fn read(path: &Path) -> Result<String, CatalogueError> {
    let unreadable = |source| CatalogueError::Unreadable { path: path.to_owned(), source };
    let mut text = String::new();
    let file = fs::File::open(path).map_err(unreadable)?;
    let length = file.take(MAX_FILE_BYTES + 1).read_to_string(&mut text).map_err(unreadable)?;
    if length as u64 > MAX_FILE_BYTES {
        return Err(CatalogueError::TooLarge { path: path.to_owned() });
    }
    Ok(text)
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
        for name in ["", "..", "a/b", "Mo", "a.b", "é", &"x".repeat(65)] {
            assert!(!is_template_name(name), "{name}");
        }
    }
}
