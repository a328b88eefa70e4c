//! What a restart of the printer leaves known of the labels under way. Pure.
//!
//! Its buffer is gone, and nothing of ours comes out any more: so the count says. Two things spoil that. A connection
//! may outlive the restart, and bring labels to a printer that has lost those before them; or something comes out behind
//! the restart that the service did not send. Both take the numbers of labels that were lost.

use super::{FORMATS_OUT_OF_SIGHT, Sent, Tally};
use crate::printing::pace::SHORTEST_SETTLE_MS;
use crate::zebra::Reading;

/// Uptime is told in whole seconds.
const UPTIME_SLACK_S: i64 = 1;
/// Answers on two channels cross.
const CROSSING_S: i64 = 1;
/// The clocks drift apart: a second in this time is more than they do.
const DRIFT_OF_A_SECOND_S: i64 = 3_600;

/// How far things were when the printer last had not been restarted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Before {
    /// Labels the parser had read.
    received: i64,
    odometer: Option<i64>,
}

impl Before {
    /// Nothing was read yet.
    pub(super) fn at_the_beginning(odometer: Option<i64>) -> Self {
        Self { received: 0, odometer }
    }
}

/// A restart that the uptime tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Restart {
    before: Before,
    /// The connection of the labels stood when it was noticed: perhaps it has only not been heard of since.
    may_be_outlived: bool,
    /// The printer has answered on that connection since.
    is_outlived: bool,
    /// The first count heard of a printer that was certainly restarted, when no connection of the run was left.
    odometer_behind: Option<i64>,
    /// The uptime has fallen; else it only lags behind the clock, which may have been put forward.
    is_certain: bool,
}

impl Restart {
    /// Labels that the parser had not read before the restart come over a connection that outlived it.
    pub(super) fn is_mixing(&self, sent: Sent) -> bool {
        self.is_outlived && self.before.received < sent.offered
    }
}

impl Tally {
    pub(super) fn note_uptime(&mut self, reading: &Reading, sent: Sent, now_ms: i64) {
        let (Some(uptime), Some(last), Some(base)) =
            (reading.uptime_s, self.uptime_s, self.baseline.uptime_s)
        else {
            return;
        };
        let elapsed_s = (now_ms - reading.age_ms - self.baseline.taken_at_ms) / 1000;
        let slack_s = UPTIME_SLACK_S + elapsed_s.max(0) / DRIFT_OF_A_SECOND_S;
        self.uptime_at_ms = Some(now_ms - reading.age_ms);
        self.uptime_s = Some(uptime);
        // The older of two crossing answers may come last, by as much as it took.
        let asked_at_ms = now_ms - reading.uptime_age_ms;
        let older_s = (self.uptime_heard_at_ms.saturating_sub(asked_at_ms).max(0) + 999) / 1000;
        self.uptime_heard_at_ms = now_ms;
        let is_certain = uptime + slack_s + older_s.max(CROSSING_S) < last;
        if is_certain || uptime + slack_s < base + elapsed_s {
            let before = self.before_restart;
            let restart = self.restart.get_or_insert(Restart {
                before,
                may_be_outlived: !sent.recovering,
                is_outlived: false,
                odometer_behind: None,
                is_certain,
            });
            restart.is_certain |= is_certain;
        }
    }

    /// The run began when the printer had just been switched on: an uptime in whole seconds does not tell of another restart
    /// right behind that.
    pub(super) fn may_have_restarted_unseen(&self) -> bool {
        self.baseline.uptime_s.is_some_and(|uptime_s| uptime_s <= UPTIME_SLACK_S + CROSSING_S)
    }

    /// The printer is on since before the connection was lost: it would tell less otherwise.
    pub(super) fn is_on_since_loss(&self) -> bool {
        let (Some(uptime_s), Some(at), Some(loss_at)) =
            (self.uptime_s, self.uptime_at_ms, self.uptime_at_loss_ms)
        else {
            return false;
        };
        self.restart.is_none() && (uptime_s - UPTIME_SLACK_S - CROSSING_S) * 1000 > at - loss_at
    }

    /// It told its uptime before the connection was lost, and has not since: what is not counted may have been dropped, or have
    /// gone with a power cut.
    pub(super) fn is_uptime_awaited(&self) -> bool {
        self.uptime_at_loss_ms.is_some() && self.uptime_at_ms <= self.uptime_at_loss_ms
    }

    /// The uptime is asked last: what a reading with it tells was so before a restart.
    pub(super) fn note_before_restart(&mut self, reading: &Reading) {
        if self.restart.is_none() && reading.uptime_s.is_some() {
            let odometer = self.odometer.map(|(odometer, _)| odometer).or(self.before_restart.odometer);
            self.before_restart = Before { received: self.received.0, odometer };
        }
    }

    /// What is heard behind a restart.
    pub(super) fn note_behind_restart(&mut self, reading: &Reading, sent: Sent) {
        let Some(restart) = &mut self.restart else { return };
        let parser_answers = reading.is_of_parser() && reading.host_status.is_some();
        restart.is_outlived |= restart.may_be_outlived && !sent.recovering && parser_answers;
        if restart.is_certain && sent.recovering && !restart.is_outlived {
            restart.odometer_behind = restart.odometer_behind.or(reading.odometer);
        }
    }

    /// The connection is gone without having been heard of since the restart: nothing came over it any more.
    pub(super) fn note_connection_lost(&mut self) {
        if let Some(restart) = &mut self.restart {
            restart.may_be_outlived &= restart.is_outlived;
        }
    }

    /// The uptime has fallen.
    pub fn has_certainly_restarted(&self) -> bool {
        self.restart.is_some_and(|restart| restart.is_certain)
    }

    /// Nothing moves any more. Where the connection of the labels is gone as well no label of ours can be in motion: it is
    /// only looked whether anything else comes out.
    pub(super) fn is_settled_behind_restart(&self, sent: Sent) -> bool {
        let is_emptied = self.restart.is_some_and(|restart| restart.odometer_behind.is_some());
        let most_ms = |settle_ms: i64, labels: i64| match is_emptied {
            true => settle_ms.min(labels * SHORTEST_SETTLE_MS),
            false => settle_ms,
        };
        self.is_settled(Sent {
            settle_ms: most_ms(sent.settle_ms, 1),
            settle_unseen_ms: most_ms(sent.settle_unseen_ms, FORMATS_OUT_OF_SIGHT),
            ..sent
        })
    }

    /// The count is not to be believed before nothing moves any more.
    pub(super) fn is_count_spoilt(&self, counted: i64, sent: Sent) -> bool {
        self.restart.is_some_and(|restart| restart.is_certain)
            || self.counted_unmixed(counted, sent).is_some()
    }

    /// Something may have come out behind the restart, under the numbers of labels that were lost: so many had come out
    /// before that.
    pub(super) fn counted_unmixed(&self, counted: i64, sent: Sent) -> Option<i64> {
        let (restart, base) = (self.restart?, self.baseline.odometer?);
        let is_beyond = |odometer: &i64| base + counted > *odometer;
        let behind = restart.odometer_behind.filter(is_beyond);
        // Where as many came out as were sent over a connection, none was lost.
        let is_lacking = counted - self.reprints_possible < sent.offered;
        let came_over = restart.is_mixing(sent) && is_lacking;
        let before = restart.before.odometer.filter(|odometer| came_over && is_beyond(odometer));
        behind.or(before).map(|odometer| odometer - base)
    }
}
