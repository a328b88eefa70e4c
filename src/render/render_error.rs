//! Why a label cannot be made.

use super::escape::MAX_FIELD_DATA_BYTES;
use super::manifest::Resolutions;
use super::template::MAX_LABEL_BYTES;
use crate::domain::LabelIndex;

/// Why a label cannot be printed: the field, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}; {action}")]
pub struct FieldError {
    /// The field as the template names it.
    pub field: String,
    /// The label it was sent for; `None` where the value is shared by all labels of the job.
    pub label_index: Option<LabelIndex>,
    /// What is wrong, a clause which names field and label.
    pub message: String,
    /// What to do, a clause.
    pub action: String,
}

/// Why there is no ZPL for a label.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RenderError {
    #[error(transparent)]
    Field(#[from] FieldError),
    /// The template itself fails with these values.
    #[error("the template {template} failed at line {line} of {file}: {message}; mend the template")]
    Template { template: String, file: String, line: usize, message: String },
    #[error(
        "the template {template} is drawn for {drawn_for} dots per mm and not for {dpmm}; choose another"
    )]
    Resolution { template: String, dpmm: u32, drawn_for: Resolutions },
    /// Each value fits, and together they do not.
    #[error(
        "the data of one field, which begins with `{beginning}`, comes to more than {MAX_FIELD_DATA_BYTES} bytes, and a printer takes no more; send shorter values, or give each a field of its own"
    )]
    FieldTooLong { beginning: String },
    #[error("the label is longer than {MAX_LABEL_BYTES} bytes; make the template's graphics smaller")]
    TooLong,
}
