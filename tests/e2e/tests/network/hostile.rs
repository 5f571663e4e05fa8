//! A peer that sends anything at all: the node answers honest people as before, and nothing is changed.

use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::time::Duration;

use iroh::endpoint::{Connection, PortmapperConfig, presets};
use iroh::{Endpoint, EndpointAddr, PublicKey, SecretKey, TransportAddr};
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::Value;
use sheaf_e2e::{Person, eventually};

/// Where a ticket leads: the device and its address.
pub(crate) fn target(person: &Person, ticket: &str) -> (PublicKey, SocketAddr) {
    let preview: Value = serde_json::from_str(&person.done(["--json", "join", "--preview", ticket])).expect("one object");
    let device = preview["device"].as_str().expect("the inviter's device");
    let route = preview["routes"][0].as_str().expect("a route");
    let address = route.rsplit(' ').next().and_then(|address| address.parse().ok()).unwrap_or_else(|| panic!("no address in {route:?}"));
    (device.parse().expect("a device id is a key"), address)
}

pub(crate) async fn endpoint(secret: [u8; 32]) -> Endpoint {
    Endpoint::builder(presets::Minimal)
        .secret_key(SecretKey::from_bytes(&secret))
        .clear_ip_transports()
        .bind_addr((Ipv4Addr::LOCALHOST, 0))
        .expect("an address")
        .portmapper_config(PortmapperConfig::Disabled)
        .bind()
        .await
        .expect("loopback can be bound")
}

pub(crate) fn opening(lane: u8) -> Vec<u8> {
    let mut bytes = b"sheaf\x01".to_vec();
    bytes.push(lane);
    bytes.extend(7u64.to_be_bytes());
    bytes
}

pub(crate) fn framed(frame: &[u8]) -> Vec<u8> {
    let mut bytes = (frame.len() as u32).to_be_bytes().to_vec();
    bytes.extend_from_slice(frame);
    bytes
}

/// What a hostile peer does once it is connected.
async fn misbehave(connection: &Connection, way: u64, random: &mut ChaCha8Rng, document: &[u8]) {
    let Ok(mut fast) = connection.open_bi().await else { return };
    let Ok(mut bulk) = connection.open_bi().await else { return };
    let mut noise = vec![0u8; random.random_range(1..40_000)];
    random.fill_bytes(&mut noise);
    // Refusals may come at any point; then the rest cannot be sent.
    if way != 0 {
        let _ = fast.0.write_all(&opening(0)).await;
        let _ = bulk.0.write_all(&opening(1)).await;
    }
    // A greeting as it should be: about the link, kind 1, versions 1 to 1.
    let greeting = [0, 1, 1, 1];
    let _ = match way {
        0 => fast.0.write_all(&noise).await,
        1 => fast.0.write_all(&u32::MAX.to_be_bytes()).await,
        2 => fast.0.write_all(&framed(&noise[..noise.len().min(60_000)])).await,
        3 => bulk.0.write_all(&[&65_537u32.to_be_bytes()[..], &noise].concat()).await,
        4 => fast.0.write_all(&[framed(&greeting), framed(&noise)].concat()).await,
        5 => {
            // A document by its right name, then frames of every kind, filled with noise.
            let mut bytes = framed(&greeting);
            for kind in 0..=255u8 {
                let slot: &[u8] = if kind == 0 { &[&[1][..], document].concat() } else { &[1] };
                bytes.extend(framed(&[slot, &[kind], &noise[..noise.len().min(200)]].concat()));
            }
            fast.0.write_all(&bytes).await
        }
        6 => {
            let frames = (0..50).map(|_| [&[1][..], document, &noise[..noise.len().min(900)]].concat());
            frames.for_each(|frame| drop(connection.send_datagram(frame.into())));
            fast.0.write_all(&framed(&greeting)).await
        }
        _ => fast.0.write_all(&[0, 0, 255, 0, 1, 2]).await,
    };
    let _ = tokio::time::timeout(Duration::from_millis(300), connection.closed()).await;
}

#[test]
fn random_bytes_and_oversized_lengths_change_nothing() {
    let (ada, ben) = (Person::new("Ada"), Person::new("Ben"));
    let document = ada.done(["new", "Plans"]);
    ada.done_with(["write", &document, "-"], "Untouched.\n");
    let mut ada_up = ada.up();
    let ticket = ada.done(["share", &document]);
    let (device, address) = target(&ada, &ticket);
    let name: Vec<u8> = (0..64).step_by(2).map(|at| u8::from_str_radix(&document[at..at + 2], 16).expect("hexadecimal")).collect();

    // Datagrams that are not even QUIC.
    let socket = UdpSocket::bind("127.0.0.1:0").expect("loopback can be bound");
    let mut random = ChaCha8Rng::seed_from_u64(1);
    for _ in 0..2_000 {
        let mut noise = vec![0u8; random.random_range(1..1_400)];
        random.fill_bytes(&mut noise);
        socket.send_to(&noise, address).expect("loopback takes it");
    }

    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let connected = runtime.block_on(async {
        let mut connected = 0;
        for seed in 0..32u64 {
            let mut random = ChaCha8Rng::seed_from_u64(seed);
            let endpoint = endpoint([seed as u8 + 1; 32]).await;
            let there = EndpointAddr::from_parts(device, [TransportAddr::Ip(address)]);
            if let Ok(Ok(connection)) = tokio::time::timeout(Duration::from_secs(8), endpoint.connect(there, b"sheaf/1")).await {
                connected += 1;
                misbehave(&connection, seed % 8, &mut random, &name).await;
            }
            drop(endpoint);
        }
        connected
    });
    println!("{connected} hostile connections were let in as far as a handshake");
    assert!(connected >= 24, "most got far enough to be hostile: {connected}");
    assert!(ada_up.is_running(), "the node lives");
    assert_eq!(ada.text(&document), "Untouched.");
    assert_eq!(ada.status(&document)["devices"].as_array().map(Vec::len), Some(0), "none of them became a member");

    // Honest people are served as before.
    let _ben_up = ben.up();
    ben.done(["join", &ticket]);
    ben.add(&document, "Still here.");
    eventually("Ben's words at Ada's", || ada.text(&document).contains("Still here.").then_some(()));
}
