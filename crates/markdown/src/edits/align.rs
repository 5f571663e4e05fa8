//! Which lines of two versions belong together.
//!
//! Lines with equal content, of cells in the same cell, first, wherever they moved to in order; then, between those, lines that are alike; then lines next to such a
//! pair whose words come from the other side of it: a paragraph that was split or joined.

use std::{collections::BTreeMap, ops::Range};

use sheaf_schema::{Block, Cell, Line};
use similar::{Algorithm, DiffOp, capture_diff_slices};

/// Lines of the one version that became lines of the other. Either may be none. In order, and complete on both sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Group {
    pub(super) base: Range<usize>,
    pub(super) new: Range<usize>,
    /// Whether their words are to be compared; otherwise the ones go and the others come.
    pub(super) alike: bool,
}

/// Pairs of lines that may be compared for likeness between two lines that are equal. Beyond that it is another text.
const MAX_PAIRS: usize = 40_000;

/// How much of two lines' words must be common for one to be taken for the other.
const ALIKE: f64 = 0.5;

/// Groups the lines of two bodies.
pub(super) fn groups(base: &[Line], new: &[Line]) -> Vec<Group> {
    let mut names = Names::default();
    let key = |line: &Line| line.content.to_json() + &cell(line).map(|cell| cell.to_string()).unwrap_or_default();
    let mut keys = |lines: &[Line]| lines.iter().map(|line| names.number(&key(line))).collect::<Vec<_>>();
    let (base_keys, new_keys) = (keys(base), keys(new));
    let mut groups = Vec::new();
    for op in capture_diff_slices(Algorithm::Myers, &base_keys, &new_keys) {
        if let DiffOp::Equal { old_index, new_index, len } = op {
            let pairs = (0..len).map(|step| Group::pair(old_index + step, new_index + step));
            groups.extend(pairs);
        } else {
            groups.extend(Between::new(base, new, op.old_range(), op.new_range(), &mut names).groups());
        }
    }
    groups
}

/// The cell that a line stands in. Lines of two versions are in one if their tables, rows and columns are the same.
fn cell(line: &Line) -> Option<Cell> {
    Block::from(line.block()).cell
}

/// Numbers for texts: equal ones have the same.
#[derive(Default)]
struct Names(BTreeMap<String, usize>);

impl Names {
    fn number(&mut self, text: &str) -> usize {
        let next = self.0.len();
        *self.0.entry(text.to_owned()).or_insert(next)
    }
}

impl Group {
    fn pair(base: usize, new: usize) -> Group {
        Group { base: base..base + 1, new: new..new + 1, alike: true }
    }
}

/// The lines between two that are equal.
struct Between {
    base: Range<usize>,
    new: Range<usize>,
    base_words: Vec<Words>,
    new_words: Vec<Words>,
    base_cells: Vec<Option<Cell>>,
    new_cells: Vec<Option<Cell>>,
}

impl Between {
    fn new(base_lines: &[Line], new_lines: &[Line], base: Range<usize>, new: Range<usize>, names: &mut Names) -> Between {
        let mut words = |lines: &[Line]| lines.iter().map(|line| Words::of(line, names)).collect();
        let cells = |lines: &[Line]| lines.iter().map(cell).collect();
        let (base_lines, new_lines) = (&base_lines[base.clone()], &new_lines[new.clone()]);
        let (base_words, new_words) = (words(base_lines), words(new_lines));
        Between { base_words, new_words, base_cells: cells(base_lines), new_cells: cells(new_lines), base, new }
    }

    fn groups(&self) -> Vec<Group> {
        let (bases, news) = (self.base_words.len(), self.new_words.len());
        let pairs = match (bases, news) {
            (0, _) | (_, 0) => Vec::new(),
            // A line in the place of a line, between the same neighbours.
            (1, 1) => vec![(0, 0)],
            _ if bases * news <= MAX_PAIRS => self.most_alike(),
            _ => (0..bases.min(news)).filter(|at| self.likeness(*at, *at) >= ALIKE).map(|at| (at, at)).collect(),
        };
        let mut groups = Vec::new();
        let mut next = (0, 0);
        for (base, new) in pairs.into_iter().chain([(bases, news)]) {
            groups.extend(self.loose(next.0..base, next.1..new));
            if base < bases {
                groups.push(Group { alike: self.likeness(base, new) > 0.0, ..Group::pair(base, new) });
            }
            next = (base + 1, new + 1);
        }
        self.joined(groups).into_iter().map(|group| self.placed(group)).collect()
    }

    /// Lines that have no pair: all that go, then all that come.
    fn loose(&self, base: Range<usize>, new: Range<usize>) -> impl Iterator<Item = Group> {
        let gone = base.clone().map(move |line| Group { base: line..line + 1, new: new.start..new.start, alike: false });
        let come = new.clone().map(move |line| Group { base: base.end..base.end, new: line..line + 1, alike: false });
        gone.chain(come)
    }

    /// The pairs, in order on both sides, that are most alike together.
    fn most_alike(&self) -> Vec<(usize, usize)> {
        let (bases, news) = (self.base_words.len(), self.new_words.len());
        // best[b][n]: the sum of likenesses that lines from b and n on can reach.
        let mut best = vec![vec![0.0_f64; news + 1]; bases + 1];
        let mut alike = vec![vec![0.0_f64; news]; bases];
        for base in (0..bases).rev() {
            for new in (0..news).rev() {
                let likeness = self.likeness(base, new);
                alike[base][new] = if likeness >= ALIKE { likeness } else { 0.0 };
                best[base][new] = best[base + 1][new].max(best[base][new + 1]).max(alike[base][new] + best[base + 1][new + 1]);
            }
        }
        let (mut base, mut new, mut pairs) = (0, 0, Vec::new());
        while base < bases && new < news {
            if alike[base][new] > 0.0 && best[base][new] == alike[base][new] + best[base + 1][new + 1] {
                pairs.push((base, new));
                (base, new) = (base + 1, new + 1);
            } else if best[base][new] == best[base + 1][new] {
                base += 1;
            } else {
                new += 1;
            }
        }
        pairs
    }

    fn likeness(&self, base: usize, new: usize) -> f64 {
        if let (Some(one), Some(other)) = (&self.base_cells[base], &self.new_cells[new]) {
            return f64::from(one == other);
        }
        let (one, other) = (&self.base_words[base], &self.new_words[new]);
        2.0 * one.common(other) as f64 / (one.weight + other.weight).max(1) as f64
    }

    /// Adds a line without a pair to the group beside it, if most of its words are the other side's that the group has not used: the group
    /// was split there, or joined.
    fn joined(&self, groups: Vec<Group>) -> Vec<Group> {
        let mut joined = Vec::<Group>::new();
        for group in groups {
            match joined.last_mut() {
                Some(last) if self.belong(last, &group) => {
                    *last = Group { base: last.base.start..group.base.end, new: last.new.start..group.new.end, alike: true };
                }
                _ => joined.push(group),
            }
        }
        joined
    }

    fn belong(&self, one: &Group, other: &Group) -> bool {
        let (paired, loose) = if one.alike { (one, other) } else { (other, one) };
        if !paired.alike || loose.alike {
            return false;
        }
        let (base, new) = (Words::sum(&self.base_words[paired.base.clone()]), Words::sum(&self.new_words[paired.new.clone()]));
        let (line, unused) = match loose.new.is_empty() {
            true => (&self.base_words[loose.base.start], new.without(&base)),
            false => (&self.new_words[loose.new.start], base.without(&new)),
        };
        line.weight > 0 && line.common(&unused) as f64 >= ALIKE * line.weight as f64
    }

    fn placed(&self, group: Group) -> Group {
        let place = |range: Range<usize>, start: usize| range.start + start..range.end + start;
        Group { base: place(group.base, self.base.start), new: place(group.new, self.new.start), alike: group.alike }
    }
}

/// The words of a line, by number, each weighed by its length and how often it stands there.
#[derive(Default)]
struct Words {
    words: BTreeMap<usize, usize>,
    weight: usize,
}

impl Words {
    fn of(line: &Line, names: &mut Names) -> Words {
        let mut words = Words::default();
        for word in super::words::split(&line.content.text()).filter(|word| !word.trim().is_empty()) {
            words.add(names.number(word), word.len());
        }
        words
    }

    fn sum(lines: &[Words]) -> Words {
        let mut sum = Words::default();
        lines.iter().flat_map(|line| &line.words).for_each(|(word, weight)| sum.add(*word, *weight));
        sum
    }

    fn add(&mut self, word: usize, weight: usize) {
        *self.words.entry(word).or_default() += weight;
        self.weight += weight;
    }

    fn common(&self, other: &Words) -> usize {
        let (few, many) = if self.words.len() < other.words.len() { (self, other) } else { (other, self) };
        few.words.iter().filter_map(|(word, weight)| Some(*weight.min(many.words.get(word)?))).sum()
    }

    fn without(&self, used: &Words) -> Words {
        let mut left = Words::default();
        for (word, weight) in &self.words {
            left.add(*word, weight.saturating_sub(used.words.get(word).copied().unwrap_or(0)));
        }
        left
    }
}
