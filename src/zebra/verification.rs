//! Host verification (`^HV`): a label's format asks the printer to say when the label is done.
//!
//! ZPL II Programming Guide, `^HV#,n,h,t,a`: the data of field `#` between a header and a terminator, `L` once a label.
//! The field that holds the data stands far beside every print head, so that nothing of it is drawn.

/// Begins every reply; no other reply of a printer begins so.
pub const REPLY_HEADER: &[u8] = b"PLT[";
/// Ends its token.
pub const REPLY_END: u8 = b']';
/// No token is longer.
pub const TOKEN_LIMIT_BYTES: usize = 64;

/// No template has so many fields.
const FIELD: u32 = 9999;
/// Dots from the left: wider than any head, and within what `^FO` takes.
const BESIDE_THE_LABEL: u32 = 9999;

/// The format with the question behind everything it draws. `token`: letters, digits, `/` and `-`.
pub fn ask_for_verification(format: Vec<u8>, token: &str) -> Vec<u8> {
    let Some(end) = format.windows(3).rposition(|three| three.eq_ignore_ascii_case(b"^XZ")) else {
        return format;
    };
    let question = format!(
        "^FS^FO{BESIDE_THE_LABEL},0^A0N,10,10^FN{FIELD}^FD{token}^FS^FH_^HV{FIELD},{TOKEN_LIMIT_BYTES},PLT[,]_0D_0A,L^FS"
    );
    let mut asking = Vec::with_capacity(format.len() + question.len());
    asking.extend_from_slice(&format[..end]);
    asking.extend_from_slice(question.as_bytes());
    asking.extend_from_slice(&format[end..]);
    asking
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_question_stands_behind_everything_that_is_drawn() {
        let asking = ask_for_verification(b"^XA^FO1,1^FDx^PQ1^XZ".to_vec(), "ab12/1/7");
        assert_eq!(
            String::from_utf8(asking).unwrap(),
            "^XA^FO1,1^FDx^PQ1^FS^FO9999,0^A0N,10,10^FN9999^FDab12/1/7^FS^FH_^HV9999,64,PLT[,]_0D_0A,L^FS^XZ"
        );
    }
}
