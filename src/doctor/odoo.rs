//! Odoo: reachable, login, group and addon, database, how jobs come, clock, and how long the key still holds.

use super::Finding;
use crate::app::odoo_client;
use crate::clock::Clock;
use crate::config::{Config, OdooConfig, OdooProtocol};
use crate::odoo::{KeyEnd, OdooError, parse_utc};
use crate::store::{Snapshot, odoo_database};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::time::Duration;

/// The whole of it; an Odoo that is just being started needs some seconds.
const TIMEOUT: Duration = Duration::from_secs(20);
const CALL_TIMEOUT_MS: u64 = 10_000;
/// Times in reports would be told wrong by more than people overlook.
const CLOCK_DIFFERENCE_MAX_S: i64 = 60;

/// Asks Odoo as the service would; later questions need the answers to earlier ones.
pub async fn check_odoo(config: &Config, clock: &Clock) -> Vec<Finding> {
    let Some(odoo) = &config.odoo else {
        return vec![Finding::ok("odoo", "not configured: platen works without it")];
    };
    let odoo = OdooConfig { timeout_ms: odoo.timeout_ms.min(CALL_TIMEOUT_MS), ..odoo.clone() };
    let pinned = pinned_database(config, &odoo).await;
    let mut findings = Vec::new();
    let asked = ask(&odoo, pinned.as_deref(), clock, &mut findings);
    if tokio::time::timeout(TIMEOUT, asked).await.is_err() {
        let found = format!("Odoo took longer than {} s to answer", TIMEOUT.as_secs());
        findings.push(Finding::fail("odoo", found, "look at Odoo's load and log"));
    }
    findings
}

/// A database that cannot be read has a finding of its own.
async fn pinned_database(config: &Config, odoo: &OdooConfig) -> Option<String> {
    if odoo.database_uuid.is_some() {
        return odoo.database_uuid.clone();
    }
    let mut snapshot = Snapshot::open(&config.store.full_url()).await.ok()?;
    odoo_database::pinned(&mut snapshot).await.ok().flatten()
}

async fn ask(config: &OdooConfig, pinned: Option<&str>, clock: &Clock, findings: &mut Vec<Finding>) {
    let client = match odoo_client(config) {
        Ok(client) => client,
        Err(error) => return findings.push(told("odoo", &error, "correct the [odoo] section")),
    };
    match client.version().await {
        Ok(version) => {
            findings.push(Finding::ok("odoo", format!("Odoo {version} at {}", config.url)));
            findings.extend(protocol_finding(config.protocol, &version));
        }
        Err(error) => {
            return findings.push(told("odoo", &error, "check odoo.url, the network and that Odoo runs"));
        }
    }
    if let Err(error) = client.log_in().await {
        let mend = "check odoo.database, odoo.username and the API key; a key ends after at most 90 days: make a \
                    new one in the user's preferences";
        return findings.push(told("odoo login", &error, mend));
    }
    let found = format!("{} may log in to {}", config.username, config.database);
    findings.push(Finding::ok("odoo login", found));
    let asked_at = clock.now();
    let hello = match client.call("label.print.job", "service_hello", json!({})).await {
        Ok(hello) => hello,
        Err(error @ OdooError::Rights(_)) => {
            let mend = "add the user to the group Label Print / Service in Odoo's user settings";
            return findings.push(told("odoo addon", &error, mend));
        }
        Err(error) => {
            let mend = "install or upgrade the addon label_print in this database";
            return findings.push(told("odoo addon", &error, mend));
        }
    };
    let version = hello["version"].as_str().unwrap_or("of unknown version").to_owned();
    let found = format!("label_print {version}, and the user is of its group");
    findings.push(Finding::ok("odoo addon", found));
    findings.push(database_finding(&hello, pinned));
    findings.push(pull_finding(&hello, config.pull));
    findings.push(clock_finding(&hello, asked_at, clock.now()));
    findings.push(key_finding(&hello, clock.now()));
}

fn told(check: &str, error: &OdooError, mend: &str) -> Finding {
    Finding::fail(check, error.to_string(), mend)
}

/// XML-RPC is announced to go; whoever can leave it in time hears so.
fn protocol_finding(protocol: OdooProtocol, version: &str) -> Option<Finding> {
    let series: u32 = version.split(['.', '~', '+']).find_map(|part| part.parse().ok())?;
    (protocol == OdooProtocol::Xmlrpc && series >= 20).then(|| {
        Finding::warn("odoo protocol", "XML-RPC ends with Odoo 22", "write odoo.protocol = \"json2\"")
    })
}

fn database_finding(hello: &Value, pinned: Option<&str>) -> Finding {
    const CHECK: &str = "odoo database";
    let Some(uuid) = hello["database_uuid"].as_str().filter(|uuid| !uuid.is_empty()) else {
        return Finding::warn(CHECK, "it does not tell its uuid", "upgrade the addon label_print");
    };
    match pinned {
        None => Finding::ok(CHECK, format!("{uuid}: the service prints for it from its first contact on")),
        Some(pinned) if pinned.eq_ignore_ascii_case(uuid) => {
            Finding::ok(CHECK, format!("{uuid}: the one the service prints for"))
        }
        Some(pinned) => Finding::fail(
            CHECK,
            format!("{uuid} is not the one the service prints for, which is {pinned}"),
            "correct odoo.url if this is a copy; if it replaced the other one, call `platen odoo accept`",
        ),
    }
}

/// Both sides have to agree on who moves.
fn pull_finding(hello: &Value, pull: bool) -> Finding {
    const CHECK: &str = "odoo jobs";
    match (hello["is_fetched"].as_bool(), pull) {
        (Some(true), true) => Finding::ok(CHECK, "the service fetches them"),
        (Some(true), false) => Finding::fail(
            CHECK,
            "Odoo waits for them to be fetched",
            "write odoo.pull = true, or choose in Odoo's settings that Odoo sends its jobs",
        ),
        (_, true) => Finding::fail(
            CHECK,
            "odoo.pull is true, but Odoo sends its jobs itself",
            "choose in Settings → Manufacturing → Label Printing that the service fetches its jobs",
        ),
        (_, false) => Finding::ok(CHECK, "Odoo sends them"),
    }
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

/// The addon tells when the caller's own keys end, and nothing of anybody else's.
fn key_finding(hello: &Value, now: Timestamp) -> Finding {
    const CHECK: &str = "odoo key";
    let end = KeyEnd::of(hello, now);
    let found = match &end {
        KeyEnd::Untold => {
            return Finding::warn(CHECK, "Odoo did not tell when it ends", "upgrade the addon label_print");
        }
        KeyEnd::NoKey => {
            let mend = "make an API key in the user's preferences and use it instead";
            return Finding::warn(CHECK, "the user has no API key, so this is its password", mend);
        }
        KeyEnd::Never => return Finding::ok(CHECK, "does not end"),
        KeyEnd::InDays { name, days } if *days < 0 => format!("`{name}` has ended"),
        KeyEnd::InDays { name, days } => format!("`{name}` ends in {days} days"),
    };
    if !end.is_near() {
        return Finding::ok(CHECK, found);
    }
    let mend = "make a new API key in the user's preferences, put it in odoo.api_key_file and start the service anew";
    Finding::warn(CHECK, found, mend)
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
    fn a_key_that_ends_soon_is_told_with_what_to_do() {
        let hello = json!({"keys": [{"name": "platen", "ends_at": "2026-02-10 00:00:00"}]});
        let finding = key_finding(&hello, at("2026-01-31T00:00:00Z"));
        assert_eq!((finding.verdict, finding.found.as_str()), (Verdict::Warn, "`platen` ends in 10 days"));
        assert_eq!(key_finding(&hello, at("2025-12-31T00:00:00Z")).verdict, Verdict::Ok);
        assert_eq!(key_finding(&hello, at("2026-03-31T00:00:00Z")).found, "`platen` has ended");
    }

    #[test]
    fn both_sides_have_to_agree_on_who_moves() {
        let verdict = |hello: Value, pull| pull_finding(&hello, pull).verdict;
        assert_eq!(verdict(json!({"is_fetched": true}), true), Verdict::Ok);
        assert_eq!(verdict(json!({"is_fetched": true}), false), Verdict::Fail);
        assert_eq!(verdict(json!({"is_fetched": false}), true), Verdict::Fail);
        assert_eq!(verdict(json!({}), false), Verdict::Ok, "an older addon knows only one way");
    }

    #[test]
    fn another_database_than_the_pinned_one_is_a_failure() {
        let verdict = |pinned| database_finding(&json!({"database_uuid": "A-1"}), pinned).verdict;
        assert_eq!(
            (verdict(None), verdict(Some("a-1")), verdict(Some("b-2"))),
            (Verdict::Ok, Verdict::Ok, Verdict::Fail)
        );
    }
}
