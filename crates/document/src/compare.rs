//! The last alarm: devices that hold the same must show the same. When nothing moves they compare a hash of the text.

use std::time::Duration;

use sheaf_protocol::{Frame, StateHash};
use sheaf_record::Digest;

use crate::{Document, input::PeerId, output::Announcement};

/// At most one comparison in this time; hashing a long text takes a while.
const PACE: Duration = Duration::from_secs(60);

/// So long nothing has moved before a text is hashed: of five megabytes that takes 25 ms, in which no key is taken.
const STILL: Duration = Duration::from_secs(2);

/// When texts are compared, and what was compared last.
#[derive(Default)]
pub(crate) struct Comparing {
    last: Option<Compared>,
    /// Not before: something has just moved.
    put_off: Option<Duration>,
}

struct Compared {
    state: StateHash,
    at: Duration,
}

impl Comparing {
    /// What is held here has changed.
    pub(crate) fn moved(&mut self, now: Duration) {
        self.put_off = Some(now + STILL);
    }

    /// When nothing will have moved for long enough.
    pub(crate) fn next_timeout(&self) -> Option<Duration> {
        self.put_off
    }

    fn is_due(&mut self, now: Duration, frontier: Digest) -> bool {
        if self.put_off.is_some_and(|until| until > now) {
            return false;
        }
        self.put_off = None;
        self.last.as_ref().is_none_or(|last| last.at + PACE <= now && last.state.applied != frontier)
    }
}

impl Document {
    /// Tells peers that hold the same what the text looks like here, now and then.
    pub(crate) fn compare_states(&mut self) {
        let now = self.now.elapsed;
        if !self.comparing.is_due(now, self.history.durable.digest()) {
            return;
        }
        let even: Vec<PeerId> = self.peers.sessions().filter(|(_, session)| session.is_even()).map(|(id, _)| id).collect();
        if even.is_empty() {
            return;
        }
        let Some(state) = self.shown() else { return };
        self.comparing.last = Some(Compared { state, at: now });
        for id in even {
            self.send_at_once(id, Frame::StateHash(state));
        }
    }

    /// What the text looks like to a peer.
    pub(crate) fn hear_state_hash(&mut self, id: PeerId, theirs: &StateHash) {
        if self.history.durable.digest() != theirs.applied || self.history.durable_access != theirs.access {
            return;
        }
        let known = self.comparing.last.as_ref().map(|last| last.state).filter(|state| state.applied == theirs.applied);
        let Some(mine) = known.or_else(|| self.shown()) else { return };
        let Some(device) = self.peers.get(id).map(|peer| peer.device).filter(|_| mine.state != theirs.state) else { return };
        let hex = |hash: &[u8; 32]| sheaf_base::Hash(*hash).to_string();
        let evidence = format!("frontier {}: {} here, {} there", hex(&mine.applied.0), hex(&mine.state), hex(&theirs.state));
        self.announce(Announcement::Alarm { device, evidence });
    }

    /// What the text looks like, if it shows exactly what is durable.
    fn shown(&self) -> Option<StateHash> {
        let still =
            self.in_flight.is_none() && self.draft.writes.records.is_empty() && self.replica.is_whole() && self.history.is_all_sealed();
        let replica = self.replica.get().filter(|_| still)?;
        Some(StateHash { applied: self.history.durable.digest(), access: self.history.durable_access, state: replica.state_hash() })
    }
}
