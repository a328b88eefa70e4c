//! The size of a bar code, the white it needs, and what is wrong with its data: computed from command and data as a
//! printer would.

use super::finding::{FindingCode, Severity};
use super::{code_128, linear, matrix};

/// A bar code as it will be printed, before it is placed and turned. Lengths in dots, in reading direction.
#[derive(Debug, Clone)]
pub(super) struct Symbol {
    pub name: &'static str,
    /// Width of the narrowest bar, or of a square.
    pub module: i32,
    pub width: i32,
    pub height: i32,
    /// White needed left, above, right and below, in modules.
    pub quiet_modules: [i32; 4],
    pub is_matrix: bool,
    /// The line for people.
    pub text: Line,
    /// What it says, for sentences.
    pub data: String,
    pub faults: Vec<Fault>,
}

/// Where the line for people stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Line {
    None,
    Below,
    Above,
}

/// Something wrong with the data: a clause about the bar code, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub code: FindingCode,
    pub severity: Severity,
    pub message: String,
    pub action: &'static str,
}

/// What `^BY` and the bar code's own command say, and the data behind `^FD`.
#[derive(Debug, Clone)]
pub(super) struct Request<'f> {
    pub code: [u8; 2],
    pub parameters: &'f [String],
    /// `^BY`: module and height in dots, and the ratio of wide to narrow.
    pub module: i32,
    pub ratio: f64,
    pub height: i32,
    /// Dots of one unit of the command's lengths.
    pub dots_per_unit: f64,
    pub data: &'f str,
}

impl Fault {
    pub fn new(code: FindingCode, message: impl Into<String>, action: &'static str) -> Self {
        Self { code, severity: Severity::Error, message: message.into(), action }
    }
}

impl Request<'_> {
    /// A parameter, counted from 0; empty where there is none.
    pub fn parameter(&self, at: usize) -> &str {
        self.parameters.get(at).map_or("", |parameter| parameter.trim())
    }

    pub fn length(&self, at: usize) -> Option<i32> {
        let length: f64 = self.parameter(at).parse().ok()?;
        Some((length * self.dots_per_unit).round().clamp(-1e6, 1e6) as i32)
    }

    pub fn is_yes(&self, at: usize, usual: bool) -> bool {
        match self.parameter(at) {
            "" => usual,
            other => other.eq_ignore_ascii_case("Y"),
        }
    }

    /// Line for people, from the parameters that say whether and whether above.
    pub fn line(&self, printed: usize, usual: bool) -> Line {
        match (self.is_yes(printed, usual), self.is_yes(printed + 1, false)) {
            (false, _) => Line::None,
            (true, false) => Line::Below,
            (true, true) => Line::Above,
        }
    }
}

/// The bar code that a command makes of the data; `None` for symbologies whose size is not computed here.
pub(super) fn symbol(request: &Request<'_>) -> Option<Symbol> {
    let mut symbol = match &request.code {
        b"BC" => code_128::symbol(request),
        b"B3" => linear::code_39(request),
        b"B2" => linear::interleaved_2_of_5(request),
        b"BE" => linear::ean_or_upc(request, 13),
        b"B8" => linear::ean_or_upc(request, 8),
        b"BU" => linear::ean_or_upc(request, 12),
        b"BX" => matrix::data_matrix(request),
        b"BQ" => matrix::qr(request),
        _ => return None,
    };
    if request.data.trim().is_empty() {
        symbol.faults = vec![Fault::new(
            FindingCode::BarCodeData,
            "has nothing in it",
            "Send a value, or leave the field out where there is none.",
        )];
    }
    Some(symbol)
}
