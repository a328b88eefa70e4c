//! Marks in a label's ZPL that say from which line and which fields of the template it came.
//!
//! A mark is a comment of ZPL (`^FX`) before a command. The lint puts marks into a template of its own making, renders
//! that, and reads them back; what is printed never has one. So a branch or a loop is traced as it was taken.

use super::element::Origin;
use crate::render::manifest::Manifest;
use crate::render::segments::{self, Segment, SegmentKind};
use std::collections::BTreeMap;

const MARK: &str = "platen ";

/// What a comment says, if it is a mark.
pub(super) fn origin(comment: &str) -> Option<Origin> {
    let mut words = comment.strip_prefix(MARK)?.split_whitespace();
    let line = words.next()?.parse().ok()?;
    Some(Origin { line, names: words.map(str::to_owned).collect() })
}

/// The template's source with a mark before each command that begins or describes a field.
pub(super) fn traced(source: &str, manifest: &Manifest) -> Option<String> {
    let segments = segments::cut(source).ok()?;
    let mut names = Names { manifest, aliases: BTreeMap::new() };
    let mut text = String::with_capacity(source.len() * 2);
    for (number, segment) in segments.iter().enumerate() {
        let end = segment.offset + length(segment);
        let SegmentKind::Literal(literal) = segment.kind else {
            if let SegmentKind::Statement { source, .. } = segment.kind {
                names.learn(source);
            }
            text.push_str(source.get(segment.offset..end)?);
            continue;
        };
        let mut pieces = literal.split('^');
        text.push_str(pieces.next().unwrap_or(""));
        let mut at = segment.offset + literal.find('^').unwrap_or(0);
        for piece in pieces {
            let code = piece.get(..2).unwrap_or("").to_ascii_uppercase();
            if !matches!(code.as_str(), "XA" | "XZ" | "FS" | "FX" | "") {
                let line = 1 + source.as_bytes().iter().take(at).filter(|byte| **byte == b'\n').count();
                let is_last = at + 1 + piece.len() == end;
                let fields = match code.as_str() {
                    "FD" | "FV" if is_last => names.in_data(&segments[number + 1..]),
                    _ => Vec::new(),
                };
                text.push_str(&format!("^FX{MARK}{line} {}", fields.join(" ")));
            }
            text.push('^');
            text.push_str(piece);
            at += 1 + piece.len();
        }
    }
    Some(text)
}

fn length(segment: &Segment<'_>) -> usize {
    match segment.kind {
        SegmentKind::Literal(text) | SegmentKind::Comment(text) => text.len(),
        SegmentKind::Value { opening, expression, closing } => {
            opening.len() + expression.len() + closing.len()
        }
        SegmentKind::Statement { source, .. } => source.len(),
    }
}

/// The fields behind the names of a template.
struct Names<'m> {
    manifest: &'m Manifest,
    /// What `set` and `for` named, and the fields it was made of.
    aliases: BTreeMap<String, Vec<String>>,
}

impl Names<'_> {
    /// The fields of all values up to the end of the field's data.
    fn in_data(&self, behind: &[Segment<'_>]) -> Vec<String> {
        let mut found = Vec::new();
        for segment in behind {
            match segment.kind {
                SegmentKind::Literal(text) if text.contains('^') => break,
                SegmentKind::Value { expression, .. } => self.collect(expression, &mut found),
                _ => {}
            }
        }
        found
    }

    /// Remembers what `{% set name = … %}` and `{% for name in … %}` stand for.
    fn learn(&mut self, statement: &str) {
        let words = statement.trim_start_matches(['{', '%', '-', '+']).trim_start();
        let (separator, rest) = match (words.strip_prefix("set "), words.strip_prefix("for ")) {
            (Some(rest), _) => ("=", rest),
            (_, Some(rest)) => (" in ", rest),
            _ => return,
        };
        if let Some((name, expression)) = rest.split_once(separator) {
            let mut fields = self.aliases.get(name.trim()).cloned().unwrap_or_default();
            self.collect(expression, &mut fields);
            self.aliases.insert(name.trim().to_owned(), fields);
        }
    }

    fn collect(&self, expression: &str, found: &mut Vec<String>) {
        let mut add = |name: &str| {
            if !found.iter().any(|known| known == name) {
                found.push(name.to_owned());
            }
        };
        // Text in quotes has no names; a quote within the other kind of quotes is rare enough to be taken for one.
        for (at, part) in expression.split(['"', '\'']).enumerate() {
            if at % 2 == 1 {
                continue;
            }
            for word in part.split(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '_' | '.')) {
                if let Some(fields) = self.aliases.get(word) {
                    fields.iter().for_each(|field| add(field));
                } else if word == "mo.name" || self.manifest.fields.contains_key(word) {
                    add(word);
                }
            }
        }
    }
}
