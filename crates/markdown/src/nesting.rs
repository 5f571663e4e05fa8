//! Which quotes and list items a line lies inside of.
//!
//! A line of a body says only *how many* quotes and items it lies inside of; which ones, and in which order, follows from the lines above.
//! The rule is said here, once, for reading, writing and HTML: a line keeps open as many of the containers around the line above as its
//! numbers allow, from the outermost; the quotes it still lacks open inside of those; an item opens itself, innermost. An item is
//! continued by lines indented one deeper. An indent under nothing counts only as far as there are items to lie inside of.

use sheaf_schema::{Block, Callout, Kind};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Container {
    /// A footnote's words. It lies inside of nothing.
    Note(String),
    /// A quote. The outermost may be a callout.
    Quote(Option<Callout>),
    Item {
        ordered: bool,
    },
}

/// The containers around a line, from the outermost, the item that the line itself is included.
#[derive(Debug, Clone, Default)]
pub(crate) struct Nesting {
    open: Vec<Container>,
    /// The language of the code block that the line belongs to, if it is code.
    code: Option<Option<String>>,
}

/// Where a line stands below the line above.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    /// How many of the containers around the line above stay open.
    pub(crate) kept: usize,
    /// Whether a footnote begins.
    pub(crate) note: bool,
    /// How many quotes open.
    pub(crate) quotes: usize,
    /// What the first of them is about, if it is a callout.
    pub(crate) callout: Option<Callout>,
    /// The indent that counts.
    pub(crate) indent: u8,
    /// Whether the line goes on with what `start` would begin anew: an item with its list, code with its block, any other line with its
    /// innermost quote.
    pub(crate) continues: bool,
}

impl Nesting {
    /// Where a line stands that comes next.
    pub(crate) fn place(&self, block: &Block) -> Place {
        let limits = (usize::from(block.quote), usize::from(block.indent));
        let goes_on = |count: &usize| {
            let (quotes, items) = self.count(*count);
            quotes <= limits.0 && items <= limits.1 && self.agrees(*count - 1, block)
        };
        let mut kept = (1..=self.open.len()).take_while(goes_on).count();
        let note = block.note.as_ref().is_some_and(|id| self.open.first() != Some(&Container::Note(id.clone())));
        if note {
            kept = 0;
        }
        let is_other = !block.kind.is_item() && block.kind != Kind::Code;
        if is_other && block.start && block.quote > 0 && self.count(kept).0 == limits.0 {
            kept = self.open[..kept].iter().rposition(|open| matches!(open, Container::Quote(_))).unwrap_or(kept);
        }
        let (quotes, items) = self.count(kept);
        let callout = block.callout.filter(|_| quotes == 0 && limits.0 > 0);
        let quotes = limits.0 - quotes;
        let continues = quotes == 0
            && !note
            && match &block.kind {
                kind if kind.is_item() => !block.start && self.open.get(kept) == Some(&item(kind)),
                Kind::Code => !block.start && kept == self.open.len() && self.code.as_ref() == Some(&block.language),
                _ => block.quote > 0,
            };
        Place { kept, note, quotes, callout, indent: items as u8, continues }
    }

    /// Goes on to the line that stands at this place.
    pub(crate) fn enter(&mut self, block: &Block, place: Place) {
        self.open.truncate(place.kept);
        self.open.extend(block.note.clone().filter(|_| place.note).map(Container::Note));
        self.open.extend((0..place.quotes).map(|nth| Container::Quote(place.callout.filter(|_| nth == 0))));
        self.open.extend(block.kind.is_item().then(|| item(&block.kind)));
        self.code = (block.kind == Kind::Code).then(|| block.language.clone());
    }

    /// Whether a line can go on in one of the open containers as far as names matter: in its footnote, and in a callout of its sort.
    fn agrees(&self, nth: usize, block: &Block) -> bool {
        match &self.open[nth] {
            Container::Note(id) => block.note.as_ref() == Some(id),
            Container::Quote(callout) => self.count(nth).0 > 0 || *callout == block.callout,
            Container::Item { .. } => true,
        }
    }

    /// Quotes and items among the outermost `count` containers.
    fn count(&self, count: usize) -> (usize, usize) {
        let quotes = self.open[..count].iter().filter(|open| matches!(open, Container::Quote(_))).count();
        let items = self.open[..count].iter().filter(|open| matches!(open, Container::Item { .. })).count();
        (quotes, items)
    }
}

fn item(kind: &Kind) -> Container {
    Container::Item { ordered: *kind == Kind::Ordered }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each line's containers, as `q` and `i` from the outermost, and `+` if it continues.
    fn drawn(blocks: &[&str]) -> Vec<String> {
        let mut nesting = Nesting::default();
        let draw = |block: &&str| {
            let block = Block::from(*block);
            let place = nesting.place(&block);
            nesting.enter(&block, place);
            let open = nesting.open.iter().map(|open| match open {
                Container::Note(_) => 'n',
                Container::Quote(None) => 'q',
                Container::Quote(Some(_)) => 'c',
                Container::Item { .. } => 'i',
            });
            open.chain(place.continues.then_some('+')).collect()
        };
        blocks.iter().map(draw).collect()
    }

    #[test]
    fn a_line_lies_inside_of_what_the_lines_above_opened() {
        assert_eq!(drawn(&["ul", "p in=1 q=1", "ul", "ul in=1", "p"]), ["i", "iq", "i+", "ii", ""]);
        assert_eq!(drawn(&["ul q=1", "p in=1 q=1", "p q=1", "ul in=1 q=1"]), ["qi", "qi+", "q+", "qi"]);
        assert_eq!(drawn(&["ul", "ul in=1 q=1", "p in=2 q=1", "p in=1"]), ["i", "iqi", "iqi+", "i"]);
    }

    #[test]
    fn an_indent_under_nothing_does_not_count() {
        assert_eq!(drawn(&["p in=1", "ul in=3", "ul in=3", "p in=9"]), ["", "i", "ii", "ii"]);
    }

    #[test]
    fn start_begins_anew_what_would_go_on() {
        assert_eq!(drawn(&["ul", "ul start", "ol", "ul"]), ["i", "i", "i", "i"]);
        assert_eq!(drawn(&["p q=2", "p q=2 start", "p q=2", "p q=1"]), ["qq", "qq", "qq+", "q+"]);
        assert_eq!(drawn(&["code", "code", "code start", "code lang=c"]), ["", "+", "", ""]);
    }
    #[test]
    fn a_callout_is_the_outermost_quote_and_another_sort_another_callout() {
        assert_eq!(
            drawn(&["p call=tip q=1", "p call=tip q=1", "p call=note q=1", "p call=note q=2", "p q=1"]),
            ["c", "c+", "c", "cq", "q"]
        );
        assert_eq!(drawn(&["ul", "p call=tip in=1 q=1", "p call=tip", "p"]), ["i", "ic", "", ""], "without a quote it says nothing");
    }

    #[test]
    fn a_footnote_lies_inside_of_nothing() {
        assert_eq!(drawn(&["ul", "ul note=a", "ul note=a", "ul note=b", "ul"]), ["i", "ni", "ni+", "ni", "i"]);
        assert_eq!(drawn(&["code", "code note=a", "p in=1 note=a"]), ["", "n", "n"]);
    }
}
