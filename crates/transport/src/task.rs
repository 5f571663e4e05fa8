//! Tasks whose panics are seen. A bare spawn swallows them.

use std::future::Future;

use tokio::task::JoinHandle;

/// Runs `work` as a task of its own. A panic in it ends that task alone and is logged with the name of the work.
#[expect(clippy::disallowed_methods, reason = "this is the supervised spawn that others are told to use")]
pub(crate) fn supervised(what: &'static str, work: impl Future<Output = ()> + Send + 'static) -> JoinHandle<()> {
    let inner = tokio::spawn(work);
    let stop = AbortWith(inner.abort_handle());
    tokio::spawn(async move {
        let _stop = stop;
        if let Err(error) = inner.await
            && error.is_panic()
        {
            tracing::error!(what, "a network task panicked; its link is lost, the rest goes on");
        }
    })
}

/// Aborts the work when its supervisor is aborted.
struct AbortWith(tokio::task::AbortHandle);

impl Drop for AbortWith {
    fn drop(&mut self) {
        self.0.abort();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_ends_its_own_task_and_nothing_else() {
        supervised("test", async { panic!("on purpose") }).await.expect("the supervisor lives");
        let (tell, told) = tokio::sync::oneshot::channel::<()>();
        let task = supervised("test", async move {
            let _held = tell;
            std::future::pending::<()>().await;
        });
        tokio::task::yield_now().await;
        task.abort();
        assert!(told.await.is_err(), "aborting the supervisor drops the work");
    }
}
