//! Bugs that tests plant, most of all the simulated world, to show that they would be noticed.
//!
//! Without the feature `planted`, which nothing but tests turns on, [`is`] is `false` at compile time and nothing of this exists. With it, a
//! bug is planted per thread, because one world runs in one thread.

/// A bug that the product could have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bug {
    /// A record is taken in although what its stamp names is not here.
    UncoveredStamp,
    /// A record's hash does not cover what the record says.
    HashUnchecked,
    /// Any signature will do.
    SignatureUnchecked,
    /// A record is taken in, and passed on, without a seal over it.
    UnsealedAccepted,
    /// What somebody else deleted stays.
    DeleteSetDropped,
    /// Of two who write at one place apart, the index puts the other one first than yrs does.
    IndexMisplaces,
    /// An update with the word “deadly” in it ends the process while it is being applied.
    DeadlyWord,
}

#[cfg(feature = "planted")]
thread_local! {
    static PLANTED: std::cell::Cell<Option<Bug>> = const { std::cell::Cell::new(None) };
}

/// Plants a bug in this thread, or takes it away. Says which one was there.
#[cfg(feature = "planted")]
pub fn plant(bug: Option<Bug>) -> Option<Bug> {
    PLANTED.replace(bug)
}

/// Whether this bug is planted here.
#[cfg(feature = "planted")]
pub fn is(bug: Bug) -> bool {
    PLANTED.get() == Some(bug)
}

/// Whether this bug is planted here: never.
#[cfg(not(feature = "planted"))]
pub const fn is(_: Bug) -> bool {
    false
}
