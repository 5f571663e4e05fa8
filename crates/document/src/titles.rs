//! The title of a document that nobody looks at.
//!
//! The library shows titles of documents whose replica is not open, and a title is an entry in the body. So when a record has come that may
//! have changed it, the replica is opened for a moment, read, and let go again. Records that only type cost nothing here, until
//! they are many.

use std::time::Duration;

use sheaf_replica::walk::{Parent, Rules, walk};

/// How long after such a record: others usually follow, and one look does for all.
const AFTER: Duration = Duration::from_secs(1);
/// How long between two looks, at least: somebody may be changing the kinds of lines all day, which looks the same from here.
const BETWEEN: Duration = Duration::from_secs(10);

/// The map that holds the title.
const META: &str = "meta";

/// When the title is to be looked at.
#[derive(Debug, Default)]
pub(crate) struct TitleWatch {
    due: Option<Duration>,
    looked: Option<Duration>,
    looking: bool,
}

impl TitleWatch {
    /// The title may have changed.
    pub(crate) fn suspect(&mut self, now: Duration) {
        let earliest = self.looked.map_or(Duration::ZERO, |looked| looked + BETWEEN);
        self.due.get_or_insert((now + AFTER).max(earliest));
    }

    /// Nobody knows the title yet: the first copy has just come.
    pub(crate) fn hasten(&mut self, now: Duration) {
        self.due = Some(now);
    }

    /// Whether it is waited for.
    pub(crate) fn is_suspected(&self) -> bool {
        self.due.is_some()
    }

    /// When it is to be looked at.
    pub(crate) fn due(&self) -> Option<Duration> {
        self.due
    }

    /// Begins to look, if it is time.
    pub(crate) fn begin(&mut self, now: Duration) -> bool {
        let begins = self.due.is_some_and(|due| due <= now);
        if begins {
            *self = TitleWatch { due: None, looked: Some(now), looking: true };
        }
        begins
    }

    /// Somebody else needs the replica, too.
    pub(crate) fn share(&mut self) {
        self.looking = false;
    }

    /// The replica is open, and the title known.
    pub(crate) fn see(&mut self) {
        self.due = None;
    }

    /// The look is over. Says whether the replica was open for it alone.
    pub(crate) fn end(&mut self) -> bool {
        std::mem::take(&mut self.looking)
    }
}

/// Whether an update may bring another title: it sets an entry of `meta`, or an entry that stands on an older one of it does not say
/// which map.
pub(crate) fn may_change_title(update: &[u8]) -> bool {
    let Ok(walked) = walk(update, Rules::Any) else { return false };
    walked.structs().any(|one| {
        let elsewhere = matches!(one.parent, Parent::Root(name, _) if name != META);
        one.entry && !elsewhere
    })
}
