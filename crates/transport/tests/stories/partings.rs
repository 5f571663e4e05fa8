//! How links end: politely, rudely, in silence; and how they come back.

use std::time::Duration;

use sheaf_transport::{Config, DialState, Down, Lane, Reason};
use tokio::time::Instant;

use crate::world::{Node, direct, down, frame, link, start, until};

#[tokio::test(flavor = "multi_thread")]
async fn a_farewell_hands_over_what_waits_and_says_why() {
    let (mut ada, mut ben) = (Node::on_loopback(1).await, Node::on_loopback(2).await);
    let ((to_ben, mut from_ben), (_to_ada, mut from_ada)) = link(&mut ada, &mut ben).await;
    for number in 0..20u8 {
        to_ben.send(Lane::Bulk, vec![number; 5_000]).expect("room");
    }
    to_ben.leave(Reason::Gone, "good night").await;
    for number in 0..20u8 {
        assert_eq!(frame(&mut from_ada).await, (Lane::Bulk, vec![number; 5_000]));
    }
    assert_eq!(down(&mut from_ada).await, Down::There(Reason::Gone, "good night".into()));
    assert_eq!(down(&mut from_ben).await, Down::Here(Reason::Gone, "good night".into()));
    assert!(to_ben.send(Lane::Fast, vec![1]).is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dismissed_peer_is_told_at_once() {
    let (mut ada, mut ben) = (Node::on_loopback(1).await, Node::on_loopback(2).await);
    let ((_to_ben, mut from_ben), (to_ada, _from_ada)) = link(&mut ada, &mut ben).await;
    let before = Instant::now();
    to_ada.close(Reason::Dismissed, "no longer a member");
    assert_eq!(down(&mut from_ben).await, Down::There(Reason::Dismissed, "no longer a member".into()));
    // A link that nobody ends is noticed to be silent after six seconds: sooner is told.
    assert!(before.elapsed() < Duration::from_secs(4), "{:?}", before.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_that_restart_meet_again_by_themselves() {
    let (mut ada, mut ben) = (Node::on_loopback(1).await, Node::on_loopback(2).await);
    let ((_to_ben, mut from_ben), _far) = link(&mut ada, &mut ben).await;
    let port = ben.transport.port();
    ben.transport.close().await;
    assert!(matches!(down(&mut from_ben).await, Down::There(Reason::Gone, _)));
    until("the state to say so", || ada.transport.peers()[0].state != DialState::Linked).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    drop(ben);

    // Another process run: another instance, the kept port. It knows nobody; Ada finds it.
    let mut ben = start(Config { port, ..direct(2, 77) }).await;
    assert_eq!(ben.transport.port(), port);
    let before = Instant::now();
    ada.transport.try_again();
    let (to_ben, _from_ben) = ada.arrival().await;
    println!("met again {:?} after being asked to try", before.elapsed());
    assert_eq!(to_ben.peer().instance, 77);
    let (_to_ada, mut from_ada) = ben.arrival().await;
    to_ben.send(Lane::Fast, b"again".to_vec()).expect("room");
    assert_eq!(frame(&mut from_ada).await.1, b"again");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_linked_last_waits_for_none_of_those_who_are_never_there() {
    let (mut ada, mut ben) = (Node::on_loopback(1).await, Node::on_loopback(2).await);
    let ((_to_ben, mut from_ben), _far) = link(&mut ada, &mut ben).await;
    // A socket that swallows everything is where a hundred others were last.
    let nobody = std::net::UdpSocket::bind("127.0.0.1:0").expect("loopback can be bound");
    let addresses = vec![nobody.local_addr().expect("it is bound")];
    for seed in 100..200 {
        let device = sheaf_base::DeviceId(*iroh::SecretKey::from_bytes(&[seed; 32]).public().as_bytes());
        ada.transport.keep(&sheaf_transport::Route { device, relay: None, addresses: addresses.clone() }, 0);
    }
    let port = ben.transport.port();
    ben.transport.close().await;
    assert!(matches!(down(&mut from_ben).await, Down::There(Reason::Gone, _)));
    drop(ben);
    let _ben = start(Config { port, ..direct(2, 77) }).await;
    ada.transport.try_again();
    let (to_ben, _from_ben) = ada.arrival().await;
    assert_eq!(to_ben.peer().instance, 77);
    let given_up = ada.transport.peers().iter().filter(|peer| peer.failures > 0).count();
    assert_eq!(given_up, 0, "none of their dials had to end first");
}

/// The peer's whole process stands still: no goodbye, no port unreachable, nothing.
#[test]
fn a_peer_that_falls_silent_is_noticed_within_ten_seconds() {
    let (tell_route, route) = std::sync::mpsc::channel();
    let (wake, frozen) = std::sync::mpsc::channel::<()>();
    let silent = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async move {
            let mut ben = Node::on_loopback(2).await;
            tell_route.send(ben.route().await).expect("the test waits");
            let (_to_ada, _from_ada) = ben.arrival().await;
            tokio::time::sleep(Duration::from_secs(1)).await;
            // Blocks the only thread there is.
            let _ = frozen.recv();
        });
    });
    let route = route.recv().expect("the peer starts");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let mut ada = Node::on_loopback(1).await;
        ada.transport.keep(&route, 0);
        let (_to_ben, mut from_ben) = ada.arrival().await;
        tokio::time::sleep(Duration::from_secs(1)).await;
        let before = Instant::now();
        assert_eq!(down(&mut from_ben).await, Down::Silence);
        let took = before.elapsed();
        println!("silence noticed after {took:?}");
        assert!(took < Duration::from_secs(10), "{took:?}");
    });
    drop(wake);
    silent.join().expect("the silent peer ends");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_goes_away_ends_the_link_and_nothing_else() {
    let (mut ada, mut ben) = (Node::on_loopback(1).await, Node::on_loopback(2).await);
    let ((_to_ben, mut from_ben), (_to_ada, from_ada)) = link(&mut ada, &mut ben).await;
    // As a handler does that panics.
    drop(from_ada);
    let (to_ben, _from_ada) = {
        let end = async {
            let links = ada.transport.links();
            if let Some(link) = links.first() {
                let _ = link.send(Lane::Fast, vec![1]);
            }
            down(&mut from_ben).await
        };
        assert!(matches!(end.await, Down::There(Reason::Gone, _)));
        // Both are alive and meet again.
        ada.arrival().await
    };
    let (_to_ada, mut from_ada) = ben.arrival().await;
    to_ben.send(Lane::Fast, b"still here".to_vec()).expect("room");
    assert_eq!(frame(&mut from_ada).await.1, b"still here");
}

/// QUIC keeps a dial that nobody answers for three seconds: neither the person nor the next endpoint is to suffer from it.
#[tokio::test(flavor = "multi_thread")]
async fn closing_waits_for_no_dial_and_the_next_endpoint_has_the_port_all_the_same() {
    let ada = Node::on_loopback(1).await;
    let port = ada.transport.port();
    // A socket that swallows everything.
    let nobody = std::net::UdpSocket::bind("127.0.0.1:0").expect("loopback can be bound");
    let address = nobody.local_addr().expect("it is bound");
    let device = sheaf_base::DeviceId(*iroh::SecretKey::from_bytes(&[9; 32]).public().as_bytes());
    ada.transport.keep(&sheaf_transport::Route { device, relay: None, addresses: vec![address] }, 0);
    until("a dial to be under way", || ada.transport.peers()[0].state == DialState::Dialing).await;
    let mut knock = [0; 2048];
    nobody.recv(&mut knock).expect("somebody knocks");
    let before = Instant::now();
    ada.transport.close().await;
    println!("closed after {:?}", before.elapsed());
    drop(ada);
    let again = start(Config { port, ..direct(1, 2) }).await;
    assert_eq!(again.transport.port(), port, "the kept port, {:?} later", before.elapsed());
}
