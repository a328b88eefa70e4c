//! A template without logic, as what it comes to: literal ZPL and places for values.
//!
//! The template language makes the same of it, and its word counts (tests/templates/both_ways.rs holds the two against
//! each other); this form is what a job's values can be pressed into ([`super::pressed`]).

use super::escape::Context;
use super::language::Site;
use super::manifest::Manifest;
use super::row::Source;
use super::segments::{self, SegmentKind};
use super::verbatim::Verbatim;

/// More would come near the bound on a label's work, which the template language counts.
const MAX_VALUES: usize = 1000;

/// Literals and values in the order of the label.
#[derive(Debug)]
pub(super) struct Straight {
    pub parts: Vec<Part>,
}

#[derive(Debug)]
pub(super) enum Part {
    Literal(String),
    Value(Place),
}

/// Where a value stands, and which.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub source: Source,
    pub context: Context,
    pub verbatim: Verbatim,
}

impl Straight {
    /// Of a template's text as it is compiled, with its sites in their order. `None` where the template has a
    /// statement, a filter or an expression.
    pub fn of(text: &str, sites: &[Site], manifest: &Manifest) -> Option<Self> {
        // The template language leaves out one line break at the end.
        let text = text.strip_suffix('\n').unwrap_or(text);
        let text = text.strip_suffix('\r').unwrap_or(text);
        let mut sites = sites.iter();
        let mut parts = Vec::new();
        let mut trims_next = false;
        for segment in segments::cut(text).ok()? {
            let (opens_with_minus, closes_with_minus) = match segment.kind {
                SegmentKind::Literal(literal) => {
                    let literal = if trims_next { literal.trim_start() } else { literal };
                    trims_next = false;
                    parts.push(Part::Literal(literal.to_owned()));
                    continue;
                }
                SegmentKind::Statement { .. } => return None,
                SegmentKind::Comment(comment) if comment.len() < "{#--#}".len() => return None,
                SegmentKind::Comment(comment) => (comment.starts_with("{#-"), comment.ends_with("-#}")),
                SegmentKind::Value { opening, closing, .. } => {
                    (opening.ends_with('-'), closing.starts_with('-'))
                }
            };
            if let Some(Part::Literal(before)) = parts.last_mut().filter(|_| opens_with_minus) {
                before.truncate(before.trim_end().len());
            }
            if matches!(segment.kind, SegmentKind::Value { .. }) {
                let site = sites.next()?;
                let source = Source::named(&site.expression, manifest)?;
                let verbatim = Verbatim::at(site.context, &manifest.fonts);
                parts.push(Part::Value(Place { source, context: site.context, verbatim }));
            }
            trims_next = closes_with_minus;
        }
        let values = parts.iter().filter(|part| matches!(part, Part::Value(_))).count();
        (values <= MAX_VALUES).then_some(Self { parts })
    }
}
