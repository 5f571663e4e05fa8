//! Peers that speak no Sheaf, or bad Sheaf: each is refused with a reason, and the node goes on as if nothing had been.

use std::{net::Ipv4Addr, time::Duration};

use iroh::{
    Endpoint, EndpointAddr, PublicKey, SecretKey, TransportAddr,
    endpoint::{Connection, ConnectionError, PortmapperConfig, RecvStream, SendStream, presets},
};
use rand::{Rng, SeedableRng};
use sheaf_transport::{Down, Inbox, Lane, Link, Reason};
use tokio::time::Instant;

use crate::world::{Node, down, frame, link, until, within};

/// A peer of bare iroh, that can send anything.
struct Raw {
    endpoint: Endpoint,
    connection: Connection,
    fast: (SendStream, RecvStream),
    bulk: (SendStream, RecvStream),
}

async fn raw_endpoint(secret: u8) -> Endpoint {
    Endpoint::builder(presets::Minimal)
        .secret_key(SecretKey::from_bytes(&[secret; 32]))
        .clear_ip_transports()
        .bind_addr((Ipv4Addr::LOCALHOST, 0))
        .expect("an address")
        .portmapper_config(PortmapperConfig::Disabled)
        .bind()
        .await
        .expect("loopback can be bound")
}

async fn raw_connection(endpoint: &Endpoint, node: &Node) -> Connection {
    let route = node.route().await;
    let id = PublicKey::from_bytes(route.device.as_bytes()).expect("a key");
    let address = EndpointAddr::from_parts(id, route.addresses.into_iter().map(TransportAddr::Ip));
    within("a raw connection", endpoint.connect(address, b"sheaf/1")).await.expect("the node lets us in")
}

fn opening(lane: u8, version: u8) -> Vec<u8> {
    let mut bytes = b"sheaf".to_vec();
    bytes.extend([version, lane]);
    bytes.extend(55u64.to_be_bytes());
    bytes
}

impl Raw {
    /// A raw peer that has opened its link as it should.
    async fn opened(node: &mut Node, secret: u8) -> (Raw, Link, Inbox) {
        let endpoint = raw_endpoint(secret).await;
        let connection = raw_connection(&endpoint, node).await;
        let mut fast = connection.open_bi().await.expect("a stream");
        fast.0.write_all(&opening(0, 1)).await.expect("room");
        let mut bulk = connection.open_bi().await.expect("a stream");
        bulk.0.write_all(&opening(1, 1)).await.expect("room");
        let (link, inbox) = node.arrival().await;
        (Raw { endpoint, connection, fast, bulk }, link, inbox)
    }

    async fn refused_as(&self, reason: Reason) -> String {
        closed_as(&self.connection, reason).await
    }
}

async fn closed_as(connection: &Connection, reason: Reason) -> String {
    match within("a refusal", connection.closed()).await {
        ConnectionError::ApplicationClosed(close) => {
            assert_eq!(u64::from(close.error_code), reason as u64, "{close}");
            String::from_utf8_lossy(&close.reason).into_owned()
        }
        other => panic!("not refused but {other}"),
    }
}

/// A friend is served while and after all this goes on.
async fn still_serves(node: &mut Node) {
    let mut friend = Node::on_loopback(200).await;
    let ((to_node, _from_node), (_to_friend, mut from_friend)) = link(&mut friend, node).await;
    to_node.send(Lane::Fast, b"all is well".to_vec()).expect("room");
    assert_eq!(frame(&mut from_friend).await.1, b"all is well");
    friend.transport.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn oversized_lengths_random_bytes_and_cut_frames_end_their_own_link() {
    let mut node = Node::on_loopback(1).await;

    let (mut raw, _link, mut inbox) = Raw::opened(&mut node, 11).await;
    raw.fast.0.write_all(&u32::MAX.to_be_bytes()).await.expect("room");
    let words = raw.refused_as(Reason::Malformed).await;
    assert!(words.contains("4294967295 bytes"), "{words}");
    assert!(matches!(down(&mut inbox).await, Down::Here(Reason::Malformed, _)));

    let (mut raw, _link, mut inbox) = Raw::opened(&mut node, 12).await;
    raw.bulk.0.write_all(&[0, 1, 0, 1, 9, 9, 9]).await.expect("room");
    assert!(raw.refused_as(Reason::Malformed).await.contains("65537 bytes"));
    assert!(matches!(down(&mut inbox).await, Down::Here(Reason::Malformed, _)));

    let (mut raw, _link, _inbox) = Raw::opened(&mut node, 13).await;
    raw.fast.0.write_all(&[0, 0, 0, 9, 1, 2, 3]).await.expect("room");
    raw.fast.0.finish().expect("open");
    assert!(raw.refused_as(Reason::Malformed).await.contains("cut off"));

    let (mut raw, _link, _inbox) = Raw::opened(&mut node, 14).await;
    raw.fast.0.write_all(&[0; 4]).await.expect("room");
    assert!(raw.refused_as(Reason::Malformed).await.contains("empty"));

    still_serves(&mut node).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn random_bytes_on_every_lane_end_in_a_refusal() {
    let mut node = Node::on_loopback(1).await;
    for seed in 0..12u64 {
        let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
        let (mut raw, _link, mut inbox) = Raw::opened(&mut node, 20 + seed as u8).await;
        let mut noise = vec![0u8; 70_000];
        random.fill_bytes(&mut noise);
        let writes = async {
            // The refusal may come while we still write.
            let _ = raw.fast.0.write_all(&noise).await;
            let _ = raw.bulk.0.write_all(&noise).await;
        };
        let reads = down(&mut inbox);
        let ((), down) = tokio::join!(writes, reads);
        assert!(matches!(down, Down::Here(Reason::Malformed, _)), "seed {seed}: {down}");
        raw.endpoint.close().await;
    }
    still_serves(&mut node).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_open_as_sheaf_does_is_no_peer() {
    let mut node = Node::on_loopback(1).await;

    let endpoint = raw_endpoint(31).await;
    let connection = raw_connection(&endpoint, &node).await;
    let mut stream = connection.open_bi().await.expect("a stream");
    stream.0.write_all(b"GET / HTTP/1.1\r\n\r\n").await.expect("room");
    assert!(closed_as(&connection, Reason::Malformed).await.contains("not Sheaf's"));

    let endpoint = raw_endpoint(32).await;
    let connection = raw_connection(&endpoint, &node).await;
    let mut stream = connection.open_bi().await.expect("a stream");
    stream.0.write_all(&opening(0, 9)).await.expect("room");
    let words = closed_as(&connection, Reason::Version).await;
    assert!(words.contains("version 9") && words.contains("update"), "{words}");

    let before = Instant::now();
    let endpoint = raw_endpoint(33).await;
    let connection = raw_connection(&endpoint, &node).await;
    assert!(closed_as(&connection, Reason::Malformed).await.contains("did not say who it is"), "silence is no opening");
    assert!(before.elapsed() < Duration::from_secs(12), "{:?}", before.elapsed());

    assert!(node.transport.links().is_empty(), "none of them became a link");
    still_serves(&mut node).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn half_a_frame_holds_little_and_holds_up_nobody() {
    let mut node = Node::on_loopback(1).await;
    let mut held = Vec::new();
    for secret in 40..56 {
        let (mut raw, link, inbox) = Raw::opened(&mut node, secret).await;
        raw.fast.0.write_all(&[0, 0, 255, 255, 1, 2, 3]).await.expect("room");
        link.vouch();
        held.push((raw, link, inbox));
    }
    still_serves(&mut node).await;
    assert!(held.iter().all(|(raw, ..)| raw.connection.close_reason().is_none()), "a slow peer has a minute to end its frame");
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_are_few_and_stay_briefly() {
    let mut node = Node::on_loopback(1).await;
    let mut strangers = Vec::new();
    for secret in 100..140 {
        // The allowance of one address: a burst of 32, then 8 a second. No slower than that: who is not known after 20 seconds goes for that alone.
        if strangers.len() >= 32 {
            tokio::time::sleep(Duration::from_millis(130)).await;
        }
        strangers.push(Raw::opened(&mut node, secret).await);
    }
    until("the oldest to be shown out", || node.transport.links().len() <= 32).await;
    let words = strangers[0].0.refused_as(Reason::Stranger).await;
    assert!(words.contains("too many"), "{words}");
    strangers[39].1.vouch();
    let words = strangers[38].0.refused_as(Reason::Stranger).await;
    assert!(words.contains("not known"), "{words}");
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(strangers[39].0.connection.close_reason().is_none(), "who was vouched for stays");
    still_serves(&mut node).await;
}
