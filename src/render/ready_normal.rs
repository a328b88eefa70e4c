//! A command of ready ZPL as it is sent: with the usual prefixes, whatever it was written with.

use super::commands::name_of;
use super::ready_scan::{Command, Prefixes};
use super::ready_zpl::{ReadyZplError, error_at};

/// Writes a command behind those of its label. `hex` is the indicator of the `^FH` that holds for the field.
pub(super) fn write(
    zpl: &str,
    command: &Command<'_>,
    hex: Option<u8>,
    out: &mut String,
) -> Result<(), ReadyZplError> {
    if command.prefixes == Prefixes::USUAL {
        out.push_str(&zpl[command.start..command.end]);
        return Ok(());
    }
    match &command.code {
        // It draws nothing, and what it says could be a command now.
        b"FX" => {}
        b"FD" | b"FV" => {
            let needs_hex = command.parameters.bytes().any(|byte| matches!(byte, b'^' | b'~'));
            if needs_hex && hex.is_none() {
                out.push_str("^FH_");
            }
            out.push_str(&name_of(command.code));
            write_data(command.parameters, needs_hex, hex, out);
        }
        _ => {
            out.push_str(&name_of(command.code));
            out.push_str(&parameters(zpl, command)?);
        }
    }
    Ok(())
}

/// Data that held a `^` or `~` when neither began a command.
fn write_data(data: &str, needs_hex: bool, hex: Option<u8>, out: &mut String) {
    let indicator = char::from(hex.unwrap_or(b'_'));
    for character in data.chars() {
        match character {
            '^' | '~' => out.push_str(&format!("{indicator}{:02X}", character as u32)),
            // Without a ^FH before it, this one was no indicator.
            '_' if needs_hex && hex.is_none() => out.push_str("_5F"),
            other => out.push(other),
        }
    }
}

fn parameters(zpl: &str, command: &Command<'_>) -> Result<String, ReadyZplError> {
    let delimiter = char::from(command.prefixes.delimiter);
    let text = command.parameters;
    let text = match &command.code {
        // Four numbers, then a picture in which a comma means something else.
        b"GF" => text.replacen(delimiter, ",", 4),
        _ if delimiter != ',' && text.contains(',') => {
            let name = name_of(command.code);
            let message = format!("{name} holds a comma, which parts parameters where platen sends it");
            return Err(error_at(zpl, command.start, Some(&name), message, "leave ^CD out"));
        }
        _ => text.replace(delimiter, ","),
    };
    if text.contains(['^', '~']) {
        let name = name_of(command.code);
        let message = format!("{name} holds a ^ or ~, which would begin a command where platen sends it");
        return Err(error_at(zpl, command.start, Some(&name), message, "leave ^CC and ^CT out"));
    }
    Ok(text)
}
