//! A template compiled: platen's own commands added, and every value handed to the escaper of its place.

use super::escape::{self, Context, Unprintable};
use super::fit::{Block, fit};
use super::flow::{self, Findings};
use super::limited_text::LimitedText;
use super::manifest::Manifest;
use super::measures::Units;
use super::places::Length;
use super::preamble::preamble;
use super::row::Row;
use super::segments::{self, Segment, SegmentKind};
use super::symbols::gs1::ElementString;
use super::template::{TemplateError, clause};
use minijinja::value::{Kwargs, Value, ValueKind};
use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior, filters, functions, tests as predicates};
use std::error::Error as _;

/// Steps of the template language for one label; a full one takes a few hundred.
const MAX_FUEL: u64 = 200_000;
const MAX_RECURSION: usize = 64;
/// The filters of the template language here. `replace`, `format` and `indent` could allocate without bound, `safe`
/// would go around the escaper.
const FILTERS: [&str; 13] = [
    "abs",
    "capitalize",
    "default",
    "fit",
    "float",
    "int",
    "length",
    "lower",
    "round",
    "string",
    "title",
    "trim",
    "upper",
];
/// Wider or higher than any label.
const MAX_BLOCK_DOTS: f64 = 100_000.0;
/// The only template in its environment.
const NAME: &str = "label.zpl";

/// Ready to run for each label, for one print head.
#[derive(Debug)]
pub(super) struct Program {
    dpmm: u32,
    environment: Environment<'static>,
}

/// One `{{ }}` of a template.
#[derive(Debug)]
struct Site {
    context: Context,
    /// As the author wrote it; mostly the name of a field.
    expression: String,
}

/// A value that cannot stand at its site.
#[derive(Debug, thiserror::Error)]
#[error("{field}: {problem}")]
pub(super) struct SiteError {
    pub field: String,
    pub problem: Unprintable,
}

impl SiteError {
    /// The site's own words, if they are what stopped the template.
    pub fn of(error: &Error) -> Option<&Self> {
        error.source()?.downcast_ref()
    }
}

impl Program {
    /// Judges a template's source and compiles it for each of the manifest's print heads, in their order.
    pub fn compile(source: &str, manifest: &Manifest) -> Result<Vec<Self>, TemplateError> {
        let segments = segments::cut(source)?;
        refuse_unknown_filters(source, &segments)?;
        let findings = flow::walk(source, &segments, manifest.units)?;
        let program = |dpmm: &u32| {
            let edits = edits(source, &findings, manifest, *dpmm)?;
            let (text, sites) = assemble(&segments, &findings, &edits);
            let mut environment = environment(sites, manifest.units, *dpmm);
            environment.add_template_owned(NAME, text).map_err(|error| engine_error(&error))?;
            let program = Self { dpmm: *dpmm, environment };
            program.refuse_undeclared(source, manifest)?;
            Ok(program)
        };
        manifest.dpmm.all().iter().map(program).collect()
    }

    /// The print head it is for, in dots per millimetre.
    pub fn dpmm(&self) -> u32 {
        self.dpmm
    }

    /// Writes one label.
    pub fn run(&self, row: Row, out: &mut LimitedText) -> Result<(), Error> {
        self.environment.get_template(NAME)?.render_captured_to(Value::from_object(row), out)?;
        Ok(())
    }

    /// A name that nothing fills would print as a gap; it is most likely misspelled.
    fn refuse_undeclared(&self, source: &str, manifest: &Manifest) -> Result<(), TemplateError> {
        const PROVIDED: [&str; 8] = [
            "label.index",
            "label.count",
            "label.width",
            "label.height",
            "label.dpmm",
            "mo.name",
            "range",
            "gs1",
        ];
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

/// The template language: strict about names, bounded in work, with the few filters a label needs ([`FILTERS`]).
fn environment(sites: Vec<Site>, units: Units, dpmm: u32) -> Environment<'static> {
    let mut environment = Environment::empty();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(MAX_FUEL));
    environment.set_recursion_limit(MAX_RECURSION);
    environment.set_debug(false);
    environment.add_filter("upper", filters::upper);
    environment.add_filter("lower", filters::lower);
    environment.add_filter("title", filters::title);
    environment.add_filter("capitalize", filters::capitalize);
    environment.add_filter("trim", filters::trim);
    environment.add_filter("length", filters::length);
    environment.add_filter("default", filters::default);
    environment.add_filter("int", filters::int);
    environment.add_filter("float", filters::float);
    environment.add_filter("round", filters::round);
    environment.add_filter("abs", filters::abs);
    let dots_of_unit = if units == Units::Mm { f64::from(dpmm) } else { 1.0 };
    environment.add_filter("fit", move |text: &Value, arguments: Kwargs| -> Result<String, Error> {
        // As whole dots, which is what the printer lays out.
        let dots = |length: f64| (length * dots_of_unit).round().clamp(0.0, MAX_BLOCK_DOTS) as u32;
        let block = Block {
            width: dots(arguments.get("width")?),
            height: dots(arguments.get("height")?),
            lines: arguments.get("lines")?,
        };
        arguments.assert_all_used()?;
        Ok(fit(&text.to_string(), block))
    });
    environment.add_filter("string", filters::string);
    environment.add_test("odd", predicates::is_odd);
    environment.add_test("even", predicates::is_even);
    environment.add_test("number", predicates::is_number);
    environment.add_test("string", predicates::is_string);
    environment.add_test("startingwith", predicates::is_startingwith);
    environment.add_test("endingwith", predicates::is_endingwith);
    environment.add_function("range", functions::range);
    environment.add_function("gs1", gs1);
    environment.add_filter("zpl", move |value: &Value, site: usize| -> Result<Value, Error> {
        let site = sites.get(site).ok_or_else(|| Error::new(ErrorKind::InvalidOperation, "no such place"))?;
        written(value, site.context, dpmm).map(Value::from_safe_string).map_err(|problem| {
            let field = site.expression.clone();
            Error::new(ErrorKind::InvalidOperation, "a value cannot be printed")
                .with_source(SiteError { field, problem })
        })
    });
    // The last guard: whatever did not pass the escaper does not reach the printer.
    environment.set_formatter(|out, _, value| match value.as_str() {
        Some(text) if value.is_safe() => Ok(out.write_str(text)?),
        _ => Err(Error::new(ErrorKind::InvalidOperation, "a value was not escaped")),
    });
    environment
}

/// `gs1(gtin=…, lot=…)`: the elements that have a value, checked.
fn gs1(elements: Kwargs) -> Result<Value, Error> {
    let pairs: Vec<(&str, String)> = elements
        .args()
        .map(|name| Ok((name, elements.get::<Value>(name)?.to_string())))
        .collect::<Result<_, Error>>()?;
    match ElementString::from_named(pairs.into_iter()) {
        Ok(elements) => Ok(Value::from_object(elements)),
        Err(problem) => Err(Error::new(ErrorKind::InvalidOperation, "GS1 elements cannot be printed")
            .with_source(SiteError { field: "gs1".to_owned(), problem })),
    }
}

/// A value as it stands in the label.
fn written(value: &Value, context: Context, dpmm: u32) -> Result<String, Unprintable> {
    let problem =
        |message: &str, action: &str| Unprintable { message: message.into(), action: action.into() };
    let mut out = String::new();
    match context {
        Context::Parameter => {
            let number = if value.is_integer() { i64::try_from(value.clone()).ok() } else { None };
            let number = number.ok_or_else(|| {
                problem(
                    "only a whole number can stand in a command",
                    "declare the field as kind = \"integer\" and send one",
                )
            })?;
            escape::parameter(number, &mut out)?;
        }
        Context::Length(measure) => {
            let number = f64::try_from(value.clone()).ok().filter(|_| value.kind() == ValueKind::Number);
            let number = number.ok_or_else(|| {
                problem(
                    "only a number of millimetres can stand as a length in a command",
                    "declare the field as kind = \"number\" and send one",
                )
            })?;
            let dots = measure.dots(number, dpmm).map_err(|message| {
                problem(&message, "send a length that the label and its print head can have")
            })?;
            escape::parameter(dots, &mut out)?;
        }
        Context::Data { hex, symbol, stands_alone } => match value.kind() {
            _ if let Some(elements) = value.downcast_object_ref::<ElementString>() => {
                escape::field_elements(elements, hex, symbol, stands_alone, &mut out)?;
            }
            ValueKind::String => escape::field_data(value.as_str().unwrap_or(""), hex, symbol, &mut out)?,
            ValueKind::Number => escape::field_data(&value.to_string(), hex, symbol, &mut out)?,
            _ => {
                return Err(problem(
                    "this expression gives neither text nor a number",
                    "look at it in the template",
                ));
            }
        },
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_did_not_pass_the_escaper_is_not_written() {
        let environment = environment(Vec::new(), Units::Dots, 8);
        for source in ["{{ 'x' }}", "{{ 1 }}", "{{ none }}", "{{ 'x'|upper }}", "{{ 'x'|zpl(0) }}"] {
            assert!(environment.render_str(source, ()).is_err(), "{source}");
        }
    }
}
