//! Between devices of one person: finding out that they are that, and offering one another the documents that the other is not in.
//!
//! Offers go to noted devices and are taken from noted devices only; a stranger's are not even looked at. What was once taken out of a document is
//! not offered it again, and what this device has put away or left is not taken again.

use std::collections::BTreeSet;
use std::sync::Arc;

use sheaf_access::{Role, Ticket, TicketKind};
use sheaf_base::{DeviceId, DocumentId};
use sheaf_document::{Act, Opening};
use sheaf_protocol::{Accept, DROPPED, LinkFrame, OFFERS, Offer, OnLink, PairFrame};
use sheaf_store::Entry;

use super::book;
use super::hub::{Hub, ticket};
use super::linked::Linked;
use crate::devices::{OwnDevice, device_name};
use crate::engine::Engine;
use crate::event::Event;
use crate::library::Standing;
use crate::live::{DocumentHandle, Question};
use crate::task::{blocking, supervised};

/// Documents that wait to be added here, at most: a library, several times over. What is offered beyond is offered again on the next link.
const EXPECTED: usize = 10_000;

impl Hub {
    // ------------------------------------------------------------------------------------------------------------ being linked with them

    /// Stays linked with all devices of this person, and with the one that is being linked.
    pub(super) fn keep_own(&self) {
        let Some(engine) = self.engine() else { return };
        let devices = &engine.shared.devices;
        devices.routes().iter().map(book::from_ticket).for_each(|route| self.keep(&route));
        devices.own().into_iter().for_each(|own| self.keep(&self.route_to(own.device)));
    }

    /// Which devices are this person's changed, or how far a linking is.
    pub(super) fn devices_changed(self: &Arc<Hub>) {
        let Some(engine) = self.engine() else { return };
        self.keep_own();
        self.say_pairs(&engine);
        self.settle_pairs(&engine);
        let mut wanted = engine.shared.devices.wanted();
        std::mem::swap(&mut wanted, &mut self.own_wanted());
        for device in wanted {
            self.let_go(device);
        }
        for linked in self.links() {
            self.tell_dropped(&engine, &linked);
        }
        self.wake.notify_one();
    }

    /// Looks after a linking that is under way.
    pub(super) fn tend_pairs(self: &Arc<Hub>) {
        let Some(engine) = self.engine().filter(|engine| engine.shared.devices.is_linking()) else { return };
        self.knock(&engine);
        self.settle_pairs(&engine);
    }

    /// Both have greeted on this link, and both speak of devices.
    pub(super) fn greets_own(self: &Arc<Hub>, linked: &Arc<Linked>) {
        let Some(engine) = self.engine() else { return };
        self.knock(&engine);
        self.tell_dropped(&engine, linked);
        self.offer_all_own(linked);
    }

    // ------------------------------------------------------------------------------------------------------------ finding out

    /// Shows the ticket that is followed to its maker, on one link at a time.
    fn knock(&self, engine: &Engine) {
        let devices = &engine.shared.devices;
        let links: Vec<Arc<Linked>> = self.links().into_iter().filter(|linked| linked.speaks_of_devices()).collect();
        let talks_on = devices.talks_on();
        if talks_on.is_some_and(|on| links.iter().any(|linked| *linked.link.keying() == on)) {
            return;
        }
        for linked in links {
            let on = OnLink { device: linked.device(), exporter: linked.link.keying() };
            if let Some(knock) = devices.knock(on, &device_name(&engine.shared)) {
                linked.link.vouch();
                linked.tell(&LinkFrame::Pair(knock));
                return;
            }
        }
    }

    /// The other side of a linking says something.
    pub(super) fn hear_pair(self: &Arc<Hub>, linked: &Arc<Linked>, frame: PairFrame) {
        let Some(engine) = self.engine() else { return };
        let on = OnLink { device: linked.device(), exporter: linked.link.keying() };
        if let Some(answer) = engine.shared.devices.hear(frame, on, self.now(), &device_name(&engine.shared)) {
            if matches!(answer, PairFrame::Answer { .. }) {
                // Whoever has the ticket is no stranger.
                linked.link.vouch();
            }
            linked.tell(&LinkFrame::Pair(answer));
        }
        self.settle_pairs(&engine);
    }

    fn say_pairs(&self, engine: &Engine) {
        let Some((link, said)) = engine.shared.devices.to_say() else { return };
        if let Some(linked) = self.links().into_iter().find(|linked| *linked.link.keying() == link) {
            said.into_iter().for_each(|frame| linked.tell(&LinkFrame::Pair(frame)));
        }
    }

    /// Tells how far a linking is, and notes the device when it is one of this person's.
    fn settle_pairs(self: &Arc<Hub>, engine: &Engine) {
        let (news, paired) = engine.shared.devices.settle(self.now(), self.wall());
        if let Some(device) = paired {
            let (hub, shared) = (self.clone(), engine.shared.clone());
            supervised("noting a device", async move { hub.note(shared, device).await });
        }
        if news {
            self.tell(Event::Devices);
        }
    }

    async fn note(self: Arc<Hub>, shared: Arc<crate::engine::Shared>, device: OwnDevice) {
        let id = device.device;
        if let Err(error) = blocking(move || shared.note_device(device)).await {
            return tracing::error!(%error, device = %id.short(), "a device that was linked could not be noted");
        }
        tracing::info!(device = %id.short(), "a device of one's own is linked");
        self.devices_changed();
        for linked in self.links().into_iter().filter(|linked| linked.device() == id) {
            linked.link.vouch();
            self.seen(&linked);
            self.offer_all_own(&linked);
        }
    }

    // ------------------------------------------------------------------------------------------------------------ offering

    /// Offers a device of this person all that it is not in.
    fn offer_all_own(self: &Arc<Hub>, linked: &Arc<Linked>) {
        let Some(engine) = self.engine().filter(|engine| engine.shared.devices.is_own(&linked.device())) else { return };
        if !linked.speaks_of_devices() {
            return;
        }
        let (hub, linked) = (self.clone(), linked.clone());
        let documents: Vec<DocumentId> =
            engine.documents().iter().filter(|entry| may_be_offered(entry)).map(|entry| entry.document).collect();
        drop(engine);
        supervised("offering documents to a device of one's own", async move {
            for some in documents.chunks(OFFERS) {
                hub.offer_own(&linked, some).await;
            }
        });
    }

    /// A document has other members than before, or is new: devices of this person that are not in it are offered it.
    pub(super) fn offer_to_own(self: &Arc<Hub>, document: DocumentId) {
        let Some(engine) = self.engine() else { return };
        let Some(live) = engine.shared.if_live(document) else { return };
        for own in engine.shared.devices.own() {
            if lacks(&live, &own.device) {
                for linked in self.links().into_iter().filter(|linked| linked.device() == own.device && linked.speaks_of_devices()) {
                    let hub = self.clone();
                    supervised("offering a document to a device of one's own", async move { hub.offer_own(&linked, &[document]).await });
                }
            }
        }
    }

    async fn offer_own(self: &Arc<Hub>, linked: &Arc<Linked>, documents: &[DocumentId]) {
        let device = linked.device();
        let mut offers = Vec::new();
        for document in documents {
            let Some(engine) = self.engine() else { return };
            let Some(entry) = engine.shared.library.entry(*document).filter(may_be_offered) else { continue };
            let Ok(live) = engine.live(*document).await else { continue };
            let opening = if lacks(&live, &device) { live.peek(move |document| document.opening_for(&device)).await } else { continue };
            if let Ok(Some(Opening { membership, role })) = opening
                && linked.offers(*document, role)
            {
                let folder = engine.shared.follows(*document);
                offers.push(Offer { document: *document, membership, role, title: entry.title, folder });
            }
        }
        if !offers.is_empty()
            && let Err(error) = linked.say_link(&LinkFrame::Offers(offers)).await
        {
            tracing::debug!(%error, "a link ended while documents were offered");
        }
    }

    /// A device of this person says that it has no such document, though it is in it: its profile is an older copy, or lost.
    pub(super) async fn offer_again(self: &Arc<Hub>, linked: &Arc<Linked>, document: DocumentId) {
        let device = linked.device();
        let Some(engine) = self.engine().filter(|engine| engine.shared.devices.is_own(&device)) else { return };
        let (Some(live), Some(entry)) = (self.if_live(document), engine.shared.library.entry(document)) else { return };
        let place = live.peek(move |document| document.place_of(&device)).await;
        if let Ok(Some(Opening { membership, role })) = place
            && linked.speaks_of_devices()
            && linked.offers(document, role)
        {
            let folder = engine.shared.follows(document);
            let offer = Offer { document, membership, role, title: entry.title, folder };
            // A link that ended takes what is offered on the next.
            let _ = linked.say_link(&LinkFrame::Offers(vec![offer])).await;
        }
    }

    // ------------------------------------------------------------------------------------------------------------ taking

    /// Somebody offers documents.
    pub(super) async fn hear_offers(self: &Arc<Hub>, linked: &Arc<Linked>, offers: Vec<Offer>) {
        let device = linked.device();
        let Some(engine) = self.engine().filter(|engine| engine.shared.devices.is_own(&device)) else {
            return tracing::warn!(peer = %device.short(), "documents were offered by a device that is not one's own");
        };
        let mut accepts = Vec::new();
        for offer in offers {
            let (document, opening) = (offer.document, Opening { membership: offer.membership, role: offer.role });
            if wants(&engine, device, offer, opening).await {
                let added = engine.shared.here().consent(&document, opening, &device);
                accepts.push(Accept { document, added });
            }
        }
        if !accepts.is_empty()
            && let Err(error) = linked.say_link(&LinkFrame::Accepts(accepts)).await
        {
            tracing::debug!(%error, "a link ended while documents were taken");
        }
    }

    /// Somebody agrees to be added.
    pub(super) async fn hear_accepts(self: &Arc<Hub>, linked: &Arc<Linked>, accepts: Vec<Accept>) {
        let device = linked.device();
        let Some(engine) = self.engine().filter(|engine| engine.shared.devices.is_own(&device)) else { return };
        for Accept { document, added } in accepts {
            if added.device != device || !linked.was_offered(document, added.role) {
                continue;
            }
            let Ok(live) = engine.live(document).await else { continue };
            drop(engine.shared.library.change(document, |entry| entry.state = Standing::Shared as u8));
            match live.ask(Question::Administer(Act::AddDevice { added: Box::new(added) })).await {
                Ok(_) => self.touch(document),
                Err(error) => tracing::warn!(%error, document = %document.short(), device = %device.short(), "a device could not be added"),
            }
        }
    }

    // ------------------------------------------------------------------------------------------------------------ taking out

    /// Tells a device of this person, or one that was, which are none any more.
    fn tell_dropped(&self, engine: &Engine, linked: &Linked) {
        let (device, mut dropped) = (linked.device(), engine.shared.devices.dropped());
        let concerns = engine.shared.devices.is_own(&device) || dropped.contains(&device);
        if !engine.shared.devices.is_own(&device) {
            // Whoever was taken out learns that, and not who else was.
            dropped.retain(|it| *it == device);
        }
        dropped.truncate(DROPPED);
        if concerns && !dropped.is_empty() && linked.speaks_of_devices() && linked.drops(&dropped) {
            linked.tell(&LinkFrame::Dropped(dropped));
        }
    }

    /// A device of this person says which are none any more; if this one is among them, that one is none either.
    pub(super) async fn hear_dropped(self: &Arc<Hub>, linked: &Arc<Linked>, mut dropped: Vec<DeviceId>) {
        let device = linked.device();
        let Some(engine) = self.engine().filter(|engine| engine.shared.devices.is_own(&device)) else { return };
        let own: BTreeSet<DeviceId> = engine.shared.devices.own().into_iter().map(|own| own.device).collect();
        if dropped.contains(&engine.device()) {
            dropped = vec![device];
        }
        // A device that was linked with this one again is heard of here when that one hears of it.
        dropped.retain(|it| own.contains(it));
        if dropped.is_empty() {
            return;
        }
        let shared = engine.shared.clone();
        if let Err(error) = blocking(move || shared.drop_devices(&dropped, false)).await {
            tracing::error!(%error, "that a device was taken out could not be noted");
        }
        self.devices_changed();
    }
}

/// Whether a document is one's own to offer.
fn may_be_offered(entry: &Entry) -> bool {
    entry.trashed.is_none() && !entry.placeholder && matches!(Standing::of(entry), Standing::Private | Standing::Shared)
}

/// Whether a device may do less in a document than this one, as far as that is known without asking.
fn lacks(live: &DocumentHandle, device: &DeviceId) -> bool {
    let facts = live.facts();
    facts.members.iter().find(|member| member.device == *device).is_none_or(|member| member.role < facts.role)
}

/// Whether this device is to be added to a document that it is offered. One that it does not know enters the library, and waits there.
async fn wants(engine: &Engine, by: DeviceId, Offer { document, title, folder, .. }: Offer, opening: Opening) -> bool {
    let shared = &engine.shared;
    match shared.library.entry(document) {
        None => {
            let waiting = shared.library.entries().iter().filter(|entry| entry.placeholder).count();
            let name = shared.devices.own().into_iter().find(|own| own.device == by).map(|own| own.name).unwrap_or_default();
            // What this person follows on one device they follow on all.
            let expected = Ticket { folder: folder.then_some(0), ..Ticket::added(document, by, title, name, opening.role) };
            if waiting >= EXPECTED {
                tracing::warn!(waiting, "more documents are offered than may wait");
                return false;
            }
            if let Err(error) = engine.enter_placeholder(expected, None).await {
                tracing::warn!(%error, document = %document.short(), "a document that is offered could not be noted");
                return false;
            }
            engine.live(document).await.is_ok()
        }
        Some(entry) if entry.trashed.is_some() => false,
        Some(entry) if entry.placeholder => ticket(&entry).is_some_and(|ticket| ticket.kind == TicketKind::Added),
        Some(entry) if matches!(Standing::of(&entry), Standing::Shared) => match engine.live(document).await {
            Ok(live) => live.peek(move |document| document.gains_by(&opening)).await.unwrap_or(false),
            Err(_) => false,
        },
        Some(_) => false,
    }
}

/// What was offered on one link, and as what.
pub(super) type Offered = std::collections::BTreeMap<DocumentId, Role>;
