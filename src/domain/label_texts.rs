//! What stands on the labels of a job, as text in chunks: parsed, a long job would take twenty times as much room.

use super::Fields;
use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};
use std::fmt;

/// Labels a chunk holds: small enough to parse at once, large enough to be few.
pub const LABELS_PER_CHUNK: usize = 500;

/// The values of the labels of a job, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LabelTexts {
    chunks: Vec<LabelChunk>,
}

/// Up to `LABELS_PER_CHUNK` consecutive labels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelChunk {
    pub labels: usize,
    /// A JSON array with an object of values per label.
    pub json: String,
}

impl LabelTexts {
    /// Appends a label.
    pub fn push(&mut self, fields: &Fields) -> Result<(), serde_json::Error> {
        let text = serde_json::to_string(fields)?;
        self.push_text(&text);
        Ok(())
    }

    fn push_text(&mut self, text: &str) {
        match self.chunks.last_mut().filter(|chunk| chunk.labels < LABELS_PER_CHUNK) {
            Some(chunk) => {
                chunk.json.pop();
                chunk.json.extend([",", text, "]"]);
                chunk.labels += 1;
                if chunk.labels == LABELS_PER_CHUNK {
                    chunk.json.shrink_to_fit();
                }
            }
            None => self.chunks.push(LabelChunk { labels: 1, json: format!("[{text}]") }),
        }
    }

    /// Number of labels.
    pub fn len(&self) -> usize {
        self.chunks.iter().map(|chunk| chunk.labels).sum()
    }

    /// True for a job that gave a quantity and no values.
    pub fn is_empty(&self) -> bool {
        self.chunks.is_empty()
    }

    /// The chunks, in order.
    pub fn chunks(&self) -> &[LabelChunk] {
        &self.chunks
    }

    /// Each label so many times, one behind the other.
    pub fn repeated(self, copies: usize) -> Result<Self, serde_json::Error> {
        if copies == 1 {
            return Ok(self);
        }
        let mut repeated = Self::default();
        for chunk in &self.chunks {
            for fields in chunk.fields()? {
                let text = serde_json::to_string(&fields)?;
                (0..copies).for_each(|_| repeated.push_text(&text));
            }
        }
        Ok(repeated)
    }
}

impl LabelChunk {
    /// The values, label by label.
    pub fn fields(&self) -> Result<Vec<Fields>, serde_json::Error> {
        serde_json::from_str(&self.json)
    }
}

/// Label by label: no more than one of them is held parsed.
impl<'de> Deserialize<'de> for LabelTexts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Labels;

        impl<'de> Visitor<'de> for Labels {
            type Value = LabelTexts;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an array of objects")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut labels: A) -> Result<LabelTexts, A::Error> {
                let mut texts = LabelTexts::default();
                while let Some(fields) = labels.next_element::<Fields>()? {
                    texts.push(&fields).map_err(A::Error::custom)?;
                }
                Ok(texts)
            }
        }

        deserializer.deserialize_seq(Labels)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn labels_come_back_in_order_whatever_the_chunks() {
        let labels: Vec<_> = (0..1_203).map(|index| json!({"serial": index})).collect();
        let texts: LabelTexts = serde_json::from_value(json!(labels)).unwrap();
        let sizes: Vec<_> = texts.chunks().iter().map(|chunk| chunk.labels).collect();
        assert_eq!((texts.len(), sizes), (1_203, vec![500, 500, 203]));
        let back: Vec<_> = texts.chunks().iter().flat_map(|chunk| chunk.fields().unwrap()).collect();
        assert_eq!(json!(back), json!(labels));
        assert_eq!(texts.repeated(2).unwrap().len(), 2_406);
    }
}
