//! Which questions to ask next on the raw connection. Pure.

use super::{Query, Reading};

/// Asked once, on a new connection: who are you, and what can you prove?
const INTRODUCTION: [Query; 5] =
    [Query::HostIdentification, Query::HostStatus, Query::UniqueId, Query::Odometer, Query::Uptime];
/// Asked over and over where the raw connection is the only one.
const ROUND: [Query; 4] = [Query::HostStatus, Query::Odometer, Query::Uptime, Query::UniqueId];
/// Beside a second channel the raw one only proves that the parser has come this far.
const BARRIER: [Query; 1] = [Query::HostStatus];

/// The rounds of one connection.
#[derive(Debug)]
pub struct Rounds {
    has_second_channel: bool,
    introduced: bool,
    has_settings: bool,
}

impl Rounds {
    /// On a new connection.
    pub fn new(has_second_channel: bool) -> Self {
        Self { has_second_channel, introduced: false, has_settings: true }
    }

    /// What to ask in the next round.
    pub fn next_round(&self) -> &'static [Query] {
        match (self.introduced, self.has_second_channel) {
            (false, _) => &INTRODUCTION,
            (true, false) if self.has_settings => &ROUND,
            (true, _) => &BARRIER,
        }
    }

    /// An old printer answers `~HI` and `~HS` and no settings: it is not asked for them again.
    pub fn learn(&mut self, reading: &Reading) {
        if !self.introduced && reading.host_status.is_some() {
            self.introduced = true;
            self.has_settings = reading.odometer.is_some() || reading.uptime_s.is_some();
        }
    }
}
