//! Values of printer settings (Set-Get-Do and JSON), which all arrive as text.

/// A counter such as `odometer.total_label_count`; `None` where the printer has none (`?`, empty, other text).
pub fn parse_count(value: &str) -> Option<i64> {
    let value = value.trim();
    if value.is_empty() || !value.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    value.parse().ok()
}

/// `device.unique_id`; `None` where the printer has none. What a noisy line put between its characters makes no other
/// printer of it, and a database may refuse it: it was not heard.
pub fn parse_unique_id(value: &str) -> Option<String> {
    let is_name = !value.is_empty() && !is_missing(value) && !value.contains(char::is_control);
    is_name.then(|| value.to_owned())
}

/// The printer says that it has no such setting.
pub fn is_missing(value: &str) -> bool {
    value.trim() == "?"
}

/// `media.speed` in inches a second, e.g. `6.0`, as millimetres a second. Printers know 1 to 14 inches a second (ZPL II
/// Programming Guide, ^PR): a slower one is no speed, and of a faster one no more than that is believed.
pub fn parse_print_speed_mm_per_s(value: &str) -> Option<u32> {
    const SLOWEST_INCHES: f64 = 1.0;
    const FASTEST_INCHES: f64 = 14.0;
    const MM_PER_INCH: f64 = 25.4;
    let inches: f64 = value.trim().parse().ok()?;
    (inches >= SLOWEST_INCHES).then(|| (inches.min(FASTEST_INCHES) * MM_PER_INCH) as u32)
}

/// Whether the cutter is jammed, by `zpl.system_error`: pause flag, error flag, group 2, group 1, of which bit 3 is the
/// cutter's (SGD Printer Commands, zpl.system_error; ZPL II Programming Guide, ~HQES).
pub fn parse_cutter_jammed(value: &str) -> Option<bool> {
    const CUTTER: u32 = 0x8;
    let parts: Vec<&str> = value.split(',').collect();
    let [_, _, _, group] = parts.as_slice() else { return None };
    u32::from_str_radix(group.trim(), 16).ok().map(|bits| bits & CUTTER != 0)
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
    fn a_print_speed_is_believed_as_far_as_printers_go() {
        let speeds = ["6.0", " 2 ", "14", "200.0", "0.5", "?", "NaN"].map(parse_print_speed_mm_per_s);
        assert_eq!(speeds, [Some(152), Some(50), Some(355), Some(355), None, None, None]);
    }

    #[test]
    fn a_jammed_cutter_is_a_bit_of_the_fourth_value() {
        let told = ["1,1,00000000,00010008", "1,0,00000000,00010000", "1,1,0,", "?", "1"];
        assert_eq!(told.map(parse_cutter_jammed), [Some(true), Some(false), None, None, None]);
    }

    #[test]
    fn a_noisy_identity_is_none() {
        let heard = ["XXQLJ120900310", "?", "", "XX\u{1}QLJ", "XX\0", "XX\u{7f}"].map(parse_unique_id);
        assert_eq!(heard, [Some("XXQLJ120900310".to_owned()), None, None, None, None, None]);
    }

    #[test]
    fn a_missing_setting_is_no_number() {
        assert_eq!(parse_count("?"), None);
        assert_eq!(parse_uptime_s("?"), None);
        assert_eq!(parse_count("31084"), Some(31_084));
    }
}
