//! Cuts the bytes of a printer into replies, however they are split, merged or mixed.
//!
//! On one raw connection come: lines framed by STX and ETX (`~HS`, `~HI`), quoted texts without any
//! terminator (SGD), and whatever else was asked for. Bytes that belong to none are dropped.

use super::HostStatus;
use super::verification::{REPLY_END, REPLY_HEADER, TOKEN_LIMIT_BYTES};

/// One reply, told apart by its own shape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// `~HS`, well formed.
    HostStatus(HostStatus),
    /// `~HI`: model, firmware, dots per millimetre.
    HostIdentification { model: String, firmware: String, dpmm: Option<u32> },
    /// A setting's value, without its quotes.
    Setting(String),
    /// `^HV`: the token of a label the printer has done.
    Verified(String),
    /// Framed, and neither of the above: counted, never trusted.
    Unreadable,
}

/// The longest reply platen reads; more without an end is noise.
const REPLY_LIMIT_BYTES: usize = 8 * 1024;

const STX: u8 = 0x02;
const ETX: u8 = 0x03;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Inside {
    Nothing,
    Frame,
    Quotes,
    Token,
}

/// Collects bytes and hands out whole replies.
#[derive(Debug)]
pub struct ReplyReader {
    inside: Inside,
    buffer: Vec<u8>,
    /// Bytes of [`REPLY_HEADER`] that came last.
    header: usize,
    /// Lines of a `~HS` reply seen so far; it has three.
    status_lines: Vec<String>,
}

impl Default for ReplyReader {
    fn default() -> Self {
        Self { inside: Inside::Nothing, buffer: Vec::new(), header: 0, status_lines: Vec::new() }
    }
}

impl ReplyReader {
    /// Takes the next bytes and returns the replies they complete, in order.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<Reply> {
        let mut replies = Vec::new();
        for &byte in bytes {
            self.take(byte, &mut replies);
        }
        replies
    }

    fn take(&mut self, byte: u8, replies: &mut Vec<Reply>) {
        match (self.inside, byte) {
            // A new frame begins even inside another: the old one lost its end.
            (Inside::Nothing | Inside::Frame | Inside::Token, STX) => self.begin(Inside::Frame),
            (Inside::Frame, ETX) => {
                let line = self.finish();
                self.framed(&line, replies);
            }
            (Inside::Token, REPLY_END) => replies.push(Reply::Verified(self.finish())),
            (Inside::Token, b'"' | b'\r' | b'\n') => {
                // It lost its end.
                self.finish();
                if byte == b'"' {
                    self.begin(Inside::Quotes);
                }
            }
            (Inside::Nothing, b'"') => self.begin(Inside::Quotes),
            (Inside::Quotes, b'"') => replies.push(Reply::Setting(self.finish())),
            (Inside::Frame | Inside::Quotes, _) if self.buffer.len() >= REPLY_LIMIT_BYTES => {
                self.finish();
                replies.push(Reply::Unreadable);
            }
            (Inside::Token, _) if self.buffer.len() >= TOKEN_LIMIT_BYTES => {
                self.finish();
                replies.push(Reply::Unreadable);
            }
            // Flow-control bytes of a serial line behind a print server may stand anywhere.
            (_, 0x00 | 0x11 | 0x13) => {}
            (Inside::Frame | Inside::Quotes | Inside::Token, byte) => self.buffer.push(byte),
            (Inside::Nothing, byte) => self.look_for_header(byte),
        }
    }

    fn look_for_header(&mut self, byte: u8) {
        if byte == REPLY_HEADER[self.header] {
            self.header += 1;
        } else {
            self.header = usize::from(byte == REPLY_HEADER[0]);
        }
        if self.header == REPLY_HEADER.len() {
            self.begin(Inside::Token);
        }
    }

    fn begin(&mut self, inside: Inside) {
        self.header = 0;
        self.inside = inside;
        self.buffer.clear();
    }

    fn finish(&mut self) -> String {
        self.inside = Inside::Nothing;
        String::from_utf8_lossy(&std::mem::take(&mut self.buffer)).into_owned()
    }

    fn framed(&mut self, line: &str, replies: &mut Vec<Reply>) {
        let line = line.trim();
        let commas = line.matches(',').count();
        match (self.status_lines.len(), commas) {
            (_, 11) => self.status_lines = vec![line.to_owned()],
            (1, 10) => self.status_lines.push(line.to_owned()),
            (2, 1) => {
                let lines = std::mem::take(&mut self.status_lines);
                replies.push(match HostStatus::parse(&lines[0], &lines[1], line) {
                    Ok(status) => Reply::HostStatus(status),
                    Err(_) => Reply::Unreadable,
                });
            }
            _ => {
                replies.push(identification(line).unwrap_or(Reply::Unreadable));
            }
        }
    }
}

/// Model, version, dots per millimetre, memory, options: at least four fields, padded as the firmware likes.
fn identification(line: &str) -> Option<Reply> {
    let fields: Vec<&str> = line.split(',').map(str::trim).collect();
    if fields.len() < 4 || fields[0].is_empty() || !fields[3].to_ascii_uppercase().contains("KB") {
        return None;
    }
    Some(Reply::HostIdentification {
        model: fields[0].to_owned(),
        firmware: fields[1].to_owned(),
        dpmm: fields[2].parse().ok(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const STATUS: &[u8] = b"\x02030,0,1,0308,007,0,0,0,000,0,0,0\x03\r\n\x02001,0,0,0,1,2,6,0,00000000,1,000\x03\r\n\x020000,0\x03\r\n";
    const IDENTIFICATION: &[u8] = b"\x02ZT411-300dpi,V92.21.17Z,12,8176KB,CUTTER DETECTED\x03\r\n";

    fn mixed() -> Vec<u8> {
        let (first_line, other_lines) = STATUS.split_at(36);
        [
            STATUS,
            b"\"31084\"PLT[ab12/1/7]\r\n\"00 days 02 hours 45 mins 30 secs\"PLT[ab12/1/8]\r\n",
            IDENTIFICATION,
            b"\r\n\"?\"",
            first_line,
            b"PLT[ab12/1/9]\r\n",
            other_lines,
        ]
        .concat()
    }

    fn kinds(replies: &[Reply]) -> Vec<&'static str> {
        replies
            .iter()
            .map(|reply| match reply {
                Reply::HostStatus(_) => "status",
                Reply::HostIdentification { .. } => "identification",
                Reply::Setting(_) => "setting",
                Reply::Verified(_) => "verified",
                Reply::Unreadable => "unreadable",
            })
            .collect()
    }

    #[test]
    fn merged_replies_come_out_one_by_one() {
        let replies = ReplyReader::default().push(&mixed());
        assert_eq!(
            kinds(&replies),
            [
                "status",
                "setting",
                "verified",
                "setting",
                "verified",
                "identification",
                "setting",
                "verified",
                "status"
            ]
        );
        assert_eq!(replies[1], Reply::Setting("31084".to_owned()));
        assert_eq!(replies[7], Reply::Verified("ab12/1/9".to_owned()), "between two lines of a status");
    }

    #[test]
    fn every_split_into_two_reads_gives_the_same_replies() {
        let bytes = mixed();
        let whole = ReplyReader::default().push(&bytes);
        for at in 0..=bytes.len() {
            let mut reader = ReplyReader::default();
            let mut replies = reader.push(&bytes[..at]);
            replies.extend(reader.push(&bytes[at..]));
            assert_eq!(replies, whole, "split at {at}");
        }
    }

    #[test]
    fn flow_control_in_the_middle_of_a_value_is_no_part_of_it() {
        let bytes = mixed();
        let whole = ReplyReader::default().push(&bytes);
        for (at, sign) in (0..=bytes.len()).flat_map(|at| [0x00, 0x11, 0x13].map(|sign| (at, sign))) {
            let mut spoilt = bytes.clone();
            spoilt.insert(at, sign);
            assert_eq!(ReplyReader::default().push(&spoilt), whole, "{sign:#x} at {at}");
        }
    }

    #[test]
    fn a_name_that_lost_its_end_spoils_nothing_behind_it() {
        let torn = [b"PLT[ab12/1".as_slice(), STATUS, b"PPLT[x]PLT[ab\r\n\"5\""].concat();
        assert_eq!(kinds(&ReplyReader::default().push(&torn)), ["status", "verified", "setting"]);
    }

    #[test]
    fn a_reply_that_lost_its_middle_does_not_spoil_the_next() {
        let torn = [&STATUS[..40], STATUS].concat();
        assert_eq!(kinds(&ReplyReader::default().push(&torn)), ["status"]);
    }

    #[test]
    fn noise_without_an_end_is_given_up() {
        let noise = [b"\x02".to_vec(), vec![b'x'; 20_000]].concat();
        let mut reader = ReplyReader::default();
        assert_eq!(kinds(&reader.push(&noise)), ["unreadable"]);
        assert_eq!(kinds(&reader.push(STATUS)), ["status"]);
    }

    proptest! {
        #[test]
        fn any_split_gives_the_same_replies(cuts in proptest::collection::vec(0_usize..200, 0..20)) {
            let bytes = mixed();
            let mut reader = ReplyReader::default();
            let mut replies = Vec::new();
            let mut from = 0;
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(bytes.len())).collect();
            cuts.sort_unstable();
            for cut in cuts {
                replies.extend(reader.push(&bytes[from..cut]));
                from = cut;
            }
            replies.extend(reader.push(&bytes[from..]));
            prop_assert_eq!(replies, ReplyReader::default().push(&bytes));
        }

        #[test]
        fn no_bytes_can_break_the_reader(bytes in proptest::collection::vec(any::<u8>(), 0..2_000)) {
            let mut reader = ReplyReader::default();
            reader.push(&bytes);
            prop_assert!(reader.buffer.len() <= REPLY_LIMIT_BYTES);
        }
    }
}
