//! A template compiled: platen's own commands added, and every value handed to the escaper of its place.

use super::escape::{self, Context, Unprintable};
use super::fit::{Block, fit};
use super::flow::{self, Findings};
use super::limited_text::LimitedText;
use super::manifest::Manifest;
use super::preamble::preamble;
use super::row::Row;
use super::segments::{self, Segment, SegmentKind};
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
/// The only template in its environment.
const NAME: &str = "label.zpl";

/// Ready to run for each label.
#[derive(Debug)]
pub(super) struct Program {
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
    /// Judges and compiles a template's source.
    pub fn compile(source: &str, manifest: &Manifest) -> Result<Self, TemplateError> {
        let segments = segments::cut(source)?;
        refuse_unknown_filters(source, &segments)?;
        let findings = flow::walk(source, &segments)?;
        let (text, sites) = assemble(&segments, &findings, manifest);
        let mut environment = environment(sites);
        environment.add_template_owned(NAME, text).map_err(|error| engine_error(&error))?;
        let program = Self { environment };
        program.refuse_undeclared(source, manifest)?;
        Ok(program)
    }

    /// Writes one label.
    pub fn run(&self, row: Row, out: &mut LimitedText) -> Result<(), Error> {
        self.environment.get_template(NAME)?.render_captured_to(Value::from_object(row), out)?;
        Ok(())
    }

    /// A name that nothing fills would print as a gap; it is most likely misspelled.
    fn refuse_undeclared(&self, source: &str, manifest: &Manifest) -> Result<(), TemplateError> {
        const PROVIDED: [&str; 4] = ["label.index", "label.count", "mo.name", "range"];
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
        file: "label.zpl",
        line: error.line(),
        message: format!("{}; mend it there", clause(error)),
    }
}

/// The source with platen's own commands in it, and each value marked with the number of its site.
fn assemble(segments: &[Segment<'_>], findings: &Findings, manifest: &Manifest) -> (String, Vec<Site>) {
    let insertions = [(findings.opened, preamble(manifest)), (findings.closed, "^PQ1".to_owned())];
    let mut text = String::new();
    let mut sites = Vec::new();
    for (segment, context) in segments.iter().zip(&findings.contexts) {
        match (&segment.kind, context) {
            (SegmentKind::Literal(literal), _) => {
                let mut at = 0;
                for (offset, inserted) in &insertions {
                    let Some(cut) = offset.checked_sub(segment.offset).filter(|cut| *cut <= literal.len())
                    else {
                        continue;
                    };
                    text.push_str(&literal[at..cut]);
                    text.push_str(inserted);
                    at = cut;
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
fn environment(sites: Vec<Site>) -> Environment<'static> {
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
    environment.add_filter("fit", |text: &Value, arguments: Kwargs| -> Result<String, Error> {
        let block = Block {
            width: arguments.get("width")?,
            height: arguments.get("height")?,
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
    environment.add_filter("zpl", move |value: &Value, site: usize| -> Result<Value, Error> {
        let site = sites.get(site).ok_or_else(|| Error::new(ErrorKind::InvalidOperation, "no such place"))?;
        written(value, site.context).map(Value::from_safe_string).map_err(|problem| {
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

/// A value as it stands in the label.
fn written(value: &Value, context: Context) -> Result<String, Unprintable> {
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
        Context::Data { hex, symbol } => match value.kind() {
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
        let environment = environment(Vec::new());
        for source in ["{{ 'x' }}", "{{ 1 }}", "{{ none }}", "{{ 'x'|upper }}", "{{ 'x'|zpl(0) }}"] {
            assert!(environment.render_str(source, ()).is_err(), "{source}");
        }
    }
}
