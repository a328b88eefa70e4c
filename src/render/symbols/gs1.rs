//! GS1 element strings: application identifiers and their values, checked as the "GS1 General Specifications" ask.

use super::gs1_identifiers::{exclude_each_other, format_of, identifier_of, is_predefined, names};
use super::gs1_value::{Mismatch, matches};
use super::is_digits;
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
        for (number, element) in elements.iter().enumerate() {
            for earlier in &elements[..number] {
                let (one, other) = (&earlier.identifier, &element.identifier);
                if one == other {
                    let message = format!("the GS1 element ({one}) is there twice");
                    return Err(Unprintable::new(message, "keep one of them"));
                }
                if exclude_each_other(one, other) {
                    let message = format!("the GS1 elements ({one}) and ({other}) exclude each other");
                    return Err(Unprintable::new(message, "look at the elements of the bar code"));
                }
            }
        }
        let has = |identifier: &str| elements.iter().any(|element| element.identifier == identifier);
        if has("37") != (has("02") || has("8026")) {
            return Err(Unprintable::new(
                "the GS1 element (37) goes together with (02) or (8026), and one of the two is missing",
                "look at the elements of the bar code",
            ));
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
            ("(02)09521234543213", "goes together"),
            ("(01)09521234543213(37)5", "(01) and (37) exclude"),
            ("(01)09521234543213(02)09521234543213(37)5", "exclude"),
            ("(3102)000100(3103)001000", "(3102) and (3103) exclude"),
            ("(3944)0100", "no GS1 application identifier"),
            ("(422)276(426)276", "exclude"),
            ("(8006)095212345432130302", "piece"),
            ("(8003)19521234543210", "`0`"),
            ("(8010)Abc", "A to Z"),
            ("(8013)1987654Ad4X4bL5ttr2310cXK", "2K"),
            ("(7003)2601312460", "HHMM"),
            ("(7006)260100", "YYMMDD"),
            ("(425)2764", "3 digits"),
            ("(4330)000520+", "`-`"),
            ("(4321)2", "0 or 1"),
            ("(37)12a", "digits"),
            ("(10", "not closed"),
        ] {
            let refusal = ElementString::parse(text).unwrap_err().to_string();
            assert!(refusal.contains(word), "{text}: {refusal}");
        }
        assert!(ElementString::parse("(17)260200").is_ok() && ElementString::parse("(8008)26013112").is_ok());
        for text in [
            "(253)9521234543213",
            "(8026)095212345432130203(37)7",
            "(8013)1987654Ad4X4bL5ttr2310c2K",
            "(8043)123456789012345678(8040)123456789012345",
            "(425)276040756372208",
            "(7258)1/3",
            "(4330)000520-",
            "(8010)952123-A/B#1",
            "(8030)aB_-9",
            "(7003)2601312359(4324)2601319999(7011)260131",
            "(7251)199901312359",
        ] {
            ElementString::parse(text).unwrap();
        }
        let unknown = ElementString::from_named([("colour", "1".to_owned())].into_iter()).unwrap_err();
        assert!(unknown.to_string().contains("gtin"), "{unknown}");
        assert!(ElementString::from_named([("lot", String::new())].into_iter()).is_err());
    }
}
