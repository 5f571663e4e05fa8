//! The text lane: one sequence of versions, told to every view without a gap.
//!
//! A version is one Delta that entered the text. A push names the version it was made at and is transformed past what came since; nobody is
//! ever told that they were too slow, unless they are too far behind to be transformed. Nothing here knows a replica or a record.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use sheaf_base::limits;
use sheaf_schema::{Delta, Op, attributes};

use crate::{
    input::{Push, ViewId},
    output::{Author, Item, Opened, Output, Refused, ResetReason, Show},
};

/// Answers to a view that are remembered, for pushes that arrive twice.
const ANSWERS: usize = 16;

/// A checksum rides on a show once in so many versions.
const CHECKSUM_EVERY: u64 = 16;

/// The text lane.
#[derive(Default)]
pub(crate) struct Views {
    version: u64,
    ring: VecDeque<Change>,
    ring_bytes: usize,
    views: BTreeMap<ViewId, View>,
    /// Versions made in this turn, not told yet.
    untold: usize,
    checked: u64,
}

/// A version, and how it was made.
struct Change {
    version: u64,
    delta: Arc<Delta>,
    author: Author,
    /// The push that it was, if it was one.
    number: Option<u64>,
    length: usize,
    bytes: usize,
}

#[derive(Default)]
struct View {
    /// It has asked for the text and not been given it.
    opening: Option<Option<ResetReason>>,
    /// Where its sequence began: its pushes before that are answered, and not reset again.
    since: u64,
    confirmed: u64,
    /// It has left too many versions unconfirmed: it is told nothing until it confirms, and then begins anew.
    behind: bool,
    answers: VecDeque<(u64, Result<u64, Refused>)>,
}

/// What is to become of a push.
pub(crate) enum Judged {
    /// Apply this.
    Apply(Delta),
    /// It has been answered before.
    Again(Result<u64, Refused>),
    /// No.
    Refuse(Refused),
}

impl Views {
    /// The newest version.
    pub(crate) fn version(&self) -> u64 {
        self.version
    }

    /// Whether anybody is looking.
    pub(crate) fn is_empty(&self) -> bool {
        self.views.is_empty()
    }

    /// Whether everything has been told.
    pub(crate) fn all_told(&self) -> bool {
        self.untold == 0
    }

    /// How many versions are kept.
    pub(crate) fn kept(&self) -> usize {
        self.ring.len()
    }

    /// Whether a view waits for the text.
    pub(crate) fn wants_whole(&self) -> bool {
        self.views.values().any(|view| view.opening.is_some())
    }

    /// A view wants the text.
    pub(crate) fn open(&mut self, view: ViewId) {
        self.views.insert(view, View { opening: Some(None), ..View::default() });
    }

    /// A view is gone.
    pub(crate) fn close(&mut self, view: &ViewId) {
        self.views.remove(view);
    }

    /// A view has booked everything up to `version`.
    pub(crate) fn confirm(&mut self, view: &ViewId, version: u64) {
        let Some(it) = self.views.get_mut(view) else { return };
        it.confirmed = it.confirmed.max(version.min(self.version));
        if std::mem::take(&mut it.behind) {
            it.opening = Some(Some(ResetReason::Behind));
        }
    }

    /// Whether a view has the text.
    pub(crate) fn is_open(&self, view: &ViewId) -> bool {
        self.views.get(view).is_some_and(|view| view.opening != Some(None))
    }

    /// The views that have the text.
    pub(crate) fn seen_by(&self) -> impl Iterator<Item = &ViewId> {
        self.views.iter().filter(|(_, view)| view.opening.is_none() && !view.behind).map(|(id, _)| id)
    }

    /// Looks at a push: answers what was answered before, and transforms what is new to the text as it is now.
    pub(crate) fn judge(&mut self, push: &Push) -> Judged {
        let Some(view) = self.views.get_mut(&push.view).filter(|view| view.opening != Some(None)) else {
            return Judged::Refuse(Refused::NotOpen);
        };
        if let Some((_, answer)) = view.answers.iter().find(|(number, _)| *number == push.number) {
            return Judged::Again(answer.clone());
        }
        if view.answers.back().is_some_and(|(newest, _)| *newest > push.number) {
            return Judged::Refuse(Refused::Malformed(format!("push {} comes after a later one", push.number)));
        }
        view.confirmed = view.confirmed.max(push.version.min(self.version));
        let own = Author::View(push.view.clone());
        let crossed = self.since(push.version).any(|change| change.author == own);
        match self.transform(push.version, &push.delta) {
            Ok(_) if crossed => Judged::Refuse(Refused::Malformed("it was made before an earlier push of the same view was booked".into())),
            Ok(delta) => Judged::Apply(delta),
            Err(refused) => {
                let view = self.views.get_mut(&push.view).expect("it was there above");
                // A view that has not yet read the Reset on its way does not need another one.
                if push.version >= view.since || push.version > self.version {
                    view.opening = Some(Some(ResetReason::TooOld));
                }
                Judged::Refuse(refused)
            }
        }
    }

    /// A Delta made at `version`, as it is made now. Mine goes left of what came since, and wins.
    pub(crate) fn transform(&self, version: u64, delta: &Delta) -> Result<Delta, Refused> {
        let oldest = self.ring.front().map_or(self.version, |change| change.version - 1);
        if version > self.version || version < oldest {
            return Err(Refused::TooOld { version });
        }
        Ok(self.since(version).fold(delta.clone(), |delta, change| change.delta.transform(&delta, false)))
    }

    /// An offset at `version`, as it is now; `None` if the version is not known any more.
    pub(crate) fn transform_offset(&self, version: u64, offset: usize) -> Option<usize> {
        self.transform(version, &Delta::new()).ok()?;
        Some(self.since(version).fold(offset, |offset, change| change.delta.transform_position(offset, true)))
    }

    /// Remembers how a push was answered.
    pub(crate) fn answered(&mut self, view: &ViewId, number: u64, answer: Result<u64, Refused>) {
        if let Some(view) = self.views.get_mut(view) {
            if view.answers.len() >= ANSWERS {
                view.answers.pop_front();
            }
            view.answers.push_back((number, answer));
        }
    }

    /// A Delta has entered the text, which now has this length. Returns its version.
    pub(crate) fn enter(&mut self, delta: Delta, author: Author, number: Option<u64>, length: usize) -> u64 {
        self.version += 1;
        let bytes = weight(&delta);
        self.ring_bytes += bytes;
        self.ring.push_back(Change { version: self.version, delta: Arc::new(delta), author, number, length, bytes });
        self.untold += 1;
        self.version
    }

    /// The text was built anew: nothing that came before can be transformed, and every view begins again.
    pub(crate) fn rebuilt(&mut self) {
        self.version += 1;
        self.ring.clear();
        self.ring_bytes = 0;
        self.untold = 0;
        for view in self.views.values_mut().filter(|view| view.opening != Some(None)) {
            view.opening = Some(Some(ResetReason::Rebuilt));
        }
    }

    /// Tells every view what has happened since it was last told, and gives the text to those that wait for it.
    pub(crate) fn tell(&mut self, checksum: impl FnOnce() -> u32, whole: Option<Opened>) -> Vec<Output> {
        let mut outputs = Vec::new();
        let news = self.ring.len().saturating_sub(self.untold);
        let check = self.untold > 0 && self.version / CHECKSUM_EVERY > self.checked / CHECKSUM_EVERY;
        let checksum = check.then(|| {
            self.checked = self.version;
            checksum()
        });
        for change in self.ring.range(news..) {
            for (id, view) in &mut self.views {
                if view.opening.is_some() || view.behind {
                    continue;
                }
                if change.version - view.confirmed > limits::RING_SHOWS as u64 {
                    view.behind = true;
                    continue;
                }
                let checksum = checksum.filter(|_| change.version == self.version);
                outputs.push(Output::View { view: id.clone(), item: change.item(id, checksum) });
            }
        }
        self.untold = 0;
        self.trim();
        if let Some(whole) = whole {
            self.give(&whole, &mut outputs);
        }
        outputs
    }

    fn give(&mut self, opened: &Opened, outputs: &mut Vec<Output>) {
        for (id, view) in &mut self.views {
            let Some(reset) = view.opening.take() else { continue };
            view.since = opened.version;
            view.confirmed = opened.version;
            view.behind = false;
            let opened = opened.clone();
            let item = match reset {
                None => Item::Opened(opened),
                Some(reason) => Item::Reset { opened, reason },
            };
            outputs.push(Output::View { view: id.clone(), item });
        }
    }

    fn since(&self, version: u64) -> impl Iterator<Item = &Change> {
        self.ring.iter().skip_while(move |change| change.version <= version)
    }

    /// Forgets what nobody may name any more.
    fn trim(&mut self) {
        while self.ring.len() > limits::RING_SHOWS || (self.ring_bytes > limits::RING_BYTES && self.ring.len() > 1) {
            self.ring_bytes -= self.ring.pop_front().map_or(0, |change| change.bytes);
        }
    }
}

impl Change {
    /// How a view is told.
    fn item(&self, view: &ViewId, checksum: Option<u32>) -> Item {
        match (&self.author, self.number) {
            (Author::View(author), Some(number)) if author == view => Item::Saved { version: self.version, number },
            _ => Item::Show(Show {
                version: self.version,
                delta: self.delta.clone(),
                author: self.author.clone(),
                length: self.length as u32,
                checksum,
            }),
        }
    }
}

/// About how many bytes a Delta fills.
fn weight(delta: &Delta) -> usize {
    let one = |op: &Op| match op {
        Op::Insert { text, attributes } => text.len() + 32 * attributes.len(),
        Op::Embed { .. } => 256,
        Op::Retain { attributes, .. } => 32 * attributes.len(),
        Op::Delete { .. } => 0,
    };
    delta.ops.iter().map(|op| 48 + one(op)).sum()
}

/// What turns the text after `pushed` into the text after `became`, where the core has put attributes right: ids that a view left out,
/// or gave to two lines; and marks that yrs gave or took beside what was pushed. `None` if there is nothing to put right. On what is kept,
/// `became` names only what really changed.
pub(crate) fn correction(pushed: &Delta, became: &Delta) -> Option<Delta> {
    let mut correction = Delta::new();
    let (mut left, mut right) = (Pieces::new(pushed), Pieces::new(became));
    let mut changes = false;
    loop {
        let length = match (left.left(), right.left()) {
            (Some(mine), Some(theirs)) => mine.min(theirs),
            (Some(rest), None) | (None, Some(rest)) => rest,
            (None, None) => break,
        };
        let inserted = left.inserts() && right.inserts();
        let (mine, theirs) = (left.take(length), right.take(length));
        let mut wanted = attributes::difference(&mine, &theirs);
        wanted.retain(|name, _| inserted || theirs.contains_key(name));
        changes |= !wanted.is_empty();
        correction.push(Op::Retain { length, attributes: wanted });
    }
    changes.then_some(correction)
}

/// The attributes that a Delta leaves on what it keeps and inserts, piece by piece.
struct Pieces<'a> {
    ops: std::slice::Iter<'a, Op>,
    current: Option<(&'a Op, usize)>,
}

impl<'a> Pieces<'a> {
    fn new(delta: &'a Delta) -> Pieces<'a> {
        let mut pieces = Pieces { ops: delta.ops.iter(), current: None };
        pieces.next();
        pieces
    }

    fn next(&mut self) {
        self.current = self.ops.by_ref().find(|op| !matches!(op, Op::Delete { .. })).map(|op| (op, op.length()));
    }

    /// Whether the piece at hand comes in.
    fn inserts(&self) -> bool {
        self.current.is_some_and(|(op, _)| op.is_insert())
    }

    /// How much is left of the piece at hand.
    fn left(&self) -> Option<usize> {
        self.current.map(|(_, left)| left)
    }

    /// The attributes of the next `length` units, which all belong to one piece.
    fn take(&mut self, length: usize) -> attributes::Attributes {
        let Some((op, left)) = &mut self.current else { return attributes::Attributes::new() };
        let attributes = op.attributes().cloned().unwrap_or_default();
        *left -= length;
        if *left == 0 {
            self.next();
        }
        attributes
    }
}

#[cfg(test)]
mod tests {
    use sheaf_schema::{Scalar, attributes};

    use super::*;

    #[test]
    fn a_mark_that_was_taken_beside_a_push_is_told_to_whoever_pushed() {
        let pushed = Delta::new().retain(3).insert("x");
        let taken = attributes([("italic", Scalar::Null)]);
        let became = Delta::new().retain(2).retain_with(1, taken.clone()).insert("x");
        assert_eq!(correction(&pushed, &became), Some(Delta::new().retain(2).retain_with(1, taken).retain(1)));
    }

    #[test]
    fn a_mark_that_was_there_already_needs_no_correction() {
        let pushed = Delta::new().retain_with(3, attributes([("bold", true.into())])).insert("x");
        let became = Delta::new().retain(3).insert("x");
        assert_eq!(correction(&pushed, &became), None);
    }
}
