//! The files of one template: the label, what it says of itself, a sample, and whatever else it draws upon.

use super::shared_parts::is_shared_name;
use super::template::TemplateError;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The label with its placeholders.
pub const LABEL: &str = "label.zpl";
/// What the template says of itself.
pub const MANIFEST: &str = "template.toml";
/// A job for it.
pub const SAMPLE: &str = "sample.json";

/// Files of one template.
pub const MAX_FILES: usize = 64;
/// Bytes of one file.
pub const MAX_FILE_BYTES: usize = 1024 * 1024;
/// Bytes of all files of a template together.
pub const MAX_TOTAL_BYTES: usize = 4 * 1024 * 1024;
const MAX_NAME_LENGTH: usize = 64;

/// Files by name, within the limits. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateFiles(Arc<BTreeMap<String, Vec<u8>>>);

impl TemplateFiles {
    /// Checks names, number and sizes, and that the files which every template has are there and are text.
    pub fn new(files: BTreeMap<String, Vec<u8>>) -> Result<Self, TemplateError> {
        if files.len() > MAX_FILES {
            let message = format!("the template has {} files; it may have {MAX_FILES}", files.len());
            return Err(TemplateError::of_file(LABEL, message));
        }
        for (name, content) in &files {
            if !is_file_name(name) && !is_shared_name(name) {
                let shown: String = name.chars().take(MAX_NAME_LENGTH).collect();
                let message = "is no name for a file of a template; use letters, digits, _ - and ., at most 64, the first a letter or digit, and before it nothing or `_parts/`";
                return Err(TemplateError::of_file(shown, message));
            }
            if content.len() > MAX_FILE_BYTES {
                let message = format!("it is longer than {MAX_FILE_BYTES} bytes; make it smaller");
                return Err(TemplateError::of_file(name.clone(), message));
            }
        }
        let total: usize = files.values().map(Vec::len).sum();
        if total > MAX_TOTAL_BYTES {
            let message = format!("all files together are longer than {MAX_TOTAL_BYTES} bytes");
            return Err(TemplateError::of_file(LABEL, message));
        }
        for name in [LABEL, MANIFEST] {
            if !files.contains_key(name) {
                return Err(TemplateError::of_file(name, "it is missing; every template has one"));
            }
        }
        for name in [LABEL, MANIFEST, SAMPLE] {
            let Some(content) = files.get(name) else { continue };
            match std::str::from_utf8(content) {
                Err(_) => return Err(TemplateError::of_file(name, "it is not UTF-8 text; save it as that")),
                // One of the databases could not keep it.
                Ok(text) if text.contains('\0') => {
                    return Err(TemplateError::of_file(name, "it holds the character U+0000; remove it"));
                }
                Ok(_) => {}
            }
        }
        Ok(Self(Arc::new(files)))
    }

    /// The label and its manifest alone.
    pub fn of_two(label: &str, manifest: &str) -> Result<Self, TemplateError> {
        Self::new(BTreeMap::from([
            (LABEL.to_owned(), label.as_bytes().to_vec()),
            (MANIFEST.to_owned(), manifest.as_bytes().to_vec()),
        ]))
    }

    /// From JSON: text as a string, anything else as `{"base64": "…"}`.
    pub fn from_json(files: &Map<String, Value>) -> Result<Self, TemplateError> {
        let decoded = files.iter().map(|(name, content)| match content {
            Value::String(text) => Ok((name.clone(), text.as_bytes().to_vec())),
            other => other["base64"].as_str().and_then(decode).map(|bytes| (name.clone(), bytes)).ok_or_else(
                || {
                    let shown: String = name.chars().take(MAX_NAME_LENGTH).collect();
                    TemplateError::of_file(shown, r#"it is neither text nor {"base64": "…"}"#)
                },
            ),
        });
        Self::new(decoded.collect::<Result<_, _>>()?)
    }

    /// What [`TemplateFiles::from_json`] reads.
    pub fn to_json(&self) -> Map<String, Value> {
        let encoded = self.0.iter().map(|(name, content)| {
            let content = match std::str::from_utf8(content) {
                Ok(text) => json!(text),
                Err(_) => json!({"base64": encode(content)}),
            };
            (name.clone(), content)
        });
        encoded.collect()
    }

    /// `label.zpl`.
    pub fn label(&self) -> &str {
        self.text(LABEL).unwrap_or_default()
    }

    /// `template.toml`.
    pub fn manifest(&self) -> &str {
        self.text(MANIFEST).unwrap_or_default()
    }

    /// The same files with another `label.zpl`.
    pub(super) fn with_label(&self, label: &str) -> Result<Self, TemplateError> {
        let mut files = (*self.0).clone();
        files.insert(LABEL.to_owned(), label.as_bytes().to_vec());
        Self::new(files)
    }

    /// A file's bytes.
    pub fn get(&self, name: &str) -> Option<&[u8]> {
        self.0.get(name).map(Vec::as_slice)
    }

    /// A file as text, if it is there and is UTF-8.
    pub fn text(&self, name: &str) -> Option<&str> {
        std::str::from_utf8(self.get(name)?).ok()
    }

    /// All files, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.0.iter().map(|(name, content)| (name.as_str(), content.as_slice()))
    }

    /// SHA-256 over names and contents, in hexadecimal: the version is the content.
    pub fn version(&self) -> String {
        let mut hash = Sha256::new();
        for (name, content) in self.iter() {
            // The lengths first, so that no text can move from one file to the other unnoticed.
            for part in [name.as_bytes(), content] {
                hash.update((part.len() as u64).to_le_bytes());
                hash.update(part);
            }
        }
        hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// A file's name is never a path and never hidden.
pub fn is_file_name(name: &str) -> bool {
    name.len() <= MAX_NAME_LENGTH
        && name.starts_with(|first: char| first.is_ascii_alphanumeric())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'))
}

fn encode(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

fn decode(text: &str) -> Option<Vec<u8>> {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(more: &[(&str, &[u8])]) -> Result<TemplateFiles, TemplateError> {
        let two: [(&str, &[u8]); 2] = [(LABEL, b"^XA^XZ"), (MANIFEST, b"")];
        let all = two.iter().chain(more);
        TemplateFiles::new(all.map(|(name, content)| ((*name).to_owned(), content.to_vec())).collect())
    }

    #[test]
    fn every_limit_is_reached_and_told() {
        let large = vec![b'x'; MAX_FILE_BYTES + 1];
        let full: Vec<(String, &[u8])> =
            (0..4).map(|number| (format!("{number}.png"), &large[..MAX_FILE_BYTES])).collect();
        let full: Vec<(&str, &[u8])> = full.iter().map(|(name, content)| (name.as_str(), *content)).collect();
        let many: Vec<String> = (0..63).map(|number| format!("f{number}")).collect();
        let many: Vec<(&str, &[u8])> = many.iter().map(|name| (name.as_str(), b"".as_slice())).collect();
        let long = "x".repeat(65);
        for (more, word) in [
            (vec![("logo.png", large.as_slice())], "logo.png: it is longer than 1048576 bytes"),
            (full, "together are longer than 4194304 bytes"),
            (many, "has 65 files; it may have 64"),
            (vec![(long.as_str(), b"".as_slice())], "is no name"),
            (vec![("../x", b"")], "../x: is no name"),
            (vec![(".hidden", b"")], "is no name"),
            (vec![(SAMPLE, b"\xff")], "sample.json: it is not UTF-8"),
            (vec![(SAMPLE, b"\0")], "U+0000"),
        ] {
            let error = files(&more).unwrap_err().to_string();
            assert!(error.contains(word), "{word}: {error}");
        }
        assert!(
            TemplateFiles::new(BTreeMap::new()).unwrap_err().to_string().contains("label.zpl: it is missing")
        );
        assert!(files(&[("logo.png", &large[..MAX_FILE_BYTES])]).is_ok());
    }

    #[test]
    fn files_go_through_json_and_back_byte_for_byte() {
        let whole = files(&[("logo.png", b"\x89PNG\xff\0"), ("de.toml", "ä\n".as_bytes())]).unwrap();
        let json = whole.to_json();
        assert_eq!(json["de.toml"], "ä\n");
        assert_eq!(json["logo.png"], json!({"base64": "iVBOR/8A"}));
        let again = TemplateFiles::from_json(&json).unwrap();
        assert_eq!((again.version(), &again), (whole.version(), &whole));
        let other = files(&[("logo.png", b"\x89PNG\xff"), ("de.toml", "ä\n".as_bytes())]).unwrap();
        assert_ne!(other.version(), whole.version());
        let wrong = json!({"label.zpl": 5});
        assert!(TemplateFiles::from_json(wrong.as_object().unwrap()).is_err());
    }
}
