//! GS1 element strings: application identifiers and their values, checked as the "GS1 General Specifications" ask.

use super::gs1_identifiers::{format_of, identifier_of, is_of_82, is_predefined, names};
use super::linear::{check_digit, wrong_check_digit};
use super::{is_digits, named};
use crate::render::escape::Unprintable;
use std::fmt;

/// One element, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    pub identifier: String,
    pub value: String,
    /// FNC1 must follow it where another element does.
    pub needs_separator: bool,
}

/// Elements in the order in which they are encoded: first those that need no separator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ElementString {
    elements: Vec<Element>,
}

/// What a bar code encodes behind its first FNC1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece {
    Character(char),
    /// FNC1 between two elements.
    Separator,
}

/// In a template: one opaque value, which prints as people read it.
impl minijinja::value::Object for ElementString {
    fn repr(self: &std::sync::Arc<Self>) -> minijinja::value::ObjectRepr {
        minijinja::value::ObjectRepr::Plain
    }

    fn render(self: &std::sync::Arc<Self>, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&**self, formatter)
    }
}

impl ElementString {
    /// Reads `(01)09521234543213(10)ABC`.
    pub fn parse(text: &str) -> Result<Self, Unprintable> {
        let action = "write it like (01)09521234543213(10)ABC";
        let refusal = |message: &str| Unprintable::new(message, action);
        let Some(rest) = text.trim().strip_prefix('(') else {
            return Err(refusal("GS1 data begins with an identifier in brackets"));
        };
        let mut elements = Vec::new();
        // A bracket in a value is one only if no known identifier follows it.
        let mut rest = rest;
        loop {
            let Some((identifier, behind)) = rest.split_once(')') else {
                return Err(refusal("a bracket of the GS1 data is not closed"));
            };
            let end = next_identifier(behind).unwrap_or(behind.len());
            elements.push(element(identifier, &behind[..end])?);
            match behind.get(end + 1..) {
                Some(more) if end < behind.len() => rest = more,
                _ => break,
            }
        }
        Self::checked(elements)
    }

    /// From the names and values of `gs1(…)`; those without a value are left out.
    pub fn from_named<'v>(pairs: impl Iterator<Item = (&'v str, String)>) -> Result<Self, Unprintable> {
        let mut elements = Vec::new();
        for (name, value) in pairs {
            let identifier = identifier_of(name).ok_or_else(|| {
                let action = format!("use {}, or ai_ and the identifier", names());
                Unprintable::new(format!("gs1 knows no `{name}`"), action)
            })?;
            if !value.trim().is_empty() {
                let value = suited(name, identifier, value.trim())?;
                elements.push(element(identifier, &value)?);
            }
        }
        if elements.is_empty() {
            return Err(Unprintable::new(
                "none of the GS1 elements has a value",
                "send at least one of them",
            ));
        }
        Self::checked(elements)
    }

    fn checked(mut elements: Vec<Element>) -> Result<Self, Unprintable> {
        elements.sort_by_key(|element| element.needs_separator);
        let has = |identifier: &str| elements.iter().any(|element| element.identifier == identifier);
        for (number, element) in elements.iter().enumerate() {
            if elements[..number].iter().any(|earlier| earlier.identifier == element.identifier) {
                let message = format!("the GS1 element ({}) is there twice", element.identifier);
                return Err(Unprintable::new(message, "keep one of them"));
            }
        }
        for (one, other, is_wrong) in
            [("02", "37", has("02") != has("37")), ("01", "02", has("01") && has("02"))]
        {
            if is_wrong {
                let message = match one {
                    "02" => {
                        "the GS1 elements (02) and (37) go together, and one of them is missing".to_owned()
                    }
                    _ => format!("the GS1 elements ({one}) and ({other}) exclude each other"),
                };
                return Err(Unprintable::new(message, "look at the elements of the bar code"));
            }
        }
        Ok(Self { elements })
    }

    pub fn elements(&self) -> &[Element] {
        &self.elements
    }

    /// Identifiers and values in a row, with a separator where one is needed.
    pub(super) fn pieces(&self) -> Vec<Piece> {
        let mut pieces = Vec::new();
        for (number, element) in self.elements.iter().enumerate() {
            if number > 0 && self.elements[number - 1].needs_separator {
                pieces.push(Piece::Separator);
            }
            pieces.extend(element.identifier.chars().chain(element.value.chars()).map(Piece::Character));
        }
        pieces
    }
}

/// As people read it: `(01)09521234543213(10)ABC`.
impl fmt::Display for ElementString {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.elements
            .iter()
            .try_for_each(|element| write!(formatter, "({}){}", element.identifier, element.value))
    }
}

/// Where in a value the bracket of the next element opens.
fn next_identifier(text: &str) -> Option<usize> {
    text.match_indices('(').map(|(at, _)| at).find(|at| {
        text[at + 1..].split_once(')').is_some_and(|(identifier, _)| format_of(identifier).is_some())
    })
}

fn element(identifier: &str, value: &str) -> Result<Element, Unprintable> {
    let format = format_of(identifier).ok_or_else(|| {
        let shown: String = identifier.chars().take(10).collect();
        Unprintable::new(
            format!("({shown}) is no GS1 application identifier"),
            "look for a digit typed wrongly",
        )
    })?;
    matches(value, format).map_err(|Mismatch { problem, .. }| Unprintable {
        message: format!("the GS1 element ({identifier}): {}", problem.message),
        action: problem.action,
    })?;
    Ok(Element {
        identifier: identifier.to_owned(),
        value: value.to_owned(),
        needs_separator: !is_predefined(identifier),
    })
}

/// What templates send as people write it, in the form of the element.
fn suited(name: &str, identifier: &str, value: &str) -> Result<String, Unprintable> {
    match identifier {
        "01" | "02" if is_digits(value) && matches!(value.len(), 8 | 12 | 13) => Ok(format!("{value:0>14}")),
        "11" | "12" | "13" | "15" | "16" | "17" => Ok(short_date(value).unwrap_or_else(|| value.to_owned())),
        _ if name.ends_with("_kg") => value
            .parse::<f64>()
            .ok()
            .filter(|kilograms| (0.0..1000.0).contains(kilograms))
            .map(|kilograms| format!("{:06}", (kilograms * 1000.0).round() as i64))
            .ok_or_else(|| Unprintable::new("is no weight below 1000 kg", "send a number of kilograms")),
        _ => Ok(value.to_owned()),
    }
}

/// `2026-01-31`, also with a time behind it, as YYMMDD.
fn short_date(value: &str) -> Option<String> {
    let date: jiff::civil::Date = value.get(..10)?.parse().ok()?;
    Some(date.strftime("%y%m%d").to_string())
}

/// Why a value is not what its identifier asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::render) struct Mismatch {
    pub part: Part,
    pub problem: Unprintable,
}

/// What of a value is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::render) enum Part {
    Characters,
    Length,
    CheckDigit,
}

impl Mismatch {
    fn new(part: Part, message: impl Into<String>, action: &str) -> Self {
        Self { part, problem: Unprintable::new(message, action) }
    }
}

/// Reads a value part by part.
pub(in crate::render) fn matches(value: &str, format: &str) -> Result<(), Mismatch> {
    if let Some(character) = value.chars().find(|character| !is_of_82(*character)) {
        return Err(Mismatch::new(
            Part::Characters,
            format!("GS1 data cannot carry {}", named(character)),
            "use letters without accents, digits and the signs ! \" % & ' ( ) * + , - . / : ; < = > ? _",
        ));
    }
    let mut rest = value;
    for part in format.split(' ') {
        let may_be_absent = part.ends_with('?');
        if rest.is_empty() && may_be_absent {
            continue;
        }
        rest = take(rest, part.trim_end_matches('?'))?;
    }
    if rest.is_empty() {
        return Ok(());
    }
    let kept = value.len() - rest.len();
    let message = format!("it has {} characters and may have {kept}", value.len());
    Err(Mismatch::new(Part::Length, message, "shorten it"))
}

/// Takes one part off the beginning of `text`.
fn take<'t>(text: &'t str, part: &str) -> Result<&'t str, Mismatch> {
    if part == "D" {
        let (date, rest) = text.split_at_checked(6).unwrap_or(("", text));
        return if is_short_date(date) {
            Ok(rest)
        } else {
            let part = if date.is_empty() { Part::Length } else { Part::Characters };
            Err(Mismatch::new(part, "it is no date of the form YYMMDD", "send a date like 2026-01-31"))
        };
    }
    let has_check = part.ends_with('c');
    let (kind, length) = part.trim_end_matches('c').split_at(1);
    let length: usize = length.parse().unwrap_or(0);
    let is_of_kind = |character: char| kind.eq_ignore_ascii_case("x") || character.is_ascii_digit();
    let found = text.chars().take(length).take_while(|c| is_of_kind(*c)).count();
    let is_fixed = kind.chars().all(char::is_uppercase);
    if found == 0 || (found < length && (is_fixed || found < text.len())) {
        let what = if kind.eq_ignore_ascii_case("x") { "characters" } else { "digits" };
        let up_to = if is_fixed { "" } else { "up to " };
        let wrong = if found < text.chars().count().min(length) { Part::Characters } else { Part::Length };
        return Err(Mismatch::new(
            wrong,
            format!("`{text}` does not have the {up_to}{length} {what} it needs"),
            "look for a digit typed wrongly",
        ));
    }
    let (taken, rest) = text.split_at(found);
    if has_check {
        let (body, check) = taken.split_at(found - 1);
        let expected = check_digit(body);
        if let Some(check) = check.chars().next().filter(|check| *check != expected) {
            return Err(Mismatch { part: Part::CheckDigit, problem: wrong_check_digit(check, expected) });
        }
    }
    Ok(rest)
}

/// The day 00 stands for the last of the month.
fn is_short_date(text: &str) -> bool {
    if text.len() != 6 || !is_digits(text) {
        return false;
    }
    let number = |range: std::ops::Range<usize>| text[range].parse::<i8>().unwrap_or(0);
    let (year, month, day) = (number(0..2), number(2..4), number(4..6));
    jiff::civil::Date::new(2000 + i16::from(year), month, day.max(1)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_read_and_put_in_order() {
        let read = ElementString::parse("(10)AB(C(01)09521234543213(17)260131(3103)001250").unwrap();
        assert_eq!(read.to_string(), "(01)09521234543213(17)260131(3103)001250(10)AB(C");
        let named = [
            ("gtin", "9521234543213"),
            ("lot", "X"),
            ("serial", " "),
            ("best_before", "2026-01-31 10:00:00"),
            ("net_weight_kg", "1.25"),
            ("ai_7005", "BED"),
        ];
        let made = ElementString::from_named(named.into_iter().map(|(n, v)| (n, v.to_owned()))).unwrap();
        assert_eq!(made.to_string(), "(01)09521234543213(15)260131(3103)001250(10)X(7005)BED");
    }

    #[test]
    fn what_gs1_forbids_is_refused_with_its_element() {
        for (text, word) in [
            ("0109521234543213", "in brackets"),
            ("(01)09521234543214", "(01): its check digit is 4 and should be 3"),
            ("(01)0952123454321", "14 digits"),
            ("(01)095212345432133", "may have 14"),
            ("(17)261301", "YYMMDD"),
            ("(17)260230", "YYMMDD"),
            ("(10)123456789012345678901", "may have 20"),
            ("(10)a b", "U+0020"),
            ("(10)é", "`é`"),
            ("(10)", "up to 20"),
            ("(9999)1", "no GS1 application identifier"),
            ("(10)A(10)B", "twice"),
            ("(02)09521234543213", "go together"),
            ("(01)09521234543213(02)09521234543213(37)5", "exclude"),
            ("(37)12a", "digits"),
            ("(10", "not closed"),
        ] {
            let refusal = ElementString::parse(text).unwrap_err().to_string();
            assert!(refusal.contains(word), "{text}: {refusal}");
        }
        assert!(ElementString::parse("(17)260200").is_ok() && ElementString::parse("(8008)26013112").is_ok());
        assert!(ElementString::parse("(253)9521234543213").is_ok());
        let unknown = ElementString::from_named([("colour", "1".to_owned())].into_iter()).unwrap_err();
        assert!(unknown.to_string().contains("gtin"), "{unknown}");
        assert!(ElementString::from_named([("lot", String::new())].into_iter()).is_err());
    }
}
