//! Data that ends by count and not by the next prefix: `^GFB` and `~DY`. Whoever promises more bytes than he
//! sends loses what follows, status requests included.

use super::{Lexer, State, Token};

impl Lexer {
    /// `^GF`: the parameters tell whether binary data follows.
    pub(super) fn graphic_header(&mut self, mut header: Vec<u8>, byte: u8) -> Option<Token> {
        let is_binary = header.first().is_none_or(|kind| kind.eq_ignore_ascii_case(&b'B'));
        if !is_binary || byte == self.prefixes.format || byte == self.prefixes.control || header.len() > 64 {
            return self.text(byte);
        }
        self.keep(byte);
        header.push(byte);
        let mut parts = header.split(|byte| *byte == self.prefixes.delimiter);
        let count = parts.nth(1).and_then(|digits| std::str::from_utf8(digits).ok()?.trim().parse().ok());
        match (parts.nth(2).is_some(), count) {
            (true, Some(left)) if left > 0 => self.state = State::Binary { left },
            (true, _) => {}
            (false, _) => self.state = State::GraphicHeader(header),
        }
        None
    }

    /// `~DG`, `~DY`: to the next prefix, or by count.
    pub(super) fn download(&mut self, mut header: Vec<u8>, byte: u8) -> Option<Token> {
        if byte == self.prefixes.format || byte == self.prefixes.control {
            let _ = self.text(byte);
            return Some(Token::Download);
        }
        if header.starts_with(b"DY") && header.len() < 128 {
            header.push(byte);
            let parts: Vec<&[u8]> = header.split(|byte| *byte == self.prefixes.delimiter).collect();
            if let [_, kind, _, count, _, _] = parts.as_slice() {
                let count = std::str::from_utf8(count).ok().and_then(|digits| digits.trim().parse().ok());
                let is_binary = matches!(kind.first(), Some(b'B' | b'P' | b'b' | b'p'));
                if let (true, Some(left @ 1..)) = (is_binary, count) {
                    self.state = State::DownloadBinary { left };
                    return None;
                }
            }
        }
        self.state = State::Download(header);
        None
    }
}
