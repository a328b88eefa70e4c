//! What commands say on stdout: lines, tables, JSON. A reader that has seen enough (`| head`) is no failure.

use super::Failure;
use jiff::Timestamp;
use serde_json::Value;
use std::io::{ErrorKind, Write};

/// Writes to stdout.
pub fn write(bytes: &[u8]) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        // Whoever reads has seen enough; there is nobody left to tell.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => std::process::exit(0),
        written => written.map_err(|error| {
            Failure::failed(format!("the output could not be written ({error}); check path and space"))
        }),
    }
}

/// One line on stdout.
pub fn line(text: &str) -> Result<(), Failure> {
    write(format!("{text}\n").as_bytes())
}

/// A value as JSON that people can read too.
pub fn json(value: &Value) -> Result<(), Failure> {
    line(&serde_json::to_string_pretty(value).unwrap_or_default())
}

/// Text from elsewhere, unable to move the cursor or colour the screen.
pub fn clean(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { '\u{fffd}' } else { letter }).collect()
}

/// A field of an answer as text; nothing where it is null.
pub fn text(value: &Value, name: &str) -> String {
    match &value[name] {
        Value::Null => String::new(),
        Value::String(text) => clean(text),
        other => clean(&other.to_string()),
    }
}

/// The message and advice of an `attention` or `fault`, where there is one.
pub fn advice(value: &Value) -> Option<String> {
    value.is_object().then(|| format!("{} {}", text(value, "message"), text(value, "action")))
}

/// How long ago a time was, e.g. `12 s ago`; clocks may differ, so nothing is in the future.
pub fn age(value: &Value, now: Timestamp) -> String {
    let Some(then) = value.as_str().and_then(|text| text.parse::<Timestamp>().ok()) else {
        return "never".to_owned();
    };
    let seconds = (now.as_second() - then.as_second()).max(0);
    match seconds {
        0..60 => format!("{seconds} s ago"),
        60..3_600 => format!("{} min ago", seconds / 60),
        3_600..172_800 => format!("{} h ago", seconds / 3_600),
        _ => format!("{} days ago", seconds / 86_400),
    }
}

/// Rows in columns, some with a remark on the line below.
#[derive(Debug)]
pub struct Table {
    rows: Vec<(Vec<String>, Option<String>)>,
}

impl Table {
    /// A table with these headings.
    pub fn new(headings: &[&str]) -> Self {
        Self { rows: vec![(headings.iter().map(|heading| (*heading).to_owned()).collect(), None)] }
    }

    /// Adds a row, and what a person should know about it.
    pub fn row(&mut self, cells: Vec<String>, remark: Option<String>) {
        self.rows.push((cells, remark));
    }

    /// The whole table, each column as wide as its widest cell.
    pub fn render(&self) -> String {
        let columns = self.rows.iter().map(|(cells, _)| cells.len()).max().unwrap_or(0);
        let width = |column: usize| {
            let cells = self.rows.iter().filter_map(|(cells, _)| cells.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        let mut out = String::new();
        for (cells, remark) in &self.rows {
            let padded: Vec<String> =
                cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}")).collect();
            out.push_str(padded.join("  ").trim_end());
            out.push('\n');
            if let Some(remark) = remark {
                out.push_str(&format!("  ! {remark}\n"));
            }
        }
        out
    }

    /// Writes it to stdout.
    pub fn print(&self) -> Result<(), Failure> {
        write(self.render().as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn columns_are_aligned_and_remarks_stand_below() {
        let mut table = Table::new(&["NAME", "STATE"]);
        table.row(vec!["line-a".into(), "faulted".into()], Some("Paper is out.".into()));
        assert_eq!(table.render(), "NAME    STATE\nline-a  faulted\n  ! Paper is out.\n");
    }

    #[test]
    fn text_from_elsewhere_cannot_command_the_terminal() {
        assert_eq!(clean("a\u{1b}[2Jb\nc"), "a\u{fffd}[2Jb\u{fffd}c");
    }

    #[test]
    fn an_age_is_told_in_the_unit_that_fits() {
        let now: Timestamp = "2026-01-31T10:00:00Z".parse().unwrap();
        assert_eq!(age(&json!("2026-01-31T09:59:48Z"), now), "12 s ago");
        assert_eq!(age(&json!("2026-01-31T07:30:00Z"), now), "2 h ago");
        assert_eq!(age(&json!("2026-01-31T10:00:05Z"), now), "0 s ago", "its clock is ahead");
        assert_eq!(age(&Value::Null, now), "never");
    }
}
