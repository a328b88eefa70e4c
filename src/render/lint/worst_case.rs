//! The longest values that the fields of a template take.

use crate::domain::{Fields, LabelContent};
use crate::render::Sample;
use crate::render::manifest::{FieldKind, FieldSpecification, Manifest};
use serde_json::Value;

/// A label made of invented values.
#[derive(Debug, Clone)]
pub(super) struct Label {
    pub fields: Fields,
    /// What a field falls back to.
    sample: Fields,
    mo_name: String,
    count: i64,
}

impl Label {
    pub fn content(&self) -> LabelContent<'_> {
        LabelContent {
            data: &self.sample,
            fields: &self.fields,
            mo_name: Some(&self.mo_name),
            index: self.count,
            count: self.count,
        }
    }

    /// Takes the sample's value where an expression with this field refused the invented one; false if there was none.
    pub fn give_up(&mut self, expression: &str) -> bool {
        let is_named = |name: &str| {
            expression.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').any(|word| word == name)
        };
        let named: Vec<String> = self.fields.keys().filter(|name| is_named(name)).cloned().collect();
        for name in &named {
            self.fields.remove(name);
        }
        !named.is_empty()
    }
}

/// The longest values in everyday words, the same in the widest letters, and nothing but what must be there.
pub(super) fn labels(manifest: &Manifest, sample: &Sample) -> Vec<Label> {
    let mut base = Fields::new();
    if let Some(first) = sample.label(1) {
        base.extend(
            first.data.iter().chain(first.fields.iter()).map(|(name, value)| (name.clone(), value.clone())),
        );
    }
    let label = |fields: Fields| Label {
        fields,
        sample: base.clone(),
        mo_name: "WAREHOUSE/MO/00042-01".to_owned(),
        count: 99_999,
    };
    // A number such as a GTIN is one of digits, however its kind is called; where the sample fills the field, it is the
    // longest, and its check digit is right.
    let is_digits = |name: &str| {
        let text = base.get(name).and_then(Value::as_str).unwrap_or("");
        !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    let with = |make: fn(&FieldSpecification) -> Value| {
        let value = |name: &str, field: &FieldSpecification| match make(field) {
            _ if is_digits(name) => {
                let sample = base.get(name).and_then(Value::as_str).unwrap_or("");
                if sample.len() == field.max_length {
                    Value::from(sample)
                } else {
                    text("9876543210", field.max_length)
                }
            }
            Value::Null => base.get(name).cloned().unwrap_or_default(),
            made => made,
        };
        manifest.fields.iter().map(|(name, field)| (name.clone(), value(name, field))).collect::<Fields>()
    };
    let bare = manifest.fields.iter().filter(|(_, field)| !field.required);
    let bare: Fields = bare.map(|(name, _)| (name.clone(), Value::Null)).collect();
    vec![label(with(everyday)), label(with(widest)), label(bare)]
}

fn everyday(field: &FieldSpecification) -> Value {
    const WORDS: &str = "Höhenverstellbarer Schreibtisch mit Kabelführung, Eiche geölt, links, drei Schubladen und \
        Rollcontainer, demontiert in zwei Packstücken, für Büro und Werkstatt; ";
    match field.kind {
        FieldKind::Text => text(WORDS, field.max_length),
        FieldKind::Lines => text(&WORDS.replace(", ", "\n"), field.max_length),
        _ => widest(field),
    }
}

fn widest(field: &FieldSpecification) -> Value {
    match field.kind {
        FieldKind::Text | FieldKind::Lines => text("W", field.max_length),
        FieldKind::Barcode => text("ABCDEFGHJKLMNPQRSTUVWXYZ", field.max_length),
        FieldKind::Integer | FieldKind::Number => text("999999999999", field.max_length.min(12)),
        FieldKind::Date => Value::from("2026-12-31"),
        // Its elements are somebody else's to choose; the sample's stay.
        FieldKind::Gs1 => Value::Null,
    }
}

fn text(words: &str, length: usize) -> Value {
    Value::from(words.chars().cycle().take(length).collect::<String>())
}
