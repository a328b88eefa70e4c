//! What a template says about itself (`template.toml`), and whether a value is what it asks for.

use super::fonts::{FontName, Fonts};
use super::mark::MarkPlace;
use super::measures::Units;
use super::symbols::gs1::ElementString;
use super::symbols::named;
use super::template::TemplateError;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Longest field where the manifest gives no `max_length`, in characters.
pub const DEFAULT_MAX_LENGTH: usize = 255;

/// The paper a template is drawn for and the fields it knows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// What people call the label.
    pub title: String,
    pub width_mm: f64,
    pub height_mm: f64,
    /// The unit of the lengths in `label.zpl`.
    #[serde(default)]
    pub units: Units,
    /// Dots per millimetre it is drawn for: 6, 8, 12 or 24; a list where the units are millimetres.
    pub dpmm: Resolutions,
    /// The language of the label where neither job nor label name one in `lang`, such as `de`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// The scripts that fonts have beyond those of every printer.
    #[serde(default, skip_serializing_if = "Fonts::is_empty")]
    pub fonts: Fonts,
    /// Where a mark such as REPRINT disturbs nothing.
    #[serde(default)]
    pub mark: MarkPlace,
    /// The fields it knows, by name.
    #[serde(default)]
    pub fields: BTreeMap<String, FieldSpecification>,
}

/// The print heads a template is drawn for, in dots per millimetre; at least one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Resolutions {
    One(u32),
    Several(Vec<u32>),
}

impl Resolutions {
    /// All of them, in the order of the manifest.
    pub fn all(&self) -> &[u32] {
        match self {
            Self::One(dpmm) => std::slice::from_ref(dpmm),
            Self::Several(all) => all,
        }
    }

    /// The one to draw for where nothing is known of the printer: the first.
    pub fn usual(&self) -> u32 {
        self.all().first().copied().unwrap_or(8)
    }
}

/// In words: `8, 12 and 24`.
impl std::fmt::Display for Resolutions {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let words: Vec<String> = self.all().iter().map(u32::to_string).collect();
        match words.as_slice() {
            [first @ .., last] if !first.is_empty() => write!(formatter, "{} and {last}", first.join(", ")),
            _ => formatter.write_str(&words.concat()),
        }
    }
}

/// What a field must be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldSpecification {
    /// A label without it is refused; otherwise it prints as empty text.
    #[serde(default)]
    pub required: bool,
    /// In characters; at most 3072.
    #[serde(default = "default_max_length")]
    pub max_length: usize,
    #[serde(default)]
    pub kind: FieldKind,
}

/// The kinds of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// One line of text; a number is taken as it is written.
    #[default]
    Text,
    /// Text with line breaks; they show in `^FB` blocks.
    Lines,
    /// Printable ASCII, for one-dimensional bar codes.
    Barcode,
    /// A whole number, also as text.
    Integer,
    /// A number, also as text; 5.0 prints as 5.
    Number,
    /// GS1 elements such as `(01)09521234543213(10)ABC`, for GS1-128 and GS1 DataMatrix.
    Gs1,
    /// `2026-01-31`, alone or with a time behind it; prints as it came.
    Date,
}

/// A value that is what its field must be.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Accepted<'v> {
    Absent,
    Text(Cow<'v, str>),
    Integer(i64),
    Number(f64),
    Elements(ElementString),
}

/// What is wrong with a value and what to do about it, as two clauses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refused {
    pub message: String,
    pub action: String,
}

fn default_max_length() -> usize {
    DEFAULT_MAX_LENGTH
}

impl Manifest {
    /// Reads and checks `template.toml`.
    pub(super) fn parse(text: &str) -> Result<Self, TemplateError> {
        let manifest: Self = toml::from_str(text).map_err(|error| {
            let offset = error.span().map_or(0, |span| span.start);
            TemplateError::in_manifest(text, offset, error.message().replace('\n', " "))
        })?;
        manifest.check().map_err(|message| TemplateError::in_manifest(text, 0, message))?;
        Ok(manifest)
    }

    fn check(&self) -> Result<(), String> {
        if self.title.trim().is_empty() {
            return Err("the title is empty; say what people call the label".to_owned());
        }
        self.check_resolutions()?;
        for (name, millimetres) in [("width_mm", self.width_mm), ("height_mm", self.height_mm)] {
            if !(3.0..=1000.0).contains(&millimetres) {
                return Err(format!("{name} is {millimetres}; give a size between 3 and 1000 mm"));
            }
        }
        let MarkPlace { x_mm, y_mm, height_mm, .. } = self.mark;
        let is_on_label = (0.0..self.width_mm).contains(&x_mm) && (0.0..self.height_mm).contains(&y_mm);
        if !is_on_label || !(1.0..=10.0).contains(&height_mm) {
            return Err("mark stands off the label or is not 1 to 10 mm high; give it a place".to_owned());
        }
        if let Some(name) = self.fonts.keys().find(|name| FontName::parse(name).is_none()) {
            return Err(format!(
                "`{name}` is no font; write its letter, its file as in ^A@ in capitals, or \"@\" for all files"
            ));
        }
        for (name, field) in &self.fields {
            if !is_field_name(name) {
                return Err(format!(
                    "`{name}` cannot be a field; use small letters, digits and _, and not label, mo, loop or a word of the template language"
                ));
            }
            if field.max_length == 0 || field.max_length > super::escape::MAX_FIELD_DATA_BYTES {
                return Err(format!("max_length of `{name}` must be between 1 and 3072"));
            }
        }
        Ok(())
    }

    fn check_resolutions(&self) -> Result<(), String> {
        let all = self.dpmm.all();
        if let Some(wrong) = all.iter().find(|dpmm| ![6, 8, 12, 24].contains(*dpmm)) {
            return Err(format!("dpmm is {wrong}; printers have 6, 8, 12 or 24 dots per mm"));
        }
        if all.is_empty() || (1..all.len()).any(|at| all[..at].contains(&all[at])) {
            return Err("dpmm must name each number of dots per mm once, such as [8, 12, 24]".to_owned());
        }
        if all.len() > 1 && self.units == Units::Dots {
            let message = "a template in dots is drawn for one dpmm; write `units = \"mm\"` and millimetres in label.zpl";
            return Err(message.to_owned());
        }
        Ok(())
    }

    /// Printed width in dots of a print head.
    pub fn width_dots(&self, dpmm: u32) -> u32 {
        (self.width_mm * f64::from(dpmm)).round() as u32
    }

    /// Label length in dots of a print head.
    pub fn height_dots(&self, dpmm: u32) -> u32 {
        (self.height_mm * f64::from(dpmm)).round() as u32
    }
}

/// `label` and `mo` are platen's own; the others mean something in expressions.
fn is_field_name(name: &str) -> bool {
    const TAKEN: [&str; 18] = [
        "gs1", "image", "label", "mo", "loop", "range", "self", "true", "false", "none", "and", "or", "not",
        "in", "is", "if", "else", "super",
    ];
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        && !TAKEN.contains(&name)
}

impl FieldSpecification {
    /// Judges a value as it arrived. Null, and `false` (Odoo's word for an empty field), mean that there is none.
    pub(super) fn accept<'v>(&self, value: Option<&'v Value>) -> Result<Accepted<'v>, Refused> {
        let accepted = match value {
            None | Some(Value::Null | Value::Bool(false)) => Accepted::Absent,
            Some(Value::String(text)) => self.text(Cow::Borrowed(text))?,
            Some(Value::Number(number)) => self.text(Cow::Owned(number.to_string()))?,
            Some(other) => {
                let name = if other.is_boolean() { "true" } else { "a list or an object" };
                return Err(refused(format!("is {name}"), "send text or a number"));
            }
        };
        match accepted {
            Accepted::Absent if self.required => {
                Err(refused("is missing", "send it with the job or the label"))
            }
            accepted => Ok(accepted),
        }
    }

    /// What nearly all values are: short visible ASCII for a kind that is not read further. One look is enough.
    fn takes_as_it_is(&self, text: &str) -> bool {
        matches!(self.kind, FieldKind::Text | FieldKind::Lines | FieldKind::Barcode)
            && text.len() <= self.max_length
            && text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
            && text.bytes().any(|byte| byte != b' ')
    }

    fn text<'v>(&self, text: Cow<'v, str>) -> Result<Accepted<'v>, Refused> {
        if self.takes_as_it_is(&text) {
            return Ok(Accepted::Text(text));
        }
        let length = text.chars().count();
        if length > self.max_length {
            let message = format!("has {length} characters and the template takes {}", self.max_length);
            return Err(refused(message, "shorten it"));
        }
        let is_break = |c: char| self.kind == FieldKind::Lines && matches!(c, '\r' | '\n');
        if let Some(control) = text.chars().find(|c| c.is_control() && !is_break(*c)) {
            let message = format!("holds a control character ({})", named(control));
            return Err(refused(message, "remove it where it was entered"));
        }
        if text.trim().is_empty() {
            return Ok(Accepted::Absent);
        }
        match self.kind {
            FieldKind::Text | FieldKind::Lines => Ok(Accepted::Text(text)),
            FieldKind::Barcode => match text.chars().find(|c| !c.is_ascii()) {
                None => Ok(Accepted::Text(text)),
                Some(other) => Err(refused(
                    format!("holds {}, which its bar code cannot carry", named(other)),
                    "use letters without accents, digits and ASCII signs",
                )),
            },
            FieldKind::Integer => match text.trim().parse::<f64>() {
                Ok(number) if number.fract() == 0.0 && number.abs() < 1e15 => {
                    Ok(Accepted::Integer(number as i64))
                }
                _ => Err(refused("is not a whole number", "send a whole number")),
            },
            FieldKind::Number => match text.trim().parse::<f64>() {
                Ok(number) if number.fract() == 0.0 && number.abs() < 1e15 => {
                    Ok(Accepted::Integer(number as i64))
                }
                Ok(number) if number.is_finite() && number.abs() < 1e15 => Ok(Accepted::Number(number)),
                _ => Err(refused("is not a number", "send a number")),
            },
            FieldKind::Gs1 => match ElementString::parse(&text) {
                Ok(elements) => Ok(Accepted::Elements(elements)),
                Err(problem) => Err(refused(format!("is wrong: {}", problem.message), &problem.action)),
            },
            FieldKind::Date if is_date(text.trim()) => Ok(Accepted::Text(text.trim().to_owned().into())),
            FieldKind::Date => Err(refused("is not a date", "send a date like 2026-01-31")),
        }
    }
}

/// A date, alone or with a time behind `T` or a space, as JSON and Odoo write them.
fn is_date(text: &str) -> bool {
    text.parse::<jiff::civil::Date>().is_ok() && text.starts_with(|c: char| c.is_ascii_digit())
}

fn refused(message: impl Into<String>, action: &str) -> Refused {
    Refused { message: message.into(), action: action.to_owned() }
}
