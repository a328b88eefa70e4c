//! Whether people and readers can make out what stands on a label.

use super::element::{Element, Kind};
use super::finding::{Finding, FindingCode};
use super::placement::{capital, millimetres};
use crate::render::fonts::{FontName, Fonts, missing};
use crate::render::symbols::named;

/// Below this, hand-held readers and thermal heads begin to fail.
const DENSE_MM: f64 = 0.165;
/// Below this no usual reader resolves a bar.
const TOO_DENSE_MM: f64 = 0.09;
/// A square of a matrix code that a camera reads with ease.
const DENSE_SQUARE_MM: f64 = 0.245;
const TOO_DENSE_SQUARE_MM: f64 = 0.16;
const LOWEST_BARS_MM: f64 = 4.5;
const SMALLEST_FONT_MM: f64 = 1.5;

/// What is wrong with one element by itself.
pub(super) fn findings(element: &Element, dpmm: u32, fonts: &Fonts) -> Vec<Finding> {
    let dots = f64::from(dpmm);
    let name = capital(&element.name());
    let mut found = Vec::new();
    match &element.kind {
        Kind::BarCode(code) => {
            let symbol = &code.symbol;
            let module = f64::from(symbol.module) / dots;
            let (dense, too_dense) = if symbol.is_matrix {
                (DENSE_SQUARE_MM, TOO_DENSE_SQUARE_MM)
            } else {
                (DENSE_MM, TOO_DENSE_MM)
            };
            if module < dense {
                let what = if symbol.is_matrix { "squares" } else { "bars" };
                let message = format!("{name} has {what} of {module:.3} mm, and readers want {dense:.2} mm.");
                let make = if module < too_dense { Finding::error } else { Finding::warning };
                let action =
                    "Make the module wider, send a shorter value, or use a printer with more dots per mm.";
                found.push(make(FindingCode::BarCodeTooDense, message, action));
            }
            if !symbol.is_matrix && f64::from(symbol.height) / dots < LOWEST_BARS_MM {
                let message =
                    format!("{name} is {} high, which is hard to hit.", millimetres(symbol.height, dpmm));
                let make = if symbol.height <= 2 * dpmm as i32 { Finding::error } else { Finding::warning };
                found.push(make(FindingCode::BarCodeTooLow, message, "Make it at least 5 mm high."));
            }
            found.extend(symbol.faults.iter().map(|fault| Finding {
                code: fault.code,
                severity: fault.severity,
                field: None,
                line: None,
                message: format!("{name} {}.", fault.message),
                action: fault.action.to_owned(),
            }));
        }
        Kind::Text(text) => {
            if f64::from(text.height) / dots < SMALLEST_FONT_MM {
                let message = format!("{name} is in letters of {}.", millimetres(text.height, dpmm));
                let make = if text.height < dpmm as i32 { Finding::error } else { Finding::warning };
                found.push(make(FindingCode::TextTooSmall, message, "Make the font at least 1.5 mm high."));
            }
            if let Some((needed, there_are)) = text.lines.filter(|(needed, there_are)| needed > there_are) {
                let message = format!(
                    "{name} needs {needed} lines, and its block has {there_are}; the rest is printed over the last line."
                );
                let action = "Shorten it with `fit`, or give ^FB more lines or width.";
                found.push(Finding::error(FindingCode::TextTooLong, message, action));
            }
            found.extend(missing_glyphs(&name, &element.data, text.font, fonts));
        }
        Kind::Line | Kind::Black | Kind::Graphic => {}
    }
    found.into_iter().map(|finding| finding.of(&element.origin)).collect()
}

/// Of fonts that were put into the printer, and that no template declares, only the printer knows the characters.
fn missing_glyphs(name: &str, data: &str, font: FontName, fonts: &Fonts) -> Option<Finding> {
    let lacking = if font.is_known(fonts) { missing(data, font, fonts) } else { Vec::new() };
    let told: Vec<String> = lacking.into_iter().map(named).collect();
    (!told.is_empty()).then(|| {
        Finding::error(
            FindingCode::MissingGlyph,
            format!("{name} holds {}, which the font {font} does not have.", told.join(", ")),
            "Use a font that has it (^A@) and say so under [fonts] in template.toml, or write it in Latin letters.",
        )
    })
}
