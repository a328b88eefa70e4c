//! What a field's data is turned into, and what each symbology can carry and how it is written.
//!
//! A symbol gets the characters it must encode and answers the text that makes a printer encode exactly these; the
//! escapes of `^FH` come on top and are not its concern. What it cannot carry is refused, never changed.

pub(super) mod code_128;
pub(super) mod gs1;
pub(super) mod gs1_identifiers;
pub(super) mod gs1_value;
pub(super) mod linear;
pub(super) mod matrix;

use super::escape::Unprintable;
use gs1::ElementString;

/// What a field's data is turned into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Symbol {
    /// A line of text.
    Text,
    /// Text in a `^FB` block, where `\` begins an escape.
    Block,
    /// `^BC` without a mode, subset B or C: `>` begins an escape.
    Code128 { subset_c: bool },
    /// `^BC` in mode A, which packs digits; the meaning of `>` is not documented there.
    Code128Automatic,
    /// `^BC` in mode U: an SSCC.
    Code128Case,
    /// `^BC` in mode D: GS1 element strings with their brackets.
    Code128Elements,
    /// `^BX` of quality 200 with this escape character; the codewords its size has room for.
    DataMatrix { escape: u8, codewords: u16 },
    /// `^BQ` behind its switches, of this error correction: H, Q, M or L.
    Qr { correction: u8 },
    /// `^B7`; the codewords its size has room for.
    Pdf417 { codewords: u16 },
    /// `^BO`; the bytes it has room for.
    Aztec { bytes: u16 },
    /// `^B3`.
    Code39,
    /// `^BA`.
    Code93,
    /// `^B2`, which adds a check digit if asked to.
    Interleaved { adds_check: bool },
    /// `^BE`, `^B8`, `^BU`: this many digits, the last of which is the check digit.
    CheckedDigits { digits: usize },
    /// `^B9`.
    UpcE,
}

impl Symbol {
    /// What people call it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Text => "a text",
            Self::Block => "a text block",
            Self::Code128 { .. } | Self::Code128Automatic | Self::Code128Case | Self::Code128Elements => {
                "Code 128"
            }
            Self::DataMatrix { .. } => "Data Matrix",
            Self::Qr { .. } => "a QR code",
            Self::Pdf417 { .. } => "PDF417",
            Self::Aztec { .. } => "Aztec",
            Self::Code39 => "Code 39",
            Self::Code93 => "Code 93",
            Self::Interleaved { .. } => "Interleaved 2 of 5",
            Self::CheckedDigits { digits: 12 } => "UPC-A",
            Self::CheckedDigits { .. } => "EAN",
            Self::UpcE => "UPC-E",
        }
    }

    pub(super) fn is_bar_code(self) -> bool {
        !matches!(self, Self::Text | Self::Block)
    }
}

/// The characters that make a printer encode `value`, or why the symbol cannot carry it.
pub(super) fn written(value: &str, symbol: Symbol) -> Result<String, Unprintable> {
    if value.is_empty() && symbol.is_bar_code() {
        return Err(Unprintable::new("a bar code with nothing in it cannot be read", "send a value for it"));
    }
    match symbol {
        Symbol::Text => Ok(value.to_owned()),
        Symbol::Block => Ok(value.replace('\\', "\\\\")),
        Symbol::Code128 { subset_c } => code_128::plain(value, subset_c),
        Symbol::Code128Automatic => code_128::automatic(value),
        Symbol::Code128Case => code_128::shipping_container(value),
        Symbol::Code128Elements => code_128::bracketed(&ElementString::parse(value)?),
        Symbol::DataMatrix { escape, codewords } => matrix::data_matrix(value, escape, codewords),
        Symbol::Qr { correction } => matrix::qr(value, correction),
        Symbol::Pdf417 { codewords } => matrix::pdf417(value, codewords),
        Symbol::Aztec { bytes } => matrix::aztec(value, bytes),
        Symbol::Code39 => linear::code_39(value),
        Symbol::Code93 => linear::code_93(value),
        Symbol::Interleaved { adds_check } => linear::interleaved(value, adds_check),
        Symbol::CheckedDigits { digits } => linear::checked_digits(value, digits),
        Symbol::UpcE => linear::upc_e(value),
    }
}

/// As [`written`], for GS1 elements: text shows them in brackets, bar codes get their FNC1 characters.
pub(super) fn written_elements(
    elements: &ElementString,
    symbol: Symbol,
    stands_alone: bool,
) -> Result<String, Unprintable> {
    if !symbol.is_bar_code() {
        return written(&elements.to_string(), symbol);
    }
    if !stands_alone {
        return Err(Unprintable::new(
            "something else stands in the bar code beside these GS1 elements",
            "make them the whole of ^FD … ^FS in the template, and add further elements to gs1(…)",
        ));
    }
    match symbol {
        Symbol::Code128 { subset_c: false } => code_128::elements(elements),
        Symbol::Code128Elements => code_128::bracketed(elements),
        Symbol::DataMatrix { escape, codewords } => matrix::data_matrix_elements(elements, escape, codewords),
        other => Err(Unprintable::new(
            format!("{} does not carry GS1 elements here", other.name()),
            "use ^BC without a mode (GS1-128) or ^BX (GS1 DataMatrix) in the template",
        )),
    }
}

/// A character as people can find it: itself if it is visible, and its number.
pub(in crate::render) fn named(character: char) -> String {
    if character.is_control() || character.is_whitespace() {
        format!("the character U+{:04X}", character as u32)
    } else {
        format!("`{character}` (U+{:04X})", character as u32)
    }
}

/// Printable ASCII, the common ground of linear bar codes.
fn printable_ascii(value: &str, symbology: &str) -> Result<(), Unprintable> {
    match value.chars().find(|character| !matches!(character, ' '..='~')) {
        None => Ok(()),
        Some(character) => Err(Unprintable::new(
            format!("{symbology} cannot carry {}", named(character)),
            "use letters without accents, digits and ASCII signs, or a QR code in the template",
        )),
    }
}

fn is_digits(value: &str) -> bool {
    value.bytes().all(|byte| byte.is_ascii_digit())
}
