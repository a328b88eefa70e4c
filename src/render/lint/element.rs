//! What stands on a label, once its commands have been read.

use super::area::Area;
use super::symbol::Symbol;
use crate::render::fonts::FontName;

/// One field of a label, in its place.
#[derive(Debug, Clone)]
pub(super) struct Element {
    pub kind: Kind,
    /// The dots it may blacken; several rectangles for a frame or lines of text.
    pub ink: Vec<Area>,
    /// Printed in reverse, so that it may lie on black.
    pub is_reverse: bool,
    /// What it says, as people read it.
    pub data: String,
    pub origin: Origin,
}

/// Where a field comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Origin {
    /// Line of the template, else of the ZPL.
    pub line: u32,
    /// The template's fields in it.
    pub names: Vec<String>,
}

#[derive(Debug, Clone)]
pub(super) enum Kind {
    Text(Text),
    BarCode(BarCode),
    /// A line, or a frame whose middle is free.
    Line,
    /// A box filled with black.
    Black,
    /// A picture.
    Graphic,
}

/// Letters of one size.
#[derive(Debug, Clone)]
pub(super) struct Text {
    /// Height of the font's cell in dots; capitals are about three quarters of it.
    pub height: i32,
    pub font: FontName,
    /// The rectangles in which letters without tails stand.
    pub cores: Vec<Area>,
    /// Lines needed, and lines there are; `None` outside a block.
    pub lines: Option<(u32, u32)>,
}

#[derive(Debug, Clone)]
pub(super) struct BarCode {
    pub symbol: Symbol,
    pub bars: Area,
    /// The white that must stay around the bars: left, top, right, bottom, in dots.
    pub quiet: [i32; 4],
}

impl Element {
    /// The smallest area around its ink.
    pub fn extent(&self) -> Option<Area> {
        self.ink.iter().copied().reduce(Area::around)
    }

    /// As a sentence names it, without an article's capital.
    pub fn name(&self) -> String {
        let fields = self.origin.names.join(", ");
        let what = match &self.kind {
            Kind::Text(_) => "text",
            Kind::BarCode(code) => code.symbol.name,
            Kind::Line => return "the line or frame".to_owned(),
            Kind::Black => return "the black box".to_owned(),
            Kind::Graphic => return "the picture".to_owned(),
        };
        if fields.is_empty() {
            format!("the {what} `{}`", shown(&self.data))
        } else {
            format!("the {what} of `{fields}`")
        }
    }
}

/// The beginning of a text, for a sentence.
fn shown(text: &str) -> String {
    const LONGEST: usize = 24;
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    text.chars().take(LONGEST).chain(['…']).collect()
}
