//! What a format means for paper and counters: pure, from its bytes to a [`Composed`] one.
//!
//! Only what changes the count, the timing or the words on a label is read here; drawing is `render`'s.

mod commands;
mod field;

use super::lexer::Prefixes;
use commands::{Command, commands};
use field::{Fields, HostVerificationField, checksum_fails};
use std::collections::BTreeMap;

/// Formats stored by `^DF`, by name (`R:LABEL.ZPL`).
pub type StoredFormats = BTreeMap<String, Vec<u8>>;

/// A format as the composer leaves it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Composed {
    /// False when nothing would be burnt: `^XA^XZ`, a stored format, settings or queries alone.
    pub prints: bool,
    /// The decoded `^FD` texts, with stored formats filled in.
    pub texts: Vec<Text>,
    /// `^PQ` q.
    pub quantity: u64,
    /// `^PQ` p: pause after so many labels; 0 is never.
    pub pause_every: u64,
    /// `^PQ` r: copies of each serial number beyond the first.
    pub replicates: u64,
    /// `^PP`: pause after this format.
    pub pauses_after: bool,
    /// `^LL` in dots, if given.
    pub length_dots: Option<u32>,
    /// `^PR` in inches a second, if given.
    pub speed_ips: Option<f64>,
    /// `^MM`, the letter.
    pub print_mode: Option<u8>,
    /// `^JZ`.
    pub reprints_after_error: Option<bool>,
    /// `^CC`, `^CT` and `^CD` of this format are the lexer's; these hold for stored text.
    pub stores: Option<(String, Vec<u8>)>,
    /// `^ID`.
    pub deletes: Vec<String>,
    /// `^HV`, ready to send.
    pub verifications: Vec<HostVerificationField>,
    /// `^HH` and `^HZ`, in order.
    pub queries: Vec<Query>,
    /// `^SX` and its like are not kept; `^PH` feeds this many blank labels.
    pub feeds: u32,
}

/// A format's question to the printer, answered in its turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Query {
    /// `^HH`: the configuration as text.
    Configuration,
    /// `^HZR`: the status as XML.
    Status,
}

/// One text of a label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Text {
    Fixed(String),
    /// `^SN`: start, increment, and whether leading zeros are kept.
    Serial {
        start: String,
        increment: i64,
        keeps_zeros: bool,
    },
}

impl Text {
    /// The text on the label of that position, from 0, when each number is printed `replicates` times more.
    pub fn on_label(&self, position: u64, replicates: u64) -> String {
        match self {
            Self::Fixed(text) => text.clone(),
            Self::Serial { start, increment, keeps_zeros } => {
                let step = i64::try_from(position / (replicates + 1)).unwrap_or(i64::MAX);
                counted_up(start, increment.saturating_mul(step), *keeps_zeros)
            }
        }
    }
}

/// `^PQ` takes no more.
const MAX_QUANTITY: u64 = 99_999_999;

/// Interprets a format's bytes. Names recalled by `^XF` are looked up on the shelves in turn.
pub fn compose(zpl: &[u8], prefixes: Prefixes, shelves: &[&StoredFormats], strict_crc: bool) -> Composed {
    let mut composed = Composed { quantity: 1, ..Composed::default() };
    let mut fields = Fields::default();
    let mut read = commands(zpl, prefixes);
    read.reverse();
    let mut recalls_left = 16;
    while let Some(command) = read.pop() {
        match &command.name {
            b"DF" => {
                let body = read.iter().rev().flat_map(|command| command.written()).collect();
                composed.stores = Some((object_name(&command.first()), body));
                return Composed { prints: false, texts: Vec::new(), ..composed };
            }
            b"XF" if recalls_left > 0 => {
                recalls_left -= 1;
                let name = object_name(&command.first());
                if let Some(body) = shelves.iter().find_map(|shelf| shelf.get(&name)) {
                    fields.recalled = true;
                    read.extend(commands(body, Prefixes::default()).into_iter().rev());
                }
            }
            _ if fields.take(&command) => {}
            _ => setting(&mut composed, &command, strict_crc),
        }
    }
    fields.finish(&mut composed);
    composed
}

fn setting(composed: &mut Composed, command: &Command, strict_crc: bool) {
    let parts = command.parts();
    let number = |index: usize| parts.get(index).and_then(|part| part.trim().parse::<u64>().ok());
    match &command.name {
        b"PQ" => {
            composed.quantity = number(0).unwrap_or(1).clamp(1, MAX_QUANTITY);
            composed.replicates = number(2).unwrap_or(0).min(MAX_QUANTITY);
            let overrides_pause = parts.get(3).is_some_and(|part| part.trim().eq_ignore_ascii_case("Y"));
            composed.pause_every = if overrides_pause { 0 } else { number(1).unwrap_or(0) };
        }
        b"PP" => composed.pauses_after = true,
        b"LL" => {
            let dots = number(0).and_then(|dots| u32::try_from(dots).ok());
            composed.length_dots = dots.filter(|dots| (1..=32_000).contains(dots)).or(composed.length_dots);
        }
        b"PR" => composed.speed_ips = parts.first().and_then(|part| print_rate(part)),
        b"MM" => composed.print_mode = command.parameters.first().map(u8::to_ascii_uppercase),
        b"JZ" => {
            composed.reprints_after_error =
                command.parameters.first().map(|byte| !byte.eq_ignore_ascii_case(&b'N'));
        }
        b"ID" => composed.deletes.push(object_name(&command.first())),
        b"HH" => composed.queries.push(Query::Configuration),
        b"HZ" if command.parameters.first().is_some_and(|byte| byte.eq_ignore_ascii_case(&b'R')) => {
            composed.queries.push(Query::Status);
        }
        b"PH" => composed.feeds += 1,
        b"GF" if strict_crc && checksum_fails(&command.parameters) => {}
        b"GF" | b"GB" | b"GC" | b"GD" | b"GE" | b"GS" | b"XG" | b"IM" => composed.prints = true,
        _ => {}
    }
}

/// `^PR`: 1 to 14, or the letters of older printers.
fn print_rate(text: &str) -> Option<f64> {
    match text.trim() {
        "A" | "a" => Some(2.0),
        "B" | "b" => Some(3.0),
        "C" | "c" => Some(4.0),
        "D" | "d" => Some(6.0),
        "E" | "e" => Some(8.0),
        digits => digits.parse().ok().filter(|ips| (1.0..=14.0).contains(ips)),
    }
}

/// `R:NAME.ZPL`, whatever is left out.
fn object_name(text: &str) -> String {
    let text = text.trim().to_ascii_uppercase();
    let (drive, name) = text.split_once(':').unwrap_or(("R", &text));
    let stem = name.split_once('.').map_or(name, |(stem, _)| stem);
    format!("{drive}:{stem}.ZPL")
}

/// The rightmost number of the text moved by `by`.
fn counted_up(start: &str, by: i64, keeps_zeros: bool) -> String {
    let Some(end) = start.rfind(|character: char| character.is_ascii_digit()) else {
        return start.to_owned();
    };
    let head = &start[..=end];
    let begin = head
        .rfind(|character: char| !character.is_ascii_digit())
        .map_or(0, |index| index + head[index..].chars().next().map_or(1, char::len_utf8));
    let digits = &head[begin..];
    let Ok(number) = digits.parse::<i64>() else { return start.to_owned() };
    let moved = number.saturating_add(by).max(0);
    let width = if keeps_zeros { digits.len() } else { 0 };
    format!("{}{moved:0width$}{}", &start[..begin], &start[end + 1..])
}

#[cfg(test)]
mod tests;
