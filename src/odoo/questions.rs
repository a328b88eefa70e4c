//! What people want to look at where Odoo cannot ask: handed from the one who fetches to the one who answers.

use tokio::sync::mpsc::{Receiver, Sender, channel};

/// Waiting at most. One that finds no room is fetched again when its lease has run out.
const WAITING_MAX: usize = 100;

/// Something about a job that only this service keeps.
#[derive(Debug)]
pub struct Question {
    /// The wish that it came with, which the answer names.
    pub wish: String,
    pub about: About,
    /// The job's uuid.
    pub job: String,
    /// What exactly, in JSON: the words of the query over HTTP.
    pub body: String,
}

/// Which of the three things that can be asked.
#[derive(Debug, Clone, Copy)]
pub enum About {
    Labels,
    Picture,
    Events,
}

impl About {
    /// What Odoo calls it; nothing for any other wish.
    pub fn of_verb(verb: &str) -> Option<Self> {
        match verb {
            "labels" => Some(Self::Labels),
            "picture" => Some(Self::Picture),
            "events" => Some(Self::Events),
            _ => None,
        }
    }
}

/// Both ends of the way.
pub fn questions() -> (Sender<Question>, Receiver<Question>) {
    channel(WAITING_MAX)
}
