//! Tasks whose panics are heard.

use tokio::task::{AbortHandle, JoinError};

/// Runs a task; if it panics, says so in the log under this name.
pub fn supervised(name: &'static str, task: impl Future<Output = ()> + Send + 'static) -> AbortHandle {
    watched(name, task, |_| ())
}

/// Runs a task, and calls `ended` when it has ended, however that was.
#[allow(clippy::disallowed_methods, reason = "this is the supervisor that tokio::spawn is banned for")]
pub(crate) fn watched<T: Send + 'static>(
    name: &'static str,
    task: impl Future<Output = T> + Send + 'static,
    ended: impl FnOnce(Result<T, JoinError>) + Send + 'static,
) -> AbortHandle {
    let handle = tokio::spawn(task);
    let abort = handle.abort_handle();
    tokio::spawn(async move {
        let outcome = handle.await;
        if let Err(error) = &outcome
            && error.is_panic()
        {
            tracing::error!(task = name, "a task panicked; what it held is let go");
        }
        ended(outcome);
    });
    abort
}

/// Runs something that blocks (disk, long computation) where it holds up nobody.
pub(crate) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}
