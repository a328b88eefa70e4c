//! The data of GS1 bar codes as it stands on a label, read element by element with the rules of the escaper.

use super::finding::FindingCode;
use super::symbol::Fault;
use crate::render::symbols::gs1_identifiers::{format_of, identifier_at, predefined_length};
use crate::render::symbols::gs1_value::{Mismatch, Part, matches};
use crate::render::symbols::linear::check_digit;

/// The separator behind a value of variable length, as it stands in decoded data.
const SEPARATOR: char = '\u{1D}';

/// What is wrong with the data of a GS1 bar code, its leading FNC1 taken off. Brackets and spaces are for people.
pub(super) fn faults(data: &str) -> Vec<Fault> {
    let has_brackets = data.starts_with('(');
    let plain: String = data.chars().filter(|c| *c != ' ').collect();
    let mut rest = plain.as_str();
    let mut found = Vec::new();
    while !rest.is_empty() {
        let inner = if has_brackets { rest.strip_prefix('(').unwrap_or(rest) } else { rest };
        let Some((identifier, format)) =
            identifier_at(inner).and_then(|identifier| Some((identifier, format_of(identifier)?)))
        else {
            let shown: String = inner.chars().take(4).collect();
            let message = format!("has no GS1 application identifier where `{shown}` stands");
            found.push(Fault::new(FindingCode::BarCodeData, message, LOOK_UP));
            return found;
        };
        let behind = &inner[identifier.len()..];
        let behind = if has_brackets { behind.strip_prefix(')').unwrap_or(behind) } else { behind };
        let end =
            behind.find([SEPARATOR, if has_brackets { '(' } else { SEPARATOR }]).unwrap_or(behind.len());
        let taken = match predefined_length(identifier) {
            Some(length) if !has_brackets && length <= end && behind.is_char_boundary(length) => length,
            _ => end,
        };
        let (value, more) = behind.split_at(taken);
        rest = more.strip_prefix(SEPARATOR).unwrap_or(more);
        if let Err(Mismatch { part, problem }) = matches(value, format) {
            let (code, action) = match part {
                Part::Length => (FindingCode::BarCodeLength, SEND_IN_FULL),
                Part::CheckDigit => (FindingCode::CheckDigit, "Look for a digit typed wrongly."),
                Part::Characters => (FindingCode::BarCodeData, LOOK_UP),
            };
            let message = format!("has `{value}` behind ({identifier}): {}", problem.message);
            found.push(Fault::new(code, message, action));
        }
    }
    found
}

const SEND_IN_FULL: &str = "Send the value in full, and FNC1 behind a value of variable length.";
const LOOK_UP: &str = "Look at the element strings of the GS1 General Specifications.";

/// Whether the last digit is the check digit of those before it.
pub(super) fn is_checked(digits: &str) -> bool {
    let mut body = digits.chars();
    let last = body.next_back();
    digits.bytes().all(|byte| byte.is_ascii_digit()) && last == Some(check_digit(body.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn element_strings_are_judged() {
        for good in [
            "(01)09501101530003(17)261231(10)ABC123(21)4711",
            "0109501101530003172612311041-A\u{1D}2147",
            "00340123450000000000",
            "(00) 3 4012345 000000000 0",
            "310300123410AB",
            "(02)09501101530003(37)24",
        ] {
            assert_eq!(faults(good), [], "{good}");
        }
        for (wrong, code) in [
            ("(01)09501101530004", FindingCode::CheckDigit),
            ("(00)340123450000000007", FindingCode::CheckDigit),
            ("(01)0950110153000", FindingCode::BarCodeLength),
            ("(17)261331", FindingCode::BarCodeData),
            ("(10)ABCDEFGHIJKLMNOPQRSTUVWX", FindingCode::BarCodeLength),
            ("AB12", FindingCode::BarCodeData),
            ("0109501101530003101234567890123456789012345", FindingCode::BarCodeLength),
        ] {
            assert_eq!(faults(wrong).first().map(|fault| fault.code), Some(code), "{wrong}");
        }
    }
}
