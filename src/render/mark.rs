//! A visible mark on a label that may not be the only one of its kind. Everything else stays byte for byte as it was.
//!
//! The mark is one text field more, behind all others and before `^XZ`: it cannot change a field before it, and what
//! it needs it says itself (font, turn, justification), so that nothing of the label's own settings reaches it. It
//! sets nothing that would outlive it: label home, orientation of the whole picture and encoding are the label's.

use serde::{Deserialize, Serialize};

/// Where a mark stands: a place the template keeps free. Without one: small, in the top left corner.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MarkPlace {
    /// From the left edge, in millimetres.
    pub x_mm: f64,
    /// From the top edge, in millimetres.
    pub y_mm: f64,
    /// Height of the letters, in millimetres.
    pub height_mm: f64,
    /// Written downwards, turned by 90 degrees clockwise.
    pub turned: bool,
}

impl Default for MarkPlace {
    fn default() -> Self {
        Self { x_mm: 1.0, y_mm: 0.25, height_mm: 1.75, turned: false }
    }
}

/// What a mark says. The words hold nothing that ZPL could read as a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// A person asked for the label once more.
    Reprint,
    /// Nobody knows whether the first one came out.
    PossibleDuplicate,
}

impl Mark {
    /// The words on the label.
    pub fn words(self) -> &'static str {
        match self {
            Self::Reprint => "REPRINT",
            Self::PossibleDuplicate => "DUPLICATE?",
        }
    }
}

/// Ready ZPL does not say for which resolution it was drawn; the mark is readable at any.
pub const READY_ZPL_DPMM: u32 = 8;

/// The label with the mark on it. `zpl` is one complete format, as [`super::Template::render`] and
/// [`super::ready_zpl::parse`] make them.
pub fn marked(zpl: &str, mark: Mark, place: MarkPlace, dpmm: u32) -> String {
    let Some(end) = zpl.len().checked_sub(3).filter(|end| zpl.is_char_boundary(*end)) else {
        return zpl.to_owned();
    };
    let (label, closing) = zpl.split_at(end);
    let dots = |millimetres: f64| (millimetres * f64::from(dpmm)).round() as i64;
    let (x, y, height) = (dots(place.x_mm), dots(place.y_mm), dots(place.height_mm).max(10));
    let turn = if place.turned { 'R' } else { 'N' };
    // Ready ZPL that measures in millimetres says so itself on each label.
    let units = if label.to_ascii_uppercase().contains("^MU") { "^MUD" } else { "" };
    // ^FS closes a field that was left open at the end of the label.
    format!("{label}^FS{units}^FO{x},{y},0^A0{turn},{height},{height}^FD{}^FS{closing}", mark.words())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_one_field_before_the_end_and_nothing_else_changes() {
        let zpl = "^XA^CI28^FO1,1^FDé^FS^PQ1^XZ";
        let with_mark = marked(zpl, Mark::Reprint, MarkPlace::default(), 8);
        let field = "^FS^FO8,2,0^A0N,14,14^FDREPRINT^FS";
        assert_eq!(with_mark.replace(field, ""), zpl);
        assert_eq!(with_mark.find(field), Some(zpl.len() - 3));
    }

    #[test]
    fn a_mark_is_as_large_on_every_print_head_and_in_every_unit() {
        let place = MarkPlace { x_mm: 0.5, y_mm: 1.0, height_mm: 2.0, turned: true };
        assert!(
            marked("^XA^XZ", Mark::PossibleDuplicate, place, 12).contains("^FO6,12,0^A0R,24,24^FDDUPLICATE?")
        );
        assert!(marked("^xa^mum^fo1,1^fdx^xz", Mark::Reprint, place, 8).contains("^MUD^FO"));
    }
}
