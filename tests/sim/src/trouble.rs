//! The kinds of trouble that a world may meet. A plan says which of them it is spared: that is how a failing one shrinks.

use std::fmt;

/// A kind of trouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub enum Trouble {
    /// Processes die.
    Crash,
    /// The devices fall into two groups.
    Partition,
    /// Links are cut one after another, and come back in another order.
    Swizzle,
    /// One link fails by itself.
    HangUp,
    /// Wires lose frames, repeat them, and let them overtake one another.
    Unruly,
    /// A profile is put back to what it was.
    Restore,
    /// A disk is full.
    FullDisk,
    /// A disk says that it could not write; half of these times it had.
    Fsync,
    /// A process gets a turn now and then only.
    Slow,
    /// A process stands still, and its links fall silent before they fail.
    Vanish,
    /// A clock is years off, and may jump.
    Skew,
    /// A hostile device alters the bytes that it sends.
    Malform,
    /// A hostile device writes in somebody else's name.
    Spoof,
    /// A hostile device keeps from some what it tells others.
    Withhold,
    /// A hostile device says again what was said long ago.
    Replay,
    /// A hostile device seals another record under the number of its newest, and tells one peer that one.
    Equivocate,
    /// Somebody with a device's old key seals another first record of an old chain.
    StolenKey,
    /// A device is resumed twice from one memory: both go on with the same chain.
    Twin,
    /// A device runs another build, which speaks a later version of the protocol besides, or nothing else.
    Version,
}

impl Trouble {
    /// All kinds, with the words that a plan spells them with.
    pub const ALL: [(Trouble, &str); 19] = [
        (Trouble::Crash, "crash"),
        (Trouble::Partition, "partition"),
        (Trouble::Swizzle, "swizzle"),
        (Trouble::HangUp, "hang-up"),
        (Trouble::Unruly, "unruly"),
        (Trouble::Restore, "restore"),
        (Trouble::FullDisk, "full-disk"),
        (Trouble::Fsync, "fsync"),
        (Trouble::Slow, "slow"),
        (Trouble::Vanish, "vanish"),
        (Trouble::Skew, "skew"),
        (Trouble::Malform, "malform"),
        (Trouble::Spoof, "spoof"),
        (Trouble::Withhold, "withhold"),
        (Trouble::Replay, "replay"),
        (Trouble::Equivocate, "equivocate"),
        (Trouble::StolenKey, "stolen-key"),
        (Trouble::Twin, "twin"),
        (Trouble::Version, "version"),
    ];
}

/// Some kinds of trouble.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Troubles(u32);

impl Troubles {
    /// None.
    pub const NONE: Troubles = Troubles(0);

    /// What makes two histories of one chain.
    pub const FORKS: Troubles = Troubles::NONE.with(Trouble::Equivocate).with(Trouble::StolenKey).with(Trouble::Twin);

    /// What a hostile device does besides.
    pub const LIES: Troubles = Troubles::NONE.with(Trouble::Malform).with(Trouble::Spoof).with(Trouble::Withhold).with(Trouble::Replay);

    /// These and one more.
    #[must_use]
    pub const fn with(self, trouble: Trouble) -> Troubles {
        Troubles(self.0 | 1 << trouble as u32)
    }

    /// Whether this kind is among them.
    pub fn has(self, trouble: Trouble) -> bool {
        self.0 & 1 << trouble as u32 != 0
    }

    /// Reads what [`fmt::Display`] writes. `None`: one of the words is no kind of trouble.
    pub fn read(words: &str) -> Option<Troubles> {
        words.split(',').filter(|word| !word.is_empty()).try_fold(Troubles::NONE, |troubles, word| {
            Trouble::ALL.iter().find(|(_, known)| *known == word).map(|(trouble, _)| troubles.with(*trouble))
        })
    }
}

impl fmt::Display for Troubles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<&str> = Trouble::ALL.iter().filter(|(trouble, _)| self.has(*trouble)).map(|(_, word)| *word).collect();
        f.write_str(&words.join(","))
    }
}
