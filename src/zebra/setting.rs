//! Values of printer settings (Set-Get-Do and JSON), which all arrive as text.

/// A counter such as `odometer.total_label_count`; `None` where the printer has none (`?`, empty, other text).
pub fn parse_count(value: &str) -> Option<i64> {
    let value = value.trim();
    if value.is_empty() || !value.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    value.parse().ok()
}

/// The printer says that it has no such setting.
pub fn is_missing(value: &str) -> bool {
    value.trim() == "?"
}

/// `device.uptime`, e.g. `02 days 01 hours 10 mins 03 secs`, in seconds.
pub fn parse_uptime_s(value: &str) -> Option<i64> {
    let mut seconds = 0_i64;
    let mut units = 0;
    let mut words = value.split_whitespace();
    while let (Some(count), Some(unit)) = (words.next(), words.next()) {
        let count = parse_count(count)?;
        let factor = match unit.trim_end_matches([',', 's']) {
            "day" => 86_400,
            "hour" => 3_600,
            "min" => 60,
            "sec" => 1,
            _ => return None,
        };
        seconds = seconds.checked_add(count.checked_mul(factor)?)?;
        units += 1;
    }
    (units > 0).then_some(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_uptime_becomes_seconds() {
        assert_eq!(parse_uptime_s("02 days 01 hours 10 mins 03 secs"), Some(2 * 86_400 + 3_600 + 603));
    }

    #[test]
    fn a_missing_setting_is_no_number() {
        assert_eq!(parse_count("?"), None);
        assert_eq!(parse_uptime_s("?"), None);
        assert_eq!(parse_count("31084"), Some(31_084));
    }
}
