//! The data of a field as the printer takes it.

/// Undoes `^FH`: the sign and two hexadecimal digits are a byte. Answers the text and whether every escape was whole.
pub(super) fn decoded(data: &str, sign: Option<u8>) -> (String, bool) {
    // Line breaks between the lines of a label's text are not part of the data.
    let data = data.trim_end_matches(['\r', '\n']);
    let Some(sign) = sign else { return (data.to_owned(), true) };
    let mut bytes = Vec::with_capacity(data.len());
    let mut is_whole = true;
    let mut rest = data.bytes();
    while let Some(byte) = rest.next() {
        if byte != sign {
            bytes.push(byte);
            continue;
        }
        let mut ahead = rest.clone();
        let mut digit = || ahead.next().and_then(|byte| char::from(byte).to_digit(16));
        if let (Some(high), Some(low)) = (digit(), digit()) {
            bytes.push((high * 16 + low) as u8);
            rest = ahead;
        } else {
            is_whole = false;
            bytes.push(byte);
        }
    }
    (String::from_utf8_lossy(&bytes).into_owned(), is_whole)
}

/// The lines a text block is given, its escapes undone.
pub(super) fn paragraphs(text: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        let escaped = if character == '\\' { characters.next() } else { None };
        match (character, escaped) {
            (_, Some('&')) => lines.push(String::new()),
            (_, Some(other)) => {
                if let Some(line) = lines.last_mut() {
                    line.push(other);
                }
            }
            ('\r' | '\n', None) => {}
            (other, None) => {
                if let Some(line) = lines.last_mut() {
                    line.push(other);
                }
            }
        }
    }
    lines
}

/// Whether a text looks as if `^FH` had been meant: `_` and two hexadecimal digits, capitals as platen writes them.
pub(super) fn looks_escaped(data: &str) -> bool {
    data.as_bytes().windows(3).any(|three| {
        three[0] == b'_'
            && matches!(three[1], b'0'..=b'7' | b'C' | b'D' | b'E')
            && matches!(three[2], b'0'..=b'9' | b'A'..=b'F')
            && (three[1] > b'7' || matches!(three, [_, b'5', b'C' | b'E' | b'F'] | [_, b'7', b'E']))
    })
}
