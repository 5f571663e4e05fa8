//! Living through a recording again. The same inputs give the same document, to the last bit; where they do not, the first turn that differs is named.

use sheaf_base::ClientId;
use sheaf_record::{DeviceKey, Kind, Signed};
use sheaf_replica::Replica;

use super::{Beginning, Event, Journal, Played, Recording, Updates, Whole, digest};
use crate::{Document, Who, hydration::Hydration, input::Input, turn::Stored};

/// What a replay came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replayed {
    /// The hash of the text at the end; none if there was no text.
    pub state: Option<[u8; 32]>,
    /// How many turns there were.
    pub turns: u64,
    /// The first turn that wrote something else than it did when it was recorded, counted from one.
    pub differs: Option<u64>,
    /// How often something was to be signed that was not signed when it was recorded.
    pub unsigned: u64,
}

impl Recording {
    /// Plays the recording with the device's own key, which notes what it signs: so a bundle is known to play before anybody is given it. None if
    /// the recording is not whole or cannot be read, or the document does not even begin.
    pub fn play(&self, key: &[u8; 32], journal: &Journal, signed: &Signed) -> Option<Replayed> {
        self.play_with(DeviceKey::noting(key, signed), journal, signed, &mut |_, _| ())
    }

    /// `tell` hears how many inputs have been played, of how many.
    fn play_with(&self, key: DeviceKey, journal: &Journal, signed: &Signed, tell: &mut dyn FnMut(u64, u64)) -> Option<Replayed> {
        self.is_whole().then_some(())?;
        let mut document = self.begin_again(key, journal)?;
        let (mut turns, mut differs, mut heard) = (0, None, 0);
        for event in self.events() {
            tell(heard, self.heard);
            match event.ok()? {
                Event::Heard(now, played) => {
                    heard += 1;
                    let input = match played {
                        Played::Input(input) => *input,
                        Played::Hydrate { snapshot, upto } => Input::Hydrate(journal.hydration(snapshot, upto)),
                    };
                    document.handle(input, now);
                }
                Event::Turn(then) => {
                    turns += 1;
                    let turn = document.take_turn();
                    if digest(&turn.writes) != then {
                        differs = differs.or(Some(turns));
                    }
                }
                Event::AtOnce => drop(document.take_at_once()),
                Event::Written => {
                    document.apply_written();
                    document.take_outputs();
                }
            }
        }
        Some(Replayed { state: document.state_hash(), turns, differs, unsigned: signed.missed() })
    }

    fn begin_again(&self, key: DeviceKey, journal: &Journal) -> Option<Document> {
        let who = Who { key, seed: self.seed, name: self.name.clone(), colour: self.colour.clone() };
        match &self.beginning {
            Beginning::Created(title, folder) => Document::created(who, title, *folder, self.began).ok(),
            Beginning::Joining(ticket) => Some(Document::joined(who, (**ticket).clone(), self.began)),
            Beginning::Opened(stored, records) => {
                let records = journal.records.get(..usize::try_from(*records).ok()?)?.to_vec();
                Document::opened(who, Stored { records, ..(**stored).clone() }, self.began).ok().map(|(document, _)| document)
            }
        }
    }
}

impl Whole {
    /// Plays the bundle, without the device's key. None if it does not even begin, or cannot be read to its end.
    pub fn play(&self) -> Option<Replayed> {
        self.play_telling(&mut |_, _| ())
    }

    /// The same. `tell` hears how many inputs have been played, of how many.
    pub fn play_telling(&self, tell: &mut dyn FnMut(u64, u64)) -> Option<Replayed> {
        let signed = Signed::of(self.signatures.iter().copied());
        self.recording.play_with(DeviceKey::repeating(self.device, &signed), &self.journal, &signed, tell)
    }
}

impl Updates {
    /// Applies the updates to an empty replica, and returns the hash of what it shows; or why they do not apply.
    pub fn play(&self) -> Result<[u8; 32], String> {
        // Any client will do: this replica writes nothing.
        let mut replica = Replica::empty(ClientId(1));
        replica.apply(&self.updates).map_err(|error| error.to_string())?;
        replica.audit().map_err(|broken| broken.to_string())?;
        Ok(replica.state_hash())
    }
}

impl Journal {
    /// What a replica was built from. A snapshot that is not here leaves the text empty, and the replay says that it differs.
    fn hydration(&self, snapshot: Option<u64>, upto: u64) -> Hydration {
        let after = snapshot.unwrap_or(0);
        let snapshot = self.snapshots.iter().find(|found| Some(found.upto) == snapshot).cloned();
        let rows = (1..).zip(&self.records).skip(after as usize).take_while(|(row, _)| *row <= upto);
        let rows = rows.filter(|(_, record)| record.kind == Kind::Body.code()).map(|(row, record)| (row, record.clone()));
        Hydration { snapshot, rows: rows.collect() }
    }
}
