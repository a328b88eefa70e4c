//! What the command of a bar code or a text block makes of a field's data, from its parameters.

use super::symbols::{Symbol, matrix};

/// What a field is made into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FieldKind {
    Known(Symbol),
    /// A command whose escapes platen does not know; literal data is fine.
    Unknown([u8; 2]),
}

/// The kind of field that a command makes, `None` where it makes none. `parameters` are complete.
pub(super) fn field_kind(code: [u8; 2], parameters: &[&str]) -> Result<Option<FieldKind>, String> {
    let parameter = |at: usize| parameters.get(at).copied().unwrap_or("");
    let kind = match &code {
        b"FB" => FieldKind::Known(Symbol::Block),
        b"BC" => FieldKind::Known(match parameter(5).to_ascii_uppercase().as_str() {
            "" | "N" => Symbol::Code128 { subset_c: false },
            "A" => Symbol::Code128Automatic,
            "U" => Symbol::Code128Case,
            "D" => Symbol::Code128Elements,
            other => return Err(format!("^BC has no mode {other}; use N, A, U or D, or leave it out")),
        }),
        b"BX" => FieldKind::Known(data_matrix(parameters)?),
        b"BQ" => FieldKind::Known(Symbol::Qr { correction: b'H' }),
        b"B3" => FieldKind::Known(Symbol::Code39),
        b"BA" => FieldKind::Known(Symbol::Code93),
        b"B2" => {
            let adds_check = parameter(4).eq_ignore_ascii_case("Y");
            FieldKind::Known(Symbol::Interleaved { adds_check })
        }
        b"BE" => FieldKind::Known(Symbol::CheckedDigits { digits: 13 }),
        b"B8" => FieldKind::Known(Symbol::CheckedDigits { digits: 8 }),
        b"BU" => FieldKind::Known(Symbol::CheckedDigits { digits: 12 }),
        b"B9" => FieldKind::Known(Symbol::UpcE),
        b"B7" => FieldKind::Known(pdf417(parameters)?),
        b"BO" | b"B0" => FieldKind::Known(aztec(parameters)?),
        b"BY" => return Ok(None),
        [b'B', _] | b"TB" => FieldKind::Unknown(code),
        _ => return Ok(None),
    };
    Ok(Some(kind))
}

/// The commands whose escapes and rules platen knows.
pub(super) const KNOWN: &str = "^FB, ^BC, ^BX, ^BQ, ^B2, ^B3, ^B7, ^B8, ^B9, ^BA, ^BE, ^BO or ^BU";

/// A whole number among a bar code's parameters; 0 where it is left out or stands in a value.
fn whole_number(parameters: &[&str], at: usize, command: &str) -> Result<u16, String> {
    match parameters.get(at).copied().unwrap_or("") {
        "" => Ok(0),
        text => text
            .parse()
            .ok()
            .filter(|number| *number < 1000)
            .ok_or_else(|| format!("`{text}` in {command} is no whole number; write one or leave it out")),
    }
}

/// `^BX` with values needs its escape character spelled out: older firmware has another default.
fn data_matrix(parameters: &[&str]) -> Result<Symbol, String> {
    if parameters.get(2) != Some(&"200") {
        return Err("^BX must have quality 200; write ^BXN,4,200,,,,_".to_owned());
    }
    let (columns, rows) = (whole_number(parameters, 3, "^BX")?, whole_number(parameters, 4, "^BX")?);
    let is_long = whole_number(parameters, 7, "^BX")? == 2;
    let codewords = matrix::data_matrix_room(columns, rows, is_long).ok_or_else(|| {
        format!("there is no Data Matrix of {columns} columns and {rows} rows; leave both out, or write 10,10 to 144,144")
    })?;
    match parameters.get(6).map(|escape| escape.as_bytes()) {
        Some(&[escape]) if escape.is_ascii_punctuation() => Ok(Symbol::DataMatrix { escape, codewords }),
        _ => Err("^BX must name its escape character, which older printers take to be another; \
                  write ^BXN,4,200,,,,_"
            .to_owned()),
    }
}

fn pdf417(parameters: &[&str]) -> Result<Symbol, String> {
    let security = whole_number(parameters, 2, "^B7")?;
    let (columns, rows) = (whole_number(parameters, 3, "^B7")?, whole_number(parameters, 4, "^B7")?);
    if security > 8 || columns > 30 || rows > 90 {
        return Err("^B7 takes a security level up to 8, 30 columns and 90 rows; write fewer".to_owned());
    }
    let codewords = matrix::pdf417_room(security, columns, rows)
        .ok_or("^B7 of this size has no room behind its error correction; make it larger")?;
    Ok(Symbol::Pdf417 { codewords })
}

/// `^BO` without its escapes, which depend on the third parameter.
fn aztec(parameters: &[&str]) -> Result<Symbol, String> {
    if !matches!(parameters.get(2).copied().unwrap_or(""), "" | "N" | "n") {
        return Err("^BO with values must not read escapes; leave its third parameter out".to_owned());
    }
    let correction = whole_number(parameters, 3, "^BO")?;
    if correction > 90 {
        return Err(
            "^BO with values must choose its own size; give 0 to 90 percent of error correction".to_owned()
        );
    }
    Ok(Symbol::Aztec { bytes: matrix::aztec_room(correction) })
}
