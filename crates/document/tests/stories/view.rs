//! A view as small as can be: it books what it is told strictly in order, keeps one push on its way, and holds the text.

use sheaf_document::{Item, Opened, Push, ViewId};
use sheaf_schema::{Delta, Op, attributes};

/// A view.
pub(crate) struct View {
    pub(crate) id: ViewId,
    pub(crate) version: u64,
    pub(crate) text: Delta,
    pub(crate) open: bool,
    pub(crate) title: String,
    number: u64,
    under_way: Option<Delta>,
    pub(crate) resets: usize,
}

impl View {
    pub(crate) fn new(id: &str) -> View {
        View { id: id.into(), version: 0, text: Delta::new(), open: false, title: String::new(), number: 0, under_way: None, resets: 0 }
    }

    /// Pushes an edit of the text as it is on this screen.
    pub(crate) fn push(&mut self, delta: Delta) -> Push {
        assert!(self.under_way.is_none(), "one push at a time");
        self.number += 1;
        self.under_way = Some(delta.clone());
        Push { view: self.id.clone(), number: self.number, version: self.version, delta, undoes: None }
    }

    /// Whether everything that was pushed is booked.
    pub(crate) fn is_settled(&self) -> bool {
        self.under_way.is_none()
    }

    /// Books an item.
    pub(crate) fn book(&mut self, item: Item) {
        if std::env::var("TRACE").is_ok() {
            println!("{:?} has {} under way {:?}, books {item:?}", self.id, self.version, self.under_way);
        }
        match item {
            Item::Opened(opened) => {
                assert!(!self.open, "opened twice");
                self.begin(opened);
            }
            Item::Reset { opened, .. } => {
                self.resets += 1;
                self.under_way = None;
                self.begin(opened);
            }
            Item::Show(show) => {
                assert_eq!(show.version, self.version + 1, "a gap in the sequence");
                self.version = show.version;
                self.text = self.text.compose(&show.delta);
                if let Some(mine) = &mut self.under_way {
                    *mine = show.delta.transform(mine, false);
                }
                assert_eq!(self.text.length() as u32, show.length, "the length says otherwise");
                if let Some(checksum) = show.checksum {
                    assert_eq!(self.text.checksum(), checksum, "the checksum says otherwise");
                }
            }
            Item::Saved { version, number } => {
                assert_eq!(version, self.version + 1, "a gap in the sequence");
                assert_eq!(number, self.number);
                self.version = version;
                let mine = self.under_way.take().expect("what is saved was pushed");
                self.text = self.text.compose(&mine);
            }
        }
    }

    fn begin(&mut self, opened: Opened) {
        assert_eq!(opened.delta.length() as u32, opened.length);
        assert_eq!(opened.delta.checksum(), opened.checksum);
        (self.version, self.title, self.open) = (opened.version, opened.title, true);
        self.text = (*opened.delta).clone();
    }

    /// The text on the screen, without attributes.
    pub(crate) fn plain(&self) -> String {
        self.text.text()
    }
}

/// Inserts words at an offset; every newline in them gets a line id made from `line`.
pub(crate) fn insert(offset: usize, words: &str, line: &str) -> Delta {
    let mut delta = Delta::new().retain(offset);
    for (index, piece) in words.split_inclusive('\n').enumerate() {
        match piece.strip_suffix('\n') {
            Some(text) => {
                delta.push(Op::Insert { text: text.into(), attributes: attributes::Attributes::new() });
                let id = format!("{line}{index}");
                delta.push(Op::Insert { text: "\n".into(), attributes: attributes([("line", id.into())]) });
            }
            None => delta.push(Op::Insert { text: piece.into(), attributes: attributes::Attributes::new() }),
        }
    }
    delta
}
