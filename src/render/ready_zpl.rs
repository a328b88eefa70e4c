//! Ready ZPL, such as an Odoo label report, taken apart into labels that can be counted one by one.
//!
//! A `^PQ5` would print five labels which nobody can tell apart when the third tears; so each label becomes a
//! format of its own with `^PQ1`. The drawing is left as it came. What acts on the printer, or on the labels
//! after it, is refused by name: platen could no longer say what was printed.

use super::ready_reader::Reader;
use super::sample::MAX_LABELS;

/// Longest text that is taken apart.
pub const MAX_READY_BYTES: usize = 16 * 1024 * 1024;
/// Most bytes that [`split`] hands out; copies count.
pub const MAX_SPLIT_BYTES: usize = 256 * 1024 * 1024;

/// One label, and how often it was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadyFormat {
    /// A complete format which prints one label.
    pub zpl: String,
    pub copies: usize,
    /// True where `^CI28` was added, because the text is not ASCII and no encoding was named.
    pub encoding_added: bool,
}

/// Why ready ZPL is refused, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{message}; {action}", .line.map(|line| format!("line {line} of the ZPL: ")).unwrap_or_default())]
pub struct ReadyZplError {
    /// The command at fault, such as `^JU`, if it is one.
    pub command: Option<String>,
    /// In bytes from the beginning.
    pub offset: Option<usize>,
    pub line: Option<usize>,
    pub message: String,
    pub action: String,
}

/// One format a label, copies written out.
pub fn split(zpl: &str) -> Result<Vec<String>, ReadyZplError> {
    let formats = parse(zpl)?;
    let bytes = formats.iter().map(|format| format.zpl.len().saturating_mul(format.copies));
    if bytes.fold(0, usize::saturating_add) > MAX_SPLIT_BYTES {
        return Err(of_whole(
            format!("all labels together are longer than {MAX_SPLIT_BYTES} bytes"),
            "send them as several jobs",
        ));
    }
    Ok(formats.into_iter().flat_map(|format| std::iter::repeat_n(format.zpl, format.copies)).collect())
}

/// The formats in order, copies only counted: together at most 100 000.
pub fn parse(zpl: &str) -> Result<Vec<ReadyFormat>, ReadyZplError> {
    if zpl.len() > MAX_READY_BYTES {
        return Err(of_whole(
            format!("it is longer than {MAX_READY_BYTES} bytes"),
            "send it as several jobs",
        ));
    }
    let reader = Reader::new(zpl);
    let mut formats = Vec::new();
    let mut total = 0_usize;
    let mut at = 0;
    while let Some(start) = reader.next_format(at)? {
        let (format, end) = reader.format(start)?;
        total = total.saturating_add(format.copies);
        if total > MAX_LABELS as usize {
            let message = format!("this label makes them more than {MAX_LABELS}");
            return Err(reader.error(start, None, message, "send them as several jobs"));
        }
        formats.push(format);
        at = end;
    }
    if formats.is_empty() {
        return Err(of_whole("it holds no label", "send ZPL between ^XA and ^XZ"));
    }
    Ok(formats)
}

fn of_whole(message: impl Into<String>, action: &str) -> ReadyZplError {
    ReadyZplError { command: None, offset: None, line: None, message: message.into(), action: action.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_become_single_labels_in_order() {
        let zpl = "\r\n^XA^FDa^FS^PQ2,0,1,Y\n^FO1,1^XZ\n^xa^fo1,1^fdé^fs^xz ^XA^CI28^FDü^FS^PQ1^XZ";
        assert_eq!(
            split(zpl).unwrap(),
            [
                "^XA^FDa^FS^PQ1^FO1,1^XZ",
                "^XA^FDa^FS^PQ1^FO1,1^XZ",
                "^XA^CI28^fo1,1^fdé^fs^PQ1^XZ",
                "^XA^CI28^FDü^FS^PQ1^XZ",
            ]
        );
        assert!(parse(zpl).unwrap()[1].encoding_added);
    }

    #[test]
    fn a_report_as_odoo_writes_it_stays_as_it_is() {
        let zpl = "\n  ^XA^CI28\n  ^FT100,80^A0N,40,30^FD[FURN_7800] Desk, 2\" wide^FS\n  ^FO100,160^BY3\n\
                   ^BCN,100,Y,N,N\n^FD0123456789^FS\n  ^XZ\n\n";
        let expected = zpl.trim().replace("^XZ", "^PQ1^XZ");
        assert_eq!(split(zpl).unwrap(), [expected]);
    }

    #[test]
    fn the_number_of_labels_is_bounded_before_they_are_made() {
        let format = "^XA^FDx^FS^PQ50000^XZ";
        assert_eq!(split(&format.repeat(2)).unwrap().len(), 100_000);
        assert!(
            split(&format!("{}^XA^FDx^FS^XZ", format.repeat(2))).unwrap_err().to_string().contains("100000")
        );
        let large = format!("^XA^FD{}^FS^PQ100000^XZ", "x".repeat(3000));
        assert!(split(&large).unwrap_err().message.contains("bytes"));
        assert_eq!(parse(&large).unwrap()[0].copies, 100_000);
        assert!(parse(&" ".repeat(MAX_READY_BYTES + 1)).is_err());
    }

    #[test]
    fn what_is_not_a_label_is_refused_with_line_command_and_action() {
        for (zpl, command, word) in [
            ("^XA^FDx^FS\n^JUS^XZ", Some("^JU"), "line 2"),
            ("~JR^XA^FDx^FS^XZ", Some("~JR"), "at once"),
            ("^XA^FDx~JA^FS^XZ", Some("~JA"), "at once"),
            ("~DGR:X.GRF,1,1,FF", Some("~DG"), "^GFA"),
            ("^XA^SN1,1,Y^FS^XZ", Some("^SN"), "counts inside"),
            ("^XA^DFR:X.ZPL^FS^XZ", Some("^DF"), "stores"),
            ("hello ^XA^FDx^FS^XZ", None, "outside"),
            ("^XA^FDx^FS^XZ^FO1,1", None, "outside"),
            ("^XA^XZ", Some("^XA"), "print nothing"),
            ("^XA^FO1,1^FD ^FS^XZ", Some("^XA"), "print nothing"),
            ("^XA^FDx^FS", Some("^XA"), "not closed"),
            ("^XA^FDx^FS^X", None, "cut off"),
            ("^XA^FDx^FS^XA^FDy^FS^XZ", Some("^XA"), "inside a label"),
            ("^XA^FDx^FS^PQ0^XZ", Some("^PQ"), "^PQ0 is no number"),
            ("^XA^FDx^FS^PQ99999999^XZ", Some("^PQ"), "no number"),
            ("^XA^FDx^FS^PQ9,3^XZ", Some("^PQ"), "between groups"),
            ("^XA^FDx^FS^PQ2^PQ3^XZ", Some("^PQ"), "second"),
            ("^XA^CI27^FDé^FS^XZ", Some("^CI"), "UTF-8"),
            ("^XA^FDx\u{3}^FS^XZ", None, "control character"),
            ("^XA^é^XZ", None, "not followed"),
            ("^XA^A~JR^FDx^FS^XZ", None, "not followed"),
            ("", None, "no label"),
        ] {
            let error = split(zpl).unwrap_err();
            assert_eq!(error.command.as_deref(), command, "{zpl}: {error}");
            assert!(error.to_string().contains(word), "{zpl}: {error}");
        }
    }
}
