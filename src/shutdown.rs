//! Stops as carefully as it starts: the first signal finishes what is in the pipe, the second cuts.

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// A token that the first SIGINT or SIGTERM cancels; a second one ends the process at once.
pub fn on_signals() -> std::io::Result<CancellationToken> {
    let token = CancellationToken::new();
    let cancelled = token.clone();
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::spawn(async move {
        for stops in [false, true] {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            if stops {
                std::process::exit(130);
            }
            tracing::info!("stopping: finishing the labels in the pipe; a second signal cuts");
            cancelled.cancel();
        }
    });
    Ok(token)
}
