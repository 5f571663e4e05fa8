//! Merge review: the lines that this device and others changed while they were apart, with the wording that each side had before.
//!
//! **The rule.** A line is its id. For each side that came together (see `apart`) three texts are built from the records themselves: what both
//! sides had (the records in both pasts), what that side had (those in its past), and this device's, which is the text right before the first
//! of the others' records met it. A line is listed if it stood in the common text, a record of this device that the other side had not seen
//! touched it, a record of the other side touched it, and its wording is another in all three: its words, their marks and what kind of line it
//! is. A line that one side had removed has no wording there; one that both changed to the same is not listed.
//!
//! This is exact, and costs a replica of the common text, off the turn and only after people have written apart. Where it is approximate:
//! a line that was split is its latter part, which keeps the id; words that were moved into another line are that line's; where more
//! than [`GROUPS`] turns were taken by several devices on one side, the later ones count as touched by all of them.

use std::collections::{BTreeMap, BTreeSet};

use sheaf_base::{ClientId, DeviceId, Wall};
use sheaf_replica::{Replica, Weighed};
use sheaf_schema::{Attributes, Delta, Op};

use crate::{
    Document,
    apart::{Gathered, Side},
    body::News,
    history::History,
    hydration::Hydration,
};

/// Lines that one review lists. Whoever has more than this before them does not go through it line by line.
const LINES: usize = 200;
/// Bytes of text that one review holds, all wordings together; lines that do not fit are counted only.
const BYTES: usize = 1024 * 1024;
/// Runs of records of one device on one side whose lines are told apart: each costs a walk over the text.
const GROUPS: usize = 256;
/// The line of words behind the last newline: the sentinel's, which no view sees.
const END: &str = "end";
/// Any client will do: these replicas write nothing.
const READER: ClientId = ClientId(1);

/// What came together, for this device's person to look at.
#[derive(Debug, Clone, PartialEq)]
pub struct Review {
    /// When it came.
    pub at: Wall,
    /// The lines, in the order of the text.
    pub lines: Vec<ReviewedLine>,
    /// How many more there are that are not listed: only 200 lines, and a megabyte of text.
    pub more: usize,
}

/// A line that both sides changed.
#[derive(Debug, Clone, PartialEq)]
pub struct ReviewedLine {
    /// Its id; `end` for words behind the last newline.
    pub line: String,
    /// The nearest line before it that this device's text held: where it goes, should it have gone. `None`: to the beginning.
    pub after: Option<String>,
    /// What this device had. `None`: it had removed the line.
    pub mine: Option<Wording>,
    /// What the others had, one for each side that changed it.
    pub theirs: Vec<Theirs>,
}

/// Another side's wording of a line.
#[derive(Debug, Clone, PartialEq)]
pub struct Theirs {
    /// Who changed it there.
    pub devices: Vec<DeviceId>,
    /// What it was there. `None`: the line had been removed.
    pub wording: Option<Wording>,
}

/// A line's words and what it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Wording {
    /// The words and their marks, without the newline.
    pub content: Delta,
    /// What the line is; `None` for a plain paragraph.
    pub block: Option<String>,
}

/// Finding the lines: run it where it disturbs nobody. Takes as long as the body and its history are large.
pub struct ReviewJob {
    me: DeviceId,
    at: Wall,
    mine: Delta,
    upto: u64,
    rows: Vec<Row>,
    sides: Vec<Vec<DeviceId>>,
}

/// A body record, and in the pasts of which sides it is, one bit each.
struct Row {
    row: u64,
    author: DeviceId,
    update: Weighed,
    sides: u8,
}

/// There is no review. The text is merged all the same.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("what each side had before the merge cannot be built again: {0}")]
pub struct ReviewError(String);

impl Document {
    /// Whether something was written apart that has not been looked at: for a document that is about to be closed. If so, [`Document::review`]
    /// is next.
    pub fn owes_review(&mut self) -> bool {
        self.replica.owes_review()
    }

    /// Prepares the review that [`crate::Output::Review`] asked for. `hydration` holds all body rows and no snapshot. `None` if there is
    /// nothing to review any more.
    pub fn review(&mut self, hydration: Hydration) -> Option<ReviewJob> {
        self.replica.review(hydration, &mut self.history)
    }
}

impl ReviewJob {
    pub(crate) fn new(me: DeviceId, gathered: Gathered, news: Vec<News>, history: &History) -> ReviewJob {
        let sides = gathered.sides(history);
        let mut membership = Membership { history, sides: &sides, numbers: BTreeMap::new() };
        let places: Vec<(u64, DeviceId, u8)> = news.iter().map(|news| (news.row, news.author, membership.of(news))).collect();
        let weighed = history.weighed(news);
        let rows = places.into_iter().zip(weighed).map(|((row, author, sides), update)| Row { row, author, update, sides }).collect();
        let Gathered { mine, upto, at, .. } = gathered;
        ReviewJob { me, at, mine, upto, rows, sides: sides.into_iter().map(|side| side.devices).collect() }
    }

    /// Finds the lines. A review without lines says that nobody has to look at anything.
    pub fn run(self) -> Result<Review, ReviewError> {
        let mine = Text::of(&self.mine);
        let mut found = BTreeMap::new();
        for (side, devices) in self.sides.iter().enumerate() {
            self.look_at(side, devices, &mine, &mut found)?;
        }
        Ok(listed(self.at, found.into_values().collect()))
    }

    /// Finds the lines that one side changed as well.
    fn look_at(
        &self,
        side: usize,
        devices: &[DeviceId],
        mine: &Text,
        found: &mut BTreeMap<String, (usize, ReviewedLine)>,
    ) -> Result<(), ReviewError> {
        let (theirs, others): (Vec<&Row>, Vec<&Row>) = self.rows.iter().partition(|row| row.sides & (1 << side) != 0);
        let (common, fresh): (Vec<&Row>, Vec<&Row>) = theirs.into_iter().partition(|row| row.row <= self.upto);
        let mut replica = Replica::empty(READER);
        apply(&mut replica, &common)?;
        let again = reopened(&replica, &common)?;
        let base = Text::of(&replica.delta());
        let here = touched(&mut replica, &others.into_iter().filter(|row| row.row <= self.upto).collect::<Vec<_>>())?;
        let mut replica = again;
        let there = touched(&mut replica, &fresh)?;
        let theirs = Text::of(&replica.delta());
        let mut after: Option<(usize, &String)> = None;
        for (line, before) in &base.lines {
            let (my, their) = (mine.wording(line), theirs.wording(line));
            let by_me = here.get(line).is_some_and(|authors| authors.contains(&self.me));
            let changed = my != Some(before) && their != Some(before) && my != their;
            if let Some(by) = there.get(line).filter(|_| by_me && changed) {
                // Between the lines that this device had, lines that it had removed.
                let place = mine.place(line).map(|place| 2 * place + 1).or(after.map(|(place, _)| 2 * place + 2)).unwrap_or_default();
                let new =
                    ReviewedLine { line: line.clone(), after: after.map(|(_, id)| id.clone()), mine: my.cloned(), theirs: Vec::new() };
                // Who stands behind the side is said by the records that touched the line; all of it, should it be only what they led to.
                let by = if by.is_empty() { devices.to_vec() } else { by.iter().copied().collect() };
                let (_, reviewed) = found.entry(line.clone()).or_insert((place, new));
                reviewed.theirs.push(Theirs { devices: by, wording: their.cloned() });
            }
            after = mine.place(line).map(|place| (place, line)).or(after);
        }
        Ok(())
    }
}

/// In the pasts of which sides records are.
struct Membership<'a> {
    history: &'a History,
    sides: &'a [Side],
    /// By chain, how far each side knows it.
    numbers: BTreeMap<sheaf_base::ChainId, Vec<u64>>,
}

impl Membership<'_> {
    fn of(&mut self, news: &News) -> u8 {
        let (chain, number) = (news.position.chain, news.position.number);
        let known = |side: &Side| {
            let pasts = side.tips.iter().filter_map(|tip| self.history.graph.past_with(tip));
            pasts.map(|past| past.number(&chain)).max().unwrap_or(0)
        };
        let numbers = self.numbers.entry(chain).or_insert_with(|| self.sides.iter().map(known).collect());
        numbers.iter().enumerate().filter(|(_, known)| number <= **known).fold(0, |bits, (side, _)| bits | 1 << side)
    }
}

/// A text, line by line.
struct Text {
    lines: Vec<(String, Wording)>,
    places: BTreeMap<String, usize>,
}

impl Text {
    fn of(body: &Delta) -> Text {
        let nothing = Wording { content: Delta::new(), block: None };
        let mut end = nothing.clone();
        let mut lines = Vec::new();
        for line in body.lines() {
            let block = Some(line.block()).filter(|block| !block.is_empty()).map(str::to_owned);
            match line.id() {
                Some(id) => lines.push((id.to_owned(), Wording { content: line.content, block })),
                None if line.newline.is_none() => end = Wording { content: line.content, ..nothing.clone() },
                // A line that has lost its id to another is nobody's to compare.
                None => {}
            }
        }
        lines.push((END.to_owned(), end));
        let places = lines.iter().enumerate().map(|(place, (id, _))| (id.clone(), place)).collect();
        Text { lines, places }
    }

    fn place(&self, line: &str) -> Option<usize> {
        self.places.get(line).copied()
    }

    fn wording(&self, line: &str) -> Option<&Wording> {
        self.place(line).map(|place| &self.lines[place].1)
    }
}

/// A second replica of the same. Copying is quicker than applying everything again, and cannot be done where some of it does not count.
fn reopened(replica: &Replica, rows: &[&Row]) -> Result<Replica, ReviewError> {
    if rows.iter().any(|row| !row.update.is_plain()) {
        let mut again = Replica::empty(READER);
        return apply(&mut again, rows).map(|_| again);
    }
    let state = replica.snapshot().map_err(|error| ReviewError(error.to_string()))?;
    Replica::from_snapshot(READER, &state).map_err(|error| ReviewError(error.to_string()))
}

fn apply(replica: &mut Replica, rows: &[&Row]) -> Result<Delta, ReviewError> {
    let updates: Vec<Weighed> = rows.iter().map(|row| row.update.clone()).collect();
    Ok(replica.apply_weighed(&updates).map_err(|error| ReviewError(error.to_string()))?.delta)
}

/// Applies records, and says which lines of the text they touched, and who.
fn touched(replica: &mut Replica, rows: &[&Row]) -> Result<BTreeMap<String, BTreeSet<DeviceId>>, ReviewError> {
    let mut touched: BTreeMap<String, BTreeSet<DeviceId>> = BTreeMap::new();
    let mut rest = rows;
    for group in 1..=GROUPS {
        let Some(first) = rest.first() else { break };
        let run = rest.iter().take_while(|row| row.author == first.author).count();
        let (group, after) = rest.split_at(if group < GROUPS { run } else { rest.len() });
        rest = after;
        let authors: BTreeSet<DeviceId> = group.iter().map(|row| row.author).collect();
        let before = replica.delta();
        for line in lines_of(&before, &apply(replica, group)?) {
            touched.entry(line).or_default().extend(&authors);
        }
    }
    Ok(touched)
}

/// The lines of a text that a change touches.
fn lines_of(text: &Delta, change: &Delta) -> Vec<String> {
    let mut lines = text.lines().map(|line| {
        let id = if line.newline.is_none() { Some(END.to_owned()) } else { line.id().map(str::to_owned) };
        (line.start + line.length, id)
    });
    let mut line = lines.next();
    let mut touched = Vec::new();
    let mut at = 0;
    for op in &change.ops {
        let (start, end) = (at, if op.is_insert() { at } else { at + op.length() });
        at = end;
        if matches!(op, Op::Retain { attributes, .. } if *attributes == Attributes::new()) {
            continue;
        }
        while line.as_ref().is_some_and(|(ends, _)| *ends <= start) {
            line = lines.next();
        }
        loop {
            // Behind the last newline there is the sentinel's line, whether or not it has words.
            let (ends, id) = line.clone().unwrap_or((usize::MAX, Some(END.to_owned())));
            touched.extend(id);
            // Without its newline a line's words are the next one's.
            let joins = ends == end && matches!(op, Op::Delete { .. });
            if (ends >= end && !joins) || line.is_none() {
                break;
            }
            line = lines.next();
        }
    }
    touched
}

/// A review of the lines that fit.
fn listed(at: Wall, mut found: Vec<(usize, ReviewedLine)>) -> Review {
    found.sort_by_key(|(place, _)| *place);
    let mut review = Review { at, lines: Vec::new(), more: 0 };
    let mut left = BYTES;
    for (_, line) in found {
        let wordings = line.mine.iter().chain(line.theirs.iter().filter_map(|theirs| theirs.wording.as_ref()));
        let size: usize = wordings.map(size).sum();
        if review.lines.len() < LINES && size <= left {
            left -= size;
            review.lines.push(line);
        } else {
            review.more += 1;
        }
    }
    review
}

/// About how many bytes a wording takes.
fn size(wording: &Wording) -> usize {
    let size = |op: &Op| match op {
        Op::Insert { text, .. } => text.len(),
        Op::Embed { embed, .. } => sheaf_schema::json::write(&embed.value).len(),
        Op::Retain { .. } | Op::Delete { .. } => 0,
    };
    wording.content.ops.iter().map(size).sum()
}

#[cfg(test)]
mod tests {
    use sheaf_schema::{LINE, attributes};

    use super::*;

    fn text(lines: &[&str]) -> Delta {
        let named = |text: Delta, (place, line): (usize, &&str)| {
            let name = format!("{}", place + 1);
            text.insert(*line).insert_with("\n", attributes([(LINE, name.as_str().into())]))
        };
        lines.iter().enumerate().fold(Delta::new(), named)
    }

    #[test]
    fn a_change_touches_the_lines_that_it_reaches() {
        let text = text(&["one", "two", "three"]);
        let touched = |change: Delta| lines_of(&text, &change).join(" ");
        assert_eq!(touched(Delta::new().retain(3).insert("!")), "1", "before its newline");
        assert_eq!(touched(Delta::new().retain(4).insert("!")), "2", "behind it");
        assert_eq!(touched(Delta::new().retain(1).delete(2)), "1");
        assert_eq!(touched(Delta::new().retain(1).delete(3)), "1 2", "with its newline");
        assert_eq!(touched(Delta::new().retain(1).delete(4)), "1 2");
        assert_eq!(touched(Delta::new().retain(9).delete(5)), "3 end");
        assert_eq!(touched(Delta::new().retain(1).insert("x").retain(8).delete(1)), "1 3");
        assert_eq!(touched(Delta::new().retain(14).insert("behind")), "end");
        assert_eq!(touched(Delta::new().retain(5).retain_with(1, attributes([("bold", true.into())]))), "2");
    }

    #[test]
    fn what_does_not_fit_is_counted() {
        let line = |words: &str| {
            let wording = Wording { content: Delta::new().insert(words), block: None };
            ReviewedLine { line: "x".into(), after: None, mine: Some(wording), theirs: Vec::new() }
        };
        let many = (0..LINES + 5).map(|place| (place, line("words"))).collect();
        let review = listed(Wall(1), many);
        assert_eq!((review.lines.len(), review.more), (LINES, 5));
        let huge = vec![(0, line(&"x".repeat(BYTES))), (1, line("words")), (2, line(""))];
        let review = listed(Wall(1), huge);
        assert_eq!((review.lines.len(), review.more), (2, 1));
    }
}
