//! Notices within seconds that nothing comes in any more, long before QUIC gives a link up (6 to 8 s) or iroh its relay (up to 20 s).
//!
//! A link that is up is never silent for long: keep-alives are answered. Where every link has fallen silent at once, either the peers have
//! vanished or the network has. The relay tells which: it is asked for a TCP connection, and only then.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use iroh::{RelayUrl, Watcher, endpoint::RelayStatus};
use tokio::net::TcpStream;

use crate::{endpoint::Node, profile::KEEP_ALIVE};

/// How often it is looked whether something has come.
const LOOK: Duration = Duration::from_millis(500);
/// A link that has said nothing for so long should have answered a keep-alive by now: one interval, and a second for the way there and back.
pub(crate) const SILENT: Duration = KEEP_ALIVE.saturating_add(Duration::from_secs(1));
/// After so long the relay is asked, so that its answer is here when the links count as silent. A lost keep-alive costs one connection too many.
const ASKED_AFTER: Duration = KEEP_ALIVE.saturating_add(Duration::from_millis(300));
/// How long a relay may take to take a connection.
const ANSWERS_WITHIN: Duration = Duration::from_millis(1500);

/// Watches until the endpoint closes.
pub(crate) async fn watch(node: Arc<Node>) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            () = node.endpoint.closed() => return,
        }
        let links = node.links.all();
        links.iter().for_each(|link| link.listen());
        let was_silent = node.relay_silent.load(Ordering::Relaxed);
        let falls_silent = !links.is_empty() && node.config.profile.uses_relays();
        if links.iter().any(|link| link.silence() < ASKED_AFTER) || !calls_itself_connected(&node) {
            // Somebody is heard; or iroh has noticed by itself, and tells when its relay is back.
            node.relay_silent.store(false, Ordering::Relaxed);
        } else if was_silent || falls_silent {
            if !was_silent {
                tracing::info!("every link is silent; the relay is asked");
            }
            node.relay_silent.store(!relay_answers(&node).await, Ordering::Relaxed);
        }
    }
}

fn calls_itself_connected(node: &Node) -> bool {
    node.endpoint.home_relay_status().get().iter().any(RelayStatus::is_connected)
}

async fn relay_answers(node: &Node) -> bool {
    let relays = node.endpoint.home_relay_status().get();
    for relay in relays.iter().map(RelayStatus::url) {
        if tokio::time::timeout(ANSWERS_WITHIN, takes_a_connection(relay)).await.unwrap_or(false) {
            return true;
        }
    }
    false
}

async fn takes_a_connection(relay: &RelayUrl) -> bool {
    match (relay.host_str(), relay.port_or_known_default()) {
        (Some(host), Some(port)) => TcpStream::connect((host.trim_matches(['[', ']']), port)).await.is_ok(),
        _ => false,
    }
}
