//! Reads a template's literal ZPL and knows, at each point, where a value would stand.
//!
//! The state is what ZPL itself would carry: the command whose parameters are being read, and what the commands
//! since the last `^FS` make of the field's data. Two branches of a template may only meet in the same state.

use super::commands::{self, name_of};
use super::escape::Context;
use super::field_literal::{self, DataState};
use super::measures::{self, Measure, Units};
use super::symbols::{Symbol, matrix};
use std::collections::{BTreeMap, BTreeSet};

/// The reading position in a format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    at: At,
    field: Field,
    /// The font of fields that name none.
    default_font: u8,
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
    font: Option<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FieldKind {
    Known(Symbol),
    /// A command whose escapes platen does not know; literal data is fine.
    Unknown([u8; 2]),
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
        let default_font = if units == Units::Mm { b'0' } else { b'A' };
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
            [b'A', font] => self.field.font = Some(*font),
            b"CF" => {
                let font = piece[2..].bytes().find(|byte| !byte.is_ascii_whitespace());
                self.default_font = font.filter(u8::is_ascii_alphanumeric).unwrap_or(self.default_font);
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
            b"FB" => FieldKind::Known(Symbol::Block),
            b"BC" => FieldKind::Known(match parameter(5).to_ascii_uppercase().as_str() {
                "" | "N" => Symbol::Code128 { subset_c: false },
                "A" => Symbol::Code128Automatic,
                "U" => Symbol::Code128Case,
                "D" => Symbol::Code128Elements,
                other => return Err(format!("^BC has no mode {other}; use N, A, U or D, or leave it out")),
            }),
            b"BX" => FieldKind::Known(data_matrix(&parameters)?),
            b"BQ" => FieldKind::Known(Symbol::Qr { correction: b'H' }),
            b"B3" => FieldKind::Known(Symbol::Code39),
            b"BA" => FieldKind::Known(Symbol::Code93),
            b"B2" => {
                let adds_check = parameter(4).eq_ignore_ascii_case("Y");
                FieldKind::Known(Symbol::Interleaved { adds_check })
            }
            b"BE" => FieldKind::Known(Symbol::CheckedDigits { digits: 13 }),
            b"B8" => FieldKind::Known(Symbol::CheckedDigits { digits: 8 }),
            b"BU" => FieldKind::Known(Symbol::CheckedDigits { digits: 12 }),
            b"B9" => FieldKind::Known(Symbol::UpcE),
            b"B7" => FieldKind::Known(pdf417(&parameters)?),
            b"BO" | b"B0" => FieldKind::Known(aztec(&parameters)?),
            b"BY" => return Ok(()),
            [b'B', _] | b"TB" => FieldKind::Unknown(*code),
            _ => return Ok(()),
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
                let font = self.field.font.unwrap_or(self.default_font).to_ascii_uppercase();
                Ok(Context::Data { hex, symbol, stands_alone: true, font })
            }
        }
    }

    /// The place where two branches meet, if they may meet.
    pub fn meet(self, other: Self) -> Option<Self> {
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

/// The commands whose escapes and rules platen knows.
const KNOWN: &str = "^FB, ^BC, ^BX, ^BQ, ^B2, ^B3, ^B7, ^B8, ^B9, ^BA, ^BE, ^BO or ^BU";

/// A whole number among a bar code's parameters; 0 where it is left out or stands in a value.
fn whole_number(parameters: &[&str], at: usize, command: &str) -> Result<u16, String> {
    match parameters.get(at).copied().unwrap_or("") {
        "" => Ok(0),
        text => text
            .parse()
            .ok()
            .filter(|number| *number < 1000)
            .ok_or_else(|| format!("`{text}` in {command} is no whole number; write one or leave it out")),
    }
}

/// `^BX` with values needs its escape character spelled out: older firmware has another default.
fn data_matrix(parameters: &[&str]) -> Result<Symbol, String> {
    if parameters.get(2) != Some(&"200") {
        return Err("^BX must have quality 200; write ^BXN,4,200,,,,_".to_owned());
    }
    let (columns, rows) = (whole_number(parameters, 3, "^BX")?, whole_number(parameters, 4, "^BX")?);
    let is_long = whole_number(parameters, 7, "^BX")? == 2;
    let codewords = matrix::data_matrix_room(columns, rows, is_long).ok_or_else(|| {
        format!("there is no Data Matrix of {columns} columns and {rows} rows; leave both out, or write 10,10 to 144,144")
    })?;
    match parameters.get(6).map(|escape| escape.as_bytes()) {
        Some(&[escape]) if escape.is_ascii_punctuation() => Ok(Symbol::DataMatrix { escape, codewords }),
        _ => Err("^BX must name its escape character, which older printers take to be another; \
                  write ^BXN,4,200,,,,_"
            .to_owned()),
    }
}

fn pdf417(parameters: &[&str]) -> Result<Symbol, String> {
    let security = whole_number(parameters, 2, "^B7")?;
    let (columns, rows) = (whole_number(parameters, 3, "^B7")?, whole_number(parameters, 4, "^B7")?);
    if security > 8 || columns > 30 || rows > 90 {
        return Err("^B7 takes a security level up to 8, 30 columns and 90 rows; write fewer".to_owned());
    }
    let codewords = matrix::pdf417_room(security, columns, rows)
        .ok_or("^B7 of this size has no room behind its error correction; make it larger")?;
    Ok(Symbol::Pdf417 { codewords })
}

/// `^BO` without its escapes, which depend on the third parameter.
fn aztec(parameters: &[&str]) -> Result<Symbol, String> {
    if !matches!(parameters.get(2).copied().unwrap_or(""), "" | "N" | "n") {
        return Err("^BO with values must not read escapes; leave its third parameter out".to_owned());
    }
    let correction = whole_number(parameters, 3, "^BO")?;
    if correction > 90 {
        return Err(
            "^BO with values must choose its own size; give 0 to 90 percent of error correction".to_owned()
        );
    }
    Ok(Symbol::Aztec { bytes: matrix::aztec_room(correction) })
}

fn refuse(code: [u8; 2], parameters: &str) -> Result<(), String> {
    match commands::refusal(code, parameters) {
        None => Ok(()),
        Some(refusal) => Err(format!("{} {}; {}", name_of(code), refusal.reason, refusal.action)),
    }
}
