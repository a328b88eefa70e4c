//! A template compiled: platen's own commands added, and every value handed to the escaper of its place.

use super::files::TemplateFiles;
use super::flow::{self, Findings};
use super::includes::Whole;
use super::language::{self, FILTERS, PROVIDED, Setting, Site};
use super::limited_text::LimitedText;
use super::manifest::Manifest;
use super::places::Length;
use super::preamble::preamble;
use super::row::Row;
use super::segments::{self, Segment, SegmentKind};
use super::straight::Straight;
use super::template::{TemplateError, clause};
use super::translations::Translations;
use minijinja::{Environment, Error, value::Value};
use std::sync::Arc;

/// The only template in its environment.
const NAME: &str = "label.zpl";

/// Ready to run for each label, for one print head.
#[derive(Debug)]
pub(super) struct Program {
    dpmm: u32,
    environment: Environment<'static>,
    /// The same without the language, where the template has no logic.
    straight: Option<Straight>,
}

impl Program {
    /// Judges a template's text and compiles it for each of the manifest's print heads, in their order.
    pub fn compile(
        whole: &Whole,
        manifest: &Manifest,
        files: &TemplateFiles,
    ) -> Result<Vec<Self>, TemplateError> {
        Self::compile_text(&whole.text, manifest, files).map_err(|error| whole.located(error))
    }

    fn compile_text(
        source: &str,
        manifest: &Manifest,
        files: &TemplateFiles,
    ) -> Result<Vec<Self>, TemplateError> {
        let segments = segments::cut(source)?;
        refuse_unknown_filters(source, &segments)?;
        let findings = flow::walk(source, &segments, manifest.units, manifest.dpmm.all().len() > 1)?;
        let translations = Arc::new(Translations::read(files)?);
        let program = |dpmm: &u32| {
            let edits = edits(source, &findings, manifest, *dpmm)?;
            let (text, sites) = assemble(&segments, &findings, &edits);
            let straight = Straight::of(&text, &sites, manifest);
            let mut environment = language::environment(Setting {
                sites,
                units: manifest.units,
                dpmm: *dpmm,
                fonts: manifest.fonts.clone(),
                translations: Arc::clone(&translations),
                files: files.clone(),
            });
            environment.add_template_owned(NAME, text).map_err(|error| engine_error(&error))?;
            let program = Self { dpmm: *dpmm, environment, straight };
            program.refuse_undeclared(source, manifest)?;
            Ok(program)
        };
        manifest.dpmm.all().iter().map(program).collect()
    }

    /// The print head it is for, in dots per millimetre.
    pub fn dpmm(&self) -> u32 {
        self.dpmm
    }

    /// What it comes to, where the template has no logic.
    pub fn straight(&self) -> Option<&Straight> {
        self.straight.as_ref()
    }

    /// Writes one label.
    pub fn run(&self, row: Row, out: &mut LimitedText) -> Result<(), Error> {
        self.environment.get_template(NAME)?.render_captured_to(Value::from_object(row), out)?;
        Ok(())
    }

    /// A name that nothing fills would print as a gap; it is most likely misspelled.
    fn refuse_undeclared(&self, source: &str, manifest: &Manifest) -> Result<(), TemplateError> {
        let template = self.environment.get_template(NAME).map_err(|error| engine_error(&error))?;
        let mut names: Vec<String> = template.undeclared_variables(true).into_iter().collect();
        names.sort();
        for name in names {
            if !PROVIDED.contains(&name.as_str()) && !manifest.fields.contains_key(&name) {
                let offset = source.find(&name).unwrap_or(0);
                let message = format!(
                    "`{name}` is not declared; add [fields.{name}] to template.toml, \
                     or use label.index, label.count or mo.name"
                );
                return Err(TemplateError::at(source, offset, message));
            }
        }
        Ok(())
    }
}

/// The engine finds an unknown filter only when it meets it, which may be on the first label with a lot number.
fn refuse_unknown_filters(source: &str, segments: &[Segment<'_>]) -> Result<(), TemplateError> {
    for segment in segments {
        let code = match &segment.kind {
            SegmentKind::Value { expression, .. } => expression,
            SegmentKind::Statement { source, .. } => source,
            SegmentKind::Literal(_) | SegmentKind::Comment(_) => continue,
        };
        let mut quote = None;
        for (at, character) in code.char_indices() {
            match (quote, character) {
                (None, '"' | '\'') => quote = Some(character),
                (Some(mark), _) if mark == character => quote = None,
                (None, '|') => {
                    let rest = code[at + 1..].trim_start();
                    let end =
                        rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
                    if !FILTERS.contains(&&rest[..end]) {
                        let message = format!(
                            "the filter `{}` is not known here; use one of {}",
                            &rest[..end],
                            FILTERS.join(", ")
                        );
                        return Err(TemplateError::at(source, segment.offset, message));
                    }
                }
                _ => {}
            }
        }
    }
    Ok(())
}

fn engine_error(error: &Error) -> TemplateError {
    TemplateError {
        file: super::files::LABEL.into(),
        line: error.line(),
        message: format!("{}; mend it there", clause(error)),
    }
}

/// Something of the source that is written otherwise.
#[derive(Debug)]
struct Edit {
    offset: usize,
    removed_bytes: usize,
    text: String,
}

/// platen's own commands, and the lengths in dots; by offset.
fn edits(
    source: &str,
    findings: &Findings,
    manifest: &Manifest,
    dpmm: u32,
) -> Result<Vec<Edit>, TemplateError> {
    let length = |(offset, length): (&usize, &Length)| {
        let dots = length
            .measure
            .dots(length.millimetres, dpmm)
            .map_err(|message| TemplateError::at(source, *offset, message))?;
        Ok(Edit { offset: *offset, removed_bytes: length.written_bytes, text: dots.to_string() })
    };
    let own = |offset, text| Edit { offset, removed_bytes: 0, text };
    let mut edits = vec![own(findings.opened, preamble(manifest, dpmm))];
    edits.extend(findings.lengths.iter().map(length).collect::<Result<Vec<_>, TemplateError>>()?);
    edits.push(own(findings.closed, "^PQ1".to_owned()));
    Ok(edits)
}

/// The source as edited, and each value marked with the number of its site.
fn assemble(segments: &[Segment<'_>], findings: &Findings, edits: &[Edit]) -> (String, Vec<Site>) {
    let mut text = String::new();
    let mut sites = Vec::new();
    for (segment, context) in segments.iter().zip(&findings.contexts) {
        match (&segment.kind, context) {
            (SegmentKind::Literal(literal), _) => {
                let mut at = 0;
                let end = segment.offset + literal.len();
                for edit in edits.iter().filter(|edit| (segment.offset..=end).contains(&edit.offset)) {
                    let cut = edit.offset - segment.offset;
                    text.push_str(&literal[at..cut]);
                    text.push_str(&edit.text);
                    at = cut + edit.removed_bytes;
                }
                text.push_str(&literal[at..]);
            }
            (SegmentKind::Value { opening, expression, closing }, Some(context)) => {
                text.push_str(&format!("{opening} ({expression})|zpl({}) {closing}", sites.len()));
                sites.push(Site { context: *context, expression: expression.trim().to_owned() });
            }
            // The walk reaches every value; one without a context would be unreachable, and prints nothing.
            (SegmentKind::Value { .. }, None) => {}
            (SegmentKind::Statement { source, .. }, _) | (SegmentKind::Comment(source), _) => {
                text.push_str(source)
            }
        }
    }
    (text, sites)
}
