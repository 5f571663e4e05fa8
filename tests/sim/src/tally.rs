//! What happened in a world, counted: a simulation that never crashed anything has shown nothing.

use std::ops::AddAssign;

/// Which worlds must show something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Worlds {
    /// Those in which nobody means any harm.
    Ordinary,
    /// Those in which frames are altered on their way.
    Attacked,
    /// Those with hostile devices.
    Hostile,
    /// Those in which hostile devices are removed.
    Removing,
    /// Those in which honest people who manage do not agree.
    Quarreling,
    /// Those in which chains fork.
    Forked,
}

use Worlds::{Attacked, Forked, Hostile, Ordinary, Quarreling, Removing};

/// Makes the counts, and one list of them: which worlds must show it, and how many of a hundred of those at least.
macro_rules! tally {
    ($($(#[$doc:meta])* $name:ident: $words:literal, $worlds:ident, $percent:literal;)*) => {
        /// Counts of what happened.
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
        pub struct Tally {
            $($(#[$doc])* pub $name: u64,)*
        }

        impl AddAssign for Tally {
            fn add_assign(&mut self, other: Tally) {
                $(self.$name += other.$name;)*
            }
        }

        impl Tally {
            /// Every count: what was counted, how often it was, which worlds must show it, and how many of a hundred of those at least.
            pub fn counts(&self) -> Vec<(&'static str, u64, Worlds, u64)> {
                vec![$(($words, self.$name, $worlds, $percent),)*]
            }
        }
    };
}

tally! {
    /// Edits pushed by views.
    edits: "edits", Ordinary, 90;
    /// Shows that a view with an edit on its way had to be transformed past: two people at once.
    merges: "concurrent merges", Ordinary, 50;
    /// Worlds with seven or eight devices.
    crowds: "seven or eight devices", Ordinary, 1;
    /// Worlds in which somebody's build speaks other versions of the protocol.
    mixed: "mixed versions of the protocol", Ordinary, 10;
    /// Worlds in which somebody's build speaks none that others do, until everything heals.
    outdated: "versions that do not meet", Ordinary, 5;
    /// Processes killed.
    crashes: "crashes", Ordinary, 50;
    /// Processes killed while a write was under way, so that the transaction was lost.
    torn_tails: "torn tails", Ordinary, 10;
    /// Processes killed when a write had just reached the disk, so that nobody heard of it.
    unheard: "writes that nobody heard of", Ordinary, 5;
    /// Times the devices were divided into two groups.
    partitions: "partitions", Ordinary, 50;
    /// Links cut one after another and healed in another order.
    swizzles: "swizzled partitions", Ordinary, 20;
    /// Processes that got a turn now and then only.
    slow: "slow peers", Ordinary, 20;
    /// Processes that stood still for long.
    vanished: "vanished peers", Ordinary, 20;
    /// Clocks that were years ahead.
    ahead: "clocks years ahead", Ordinary, 10;
    /// Clocks that were years behind.
    behind: "clocks years behind", Ordinary, 10;
    /// Clocks that jumped while a process ran.
    jumps: "clocks that jumped", Ordinary, 5;
    /// Profiles put back to an earlier state.
    restores: "restored backups", Ordinary, 10;
    /// Writes refused by a full disk.
    full_disks: "writes to a full disk", Ordinary, 20;
    /// Writes that the disk said had failed, and had.
    fsync_lost: "fsync errors, nothing written", Ordinary, 10;
    /// Writes that the disk said had failed, and had not.
    fsync_unheard: "fsync errors, all written", Ordinary, 10;
    /// Frames lost, repeated or overtaken on a wire.
    wire_faults: "frames lost, repeated or overtaken", Ordinary, 10;
    /// Links on which discovery had found out that both hold the same.
    settled: "links that began settled", Ordinary, 20;
    /// Packed runs put on a wire.
    packs: "packed runs", Ordinary, 50;
    /// Snapshots folded.
    folds: "snapshots", Ordinary, 50;
    /// Facts of a status compared with the disks.
    facts: "facts of a status that were checked", Ordinary, 50;
    /// Frames altered on their way.
    attacks: "altered frames", Attacked, 80;
    /// Frames of hostile devices that were altered.
    malformed: "malformed frames", Hostile, 50;
    /// Of those the ones that were no frames any more.
    garbage: "frames that cannot be read", Hostile, 20;
    /// Records sealed by another device than the chain's.
    spoofed: "records in another's name", Hostile, 20;
    /// Frames that hostile devices kept from somebody.
    withheld: "withheld frames", Hostile, 20;
    /// Old frames said again.
    replayed: "replayed frames", Hostile, 20;
    /// Worlds with two hostile devices.
    accomplices: "two hostile devices", Hostile, 20;
    /// Hostile devices removed, each time that somebody said so.
    removals: "removals", Removing, 30;
    /// Times a text was built again because something in it counts no more.
    rebuilt: "texts of which something counts no more", Removing, 5;
    /// Edits that somebody removed was tried on, with every byte and all their keys, one by one for each disk.
    kept_from: "edits that somebody removed could not read", Removing, 10;
    /// Honest people removed by others, each time that somebody said so.
    quarrel_removals: "removals of honest people", Quarreling, 30;
    /// Honest people given a smaller role by others.
    demotions: "demotions", Quarreling, 30;
    /// Invitations for one that two raced for.
    races: "invitations for one that two have", Quarreling, 20;
    /// Worlds that end with somebody honest removed.
    outcasts: "honest people who were out at the end", Quarreling, 20;
    /// Worlds that end with somebody in who won the race.
    winners: "races that somebody won", Quarreling, 10;
    /// Second records under the number of a chain's newest, each told to one peer.
    equivocations: "equivocations", Forked, 10;
    /// Second first records of old chains.
    stolen: "forgeries with a stolen old key", Forked, 10;
    /// Devices resumed twice from one memory.
    twins: "devices resumed twice", Forked, 10;
    /// Worlds in which an honest device has met both histories of a chain; at their end all hold and show the same, both histories among it.
    forks_seen: "forks that ended: all hold and show both histories", Forked, 30;
    /// Writes tried on the disk that the plan lets fail.
    operations: "operations of a failing disk", Ordinary, 0;
    /// Of those the ones that failed.
    failed_writes: "operations that failed as planned", Ordinary, 0;
}
