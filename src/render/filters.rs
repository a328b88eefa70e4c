//! The filters of platen's own: dates, numbers, and text that must fit.

use super::fit::{self, Block};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::fmt::strtime;
use jiff::tz::TimeZone;
use minijinja::value::{Kwargs, Value};
use minijinja::{Error, ErrorKind};

/// Longest text that `pad` and `group` make.
const MAX_CHARACTERS: usize = 1_000;
/// Wider or higher than any label.
const MAX_BLOCK_DOTS: f64 = 100_000.0;
const MAX_DECIMALS: usize = 9;

fn wrong(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidOperation, message.into())
}

/// `best_before|date("%d.%m.%Y")`, `made_at|date("%H:%M", timezone="Europe/Berlin")`: a date or a time in UTC, as JSON
/// and Odoo write them. Nothing stays nothing.
#[expect(clippy::needless_pass_by_value, reason = "the shape of a filter")]
pub(super) fn date(text: &Value, pattern: &str, more: Kwargs) -> Result<String, Error> {
    let text = text.to_string();
    let text = text.trim();
    let timezone: Option<&str> = more.get("timezone")?;
    more.assert_all_used()?;
    if text.is_empty() {
        return Ok(String::new());
    }
    let instant = text.parse::<Timestamp>().ok().or_else(|| {
        let moment: DateTime = text.parse().ok().filter(|_| text.len() > 10)?;
        moment.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
    });
    let formatted = match instant {
        Some(instant) => {
            let zone = TimeZone::get(timezone.unwrap_or("UTC")).map_err(|error| wrong(error.to_string()))?;
            strtime::format(pattern, &instant.to_zoned(zone))
        }
        None => {
            let day: Date =
                text.parse().map_err(|_| wrong(format!("`{text}` is no date like 2026-01-31")))?;
            strtime::format(pattern, day)
        }
    };
    formatted.map_err(|error| wrong(format!("the pattern `{pattern}` does not suit `{text}`: {error}")))
}

/// `weight|number(decimals=2, point=",", thousands=".")`. Nothing stays nothing.
#[expect(clippy::needless_pass_by_value, reason = "the shape of a filter")]
pub(super) fn number(value: &Value, form: Kwargs) -> Result<String, Error> {
    let decimals = form.get::<Option<usize>>("decimals")?.unwrap_or(0);
    let point = form.get::<Option<&str>>("point")?.unwrap_or(".");
    let thousands = form.get::<Option<&str>>("thousands")?.unwrap_or("");
    form.assert_all_used()?;
    let text = value.to_string();
    if text.trim().is_empty() {
        return Ok(String::new());
    }
    let number: f64 = text.trim().parse().map_err(|_| wrong(format!("`{text}` is no number")))?;
    if decimals > MAX_DECIMALS || !number.is_finite() || number.abs() >= 1e15 {
        return Err(wrong(format!("{text} with {decimals} decimals cannot be written")));
    }
    let plain = format!("{:.decimals$}", number.abs());
    let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
    let mut out = String::from(if number < 0.0 && plain.bytes().any(|byte| matches!(byte, b'1'..=b'9')) {
        "-"
    } else {
        ""
    });
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at) % 3 == 0 {
            out.push_str(thousands);
        }
        out.push(digit);
    }
    if decimals > 0 {
        out.push_str(point);
        out.push_str(fraction);
    }
    Ok(out)
}

/// `label.index|pad(6)`: filled up from the left, with zeros unless told.
#[expect(clippy::needless_pass_by_value, reason = "the shape of a filter")]
pub(super) fn pad(value: &Value, length: usize, more: Kwargs) -> Result<String, Error> {
    let fill = more.get::<Option<char>>("fill")?.unwrap_or('0');
    more.assert_all_used()?;
    if length > MAX_CHARACTERS {
        return Err(wrong(format!("pad makes {MAX_CHARACTERS} characters at most")));
    }
    let text = value.to_string();
    let missing = length.saturating_sub(text.chars().count());
    Ok(std::iter::repeat_n(fill, missing).collect::<String>() + &text)
}

/// `sscc|group(4)`: a blank, or another separator, behind each so many characters.
#[expect(clippy::needless_pass_by_value, reason = "the shape of a filter")]
pub(super) fn group(value: &Value, length: usize, more: Kwargs) -> Result<String, Error> {
    let separator = more.get::<Option<&str>>("separator")?.unwrap_or(" ");
    more.assert_all_used()?;
    let text = value.to_string();
    if length == 0 || text.len() > MAX_CHARACTERS || separator.len() > 10 {
        return Err(wrong("group takes a length from 1, a short separator and a short text"));
    }
    let characters: Vec<char> = text.chars().collect();
    let groups: Vec<String> = characters.chunks(length).map(|group| group.iter().collect()).collect();
    Ok(groups.join(separator))
}

/// `product|fit(width=51, height=3.5, lines=2)`: shortened to what a `^FB` of this size shows.
pub(super) fn fit(text: &Value, size: &Kwargs, dots_of_unit: f64) -> Result<String, Error> {
    let block = block(size, dots_of_unit)?;
    Ok(fit::fit(&text.to_string(), block))
}

/// `product|wrap(width=51, height=3.5, lines=2)`: the lines, for a loop; the last ends in dots where text is left.
pub(super) fn wrap(text: &Value, size: &Kwargs, dots_of_unit: f64) -> Result<Vec<String>, Error> {
    let block = block(size, dots_of_unit)?;
    Ok(fit::lines(&fit::fit(&text.to_string(), block), block))
}

/// As whole dots, which is what the printer lays out.
fn block(size: &Kwargs, dots_of_unit: f64) -> Result<Block, Error> {
    let dots = |length: f64| (length * dots_of_unit).round().clamp(0.0, MAX_BLOCK_DOTS) as u32;
    let block = Block {
        width: dots(size.get("width")?),
        height: dots(size.get("height")?),
        lines: size.get::<Option<u32>>("lines")?.unwrap_or(1),
    };
    size.assert_all_used()?;
    Ok(block)
}
