//! Logs: plain lines on a terminal, JSON elsewhere. `RUST_LOG` is honoured. Never keys, never label contents.

use std::io::IsTerminal;
use tracing_subscriber::EnvFilter;

/// Starts logging to stderr; a second call changes nothing.
pub fn start() {
    let filter = EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| EnvFilter::new("info,actix_server=warn,sqlx=warn"));
    // What cannot be logged is not complained of on the same stderr: that would panic, in the middle of a stop.
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .log_internal_errors(false);
    let _ = if std::io::stderr().is_terminal() {
        builder.with_target(false).try_init()
    } else {
        builder.json().flatten_event(true).try_init()
    };
}
