//! The network half: links, which documents they are about, and staying in touch with everybody.
//!
//! A [`Network`] makes the endpoint when it is first needed: when a document is shared or joined, or when one was before. Until then no
//! socket is open. It brings all shared documents to life, so that they keep up whether a window shows them or not, stays linked with
//! their members, offers each link to the documents that its device is a member of, and carries frames both ways. Nothing in it waits for
//! a network while somebody edits, and nothing in it knows what a record means.

mod book;
mod config;
mod conversation;
mod fetch;
mod hub;
mod linked;
mod open;
mod own;
mod pace;
mod serve;
mod step;
mod supply;

use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sheaf_access::Route;
use sheaf_base::{DeviceId, DocumentId, Wall};
use sheaf_document::{Announcement, Lane, PeerId, Span};
use sheaf_protocol::{Dismissal, Frame, RouteHint};
use sheaf_transport::{Arrivals, Transport};
use tokio::sync::{mpsc, oneshot};
use tokio::task::AbortHandle;

use crate::engine::Engine;
use crate::event::Event;
use crate::lock::held;
use crate::peers::{LinkReport, Net, Way, Weather, Wire};
use crate::said::{Said, Tells};
use crate::task::{blocking, supervised};
use book::Book;
pub(crate) use book::from_ticket;
use hub::{Hub, is_shared};

/// How long until an endpoint that could not be made is tried again.
const AGAIN: Duration = Duration::from_secs(5);
/// How often the main task looks around while an endpoint exists.
const LOOK: Duration = Duration::from_secs(1);
/// How long nobody must be reachable before that is said.
const ALONE: Duration = Duration::from_secs(3);

/// The running network half of an engine.
pub struct Network {
    hub: Arc<Hub>,
    stop: Mutex<Option<oneshot::Sender<()>>>,
    main: AbortHandle,
    fetching: AbortHandle,
    stopped: Mutex<Option<oneshot::Receiver<()>>>,
}

impl Network {
    /// Connects an engine with the network. Returns at once; what is shared comes to life beside.
    pub async fn start(engine: &Engine) -> Network {
        let store = engine.shared.store.clone();
        let rows = blocking(move || store.read(|reader| reader.peers())).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "how devices were last reached cannot be read");
            Vec::new()
        });
        let (words, heard) = mpsc::channel(fetch::WORDS);
        let hub = Arc::new(Hub::new(engine, Book::load(rows), words));
        engine.connect(Arc::new(Connected(hub.clone())));
        let (stop, stopping) = oneshot::channel();
        let (done, stopped) = oneshot::channel();
        let main = supervised("the network", run(hub.clone(), stopping, done));
        let fetching = supervised("fetching files", fetch::run(hub.clone(), heard));
        Network { hub, stop: Mutex::new(Some(stop)), main, fetching, stopped: Mutex::new(Some(stopped)) }
    }

    /// Says goodbye to everybody and closes the sockets. Takes a round trip, or two seconds where nobody answers.
    pub async fn stop(&self) {
        if let Some(engine) = self.hub.engine() {
            engine.disconnect();
        }
        self.fetching.abort();
        let (stop, stopped) = (held(&self.stop).take(), held(&self.stopped).take());
        // A main task that has ended needs no word.
        let _ = stop.map(|stop| stop.send(()));
        if let Some(stopped) = stopped {
            drop(stopped.await);
        }
    }

    /// Tries everybody again now: the person asked for it.
    pub fn try_again(&self) {
        if let Some(transport) = &*self.hub.transport.borrow() {
            transport.try_again();
        }
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        self.main.abort();
        self.fetching.abort();
    }
}

/// The main task: endpoint, arrivals, who is wanted.
async fn run(hub: Arc<Hub>, mut stopping: oneshot::Receiver<()>, done: oneshot::Sender<()>) {
    let loading = supervised("bringing shared documents to life", bring_to_life(hub.clone()));
    let mut arrivals: Option<Arrivals> = None;
    let mut not_before = Duration::ZERO;
    loop {
        let dirty = hub.state(|state| std::mem::take(&mut state.dirty));
        for document in dirty {
            hub.tend(document);
            hub.offer_to_own(document);
        }
        hub.tend_pairs();
        if hub.state(|state| std::mem::take(&mut state.profile_changed)) && is_other_profile(&hub) {
            close(&hub, &mut arrivals).await;
            not_before = Duration::ZERO;
        }
        if arrivals.is_none() && needs_endpoint(&hub) && hub.now() >= not_before {
            arrivals = bind(&hub).await;
            not_before = hub.now() + AGAIN;
        }
        look_around(&hub);
        hub.count();
        let idle = arrivals.is_none() && !needs_endpoint(&hub);
        tokio::select! {
            _ = &mut stopping => break,
            () = hub.wake.notified() => {}
            arrival = next_arrival(&mut arrivals) => {
                let (link, inbox) = arrival;
                supervised("talking on a link", conversation::talk(hub.clone(), link, inbox));
            }
            () = tokio::time::sleep(LOOK), if !idle => {}
        }
    }
    loading.abort();
    hub.count();
    close(&hub, &mut arrivals).await;
    // Whoever asked may have gone.
    let _ = done.send(());
}

async fn next_arrival(arrivals: &mut Option<Arrivals>) -> (sheaf_transport::Link, sheaf_transport::Inbox) {
    match arrivals {
        Some(open) => match open.next().await {
            Some(arrival) => arrival,
            // Closed by somebody else than us: nothing arrives any more.
            None => std::future::pending().await,
        },
        None => std::future::pending().await,
    }
}

/// All shared documents keep up, looked at or not.
async fn bring_to_life(hub: Arc<Hub>) {
    let Some(entries) = hub.engine().map(|engine| engine.documents()) else { return };
    for entry in entries.into_iter().filter(is_shared) {
        let Some(engine) = hub.engine() else { return };
        match engine.live(entry.document).await {
            Ok(live) => {
                hub.touch(live.id());
                hub.look_for_files(live.id());
            }
            Err(error) => tracing::warn!(%error, document = %entry.document.short(), "a shared document cannot be kept up to date"),
        }
    }
    hub.loaded.send_replace(true);
    hub.wake.notify_one();
    if let Some(engine) = hub.engine() {
        engine.finish_drops().await;
    }
}

/// Whether somebody is to be reached, or may want to reach us.
fn needs_endpoint(hub: &Hub) -> bool {
    let asked = hub.state(|state| state.asked || !state.wanted.is_empty()) || !hub.own_wanted().is_empty();
    asked || hub.engine().is_some_and(|engine| engine.documents().iter().any(is_shared))
}

fn is_other_profile(hub: &Hub) -> bool {
    let chosen = hub.engine().map(|engine| engine.network_profile());
    hub.profile().is_some() && hub.profile() != chosen
}

async fn bind(hub: &Arc<Hub>) -> Option<Arrivals> {
    let engine = hub.engine()?;
    let [a, b, c, d, e, f, g, h, ..] = hub.instance;
    let instance = u64::from_be_bytes([a, b, c, d, e, f, g, h]);
    let made = match config::config(&engine.shared, instance, engine.network_profile()) {
        Ok(config) => Transport::bind(config.clone()).await.map(|made| (config, made)).map_err(|error| error.said()),
        Err(error) => Err(Said::failed(error)),
    };
    match made {
        Ok((config, (transport, arrivals))) => {
            tracing::info!(profile = %config.profile, port = transport.port(), "the endpoint is open");
            config::keep_port(&engine.shared, &config, transport.port());
            hub.state(|state| state.error = None);
            hub.transport.send_replace(Some(transport));
            hub.keep_all();
            engine.events().tell(Event::Status { document: None });
            Some(arrivals)
        }
        Err(error) => {
            // Whoever asks how the network stands is told; the log is for later.
            tracing::warn!(%error, "no endpoint");
            let news = hub.state(|state| state.error.replace(error.clone()) != Some(error));
            if news {
                engine.events().tell(Event::Status { document: None });
            }
            None
        }
    }
}

async fn close(hub: &Hub, arrivals: &mut Option<Arrivals>) {
    if let Some(transport) = hub.transport.send_replace(None) {
        transport.close().await;
    }
    *arrivals = None;
}

/// Notices when nobody can be reached, and says so after a while.
fn look_around(hub: &Hub) {
    let reached = match &*hub.transport.borrow() {
        None => !needs_endpoint(hub),
        Some(transport) => {
            hub.links().iter().any(|linked| !linked.link.is_silent())
                || transport.relay_reached() == Some(true)
                || transport.peers().is_empty()
        }
    };
    let overdue = hub.links().iter().map(|linked| linked.link.overdue()).min().unwrap_or_default();
    let (now, wall) = (hub.now(), hub.wall());
    let news = hub.state(|state| {
        if reached {
            state.alone_since = None;
            return std::mem::take(&mut state.alone_told);
        }
        // It began when somebody should have been heard, not when that was noticed.
        let since = (now.saturating_sub(overdue), Wall(wall.0.saturating_sub(overdue.as_millis() as u64)));
        let (since, _) = *state.alone_since.get_or_insert(since);
        let due = now >= since + ALONE;
        due && !std::mem::replace(&mut state.alone_told, due)
    });
    if news {
        hub.tell(Event::Status { document: None });
    }
}

/// The network, as documents use it.
struct Connected(Arc<Hub>);

impl Net for Connected {
    fn send(&self, peer: PeerId, document: DocumentId, lane: Lane, frame: Frame) {
        let Some(linked) = self.0.linked(peer) else { return };
        if matches!(frame, Frame::Welcome(_) | Frame::Granted(_) | Frame::Refuse(Dismissal::Asked)) {
            // A guest whose ticket counts is no stranger any more, nor is one who waits to be let in by theirs.
            linked.link.vouch();
        }
        linked.send(document, lane, frame, || {
            if let Some(live) = self.0.if_live(document) {
                live.link_full(peer);
            }
        });
    }

    fn supply(&self, peer: PeerId, document: DocumentId, spans: Vec<Span>) {
        if let Some(linked) = self.0.linked(peer) {
            linked.supply(document, spans);
        }
    }

    fn dismiss(&self, peer: PeerId, document: DocumentId, reason: Dismissal) {
        // Who is asked to wait is still being waited for.
        let Some(linked) = self.0.linked(peer).filter(|_| reason != Dismissal::Waiting) else { return };
        if matches!(reason, Dismissal::Removed | Dismissal::Invalid | Dismissal::Version) {
            linked.shut(document);
        }
        if linked.close(document)
            && let Some(live) = self.0.if_live(document)
        {
            live.link_down(peer);
            // It may have been the last thing that was talked about.
            self.0.let_go(linked.device());
        }
    }

    fn heard_routes(&self, _peer: PeerId, _document: DocumentId, routes: Vec<RouteHint>) {
        self.0.heard_routes(routes);
    }

    fn announced(&self, document: DocumentId, announcement: &Announcement) {
        if matches!(announcement, Announcement::Members | Announcement::State(_)) {
            self.0.touch(document);
        }
    }

    fn appeared(&self, document: DocumentId) {
        self.0.touch(document);
        self.0.look_for_files(document);
    }

    fn attached(&self, document: DocumentId) {
        self.0.look_for_files(document);
    }

    fn ended(&self, document: DocumentId) {
        self.0.document_ended(document);
    }

    fn way(&self, device: DeviceId) -> Way {
        self.0.way(device)
    }

    fn weather(&self) -> Weather {
        let running = self.0.transport.borrow().is_some();
        let (now, error, alone) = (self.0.now(), self.0.state(|state| state.error.clone()), self.0.state(|state| state.alone_since));
        let offline_since = alone.filter(|(since, _)| now >= *since + ALONE).map(|(_, wall)| wall.0);
        Weather { running, offline_since, error }
    }

    fn links(&self, about: Option<DocumentId>) -> Vec<LinkReport> {
        self.0.link_reports(about)
    }

    fn count(&self) {
        self.0.count();
    }

    fn wire(&self) -> Option<Wire> {
        let transport = self.0.transport.borrow().clone()?;
        Some(Wire { port: transport.port(), relay_reached: transport.relay_reached() })
    }

    fn routes(&self, document: DocumentId) -> Pin<Box<dyn Future<Output = Vec<Route>> + Send>> {
        let hub = self.0.clone();
        Box::pin(async move { hub.ticket_routes(document).await })
    }

    fn own_routes(&self) -> Pin<Box<dyn Future<Output = Vec<Route>> + Send>> {
        let hub = self.0.clone();
        Box::pin(async move { hub.own_route().await.iter().map(book::for_ticket).collect() })
    }

    fn devices_changed(&self) {
        self.0.devices_changed();
    }

    fn profile_changed(&self) {
        self.0.state(|state| state.profile_changed = true);
        self.0.wake.notify_one();
    }
}
