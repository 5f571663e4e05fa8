//! One file while it is being fetched: its list first, then its chunks.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use sheaf_blobs::{BlobError, Blobs, CHUNK, List, Part, chunks};
use sheaf_document::PeerId;
use sheaf_protocol::{BlobPart, Frame, LISTED, Piece, WantBlob};

use crate::attachments::Through;
use crate::net::linked::{Linked, WANTS};
use crate::task::blocking;

/// Chunks that one peer is asked for at once: 2 MiB, what a fast link carries in the time of a round trip.
const WINDOW: usize = 8;
const _: () = assert!(WINDOW * super::AT_ONCE <= WANTS);

/// Chunks of one file that are on their way at once, from whomever: what it may fill of memory, in quarters of a MiB.
pub(super) const ON_THEIR_WAY: usize = 16;

/// One file while it is being fetched.
pub(super) struct Active {
    pub(super) through: Through,
    stage: Stage,
    asked: BTreeMap<Piece, Asked>,
    /// When windows were last told of it.
    pub(super) told: Duration,
}

enum Stage {
    /// Its list, as far as it has come, and from whom: only all of it can be checked, so all of it has to come from one.
    Listing(Vec<[u8; 32]>, Option<PeerId>),
    Chunks(Part),
    /// On another thread, or given up.
    Away,
}

struct Asked {
    peer: PeerId,
    /// When something of it last came.
    at: Duration,
    bytes: Vec<u8>,
}

/// What a frame came to.
pub(super) enum Heard {
    /// Nothing, or not yet.
    More,
    /// A piece is here.
    Piece,
    /// It is not the file.
    Wrong,
}

impl Active {
    /// Takes a file up where it stopped. None: there can be no such file.
    pub(super) fn begin(blobs: &Blobs, through: Through) -> Result<Option<Active>, BlobError> {
        let (document, blob, size) = through;
        let list = if size <= CHUNK { List::of_one(blob, size) } else { blobs.kept_list(document, blob, size) };
        let stage = match list {
            Some(list) => Stage::Chunks(blobs.take_up(document, list)?),
            None if size <= CHUNK => return Ok(None),
            None => Stage::Listing(Vec::new(), None),
        };
        Ok(Some(Active { through, stage, asked: BTreeMap::new(), told: Duration::ZERO }))
    }

    /// Bytes that are here.
    pub(super) fn here(&self) -> u64 {
        if let Stage::Chunks(part) = &self.stage { part.here() } else { 0 }
    }

    /// Whether everything is here.
    pub(super) fn is_whole(&self) -> bool {
        matches!(&self.stage, Stage::Chunks(part) if part.here() == part.list().size())
    }

    /// Whether something is on its way.
    pub(super) fn is_asking(&self) -> bool {
        !self.asked.is_empty()
    }

    /// Whom something is awaited from.
    pub(super) fn peers(&self) -> impl Iterator<Item = PeerId> {
        self.asked.values().map(|asked| asked.peer)
    }

    /// Everything is here: the file gets its name.
    pub(super) fn finish(&self) -> Result<(), BlobError> {
        match &self.stage {
            Stage::Chunks(part) => part.finish(),
            _ => Err(BlobError::Absent),
        }
    }

    /// Does not wait any longer for who is gone, or has been silent for too long. Answers with the silent.
    pub(super) fn let_go(&mut self, now: Duration, patience: Duration, is_there: impl Fn(PeerId) -> bool) -> Vec<PeerId> {
        let silent: Vec<PeerId> = self.asked.values().filter(|asked| now > asked.at + patience).map(|asked| asked.peer).collect();
        self.asked.retain(|_, asked| !silent.contains(&asked.peer) && is_there(asked.peer));
        silent
    }

    /// Awaits nothing more from a peer. Says whether something was awaited.
    pub(super) fn let_go_of(&mut self, peer: PeerId) -> bool {
        let before = self.asked.len();
        self.asked.retain(|_, asked| asked.peer != peer);
        if let Stage::Listing(values, from) = &mut self.stage
            && *from == Some(peer)
        {
            (*values, *from) = (Vec::new(), None);
        }
        self.asked.len() < before
    }

    /// Asks these peers for what is missing, as much as may be on its way.
    pub(super) fn ask(&mut self, peers: &[Arc<Linked>], now: Duration) {
        let (document, blob, size) = self.through;
        let send = |linked: &Linked, piece| linked.say(document, &Frame::WantBlob(WantBlob { blob, size, piece }));
        match &mut self.stage {
            Stage::Listing(values, from) => {
                if !self.asked.is_empty() {
                    return;
                }
                let same = peers.iter().find(|linked| Some(linked.peer()) == *from);
                let Some(linked) = same.or(peers.first()) else { return };
                if *from != Some(linked.peer()) {
                    (*values, *from) = (Vec::new(), Some(linked.peer()));
                }
                let piece = Piece::List(values.len() as u64);
                if send(linked, piece) {
                    self.asked.insert(piece, Asked { peer: linked.peer(), at: now, bytes: Vec::new() });
                }
            }
            Stage::Chunks(part) => {
                let mut missing = part.missing().map(Piece::Chunk);
                let mut room: Vec<(&Arc<Linked>, usize)> = peers
                    .iter()
                    .map(|linked| (linked, WINDOW.saturating_sub(self.asked.values().filter(|asked| asked.peer == linked.peer()).count())))
                    .collect();
                while self.asked.len() < ON_THEIR_WAY
                    && let Some((linked, left)) = room.iter_mut().max_by_key(|(_, left)| *left).filter(|(_, left)| *left > 0)
                    && let Some(piece) = missing.find(|piece| !self.asked.contains_key(piece))
                    && send(linked, piece)
                {
                    *left -= 1;
                    self.asked.insert(piece, Asked { peer: linked.peer(), at: now, bytes: Vec::new() });
                }
            }
            Stage::Away => {}
        }
    }

    /// A part of a piece has come. What nobody asked this peer for is nothing.
    pub(super) async fn hear(&mut self, blobs: &Blobs, peer: PeerId, part: BlobPart, now: Duration) -> Result<Heard, BlobError> {
        let BlobPart { piece, at, bytes, .. } = part;
        let Some(asked) = self.asked.get_mut(&piece).filter(|asked| asked.peer == peer) else { return Ok(Heard::More) };
        let whole = match piece {
            Piece::Chunk(chunk) => CHUNK.min(self.through.2.saturating_sub(chunk.saturating_mul(CHUNK))),
            Piece::List(from) => (chunks(self.through.2).saturating_sub(from)).min(LISTED as u64) * 32,
        };
        if at != asked.bytes.len() as u64 || bytes.is_empty() || at + bytes.len() as u64 > whole {
            return Ok(Heard::Wrong);
        }
        asked.at = now;
        asked.bytes.extend_from_slice(&bytes);
        if (asked.bytes.len() as u64) < whole {
            return Ok(Heard::More);
        }
        let bytes = self.asked.remove(&piece).map(|asked| asked.bytes).unwrap_or_default();
        match (std::mem::replace(&mut self.stage, Stage::Away), piece) {
            (Stage::Listing(mut values, from), Piece::List(_)) => {
                values.extend_from_slice(bytes.as_chunks::<32>().0);
                self.listed(blobs, values, from).await
            }
            (Stage::Chunks(mut part), Piece::Chunk(chunk)) => {
                let (part, put) = blocking(move || {
                    let put = part.put(chunk, &bytes);
                    (part, put)
                })
                .await;
                self.stage = Stage::Chunks(part);
                Ok(if put? { Heard::Piece } else { Heard::Wrong })
            }
            (stage, _) => {
                self.stage = stage;
                Ok(Heard::More)
            }
        }
    }

    /// A stretch of the list has come. All of it is held against the file's name before any of it is believed.
    async fn listed(&mut self, blobs: &Blobs, values: Vec<[u8; 32]>, from: Option<PeerId>) -> Result<Heard, BlobError> {
        let (document, blob, size) = self.through;
        if (values.len() as u64) < chunks(size) {
            self.stage = Stage::Listing(values, from);
            return Ok(Heard::Piece);
        }
        let Some(list) = List::check(blob, size, values) else {
            self.stage = Stage::Listing(Vec::new(), None);
            return Ok(Heard::Wrong);
        };
        let blobs = blobs.clone();
        let part = blocking(move || {
            blobs.keep_list(document, &list)?;
            blobs.take_up(document, list)
        });
        self.stage = Stage::Chunks(part.await?);
        Ok(Heard::Piece)
    }
}
