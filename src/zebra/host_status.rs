//! The reply to `~HS`: three framed lines of comma-separated fields (ZPL II Programming Guide, ~HS).

/// What `~HS` says, as far as platen judges by it. The communication word, the password and
/// the undocumented fields are parsed and left alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HostStatus {
    /// `b`
    pub paper_out: bool,
    /// `c`
    pub paused: bool,
    /// `eee`: complete formats in the receive buffer, 0 to 999.
    pub formats_in_buffer: i64,
    /// `f`
    pub buffer_full: bool,
    /// `h`: a format was begun and not ended.
    pub partial_format: bool,
    /// `j`: configuration data was lost.
    pub corrupt_ram: bool,
    /// `k`
    pub under_temperature: bool,
    /// `l`
    pub over_temperature: bool,
    /// `o`
    pub head_open: bool,
    /// `p`
    pub ribbon_out: bool,
    /// No part of `~HS`: told by `zpl.system_error`, which is asked for in a pause.
    pub cutter_jammed: bool,
    /// `r`: printed labels are cut, peeled or taken one by one, which takes time of its own; neither torn off nor rewound.
    pub is_labelwise: bool,
    /// `t`: peel mode, a label waits to be taken.
    pub label_waiting: bool,
    /// `uuuuuuuu`: labels left in the running batch, as told; [`Self::batch_left`] is what may be believed.
    pub labels_remaining: i64,
}

/// A batch is no longer than a job: what some clones tell beyond that (a media counter, a float's bits) is no count.
const LONGEST_BATCH: i64 = 100_000;

impl HostStatus {
    /// Nothing buffered, nothing running, nothing half received, and nobody needed.
    pub fn is_idle(&self) -> bool {
        self.formats_in_buffer == 0
            && self.batch_left() == 0
            && !self.partial_format
            && !self.is_stopped()
            && !self.label_waiting
    }

    /// Labels left in the running batch; 0 where the number can be none.
    pub fn batch_left(&self) -> i64 {
        if self.labels_remaining > LONGEST_BATCH { 0 } else { self.labels_remaining }
    }

    /// Something keeps the next label from printing until a person acts.
    pub fn is_stopped(&self) -> bool {
        self.paper_out
            || self.paused
            || self.head_open
            || self.ribbon_out
            || self.over_temperature
            || self.under_temperature
            || self.corrupt_ram
    }

    /// A stop after which the printer may print the torn label once more (`^JZY`, its default).
    pub fn may_reprint(&self) -> bool {
        self.media_faults().contains(&true)
    }

    /// Paper, head, ribbon and cutter: which of them such a stop is for.
    pub fn media_faults(&self) -> [bool; 4] {
        [self.paper_out, self.head_open, self.ribbon_out, self.cutter_jammed]
    }

    /// Parses the three lines, without their framing bytes.
    pub fn parse(first: &str, second: &str, third: &str) -> Result<Self, HostStatusError> {
        let first = fields::<12>(first)?;
        let second = fields::<11>(second)?;
        let third = fields::<2>(third)?;
        widths(&first, &[3, 1, 1, 4, 3, 1, 1, 1, 3, 1, 1, 1])?;
        widths(&second, &[3, 1, 1, 1, 1, 1, 1, 1, 8, 1, 3])?;
        widths(&third, &[4, 1])?;
        Ok(Self {
            paper_out: flag(first[1])?,
            paused: flag(first[2])?,
            formats_in_buffer: number(first[4])?,
            buffer_full: flag(first[5])?,
            partial_format: flag(first[7])?,
            corrupt_ram: flag(first[9])?,
            under_temperature: flag(first[10])?,
            over_temperature: flag(first[11])?,
            head_open: flag(second[2])?,
            ribbon_out: flag(second[3])?,
            cutter_jammed: false,
            is_labelwise: !matches!(second[5], "0" | "2"),
            label_waiting: flag(second[7])?,
            labels_remaining: number(second[8])?,
        })
    }

    /// Parses the reply as SGD or JSON carry it: the three lines in one text, framing bytes optional.
    pub fn parse_text(text: &str) -> Result<Self, HostStatusError> {
        let mut lines =
            text.split(['\r', '\n', '\u{2}', '\u{3}']).map(str::trim).filter(|line| !line.is_empty());
        match (lines.next(), lines.next(), lines.next(), lines.next()) {
            (Some(first), Some(second), Some(third), None) => Self::parse(first, second, third),
            _ => Err(HostStatusError::Shape),
        }
    }
}

/// The reply is not one; the status stays unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HostStatusError {
    /// Wrong number of lines, fields or characters.
    #[error("the reply to ~HS has another shape")]
    Shape,
    /// A flag or number with another character in it.
    #[error("the reply to ~HS holds a value that cannot be")]
    Value,
}

fn fields<const COUNT: usize>(line: &str) -> Result<[&str; COUNT], HostStatusError> {
    let mut parts = line.split(',');
    let mut found = [""; COUNT];
    for slot in &mut found {
        *slot = parts.next().ok_or(HostStatusError::Shape)?;
    }
    if parts.next().is_some() { Err(HostStatusError::Shape) } else { Ok(found) }
}

/// Lengths drift when bytes are lost; such a line is refused, the link is kept.
fn widths(found: &[&str], expected: &[usize]) -> Result<(), HostStatusError> {
    let same = found.iter().zip(expected).all(|(field, width)| field.len() == *width);
    if same { Ok(()) } else { Err(HostStatusError::Shape) }
}

fn flag(field: &str) -> Result<bool, HostStatusError> {
    match field {
        "0" => Ok(false),
        "1" => Ok(true),
        _ => Err(HostStatusError::Value),
    }
}

fn number(field: &str) -> Result<i64, HostStatusError> {
    if field.bytes().all(|byte| byte.is_ascii_digit()) {
        field.parse().map_err(|_| HostStatusError::Value)
    } else {
        Err(HostStatusError::Value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_idle_printer_reads_idle() {
        let status = HostStatus::parse(
            "030,0,0,0308,000,0,0,0,000,0,0,0",
            "001,0,0,0,1,2,6,0,00000000,1,000",
            "0000,0",
        );
        assert!(status.unwrap().is_idle());
    }

    #[test]
    fn fifteen_formats_wait_in_a_paused_printer() {
        let status = HostStatus::parse(
            "030,0,1,0212,015,0,0,0,000,0,0,0",
            "001,0,0,0,1,2,4,0,00000000,1,000",
            "0000,0",
        )
        .unwrap();
        assert_eq!(status.formats_in_buffer, 15);
        assert!(status.paused && !status.is_idle());
    }

    #[test]
    fn a_letter_as_print_mode_and_an_old_password_are_fine() {
        let status = HostStatus::parse_text(
            "014,1,1,0633,000,0,0,0,000,0,0,0\r\n000,0,1,0,0,K,6,0,00000000,1,000\r\n1234,0",
        )
        .unwrap();
        assert!(status.paper_out && status.head_open && status.may_reprint());
    }

    #[test]
    fn a_number_that_can_be_no_batch_does_not_keep_a_printer_busy() {
        let telling = |labels_remaining| HostStatus { labels_remaining, ..HostStatus::default() };
        assert!(telling(1_335_508).is_idle() && telling(99_999_999).is_idle());
        assert!(!telling(1).is_idle() && !telling(LONGEST_BATCH).is_idle(), "a batch of another sender");
    }

    #[test]
    fn a_line_that_lost_a_digit_is_refused() {
        let drifted = HostStatus::parse(
            "030,0,0,0308,00,0,0,0,000,0,0,0",
            "001,0,0,0,1,2,6,0,00000000,1,000",
            "0000,0",
        );
        assert_eq!(drifted, Err(HostStatusError::Shape));
    }
}
