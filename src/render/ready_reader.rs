//! Reads ready ZPL command by command and refuses, with its place, what is not part of a label.

use super::commands::{self, name_of};
use super::ready_zpl::{ReadyFormat, ReadyZplError};
use super::sample::MAX_LABELS;
use std::ops::Range;

/// Reads one format after the other.
pub(super) struct Reader<'z> {
    zpl: &'z str,
}

/// What was seen between `^XA` and `^XZ`.
#[derive(Default)]
struct Seen {
    quantity: Option<(Range<usize>, usize)>,
    encoding: Option<(usize, bool)>,
    draws: bool,
}

impl<'z> Reader<'z> {
    pub fn new(zpl: &'z str) -> Self {
        Self { zpl }
    }

    /// Where the next format begins; only white space may come before it.
    pub fn next_format(&self, from: usize) -> Result<Option<usize>, ReadyZplError> {
        let rest = &self.zpl[from..];
        let start = from + rest.len() - rest.trim_start().len();
        let rest = &self.zpl[start..];
        match rest.get(..3) {
            _ if rest.is_empty() => Ok(None),
            Some(opening) if opening.eq_ignore_ascii_case("^XA") => Ok(Some(start)),
            _ if rest.starts_with('~') => Err(self.device_command(start)),
            _ => Err(self.error(
                start,
                None,
                "something stands outside ^XA … ^XZ",
                "leave it out, or begin the label with ^XA",
            )),
        }
    }

    /// The format that begins at `start`, and where it ends.
    pub fn format(&self, start: usize) -> Result<(ReadyFormat, usize), ReadyZplError> {
        let mut seen = Seen::default();
        let mut at = start + 3;
        self.refuse_control(start + 3, self.until_prefix(at))?;
        loop {
            at = self.until_prefix(at);
            let command_start = at;
            match self.zpl.as_bytes().get(at) {
                None => {
                    let message = "this label is not closed";
                    return Err(self.error(start, Some("^XA"), message, "write ^XZ at its end"));
                }
                Some(b'~') => return Err(self.device_command(at)),
                Some(_) => {}
            }
            let Some(&[first, second]) =
                self.zpl.as_bytes().get(at + 1..at + 3).and_then(|two| two.first_chunk())
            else {
                return Err(self.error(at, None, "a command is cut off here", "send the whole label"));
            };
            let code = [first.to_ascii_uppercase(), second.to_ascii_uppercase()];
            if !commands::is_name(code) {
                return Err(self.error(at, None, "`^` is not followed by a command", "write _5E under ^FH"));
            }
            at = self.until_prefix(command_start + 3);
            self.refuse_control(command_start, at)?;
            if &code == b"XZ" {
                let end = command_start + 3;
                return Ok((self.finish(start, command_start, &seen)?, end));
            }
            self.see(code, command_start..at, &mut seen)?;
        }
    }

    /// Where the next `^` or `~` stands, or the end.
    fn until_prefix(&self, from: usize) -> usize {
        let rest = self.zpl.as_bytes().get(from..).unwrap_or_default();
        from + rest.iter().position(|byte| matches!(byte, b'^' | b'~')).unwrap_or(rest.len())
    }

    /// STX and ETX are short for ^XA and ^XZ, so a control character could open or close a label unseen.
    fn refuse_control(&self, from: usize, to: usize) -> Result<(), ReadyZplError> {
        let is_control = |byte: &u8| byte.is_ascii_control() && !matches!(byte, b'\r' | b'\n' | b'\t');
        match self.zpl.as_bytes()[from..to].iter().position(is_control) {
            None => Ok(()),
            Some(at) => Err(self.error(
                from + at,
                None,
                "there is a control character",
                "leave it out or write it under ^FH",
            )),
        }
    }

    fn see(&self, code: [u8; 2], range: Range<usize>, seen: &mut Seen) -> Result<(), ReadyZplError> {
        let parameters = &self.zpl[range.start + 3..range.end];
        let name = name_of(code);
        if let Some(refusal) = commands::refusal(code, parameters) {
            let message = format!("{name} {}", refusal.reason);
            return Err(self.error(range.start, Some(&name), message, refusal.action));
        }
        match &code {
            b"XA" => {
                let message = "^XA stands inside a label";
                return Err(self.error(
                    range.start,
                    Some(&name),
                    message,
                    "close the label before it with ^XZ",
                ));
            }
            b"PQ" if seen.quantity.is_some() => {
                return Err(self.error(
                    range.start,
                    Some(&name),
                    "this is the label's second ^PQ",
                    "keep one",
                ));
            }
            b"PQ" => seen.quantity = Some((range.clone(), self.quantity(parameters, range.start)?)),
            b"CI" => seen.encoding = Some((range.start, parameters.trim() == "28")),
            b"FD" | b"FV" => seen.draws |= !parameters.trim().is_empty(),
            b"GB" | b"GC" | b"GD" | b"GE" | b"GF" | b"GS" | b"XG" | b"IM" | b"IL" => seen.draws = true,
            _ => {}
        }
        Ok(())
    }

    /// `^PQ` quantity, labels between pauses, replicates of serials, override of the pause, cut on error.
    fn quantity(&self, parameters: &str, at: usize) -> Result<usize, ReadyZplError> {
        let parameters: Vec<&str> = parameters.split(',').map(str::trim).collect();
        let parameter = |number: usize| parameters.get(number).copied().unwrap_or("");
        let wrong = |message: String, action| self.error(at, Some("^PQ"), message, action);
        let copies = match parameter(0) {
            "" => 1,
            number => number.parse().unwrap_or(0),
        };
        if !(1..=MAX_LABELS as usize).contains(&copies) {
            let message = format!("^PQ{} is no number of labels", parameter(0));
            return Err(wrong(message, "send 1 to 100000 labels"));
        }
        match (parameter(1), parameter(3)) {
            // A cut after each label is what labels sent one by one get as well.
            ("" | "0", _) | ("1", "Y" | "y") => Ok(copies),
            _ => Err(wrong(
                "^PQ pauses or cuts between groups of labels".to_owned(),
                "write only ^PQ and the number",
            )),
        }
    }

    fn finish(&self, start: usize, end: usize, seen: &Seen) -> Result<ReadyFormat, ReadyZplError> {
        if !seen.draws {
            let message = "this label would print nothing";
            return Err(self.error(start, Some("^XA"), message, "leave it out or give it a field"));
        }
        let is_ascii = self.zpl[start..end].is_ascii();
        if let Some((at, false)) = seen.encoding
            && !is_ascii
        {
            let message = "^CI names another encoding than the text has, which is UTF-8";
            return Err(self.error(at, Some("^CI"), message, "write ^CI28"));
        }
        let encoding_added = !is_ascii && seen.encoding.is_none();
        let mut zpl = String::with_capacity(end - start + 16);
        zpl.push_str("^XA");
        if encoding_added {
            zpl.push_str("^CI28");
        }
        match &seen.quantity {
            Some((range, _)) => {
                zpl.push_str(&self.zpl[start + 3..range.start]);
                zpl.push_str("^PQ1");
                zpl.push_str(&self.zpl[range.end..end]);
            }
            None => {
                zpl.push_str(&self.zpl[start + 3..end]);
                zpl.push_str("^PQ1");
            }
        }
        zpl.push_str("^XZ");
        Ok(ReadyFormat {
            zpl,
            copies: seen.quantity.as_ref().map_or(1, |(_, copies)| *copies),
            encoding_added,
        })
    }

    fn device_command(&self, at: usize) -> ReadyZplError {
        let name: String = self.zpl[at..].chars().take(3).collect();
        let message = format!("{name} is a command to the printer, which acts at once and not on a label");
        let action = match name.to_ascii_uppercase().as_str() {
            "~DG" | "~DY" | "~DB" => "draw the picture in the label with ^GFA",
            _ => "leave it out; in text write _7E under ^FH",
        };
        self.error(at, Some(&name), message, action)
    }

    pub fn error(
        &self,
        offset: usize,
        command: Option<&str>,
        message: impl Into<String>,
        action: impl Into<String>,
    ) -> ReadyZplError {
        ReadyZplError {
            command: command.map(str::to_owned),
            offset: Some(offset),
            line: Some(1 + self.zpl.bytes().take(offset).filter(|byte| *byte == b'\n').count()),
            message: message.into(),
            action: action.into(),
        }
    }
}
