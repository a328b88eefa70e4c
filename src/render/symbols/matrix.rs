//! Two-dimensional bar codes: their own escapes, and how much they hold. A printer prints nothing where it is too much.

use super::gs1::{ElementString, Piece};
use super::{is_digits, printable_ascii};
use crate::render::escape::Unprintable;

/// Rows, columns and codewords of the Data Matrix sizes of quality 200 (ISO/IEC 16022, table 7).
const DATA_MATRIX_SIZES: [(u16, u16, u16); 30] = [
    (10, 10, 3),
    (12, 12, 5),
    (14, 14, 8),
    (16, 16, 12),
    (18, 18, 18),
    (20, 20, 22),
    (22, 22, 30),
    (24, 24, 36),
    (26, 26, 44),
    (32, 32, 62),
    (36, 36, 86),
    (40, 40, 114),
    (44, 44, 144),
    (48, 48, 174),
    (52, 52, 204),
    (64, 64, 280),
    (72, 72, 368),
    (80, 80, 456),
    (88, 88, 576),
    (96, 96, 696),
    (104, 104, 816),
    (120, 120, 1050),
    (132, 132, 1304),
    (144, 144, 1558),
    (8, 18, 5),
    (8, 32, 10),
    (12, 26, 16),
    (12, 36, 22),
    (16, 36, 32),
    (16, 48, 49),
];

/// Bytes, digits and alphanumeric characters of the largest QR code (ISO/IEC 18004, table 7).
const QR_CAPACITIES: [(u8, [usize; 3]); 4] = [
    (b'L', [2953, 7089, 4296]),
    (b'M', [2331, 5596, 3391]),
    (b'Q', [1663, 3993, 2420]),
    (b'H', [1273, 3057, 1852]),
];

/// Codewords of the largest PDF417, and its most rows.
const PDF417_CODEWORDS: u16 = 928;
const PDF417_ROWS: u16 = 90;
/// Bytes of the largest Aztec symbol before error correction takes its part.
const AZTEC_BYTES: u16 = 2_400;

/// Codewords of a `^BX` with these columns and rows, where 0 is for the printer to choose.
pub(in crate::render) fn data_matrix_room(columns: u16, rows: u16, is_long: bool) -> Option<u16> {
    let fits = |size: &&(u16, u16, u16)| {
        let (height, width, _) = **size;
        (is_long || columns != 0 || rows != 0 || height == width)
            && (!is_long || height != width)
            && (columns == 0 || width == columns)
            && (rows == 0 || height == rows)
    };
    DATA_MATRIX_SIZES.iter().filter(fits).map(|(_, _, codewords)| *codewords).max()
}

/// Codewords of a `^B7` with this security level, columns and rows, where 0 is for the printer to choose.
pub(in crate::render) fn pdf417_room(security: u16, columns: u16, rows: u16) -> Option<u16> {
    let all = match (columns, rows) {
        (0, 0) => PDF417_CODEWORDS,
        (columns, 0) => columns * PDF417_ROWS,
        (0, rows) => rows * 30,
        (columns, rows) => columns * rows,
    };
    let correction = 1 << (security + 1);
    // One codeword tells the length.
    all.min(PDF417_CODEWORDS).checked_sub(correction + 1)
}

/// Bytes of a `^BO` with this percentage of error correction.
pub(in crate::render) fn aztec_room(correction_percent: u16) -> u16 {
    let correction_percent = if correction_percent == 0 { 23 } else { correction_percent.min(90) };
    AZTEC_BYTES / 100 * (100 - correction_percent)
}

pub(super) fn data_matrix(value: &str, escape: u8, codewords: u16) -> Result<String, Unprintable> {
    let escape = char::from(escape);
    data_matrix_fits(value, 0, codewords)?;
    Ok(value.replace(escape, &format!("{escape}{escape}")))
}

/// FNC1 first, and between elements: the escape and `1`.
pub(super) fn data_matrix_elements(
    elements: &ElementString,
    escape: u8,
    codewords: u16,
) -> Result<String, Unprintable> {
    let escape = char::from(escape);
    let mut out = format!("{escape}1");
    let mut plain = String::new();
    let mut separators = 1;
    for piece in elements.pieces() {
        match piece {
            Piece::Separator => {
                out.push_str(&format!("{escape}1"));
                separators += 1;
            }
            Piece::Character(character) if character == escape => out.push_str(&format!("{escape}{escape}")),
            Piece::Character(character) => out.push(character),
        }
        if let Piece::Character(character) = piece {
            plain.push(character);
        }
    }
    data_matrix_fits(&plain, separators, codewords)?;
    Ok(out)
}

fn data_matrix_fits(value: &str, separators: usize, room: u16) -> Result<(), Unprintable> {
    let mut bytes = value.bytes().peekable();
    let mut ascii = separators;
    while let Some(byte) = bytes.next() {
        let is_pair = byte.is_ascii_digit() && bytes.next_if(u8::is_ascii_digit).is_some();
        ascii += if byte.is_ascii() || is_pair { 1 } else { 2 };
    }
    let base256 = separators + value.len() + if value.len() < 250 { 2 } else { 3 };
    too_much(ascii.min(base256), usize::from(room), "Data Matrix of this size", "codewords")
}

pub(super) fn qr(value: &str, correction: u8) -> Result<String, Unprintable> {
    let rooms =
        QR_CAPACITIES.iter().find(|(level, _)| *level == correction).map_or([1273, 3057, 1852], |(_, r)| *r);
    let is_alphanumeric =
        |c: char| matches!(c, '0'..='9' | 'A'..='Z' | ' ' | '$' | '%' | '*' | '+' | '-' | '.' | '/' | ':');
    let room = if is_digits(value) {
        rooms[1]
    } else if value.chars().all(is_alphanumeric) {
        rooms[2]
    } else {
        rooms[0]
    };
    too_much(value.len(), room, "a QR code with this error correction", "bytes")?;
    Ok(value.to_owned())
}

/// A backslash is an escape on some firmware and itself on other; letters with accents depend on the reader.
pub(super) fn pdf417(value: &str, codewords: u16) -> Result<String, Unprintable> {
    printable_ascii(value, "PDF417")?;
    if value.contains('\\') {
        let message = "a backslash may be read as an escape in ^B7";
        return Err(Unprintable::new(message, "use Data Matrix or a QR code in the template"));
    }
    too_much(value.len() * 5 / 6 + 3, usize::from(codewords), "PDF417 of this size", "codewords")?;
    Ok(value.to_owned())
}

pub(super) fn aztec(value: &str, room: u16) -> Result<String, Unprintable> {
    printable_ascii(value, "Aztec")?;
    too_much(value.len(), usize::from(room), "an Aztec code with this error correction", "bytes")?;
    Ok(value.to_owned())
}

fn too_much(needed: usize, room: usize, what: &str, unit: &str) -> Result<(), Unprintable> {
    if needed <= room {
        return Ok(());
    }
    Err(Unprintable::new(
        format!("{what} holds {room} {unit}, and this needs {needed}"),
        "send less, or choose a larger one in the template",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_much_is_refused_before_a_printer_prints_nothing() {
        assert_eq!(data_matrix_room(0, 0, false), Some(1558));
        assert_eq!(data_matrix_room(0, 0, true), Some(49));
        assert_eq!(data_matrix_room(26, 26, false), Some(44));
        assert_eq!(data_matrix_room(36, 12, false), Some(22));
        assert_eq!((data_matrix_room(11, 11, false), data_matrix_room(27, 0, false)), (None, None));
        assert!(
            data_matrix(&"1".repeat(88), b'_', 44).is_ok() && data_matrix(&"1".repeat(89), b'_', 44).is_err()
        );
        assert!(
            data_matrix(&"a".repeat(44), b'_', 44).is_ok() && data_matrix(&"é".repeat(22), b'_', 44).is_err()
        );
        assert!(qr(&"a".repeat(1663), b'Q').is_ok() && qr(&"a".repeat(1664), b'Q').is_err());
        assert!(qr(&"9".repeat(3057), b'H').is_ok() && qr(&"A".repeat(1853), b'H').is_err());
        assert_eq!(pdf417_room(8, 1, 3), None);
        let room = pdf417_room(2, 4, 20).unwrap();
        assert_eq!(room, 71);
        assert!(pdf417(&"a".repeat(80), room).is_ok() && pdf417(&"a".repeat(90), room).is_err());
        assert!(pdf417("a\\b", room).is_err() && pdf417("é", room).is_err());
        assert!(
            aztec(&"a".repeat(1848), aztec_room(0)).is_ok()
                && aztec(&"a".repeat(1849), aztec_room(0)).is_err()
        );
    }

    #[test]
    fn gs1_data_matrix_has_its_separators() {
        let elements = ElementString::parse("(10)A_B(21)1(01)09521234543213").unwrap();
        assert_eq!(data_matrix_elements(&elements, b'_', 1558).unwrap(), "_1010952123454321310A__B_1211");
    }
}
