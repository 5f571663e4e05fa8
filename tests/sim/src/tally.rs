//! What happened in a world, counted: a simulation that never crashed anything has shown nothing.

use std::ops::AddAssign;

/// Counts of what happened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Edits pushed by views.
    pub edits: u64,
    /// Shows that a view with an edit on its way had to be transformed past: two people at once.
    pub merges: u64,
    /// Processes killed.
    pub crashes: u64,
    /// Processes killed while a write was under way, so that the transaction was lost.
    pub torn_tails: u64,
    /// Processes killed when a write had just reached the disk, so that nobody heard of it.
    pub unheard: u64,
    /// Times the devices were divided into two groups.
    pub partitions: u64,
    /// Profiles put back to an earlier state.
    pub restores: u64,
    /// Writes refused by a full disk.
    pub full_disks: u64,
    /// Writes tried on the disk that the plan lets fail.
    pub operations: u64,
    /// Of those the ones that failed.
    pub failed_writes: u64,
    /// Frames lost, repeated or overtaken on a wire.
    pub wire_faults: u64,
    /// Packed runs put on a wire.
    pub packs: u64,
    /// Snapshots folded.
    pub folds: u64,
    /// Forged or altered frames put on a wire.
    pub attacks: u64,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Tally) {
        self.edits += other.edits;
        self.merges += other.merges;
        self.crashes += other.crashes;
        self.torn_tails += other.torn_tails;
        self.unheard += other.unheard;
        self.partitions += other.partitions;
        self.restores += other.restores;
        self.full_disks += other.full_disks;
        self.operations += other.operations;
        self.failed_writes += other.failed_writes;
        self.wire_faults += other.wire_faults;
        self.packs += other.packs;
        self.folds += other.folds;
        self.attacks += other.attacks;
    }
}
