//! The wire form of a job becomes a checked one; parsing is the validation.

use super::body_digest::body_digest;
use crate::domain::{Code, Fields, JobType, LabelTexts, ManufacturingOrder, UnconfirmedPolicy};
use crate::refusal::Refusal;
use crate::render::ready_zpl;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

/// Labels a job may hold.
pub const MAX_LABELS: i64 = 100_000;
const MAX_TEXT_CHARACTERS: usize = 200;
const DEFAULT_PRIORITY: i64 = 5;

/// A job as it is submitted.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JobRequest {
    /// The caller's own key: sending it again never prints again.
    #[schema(value_type = Option<String>)]
    pub uuid: Option<Uuid>,
    /// Name of a template; or `zpl`.
    pub template: Option<String>,
    /// Ready ZPL, split into its formats.
    pub zpl: Option<String>,
    /// Name of a printer; or `pool`.
    pub printer: Option<String>,
    /// A pool: of the printers that the template fits by resolution and label size, one that is well, with the shortest
    /// queue.
    pub pool: Option<String>,
    #[schema(value_type = Option<String>, example = "mo_split")]
    pub job_type: Option<JobType>,
    /// 0 to 9, higher first; 5 where absent.
    pub priority: Option<i64>,
    pub submitted_by: Option<String>,
    #[schema(value_type = Option<Object>)]
    pub mo: Option<ManufacturingOrder>,
    /// Values shared by all labels.
    #[schema(value_type = Object)]
    #[serde(default)]
    pub data: Fields,
    /// One object of values per label; or `quantity`.
    #[schema(value_type = Option<Vec<Object>>)]
    pub labels: Option<LabelTexts>,
    /// Number of labels, told apart by `label.index` and `label.count`.
    pub quantity: Option<i64>,
    /// Each label so many times, 1 to 100 000.
    pub copies: Option<i64>,
    /// A job that has not begun by then asks before it prints.
    #[schema(value_type = Option<String>)]
    pub expires_at: Option<Timestamp>,
    /// What becomes of a label in doubt: `ask`, `reprint` (marked as a possible duplicate) or `skip`. The printer's own
    /// where absent.
    #[schema(value_type = Option<String>, example = "ask")]
    pub unconfirmed_policy: Option<UnconfirmedPolicy>,
}

/// What is to be printed.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    Template { name: String, quantity: i64, labels: LabelTexts },
    ReadyZpl { labels: LabelTexts },
}

impl Content {
    /// Labels on paper.
    pub fn quantity(&self) -> i64 {
        match self {
            Self::Template { quantity, .. } => *quantity,
            Self::ReadyZpl { labels } => labels.len() as i64,
        }
    }
}

/// Where it is to be printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    Printer(String),
    Pool(String),
}

/// A checked submission: nothing in it contradicts itself.
#[derive(Debug, Clone)]
pub struct Submission {
    pub uuid: Option<Uuid>,
    pub body_digest: String,
    pub content: Content,
    /// What was changed in ready ZPL, one sentence each.
    pub notes: Vec<String>,
    pub destination: Destination,
    pub job_type: JobType,
    pub priority: i64,
    pub submitted_by: Option<String>,
    pub mo: Option<ManufacturingOrder>,
    pub data: Fields,
    pub expires_at: Option<Timestamp>,
    pub unconfirmed_policy: Option<UnconfirmedPolicy>,
}

impl Submission {
    /// Parses a body. The refusal names what is wrong and where.
    pub fn parse(body: &[u8]) -> Result<Self, Refusal> {
        let body_digest = body_digest(body)?;
        let mut text = serde_json::Deserializer::from_slice(body);
        let request: JobRequest = serde_path_to_error::deserialize(&mut text).map_err(|error| {
            let detail = format!("The body is not a job: `{}`: {}.", error.path(), error.inner());
            Refusal::new(Code::MalformedBody, detail)
        })?;
        Self::check(request, body_digest)
    }

    fn check(request: JobRequest, body_digest: String) -> Result<Self, Refusal> {
        let destination = match (request.printer, request.pool) {
            (Some(printer), None) => Destination::Printer(printer),
            (None, Some(pool)) => Destination::Pool(pool),
            (None, None) => return Err(field("printer", "is missing", "Name a printer, or a pool.")),
            (Some(_), Some(_)) => {
                return Err(field("printer", "and `pool` are both given", "Leave one of them out."));
            }
        };
        let priority = request.priority.unwrap_or(DEFAULT_PRIORITY);
        if !(0..=9).contains(&priority) {
            return Err(field("priority", &format!("is {priority}"), "Give 0 to 9; higher goes first."));
        }
        for (name, text) in [
            ("submitted_by", request.submitted_by.as_deref()),
            ("mo.name", request.mo.as_ref().map(|mo| mo.name.as_str())),
        ] {
            if text.is_some_and(|text| text.chars().count() > MAX_TEXT_CHARACTERS) {
                let wrong = format!("is longer than {MAX_TEXT_CHARACTERS} characters");
                return Err(field(name, &wrong, "Shorten it."));
            }
            // One of the databases could not keep it.
            if text.is_some_and(|text| text.contains('\0')) {
                return Err(field(name, "holds the character U+0000", "Remove it."));
            }
        }
        let copies = request.copies.unwrap_or(1);
        let (content, notes) = match (request.template, request.zpl) {
            (Some(name), None) => {
                (template_content(name, request.labels, request.quantity, copies)?, Vec::new())
            }
            (None, Some(zpl)) => ready_content(&zpl, copies)?,
            (None, None) => return Err(field("template", "is missing", "Name a template, or send `zpl`.")),
            (Some(_), Some(_)) => {
                return Err(field("template", "and `zpl` are both given", "Leave one of them out."));
            }
        };
        Ok(Self {
            uuid: request.uuid,
            body_digest,
            content,
            notes,
            destination,
            job_type: request.job_type.unwrap_or(JobType::Manual),
            priority,
            submitted_by: request.submitted_by,
            mo: request.mo,
            data: request.data,
            expires_at: request.expires_at,
            unconfirmed_policy: request.unconfirmed_policy,
        })
    }
}

fn template_content(
    name: String,
    labels: Option<LabelTexts>,
    quantity: Option<i64>,
    copies: i64,
) -> Result<Content, Refusal> {
    let distinct = match (&labels, quantity) {
        (Some(labels), None) => labels.len() as i64,
        (None, Some(quantity)) => quantity,
        (None, None) => return Err(field("labels", "is missing", "Send `labels`, or a `quantity`.")),
        (Some(_), Some(_)) => {
            return Err(field("labels", "and `quantity` are both given", "Leave one of them out."));
        }
    };
    let quantity = multiplied(distinct, copies)?;
    let labels = labels.unwrap_or_default();
    Ok(Content::Template { name, quantity, labels: repeated(labels, copies)? })
}

fn ready_content(zpl: &str, copies: i64) -> Result<(Content, Vec<String>), Refusal> {
    let refused = |error| Refusal::new(Code::InvalidZpl, format!("The ZPL is refused: {error}."));
    let mut ready = ready_zpl::parse(zpl).map_err(refused)?;
    let notes = std::mem::take(&mut ready.notes);
    let formats = ready.labels().map_err(refused)?;
    multiplied(formats.len() as i64, copies)?;
    let mut labels = LabelTexts::default();
    for format in formats {
        labels.push(&Fields::from_iter([("zpl".to_owned(), Value::String(format))])).map_err(unwritable)?;
    }
    Ok((Content::ReadyZpl { labels: repeated(labels, copies)? }, notes))
}

/// The number of labels, before anything of that size is made.
fn multiplied(distinct: i64, copies: i64) -> Result<i64, Refusal> {
    let quantity = distinct.checked_mul(copies).filter(|quantity| (1..=MAX_LABELS).contains(quantity));
    match quantity {
        Some(quantity) if copies >= 1 => Ok(quantity),
        _ => {
            let is_less_than_one = distinct < 1 || copies < 1;
            let several_jobs = Code::TooManyLabels.action();
            Err(Refusal::with_action(
                Code::TooManyLabels,
                format!(
                    "The job asks for {distinct} labels, {copies} times each; a job holds 1 to {MAX_LABELS}."
                ),
                if is_less_than_one { "Ask for one label or more." } else { several_jobs },
            ))
        }
    }
}

fn repeated(labels: LabelTexts, copies: i64) -> Result<LabelTexts, Refusal> {
    labels.repeated(usize::try_from(copies).unwrap_or(1)).map_err(unwritable)
}

/// What was parsed can be written again.
fn unwritable(_: serde_json::Error) -> Refusal {
    Refusal::new(Code::InternalError, "The labels could not be kept.")
}

pub(super) fn field(name: &str, wrong: &str, action: &str) -> Refusal {
    Refusal::with_action(Code::InvalidField, format!("`{name}` {wrong}."), action)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn parse(body: &Value) -> Result<Submission, Refusal> {
        Submission::parse(body.to_string().as_bytes())
    }

    #[test]
    fn a_number_of_labels_beyond_the_limit_is_refused_before_it_costs_anything() {
        let (fewer, more) = ("Send the labels in several jobs.", "Ask for one label or more.");
        for (quantity, copies, action) in
            [(100_001, 1, fewer), (0, 1, more), (1_000, i64::MAX, fewer), (5, 0, more), (-5, -5, more)]
        {
            let refusal =
                parse(&json!({"template": "a", "printer": "p", "quantity": quantity, "copies": copies}))
                    .unwrap_err();
            assert_eq!(refusal.code, Code::TooManyLabels, "{quantity} × {copies}");
            assert_eq!(refusal.action, action, "{quantity} × {copies}");
        }
    }

    #[test]
    fn a_mistyped_name_is_refused_instead_of_ignored() {
        let refusal = parse(&json!({"template": "a", "printer": "p", "quantitiy": 5})).unwrap_err();
        assert_eq!(refusal.code, Code::MalformedBody);
        assert!(refusal.detail.contains("quantitiy"), "{}", refusal.detail);
    }

    #[test]
    fn copies_repeat_each_label_in_place() {
        let submission = parse(&json!({"template": "a", "printer": "p", "copies": 2,
            "labels": [{"serial": "1"}, {"serial": "2"}]}))
        .unwrap();
        let Content::Template { quantity, labels, .. } = submission.content else { panic!("a template") };
        let labels = labels.chunks()[0].fields().unwrap();
        let serials: Vec<_> = labels.iter().map(|label| label["serial"].clone()).collect();
        assert_eq!((quantity, serials), (4, vec![json!("1"), json!("1"), json!("2"), json!("2")]));
    }
}
