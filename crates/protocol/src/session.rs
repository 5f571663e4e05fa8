//! The conversation with one peer about one document: who greets, what the peer is known to hold, which way what goes.
//!
//! A session never queues frames. It remembers, per chain, how far the peer is known or assumed to be; what it lacks can always be said
//! again from the journal. So a peer that cannot keep up costs a flag and a few numbers, and every loss is repaired by the next greeting.
//! It decides nothing about membership: it exists once the document has admitted the peer.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use sheaf_base::{ChainId, DeviceId};
use sheaf_record::{Digest, Frontier, Prefix, Signature};

use crate::{
    chunks::Chunks,
    frame::{Branch, Compare, Dismissal, Frame, Have, Hello, Receipt, Versions},
    reconcile::{Comparison, DIFFERENCES, HashAt, Learned},
};

/// How often two peers compare what they hold, though nothing seems to be missing.
pub const ANTI_ENTROPY: Duration = Duration::from_secs(60);
/// How long the one who leads waits to be greeted.
const COURTESY: Duration = Duration::from_millis(500);
/// A comparison that has not ended by then is begun again.
const PATIENCE: Duration = Duration::from_secs(20);
/// How soon the two compare again when something went amiss; twice as long each time, until both hold the same.
const HURRY: Duration = Duration::from_secs(1);
/// At most one receipt in this time.
const HAVE_PACE: Duration = Duration::from_millis(100);
/// How long a record that its author sends to the peer itself is held back from being sent a second time.
const TRUST: Duration = Duration::from_millis(1500);
/// A turn's records go on the fast lane up to this many bytes.
const FAST_BYTES: usize = 16 * 1024;
/// Larger records of others take the bulk lane, whoever sends them: what stands on them is not sent ahead of them.
const TRUSTED_BYTES: usize = 4 * 1024;
/// News in one `Have`; the rest goes into the next.
const NEWS: usize = 1000;
/// Spans in one supply; the rest goes into the next.
const SPANS: usize = 10_000;

/// Which way a frame goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lane {
    /// Keystrokes and what steers a session. Never behind bulk.
    Fast,
    /// Catching up.
    Bulk,
    /// May be lost; the newest replaces the one before.
    Presence,
}

/// A stretch of a chain: the records after `after`, up to and including `upto`, or whatever has been sealed since.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// Which chain.
    pub chain: ChainId,
    /// The last record the peer has; 0: nothing, so the head goes along.
    pub after: u64,
    /// The last record to send; it is sealed.
    pub upto: u64,
    /// If the chain is forked: what the receiver is told about where the record `after` is. A session knows nothing of forks; the document
    /// says in this way where the journal has what the two call a chain.
    pub branch: Option<Branch>,
}

/// What a session wants to be done.
#[derive(Debug, Clone, PartialEq)]
pub enum Wish {
    /// Send this frame.
    Send(Lane, Frame),
    /// Send these stretches of the journal on the bulk lane, and say when they have been handed over.
    Supply(Vec<Span>),
}

/// How far a session has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// The peer has not greeted yet.
    Greeting,
    /// The two find out where they differ.
    Comparing,
    /// What is written here goes there as it is written.
    Live,
    /// The peer does not read as fast as is written here: nothing is sent until its link is free, then one difference.
    Behind,
}

/// Records that have become durable in one turn, for all sessions.
#[derive(Debug, Default)]
pub struct Written {
    /// In order of acceptance.
    pub records: Vec<WrittenRecord>,
    /// Every chain whose sealed end has moved, and where it was before.
    pub before: BTreeMap<ChainId, u64>,
    /// Heads of chains that are new.
    pub heads: BTreeMap<ChainId, Vec<u8>>,
    /// Seals of the records, the last of each chain among them.
    pub seals: Vec<(ChainId, u64, Signature)>,
}

/// A record that has become durable.
#[derive(Debug)]
pub struct WrittenRecord {
    /// Its chain.
    pub chain: ChainId,
    /// Its number there.
    pub number: u64,
    /// Whose chain it is.
    pub author: DeviceId,
    /// The record.
    pub bytes: Vec<u8>,
    /// What its stamp names.
    pub parents: Vec<(ChainId, u64)>,
}

/// How far a peer is with a chain of which it is not known to hold everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Lag {
    /// It has said that it holds this, or everything speaks for it.
    held: u64,
    /// This has been sent.
    sent: u64,
    /// What stands on this or less may go on the fast lane: it went there itself, or its author sends it there.
    fast: u64,
    /// Its author is relied on to send so much; 0: nobody is.
    trusted: u64,
    /// When what has not been sent must be.
    due: Duration,
    /// Since when the peer lags here.
    since: Duration,
}

/// A comparison under way.
#[derive(Debug)]
struct Comparing {
    comparison: Comparison,
    /// It is about everything, so what it does not name is equal.
    whole: bool,
    began: Duration,
    /// What it does not name was equal then. What has been written since is not in it.
    about: Duration,
}

/// The conversation with one peer about one document.
#[derive(Debug)]
pub struct Session {
    leads: bool,
    stage: Stage,
    behind: bool,
    supplying: bool,
    theirs: Option<Hello>,
    /// The digest that this side has greeted with last.
    greeted: Option<Digest>,
    greet_at: Duration,
    comparing: Option<Comparing>,
    /// When this side has asked for the first time since a comparison ended. An answer does not say to which question it is one.
    asked: Option<Duration>,
    /// Where the peer is not known to hold everything that is held here.
    lag: BTreeMap<ChainId, Lag>,
    /// Where it holds more.
    ahead: BTreeMap<ChainId, u64>,
    neighbours: BTreeSet<DeviceId>,
    /// Chains that have grown since the last receipt.
    unsaid: BTreeSet<ChainId>,
    /// What the last receipt was about.
    said: Option<Digest>,
    have_after: Duration,
    hurries: u32,
    /// Chains of which the peer holds another branch and that are to be sent whole, once; and those that have been.
    branches: BTreeSet<ChainId>,
    told_branches: BTreeSet<ChainId>,
}

impl Session {
    /// A session with a peer that has been admitted. `leads` is true at exactly one end of the link. `settled`: discovery has shown that both
    /// hold the same, of which this is the digest, and each has the other's receipt for it as far as this side knows: nobody greets, the
    /// session begins live, and nothing is said until something changes.
    pub fn new(leads: bool, settled: Option<Digest>, now: Duration) -> Session {
        Session {
            leads,
            stage: if settled.is_some() { Stage::Live } else { Stage::Greeting },
            behind: false,
            supplying: false,
            theirs: None,
            greeted: None,
            // Who leads waits a little to be greeted, so that two greetings do not cross and everything is compared twice.
            greet_at: match (settled.is_some(), leads) {
                (true, _) => now + ANTI_ENTROPY,
                (false, true) => now + COURTESY,
                (false, false) => now,
            },
            comparing: None,
            asked: None,
            lag: BTreeMap::new(),
            ahead: BTreeMap::new(),
            neighbours: BTreeSet::new(),
            unsaid: BTreeSet::new(),
            said: settled,
            have_after: now,
            hurries: 0,
            branches: BTreeSet::new(),
            told_branches: BTreeSet::new(),
        }
    }

    /// How far the session has come.
    pub fn stage(&self) -> Stage {
        if self.behind { Stage::Behind } else { self.stage }
    }

    /// How the peer has greeted last.
    pub fn theirs(&self) -> Option<&Hello> {
        self.theirs.as_ref()
    }

    /// Where the peer is not known to hold what is held here: chain, and the number up to which it holds it.
    pub fn lacks(&self) -> impl Iterator<Item = (ChainId, u64)> + '_ {
        self.lag.iter().map(|(chain, lag)| (*chain, lag.held))
    }

    /// Where the peer is known to hold more than was held here: chain, and the number up to which it holds it.
    pub fn ahead(&self) -> impl Iterator<Item = (ChainId, u64)> + '_ {
        self.ahead.iter().map(|(chain, number)| (*chain, *number))
    }

    /// Whether, as far as is known, both hold the same.
    pub fn is_even(&self) -> bool {
        self.stage() == Stage::Live && self.lag.is_empty() && self.ahead.is_empty()
    }

    /// Whether the peer is known to hold more than is held here.
    pub fn is_ahead(&self) -> bool {
        !self.ahead.is_empty()
    }

    /// The peer's greeting.
    pub fn hear_hello(&mut self, hello: Hello, mine: &Hello, frontier: &Frontier, now: Duration) -> Result<Vec<Wish>, Dismissal> {
        Versions::HERE.agree(&hello.versions).ok_or(Dismissal::Version)?;
        let same = hello.frontier == mine.frontier;
        let goes_on = hello.back && self.comparing.is_some() && !same;
        if !goes_on {
            self.comparing = None;
        }
        self.theirs = Some(hello);
        if self.greeted.is_none() {
            // Whoever greets where both should be settled lacks this side's receipt.
            self.said = None;
        }
        let mut wishes = Vec::new();
        if same {
            self.settle();
        } else {
            self.stage = self.stage.max(Stage::Comparing);
        }
        if self.greeted.is_none() || (!same && !self.leads && self.greeted != Some(mine.frontier)) {
            wishes.push(self.hello(&Hello { back: true, ..mine.clone() }, now));
        }
        if !same && self.leads && !goes_on {
            wishes.push(self.compare(frontier, now));
        }
        Ok(wishes)
    }

    /// What the peer holds, range by range.
    pub fn hear_compare(&mut self, compare: &Compare, frontier: &Frontier, hash_at: HashAt<'_>, now: Duration) -> Vec<Wish> {
        // Only who leads asks. What comes to them unasked is an answer that came late, or twice: it says nothing of what has been written since.
        let whole = !self.leads && compare.ranges.iter().any(|range| range.prefix == Prefix::ALL);
        let mut comparing = self.comparing.take().unwrap_or(Comparing { comparison: Comparison::default(), whole, began: now, about: now });
        comparing.whole |= whole;
        let answer = comparing.comparison.answer(compare, frontier, hash_at);
        let ended = answer.ranges.is_empty();
        let mut wishes = Vec::new();
        if !(ended && compare.ranges.is_empty()) {
            wishes.push(Wish::Send(Lane::Fast, Frame::Compare(answer)));
        }
        if ended {
            self.learn(comparing, frontier, now);
            wishes.extend(self.supply(frontier, now));
        } else {
            self.comparing = Some(comparing);
        }
        wishes
    }

    /// The peer has made durable what it names. The receipt has been checked.
    pub fn hear_have(&mut self, have: &Have, frontier: &Frontier, now: Duration) -> Vec<Wish> {
        for (chain, number) in &have.news {
            self.holds(*chain, *number, frontier, now);
        }
        if let Some(theirs) = &mut self.theirs {
            theirs.frontier = have.receipt.frontier;
        }
        if have.receipt.frontier == frontier.digest() {
            self.settle();
        }
        self.supply(frontier, now).into_iter().collect()
    }

    /// The peer has sent this much of a chain, so it holds it.
    pub fn hear_records(&mut self, chain: ChainId, number: u64, frontier: &Frontier, now: Duration) {
        self.holds(chain, number, frontier, now);
    }

    /// Which devices the peer is linked with itself.
    pub fn hear_neighbours(&mut self, devices: Vec<DeviceId>) {
        self.neighbours = devices.into_iter().collect();
    }

    /// Something that was sent here could not be used as it came: the two should compare again soon.
    pub fn hurry(&mut self, now: Duration) {
        let wait = HURRY * 2_u32.pow(self.hurries.min(6));
        if now + wait < self.greet_at {
            self.greet_at = now + wait;
            self.hurries += 1;
        }
    }

    /// Whether something is being supplied to the peer, and has not been handed over yet.
    pub fn is_supplying(&self) -> bool {
        self.supplying
    }

    /// The shell had to drop a frame: the peer does not keep up.
    pub fn hear_full(&mut self) {
        self.behind = true;
        // The last receipt may be among what was dropped: it is given again.
        self.said = None;
    }

    /// Nothing waits for the peer any more: what was to be supplied has been handed over.
    pub fn hear_free(&mut self, mine: &Hello, frontier: &Frontier, now: Duration) -> Vec<Wish> {
        self.supplying = false;
        if !self.behind {
            return self.supply(frontier, now).into_iter().collect();
        }
        // What of the last frames has arrived is not known: the two compare, then comes one difference.
        self.behind = false;
        self.stage = Stage::Comparing;
        self.greet(mine, frontier, now)
    }

    /// What a turn wrote, to be told to the peer unless it is known to hold it.
    pub fn tell(&mut self, written: &Written, frontier: &Frontier, now: Duration) -> Vec<Wish> {
        for (chain, before) in &written.before {
            self.unsaid.insert(*chain);
            let held = self.ahead.get(chain).map_or(*before, |ahead| *ahead.max(before));
            if held < number_of(frontier, chain) {
                let lag = self.lag.entry(*chain).or_insert(Lag { held, sent: held, fast: held, trusted: 0, due: now, since: now });
                // A comparison that is under way does not know of what has just grown, though the chain lagged before.
                lag.since = now;
            }
        }
        let mut chunks = Chunks::new();
        let mut bytes = 0;
        for record in &written.records {
            if !self.offer(record, bytes, now) {
                continue;
            }
            if bytes == 0 {
                written.heads.iter().for_each(|(chain, head)| chunks.head(*chain, head.clone()));
                written.seals.iter().for_each(|(chain, number, seal)| chunks.seal(*chain, *number, *seal));
            }
            bytes += record.bytes.len();
            let full = chunks.record(record.chain, record.number, &record.bytes);
            debug_assert!(full.is_none(), "what goes on the fast lane in a turn fits into one frame");
        }
        self.ahead.retain(|chain, number| *number > number_of(frontier, chain));
        let mut wishes = Vec::new();
        if bytes > 0 {
            wishes.push(Wish::Send(Lane::Fast, Frame::Live(chunks.into_bundle())));
        }
        wishes.extend(self.supply(frontier, now));
        wishes
    }

    /// Whether the peer is owed a receipt now.
    pub fn owes_have(&self, digest: &Digest, now: Duration) -> bool {
        self.stage() != Stage::Greeting && !self.behind && self.said != Some(*digest) && self.have_after <= now
    }

    /// Gives the receipt for what is durable.
    pub fn give_have(&mut self, receipt: Receipt, frontier: &Frontier, now: Duration) -> Wish {
        let chains: Vec<_> = self.unsaid.iter().take(NEWS).copied().collect();
        chains.iter().for_each(|chain| {
            self.unsaid.remove(chain);
        });
        self.said = self.unsaid.is_empty().then_some(receipt.frontier);
        self.have_after = now + HAVE_PACE;
        let news = chains.into_iter().map(|chain| (chain, number_of(frontier, &chain))).collect();
        Wish::Send(Lane::Fast, Frame::Have(Have { receipt, news }))
    }

    /// What is due by now: a greeting, a comparison begun again, records that nobody else has delivered.
    pub fn tick(&mut self, mine: &Hello, frontier: &Frontier, now: Duration) -> Vec<Wish> {
        if self.behind {
            return Vec::new();
        }
        if self.is_stuck(now) || self.greet_at <= now {
            return self.greet(mine, frontier, now);
        }
        self.supply(frontier, now).into_iter().collect()
    }

    /// When [`Session::tick`] or a receipt is due; `digest` is that of the frontier.
    pub fn next_timeout(&self, digest: &Digest, frontier: &Frontier) -> Option<Duration> {
        if self.behind {
            return None;
        }
        let stuck = self.comparing.as_ref().map(|comparing| comparing.began + PATIENCE);
        let have = (self.stage != Stage::Greeting && self.said != Some(*digest)).then_some(self.have_after);
        let next = stuck.into_iter().chain(have).fold(self.greet_at, Duration::min);
        if self.stage != Stage::Live || self.supplying {
            return Some(next);
        }
        let waiting = self.lag.iter().filter(|(chain, lag)| lag.sent < number_of(frontier, chain)).map(|(_, lag)| lag.due);
        Some(waiting.fold(next, Duration::min))
    }

    fn is_stuck(&self, now: Duration) -> bool {
        self.comparing.as_ref().is_some_and(|comparing| comparing.began + PATIENCE <= now)
    }

    /// Begins a comparison: says what is held, and asks at once if the peer is not known to hold the same.
    fn greet(&mut self, mine: &Hello, frontier: &Frontier, now: Duration) -> Vec<Wish> {
        self.comparing = None;
        let mut wishes = vec![self.hello(mine, now)];
        if self.leads && self.theirs.as_ref().is_some_and(|theirs| theirs.frontier != mine.frontier) {
            wishes.push(self.compare(frontier, now));
        }
        wishes
    }

    fn hello(&mut self, mine: &Hello, now: Duration) -> Wish {
        self.greet_at = now + ANTI_ENTROPY;
        self.greeted = Some(mine.frontier);
        Wish::Send(Lane::Fast, Frame::Hello(mine.clone()))
    }

    fn compare(&mut self, frontier: &Frontier, now: Duration) -> Wish {
        let about = *self.asked.get_or_insert(now);
        self.comparing = Some(Comparing { comparison: Comparison::default(), whole: true, began: now, about });
        Wish::Send(Lane::Fast, Frame::Compare(Comparison::opening(frontier)))
    }

    /// Both hold the same.
    fn settle(&mut self) {
        self.lag.clear();
        self.ahead.clear();
        self.hurries = 0;
        self.stage = Stage::Live;
    }

    /// A comparison has ended.
    fn learn(&mut self, comparing: Comparing, frontier: &Frontier, now: Duration) {
        self.asked = None;
        let Learned { holds, forked, cut } = comparing.comparison.finish();
        if comparing.whole && !cut {
            // What lagged before and was not named is equal now.
            self.lag.retain(|_, lag| lag.since >= comparing.about);
            self.ahead.clear();
        }
        forked.into_iter().for_each(|chain| self.note_branch(chain));
        for (chain, held) in holds {
            let mine = number_of(frontier, &chain);
            if held < mine {
                self.lag.insert(chain, Lag { held, sent: held, fast: held, trusted: 0, due: now, since: now });
            } else if held > mine {
                self.note_ahead(chain, held);
            }
        }
        self.stage = Stage::Live;
    }

    fn note_branch(&mut self, chain: ChainId) {
        if self.told_branches.insert(chain) {
            self.branches.insert(chain);
        }
    }

    /// The peer holds this much of a chain.
    fn holds(&mut self, chain: ChainId, number: u64, frontier: &Frontier, now: Duration) {
        let mine = number_of(frontier, &chain);
        if number >= mine {
            self.lag.remove(&chain);
        } else if let Some(lag) = self.lag.get_mut(&chain).filter(|lag| lag.held < number) {
            lag.held = number;
            lag.sent = lag.sent.max(number);
            lag.fast = lag.fast.max(number);
            // Whoever is relied on is at it. What this side has to send itself waits for nobody.
            if lag.trusted > lag.sent {
                lag.due = now + TRUST;
            }
        }
        if number > mine {
            self.note_ahead(chain, number);
        }
    }

    /// The peer says that it holds more than is held here. It may say so of any number of chains, and only some are remembered.
    fn note_ahead(&mut self, chain: ChainId, number: u64) {
        if self.ahead.len() < DIFFERENCES || self.ahead.contains_key(&chain) {
            let ahead = self.ahead.entry(chain).or_default();
            *ahead = number.max(*ahead);
        }
    }

    /// Whether a record that has just been written goes to the peer on the fast lane; `bytes` are there already.
    fn offer(&mut self, record: &WrittenRecord, bytes: usize, now: Duration) -> bool {
        let live = self.stage() == Stage::Live;
        let founded = record.parents.iter().all(|(parent, number)| self.is_safe(parent, *number));
        let small = bytes + record.bytes.len() <= FAST_BYTES;
        let trusted = self.neighbours.contains(&record.author);
        let before = record.number - 1;
        let Some(lag) = self.lag.get_mut(&record.chain).filter(|lag| live && lag.held < record.number) else { return false };
        if trusted && lag.trusted.max(lag.sent) >= before {
            // Its author sends it there. Should that fail, it goes from here a little later.
            if lag.trusted <= lag.sent {
                lag.due = now + TRUST;
            }
            lag.trusted = record.number;
            if lag.fast >= before && record.bytes.len() <= TRUSTED_BYTES {
                lag.fast = record.number;
            }
            return false;
        }
        lag.trusted = 0;
        if lag.sent != before || lag.fast < before || !founded || !small {
            lag.due = now;
            return false;
        }
        lag.sent = record.number;
        lag.fast = record.number;
        true
    }

    /// Whether what stands on this record may go on the fast lane: it went there itself, or the peer holds it.
    fn is_safe(&self, chain: &ChainId, number: u64) -> bool {
        self.lag.get(chain).is_none_or(|lag| lag.held.max(lag.fast) >= number)
    }

    /// What the peer lacks and has not been sent, unless something is being supplied already.
    fn supply(&mut self, frontier: &Frontier, now: Duration) -> Option<Wish> {
        if self.stage() != Stage::Live || self.supplying {
            return None;
        }
        let branches = std::mem::take(&mut self.branches);
        let whole = branches.into_iter().map(|chain| Span { chain, after: 0, upto: number_of(frontier, &chain), branch: None });
        let mut spans: Vec<Span> = whole.filter(|span| span.upto > 0).collect();
        for (chain, lag) in &mut self.lag {
            let upto = number_of(frontier, chain);
            if lag.sent < upto && lag.due <= now && spans.len() < SPANS {
                spans.push(Span { chain: *chain, after: lag.sent, upto, branch: None });
                lag.sent = upto;
            }
        }
        self.supplying = !spans.is_empty();
        self.supplying.then_some(Wish::Supply(spans))
    }
}

fn number_of(frontier: &Frontier, chain: &ChainId) -> u64 {
    frontier.get(chain).map_or(0, |position| position.number)
}
