//! Parts that several templates share: `_parts/head.zpl` of the template folder. A template takes those that it names
//! among its own files when it is read, so that they belong to its version and a job keeps its own.

use super::catalogue::{CatalogueError, read_files};
use super::files::is_file_name;
use super::template::TemplateError;
use std::collections::BTreeMap;
use std::path::Path;

/// The folder of shared parts, beside the folders of the templates; a template's own copies may stand within it.
pub const SHARED_PARTS: &str = "_parts";

/// What is in a folder of shared parts.
#[derive(Debug, Default)]
pub(super) struct SharedParts {
    files: BTreeMap<String, Vec<u8>>,
    /// Why it cannot be read: told of the templates that ask for something in it.
    problem: Option<CatalogueError>,
}

impl SharedParts {
    /// Those in `_parts` of this folder; none where there is no such folder.
    pub fn within(folder: &Path) -> Self {
        let path = folder.join(SHARED_PARTS);
        if !path.is_dir() {
            return Self::default();
        }
        match read_files(&path) {
            Ok(files) => Self { files, problem: None },
            Err(problem) => Self { files: BTreeMap::new(), problem: Some(problem) },
        }
    }

    /// Adds to a template's files the shared ones that they name, and those that these name. What is not there is
    /// told where it is asked for.
    pub fn complete(&self, files: &mut BTreeMap<String, Vec<u8>>) -> Result<(), TemplateError> {
        let mut unread: Vec<String> = files.keys().filter(|name| name.ends_with(".zpl")).cloned().collect();
        while let Some(name) = unread.pop() {
            for part in named_in(files.get(&name).map(Vec::as_slice).unwrap_or_default()) {
                let whole_name = format!("{SHARED_PARTS}/{part}");
                if files.contains_key(&whole_name) {
                    continue;
                }
                if let Some(content) = self.files.get(&part) {
                    files.insert(whole_name.clone(), content.clone());
                    unread.extend(part.ends_with(".zpl").then_some(whole_name));
                } else if let Some(problem) = &self.problem {
                    return Err(TemplateError::of_file(whole_name, problem.to_string()));
                }
            }
        }
        Ok(())
    }
}

/// Whether a name among a template's files is that of a shared part.
pub(super) fn is_shared_name(name: &str) -> bool {
    name.strip_prefix(SHARED_PARTS).and_then(|name| name.strip_prefix('/')).is_some_and(is_file_name)
}

/// The names behind each `_parts/` in a text: of parts, and of pictures.
fn named_in(text: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(text);
    let behind = text.split("_parts/").skip(1);
    let name = |rest: &str| -> String {
        rest.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.')).collect()
    };
    behind.map(name).filter(|name| is_file_name(name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::{Catalogue, read_folder};
    use std::fs;

    const MANIFEST: &str = "title = 'T'\nwidth_mm = 57\nheight_mm = 32\ndpmm = 8\n[fields.a]\n";

    fn write(dir: &Path, name: &str, content: &str) {
        let path = dir.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    fn template(dir: &Path, name: &str, label: &str) {
        write(dir, &format!("{name}/label.zpl"), label);
        write(dir, &format!("{name}/template.toml"), MANIFEST);
        write(dir, &format!("{name}/sample.json"), r#"{"data":{"a":"x"}}"#);
    }

    #[test]
    fn a_template_takes_the_shared_parts_that_it_names_into_its_version() {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path();
        template(dir, "with", "^XA{% include '_parts/head.zpl' %}^XZ");
        template(dir, "plain", "^XA^FO1,1^FH_^FD{{ a }}^FS^XZ");
        write(
            dir,
            "_parts/head.zpl",
            "{% include \"_parts/foot.zpl\" %}^FO1,1^GF{{ image('_parts/dot.svg') }}^FS",
        );
        write(dir, "_parts/foot.zpl", "^FO9,9^FH_^FD{{ a }}^FS");
        let dot = "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>";
        write(dir, "_parts/dot.svg", dot);
        write(dir, "_parts/unused.zpl", "");
        let catalogue = Catalogue::load(dir).unwrap();
        let version = |catalogue: &Catalogue, name| catalogue.get(name).unwrap().version().to_owned();
        let with = catalogue.get("with").unwrap();
        let names: Vec<&str> = with.files().iter().map(|(name, _)| name).collect();
        assert_eq!(
            names,
            [
                "_parts/dot.svg",
                "_parts/foot.zpl",
                "_parts/head.zpl",
                "label.zpl",
                "sample.json",
                "template.toml"
            ]
        );
        write(dir, "_parts/foot.zpl", "^FO8,8^FH_^FD{{ a }}^FS");
        let later = Catalogue::load(dir).unwrap();
        assert_ne!(version(&catalogue, "with"), version(&later, "with"));
        assert_eq!(version(&catalogue, "plain"), version(&later, "plain"));
        // The version holds its parts, so it goes on without the folder; and so does what is uploaded.
        let again = crate::render::TemplateFiles::from_json(&with.files().to_json()).unwrap();
        assert_eq!(again.version(), version(&catalogue, "with"));
        let uploaded = crate::render::TemplateFiles::new(read_folder(&dir.join("with")).unwrap()).unwrap();
        assert_eq!(uploaded.version(), version(&later, "with"));
    }

    #[test]
    fn a_part_that_is_not_there_is_told_where_it_is_asked_for() {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path();
        template(dir, "plain", "^XA^FO1,1^FH_^FD{{ a }}^FS^XZ");
        template(dir, "with", "^XA\n{% include '_parts/head.zpl' %}^XZ");
        let judged = Catalogue::judge(dir).unwrap();
        let error = judged["with"].as_ref().unwrap_err().to_string();
        assert!(
            error.contains(
                "label.zpl line 2: there is no part `_parts/head.zpl`; put it into the folder _parts"
            ),
            "{error}"
        );
        // A mistake within a part is told of the part, and of the templates that use it alone.
        write(dir, "_parts/head.zpl", "\n^FS{{ a }}");
        let judged = Catalogue::judge(dir).unwrap();
        let error = judged["with"].as_ref().unwrap_err().to_string();
        assert!(error.contains("_parts/head.zpl line 2: a value cannot stand behind ^FS"), "{error}");
        assert!(judged["plain"].is_ok() && judged.len() == 2);
        let large = " ".repeat(crate::render::files::MAX_FILE_BYTES + 1);
        write(dir, "_parts/large.zpl", &large);
        let judged = Catalogue::judge(dir).unwrap();
        let error = judged["with"].as_ref().unwrap_err().to_string();
        assert!(error.contains("large.zpl is too large") && judged["plain"].is_ok(), "{error}");
        for name in ["_parts/../x", "_parts/", "_parts/.x", "_part/x", "a/_parts/x"] {
            assert!(!is_shared_name(name), "{name}");
        }
    }
}
