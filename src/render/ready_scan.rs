//! Cuts ready ZPL into commands as a printer does, also where the text changes the characters that begin them.

use super::ready_zpl::{ReadyZplError, error_at};

/// The characters that begin commands and part their parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Prefixes {
    pub caret: u8,
    pub control: u8,
    pub delimiter: u8,
}

impl Prefixes {
    /// As a printer has them, and as every label is sent.
    pub const USUAL: Self = Self { caret: b'^', control: b'~', delimiter: b',' };

    fn begins(self, byte: u8) -> bool {
        byte == self.caret || byte == self.control
    }
}

/// One command with its parameters, which end where the next one begins.
#[derive(Debug, Clone, Copy)]
pub(super) struct Command<'z> {
    pub start: usize,
    pub end: usize,
    /// Begins with the control prefix (`~`): it is obeyed at once.
    pub is_control: bool,
    /// In capital letters.
    pub code: [u8; 2],
    pub parameters: &'z str,
    /// What the prefixes were when it was read.
    pub prefixes: Prefixes,
}

/// What comes next.
#[derive(Debug, Clone, Copy)]
pub(super) enum Piece<'z> {
    /// Between commands: from the beginning, or behind `^XZ`.
    Text {
        start: usize,
        text: &'z str,
    },
    Command(Command<'z>),
}

/// Reads on from piece to piece.
#[derive(Debug)]
pub(super) struct Scanner<'z> {
    zpl: &'z str,
    at: usize,
    prefixes: Prefixes,
}

impl<'z> Scanner<'z> {
    pub fn new(zpl: &'z str) -> Self {
        Self { zpl, at: 0, prefixes: Prefixes::USUAL }
    }

    /// The next piece; `None` at the end.
    pub fn next(&mut self) -> Result<Option<Piece<'z>>, ReadyZplError> {
        let start = self.at;
        let Some(&first) = self.zpl.as_bytes().get(start) else { return Ok(None) };
        if !self.prefixes.begins(first) {
            self.at = self.until_prefix(start);
            // `CT~~CD,~CC^~CT~`: so drivers begin, for a printer that has lost its control prefix. The first one is
            // the parameter of a command without prefix.
            let is_driver = self.zpl[start..self.at].trim().eq_ignore_ascii_case("CT");
            if is_driver && self.zpl[self.at..].starts_with("~~") {
                self.at += 1;
            }
            let text = &self.zpl[start..self.at];
            self.refuse_control(start, self.at)?;
            return Ok(Some(Piece::Text { start, text }));
        }
        let name = self.zpl.as_bytes().get(start + 1..start + 3).and_then(|two| two.first_chunk());
        let Some(&[one, two]) = name else {
            return Err(error_at(self.zpl, start, None, "a command is cut off here", "send the whole label"));
        };
        let code = [one.to_ascii_uppercase(), two.to_ascii_uppercase()];
        if !super::commands::is_name(code) {
            let message = format!("`{}` is not followed by a command", char::from(first));
            return Err(error_at(
                self.zpl,
                start,
                None,
                message,
                "in text write _5E for ^ and _7E for ~ under ^FH",
            ));
        }
        let prefixes = self.prefixes;
        let end = match &code {
            b"CC" | b"CT" | b"CD" => self.change_prefix(start, code)?,
            b"XZ" if first == prefixes.caret => start + 3,
            _ => self.until_prefix(start + 3),
        };
        self.refuse_control(start, end)?;
        self.at = end;
        let is_control = first == prefixes.control;
        let parameters = &self.zpl[start + 3..end];
        Ok(Some(Piece::Command(Command { start, end, is_control, code, parameters, prefixes })))
    }

    /// The very next byte is the new prefix, whatever it was before.
    fn change_prefix(&mut self, start: usize, code: [u8; 2]) -> Result<usize, ReadyZplError> {
        let name = String::from_utf8_lossy(&code).into_owned();
        let prefix = self.zpl.as_bytes().get(start + 3).copied();
        let Some(prefix) = prefix.filter(|byte| byte.is_ascii_graphic() && !byte.is_ascii_alphanumeric())
        else {
            let message = format!("{name} names no character that could begin a command");
            return Err(error_at(self.zpl, start, Some(&name), message, "leave it out"));
        };
        match &code {
            b"CC" => self.prefixes.caret = prefix,
            b"CT" => self.prefixes.control = prefix,
            _ => self.prefixes.delimiter = prefix,
        }
        let Prefixes { caret, control, delimiter } = self.prefixes;
        if caret == control || caret == delimiter || control == delimiter {
            let message = format!("{name} gives one character two meanings");
            return Err(error_at(self.zpl, start, Some(&name), message, "leave it out"));
        }
        Ok(start + 4)
    }

    fn until_prefix(&self, from: usize) -> usize {
        let rest = self.zpl.as_bytes().get(from..).unwrap_or_default();
        from + rest.iter().position(|byte| self.prefixes.begins(*byte)).unwrap_or(rest.len())
    }

    /// STX and ETX are short for ^XA and ^XZ, so a control character could open or close a label unseen.
    fn refuse_control(&self, from: usize, to: usize) -> Result<(), ReadyZplError> {
        let is_control = |byte: &u8| byte.is_ascii_control() && !matches!(byte, b'\r' | b'\n' | b'\t');
        match self.zpl.as_bytes()[from..to].iter().position(is_control) {
            None => Ok(()),
            Some(at) => {
                let action = "leave it out or write it under ^FH";
                Err(error_at(self.zpl, from + at, None, "there is a control character", action))
            }
        }
    }
}
