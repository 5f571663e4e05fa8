//! How far a record knew each chain, as a tree that shares everything with its neighbours but the few paths that differ.
//!
//! Chains are interned in the order in which they came, so those that change together stand together, and a path is short: five steps at
//! 180,000 chains.

use std::sync::Arc;

const LEAF: usize = 16;
const BRANCH: usize = 8;

/// For each interned chain the newest number known; 0 for those that are not.
#[derive(Debug, Clone, Default)]
pub(super) struct Known {
    root: Option<Arc<Node>>,
    /// Steps from the root to a leaf.
    height: u32,
}

#[derive(Debug, Clone)]
enum Node {
    Leaf([u32; LEAF]),
    Inner([Option<Arc<Node>>; BRANCH]),
}

impl Known {
    pub(super) fn get(&self, chain: u32) -> u32 {
        if chain as usize >= span(self.height) {
            return 0;
        }
        let mut node = self.root.as_deref();
        let mut height = self.height;
        loop {
            match node {
                None => return 0,
                Some(Node::Leaf(numbers)) => return numbers[chain as usize % LEAF],
                Some(Node::Inner(children)) => {
                    height -= 1;
                    node = children[slot(chain, height)].as_deref();
                }
            }
        }
    }

    /// Makes the entry of `chain` at least `number`.
    pub(super) fn raise(&mut self, chain: u32, number: u32) {
        while chain as usize >= span(self.height) {
            self.deepen();
        }
        raise(&mut self.root, self.height, chain, number);
    }

    /// The larger of the two in every entry. Where one of them has it already, its part is shared and not copied.
    pub(super) fn join(mut self, mut other: Known) -> Known {
        while self.height < other.height {
            self.deepen();
        }
        while other.height < self.height {
            other.deepen();
        }
        Known { root: join(self.root.as_ref(), other.root.as_ref()), height: self.height }
    }

    fn deepen(&mut self) {
        if let Some(root) = self.root.take() {
            let mut children: [Option<Arc<Node>>; BRANCH] = Default::default();
            children[0] = Some(root);
            self.root = Some(Arc::new(Node::Inner(children)));
        }
        self.height += 1;
    }
}

/// How many chains a tree of this height has room for.
fn span(height: u32) -> usize {
    LEAF * BRANCH.pow(height)
}

/// Which child of a node leads to `chain`, if the child has this height.
fn slot(chain: u32, height: u32) -> usize {
    chain as usize / span(height) % BRANCH
}

fn raise(node: &mut Option<Arc<Node>>, height: u32, chain: u32, number: u32) {
    let node = node.get_or_insert_with(|| Arc::new(if height == 0 { Node::Leaf([0; LEAF]) } else { Node::Inner(Default::default()) }));
    match Arc::make_mut(node) {
        Node::Leaf(numbers) => {
            let entry = &mut numbers[chain as usize % LEAF];
            *entry = number.max(*entry);
        }
        Node::Inner(children) => raise(&mut children[slot(chain, height - 1)], height - 1, chain, number),
    }
}

fn join(left: Option<&Arc<Node>>, right: Option<&Arc<Node>>) -> Option<Arc<Node>> {
    let (left, right) = match (left, right) {
        (Some(left), Some(right)) if !Arc::ptr_eq(left, right) => (left, right),
        (left, right) => return left.or(right).cloned(),
    };
    match (&**left, &**right) {
        (Node::Leaf(mine), Node::Leaf(theirs)) => {
            let joined: [u32; LEAF] = std::array::from_fn(|index| mine[index].max(theirs[index]));
            Some(if joined == *theirs {
                right.clone()
            } else if joined == *mine {
                left.clone()
            } else {
                Arc::new(Node::Leaf(joined))
            })
        }
        (Node::Inner(mine), Node::Inner(theirs)) => {
            let joined: [Option<Arc<Node>>; BRANCH] = std::array::from_fn(|index| join(mine[index].as_ref(), theirs[index].as_ref()));
            Some(if same(&joined, theirs) {
                right.clone()
            } else if same(&joined, mine) {
                left.clone()
            } else {
                Arc::new(Node::Inner(joined))
            })
        }
        _ => unreachable!("both trees have the same height, so leaves meet leaves"),
    }
}

fn same(left: &[Option<Arc<Node>>; BRANCH], right: &[Option<Arc<Node>>; BRANCH]) -> bool {
    left.iter().zip(right).all(|(left, right)| match (left, right) {
        (Some(left), Some(right)) => Arc::ptr_eq(left, right),
        (left, right) => left.is_none() && right.is_none(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_remembers_the_largest() {
        let mut known = Known::default();
        for (chain, number) in [(0, 3), (17, 2), (200_000, 9), (17, 1), (129, 4)] {
            known.raise(chain, number);
        }
        let expected = [(0, 3), (1, 0), (17, 2), (129, 4), (200_000, 9), (200_001, 0), (u32::MAX - 1, 0)];
        for (chain, number) in expected {
            assert_eq!(known.get(chain), number, "chain {chain}");
        }
    }

    #[test]
    fn joining_takes_the_larger_and_shares_the_rest() {
        let mut old = Known::default();
        for chain in 0..5_000 {
            old.raise(chain, 1);
        }
        let mut mine = old.clone();
        mine.raise(7, 5);
        let mut theirs = old.clone();
        theirs.raise(7, 4);
        theirs.raise(40_000, 6);

        let joined = mine.clone().join(theirs.clone());
        assert_eq!([joined.get(7), joined.get(8), joined.get(40_000), joined.get(39_999)], [5, 1, 6, 0]);

        let again = joined.clone().join(mine);
        assert!(Arc::ptr_eq(again.root.as_ref().unwrap(), joined.root.as_ref().unwrap()), "nothing new: nothing copied");
    }
}
