//! Answering peers who want files, on the bulk lane, a frame at a time.
//!
//! A file is passed on only through a document in which the asker is a member by this side's fold, which refers to it, and through which it
//! came or was put here; every other question gets the same answer, so that nobody learns what else is on this device.

use std::collections::VecDeque;
use std::sync::Arc;

use sheaf_base::{BlobId, DocumentId};
use sheaf_blobs::{BlobError, Blobs, Whole};
use sheaf_document::State;
use sheaf_protocol::{BlobPart, CARRIED, Frame, LISTED, Piece, WantBlob};

use super::hub::Hub;
use super::linked::Linked;
use crate::task::blocking;

/// What one peer has asked for, and what is ready for it.
#[derive(Default)]
pub(super) struct Serving {
    wants: VecDeque<(DocumentId, WantBlob)>,
    ready: VecDeque<(DocumentId, Frame)>,
    /// The file that was last read from: its chunks are asked for one after the other.
    open: Option<(BlobId, Arc<Whole>)>,
}

impl Serving {
    /// A peer wants this.
    pub(super) fn want(&mut self, document: DocumentId, want: WantBlob) {
        self.wants.push_back((document, want));
    }

    pub(super) fn is_idle(&self) -> bool {
        self.wants.is_empty() && self.ready.is_empty()
    }

    /// The next frame. Memory holds one chunk, however much is asked for.
    pub(super) async fn next(&mut self, hub: &Arc<Hub>, linked: &Linked) -> Option<(DocumentId, Frame)> {
        if self.ready.is_empty() {
            let (document, want) = self.wants.pop_front()?;
            linked.answered();
            let frames = self.answer(hub, linked, document, want).await;
            let frames = frames.unwrap_or_else(|| vec![Frame::NoBlob(want.blob)]);
            self.ready.extend(frames.into_iter().map(|frame| (document, frame)));
        }
        self.ready.pop_front()
    }

    async fn answer(&mut self, hub: &Arc<Hub>, linked: &Linked, document: DocumentId, want: WantBlob) -> Option<Vec<Frame>> {
        if !may_have(hub, linked, document) {
            return None;
        }
        let WantBlob { blob, size, piece } = want;
        let (store, blobs) = (hub.store.clone(), hub.engine()?.shared.attachments.blobs.clone());
        let open = self.open.take().filter(|(open, whole)| *open == blob && whole.list().size() == size).map(|(_, whole)| whole);
        let read = blocking(move || {
            let row = store.read(|reader| reader.attachment(document, blob, size));
            let row = row.inspect_err(|error| tracing::error!(%error, "what a document refers to cannot be read")).ok().flatten();
            row.filter(|row| row.offered)?;
            Some(read(&blobs, open, want))
        });
        match read.await? {
            Ok((whole, frames)) => {
                self.open = Some((blob, whole));
                Some(frames)
            }
            Err(BlobError::Absent) => None,
            Err(error) => {
                tracing::error!(%error, blob = %blob.short(), "an attachment cannot be handed over");
                if matches!(error, BlobError::Damaged) {
                    set_aside(hub, document, blob).await;
                }
                None
            }
        }
        .filter(|frames| !frames.is_empty() || matches!(piece, Piece::List(_)))
    }
}

fn may_have(hub: &Hub, linked: &Linked, document: DocumentId) -> bool {
    linked.is_open(document)
        && hub.if_live(document).is_some_and(|live| {
            let facts = live.facts();
            facts.state == State::Ready && facts.is_member(&linked.device())
        })
}

type Read = (Arc<Whole>, Vec<Frame>);

fn read(blobs: &Blobs, open: Option<Arc<Whole>>, want: WantBlob) -> Result<Read, BlobError> {
    let WantBlob { blob, size, piece } = want;
    let whole = match open {
        Some(open) => open,
        None => Arc::new(blobs.read(blob, size)?),
    };
    let part = |at: u64, bytes: &[u8]| Frame::Blob(BlobPart { blob, piece, at, bytes: bytes.to_vec() });
    let frames = match piece {
        Piece::List(from) => {
            let values = usize::try_from(from).ok().and_then(|from| whole.list().values().get(from..)).ok_or(BlobError::Absent)?;
            vec![part(0, values[..values.len().min(LISTED)].as_flattened())]
        }
        Piece::Chunk(chunk) => {
            let bytes = whole.chunk(chunk)?;
            (0u64..).zip(bytes.chunks(CARRIED)).map(|(index, bytes)| part(index * CARRIED as u64, bytes)).collect()
        }
    };
    Ok((whole, frames))
}

/// What is damaged here comes again from others.
async fn set_aside(hub: &Hub, document: DocumentId, blob: BlobId) {
    let Some(engine) = hub.engine() else { return };
    let blobs = engine.shared.attachments.blobs.clone();
    let aside = blocking(move || blobs.set_aside(document, blob)).await;
    if let Err(error) = aside {
        tracing::error!(%error, blob = %blob.short(), "a damaged attachment cannot be put aside");
    }
    hub.look_for_files(document);
}
