//! What Odoo is to be told beside how jobs and printers stand: what became of that which was fetched from it.
//!
//! Kept in memory only. What is lost with the process is told anew: Odoo's lease runs out, and it hands out again.

use serde_json::Value;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Kept at most; a service that cannot tell anything hears the rest again later.
const KEPT_MAX: usize = 1_000;

/// Waiting answers, oldest first. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Answers {
    waiting: Arc<Mutex<VecDeque<Value>>>,
}

impl Answers {
    /// Adds one, to be sent with the next call.
    pub fn push(&self, answer: Value) {
        let mut waiting = self.lock();
        if waiting.len() < KEPT_MAX {
            waiting.push_back(answer);
        }
    }

    /// The oldest, which stay until they are [`Self::sent`].
    pub fn oldest(&self, limit: usize) -> Vec<Value> {
        self.lock().iter().take(limit).cloned().collect()
    }

    /// So many of the oldest have arrived.
    pub fn sent(&self, count: usize) {
        let mut waiting = self.lock();
        let count = count.min(waiting.len());
        waiting.drain(..count);
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Value>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
