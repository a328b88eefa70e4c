//! Fields: data, hexadecimal escapes, numbers filled in later, host verification.

use super::commands::Command;
use super::{Composed, Text};
use std::collections::BTreeMap;

/// `^HV` with the data of its field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostVerificationField {
    /// Header, data cut to its length, terminator.
    pub reply: Vec<u8>,
    /// `L`: one reply a label; `F`: one a format.
    pub each_label: bool,
}

/// The fields of a format while its commands go by.
#[derive(Debug, Default)]
pub(super) struct Fields {
    /// A stored format was recalled, so numbered data may belong to it and not stand by itself.
    pub(super) recalled: bool,
    open: Field,
    done: Vec<Field>,
    /// Data given for `^FN` numbers.
    numbered: BTreeMap<u64, Vec<u8>>,
    verifications: Vec<Verification>,
}

/// `^HV` before the field it reads is known.
#[derive(Debug)]
struct Verification {
    number: u64,
    max_bytes: usize,
    header: Vec<u8>,
    terminator: Vec<u8>,
    each_label: bool,
}

#[derive(Debug, Default)]
struct Field {
    number: Option<u64>,
    data: Option<Vec<u8>>,
    serial: Option<(i64, bool)>,
    escape: Option<u8>,
    is_placed: bool,
}

impl Fields {
    /// True when the command belonged to a field.
    pub(super) fn take(&mut self, command: &Command) -> bool {
        match &command.name {
            b"FO" | b"FT" => self.open.is_placed = true,
            b"FH" => self.open.escape = Some(command.parameters.first().copied().unwrap_or(b'_')),
            b"FN" => {
                let digits: String = command.first().chars().take_while(char::is_ascii_digit).collect();
                self.open.number = digits.parse().ok();
            }
            b"FD" | b"FV" => {
                let raw: Vec<u8> = command
                    .parameters
                    .iter()
                    .copied()
                    .filter(|byte| !matches!(byte, b'\r' | b'\n'))
                    .collect();
                self.open.data = Some(self.unescaped(&raw));
            }
            b"SN" => {
                let parts = command.parts();
                let increment = parts.get(1).and_then(|part| part.trim().parse().ok()).unwrap_or(1);
                let keeps_zeros = parts.get(2).is_some_and(|part| part.trim().eq_ignore_ascii_case("Y"));
                self.open.data = Some(self.unescaped(parts.first().map_or("", String::as_str).as_bytes()));
                self.open.serial = Some((increment, keeps_zeros));
            }
            b"HV" => self.host_verification(command),
            b"FS" => self.close(),
            _ => return false,
        }
        true
    }

    /// Puts texts, replies and the verdict whether anything prints into the composed format.
    pub(super) fn finish(mut self, composed: &mut Composed) {
        self.close();
        for field in &self.done {
            let supplies_only = self.recalled && field.number.is_some() && !field.is_placed;
            if supplies_only {
                continue;
            }
            let filled = field.number.and_then(|number| self.numbered.get(&number));
            let Some(data) = field.data.as_ref().or(filled) else { continue };
            let text = String::from_utf8_lossy(data).into_owned();
            composed.prints = true;
            composed.texts.push(match field.serial {
                Some((increment, keeps_zeros)) => Text::Serial { start: text, increment, keeps_zeros },
                None => Text::Fixed(text),
            });
        }
        for asked in self.verifications {
            let mut data = self.numbered.get(&asked.number).cloned().unwrap_or_default();
            data.truncate(asked.max_bytes);
            let reply = [asked.header, data, asked.terminator].concat();
            composed.verifications.push(HostVerificationField { reply, each_label: asked.each_label });
        }
    }

    fn close(&mut self) {
        let field = std::mem::take(&mut self.open);
        if let (Some(number), Some(data)) = (field.number, &field.data) {
            self.numbered.insert(number, data.clone());
        }
        if field.number.is_some() || field.data.is_some() {
            self.done.push(field);
        }
    }

    /// `^HV#,n,h,t,a`; header and terminator may be escaped.
    fn host_verification(&mut self, command: &Command) {
        let parts = command.parts();
        let text = |index: usize| parts.get(index).map_or("", String::as_str);
        self.verifications.push(Verification {
            number: text(0).trim().parse().unwrap_or(0),
            max_bytes: text(1).trim().parse().unwrap_or(64usize).clamp(1, 256),
            header: self.unescaped(text(2).as_bytes()),
            terminator: self.unescaped(text(3).as_bytes()),
            each_label: text(4).trim().eq_ignore_ascii_case("L"),
        });
    }

    fn unescaped(&self, data: &[u8]) -> Vec<u8> {
        let Some(escape) = self.open.escape else { return data.to_vec() };
        let mut decoded = Vec::with_capacity(data.len());
        let mut rest = data;
        while let Some((byte, after)) = rest.split_first() {
            rest = after;
            let pair = after.get(..2).and_then(|pair| std::str::from_utf8(pair).ok());
            let value = pair.filter(|pair| pair.bytes().all(|byte| byte.is_ascii_hexdigit()));
            match value.and_then(|pair| u8::from_str_radix(pair, 16).ok()) {
                Some(value) if *byte == escape => {
                    decoded.push(value);
                    rest = &after[2..];
                }
                _ => decoded.push(*byte),
            }
        }
        decoded
    }
}

/// `^GF` with `:B64:` or `:Z64:` data whose CRC-16 (polynomial 1021, initial 0) does not fit.
pub(super) fn checksum_fails(parameters: &[u8]) -> bool {
    let text = String::from_utf8_lossy(parameters);
    let Some(start) = text.find(":B64:").or_else(|| text.find(":Z64:")) else { return false };
    let Some((data, stated)) = text[start + 5..].rsplit_once(':') else { return true };
    let stated = u16::from_str_radix(stated.trim(), 16);
    let computed = data.bytes().filter(|byte| !byte.is_ascii_whitespace()).fold(0u16, |crc, byte| {
        (0..8).fold(crc ^ (u16::from(byte) << 8), |crc, _| {
            if crc & 0x8000 == 0 { crc << 1 } else { (crc << 1) ^ 0x1021 }
        })
    });
    stated != Ok(computed)
}
