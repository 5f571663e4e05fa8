//! A set of records, by the place in which they were taken.
//!
//! Every record keeps the set of those that it stands on, almost all of which is that of another one. So sets are made of blocks that are shared
//! until they differ, and a block without a record is none: who writes many chains side by side costs a block a record and not a bit for each other.

use std::sync::Arc;

/// Words in a block: as few as make the list of blocks short for ten thousands of records.
const WORDS: usize = 16;
const BITS: usize = WORDS * 64;

type Block = [u64; WORDS];

/// One bit a record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Bits(Vec<Option<Arc<Block>>>);

impl Bits {
    /// Whether it holds this record.
    pub(super) fn has(&self, record: usize) -> bool {
        let block = self.0.get(record / BITS).and_then(Option::as_ref);
        block.is_some_and(|block| block[record % BITS / 64] >> (record % 64) & 1 == 1)
    }

    pub(super) fn set(&mut self, record: usize) {
        if self.0.len() <= record / BITS {
            self.0.resize(record / BITS + 1, None);
        }
        let block = self.0[record / BITS].get_or_insert_default();
        Arc::make_mut(block)[record % BITS / 64] |= 1 << (record % 64);
    }

    /// Adds everything that `other` holds.
    pub(super) fn join(&mut self, other: &Self) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), None);
        }
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            match (&mut *mine, theirs) {
                (_, None) => {}
                (Some(mine), Some(theirs)) if Arc::ptr_eq(mine, theirs) || is_within(theirs, mine) => {}
                (Some(own), Some(theirs)) if !is_within(own, theirs) => {
                    Arc::make_mut(own).iter_mut().zip(theirs.iter()).for_each(|(mine, theirs)| *mine |= theirs);
                }
                _ => mine.clone_from(theirs),
            }
        }
    }

    /// Those that `other` holds too.
    pub(super) fn in_both(&self, other: &Self) -> Self {
        let both = |(mine, theirs): (&Option<Arc<Block>>, &Option<Arc<Block>>)| {
            let (mine, theirs) = (mine.as_ref()?, theirs.as_ref()?);
            let block: Block = std::array::from_fn(|word| mine[word] & theirs[word]);
            (block != [0; WORDS]).then(|| Arc::new(block))
        };
        let mut both: Vec<_> = self.0.iter().zip(&other.0).map(both).collect();
        // So that equal sets are equal.
        both.truncate(both.iter().rposition(Option::is_some).map_or(0, |last| last + 1));
        Self(both)
    }

    /// How many it holds.
    pub(super) fn count(&self) -> usize {
        self.words().map(|(_, word)| word.count_ones() as usize).sum()
    }

    /// How many it holds that `other` holds too.
    pub(super) fn count_in(&self, other: &Self) -> usize {
        let blocks = self.0.iter().zip(&other.0).filter_map(|(mine, theirs)| Some((mine.as_ref()?, theirs.as_ref()?)));
        blocks.flat_map(|(mine, theirs)| mine.iter().zip(theirs.iter())).map(|(mine, theirs)| (mine & theirs).count_ones() as usize).sum()
    }

    /// Those it holds, ascending.
    pub(super) fn iter(&self) -> impl Iterator<Item = usize> {
        let some = self.words().filter(|(_, word)| *word != 0);
        some.flat_map(|(at, word)| (0..64).filter(move |bit| word >> bit & 1 == 1).map(move |bit| at + bit))
    }

    /// Its words, each with the first record that it could hold.
    fn words(&self) -> impl Iterator<Item = (usize, u64)> {
        let blocks = self.0.iter().enumerate().filter_map(|(at, block)| Some((at, block.as_ref()?)));
        blocks.flat_map(|(at, block)| block.iter().enumerate().map(move |(word, bits)| (at * BITS + word * 64, *bits)))
    }
}

/// Whether a block holds no record that another one does not.
fn is_within(block: &Block, other: &Block) -> bool {
    block.iter().zip(other).all(|(mine, theirs)| mine & !theirs == 0)
}
