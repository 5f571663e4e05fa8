//! The lines of a folder, as they are written and read.
//!
//! A document stands there as `TAG TICKET`: an open ticket to look at it, and under which secrets of the folder that was listed. Anybody who may edit
//! the folder writes lines, so each is checked when it is read; what is none is passed over, and said. A ticket that names routes is none: whoever lists
//! it would choose whom everybody's devices call.

use sheaf_access::{Role, Ticket, TicketKind};
use sheaf_base::DocumentId;
use sheaf_schema::{Attributes, Delta, LINE, Line};

use super::{DOCUMENTS, Tag};

/// What a folder holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct List {
    /// The documents, in the order in which they were first listed.
    pub documents: Vec<Listed>,
    /// Lines that are passed over, and why.
    pub problems: Vec<Problem>,
    /// How long the body is.
    length: usize,
    /// Words stand behind its last line.
    ragged: bool,
}

/// A document in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Which.
    pub document: DocumentId,
    /// The lines that list it. Two people who act at once may both have written one.
    pub rows: Vec<Row>,
}

/// A line that lists a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Under which secrets it was listed.
    pub tag: Tag,
    /// The ticket.
    pub ticket: Ticket,
    start: usize,
    length: usize,
}

/// Why a line lists nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Problem {
    /// It is not spelled as such a line is.
    Unreadable,
    /// Its ticket lets in as more than a reader, not everybody, or names places to call.
    NotListable,
    /// It lists a folder: folders hold documents only.
    Folder,
    /// There are as many documents as a folder holds before it.
    TooMany,
}

impl Listed {
    /// The ticket to follow: the one that was listed last.
    pub fn ticket(&self) -> Option<&Ticket> {
        self.rows.last().map(|row| &row.ticket)
    }
}

/// A line as it is written.
pub fn row_of(tag: Tag, ticket: &Ticket) -> String {
    format!("{tag} {}", Ticket { routes: Vec::new(), ..ticket.clone() }.encode())
}

impl List {
    /// Reads the body of a folder.
    pub fn read(folder: DocumentId, body: &Delta) -> List {
        let mut list = List::default();
        for line in body.lines() {
            list.length = line.start + line.length;
            list.ragged = line.newline.is_none();
            let words = line.content.text();
            if line.content.ops.is_empty() {
                continue;
            }
            match read_row(folder, &line, words.trim()) {
                Ok((document, row)) => list.add(document, row),
                Err(problem) => list.problems.push(problem),
            }
        }
        list
    }

    fn add(&mut self, document: DocumentId, row: Row) {
        let full = self.documents.len() >= DOCUMENTS;
        match self.documents.iter_mut().find(|listed| listed.document == document) {
            Some(listed) => listed.rows.push(row),
            None if full => self.problems.push(Problem::TooMany),
            None => self.documents.push(Listed { document, rows: vec![row] }),
        }
    }

    /// A document in it.
    pub fn get(&self, document: DocumentId) -> Option<&Listed> {
        self.documents.iter().find(|listed| listed.document == document)
    }

    /// The edit by which all lines that list a document go, and `row`, with the id of a line, comes at the end.
    pub fn replacing(&self, document: DocumentId, row: Option<(String, String)>) -> Delta {
        let mut edit = Delta::new();
        let mut at = 0;
        for row in self.get(document).into_iter().flat_map(|listed| &listed.rows) {
            edit = edit.retain(row.start - at).delete(row.length);
            at = row.start + row.length;
        }
        let Some((words, id)) = row else { return edit };
        let line = |id: String| Attributes::from([(LINE.to_owned(), id.into())]);
        edit = edit.retain(self.length - at);
        if self.ragged {
            edit = edit.insert_with("\n", line(format!("{id}r")));
        }
        edit.insert(words).insert_with("\n", line(id))
    }
}

fn read_row(folder: DocumentId, line: &Line, words: &str) -> Result<(DocumentId, Row), Problem> {
    let (tag, ticket) = words.split_once(' ').ok_or(Problem::Unreadable)?;
    let tag = tag.parse().map_err(|()| Problem::Unreadable)?;
    // One spelling: a link, or a ticket with spaces around it, is another.
    let ticket = Ticket::parse(ticket).ok().filter(|read| read.encode() == ticket).ok_or(Problem::Unreadable)?;
    if ticket.folder.is_some() || ticket.document == folder {
        return Err(Problem::Folder);
    }
    if ticket.kind != TicketKind::Open || ticket.role != Role::View || !ticket.routes.is_empty() {
        return Err(Problem::NotListable);
    }
    Ok((ticket.document, Row { tag, ticket, start: line.start, length: line.length }))
}
