//! Makes that fall mute on a connection which has carried a job, and answer on a new one: their status is asked for afresh,
//! on connections of its own.

use super::afresh::host_status_afresh;
use super::{HostStatus, Reading};
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::Instant;

/// So many questions in a row without an answer on a connection that has carried a job.
const MUTE_AFTER: u32 = 2;
/// Such makes serve few connections: no more than one in this time.
const ASK_EVERY: Duration = Duration::from_millis(500);
/// Longer than a parser waits before it turns to another connection: what was written before is read by then, if the
/// printer is idle.
const READ_WITHIN: Duration = Duration::from_secs(6);

/// What is known of it on one connection, and the question on another.
#[derive(Debug)]
pub struct Muteness {
    address: String,
    asked_at: Instant,
    question: Option<JoinHandle<Option<HostStatus>>>,
    unanswered: u32,
    /// Labels queued on the connection so far.
    writes: i64,
    /// It was asked behind a label, and told its status.
    answers_behind_labels: bool,
    last_written: Instant,
}

impl Muteness {
    /// About a connection to this address that stands since now.
    pub fn at(address: String, now: Instant) -> Self {
        Self {
            address,
            asked_at: now,
            question: None,
            unanswered: 0,
            writes: 0,
            answers_behind_labels: false,
            last_written: now,
        }
    }

    /// So many labels were queued on the connection.
    pub fn carries(&mut self, writes: i64) {
        self.writes = writes;
    }

    /// The operating system took one.
    pub fn wrote(&mut self, now: Instant) {
        self.last_written = now;
    }

    /// What came of a round of questions on the connection.
    pub fn learn(&mut self, reading: &Reading) {
        self.unanswered = if reading.silent { self.unanswered + 1 } else { 0 };
        self.answers_behind_labels |= reading.host_status.is_some() && reading.received_through > Some(0);
    }

    /// One that answers behind labels too does not fall mute by itself: should it fall silent, the connection is dead.
    pub fn may_come(&self) -> bool {
        !self.answers_behind_labels
    }

    /// The connection has carried a job, and questions on it are not answered since.
    pub fn is_there(&self) -> bool {
        self.may_come() && self.writes > 0 && self.unanswered >= MUTE_AFTER
    }

    /// To be called now and then while nothing waits to be written.
    pub fn ask_afresh(&mut self, now: Instant) {
        let is_early = now - self.asked_at < ASK_EVERY;
        if !self.is_there() || is_early || self.question.is_some() {
            return;
        }
        self.asked_at = now;
        self.question = Some(tokio::spawn(host_status_afresh(self.address.clone())));
    }

    /// Waits for the answer on the other connection, for ever where none is open. Safe to cancel.
    pub async fn next(&mut self) -> Reading {
        let Some(question) = &mut self.question else { return std::future::pending().await };
        let status = question.await.ok().flatten();
        self.question = None;
        self.reading(status, Instant::now())
    }

    /// No answer afresh either is a silence. What is idle long after the last byte has read it.
    fn reading(&self, host_status: Option<HostStatus>, now: Instant) -> Reading {
        let is_idle = host_status.is_some_and(|status| status.is_idle());
        let has_read = is_idle && self.asked_at.saturating_duration_since(self.last_written) >= READ_WITHIN;
        Reading {
            host_status,
            silent: host_status.is_none(),
            received_through: has_read.then_some(self.writes),
            age_ms: (now - self.asked_at).as_millis() as i64,
            afresh: true,
            ..Reading::default()
        }
    }
}

impl Drop for Muteness {
    fn drop(&mut self) {
        if let Some(question) = &self.question {
            question.abort();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(received_through: i64) -> Reading {
        Reading {
            host_status: Some(HostStatus::default()),
            received_through: Some(received_through),
            ..Reading::default()
        }
    }

    #[test]
    fn a_make_is_mute_that_answered_before_its_job_and_not_behind_it() {
        let silent = Reading { silent: true, ..Reading::default() };
        let mute = |answered_behind: bool, has_carried_labels: bool| {
            let mut muteness = Muteness::at("127.0.0.1:9".into(), Instant::now());
            muteness.learn(&answer(0));
            muteness.carries(i64::from(has_carried_labels));
            if answered_behind {
                muteness.learn(&answer(1));
            }
            (0..MUTE_AFTER).for_each(|_| muteness.learn(&silent));
            muteness.is_there()
        };
        assert!(mute(false, true));
        assert!(!mute(true, true), "its connection is dead");
        assert!(!mute(false, false), "it may be in a fault");
    }

    #[test]
    fn what_is_idle_afresh_has_read_all_that_was_written_long_before() {
        let begun = Instant::now();
        let mut muteness = Muteness::at("127.0.0.1:9".into(), begun);
        muteness.carries(7);
        muteness.wrote(begun);
        let busy = HostStatus { formats_in_buffer: 1, ..HostStatus::default() };
        let mut read_after = |after: Duration, status| {
            muteness.asked_at = begun + after;
            muteness.reading(Some(status), begun + after).received_through
        };
        assert_eq!(read_after(Duration::from_secs(1), HostStatus::default()), None);
        assert_eq!(read_after(READ_WITHIN, busy), None);
        assert_eq!(read_after(READ_WITHIN, HostStatus::default()), Some(7));
    }
}
