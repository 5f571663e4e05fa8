//! What this device has done, for its person alone: kept in the profile, across starts, and sent nowhere.
//!
//! Counted in memory and written down a minute after something was counted, and when Sheaf ends; a process that is killed loses at most that
//! minute of its statistics, and nothing else. Holds no words, no titles; of others their devices and names, which the member records hold, too.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use sheaf_base::{DeviceId, Wall};
use sheaf_document::Tally;
use sheaf_store::{Batch, Change, Store};

use crate::engine::{Engine, Shared};
use crate::lock::held;
use crate::task::supervised;

/// Where it is kept, as one JSON object.
const STATISTICS: &str = "statistics";

/// How long what was counted may be in memory alone.
const KEEP_AFTER: Duration = Duration::from_secs(60);

/// Devices of others that are remembered: more than anybody writes with. Whoever comes after them is not counted.
const DEVICES: usize = 10_000;

/// The sums, as they are told.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sums {
    /// Since when this is counted.
    pub since: Wall,
    /// Words written on this device.
    pub words: u64,
    /// Edits made on it: a keystroke, or what was typed while one was being saved.
    pub edits: u64,
    /// How often edits of others came together with edits made here that those did not know.
    pub merges: u64,
    /// Bytes sent to other devices.
    pub sent: u64,
    /// Bytes received from them.
    pub received: u64,
    /// People whose edits have come here.
    pub people: u64,
}

/// What is counted.
pub(crate) struct Statistics {
    counted: Mutex<Counted>,
}

#[derive(Default)]
struct Counted {
    sums: Sums,
    people: BTreeMap<DeviceId, String>,
    /// Something is not written down yet, and somebody will.
    due: bool,
}

impl Statistics {
    /// As the profile has it. What cannot be read begins anew.
    pub(crate) fn load(store: &Store, now: Wall) -> Statistics {
        let kept = store.read(|reader| reader.setting(STATISTICS)).unwrap_or_else(|error| {
            tracing::warn!(%error, "the statistics cannot be read");
            None
        });
        let mut counted = kept.and_then(|bytes| serde_json::from_slice(&bytes).ok()).map(|kept| Counted::read(&kept)).unwrap_or_default();
        if counted.sums.since.0 == 0 {
            counted.sums.since = now;
        }
        Statistics { counted: Mutex::new(counted) }
    }

    /// What a document has counted in a turn.
    pub(crate) fn wrote(&self, shared: &Arc<Shared>, tally: Tally) {
        if (tally.words, tally.edits, tally.merges) != (0, 0, 0) {
            self.change(shared, |it| {
                it.sums.words += tally.words;
                it.sums.edits += tally.edits;
                it.sums.merges += tally.merges;
            });
        }
    }

    /// Bytes that went over links.
    pub(crate) fn carried(&self, shared: &Arc<Shared>, sent: u64, received: u64) {
        if (sent, received) != (0, 0) {
            self.change(shared, |it| {
                it.sums.sent += sent;
                it.sums.received += received;
            });
        }
    }

    /// Edits of these devices have come, with the names that the member records give.
    pub(crate) fn met(&self, shared: &Arc<Shared>, devices: impl Iterator<Item = (DeviceId, String)>) {
        let devices: Vec<_> = devices.collect();
        let is_news = |it: &Counted| devices.iter().any(|(device, name)| it.people.get(device) != Some(name));
        if is_news(&held(&self.counted)) {
            self.change(shared, |it| devices.into_iter().for_each(|(device, name)| it.meet(device, name)));
        }
    }

    fn change(&self, shared: &Arc<Shared>, change: impl FnOnce(&mut Counted)) {
        let mut counted = held(&self.counted);
        change(&mut counted);
        if !std::mem::replace(&mut counted.due, true) {
            let shared = Arc::downgrade(shared);
            supervised("keeping the statistics", async move {
                tokio::time::sleep(KEEP_AFTER).await;
                if let Some(shared) = shared.upgrade() {
                    shared.statistics.keep(&shared.store);
                }
            });
        }
    }

    /// Writes down what is not written yet. Waits for nothing.
    pub(crate) fn keep(&self, store: &Store) {
        let mut counted = held(&self.counted);
        if std::mem::take(&mut counted.due) {
            let change = Change::Setting { name: STATISTICS.into(), value: Some(counted.write().to_string().into_bytes()) };
            store.commit_then(Batch::profile().with(change), |outcome| {
                if let Err(error) = outcome {
                    tracing::warn!(%error, "the statistics are not written");
                }
            });
        }
    }
}

impl Counted {
    fn meet(&mut self, device: DeviceId, name: String) {
        if self.people.len() < DEVICES || self.people.contains_key(&device) {
            self.people.insert(device, name);
        }
    }

    /// People, going by their names; devices without a name count one each.
    fn people(&self) -> u64 {
        let named: BTreeSet<&String> = self.people.values().filter(|name| !name.is_empty()).collect();
        (named.len() + self.people.values().filter(|name| name.is_empty()).count()) as u64
    }

    fn read(kept: &Value) -> Counted {
        let number = |name: &str| kept[name].as_u64().unwrap_or(0);
        let people = kept["people"].as_object().into_iter().flatten();
        Counted {
            sums: Sums {
                since: Wall(number("since")),
                words: number("words"),
                edits: number("edits"),
                merges: number("merges"),
                sent: number("sent"),
                received: number("received"),
                people: 0,
            },
            people: people.filter_map(|(device, name)| Some((device.parse().ok()?, name.as_str()?.to_owned()))).collect(),
            due: false,
        }
    }

    fn write(&self) -> Value {
        let people: BTreeMap<String, &String> = self.people.iter().map(|(device, name)| (device.to_string(), name)).collect();
        let Sums { since, words, edits, merges, sent, received, .. } = self.sums;
        json!({
            "since": since.0, "words": words, "edits": edits, "merges": merges, "sent": sent, "received": received, "people": people,
        })
    }
}

impl Engine {
    /// What this device has done since it began to count.
    pub fn statistics(&self) -> Sums {
        // What has gone over links just now is in it, too.
        self.shared.net().into_iter().for_each(|net| net.count());
        let counted = held(&self.shared.statistics.counted);
        Sums { people: counted.people(), ..counted.sums.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_what_is_read() {
        let sums = Sums { since: Wall(7), words: 1, edits: 2, merges: 3, sent: 4, received: 5, people: 0 };
        let mut counted = Counted { sums, ..Counted::default() };
        for (device, name) in [(1, "Ben"), (2, "Ben"), (3, "Cleo"), (4, ""), (5, "")] {
            counted.meet(DeviceId([device; 32]), name.to_owned());
        }
        let again = Counted::read(&counted.write());
        assert_eq!((again.sums.clone(), again.people()), (counted.sums, 4), "two devices of Ben's are one person");
        assert_eq!(Counted::read(&json!({ "words": "many" })).sums, Sums::default(), "nonsense counts as nothing");
    }
}
