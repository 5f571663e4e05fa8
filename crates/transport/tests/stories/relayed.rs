//! Through a relay and a lookup server of iroh's own, on loopback.

use std::net::Ipv4Addr;

use iroh_dns_server::config::MetricsConfig;
use iroh_relay::server::{RelayConfig, Server, ServerConfig};
use sheaf_transport::{Config, Heard, Lane, PathKind, Profile, Route, Services};
use tokio::time::Instant;

use crate::world::{Node, down, frame, start, within};

/// iroh's relay server, over plain HTTP, which is what `iroh-relay --dev` serves.
async fn relay(port: u16) -> (Server, String) {
    let mut config = ServerConfig::default();
    config.relay = Some(RelayConfig::new((Ipv4Addr::LOCALHOST, port)));
    let server = Server::spawn(config).await.expect("a relay on loopback");
    let url = format!("http://{}/", server.http_addr().expect("it serves http"));
    (server, url)
}

fn through(secret: u8, url: &str) -> Config {
    let mut config = Config::new([secret; 32], u64::from(secret), Profile::OwnRelay(url.to_owned()));
    config.bind = Some(Ipv4Addr::LOCALHOST.into());
    config.relayed_only = true;
    config
}

async fn meet(ada: &mut Node, ben: &mut Node) {
    let (to_ben, mut from_ben) = ada.arrival().await;
    let (to_ada, mut from_ada) = ben.arrival().await;
    to_ada.vouch();
    to_ben.send(Lane::Fast, b"over the relay".to_vec()).expect("room");
    assert_eq!(frame(&mut from_ada).await.1, b"over the relay");
    to_ada.send(Lane::Bulk, vec![3; 65_536]).expect("room");
    assert_eq!(frame(&mut from_ben).await.1, vec![3; 65_536]);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_sockets_of_their_own_two_devices_meet_through_their_relay() {
    let (server, url) = relay(0).await;
    let (mut ada, mut ben) = (start(through(1, &url)).await, start(through(2, &url)).await);
    assert_eq!(ada.transport.port(), None, "no UDP socket at all");
    let route = ben.transport.route();
    assert_eq!((route.relay.as_deref(), route.addresses.len()), (Some(url.as_str()), 0), "the relay's URL and no address");
    ada.transport.keep(&route, 0);
    meet(&mut ada, &mut ben).await;
    let path = ada.transport.links()[0].path().expect("a path");
    assert_eq!(path.kind, PathKind::Relayed(url.clone()), "the relayed path, and no other");
    println!("round trip through the relay: {:?}", path.rtt);
    assert_eq!(ada.transport.relay_reached(), Some(true));
    drop(server);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_that_restarts_is_found_again() {
    let (server, url) = relay(0).await;
    let port = server.http_addr().expect("it serves http").port();
    let (mut ada, mut ben) = (start(through(1, &url)).await, start(through(2, &url)).await);
    ada.transport.keep(&ben.transport.route(), 0);
    let (_to_ben, mut from_ben) = ada.arrival().await;
    let (_to_ada, _from_ada) = ben.arrival().await;
    server.shutdown().await.expect("it stops");
    println!("without its relay the link ends: {}", down(&mut from_ben).await);
    let (server, again) = relay(port).await;
    assert_eq!(again, url);
    let before = Instant::now();
    meet(&mut ada, &mut ben).await;
    println!("met again {:?} after the relay was back", before.elapsed());
    drop(server);
}

/// Both may speak directly: they meet by the relay and end up straight.
#[tokio::test(flavor = "multi_thread")]
async fn a_relayed_link_becomes_a_direct_one_where_it_can() {
    let (_server, url) = relay(0).await;
    let open = |secret| Config { relayed_only: false, ..through(secret, &url) };
    let (mut ada, mut ben) = (start(open(1)).await, start(open(2)).await);
    assert_eq!(ben.transport.route().addresses.len(), 0, "a relay's profile gives no address away");
    ada.transport.keep(&ben.transport.route(), 0);
    let (to_ben, mut from_ben) = ada.arrival().await;
    let (to_ada, _from_ada) = ben.arrival().await;
    to_ada.vouch();
    let seen = within("a direct path", async {
        let mut seen = Vec::new();
        loop {
            if let Some(Heard::Path(path)) = from_ben.next().await {
                seen.push(path.kind.clone());
                if matches!(path.kind, PathKind::Direct(_)) {
                    return seen;
                }
            }
        }
    })
    .await;
    println!("the way went {seen:?}, round trip now {:?}", to_ben.path().map(|path| path.rtt));
}

/// iroh's own lookup server, which keeps what it is told in `folder`.
async fn lookup(folder: &std::path::Path) -> (iroh_dns_server::Server, String) {
    let mut config = iroh_dns_server::config::Config::default();
    let http = config.http.as_mut().expect("the default serves http");
    (http.port, http.bind_addr) = (0, Some(Ipv4Addr::LOCALHOST.into()));
    (config.dns.port, config.dns.bind_addr) = (0, Some(Ipv4Addr::LOCALHOST.into()));
    config.https = None;
    config.metrics = Some(MetricsConfig::disabled());
    config.data_dir = Some(folder.to_owned());
    let server = iroh_dns_server::Server::bind(config).await.expect("a lookup server on loopback");
    let url = format!("http://{}/pkarr", server.http_addr().expect("it serves http"));
    (server, url)
}

/// The profile *anywhere* with iroh's own servers in the place of the public ones: the id is enough.
#[tokio::test(flavor = "multi_thread")]
async fn anywhere_the_id_alone_is_enough() {
    let folder = tempfile::tempdir().expect("a folder");
    let (_relay, relay_url) = relay(0).await;
    let (server, lookup_url) = lookup(folder.path()).await;
    let config = |secret: u8| {
        let mut config = Config::new([secret; 32], u64::from(secret), Profile::Anywhere);
        config.bind = Some(Ipv4Addr::LOCALHOST.into());
        config.relayed_only = true;
        config.services = Some(Services { relay: relay_url.clone(), lookup: lookup_url.clone() });
        config
    };
    let (mut ada, mut ben) = (start(config(1)).await, start(config(2)).await);
    ada.transport.keep(&Route::bare(ben.device()), 0);
    meet(&mut ada, &mut ben).await;
    assert!(matches!(ada.transport.links()[0].path().expect("a path").kind, PathKind::Relayed(_)));
    let route = ben.transport.route();
    assert_eq!((route.relay.as_deref(), route.addresses.len()), (Some(relay_url.as_str()), 0), "a relay hint and no address");
    server.shutdown().await.expect("it stops");
}
