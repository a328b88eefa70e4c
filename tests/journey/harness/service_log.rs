//! What a service under test says while it runs: read all the time, and held against what must never be said.

use serde_json::Value;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::ChildStderr;
use tokio::sync::watch;

/// A statement that the database refuses: no fault of the disk, the server or the network explains it.
const REFUSED_STATEMENT: &str = "the database failed: error returned from database";
/// What the trigger of `Place::refuse_doubts` says.
pub const REFUSED_ON_PURPOSE: &str = "refused on purpose";

/// The log of one life of the service.
pub struct ServiceLog {
    refused_statements: Arc<Mutex<Vec<String>>>,
    said: watch::Receiver<Vec<String>>,
}

impl ServiceLog {
    /// Reads until the service listens; the rest is read beside the journey. Returns the address as well.
    pub async fn until_it_listens(stderr: ChildStderr) -> (Self, String) {
        let mut lines = BufReader::new(stderr).lines();
        let mut log = Vec::new();
        let address = loop {
            let line =
                lines.next_line().await.expect("its log").unwrap_or_else(|| panic!("it ended: {log:#?}"));
            let entry: Value = serde_json::from_str(&line).unwrap_or_default();
            if entry["message"] == "platen listens" {
                break entry["address"].as_str().expect("an address").to_owned();
            }
            log.push(line);
        };
        let refused_statements = Arc::new(Mutex::new(Vec::new()));
        let found = Arc::clone(&refused_statements);
        let (says, said) = watch::channel(Vec::new());
        // The log goes on; a full pipe would stop the service.
        tokio::spawn(async move {
            while let Ok(Some(line)) = lines.next_line().await {
                if std::env::var_os("JOURNEY_LOG").is_some() {
                    eprintln!("{line}");
                }
                if line.contains(REFUSED_STATEMENT) && !line.contains(REFUSED_ON_PURPOSE) {
                    found.lock().unwrap_or_else(PoisonError::into_inner).push(line.clone());
                }
                says.send_modify(|said| said.push(line));
            }
        });
        (Self { refused_statements, said }, address)
    }

    /// Waits for a line with these words, or finds one that was there before.
    pub async fn until_it_says(&self, words: &str) {
        let is_said = |said: &Vec<String>| said.iter().any(|line| line.contains(words));
        self.said.clone().wait_for(is_said).await.expect("the service runs");
    }
}

/// The service survives such a statement, and the journey would pass for the wrong reason.
impl Drop for ServiceLog {
    fn drop(&mut self) {
        let refused = self.refused_statements.lock().unwrap_or_else(PoisonError::into_inner);
        if !std::thread::panicking() {
            assert!(refused.is_empty(), "the database refused a statement: {refused:#?}");
        }
    }
}
