//! What the stories share: nodes on loopback, and patience with a bound.

use std::{
    net::{IpAddr, Ipv4Addr},
    time::Duration,
};

use sheaf_base::DeviceId;
use sheaf_transport::{Arrivals, Config, Down, Heard, Inbox, Lane, Link, Profile, Route, Transport};

/// Longer than anything here should take, shorter than a person's patience with a hanging test.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) struct Node {
    pub(crate) transport: Transport,
    pub(crate) arrivals: Arrivals,
}

/// A configuration on loopback under which nodes find each other by address only.
pub(crate) fn direct(secret: u8, instance: u64) -> Config {
    let mut config = Config::new([secret; 32], instance, Profile::Direct);
    config.bind = Some(IpAddr::V4(Ipv4Addr::LOCALHOST));
    config
}

pub(crate) async fn start(config: Config) -> Node {
    let (transport, arrivals) = Transport::bind(config).await.expect("loopback can be bound");
    Node { transport, arrivals }
}

impl Node {
    pub(crate) async fn on_loopback(secret: u8) -> Node {
        start(direct(secret, u64::from(secret))).await
    }

    pub(crate) fn device(&self) -> DeviceId {
        self.transport.device()
    }

    /// Its route; on loopback it is known at once or very soon.
    pub(crate) async fn route(&self) -> Route {
        let route = self.transport.route_within(PATIENCE).await;
        assert!(!route.is_bare(), "a node on loopback knows its address");
        route
    }

    pub(crate) async fn arrival(&mut self) -> (Link, Inbox) {
        within("a link", self.arrivals.next()).await.expect("the transport is open")
    }
}

/// Links two nodes; the first dials.
pub(crate) async fn link(one: &mut Node, other: &mut Node) -> ((Link, Inbox), (Link, Inbox)) {
    one.transport.keep(&other.route().await, 0);
    let near = one.arrival().await;
    let far = other.arrival().await;
    far.0.vouch();
    (near, far)
}

pub(crate) async fn within<T>(what: &str, work: impl Future<Output = T>) -> T {
    match tokio::time::timeout(PATIENCE, work).await {
        Ok(done) => done,
        Err(_) => panic!("waited {PATIENCE:?} for {what}"),
    }
}

/// Until `holds`, looking often.
pub(crate) async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    within(what, async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
}

/// The next frame; path changes are passed over.
pub(crate) async fn frame(inbox: &mut Inbox) -> (Lane, Vec<u8>) {
    within("a frame", async {
        loop {
            match inbox.next().await.expect("the link is up") {
                Heard::Frame(lane, frame) => return (lane, frame),
                Heard::Down(down) => panic!("the link went down instead: {down}"),
                Heard::Free(_) | Heard::Path(_) => {}
            }
        }
    })
    .await
}

/// How the link ended; what came before is passed over.
pub(crate) async fn down(inbox: &mut Inbox) -> Down {
    within("the end of a link", async {
        loop {
            if let Heard::Down(down) = inbox.next().await.expect("down is told once") {
                assert_eq!(inbox.next().await, None, "nothing follows the end");
                return down;
            }
        }
    })
    .await
}
