//! The values that stand in a label as they are, told by their bytes alone: nearly all are such, and one look at each
//! byte is all that these cost. What is not told so goes to the escaper of its place.

use super::escape::{Context, MAX_FIELD_DATA_BYTES};
use super::fonts::{self, Fonts};
use super::symbols::Symbol;
use super::symbols::code_128::MAX_CHARACTERS;

/// What may stand at one place unchanged. It says less than the escaper does, and never otherwise.
#[derive(Debug, Clone, Copy)]
pub(super) struct Verbatim {
    /// A bit for each sign of ASCII.
    bytes: u128,
    max_bytes: usize,
    may_be_empty: bool,
}

impl Verbatim {
    /// For a place. Symbols that judge a value as a whole, by its check digit or the room it needs, have nothing here.
    pub fn at(context: Context, fonts: &Fonts) -> Self {
        let mut verbatim = Self { bytes: 0, max_bytes: 0, may_be_empty: false };
        let Context::Data { hex, symbol, font, .. } = context else { return verbatim };
        let (own_sign, max_bytes) = match symbol {
            Symbol::Text | Symbol::Block => (None, MAX_FIELD_DATA_BYTES),
            Symbol::Code128 { subset_c: false } | Symbol::Code128Automatic => (Some(b'>'), MAX_CHARACTERS),
            _ => return verbatim,
        };
        verbatim.max_bytes = max_bytes;
        verbatim.may_be_empty = !symbol.is_bar_code();
        for byte in b' '..=b'~' {
            let is_special = matches!(byte, b'^' | b'~' | b'\\' | b'_') || byte == hex;
            let is_drawn = symbol.is_bar_code() || fonts::has(font, fonts, char::from(byte));
            let is_verbatim = !is_special && is_drawn && Some(byte) != own_sign;
            verbatim.bytes |= u128::from(is_verbatim) << byte;
        }
        verbatim
    }

    /// Whether this value is written as it is.
    pub fn has(&self, value: &str) -> bool {
        value.len() <= self.max_bytes
            && (self.may_be_empty || !value.is_empty())
            && value.bytes().all(|byte| byte.is_ascii() && self.bytes >> byte & 1 == 1)
    }
}

#[cfg(test)]
mod tests {
    use super::super::fonts::FontName;
    use super::super::language;
    use super::*;
    use minijinja::value::Value;

    #[test]
    fn what_is_told_verbatim_is_what_the_escaper_writes() {
        let fonts = Fonts::from([("E:X.TTF".to_owned(), Vec::new())]);
        let file = FontName::of_file("E:X.TTF").unwrap();
        let all = [
            Symbol::Text,
            Symbol::Block,
            Symbol::Code128 { subset_c: false },
            Symbol::Code128 { subset_c: true },
            Symbol::Code128Automatic,
            Symbol::Code39,
            Symbol::CheckedDigits { digits: 13 },
        ];
        let mut told = 0;
        for symbol in all {
            for (hex, font) in
                [(b'_', FontName::of_letter(b'0')), (b'\\', FontName::of_letter(b'B')), (b'_', file)]
            {
                let context = Context::Data { hex, symbol, stands_alone: true, font };
                let verbatim = Verbatim::at(context, &fonts);
                let long =
                    ["x".repeat(120), "x".repeat(121), "x".repeat(3072), "x".repeat(3073), String::new()];
                let singles = (0..=0xFF_u8).map(|byte| char::from(byte).to_string());
                for value in singles.chain(long) {
                    let written = language::written(&Value::from(value.as_str()), context, 8, &fonts);
                    let is_same = written.as_deref() == Ok(value.as_str());
                    assert!(is_same || !verbatim.has(&value), "{value:?} at {context:?}: {written:?}");
                    told += usize::from(verbatim.has(&value));
                }
            }
        }
        assert!(told > 1000, "{told}");
        assert!(!Verbatim::at(Context::Parameter, &fonts).has("1"));
    }
}
