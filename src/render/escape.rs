//! Writes a value so that it prints as itself, wherever in a label it stands.
//!
//! Two layers lie between the bytes sent and the picture. `^FH` turns `_` and two hexadecimal digits into a byte
//! ("ZPL II Programming Guide", ^FH); then the bar code or text block reads its own escapes in what came out.
//! So a value is written for the inner layer first and for `^FH` last. No prefix, delimiter or control character
//! of a value is ever sent as such.

use super::fonts::FontName;
use super::measures::Measure;
use super::symbols::gs1::ElementString;
use super::symbols::{self, Symbol};

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
    /// The parameters of `^GF`: a picture.
    Graphic,
    /// Data of a field. `hex` is the indicator given to `^FH`: `_` or `\`.
    Data {
        hex: u8,
        symbol: Symbol,
        /// Nothing else is in the field.
        stands_alone: bool,
        /// The font of text.
        font: FontName,
    },
}

/// What is wrong with a value at its place, and what to do about it: two clauses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}; {action}")]
pub struct Unprintable {
    pub message: String,
    pub action: String,
}

impl Unprintable {
    pub(super) fn new(message: impl Into<String>, action: impl Into<String>) -> Self {
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
    if symbol != Symbol::Block {
        symbols::written(value, symbol)?.chars().for_each(|character| hex_safe(character, hex, out));
        return Ok(());
    }
    for (number, line) in value.replace("\r\n", "\n").split(['\r', '\n']).enumerate() {
        if number > 0 {
            // As such and not in hexadecimal, which not every reader takes for a line break.
            out.push_str(if hex == b'\\' { "\\5C&" } else { "\\&" });
        }
        symbols::written(line, symbol)?.chars().for_each(|character| hex_safe(character, hex, out));
    }
    Ok(())
}

/// Writes GS1 elements as field data.
pub fn field_elements(
    elements: &ElementString,
    hex: u8,
    symbol: Symbol,
    stands_alone: bool,
    out: &mut String,
) -> Result<(), Unprintable> {
    let written = symbols::written_elements(elements, symbol, stands_alone)?;
    written.chars().for_each(|character| hex_safe(character, hex, out));
    Ok(())
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

#[cfg(test)]
mod tests {
    use super::*;

    const MATRIX: Symbol = Symbol::DataMatrix { escape: b'_', codewords: 1558 };
    const QR: Symbol = Symbol::Qr { correction: b'Q' };

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
        assert_eq!(written(hostile, QR), written(hostile, Symbol::Text));
        assert_eq!(written("_", MATRIX), "_5F_5F");
        assert_eq!(written("#_", Symbol::DataMatrix { escape: b'#', codewords: 1558 }), "##_5F");
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
            ("", QR, "nothing in it"),
            ("né", Symbol::Code128 { subset_c: false }, "U+00E9"),
            ("123", Symbol::Code128 { subset_c: true }, "pairs"),
            ("a>b", Symbol::Code128Automatic, "mode"),
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
                for symbol in [Symbol::Text, Symbol::Block, MATRIX, QR] {
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
