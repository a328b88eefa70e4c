//! Odoo: reachable, login, group and addon, clock, and how long the key still holds.

use super::Finding;
use crate::app::odoo_client;
use crate::clock::Clock;
use crate::config::OdooConfig;
use crate::outlets::odoo::OdooError;
use crate::outlets::odoo::xmlrpc::OdooClient;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use std::time::Duration;

/// The whole of it; an Odoo that is just being started needs some seconds.
const TIMEOUT: Duration = Duration::from_secs(20);
const CALL_TIMEOUT_MS: u64 = 10_000;
/// Times in reports would be told wrong by more than people overlook.
const CLOCK_DIFFERENCE_MAX_S: i64 = 60;
const KEY_WARNING_DAYS: i64 = 14;
const SECONDS_PER_DAY: i64 = 86_400;

/// Asks Odoo as the service would; later questions need the answers to earlier ones.
pub async fn check_odoo(config: &OdooConfig, clock: &Clock) -> Vec<Finding> {
    let patient = config.timeout_ms;
    let config = OdooConfig { timeout_ms: patient.min(CALL_TIMEOUT_MS), ..config.clone() };
    let mut findings = Vec::new();
    if tokio::time::timeout(TIMEOUT, ask(&config, clock, &mut findings)).await.is_err() {
        let found = format!("Odoo took longer than {} s to answer", TIMEOUT.as_secs());
        findings.push(Finding::fail("odoo", found, "look at Odoo's load and log"));
    }
    findings
}

async fn ask(config: &OdooConfig, clock: &Clock, findings: &mut Vec<Finding>) {
    let client = match odoo_client(config) {
        Ok(client) => client,
        Err(error) => return findings.push(told("odoo", &error, "correct the [odoo] section")),
    };
    match client.version().await {
        Ok(version) => {
            let version = version["server_version"].as_str().unwrap_or("of unknown version").to_owned();
            findings.push(Finding::ok("odoo", format!("Odoo {version} at {}", config.url)));
        }
        Err(error) => {
            return findings.push(told("odoo", &error, "check odoo.url, the network and that Odoo runs"));
        }
    }
    let user_id = match client.authenticate().await {
        Ok(user_id) => user_id,
        Err(error) => {
            let mend = "check odoo.database, odoo.username and the API key; make a new key in the user's preferences";
            return findings.push(told("odoo login", &error, mend));
        }
    };
    let found = format!("{} may log in to {}", config.username, config.database);
    findings.push(Finding::ok("odoo login", found));
    let asked_at = clock.now();
    match client.call("label.print.job", "service_hello", json!([])).await {
        Ok(hello) => {
            let version = hello["version"].as_str().unwrap_or("of unknown version").to_owned();
            findings.push(Finding::ok(
                "odoo addon",
                format!("label_print {version}, and the user is of its group"),
            ));
            findings.push(clock_finding(&hello, asked_at, clock.now()));
        }
        Err(error @ OdooError::Rights(_)) => {
            let mend = "add the user to the group Label Print / Service in Odoo's user settings";
            findings.push(told("odoo addon", &error, mend));
        }
        Err(error) => {
            let mend = "install or upgrade the addon label_print in this database";
            findings.push(told("odoo addon", &error, mend));
        }
    }
    findings.push(key_finding(&client, user_id, clock.now()).await);
}

fn told(check: &str, error: &OdooError, mend: &str) -> Finding {
    Finding::fail(check, error.to_string(), mend)
}

/// Odoo's time, between the question and the answer, against ours.
fn clock_finding(hello: &Value, asked_at: Timestamp, answered_at: Timestamp) -> Finding {
    const CHECK: &str = "odoo clock";
    let Some(server_time) = hello["server_time"].as_str().and_then(parse_utc) else {
        return Finding::warn(CHECK, "Odoo did not tell its time", "upgrade the addon label_print");
    };
    let theirs = server_time.as_second();
    let difference_s = if theirs < asked_at.as_second() {
        theirs - asked_at.as_second()
    } else {
        (theirs - answered_at.as_second()).max(0)
    };
    let found = match difference_s {
        0 => "no difference to ours".to_owned(),
        _ => {
            format!("{} s {} ours", difference_s.abs(), if difference_s < 0 { "behind" } else { "ahead of" })
        }
    };
    if difference_s.abs() <= CLOCK_DIFFERENCE_MAX_S {
        return Finding::ok(CHECK, found);
    }
    Finding::warn(CHECK, found, "let both machines take their time from the network (NTP)")
}

/// Which of the user's keys is ours cannot be seen; the one that ends first is told.
async fn key_finding(client: &OdooClient, user_id: i64, now: Timestamp) -> Finding {
    const CHECK: &str = "odoo key";
    let question = json!([[["user_id", "=", user_id]], ["name", "expiration_date"]]);
    let keys = match client.call("res.users.apikeys", "search_read", question).await {
        Ok(Value::Array(keys)) => keys,
        // Not every user may look; then there is nothing to be mended.
        Ok(_) | Err(_) => return Finding::ok(CHECK, "its end cannot be seen by this user"),
    };
    judge_keys(&keys, now)
}

fn judge_keys(keys: &[Value], now: Timestamp) -> Finding {
    const CHECK: &str = "odoo key";
    if keys.is_empty() {
        let mend = "make an API key in the user's preferences and use it instead";
        return Finding::warn(CHECK, "the user has no API key, so this is its password", mend);
    }
    let ends = keys.iter().filter_map(|key| {
        let end = key["expiration_date"].as_str().and_then(parse_utc)?;
        Some((end, key["name"].as_str().unwrap_or_default().to_owned()))
    });
    let Some((end, name)) = ends.min() else { return Finding::ok(CHECK, "does not end") };
    let days = (end.as_second() - now.as_second()).div_euclid(SECONDS_PER_DAY);
    let name: String = name.chars().filter(|letter| !letter.is_control()).collect();
    let found = format!("`{name}` ends in {days} days");
    if days >= KEY_WARNING_DAYS {
        return Finding::ok(CHECK, found);
    }
    Finding::warn(
        CHECK,
        found,
        "make a new API key in the user's preferences before that, and put it in odoo.api_key_file",
    )
}

/// `2026-01-31 09:26:03`, as Odoo writes a time in UTC.
fn parse_utc(text: &str) -> Option<Timestamp> {
    let time: DateTime = text.parse().ok()?;
    Some(time.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn the_time_a_question_takes_is_no_difference() {
        let hello = json!({"server_time": "2026-01-31 09:26:03"});
        let finding = clock_finding(&hello, at("2026-01-31T09:26:01Z"), at("2026-01-31T09:26:06Z"));
        assert_eq!((finding.verdict, finding.found.as_str()), (Verdict::Ok, "no difference to ours"));
        let finding = clock_finding(&hello, at("2026-01-31T09:28:03Z"), at("2026-01-31T09:28:03Z"));
        assert_eq!((finding.verdict, finding.found.as_str()), (Verdict::Warn, "120 s behind ours"));
    }

    #[test]
    fn the_key_that_ends_first_is_told() {
        let keys = [
            json!({"id": 1, "name": "platen", "expiration_date": "2026-02-10 00:00:00"}),
            json!({"id": 2, "name": "other", "expiration_date": "2026-05-01 00:00:00"}),
            json!({"id": 3, "name": "for ever", "expiration_date": false}),
        ];
        let finding = judge_keys(&keys, at("2026-01-31T00:00:00Z"));
        assert_eq!((finding.verdict, finding.found.as_str()), (Verdict::Warn, "`platen` ends in 10 days"));
        assert_eq!(judge_keys(&keys[1..], at("2026-01-31T00:00:00Z")).verdict, Verdict::Ok);
    }
}
