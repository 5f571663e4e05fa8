//! The devices of this device's person: which they are, linking a further one, and taking one out.
//!
//! Two devices are linked by a ticket that lives in the memory of the process that made it (`sheaf_protocol::Pairing` is the conversation). From
//! then on each notes the other, and whenever they are linked each offers what the other is not in (`net::own`). What a device may is nowhere but
//! in the documents' own records: this list only says whom one offers to, and from whom one takes offers.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::time::Duration;

use serde_json::{Value, json};
use sheaf_access::{DeviceTicket, Route, TicketError, TicketSeed};
use sheaf_base::{DeviceId, DocumentId, Wall};
use sheaf_document::{Act, Role};
use sheaf_protocol::{DROPPED, OnLink, PairFrame, PairStage, Pairing, Parting};
use sheaf_sentence::Sentence;
use sheaf_store::{Batch, Change, CommitError};

use crate::engine::{Engine, Shared};
use crate::event::Event;
use crate::library::Standing;
use crate::lock::held;
use crate::net::from_ticket;
use crate::peers::Way;
use crate::said::{Said, Tells};
use crate::{random, settings, task};

/// The setting that holds them.
const SETTING: &str = "devices";

/// How long a ticket for a device is good: to walk to the other one and type a command.
pub const TICKET_LIVES: Duration = Duration::from_secs(10 * 60);

/// Devices of one person that are noted: as many as one document lets in besides this one, and those that were there before.
const OWN: usize = 32;

/// Another device of this person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnDevice {
    /// Which.
    pub device: DeviceId,
    /// What it called itself when it was linked.
    pub name: String,
    /// When that was.
    pub since: Wall,
}

/// Another device of this person, and what is known of it.
#[derive(Debug, Clone)]
pub struct OwnDeviceReport {
    /// The device.
    pub device: OwnDevice,
    /// The way to it.
    pub way: Way,
    /// Documents that it is in.
    pub documents: usize,
}

/// All that this device knows of others of its person.
#[derive(Default)]
pub(crate) struct Devices {
    noted: Mutex<Noted>,
    underway: Mutex<Option<Underway>>,
}

#[derive(Default, Clone)]
struct Noted {
    own: Vec<OwnDevice>,
    /// Those that were taken out, the last one last: the others are told.
    dropped: Vec<DeviceId>,
}

/// A linking that is under way, or has just ended.
struct Underway {
    pairing: Pairing,
    /// Where the maker of the ticket may be.
    routes: Vec<Route>,
    /// What is to be said on the link that the two talk on.
    said: Vec<PairFrame>,
    ends: Duration,
    told: Option<PairStage>,
}

/// A ticket for a device.
#[derive(Debug, Clone)]
pub struct LinkTicket {
    /// To be pasted on the other device.
    pub ticket: String,
    /// How long it is good.
    pub lives: Duration,
    /// What its maker should know.
    pub warning: Option<Said>,
}

/// What a ticket for a device says, before anything is dialed.
#[derive(Debug, Clone)]
pub struct LinkPreview {
    /// The ticket.
    pub ticket: DeviceTicket,
    /// What would be dialed, for people.
    pub routes: Vec<String>,
    /// That device is one of this person's already.
    pub known: bool,
}

/// How far a linking is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Linking {
    /// This device made the ticket.
    pub made_here: bool,
    /// How far.
    pub stage: PairStage,
    /// The device at the other end, as far as it is known.
    pub device: Option<DeviceId>,
    /// What it calls itself. Not proven.
    pub name: String,
    /// How long the ticket is good still.
    pub left: Duration,
    /// Why the maker of the ticket that is followed has not been reached so far, when dialing them failed.
    pub unreached: Option<Said>,
}

/// What became of a document when a device was taken out.
#[derive(Debug, Clone)]
pub struct TakenOut {
    /// Which.
    pub document: DocumentId,
    /// Its title.
    pub title: String,
    /// There is a new key, which the device was not given. Without one it can still read what somebody passes to it, until an admin's device makes one.
    pub new_key: bool,
    /// Why the device is in it still.
    pub why: Option<Said>,
}

/// Something about one's devices did not work.
#[derive(Debug, Clone, thiserror::Error)]
pub enum DeviceError {
    /// The ticket is not one.
    #[error("{0}")]
    Ticket(#[from] TicketError),
    /// This device made it.
    #[error("this device made that ticket: open it on the other one")]
    Own,
    /// Sheaf does not run here.
    #[error("devices are linked while Sheaf runs on both: start the app, or `sheaf up`")]
    NoNetwork,
    /// No linking is under way.
    #[error("no device is being linked: make a ticket with `sheaf link-device`")]
    NotLinking,
    /// There is nothing to compare yet.
    #[error("there are no digits to compare yet")]
    NothingToCompare,
    /// There are too many.
    #[error("{OWN} devices are linked already: take one out first")]
    Full,
    /// That is no other device of this person.
    #[error("that is no other device of yours: `sheaf devices` shows them")]
    Unknown,
    /// Not written.
    #[error("not saved: {0}")]
    NotSaved(Said),
}

impl Devices {
    /// As the setting keeps them. What cannot be read is no device of anybody.
    pub(crate) fn load(&self, shared: &Shared) {
        let text = settings::text(shared, SETTING).unwrap_or_default();
        let value: Value = serde_json::from_str(&text).unwrap_or_default();
        let id = |value: &Value| value.as_str().and_then(|id| id.parse::<DeviceId>().ok());
        let list = |name: &str| value[name].as_array().cloned().unwrap_or_default();
        let own = list("own").into_iter().filter_map(|it| {
            let name = it["name"].as_str().unwrap_or_default().to_owned();
            Some(OwnDevice { device: id(&it["device"])?, name, since: Wall(it["since"].as_u64().unwrap_or_default()) })
        });
        *held(&self.noted) = Noted { own: own.collect(), dropped: list("dropped").iter().filter_map(id).collect() };
    }

    /// Whether a device is another one of this person's.
    pub(crate) fn is_own(&self, device: &DeviceId) -> bool {
        held(&self.noted).own.iter().any(|own| own.device == *device)
    }

    /// All of them.
    pub(crate) fn own(&self) -> Vec<OwnDevice> {
        held(&self.noted).own.clone()
    }

    /// Those that were taken out.
    pub(crate) fn dropped(&self) -> Vec<DeviceId> {
        held(&self.noted).dropped.clone()
    }

    /// The devices that there is to be a link with, whatever the documents say.
    pub(crate) fn wanted(&self) -> BTreeSet<DeviceId> {
        let linking = held(&self.underway).as_ref().filter(|it| !is_over(&it.pairing)).and_then(|it| it.pairing.device());
        held(&self.noted).own.iter().map(|own| own.device).chain(linking).collect()
    }

    /// Whether a ticket is out, or one is followed.
    pub(crate) fn is_linking(&self) -> bool {
        held(&self.underway).as_ref().is_some_and(|it| !is_over(&it.pairing))
    }

    /// Where the maker of the ticket that is followed may be.
    pub(crate) fn routes(&self) -> Vec<Route> {
        held(&self.underway).as_ref().filter(|it| !is_over(&it.pairing)).map(|it| it.routes.clone()).unwrap_or_default()
    }

    fn with<T>(&self, use_it: impl FnOnce(&mut Underway) -> T) -> Option<T> {
        held(&self.underway).as_mut().map(use_it)
    }

    /// On this link the maker of the ticket is reached: what is said there first. None, if this has nothing to do with it.
    pub(crate) fn knock(&self, on: OnLink<'_>, name: &str) -> Option<PairFrame> {
        self.with(|it| it.pairing.knock(on, random::bytes(), name)).flatten()
    }

    /// The link that the two talk on, by its keying material.
    pub(crate) fn talks_on(&self) -> Option<[u8; 32]> {
        self.with(|it| it.pairing.exporter()).flatten()
    }

    /// The other side says something; what is answered.
    pub(crate) fn hear(&self, frame: PairFrame, on: OnLink<'_>, now: Duration, name: &str) -> Option<PairFrame> {
        let knocks = matches!(frame, PairFrame::Knock(_));
        let answer = self.with(|it| it.pairing.hear(frame, on, now, random::bytes(), name));
        answer.unwrap_or_else(|| knocks.then_some(PairFrame::Part(Parting::Unknown)))
    }

    /// What is to be said to the other side, and the device and link that it goes to.
    pub(crate) fn to_say(&self) -> Option<([u8; 32], Vec<PairFrame>)> {
        self.with(|it| it.pairing.exporter().map(|link| (link, std::mem::take(&mut it.said))))
            .flatten()
            .filter(|(_, said)| !said.is_empty())
    }

    /// Time has passed, or something was heard. Says whether there is news, and, once, which device has turned out to be one of this person's.
    pub(crate) fn settle(&self, now: Duration, wall: Wall) -> (bool, Option<OwnDevice>) {
        let settled = self.with(|it| {
            it.pairing.tick(now);
            let stage = it.pairing.stage();
            let news = it.told.replace(stage) != Some(stage);
            let paired = it.pairing.device().filter(|_| news && stage == PairStage::Paired);
            (news, paired.map(|device| OwnDevice { device, name: it.pairing.name().to_owned(), since: wall }))
        });
        settled.unwrap_or_default()
    }
}

fn is_over(pairing: &Pairing) -> bool {
    matches!(pairing.stage(), PairStage::Over(_) | PairStage::Paired)
}

/// What this device calls itself to others of its person: the machine's name, else its person's.
pub(crate) fn device_name(shared: &Shared) -> String {
    let machine = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let machine: String = machine.trim().chars().filter(|letter| !letter.is_control()).take(sheaf_base::limits::NAME / 2).collect();
    if machine.is_empty() { settings::me(shared).name } else { machine }
}

impl Shared {
    /// Notes a device of this person; it is none of those any more that were taken out. Durable when it returns. Blocks.
    pub(crate) fn note_device(&self, device: OwnDevice) -> Result<(), CommitError> {
        self.change_devices(|noted| {
            noted.dropped.retain(|dropped| *dropped != device.device);
            noted.own.retain(|own| own.device != device.device);
            noted.own.push(device);
        })
    }

    /// These are no devices of this person any more. Durable when it returns. Blocks.
    pub(crate) fn drop_devices(&self, devices: &[DeviceId], tell: bool) -> Result<(), CommitError> {
        self.change_devices(|noted| {
            noted.own.retain(|own| !devices.contains(&own.device));
            if tell {
                noted.dropped.retain(|dropped| !devices.contains(dropped));
                noted.dropped.extend(devices);
                let beyond = noted.dropped.len().saturating_sub(DROPPED);
                noted.dropped.drain(..beyond);
            }
        })
    }

    fn change_devices(&self, change: impl FnOnce(&mut Noted)) -> Result<(), CommitError> {
        let mut noted = held(&self.devices.noted);
        let mut next = noted.clone();
        change(&mut next);
        let own = |it: &OwnDevice| json!({ "device": it.device.to_string(), "name": it.name, "since": it.since.0 });
        let dropped = next.dropped.iter().map(DeviceId::to_string).collect::<Vec<_>>();
        let text = json!({ "own": next.own.iter().map(own).collect::<Vec<_>>(), "dropped": dropped }).to_string();
        let written = Change::Setting { name: SETTING.into(), value: Some(text.into_bytes()) };
        self.store.commit(Batch::profile().with(written)).wait()?;
        *noted = next;
        drop(noted);
        self.events.tell(Event::Devices);
        Ok(())
    }
}

impl Engine {
    /// The other devices of this person.
    pub fn devices(&self) -> Vec<OwnDeviceReport> {
        let living = self.living();
        let report = |device: OwnDevice| {
            let documents = living.iter().filter(|live| live.facts().is_member(&device.device)).count();
            OwnDeviceReport { way: self.way(device.device), documents, device }
        };
        self.shared.devices.own().into_iter().map(report).collect()
    }

    /// Makes a ticket that links one further device; one that was made before is good no more.
    pub async fn link_device(&self) -> Result<LinkTicket, DeviceError> {
        let net = self.shared.net().ok_or(DeviceError::NoNetwork)?;
        if self.shared.devices.own().len() >= OWN {
            return Err(DeviceError::Full);
        }
        let seed = TicketSeed::from_bytes(random::bytes());
        let ends = self.shared.clock.now().elapsed + TICKET_LIVES;
        self.begin_linking(Pairing::maker(seed.key(), ends), Vec::new(), ends);
        let routes = net.own_routes().await;
        let warning = routes.is_empty().then(|| {
            let not_ready = || Said::new(Sentence::NetworkNotReady {}, "the network is not ready yet");
            let why = net.weather().error.unwrap_or_else(not_ready);
            let english = format!("the ticket does not say where this device is: {why}");
            Said::new(Sentence::InvitationWithoutPlace { why: why.why() }, english)
        });
        let ticket = DeviceTicket { maker: self.device(), seed, name: settings::me(&self.shared).name, routes };
        Ok(LinkTicket { ticket: ticket.encode(), lives: TICKET_LIVES, warning })
    }

    /// What a ticket for a device says. Dials nothing.
    pub fn link_preview(&self, pasted: &str) -> Result<LinkPreview, DeviceError> {
        let ticket = DeviceTicket::parse(pasted)?;
        if ticket.maker == self.device() {
            return Err(DeviceError::Own);
        }
        let profile = self.network_profile();
        let routes = ticket.routes.iter().map(|route| from_ticket(route).within(&profile)).map(|route| crate::sharing::spelled(&route));
        Ok(LinkPreview { routes: routes.collect(), known: self.shared.devices.is_own(&ticket.maker), ticket })
    }

    /// Follows a ticket for a device: from now on its maker is dialed.
    pub fn link_with(&self, pasted: &str) -> Result<(), DeviceError> {
        let LinkPreview { ticket, .. } = self.link_preview(pasted)?;
        self.shared.net().ok_or(DeviceError::NoNetwork)?;
        if self.shared.devices.own().len() >= OWN {
            return Err(DeviceError::Full);
        }
        let ends = self.shared.clock.now().elapsed + TICKET_LIVES;
        let mut routes = ticket.routes;
        routes.push(Route { device: ticket.maker, relay: None, addresses: Vec::new() });
        self.begin_linking(Pairing::newcomer(ticket.seed, ticket.maker, ends), routes, ends);
        Ok(())
    }

    fn begin_linking(&self, pairing: Pairing, routes: Vec<Route>, ends: Duration) {
        self.stop_linking();
        *held(&self.shared.devices.underway) = Some(Underway { pairing, routes, said: Vec::new(), ends, told: None });
        self.linking_changed();
    }

    fn linking_changed(&self) {
        self.shared.net().into_iter().for_each(|net| net.devices_changed());
        self.shared.events.tell(Event::Devices);
    }

    /// How far the linking is that is under way, or has just ended.
    pub fn linking(&self) -> Option<Linking> {
        let now = self.shared.clock.now().elapsed;
        let mut linking = self.shared.devices.with(|it| {
            it.pairing.tick(now);
            Linking {
                made_here: it.pairing.made_it(),
                stage: it.pairing.stage(),
                device: it.pairing.device(),
                name: it.pairing.name().to_owned(),
                left: it.ends.saturating_sub(now),
                unreached: None,
            }
        })?;
        // The network is asked when the lock is free again.
        if linking.stage == PairStage::Waiting && !linking.made_here {
            linking.unreached = linking.device.and_then(|maker| self.way(maker).reason);
        }
        Some(linking)
    }

    /// This device's person says that both devices show these digits.
    pub fn agree(&self, spoken: u32) -> Result<(), DeviceError> {
        let agreed = self.shared.devices.with(|it| {
            // A link may have broken while they were compared, and then there are others.
            let said = if it.pairing.stage() == PairStage::Comparing(spoken) { it.pairing.agree() } else { None };
            let agrees = said.is_some();
            it.said.extend(said);
            agrees
        });
        match agreed {
            None => Err(DeviceError::NotLinking),
            Some(false) => Err(DeviceError::NothingToCompare),
            Some(true) => {
                self.linking_changed();
                Ok(())
            }
        }
    }

    /// The linking that is under way comes to nothing.
    pub fn stop_linking(&self) {
        let stopped = self.shared.devices.with(|it| {
            let goes_on = !is_over(&it.pairing);
            it.said.extend(if goes_on { it.pairing.stop(Parting::Stopped) } else { None });
            goes_on
        });
        if stopped == Some(true) {
            self.linking_changed();
        }
    }

    /// Takes another device of this person out of everything that it is in by this person's membership, as far as this device may, and offers it
    /// nothing more. Says of each document what became of it.
    pub async fn drop_device(&self, device: DeviceId) -> Result<Vec<TakenOut>, DeviceError> {
        let shared = self.shared.clone();
        if device == self.device() {
            return Err(DeviceError::Unknown);
        }
        let was_own = shared.devices.is_own(&device);
        let written = task::blocking(move || shared.drop_devices(&[device], true)).await;
        written.map_err(|error| DeviceError::NotSaved(error.said()))?;
        self.linking_changed();
        let mut taken = Vec::new();
        for entry in self.documents() {
            let is_there = matches!(Standing::of(&entry), Standing::Shared) && !entry.placeholder;
            let Ok(live) = (if is_there { self.live(entry.document).await } else { continue }) else {
                let why = Said::new(Sentence::NoFirstCopy {}, "it cannot be opened");
                taken.push(TakenOut { document: entry.document, title: entry.title, new_key: false, why: Some(why) });
                continue;
            };
            let facts = live.facts();
            if !facts.is_member(&device) {
                continue;
            }
            let outcome = self.take_out_of(&live, device).await;
            let new_key = outcome.is_ok() && facts.role >= Role::Admin;
            // In the trash nothing is talked about with anybody.
            let untold = || Said::new(Sentence::DeviceOutInTrash {}, "the document is in the trash: others hear of it when you restore it");
            let why = outcome.err().or_else(|| entry.trashed.is_some().then(untold));
            taken.push(TakenOut { document: entry.document, title: entry.title, new_key, why });
        }
        if was_own || !taken.is_empty() { Ok(taken) } else { Err(DeviceError::Unknown) }
    }

    /// Takes the devices that were dropped out of documents that they are still in: the program may have ended in the middle of it.
    pub(crate) async fn finish_drops(&self) {
        for live in self.living() {
            self.finish_drops_in(live.id()).await;
        }
    }

    /// The same in one document, which may have been in the trash meanwhile.
    pub(crate) async fn finish_drops_in(&self, document: DocumentId) {
        let Some(live) = self.shared.if_live(document) else { return };
        for device in self.shared.devices.dropped().into_iter().filter(|device| live.facts().is_member(device)) {
            match self.take_out_of(&live, device).await {
                Ok(()) => tracing::info!(document = %document.short(), device = %device.short(), "a device that was dropped is out of it"),
                // One that came in by itself, or that others have to take out: whoever dropped it was told so.
                Err(why) => tracing::debug!(%why, document = %document.short(), device = %device.short(), "a dropped device stays in"),
            }
        }
    }

    async fn take_out_of(&self, live: &crate::live::DocumentHandle, device: DeviceId) -> Result<(), Said> {
        let members = live.peek(|document| document.memberships()).await.map_err(Said::failed)?;
        let theirs = members.iter().find(|member| member.devices.contains(&device));
        let Some(mine) = theirs.filter(|member| member.mine) else {
            let english = "it came in by an invitation of its own: remove it there like anybody else";
            return Err(Said::new(Sentence::DeviceOnItsOwn {}, english));
        };
        let act = Act::Remove { member: mine.id, devices: vec![device] };
        match live.ask(crate::live::Question::Administer(act)).await {
            Ok(_) => Ok(()),
            Err(crate::live::AskError::Refused(refused)) => Err(refused.said()),
            Err(error) => Err(Said::failed(error)),
        }
    }
}
