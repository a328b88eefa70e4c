//! Set-Get-Do lines and JSON requests, collected byte by byte until they are whole.

use serde_json::{Map, Value};

/// A request for the printer's variables. ZPL II Programming Guide, chapter "SGD Printer Commands".
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SettingsRequest {
    /// One or more commands of one `! U1 …` or `! U … END`.
    SetGetDo(Vec<SetGetDo>),
    /// `{}{…}`: null reads, text sets.
    Json(Map<String, Value>),
}

/// One command of the Set-Get-Do language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SetGetDo {
    Get(String),
    Set(String, String),
    Do(String, String),
}

/// What a byte did to a collection.
#[derive(Debug)]
pub(super) enum Progress {
    More,
    Done(SettingsRequest),
    Rubbish,
}

const MAX_REQUEST_BYTES: usize = 16 * 1024;

/// Collects from `!` on. A command without its closing CR, LF or space waits for ever, as in the printer.
#[derive(Debug, Default)]
pub(super) struct SetGetDoCollector {
    text: Vec<u8>,
}

impl SetGetDoCollector {
    pub(super) fn push(&mut self, byte: u8) -> Progress {
        let is_terminator = matches!(byte, b'\r' | b'\n' | b' ');
        let is_line_end = matches!(byte, b'\r' | b'\n');
        if is_terminator && let Some(commands) = self.whole_commands() {
            return Progress::Done(SettingsRequest::SetGetDo(commands));
        }
        if is_line_end && !self.is_in_quotes() || self.text.len() >= MAX_REQUEST_BYTES {
            return Progress::Rubbish;
        }
        self.text.push(byte);
        Progress::More
    }

    fn is_in_quotes(&self) -> bool {
        self.text.iter().filter(|byte| **byte == b'"').count() % 2 == 1
    }

    fn whole_commands(&self) -> Option<Vec<SetGetDo>> {
        let text = std::str::from_utf8(&self.text).ok()?;
        if let Some(rest) = text.strip_prefix(" U1 ") {
            let (command, rest) = one_command(rest)?;
            return rest.is_empty().then(|| vec![command]);
        }
        let mut rest = text.strip_prefix(" U ")?.strip_suffix("END")?.trim_end_matches(' ');
        let mut commands = Vec::new();
        while !rest.is_empty() {
            let (command, after) = one_command(rest)?;
            commands.push(command);
            rest = after.trim_start_matches(' ');
        }
        Some(commands)
    }
}

fn one_command(text: &str) -> Option<(SetGetDo, &str)> {
    let (verb, rest) = text.split_once(' ')?;
    let (name, rest) = quoted(rest)?;
    if verb == "getvar" {
        return Some((SetGetDo::Get(name), rest));
    }
    let (value, rest) = quoted(rest.strip_prefix(' ')?)?;
    match verb {
        "setvar" => Some((SetGetDo::Set(name, value), rest)),
        "do" => Some((SetGetDo::Do(name, value), rest)),
        _ => None,
    }
}

fn quoted(text: &str) -> Option<(String, &str)> {
    let (value, rest) = text.strip_prefix('"')?.split_once('"')?;
    Some((value.to_owned(), rest))
}

/// Collects balanced JSON objects; the empty one which announces a request is skipped.
#[derive(Debug)]
pub struct JsonCollector {
    text: Vec<u8>,
    depth: usize,
    in_string: bool,
    after_backslash: bool,
    /// In the print stream a request counts only behind `{}`.
    is_announced: bool,
    is_print_stream: bool,
}

impl JsonCollector {
    /// In the print stream, where a first `{` was just read and `{}` must announce the request.
    pub(super) fn in_print_stream() -> Self {
        Self {
            text: vec![b'{'],
            depth: 1,
            in_string: false,
            after_backslash: false,
            is_announced: false,
            is_print_stream: true,
        }
    }

    /// On a port which speaks JSON only.
    pub(in crate::simulator) fn on_json_port() -> Self {
        Self {
            text: Vec::new(),
            depth: 0,
            in_string: false,
            after_backslash: false,
            is_announced: true,
            is_print_stream: false,
        }
    }

    /// Takes one byte of a JSON-only port; a request when it is whole.
    pub(in crate::simulator) fn request(&mut self, byte: u8) -> Option<Map<String, Value>> {
        match self.push(byte) {
            Progress::Done(SettingsRequest::Json(object)) => {
                *self = Self::on_json_port();
                Some(object)
            }
            Progress::Done(SettingsRequest::SetGetDo(_)) | Progress::More => None,
            Progress::Rubbish => {
                *self = Self::on_json_port();
                None
            }
        }
    }

    pub(super) fn push(&mut self, byte: u8) -> Progress {
        if self.depth == 0 && byte != b'{' {
            let between = byte.is_ascii_whitespace() || !self.is_print_stream;
            return if between { Progress::More } else { Progress::Rubbish };
        }
        if self.text.len() >= MAX_REQUEST_BYTES {
            return Progress::Rubbish;
        }
        self.text.push(byte);
        match byte {
            _ if self.after_backslash => self.after_backslash = false,
            b'\\' if self.in_string => self.after_backslash = true,
            b'"' => self.in_string = !self.in_string,
            b'{' if !self.in_string => self.depth += 1,
            b'}' if !self.in_string => self.depth -= 1,
            _ => {}
        }
        if self.depth > 0 {
            return Progress::More;
        }
        let text = std::mem::take(&mut self.text);
        match serde_json::from_slice::<Map<String, Value>>(&text) {
            Ok(object) if object.is_empty() => {
                self.is_announced = true;
                Progress::More
            }
            Ok(object) if self.is_announced => Progress::Done(SettingsRequest::Json(object)),
            Ok(_) | Err(_) => Progress::Rubbish,
        }
    }
}
