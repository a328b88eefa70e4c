//! Pictures that ready ZPL loads into the printer first (`~DG`) and then recalls (`^XG`). A reset of the printer loses
//! them, and labels are sent one by one: so each label gets its picture itself, as `^GFA`.

use super::ready_scan::Command;
use super::ready_zpl::{ReadyZplError, error_at};
use std::collections::BTreeMap;

/// Pictures of one text.
const MAX_GRAPHICS: usize = 100;

/// Pictures by `device:name.extension`, as `^GFA` with its data.
#[derive(Debug, Default)]
pub(super) struct Graphics(BTreeMap<String, String>);

impl Graphics {
    /// `~DG` device:name.extension, total bytes, bytes per row, data.
    pub fn keep(&mut self, zpl: &str, command: &Command<'_>) -> Result<(), ReadyZplError> {
        let wrong = |message: &str, action: &str| error_at(zpl, command.start, Some("~DG"), message, action);
        let delimiter = char::from(command.prefixes.delimiter);
        let mut parts = command.parameters.splitn(4, delimiter);
        let mut part = || parts.next().unwrap_or("");
        let (name, total, row, data) = (part(), part().trim(), part().trim(), part());
        let is_number = |text: &str| matches!(text.parse::<u32>(), Ok(1..=16_000_000));
        if !is_number(total) || !is_number(row) {
            return Err(wrong(
                "~DG does not say how large the picture is",
                "draw the picture in the label with ^GFA",
            ));
        }
        let data: String = data.chars().filter(|character| !character.is_ascii_whitespace()).collect();
        if !data.is_ascii() || data.contains(['^', '~']) {
            return Err(wrong(
                "~DG holds something that is no picture",
                "draw the picture in the label with ^GFA",
            ));
        }
        if self.0.len() == MAX_GRAPHICS {
            return Err(wrong("there are too many pictures", "draw them in the labels with ^GFA"));
        }
        self.0.insert(whole_name(name), format!("^GFA,{total},{total},{row},{data}"));
        Ok(())
    }

    /// The picture that `^XG` recalls, drawn in the label; `None` where the printer itself may have it.
    pub fn drawn(&self, zpl: &str, command: &Command<'_>) -> Result<Option<String>, ReadyZplError> {
        let delimiter = char::from(command.prefixes.delimiter);
        let mut parts = command.parameters.split(delimiter).map(str::trim);
        let name = whole_name(parts.next().unwrap_or(""));
        let Some(picture) = self.0.get(&name) else { return Ok(None) };
        if parts.any(|magnified| !matches!(magnified, "" | "1")) {
            let message = "^XG enlarges a picture, which platen cannot draw into the label";
            let action = "send the picture as large as it is printed";
            return Err(error_at(zpl, command.start, Some("^XG"), message, action));
        }
        Ok(Some(picture.clone()))
    }

    /// Whether the picture is one of these.
    pub fn knows(&self, name: &str) -> bool {
        self.0.contains_key(&whole_name(name))
    }
}

/// The printer's own defaults: memory `R:`, extension `GRF`; small and capital letters alike.
fn whole_name(name: &str) -> String {
    let name = name.trim().to_ascii_uppercase();
    let (device, name) = name.split_once(':').unwrap_or(("R", &name));
    let (name, extension) = name.split_once('.').unwrap_or((name, "GRF"));
    format!("{device}:{name}.{extension}")
}
