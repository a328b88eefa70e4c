//! Reads the literal part of field data, so that a value beside it is neither swallowed nor misread.
//!
//! The author of a template may use the escapes of a bar code. What matters here: no escape may be left open
//! where a value begins, and some bar codes give the first characters, or the number of them, a meaning.

use super::symbols::Symbol;

/// What has been read of one field's data.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct DataState {
    /// Something was read, a literal or a value.
    begun: bool,
    /// A value was among it.
    has_value: bool,
    /// The values that were read, by number of their segment.
    values: Vec<usize>,
    /// Code 128 stands in subset C.
    subset_c: bool,
    /// The error correction of a QR code whose switches are complete.
    switched: Option<u8>,
}

impl DataState {
    /// Something was read already.
    pub fn is_begun(&self) -> bool {
        self.begun
    }

    /// The values that were read so far.
    pub fn values(&self) -> &[usize] {
        &self.values
    }

    /// What holds behind two branches.
    #[expect(clippy::needless_pass_by_value, reason = "both branches end here")]
    pub fn meet(mut self, other: Self) -> Option<Self> {
        let others = other.values.iter().filter(|value| !self.values.contains(value)).copied();
        let others: Vec<usize> = others.collect();
        self.values.extend(others);
        (self.subset_c == other.subset_c).then_some(Self {
            values: self.values,
            begun: self.begun || other.begun,
            has_value: self.has_value || other.has_value,
            subset_c: self.subset_c,
            switched: self.switched.filter(|_| self.switched == other.switched),
        })
    }
}

/// Reads a whole literal, up to the next value, statement or command.
pub(super) fn read(text: &str, hex: Option<u8>, symbol: Symbol, data: &mut DataState) -> Result<(), String> {
    if text.is_empty() {
        return Ok(());
    }
    let decoded = match hex {
        Some(hex) => decode_hex(text, hex)?,
        None => text.as_bytes().to_vec(),
    };
    match symbol {
        Symbol::Text | Symbol::Code39 | Symbol::Code93 | Symbol::Aztec { .. } => {}
        Symbol::Block | Symbol::Pdf417 { .. } => complete_pairs(&decoded, b'\\')?,
        Symbol::DataMatrix { escape, .. } => complete_pairs(&decoded, escape)?,
        Symbol::Code128 { .. } => code_128(&decoded, data)?,
        Symbol::Code128Automatic => complete_pairs(&decoded, b'>')?,
        Symbol::Qr { .. } if data.switched.is_some() => {}
        Symbol::Qr { .. } => data.switched = switch(&decoded).filter(|_| !data.begun),
        _ if data.has_value => return Err(ALONE.to_owned()),
        _ => {}
    }
    data.begun = true;
    Ok(())
}

const ALONE: &str =
    "in this bar code the value must be the whole of ^FD … ^FS; put it together before, or use another";

/// A value stands here: the symbol as it reads on from here.
pub(super) fn value(symbol: Symbol, number: usize, data: &mut DataState) -> Result<Symbol, String> {
    let symbol = match symbol {
        Symbol::Code128 { .. } => Symbol::Code128 { subset_c: data.subset_c },
        Symbol::Qr { .. } => {
            const SWITCHES: &str =
                "the data of ^BQ must begin with its switches, such as QA,; write ^FDQA,{{ … }}^FS";
            Symbol::Qr { correction: data.switched.ok_or(SWITCHES)? }
        }
        Symbol::Text
        | Symbol::Block
        | Symbol::Code39
        | Symbol::Code93
        | Symbol::Code128Automatic
        | Symbol::DataMatrix { .. }
        | Symbol::Pdf417 { .. }
        | Symbol::Aztec { .. } => symbol,
        _ if data.begun => return Err(ALONE.to_owned()),
        symbol => symbol,
    };
    data.begun = true;
    data.has_value = true;
    if !data.values.contains(&number) {
        data.values.push(number);
    }
    Ok(symbol)
}

fn decode_hex(text: &str, hex: u8) -> Result<Vec<u8>, String> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte != hex {
            decoded.push(byte);
            continue;
        }
        let mut digit = || bytes.next().and_then(|b| char::from(b).to_digit(16));
        let (Some(high), Some(low)) = (digit(), digit()) else {
            let sign = char::from(hex);
            return Err(format!(
                "under ^FH a {sign} must be followed by two hexadecimal digits; write {sign}{hex:02X} for itself"
            ));
        };
        decoded.push((high * 16 + low) as u8);
    }
    Ok(decoded)
}

/// Escapes of the form sign and character: none may be left open.
fn complete_pairs(bytes: &[u8], sign: u8) -> Result<(), String> {
    let mut bytes = bytes.iter();
    while let Some(byte) = bytes.next() {
        if *byte == sign && bytes.next().is_none() {
            let sign = char::from(sign);
            return Err(format!("an escape {sign} is left open here; complete it"));
        }
    }
    Ok(())
}

/// Follows the subsets of Code 128 ("ZPL II Programming Guide", ^BC, invocation codes).
fn code_128(bytes: &[u8], data: &mut DataState) -> Result<(), String> {
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] == b'>' {
            match bytes.get(at + 1) {
                Some(b';' | b'5') => data.subset_c = true,
                Some(b':') => data.subset_c = false,
                Some(b'6') if data.subset_c => data.subset_c = false,
                Some(b'0' | b'8' | b'<' | b'=') => {}
                Some(_) => {
                    return Err(
                        "of the > codes of ^BC use only >: >; >5 >6 >8 >0 >< and >= beside values".to_owned()
                    );
                }
                None => return Err("an escape > is left open here; write >0 for the sign itself".to_owned()),
            }
            at += 2;
        } else if data.subset_c {
            if !bytes[at].is_ascii_digit() || !bytes.get(at + 1).is_some_and(u8::is_ascii_digit) {
                return Err(
                    "subset C of ^BC takes digits in pairs; write two digits or change to >6".to_owned()
                );
            }
            at += 2;
        } else {
            at += 1;
        }
    }
    Ok(())
}

/// The error correction of switches of `^BQ` that leave the data as it is: then automatic input.
fn switch(bytes: &[u8]) -> Option<u8> {
    match bytes {
        [correction @ (b'H' | b'Q' | b'M' | b'L'), b'A', b',', ..] => Some(*correction),
        _ => None,
    }
}
