//! ZPL cut into commands, each with the line it stands in.

use super::element::Origin;
use super::trace;

/// One command with its parameters, or a stray piece of text.
#[derive(Debug, Clone)]
pub(super) struct Command<'z> {
    /// `^` or `~`.
    pub prefix: u8,
    pub code: [u8; 2],
    /// As written, to the next prefix.
    pub parameters: &'z str,
    pub origin: Origin,
}

/// All commands in their order. Marks of the trace are taken out and kept as origins.
pub(super) fn read(zpl: &str) -> Vec<Command<'_>> {
    let mut commands = Vec::new();
    let mut traced: Option<Origin> = None;
    let mut line = 1_u32;
    let mut rest = zpl;
    while let Some(at) = rest.find(['^', '~']) {
        line += newlines(&rest[..at]);
        let prefix = rest.as_bytes()[at];
        let piece = &rest[at + 1..];
        // The data of a picture has no commands in it, whatever it holds.
        let end = piece.find(['^', '~']).unwrap_or(piece.len());
        let body = &piece[..end];
        let code_end = body.char_indices().nth(2).map_or(body.len(), |(at, _)| at);
        let code = match &body.as_bytes()[..code_end] {
            [first, second] => [first.to_ascii_uppercase(), second.to_ascii_uppercase()],
            _ => *b"??",
        };
        let parameters = &body[code_end..];
        if prefix == b'^'
            && code == *b"FX"
            && let Some(origin) = trace::origin(parameters)
        {
            traced = Some(origin);
        } else {
            let origin = traced.clone().unwrap_or(Origin { line, names: Vec::new() });
            commands.push(Command { prefix, code, parameters, origin });
        }
        line += newlines(body);
        rest = &piece[end..];
    }
    commands
}

fn newlines(text: &str) -> u32 {
    text.bytes().filter(|byte| *byte == b'\n').count() as u32
}

impl Command<'_> {
    /// As people write it.
    pub fn name(&self) -> String {
        format!("{}{}", char::from(self.prefix), String::from_utf8_lossy(&self.code))
    }

    /// The parameters between commas, trimmed.
    pub fn list(&self) -> Vec<&str> {
        self.parameters.trim().split(',').map(str::trim).collect()
    }
}
