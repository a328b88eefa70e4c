//! Linear bar codes but for Code 128: what they carry, and the digits they check.

use super::{is_digits, named};
use crate::render::escape::Unprintable;

pub(super) fn code_39(value: &str) -> Result<String, Unprintable> {
    if let Some(character) = value.chars().find(|character| !is_of_43(*character)) {
        return Err(Unprintable::new(
            format!("Code 39 cannot carry {}", named(character)),
            "send digits, capital letters and - . $ / + %, or use Code 128 in the template",
        ));
    }
    // `+$` and `-$` switch full ASCII on and off ("ZPL II Programming Guide", ^B3), also across two values.
    if value.starts_with('$') || value.contains("+$") || value.contains("-$") {
        let message = "a `$` at the start, or after + or -, is a switch in Code 39";
        return Err(Unprintable::new(message, "use Code 128 in the template"));
    }
    Ok(value.to_owned())
}

/// `& ' ( )` stand for the four shifts ("ZPL II Programming Guide", ^BA); what they make is up to the reader.
pub(super) fn code_93(value: &str) -> Result<String, Unprintable> {
    match value.chars().find(|character| !is_of_43(*character)) {
        None => Ok(value.to_owned()),
        Some(character) => Err(Unprintable::new(
            format!("Code 93 cannot carry {}", named(character)),
            "send digits, capital letters and - . $ / + %, or use Code 128 in the template",
        )),
    }
}

fn is_of_43(character: char) -> bool {
    matches!(character, '0'..='9' | 'A'..='Z' | '-' | '.' | ' ' | '$' | '/' | '+' | '%')
}

/// Digits in pairs; a printer would put a 0 in front of an odd number of them, and the reader would see it.
pub(super) fn interleaved(value: &str, adds_check: bool) -> Result<String, Unprintable> {
    if !is_digits(value) {
        return Err(Unprintable::new(
            "Interleaved 2 of 5 carries digits only",
            "send digits, or use Code 128 in the template",
        ));
    }
    if value.len().is_multiple_of(2) == adds_check {
        let (wanted, because) =
            if adds_check { ("odd", ", because the check digit is added") } else { ("even", "") };
        return Err(Unprintable::new(
            format!("Interleaved 2 of 5 carries pairs, and these are {} digits", value.len()),
            format!("send an {wanted} number of digits{because}"),
        ));
    }
    Ok(value.to_owned())
}

/// The digits without the check digit, which the printer computes. A wrong check digit is a wrong number.
pub(super) fn checked_digits(value: &str, digits: usize) -> Result<String, Unprintable> {
    if !is_digits(value) || !(digits - 1..=digits).contains(&value.len()) {
        return Err(Unprintable::new(
            format!("this bar code carries {digits} digits, and this is something else"),
            format!("send {digits} digits, or {} without the check digit", digits - 1),
        ));
    }
    let (body, check) = value.split_at(digits - 1);
    let expected = check_digit(body);
    match check.chars().next() {
        Some(check) if check != expected => Err(wrong_check_digit(check, expected)),
        _ => Ok(body.to_owned()),
    }
}

/// The ten digits that `^B9` makes a UPC-E of: manufacturer and product of a UPC-A of number system 0.
pub(super) fn upc_e(value: &str) -> Result<String, Unprintable> {
    let refusal = |message: &str| {
        Unprintable::new(
            message,
            "send the 8 digits of a UPC-E, the 12 of a UPC-A that has one, or use UPC-A",
        )
    };
    if !is_digits(value) {
        return Err(refusal("UPC-E carries digits only"));
    }
    let full = match value.len() {
        8 => expanded(value),
        11 | 12 => value.to_owned(),
        _ => return Err(refusal("this is neither a UPC-E nor a UPC-A")),
    };
    let body = checked_digits(&full, 12)?;
    match body.strip_prefix('0') {
        Some(ten) if is_compressible(ten) => Ok(ten.to_owned()),
        Some(_) => Err(refusal("this number has no short form")),
        None => Err(refusal("only numbers that begin with 0 have a short form")),
    }
}

/// The UPC-A behind the eight digits of a UPC-E, check digit included.
fn expanded(value: &str) -> String {
    let (system, six, check) = (&value[..1], &value[1..7], &value[7..]);
    let (five, last) = six.split_at(5);
    let ten = match last {
        "0" | "1" | "2" => format!("{}{last}0000{}", &five[..2], &five[2..]),
        "3" => format!("{}00000{}", &five[..3], &five[3..]),
        "4" => format!("{}00000{}", &five[..4], &five[4..]),
        _ => format!("{five}0000{last}"),
    };
    format!("{system}{ten}{check}")
}

fn is_compressible(ten: &str) -> bool {
    let (maker, product) = ten.split_at(5);
    let ends_in = |zeros: usize| maker.ends_with(&"0".repeat(zeros));
    let below = |limit: u32| product.parse::<u32>().is_ok_and(|number| number < limit);
    let hundreds = matches!(&maker[2..3], "0" | "1" | "2") && ends_in(2);
    (hundreds && below(1000))
        || (ends_in(2) && below(100))
        || (ends_in(1) && below(10))
        || (product.parse::<u32>().is_ok_and(|number| (5..10).contains(&number)))
}

/// The check digit of GS1 and of EAN and UPC: weights 3 and 1 from the right.
pub(in crate::render) fn check_digit(body: &str) -> char {
    let sum: u32 = body
        .bytes()
        .rev()
        .enumerate()
        .map(|(at, byte)| u32::from(byte - b'0') * if at % 2 == 0 { 3 } else { 1 })
        .sum();
    char::from_digit((10 - sum % 10) % 10, 10).unwrap_or('0')
}

pub(super) fn wrong_check_digit(found: char, expected: char) -> Unprintable {
    Unprintable::new(
        format!("its check digit is {found} and should be {expected}"),
        "look for a digit typed wrongly",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_numbers_are_made_long_and_checked() {
        for (value, ten) in [
            ("01234565", "1234500006"),
            ("012345000065", "1234500006"),
            ("04252614", "4210000526"),
            ("04963406", "4900000634"),
            ("01234531", "1230000045"),
        ] {
            assert_eq!(upc_e(value).as_deref(), Ok(ten), "{value}");
        }
        for value in ["01234566", "012345678905", "1234", "abc", "112345000068"] {
            assert!(upc_e(value).is_err(), "{value}");
        }
    }

    #[test]
    fn pairs_stay_pairs() {
        assert!(interleaved("1234", false).is_ok() && interleaved("123", true).is_ok());
        assert!(interleaved("123", false).unwrap_err().to_string().contains("even number"));
        assert!(interleaved("1234", true).unwrap_err().to_string().contains("odd number"));
        assert!(interleaved("12a4", false).is_err() && code_93("AB'C").is_err() && code_93("A+$%").is_ok());
    }
}
