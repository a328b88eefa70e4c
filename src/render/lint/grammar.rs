//! Whether the commands of a label are commands, have parameters they take, and stand in an order that does what was
//! meant ("ZPL II Programming Guide", command by command).

use super::finding::{Finding, FindingCode};
use super::reader::Command;

/// Second letters of all commands with `^`, by the first.
const KNOWN: [(u8, &str); 22] = [
    (b'A', "0123456789@ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    (b'B', "0123456789ABCDEFIJKLMOPQRSTUXYZ"),
    (b'C', "CDFIMNOPTVW"),
    (b'D', "F"),
    (b'E', "FG"),
    (b'F', "BCDEHLMNOPRSTVWX"),
    (b'G', "BCDEFS"),
    (b'H', "FGHLRTVWYZ"),
    (b'I', "DLMS"),
    (b'J', "ABEFHIJMOQSTUWZ"),
    (b'K', "DLNPV"),
    (b'L', "FHLRST"),
    (b'M', "ACDFILMNPTUW"),
    (b'N', "BDINPSTVW"),
    (b'P', "AFHIMNOPQRSW"),
    (b'R', "ABEFILMNQRSTUW"),
    (b'S', "CEFILNOPQRSTXZ"),
    (b'T', "BO"),
    (b'W', "ACDEFILPRSTVX"),
    (b'X', "ABFGSZ"),
    (b'Z', "Z"),
    (b'Q', ""),
];

/// What is wrong with the commands themselves.
pub(super) fn findings(commands: &[Command<'_>]) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut order = Order::default();
    for command in commands {
        let judged = if is_known(command) {
            parameters(command).or_else(|| order.judge(command))
        } else {
            Some(Finding::error(
                FindingCode::UnknownCommand,
                format!("{} is no command; the printer passes over it.", command.name()),
                "Look for a letter typed wrongly, or write ^ in text as _5E under ^FH.",
            ))
        };
        found.extend(judged.map(|finding| finding.of(&command.origin)));
    }
    found
}

fn is_known(command: &Command<'_>) -> bool {
    let [first, second] = command.code;
    command.prefix == b'~'
        || KNOWN
            .iter()
            .any(|(letter, seconds)| *letter == first && seconds.bytes().any(|known| known == second))
}

/// Numbers where numbers belong, letters where letters do.
fn parameters(command: &Command<'_>) -> Option<Finding> {
    let list = command.list();
    let wrong = |message: String, action: &'static str| {
        Some(Finding::error(FindingCode::WrongParameter, message, action))
    };
    let numbers: &[usize] = match &command.code {
        b"FO" | b"FT" | b"LH" => &[0, 1],
        b"PW" | b"LL" => &[0],
        b"FB" => &[0, 1, 2, 4],
        b"GB" => &[0, 1, 2, 4],
        b"BY" => &[0, 1, 2],
        b"BC" | b"BE" | b"B8" | b"BU" | b"B2" => &[1],
        b"B3" => &[2],
        b"BX" => &[1, 2, 3, 4],
        b"BQ" => &[1, 2],
        [b'A', font] if *font != b'@' => &[1, 2],
        _ => &[],
    };
    for at in numbers {
        let text = list.get(*at).copied().unwrap_or("");
        if !text.is_empty() && text.parse::<f64>().is_err() {
            let message = format!("{} has `{text}` where a number belongs.", command.name());
            return wrong(message, "Write a number of dots.");
        }
    }
    let number = |at: usize| list.get(at).and_then(|text| text.parse::<f64>().ok());
    match &command.code {
        b"BY" if number(0).is_some_and(|module| !(1.0..=10.0).contains(&module) || module.fract() != 0.0) => {
            wrong(
                format!("^BY has a module of {}, and printers take 1 to 10 whole dots.", list[0]),
                "Write a whole number of dots between 1 and 10.",
            )
        }
        b"BY" if number(1).is_some_and(|ratio| !(2.0..=3.0).contains(&ratio)) => {
            wrong(format!("^BY has a ratio of {}, and printers take 2.0 to 3.0.", list[1]), "Write 3.0.")
        }
        b"FO" | b"FT" if [0, 1].iter().any(|at| number(*at).is_some_and(|place| place < 0.0)) => wrong(
            format!("{} has a place below 0, which the printer does not take.", command.name()),
            "Write a place on the label.",
        ),
        b"FB" if number(0).is_none_or(|width| width <= 0.0) => {
            wrong("^FB has no width, so that nothing is printed.".to_owned(), "Write the width of the block.")
        }
        _ => orientation(command, &list),
    }
}

fn orientation(command: &Command<'_>, list: &[&str]) -> Option<Finding> {
    let [first, second] = command.code;
    let has_orientation = match first {
        b'A' => second != b'@',
        b'B' => !matches!(second, b'Y' | b'D' | b'B' | b'R' | b'T'),
        _ => false,
    };
    let given = list.first().copied().unwrap_or("");
    let is_one = matches!(given.to_ascii_uppercase().as_str(), "" | "N" | "R" | "I" | "B");
    (has_orientation && !is_one).then(|| {
        Finding::error(
            FindingCode::WrongParameter,
            format!("{} begins with `{given}`, which is no orientation.", command.name()),
            "Write N, R, I or B, and the other parameters behind a comma.",
        )
    })
}

/// What has been said of the field, and of the label, so far.
#[derive(Debug, Default)]
struct Order {
    has_opened: bool,
    has_field: bool,
    has_place: bool,
    has_data: bool,
    bar_code: Option<String>,
}

impl Order {
    fn judge(&mut self, command: &Command<'_>) -> Option<Finding> {
        let name = command.name();
        let wrong = |message: String, action: &'static str| {
            Some(Finding::error(FindingCode::WrongOrder, message, action))
        };
        match &command.code {
            b"XA" => {
                *self = Self { has_opened: true, ..Self::default() };
                None
            }
            b"XZ" if self.has_data => {
                wrong("The last field is not closed before ^XZ.".to_owned(), "Write ^FS behind its data.")
            }
            _ if !self.has_opened && command.prefix == b'^' => {
                wrong(format!("{name} stands before ^XA."), "Put it behind ^XA.")
            }
            b"FS" => {
                let had_bar_code = self.bar_code.take();
                let had_data = std::mem::take(&mut self.has_data);
                self.has_place = false;
                self.has_field = true;
                had_bar_code.filter(|_| !had_data).and_then(|bar_code| {
                    wrong(format!("{bar_code} has no data before its ^FS."), "Put ^FD between them.")
                })
            }
            b"FO" | b"FT" | b"FM" if self.has_data => {
                self.has_data = false;
                wrong(format!("{name} begins a field before the last one is closed."), "Write ^FS before it.")
            }
            b"FO" | b"FT" if std::mem::replace(&mut self.has_place, true) => {
                wrong(format!("{name} is the second place of one field."), "Write ^FS between two fields.")
            }
            b"PW" | b"LL" if self.has_field => wrong(
                format!("{name} stands behind the first field, where it comes too late."),
                "Put it behind ^XA.",
            ),
            b"FD" | b"FV" | b"SN" => {
                self.has_data = true;
                None
            }
            [b'A' | b'B', second] if *second != b'Y' && self.has_data => {
                wrong(format!("{name} stands behind the data it is for."), "Put it before ^FD.")
            }
            b"FB" | b"FH" | b"FR" | b"TB" if self.has_data => {
                wrong(format!("{name} stands behind the data it is for."), "Put it before ^FD.")
            }
            [b'B', second] if *second != b'Y' => match self.bar_code.replace(name.clone()) {
                Some(first) => wrong(
                    format!("{name} is the second bar code of one field, behind {first}."),
                    "Write ^FS between two fields.",
                ),
                None => None,
            },
            _ => None,
        }
    }
}
