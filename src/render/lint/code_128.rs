//! Code 128, as `^BC` encodes it ("ZPL II Programming Guide", ^BC).

use super::finding::FindingCode;
use super::gs1;
use super::symbol::{Fault, Request, Symbol};

/// GS1's separator and first character, while the data is looked at.
const FNC1: char = '\u{1D}';
const QUIET_MODULES: i32 = 10;

pub(super) fn symbol(request: &Request<'_>) -> Symbol {
    let mode = request.parameter(5).to_ascii_uppercase();
    let mut faults = Vec::new();
    let (words, data) = match mode.as_str() {
        "A" => (packed(request.data), request.data.to_owned()),
        "D" => {
            let data = request.data.replace(">8", &FNC1.to_string());
            let encoded: String = data.chars().filter(|c| !matches!(c, '(' | ')' | ' ')).collect();
            faults.extend(gs1::faults(&data));
            (packed(&format!("{FNC1}{encoded}")), data.replace(FNC1, ""))
        }
        "U" => {
            if !matches!(request.data.len(), 19 | 20) || !request.data.bytes().all(|b| b.is_ascii_digit()) {
                let message =
                    format!("carries 19 digits in mode U, and here are {}", request.data.chars().count());
                faults.push(Fault::new(
                    FindingCode::BarCodeLength,
                    message,
                    "Send 19 digits, or use ^BC in mode D.",
                ));
            } else if request.data.len() == 20 && !gs1::is_checked(request.data) {
                let message = "has a wrong check digit";
                faults.push(Fault::new(FindingCode::CheckDigit, message, "Look for a digit typed wrongly."));
            }
            (11, request.data.to_owned())
        }
        _ => by_hand(request.data, &mut faults),
    };
    if let Some(other) = data.chars().find(|c| !c.is_ascii() && *c != FNC1) {
        let message = format!("cannot carry `{other}`");
        let action = "Use letters without accents, digits and ASCII signs, or a QR code.";
        faults.push(Fault::new(FindingCode::BarCodeData, message, action));
    }
    Symbol {
        name: if mode == "D" || mode == "U" { "GS1-128" } else { "Code 128" },
        module: request.module,
        // Start, data, check: 11 modules each; stop: 13.
        width: (words as i32 + 2).saturating_mul(11).saturating_add(13).saturating_mul(request.module),
        height: request.length(1).unwrap_or(request.height),
        quiet_modules: [QUIET_MODULES, 0, QUIET_MODULES, 0],
        is_matrix: false,
        text: request.line(2, true),
        data,
        faults,
    }
}

/// Fewest code words for the data: digits go in pairs where changing to subset C and back pays.
fn packed(data: &str) -> usize {
    const NEVER: usize = usize::MAX / 2;
    let characters: Vec<char> = data.chars().collect();
    // Words so far, by characters taken and subset (B, C). The start sign chooses the first subset for nothing.
    let mut words = vec![[NEVER; 2]; characters.len() + 2];
    words[0] = [0, 0];
    for at in 0..characters.len() {
        let [b, c] = words[at];
        let (b, c) = (b.min(c + 1), c.min(b + 1));
        let is_digit = |at: usize| characters.get(at).is_some_and(char::is_ascii_digit);
        words[at + 1][0] = words[at + 1][0].min(b + 1);
        if characters[at] == FNC1 {
            words[at + 1][1] = words[at + 1][1].min(c + 1);
        } else if is_digit(at) && is_digit(at + 1) {
            words[at + 2][1] = words[at + 2][1].min(c + 1);
        }
    }
    let [b, c] = words[characters.len()];
    b.min(c)
}

/// Code words where the data chooses its subsets by `>` codes, and the data people read.
fn by_hand(data: &str, faults: &mut Vec<Fault>) -> (usize, String) {
    let characters: Vec<char> = data.chars().collect();
    let (mut words, mut is_c, mut read) = (0_usize, false, String::new());
    let mut gs1_data: Option<String> = None;
    let mut at = 0;
    while at < characters.len() {
        if characters[at] == '>' {
            let code = characters.get(at + 1).copied().unwrap_or(' ');
            let is_first = at == 0;
            match code {
                ';' | '5' => (is_c, words) = (true, words + usize::from(!is_first)),
                ':' | '6' | '9' | '7' => (is_c, words) = (false, words + usize::from(!is_first)),
                '8' => {
                    words += 1;
                    match gs1_data.as_mut() {
                        Some(collected) => collected.push(FNC1),
                        None if read.is_empty() => gs1_data = Some(String::new()),
                        None => {}
                    }
                }
                '0' | '<' | '=' => {
                    let sign = match code {
                        '0' => '>',
                        '<' => '^',
                        _ => '~',
                    };
                    words += 1;
                    read.push(sign);
                    if let Some(collected) = gs1_data.as_mut() {
                        collected.push(sign);
                    }
                }
                '1'..='4' => words += 1,
                _ => faults.push(Fault::new(
                    FindingCode::BarCodeData,
                    "has a `>` that begins no known code",
                    "Write >0 for the sign itself.",
                )),
            }
            at += 2;
            continue;
        }
        let pair =
            characters[at].is_ascii_digit() && characters.get(at + 1).is_some_and(char::is_ascii_digit);
        let taken = if is_c && pair { 2 } else { 1 };
        if is_c && !pair {
            faults.push(Fault::new(
                FindingCode::BarCodeLength,
                "takes digits in pairs in subset C, and here is one that the printer drops",
                "Send an even number of digits, or change to subset B with >6.",
            ));
        }
        for character in &characters[at..at + taken] {
            read.push(*character);
            if let Some(collected) = gs1_data.as_mut() {
                collected.push(*character);
            }
        }
        words += 1;
        at += taken;
    }
    if let Some(collected) = gs1_data {
        faults.extend(gs1::faults(&collected));
    }
    (words, read)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_width_is_that_of_the_standard() {
        // Start, data, check and stop: 11 modules a word and 13 at the end.
        for (mode, data, words) in [
            ("", "SN-000001", 9),
            ("", ">;123456", 3),
            ("", ">;>800340123450000000000", 11),
            ("", ">:AB>51234", 5),
            ("A", "12345678", 4),
            ("A", "SN-000001", 7),
            ("A", "AB12", 4),
            ("D", "(01)09501101530003", 9),
            ("U", "1234567890123456789", 11),
        ] {
            let parameters = ["N", "50", "N", "N", "N", mode].map(str::to_owned);
            let request = Request {
                code: *b"BC",
                parameters: &parameters,
                module: 2,
                ratio: 3.0,
                height: 10,
                dots_per_unit: 1.0,
                data,
            };
            let symbol = symbol(&request);
            assert_eq!(symbol.width, ((words + 2) * 11 + 13) * 2, "{mode} {data}");
            assert_eq!(symbol.faults, [], "{mode} {data}");
        }
    }
}
