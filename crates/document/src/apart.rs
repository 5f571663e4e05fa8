//! What was written apart: noticed when it comes together again, and gathered until it has come.
//!
//! **The rule.** A record of another device was written apart from this one if its author had not seen an edit that this device had made at
//! least [`APART`] before the record came. People who write together see each other's edits after a round trip, so however they type into one
//! line, their records stand on all but the last of each other's, and nothing is noticed. The measure is this device's own clock, from its own
//! edit to the arrival; nobody's word about time is needed. Edits of an earlier process run count as old: it is not known when the last of
//! them was made. (Whoever restarts within seconds, while another writes in the very line, may therefore be shown that line. It is true, too.)
//!
//! **Gathering.** What was written apart comes in many turns. The text as it was before the first of them is this device's side; the newest
//! record of each other chain that is still apart is the other's. When nothing more has come for [`QUIET`], or the document is closed,
//! the shell fetches the records, and [`crate::ReviewJob`] finds the lines. Nothing of this is on disk before that: a process that is killed
//! meanwhile and had already marked the records as applied shows no review. The text is merged all the same.

use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use sheaf_base::{ChainId, ClientId, DeviceId, Hash, Moment, Position, Wall};
use sheaf_schema::Delta;

use crate::{body::News, history::History};

/// An edit that somebody had not seen so long after it was made was made apart. A live link brings it within a round trip; over the worst
/// that is provided for (300 ms, 5 % loss, 64 kbit/s) within a few seconds. Nobody changes much of a line in ten.
const APART: Duration = Duration::from_secs(10);
/// How long nothing more has to come.
const QUIET: Duration = Duration::from_secs(2);
/// Gathered no longer than this, however much keeps coming; what comes later is another review.
const LONGEST: Duration = Duration::from_secs(300);
/// Own edits closer together than this have one time: some forty are remembered however fast somebody types.
const GRAIN: Duration = Duration::from_millis(250);
/// This device's newest chains, among whose edits somebody's record may have missed some.
const CHAINS: usize = 32;
/// Other sides that are told apart. Each takes a replica of its own for a moment; the ones beyond are one side together.
pub(crate) const SIDES: usize = 8;

/// Watches for records that were written apart.
pub(crate) struct Apart {
    me: DeviceId,
    now: Moment,
    /// The chain of this process run, and how far it had been written when: at each time up to that number.
    chain: Option<ChainId>,
    wrote: VecDeque<(Duration, u64)>,
    gathering: Option<Gathered>,
    /// Waits for the shell to bring the records.
    ripe: Option<Gathered>,
}

/// What came together.
pub(crate) struct Gathered {
    /// The text of this device before, and the last journal row in it.
    pub(crate) mine: Delta,
    pub(crate) upto: u64,
    /// When, for people.
    pub(crate) at: Wall,
    /// The newest record of each chain that was written apart.
    tips: BTreeMap<ChainId, Position>,
    began: Duration,
    last: Duration,
}

/// Another side: whose records, and the newest of them that others of theirs do not stand on.
pub(crate) struct Side {
    pub(crate) devices: Vec<DeviceId>,
    pub(crate) tips: Vec<Hash>,
}

impl Apart {
    pub(crate) fn new(me: DeviceId) -> Apart {
        let now = Moment { wall: Wall(0), elapsed: Duration::ZERO };
        Apart { me, now, chain: None, wrote: VecDeque::new(), gathering: None, ripe: None }
    }

    /// A turn is durable: remembers how far this process has written by now.
    pub(crate) fn note(&mut self, history: &History, client: Option<ClientId>, now: Moment) {
        self.now = now;
        let chain = client.and_then(|client| history.chains_of(&self.me).rev().find(|chain| chain.client() == client));
        if self.chain.as_ref() != chain {
            (self.chain, self.wrote) = (chain.copied(), VecDeque::new());
        }
        let Some(tip) = chain.and_then(|chain| history.tip(chain)) else { return };
        if self.wrote.back().is_some_and(|(_, number)| *number >= tip.number) {
            return;
        }
        let crowded = self.wrote.len() > 1 && self.wrote[self.wrote.len() - 1].0 < self.wrote[self.wrote.len() - 2].0 + GRAIN;
        if crowded {
            self.wrote.pop_back();
        }
        self.wrote.push_back((now.elapsed, tip.number));
        while self.wrote.get(1).is_some_and(|(at, _)| *at + APART <= now.elapsed) {
            self.wrote.pop_front();
        }
    }

    /// Looks at records that are about to meet the text: whether some were written apart. `text` is what it is before them, up to journal row
    /// `upto`.
    pub(crate) fn hear(&mut self, history: &History, upto: u64, news: &[&News], text: impl FnOnce() -> Delta) {
        let mut by_chain: BTreeMap<ChainId, Vec<&News>> = BTreeMap::new();
        for news in news.iter().copied().filter(|news| news.author != self.me) {
            by_chain.entry(news.position.chain).or_default().push(news);
        }
        // Along a chain pasts only grow: those that are apart come first.
        let newest = |records: Vec<&News>| {
            let apart = records.partition_point(|news| self.is_apart(history, &news.position.hash));
            Some(records.get(apart.checked_sub(1)?)?.position)
        };
        let tips: Vec<Position> = by_chain.into_values().filter_map(newest).collect();
        if tips.is_empty() {
            return;
        }
        let now = self.now;
        let begin = || Gathered { mine: text(), upto, at: now.wall, tips: BTreeMap::new(), began: now.elapsed, last: now.elapsed };
        let gathered = self.gathering.get_or_insert_with(begin);
        gathered.last = now.elapsed;
        gathered.tips.extend(tips.into_iter().map(|tip| (tip.chain, tip)));
    }

    /// Whether a record's author had not seen an edit of this device that is old by now.
    fn is_apart(&self, history: &History, record: &Hash) -> bool {
        let Some(past) = history.graph.past_with(record) else { return false };
        history.chains_of(&self.me).rev().take(CHAINS).any(|chain| {
            let (seen, old) = (past.number(chain), self.old(history, chain));
            seen < old && history.edits_after(chain, seen) > history.edits_after(chain, old)
        })
    }

    /// The newest record of an own chain that is old by now.
    fn old(&self, history: &History, chain: &ChainId) -> u64 {
        if self.chain.as_ref() != Some(chain) {
            return history.tip(chain).map_or(0, |tip| tip.number);
        }
        let old = self.wrote.iter().rev().find(|(at, _)| *at + APART <= self.now.elapsed);
        old.map_or(0, |(_, number)| *number)
    }

    /// When there is something to do.
    pub(crate) fn next_timeout(&self) -> Option<Duration> {
        self.gathering.as_ref().map(Gathered::due)
    }

    /// Whether enough has been gathered by now, so that the records are needed.
    pub(crate) fn ripen(&mut self, now: Moment) -> bool {
        if self.gathering.as_ref().is_none_or(|gathered| gathered.due() > now.elapsed) {
            return false;
        }
        if self.ripe.is_none() {
            self.ripe = self.gathering.take();
        } else if let Some(waiting) = &mut self.gathering {
            // The records for the last one have not come yet, or could not be read: they are asked for again, and this one is next.
            (waiting.began, waiting.last) = (now.elapsed, now.elapsed);
        }
        true
    }

    /// Waits no longer for more. Says whether anything has been gathered that the records are needed for.
    pub(crate) fn hasten(&mut self) -> bool {
        if self.ripe.is_none() {
            self.ripe = self.gathering.take();
        }
        self.ripe.is_some()
    }

    /// What has been gathered, for the records that have come.
    pub(crate) fn take(&mut self) -> Option<Gathered> {
        self.ripe.take()
    }
}

impl Gathered {
    fn due(&self) -> Duration {
        (self.last + QUIET).min(self.began + LONGEST)
    }

    /// The sides that came together with this device's: one for each device, without those that another's records stand on.
    pub(crate) fn sides(&self, history: &History) -> Vec<Side> {
        let tips: Vec<Hash> = self.tips.values().map(|tip| tip.hash).collect();
        let mut by_device: BTreeMap<DeviceId, Vec<Hash>> = BTreeMap::new();
        for tip in history.graph.minimal(&tips) {
            let device = history.graph.position(&tip).and_then(|position| history.device(&position.chain));
            by_device.entry(device.unwrap_or(DeviceId([0; 32]))).or_default().push(tip);
        }
        let mut sides: Vec<Side> = Vec::new();
        for (device, tips) in by_device {
            if sides.len() < SIDES {
                sides.push(Side { devices: vec![device], tips });
            } else if let Some(last) = sides.last_mut() {
                last.devices.push(device);
                last.tips.extend(tips);
            }
        }
        sides
    }
}
