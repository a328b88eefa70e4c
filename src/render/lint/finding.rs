//! What the lint says of a label, in the words of the API and the command line.

use super::element::Origin;
use serde::Serialize;

/// One thing that is wrong with a label, where, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub code: FindingCode,
    pub severity: Severity,
    /// The field as the template names it, or several with commas between them; `None` where no field is the reason.
    pub field: Option<String>,
    /// Line of `label.zpl`, from 1, where one is known; of the ZPL itself where there is no template.
    pub line: Option<u32>,
    /// What is wrong, one sentence.
    pub message: String,
    /// What to do, one sentence.
    pub action: String,
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The label is right, and not as good as it should be.
    Warning,
    /// The label would be wrong: something is missing on it, cannot be read or says something else.
    Error,
}

/// What is wrong. The names are stable: programs may tell findings apart by them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingCode {
    /// Something stands outside the label, in whole or in part.
    OffLabel,
    /// Text lies on text, a bar code on anything, anything on a bar code.
    Overlap,
    /// Something stands in the white that a bar code needs around it, or the label ends there.
    QuietZone,
    /// The bars or modules are too narrow for a reader.
    BarCodeTooDense,
    /// The bars are too low to be hit by a reader.
    BarCodeTooLow,
    /// The data is more than the symbology can carry.
    BarCodeTooMuchData,
    /// A digit is missing or there is one too many.
    BarCodeLength,
    /// The check digit does not belong to the number.
    CheckDigit,
    /// A character that the symbology cannot carry, or a structure that is not the standard's.
    BarCodeData,
    /// The printer's font has no such character.
    MissingGlyph,
    /// The text is longer than its block; the printer writes the rest over the last line.
    TextTooLong,
    /// The letters are too small to be read.
    TextTooSmall,
    /// The label has another size than the paper.
    WrongLabelSize,
    /// The label is drawn for another resolution than the printer's.
    WrongResolution,
    /// A value stands in data without `^FH`, or `^FH` has an escape that is not complete.
    HexMissing,
    /// Text beyond ASCII without `^CI28`.
    EncodingMissing,
    /// No printer knows this command.
    UnknownCommand,
    /// A command stands where it has no effect or another than meant.
    WrongOrder,
    /// A parameter is not what the command takes.
    WrongParameter,
    /// The template makes no label from these values.
    CannotRender,
}

impl FindingCode {
    /// As it is written in JSON.
    pub fn name(self) -> String {
        serde_json::to_value(self)
            .ok()
            .and_then(|value| value.as_str().map(str::to_owned))
            .unwrap_or_default()
    }
}

impl Finding {
    /// A label that would be wrong.
    pub fn error(code: FindingCode, message: impl Into<String>, action: impl Into<String>) -> Self {
        let (message, action) = (message.into(), action.into());
        Self { code, severity: Severity::Error, field: None, line: None, message, action }
    }

    /// A label that is right, and not good.
    pub fn warning(code: FindingCode, message: impl Into<String>, action: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, message, action) }
    }

    /// With the place it comes from.
    pub(super) fn of(mut self, origin: &Origin) -> Self {
        self.line = Some(origin.line).filter(|line| *line > 0);
        self.also_of(origin)
    }

    /// With the fields of another place as well.
    pub(super) fn also_of(mut self, origin: &Origin) -> Self {
        for name in &origin.names {
            let named = self.field.get_or_insert_default();
            if !named.split(", ").any(|known| known == name) {
                if !named.is_empty() {
                    named.push_str(", ");
                }
                named.push_str(name);
            }
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_is_written_as_the_interface_says() {
        let mut finding = Finding::error(FindingCode::QuietZone, "It is narrow.", "Move it.");
        finding.line = Some(3);
        let json = serde_json::to_string(&finding).unwrap();
        assert_eq!(
            json,
            r#"{"code":"quiet_zone","severity":"error","field":null,"line":3,"message":"It is narrow.","action":"Move it."}"#
        );
        assert_eq!(FindingCode::QuietZone.name(), "quiet_zone");
        assert!(Severity::Error > Severity::Warning);
    }
}
