//! What others do meanwhile. Each nuisance goes on until it is told to end, and says what became of it.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use iroh::endpoint::{Connection, PortmapperConfig, RecvStream, SendStream, presets};
use iroh::{Endpoint, EndpointAddr, PublicKey, SecretKey, TransportAddr};
use serde_json::Value;
use sheaf_e2e::Person;
use tokio::runtime::Runtime;

use crate::Outcome;
use crate::typist::Typist;

/// A person's pace, in keys a second.
const PACE: u64 = 8;

/// The large paste.
const PASTE: usize = 5_000_000;

/// Something that goes on until its end.
pub(super) struct Nuisance {
    stop: Arc<AtomicBool>,
    threads: Vec<thread::JoinHandle<()>>,
    /// Kept, and let go at the end.
    kept: Vec<Box<dyn Send>>,
    say: Box<dyn FnOnce() -> String>,
}

impl Nuisance {
    fn new(say: impl FnOnce() -> String + 'static) -> Nuisance {
        Nuisance { stop: Arc::default(), threads: Vec::new(), kept: Vec::new(), say: Box::new(say) }
    }

    /// Ends it, and says what became of it.
    pub(super) fn end(self) -> String {
        self.stop.store(true, Ordering::Relaxed);
        self.threads.into_iter().for_each(|thread| drop(thread.join()));
        drop(self.kept);
        (self.say)()
    }
}

/// Three more people at each of two more nodes, who type; if it is asked for, the first pastes, too.
pub(super) fn crowd(document: &str, ticket: &str, paste: bool) -> Outcome<Nuisance> {
    let typed = Arc::new(AtomicUsize::new(0));
    let said = typed.clone();
    let mut it = Nuisance::new(move || format!(" ({} keys of theirs)", said.load(Ordering::Relaxed)));
    for name in ["Cleo", "Dan"] {
        let person = Person::new(name);
        let up = person.up();
        person.done(["join", ticket]);
        for seat in 0..3 {
            let mut typist = Typist::sit(person.home(), document)?;
            let (stop, typed, pastes) = (it.stop.clone(), typed.clone(), paste && name == "Cleo" && seat == 0);
            it.threads.push(thread::spawn(move || {
                if pastes {
                    drop(typist.insert(&"pasted words ".repeat(PASTE / 13)));
                }
                while !stop.load(Ordering::Relaxed) && typist.insert("y").is_ok() {
                    typed.fetch_add(1, Ordering::Relaxed);
                    thread::sleep(Duration::from_millis(1000 / PACE));
                }
            }));
        }
        it.kept.push(Box::new((up, person)));
    }
    Ok(it)
}

/// A member who has a link and whose machine then stands still.
pub(super) fn frozen(document: &str, ticket: &str) -> Outcome<Nuisance> {
    let person = Person::new("Eve");
    let up = person.up();
    person.done(["join", ticket]);
    drop(Typist::sit(person.home(), document)?);
    up.freeze(true);
    let mut it = Nuisance::new(String::new);
    it.kept.push(Box::new((up, person)));
    Ok(it)
}

/// Where a node is.
pub(super) struct Target {
    device: PublicKey,
    address: SocketAddr,
}

impl Target {
    /// Where a ticket leads.
    pub(super) fn of(person: &Person, ticket: &str) -> Outcome<Target> {
        let preview: Value =
            serde_json::from_str(&person.done(["--json", "join", "--preview", ticket])).map_err(|error| error.to_string())?;
        let device = preview["device"].as_str().and_then(|device| device.parse().ok()).ok_or("the ticket names no device")?;
        let route = preview["routes"][0].as_str().unwrap_or_default();
        let address = route.rsplit(' ').next().and_then(|address| address.parse().ok()).ok_or("the ticket names no address")?;
        Ok(Target { device, address })
    }

    async fn dial(&self, key: u64) -> Option<(Endpoint, Connection)> {
        let mut secret = [0xcc; 32];
        secret[..8].copy_from_slice(&key.to_le_bytes());
        let endpoint = Endpoint::builder(presets::Minimal)
            .secret_key(SecretKey::from_bytes(&secret))
            .clear_ip_transports()
            .bind_addr((Ipv4Addr::LOCALHOST, 0))
            .ok()?
            .portmapper_config(PortmapperConfig::Disabled)
            .bind()
            .await
            .ok()?;
        let there = EndpointAddr::from_parts(self.device, [TransportAddr::Ip(self.address)]);
        let connection = tokio::time::timeout(Duration::from_secs(8), endpoint.connect(there, b"sheaf/1")).await.ok()?.ok()?;
        Some((endpoint, connection))
    }
}

/// A link's two streams, opened and greeted on as an honest peer would.
async fn greet(connection: &Connection) -> Option<[(SendStream, RecvStream); 2]> {
    let (mut fast, mut bulk) = (connection.open_bi().await.ok()?, connection.open_bi().await.ok()?);
    fast.0.write_all(&opening(0)).await.ok()?;
    bulk.0.write_all(&opening(1)).await.ok()?;
    // Four bytes of length; about the link, kind 1, versions 1 to 1.
    fast.0.write_all(&[0, 0, 0, 4, 0, 1, 1, 1]).await.ok()?;
    Some([fast, bulk])
}

fn opening(lane: u8) -> Vec<u8> {
    [b"sheaf\x01", &[lane][..], &7u64.to_be_bytes()].concat()
}

fn runtime() -> Outcome<Runtime> {
    Runtime::new().map_err(|error| format!("no runtime: {error}"))
}

/// Peers that greet and then read nothing.
pub(super) fn silent(target: &Target, peers: u64) -> Outcome<Nuisance> {
    let runtime = runtime()?;
    let mut kept: Vec<Box<dyn Send>> = Vec::new();
    let mut greeted = 0;
    for key in 0..peers {
        let held = runtime.block_on(async {
            let (endpoint, connection) = target.dial(key).await?;
            let streams = greet(&connection).await?;
            Some((endpoint, connection, streams))
        });
        if let Some(held) = held {
            greeted += 1;
            kept.push(Box::new(held));
        }
    }
    kept.push(Box::new(runtime));
    let mut it = Nuisance::new(move || format!(" ({greeted} were let in)"));
    it.kept = kept;
    Ok(it)
}

/// A peer that reads a byte a second.
pub(super) fn slow(target: &Target) -> Outcome<Nuisance> {
    let runtime = runtime()?;
    let held = runtime.block_on(async {
        let (endpoint, connection) = target.dial(9_999).await?;
        let streams = greet(&connection).await?;
        Some((endpoint, connection, streams))
    });
    let (endpoint, connection, streams) = held.ok_or("the slow peer was not let in")?;
    let mut it = Nuisance::new(String::new);
    let stop = it.stop.clone();
    it.threads.push(thread::spawn(move || {
        let [mut fast, bulk] = streams;
        while !stop.load(Ordering::Relaxed) {
            runtime.block_on(async {
                let mut byte = [0];
                let _ = tokio::time::timeout(Duration::from_secs(1), fast.1.read(&mut byte)).await;
                tokio::time::sleep(Duration::from_secs(1)).await;
            });
        }
        drop((fast, bulk, connection, endpoint));
    }));
    Ok(it)
}

/// Dials from keys that nobody knows, evenly over a time.
pub(super) fn dials(target: &Target, dials: u64, within: Duration) -> Outcome<Nuisance> {
    let (device, address) = (target.device, target.address);
    let (through, made) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (said, tried) = (through.clone(), made.clone());
    let mut it = Nuisance::new(move || format!(" ({} made, {} got through)", tried.load(Ordering::Relaxed), said.load(Ordering::Relaxed)));
    let stop = it.stop.clone();
    let runtime = runtime()?;
    it.threads.push(thread::spawn(move || {
        let pause = within / u32::try_from(dials).unwrap_or(u32::MAX);
        let target = Arc::new(Target { device, address });
        runtime.block_on(async {
            for key in 0..dials {
                if stop.load(Ordering::Relaxed) {
                    return;
                }
                made.fetch_add(1, Ordering::Relaxed);
                let (target, through) = (target.clone(), through.clone());
                #[expect(clippy::disallowed_methods, reason = "a benchmark's own tasks")]
                drop(tokio::spawn(async move {
                    if target.dial(20_000 + key).await.is_some() {
                        through.fetch_add(1, Ordering::Relaxed);
                    }
                }));
                tokio::time::sleep(pause).await;
            }
        });
        runtime.shutdown_background();
    }));
    Ok(it)
}
