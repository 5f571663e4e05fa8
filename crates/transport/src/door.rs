//! Where dials come in: few at once from anywhere, each handshake in its own task, strangers for a short time only.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use iroh::endpoint::{Incoming, IncomingAddr};
use tokio::time::Instant;

use crate::{
    admission::{Admission, Allowances, Source},
    endpoint::Node,
    opening,
    task::supervised,
};

/// How long a handshake may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Lets dials in until the endpoint closes.
pub(crate) async fn keep_open(node: Arc<Node>) {
    let began = Instant::now();
    let mut allowances = Allowances::default();
    let under_way = Arc::new(AtomicUsize::new(0));
    while let Some(incoming) = node.endpoint.accept().await {
        let source = source(&incoming);
        let count = under_way.load(Ordering::Relaxed);
        match allowances.admit(source, incoming.remote_addr_validated(), count, began.elapsed()) {
            Admission::Admit => {
                let place = Place::take(&under_way);
                let node = node.clone();
                supervised("letting a dial in", async move { let_in(node, incoming, place).await });
            }
            // A retry that cannot be sent is like one that was lost.
            Admission::Challenge => drop(incoming.retry()),
            Admission::Ignore => incoming.ignore(),
        }
    }
}

fn source(incoming: &Incoming) -> Source {
    match incoming.remote_addr() {
        IncomingAddr::Ip(address) => Source::of(address.ip()),
        IncomingAddr::Relay { endpoint_id, .. } => Source::Relayed(*endpoint_id.as_bytes()),
        _ => Source::Other,
    }
}

async fn let_in(node: Arc<Node>, incoming: Incoming, place: Place) {
    let connection = match tokio::time::timeout(PATIENCE, incoming).await {
        Ok(Ok(connection)) => connection,
        Ok(Err(error)) => {
            tracing::debug!(%error, "a dial came to nothing");
            return;
        }
        Err(_) => return,
    };
    match opening::accepted(&connection, node.config.instance).await {
        Ok(opened) => {
            drop(place);
            node.adopt(connection, opened, false).await;
        }
        Err(error) => Node::decline(&connection, &error),
    }
}

/// One of the handshakes under way.
struct Place(Arc<AtomicUsize>);

impl Place {
    fn take(count: &Arc<AtomicUsize>) -> Place {
        count.fetch_add(1, Ordering::Relaxed);
        Place(count.clone())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
