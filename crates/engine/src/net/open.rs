//! The documents that are talked about on a link, and which of them know that its fast lane is full.

use std::collections::BTreeMap;
use std::sync::Mutex;

use sheaf_base::DocumentId;

use crate::lock::held;

/// The documents that are talked about on a link.
#[derive(Default)]
pub(super) struct OpenDocuments(Mutex<BTreeMap<DocumentId, Open>>);

#[derive(Debug, Default)]
struct Open {
    /// The document was told that a frame was dropped.
    full: bool,
    /// Its journal is being handed over.
    supplying: bool,
    /// Both held the same when it was offered.
    settled: bool,
}

impl OpenDocuments {
    /// Opens a document. False: it was open.
    pub(super) fn open(&self, document: DocumentId, settled: bool) -> bool {
        let mut open = held(&self.0);
        let is_new = !open.contains_key(&document);
        if is_new {
            open.insert(document, Open { settled, ..Open::default() });
        }
        is_new
    }

    pub(super) fn contains(&self, document: DocumentId) -> bool {
        held(&self.0).contains_key(&document)
    }

    /// Closes a document. If it was open: whether both held the same when it was offered.
    pub(super) fn close(&self, document: DocumentId) -> Option<bool> {
        held(&self.0).remove(&document).map(|closed| closed.settled)
    }

    pub(super) fn all(&self) -> Vec<DocumentId> {
        held(&self.0).keys().copied().collect()
    }

    /// A frame of a document found no room. If there is none still, `tell` tells the document so, once until it is free again; true: there is room
    /// by now, so that the frame can be sent.
    ///
    /// Looked and told under the one lock that [`OpenDocuments::freed`] waits for: who was told that it is full is told that it is free, and in that
    /// order. Were the lane freed between the look and the note, nobody would ever tell.
    pub(super) fn has_room_by_now(&self, document: DocumentId, has_room: impl FnOnce() -> bool, tell: impl FnOnce()) -> bool {
        let mut open = held(&self.0);
        let Some(open) = open.get_mut(&document).filter(|open| !open.full) else { return false };
        if has_room() {
            return true;
        }
        open.full = true;
        tell();
        false
    }

    /// A document's journal is being handed over. False: it is not open.
    pub(super) fn supplies(&self, document: DocumentId) -> bool {
        let mut open = held(&self.0);
        let open = open.get_mut(&document);
        open.map(|open| open.supplying = true).is_some()
    }

    /// The last of a supply has been handed over. True: the document is to be told that it is free.
    pub(super) fn supplied(&self, document: DocumentId) -> bool {
        let mut open = held(&self.0);
        let Some(open) = open.get_mut(&document) else { return false };
        open.supplying = false;
        !open.full
    }

    /// The fast lane has room again. The documents that are to be told that they are free.
    pub(super) fn freed(&self) -> Vec<DocumentId> {
        let mut free = Vec::new();
        for (document, open) in held(&self.0).iter_mut() {
            if std::mem::take(&mut open.full) && !open.supplying {
                free.push(*document);
            }
        }
        free
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::mpsc::channel;
    use std::time::Duration;

    use super::*;

    const DOCUMENT: DocumentId = DocumentId([1; 32]);

    #[test]
    fn a_document_is_told_once_that_it_is_full_and_then_that_it_is_free() {
        let open = OpenDocuments::default();
        open.open(DOCUMENT, false);
        let mut told = 0;
        for _ in 0..3 {
            assert!(!open.has_room_by_now(DOCUMENT, || false, || told += 1));
        }
        assert_eq!((told, open.freed(), open.freed()), (1, vec![DOCUMENT], vec![]));
        assert!(open.has_room_by_now(DOCUMENT, || true, || unreachable!("there is room")));
        assert_eq!(open.freed(), [], "it was told nothing");
    }

    /// The lane is freed at the worst moment: when it has been looked at, and nothing is noted yet.
    #[test]
    fn a_lane_that_is_freed_while_a_document_is_told_that_it_is_full_is_said_to_be_free_after_that() {
        let open = Arc::new(OpenDocuments::default());
        open.open(DOCUMENT, false);
        let (said, heard) = channel();
        let (freed, is_freed) = channel();
        let has_room = || {
            let (open, said) = (open.clone(), said.clone());
            std::thread::spawn(move || {
                open.freed().iter().for_each(|_| said.send("free").expect("it is heard"));
                freed.send(()).expect("it is waited for");
            });
            // It waits until the document has been told; where it does not, it is through by then.
            let _ = is_freed.recv_timeout(Duration::from_millis(100));
            false
        };
        assert!(!open.has_room_by_now(DOCUMENT, has_room, || said.send("full").expect("it is heard")));
        let next = || heard.recv_timeout(Duration::from_secs(10)).expect("a word");
        assert_eq!([next(), next()], ["full", "free"]);
    }
}
