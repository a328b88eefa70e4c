//! Lengths in millimetres become dots: which parameters of a command are lengths, and how each is rounded.
//!
//! Parameters as in the "ZPL II Programming Guide", command by command. Counts, ratios, magnifications of stored
//! pictures and letters are no lengths and stay as they are written.

/// The unit in which `label.zpl` is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Units {
    /// Dots of the one print head the template is drawn for.
    #[default]
    Dots,
    /// Millimetres; one template serves several print heads.
    Mm,
}

/// What a length is for, which decides how it becomes whole dots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// A place or a distance: the nearest dot, which may be 0.
    Position,
    /// A height, width or thickness: the nearest dot, and at least one unless it is 0.
    Size,
    /// The narrowest element of a bar code: the nearest number of dots the command takes, so that all elements are
    /// equally wide. Half a dot is rounded down: a narrower bar code still has its place.
    Module { max_dots: u32 },
}

/// Widest module of `^BY` and of `^BQ`.
const BAR_MODULE: Measure = Measure::Module { max_dots: 10 };
/// `^BX` and `^BO` take wider modules; at 600 dpi 4 mm.
const MATRIX_MODULE: Measure = Measure::Module { max_dots: 96 };

/// The measure of a command's parameter, counted from 0; `None` where it is no length.
pub(super) fn measure(code: [u8; 2], parameter: usize) -> Option<Measure> {
    use Measure::{Position, Size};
    let found: &[(usize, Measure)] = match &code {
        b"FO" | b"FT" | b"LH" => &[(0, Position), (1, Position)],
        b"LS" | b"LT" => &[(0, Position)],
        b"FP" => &[(1, Position)],
        b"FM" => return Some(Position),
        b"LL" | b"PW" => &[(0, Size)],
        b"FB" => &[(0, Size), (2, Position), (4, Position)],
        b"TB" | b"GS" | b"CF" => &[(1, Size), (2, Size)],
        b"GB" | b"GD" | b"GE" => &[(0, Size), (1, Size), (2, Size)],
        b"GC" => &[(0, Size), (1, Size)],
        b"BY" => &[(0, BAR_MODULE), (2, Size)],
        b"BQ" => &[(2, BAR_MODULE)],
        b"BX" => &[(1, MATRIX_MODULE)],
        b"BO" | b"B0" => &[(1, BAR_MODULE)],
        b"B1" | b"B3" | b"BK" | b"BM" | b"BP" => &[(2, Size)],
        b"BR" => &[(2, BAR_MODULE), (4, Size)],
        b"BT" => &[(1, BAR_MODULE), (3, Size), (4, BAR_MODULE), (5, Size)],
        // Row heights counted in modules, and a bar code of one size.
        b"B4" | b"B7" | b"BD" => &[],
        // The height, behind the orientation.
        [b'B', _] => &[(1, Size)],
        // Fonts; ^A@ as well.
        [b'A', _] => &[(1, Size), (2, Size)],
        _ => &[],
    };
    found.iter().find(|(at, _)| *at == parameter).map(|(_, measure)| *measure)
}

impl Measure {
    /// The length in dots of a print head, or why there is none.
    pub fn dots(self, millimetres: f64, dpmm: u32) -> Result<i64, String> {
        const LONGEST_MM: f64 = 5_000.0;
        if !(-LONGEST_MM..=LONGEST_MM).contains(&millimetres) {
            return Err(format!("{millimetres} mm is no length on a label"));
        }
        let exact = millimetres * f64::from(dpmm);
        let nearest = exact.round() as i64;
        match self {
            Self::Position => Ok(nearest),
            Self::Size if exact > 0.0 => Ok(nearest.max(1)),
            Self::Size => Ok(nearest),
            Self::Module { max_dots } => {
                let dots = ((exact - 0.5).ceil() as i64).max(1);
                if exact <= 0.0 || dots > i64::from(max_dots) {
                    let widest = f64::from(max_dots) / f64::from(dpmm);
                    return Err(format!(
                        "a module of {millimetres} mm cannot be printed at {dpmm} dots per mm, where the widest is {widest:.2} mm"
                    ));
                }
                Ok(dots)
            }
        }
    }
}

/// A number as people write it in a label, or `None`.
pub(super) fn number(text: &str) -> Option<f64> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let is_number = digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if is_number { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_is_as_long_on_every_print_head() {
        for (millimetres, measure, dots) in [
            (3.0, Measure::Position, [24, 36, 72]),
            (0.1, Measure::Position, [1, 1, 2]),
            (0.05, Measure::Position, [0, 1, 1]),
            (0.05, Measure::Size, [1, 1, 1]),
            (0.0, Measure::Size, [0, 0, 0]),
            (-0.5, Measure::Position, [-4, -6, -12]),
            (0.25, BAR_MODULE, [2, 3, 6]),
            (0.17, BAR_MODULE, [1, 2, 4]),
            (0.01, BAR_MODULE, [1, 1, 1]),
            (0.3125, BAR_MODULE, [2, 4, 7]),
        ] {
            let got = [8, 12, 24].map(|dpmm| measure.dots(millimetres, dpmm).unwrap());
            assert_eq!(got, dots, "{millimetres} {measure:?}");
        }
        assert!(BAR_MODULE.dots(0.5, 12).is_ok());
        assert!(BAR_MODULE.dots(0.5, 24).unwrap_err().contains("widest is 0.42 mm"));
        assert!(BAR_MODULE.dots(0.0, 8).is_err() && Measure::Size.dots(f64::NAN, 8).is_err());
        assert!(Measure::Position.dots(5_001.0, 8).is_err());
    }

    #[test]
    fn lengths_are_told_from_counts() {
        for (code, lengths) in [
            (b"FO", vec![0, 1]),
            (b"A0", vec![1, 2]),
            (b"FB", vec![0, 2, 4]),
            (b"BC", vec![1]),
            (b"B3", vec![2]),
            (b"BY", vec![0, 2]),
            (b"LS", vec![0]),
            (b"FP", vec![1]),
            (b"GF", vec![]),
            (b"FX", vec![]),
            (b"XG", vec![]),
        ] {
            let found: Vec<usize> = (0..6).filter(|at| measure(*code, *at).is_some()).collect();
            assert_eq!(found, lengths, "{}", String::from_utf8_lossy(code));
        }
    }

    #[test]
    fn a_number_is_a_number_and_nothing_else() {
        assert_eq!(["3", "-0.5", "+1.25"].map(number), [Some(3.0), Some(-0.5), Some(1.25)]);
        assert_eq!(["", "N", "1e3", "1.2.3", ".5", "inf", "3mm"].map(number), [None; 7]);
    }
}
