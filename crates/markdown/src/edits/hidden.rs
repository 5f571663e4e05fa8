//! What a body has and Markdown does not show: empty paragraphs, and blanks at the edges of lines. Edits of what is shown pass over it, and
//! take it along only where it would come to light or has nothing left to belong to.

use std::ops::{Range, RangeInclusive};

use sheaf_schema::{BLOCK, Block, Delta, Kind, Line, Op};

use crate::said::Visible;

/// Units of a body that lie hidden at a place in what is shown.
struct Piece {
    /// The place, in what is shown.
    at: usize,
    length: usize,
    /// It belongs to this part of what is shown and goes with it.
    with: Range<usize>,
    /// Whether it must stand at the beginning of a line.
    begins_line: bool,
    /// Blanks on this line, which would be seen if it became code.
    blanks_on: Option<RangeInclusive<usize>>,
}

pub(super) struct Hidden {
    pieces: Vec<Piece>,
    /// Where newlines are in what is shown, ascending.
    newlines: Vec<usize>,
}

impl Hidden {
    /// What lies between and around the visible lines of a body.
    pub(super) fn between(lines: &[Line], visible: &[Visible]) -> Hidden {
        let mut hidden = Hidden { pieces: Vec::new(), newlines: Vec::new() };
        let (mut at, mut next, mut last) = (0, 0, 0..0);
        for line in visible {
            let content = at + line.said.content.length();
            let has_newline = lines[line.index].newline.is_some();
            let end = content + usize::from(has_newline);
            let blanks_on = Some(at..=content);
            hidden.add(Piece { at, length: length_of(&lines[next..line.index]), with: at..end, begins_line: true, blanks_on: None });
            hidden.add(Piece { at, length: line.blanks.0, with: at..end, begins_line: true, blanks_on: blanks_on.clone() });
            hidden.add(Piece { at: content, length: line.blanks.1, with: content..end, begins_line: false, blanks_on });
            hidden.newlines.extend(has_newline.then_some(content));
            (next, last, at) = (line.index + 1, at..end, end);
        }
        hidden.add(Piece { at, length: length_of(&lines[next..]), with: last, begins_line: true, blanks_on: None });
        hidden
    }

    fn add(&mut self, piece: Piece) {
        self.pieces.extend((piece.length > 0).then_some(piece));
    }
}

fn length_of(lines: &[Line]) -> usize {
    lines.iter().map(|line| line.length).sum()
}

/// A change to what is shown as a change to the body.
pub(super) fn restored(change: &Delta, hidden: &Hidden) -> Delta {
    let (deleted, code) = (deleted(change), becoming_code(change));
    let mut walk = Walk { hidden, ahead: &hidden.pieces, deleted, code, out: Delta::new(), at: 0, begins_line: true };
    let mut ops = change.ops.as_slice();
    while let Some((op, rest)) = ops.split_first() {
        if op.is_insert() {
            let (run, rest) = ops.split_at(ops.iter().take_while(|op| op.is_insert()).count());
            // Whole lines come in right below the line above; words come in beside words, blanks staying at the edges.
            if !ends_line(run) {
                walk.pass(walk.at, |piece| piece.begins_line);
            }
            run.iter().cloned().for_each(|op| walk.out.push(op));
            walk.begins_line = ends_line(run);
            ops = rest;
        } else {
            walk.go(op);
            ops = rest;
        }
    }
    let end = hidden.pieces.last().map_or(0, |piece| piece.at);
    walk.go(&Op::Retain { length: end.saturating_sub(walk.at), attributes: Default::default() });
    walk.pass(end, |_| true);
    walk.out.normal()
}

fn ends_line(inserts: &[Op]) -> bool {
    matches!(inserts.last(), Some(Op::Insert { text, .. }) if text.ends_with('\n'))
}

/// The ranges that a change deletes.
fn deleted(change: &Delta) -> Vec<Range<usize>> {
    let mut at = 0;
    let mut deleted = Vec::new();
    for op in change.ops.iter().filter(|op| !op.is_insert()) {
        let end = at + op.length();
        if let Op::Delete { .. } = op {
            deleted.push(at..end);
        }
        at = end;
    }
    deleted
}

/// Where newlines are that come in as code or become code.
fn becoming_code(change: &Delta) -> Vec<usize> {
    let mut at = 0;
    let mut code = Vec::new();
    for op in &change.ops {
        let block = op.attributes().and_then(|attributes| attributes.get(BLOCK)?.as_text());
        code.extend(block.filter(|block| Block::from(*block).kind == Kind::Code).map(|_| at));
        at += if op.is_insert() { 0 } else { op.length() };
    }
    code
}

struct Walk<'a> {
    hidden: &'a Hidden,
    /// The hidden pieces not yet passed.
    ahead: &'a [Piece],
    deleted: Vec<Range<usize>>,
    code: Vec<usize>,
    out: Delta,
    /// How far the walk is in what is shown.
    at: usize,
    /// Whether what comes next begins a line of the changed body.
    begins_line: bool,
}

impl Walk<'_> {
    /// Goes over a retain or a delete, and what is hidden before its parts.
    fn go(&mut self, op: &Op) {
        let end = self.at + op.length();
        while self.at < end {
            self.pass(self.at, |_| true);
            let stop = self.ahead.first().map_or(end, |piece| piece.at.min(end));
            let length = stop - self.at;
            match op {
                Op::Retain { attributes, .. } => {
                    self.out.push(Op::Retain { length, attributes: attributes.clone() });
                    self.begins_line = self.hidden.newlines.binary_search(&(stop - 1)).is_ok();
                }
                _ => self.out.push(Op::Delete { length }),
            }
            self.at = stop;
        }
    }

    /// Passes over what is hidden at a place.
    fn pass(&mut self, at: usize, which: impl Fn(&Piece) -> bool) {
        while let Some((piece, rest)) = self.ahead.split_first().filter(|(piece, _)| piece.at == at && which(piece)) {
            let length = piece.length;
            let comes_to_light = self.is_in_code(piece) || (piece.begins_line && !self.begins_line);
            self.out.push(if self.goes_along(piece) || comes_to_light {
                Op::Delete { length }
            } else {
                Op::Retain { length, attributes: Default::default() }
            });
            self.ahead = rest;
        }
    }

    /// Whether all that a piece belongs to is deleted.
    fn goes_along(&self, piece: &Piece) -> bool {
        let first = self.deleted.partition_point(|gone| gone.end < piece.with.end);
        self.deleted.get(first).is_some_and(|gone| gone.start <= piece.with.start)
    }

    fn is_in_code(&self, piece: &Piece) -> bool {
        let Some(line) = &piece.blanks_on else { return false };
        let first = self.code.partition_point(|at| at < line.start());
        self.code.get(first).is_some_and(|at| line.contains(at))
    }
}
