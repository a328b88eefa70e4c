//! Whether a connection that has fallen silent is dead, and its end was never told: a printer that was switched off does not
//! hang up, nor does a network that drops what it no longer knows. A silent printer may as well be in a fault or without room,
//! for hours, and must not be hung up on then. So it is asked on another connection: one that answers there, has room and does not
//! stand, and answers nothing on ours behind that, has forgotten ours.

use super::HostStatus;
use super::afresh::host_status_afresh;
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::Instant;

/// Longer than any answer takes, and than nothing is asked on purpose.
const SILENT_FOR: Duration = Duration::from_secs(10);
/// Printers serve few connections: it is asked again after so long, and then ever more seldom.
const ASK_AGAIN_AFTER: Duration = Duration::from_secs(10);
const MOST_DOUBLINGS: u32 = 3;
/// A parser that was busy with the other connection has turned to ours by then.
const STILL_SILENT_FOR: Duration = Duration::from_secs(2);

/// The other connection, while there is one, and what came of it.
#[derive(Debug)]
pub struct SecondOpinion {
    address: String,
    heard_at: Instant,
    asked_at: Option<Instant>,
    asked_in_vain: u32,
    question: Option<JoinHandle<Option<HostStatus>>>,
    /// It answered there, and could answer here.
    answered_at: Option<Instant>,
}

impl SecondOpinion {
    /// About a connection to this address that stands since now.
    pub fn at(address: String, now: Instant) -> Self {
        Self { address, heard_at: now, asked_at: None, asked_in_vain: 0, question: None, answered_at: None }
    }

    /// Something came over the connection.
    pub fn heard(&mut self, now: Instant) {
        self.heard_at = now;
        self.answered_at = None;
        self.asked_in_vain = 0;
        self.drop_question();
    }

    /// To be called now and then while an answer is waited for.
    pub fn ask_where_silent(&mut self, now: Instant) {
        let pause = ASK_AGAIN_AFTER * 2_u32.pow(self.asked_in_vain.min(MOST_DOUBLINGS));
        let is_early = self.asked_at.is_some_and(|at| now - at < pause);
        if now - self.heard_at < SILENT_FOR || is_early || self.question.is_some() {
            return;
        }
        self.asked_at = Some(now);
        self.question = Some(tokio::spawn(host_status_afresh(self.address.clone())));
    }

    /// The connection is dead.
    pub fn is_dead(&self, now: Instant) -> bool {
        self.answered_at.is_some_and(|at| now - at >= STILL_SILENT_FOR)
    }

    /// Waits for the answer on the other connection, for ever where none is open. Safe to cancel.
    pub async fn next(&mut self) {
        let Some(question) = &mut self.question else { return std::future::pending().await };
        let status = question.await.ok().flatten();
        self.question = None;
        self.take(status, Instant::now());
    }

    fn take(&mut self, status: Option<HostStatus>, now: Instant) {
        self.asked_in_vain += 1;
        let can_answer = status.is_some_and(|status| !status.is_stopped() && !status.buffer_full);
        self.answered_at = can_answer.then_some(now);
    }

    fn drop_question(&mut self) {
        if let Some(question) = self.question.take() {
            question.abort();
        }
    }
}

impl Drop for SecondOpinion {
    fn drop(&mut self) {
        self.drop_question();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_is_dead_when_the_printer_answers_beside_it_and_could_answer_on_it() {
        let idle = HostStatus::default();
        let paused = HostStatus { paused: true, ..idle };
        let full = HostStatus { buffer_full: true, ..idle };
        for (status, is_dead) in
            [(Some(idle), true), (Some(paused), false), (Some(full), false), (None, false)]
        {
            let now = Instant::now();
            let mut opinion = SecondOpinion::at("127.0.0.1:9".into(), now);
            opinion.take(status, now);
            assert!(!opinion.is_dead(now), "its answer may be on its way: {status:?}");
            let later = now + STILL_SILENT_FOR;
            assert_eq!(opinion.is_dead(later), is_dead, "{status:?}");
            opinion.heard(later);
            assert!(!opinion.is_dead(later), "it was heard");
        }
    }

    #[tokio::test]
    async fn a_silent_connection_is_asked_about_at_intervals_that_grow() {
        let begun = Instant::now();
        let mut opinion = SecondOpinion::at("127.0.0.1:9".into(), begun);
        let mut is_asked_at = |second: &u64| {
            let now = begun + Duration::from_secs(*second);
            opinion.ask_where_silent(now);
            let is_asked = opinion.question.is_some();
            if is_asked {
                opinion.drop_question();
                opinion.take(None, now);
            }
            is_asked
        };
        let asked_at: Vec<u64> = (0..200).filter(&mut is_asked_at).collect();
        assert_eq!(asked_at, [10, 30, 70, 150]);
    }
}
