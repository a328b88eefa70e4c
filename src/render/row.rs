//! One label's values, judged by the manifest, as the template sees them.

use super::manifest::{Accepted, Manifest};
use super::measures::Units;
use super::render_error::FieldError;
use crate::domain::LabelContent;
use minijinja::value::{Object, Value};
use std::sync::Arc;

/// The names visible to a template: its fields, `label` and `mo`.
#[derive(Debug)]
pub(super) struct Row {
    manifest: Arc<Manifest>,
    /// In the order of the manifest's fields.
    values: Vec<Value>,
    label: Value,
    mo: Value,
    language: Value,
}

impl Row {
    /// Takes each declared field from the label or, failing that, from the job. Odoo sends more fields than one
    /// template uses; the others are ignored. `dpmm` is the print head's, which `label.dpmm` says.
    pub fn judge(
        manifest: &Arc<Manifest>,
        dpmm: u32,
        content: &LabelContent<'_>,
    ) -> Result<Self, FieldError> {
        let mut values = Vec::with_capacity(manifest.fields.len());
        for (name, field) in &manifest.fields {
            let own = content.fields.get(name);
            let accepted = field.accept(own.or_else(|| content.data.get(name))).map_err(|refused| {
                let label_index = own.map(|_| content.index);
                let of_label = label_index.map(|index| format!(" of label {index}")).unwrap_or_default();
                FieldError {
                    field: name.clone(),
                    label_index,
                    message: format!("the field `{name}`{of_label} {}", refused.message),
                    action: refused.action,
                }
            })?;
            values.push(seen(accepted));
        }
        let size = |millimetres: f64, dots: u32| match manifest.units {
            Units::Mm => Value::from(millimetres),
            Units::Dots => Value::from(dots),
        };
        let label = Label {
            index: content.index,
            count: content.count,
            width: size(manifest.width_mm, manifest.width_dots(dpmm)),
            height: size(manifest.height_mm, manifest.height_dots(dpmm)),
            dpmm,
        };
        let language = content.fields.get("lang").or_else(|| content.data.get("lang"));
        let language = language.and_then(serde_json::Value::as_str).or(manifest.language.as_deref());
        let language = Value::from(language.unwrap_or_default());
        let mo = ManufacturingOrder { name: content.mo_name.unwrap_or("").to_owned() };
        Ok(Self {
            manifest: Arc::clone(manifest),
            values,
            label: Value::from_object(label),
            mo: Value::from_object(mo),
            language,
        })
    }

    /// As the template language finds it by its name.
    pub fn value(&self, source: Source) -> Option<Value> {
        match source {
            Source::Field(at) => self.values.get(at).cloned(),
            Source::LabelIndex => self.label.get_attr("index").ok(),
            Source::LabelCount => self.label.get_attr("count").ok(),
            Source::LabelWidth => self.label.get_attr("width").ok(),
            Source::LabelHeight => self.label.get_attr("height").ok(),
            Source::LabelDpmm => self.label.get_attr("dpmm").ok(),
            Source::OrderName => self.mo.get_attr("name").ok(),
        }
    }
}

/// A value as templates see it.
pub(super) fn seen(accepted: Accepted<'_>) -> Value {
    match accepted {
        Accepted::Absent => Value::from(""),
        Accepted::Text(text) => Value::from(text.into_owned()),
        Accepted::Integer(number) => Value::from(number),
        Accepted::Number(number) => Value::from(number),
        Accepted::Elements(elements) => Value::from_object(elements),
    }
}

impl Object for Row {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        match key.as_str()? {
            "label" => Some(self.label.clone()),
            "mo" => Some(self.mo.clone()),
            "lang" if !self.manifest.fields.contains_key("lang") => Some(self.language.clone()),
            name => {
                let at = self.manifest.fields.keys().position(|field| field == name)?;
                self.values.get(at).cloned()
            }
        }
    }
}

/// A value that a template can name as it is, without working with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// By its position among the manifest's fields.
    Field(usize),
    LabelIndex,
    LabelCount,
    LabelWidth,
    LabelHeight,
    LabelDpmm,
    OrderName,
}

impl Source {
    /// The value that an expression of the template language names; `None` where it does something else.
    pub fn named(expression: &str, manifest: &Manifest) -> Option<Self> {
        match expression {
            "label.index" => Some(Self::LabelIndex),
            "label.count" => Some(Self::LabelCount),
            "label.width" => Some(Self::LabelWidth),
            "label.height" => Some(Self::LabelHeight),
            "label.dpmm" => Some(Self::LabelDpmm),
            "mo.name" => Some(Self::OrderName),
            name => manifest.fields.keys().position(|field| field == name).map(Self::Field),
        }
    }
}

/// `label.index` and `label.count`, its size in the unit of the template, and the dots per mm it is drawn for.
#[derive(Debug)]
struct Label {
    index: i64,
    count: i64,
    width: Value,
    height: Value,
    dpmm: u32,
}

impl Object for Label {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        match key.as_str()? {
            "index" => Some(Value::from(self.index)),
            "count" => Some(Value::from(self.count)),
            "width" => Some(self.width.clone()),
            "height" => Some(self.height.clone()),
            "dpmm" => Some(Value::from(self.dpmm)),
            _ => None,
        }
    }
}

/// `mo.name`; empty where a job belongs to no order.
#[derive(Debug)]
struct ManufacturingOrder {
    name: String,
}

impl Object for ManufacturingOrder {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        (key.as_str()? == "name").then(|| Value::from(self.name.as_str()))
    }
}
