//! A past, as a question that can be asked: what is in it?

use sheaf_base::{ChainId, ClientId, Hash};

use super::{Graph, Place, chain};

/// Everything that stands behind some records, those records included. It holds nothing itself: a few records and the graph.
#[derive(Debug, Clone)]
pub struct Past<'graph> {
    pub(super) graph: &'graph Graph,
    tips: Vec<Place>,
}

impl<'graph> Past<'graph> {
    pub(super) fn new(graph: &'graph Graph, tips: Vec<Place>) -> Self {
        Self { graph, tips }
    }

    /// Whether it contains this record.
    pub fn contains(&self, record: &Hash) -> bool {
        self.graph.place(record).is_some_and(|place| place.number > 0 && self.newest(place.chain) >= place.number)
    }

    /// The newest number of `chain` that it contains; 0 if none.
    pub fn number(&self, chain: &ChainId) -> u64 {
        self.graph.number_of(chain).map_or(0, |index| self.newest(index).into())
    }

    /// The chain that `client` means in it: of the chains with this client id of which it contains records, the one with the smallest id.
    /// What else is known besides changes nothing about that.
    pub fn chain_of(&self, client: ClientId) -> Option<ChainId> {
        self.meant(client).filter(|index| self.newest(*index) > 0).map(|index| self.graph.chains[index as usize].id())
    }

    /// How many clocks of `client` it contains: one entry of its state vector.
    pub fn clock(&self, client: ClientId) -> u32 {
        if self.graph.is_forked_client(client) {
            return self.graph.clock_in(self, client);
        }
        self.meant(client).map_or(0, |index| self.graph.chains[index as usize].clock_end(self.newest(index)))
    }

    /// Whether the second half of a surrogate pair stands at `clock` of `client`: nothing may begin or end right before it.
    pub fn is_low_surrogate(&self, client: ClientId, clock: u32) -> bool {
        let at = if self.graph.is_forked_client(client) {
            self.graph.place_in(self, client, clock)
        } else {
            self.meant(client).map(|chain| (chain, clock))
        };
        at.is_some_and(|(chain, clock)| self.graph.chains[chain as usize].is_low_surrogate(clock))
    }

    fn meant(&self, client: ClientId) -> Option<u32> {
        let counts = *self.graph.clients.get(&client)?;
        if !self.graph.has_clash() {
            return Some(counts);
        }
        let void = self.graph.void.get(&client).into_iter().flatten();
        let all = std::iter::once(counts).chain(void.copied()).filter(|index| self.newest(*index) > 0);
        all.min_by_key(|index| self.graph.chains[*index as usize].id())
    }

    pub(super) fn newest(&self, chain: u32) -> u32 {
        self.tips.iter().map(|tip| chain::newest(&self.graph.chains, *tip, chain)).max().unwrap_or(0)
    }
}
