//! Whether a template fits what lies in the printer: its resolution and the size of its labels.

use super::accept::{Intake, IntakePrinter};
use super::label_check::Press;
use crate::domain::Code;
use crate::refusal::Refusal;
use crate::render::Template;
use crate::render::lint::{Finding, FindingCode};

/// A millimetre more or less is how printers and rolls are.
const TOLERANCE_MM: f64 = 1.0;

impl Intake {
    /// What the configuration says about a printer's head and labels.
    pub(super) fn press(&self, printer: &str) -> Press {
        let known = self.printers.iter().find(|known| known.name == printer);
        known.map_or(Press { dpmm: None, label_mm: None }, IntakePrinter::press)
    }

    /// The dots per mm to draw for. A template drawn for another resolution would come out too large or too small, and
    /// one larger than the labels would be cut off.
    pub(super) fn resolution(&self, template: &Template, printer: &str) -> Result<u32, Refusal> {
        let press = self.press(printer);
        let (name, manifest) = (template.name(), template.manifest());
        if let Some([width, height]) = too_small_labels(template, press) {
            let detail = format!(
                "The template `{name}` is {} × {} mm, the labels in the printer `{printer}` are {width} × {height} mm.",
                manifest.width_mm, manifest.height_mm
            );
            return Err(Refusal::with_action(
                Code::TemplateDoesNotFit,
                detail,
                "Choose a template of that size or another printer, or put in other labels and correct label_mm of the printer.",
            ));
        }
        template.resolution_for(press.dpmm).ok_or_else(|| {
            let drawn_for = &manifest.dpmm;
            let has = press.dpmm.map(|dpmm| format!("has {dpmm}")).unwrap_or_default();
            let detail = format!(
                "The template `{name}` is drawn for {drawn_for} dots per mm, the printer `{printer}` {has}."
            );
            Refusal::new(Code::TemplateDoesNotFit, detail)
        })
    }
}

impl IntakePrinter {
    /// What the configuration says about its head and labels.
    pub(super) fn press(&self) -> Press {
        Press { dpmm: self.dpmm, label_mm: self.label_mm }
    }
}

/// The labels in a printer, where a template is larger than they are.
fn too_small_labels(template: &Template, press: Press) -> Option<[f64; 2]> {
    let manifest = template.manifest();
    press.label_mm.filter(|[width, height]| {
        manifest.width_mm > width + TOLERANCE_MM || manifest.height_mm > height + TOLERANCE_MM
    })
}

/// What a printer has that a template does not fit: `labels of 40 × 20 mm`.
pub(super) fn misfit(template: &Template, press: Press) -> Option<String> {
    match (too_small_labels(template, press), press.dpmm) {
        (Some([width, height]), _) => Some(format!("labels of {width} × {height} mm")),
        (None, Some(dpmm)) if template.resolution_for(Some(dpmm)).is_none() => {
            Some(format!("{dpmm} dots per mm"))
        }
        _ => None,
    }
}

/// Whether a label would leave some of the paper white.
pub(super) fn is_smaller_than_paper(template: &Template, press: Press) -> bool {
    let manifest = template.manifest();
    press.label_mm.is_some_and(|[width, height]| {
        manifest.width_mm < width - TOLERANCE_MM || manifest.height_mm < height - TOLERANCE_MM
    })
}

/// A label smaller than the paper prints whole, and most likely the wrong roll is in the printer.
pub(super) fn smaller_than_paper(template: &Template, press: Press) -> Option<Finding> {
    let [width, height] = press.label_mm?;
    let manifest = template.manifest();
    is_smaller_than_paper(template, press).then(|| {
        let message = format!(
            "The label is {} × {} mm, and the printer's labels are {width} × {height} mm.",
            manifest.width_mm, manifest.height_mm
        );
        Finding::warning(
            FindingCode::WrongLabelSize,
            message,
            "Choose a label of the paper's size, or put in the other paper.",
        )
    })
}
