//! Words that lose their line: somebody removed a line in which this device had written, and had not seen those words.
//!
//! The linear text keeps the words; they are stranded in a neighbouring line. The device that wrote them notices, from the stamps of the
//! records that removed the line, and says so: when they come, or, if the body is not open then, when it is opened. Looking costs a walk over
//! the text, so it is done only when a removal and unseen words of this device cross.
//!
//! Putting them back gives them a line of their own again: where they stand if nothing else is before them in their line, else behind it;
//! and words that are gone meanwhile come back at the end of the text. Nobody else's words are touched.

use std::{collections::BTreeMap, ops::Range};

use sheaf_base::{ClientId, DeviceId};
use sheaf_replica::{
    Place, Replica, Stick,
    walk::{Id, Rules, walk},
};
use sheaf_schema::{Attributes, Delta, LINE, Op, utf16};

use crate::{
    Document,
    body::News,
    history::History,
    input::{Input, RequestId},
    output::{Author, Done, Refused, Rescued},
};

/// This device's newest chains, among whose words somebody's record may have missed some.
const CHAINS: usize = 32;

/// What must be known before records meet the replica, to notice afterwards what they have stranded.
pub(crate) struct Watch {
    /// The text before.
    text: Delta,
    /// Which characters ended its lines.
    newlines: Vec<Option<Id>>,
    removals: Vec<Removal>,
}

/// A record that removes something.
struct Removal {
    /// What it removes.
    ranges: Vec<(ClientId, Range<u32>)>,
    /// From which clock on its author had not seen the words of each of this device's chains.
    unseen: Unseen,
}

type Unseen = BTreeMap<ClientId, u32>;

/// A line of the text before: where it is, and the id that its newline carries.
struct Line {
    place: Range<usize>,
    id: String,
}

/// A piece of the text before that is still there: where it was, and where it is now.
struct Kept {
    was: Range<usize>,
    now: usize,
}

/// Looks at records that are about to meet a replica of the device `me`: whether they remove anything without having seen all its words.
pub(crate) fn watch(history: &History, me: &DeviceId, replica: &Replica, news: &[&News]) -> Option<Watch> {
    let own = history.clients_of(me).take(CHAINS);
    let written: Vec<(ClientId, u32)> = own.map(|client| (client, replica.end(client))).filter(|(_, end)| *end > 0).collect();
    if written.is_empty() {
        return None;
    }
    let removals: Vec<Removal> = news.iter().filter_map(|news| removal(history, &written, news)).collect();
    if removals.iter().all(|removal| removal.unseen.is_empty()) {
        return None;
    }
    let text = replica.delta();
    let newlines = lines(&text).iter().map(|line| replica.id_at(line.place.end - 1)).collect();
    Some(Watch { text, newlines, removals })
}

/// What a record removes, if anything, and what its author had not seen of the words that are `written`.
fn removal(history: &History, written: &[(ClientId, u32)], news: &News) -> Option<Removal> {
    let walked = walk(&news.update, Rules::Any).ok()?;
    let ranges: Vec<_> = walked.deletes().collect();
    let past = history.graph.past_with(&news.position.hash).filter(|_| !ranges.is_empty())?;
    let unseen = written.iter().map(|(client, end)| (*client, history.graph.seen(&past, *client), end)).filter(|(_, seen, end)| seen < end);
    Some(Removal { ranges, unseen: unseen.map(|(client, seen, _)| (client, seen)).collect() })
}

impl Document {
    /// Gives rescued words a line of their own again.
    pub(crate) fn put_back(&mut self, request: RequestId, text: &str, place: Option<Place>) {
        if self.must_wait_for_replica(Input::PutBack { request, text: text.to_owned(), place: place.clone() }) {
            return;
        }
        let Some(replica) = self.replica.get() else { return self.done(request, Err(Refused::Waiting)) };
        let at = place.and_then(|place| replica.resolve(&place));
        let delta = putting_back(&replica.delta(), text, at);
        let result = if delta.ops.is_empty() { Ok(self.views.version()) } else { self.edit(&delta, Author::Here, None) };
        self.done(request, result.map(Done::Version));
    }
}

impl Watch {
    /// The words that `change` has left without their line.
    pub(crate) fn stranded(&self, change: &Delta, replica: &Replica) -> Vec<Rescued> {
        let kept = kept(change, self.text.length());
        let lines = lines(&self.text);
        let gone = lines.iter().zip(&self.newlines).filter(|(line, _)| !is_kept(&kept, line.place.end - 1));
        gone.filter_map(|(line, newline)| Self::rescue(line, &self.unseen_by_all((*newline)?)?, &self.text, &kept, replica)).collect()
    }

    /// What nobody had seen who removed this newline: whoever has seen the words and joined the lines has stranded nothing.
    fn unseen_by_all(&self, newline: Id) -> Option<Unseen> {
        let removed = |(client, clocks): &(ClientId, Range<u32>)| *client == newline.client && clocks.contains(&newline.clock);
        let mut those = self.removals.iter().filter(|removal| removal.ranges.iter().any(removed)).map(|removal| &removal.unseen);
        let first = those.next()?.clone();
        Some(those.fold(first, |mut unseen, other| {
            unseen.retain(|client, from| other.get(client).inspect(|other| *from = (*from).max(**other)).is_some());
            unseen
        }))
    }

    /// What is left of a line that is gone, if it is nothing but unseen words of this device.
    fn rescue(line: &Line, unseen: &Unseen, text: &Delta, kept: &[Kept], replica: &Replica) -> Option<Rescued> {
        let mut left = String::new();
        let mut first = None;
        for piece in kept {
            let (start, end) = (piece.was.start.max(line.place.start), piece.was.end.min(line.place.end));
            for offset in start..end {
                let id = replica.id_at(piece.now + offset - piece.was.start)?;
                if unseen.get(&id.client).is_none_or(|from| id.clock < *from) {
                    return None;
                }
            }
            if start < end {
                left.push_str(&text.slice(start, end).text());
                first = first.or(Some(piece.now + start - piece.was.start));
            }
        }
        let place = replica.place(first?, Stick::After)?;
        (!left.trim().is_empty()).then(|| Rescued { text: left, line: line.id.clone(), place })
    }
}

/// The change that gives `words` a line of their own; nothing, if they have one. `at` is where they were last seen.
fn putting_back(text: &Delta, words: &str, at: Option<usize>) -> Delta {
    let length = utf16::length(words);
    let Some(at) = at.filter(|at| text.slice(*at, at + length).text() == words) else {
        let before = if text.length() == 0 || text.text().ends_with('\n') { "" } else { "\n" };
        return Delta::new().retain(text.length()).insert(format!("{before}{words}\n"));
    };
    let line = lines(text).into_iter().map(|line| line.place).find(|place| place.contains(&at));
    // The last line may have no newline but the sentinel's, which no view sees.
    let Some(Range { start, end }) = line else { return Delta::new().retain(at).insert("\n") };
    if at > start {
        let mut change = Delta::new().retain(at).delete(length).retain(end - at - length);
        text.slice(at, at + length).ops.into_iter().for_each(|op| change.push(op));
        return change.insert("\n");
    }
    if at + length == end - 1 { Delta::new() } else { Delta::new().retain(at + length).insert("\n") }
}

/// The pieces of a text of this length that a change keeps.
fn kept(change: &Delta, length: usize) -> Vec<Kept> {
    let (mut was, mut now) = (0, 0);
    let mut kept = Vec::new();
    for op in &change.ops {
        match op {
            Op::Retain { length, .. } => {
                kept.push(Kept { was: was..was + length, now });
                was += length;
                now += length;
            }
            Op::Delete { length } => was += length,
            Op::Insert { .. } | Op::Embed { .. } => now += op.length(),
        }
    }
    if was < length {
        kept.push(Kept { was: was..length, now });
    }
    kept
}

fn is_kept(kept: &[Kept], offset: usize) -> bool {
    kept.iter().any(|piece| piece.was.contains(&offset))
}

fn lines(text: &Delta) -> Vec<Line> {
    let mut lines = Vec::new();
    let (mut start, mut at) = (0, 0);
    for op in &text.ops {
        let Op::Insert { text, attributes } = op else {
            at += op.length();
            continue;
        };
        for piece in text.split_inclusive('\n') {
            at += utf16::length(piece);
            if piece.ends_with('\n') {
                lines.push(Line { place: start..at, id: id(attributes) });
                start = at;
            }
        }
    }
    lines
}

fn id(attributes: &Attributes) -> String {
    attributes.get(LINE).and_then(|id| id.as_text()).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(text: &str, words: &str, at: Option<usize>) -> String {
        let text = Delta::new().insert(text);
        text.compose(&putting_back(&text, words, at)).text()
    }

    #[test]
    fn words_get_a_line_of_their_own_wherever_they_stand() {
        assert_eq!(after("One\nmy words Two\n", "my words ", Some(4)), "One\nmy words \nTwo\n");
        assert_eq!(after("One my words\nTwo\n", "my words", Some(4)), "One \nmy words\nTwo\n");
        assert_eq!(after("One my words two\nThree\n", "my words ", Some(4)), "One two\nmy words \nThree\n");
        assert_eq!(after("One my words", "my words", Some(4)), "One \nmy words");
        assert_eq!(after("One\nmy words\nTwo\n", "my words", Some(4)), "One\nmy words\nTwo\n", "they have one already");
    }

    #[test]
    fn words_that_are_gone_come_back_at_the_end() {
        assert_eq!(after("One\nTwo\n", "my words", Some(4)), "One\nTwo\nmy words\n");
        assert_eq!(after("One\nTwo\n", "my words", None), "One\nTwo\nmy words\n");
        assert_eq!(after("", "my words", Some(9)), "my words\n");
        assert_eq!(after("One", "my words", None), "One\nmy words\n");
    }
}
