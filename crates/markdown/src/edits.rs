//! The smallest edits that bring a new Markdown version into a body.
//!
//! What is compared is what Markdown shows of the body with what the new version says, so that whatever Markdown cannot say (an empty
//! paragraph, a comment's mark, a kind of a newer version) is no difference and stays as it is. Lines are aligned first, then words within
//! lines that belong together; a line that is still there keeps its id, so that carets, comments and what others write at the same moment
//! stay at their words. The result is one Delta, for one push. A table that is still there keeps its ids, too.

mod align;
mod hidden;
mod settle;
mod tables;
mod words;

use sheaf_schema::{Attributes, BLOCK, Block, Delta, LINE, Line, Op, Scalar, attributes};

use crate::said::{self, Visible};
use hidden::Hidden;

/// How often the lines may settle: each time takes what is hidden away and never brings any, so that twice is much.
const SETTLING: usize = 3;

/// The edits that turn `base` into `new`, a body that was read from Markdown with fresh line ids. Lines that are aligned keep the ids they
/// have in `base`.
pub fn edits(base: &Delta, new: &Delta) -> Delta {
    let lines: Vec<Line> = base.lines().collect();
    let visible = said::visible(&lines);
    if visible.is_empty() && !new.is_empty() {
        // A page of nothing but empty lines makes room.
        return Delta { ops: new.ops.clone() }.delete(base.length());
    }
    let shown = shown(&visible, &lines);
    let shown_lines: Vec<Line> = shown.lines().collect();
    let (new_lines, wanted) = tables::adopted(new.lines().collect(), &visible, &lines);
    let change = words::change(&align::groups(&shown_lines, &new_lines), &shown_lines, &new_lines);
    let mut new = Delta::new();
    new_lines.iter().flat_map(words::ops).for_each(|op| new.push(op));
    let styled = styled(&shown.compose(&change), &new, &lines);
    let mut edits = hidden::restored(&change.compose(&styled), &Hidden::between(&lines, &visible));
    for _ in 0..SETTLING {
        let more = settle::settled(&base.compose(&edits), &wanted);
        if more.is_empty() {
            break;
        }
        edits = edits.compose(&more);
    }
    edits
}

/// What happened to a body's text since it was `then`, to the unit, for moving other edits past it: what Markdown does not show counts
/// here. What marks came and went it does not say.
pub fn since(then: &Delta, now: &Delta) -> Delta {
    let (then, now): (Vec<Line>, Vec<Line>) = (then.lines().collect(), now.lines().collect());
    words::change(&align::groups(&then, &now), &then, &now).normal()
}

/// A body as Markdown shows it, in which a newline's `line` is a number: which line of the real body it ends.
fn shown(visible: &[Visible], lines: &[Line]) -> Delta {
    let mut shown = Delta::new();
    for line in visible {
        line.said.content.ops.iter().cloned().for_each(|op| shown.push(op));
        if lines[line.index].newline.is_some() {
            let mut newline = attributes([(LINE, Scalar::Number(line.index as f64))]);
            newline.extend(line.said.block.to_attribute().map(|block| (BLOCK.to_owned(), block.into())));
            shown.push(Op::Insert { text: "\n".to_owned(), attributes: newline });
        }
    }
    shown
}

/// What gives `from` the attributes of `to`, which has the same text. A newline that was there keeps its id, and the tokens of its block
/// that Markdown cannot say.
fn styled(from: &Delta, to: &Delta, lines: &[Line]) -> Delta {
    let mut styled = Delta::new();
    let mut at = 0;
    let mut pieces = to.ops.iter().map(|op| (op, op.length()));
    let mut piece = pieces.next();
    for op in &from.ops {
        let mut left = op.length();
        while left > 0 {
            let Some((like, length)) = piece.as_mut() else { return styled };
            let part = left.min(*length);
            // Newlines with ids are each an operation of their own.
            let attributes = restyled(op, like, lines);
            styled.push(Op::Retain { length: part, attributes });
            (left, *length, at) = (left - part, *length - part, at + part);
            if *length == 0 {
                piece = pieces.next();
            }
        }
    }
    styled
}

fn restyled(op: &Op, like: &Op, lines: &[Line]) -> Attributes {
    let none = Attributes::new();
    let (from, to) = (op.attributes().unwrap_or(&none), like.attributes().unwrap_or(&none));
    let Some(Scalar::Number(index)) = from.get(LINE) else {
        return if from.contains_key(LINE) { none } else { attributes::difference(from, to) };
    };
    if from.get(BLOCK) == to.get(BLOCK) {
        return none;
    }
    let present = Block::from(lines[*index as usize].block());
    let wanted = Block::from(to.get(BLOCK).and_then(Scalar::as_text).unwrap_or(""));
    let block = wanted.with_unknown_of(&present).to_attribute();
    attributes([(BLOCK, block.map_or(Scalar::Null, Scalar::from))])
}
