//! When the service's own API key ends. Odoo ends the keys of everybody but administrators after at most 90 days.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::Value;

const SECONDS_PER_DAY: i64 = 86_400;
const NAME_CHARACTERS_MAX: usize = 60;
/// So long before its end people are told.
const WARNING_DAYS: i64 = 14;

/// What is known of the end. Which of the user's keys is used cannot be seen: the one that ends first counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyEnd {
    /// An older addon does not tell.
    Untold,
    /// The user has no key: what is used is its password.
    NoKey,
    Never,
    /// Whole days from now, negative when it has ended.
    InDays {
        name: String,
        days: i64,
    },
}

impl KeyEnd {
    /// From the answer of `service_hello`.
    pub fn of(hello: &Value, now: Timestamp) -> Self {
        let Some(keys) = hello["keys"].as_array() else { return Self::Untold };
        if keys.is_empty() {
            return Self::NoKey;
        }
        let ends = keys.iter().filter_map(|key| {
            let end = parse_utc(key["ends_at"].as_str()?)?;
            Some((end, key["name"].as_str().unwrap_or_default()))
        });
        let Some((end, name)) = ends.min() else { return Self::Never };
        let days = (end.as_second() - now.as_second()).div_euclid(SECONDS_PER_DAY);
        let name = name.chars().filter(|letter| !letter.is_control()).take(NAME_CHARACTERS_MAX).collect();
        Self::InDays { name, days }
    }

    /// Somebody should make a new one soon.
    pub fn is_near(&self) -> bool {
        matches!(self, Self::InDays { days, .. } if *days < WARNING_DAYS)
    }
}

/// `2026-01-31 09:26:03`, as Odoo writes a time in UTC.
pub fn parse_utc(text: &str) -> Option<Timestamp> {
    let time: DateTime = text.parse().ok()?;
    Some(time.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_key_that_ends_first_counts() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let keys = json!([
            {"name": "platen", "ends_at": "2026-02-10 00:00:00"},
            {"name": "other", "ends_at": "2026-05-01 00:00:00"},
            {"name": "for ever", "ends_at": false},
        ]);
        let end = |keys: Value, now: &str| KeyEnd::of(&json!({"keys": keys}), at(now));
        let soon = end(keys.clone(), "2026-01-31T00:00:00Z");
        assert_eq!(soon, KeyEnd::InDays { name: "platen".to_owned(), days: 10 });
        assert!(soon.is_near() && !end(keys, "2026-01-20T00:00:00Z").is_near());
        assert_eq!(end(json!([{"name": "x", "ends_at": false}]), "2026-01-31T00:00:00Z"), KeyEnd::Never);
        assert_eq!(end(json!([]), "2026-01-31T00:00:00Z"), KeyEnd::NoKey);
        assert_eq!(KeyEnd::of(&json!({}), at("2026-01-31T00:00:00Z")), KeyEnd::Untold);
    }
}
