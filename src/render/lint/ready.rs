//! The lint of ready ZPL when a job of it is accepted. It only tells: platen does not know what the author meant, and
//! most ready ZPL has been printed before.

use super::finding::Finding;
use super::label::{Paper, lint_label};
use crate::domain::LabelIndex;

/// The first so many labels are all looked at; of the others, those that are longer than any before, and the last.
const MAX_LABELS: usize = 200;
const MAX_FINDINGS: usize = 20;
/// Where nobody says how large the paper is: larger than any. Left and upper edge are known all the same.
const UNKNOWN_MM: f64 = 1000.0;

/// Looks at the labels of a job of ready ZPL as they come.
#[derive(Debug)]
pub struct ReadyPreflight {
    paper: Paper,
    looked_at: usize,
    longest: usize,
    last: String,
    findings: Vec<(LabelIndex, Finding)>,
}

impl ReadyPreflight {
    /// For a print head of so many dots per mm, and labels of so many millimetres, width and height, where that is known.
    pub fn new(dpmm: u32, label_mm: Option<[f64; 2]>) -> Self {
        let [width_mm, height_mm] = label_mm.unwrap_or([UNKNOWN_MM; 2]);
        let paper = Paper { width_mm, height_mm, dpmm };
        Self { paper, looked_at: 0, longest: 0, last: String::new(), findings: Vec::new() }
    }

    /// Takes one label, which is number `index` of `count`.
    pub fn look_at(&mut self, zpl: &str, index: LabelIndex, count: LabelIndex) {
        let is_longer = zpl.len() > self.longest;
        if zpl == self.last || (self.looked_at >= MAX_LABELS && !is_longer && index != count) {
            return;
        }
        self.looked_at += 1;
        self.longest = self.longest.max(zpl.len());
        zpl.clone_into(&mut self.last);
        let paper = Paper {
            width_mm: self.side(zpl, self.paper.width_mm, "^PW"),
            height_mm: self.side(zpl, self.paper.height_mm, "^LL"),
            ..self.paper
        };
        for mut finding in lint_label(zpl, paper) {
            // What a label says twice, and what the next label says again, is told once; its lines are platen's own.
            finding.line = None;
            if self.findings.len() < MAX_FINDINGS && self.findings.iter().all(|(_, known)| *known != finding)
            {
                self.findings.push((index, finding));
            }
        }
    }

    /// The paper's side, or what the label says of it where nobody else does.
    fn side(&self, zpl: &str, known_mm: f64, command: &str) -> f64 {
        if known_mm < UNKNOWN_MM {
            return known_mm;
        }
        let said = zpl.rsplit_once(command).map(|(_, behind)| behind);
        let digits = |text: &str| text.chars().take_while(char::is_ascii_digit).collect::<String>();
        let dots = said.and_then(|behind| digits(behind).parse::<f64>().ok());
        dots.filter(|dots| *dots > 0.0).map_or(known_mm, |dots| dots / f64::from(self.paper.dpmm))
    }

    /// What was found, each once, with the first label that has it; the label is named where there are several.
    pub fn into_findings(self, count: LabelIndex) -> Vec<Finding> {
        let named = |(index, finding): (LabelIndex, Finding)| {
            if count == 1 {
                return finding;
            }
            Finding { message: format!("Label {index}: {}", finding.message), ..finding }
        };
        self.findings.into_iter().map(named).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::FindingCode;
    use super::*;

    fn codes(labels: &[&str], label_mm: Option<[f64; 2]>) -> Vec<(FindingCode, String)> {
        let mut preflight = ReadyPreflight::new(8, label_mm);
        let count = labels.len() as i64;
        for (at, zpl) in labels.iter().enumerate() {
            preflight.look_at(zpl, at as i64 + 1, count);
        }
        preflight.into_findings(count).into_iter().map(|finding| (finding.code, finding.message)).collect()
    }

    #[test]
    fn a_label_is_judged_by_the_paper_that_lies_in_the_printer_else_by_its_own_word() {
        let far = "^XA^CI28^FO500,20^A0N,40,40^FDshelf^FS^XZ";
        assert_eq!(codes(&[far], None), []);
        let narrow = far.replace("^CI28", "^CI28^PW456");
        for (zpl, label_mm) in [(far, Some([57.0, 32.0])), (narrow.as_str(), None)] {
            let found = codes(&[zpl], label_mm);
            assert_eq!(found.len(), 1, "{found:?}");
            assert_eq!(
                (found[0].0, found[0].1.contains("`shelf` stands outside")),
                (FindingCode::OffLabel, true),
                "{found:?}"
            );
        }
        // Narrower than the paper: the printer cuts at ^PW.
        let found = codes(&[&narrow], Some([100.0, 50.0]));
        let found: Vec<FindingCode> = found.into_iter().map(|(code, _)| code).collect();
        assert_eq!(found, [FindingCode::OffLabel, FindingCode::WrongLabelSize]);
        let wide = "^XA^CI28^PW800^LL400^FO20,20^A0N,40,40^FDx^FS^XZ";
        let found = codes(&[wide], Some([57.0, 32.0]));
        assert!(
            found[0].0 == FindingCode::WrongLabelSize && found[0].1.contains("100.0 mm wide"),
            "{found:?}"
        );
    }

    #[test]
    fn each_thing_is_told_once_with_its_label() {
        let good = "^XA^CI28^FO20,20^A0N,40,40^FDx^FS^XZ";
        let glyph = "^XA^CI28^FO20,20^A0N,40,40^FD螺^FS^XZ";
        let symbology = "^XA^CI28^FO20,20^BV,9^FDx^FS^XZ";
        let found = codes(&[good, glyph, glyph, symbology, good], None);
        let found: Vec<(FindingCode, &str)> = found.iter().map(|(code, text)| (*code, &text[..9])).collect();
        assert_eq!(
            found,
            [(FindingCode::MissingGlyph, "Label 2: "), (FindingCode::UnknownCommand, "Label 4: ")]
        );
    }
}
