//! Forked chains: what they are made of, and what everything in them is called.
//!
//! A device that was resumed twice from one memory, or that lies, seals two different records with the same chain and number. Both count, as
//! two chains would that share a beginning. Here one of them goes on as the chain it was, whichever came first, and the other is a
//! **branch**: a chain of its own, with numbers and clocks of its own from one and zero on, that stands on the record it follows.
//!
//! What came first differs from device to device, so nothing of this is ever told. Told are **strands**: the pieces of the tree from one fork
//! to the next. Up to the first fork a strand has the chain's own id; each of those behind a fork is named by its first record
//! ([`crate::branch_name`]), and its client id and clocks follow from that name. A past sees only the forks whose branches it contains: to an
//! author who knew of one branch alone it was the chain, under the chain's client id. [`Graph::rename`] says what everybody calls it who
//! knows more.
//!
//! The same serves where two chains have one client id, which takes chance 2^26 chains and a liar 2^27 hashes: the smaller id keeps it, the
//! other is known by the next id that follows from its own; to an author who knew only the other it was that one's.
//!
//! A document without either pays one look at empty maps for all this.

use std::collections::{BTreeMap, BTreeSet};

use sheaf_base::{ChainId, ClientId, Hash, Position};

use super::{Graph, Past, Place, chain};
use crate::branch::branch_name;

/// What is known of forked chains.
#[derive(Debug, Clone, Default)]
pub(super) struct Forks {
    branches: BTreeMap<u32, Branch>,
    /// The branches behind a record, beside the one that goes on in the record's own chain.
    behind: BTreeMap<Place, Vec<u32>>,
    /// The branches of a whole tree, by its root.
    trees: BTreeMap<u32, Vec<u32>>,
}

/// What a branch goes on from.
#[derive(Debug, Clone, Copy)]
struct Branch {
    root: u32,
    base: Place,
    /// The number of `base` in the chain that its device wrote.
    offset: u32,
}

/// A part of a forked chain between two forks: what it is called, and where it is.
struct Strand {
    /// Its first record; number 0 where the chain begins.
    first: Place,
    pieces: Vec<Piece>,
    /// The first records of the strands that follow.
    next: Vec<Place>,
}

/// Consecutive records of a chain; none, if `to` is before `from`.
struct Piece {
    chain: u32,
    from: u32,
    to: u32,
}

/// A clock as it is kept, and how many from it on are next to one another under every name.
struct Located {
    chain: u32,
    clock: u32,
    left: u32,
}

impl Graph {
    /// Shows a branch, before its first record: a second history of a chain, behind `base`. `name` is its [`crate::branch_name`].
    pub fn open_branch(&mut self, name: ChainId, base: &Position) {
        if self.number_of(&name).is_some() {
            return;
        }
        let base = self.number_of(&base.chain).zip(u32::try_from(base.number).ok());
        let Some(base) = base.map(|(chain, number)| Place { chain, number }) else { return };
        let (root, offset) = (self.root_at(base.chain), self.absolute_at(base));
        let branch = self.chains.len() as u32;
        let device = self.chains[root as usize].device;
        chain::push_frugally(&mut self.chains, chain::Chain::new(name, device));
        self.index.insert(&Hash(name.0), Place { chain: branch, number: 0 }, &self.chains);
        self.forks.branches.insert(branch, Branch { root, base, offset });
        self.forks.behind.entry(base).or_default().push(branch);
        self.forks.trees.entry(root).or_default().push(branch);
    }

    /// Whether anything here may be known under other client ids than its authors used.
    pub fn has_aliases(&self) -> bool {
        self.has_forks() || !self.sharing.is_empty()
    }

    /// Whether another chain here has the client id that follows from this one.
    pub fn shares_client(&self, chain: &ChainId) -> bool {
        self.sharing.contains_key(&chain.client())
    }

    /// Whether any chain here has been forked.
    pub fn has_forks(&self) -> bool {
        !self.forks.branches.is_empty()
    }

    /// Whether this chain has been forked, or is a branch.
    pub fn is_forked(&self, chain: &ChainId) -> bool {
        self.has_forks() && self.number_of(chain).is_some_and(|chain| self.forks.trees.contains_key(&self.root_at(chain)))
    }

    /// What a branch follows. `None`: it is no branch.
    pub fn base(&self, chain: &ChainId) -> Option<Position> {
        let branch = self.forks.branches.get(&self.number_of(chain)?)?;
        Some(self.position_at(branch.base))
    }

    /// The chain whose head and key a chain has: itself, if it is no branch.
    pub fn root(&self, chain: &ChainId) -> ChainId {
        self.number_of(chain).map_or(*chain, |chain| self.chains[self.root_at(chain) as usize].id())
    }

    /// Where a record stands in the chain that its device wrote and sealed.
    pub fn absolute(&self, position: &Position) -> Position {
        let Some(place) = self.number_of(&position.chain).and_then(|chain| Some((chain, self.forks.branches.get(&chain)?))) else {
            return *position;
        };
        let (_, branch) = place;
        let root = self.chains[branch.root as usize].id();
        Position { chain: root, number: u64::from(branch.offset) + position.number, hash: position.hash }
    }

    /// How many clocks of the chain's own client the records before a branch fill.
    pub fn clocks_before(&self, chain: &ChainId) -> u32 {
        self.number_of(chain).map_or(0, |chain| self.clocks_before_at(chain))
    }

    /// What a record is called by everybody who holds the same: its strand, and its number in there.
    pub fn named(&self, position: &Position) -> (ChainId, u64) {
        let here = (position.chain, position.number);
        if !self.is_forked(&position.chain) {
            return here;
        }
        let (Some(chain), past) = (self.number_of(&position.chain), self.everything()) else { return here };
        let root = self.root_at(chain);
        for strand in self.strands(&past, root) {
            let mut before = 0;
            for piece in &strand.pieces {
                if piece.chain == chain && (u64::from(piece.from)..=u64::from(piece.to)).contains(&position.number) {
                    return (self.name(root, strand.first), before + position.number - u64::from(piece.from) + 1);
                }
                before += piece.records();
            }
        }
        here
    }

    /// The newest record of each strand of a forked chain: what it is called, how many records it has, and where the last of them is here.
    pub fn strand_ends(&self, chain: &ChainId) -> Vec<(ChainId, u64, Option<Position>)> {
        let (Some(chain), past) = (self.number_of(chain), self.everything()) else { return Vec::new() };
        let root = self.root_at(chain);
        let end = |strand: &Strand| {
            let last = strand.pieces.iter().rev().find(|piece| piece.records() > 0);
            last.map(|piece| self.position_at(Place { chain: piece.chain, number: piece.to }))
        };
        let strands = self.strands(&past, root);
        let ends =
            strands.iter().map(|strand| (self.name(root, strand.first), strand.pieces.iter().map(Piece::records).sum(), end(strand)));
        ends.collect()
    }

    /// Where the record is that everybody calls the `number`th of the strand `name`; where the strand begins, for number 0. `None`: there is
    /// none here.
    pub fn strand_place(&self, name: &ChainId, number: u64) -> Option<Position> {
        if !self.has_forks() || (self.number_of(name).is_some() && !self.is_forked(name)) {
            return self.hash(name, number).map(|hash| Position { chain: *name, number, hash });
        }
        let past = self.everything();
        for root in self.forks.trees.keys() {
            let strands = self.strands(&past, *root);
            let Some(strand) = strands.iter().find(|strand| self.name(*root, strand.first) == *name) else { continue };
            if number == 0 {
                return Some(self.position_at(self.previous(strand.first.chain, strand.first.number.max(1).into())));
            }
            let mut before = 0;
            for piece in &strand.pieces {
                if number <= before + piece.records() {
                    let number = u64::from(piece.from) + number - before - 1;
                    return Some(self.position_at(Place { chain: piece.chain, number: number as u32 }));
                }
                before += piece.records();
            }
        }
        None
    }

    /// What `clock` of `client`, as a past calls it, is called by everybody who holds what is held here, and for how many clocks from there on
    /// that can be counted on. `None`: the past contains no such clock.
    pub fn rename(&self, past: &Past<'_>, client: ClientId, clock: u32) -> Option<(ClientId, u32, u32)> {
        if !self.is_alias(client) {
            return Some((client, clock, u32::MAX - clock));
        }
        let at = self.locate(past, client, clock)?;
        let root = self.root_at(at.chain);
        for (client, strand) in self.clients(&self.everything()).into_iter().filter(|(_, strand)| self.root_at(strand.first.chain) == root)
        {
            let mut before = 0;
            for piece in &strand.pieces {
                let clocks = self.clocks_of(piece);
                if piece.chain == at.chain && clocks.contains(&at.clock) {
                    return Some((client, before + at.clock - clocks.start, at.left.min(clocks.end - at.clock)));
                }
                before += clocks.end - clocks.start;
            }
        }
        None
    }

    /// How many clocks of `client`, as everybody calls it who holds what is held here, a past contains.
    pub fn seen(&self, past: &Past<'_>, client: ClientId) -> u32 {
        if !self.is_alias(client) {
            return past.clock(client);
        }
        let all = self.clients(&self.everything());
        let Some((_, strand)) = all.into_iter().find(|(name, _)| *name == client) else { return 0 };
        let mut seen = 0;
        for piece in &strand.pieces {
            let to = piece.to.min(past.newest(piece.chain));
            seen += self.clocks_of(&Piece { to, ..*piece }).len() as u32;
        }
        seen
    }

    /// The client ids under which everybody knows the text of a chain.
    pub fn clients_of(&self, chain: &ChainId) -> Vec<ClientId> {
        if !self.is_forked(chain) && !self.shares_client(chain) {
            return vec![chain.client()];
        }
        let root = self.number_of(chain).map(|chain| self.root_at(chain));
        let all = self.clients(&self.everything()).into_iter();
        all.filter(|(_, strand)| Some(self.root_at(strand.first.chain)) == root).map(|(client, _)| client).collect()
    }

    // ---- by number

    /// Whether a client id may mean something else than the chain that it follows from.
    pub(super) fn is_alias(&self, client: ClientId) -> bool {
        let is_plain = |chain: &u32| !self.forks.trees.contains_key(chain) && !self.sharing.contains_key(&client);
        self.has_aliases() && !self.clients.get(&client).is_some_and(is_plain)
    }

    /// Of the chains that `client` follows from the one that a past means by it: that of the smallest id of which it contains records.
    pub(super) fn holder(&self, past: &Past<'_>, client: ClientId) -> Option<u32> {
        let first = self.clients.get(&client)?;
        let all = self.sharing.get(&client).map_or(std::slice::from_ref(first), Vec::as_slice);
        all.iter().copied().filter(|chain| self.is_in(past, *chain)).min_by_key(|chain| self.chains[*chain as usize].id())
    }

    /// Whether a past contains records of a chain, in whichever of its histories.
    fn is_in(&self, past: &Past<'_>, chain: u32) -> bool {
        past.newest(chain) > 0
            || self.forks.trees.get(&chain).is_some_and(|branches| branches.iter().any(|branch| past.newest(*branch) > 0))
    }

    /// What comes right before a record in its chain, which a branch shares up to its fork.
    pub(super) fn previous(&self, chain: u32, number: u64) -> Place {
        match self.forks.branches.get(&chain) {
            Some(branch) if number <= 1 => branch.base,
            _ => Place { chain, number: number.saturating_sub(1) as u32 },
        }
    }

    pub(super) fn root_at(&self, chain: u32) -> u32 {
        self.forks.branches.get(&chain).map_or(chain, |branch| branch.root)
    }

    pub(super) fn base_at(&self, chain: u32) -> Option<Place> {
        self.forks.branches.get(&chain).map(|branch| branch.base)
    }

    fn absolute_at(&self, place: Place) -> u32 {
        place.number + self.forks.branches.get(&place.chain).map_or(0, |branch| branch.offset)
    }

    fn clocks_before_at(&self, chain: u32) -> u32 {
        let base = self.base_at(chain);
        base.map_or(0, |base| self.clocks_before_at(base.chain) + self.chains[base.chain as usize].clock_end(base.number))
    }

    /// Whether a past contains a record of the tree of `chain` that the next record, `number`, does not follow.
    pub(super) fn knows_rival(&self, past: &Past<'_>, chain: u32, number: u64) -> bool {
        let root = self.root_at(chain);
        let Some(branches) = self.forks.trees.get(&root) else { return false };
        let mut path = BTreeMap::new();
        let mut at = self.previous(chain, number);
        loop {
            path.insert(at.chain, at.number);
            match self.base_at(at.chain) {
                Some(base) => at = base,
                None => break,
            }
        }
        let mut tree = branches.iter().copied().chain([root]);
        tree.any(|other| past.newest(other) > path.get(&other).copied().unwrap_or(0))
    }

    /// How many clocks of `client` a past contains, if the client's chain is forked.
    pub(super) fn clock_in(&self, past: &Past<'_>, client: ClientId) -> u32 {
        let strand = self.meaning(past, client);
        strand.map_or(0, |strand| strand.pieces.iter().map(|piece| self.clocks_of(piece).len() as u32).sum())
    }

    /// Where a clock is kept that a past calls so.
    pub(super) fn place_in(&self, past: &Past<'_>, client: ClientId, clock: u32) -> Option<(u32, u32)> {
        self.locate(past, client, clock).map(|at| (at.chain, at.clock))
    }

    fn locate(&self, past: &Past<'_>, client: ClientId, clock: u32) -> Option<Located> {
        let mut rest = clock;
        for piece in &self.meaning(past, client)?.pieces {
            let clocks = self.clocks_of(piece);
            let length = clocks.end - clocks.start;
            if rest < length {
                return Some(Located { chain: piece.chain, clock: clocks.start + rest, left: length - rest });
            }
            rest -= length;
        }
        None
    }

    /// The strand that a past means by a client id.
    fn meaning(&self, past: &Past<'_>, client: ClientId) -> Option<Strand> {
        match self.holder(past, client) {
            Some(root) => Some(self.strand(past, Place { chain: root, number: 0 })),
            None => self.clients(past).into_iter().find(|(name, _)| *name == client).map(|(_, strand)| strand),
        }
    }

    /// All strands of forked chains, and of those that share a client id, by the client ids that a past knows them by. Where that of a strand's
    /// name is taken, by a chain or by a strand of a smaller name, it is known by the next that follows from its name: nobody can make two of
    /// them share one.
    fn clients(&self, past: &Past<'_>) -> Vec<(ClientId, Strand)> {
        let roots: BTreeSet<u32> = self.forks.trees.keys().chain(self.sharing.values().flatten()).copied().collect();
        let (mut clients, mut others) = (Vec::new(), Vec::new());
        for root in roots.into_iter().filter(|root| self.is_in(past, *root)) {
            for strand in self.strands(past, root) {
                let name = self.name(root, strand.first);
                if strand.first.number == 0 && self.holder(past, name.client()) == Some(root) {
                    clients.push((name.client(), strand));
                } else {
                    others.push((name, strand));
                }
            }
        }
        others.sort_by_key(|(name, _)| *name);
        let mut taken = BTreeSet::new();
        for (mut name, strand) in others {
            while self.holder(past, name.client()).is_some() || !taken.insert(name.client()) {
                name = ChainId(*blake3::hash(&name.0).as_bytes());
            }
            clients.push((name.client(), strand));
        }
        clients
    }

    /// The strands of a tree that a past contains, the one that it begins with first.
    fn strands(&self, past: &Past<'_>, root: u32) -> Vec<Strand> {
        let mut strands = vec![self.strand(past, Place { chain: root, number: 0 })];
        let mut at = 0;
        while at < strands.len() {
            let next: Vec<Strand> = strands[at].next.iter().map(|first| self.strand(past, *first)).collect();
            strands.extend(next);
            at += 1;
        }
        strands
    }

    fn strand(&self, past: &Past<'_>, first: Place) -> Strand {
        let mut strand = Strand { first, pieces: Vec::new(), next: Vec::new() };
        let (mut chain, mut from, mut at) = (first.chain, first.number.max(1), first.number);
        loop {
            let newest = past.newest(chain);
            let Some((base, next)) = self.next_branching(past, chain, at, newest) else {
                strand.pieces.push(Piece { chain, from, to: newest });
                return strand;
            };
            strand.pieces.push(Piece { chain, from, to: base });
            if let [only] = next[..] {
                (chain, from, at) = (only.chain, 1, 1);
            } else {
                strand.next = next;
                return strand;
            }
        }
    }

    /// The first record of `chain` from `at` on behind which a past does not just go on in the chain, and where it does go on.
    fn next_branching(&self, past: &Past<'_>, chain: u32, at: u32, newest: u32) -> Option<(u32, Vec<Place>)> {
        if at > newest {
            return None;
        }
        for (base, branches) in self.forks.behind.range(Place { chain, number: at }..=Place { chain, number: newest }) {
            let own = (newest > base.number).then_some(Place { chain, number: base.number + 1 });
            let others = branches.iter().filter(|branch| past.newest(**branch) > 0).map(|branch| Place { chain: *branch, number: 1 });
            let next: Vec<Place> = own.into_iter().chain(others).collect();
            if next.len() > 1 || (next.len() == 1 && own.is_none()) {
                return Some((base.number, next));
            }
        }
        None
    }

    fn name(&self, root: u32, first: Place) -> ChainId {
        let root = self.chains[root as usize].id();
        if first.number == 0 { root } else { branch_name(&root, &self.hash_at(first)) }
    }

    fn clocks_of(&self, piece: &Piece) -> std::ops::Range<u32> {
        let it = &self.chains[piece.chain as usize];
        let start = it.clock_end(piece.from - 1);
        start..it.clock_end(piece.to).max(start)
    }
}

impl Piece {
    fn records(&self) -> u64 {
        u64::from((self.to + 1).saturating_sub(self.from))
    }
}

impl Past<'_> {
    /// Whether it contains a record of another history of the chain that record `number` of `chain` would be the next of: whoever knows of
    /// both goes on with neither.
    pub fn knows_rival(&self, chain: &ChainId, number: u64) -> bool {
        self.graph.has_forks() && self.graph.number_of(chain).is_some_and(|chain| self.graph.knows_rival(self, chain, number))
    }

    /// Where the clock is kept that it calls `clock` of `client`: in which chain, and under which clock there.
    pub fn place(&self, client: ClientId, clock: u32) -> Option<(ChainId, u32)> {
        if !self.graph.is_alias(client) {
            return self.chain_of(client).map(|chain| (chain, clock));
        }
        self.graph.place_in(self, client, clock).map(|(chain, clock)| (self.graph.chains[chain as usize].id(), clock))
    }
}
