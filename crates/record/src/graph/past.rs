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

    /// The chain that `client` means in it: of the chains whose ids it follows from and of which it contains records, the one with the smallest
    /// id. What else is known besides changes nothing about that.
    pub fn chain_of(&self, client: ClientId) -> Option<ChainId> {
        self.graph.holder(self, client).map(|chain| self.graph.chains[chain as usize].id())
    }

    /// How many clocks of `client` it contains: one entry of its state vector.
    pub fn clock(&self, client: ClientId) -> u32 {
        if self.graph.is_alias(client) {
            return self.graph.clock_in(self, client);
        }
        self.graph.clients.get(&client).map_or(0, |chain| self.graph.chains[*chain as usize].clock_end(self.newest(*chain)))
    }

    /// Whether the second half of a surrogate pair stands at `clock` of `client`: nothing may begin or end right before it.
    pub fn is_low_surrogate(&self, client: ClientId, clock: u32) -> bool {
        let at = match self.graph.is_alias(client) {
            true => self.graph.place_in(self, client, clock),
            false => self.graph.clients.get(&client).map(|chain| (*chain, clock)),
        };
        at.is_some_and(|(chain, clock)| self.graph.chains[chain as usize].is_low_surrogate(clock))
    }

    pub(super) fn newest(&self, chain: u32) -> u32 {
        self.tips.iter().map(|tip| chain::newest(&self.graph.chains, *tip, chain)).max().unwrap_or(0)
    }
}
