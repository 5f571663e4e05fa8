//! A past, as a question that can be asked: what is in it?

use sheaf_base::{ChainId, ClientId, Hash};

use super::{Graph, Place, chain};

/// Everything that stands behind some records, those records included. It holds nothing itself: a few records and the graph.
#[derive(Debug, Clone)]
pub struct Past<'graph> {
    graph: &'graph Graph,
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

    /// How many clocks of `client` it contains: one entry of its state vector.
    pub fn clock(&self, client: ClientId) -> u32 {
        let Some(index) = self.graph.clients.get(&client) else { return 0 };
        self.graph.chains[*index as usize].clock_end(self.newest(*index))
    }

    fn newest(&self, chain: u32) -> u32 {
        self.tips.iter().map(|tip| chain::newest(&self.graph.chains, *tip, chain)).max().unwrap_or(0)
    }
}
