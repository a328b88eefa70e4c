//! Writes a value so that it prints as itself, wherever in a label it stands.
//!
//! Two layers lie between the bytes sent and the picture. `^FH` turns `_` and two hexadecimal digits into a byte
//! ("ZPL II Programming Guide", ^FH); then the bar code or text block reads its own escapes in what came out.
//! So a value is written for the inner layer first and for `^FH` last. No prefix, delimiter or control character
//! of a value is ever sent as such.

use super::measures::Measure;

/// `^FD` takes 3072 bytes ("ZPL II Programming Guide", ^FD); the rest would be cut off silently.
pub const MAX_FIELD_DATA_BYTES: usize = 3072;

/// Coordinates and sizes end at 32000 dots ("ZPL II Programming Guide", ^FO, ^LL).
const MAX_PARAMETER: i64 = 32_000;

/// Where a value stands, as far as escaping cares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Context {
    /// A parameter of a command: only whole numbers.
    Parameter,
    /// A length in millimetres, in a template that is written in them.
    Length(Measure),
    /// Data of a field. `hex` is the indicator given to `^FH`: `_` or `\`.
    Data { hex: u8, symbol: Symbol },
}

/// What a field's data is turned into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Symbol {
    /// A line of text.
    Text,
    /// Text in a `^FB` block, where `\` begins an escape.
    Block,
    /// `^BC` without a mode, subset B or C: `>` begins an escape.
    Code128 { subset_c: bool },
    /// `^BC` in mode A, D or U, where the meaning of `>` is not documented.
    Code128Packed,
    /// `^BX` of quality 200 with this escape character.
    DataMatrix { escape: u8 },
    /// `^BQ`, after the switches.
    Qr,
    /// `^B3`.
    Code39,
    /// `^BE`, `^B8`, `^BU`: this many digits, the last of which is the check digit.
    CheckedDigits { digits: usize },
}

/// What is wrong with a value at its place, and what to do about it: two clauses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}; {action}")]
pub struct Unprintable {
    pub message: String,
    pub action: String,
}

impl Unprintable {
    fn new(message: impl Into<String>, action: impl Into<String>) -> Self {
        Self { message: message.into(), action: action.into() }
    }
}

/// Writes a whole number as a command parameter.
pub fn parameter(number: i64, out: &mut String) -> Result<(), Unprintable> {
    if !(-MAX_PARAMETER..=MAX_PARAMETER).contains(&number) {
        return Err(Unprintable::new(
            format!("{number} is no size or position on a label"),
            format!("send a number between -{MAX_PARAMETER} and {MAX_PARAMETER}"),
        ));
    }
    out.push_str(&number.to_string());
    Ok(())
}

/// Writes `value` as field data.
pub fn field_data(value: &str, hex: u8, symbol: Symbol, out: &mut String) -> Result<(), Unprintable> {
    if value.len() > MAX_FIELD_DATA_BYTES {
        return Err(Unprintable::new(
            format!("it is {} bytes long and a printer takes {MAX_FIELD_DATA_BYTES}", value.len()),
            "send less text",
        ));
    }
    if value.is_empty() && !matches!(symbol, Symbol::Text | Symbol::Block) {
        return Err(Unprintable::new("a bar code with nothing in it cannot be read", "send a value for it"));
    }
    let value = accepted(value, symbol)?;
    let mut characters = value.chars().peekable();
    while let Some(character) = characters.next() {
        match (symbol, character) {
            (Symbol::Block, '\r') if characters.peek() == Some(&'\n') => {}
            (Symbol::Block, '\r' | '\n') => out.push_str(if hex == b'\\' { "\\5C&" } else { "\\&" }),
            (Symbol::Block, '\\') => twice('\\', hex, out),
            (Symbol::Code128 { .. }, '>') => out.push_str(">0"),
            (Symbol::DataMatrix { escape }, _) if character == char::from(escape) => {
                twice(character, hex, out);
            }
            _ => hex_safe(character, hex, out),
        }
    }
    Ok(())
}

fn twice(character: char, hex: u8, out: &mut String) {
    hex_safe(character, hex, out);
    hex_safe(character, hex, out);
}

/// The outer layer: everything that could end a field, or begin an escape of `^FH`, becomes hexadecimal.
fn hex_safe(character: char, hex: u8, out: &mut String) {
    let is_special = matches!(character, '^' | '~' | '\\' | '_') || character == char::from(hex);
    if is_special || character.is_ascii_control() {
        let byte = character as u32;
        out.push(char::from(hex));
        for digit in [byte >> 4, byte & 0xF] {
            out.push(char::from_digit(digit, 16).unwrap_or('0').to_ascii_uppercase());
        }
    } else {
        out.push(character);
    }
}

/// The part of `value` that is sent, or why the symbol cannot carry it.
fn accepted(value: &str, symbol: Symbol) -> Result<&str, Unprintable> {
    match symbol {
        Symbol::Text | Symbol::Block | Symbol::DataMatrix { .. } | Symbol::Qr => Ok(value),
        Symbol::Code128 { subset_c: true } => {
            if value.len().is_multiple_of(2) && is_digits(value) {
                return Ok(value);
            }
            let message = "Code 128 in subset C carries pairs of digits, and this is something else";
            Err(Unprintable::new(message, "send an even number of digits, or leave out `>;` in the template"))
        }
        Symbol::Code128 { subset_c: false } => printable_ascii(value, "Code 128"),
        Symbol::Code128Packed => {
            if value.contains('>') {
                let message = "a `>` in a Code 128 of mode A, D or U may be read as an escape";
                return Err(Unprintable::new(message, "leave the mode out of ^BC in the template"));
            }
            printable_ascii(value, "Code 128")
        }
        Symbol::Code39 => code_39(value),
        Symbol::CheckedDigits { digits } => checked_digits(value, digits),
    }
}

fn is_digits(value: &str) -> bool {
    value.bytes().all(|byte| byte.is_ascii_digit())
}

fn printable_ascii<'v>(value: &'v str, name: &str) -> Result<&'v str, Unprintable> {
    match value.chars().find(|character| !matches!(character, ' '..='~')) {
        None => Ok(value),
        Some(character) => Err(Unprintable::new(
            format!("{name} cannot carry {}", named(character)),
            "use letters without accents, digits and ASCII signs, or a QR code in the template",
        )),
    }
}

fn code_39(value: &str) -> Result<&str, Unprintable> {
    let known = |character: char| matches!(character, '0'..='9' | 'A'..='Z' | '-' | '.' | ' ' | '$' | '/' | '+' | '%');
    if let Some(character) = value.chars().find(|character| !known(*character)) {
        return Err(Unprintable::new(
            format!("Code 39 cannot carry {}", named(character)),
            "send digits, capital letters and - . $ / + %, or use Code 128 in the template",
        ));
    }
    // `+$` and `-$` switch full ASCII on and off ("ZPL II Programming Guide", ^B3), also across two values.
    if value.starts_with('$') || value.contains("+$") || value.contains("-$") {
        let message = "a `$` at the start, or after + or -, is a switch in Code 39";
        return Err(Unprintable::new(message, "use Code 128 in the template"));
    }
    Ok(value)
}

/// The digits without the check digit, which the printer computes. A wrong check digit is a wrong number.
fn checked_digits(value: &str, digits: usize) -> Result<&str, Unprintable> {
    if !is_digits(value) || !(digits - 1..=digits).contains(&value.len()) {
        return Err(Unprintable::new(
            format!("this bar code carries {digits} digits, and this is something else"),
            format!("send {digits} digits, or {} without the check digit", digits - 1),
        ));
    }
    let (body, check) = value.split_at(digits - 1);
    let sum: u32 = body
        .bytes()
        .rev()
        .enumerate()
        .map(|(at, b)| u32::from(b - b'0') * if at % 2 == 0 { 3 } else { 1 })
        .sum();
    let expected = (10 - sum % 10) % 10;
    if !check.is_empty() && check != expected.to_string() {
        return Err(Unprintable::new(
            format!("its check digit is {check} and should be {expected}"),
            "look for a digit typed wrongly",
        ));
    }
    Ok(body)
}

/// A character as people can find it: itself if it is visible, and its number.
pub(super) fn named(character: char) -> String {
    if character.is_control() || character.is_whitespace() {
        format!("the character U+{:04X}", character as u32)
    } else {
        format!("`{character}` (U+{:04X})", character as u32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(value: &str, symbol: Symbol) -> String {
        let mut out = String::new();
        field_data(value, b'_', symbol, &mut out).unwrap();
        out
    }

    #[test]
    fn each_place_has_its_own_escapes() {
        let hostile = "a^b~c_d\\e>f\u{2}\r\né";
        assert_eq!(written(hostile, Symbol::Text), "a_5Eb_7Ec_5Fd_5Ce>f_02_0D_0Aé");
        assert_eq!(written(hostile, Symbol::Block), "a_5Eb_7Ec_5Fd_5C_5Ce>f_02\\&é");
        assert_eq!(written(hostile, Symbol::Qr), written(hostile, Symbol::Text));
        assert_eq!(written("_", Symbol::DataMatrix { escape: b'_' }), "_5F_5F");
        assert_eq!(written("#_", Symbol::DataMatrix { escape: b'#' }), "##_5F");
        assert_eq!(written("a>b^_", Symbol::Code128 { subset_c: false }), "a>0b_5E_5F");
    }

    #[test]
    fn another_indicator_is_escaped_as_well() {
        let mut out = String::new();
        field_data("1\\2_3\n", b'\\', Symbol::Block, &mut out).unwrap();
        assert_eq!(out, "1\\5C\\5C2\\5F3\\5C&");
    }

    #[test]
    fn a_symbol_refuses_what_it_cannot_carry() {
        for (value, symbol, word) in [
            ("", Symbol::Qr, "nothing in it"),
            ("né", Symbol::Code128 { subset_c: false }, "U+00E9"),
            ("123", Symbol::Code128 { subset_c: true }, "pairs"),
            ("a>b", Symbol::Code128Packed, "mode"),
            ("abc", Symbol::Code39, "Code 39"),
            ("A+$B", Symbol::Code39, "switch"),
            ("4006381333932", Symbol::CheckedDigits { digits: 13 }, "should be 1"),
            ("12345", Symbol::CheckedDigits { digits: 13 }, "13 digits"),
        ] {
            let mut out = String::new();
            let refusal = field_data(value, b'_', symbol, &mut out).unwrap_err();
            assert!(refusal.to_string().contains(word), "{value}: {refusal}");
        }
        assert_eq!(written("4006381333931", Symbol::CheckedDigits { digits: 13 }), "400638133393");
        assert_eq!(written("036000291452", Symbol::CheckedDigits { digits: 12 }), "03600029145");
        assert_eq!(written("96385074", Symbol::CheckedDigits { digits: 8 }), "9638507");
    }

    proptest::proptest! {
        #![proptest_config(proptest::test_runner::Config { failure_persistence: None, ..Default::default() })]

        /// Values with control characters are refused before they come here; the escaper does not rely on it.
        #[test]
        fn no_sign_of_zpl_and_no_control_character_is_written(value in "[\\^~_\\\\>,\\x00-\\x1f\\x7fA-F0-9é中]{1,40}") {
            for hex in [b'_', b'\\'] {
                for symbol in [Symbol::Text, Symbol::Block, Symbol::DataMatrix { escape: b'_' }, Symbol::Qr] {
                    let mut out = String::new();
                    field_data(&value, hex, symbol, &mut out).unwrap();
                    proptest::prop_assert!(!out.contains(|c: char| c == '^' || c == '~' || c.is_ascii_control()));
                }
            }
        }
    }

    #[test]
    fn the_limits_are_reached() {
        let mut out = String::new();
        assert!(field_data(&"x".repeat(MAX_FIELD_DATA_BYTES), b'_', Symbol::Text, &mut out).is_ok());
        assert!(field_data(&"x".repeat(MAX_FIELD_DATA_BYTES + 1), b'_', Symbol::Text, &mut out).is_err());
        assert!(parameter(32_000, &mut out).is_ok());
        assert!(parameter(32_001, &mut out).is_err());
        assert!(parameter(i64::MIN, &mut out).is_err());
    }
}
