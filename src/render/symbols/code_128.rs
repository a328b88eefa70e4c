//! Code 128 as `^BC` writes it: invocation codes behind `>`, and the modes ("ZPL II Programming Guide", ^BC).

use super::gs1::{ElementString, Piece};
use super::linear::{check_digit, wrong_check_digit};
use super::{is_digits, printable_ascii};
use crate::render::escape::Unprintable;

/// GS1-128 carries this many characters at most ("GS1 General Specifications", 5.4).
const MAX_GS1_CHARACTERS: usize = 48;
/// A bar code of this many characters is wider than any label; what a printer makes of more is not documented.
pub(in crate::render) const MAX_CHARACTERS: usize = 120;

/// Without a mode: subset B, or subset C where the template has changed to it.
pub(super) fn plain(value: &str, subset_c: bool) -> Result<String, Unprintable> {
    if subset_c && !(value.len().is_multiple_of(2) && is_digits(value)) {
        let message = "Code 128 in subset C carries pairs of digits, and this is something else";
        return Err(Unprintable::new(
            message,
            "send an even number of digits, or leave out `>;` in the template",
        ));
    }
    check(value)?;
    Ok(value.replace('>', ">0"))
}

/// Mode A: the printer chooses the subsets.
pub(super) fn automatic(value: &str) -> Result<String, Unprintable> {
    if value.contains('>') {
        let message = "a `>` in a Code 128 of mode A may be read as an escape";
        return Err(Unprintable::new(message, "leave the mode out of ^BC in the template"));
    }
    check(value)?;
    Ok(value.to_owned())
}

fn check(value: &str) -> Result<(), Unprintable> {
    printable_ascii(value, "Code 128")?;
    if value.len() > MAX_CHARACTERS {
        return Err(Unprintable::new(
            format!("a Code 128 of {} characters is wider than any label", value.len()),
            "send less, or use a QR code or Data Matrix in the template",
        ));
    }
    Ok(())
}

/// Mode U: the 19 digits of `00` and an SSCC; the printer adds the check digit.
pub(super) fn shipping_container(value: &str) -> Result<String, Unprintable> {
    let action = "send the 18 digits of the SSCC, or 20 with the 00 before them";
    let digits = match value.len() {
        18 => value,
        20 => value.strip_prefix("00").unwrap_or(""),
        _ => "",
    };
    if digits.is_empty() || !is_digits(digits) {
        return Err(Unprintable::new("mode U of ^BC carries an SSCC, and this is something else", action));
    }
    let (body, check) = digits.split_at(17);
    let expected = check_digit(body);
    match check.chars().next() {
        Some(found) if found != expected => Err(wrong_check_digit(found, expected)),
        _ => Ok(format!("00{body}")),
    }
}

/// Mode D: elements in brackets, which the printer shows and does not encode; FNC1 between them where one must end.
pub(super) fn bracketed(elements: &ElementString) -> Result<String, Unprintable> {
    check_length(elements)?;
    let mut out = String::new();
    for (number, element) in elements.elements().iter().enumerate() {
        if let Some(sign) = element.value.chars().find(|sign| matches!(sign, '(' | ')' | ' ' | '>')) {
            return Err(Unprintable::new(
                format!("mode D of ^BC does not encode the `{sign}` of ({})", element.identifier),
                "leave the mode out of ^BC in the template",
            ));
        }
        if number > 0 && elements.elements()[number - 1].needs_separator {
            out.push_str(">8");
        }
        out.push_str(&format!("({}){}", element.identifier, element.value));
    }
    Ok(out)
}

/// Without a mode: start, FNC1, and the subsets that make the bar code shortest.
pub(super) fn elements(elements: &ElementString) -> Result<String, Unprintable> {
    check_length(elements)?;
    let pieces = elements.pieces();
    let digits_from = |from: usize| {
        pieces[from..].iter().take_while(|p| matches!(p, Piece::Character(c) if c.is_ascii_digit())).count()
    };
    let mut subset_c = digits_from(0) >= 4;
    let mut out = String::from(if subset_c { ">;>8" } else { ">:>8" });
    let mut at = 0;
    while at < pieces.len() {
        let digits = digits_from(at);
        match pieces[at] {
            Piece::Separator => {
                out.push_str(">8");
                at += 1;
            }
            Piece::Character(_) if subset_c && digits >= 2 => {
                push_pair(&pieces[at..at + 2], &mut out);
                at += 2;
            }
            Piece::Character(_) if subset_c => {
                out.push_str(">6");
                subset_c = false;
            }
            // A change to pairs pays from four digits at the end, from six in the middle.
            Piece::Character(_) if digits >= 6 || digits >= 4 && at + digits == pieces.len() => {
                if !digits.is_multiple_of(2) {
                    push_pair(&pieces[at..=at], &mut out);
                    at += 1;
                }
                out.push_str(">5");
                subset_c = true;
            }
            Piece::Character('>') => {
                out.push_str(">0");
                at += 1;
            }
            Piece::Character(character) => {
                out.push(character);
                at += 1;
            }
        }
    }
    Ok(out)
}

fn push_pair(pieces: &[Piece], out: &mut String) {
    for piece in pieces {
        if let Piece::Character(character) = piece {
            out.push(*character);
        }
    }
}

fn check_length(elements: &ElementString) -> Result<(), Unprintable> {
    let characters = elements.pieces().len();
    if characters > MAX_GS1_CHARACTERS {
        return Err(Unprintable::new(
            format!("these elements are {characters} characters and GS1-128 carries {MAX_GS1_CHARACTERS}"),
            "use two bar codes, or GS1 DataMatrix, in the template",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_take_the_shortest_way_through_the_subsets() {
        for (text, zpl) in [
            ("(01)09521234543213(10)ABC123", ">;>80109521234543213".to_owned() + "10>6ABC123"),
            ("(10)AB(21)123456", ">:>810AB>8>521123456".to_owned()),
            ("(10)A1(21)x", ">:>810A1>821x".to_owned()),
            ("(00)123456789012345675", ">;>800123456789012345675".to_owned()),
            ("(10)AB12345678901", ">:>810AB1>52345678901".to_owned()),
        ] {
            assert_eq!(elements(&ElementString::parse(text).unwrap()).unwrap(), zpl, "{text}");
        }
        let two = ElementString::parse("(10)AB(21)1").unwrap();
        assert_eq!(bracketed(&two).unwrap(), "(10)AB>8(21)1");
        let long =
            ElementString::parse("(10)12345678901234567890(21)12345678901234567890(240)1234567").unwrap();
        assert!(elements(&long).unwrap_err().to_string().contains("GS1-128 carries 48"));
        assert!(bracketed(&ElementString::parse("(10)A(1)").unwrap()).is_err());
    }

    #[test]
    fn a_case_is_an_sscc_with_a_right_check_digit() {
        assert_eq!(shipping_container("123456789012345675").as_deref(), Ok("0012345678901234567"));
        assert_eq!(shipping_container("00123456789012345675").as_deref(), Ok("0012345678901234567"));
        for wrong in ["123456789012345678", "12345", "0112345678901234567X", "11123456789012345675"] {
            assert!(shipping_container(wrong).is_err(), "{wrong}");
        }
    }
}
