//! The ZPL commands that must not reach a printer inside a label, and why.
//!
//! A label may draw. It may not change how the next label is read, counted or placed, and it may not make the
//! printer answer: answers of `^H…` commands would mix with the status replies that counting rests on.
//! Commands and their lifetime are from the "ZPL II Programming Guide".

/// Why `^` followed by `code` is refused, if it is; a clause which ends with what to do instead.
pub(super) fn refusal(code: [u8; 2]) -> Option<&'static str> {
    Some(match &code.map(|byte| byte.to_ascii_uppercase()) {
        b"CC" | b"CD" | b"CT" => "changes the command prefixes for every label after it; leave it out",
        b"CM" => "renames the printer's memories for every label after it; leave it out",
        b"DF" => "stores the format and prints nothing; send the whole label instead",
        b"XF" => "recalls a format platen cannot see, which a reset loses; send the whole label instead",
        b"FC" => "prints the printer's own clock; send the date as a field instead",
        b"ID" | b"IS" | b"TO" => "changes what the printer has stored; leave it out",
        b"MF" | b"ML" | b"MP" | b"MA" | b"MI" | b"MW" => {
            "changes a setting of the printer; set it at the printer"
        }
        b"PF" | b"PH" => "feeds paper, so labels can no longer be counted; leave it out",
        b"PP" => "pauses the printer after the label; pause the printer in platen instead",
        b"SN" | b"SF" => "counts inside the printer, which forgets at a reset; give each label its own value",
        b"SE" => "selects another encoding; text is sent as UTF-8 (^CI28)",
        [b'J', _] => "acts on the printer, not on a label; leave it out",
        [b'K', _] | [b'N', _] | [b'W', _] | [b'S', _] => {
            "changes a setting of the printer; set it at the printer and leave it out"
        }
        [b'H', _] => "makes the printer answer in the middle of the status talk; leave it out",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drawing_is_allowed_and_acting_is_not() {
        for code in [b"FO", b"FD", b"FS", b"BC", b"GF", b"PW", b"LL", b"CI", b"MD", b"PR", b"XG", b"A0"] {
            assert_eq!(refusal(*code), None, "{}", String::from_utf8_lossy(code));
        }
        for code in [b"JU", b"jz", b"CC", b"DF", b"SN", b"HV", b"SX", b"KP", b"PH", b"WD"] {
            assert!(refusal(*code).is_some(), "{}", String::from_utf8_lossy(code));
        }
    }
}
