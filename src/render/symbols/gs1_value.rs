//! The values of GS1 elements, read part by part ("GS1 General Specifications", section 3).
//!
//! A format is a row of parts, each with `?` behind it where it may be absent at the end:
//!
//! - `N6` six digits, `n6` one to six; `X2` two characters of set 82, `x20` one to twenty; `y` and `z` likewise of set 39
//!   and set 64; `c` behind it where the last digit is a check digit, `k` where the last two characters are a check pair;
//! - `D` a date YYMMDD whose day may be 00, `E` one with its day, `F` a date YYYYMMDD; `T` a time HHMM, `H` an hour,
//!   `M` a minute or second;
//! - `P` two digits of a piece and two of how many there are; `B` 0 or 1;
//! - `0`, `-` and `/` themselves.

use super::gs1_identifiers::is_of_82;
use super::linear::{check_digit, wrong_check_digit};
use super::{is_digits, named};
use crate::render::escape::Unprintable;

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

const TYPED_WRONGLY: &str = "look for a digit typed wrongly";

impl Mismatch {
    fn new(part: Part, message: impl Into<String>, action: &str) -> Self {
        Self { part, problem: Unprintable::new(message, action) }
    }
}

/// Reads a value part by part.
pub(in crate::render) fn matches(value: &str, format: &str) -> Result<(), Mismatch> {
    if let Some(character) = value.chars().find(|character| !is_of_82(*character) && *character != '#') {
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
    let fixed = |length, is_right: fn(&str) -> bool, what: &str, action| {
        let Some((taken, rest)) = text.split_at_checked(length) else {
            return Err(Mismatch::new(Part::Length, format!("`{text}` is no {what}"), action));
        };
        match is_right(taken) {
            true => Ok(rest),
            false => Err(Mismatch::new(Part::Characters, format!("`{taken}` is no {what}"), action)),
        }
    };
    const DATE: &str = "send a date like 2026-01-31";
    match part {
        "D" => fixed(6, is_short_date, "date of the form YYMMDD", DATE),
        "E" => fixed(
            6,
            |text| is_short_date(text) && !text.ends_with("00"),
            "date of the form YYMMDD with its day",
            DATE,
        ),
        "F" => fixed(8, is_long_date, "date of the form YYYYMMDD", "send it in eight digits"),
        "T" => fixed(
            4,
            |text| is_below(&text[..2], 24) && is_below(&text[2..], 60),
            "time of the form HHMM",
            TYPED_WRONGLY,
        ),
        "H" => fixed(2, |text| is_below(text, 24), "hour from 00 to 23", TYPED_WRONGLY),
        "M" => fixed(2, |text| is_below(text, 60), "minute or second from 00 to 59", TYPED_WRONGLY),
        "P" => fixed(
            4,
            |text| is_digits(text) && &text[..2] != "00" && text[..2] <= text[2..],
            "piece and number of pieces, such as 0103",
            TYPED_WRONGLY,
        ),
        "B" => fixed(1, |text| matches!(text, "0" | "1"), "answer: 0 or 1", "send 0 or 1"),
        "0" | "-" | "/" => text.strip_prefix(part).ok_or_else(|| {
            let message = format!("`{part}` must stand where `{text}` begins");
            Mismatch::new(Part::Characters, message, TYPED_WRONGLY)
        }),
        _ => take_characters(text, part),
    }
}

/// Digits or letters, as many as the part says.
fn take_characters<'t>(text: &'t str, part: &str) -> Result<&'t str, Mismatch> {
    let (kind, length) = part.trim_end_matches(['c', 'k']).split_at(1);
    let length: usize = length.parse().unwrap_or(0);
    let (is_of_kind, what): (fn(char) -> bool, &str) = match kind {
        "N" | "n" => (|character| character.is_ascii_digit(), "digits"),
        "y" => (is_of_39, "characters (A to Z, digits, # - /)"),
        "z" => (is_of_64, "characters (letters, digits, - _)"),
        _ => (is_of_82, "characters"),
    };
    let found = text.chars().take(length).take_while(|c| is_of_kind(*c)).count();
    let is_fixed = kind.chars().all(char::is_uppercase);
    if found == 0 || (found < length && (is_fixed || found < text.len())) {
        let up_to = if is_fixed { "" } else { "up to " };
        let wrong = if found < text.chars().count().min(length) { Part::Characters } else { Part::Length };
        let message = format!("`{text}` does not have the {up_to}{length} {what} it needs");
        return Err(Mismatch::new(wrong, message, TYPED_WRONGLY));
    }
    let (taken, rest) = text.split_at(found);
    if part.ends_with('c') {
        let (body, check) = taken.split_at(found - 1);
        let expected = check_digit(body);
        if let Some(check) = check.chars().next().filter(|check| *check != expected) {
            return Err(Mismatch { part: Part::CheckDigit, problem: wrong_check_digit(check, expected) });
        }
    }
    if part.ends_with('k') {
        let (body, pair) = taken.split_at(found.saturating_sub(2));
        let expected = check_pair(body);
        if pair != expected {
            let message = format!("its check characters are {pair} and should be {expected}");
            return Err(Mismatch::new(Part::CheckDigit, message, "look for a character typed wrongly"));
        }
    }
    Ok(rest)
}

/// The two check characters of alphanumeric keys ("GS1 General Specifications", check character calculation for
/// alphanumeric keys): the places in character set 82, from the right times 2, 3, 5, 7 and so on, modulo 1021.
fn check_pair(body: &str) -> String {
    const SET_82: &str =
        "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";
    const SET_32: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    let is_prime = |number: &usize| (2..*number).all(|divisor| !number.is_multiple_of(divisor));
    let weighted = body.chars().rev().zip((2..).filter(is_prime));
    let sum: usize = weighted.map(|(sign, prime)| SET_82.find(sign).unwrap_or(0) * prime).sum();
    [sum % 1021 / 32, sum % 1021 % 32].map(|at| char::from(SET_32[at])).iter().collect()
}

fn is_of_39(character: char) -> bool {
    matches!(character, '#' | '-' | '/' | '0'..='9' | 'A'..='Z')
}

fn is_of_64(character: char) -> bool {
    matches!(character, '-' | '_' | '0'..='9' | 'A'..='Z' | 'a'..='z')
}

fn is_below(text: &str, limit: u32) -> bool {
    is_digits(text) && text.parse::<u32>().is_ok_and(|number| number < limit)
}

/// The day 00 stands for the last of the month.
fn is_short_date(text: &str) -> bool {
    if !is_digits(text) {
        return false;
    }
    let number = |range: std::ops::Range<usize>| text[range].parse::<i8>().unwrap_or(0);
    let (year, month, day) = (number(0..2), number(2..4), number(4..6));
    jiff::civil::Date::new(2000 + i16::from(year), month, day.max(1)).is_ok()
}

fn is_long_date(text: &str) -> bool {
    is_digits(text) && jiff::civil::Date::strptime("%Y%m%d", text).is_ok()
}
