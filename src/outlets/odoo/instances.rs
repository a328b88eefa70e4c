//! What Odoo is told of the instances of the service: whether each lives, and the printers it writes to. Pure.

use super::report::odoo_time;
use crate::store::instances::Instance;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::time::Duration;
use tokio::time::Instant;

/// A little less than two of the reporter's slow looks, so that it is every second of them.
const TELL_EVERY: Duration = Duration::from_secs(28);

/// When each instance was last heard of, by this host's clock, and what Odoo knows of them.
#[derive(Debug, Default)]
pub(super) struct InstanceWatch {
    heard: HashMap<String, Heard>,
    told: Option<(Instant, Value)>,
}

#[derive(Debug)]
struct Heard {
    beats: i64,
    at: Instant,
}

/// What there is to tell, and what it says without the time that passes.
#[derive(Debug)]
pub(super) struct InstanceNews {
    pub report: Value,
    lasting: Value,
    at: Instant,
}

impl InstanceWatch {
    /// The report on all instances, when it is due: every half a minute, and at once when something changed.
    ///
    /// `stopping` is the instance that says its last word.
    pub fn news(
        &mut self,
        instances: &[Instance],
        stopping: Option<&str>,
        wall_now: Timestamp,
        now: Instant,
    ) -> Option<InstanceNews> {
        let (mut told, mut lasting) = (Vec::new(), Vec::new());
        for instance in instances {
            let is_stopped = instance.is_stopped || stopping == Some(instance.name.as_str());
            let mut words = json!({
                "name": instance.name,
                "version": instance.version,
                "started_at": odoo_time(instance.started_at),
                "is_stopped": is_stopped,
                "printers": instance.printers,
            });
            lasting.push(words.clone());
            words["silent_seconds"] = json!(self.silent_for(instance, wall_now, now).as_secs());
            told.push(words);
        }
        let lasting = Value::from(lasting);
        let is_due = self
            .told
            .as_ref()
            .is_none_or(|(at, known)| *known != lasting || now.duration_since(*at) >= TELL_EVERY);
        (is_due && !told.is_empty()).then(|| InstanceNews {
            report: json!({"kind": "instances", "instances": told}),
            lasting,
            at: now,
        })
    }

    /// Odoo has taken it.
    pub fn told(&mut self, news: InstanceNews) {
        self.told = Some((news.at, news.lasting));
    }

    /// How long ago its last heartbeat was: clocks of two hosts are compared once at most, when it is first seen.
    fn silent_for(&mut self, instance: &Instance, wall_now: Timestamp, now: Instant) -> Duration {
        let heard = self.heard.entry(instance.name.clone()).or_insert_with(|| {
            let ago = Duration::try_from(wall_now.duration_since(instance.seen_at)).unwrap_or_default();
            Heard { beats: instance.beats, at: now.checked_sub(ago).unwrap_or(now) }
        });
        if heard.beats != instance.beats {
            *heard = Heard { beats: instance.beats, at: now };
        }
        now.duration_since(heard.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instance(name: &str, beats: i64, printers: &[&str]) -> Instance {
        let at = Timestamp::from_second(1_000).unwrap();
        let printers = printers.iter().map(|&printer| printer.to_owned()).collect();
        Instance {
            name: name.to_owned(),
            version: "1.2.3".to_owned(),
            started_at: at,
            seen_at: at,
            beats,
            is_stopped: false,
            printers,
        }
    }

    #[test]
    fn a_silent_instance_is_told_by_its_heartbeats_and_not_by_the_clock_of_its_host() {
        let mut watch = InstanceWatch::default();
        let (begin, wall) =
            (Instant::now() + Duration::from_secs(600), Timestamp::from_second(1_040).unwrap());
        let at = |seconds| begin + Duration::from_secs(seconds);
        let seconds = |news: &InstanceNews| news.report["instances"][0]["silent_seconds"].clone();
        let first = watch.news(&[instance("one", 1, &["line-a"])], None, wall, at(0)).expect("news");
        assert_eq!(seconds(&first), 40, "the only thing known of one that is seen for the first time");
        watch.told(first);
        assert!(watch.news(&[instance("one", 2, &["line-a"])], None, wall, at(15)).is_none());
        let second =
            watch.news(&[instance("one", 2, &["line-a"])], None, wall, at(30)).expect("half a minute");
        assert_eq!(seconds(&second), 15);
        watch.told(second);
        // The other host's clock is an hour ahead, and it beats no more.
        let far = Timestamp::from_second(5_000).unwrap();
        let third = watch.news(&[instance("one", 2, &["line-a"])], None, far, at(105)).expect("due");
        assert_eq!(seconds(&third), 90);
    }

    #[test]
    fn a_printer_taken_over_and_a_last_word_are_told_at_once() {
        let mut watch = InstanceWatch::default();
        let (now, wall) = (Instant::now(), Timestamp::from_second(1_000).unwrap());
        assert!(watch.news(&[], None, wall, now).is_none(), "none has said that it lives");
        let both = [instance("one", 1, &["line-a"]), instance("two", 1, &[])];
        let news = watch.news(&both, None, wall, now).expect("news");
        watch.told(news);
        assert!(watch.news(&both, None, wall, now).is_none());
        let moved = [instance("one", 1, &[]), instance("two", 1, &["line-a"])];
        let news = watch.news(&moved, None, wall, now).expect("taken over");
        assert_eq!(news.report["instances"][1]["printers"], json!(["line-a"]));
        assert!(watch.news(&moved, None, wall, now).is_some(), "told again until Odoo took it");
        watch.told(news);
        let last = watch.news(&moved, Some("one"), wall, now).expect("its last word");
        assert_eq!(last.report["instances"][0]["is_stopped"], true);
    }
}
