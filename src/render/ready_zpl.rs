//! Ready ZPL, such as an Odoo label report, taken apart into labels that can be counted one by one.
//!
//! A `^PQ5` would print five labels which nobody can tell apart when the third tears; so each label becomes a
//! format of its own with `^PQ1`, which needs nothing from the formats before it. The drawing is left as it came.
//! What only sets the printer is left out and told; what acts on the printer, or would make other labels without it,
//! is refused by name: platen could no longer say what was printed.

use super::ready_reader::Reader;

/// Longest text that is taken apart.
pub const MAX_READY_BYTES: usize = 16 * 1024 * 1024;
/// Most bytes that [`Ready::labels`] hands out; copies count.
pub const MAX_SPLIT_BYTES: usize = 256 * 1024 * 1024;

/// A text taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ready {
    /// The labels in order, copies only counted: together at most 100 000.
    pub formats: Vec<ReadyFormat>,
    /// What was changed or left out, one sentence each.
    pub notes: Vec<String>,
}

/// One label, and how often it was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadyFormat {
    /// A complete format which prints one label.
    pub zpl: String,
    pub copies: usize,
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

/// Takes a text apart.
pub fn parse(zpl: &str) -> Result<Ready, ReadyZplError> {
    if zpl.len() > MAX_READY_BYTES {
        let message = format!("it is longer than {MAX_READY_BYTES} bytes");
        return Err(of_whole(message, "send it as several jobs"));
    }
    Reader::new(zpl).read()
}

impl Ready {
    /// One format a label, copies written out.
    pub fn labels(self) -> Result<Vec<String>, ReadyZplError> {
        let bytes = self.formats.iter().map(|format| format.zpl.len().saturating_mul(format.copies));
        if bytes.fold(0, usize::saturating_add) > MAX_SPLIT_BYTES {
            return Err(too_long());
        }
        Ok(self
            .formats
            .into_iter()
            .flat_map(|format| std::iter::repeat_n(format.zpl, format.copies))
            .collect())
    }
}

pub(super) fn too_long() -> ReadyZplError {
    let message = format!("all labels together are longer than {MAX_SPLIT_BYTES} bytes");
    of_whole(message, "send them as several jobs")
}

pub(super) fn of_whole(message: impl Into<String>, action: &str) -> ReadyZplError {
    ReadyZplError { command: None, offset: None, line: None, message: message.into(), action: action.into() }
}

pub(super) fn error_at(
    zpl: &str,
    offset: usize,
    command: Option<&str>,
    message: impl Into<String>,
    action: impl Into<String>,
) -> ReadyZplError {
    ReadyZplError {
        command: command.map(str::to_owned),
        offset: Some(offset),
        line: Some(line_at(zpl, offset)),
        message: message.into(),
        action: action.into(),
    }
}

/// The line of a byte, from 1.
pub(super) fn line_at(zpl: &str, offset: usize) -> usize {
    1 + zpl.bytes().take(offset).filter(|byte| *byte == b'\n').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What every label begins with, whatever an earlier job left in the printer.
    const BEGIN: &str = "^XA^CI28^MUD^LH0,0^PON^PMN^LRN^FWN,0^JZY^BY2,3.0,10^CFA,9,5^MCY";

    fn split(zpl: &str) -> Result<Vec<String>, ReadyZplError> {
        parse(zpl)?.labels()
    }

    /// Labels without what platen begins them with.
    fn bodies(zpl: &str) -> Vec<String> {
        let labels = split(zpl).unwrap();
        let own = |label: String| label.strip_prefix(BEGIN).unwrap().strip_suffix("^XZ").unwrap().to_owned();
        labels.into_iter().map(own).collect()
    }

    #[test]
    fn formats_become_single_labels_in_order() {
        let zpl = "\r\n^XA^FDa^FS^PQ2,0,1,Y\n^FO1,1^XZ\n^xa^fo1,1^fdé^fs^xz ^XA^CI28^FDü^FS^PQ1^XZ";
        let labels = ["^FDa^FS^PQ1^FO1,1", "^FDa^FS^PQ1^FO1,1", "^fo1,1^fdé^fs^PQ1", "^CI28^FDü^FS^PQ1"];
        assert_eq!(bodies(zpl), labels);
        assert_eq!(parse(zpl).unwrap().notes, Vec::<String>::new());
    }

    #[test]
    fn text_behind_the_opening_joins_no_command() {
        assert_eq!(bodies("^XA5,N^FO1,1^FDx^FS^XZ"), ["^FO1,1^FDx^FS^PQ1"]);
        let second = bodies("^XA^CI28^FDé^FS^XZ^XAI27^FDé^FS^XZ").remove(1);
        assert_eq!(second, "^CI28^FDé^FS^PQ1");
        assert_eq!(bodies("^XA\n^FDx^FS^XZ"), ["\n^FDx^FS^PQ1"]);
    }

    #[test]
    fn a_setting_for_later_labels_is_ascii() {
        let refusal = parse("^XA^CI2Ж^XZ^XA^FDx^FS^XZ").unwrap_err().to_string();
        assert!(refusal.contains("^CI has a letter among its parameters that is not ASCII"), "{refusal}");
    }

    #[test]
    fn a_report_as_odoo_writes_it_stays_as_it_is() {
        let zpl = "\n  ^XA^CI28\n  ^FT100,80^A0N,40,30^FD[FURN_7800] Desk, 2\" wide^FS\n  ^FO100,160^BY3\n\
                   ^BCN,100,Y,N,N\n^FD0123456789^FS\n  ^XZ\n\n";
        let drawing = zpl.trim().trim_start_matches("^XA").trim_end_matches("^XZ");
        assert_eq!(bodies(zpl), [format!("{drawing}^PQ1")]);
    }

    #[test]
    fn what_a_driver_sets_with_each_label_is_left_out_and_told() {
        let zpl = "CT~~CD,~CC^~CT~\n^XA~TA000~JSN^LT0^MNW^MTT^PON^PMN^LH0,0^JMA^PR4,4~SD15^JUS^LRN^CI0^XZ\n\
                   ^XA\n^MMT^PW812^LL0406^LS0\n^FT20,50^A0N,28^FDBolt^FS^PQ3,0,1,Y^XZ\n^XA^MMT^FDNut^FS^XZ";
        let carried = "^PON^PMN^LH0,0^PR4,4^LRN^CI0";
        let bolt = format!("{carried}\n^PW812^LL0406^FT20,50^A0N,28^FDBolt^FS^PQ1");
        // The size stays for the second label, as it would in the printer.
        let nut = format!("{carried}^PW812^LL0406^FDNut^FS^PQ1");
        assert_eq!(bodies(zpl), [bolt.clone(), bolt.clone(), bolt, nut]);
        let notes = parse(zpl).unwrap().notes;
        assert!(notes.contains(
            &"Line 2: ~TA000 was left out, because it changes a setting of the printer.".to_owned()
        ));
        assert!(
            notes.contains(
                &"Line 4 and once more: ^MMT was left out, because it changes a setting of the printer."
                    .to_owned()
            )
        );
        assert!(
            notes.contains(&"Line 2: a format that prints nothing was left out.".to_owned()),
            "{notes:#?}"
        );
        assert_eq!(notes.len(), 11, "{notes:#?}");
    }

    #[test]
    fn a_picture_stored_first_is_drawn_in_each_label() {
        let zpl = "~DGR:LOGO.GRF,3,1,\nFF81\nFF\n^XA^FO1,1^XGLOGO,1,1^FS^FDx^FS^XZ^XA^IDR:LOGO.GRF^FS^XZ";
        assert_eq!(bodies(zpl), ["^FO1,1^GFA,3,3,1,FF81FF^FS^FDx^FS^PQ1"]);
        assert!(split(&zpl.replace("LOGO,1,1", "LOGO,2,2")).unwrap_err().message.contains("enlarges"));
        // One that the printer has of old is not platen's.
        assert_eq!(bodies("^XA^FO1,1^XGE:OLD.GRF,1,1^FS^XZ"), ["^FO1,1^XGE:OLD.GRF,1,1^FS^PQ1"]);
    }

    #[test]
    fn changed_prefixes_are_understood_and_the_usual_ones_sent() {
        let zpl = "^XA^CC++CT!+CD;+FO1;2+A0N;30+FDa^b~c_d+FS+FX ^XA+PQ2;0;1;Y+XZ+XA+FH\\+FDx^\\41+FS+CC^^XZ^XA^FDy^FS^XZ";
        assert_eq!(
            bodies(zpl),
            [
                "^FO1,2^A0N,30^FH_^FDa_5Eb_7Ec_5Fd^FS^PQ1",
                "^FO1,2^A0N,30^FH_^FDa_5Eb_7Ec_5Fd^FS^PQ1",
                "^FH\\^FDx\\5E\\41^FS^PQ1",
                "^FDy^FS^PQ1",
            ]
        );
        assert!(parse(zpl).unwrap().notes[0].contains("usual characters"));
        // What stands behind the new prefix must not become part of the command before it.
        assert_eq!(bodies("^XA^FDx^FS^PQ1^CC^99^XZ"), ["^FDx^FS^PQ1"]);
        let hidden = split("^XA^CT!^FDx!JA^FS^XZ").unwrap_err();
        assert_eq!(hidden.command.as_deref(), Some("~JA"));
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
        assert_eq!(parse(&large).unwrap().formats[0].copies, 100_000);
        assert!(parse(&" ".repeat(MAX_READY_BYTES + 1)).is_err());
        let picture = format!("~DGR:X.GRF,9,1,{}", "F".repeat(1024 * 1024));
        let many = format!("{picture}{}", "^XA^XGX^FS^XZ".repeat(300));
        assert!(parse(&many).unwrap_err().message.contains("longer than"));
        let many: String = (0..101).map(|number| format!("~DGR:X{number}.GRF,1,1,FF")).collect();
        assert!(parse(&many).unwrap_err().message.contains("too many pictures"));
        let long = format!("^XA^CF0,{}^FDx^FS^XZ", "1".repeat(200));
        assert!(parse(&long).unwrap_err().message.contains("too many parameters"));
        let notes: String = (0..99).map(|number| format!("^MN{number}")).collect();
        let notes = parse(&format!("^XA{notes}^FDx^FS^XZ")).unwrap().notes;
        assert_eq!((notes.len(), notes[30].as_str()), (31, "69 further places were changed likewise."));
    }

    #[test]
    fn what_is_not_a_label_is_refused_with_line_command_and_action() {
        for (zpl, command, word) in [
            ("^XA^FDx^FS\n^JB^XZ", Some("^JB"), "line 2"),
            ("~JR^XA^FDx^FS^XZ", Some("~JR"), "at once"),
            ("^XA^FDx~JA^FS^XZ", Some("~JA"), "at once"),
            ("^XA^FDx^FS^XZ~JX", Some("~JX"), "at once"),
            ("~DYR:X,A,G,1,1,FF", Some("~DY"), "^GFA"),
            ("~DGR:X.GRF,x,1,FF", Some("~DG"), "how large"),
            ("^XA^SN1,1,Y^FS^XZ", Some("^SN"), "counts inside"),
            ("^XA^DFR:X.ZPL^FS^XZ", Some("^DF"), "stores"),
            ("^XA^IDR:*.*^FS^XZ", Some("^ID"), "stored"),
            ("^XA^KP1234^FS^XZ", Some("^KP"), "setting"),
            ("^XA^NC1^FS^XZ", Some("^NC"), "setting"),
            ("^XA^JMB^FDx^FS^XZ", Some("^JM"), "acts on the printer"),
            ("hello ^XA^FDx^FS^XZ", None, "outside"),
            ("^XA^FDx^FS^XZ^FO1,1", None, "outside"),
            ("^XA^XZ", None, "no label"),
            ("^XA^FO1,1^FD ^FS^XZ", None, "no label"),
            ("^XA^FDx^FS", Some("^XA"), "not closed"),
            ("^XA^FDx^FS^X", None, "cut off"),
            ("^XA^FDx^FS^XA^FDy^FS^XZ", Some("^XA"), "inside a label"),
            ("^XA^FDx^FS^PQ0^XZ", Some("^PQ"), "^PQ0 is no number"),
            ("^XA^FDx^FS^PQ99999999^XZ", Some("^PQ"), "no number"),
            ("^XA^FDx^FS^PQ2^PQ3^XZ", Some("^PQ"), "second"),
            ("^XA^CI27^FDé^FS^XZ", Some("^CI"), "UTF-8"),
            ("^XA^CI27^XZ^XA^FDé^FS^XZ", Some("^CI"), "UTF-8"),
            ("^XA^FDx\u{3}^FS^XZ", None, "control character"),
            ("\u{2}^FDx^FS^XZ", None, "control character"),
            ("^XA^é^XZ", None, "not followed"),
            ("^XA^A~JR^FDx^FS^XZ", None, "not followed"),
            ("^XA^CCA^FDx^FS^XZ", Some("CC"), "no character"),
            ("^XA^CC~^FDx^FS^XZ", Some("CC"), "two meanings"),
            ("", None, "no label"),
        ] {
            let error = split(zpl).unwrap_err();
            assert_eq!(error.command.as_deref(), command, "{zpl}: {error}");
            assert!(error.to_string().contains(word), "{zpl}: {error}");
        }
    }

    #[test]
    fn a_pause_between_groups_is_told_and_not_kept() {
        let zpl = "^XA^FDx^FS^PQ9,3^XZ";
        assert_eq!(bodies(zpl).len(), 9);
        assert_eq!(
            parse(zpl).unwrap().notes,
            [
                "Line 1: ^PQ9,3 keeps only its number: the printer does not pause or cut between groups of labels."
            ]
        );
    }
}
