//! The ZPL commands that must not reach a printer inside a label, and why.
//!
//! A label may draw. It may not change how the next label is read, counted or placed, and it may not make the
//! printer answer: answers of `^H…` commands would mix with the status replies that counting rests on.
//! Commands and their lifetime are from the "ZPL II Programming Guide".

/// Why a command is refused, and what to do instead: two clauses, the first without its subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Refusal {
    pub reason: &'static str,
    pub action: &'static str,
}

/// Whether `^` followed by `code`, with these parameters, is refused.
pub(super) fn refusal(code: [u8; 2], parameters: &str) -> Option<Refusal> {
    const LEAVE_OUT: &str = "leave it out";
    const AT_THE_PRINTER: &str = "leave it out and set it at the printer";
    let first = parameters.trim_start().chars().next().map(|c| c.to_ascii_uppercase());
    let (reason, action) = match &code.map(|byte| byte.to_ascii_uppercase()) {
        b"CC" | b"CD" | b"CT" => ("changes the command prefixes for every label after it", LEAVE_OUT),
        b"CM" => ("renames the printer's memories for every label after it", LEAVE_OUT),
        b"DF" => ("stores the label and prints nothing", "send the whole label each time"),
        b"XF" => {
            ("recalls a stored label, which a reset of the printer loses", "send the whole label each time")
        }
        b"FC" => ("prints the printer's own clock", "write the date itself"),
        b"GF" if first == Some('B') => ("in binary form hides the commands behind it", "use ^GFA"),
        b"ID" | b"IS" | b"TO" => ("changes what the printer has stored", LEAVE_OUT),
        b"MC" if first == Some('N') => ("leaves this picture on the next label", LEAVE_OUT),
        b"MA" | b"MF" | b"MI" | b"ML" | b"MP" | b"MW" => ("changes a setting of the printer", AT_THE_PRINTER),
        b"PF" | b"PH" => ("feeds paper, so that labels can no longer be counted", LEAVE_OUT),
        b"PP" => ("pauses the printer behind the label", "leave it out and pause the printer in platen"),
        b"SN" | b"SF" => {
            ("counts inside the printer, which forgets at a reset", "write each label's own number with ^FD")
        }
        b"SE" => ("selects an encoding table", "leave it out and send UTF-8 with ^CI28"),
        [b'J', _] => ("acts on the printer and not on a label", LEAVE_OUT),
        [b'K' | b'N' | b'S' | b'W', _] => ("changes a setting of the printer", AT_THE_PRINTER),
        [b'H', _] => ("makes the printer answer in the middle of the talk about its status", LEAVE_OUT),
        _ => return None,
    };
    Some(Refusal { reason, action })
}

/// What becomes of a command in ready ZPL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Treatment {
    Keep,
    /// The label is the same without it: a clause that says what it does, without its subject.
    LeaveOut {
        reason: &'static str,
    },
    /// The label is another without it, or it does harm.
    Refuse {
        reason: &'static str,
        action: &'static str,
    },
}

/// How ready ZPL is taken that others wrote: drivers set the printer with each label, which draws nothing.
pub(super) fn treatment(code: [u8; 2], parameters: &str) -> Treatment {
    const SETTING: Treatment = Treatment::LeaveOut { reason: "changes a setting of the printer" };
    match &code {
        b"MM" | b"MN" | b"MT" | b"ML" | b"MP" | b"MF" | b"MW" | b"LT" | b"LS" | b"SS" | b"SZ" | b"XS"
        | b"JJ" | b"JS" | b"JT" | b"CO" => SETTING,
        b"JZ" if !parameters.trim().eq_ignore_ascii_case("Y") => SETTING,
        b"JM" if !parameters.trim().eq_ignore_ascii_case("B") => SETTING,
        b"JU" => Treatment::LeaveOut { reason: "saves or loads settings of the printer" },
        b"PP" => Treatment::LeaveOut { reason: "pauses the printer behind the label" },
        b"SP" => Treatment::LeaveOut { reason: "begins to print before the label is whole" },
        // What they change is read where they stand; with `^JZY` every label begins.
        b"CC" | b"CD" | b"CT" | b"JZ" => Treatment::Keep,
        _ => match refusal(code, parameters) {
            Some(Refusal { reason, action }) => Treatment::Refuse { reason, action },
            None => Treatment::Keep,
        },
    }
}

/// Whether a command sets what later labels are drawn with, until it is set again.
pub(super) fn lasts(code: [u8; 2]) -> bool {
    matches!(
        &code,
        b"BY" | b"CF" | b"CI" | b"FW" | b"LH" | b"LL" | b"LR" | b"MU" | b"PM" | b"PO" | b"PR" | b"PW"
    )
}

/// Whether a command puts something on the label.
pub(super) fn draws(code: [u8; 2], parameters: &str) -> bool {
    match &code {
        b"FD" | b"FV" => !parameters.trim().is_empty(),
        b"GB" | b"GC" | b"GD" | b"GE" | b"GF" | b"GS" | b"XG" | b"IM" | b"IL" => true,
        _ => false,
    }
}

/// Whether two bytes behind `^` can be a command: a letter, then a letter, a digit or the `@` of `^A@`.
pub(super) fn is_name(code: [u8; 2]) -> bool {
    code[0].is_ascii_alphabetic() && (code[1].is_ascii_alphanumeric() || code[1] == b'@')
}

/// `^FD` and the like, as people write it.
pub(super) fn name_of(code: [u8; 2]) -> String {
    format!("^{}", String::from_utf8_lossy(&code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drawing_is_allowed_and_acting_is_not() {
        for (code, parameters) in [
            (b"FO", "1,1"),
            (b"FD", "SN"),
            (b"BC", "N"),
            (b"GF", "A,3,3,1,FF81FF"),
            (b"MC", "Y"),
            (b"MD", "5"),
            (b"PR", "4"),
            (b"XG", "E:LOGO.GRF"),
            (b"A0", "N,20"),
        ] {
            assert_eq!(refusal(*code, parameters), None, "{}", name_of(*code));
        }
        for (code, parameters) in [
            (b"JU", "S"),
            (b"jz", "N"),
            (b"CC", "+"),
            (b"DF", "R:A.ZPL"),
            (b"SN", "1,1,Y"),
            (b"HV", "1"),
            (b"KP", "1"),
            (b"PH", ""),
            (b"WD", ""),
            (b"GF", "b,1,1,1,x"),
            (b"MC", "N"),
        ] {
            assert!(refusal(*code, parameters).is_some(), "{}", name_of(*code));
        }
    }
}
