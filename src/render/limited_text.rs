//! A text that refuses to grow beyond a limit while a template writes it, as a whole and in each of its fields.

use super::field_meter::FieldMeter;
use std::io::{Error, Write};

/// Collects what is written, or only counts it.
#[derive(Debug)]
pub(super) struct LimitedText {
    bytes: Vec<u8>,
    keeps: bool,
    room: usize,
    is_full: bool,
    meter: FieldMeter,
    has_long_field: bool,
}

impl LimitedText {
    pub fn keeping(limit_bytes: usize, expected_bytes: usize) -> Self {
        let bytes = Vec::with_capacity(expected_bytes.min(limit_bytes));
        Self { bytes, keeps: true, ..Self::discarding(limit_bytes) }
    }

    pub fn discarding(limit_bytes: usize) -> Self {
        Self {
            bytes: Vec::new(),
            keeps: false,
            room: limit_bytes,
            is_full: false,
            meter: FieldMeter::default(),
            has_long_field: false,
        }
    }

    /// True when something did not fit.
    pub fn is_full(&self) -> bool {
        self.is_full
    }

    /// How the data of a field begins that is longer than a printer takes.
    pub fn long_field(&self) -> Option<String> {
        self.has_long_field.then(|| self.meter.beginning())
    }

    /// The text, unless it did not fit.
    pub fn into_string(self) -> Option<String> {
        if self.is_full { None } else { String::from_utf8(self.bytes).ok() }
    }
}

impl Write for LimitedText {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        match self.room.checked_sub(bytes.len()) {
            Some(room) => self.room = room,
            None => {
                self.is_full = true;
                return Err(Error::other("the label is too long"));
            }
        }
        if !self.meter.take(bytes) {
            self.has_long_field = true;
            return Err(Error::other("a field is too long"));
        }
        if self.keeps {
            self.bytes.extend_from_slice(bytes);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_reached_and_not_passed() {
        let mut text = LimitedText::keeping(4, 100);
        text.write_all(b"abcd").unwrap();
        assert!(text.write_all(b"e").is_err() && text.is_full());
        let mut text = LimitedText::discarding(4);
        text.write_all(b"abcd").unwrap();
        assert!(text.write_all(b"e").is_err());
    }
}
