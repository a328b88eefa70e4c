//! A format's bytes cut into commands.

use crate::simulator::lexer::Prefixes;

/// `^` and two letters, upper case, with everything up to the next command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Command {
    pub(super) name: [u8; 2],
    pub(super) parameters: Vec<u8>,
    delimiter: u8,
}

impl Command {
    /// The parameters as text, parted at the delimiter.
    pub(super) fn parts(&self) -> Vec<String> {
        let parts = self.parameters.split(|byte| *byte == self.delimiter);
        parts.map(|part| String::from_utf8_lossy(part).into_owned()).collect()
    }

    /// The first of them.
    pub(super) fn first(&self) -> String {
        self.parts().into_iter().next().unwrap_or_default()
    }

    /// The command again, with the common prefix.
    pub(super) fn written(&self) -> Vec<u8> {
        [b"^", self.name.as_slice(), &self.parameters].concat()
    }
}

/// The commands between `^XA` and `^XZ`. Comments (`^FX`) are left out.
pub(super) fn commands(zpl: &[u8], mut prefixes: Prefixes) -> Vec<Command> {
    let mut commands = Vec::new();
    let mut rest = zpl;
    while let Some(start) = rest.iter().position(|byte| *byte == prefixes.format) {
        rest = &rest[start + 1..];
        let [first, second, ..] = rest else { break };
        let name = [first.to_ascii_uppercase(), second.to_ascii_uppercase()];
        if !name.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'@') {
            continue;
        }
        rest = &rest[2..];
        if let (b"CC" | b"CT" | b"CD", Some(character)) = (&name, rest.first()) {
            prefixes.change(name, *character);
            rest = &rest[1..];
            continue;
        }
        let length = parameters_length(name, rest, prefixes);
        if !matches!(&name, b"XA" | b"XZ" | b"FX") {
            let delimiter = prefixes.delimiter;
            commands.push(Command { name, parameters: trimmed(name, &rest[..length]), delimiter });
        }
        rest = &rest[length..];
    }
    commands
}

fn parameters_length(name: [u8; 2], rest: &[u8], prefixes: Prefixes) -> usize {
    let to_next = |from: usize| {
        let next = rest.iter().skip(from).position(|byte| *byte == prefixes.format || *byte == 0x03);
        next.map_or(rest.len(), |length| from + length)
    };
    if &name == b"GF" && rest.first().is_some_and(|kind| kind.eq_ignore_ascii_case(&b'B')) {
        let header: Vec<usize> =
            (0..rest.len()).filter(|index| rest[*index] == prefixes.delimiter).take(4).collect();
        if let [first, second, _, fourth] = header.as_slice() {
            let count =
                std::str::from_utf8(&rest[first + 1..*second]).ok().and_then(|text| text.trim().parse().ok());
            let data_end = (fourth + 1).saturating_add(count.unwrap_or(0usize)).min(rest.len());
            return to_next(data_end);
        }
    }
    to_next(0)
}

/// CR and LF between commands are no data; inside `^FD` the field decides.
fn trimmed(name: [u8; 2], parameters: &[u8]) -> Vec<u8> {
    if matches!(&name, b"FD" | b"FV" | b"GF") {
        return parameters.to_vec();
    }
    parameters.iter().copied().filter(|byte| !matches!(byte, b'\r' | b'\n' | b'\t')).collect()
}
