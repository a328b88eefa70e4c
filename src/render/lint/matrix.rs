//! Data Matrix and QR code: how many squares a text needs (ISO/IEC 16022 and 18004).

use super::finding::FindingCode;
use super::gs1;
use super::symbol::{Fault, Line, Request, Symbol};

/// Squares along a side, and code words, of each square Data Matrix of quality 200.
const DATA_MATRIX: [(i32, usize); 24] = [
    (10, 3),
    (12, 5),
    (14, 8),
    (16, 12),
    (18, 18),
    (20, 22),
    (22, 30),
    (24, 36),
    (26, 44),
    (32, 62),
    (36, 86),
    (40, 114),
    (44, 144),
    (48, 174),
    (52, 204),
    (64, 280),
    (72, 368),
    (80, 456),
    (88, 576),
    (96, 696),
    (104, 816),
    (120, 1050),
    (132, 1304),
    (144, 1558),
];

/// Code words for data of a QR code of version 1 to 40, by error correction.
const QR_WORDS: [(u8, [u16; 40]); 4] = [
    (
        b'L',
        [
            19, 34, 55, 80, 108, 136, 156, 194, 232, 274, 324, 370, 428, 461, 523, 589, 647, 721, 795, 861,
            932, 1006, 1094, 1174, 1276, 1370, 1468, 1531, 1631, 1735, 1843, 1955, 2071, 2191, 2306, 2434,
            2566, 2702, 2812, 2956,
        ],
    ),
    (
        b'M',
        [
            16, 28, 44, 64, 86, 108, 124, 154, 182, 216, 254, 290, 334, 365, 415, 453, 507, 563, 627, 669,
            714, 782, 860, 914, 1000, 1062, 1128, 1193, 1267, 1373, 1455, 1541, 1631, 1725, 1812, 1914, 1992,
            2102, 2216, 2334,
        ],
    ),
    (
        b'Q',
        [
            13, 22, 34, 48, 62, 76, 88, 110, 132, 154, 180, 206, 244, 261, 295, 325, 367, 397, 445, 485, 512,
            568, 614, 664, 718, 754, 808, 871, 911, 985, 1033, 1115, 1171, 1231, 1286, 1354, 1426, 1502,
            1582, 1666,
        ],
    ),
    (
        b'H',
        [
            9, 16, 26, 36, 46, 60, 66, 86, 100, 122, 140, 158, 180, 197, 223, 253, 283, 313, 341, 385, 406,
            442, 464, 514, 538, 596, 628, 661, 701, 745, 793, 845, 901, 961, 986, 1054, 1096, 1142, 1222,
            1276,
        ],
    ),
];

fn too_much(name: &str) -> Fault {
    let message = "is given more than it can carry";
    let action = if name == "QR code" { "Send less, or lower the error correction." } else { "Send less." };
    Fault::new(FindingCode::BarCodeTooMuchData, message, action)
}

/// `^BXo,h,s,c,r,f,g,a`.
pub(super) fn data_matrix(request: &Request<'_>) -> Symbol {
    let mut faults = Vec::new();
    if request.parameter(2) != "200" {
        let message = "has an error correction that no reader of today expects";
        faults.push(Fault::new(FindingCode::WrongParameter, message, "Write quality 200, as in ^BXN,4,200."));
    }
    let escape = request.parameter(6).chars().next().unwrap_or('_');
    let (bytes, data, is_gs1) = unescaped(request.data, escape);
    if is_gs1 {
        faults.extend(gs1::faults(&data));
    }
    let words = data_matrix_words(&bytes) + usize::from(is_gs1);
    let asked: i32 = request.parameter(3).parse().unwrap_or(0);
    let rows: i32 = request.parameter(4).parse().unwrap_or(asked);
    let fitting = DATA_MATRIX.iter().find(|(side, capacity)| *capacity >= words && *side >= asked.max(rows));
    let is_fixed = asked > 0;
    let side = match fitting {
        Some((side, _)) if is_fixed && *side > asked => {
            faults.push(too_much("Data Matrix"));
            asked
        }
        Some((side, _)) => *side,
        None => {
            faults.push(too_much("Data Matrix"));
            144
        }
    };
    let module = request.length(1).filter(|module| *module > 0).unwrap_or(request.module);
    Symbol {
        name: if is_gs1 { "GS1 DataMatrix" } else { "Data Matrix" },
        module,
        width: side.saturating_mul(module),
        height: side.saturating_mul(module),
        quiet_modules: [1; 4],
        is_matrix: true,
        text: Line::None,
        data,
        faults,
    }
}

/// The bytes behind the escapes of `^BX`, the text for people, and whether FNC1 stands first.
fn unescaped(data: &str, escape: char) -> (Vec<u8>, String, bool) {
    let (mut read, mut is_gs1) = (String::new(), false);
    let mut characters = data.chars();
    while let Some(character) = characters.next() {
        if character != escape {
            read.push(character);
            continue;
        }
        match characters.next() {
            Some('1') if read.is_empty() => is_gs1 = true,
            Some('1') => read.push('\u{1D}'),
            Some('d' | '5') => {
                let code: String = characters.by_ref().take(3).collect();
                read.push(code.parse::<u8>().map_or('?', char::from));
            }
            Some(other) => read.push(other),
            None => {}
        }
    }
    (read.as_bytes().to_vec(), read, is_gs1)
}

/// Code words of a Data Matrix: the best mixture of ASCII, C40 and text encodation, or all bytes as they are.
fn data_matrix_words(bytes: &[u8]) -> usize {
    const NEVER: usize = usize::MAX / 2;
    // In thirds of a code word: a value of C40 or text takes two. Changing the encodation takes a word.
    let mut thirds = vec![[NEVER; 3]; bytes.len() + 2];
    thirds[0][0] = 0;
    for (at, byte) in bytes.iter().enumerate() {
        let [ascii, c40, text] = thirds[at];
        // A triplet is filled before it is left.
        let ascii = ascii.min((c40.min(text) + 3).next_multiple_of(3));
        let (c40, text) = (c40.min(ascii + 3), text.min(ascii + 3));
        let is_pair = byte.is_ascii_digit() && bytes.get(at + 1).is_some_and(u8::is_ascii_digit);
        let next = if is_pair { at + 2 } else { at + 1 };
        let cost = if *byte >= 0x80 { 6 } else { 3 };
        thirds[next][0] = thirds[next][0].min(ascii + cost);
        thirds[at + 1][0] = thirds[at + 1][0].min(ascii + cost);
        let values = |is_short: bool| {
            if *byte >= 0x80 {
                8
            } else if is_short {
                2
            } else {
                4
            }
        };
        let is_shared = byte.is_ascii_digit() || *byte == b' ';
        thirds[at + 1][1] = thirds[at + 1][1].min(c40 + values(is_shared || byte.is_ascii_uppercase()));
        thirds[at + 1][2] = thirds[at + 1][2].min(text + values(is_shared || byte.is_ascii_lowercase()));
    }
    let [ascii, c40, text] = thirds[bytes.len()];
    // At the end of the data the last encodation need not be left.
    let mixed = ascii.min(c40.min(text).next_multiple_of(3)) / 3;
    let all_bytes = bytes.len() + if bytes.len() < 250 { 2 } else { 3 };
    mixed.min(all_bytes)
}

/// `^BQa,2,magnification`, and `^FD` with its switches.
pub(super) fn qr(request: &Request<'_>) -> Symbol {
    let mut faults = Vec::new();
    let bytes = request.data.as_bytes();
    let (level, data) = match bytes {
        [level @ (b'H' | b'Q' | b'M' | b'L'), b'A', b',', ..] => (*level, &request.data[3..]),
        [level @ (b'H' | b'Q' | b'M' | b'L'), b'M', b',', mode, ..] => {
            let skipped = if *mode == b'B' { 8 } else { 4 };
            (*level, request.data.get(skipped..).unwrap_or(""))
        }
        _ => {
            let message =
                "does not begin with its switches, so the printer takes the first characters for them";
            faults.push(Fault::new(FindingCode::BarCodeData, message, "Write ^FDQA, before the data."));
            (b'M', request.data)
        }
    };
    let capacity =
        QR_WORDS.iter().find(|(name, _)| *name == level).map_or(&QR_WORDS[1].1, |(_, words)| words);
    let version = (1..=40).find(|version| {
        let bits = qr_bits(data, *version);
        usize::from(capacity[*version - 1]) * 8 >= bits
    });
    if version.is_none() {
        faults.push(too_much("QR code"));
    }
    let side = 17 + 4 * version.unwrap_or(40) as i32;
    let module = request.length(2).filter(|module| *module > 0).unwrap_or(2);
    Symbol {
        name: "QR code",
        module,
        width: side.saturating_mul(module),
        height: side.saturating_mul(module),
        quiet_modules: [4; 4],
        is_matrix: true,
        text: Line::None,
        data: data.to_owned(),
        faults,
    }
}

/// Bits of a text in one segment: mode, count and characters.
fn qr_bits(data: &str, version: usize) -> usize {
    let row = match version {
        1..=9 => 0,
        10..=26 => 1,
        _ => 2,
    };
    let is_letter = |byte: u8| matches!(byte, b'0'..=b'9' | b'A'..=b'Z' | b' ' | b'$' | b'%' | b'*' | b'+' | b'-' | b'.' | b'/' | b':');
    let count = data.len();
    if data.bytes().all(|byte| byte.is_ascii_digit()) {
        4 + [10, 12, 14][row] + count / 3 * 10 + [0, 4, 7][count % 3]
    } else if data.bytes().all(is_letter) {
        4 + [9, 11, 13][row] + count / 2 * 11 + count % 2 * 6
    } else {
        4 + [8, 16, 16][row] + count * 8
    }
}
