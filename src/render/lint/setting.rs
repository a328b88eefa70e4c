//! Where lines of text come to stand, turned or not.

use super::area::Area;
use super::font::Font;
use super::symbol::{Line, Symbol};

/// Where a field begins: `^FO` or `^FT`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub x: i32,
    pub y: i32,
    pub is_baseline: bool,
    pub is_right: bool,
}

/// `^FB`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Block {
    pub width: i32,
    pub lines: u32,
    pub spacing: i32,
    pub side: char,
}

/// How lines of text are laid out.
pub(super) struct Setting {
    pub font: Font,
    pub turn: char,
    pub place: Place,
    pub block: Option<Block>,
}

impl Setting {
    /// The areas of the letters without their tails, and with them.
    pub fn areas(&self, lines: &[String]) -> (Vec<Area>, Vec<Area>) {
        let Self { font, turn, block, .. } = self;
        let height = font.height;
        let pitch = height + block.map_or(0, |block| block.spacing);
        let most = block.map_or(1, |block| block.lines.clamp(1, 9999)) as i32;
        let baseline = height * 76 / 100;
        let tail = height * 21 / 100;
        let field_width =
            block.map_or_else(|| lines.first().map_or(0, |line| font.width_of(line)), |block| block.width);
        let (mut cores, mut ink) = (Vec::new(), Vec::new());
        for (at, line) in lines.iter().enumerate() {
            let width = font.width_of(line);
            if width == 0 {
                continue;
            }
            let along = match block.map(|block| block.side) {
                Some('C') => (field_width - width) / 2,
                Some('R') => field_width - width,
                _ => 0,
            };
            let down = (at as i32).min(most - 1) * pitch;
            let has_tail =
                line.contains(['g', 'j', 'p', 'q', 'y', 'Q', ',', ';', '(', ')', '[', ']', '_', 'ç', 'ş']);
            // In reading direction, from the origin of the field; turned below.
            let core = Area::sized(along, down, width, baseline);
            let whole = Area::sized(along, down, width, baseline + if has_tail { tail } else { 0 });
            let cell = (field_width, (most - 1) * pitch + height);
            let from = self.origin(cell, baseline + (most - 1) * pitch);
            cores.push(turned(core, *turn, cell, from));
            ink.push(turned(whole, *turn, cell, from));
        }
        (cores, ink)
    }

    /// The top left corner of the turned cell.
    fn origin(&self, cell: (i32, i32), last_baseline: i32) -> (i32, i32) {
        let Place { x, y, is_baseline, is_right } = self.place;
        let (width, height) = cell;
        let x = if is_right && !is_baseline { x - width } else { x };
        if !is_baseline {
            return (x, y);
        }
        match self.turn {
            'R' => (x - (height - last_baseline), y),
            'I' => (x - width, y - (height - last_baseline)),
            'B' => (x - last_baseline, y - width),
            _ => (x, y - last_baseline),
        }
    }
}

/// An area of a cell, given in reading direction, on the label.
fn turned(area: Area, turn: char, (width, height): (i32, i32), (x, y): (i32, i32)) -> Area {
    let Area { left, top, right, bottom } = area;
    let (left, top, right, bottom) = match turn {
        'R' => (height - bottom, left, height - top, right),
        'I' => (width - right, height - bottom, width - left, height - top),
        'B' => (top, width - right, bottom, width - left),
        _ => (left, top, right, bottom),
    };
    Area { left: x + left, top: y + top, right: x + right, bottom: y + bottom }
}

/// Where the line for people stands beside its bars; about ten modules high, a module away.
pub(super) fn line_area(symbol: &Symbol, bars: Area, turn: char) -> Option<Area> {
    let gap = symbol.module;
    let height = symbol.module * 9;
    let is_after = match symbol.text {
        Line::None => return None,
        Line::Below => true,
        Line::Above => false,
    };
    let Area { left, top, right, bottom } = bars;
    Some(match (turn, is_after) {
        ('R', true) | ('B', false) => Area { left: left - gap - height, top, right: left - gap, bottom },
        ('R', false) | ('B', true) => Area { left: right + gap, top, right: right + gap + height, bottom },
        ('I', true) | ('N', false) => Area { left, top: top - gap - height, right, bottom: top - gap },
        _ => Area { left, top: bottom + gap, right, bottom: bottom + gap + height },
    })
}
