//! A straight template with the values of one job in it: what is the same on each of its labels is escaped once, and a
//! label costs its own values and a copy.
//!
//! It makes labels and no complaints. Wherever a value does not fit, the answer is `None`, and the template language
//! says what is wrong with which field.

use super::escape::{Context, MAX_FIELD_DATA_BYTES};
use super::field_meter::FieldMeter;
use super::fonts::Fonts;
use super::language::written;
use super::manifest::{Accepted, FieldSpecification, Manifest};
use super::row::{Row, Source, seen};
use super::straight::{Part, Place, Straight};
use super::template::MAX_LABEL_BYTES;
use super::verbatim::Verbatim;
use crate::domain::{Fields, LabelContent, LabelIndex};
use minijinja::value::Value;
use std::fmt::Write as _;
use std::sync::Arc;

/// For labels that bring values for the same fields in the same order, as those of a job mostly do.
#[derive(Debug)]
pub(super) struct Pressed {
    manifest: Arc<Manifest>,
    dpmm: u32,
    own: Vec<OwnField>,
    open: Vec<Open>,
    /// Behind the last value that is still open.
    end: String,
    expected_bytes: usize,
}

/// A field that each label brings itself.
#[derive(Debug)]
struct OwnField {
    name: String,
    /// `None`: the template does not know it, and it is passed over.
    specification: Option<FieldSpecification>,
}

/// A value that is different on each label, and what stands between it and the one before.
#[derive(Debug)]
struct Open {
    before: String,
    value: OpenValue,
    context: Context,
    verbatim: Verbatim,
}

#[derive(Debug, Clone, Copy)]
enum OpenValue {
    Index,
    /// The label's own field, by its position.
    Own(usize),
}

impl Pressed {
    /// Presses the job's values into the template, for labels like this one.
    pub fn press(
        straight: &Straight,
        manifest: &Arc<Manifest>,
        dpmm: u32,
        content: &LabelContent<'_>,
    ) -> Option<Self> {
        let row = Row::judge(manifest, dpmm, content).ok()?;
        let own_field = |name: &String| OwnField {
            name: name.clone(),
            specification: manifest.fields.get(name).cloned(),
        };
        let own: Vec<OwnField> = content.fields.keys().map(own_field).collect();
        let open_value = |source: Source| match source {
            Source::LabelIndex => Some(OpenValue::Index),
            Source::Field(at) => {
                let name = manifest.fields.keys().nth(at)?;
                own.iter().position(|own| own.name == *name).map(OpenValue::Own)
            }
            _ => None,
        };
        let mut open = Vec::new();
        let mut text = String::new();
        for part in &straight.parts {
            match part {
                Part::Literal(literal) => text.push_str(literal),
                Part::Value(Place { source, context, verbatim }) => match open_value(*source) {
                    Some(value) => {
                        let before = std::mem::take(&mut text);
                        open.push(Open { before, value, context: *context, verbatim: *verbatim });
                    }
                    None => {
                        text.push_str(&written(&row.value(*source)?, *context, dpmm, &manifest.fonts).ok()?);
                    }
                },
            }
        }
        let mut pressed =
            Self { manifest: Arc::clone(manifest), dpmm, own, open, end: text, expected_bytes: 0 };
        let first = pressed.label(content.fields, content.index)?;
        pressed.expected_bytes = first.len() + 16;
        Some(pressed)
    }

    /// Whether it is for labels with these fields.
    pub fn is_for(&self, fields: &Fields) -> bool {
        fields.len() == self.own.len()
            && self.own.iter().zip(fields.keys()).all(|(own, name)| own.name == *name)
    }

    /// One label whose fields it is for, unless there is something to complain of.
    pub fn label(&self, fields: &Fields, index: LabelIndex) -> Option<String> {
        let mut accepted = Vec::with_capacity(self.own.len());
        for (own, value) in self.own.iter().zip(fields.values()) {
            accepted.push(match &own.specification {
                Some(specification) => specification.accept(Some(value)).ok()?,
                None => Accepted::Absent,
            });
        }
        let mut out = String::with_capacity(self.expected_bytes);
        for open in &self.open {
            out.push_str(&open.before);
            match open.value {
                OpenValue::Index => open.write_number(index, self.dpmm, &self.manifest.fonts, &mut out)?,
                OpenValue::Own(at) => {
                    open.write(accepted.get(at)?, self.dpmm, &self.manifest.fonts, &mut out)?;
                }
            }
        }
        out.push_str(&self.end);
        // A field is shorter than its label.
        let has_long_field =
            || out.len() > MAX_FIELD_DATA_BYTES && !FieldMeter::default().take(out.as_bytes());
        (out.len() <= MAX_LABEL_BYTES && !has_long_field()).then_some(out)
    }
}

impl Open {
    fn write(&self, accepted: &Accepted<'_>, dpmm: u32, fonts: &Fonts, out: &mut String) -> Option<()> {
        match accepted {
            Accepted::Text(text) if self.verbatim.has(text) => out.push_str(text),
            other => out.push_str(&written(&seen(other.clone()), self.context, dpmm, fonts).ok()?),
        }
        Some(())
    }

    fn write_number(&self, number: i64, dpmm: u32, fonts: &Fonts, out: &mut String) -> Option<()> {
        let start = out.len();
        write!(out, "{number}").ok()?;
        if !self.verbatim.has(&out[start..]) {
            out.truncate(start);
            out.push_str(&written(&Value::from(number), self.context, dpmm, fonts).ok()?);
        }
        Some(())
    }
}
