//! How much of anything a document's access records may be. Each number carries its reason; a record beyond one is refused by everybody
//! alike, because all of them are counted in the record's own past.
//!
//! What a device may still write is judged by what **that device** wrote before: nobody's room is somebody else's to fill. A limit on what
//! all of them write together would bind only those who stand on everything, the honest; who writes chains side by side is bound by none.

/// What one device of a viewer, a commenter or an editor says of keys, secrets, devices and its coming in. Removals are counted by themselves,
/// so that none is missing because something else was said often; names and leaves are not counted, so that everybody can always gather
/// what others wrote (that is a name said again) and go.
pub const RECORDS: usize = 512;

/// The same of a device that manages: it can let in a full document (256 members, each with an invitation, a grant, a role and a secret dealt)
/// four times over, and so for years.
pub const RECORDS_OF_MANAGERS: usize = 4096;

/// Removals by one device of somebody who does not manage: they are of devices of their own. Twice as many as a person has at a time.
pub const REMOVALS: usize = 2 * DEVICES;

/// Removals, lowered roles and transfers by one device that manages: it can empty a full document four times over. Raising a role takes
/// nothing away from anybody, and is counted among the records.
pub const REMOVALS_OF_MANAGERS: usize = 1024;

/// Revocations by one device. They have room of their own because a device makes some by itself, whenever there is to be a new secret: what
/// others make it write must not take its removals.
pub const REVOCATIONS: usize = 1024;

/// Memberships at a time: twice as many as a document is built for. Ended ones are not among them, so whoever lets in a crowd by an open
/// ticket closes the door only until the crowd is removed.
pub const MEMBERSHIPS: usize = 512;

/// Members in a row, each let in by the one before. What somebody may do rests on all of them, and is looked up for every record.
pub const ROW: usize = 64;

/// Devices of one member at a time: what a person has, and a few lost ones.
pub const DEVICES: usize = 8;

/// Devices that one removal names.
pub const REMOVED: usize = DEVICES;

/// Chains that one removal cuts further back than its past: more than one has to look at to find where a thief began.
pub const CUTS: usize = 64;

/// Devices that a secret is sealed to in one record: with all else that a removal may hold, what a record's payload has room for. Whom a
/// rotation has no room for is dealt to in a Wrap right behind it.
pub const SEALS: usize = 320;

/// Open invitations that a rotation seals its secret to. What is beyond dies with the old secret.
pub const TICKETS: usize = 64;

/// Secrets that one rotation replaces: so many admins would have to rotate at once, apart from one another.
pub const EPOCHS: usize = 16;

/// People that one counted invitation lets in.
pub const USES: u32 = 256;

/// Those of the limits that a fold can be given others of: so that a history of a few dozen records reaches them in a test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// [`RECORDS`], and [`RECORDS_OF_MANAGERS`].
    pub records: [usize; 2],
    /// [`REMOVALS`], and [`REMOVALS_OF_MANAGERS`].
    pub removals: [usize; 2],
    /// [`REVOCATIONS`].
    pub revocations: usize,
    /// [`MEMBERSHIPS`].
    pub memberships: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            records: [RECORDS, RECORDS_OF_MANAGERS],
            removals: [REMOVALS, REMOVALS_OF_MANAGERS],
            revocations: REVOCATIONS,
            memberships: MEMBERSHIPS,
        }
    }
}
