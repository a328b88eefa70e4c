//! GS1's element strings: application identifiers, lengths and check digits (GS1 General Specifications, section 3).

use super::finding::FindingCode;
use super::symbol::Fault;

/// The separator behind a value of variable length, as it stands in decoded data.
const SEPARATOR: char = '\u{1D}';

/// How long the value behind an application identifier is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Length {
    /// Digits, always as many; no separator behind it.
    Fixed(usize),
    /// Up to so many characters, ended by a separator or the end.
    Upto(usize),
}

/// Identifier's digits, length of the value, whether the last digit is a check digit, whether it is a date.
fn identifier(text: &str) -> Option<(usize, Length, bool, bool)> {
    use Length::{Fixed, Upto};
    let digits = |count: usize| text.get(..count).filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()));
    let two = digits(2)?;
    let found = match two {
        "00" => (2, Fixed(18), true, false),
        "01" | "02" | "03" => (2, Fixed(14), true, false),
        "11" | "12" | "13" | "15" | "16" | "17" => (2, Fixed(6), false, true),
        "20" => (2, Fixed(2), false, false),
        "10" | "21" | "22" => (2, Upto(if two == "22" { 29 } else { 20 }), false, false),
        "30" | "37" => (2, Upto(8), false, false),
        "90" => (2, Upto(30), false, false),
        "91" | "92" | "93" | "94" | "95" | "96" | "97" | "98" | "99" => (2, Upto(90), false, false),
        "31" | "32" | "33" | "34" | "35" | "36" => {
            digits(4)?;
            (4, Fixed(6), false, false)
        }
        "39" => {
            digits(4)?;
            (4, Upto(18), false, false)
        }
        "23" | "24" | "25" => (3, Upto(30), false, false),
        "40" => match digits(3)? {
            "402" => (3, Upto(17), false, false),
            _ => (3, Upto(30), false, false),
        },
        "41" => (3, Fixed(13), true, false),
        "42" => match digits(3)? {
            "420" => (3, Upto(20), false, false),
            "422" | "424" | "425" | "426" => (3, Upto(3), false, false),
            _ => (3, Upto(15), false, false),
        },
        "70" | "71" | "72" | "80" | "81" | "82" | "43" => {
            digits(4)?;
            (4, Upto(90), false, false)
        }
        _ => return None,
    };
    digits(found.0)?;
    Some(found)
}

/// What is wrong with the data of a GS1 bar code, its leading FNC1 taken off. Brackets and spaces are for people.
pub(super) fn faults(data: &str) -> Vec<Fault> {
    let has_brackets = data.starts_with('(');
    let plain: String = data.chars().filter(|c| *c != ' ').collect();
    let mut rest = plain.as_str();
    let mut found = Vec::new();
    while !rest.is_empty() {
        let inner = if has_brackets { rest.strip_prefix('(').unwrap_or(rest) } else { rest };
        let Some((id_length, length, is_checked_value, is_date)) = identifier(inner) else {
            let shown: String = inner.chars().take(4).collect();
            let message = format!("has no GS1 application identifier where `{shown}` stands");
            found.push(structure(message));
            return found;
        };
        let (id, value) = inner.split_at(id_length);
        let value = if has_brackets { value.strip_prefix(')').unwrap_or(value) } else { value };
        let until =
            value.find([SEPARATOR, if has_brackets { '(' } else { SEPARATOR }]).unwrap_or(value.len());
        let taken = match length {
            Length::Fixed(count)
                if value.len() >= count && value.is_char_boundary(count) && (until >= count) =>
            {
                if has_brackets {
                    until
                } else {
                    count
                }
            }
            _ => until,
        };
        let (value, behind) = value.split_at(taken);
        rest = behind.strip_prefix(SEPARATOR).unwrap_or(behind);
        let count = value.chars().count();
        let wrong_length = match length {
            Length::Fixed(wanted) => (count != wanted).then(|| format!("{wanted} digits")),
            Length::Upto(most) => (count == 0 || count > most).then(|| format!("1 to {most} characters")),
        };
        if let Some(wanted) = wrong_length {
            let message = format!("has {count} characters behind ({id}), which takes {wanted}");
            let action = "Send the value in full, and FNC1 behind a value of variable length.";
            found.push(Fault::new(FindingCode::BarCodeLength, message, action));
        } else if matches!(length, Length::Fixed(_)) && !value.bytes().all(|byte| byte.is_ascii_digit()) {
            found.push(structure(format!("has something else than digits behind ({id})")));
        } else if is_checked_value && !is_checked(value) {
            let message = format!("has a wrong check digit in ({id}) {value}");
            found.push(Fault::new(FindingCode::CheckDigit, message, "Look for a digit typed wrongly."));
        } else if is_date && !is_date_value(value) {
            found.push(structure(format!("has `{value}` behind ({id}), which is no date")));
        }
    }
    found
}

fn structure(message: String) -> Fault {
    Fault::new(
        FindingCode::BarCodeData,
        message,
        "Look at the element strings of the GS1 General Specifications.",
    )
}

fn is_date_value(value: &str) -> bool {
    let part = |at: usize| value.get(at..at + 2).and_then(|part| part.parse::<u32>().ok());
    matches!((part(2), part(4)), (Some(1..=12), Some(0..=31)))
}

/// Whether the last digit is the check digit of those before it: weights 3 and 1, from the right.
pub(super) fn is_checked(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(at, byte)| u32::from(byte.wrapping_sub(b'0')) * if at % 2 == 1 { 3 } else { 1 })
        .sum();
    sum.is_multiple_of(10)
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
