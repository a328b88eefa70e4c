//! Where everything on a label stands: the commands carried out as a printer would, without drawing.

use super::area::Area;
use super::element::{BarCode, Element, Kind, Origin, Text};
use super::field_data::{decoded, looks_escaped, paragraphs};
use super::finding::{Finding, FindingCode};
use super::font::Font;
use super::grammar;
use super::reader::{self, Command};
use super::setting::{Block, Place, Setting, line_area};
use super::symbol::{self, Request};
use crate::render::fonts::FontName;

/// What a label's ZPL comes to.
#[derive(Debug, Default)]
pub(super) struct Layout {
    pub elements: Vec<Element>,
    pub findings: Vec<Finding>,
    /// `^PW` and `^LL`, where they stand.
    pub width: Option<i32>,
    pub length: Option<i32>,
    pub is_utf8: bool,
}

/// Settings that last, and the field being described.
struct Machine<'v> {
    layout: Layout,
    values: &'v Values<'v>,
    dpmm: i32,
    dots_per_unit: f64,
    home: (i32, i32),
    font: Font,
    turn: char,
    module: i32,
    ratio: f64,
    bar_height: i32,
    is_all_reverse: bool,
    field: Field,
}

/// What the commands since the last `^FS` say.
#[derive(Debug, Clone, Default)]
struct Field {
    place: Option<Place>,
    font: Option<(Font, char)>,
    font_file: Option<FontName>,
    block: Option<Block>,
    bar_code: Option<([u8; 2], Vec<String>)>,
    drawn: Option<(i32, i32, i32, u8)>,
    picture: Option<(i32, i32)>,
    hex: Option<u8>,
    is_reverse: bool,
    data: Option<String>,
    origin: Origin,
}

/// The value of a template's field on this label, `None` where it is empty.
pub(super) type Values<'v> = dyn Fn(&str) -> Option<String> + 'v;

/// Reads one label.
pub(super) fn layout(zpl: &str, dpmm: u32, values: &Values<'_>) -> Layout {
    let mut machine = Machine {
        layout: Layout::default(),
        values,
        dpmm: dpmm as i32,
        dots_per_unit: 1.0,
        home: (0, 0),
        font: Font { name: b'A', height: 9, width: 5 },
        turn: 'N',
        module: 2,
        ratio: 3.0,
        bar_height: 10,
        is_all_reverse: false,
        field: Field::default(),
    };
    let commands = reader::read(zpl);
    machine.layout.findings = grammar::findings(&commands);
    for command in &commands {
        machine.obey(command);
    }
    machine.layout
}

impl Machine<'_> {
    fn obey(&mut self, command: &Command<'_>) {
        let list = command.list();
        let text = |at: usize| list.get(at).copied().unwrap_or("");
        let dots_per_unit = self.dots_per_unit;
        let length = |at: usize| dots(text(at), dots_per_unit);
        if !command.origin.names.is_empty() || self.field.origin.line == 0 {
            self.field.origin = command.origin.clone();
        }
        match &command.code {
            b"MU" => {
                self.dots_per_unit = match text(0).to_ascii_uppercase().as_str() {
                    "M" => f64::from(self.dpmm),
                    "I" => f64::from(self.dpmm) * 25.4,
                    _ => 1.0,
                }
            }
            b"LH" => self.home = (length(0).unwrap_or(0), length(1).unwrap_or(0)),
            b"PW" => self.layout.width = length(0),
            b"LL" => self.layout.length = length(0),
            b"CI" => self.layout.is_utf8 = text(0) == "28",
            b"LR" => self.is_all_reverse = text(0).eq_ignore_ascii_case("Y"),
            b"FW" => self.turn = letter(text(0)).unwrap_or(self.turn),
            b"CF" => {
                let name = text(0).bytes().next().unwrap_or(self.font.name);
                self.font = Font::chosen(name, length(1), length(2), self.font);
            }
            b"BY" => {
                self.module = length(0).unwrap_or(self.module).clamp(1, 10);
                self.ratio = text(1).parse().unwrap_or(self.ratio);
                self.bar_height = length(2).unwrap_or(self.bar_height);
            }
            b"FO" | b"FT" => {
                let place = Place {
                    x: self.home.0 + length(0).unwrap_or(0),
                    y: self.home.1 + length(1).unwrap_or(0),
                    is_baseline: command.code == *b"FT",
                    is_right: text(2) == "1",
                };
                self.field.place = Some(place);
            }
            b"FB" => {
                self.field.block = Some(Block {
                    width: length(0).unwrap_or(0),
                    lines: text(1).parse().unwrap_or(1),
                    spacing: length(2).unwrap_or(0),
                    side: letter(text(3)).unwrap_or('L'),
                });
            }
            b"FH" => self.field.hex = Some(text(0).bytes().next().unwrap_or(b'_')),
            b"FR" => self.field.is_reverse = true,
            b"FD" | b"FV" => self.field.data = Some(command.parameters.to_owned()),
            b"SN" => self.field.data = Some(text(0).to_owned()),
            b"GB" => {
                let thickness = length(2).unwrap_or(1).max(1);
                let (width, height) = (length(0).unwrap_or(0), length(1).unwrap_or(0));
                let color = text(3).bytes().next().unwrap_or(b'B').to_ascii_uppercase();
                self.field.drawn = Some((width.max(thickness), height.max(thickness), thickness, color));
            }
            b"GC" | b"GE" => {
                let is_circle = command.code == *b"GC";
                let width = length(0).unwrap_or(3);
                let height = if is_circle { width } else { length(1).unwrap_or(3) };
                self.field.drawn = Some((width, height, 1, b'O'));
            }
            b"GD" => {
                self.field.drawn = Some((length(0).unwrap_or(3), length(1).unwrap_or(3), 1, b'O'));
            }
            b"GF" => {
                let number = |at: usize| text(at).parse::<i32>().unwrap_or(0);
                let (total, row) = (number(2), number(3));
                if row > 0 {
                    self.field.picture = Some((row.saturating_mul(8), total / row));
                }
            }
            b"FS" => self.finish_field(),
            b"XZ" => {
                self.finish_field();
            }
            [b'A', font] => {
                let turn = letter(text(0)).unwrap_or(self.turn);
                self.field.font = Some((Font::chosen(*font, length(1), length(2), self.font), turn));
                self.field.font_file = FontName::of_file(text(3)).filter(|_| *font == b'@');
            }
            [b'B', _] => {
                let parameters = list.iter().map(|parameter| (*parameter).to_owned()).collect();
                self.field.bar_code = Some((command.code, parameters));
            }
            _ => {}
        }
    }

    fn finish_field(&mut self) {
        let mut field = std::mem::take(&mut self.field);
        let place = field.place.unwrap_or(Place {
            x: self.home.0,
            y: self.home.1,
            is_baseline: false,
            is_right: false,
        });
        if let Some((width, height, thickness, color)) = field.drawn {
            self.place_box(&field, place, (width, height), thickness, color);
            return;
        }
        if let Some((width, height)) = field.picture {
            let top = if place.is_baseline { place.y - height } else { place.y };
            self.add(&field, Kind::Graphic, vec![Area::sized(place.x, top, width, height)], String::new());
            return;
        }
        let Some(raw) = field.data.take() else { return };
        let (data, is_whole) = decoded(&raw, field.hex);
        self.narrow(&mut field.origin, &data);
        self.judge_data(&field, &raw, &data, is_whole);
        match field.bar_code.take() {
            Some((code, parameters)) => self.place_bar_code(&field, place, code, &parameters, &data),
            None => self.place_text(&field, place, &data),
        }
    }

    /// Of `serial or lot`, the one that stands there.
    fn narrow(&self, origin: &mut Origin, data: &str) {
        if origin.names.len() < 2 {
            return;
        }
        let stands = |name: &String| {
            let beginning = |value: String| value.chars().take(4).collect::<String>();
            (self.values)(name).is_some_and(|value| data.contains(&beginning(value)))
        };
        let standing: Vec<String> = origin.names.iter().filter(|name| stands(name)).cloned().collect();
        if !standing.is_empty() {
            origin.names = standing;
        }
    }

    fn judge_data(&mut self, field: &Field, raw: &str, data: &str, is_whole: bool) {
        let mut found = Vec::new();
        if !is_whole {
            found.push(Finding::error(
                FindingCode::HexMissing,
                format!("The data `{}` has an escape of ^FH without two hexadecimal digits.", raw.trim()),
                "Write the sign itself as _5F.",
            ));
        }
        if field.hex.is_none() && looks_escaped(raw) {
            found.push(Finding::error(
                FindingCode::HexMissing,
                format!("The data `{}` has escapes, and there is no ^FH before it.", raw.trim()),
                "Write ^FH_ before this ^FD.",
            ));
        }
        if !self.layout.is_utf8 && !data.is_ascii() {
            found.push(Finding::error(
                FindingCode::EncodingMissing,
                format!("`{}` is not ASCII, and the label does not say that it is in UTF-8.", raw.trim()),
                "Write ^CI28 behind ^XA.",
            ));
        }
        for finding in found {
            self.layout.findings.push(finding.of(&field.origin));
        }
    }

    fn add(&mut self, field: &Field, kind: Kind, ink: Vec<Area>, data: String) {
        let is_reverse = field.is_reverse || self.is_all_reverse;
        self.layout.elements.push(Element { kind, ink, is_reverse, data, origin: field.origin.clone() });
    }

    fn place_box(
        &mut self,
        field: &Field,
        place: Place,
        (width, height): (i32, i32),
        thickness: i32,
        color: u8,
    ) {
        let top = if place.is_baseline { place.y - height } else { place.y };
        let whole = Area::sized(place.x, top, width, height);
        let side = thickness.min(width).min(height);
        let is_full = thickness * 2 >= width.min(height);
        match color {
            // White erases; what it erases is not judged.
            b'W' => {}
            b'O' => self.add(field, Kind::Line, vec![whole], String::new()),
            _ if is_full && width.min(height) * 2 > self.dpmm * 3 => {
                self.add(field, Kind::Black, vec![whole], String::new());
            }
            _ if is_full => self.add(field, Kind::Line, vec![whole], String::new()),
            _ => {
                let frame = vec![
                    Area::sized(place.x, top, width, side),
                    Area::sized(place.x, top + height - side, width, side),
                    Area::sized(place.x, top, side, height),
                    Area::sized(place.x + width - side, top, side, height),
                ];
                self.add(field, Kind::Line, frame, String::new());
            }
        }
    }

    fn place_bar_code(
        &mut self,
        field: &Field,
        place: Place,
        code: [u8; 2],
        parameters: &[String],
        data: &str,
    ) {
        let request = Request {
            code,
            parameters,
            module: self.module,
            ratio: self.ratio,
            height: self.bar_height,
            dots_per_unit: self.dots_per_unit,
            data,
        };
        let Some(symbol) = symbol::symbol(&request) else { return };
        let turn = if code == *b"BQ" { 'N' } else { letter(request.parameter(0)).unwrap_or(self.turn) };
        let is_turned = matches!(turn, 'R' | 'B');
        let (width, height) =
            if is_turned { (symbol.height, symbol.width) } else { (symbol.width, symbol.height) };
        let (mut x, mut y) = (place.x, place.y);
        if place.is_baseline {
            match turn {
                'N' => y -= height,
                'I' => x -= width,
                'B' => (x, y) = (x - width, y - height),
                _ => {}
            }
        } else if code == *b"BQ" {
            // The printer puts a QR code lower by the height that ^BY says.
            y += self.bar_height;
        }
        if place.is_right {
            x -= width;
        }
        let bars = Area::sized(x, y, width, height);
        let mut ink = vec![bars];
        ink.extend(line_area(&symbol, bars, turn));
        let [left, top, right, bottom] = symbol.quiet_modules.map(|modules| modules * symbol.module);
        let quiet = match turn {
            'R' => [bottom, left, top, right],
            'I' => [right, bottom, left, top],
            'B' => [top, right, bottom, left],
            _ => [left, top, right, bottom],
        };
        let data = symbol.data.clone();
        self.add(field, Kind::BarCode(BarCode { symbol, bars, quiet }), ink, data);
    }

    fn place_text(&mut self, field: &Field, place: Place, data: &str) {
        let (font, turn) = field.font.unwrap_or((self.font, self.turn));
        let block = field.block;
        let (lines, count) = match block {
            Some(block) => {
                let lines = font.lines_of(&paragraphs(data), block.width);
                let needed = lines.len() as u32;
                (lines, Some((needed, block.lines.max(1))))
            }
            None => (vec![data.to_owned()], None),
        };
        let (cores, ink) = Setting { font, turn, place, block }.areas(&lines);
        let name = field.font_file.unwrap_or(FontName::of_letter(font.name));
        let text = Text { height: font.height, font: name, cores, lines: count };
        let shown = if block.is_some() { paragraphs(data).join(" ") } else { data.to_owned() };
        if !shown.trim().is_empty() {
            self.add(field, Kind::Text(text), ink, shown);
        }
    }
}

/// A length of the current unit.
fn dots(text: &str, dots_per_unit: f64) -> Option<i32> {
    let length: f64 = text.trim().parse().ok()?;
    Some((length * dots_per_unit).round().clamp(-1e6, 1e6) as i32)
}

/// The letter of an orientation or a side.
fn letter(text: &str) -> Option<char> {
    text.chars().next().map(|letter| letter.to_ascii_uppercase()).filter(char::is_ascii_uppercase)
}
