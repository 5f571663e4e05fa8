//! One document: inputs in, a turn out.
//!
//! A [`Document`] hears, thinks, writes, then tells. It is a pure state machine: it reads no clock and no disk, draws no randomness and
//! knows no task. The shell hands everything in, and passes on what comes out, in this order:
//!
//! ```text
//! for input in heard { document.handle(input, now) }
//! let turn = document.take_turn();
//! tell(turn.at_once);                        // rests on no new record
//! write(turn.writes).until_durable().await;  // the same bytes until they are there
//! answer(turn.answers);
//! document.apply_written();                  // foreign bytes meet yrs only now
//! tell(document.take_outputs());
//! ```
//!
//! While a write is under way only inputs that make no record take effect ([`Input::makes_no_record`]), and what follows from them is told
//! by [`Document::take_at_once`]; other inputs are kept until after it. A write that fails is tried again with the same [`Turn::writes`].

mod acts;
mod apart;
mod audit;
mod beginnings;
mod body;
mod compare;
mod delivery;
mod draft;
mod edits;
mod entropy;
mod evidence;
pub mod folder;
mod forks;
mod history;
mod holding;
mod hydration;
mod input;
mod keys;
mod links;
mod marks;
mod memberships;
mod output;
mod own;
mod parting;
mod peers;
mod people;
mod presence;
mod receipts;
mod recording;
mod references;
mod removed;
mod rescue;
mod review;
mod status;
mod titles;
mod turn;
mod unsealed;
mod validity;
mod views;
mod voids;
mod waiting;
mod words;

use std::{
    collections::{BTreeSet, VecDeque},
    time::Duration,
};

use sheaf_access::Profile;
use sheaf_base::{ChainId, DeviceId, DocumentId, Hash, Moment};
use sheaf_protocol::Stage;
use sheaf_record::DeviceKey;

use body::Body;
use delivery::Delivery;
use draft::{Draft, Flight};
use entropy::Entropy;
use history::History;
use own::Own;
use peers::Peers;
use presence::OwnCursor;
use receipts::Receipts;
use views::Views;

pub use acts::{Asked, Opening};
pub use audit::{About, Audit, AuditEvent};
pub use beginnings::{CreateError, OpenError};
pub use holding::{Holder, Holding, HoldingJob, Holds};
pub use hydration::{FoldError, FoldJob, Hydration, SnapshotState};
pub use input::{Act, Input, LinkUp, PeerId, Present, Push, RequestId, Selection, Terms, ViewId};
pub use memberships::{InvitationFact, Membership};
pub use output::{
    Announcement, Answer, Author, Cursor, Done, Item, Lane, Opened, Output, Refused, Rescued, ResetReason, Show, Span, State,
};
pub use recording::{Bundle, Heard, Journal, NotABundle, Recording, Replayed, Updates, Whole};
pub use removed::{UnacceptedError, UnacceptedJob};
pub use review::{Review, ReviewError, ReviewJob, ReviewedLine, Theirs, Wording};
pub use sheaf_access::{Role, Ticket};
pub use sheaf_protocol::{Dismissal, Frame, RouteHint};
pub use sheaf_replica::Place;
pub use status::{DeviceFact, DeviceState, Progress, Status, Tally};
pub use turn::{HeadRow, QuarantineRow, ReceiptRow, RecordRow, ReferenceRow, SealRow, SecretRow, Stored, Turn, Writes};
pub use waiting::Waiting;
pub use words::begun as words_begun;

/// How long a receipt may wait to be written down, if nothing else is written: it says nothing that cannot be said again.
const RECEIPTS_WAIT: Duration = Duration::from_secs(5);

/// Who this process is in a document.
#[derive(Clone)]
pub struct Here {
    /// The device's Ed25519 key, as its 32 secret bytes.
    pub key: [u8; 32],
    /// Drawn afresh for every `create`, `open` and `joining`: all randomness of this document in this process comes from it.
    pub seed: [u8; 32],
    /// The person's name and colour, written into the document when it is made or joined; later by [`Act::Profile`].
    pub name: String,
    /// See `name`.
    pub colour: String,
}

/// The same, with the key ready to sign.
pub(crate) struct Who {
    pub(crate) key: DeviceKey,
    pub(crate) seed: [u8; 32],
    pub(crate) name: String,
    pub(crate) colour: String,
}

impl From<Here> for Who {
    fn from(here: Here) -> Who {
        Who { key: DeviceKey::from_bytes(&here.key), seed: here.seed, name: here.name, colour: here.colour }
    }
}

/// A member's device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The device.
    pub device: DeviceId,
    /// Whose: the record that their membership began with, which names it. None of whoever made a ticket, while nothing else is here.
    pub membership: Option<Hash>,
    /// What they call themselves, as the member records say.
    pub name: String,
    /// Their colour.
    pub colour: String,
    /// What it may do.
    pub role: Role,
    /// This very device.
    pub mine: bool,
}

/// One document.
pub struct Document {
    // Who this is.
    key: DeviceKey,
    profile: Profile,
    entropy: Entropy,
    ticket: Option<Ticket>,
    left: bool,
    introduced: bool,
    requests: acts::Requests,
    tending: acts::Tending,

    // What is held, and what is on its way.
    history: History,
    delivery: Delivery,
    own: Own,
    replica: Body,
    title: String,
    people: Vec<Member>,

    // Who is talked with.
    views: Views,
    peers: Peers,
    receipts: Receipts,
    cursor: OwnCursor,
    routes: Vec<RouteHint>,
    /// A peer has sent everything it was to send, for a first copy; and who, and how much it is.
    supplied: bool,
    first_copy: Option<(DeviceId, u64)>,

    // The turn.
    now: Moment,
    draft: Draft,
    in_flight: Option<Flight>,
    kept: VecDeque<Input>,
    for_replica: VecDeque<Input>,
    at_once: Vec<Output>,
    outputs: Vec<Output>,
    /// The replica is to be asked for when this turn is durable, so that what it is built from is complete.
    ask_for_replica: bool,

    // What has changed since it was last told.
    text_changed: bool,
    title_changed: bool,
    members_changed: bool,
    status_changed: bool,
    cursors_changed: bool,
    neighbours_changed: bool,
    told_status: Option<Status>,
    told_frontier: Option<[u8; 32]>,
    receipts_due: Option<Duration>,
    comparing: compare::Comparing,
    tally: Tally,
    /// Whose edits were taken in and have not been asked for.
    authors: BTreeSet<DeviceId>,

    /// Everything heard in this process.
    recording: Option<Box<Recording>>,

    // While it is being opened.
    ended_chains: Vec<(ChainId, u64)>,
}

impl Document {
    // ------------------------------------------------------------------------------------------------------------ the turn

    /// Thinks about one input.
    pub fn handle(&mut self, input: Input, now: Moment) {
        self.record(|recording| recording.input(&input, now));
        self.hear(input, now);
    }

    fn hear(&mut self, input: Input, now: Moment) {
        self.now = now;
        if self.in_flight.is_some() && !input.makes_no_record() {
            self.kept.push_back(input);
            return;
        }
        match input {
            Input::Open { view } => self.open_view(view),
            Input::Push(push) => self.push(push),
            Input::Confirm { view, version } => self.views.confirm(&view, version),
            Input::Present(present) => self.present(&present),
            Input::Close { view } => self.close_view(&view),
            Input::Read { request } => self.read(request),
            Input::Edit { request, base, delta } => self.edit_here(request, base, &delta),
            Input::Rename { request, title } => self.rename(request, &title),
            Input::PutBack { request, text, place } => self.put_back(request, &text, place),
            Input::Administer { request, act } => self.administer(request, act),
            Input::LinkUp(link) => self.link_up(link),
            Input::Receive { peer, frame } => self.receive(peer, frame),
            Input::LinkFull { peer } => self.peers.session(peer).into_iter().for_each(|session| session.hear_full()),
            Input::LinkFree { peer } => self.link_free(peer),
            Input::LinkDown { peer } => self.link_down(peer),
            Input::Routes { routes } => self.pass_on(routes),
            Input::Hydrate(hydration) => self.replica.come(hydration),
            Input::Timeout => self.tick(),
        }
    }

    /// What rests on no new record and can be told while a turn is being written.
    pub fn take_at_once(&mut self) -> Vec<Output> {
        self.record(Recording::at_once);
        self.tell_at_once()
    }

    fn tell_at_once(&mut self) -> Vec<Output> {
        self.send_cursor();
        std::mem::take(&mut self.at_once)
    }

    /// Everything thought since the last turn.
    pub fn take_turn(&mut self) -> Turn {
        debug_assert!(self.in_flight.is_none(), "a turn is taken when the one before has been applied");
        self.join_when_ready();
        self.seal_own();
        self.tell_neighbours();
        if self.members_changed {
            self.settle_people();
        }
        let mut draft = std::mem::take(&mut self.draft);
        self.write_receipts(&mut draft);
        self.replica.mark(!draft.flight.news.is_empty(), self.history.last_row(), self.now, &mut draft.writes);
        for request in std::mem::take(&mut draft.reads) {
            let result = self.body().map(Done::Body).ok_or(Refused::Waiting);
            draft.answers.push(Answer::Done { request, result });
        }
        let at_once = self.tell_at_once();
        self.in_flight = Some(draft.flight);
        self.record(|recording| recording.turn(&draft.writes));
        Turn { at_once, writes: draft.writes, answers: draft.answers }
    }

    /// The turn is durable: foreign records enter the replica, and what rests on the turn may be told.
    pub fn apply_written(&mut self) {
        let Some(mut flight) = self.in_flight.take() else { return };
        self.record(Recording::written);
        let before = self.history.set_durable(&flight.grown);
        self.greet_granted();
        self.meet_replica(std::mem::take(&mut flight.news));
        self.tell_views();
        let written = flight.told(before, &self.history);
        self.tell_peers(&written);
        self.tell_library();
        if std::mem::take(&mut self.ask_for_replica) {
            // What a snapshot holds may have other names by now.
            let from_start = self.replica.distrusts_snapshot() || self.history.graph.has_aliases();
            self.outputs.push(Output::Hydrate { from_start });
        }
        // What was only waiting for the write is thought about now; it is written with the next turn.
        for input in std::mem::take(&mut self.kept) {
            self.hear(input, self.now);
        }
    }

    /// What is to be written when the document is closed in peace. Nothing is lost without it; the next opening is slower.
    pub fn farewell(&self) -> Writes {
        Writes { applied: self.replica.farewell(), ..Writes::default() }
    }

    /// What is to be told now.
    pub fn take_outputs(&mut self) -> Vec<Output> {
        std::mem::take(&mut self.outputs)
    }

    /// When the document wants to be woken with [`Input::Timeout`], on the clock of [`Moment::elapsed`].
    pub fn next_timeout(&self) -> Option<Duration> {
        let digest = self.history.durable.digest();
        let sessions = self.peers.iter().filter_map(|(_, peer)| peer.session.as_ref()?.next_timeout(&digest, &self.history.durable));
        let look = self.replica.next_look().filter(|_| self.state() == State::Ready);
        let body = [self.replica.next_timeout(self.now.elapsed), look, self.comparing.next_timeout()];
        let rest = [self.cursor.next_timeout(), self.receipts_due, self.peers.next_timeout(), self.tending.next_timeout()];
        // What was kept while a turn was written waits for nothing.
        let unwritten = (!self.at_once.is_empty() || !self.draft.is_empty()).then_some(self.now.elapsed);
        sessions.chain(body.into_iter().chain(rest).flatten()).chain(unwritten).min()
    }

    // ------------------------------------------------------------------------------------------------------------ facts

    /// Which document this is.
    pub fn id(&self) -> DocumentId {
        self.history.document()
    }

    /// Which device this is.
    pub fn device(&self) -> DeviceId {
        self.key.device()
    }

    /// The title, as far as it is known without the replica.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// What this device may do; to read, if it is nobody, or an admin says so.
    pub fn role(&self) -> Role {
        self.history.access.role(&self.key.device()).filter(|_| self.dismissed_by().is_none()).unwrap_or(Role::View)
    }

    /// What can be done with the document. Whoever was a member and is none can read what counted.
    pub fn state(&self) -> State {
        match self.history.access.role(&self.key.device()) {
            Some(_) if self.is_arriving() => State::Waiting,
            Some(_) => State::Ready,
            None if self.left || self.ticket.is_none() => State::Left,
            None => State::Waiting,
        }
    }

    /// Whether a device is a member, as far as is known here: whether links to it are of interest.
    pub fn is_member(&self, device: &DeviceId) -> bool {
        self.history.access.role(device).is_some()
    }

    /// The digest of everything durable, for discovery.
    pub fn frontier_digest(&self) -> [u8; 32] {
        self.history.durable.digest().0
    }

    /// The hash of the text, if the replica is open: equal on devices that have applied the same records.
    pub fn state_hash(&self) -> Option<[u8; 32]> {
        self.replica.get().map(|replica| replica.state_hash())
    }

    /// Whether yrs holds anything back, if the replica is open. It never may.
    pub fn is_pending(&self) -> bool {
        self.replica.get().is_some_and(|replica| replica.pending())
    }

    /// Whether a record that may have ended an earlier process is being tried alone: should this process end now, that counts against it.
    pub fn is_trying(&self) -> bool {
        self.replica.is_trying()
    }

    /// The last journal row that is in the text: as far as a snapshot can go.
    pub fn applied(&self) -> u64 {
        self.replica.applied()
    }

    /// Everything heard since the document began in this process; none if it was not recorded.
    pub fn recording(&self) -> Option<&Recording> {
        self.recording.as_deref()
    }

    /// Prepares making a snapshot of what `hydration` holds, on a second replica: run the job where it disturbs nobody, and store what it
    /// returns. Takes the same as [`Input::Hydrate`]. The frontier of the snapshot is [`Document::frontier_digest`] if nothing came after.
    pub fn fold(&mut self, hydration: Hydration) -> FoldJob {
        self.replica.fold(hydration, &mut self.history)
    }

    // ------------------------------------------------------------------------------------------------------------ thinking

    fn bare(who: Who, document: DocumentId, mut entropy: Entropy, now: Moment) -> Document {
        let Who { key, name, colour, .. } = who;
        let instance = entropy.draw_half();
        let me = key.device();
        Document {
            key,
            profile: Profile { name, colour },
            entropy,
            ticket: None,
            left: false,
            introduced: false,
            requests: acts::Requests::default(),
            tending: acts::Tending::default(),
            history: History::new(document),
            delivery: Delivery::default(),
            own: Own::default(),
            replica: Body::closed(me),
            title: String::new(),
            people: Vec::new(),
            views: Views::default(),
            peers: Peers::default(),
            receipts: Receipts::new(instance),
            cursor: OwnCursor::default(),
            routes: Vec::new(),
            supplied: false,
            first_copy: None,
            now,
            draft: Draft::default(),
            in_flight: None,
            kept: VecDeque::new(),
            for_replica: VecDeque::new(),
            at_once: Vec::new(),
            outputs: Vec::new(),
            ask_for_replica: false,
            text_changed: false,
            title_changed: false,
            members_changed: false,
            status_changed: false,
            cursors_changed: false,
            neighbours_changed: false,
            told_status: None,
            told_frontier: None,
            receipts_due: None,
            comparing: compare::Comparing::default(),
            tally: Tally::default(),
            authors: BTreeSet::new(),
            recording: None,
            ended_chains: Vec::new(),
        }
    }

    fn record(&mut self, note: impl FnOnce(&mut Recording)) {
        self.recording.as_deref_mut().map(note);
    }

    /// The moment that was asked for has come.
    fn tick(&mut self) {
        self.replica.tick(self.now);
        if self.replica.wants_review(self.now) {
            self.outputs.push(Output::Review);
        }
        self.ask_for_replica |= self.state() == State::Ready && self.replica.look(self.now);
        self.knock_again();
        self.part_in_time();
        self.tend();
        self.tick_sessions();
        self.give_receipts();
        self.compare_states();
    }

    fn link_free(&mut self, peer: PeerId) {
        let (mine, now) = (self.hello(), self.now.elapsed);
        let Some(session) = self.peers.session(peer) else { return self.go_on_parting(peer) };
        let missed = session.stage() == Stage::Behind;
        let wishes = session.hear_free(&mine, &self.history.durable, now);
        self.grant(peer, wishes);
        if missed {
            // That the cursor has gone may be among what was dropped.
            self.show_cursor(peer);
        }
    }

    /// What is written meets the replica, or what waits for one does.
    fn meet_replica(&mut self, news: Vec<body::News>) {
        let mut authors: Vec<DeviceId> = news.iter().map(|news| news.author).collect();
        authors.sort_unstable();
        authors.dedup();
        self.text_changed |= !news.is_empty();
        self.authors.extend(&authors);
        self.tally.merges += u64::from(self.are_concurrent(&news));
        // A replica writes under the client id of this process run's chain, so there must be one.
        if self.replica.has_come() {
            let _ = self.begin_chain();
        }
        let client = self.writes_as();
        let met = self.replica.meet(news, &mut self.history, client, self.now);
        met.stranded.into_iter().for_each(|rescued| self.announce(Announcement::Rescued(rescued)));
        if let Some(suspect) = met.suspect {
            self.strike(suspect);
        }
        for (position, reason) in met.killed {
            self.put_aside(position, reason);
        }
        if met.broken {
            self.rebuild();
        }
        if let Some(change) = met.change {
            self.title_changed |= change.title;
            let length = self.replica.get().map_or(0, |replica| replica.length());
            if !change.delta.ops.is_empty() {
                self.views.enter(change.delta, Author::Devices(authors), None, length);
                self.cursors_changed |= self.peers.is_anybody_nowhere;
            }
        }
        if met.woken {
            (self.title_changed, self.cursors_changed) = (true, true);
            self.kept.extend(self.for_replica.drain(..));
        }
        self.rest_unless_needed();
    }

    /// Lets the replica go in a while, if nobody looks at it.
    fn rest_unless_needed(&mut self) {
        if self.views.is_empty() {
            self.replica.rest(self.now);
        }
    }

    // ------------------------------------------------------------------------------------------------------------ telling

    fn tell_views(&mut self) {
        let whole = if self.views.wants_whole() { self.body() } else { None };
        let Some(replica) = self.replica.get() else { return };
        let told = self.views.tell(|| replica.checksum(), whole);
        self.outputs.extend(told);
    }

    fn tell_peers(&mut self, written: &sheaf_protocol::Written) {
        let now = self.now.elapsed;
        if !written.before.is_empty() {
            for id in self.peers.ids() {
                let Some(session) = self.peers.session(id) else { continue };
                let wishes = session.tell(written, &self.history.durable, now);
                self.grant(id, wishes);
            }
            self.receipts.reached(&self.history.durable.digest(), self.history.durable_row());
            self.status_changed = true;
        }
        self.end_leaving();
        // Records that wait for their seal are here, and others may lack them: that shows before anything is told of them.
        self.status_changed |= !self.history.is_all_sealed();
        self.give_receipts();
        self.send_cursor();
        // What has been said here rests on what is durable now.
        self.outputs.append(&mut self.at_once);
    }

    fn tell_library(&mut self) {
        self.tell_cursors();
        if std::mem::take(&mut self.text_changed) {
            self.announce(Announcement::Changed(self.now.wall));
        }
        if std::mem::take(&mut self.title_changed)
            && let Some(title) = self.replica.get().map(|replica| replica.title().to_owned()).filter(|title| *title != self.title)
        {
            self.title = title.clone();
            self.announce(Announcement::Title(title));
        }
        let digest = self.frontier_digest();
        if self.told_frontier.replace(digest) != Some(digest) {
            self.comparing.moved(self.now.elapsed);
            self.announce(Announcement::Frontier(digest));
        }
        self.announce_status();
    }

    pub(crate) fn announce(&mut self, announcement: Announcement) {
        self.outputs.push(Output::Announce(announcement));
    }

    /// Writes receipts down along with other things, or after a while by themselves.
    fn write_receipts(&mut self, draft: &mut Draft) {
        if !self.receipts.is_unwritten() {
            self.receipts_due = None;
            return;
        }
        let due = *self.receipts_due.get_or_insert(self.now.elapsed + RECEIPTS_WAIT);
        if !draft.writes.is_empty() || due <= self.now.elapsed {
            draft.writes.receipts = self.receipts.take_rows();
            self.receipts_due = None;
        }
    }
}
