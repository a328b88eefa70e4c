//! Reads ready ZPL label by label: keeps what draws, leaves out what only sets the printer, refuses what acts on it.

use super::commands::{self, Treatment, name_of};
use super::preamble::RESETS;
use super::ready_graphics::Graphics;
use super::ready_normal;
use super::ready_notes::{Notes, shown};
use super::ready_scan::{Command, Piece, Prefixes, Scanner};
use super::ready_zpl::{MAX_SPLIT_BYTES, Ready, ReadyFormat, ReadyZplError, error_at, of_whole};
use super::sample::MAX_LABELS;

/// Bar codes and text that do not say, as a printer at 8 dots per mm has them after it was switched on; and the
/// picture is cleared after each label.
const DEFAULTS: &str = "^BY2,3.0,10^CFA,9,5^MCY";
/// Longest parameters of a setting that lasts from label to label.
const MAX_LASTING_BYTES: usize = 100;

/// Reads one text.
pub(super) struct Reader<'z> {
    zpl: &'z str,
    scanner: Scanner<'z>,
    graphics: Graphics,
    /// Settings that earlier labels of the text left for later ones, in the order they first came.
    lasting: Vec<([u8; 2], String)>,
    notes: Notes,
    formats: Vec<ReadyFormat>,
    labels: usize,
    bytes: usize,
}

/// What was seen between `^XA` and `^XZ`.
struct Seen {
    start: usize,
    /// Settings that earlier labels left, as they were when this one began.
    lasting: String,
    /// What is sent, without its beginning and end.
    body: String,
    copies: Option<usize>,
    /// The last `^CI`: where it is, and whether it means UTF-8.
    encoding: Option<(usize, bool)>,
    draws: bool,
    /// The indicator of a `^FH` that holds for the field.
    hex: Option<u8>,
}

impl<'z> Reader<'z> {
    pub fn new(zpl: &'z str) -> Self {
        Self {
            zpl,
            scanner: Scanner::new(zpl),
            graphics: Graphics::default(),
            lasting: Vec::new(),
            notes: Notes::default(),
            formats: Vec::new(),
            labels: 0,
            bytes: 0,
        }
    }

    /// Everything, or why it is refused.
    pub fn read(mut self) -> Result<Ready, ReadyZplError> {
        while let Some(piece) = self.scanner.next()? {
            match piece {
                Piece::Text { start, text } => self.between(start, text)?,
                Piece::Command(command) if command.is_control => self.control(&command)?,
                Piece::Command(command) => match &command.code {
                    b"XA" => self.format(&command)?,
                    b"CC" | b"CD" | b"CT" => self.prefix_changed(&command),
                    _ => return Err(self.outside(command.start)),
                },
            }
        }
        if self.formats.is_empty() {
            return Err(of_whole("it holds no label", "send ZPL that draws something between ^XA and ^XZ"));
        }
        Ok(Ready { formats: self.formats, notes: self.notes.into_sentences() })
    }

    fn between(&self, start: usize, text: &str) -> Result<(), ReadyZplError> {
        let trimmed = text.trim();
        // Drivers begin with this; without a prefix it does nothing.
        if trimmed.is_empty() || trimmed.eq_ignore_ascii_case("CT~") {
            return Ok(());
        }
        Err(self.outside(start + text.len() - text.trim_start().len()))
    }

    fn outside(&self, at: usize) -> ReadyZplError {
        let message = "something stands outside ^XA … ^XZ";
        error_at(self.zpl, at, None, message, "leave it out, or begin the label with ^XA")
    }

    /// A command that a printer obeys at once, wherever it stands.
    fn control(&mut self, command: &Command<'_>) -> Result<(), ReadyZplError> {
        let name = format!("~{}", String::from_utf8_lossy(&command.code));
        match &command.code {
            b"CC" | b"CD" | b"CT" => {
                self.prefix_changed(command);
                Ok(())
            }
            b"DG" => {
                self.graphics.keep(self.zpl, command)?;
                self.note(
                    command,
                    "is drawn into each label that uses it, because a reset of the printer loses it",
                );
                Ok(())
            }
            b"SD" | b"TA" | b"JS" => {
                self.note(command, "was left out, because it changes a setting of the printer");
                Ok(())
            }
            _ => {
                let message =
                    format!("{name} is a command to the printer, which acts at once and not on a label");
                let action = match &command.code {
                    b"DY" | b"DB" | b"DT" | b"DU" | b"DS" => "draw the picture in the label with ^GFA",
                    _ => "leave it out; in text write _7E under ^FH",
                };
                Err(error_at(self.zpl, command.start, Some(&name), message, action))
            }
        }
    }

    fn prefix_changed(&mut self, command: &Command<'_>) {
        let usual = match &command.code {
            b"CC" => "^",
            b"CT" => "~",
            _ => ",",
        };
        if command.parameters == usual && command.prefixes == Prefixes::USUAL {
            // It says what is so: every driver begins with it.
            return;
        }
        self.note(command, "was left out; the labels are sent with the usual characters");
    }

    /// From `^XA` to `^XZ`.
    fn format(&mut self, opening: &Command<'_>) -> Result<(), ReadyZplError> {
        let mut seen = Seen {
            start: opening.start,
            lasting: self.lasting.iter().map(|(_, text)| text.as_str()).collect(),
            // A printer passes over text here; behind the settings that come first now it would be the last one's.
            body: if opening.parameters.trim().is_empty() { opening.parameters } else { "" }.to_owned(),
            copies: None,
            encoding: None,
            draws: false,
            hex: None,
        };
        loop {
            match self.scanner.next()? {
                None => {
                    let message = "this label is not closed";
                    let action = "write ^XZ at its end";
                    return Err(error_at(self.zpl, seen.start, Some("^XA"), message, action));
                }
                // Behind a changed prefix: no command's, so a printer passes it over. What stands before it may be a number.
                Some(Piece::Text { .. }) => {}
                Some(Piece::Command(command)) if command.is_control => self.control(&command)?,
                Some(Piece::Command(command)) if &command.code == b"XZ" => return self.finish(&seen),
                Some(Piece::Command(command)) => self.command(&command, &mut seen)?,
            }
        }
    }

    fn command(&mut self, command: &Command<'_>, seen: &mut Seen) -> Result<(), ReadyZplError> {
        let name = name_of(command.code);
        let wrong = |message: String, action: &str| {
            Err(error_at(self.zpl, command.start, Some(&name), message, action))
        };
        match commands::treatment(command.code, command.parameters) {
            Treatment::Keep => {}
            Treatment::LeaveOut { reason } => {
                self.note(command, &format!("was left out, because it {reason}"));
                return Ok(());
            }
            Treatment::Refuse { reason, action } => {
                if &command.code == b"ID" && self.graphics.knows(command.parameters) {
                    self.note(command, "was left out: the picture is in the labels");
                    return Ok(());
                }
                return wrong(format!("{name} {reason}"), action);
            }
        }
        match &command.code {
            b"XA" => {
                return wrong("^XA stands inside a label".to_owned(), "close the label before it with ^XZ");
            }
            b"CC" | b"CD" | b"CT" => {
                self.prefix_changed(command);
                return Ok(());
            }
            b"PQ" if seen.copies.is_some() => {
                return wrong("this is the label's second ^PQ".to_owned(), "keep one");
            }
            b"PQ" => {
                seen.copies = Some(self.quantity(command)?);
                seen.body.push_str("^PQ1");
                return Ok(());
            }
            b"XG" => {
                if let Some(picture) = self.graphics.drawn(self.zpl, command)? {
                    seen.draws = true;
                    seen.body.push_str(&picture);
                    return Ok(());
                }
            }
            b"CI" => seen.encoding = Some((command.start, command.parameters.trim() == "28")),
            b"FH" => {
                seen.hex =
                    Some(command.parameters.bytes().next().filter(u8::is_ascii_graphic).unwrap_or(b'_'))
            }
            b"FS" => seen.hex = None,
            _ => {}
        }
        seen.draws |= commands::draws(command.code, command.parameters);
        let from = seen.body.len();
        ready_normal::write(self.zpl, command, seen.hex, &mut seen.body)?;
        if commands::lasts(command.code) {
            let text = seen.body[from..].trim_end().to_owned();
            if text.len() > MAX_LASTING_BYTES {
                return wrong(format!("{name} has too many parameters"), "shorten it");
            }
            // It would stand in later labels, whose encoding is judged by their own text.
            if !text.is_ascii() {
                return wrong(
                    format!("{name} has a letter among its parameters that is not ASCII"),
                    "leave it out",
                );
            }
            match self.lasting.iter_mut().find(|(code, _)| *code == command.code) {
                Some((_, known)) => *known = text,
                None => self.lasting.push((command.code, text)),
            }
        }
        Ok(())
    }

    /// `^PQ` quantity, labels between pauses, replicates of each serial number, no pause, cut on error. Serial numbers
    /// that the printer counts are refused, so replicates change nothing.
    fn quantity(&mut self, command: &Command<'_>) -> Result<usize, ReadyZplError> {
        let delimiter = char::from(command.prefixes.delimiter);
        let parameters: Vec<&str> = command.parameters.split(delimiter).map(str::trim).collect();
        let parameter = |number: usize| parameters.get(number).copied().unwrap_or("");
        let copies = match parameter(0) {
            "" => 1,
            number => number.parse().unwrap_or(0),
        };
        if !(1..=MAX_LABELS as usize).contains(&copies) {
            let shown: String = parameter(0).chars().take(20).collect();
            let message = format!("^PQ{shown} is no number of labels");
            return Err(error_at(self.zpl, command.start, Some("^PQ"), message, "send 1 to 100000 labels"));
        }
        // A cut after each label is what labels sent one by one get as well.
        let cuts_each = parameter(1) == "1" && parameter(3).eq_ignore_ascii_case("Y");
        if !matches!(parameter(1), "" | "0") && !cuts_each {
            self.note(
                command,
                "keeps only its number: the printer does not pause or cut between groups of labels",
            );
        }
        Ok(copies)
    }

    fn finish(&mut self, seen: &Seen) -> Result<(), ReadyZplError> {
        if !seen.draws {
            let what = "a format that prints nothing was left out".to_owned();
            self.notes.add(self.zpl, seen.start, what);
            return Ok(());
        }
        self.check_encoding(seen)?;
        let copies = seen.copies.unwrap_or(1);
        self.labels = self.labels.saturating_add(copies);
        if self.labels > MAX_LABELS as usize {
            let message = format!("this label makes them more than {MAX_LABELS}");
            return Err(error_at(self.zpl, seen.start, None, message, "send them as several jobs"));
        }
        let quantity = if seen.copies.is_none() { "^PQ1" } else { "" };
        let zpl = format!("^XA{RESETS}{DEFAULTS}{}{}{quantity}^XZ", seen.lasting, seen.body);
        self.bytes = self.bytes.saturating_add(zpl.len());
        if self.bytes > MAX_SPLIT_BYTES {
            return Err(super::ready_zpl::too_long());
        }
        self.formats.push(ReadyFormat { zpl, copies });
        Ok(())
    }

    /// Text is UTF-8: a label that says otherwise would print other letters.
    fn check_encoding(&self, seen: &Seen) -> Result<(), ReadyZplError> {
        if seen.body.is_ascii() {
            return Ok(());
        }
        let lasting = self.lasting.iter().find(|(code, _)| code == b"CI").map(|(_, text)| text != "^CI28");
        let wrong = match seen.encoding {
            Some((at, is_utf8)) => (!is_utf8).then_some(at),
            None => lasting.unwrap_or(false).then_some(seen.start),
        };
        match wrong {
            None => Ok(()),
            Some(at) => {
                let message = "^CI names another encoding than the text has, which is UTF-8";
                Err(error_at(self.zpl, at, Some("^CI"), message, "write ^CI28"))
            }
        }
    }

    fn note(&mut self, command: &Command<'_>, what: &str) {
        let prefix = if command.is_control { '~' } else { '^' };
        let name = shown(prefix, command.code, command.parameters);
        self.notes.add(self.zpl, command.start, format!("{name} {what}"));
    }
}
