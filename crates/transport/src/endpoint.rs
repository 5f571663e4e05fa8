//! The endpoint of this process, from the first share or join to the end of the program.

use std::{
    cmp::Reverse,
    collections::BTreeMap,
    mem::ManuallyDrop,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use iroh::{
    Endpoint, Watcher,
    address_lookup::AddrFilter,
    endpoint::{Connection, RelayStatus, VarInt},
};
use iroh_mdns_address_lookup::{DiscoveryEvent, MdnsAddressLookup};
use n0_future::StreamExt;
use sheaf_base::DeviceId;
use tokio::{sync::mpsc, task::JoinHandle, time::Instant};

use crate::{
    dial::{Kept, PeerFacts, plainly},
    door, keeper,
    link::{Inbox, Link, LinkId, Path, PathKind, Reason, Shared},
    links::{Links, STRANGER_TIME},
    lock::lock,
    opening::{Opened, OpeningError},
    profile::{Config, Profile},
    route::{Route, device},
    silence,
    task::supervised,
    turns::Turns,
    weather,
};

/// Dials under way at once: a thousand known devices are not dialed in one moment. A dial that nobody answers is some ten packets of 1200 bytes in the
/// ten seconds that it may take, so this many are no more than 40 kB a second, and a hundred devices that are away are through within 40 s.
const DIALS: usize = 32;
/// Of these for devices that were linked in this process run: when the machine wakes up, or the network is back, whoever was there comes first.
const DIALS_LATELY: usize = 8;
/// New links that wait for the caller to take them.
const ARRIVALS: usize = 16;
/// Addresses that we give away in our own route.
const OWN_ADDRESSES: usize = 8;
/// How often the kept port is asked for, and how long between: as long as an endpoint of ours with unanswered dials takes to let it go.
const PORT_TRIES: u32 = 50;
const PORT_PAUSE: Duration = Duration::from_millis(80);
/// How long the closing endpoint is waited for. Every link has said goodbye by then; what may take longer are dials that nobody answers,
/// which QUIC keeps for some three seconds.
const CLOSING: Duration = Duration::from_secs(1);
/// After so long a relay that has not answered does not answer. Where UDP is blocked iroh tries that for some six seconds before it asks a relay.
const RELAY_FOUND: Duration = Duration::from_secs(10);
/// The name under which we announce ourselves on the local network.
const SERVICE: &str = "sheaf";

/// Why no endpoint came to be.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    /// The socket's address is not to be had.
    #[error("cannot listen on {address}: {cause}")]
    Socket {
        /// Where we wanted to listen.
        address: SocketAddr,
        /// What the system said.
        cause: String,
    },
    /// A server's URL is not one.
    #[error("{0:?} is not the URL of a server; it looks like https://relay.example.org")]
    Url(String),
    /// What should be certificates is none.
    #[error("the certificates that servers are to be known by cannot be read: they must be in PEM, with -----BEGIN CERTIFICATE-----")]
    Authorities,
    /// The endpoint could not be made.
    #[error("cannot start networking: {0}")]
    Endpoint(String),
    /// Multicast DNS could not be started.
    #[error("cannot look for devices on the local network: {0}")]
    LocalNetwork(String),
}

/// The endpoint of this process. Cheap to clone; [`Transport::close`] ends it for all.
#[derive(Clone)]
pub struct Transport(Arc<Node>);

/// Where new links come out.
pub struct Arrivals(mpsc::Receiver<(Link, Inbox)>);

pub(crate) struct Node {
    pub(crate) config: Config,
    pub(crate) endpoint: Endpoint,
    pub(crate) links: Arc<Links>,
    pub(crate) dials: Arc<Turns>,
    me: DeviceId,
    since: Instant,
    /// Every link has fallen silent, and the relay takes no connection either: see `silence`.
    pub(crate) relay_silent: AtomicBool,
    kept: Mutex<BTreeMap<DeviceId, Arc<Kept>>>,
    arrivals: mpsc::Sender<(Link, Inbox)>,
    next_link: AtomicU64,
    tasks: Mutex<Vec<JoinHandle<()>>>,
}

impl Arrivals {
    /// The next new link, dialed by either side; None when the transport has been closed.
    pub async fn next(&mut self) -> Option<(Link, Inbox)> {
        self.0.recv().await
    }
}

impl Transport {
    /// Makes the endpoint. Waits for sockets only, never for a network.
    pub async fn bind(config: Config) -> Result<(Transport, Arrivals), BindError> {
        let endpoint = bind_endpoint(&config).await?;
        let me = device(endpoint.id());
        let (arrivals, out) = mpsc::channel(ARRIVALS);
        let local_network = if config.multicast() { Some(announce(&endpoint)?) } else { None };
        let node = Arc::new(Node {
            config,
            endpoint,
            links: Links::new(me),
            dials: Turns::new(DIALS, DIALS_LATELY),
            me,
            since: Instant::now(),
            relay_silent: AtomicBool::new(false),
            kept: Mutex::default(),
            arrivals,
            next_link: AtomicU64::new(1),
            tasks: Mutex::default(),
        });
        let mut tasks = vec![
            supervised("letting dials in", door::keep_open(node.clone())),
            supervised("watching the network", weather::watch(node.clone())),
            supervised("listening for silence", silence::watch(node.clone())),
        ];
        if let Some(local_network) = local_network {
            tasks.push(supervised("looking around the local network", look_around(node.clone(), local_network)));
        }
        *lock(&node.tasks) = tasks;
        Ok((Transport(node), Arrivals(out)))
    }

    /// This device.
    pub fn device(&self) -> DeviceId {
        self.0.me
    }

    /// The network profile it was made with.
    pub fn profile(&self) -> &Profile {
        &self.0.config.profile
    }

    /// The UDP port it listens on, to be kept for next time; None if it opens none.
    pub fn port(&self) -> Option<u16> {
        self.0.endpoint.bound_sockets().first().map(SocketAddr::port)
    }

    /// How others may reach this device just now, as far as the profile lets us say.
    pub fn route(&self) -> Route {
        let mut route = Route::bare(self.0.me);
        let address = self.0.endpoint.addr();
        match &self.0.config.profile {
            Profile::Anywhere => route.relay = address.relay_urls().next().map(ToString::to_string),
            Profile::OwnRelay(url) => route.relay = Some(url.clone()),
            Profile::Local | Profile::Direct => {
                route.addresses = address.ip_addrs().copied().filter(|address| !is_link_local(address)).take(OWN_ADDRESSES).collect();
            }
        }
        route
    }

    /// Like [`Transport::route`], but waits a little while it would be bare.
    pub async fn route_within(&self, patience: Duration) -> Route {
        let mut addresses = self.0.endpoint.watch_addr();
        let _ = tokio::time::timeout(patience, async { while self.route().is_bare() && addresses.updated().await.is_ok() {} }).await;
        self.route()
    }

    /// Stays linked with a device from now on: dials it, and dials again whenever the link is lost. What is known of the way is
    /// added to what was known before. Keeping a device also vouches for links that it dials. Devices that were linked last are dialed
    /// first; `seen` says when this one was, as far as the caller remembers, in milliseconds since 1970 (0: never).
    pub fn keep(&self, route: &Route, seen: u64) {
        if route.device == self.0.me {
            return;
        }
        let kept = lock(&self.0.kept).entry(route.device).or_insert_with(|| Kept::start(&self.0, route, seen)).clone();
        kept.learn(route);
        for link in self.0.links.of(route.device) {
            link.vouch();
        }
    }

    /// Dials a device no more. A link that is up stays up.
    pub fn forget(&self, device: DeviceId) {
        if let Some(kept) = lock(&self.0.kept).remove(&device) {
            kept.stop();
        }
    }

    /// Tries all kept devices again now: the person asked, or the network came back.
    pub fn try_again(&self) {
        self.0.try_all_again();
    }

    /// The kept devices.
    pub fn peers(&self) -> Vec<PeerFacts> {
        lock(&self.0.kept).values().map(|kept| kept.facts()).collect()
    }

    /// A kept device.
    pub fn peer(&self, device: DeviceId) -> Option<PeerFacts> {
        lock(&self.0.kept).get(&device).map(|kept| kept.facts())
    }

    /// The open links.
    pub fn links(&self) -> Vec<Link> {
        self.0.links.all()
    }

    /// Whether a relay answers; None where the profile uses none, and at first, until the answer is known.
    pub fn relay_reached(&self) -> Option<bool> {
        if !self.0.config.profile.uses_relays() {
            return None;
        }
        if self.0.relay_silent.load(Ordering::Relaxed) {
            return Some(false);
        }
        let relays = self.0.endpoint.home_relay_status().get();
        // A link may go through a relay before iroh has settled which one this device is at home on.
        let goes_through = || self.links().iter().any(|link| matches!(link.path(), Some(Path { kind: PathKind::Relayed(_), .. })));
        if relays.iter().any(RelayStatus::is_connected) || goes_through() {
            return Some(true);
        }
        let failed = relays.iter().any(|relay| relay.last_error().is_some());
        (failed || self.0.since.elapsed() > RELAY_FOUND).then_some(false)
    }

    /// Takes everything down: links hand over what waits and say goodbye, the sockets close. Takes up to two seconds where
    /// peers do not answer, usually a round trip. The port is free again when the last clone of this is dropped, or, if a dial was under
    /// way that nobody answers, some three seconds later.
    pub async fn close(&self) {
        let kept = std::mem::take(&mut *lock(&self.0.kept));
        kept.values().for_each(|kept| kept.stop());
        let mut farewells = tokio::task::JoinSet::new();
        for link in self.0.links.all() {
            farewells.spawn(async move { link.leave(Reason::Gone, "the program ends").await });
        }
        farewells.join_all().await;
        let closing = supervised("closing the endpoint", close_whole(self.0.endpoint.clone()));
        let _ = tokio::time::timeout(CLOSING, closing).await;
        let tasks = std::mem::take(&mut *lock(&self.0.tasks));
        for task in tasks {
            task.abort();
            // An aborted task is what we want.
            let _ = task.await;
        }
    }
}

impl Node {
    /// Makes a link of an opened connection, unless there is one already that is to be kept.
    pub(crate) async fn adopt(self: &Arc<Self>, connection: Connection, opened: Opened, we_dialed: bool) {
        let id = LinkId(self.next_link.fetch_add(1, Ordering::Relaxed));
        let shared = match Shared::new(id, &connection, opened.instance, we_dialed) {
            Ok(shared) => shared,
            Err(words) => return connection.close(VarInt::from_u32(Reason::Fault as u32), words.as_bytes()),
        };
        let link = Link(Arc::new(shared));
        let device = link.peer().device;
        if we_dialed || lock(&self.kept).contains_key(&device) {
            link.vouch();
        }
        if !self.links.admit(&link) {
            return;
        }
        self.links_changed(device);
        self.links.limit_strangers();
        let (inbox, feeds) = keeper::inbox(link.clone());
        let node = self.clone();
        let kept = link.clone();
        supervised("keeping a link", async move {
            let _registered = Registered { node: node.clone(), link: kept.clone() };
            let down = keeper::keep(&kept, connection, opened, feeds).await;
            tracing::debug!(link = ?kept, %down, "a link ended");
        });
        if !link.is_vouched() {
            supervised("waiting for a word for a stranger", show_out(link.clone()));
        }
        // A closed transport takes no more links.
        if self.arrivals.send((link.clone(), inbox)).await.is_err() {
            link.close(Reason::Gone, "the program ends");
        }
    }

    /// Ends a connection of which no link came.
    pub(crate) fn decline(connection: &Connection, error: &OpeningError) {
        let reason = match error {
            OpeningError::Version(_) => Reason::Version,
            OpeningError::Silent(_) | OpeningError::NotSheaf => Reason::Malformed,
            OpeningError::Ended(_) => Reason::Gone,
        };
        tracing::debug!(%error, "no link came of a connection");
        connection.close(VarInt::from_u32(reason as u32), error.to_string().as_bytes());
    }

    pub(crate) fn try_all_again(&self) {
        let mut kept: Vec<Arc<Kept>> = lock(&self.kept).values().cloned().collect();
        // In this order they come to the places of dials.
        kept.sort_by_cached_key(|kept| Reverse(kept.seen()));
        kept.iter().for_each(|kept| kept.try_again());
    }

    /// Whether somebody can be asked for an address that is not known.
    pub(crate) fn can_look_up(&self) -> bool {
        self.config.profile == Profile::Anywhere || self.config.multicast()
    }

    /// A seed for waits that differ between processes and devices.
    pub(crate) fn jitter(&self, device: DeviceId) -> u64 {
        let [first, second, third, fourth, fifth, sixth, seventh, eighth, ..] = device.0;
        self.config.instance ^ u64::from_be_bytes([first, second, third, fourth, fifth, sixth, seventh, eighth])
    }

    fn links_changed(&self, device: DeviceId) {
        if let Some(kept) = lock(&self.kept).get(&device) {
            kept.links_changed(self.links.of(device).len());
        }
    }
}

/// A link's place among the open ones, given up however its keeper ends.
struct Registered {
    node: Arc<Node>,
    link: Link,
}

impl Drop for Registered {
    fn drop(&mut self) {
        self.node.links.remove(self.link.peer(), self.link.id());
        self.node.links_changed(self.link.peer().device);
    }
}

async fn show_out(link: Link) {
    tokio::time::sleep(STRANGER_TIME).await;
    if !link.is_vouched() {
        link.close(Reason::Stranger, "this device is not known here");
    }
}

/// Closes an endpoint to the end, however long that takes. If the program ends first, nobody is left to be told: then the endpoint goes with
/// the process, for dropped half closed it would cry that it was never closed.
async fn close_whole(endpoint: Endpoint) {
    let endpoint = ManuallyDrop::new(endpoint);
    endpoint.close().await;
    drop(ManuallyDrop::into_inner(endpoint));
}

/// Binds to the kept port, or to any other if that one stays taken: a socket of ours that has just been closed needs a moment.
async fn bind_endpoint(config: &Config) -> Result<Endpoint, BindError> {
    let mut tries = config.port.map_or(0, |_| PORT_TRIES);
    loop {
        let port = if tries > 0 { config.port.unwrap_or(0) } else { 0 };
        match config.builder(port)?.bind().await {
            Ok(endpoint) => return Ok(endpoint),
            Err(error) if tries > 0 => {
                tries -= 1;
                tracing::debug!(port, error = %plainly(&error), "the kept port is not to be had yet");
                tokio::time::sleep(PORT_PAUSE).await;
            }
            Err(error) => return Err(BindError::Endpoint(plainly(&error))),
        }
    }
}

fn announce(endpoint: &Endpoint) -> Result<MdnsAddressLookup, BindError> {
    let local_network = MdnsAddressLookup::builder()
        .service_name(SERVICE)
        .addr_filter(AddrFilter::ip_only())
        .build(endpoint.id())
        .map_err(|error| BindError::LocalNetwork(plainly(&error)))?;
    let lookups = endpoint.address_lookup().map_err(|error| BindError::Endpoint(plainly(&error)))?;
    lookups.add(local_network.clone());
    Ok(local_network)
}

/// A kept device that shows up on the local network is dialed at once.
async fn look_around(node: Arc<Node>, local_network: MdnsAddressLookup) {
    let mut events = local_network.subscribe().await;
    loop {
        let event = tokio::select! {
            event = events.next() => event,
            () = node.endpoint.closed() => return,
        };
        match event {
            Some(DiscoveryEvent::Discovered { endpoint_info, .. }) => {
                let kept = lock(&node.kept).get(&device(endpoint_info.endpoint_id)).cloned();
                if let Some(kept) = kept {
                    kept.try_again();
                }
            }
            Some(_) => {}
            None => return,
        }
    }
}

fn is_link_local(address: &SocketAddr) -> bool {
    match address {
        SocketAddr::V4(v4) => v4.ip().is_link_local(),
        SocketAddr::V6(v6) => v6.ip().is_unicast_link_local(),
    }
}
