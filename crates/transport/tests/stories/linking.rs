//! How links come to be: one to each peer, whoever dials.

use std::time::Duration;

use sheaf_base::DeviceId;
use sheaf_transport::{DialError, DialState, Heard, Lane, PathKind, Route};

use crate::world::{Node, direct, frame, link, start, until, within};

#[tokio::test(flavor = "multi_thread")]
async fn two_devices_exchange_frames_on_every_lane() {
    let (mut ada, mut ben) = (Node::on_loopback(1).await, Node::on_loopback(2).await);
    let ((to_ben, mut from_ben), (to_ada, mut from_ada)) = link(&mut ada, &mut ben).await;
    assert_eq!(to_ben.peer().device, ben.device());
    assert_eq!(to_ada.peer().device, ada.device());
    assert_eq!((to_ben.peer().instance, to_ada.peer().instance), (2, 1));
    assert!(to_ben.we_dialed() && !to_ada.we_dialed());
    assert_eq!(to_ben.keying(), to_ada.keying(), "both ends know the same 32 bytes");

    for number in 0..500u32 {
        to_ben.send(Lane::Fast, number.to_be_bytes().to_vec()).expect("room");
        to_ada.send(Lane::Bulk, number.to_be_bytes().to_vec()).expect("room");
    }
    for number in 0..500u32 {
        assert_eq!(frame(&mut from_ada).await, (Lane::Fast, number.to_be_bytes().to_vec()), "in order");
        assert_eq!(frame(&mut from_ben).await, (Lane::Bulk, number.to_be_bytes().to_vec()), "in order");
    }
    to_ben.send(Lane::Loose, b"here I am".to_vec()).expect("a datagram");
    assert_eq!(frame(&mut from_ada).await, (Lane::Loose, b"here I am".to_vec()));
    let largest = to_ben.largest_loose();
    assert!(largest >= 1_100, "a datagram holds a presence message: {largest}");
    assert!(to_ben.send(Lane::Loose, vec![7; 40_000]).is_err(), "too large for a datagram");
    to_ben.send(Lane::Bulk, vec![8; 65_536]).expect("the largest frame");
    assert_eq!(frame(&mut from_ada).await, (Lane::Bulk, vec![8; 65_536]));

    let path = to_ben.path().expect("a path is chosen");
    assert!(matches!(path.kind, PathKind::Direct(address) if Some(address.port()) == ben.transport.port()), "{path:?}");
    assert_eq!(to_ada.seen_at().addresses.first().map(std::net::SocketAddr::port), ada.transport.port(), "it listens where it speaks from");
    assert_eq!(to_ben.traffic().frames_out, 502);
    assert!(to_ben.send(Lane::Fast, vec![0; 65_537]).is_err(), "no frame is so large");
    assert!(to_ben.send(Lane::Fast, Vec::new()).is_err(), "no frame is empty");
    ada.transport.close().await;
    ben.transport.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn three_devices_are_three_links_with_different_keys() {
    let (mut ada, mut ben, mut cleo) = (Node::on_loopback(1).await, Node::on_loopback(2).await, Node::on_loopback(3).await);
    let ((ada_ben, mut ada_from_ben), (ben_ada, _hold)) = link(&mut ada, &mut ben).await;
    let ((cleo_ada, _hold_too), (ada_cleo, mut ada_from_cleo)) = link(&mut cleo, &mut ada).await;
    let ((ben_cleo, _held), _far) = link(&mut ben, &mut cleo).await;
    assert_ne!(ada_ben.keying(), ada_cleo.keying());
    assert_ne!(ben_cleo.keying(), ada_ben.keying());
    ben_ada.send(Lane::Fast, b"ben".to_vec()).expect("room");
    cleo_ada.send(Lane::Fast, b"cleo".to_vec()).expect("room");
    assert_eq!(frame(&mut ada_from_ben).await.1, b"ben");
    assert_eq!(frame(&mut ada_from_cleo).await.1, b"cleo");
    assert_eq!(ada.transport.links().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn when_both_dial_at_once_one_link_is_left_and_both_agree_which() {
    for round in 0..24u8 {
        let (ada, ben) = tokio::join!(Node::on_loopback(2 * round + 1), Node::on_loopback(2 * round + 2));
        let (to_ada, to_ben) = (ada.route().await, ben.route().await);
        // A little apart, the one or the other way, to meet every moment of the race.
        let apart = Duration::from_micros(400 * u64::from(round / 2));
        let first_dials = async { ada.transport.keep(&to_ben, 0) };
        let then_dials = async {
            tokio::time::sleep(apart).await;
            ben.transport.keep(&to_ada, 0);
        };
        tokio::join!(first_dials, then_dials);
        let same = || {
            let (near, far) = (ada.transport.links(), ben.transport.links());
            near.len() == 1 && far.len() == 1 && near[0].keying() == far[0].keying()
        };
        until(&format!("one link in round {round}"), same).await;
        // It stays so, and it works.
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert!(same(), "round {round}");
        assert_eq!(ada.transport.peers()[0].state, DialState::Linked, "round {round}");
        let winner = ada.transport.links().remove(0);
        let (mut ada, mut ben) = (ada, ben);
        let inbox = within("the link that was kept", async {
            loop {
                let (link, inbox) = ben.arrivals.next().await.expect("open");
                if link.keying() == winner.keying() {
                    return inbox;
                }
            }
        });
        let mut inbox = inbox.await;
        winner.send(Lane::Fast, vec![round]).expect("room");
        assert_eq!(frame(&mut inbox).await.1, vec![round]);
        // Whoever is told of the other one is told how it ended.
        while let Ok(Some((link, mut inbox))) = tokio::time::timeout(Duration::from_millis(5), ada.arrivals.next()).await {
            if link.keying() != winner.keying() {
                assert!(matches!(crate::world::down(&mut inbox).await, sheaf_transport::Down::Here(..) | sheaf_transport::Down::There(..)));
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_instances_of_one_device_are_two_peers() {
    let mut ada = Node::on_loopback(1).await;
    let (mut first, mut second) = (start(direct(2, 100)).await, start(direct(2, 200)).await);
    assert_eq!(first.device(), second.device(), "a copied profile");
    let ((to_ada, mut from_ada), (to_first, _one)) = link(&mut first, &mut ada).await;
    let ((also_to_ada, mut also_from_ada), (to_second, _two)) = link(&mut second, &mut ada).await;
    assert_ne!(to_first.peer(), to_second.peer());
    assert_eq!(ada.transport.links().len(), 2, "neither takes the other's place");
    for round in 0..50u8 {
        to_first.send(Lane::Fast, vec![1, round]).expect("room");
        to_second.send(Lane::Fast, vec![2, round]).expect("room");
        assert_eq!(frame(&mut from_ada).await.1, vec![1, round]);
        assert_eq!(frame(&mut also_from_ada).await.1, vec![2, round]);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    drop((to_ada, also_to_ada));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_without_an_address_is_said_to_have_none() {
    let ada = Node::on_loopback(1).await;
    let stranger = DeviceId(*iroh::SecretKey::from_bytes(&[9; 32]).public().as_bytes());
    ada.transport.keep(&Route::bare(stranger), 0);
    until("a failed dial", || ada.transport.peers()[0].failures > 0).await;
    let facts = ada.transport.peers().remove(0);
    assert!(facts.last_error == Some(DialError::NoWay), "{facts:?}");
    ada.transport.forget(stranger);
    assert!(ada.transport.peers().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kept_device_is_met_as_soon_as_its_address_is_learnt() {
    let (mut ada, mut ben) = (Node::on_loopback(1).await, Node::on_loopback(2).await);
    ada.transport.keep(&Route::bare(ben.device()), 0);
    until("several failed dials", || ada.transport.peers()[0].failures > 2).await;
    ada.transport.keep(&ben.route().await, 0);
    let (_near, _far) = (ada.arrival().await, ben.arrival().await);
    until("the state to say so", || ada.transport.peers()[0].state == DialState::Linked).await;
    assert_eq!(ada.transport.peers()[0].failures, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_kept_port_is_used_again_and_a_taken_one_is_no_disaster() {
    let first = Node::on_loopback(1).await;
    let port = first.transport.port();
    let mut config = direct(2, 2);
    config.port = port;
    let second = start(config.clone()).await;
    assert_ne!(second.transport.port(), port, "it was taken, so another was chosen");
    first.transport.close().await;
    second.transport.close().await;
    drop((first, second));
    let third = start(config).await;
    assert_eq!(third.transport.port(), port, "a restarted node is where it was");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_reader_is_told_by_which_way_the_peer_is_reached() {
    let (mut ada, mut ben) = (Node::on_loopback(1).await, Node::on_loopback(2).await);
    let ((_to_ben, mut from_ben), _far) = link(&mut ada, &mut ben).await;
    let heard = within("word of the path", from_ben.next()).await;
    assert!(matches!(heard, Some(Heard::Path(path)) if matches!(path.kind, PathKind::Direct(_))));
}
