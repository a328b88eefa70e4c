//! Code 39, Interleaved 2 of 5, and the bar codes of shops ("ZPL II Programming Guide", ^B3, ^B2, ^BE, ^B8, ^BU).

use super::finding::FindingCode;
use super::gs1;
use super::symbol::{Fault, Request, Symbol};

fn wide(request: &Request<'_>) -> i32 {
    (f64::from(request.module) * request.ratio).round() as i32
}

/// `^B3o,e,h,f,g`.
pub(super) fn code_39(request: &Request<'_>) -> Symbol {
    let mut faults = Vec::new();
    let known = |c: char| matches!(c, '0'..='9' | 'A'..='Z' | '-' | '.' | ' ' | '$' | '/' | '+' | '%');
    if let Some(other) = request.data.chars().find(|c| !known(*c)) {
        let message = format!("cannot carry `{other}`");
        let action = "Send digits, capital letters and - . $ / + %, or use Code 128.";
        faults.push(Fault::new(FindingCode::BarCodeData, message, action));
    }
    // Start and stop sign, and the check digit where it is asked for.
    let signs = request.data.chars().count() as i32 + 2 + i32::from(request.is_yes(1, false));
    // Six narrow and three wide elements, and a narrow gap between two signs.
    let sign = 6 * request.module + 3 * wide(request);
    Symbol {
        name: "Code 39",
        module: request.module,
        width: signs.saturating_mul(sign + request.module) - request.module,
        height: request.length(2).unwrap_or(request.height),
        quiet_modules: [10, 0, 10, 0],
        is_matrix: false,
        text: request.line(3, true),
        data: request.data.to_owned(),
        faults,
    }
}

/// `^B2o,h,f,g,e`.
pub(super) fn interleaved_2_of_5(request: &Request<'_>) -> Symbol {
    let mut faults = Vec::new();
    if !request.data.bytes().all(|byte| byte.is_ascii_digit()) {
        let message = "carries digits alone, and here is something else";
        faults.push(Fault::new(FindingCode::BarCodeData, message, "Send digits, or use Code 128."));
    }
    let digits = request.data.chars().count() + usize::from(request.is_yes(4, false));
    if digits % 2 == 1 {
        let message = "carries digits in pairs; the printer puts a zero before these";
        faults.push(Fault::new(FindingCode::BarCodeLength, message, "Send an even number of digits."));
    }
    let pairs = digits.div_ceil(2) as i32;
    let pair = 6 * request.module + 4 * wide(request);
    Symbol {
        name: "Interleaved 2 of 5",
        module: request.module,
        width: pairs.saturating_mul(pair) + 6 * request.module + wide(request),
        height: request.length(1).unwrap_or(request.height),
        quiet_modules: [10, 0, 10, 0],
        is_matrix: false,
        text: request.line(2, true),
        data: request.data.to_owned(),
        faults,
    }
}

/// EAN-13, EAN-8 and UPC-A: `^BEo,h,f,g` and the like, for this many digits.
pub(super) fn ean_or_upc(request: &Request<'_>, digits: usize) -> Symbol {
    let (name, quiet_modules, modules) = match digits {
        13 => ("EAN-13", [11, 0, 7, 0], 95),
        8 => ("EAN-8", [7, 0, 7, 0], 67),
        _ => ("UPC-A", [9, 0, 9, 0], 95),
    };
    let mut faults = Vec::new();
    let given = request.data.chars().count();
    if !request.data.bytes().all(|byte| byte.is_ascii_digit()) {
        let message = "carries digits alone, and here is something else";
        faults.push(Fault::new(FindingCode::BarCodeData, message, "Send digits, or use Code 128."));
    } else if !(digits - 1..=digits).contains(&given) {
        let message = format!("carries {digits} digits, and here are {given}");
        let action = "Send all digits, with or without the check digit.";
        faults.push(Fault::new(FindingCode::BarCodeLength, message, action));
    } else if given == digits && !gs1::is_checked(request.data) {
        let message = "has a wrong check digit";
        faults.push(Fault::new(FindingCode::CheckDigit, message, "Look for a digit typed wrongly."));
    }
    Symbol {
        name,
        module: request.module,
        width: modules * request.module,
        height: request.length(1).unwrap_or(request.height),
        quiet_modules,
        is_matrix: false,
        // Its digits stand in the white beside it, as they should.
        text: request.line(2, true),
        data: request.data.to_owned(),
        faults,
    }
}
