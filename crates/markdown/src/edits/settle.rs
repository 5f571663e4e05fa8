//! What was hidden, where edits have come near it.
//!
//! An empty paragraph between two items makes two lists of them; an indent under nothing counts as soon as there is an item above it; a
//! mark on code is seen when the code becomes a paragraph. So once the edits are made, what the body then shows is compared with what the
//! new version says, and a line that shows as something else is told outright what it is, and the empty lines above it go.

use sheaf_schema::{BLOCK, Block, Delta, Line, Scalar, attributes};

use super::styled;
use crate::said::{self, Said, Visible};

/// A line as the new version says it.
pub(super) struct Wanted {
    pub(super) said: Said,
    /// Whether it stands in one table with the line above: nothing hidden may stand between them.
    pub(super) goes_on: bool,
}

/// The further change that makes a body show the lines of `wanted`, of which it has the words already.
pub(super) fn settled(body: &Delta, wanted: &[Wanted]) -> Delta {
    let lines: Vec<Line> = body.lines().collect();
    let visible = said::visible(&lines);
    let mut change = Delta::new();
    if visible.len() != wanted.len() {
        return change;
    }
    let (mut at, mut above) = (0, 0);
    for (shows, Wanted { said: wanted, goes_on }) in visible.iter().zip(wanted) {
        let line = &lines[shows.index];
        let hidden = lines[above].start..line.start;
        above = shows.index + 1;
        let cuts = *goes_on && !hidden.is_empty();
        if shows.said == *wanted && !cuts {
            continue;
        }
        change = change.retain(hidden.start - at);
        at = line.start + line.length;
        if shows.said.block == wanted.block && !cuts {
            change = words(change.retain(hidden.len()), line, shows, wanted).retain(line.length - line.content.length());
        } else {
            let block = wanted.block.clone().with_unknown_of(&Block::from(line.block())).to_attribute();
            let block = attributes([(BLOCK, block.map_or(Scalar::Null, Scalar::from))]);
            let stays = !cuts && outside_of_table(&shows.said.block) == outside_of_table(&wanted.block);
            change = if stays { change.retain(hidden.len()) } else { change.delete(hidden.len()) };
            change = words(change, line, shows, wanted);
            change = change.retain_with(line.length - line.content.length(), block);
        }
    }
    change.normal()
}

/// What a line is apart from its place in a table.
fn outside_of_table(block: &Block) -> Block {
    Block { cell: None, head: false, width: None, align: None, ..block.clone() }
}

/// Goes over a line's words, and marks them as wanted.
fn words(mut change: Delta, line: &Line, shows: &Visible, wanted: &Said) -> Delta {
    let shown = &shows.said.content;
    if shown.text() != wanted.content.text() {
        wanted.content.ops.iter().cloned().for_each(|op| change.push(op));
        return change.delete(line.content.length());
    }
    change = change.retain(shows.blanks.0);
    styled(shown, &wanted.content, &[]).ops.into_iter().for_each(|op| change.push(op));
    change.retain(shows.blanks.1)
}
