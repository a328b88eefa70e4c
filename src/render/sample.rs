//! A job's content as a file: what `sample.json` holds and what `platen render --data` takes.

use crate::domain::{Fields, LabelContent, LabelIndex};
use serde::Deserialize;

/// A job holds 1 to this many labels.
pub const MAX_LABELS: LabelIndex = 100_000;

/// Without any of these it is the fields of one label.
const OF_A_JOB: [&str; 6] = ["mo", "data", "labels", "quantity", "uuid", "template"];

/// The part of a job that templates see. Everything else a job may hold is ignored, so that a job as it was
/// submitted can be rendered.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
pub struct Sample {
    #[serde(default)]
    mo: Option<NamedOrder>,
    #[serde(default)]
    data: Fields,
    #[serde(default)]
    labels: Vec<Fields>,
    #[serde(default)]
    quantity: Option<LabelIndex>,
    #[serde(skip)]
    no_fields: Fields,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
struct NamedOrder {
    name: String,
}

impl Sample {
    /// Reads a job; the error says where it is wrong and what to do.
    pub fn parse(json: &str) -> Result<Self, String> {
        if !json.trim_start().starts_with('{') {
            return Err("it is not a JSON object; look at the sample.json of a template".to_owned());
        }
        let not_a_job = |error| format!("it is not a job ({error}); look at the sample.json of a template");
        let sample: Self = serde_json::from_str(json).map_err(not_a_job)?;
        let fields: Fields = serde_json::from_str(json).map_err(not_a_job)?;
        if !OF_A_JOB.iter().any(|name| fields.contains_key(*name)) {
            return Ok(Self { labels: vec![fields], ..sample });
        }
        match (sample.quantity, sample.labels.len()) {
            (Some(quantity), 0) if !(1..=MAX_LABELS).contains(&quantity) => {
                Err(format!("quantity is {quantity}; a job holds 1 to {MAX_LABELS} labels"))
            }
            (Some(_), given) if given > 0 => {
                Err("it has labels and quantity; leave one of them out".to_owned())
            }
            (_, given) if given as LabelIndex > MAX_LABELS => {
                Err(format!("it has {given} labels; a job holds 1 to {MAX_LABELS}"))
            }
            _ => Ok(sample),
        }
    }

    /// Number of labels; one where neither labels nor quantity are given.
    pub fn count(&self) -> LabelIndex {
        if self.labels.is_empty() { self.quantity.unwrap_or(1) } else { self.labels.len() as LabelIndex }
    }

    /// What stands on label `index`, from 1, if the job has it.
    pub fn label(&self, index: LabelIndex) -> Option<LabelContent<'_>> {
        if !(1..=self.count()).contains(&index) {
            return None;
        }
        let fields =
            usize::try_from(index - 1).ok().and_then(|at| self.labels.get(at)).unwrap_or(&self.no_fields);
        let mo_name = self.mo.as_ref().map(|mo| mo.name.as_str());
        Some(LabelContent { data: &self.data, fields, mo_name, index, count: self.count() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_and_quantities_are_counted() {
        let sample = Sample::parse(r#"{"uuid":"x","labels":[{"serial":"A"},{"serial":"B"}]}"#).unwrap();
        assert_eq!(sample.count(), 2);
        assert_eq!(sample.label(2).unwrap().fields["serial"], "B");
        assert!(sample.label(3).is_none() && sample.label(0).is_none());
        let sample = Sample::parse(r#"{"quantity":100000,"mo":{"id":1,"name":"WH/1"}}"#).unwrap();
        assert_eq!(sample.label(100_000).unwrap().mo_name, Some("WH/1"));
        assert!(Sample::parse(r#"{"quantity":100001}"#).unwrap_err().contains("100000"));
        assert!(Sample::parse(r#"{"quantity":0}"#).is_err());
        assert!(Sample::parse(r#"{"quantity":2,"labels":[{}]}"#).is_err());
        assert!(Sample::parse("[]").is_err());
        let flat = Sample::parse(r#"{"serial":"A","lot":"B"}"#).unwrap();
        assert_eq!((flat.count(), &flat.label(1).unwrap().fields["lot"]), (1, &"B".into()));
    }
}
