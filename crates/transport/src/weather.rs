//! Notices that the network may have changed: other addresses, a relay that is back, or a machine that slept. Then waiting makes no sense any more.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use iroh::{Watcher, endpoint::RelayStatus};
use tokio::time::Instant;

use crate::endpoint::Node;

/// How often the clocks are compared.
const LOOK: Duration = Duration::from_secs(5);
/// How far they may drift apart between two looks. A sleeping machine stops the one that counts running time, not the wall's.
const SLEPT: Duration = Duration::from_secs(10);

/// Watches until the endpoint closes.
pub(crate) async fn watch(node: Arc<Node>) {
    let mut addresses = node.endpoint.watch_addr();
    let mut relays = node.endpoint.home_relay_status();
    let mut clocks = Clocks::read();
    loop {
        tokio::select! {
            changed = addresses.updated() => match changed {
                Ok(_) => node.try_all_again(),
                Err(_) => return,
            },
            changed = relays.updated() => match changed {
                Ok(relays) if relays.iter().any(RelayStatus::is_connected) => node.try_all_again(),
                Ok(_) => {}
                Err(_) => return,
            },
            () = tokio::time::sleep(LOOK) => {
                let now = Clocks::read();
                if now.slept_since(&clocks) {
                    tracing::info!("the machine slept; looking at the network anew");
                    node.endpoint.network_change().await;
                    node.try_all_again();
                }
                clocks = now;
            }
            () = node.endpoint.closed() => return,
        }
    }
}

struct Clocks {
    running: Instant,
    wall: SystemTime,
}

impl Clocks {
    #[expect(clippy::disallowed_methods, reason = "only a wall clock goes on while the machine sleeps; nothing is decided by its value")]
    fn read() -> Clocks {
        Clocks { running: Instant::now(), wall: SystemTime::now() }
    }

    fn slept_since(&self, before: &Clocks) -> bool {
        let wall = self.wall.duration_since(before.wall).unwrap_or_default();
        wall > self.running.saturating_duration_since(before.running) + SLEPT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_between_the_clocks_is_a_sleep_and_a_clock_set_back_is_not() {
        let before = Clocks::read();
        let later = |wall: i64, running: u64| Clocks {
            wall: if wall < 0 {
                before.wall - Duration::from_secs(wall.unsigned_abs())
            } else {
                before.wall + Duration::from_secs(wall as u64)
            },
            running: before.running + Duration::from_secs(running),
        };
        assert!(later(600, 5).slept_since(&before));
        assert!(!later(6, 5).slept_since(&before));
        assert!(!later(-600, 5).slept_since(&before));
        assert!(!later(600, 600).slept_since(&before));
    }
}
