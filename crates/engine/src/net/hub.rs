//! What the tasks of the network half share: the endpoint, the links, the book, and who is of interest to which document.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, Weak};
use std::time::Duration;

use sheaf_access::Ticket;
use sheaf_base::{DeviceId, DocumentId, Wall};
use sheaf_document::{PeerId, State};
use sheaf_protocol::{Frame, RouteHint};
use sheaf_store::{Entry, Store};
use sheaf_transport::{Path, PathKind, Profile, Reason, Route, Transport};
use tokio::sync::{Notify, mpsc, watch};

use super::book::{self, Book};
use super::fetch::Word;
use super::linked::Linked;
use super::step::Steps;
use crate::clock::Clock;
use crate::engine::{Engine, Shared};
use crate::event::Event;
use crate::library::Standing;
use crate::live::DocumentHandle;
use crate::lock::held;
use crate::peers::LinkReport;
use crate::said::{Said, Tells};
use crate::task::supervised;

/// What the tasks of the network half share.
pub(super) struct Hub {
    pub(super) instance: [u8; 16],
    pub(super) store: Store,
    pub(super) transport: watch::Sender<Option<Transport>>,
    pub(super) wake: Notify,
    /// Whether the documents that were shared when this process began are at work.
    pub(super) loaded: watch::Sender<bool>,
    /// Weak: whoever closes the profile does not wait for the network.
    engine: Weak<Shared>,
    clock: Clock,
    state: Mutex<HubState>,
    links: Mutex<BTreeMap<PeerId, Arc<Linked>>>,
    book: Mutex<Book>,
    /// How far what is handed over has come, where somebody types.
    pub(super) steps: Steps,
    /// Something is to be done about files.
    pub(super) files: Notify,
    /// Documents of which it is to be looked up what is missing.
    files_of: Mutex<BTreeSet<DocumentId>>,
    /// Devices of this person, and one that is being linked: there is to be a link with them, whatever the documents say.
    own_wanted: Mutex<BTreeSet<DeviceId>>,
    /// What peers say about files.
    words: mpsc::Sender<Word>,
}

/// What the main task has to do, and what it has found.
#[derive(Default)]
pub(super) struct HubState {
    /// Documents whose members may have changed.
    pub(super) dirty: BTreeSet<DocumentId>,
    /// Whom each document wants to be linked with.
    pub(super) wanted: BTreeMap<DocumentId, BTreeSet<DeviceId>>,
    /// Somebody asked for a ticket's routes, so an endpoint is needed though nobody else is known yet.
    pub(super) asked: bool,
    /// The profile may have changed.
    pub(super) profile_changed: bool,
    /// What keeps the endpoint from being made.
    pub(super) error: Option<Said>,
    /// Since when nobody can be reached.
    pub(super) alone_since: Option<(Duration, Wall)>,
    /// Whether that has been told.
    pub(super) alone_told: bool,
}

impl Hub {
    pub(super) fn new(engine: &Engine, book: Book, words: mpsc::Sender<Word>) -> Hub {
        let shared = &engine.shared;
        Hub {
            instance: crate::random::bytes(),
            store: shared.store.clone(),
            transport: watch::Sender::new(None),
            wake: Notify::new(),
            loaded: watch::Sender::new(false),
            engine: Arc::downgrade(shared),
            clock: shared.clock,
            state: Mutex::default(),
            steps: Steps::default(),
            links: Mutex::default(),
            book: Mutex::new(book),
            files: Notify::new(),
            files_of: Mutex::default(),
            own_wanted: Mutex::new(shared.devices.wanted()),
            words,
        }
    }

    // ------------------------------------------------------------------------------------------------------------ the engine

    /// The engine, as long as the profile is open.
    pub(super) fn engine(&self) -> Option<Engine> {
        self.engine.upgrade().map(|shared| Engine { shared })
    }

    pub(super) fn now(&self) -> Duration {
        self.clock.now().elapsed
    }

    pub(super) fn wall(&self) -> Wall {
        self.clock.wall()
    }

    pub(super) fn state<T>(&self, use_it: impl FnOnce(&mut HubState) -> T) -> T {
        use_it(&mut held(&self.state))
    }

    pub(super) fn tell(&self, event: Event) {
        if let Some(engine) = self.engine() {
            engine.events().tell(event);
        }
    }

    pub(super) fn if_live(&self, document: DocumentId) -> Option<DocumentHandle> {
        self.engine()?.shared.if_live(document)
    }

    /// A document that others may speak of, brought to life if need be.
    pub(super) async fn document_for(&self, document: DocumentId) -> Option<DocumentHandle> {
        let engine = self.engine()?;
        let entry = engine.shared.library.entry(document)?;
        if !is_shared(&entry) {
            return None;
        }
        if let Some(live) = engine.shared.if_live(document) {
            return Some(live);
        }
        match engine.live(document).await {
            Ok(live) => Some(live),
            Err(error) => {
                tracing::warn!(%error, document = %document.short(), "a document that a peer speaks of cannot be opened");
                None
            }
        }
    }

    /// Every document that this device shares with another, by its own fold, with the digest of what it holds.
    pub(super) fn shared_with(&self, device: DeviceId) -> BTreeMap<DocumentId, [u8; 32]> {
        let Some(engine) = self.engine() else { return BTreeMap::new() };
        let shared = engine.living().into_iter().filter_map(|live| {
            let facts = live.facts();
            (facts.state == State::Ready && facts.is_member(&device)).then(|| (live.id(), facts.frontier))
        });
        shared.collect()
    }

    // ------------------------------------------------------------------------------------------------------------ interest

    /// A document's members, or its being there at all, may have changed.
    pub(super) fn touch(&self, document: DocumentId) {
        self.state(|state| state.dirty.insert(document));
        self.wake.notify_one();
    }

    /// Finds out whom a document wants to be linked with, keeps those linked, and offers it the links that are there.
    pub(super) fn tend(&self, document: DocumentId) {
        let now = self.interest(document);
        let devices: BTreeSet<DeviceId> = now.iter().map(|route| route.device).collect();
        let before =
            self.state(
                |state| {
                    if devices.is_empty() { state.wanted.remove(&document) } else { state.wanted.insert(document, devices.clone()) }
                },
            );
        for route in now {
            self.keep(&route);
        }
        if let Some(live) = self.if_live(document) {
            for linked in self.links_to_any(&devices) {
                if linked.is_ready() {
                    self.offer(&linked, &live, None);
                }
            }
        }
        // Whoever leaves has yet to say so; whoever was removed has nothing to say.
        let was_removed = |live: &DocumentHandle| live.facts().state == State::Left && live.facts().removed.is_some();
        if let Some(live) = self.if_live(document).filter(was_removed) {
            self.close_everywhere(&live);
        }
        for device in before.unwrap_or_default().difference(&devices) {
            self.let_go(*device);
        }
    }

    /// The devices that there is to be a link with, whatever the documents say, as this was last looked at.
    pub(super) fn own_wanted(&self) -> MutexGuard<'_, BTreeSet<DeviceId>> {
        held(&self.own_wanted)
    }

    /// Nobody talks with this device about a document any more.
    fn close_everywhere(&self, live: &DocumentHandle) {
        for linked in self.links() {
            if linked.close(live.id()) {
                live.link_down(linked.peer());
            }
        }
    }

    /// The devices of a document's members, or, while it waits for its first copy, those that its ticket names.
    fn interest(&self, document: DocumentId) -> Vec<Route> {
        let Some(engine) = self.engine() else { return Vec::new() };
        let Some(entry) = engine.shared.library.entry(document).filter(|entry| entry.trashed.is_none()) else { return Vec::new() };
        let me = engine.device();
        let mut routes = Vec::new();
        // Whoever was removed, or has left, does not go on knocking by the ticket of then.
        if engine.shared.if_live(document).is_some_and(|live| live.facts().state == State::Left) {
            return routes;
        }
        if let Some(ticket) = ticket(&entry) {
            routes.extend(ticket.routes.iter().map(book::from_ticket));
            routes.push(Route::bare(ticket.inviter));
        }
        // What a folder lists anybody in it may have.
        if let Some(folder) = entry.folder.filter(|_| entry.placeholder).and_then(|folder| engine.shared.if_live(folder)) {
            routes.extend(folder.facts().members.iter().map(|member| self.route_to(member.device)));
        }
        if let Some(facts) = engine.shared.if_live(document).map(|live| live.facts()) {
            routes.extend(facts.members.iter().map(|member| self.route_to(member.device)));
        }
        routes.retain(|route| route.device != me);
        routes
    }

    pub(super) fn route_to(&self, device: DeviceId) -> Route {
        held(&self.book).route(device)
    }

    /// Stays linked with a device, if there is an endpoint.
    pub(super) fn keep(&self, route: &Route) {
        if let Some(transport) = &*self.transport.borrow() {
            let mut known = self.route_to(route.device);
            for address in &route.addresses {
                if !known.addresses.contains(address) {
                    known.addresses.push(*address);
                }
            }
            known.relay = route.relay.clone().or(known.relay);
            transport.keep(&known, self.last_heard(route.device));
        }
    }

    /// When a device was last heard itself, in milliseconds since 1970; 0: never.
    fn last_heard(&self, device: DeviceId) -> u64 {
        held(&self.book).get(device).map_or(0, |known| known.seen.0)
    }

    /// Keeps everybody who is wanted, those first that were heard last: the endpoint is new.
    pub(super) fn keep_all(&self) {
        let documents: Vec<DocumentId> = self.state(|state| state.wanted.keys().copied().collect());
        let mut routes: Vec<Route> = documents.into_iter().flat_map(|document| self.interest(document)).collect();
        routes.sort_by_cached_key(|route| std::cmp::Reverse(self.last_heard(route.device)));
        for route in routes {
            self.keep(&route);
        }
        self.keep_own();
    }

    pub(super) fn is_wanted(&self, device: DeviceId) -> bool {
        self.own_wanted().contains(&device) || self.state(|state| state.wanted.values().any(|devices| devices.contains(&device)))
    }

    /// A document has no more to do with a device. If no other has either, the link goes, once the device has been told.
    pub(super) fn let_go(&self, device: DeviceId) {
        if self.is_wanted(device) {
            return;
        }
        if let Some(transport) = &*self.transport.borrow() {
            transport.forget(device);
        }
        for linked in self.links_to_any(&BTreeSet::from([device])) {
            if linked.documents().is_empty() {
                let link = linked.link.clone();
                supervised("taking leave", async move { link.leave(Reason::Dismissed, "no document is shared any more").await });
            }
        }
    }

    // ------------------------------------------------------------------------------------------------------------ files

    /// A document may refer to files that are not here.
    pub(super) fn look_for_files(&self, document: DocumentId) {
        held(&self.files_of).insert(document);
        self.files.notify_one();
    }

    /// The documents of which that was said.
    pub(super) fn take_files(&self) -> BTreeSet<DocumentId> {
        std::mem::take(&mut *held(&self.files_of))
    }

    /// A peer has said something about a file. Dropped if more wait than were asked for: who was asked is asked again.
    pub(super) fn hear_file(&self, word: Word) {
        drop(self.words.try_send(word));
    }

    // ------------------------------------------------------------------------------------------------------------ links

    pub(super) fn linked(&self, peer: PeerId) -> Option<Arc<Linked>> {
        held(&self.links).get(&peer).cloned()
    }

    pub(super) fn links(&self) -> Vec<Arc<Linked>> {
        held(&self.links).values().cloned().collect()
    }

    fn links_to_any(&self, devices: &BTreeSet<DeviceId>) -> Vec<Arc<Linked>> {
        held(&self.links).values().filter(|linked| devices.contains(&linked.device())).cloned().collect()
    }

    pub(super) fn link_up(&self, linked: &Arc<Linked>) {
        held(&self.links).insert(linked.peer(), linked.clone());
        if self.is_wanted(linked.device()) {
            linked.link.vouch();
        }
        self.seen(linked);
        self.tell_path(linked, linked.link.path().as_ref());
        self.wake.notify_one();
    }

    pub(super) fn link_down(&self, linked: &Linked) {
        self.count();
        held(&self.links).remove(&linked.peer());
        for document in linked.documents() {
            linked.close(document);
            if let Some(live) = self.if_live(document) {
                live.link_down(linked.peer());
            }
        }
        if self.is_wanted(linked.device()) || !self.shared_with(linked.device()).is_empty() {
            let news = held(&self.book).seen(&Route::bare(linked.device()), self.wall());
            self.write(news);
        }
        self.tell(Event::Link { device: linked.device(), up: false, path: None });
        self.wake.notify_one();
    }

    pub(super) fn path_changed(&self, linked: &Linked, path: &Path) {
        self.seen(linked);
        self.tell_path(linked, Some(path));
    }

    fn tell_path(&self, linked: &Linked, path: Option<&Path>) {
        let path = path.map(words);
        if linked.path_is_news(path.clone()) {
            self.tell(Event::Link { device: linked.device(), up: true, path });
        }
    }

    /// Books where a device is, and lets the documents that it is in pass that on. A stranger is not booked.
    pub(super) fn seen(&self, linked: &Linked) {
        if !self.is_wanted(linked.device()) {
            return;
        }
        let route = self.tellable(&linked.link.seen_at());
        let news = held(&self.book).seen(&route, self.wall());
        self.write(news);
    }

    /// A document takes part in a link.
    pub(super) fn offer(&self, linked: &Linked, live: &DocumentHandle, settled: Option<[u8; 32]>) {
        if live.facts().is_member(&linked.device()) {
            linked.link.vouch();
            self.seen(linked);
        }
        live.pass_on(self.hints(live));
        linked.offer(live, settled);
    }

    /// Offers a link to all documents that its device is wanted by.
    pub(super) fn offer_all(&self, linked: &Linked) {
        let device = linked.device();
        let documents: Vec<DocumentId> = self
            .state(|state| state.wanted.iter().filter(|(_, devices)| devices.contains(&device)).map(|(document, _)| *document).collect());
        for document in documents {
            if let Some(live) = self.if_live(document) {
                self.offer(linked, &live, None);
            }
        }
    }

    /// The fast lane has room again.
    pub(super) fn freed(&self, linked: &Linked) {
        for document in linked.freed() {
            if let Some(live) = self.if_live(document) {
                live.link_free(linked.peer());
            }
        }
    }

    /// A supply has been handed over.
    pub(super) fn supplied(&self, linked: &Linked, document: DocumentId) {
        if linked.supplied(document)
            && let Some(live) = self.if_live(document)
        {
            live.link_free(linked.peer());
        }
    }

    /// A document has ended: its peers are told, and take part no more.
    pub(super) fn document_ended(&self, document: DocumentId) {
        for linked in self.links() {
            if linked.is_open(document) {
                linked.say(document, &Frame::Bye);
                linked.close(document);
            }
        }
        self.touch(document);
    }

    // ------------------------------------------------------------------------------------------------------------ routes

    pub(super) fn profile(&self) -> Option<Profile> {
        self.transport.borrow().as_ref().map(|transport| transport.profile().clone())
    }

    fn tellable(&self, route: &Route) -> Route {
        match self.profile() {
            Some(profile) => book::tellable(route, &profile),
            None => Route::bare(route.device),
        }
    }

    /// How the members of a document were last reached, and how this device is.
    fn hints(&self, live: &DocumentHandle) -> Vec<RouteHint> {
        let own = self.transport.borrow().as_ref().map(Transport::route);
        let facts = live.facts();
        let others = facts.members.iter().filter(|member| !member.mine).map(|member| self.tellable(&self.route_to(member.device)));
        own.into_iter().chain(others).filter(|route| !route.is_bare()).map(|route| book::hint(&route)).collect()
    }

    /// A member says how others were reached.
    pub(super) fn heard_routes(&self, hints: Vec<RouteHint>) {
        for hint in hints {
            match book::decode(hint.device, &hint.route) {
                Ok(route) => {
                    let news = held(&self.book).told(&route);
                    self.write(news);
                    self.keep(&route);
                }
                Err(error) => tracing::debug!(%error, device = %hint.device.short(), "a route that cannot be read"),
            }
        }
    }

    /// The route to this device, for a ticket; makes the endpoint, if there is none.
    pub(super) async fn own_route(&self) -> Option<Route> {
        self.state(|state| state.asked = true);
        self.wake.notify_one();
        let mut transports = self.transport.subscribe();
        let found = tokio::time::timeout(ENDPOINT_PATIENCE, transports.wait_for(Option::is_some)).await;
        let transport = found.ok().and_then(Result::ok).and_then(|transport| transport.clone())?;
        Some(transport.route_within(ROUTE_PATIENCE).await)
    }

    /// The routes for a ticket: this device's, then those of other members, the linked ones first.
    pub(super) async fn ticket_routes(&self, document: DocumentId) -> Vec<sheaf_access::Route> {
        let Some(own) = self.own_route().await else { return Vec::new() };
        let mut routes = vec![own];
        let mut others: Vec<(bool, Route)> = match self.if_live(document) {
            Some(live) => {
                live.facts().members.iter().filter(|member| !member.mine).map(|member| self.ticket_route(member.device)).collect()
            }
            None => Vec::new(),
        };
        others.retain(|(_, route)| !route.is_bare());
        others.sort_by_key(|(linked, _)| !linked);
        routes.extend(others.into_iter().take(TICKET_OTHERS).map(|(_, route)| route));
        routes.iter().map(book::for_ticket).collect()
    }

    fn ticket_route(&self, device: DeviceId) -> (bool, Route) {
        (!self.links_to_any(&BTreeSet::from([device])).is_empty(), self.tellable(&self.route_to(device)))
    }

    // ------------------------------------------------------------------------------------------------------------ facts

    pub(super) fn link_reports(&self, about: Option<DocumentId>) -> Vec<LinkReport> {
        let report = |linked: Arc<Linked>| {
            let (path, traffic) = (linked.link.path(), linked.link.traffic());
            LinkReport {
                device: linked.device(),
                direct: path.as_ref().map(|path| matches!(path.kind, PathKind::Direct(_))),
                round_trip: path.map(|path| path.rtt),
                up: linked.link.age(),
                session: about.map(|document| linked.session(document)),
                documents: linked.documents().len(),
                frames_in: traffic.frames_in,
                bytes_in: traffic.bytes_in,
                frames_out: traffic.frames_out,
                bytes_out: traffic.bytes_out,
            }
        };
        let talks = |linked: &Arc<Linked>| about.is_none_or(|document| linked.is_open(document));
        self.links().into_iter().filter(talks).map(report).collect()
    }

    /// Adds what has gone over the links since the last time to this device's statistics.
    pub(super) fn count(&self) {
        let carried = self.links().iter().map(|linked| linked.uncounted()).fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
        if let Some(engine) = self.engine() {
            engine.shared.statistics.carried(&engine.shared, carried.0, carried.1);
        }
    }

    pub(super) fn way(&self, device: DeviceId) -> crate::peers::Way {
        let linked = self.links_to_any(&BTreeSet::from([device]));
        let path = linked.iter().find_map(|linked| linked.link.path());
        let seen = Some(self.last_heard(device)).filter(|seen| *seen > 0);
        let reason = match &*self.transport.borrow() {
            _ if !linked.is_empty() => None,
            Some(transport) => transport.peer(device).and_then(|facts| facts.last_error).map(|error| error.said()),
            None => self.state(|state| state.error.clone()),
        };
        crate::peers::Way {
            linked: !linked.is_empty(),
            direct: path.as_ref().map(|path| matches!(path.kind, PathKind::Direct(_))),
            rtt_ms: path.map(|path| u64::try_from(path.rtt.as_millis()).unwrap_or(u64::MAX)),
            last_seen: if linked.is_empty() { seen } else { Some(self.wall().0) },
            reason,
        }
    }

    fn write(&self, news: Option<sheaf_store::Batch>) {
        if let (Some(batch), Some(engine)) = (news, self.engine()) {
            engine.shared.write_aside(batch, "how a device was reached");
        }
    }
}

/// How long a share waits for the endpoint, and then for the endpoint to know where it is.
const ENDPOINT_PATIENCE: Duration = Duration::from_secs(10);
const ROUTE_PATIENCE: Duration = Duration::from_secs(2);
/// Routes of other members in a ticket.
const TICKET_OTHERS: usize = 3;

/// Whether others may speak of a document: it was shared, or it is being joined.
pub(super) fn is_shared(entry: &Entry) -> bool {
    entry.trashed.is_none() && (entry.placeholder || matches!(Standing::of(entry), Standing::Shared | Standing::Left | Standing::Removed))
}

/// The ticket that an entry follows.
pub(super) fn ticket(entry: &Entry) -> Option<Ticket> {
    let text = entry.ticket.as_ref().and_then(|bytes| std::str::from_utf8(bytes).ok())?;
    Ticket::parse(text).ok()
}

fn words(path: &Path) -> String {
    match path.kind {
        PathKind::Direct(_) => "direct".into(),
        PathKind::Relayed(_) => "relayed".into(),
    }
}
