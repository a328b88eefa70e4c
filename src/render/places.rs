//! Reads a template's literal ZPL and knows, at each point, where a value would stand.
//!
//! The state is what ZPL itself would carry: the command whose parameters are being read, and what the commands
//! since the last `^FS` make of the field's data. Two branches of a template may only meet in the same state.

use super::commands::{self, name_of};
use super::escape::Context;
use super::field_literal::{self, DataState};
use super::fonts::FontName;
use super::measures::{self, Measure, Units};
use super::symbol_command::{FieldKind, KNOWN, field_kind};
use super::symbols::Symbol;
use std::collections::{BTreeMap, BTreeSet};

/// The reading position in a format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    at: At,
    field: Field,
    /// The font of fields that name none.
    default_font: FontName,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum At {
    /// Before `^XA` or behind `^XZ`.
    Outside,
    /// In the parameters of a command; `text` is what they are so far, with a digit for each value.
    Parameters { code: [u8; 2], text: String },
    /// In the parameters of one command or another, depending on a branch.
    SomeParameters,
    /// In field data.
    Data(DataState),
}

/// What the commands since the last `^FS` say about the field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Field {
    hex: Option<u8>,
    kind: FieldKind,
    font: Option<FontName>,
}

impl Field {
    const PLAIN: Self = Self { hex: None, kind: FieldKind::Known(Symbol::Text), font: None };
}

/// What is noted while the literals of a template are read.
#[derive(Debug, Default)]
pub(super) struct Notes {
    pub units: Units,
    /// The template is drawn for more than one print head.
    pub is_for_several: bool,
    /// Byte offsets of `^XA`'s end and of `^XZ`'s start.
    pub opened: Option<usize>,
    pub closed: Option<usize>,
    /// The lengths written in millimetres, by byte offset.
    pub lengths: BTreeMap<usize, Length>,
    /// The values that share their field with something else, by number of their segment.
    pub accompanied: BTreeSet<usize>,
}

/// A length as it is written in a template.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Length {
    /// In bytes of the template.
    pub written_bytes: usize,
    pub millimetres: f64,
    pub measure: Measure,
}

/// Stands for a picture among the parameters of `^GF`.
const PICTURE: char = '\u{1}';

/// What is wrong, and at which byte of the literal.
pub(super) type Complaint = (usize, String);

impl Place {
    /// Where a template begins; the default font is that of the preamble.
    pub fn start(units: Units) -> Self {
        let default_font = FontName::of_letter(if units == Units::Mm { b'0' } else { b'A' });
        Self { at: At::Outside, field: Field::PLAIN, default_font }
    }

    /// Reads literal ZPL, which begins at `offset` of the template.
    pub fn read(&mut self, literal: &str, offset: usize, notes: &mut Notes) -> Result<(), Complaint> {
        if let Some(at) = literal.find('~') {
            let message = "`~` begins a printer command; in text write _7E under ^FH, else leave it out";
            return Err((offset + at, message.to_owned()));
        }
        let is_control = |c: char| c.is_control() && !matches!(c, '\r' | '\n' | '\t');
        if let Some(at) = literal.find(is_control) {
            return Err((offset + at, "there is a control character; leave it out".to_owned()));
        }
        let mut at = offset;
        for (number, piece) in literal.split('^').enumerate() {
            if number == 0 {
                self.more(piece, at, notes).map_err(|message| (at, message))?;
            } else {
                self.command(piece, at - 1, notes).map_err(|message| (at - 1, message))?;
            }
            at += piece.len() + 1;
        }
        Ok(())
    }

    /// Text without a prefix: it belongs to whatever is being read.
    fn more(&mut self, text: &str, offset: usize, notes: &mut Notes) -> Result<(), String> {
        match &mut self.at {
            At::Outside if text.trim().is_empty() => Ok(()),
            At::Outside => Err("there is text outside ^XA … ^XZ; leave it out".to_owned()),
            At::Parameters { code, text: parameters } => {
                if notes.units == Units::Mm {
                    note_lengths(*code, parameters, text, offset, notes)?;
                }
                parameters.push_str(text);
                Ok(())
            }
            At::SomeParameters if notes.units == Units::Mm && !text.trim().is_empty() => {
                Err("a command depends on a branch and goes on behind it; write it whole inside each branch"
                    .to_owned())
            }
            At::SomeParameters => Ok(()),
            At::Data(data) => {
                let FieldKind::Known(symbol) = self.field.kind else { return Ok(()) };
                if !text.is_empty() {
                    notes.accompanied.extend(data.values());
                }
                field_literal::read(text, self.field.hex, symbol, data)
            }
        }
    }

    fn command(&mut self, piece: &str, offset: usize, notes: &mut Notes) -> Result<(), String> {
        let (&[first, second], _) = piece.as_bytes().split_first_chunk::<2>().ok_or_else(|| {
            "a command's name is not complete: `^` and two characters must stand together".to_owned()
        })?;
        let code = [first.to_ascii_uppercase(), second.to_ascii_uppercase()];
        if !commands::is_name(code) {
            return Err("`^` is not followed by a command; in text write _5E under ^FH".to_owned());
        }
        let name = name_of(code);
        let was_in_data = matches!(self.at, At::Data(_));
        self.finish_command()?;
        match &code {
            b"XA" if notes.opened.replace(offset + 3).is_some() => {
                return Err("there is a second ^XA; a template holds one label".to_owned());
            }
            b"XA" => {}
            _ if matches!(self.at, At::Outside) => {
                return Err(format!("{name} stands outside ^XA … ^XZ; put it inside"));
            }
            _ if was_in_data && &code != b"FS" => {
                return Err(format!("{name} follows field data; close the field with ^FS before it"));
            }
            b"XZ" => {
                notes.closed = Some(offset);
                *self = Self::start(notes.units);
                return self.more(&piece[2..], offset + 3, notes);
            }
            b"PQ" => return Err("^PQ is platen's own: it prints each label once and counts it".to_owned()),
            b"FS" => self.field = Field::PLAIN,
            b"FD" | b"FV" => {
                self.at = At::Data(DataState::default());
                return self.more(&piece[2..], offset + 3, notes);
            }
            b"MU" if notes.units == Units::Mm => {
                return Err("^MU is platen's own where units = \"mm\"; leave it out".to_owned());
            }
            [b'A', font] => self.field.font = Some(FontName::of_letter(*font)),
            b"CF" => {
                let font = piece[2..].bytes().find(|byte| !byte.is_ascii_whitespace());
                let letter = font.filter(u8::is_ascii_alphanumeric);
                self.default_font = letter.map_or(self.default_font, FontName::of_letter);
            }
            b"GF" | b"XG" | b"IM" | b"IL" if notes.is_for_several && !piece[2..].trim().is_empty() => {
                let message = "a picture in dots has another size on each print head; \
                               write ^GF{{ image(\"logo.png\", width=20) }}^FS";
                return Err(message.to_owned());
            }
            _ => {}
        }
        refuse(code, &piece[2..])?;
        self.at = At::Parameters { code, text: String::new() };
        self.more(&piece[2..], offset + 3, notes)
    }

    /// Applies the command whose parameters are now complete.
    fn finish_command(&mut self) -> Result<(), String> {
        let At::Parameters { code, text } = &self.at else { return Ok(()) };
        let name = name_of(*code);
        refuse(*code, text)?;
        let parameters: Vec<&str> = text.trim().split(',').map(str::trim).collect();
        let parameter = |at: usize| parameters.get(at).copied().unwrap_or("");
        let kind = match code {
            b"FH" => {
                self.field.hex = Some(match parameter(0) {
                    "" | "_" => b'_',
                    "\\" => b'\\',
                    _ => return Err("the indicator of ^FH must be _ or \\; write ^FH_".to_owned()),
                });
                return Ok(());
            }
            b"GF" if text.contains(PICTURE) && text.trim() != PICTURE.to_string() => {
                return Err("a picture must be the whole of ^GF … ^FS; write ^GF{{ image(…) }}^FS".to_owned());
            }
            b"CI" if parameter(0) != "28" => {
                return Err("^CI must be ^CI28: values are written in UTF-8".to_owned());
            }
            [b'A', b'@'] => {
                self.name_font();
                return Ok(());
            }
            _ => match field_kind(*code, &parameters)? {
                Some(kind) => kind,
                None => return Ok(()),
            },
        };
        if self.field.kind != FieldKind::Known(Symbol::Text) {
            return Err(format!("{name} is the second bar code or text block of one field; use one"));
        }
        self.field.kind = kind;
        Ok(())
    }

    /// A value stands here, in the segment of this number: what it must be escaped for, or why it may not.
    pub fn value(&mut self, number: usize, notes: &mut Notes) -> Result<Context, String> {
        let units = notes.units;
        let Field { hex, kind, .. } = self.field;
        match &mut self.at {
            At::Outside => Err("a value stands outside ^XA … ^XZ; put it inside".to_owned()),
            At::SomeParameters => {
                Err("a value stands where the command depends on a branch; put it inside the branch"
                    .to_owned())
            }
            At::Parameters { code, text } => {
                if matches!(&*code, b"FS" | b"XA" | b"FH" | b"CI") {
                    let name = name_of(*code);
                    return Err(format!("a value cannot stand behind {name}; it belongs into ^FD … ^FS"));
                }
                if code == b"GF" {
                    text.push(PICTURE);
                    return Ok(Context::Graphic);
                }
                let measure = measures::measure(*code, text.matches(',').count());
                let stands_alone = text.rsplit(',').next().unwrap_or("").trim().is_empty();
                text.push('0');
                match measure {
                    Some(_) if units == Units::Mm && !stands_alone => Err(PIECES.to_owned()),
                    Some(measure) if units == Units::Mm => Ok(Context::Length(measure)),
                    _ => Ok(Context::Parameter),
                }
            }
            At::Data(data) => {
                let symbol = match kind {
                    FieldKind::Known(symbol) => symbol,
                    FieldKind::Unknown(code) => {
                        let name = name_of(code);
                        return Err(format!("platen cannot escape values for {name}; use {KNOWN}"));
                    }
                };
                let hex = hex.ok_or("a value stands in ^FD without ^FH; write ^FH_ before this ^FD")?;
                if data.is_begun() {
                    notes.accompanied.insert(number);
                    notes.accompanied.extend(data.values());
                }
                let symbol = field_literal::value(symbol, number, data)?;
                let font = self.field.font.unwrap_or(self.default_font);
                Ok(Context::Data { hex, symbol, stands_alone: true, font })
            }
        }
    }

    /// The font that the parameters of `^A@` call by its file.
    fn name_font(&mut self) {
        if let At::Parameters { code: [b'A', b'@'], text } = &self.at {
            let name = text.split(',').nth(3).unwrap_or("").trim();
            self.field.font = Some(FontName::of_file(name).unwrap_or(FontName::of_letter(b'@')));
        }
    }

    /// The place where two branches meet, if they may meet.
    pub fn meet(mut self, mut other: Self) -> Option<Self> {
        self.name_font();
        other.name_font();
        if self == other {
            return Some(self);
        }
        if self.field != other.field || self.default_font != other.default_font {
            return None;
        }
        let at = match (self.at, other.at) {
            (At::Data(one), At::Data(two)) => At::Data(one.meet(two)?),
            (one, two) if one.is_passive() && two.is_passive() => At::SomeParameters,
            _ => return None,
        };
        Some(Self { at, ..self })
    }
}

impl At {
    /// True in parameters that say nothing about a field's data, whatever they are.
    fn is_passive(&self) -> bool {
        match self {
            Self::SomeParameters => true,
            Self::Parameters { code, .. } => match code {
                b"BY" => true,
                [b'B', _] | b"FH" | b"FB" | b"TB" | b"CI" | b"GF" | b"MC" => false,
                _ => true,
            },
            Self::Outside | Self::Data(_) => false,
        }
    }
}

const PIECES: &str = "a length is put together from pieces; write one number or one value between the commas";

/// Notes the lengths in `text`, which follows `before` in the parameters of a command.
fn note_lengths(
    code: [u8; 2],
    before: &str,
    text: &str,
    offset: usize,
    notes: &mut Notes,
) -> Result<(), String> {
    let mut at = 0;
    for (number, piece) in text.split(',').enumerate() {
        let written = piece.trim();
        if let Some(measure) = measures::measure(code, before.matches(',').count() + number)
            && !written.is_empty()
        {
            if number == 0 && !before.rsplit(',').next().unwrap_or("").trim().is_empty() {
                return Err(PIECES.to_owned());
            }
            let name = name_of(code);
            let millimetres = measures::number(written).ok_or_else(|| {
                format!("`{written}` stands where {name} takes a length; write a number of millimetres")
            })?;
            let start = offset + at + (piece.len() - piece.trim_start().len());
            let length = Length { written_bytes: written.len(), millimetres, measure };
            notes.lengths.insert(start, length);
        }
        at += piece.len() + 1;
    }
    Ok(())
}

fn refuse(code: [u8; 2], parameters: &str) -> Result<(), String> {
    match commands::refusal(code, parameters) {
        None => Ok(()),
        Some(refusal) => Err(format!("{} {}; {}", name_of(code), refusal.reason, refusal.action)),
    }
}
