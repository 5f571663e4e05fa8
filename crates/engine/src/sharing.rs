//! Sharing and joining: tickets, who is in a document, and what is known of everybody's copies.

use std::time::Duration;

use sheaf_access::{Ticket, TicketError, TicketKind};
use sheaf_base::{DeviceId, DocumentId, Hash, Wall};
use sheaf_document::{Act, DeviceFact, DeviceState, Dismissal, Done, Progress, Role, State, Terms};
use sheaf_protocol::SessionId;
use sheaf_sentence::Sentence;
use sheaf_store::{Change, CommitError, Entry};
use sheaf_transport::Profile;

use crate::engine::{DocumentError, Engine};
use crate::event::Event;
use crate::facts::Remover;
use crate::library::{FOLDER, Standing, TEXT, role_number};
use crate::live::{AskError, DocumentHandle, Question};
use crate::net::from_ticket;
use crate::peers::Way;
use crate::said::{Said, Tells};
use crate::settings::{self, Me, SettingError};
use crate::{random, task};

/// The setting that holds the network profile.
const NETWORK: &str = "network.profile";

/// The variable that overrides it.
const NETWORK_VARIABLE: &str = "SHEAF_NETWORK";

/// Why nobody is reached where no network was started.
const NO_NODE: &str = "Sheaf does not run on this device: start the app, or `sheaf up`";

/// How long whoever was told to be removed, and follows a ticket, waits to be told so again: the link that ended is tried again after some five seconds.
const TOLD_AGAIN: Duration = Duration::from_secs(7);

/// A ticket for a document.
#[derive(Debug, Clone)]
pub struct SharedTicket {
    /// The document's title.
    pub title: String,
    /// To be pasted.
    pub ticket: String,
    /// To be clicked.
    pub link: String,
    /// The record of its invitation, by which it is taken back.
    pub invitation: Hash,
    /// What its sender should know.
    pub warning: Option<Said>,
}

/// What a ticket is to offer.
#[derive(Debug, Clone)]
pub struct Offer {
    /// What whoever comes in may do.
    pub role: Role,
    /// What to remember it by.
    pub label: String,
    /// How this device lets in. None: whoever has the ticket comes in, through anybody.
    pub terms: Option<Terms>,
}

/// What a ticket says, before anything is dialed.
#[derive(Debug, Clone)]
pub struct Preview {
    /// The ticket.
    pub ticket: Ticket,
    /// What joining would dial under the network profile in force, for people.
    pub routes: Vec<String>,
    /// The document is in this library already, and there is nothing to join.
    pub known: bool,
    /// What this device's person reads aloud, if whoever invites looks at each who asks.
    pub spoken: Option<u64>,
}

/// What became of joining.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Joined {
    /// Which document.
    pub document: DocumentId,
    /// The first copy is here.
    pub ready: bool,
    /// Whoever made the invitation has been asked and has not answered yet.
    pub asked: bool,
    /// What this device's person reads aloud meanwhile.
    pub spoken: Option<u64>,
}

/// Sharing or joining did not work.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SharingError {
    /// The ticket is not one.
    #[error("{0}")]
    Ticket(#[from] TicketError),
    /// The document cannot be used.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// The document says no.
    #[error(transparent)]
    Ask(#[from] AskError),
    /// Only the owner and admins invite.
    #[error("only the owner of a document and its admins can invite to it: ask {0}")]
    NotOwner(String),
    /// The invitation is to a document that this device has left or owns.
    #[error("this device is in that document already")]
    Own,
    /// Somebody refused.
    #[error("the invitation was refused: {0}")]
    Refused(Said),
    /// There is no such network profile.
    #[error(transparent)]
    Profile(#[from] sheaf_transport::InvalidProfile),
    /// Not written.
    #[error("not saved: {0}")]
    NotSaved(Said),
}

/// What is known about a document's copies.
#[derive(Debug, Clone)]
pub struct DocumentReport {
    /// Which document.
    pub document: DocumentId,
    /// Its title.
    pub title: String,
    /// What can be done with it; `None` for one that cannot be opened.
    pub state: Option<State>,
    /// This device was removed, and by whom.
    pub removed: Option<Remover>,
    /// When its text last changed, to a few seconds.
    pub changed: Wall,
    /// Why what was typed last is not on the disk, if it is not.
    pub unsaved: Option<Said>,
    /// Other devices.
    pub devices: Vec<DeviceReport>,
    /// The first copy, while it is coming.
    pub first_copy: Option<Progress>,
}

/// What is known about one device's copy, and the way to it.
#[derive(Debug, Clone)]
pub struct DeviceReport {
    /// Its copy.
    pub fact: DeviceFact,
    /// The way to it.
    pub way: Way,
    /// What both call their session about the document, while there is one.
    pub session: Option<SessionId>,
}

/// How the network stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetworkReport {
    /// anywhere, local, direct or relay.
    pub profile: String,
    /// The relay, where there is one of one's own.
    pub relay: Option<String>,
    /// Somebody has chosen it.
    pub chosen: bool,
    /// The environment says so, whatever was chosen.
    pub overridden: bool,
    /// An endpoint exists.
    pub running: bool,
    /// Since when nobody can be reached, in milliseconds since 1970.
    pub offline_since: Option<u64>,
    /// What keeps it from working, for people.
    pub error: Option<Said>,
}

/// Whether this device is no member any more.
fn has_gone(live: &DocumentHandle) -> bool {
    let facts = live.facts();
    facts.state == State::Left || facts.removed.is_some()
}

/// Why a document cannot be used, as its status says it.
fn said(error: DocumentError) -> Said {
    let english = error.to_string();
    match error {
        DocumentError::NotSaved(why) => why,
        DocumentError::Unusable { title, reason } => Said::new(Sentence::Unusable { title, why: reason }, english),
        DocumentError::Unknown(_) => Said::failed(english),
    }
}

/// A way to a device, for people.
pub(crate) fn spelled(route: &sheaf_transport::Route) -> String {
    let ways: Vec<String> = route.relay.iter().cloned().chain(route.addresses.iter().map(ToString::to_string)).collect();
    if ways.is_empty() { route.device.short() } else { format!("{} at {}", route.device.short(), ways.join(", ")) }
}

/// A ticket that somebody pasted. What only stands for one in a catalogue is none.
fn pasted(text: &str) -> Result<Ticket, TicketError> {
    Ticket::parse(text).and_then(|ticket| if ticket.kind == TicketKind::Added { Err(TicketError::NotATicket) } else { Ok(ticket) })
}

impl Engine {
    /// Makes a ticket. Its invitation is durable when this returns.
    pub async fn share(&self, document: DocumentId, offer: Offer) -> Result<SharedTicket, SharingError> {
        let live = self.live(document).await?;
        self.may_invite(&live)?;
        let (Offer { role, label, terms }, seed) = (offer, random::bytes());
        let act = match terms {
            None => Act::Invite { role, seed, label },
            Some(terms) => Act::InviteCounted { role, seed, label, terms },
        };
        let (Done::Ticket(mut ticket, invitation), _) = live.ask(Question::Administer(act)).await? else {
            return Err(AskError::Ended.into());
        };
        let shared = &self.shared;
        drop(shared.library.change(document, |entry| entry.state = Standing::Shared as u8));
        if let Some(documents) = &mut ticket.folder {
            *documents = self.ready_for_others(document).await;
        }
        let mut warning = None;
        match shared.net() {
            Some(net) => {
                net.appeared(document);
                ticket.routes = net.routes(document).await;
                if ticket.routes.is_empty() {
                    let not_ready = || Said::new(Sentence::NetworkNotReady {}, "the network is not ready yet");
                    let why = net.weather().error.unwrap_or_else(not_ready);
                    let english = format!("the invitation does not say where this device is: {why}");
                    warning = Some(Said::new(Sentence::InvitationWithoutPlace { why: why.why() }, english));
                }
            }
            None => {
                let english = "nobody can join until Sheaf runs on this device: start the app, or `sheaf up`";
                warning = Some(Said::new(Sentence::NobodyCanJoin {}, english));
            }
        }
        Ok(SharedTicket { title: ticket.title.clone(), link: ticket.link(), ticket: ticket.encode(), invitation, warning })
    }

    /// Succeeds where this device may invite; the failure says whom to ask.
    pub(crate) fn may_invite(&self, live: &DocumentHandle) -> Result<(), SharingError> {
        let facts = live.facts();
        if facts.role >= Role::Admin {
            return Ok(());
        }
        let owner = facts.members.iter().find(|member| member.role == Role::Owner);
        let name = owner.map(|owner| if owner.name.is_empty() { owner.device.short() } else { owner.name.clone() });
        Err(SharingError::NotOwner(name.unwrap_or_else(|| "its owner".into())))
    }

    /// What a ticket says. Dials nothing.
    pub fn preview(&self, pasted: &str) -> Result<Preview, SharingError> {
        let ticket = self::pasted(pasted)?;
        let known = self.shared.library.entry(ticket.document).is_some_and(|entry| self.is_followed(&entry, &ticket));
        let profile = self.network_profile();
        let routes = ticket.routes.iter().map(|route| spelled(&from_ticket(route).within(&profile)));
        Ok(Preview { routes: routes.collect(), known, spoken: self.shared.here().spoken(&ticket), ticket })
    }

    /// Whether there is nothing to join: the document is here, and not in the trash or left behind; or its first copy is waited for by this ticket.
    fn is_followed(&self, entry: &Entry, ticket: &Ticket) -> bool {
        let is_here = entry.trashed.is_none() && !self.shared.is_out(entry);
        is_here && (!entry.placeholder || entry.ticket.as_deref() == Some(ticket.encode().as_bytes()))
    }

    /// Follows a ticket, and waits for the first copy at most so long. Late is not lost: the engine goes on trying.
    pub async fn join(&self, pasted: &str, wait: Duration) -> Result<Joined, SharingError> {
        let ticket = self::pasted(pasted)?;
        let document = ticket.document;
        let shared = &self.shared;
        let spoken = shared.here().spoken(&ticket);
        let was_out = shared.library.entry(document).is_some_and(|entry| shared.is_out(&entry));
        match shared.library.entry(document) {
            None => self.enter_placeholder(ticket, None).await?,
            Some(entry) => {
                if entry.trashed.is_some() {
                    self.trash(document, false).await?;
                }
                // Whoever was removed, or left, comes back by a ticket that was made later.
                if entry.placeholder || was_out {
                    self.follow_instead(&ticket).await?;
                }
            }
        }
        let live = self.live(document).await?;
        let mut facts = live.watch();
        if was_out {
            // Whoever knows of their removal by an admin's word alone still takes themselves for a member, and is told again if the ticket is an old one.
            let told = facts.wait_for(|facts| facts.removed.is_some() || facts.state != State::Ready);
            drop(tokio::time::timeout(wait.min(TOLD_AGAIN), told).await);
        }
        let settled = async { facts.wait_for(|facts| facts.state != State::Waiting).await.map(|facts| facts.state) };
        match tokio::time::timeout(wait, settled).await {
            // An old ticket lets nobody in again who was removed, or has left.
            Ok(Ok(_)) if has_gone(&live) => Err(SharingError::Refused(Dismissal::Removed.said())),
            Ok(Ok(state)) => {
                let ready = state == State::Ready;
                // Whoever joins wants to read, and with the text comes the title: until then the library has only the ticket's word.
                if ready && let Err(error) = live.ask(Question::Read).await {
                    tracing::warn!(%error, document = %document.short(), "joined, but not to be read yet");
                }
                Ok(Joined { document, ready, asked: false, spoken })
            }
            Ok(Err(_)) => Err(AskError::Ended.into()),
            Err(_) => {
                let refused = live.facts().status.devices.iter().find_map(|device| match device.state {
                    DeviceState::Refused { reason } => Some(reason),
                    _ => None,
                });
                match refused {
                    Some(reason) if reason != Dismissal::Asked => Err(SharingError::Refused(reason.said())),
                    asked => Ok(Joined { document, ready: false, asked: asked.is_some(), spoken }),
                }
            }
        }
    }

    /// Enters a document of which nothing is here but a ticket, perhaps one that a folder lists.
    pub(crate) async fn enter_placeholder(&self, ticket: Ticket, folder: Option<DocumentId>) -> Result<(), SharingError> {
        let shared = &self.shared;
        let now = shared.clock.wall();
        let title = if ticket.title.trim().is_empty() { "Untitled".to_owned() } else { ticket.title.clone() };
        let entry = Entry {
            document: ticket.document,
            title,
            created: now,
            changed: now,
            opened: None,
            trashed: None,
            role: role_number(ticket.role),
            state: Standing::Shared as u8,
            people: 2,
            placeholder: true,
            ticket: Some(ticket.encode().into_bytes()),
            kind: if ticket.folder.is_some() { FOLDER } else { TEXT },
            folder,
        };
        let change: Change = shared.library.enter(entry);
        let store = shared.store.clone();
        let batch = sheaf_store::Batch::of(ticket.document).with(change);
        if let Err(error) = task::blocking(move || store.commit(batch).wait()).await {
            shared.library.withdraw(ticket.document);
            return Err(SharingError::NotSaved(error.said()));
        }
        shared.events.tell(Event::Documents);
        Ok(())
    }

    /// Follows another ticket to a document that is still waited for: the one before may be withdrawn, or lead nowhere.
    pub(crate) async fn follow_instead(&self, ticket: &Ticket) -> Result<(), SharingError> {
        let (document, text) = (ticket.document, ticket.encode().into_bytes());
        if self.shared.library.entry(document).is_some_and(|entry| entry.ticket.as_ref() == Some(&text)) {
            return Ok(());
        }
        let durable = self.shared.library.change(document, |entry| {
            entry.ticket = Some(text);
            entry.role = role_number(ticket.role);
        });
        durable.await.unwrap_or(Err(CommitError::Closed)).map_err(|error| SharingError::NotSaved(error.said()))?;
        // It begins anew with this ticket when it is next asked for.
        if let Some(live) = self.shared.if_live(document) {
            live.end().await;
        }
        Ok(())
    }

    /// What is known about a document's copies.
    pub async fn report(&self, document: DocumentId) -> Result<DocumentReport, DocumentError> {
        let live = self.live(document).await?;
        let facts = live.facts();
        let (title, changed) = self.shared.library.entry(document).map(|entry| (entry.title, entry.changed)).unwrap_or_default();
        let links = self.shared.net().map(|net| net.links(Some(document))).unwrap_or_default();
        let devices = facts.status.devices.iter().map(|fact| DeviceReport {
            way: self.way(fact.device),
            session: links.iter().find(|link| link.device == fact.device).and_then(|link| link.session),
            fact: fact.clone(),
        });
        Ok(DocumentReport {
            document,
            title,
            state: Some(facts.state),
            removed: facts.removed.clone(),
            changed,
            unsaved: facts.unsaved.clone(),
            devices: devices.collect(),
            first_copy: facts.status.first_copy,
        })
    }

    /// The same about all documents that are not in the trash. One that cannot be opened says so as unsaved.
    pub async fn report_all(&self) -> Vec<DocumentReport> {
        let mut reports = Vec::new();
        for entry in self.documents().into_iter().filter(|entry| entry.trashed.is_none()) {
            reports.push(match self.report(entry.document).await {
                Ok(report) => report,
                Err(error) => DocumentReport {
                    document: entry.document,
                    title: entry.title,
                    state: None,
                    removed: None,
                    changed: entry.changed,
                    unsaved: Some(said(error)),
                    devices: Vec::new(),
                    first_copy: None,
                },
            });
        }
        reports
    }

    /// What is known about the way to a device.
    pub fn way(&self, device: DeviceId) -> Way {
        match self.shared.net() {
            Some(net) => net.way(device),
            None => Way { reason: Some(Said::new(Sentence::NodeAbsent {}, NO_NODE)), ..Way::default() },
        }
    }

    /// How the network stands.
    pub fn network_report(&self) -> NetworkReport {
        let kept = settings::text(&self.shared, NETWORK);
        let override_ = std::env::var(NETWORK_VARIABLE).ok().filter(|value| !value.is_empty());
        let profile = self.network_profile();
        let weather = self.shared.net().map(|net| net.weather()).unwrap_or_default();
        let (profile, relay) = match profile {
            Profile::OwnRelay(url) => ("relay".to_owned(), Some(url)),
            other => (other.to_string(), None),
        };
        NetworkReport {
            profile,
            relay,
            chosen: kept.is_some() || override_.is_some(),
            overridden: override_.is_some(),
            running: weather.running,
            offline_since: weather.offline_since,
            error: weather.error,
        }
    }

    /// The network profile in force: the environment's, else the chosen one, else anywhere.
    pub fn network_profile(&self) -> Profile {
        let override_ = std::env::var(NETWORK_VARIABLE).ok().filter(|value| !value.is_empty());
        let text = override_.or_else(|| settings::text(&self.shared, NETWORK));
        text.and_then(|text| text.parse().ok()).unwrap_or(Profile::Anywhere)
    }

    /// Chooses a network profile.
    pub async fn set_network(&self, profile: &str) -> Result<(), SharingError> {
        let profile: Profile = profile.parse()?;
        let change = Change::Setting { name: NETWORK.into(), value: Some(profile.to_string().into_bytes()) };
        let store = self.shared.store.clone();
        let batch = sheaf_store::Batch::profile().with(change);
        task::blocking(move || store.commit(batch).wait()).await.map_err(|error| SharingError::NotSaved(error.said()))?;
        if let Some(net) = self.shared.net() {
            net.profile_changed();
        }
        self.shared.events.tell(Event::Status { document: None });
        Ok(())
    }

    /// Says, or changes, who uses this device. The documents that live are told.
    pub async fn set_me(&self, name: Option<String>, colour: Option<String>) -> Result<Me, SettingError> {
        let shared = self.shared.clone();
        let changes = name.is_some() || colour.is_some();
        let me = task::blocking(move || settings::set_me(&shared, name.as_deref(), colour.as_deref())).await?;
        if changes {
            for live in self.living() {
                let act = Act::Profile { name: me.name.clone(), colour: me.colour.clone() };
                if let Err(error) = live.ask(Question::Administer(act)).await {
                    tracing::debug!(%error, document = %live.id().short(), "a document was not told the new name");
                }
            }
        }
        Ok(me)
    }
}
