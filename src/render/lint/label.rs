//! The lint of one label's ZPL.

use super::area::Area;
use super::finding::{Finding, FindingCode};
use super::layout::{self, Layout, Values};
use super::{legibility, placement};
use crate::render::Fonts;

/// Longest ZPL that is judged.
const MAX_ZPL_BYTES: usize = 512 * 1024;
/// Elements that are compared with each other; a label has some dozens.
const MAX_ELEMENTS: usize = 500;
const MAX_FINDINGS: usize = 100;

/// What a label is printed on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Paper {
    pub width_mm: f64,
    pub height_mm: f64,
    /// Dots per millimetre of the print head.
    pub dpmm: u32,
}

impl Paper {
    pub(super) fn dots(self) -> Area {
        let dots = |millimetres: f64| (millimetres * f64::from(self.dpmm)).round() as i32;
        Area::sized(0, 0, dots(self.width_mm), dots(self.height_mm))
    }
}

/// What is wrong with a label's ZPL on this paper, errors first. `zpl` is one format, from `^XA` to `^XZ`.
pub fn lint_label(zpl: &str, paper: Paper) -> Vec<Finding> {
    lint_traced(zpl, paper, &Fonts::new(), &|_| None)
}

/// As [`lint_label`], for a label with marks of its template in it, the fonts that it declares and the values of its fields.
pub(super) fn lint_traced(zpl: &str, paper: Paper, fonts: &Fonts, values: &Values<'_>) -> Vec<Finding> {
    if zpl.len() > MAX_ZPL_BYTES {
        let message = format!("The label is longer than {MAX_ZPL_BYTES} bytes and was not looked at.");
        return vec![Finding::warning(FindingCode::CannotRender, message, "Make its graphics smaller.")];
    }
    let mut layout = layout::layout(zpl, paper.dpmm, values);
    layout.elements.truncate(MAX_ELEMENTS);
    let mut found = std::mem::take(&mut layout.findings);
    found.extend(wrong_size(&layout, paper));
    let mut area = paper.dots();
    // The printer draws nothing beyond ^PW.
    area.right = area.right.min(layout.width.filter(|width| *width > 0).unwrap_or(area.right));
    found.extend(placement::findings(&layout, area, paper.dpmm));
    for element in &layout.elements {
        found.extend(legibility::findings(element, paper.dpmm, fonts));
    }
    found.dedup();
    found.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    found.truncate(MAX_FINDINGS);
    found
}

/// A millimetre more or less is how printers and rolls are.
fn wrong_size(layout: &Layout, paper: Paper) -> Option<Finding> {
    let dots = f64::from(paper.dpmm);
    let sides =
        [("wide", "^PW", layout.width, paper.width_mm), ("long", "^LL", layout.length, paper.height_mm)];
    sides.into_iter().find_map(|(side, command, given, paper_mm)| {
        let label_mm = f64::from(given?) / dots;
        ((label_mm - paper_mm).abs() > 1.0).then(|| {
            let message = format!(
                "The label is made {label_mm:.1} mm {side} by {command}, and the paper is {paper_mm:.1} mm."
            );
            let make = if label_mm > paper_mm { Finding::error } else { Finding::warning };
            make(
                FindingCode::WrongLabelSize,
                message,
                "Choose a label of the paper's size, or put in the other paper.",
            )
        })
    })
}
