//! A set of records, by the place in which they were taken.

/// One bit a record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Bits(Vec<u64>);

impl Bits {
    /// Whether it holds this record.
    pub(super) fn has(&self, record: usize) -> bool {
        self.0.get(record / 64).is_some_and(|word| word >> (record % 64) & 1 == 1)
    }

    pub(super) fn set(&mut self, record: usize) {
        if self.0.len() <= record / 64 {
            self.0.resize(record / 64 + 1, 0);
        }
        self.0[record / 64] |= 1 << (record % 64);
    }

    /// Adds everything that `other` holds.
    pub(super) fn join(&mut self, other: &Self) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        self.0.iter_mut().zip(&other.0).for_each(|(mine, theirs)| *mine |= theirs);
    }

    /// Those that `other` holds too.
    pub(super) fn in_both(&self, other: &Self) -> Self {
        let mut both: Vec<u64> = self.0.iter().zip(&other.0).map(|(mine, theirs)| mine & theirs).collect();
        // So that equal sets are equal.
        both.truncate(both.iter().rposition(|word| *word != 0).map_or(0, |last| last + 1));
        Self(both)
    }

    /// How many it holds.
    pub(super) fn count(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// How many it holds that `other` holds too.
    pub(super) fn count_in(&self, other: &Self) -> usize {
        self.0.iter().zip(&other.0).map(|(mine, theirs)| (mine & theirs).count_ones() as usize).sum()
    }

    /// Those it holds, ascending.
    pub(super) fn iter(&self) -> impl Iterator<Item = usize> {
        self.0.iter().enumerate().flat_map(|(at, word)| (0..64).filter(move |bit| word >> bit & 1 == 1).map(move |bit| at * 64 + bit))
    }
}
