//! How long the data of each field comes to while a label is written: one value is measured when it is escaped, but a
//! field may be made of several.

use super::escape::MAX_FIELD_DATA_BYTES;

/// Of a field that is too long, what is told.
const SHOWN_BYTES: usize = 24;

/// Reads what is written as a printer would, as far as commands and data go.
#[derive(Debug, Default)]
pub(super) struct FieldMeter {
    at: At,
    /// The indicator of `^FH` since the last `^FS`.
    hex: Option<u8>,
    beginning: Vec<u8>,
}

#[derive(Debug, Default)]
enum At {
    /// Up to the next command.
    #[default]
    Between,
    /// In a command's name, of which so much is known.
    Name(Option<u8>),
    /// Behind `^FH`.
    Indicator,
    /// In data of so many bytes; the digits of an escape are still to come.
    Data { bytes: usize, digits: u8 },
}

impl FieldMeter {
    /// Takes what is written next. False where a field has more data than a printer takes.
    pub fn take(&mut self, written: &[u8]) -> bool {
        let mut rest = written;
        while let [byte, behind @ ..] = rest {
            rest = behind;
            if *byte == b'^' {
                if matches!(self.at, At::Indicator) {
                    self.hex = Some(b'_');
                }
                self.at = At::Name(None);
                continue;
            }
            self.at = match &self.at {
                At::Between => {
                    let next = rest.iter().position(|byte| *byte == b'^').unwrap_or(rest.len());
                    rest = &rest[next..];
                    At::Between
                }
                At::Name(None) => At::Name(Some(byte.to_ascii_uppercase())),
                At::Name(Some(b'F')) => self.field_command(byte.to_ascii_uppercase()),
                At::Name(Some(_)) => At::Between,
                At::Indicator => {
                    self.hex = Some(if byte.is_ascii_whitespace() { b'_' } else { *byte });
                    At::Between
                }
                At::Data { bytes, digits: 0 } => {
                    if *bytes == MAX_FIELD_DATA_BYTES {
                        return false;
                    }
                    if self.beginning.len() < SHOWN_BYTES {
                        self.beginning.push(*byte);
                    }
                    At::Data { bytes: bytes + 1, digits: if Some(*byte) == self.hex { 2 } else { 0 } }
                }
                At::Data { bytes, digits } => At::Data { bytes: *bytes, digits: digits - 1 },
            };
        }
        true
    }

    fn field_command(&mut self, second: u8) -> At {
        match second {
            b'H' => At::Indicator,
            b'D' | b'V' => {
                self.beginning.clear();
                At::Data { bytes: 0, digits: 0 }
            }
            b'S' => {
                self.hex = None;
                At::Between
            }
            _ => At::Between,
        }
    }

    /// How the data that is too long begins.
    pub fn beginning(&self) -> String {
        String::from_utf8_lossy(&self.beginning).trim_end_matches('\u{FFFD}').to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_is_counted_as_the_printer_counts_it() {
        let long = "x".repeat(MAX_FIELD_DATA_BYTES);
        let escaped = "_5E".repeat(MAX_FIELD_DATA_BYTES);
        for (zpl, fits) in [
            (format!("^XA^FD{long}^FS^FD{long}^FS^XZ"), true),
            (format!("^XA^FD{long}x^FS^XZ"), false),
            (format!("^XA^FH_^FD{escaped}^FS^XZ"), true),
            (format!("^XA^FH^FD{escaped}x^FS^XZ"), false),
            (format!("^XA^FH_^FDx^FS^FD{escaped}^FS^XZ"), false),
            (format!("^XA^GFA,9,9,1,{long}{long}^FS^FX{long}x^FS^FVx^FS^XZ"), true),
        ] {
            let whole = FieldMeter::default().take(zpl.as_bytes());
            let mut piecewise = FieldMeter::default();
            let in_pieces = zpl.as_bytes().chunks(7).all(|piece| piecewise.take(piece));
            let shown = &zpl[..zpl.len().min(40)];
            assert_eq!((whole, in_pieces), (fits, fits), "{shown}");
            assert!(fits || piecewise.beginning().len() == SHOWN_BYTES, "{}", piecewise.beginning());
        }
    }
}
