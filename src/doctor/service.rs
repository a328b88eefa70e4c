//! Whether the service runs, opens with the key at hand, and what it knows of its printers.

use super::Finding;
use crate::api_client::{ApiClient, ApiError};
use serde_json::Value;
use std::time::Duration;

const CHECK: &str = "service";
const TIMEOUT: Duration = Duration::from_secs(10);

/// Who owns the printers now: their connections belong to the running service alone.
#[derive(Debug, Clone, PartialEq)]
pub enum ServiceState {
    /// Nobody listens: the printers may be asked directly.
    Absent,
    /// It runs, and tells this of its printers.
    Running(Vec<Value>),
    /// It runs, or may run, and tells nothing: the printers are left alone.
    Closed,
}

/// Asks the service.
pub async fn check_service(client: &ApiClient) -> (Vec<Finding>, ServiceState) {
    match tokio::time::timeout(TIMEOUT, ask(client)).await {
        Ok(answer) => answer,
        Err(_) => {
            let found = format!("{} did not answer within {} s", client.base(), TIMEOUT.as_secs());
            (
                vec![Finding::fail(CHECK, found, "look into the service's log and start it anew")],
                ServiceState::Closed,
            )
        }
    }
}

async fn ask(client: &ApiClient) -> (Vec<Finding>, ServiceState) {
    let ready = match client.get(&["readyz"], &[]).await {
        Ok(ready) => ready,
        Err(ApiError::Refused { base }) => {
            let found = format!("not running: nothing listens at {base}");
            return (vec![Finding::warn(CHECK, found, "start it with `platen serve`")], ServiceState::Absent);
        }
        Err(error) => {
            let mend = "look into the service's log; check server.listen and what else uses that port";
            return (vec![Finding::fail(CHECK, error.to_string(), mend)], ServiceState::Closed);
        }
    };
    let templates = &ready["templates"];
    let running = Finding::ok(CHECK, format!("runs at {}, ready, {templates} templates", client.base()));
    let (key, state) = match client.get(&["api", "printers"], &[]).await {
        Ok(mut answer) => {
            let printers = match answer["printers"].take() {
                Value::Array(printers) => printers,
                _ => Vec::new(),
            };
            (Finding::ok("key", "opens the API"), ServiceState::Running(printers))
        }
        Err(ApiError::Problem { detail, action, .. }) => {
            (Finding::fail("key", detail, action), ServiceState::Closed)
        }
        Err(error) => {
            (Finding::fail("key", error.to_string(), "look into the service's log"), ServiceState::Closed)
        }
    };
    (vec![running, key], state)
}
