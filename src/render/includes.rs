//! Parts of a label in files of their own: `{% include "head.zpl" %}` puts the file's text in its place, before
//! anything is judged, so that a part is judged where it stands. Lines are still told as they are in their files.

use super::files::{LABEL, TemplateFiles};
use super::hex_indicator;
use super::shared_parts::is_shared_name;
use super::template::{MAX_SOURCE_BYTES, TemplateError};

/// Parts within parts.
const MAX_DEPTH: usize = 8;

/// A template's text with its parts in it.
#[derive(Debug)]
pub(super) struct Whole {
    pub text: String,
    /// File and line behind each line of the text.
    lines: Vec<(String, usize)>,
}

impl Whole {
    /// Puts `label.zpl` and its parts together.
    pub fn assemble(files: &TemplateFiles) -> Result<Self, TemplateError> {
        let mut whole = Self { text: String::new(), lines: vec![(LABEL.to_owned(), 1)] };
        whole.append(files, LABEL, 0)?;
        whole.text = hex_indicator::supply(&whole.text);
        Ok(whole)
    }

    fn append(&mut self, files: &TemplateFiles, name: &str, depth: usize) -> Result<(), TemplateError> {
        let source = files.text(name).unwrap_or_default();
        let mut at = 0;
        while let Some(found) = next_include(&source[at..]) {
            let (start, end, part) = found;
            self.push(&source[at..at + start], name, source, at);
            let offset = at + start;
            let complaint = |message: String| TemplateError {
                file: name.to_owned().into(),
                line: Some(line_of(source, offset)),
                message,
            };
            if depth == MAX_DEPTH {
                return Err(complaint(format!(
                    "parts include each other more than {MAX_DEPTH} deep; look for a circle"
                )));
            }
            if part == LABEL || !part.ends_with(".zpl") || files.text(part).is_none() {
                let shown: String = part.chars().take(64).collect();
                let place = if is_shared_name(part) {
                    "into the folder _parts, beside the folders of the templates"
                } else {
                    "beside label.zpl"
                };
                return Err(complaint(format!(
                    "there is no part `{shown}`; put it {place}, as text, with the ending .zpl"
                )));
            }
            self.append(files, part, depth + 1)?;
            at += end;
        }
        self.push(&source[at..], name, source, at);
        if self.text.len() > MAX_SOURCE_BYTES {
            let message = format!(
                "it is longer than {MAX_SOURCE_BYTES} bytes with its parts; make its graphics smaller"
            );
            return Err(TemplateError::of_file(name.to_owned(), message));
        }
        Ok(())
    }

    fn push(&mut self, text: &str, name: &str, source: &str, at: usize) {
        let first = line_of(source, at);
        let breaks = text.bytes().filter(|byte| *byte == b'\n').count();
        if text.is_empty() {
            return;
        }
        let is_at_line_start = self.text.is_empty() || self.text.ends_with('\n');
        self.text.push_str(text);
        if let Some(last) = self.lines.last_mut().filter(|_| is_at_line_start || at == 0) {
            *last = (name.to_owned(), first);
        }
        self.lines.extend((1..=breaks).map(|line| (name.to_owned(), first + line)));
    }

    /// A complaint about a line of the whole, told of the file it is from.
    pub fn located(&self, error: TemplateError) -> TemplateError {
        match error.line.filter(|_| error.file == LABEL).and_then(|line| self.lines.get(line - 1)) {
            Some((file, line)) => TemplateError { file: file.clone().into(), line: Some(*line), ..error },
            None => error,
        }
    }

    /// File and line behind a line of the whole.
    pub fn origin(&self, line: usize) -> (&str, usize) {
        self.lines.get(line.saturating_sub(1)).map_or((LABEL, line), |(file, line)| (file.as_str(), *line))
    }
}

/// Start and end of the next `{% include "…" %}`, and the name in it. Comments are passed over.
fn next_include(text: &str) -> Option<(usize, usize, &str)> {
    let mut at = 0;
    loop {
        let start = at + text[at..].find(['{'])?;
        let rest = &text[start..];
        if let Some(comment) = rest.strip_prefix("{#") {
            at = start + 2 + comment.find("#}")?;
            continue;
        }
        at = start + 1;
        let Some(inner) = rest.strip_prefix("{%") else { continue };
        let inner = inner.trim_start_matches(['-', '+']).trim_start();
        let Some(inner) = inner.strip_prefix("include") else { continue };
        let inner = inner.trim_start();
        let Some(quote) = inner.chars().next().filter(|quote| matches!(quote, '"' | '\'')) else { continue };
        let Some((name, behind)) = inner[1..].split_once(quote) else { continue };
        let behind = behind.trim_start().trim_start_matches(['-', '+']);
        let Some(behind) = behind.strip_prefix("%}") else { continue };
        return Some((start, text.len() - behind.len(), name));
    }
}

fn line_of(text: &str, offset: usize) -> usize {
    1 + text.bytes().take(offset).filter(|byte| *byte == b'\n').count()
}

#[cfg(test)]
mod tests {
    use super::super::files::MANIFEST;
    use super::*;

    fn files(parts: &[(&str, &str)]) -> TemplateFiles {
        let all = parts.iter().chain([&(MANIFEST, "")]);
        TemplateFiles::new(all.map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect())
            .unwrap()
    }

    #[test]
    fn parts_stand_in_their_places_and_keep_their_lines() {
        let whole = Whole::assemble(&files(&[
            (LABEL, "^XA\n{# {% include 'no.zpl' %} #}{%- include \"a.zpl\" -%}\n^XZ"),
            ("a.zpl", "1\n{% include 'b.zpl' %}\n3"),
            ("b.zpl", "x\ny"),
        ]))
        .unwrap();
        assert_eq!(whole.text, "^XA\n{# {% include 'no.zpl' %} #}1\nx\ny\n3\n^XZ");
        let origins: Vec<(&str, usize)> = (1..=6).map(|line| whole.origin(line)).collect();
        assert_eq!(
            origins,
            [("label.zpl", 1), ("a.zpl", 1), ("b.zpl", 1), ("b.zpl", 2), ("a.zpl", 3), ("label.zpl", 3)]
        );
    }

    #[test]
    fn circles_and_strangers_are_refused() {
        let circle = Whole::assemble(&files(&[
            (LABEL, "\n{% include 'a.zpl' %}"),
            ("a.zpl", "{% include 'a.zpl' %}"),
        ]));
        assert!(circle.unwrap_err().to_string().contains("circle"));
        for name in ["b.zpl", "template.toml", "label.zpl", "../a.zpl"] {
            let error =
                Whole::assemble(&files(&[(LABEL, &format!("\n{{% include '{name}' %}}"))])).unwrap_err();
            assert!(error.to_string().starts_with("label.zpl line 2: there is no part"), "{error}");
        }
        let long = "x".repeat(MAX_SOURCE_BYTES / 2 + 1);
        let error = Whole::assemble(&files(&[
            (LABEL, "{% include 'a.zpl' %}{% include 'a.zpl' %}"),
            ("a.zpl", &long),
        ]));
        assert!(error.unwrap_err().to_string().contains("longer than"));
    }
}
