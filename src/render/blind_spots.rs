//! What a picture of a label hides: where the drawing differs from what a printer prints.
//!
//! Found by drawing; a picture that is known to lie must say so.

/// One sentence for each thing in a label's ZPL that is drawn blank or wrong. Empty where the picture can be trusted.
pub fn blind_spots(zpl: &str) -> Vec<&'static str> {
    let mut found = Vec::new();
    let (mut is_code_128, mut is_qr) = (false, false);
    for piece in zpl.split('^').skip(1) {
        let (code, parameters) =
            (piece.get(..2).unwrap_or("").to_ascii_uppercase(), piece.get(2..).unwrap_or(""));
        let sentence = match code.as_str() {
            "SN" => Some("fields counted by the printer (^SN) are not drawn"),
            "TB" => Some("text blocks of ^TB are not drawn"),
            "BA" => Some("Code 93 (^BA) is not drawn"),
            "BF" => Some("MicroPDF417 (^BF) is not drawn"),
            "BR" => Some("GS1 DataBar (^BR) is not drawn"),
            "B0" => Some("Aztec under the name ^B0 is not drawn; ^BO is"),
            "GF" if parameters.starts_with(['B', 'b']) => Some("binary graphics (^GFB) are not drawn"),
            "GF" if parameters.contains(":B64:") => Some("Base64 graphics without compression are not drawn"),
            "CI" if parameters.trim() != "28" => Some("encodings other than UTF-8 are drawn wrongly"),
            "FD" | "FV" if is_code_128 && parameters.contains(">0") => {
                Some("a > in Code 128 is drawn as another bar code than the printer makes")
            }
            "FD" | "FV" if is_qr && parameters.contains('|') => {
                Some("a | in a QR code is not drawn, so the code reads otherwise")
            }
            "FD" | "FV" if ["_5C_5C", "_5C&", r"\\"].iter().any(|sign| parameters.contains(sign)) => {
                Some("backslashes are drawn wrongly")
            }
            "FD" | "FV" if parameters.contains(is_missing) => Some(
                "Cyrillic, Greek and Asian letters, ğ and ű are not drawn; the printer's font decides about them",
            ),
            _ => None,
        };
        match code.as_str() {
            "BC" => is_code_128 = true,
            "BQ" => is_qr = true,
            "FS" => (is_code_128, is_qr) = (false, false),
            _ => {}
        }
        if let Some(sentence) = sentence
            && !found.contains(&sentence)
        {
            found.push(sentence);
        }
    }
    found
}

/// Letters without a shape in the drawing's font 0.
fn is_missing(character: char) -> bool {
    matches!(character, 'ğ' | 'ű' | '\u{370}'..='\u{52F}' | '\u{2E80}'..='\u{D7FF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_drawn_wrongly_is_named_once() {
        assert!(blind_spots("^XA^CI28^BCN,9^FDSN-1>8^FS^FH_^FDa>0é_5E^FS^XZ").is_empty());
        assert_eq!(blind_spots("^XA^BCN^FDa>0^FS^BCN^FDb>0^FS^XZ").len(), 1);
        assert_eq!(blind_spots("^XA^BQN,2,4^FDQA,a|b^FS^FDa|b^FS^XZ").len(), 1);
        assert_eq!(blind_spots("^XA^CI13^FB9^FH_^FDa_5C_5Cb^FS^SN1^FDЖ^FS^gfA,1,1,1,:B64:AA^XZ").len(), 5);
    }
}
