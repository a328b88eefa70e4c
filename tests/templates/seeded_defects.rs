//! How much the lint finds: a hundred good labels, and a hundred made from them by one mistake each. The mistakes are
//! made in the text of the label, as a person makes them, and know nothing of the lint.

use super::good_labels::{self, Label};
use platen::render::lint::{Finding, lint_label};

/// One way to spoil a label; `None` where this one has nothing to spoil in that way.
type Spoil = fn(&Label) -> Option<Label>;

/// What was done, how often, and the findings of which one must come.
const DEFECTS: [(&str, usize, &[&str], Spoil); 29] = [
    ("bar code over the right edge", 5, &["off_label"], |label| {
        move_to(label, "^BC", |l| (right(l) - mm(l, 4.0), None))
    }),
    ("text over the right edge", 5, &["off_label"], |label| {
        move_to(label, "^A0N", |l| (right(l) - mm(l, 1.5), None))
    }),
    ("text below the label", 4, &["off_label"], |label| {
        move_to(label, "^A0N", |l| (mm(l, 4.0), Some(bottom(l) - mm(l, 1.0))))
    }),
    ("text on the bar code", 6, &["overlap"], |label| {
        let (x, y) = place_of(label, "^BC")?;
        move_to(label, "^A0N", |l| (x + mm(l, 2.0), Some(y + mm(l, 1.0))))
    }),
    ("text on text", 6, &["overlap"], |label| {
        let (x, y) = place_of_nth(label, "^A0N", 1)?;
        move_to(label, "^A0N", |l| (x + mm(l, 0.5), Some(y + mm(l, 0.5))))
    }),
    ("a rule through the bar code", 5, &["overlap"], |label| {
        let (x, y) = place_of(label, "^BC")?;
        insert(label, &format!("^FO{x},{}^GB{},2,2^FS", y + mm(label, 4.0), mm(label, 10.0)))
    }),
    ("a bar code on a bar code", 3, &["overlap"], |label| {
        let (x, y) = place_of(label, "^BC")?;
        insert(
            label,
            &format!(
                "^FO{},{}^BXN,{},200^FDSPOILT^FS",
                x + mm(label, 3.0),
                y + mm(label, 2.0),
                mm(label, 0.5)
            ),
        )
    }),
    ("a line in the quiet zone", 5, &["quiet_zone"], |label| {
        let (x, y) = place_of(label, "^BC")?;
        insert(label, &format!("^FO{},{y}^GB2,{},2^FS", x - mm(label, 0.75), mm(label, 6.0)))
    }),
    ("the bar code at the edge", 4, &["quiet_zone"], |label| move_to(label, "^BC", |l| (mm(l, 0.5), None))),
    ("a Data Matrix that touches a line", 2, &["quiet_zone", "overlap"], |label| {
        let (x, y) = place_of(label, "^BX")?;
        insert(label, &format!("^FO{},{y}^GB1,{},1^FS", x - 1, mm(label, 8.0)))
    }),
    ("bars of one dot", 6, &["bar_code_too_dense"], |label| {
        replace_number(label, "^BY", 0, |_| 1).filter(|spoilt| spoilt.zpl.contains("^BC"))
    }),
    ("squares of a few dots", 3, &["bar_code_too_dense"], |label| {
        let dots = mm(label, 0.125).max(1);
        replace_number(label, "^BXN", 1, |_| dots)
    }),
    ("low bars", 4, &["bar_code_too_low"], |label| {
        let height = mm(label, 1.5);
        replace_number(label, "^BCN", 1, |_| height)
    }),
    ("a text too long for its block", 5, &["text_too_long"], |label| {
        let (start, end) = data_behind(label, "^FB")?;
        let text = label.zpl[start..end].to_owned();
        with(label, start, end, &[text.as_str(); 9].join(" ").repeat(3))
    }),
    ("a text too long for the label", 4, &["off_label"], |label| {
        let (start, end) = plain_text(label)?;
        let text = label.zpl[start..end].to_owned();
        with(
            label,
            start,
            end,
            &format!(
                "{text} and so on and so forth, for as long as it goes, which is far too long for a line of it, and more of it, until it has left the label; and then some more of the same"
            ),
        )
    }),
    ("characters the font lacks", 4, &["missing_glyph"], |label| {
        let (start, end) = plain_text(label)?;
        with(label, start, end, ["中文", "日本", "ไทย", "한국"][label.name.len() % 4])
    }),
    ("a wrong check digit in a GTIN", 2, &["check_digit"], |label| {
        swap(label, "(02)09501101530003", "(02)09501101530004")
    }),
    ("a wrong check digit in an SSCC", 2, &["check_digit"], |label| {
        swap(label, "(00)395011010000000019", "(00)395011010000000017")
    }),
    ("a wrong check digit in a GS1 DataMatrix", 2, &["check_digit"], |label| {
        swap(label, "_5F10109501101530003", "_5F10109501101530008")
    }),
    ("digits lost", 3, &["bar_code_length", "check_digit"], |label| {
        swap(label, "(00)3950110100000000", "(00)3950110100")
            .or_else(|| swap(label, "^FD950110153000^", "^FD9501101530^"))
    }),
    ("letters in an EAN", 1, &["bar_code_data"], |label| swap(label, "^FD950110153000^", "^FD95011015300A^")),
    ("small letters in Code 39", 1, &["bar_code_data"], |label| swap(label, "^FDA117^", "^FDa117^")),
    ("a QR code without its switches", 1, &["bar_code_data"], |label| swap(label, "^FDQA,", "^FD")),
    ("tiny letters", 4, &["text_too_small"], |label| {
        let height = mm(label, 0.9);
        replace_number(label, "^A0N", 1, |_| height)
    }),
    ("no ^CI28 before text beyond ASCII", 3, &["encoding_missing"], |label| {
        let has_more = !label.zpl.is_ascii();
        has_more.then(|| swap(label, "^CI28", "")).flatten()
    }),
    ("a command typed wrongly", 3, &["unknown_command"], |label| swap(label, "^FO", "^FQ")),
    ("a field not closed", 3, &["wrong_order"], |label| {
        let at = label.zpl.find("^FD").and_then(|at| label.zpl[at..].find("^FS").map(|end| at + end))?;
        with(label, at, at + 3, "").filter(|spoilt| spoilt.zpl[at..].contains("^FO"))
    }),
    ("^FH taken away", 2, &["hex_missing"], |label| {
        let has_escape = label.zpl.contains("_5F") || label.zpl.contains("_5E");
        has_escape
            .then(|| swap(label, "^FH_", "").map(|l| Label { zpl: l.zpl.replace("^FH_", ""), ..l }))
            .flatten()
    }),
    ("paper of another size", 2, &["wrong_label_size"], |label| {
        let mut spoilt = label.clone();
        spoilt.paper.width_mm -= 12.0;
        label.zpl.contains("^PW").then_some(spoilt)
    }),
];

#[test]
fn the_lint_finds_the_mistakes_and_lets_the_good_labels_be() {
    let good = good_labels::all();
    assert_eq!(good.len(), 100);
    let findings: Vec<Vec<Finding>> = good.iter().map(|label| lint_label(&label.zpl, label.paper)).collect();
    let alarms: Vec<String> = good
        .iter()
        .zip(&findings)
        .filter(|(_, findings)| !findings.is_empty())
        .map(|(label, findings)| format!("{}: {findings:?}", label.name))
        .collect();

    let (mut made, mut missed) = (0, Vec::new());
    for (number, (what, count, codes, spoil)) in DEFECTS.into_iter().enumerate() {
        // Each mistake in other labels, spread over all of them.
        let spoilt = (0..good.len()).map(|at| (at * 37 + number * 11) % good.len());
        let spoilt: Vec<(usize, Label)> =
            spoilt.filter_map(|at| spoil(&good[at]).map(|label| (at, label))).take(count).collect();
        assert_eq!(spoilt.len(), count, "too few labels for: {what}");
        for (at, label) in spoilt {
            made += 1;
            let is_found = lint_label(&label.zpl, label.paper).iter().any(|finding| {
                codes.contains(&finding.code.name().as_str()) && !findings[at].contains(finding)
            });
            if !is_found {
                missed.push(format!("{what} in {}: {}", label.name, label.zpl));
            }
        }
    }
    println!(
        "lint: found {} of {made} mistakes, {} false alarms in {} good labels",
        made - missed.len(),
        alarms.len(),
        good.len()
    );
    assert_eq!(made, 100);
    assert!((made - missed.len()) * 100 >= 95 * made, "{} missed: {missed:#?}", missed.len());
    assert!(alarms.len() * 100 <= 5 * good.len(), "{} false alarms: {alarms:#?}", alarms.len());
}

fn mm(label: &Label, millimetres: f64) -> i64 {
    (millimetres * f64::from(label.paper.dpmm)).round() as i64
}

fn right(label: &Label) -> i64 {
    mm(label, label.paper.width_mm)
}

fn bottom(label: &Label) -> i64 {
    mm(label, label.paper.height_mm)
}

/// The label with other text between two bytes.
fn with(label: &Label, start: usize, end: usize, text: &str) -> Option<Label> {
    let zpl = format!("{}{text}{}", &label.zpl[..start], &label.zpl[end..]);
    (zpl != label.zpl).then(|| Label { zpl, ..label.clone() })
}

fn swap(label: &Label, from: &str, to: &str) -> Option<Label> {
    let start = label.zpl.find(from)?;
    with(label, start, start + from.len(), to)
}

/// One more field at the end.
fn insert(label: &Label, field: &str) -> Option<Label> {
    let end = label.zpl.rfind("^XZ")?;
    with(label, end, end, field)
}

/// The n-th field, from 0, that holds a command and is placed by `^FO`: where it begins and ends.
fn field(label: &Label, command: &str, nth: usize) -> Option<(usize, usize)> {
    let mut start = 0;
    let mut found = 0;
    for piece in label.zpl.split_inclusive("^FS") {
        if let Some(at) = piece.find("^FO").filter(|_| piece.contains(command)) {
            if found == nth {
                return Some((start + at, start + piece.len()));
            }
            found += 1;
        }
        start += piece.len();
    }
    None
}

fn place_of(label: &Label, command: &str) -> Option<(i64, i64)> {
    place_of_nth(label, command, 0)
}

fn place_of_nth(label: &Label, command: &str, nth: usize) -> Option<(i64, i64)> {
    let (start, end) = field(label, command, nth)?;
    let (x, y) = label.zpl[start + 3..end].split('^').next()?.split_once(',')?;
    Some((x.trim().parse().ok()?, y.trim().parse().ok()?))
}

/// The first field with a command, moved.
fn move_to(label: &Label, command: &str, place: impl Fn(&Label) -> (i64, Option<i64>)) -> Option<Label> {
    let (_, y) = place_of(label, command)?;
    let (start, end) = field(label, command, 0)?;
    let behind = start + 3 + label.zpl[start + 3..end].find('^')?;
    let (x, new_y) = place(label);
    with(label, start, behind, &format!("^FO{},{}", x.max(0), new_y.unwrap_or(y)))
}

/// A number of the last command of a name; `^BY` may stand in the settings, too.
fn replace_number(label: &Label, command: &str, at: usize, number: impl Fn(&str) -> i64) -> Option<Label> {
    let start = label.zpl.rfind(command)? + command.len();
    let end = start + label.zpl[start..].find('^')?;
    let mut list: Vec<String> = label.zpl[start..end].split(',').map(str::to_owned).collect();
    let new = number(list.get(at)?).to_string();
    list[at] = new;
    with(label, start, end, &list.join(","))
}

/// The data of the first field with a command.
fn data_behind(label: &Label, command: &str) -> Option<(usize, usize)> {
    let (start, end) = field(label, command, 0)?;
    let data = start + label.zpl[start..end].find("^FD")? + 3;
    (end - 3 > data).then_some((data, end - 3))
}

/// The data of the first line of text that has no block.
fn plain_text(label: &Label) -> Option<(usize, usize)> {
    for nth in 0..20 {
        let (start, end) = field(label, "^A0N", nth)?;
        let text = &label.zpl[start..end];
        let data = start + text.find("^FD")? + 3;
        if !text.contains("^FB") && !text.contains("^FR") && end - 3 > data {
            return Some((data, end - 3));
        }
    }
    None
}
