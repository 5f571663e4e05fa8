//! Bundles: what a document heard in this process, in a file that another machine can live through again.
//!
//! Made when somebody asks, written where they say, sent nowhere. Without `content` a bundle holds filler for every word, and of the inputs only
//! their kinds and sizes. A bundle is played before it is written: one that does not come to the same text is worth a word to the person, too.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use serde_json::{Value, json};
use sheaf_base::DocumentId;
use sheaf_document::{Bundle, FoldJob, Hydration, Journal as Named, Opened, Recording, SnapshotState, Updates, Whole};
use sheaf_record::Signed;
use sheaf_replica::filled_hash;
use tokio::sync::oneshot;

use crate::body::BodyError;
use crate::engine::{DocumentError, Engine};
use crate::journal::Journal;
use crate::live::{AskError, DocumentHandle, Heard, Question};
use crate::rows;
use crate::task::blocking;

/// What a bundle's file begins with.
const FIRST_LINE: &str = "sheaf bundle 1";

/// zstd's level: a bundle is made once and sent by mail.
const LEVEL: i32 = 9;

/// The most bytes that a bundle may unpack to: more is no bundle of ours.
const LARGEST: u64 = 1 << 30;

/// How often the text may change between what is read from the disk and what the document says, before that is said.
const TRIES: usize = 20;

/// What a live document gives for a bundle, all of one moment.
pub(crate) struct Witness {
    pub(crate) recording: Option<Recording>,
    pub(crate) state: Option<[u8; 32]>,
    pub(crate) body: Option<Opened>,
    pub(crate) updates: FoldJob,
}

/// A bundle, the hash that it should come to, and whether it does.
struct Made {
    bundle: Bundle,
    state: [u8; 32],
    plays: bool,
}

/// A bundle that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnosed {
    /// How many bytes it has.
    pub bytes: u64,
    /// Everything that was heard is in it; else the body's updates alone.
    pub whole: bool,
    /// How many inputs there were.
    pub inputs: u64,
    /// Playing it comes to the same text, as was tried before it was written. If not, that is a bug of its own.
    pub plays: bool,
    /// The hash of the text that it comes to.
    pub state: [u8; 32],
}

/// A bundle cannot be made.
#[derive(Debug, Clone, thiserror::Error)]
pub enum DiagnoseError {
    /// The document cannot be used.
    #[error(transparent)]
    Body(#[from] BodyError),
    /// The file cannot be written.
    #[error("cannot write {file}: {reason}")]
    File {
        /// Which.
        file: String,
        /// Why.
        reason: String,
    },
    /// Somebody writes too fast for a look from outside.
    #[error("the document changes faster than it can be written down; try again in a moment")]
    Restless,
}

/// What playing a bundle came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Played {
    /// What the bundle says about itself; holds no content.
    pub about: Value,
    /// The hash of the text as it was when the bundle was made.
    pub recorded: [u8; 32],
    /// The hash that playing came to; none if it did not come to its end.
    pub state: Option<[u8; 32]>,
    /// What else was noticed, for people.
    pub notes: Vec<String>,
}

impl Played {
    /// Whether the same came of it, to the last bit.
    pub fn is_same(&self) -> bool {
        self.state == Some(self.recorded) && self.notes.is_empty()
    }
}

impl Engine {
    /// Writes a bundle of a document to a new file that only this user can read.
    pub async fn diagnose(&self, document: DocumentId, file: &Path, content: bool) -> Result<Diagnosed, DiagnoseError> {
        let live = self.live(document).await.map_err(BodyError::from)?;
        // The text is wanted in memory; asking for it brings it there.
        live.ask(Question::Read).await.map_err(BodyError::from)?;
        let mut tries = 0;
        let (witness, Made { bundle, state, plays }) = loop {
            let witness = self.witness(&live).await?;
            if let Some(made) = self.bundle(&live, &witness, content).await? {
                break (witness, made);
            }
            tries += 1;
            if tries == TRIES {
                return Err(DiagnoseError::Restless);
            }
        };
        let whole = matches!(bundle, Bundle::Whole(_));
        let inputs = witness.recording.as_ref().map_or(0, Recording::heard);
        let about = self.about(&live, &witness, content, whole);
        let path = file.to_owned();
        let bytes = blocking(move || write(&path, &about, &bundle)).await.map_err(|error| {
            let reason = match error.kind() {
                std::io::ErrorKind::AlreadyExists => "it is there already; choose another name".to_owned(),
                _ => error.to_string(),
            };
            DiagnoseError::File { file: file.display().to_string(), reason }
        })?;
        Ok(Diagnosed { bytes, whole, inputs, plays, state })
    }

    /// What the document says, together with its updates from the journal.
    async fn witness(&self, live: &DocumentHandle) -> Result<Witness, BodyError> {
        let hydration = self.read(live, |reader, id| rows::hydration(reader, id, true)).await?;
        let (reply, witness) = oneshot::channel();
        live.send(Heard::Recorded { hydration, reply });
        Ok(witness.await.map_err(|_| AskError::Ended)?)
    }

    /// The bundle. None if the document changed while it was looked at.
    async fn bundle(&self, live: &DocumentHandle, witness: &Witness, content: bool) -> Result<Option<Made>, BodyError> {
        let (Some(state), Some(body)) = (witness.state, &witness.body) else { return Ok(None) };
        if content && let Some(recording) = witness.recording.clone().filter(Recording::is_whole) {
            let journal = self.named(live, &recording).await?;
            let (key, device, signed) = (self.shared.key, self.device(), Signed::default());
            return Ok(blocking(move || {
                let played = recording.play(&key, &journal, &signed);
                let plays = played.is_some_and(|played| played.state == Some(state) && played.differs.is_none());
                let whole = Whole { device, recording, journal, signatures: signed.signatures(), state };
                Some(Made { bundle: Bundle::Whole(Box::new(whole)), state, plays })
            })
            .await);
        }
        let (updates, state) = match content {
            true => (witness.updates.updates().map(|updates| updates.into_iter().cloned().collect()), state),
            false => (witness.updates.filled(), filled_hash(&body.delta, &body.title)),
        };
        let Some(updates) = updates.map(|updates| Updates { updates, state }) else { return Ok(None) };
        let (updates, came_to) = blocking(move || {
            let came_to = updates.play();
            (updates, came_to)
        })
        .await;
        // A record that came between the two looks is in one of them only.
        Ok((came_to == Ok(state)).then_some(Made { bundle: Bundle::Body(updates), state, plays: true }))
    }

    /// The journal and the snapshots that a recording names. One that is there no more is folded again.
    async fn named(&self, live: &DocumentHandle, recording: &Recording) -> Result<Named, BodyError> {
        let all = self.read(live, |reader, id| Journal::of(reader, id)?.rows(0, |_| true)).await?;
        let mut snapshots = Vec::new();
        for row in recording.snapshots() {
            let found = self.read(live, |reader, id| reader.snapshot(id)).await?.filter(|found| found.upto == row);
            snapshots.push(match found {
                Some(found) => SnapshotState { upto: row, state: found.state },
                None => {
                    let hydration = self.read(live, move |reader, id| rows::hydration_at(reader, id, row)).await?;
                    let job = live.prepare_fold(hydration).await.ok_or(AskError::Ended)?;
                    let folded = blocking(move || job.run()).await;
                    let reason =
                        |error: sheaf_document::FoldError| DocumentError::Unusable { title: String::new(), reason: error.to_string() };
                    SnapshotState { upto: row, ..folded.map_err(reason)? }
                }
            });
        }
        Ok(Named { records: all.into_iter().map(|(_, record)| record).collect(), snapshots })
    }

    async fn read<T: Send + 'static>(
        &self,
        live: &DocumentHandle,
        read: impl FnOnce(&sheaf_store::Reader<'_>, DocumentId) -> Result<T, sheaf_store::ReadError> + Send + 'static,
    ) -> Result<T, BodyError> {
        let (store, id) = (self.shared.store.clone(), live.id());
        let found = blocking(move || store.read(|reader| read(reader, id))).await;
        Ok(found.map_err(|error| DocumentError::Unusable { title: String::new(), reason: error.to_string() })?)
    }

    /// What may be known to anybody: versions, kinds and sizes of what was heard, and how everybody's copies stand. No name, no title, no word.
    fn about(&self, live: &DocumentHandle, witness: &Witness, content: bool, whole: bool) -> Value {
        let facts = live.facts();
        let devices = facts.status.devices.iter().map(|fact| {
            let way = self.way(fact.device);
            json!({ "device": fact.device.short(), "state": format!("{:?}", fact.state), "linked": way.linked, "direct": way.direct, "rtt_ms": way.rtt_ms })
        });
        let links = self.shared.net().map(|net| net.links(Some(live.id()))).unwrap_or_default();
        let sessions = links.iter().map(|link| json!([link.device.short(), link.session.map(|session| session.to_string())]));
        let recent = witness.recording.iter().flat_map(Recording::recent);
        let recent = recent.map(|heard| json!([heard.at.as_millis() as u64, heard.what, heard.peer, heard.bytes]));
        json!({
            "sheaf": env!("CARGO_PKG_VERSION"),
            "system": format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
            "made": self.shared.clock.now().wall.0,
            "document": live.id().short(),
            "device": self.device().short(),
            "content": content,
            "whole": whole,
            "inputs": witness.recording.as_ref().map_or(0, Recording::heard),
            "row": facts.row,
            "devices": devices.collect::<Vec<_>>(),
            "sessions": sessions.collect::<Vec<_>>(),
            "recent": recent.collect::<Vec<_>>(),
        })
    }
}

impl Witness {
    /// What a document says of itself between two turns.
    pub(crate) fn of(document: &mut sheaf_document::Document, hydration: Hydration) -> Witness {
        let updates = document.fold(hydration);
        Witness { recording: document.recording().cloned(), state: document.state_hash(), body: document.body(), updates }
    }
}

/// Writes a file that must be new and that nobody else may read. Returns its size.
fn write(path: &Path, about: &Value, bundle: &Bundle) -> std::io::Result<u64> {
    let packed = zstd::bulk::compress(&bundle.encode(), LEVEL)?;
    let bytes = [format!("{FIRST_LINE}\n{about}\n").as_bytes(), &packed].concat();
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(&bytes)?;
    file.sync_all()?;
    Ok(bytes.len() as u64)
}

/// Plays a bundle's file. The error is a sentence for people. `tell` hears how many inputs have been played, of how many.
pub fn replay(bytes: &[u8], tell: &mut dyn FnMut(u64, u64)) -> Result<Played, String> {
    let no_bundle = || "this is not a bundle; `sheaf diagnose` makes one".to_owned();
    let mut parts = bytes.splitn(3, |byte| *byte == b'\n');
    let (first, about, packed) = (parts.next(), parts.next(), parts.next());
    if first != Some(FIRST_LINE.as_bytes()) {
        return Err(no_bundle());
    }
    let about = about.and_then(|about| serde_json::from_slice(about).ok()).ok_or_else(no_bundle)?;
    let mut unpacked = Vec::new();
    let reader = zstd::stream::read::Decoder::new(packed.unwrap_or_default()).map_err(|error| error.to_string())?;
    let read = std::io::Read::read_to_end(&mut std::io::Read::take(reader, LARGEST), &mut unpacked);
    read.map_err(|error| format!("the bundle is damaged: {error}"))?;
    let bundle = Bundle::decode(&unpacked).map_err(|error| error.to_string())?;
    Ok(match bundle {
        Bundle::Whole(whole) => {
            let played = whole.play_telling(tell);
            let notes = match &played {
                None => vec!["the document does not begin as it did, or the recording cannot be read".to_owned()],
                Some(played) => {
                    let differs = played.differs.map(|turn| format!("turn {turn} of {} wrote something else than it did", played.turns));
                    let unsigned =
                        (played.unsigned > 0).then(|| format!("{} signatures were wanted that were not made then", played.unsigned));
                    differs.into_iter().chain(unsigned).collect()
                }
            };
            Played { about, recorded: whole.state, state: played.and_then(|played| played.state), notes }
        }
        Bundle::Body(updates) => {
            let (state, notes) = match updates.play() {
                Ok(state) => (Some(state), Vec::new()),
                Err(why) => (None, vec![why]),
            };
            Played { about, recorded: updates.state, state, notes }
        }
    })
}
