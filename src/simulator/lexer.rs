//! Bytes as they arrive become formats, control commands, Set-Get-Do lines and JSON requests.
//!
//! ZPL II Programming Guide: `^` commands queue with their format, `~` commands are acted on when received, so
//! this is where the two part. A format keeps its exact bytes; what they mean is for `format`.

mod counted;
mod request;

use request::SetGetDoCollector;
pub use request::{JsonCollector, SetGetDo, SettingsRequest};

const STX: u8 = 0x02;
const ETX: u8 = 0x03;
/// A format longer than this is given up, as by `~JX`.
const MAX_FORMAT_BYTES: usize = 16 * 1024 * 1024;

/// What a byte completed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Token {
    /// A whole format, `^XA` to `^XZ`, with the prefixes in force when it began.
    Format { zpl: Vec<u8>, prefixes: Prefixes },
    /// `~` and two letters, upper case, with the letters or digits that belong to them.
    Control { name: [u8; 2], parameters: Vec<u8> },
    /// A stored graphic or font (`~DG`, `~DY`) was downloaded.
    Download,
    /// `! U1 …`, `! U … END` or `{}{…}`.
    Settings(SettingsRequest),
}

/// The characters which begin commands and part their parameters: `^CC`, `^CT` and `^CD` change them for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prefixes {
    pub format: u8,
    pub control: u8,
    pub delimiter: u8,
}

impl Default for Prefixes {
    fn default() -> Self {
        Self { format: b'^', control: b'~', delimiter: b',' }
    }
}

impl Prefixes {
    /// Applies `CC`, `CT` or `CD`; false for any other name.
    pub(super) fn change(&mut self, name: [u8; 2], character: u8) -> bool {
        match &name {
            b"CC" => self.format = character,
            b"CT" => self.control = character,
            b"CD" => self.delimiter = character,
            _ => return false,
        }
        true
    }
}

/// Reads one printer's input; the format in progress belongs to the printer, not to a connection.
#[derive(Debug, Default)]
pub struct Lexer {
    prefixes: Prefixes,
    format: Option<Vec<u8>>,
    format_prefixes: Prefixes,
    state: State,
    /// `^XA` in a torn format is ignored (knob `xa_starts_new_format`).
    pub(super) keeps_torn_format: bool,
}

#[derive(Debug, Default)]
enum State {
    #[default]
    Text,
    /// After the format prefix: up to two letters.
    FormatCommand(Vec<u8>),
    /// The next byte becomes a prefix.
    NewPrefix([u8; 2]),
    /// `^GFB,…`: the parameters up to the fourth delimiter.
    GraphicHeader(Vec<u8>),
    /// Binary data: no prefix counts.
    Binary {
        left: usize,
    },
    /// After the control prefix: up to two letters.
    ControlCommand(Vec<u8>),
    ControlParameters {
        name: [u8; 2],
        wanted: usize,
        given: Vec<u8>,
    },
    /// `~DG`, `~DY` and their like, up to the next prefix; `~DY` in binary by count.
    Download(Vec<u8>),
    DownloadBinary {
        left: usize,
    },
    SetGetDo(SetGetDoCollector),
    Json(JsonCollector),
}

impl Lexer {
    /// A format is open: `~HS` h.
    pub fn has_partial_format(&self) -> bool {
        self.format.is_some()
    }

    /// In the middle of something which the next byte of the same sender continues.
    pub fn is_busy(&self) -> bool {
        self.format.is_some() || !matches!(self.state, State::Text)
    }

    /// Bytes of the format in progress, with those of a command not yet whole.
    pub fn partial_bytes(&self) -> usize {
        let held = if let State::FormatCommand(name) = &self.state { 1 + name.len() } else { 0 };
        self.format.as_ref().map_or(0, Vec::len) + held
    }

    pub(super) fn prefixes(&self) -> Prefixes {
        self.prefixes
    }

    /// `~JX`: forgets the format in progress.
    pub fn discard_partial(&mut self) {
        self.format = None;
        self.state = State::Text;
    }

    /// The sender hung up: a half command or request goes with it, a half format stays.
    pub fn sender_closed(&mut self) {
        if !matches!(self.state, State::Binary { .. } | State::GraphicHeader(_)) {
            self.state = State::Text;
        }
    }

    /// Takes one byte.
    pub fn push(&mut self, byte: u8) -> Option<Token> {
        match std::mem::take(&mut self.state) {
            State::Text => self.text(byte),
            State::FormatCommand(name) => self.format_command(name, byte),
            State::NewPrefix(name) => {
                self.keep(byte);
                self.prefixes.change(name, byte);
                None
            }
            State::GraphicHeader(header) => self.graphic_header(header, byte),
            State::Binary { left } => {
                self.keep(byte);
                if left > 1 {
                    self.state = State::Binary { left: left - 1 };
                }
                None
            }
            State::ControlCommand(name) => self.control_command(name, byte),
            State::ControlParameters { name, wanted, given } => {
                self.control_parameters(name, wanted, given, byte)
            }
            State::Download(header) => self.download(header, byte),
            State::DownloadBinary { left } => {
                if left > 1 {
                    self.state = State::DownloadBinary { left: left - 1 };
                    return None;
                }
                Some(Token::Download)
            }
            State::SetGetDo(mut collector) => match collector.push(byte) {
                request::Progress::More => {
                    self.state = State::SetGetDo(collector);
                    None
                }
                request::Progress::Done(request) => Some(Token::Settings(request)),
                request::Progress::Rubbish => None,
            },
            State::Json(mut collector) => match collector.push(byte) {
                request::Progress::More => {
                    self.state = State::Json(collector);
                    None
                }
                request::Progress::Done(request) => Some(Token::Settings(request)),
                request::Progress::Rubbish => None,
            },
        }
    }

    fn text(&mut self, byte: u8) -> Option<Token> {
        if byte == self.prefixes.control {
            self.state = State::ControlCommand(Vec::new());
            return None;
        }
        if byte == STX {
            self.open_format(&[STX]);
            return None;
        }
        if byte == ETX && self.format.is_some() {
            self.keep(byte);
            return self.close_format();
        }
        if byte == self.prefixes.format {
            self.state = State::FormatCommand(Vec::new());
        } else if self.format.is_some() {
            self.keep(byte);
        } else if byte == b'!' {
            self.state = State::SetGetDo(SetGetDoCollector::default());
        } else if byte == b'{' {
            self.state = State::Json(JsonCollector::in_print_stream());
        }
        None
    }

    fn format_command(&mut self, mut name: Vec<u8>, byte: u8) -> Option<Token> {
        if !byte.is_ascii_alphanumeric() && byte != b'@' {
            // Not a command: the prefix was alone. What follows is read afresh.
            self.keep(self.prefixes.format);
            name.into_iter().for_each(|byte| self.keep(byte));
            return self.text(byte);
        }
        name.push(byte);
        let &[first, second] = name.as_slice() else {
            self.state = State::FormatCommand(name);
            return None;
        };
        let written = [self.prefixes.format, first, second];
        match &[first.to_ascii_uppercase(), second.to_ascii_uppercase()] {
            b"XA" => self.open_format(&written),
            b"XZ" if self.format.is_some() => {
                written.into_iter().for_each(|byte| self.keep(byte));
                return self.close_format();
            }
            name => {
                written.into_iter().for_each(|byte| self.keep(byte));
                match name {
                    b"CC" | b"CT" | b"CD" => self.state = State::NewPrefix(*name),
                    b"GF" => self.state = State::GraphicHeader(Vec::new()),
                    _ => {}
                }
            }
        }
        None
    }

    fn control_command(&mut self, mut name: Vec<u8>, byte: u8) -> Option<Token> {
        if !byte.is_ascii_alphanumeric() {
            return self.text(byte);
        }
        name.push(byte.to_ascii_uppercase());
        let &[first, second] = name.as_slice() else {
            self.state = State::ControlCommand(name);
            return None;
        };
        let name = [first, second];
        let wanted = match &name {
            b"HQ" | b"SD" => 2,
            b"CC" | b"CT" | b"CD" | b"RO" | b"JS" => 1,
            b"TA" => 3,
            [b'D', _] => {
                self.state = State::Download(vec![first, second]);
                return None;
            }
            _ => return Some(Token::Control { name, parameters: Vec::new() }),
        };
        self.state = State::ControlParameters { name, wanted, given: Vec::new() };
        None
    }

    fn control_parameters(
        &mut self,
        name: [u8; 2],
        wanted: usize,
        mut given: Vec<u8>,
        byte: u8,
    ) -> Option<Token> {
        let is_prefix_change = matches!(&name, b"CC" | b"CT" | b"CD");
        if is_prefix_change {
            self.prefixes.change(name, byte);
            return None;
        }
        if !byte.is_ascii_alphanumeric() && byte != b'-' {
            // Fewer parameters than the command has: it is acted on as it stands, unless nothing came.
            let cut_short = (!given.is_empty()).then_some(Token::Control { name, parameters: given });
            return self.text(byte).or(cut_short);
        }
        given.push(byte.to_ascii_uppercase());
        if given.len() == wanted {
            return Some(Token::Control { name, parameters: given });
        }
        self.state = State::ControlParameters { name, wanted, given };
        None
    }

    fn open_format(&mut self, opening: &[u8]) {
        if self.format.is_some() && self.keeps_torn_format {
            return;
        }
        self.format = Some(opening.to_vec());
        self.format_prefixes = self.prefixes;
    }

    fn close_format(&mut self) -> Option<Token> {
        self.format.take().map(|zpl| Token::Format { zpl, prefixes: self.format_prefixes })
    }

    fn keep(&mut self, byte: u8) {
        if let Some(format) = &mut self.format {
            format.push(byte);
            if format.len() > MAX_FORMAT_BYTES {
                self.format = None;
            }
        }
    }
}

#[cfg(test)]
mod tests;
