//! How much of anything a document's access records may be. Each number carries its reason; a record beyond one is refused by everybody
//! alike, because all of them are counted in the record's own past.

/// Access records in the past of one by a viewer, a commenter or an editor: each of [`MEMBERSHIPS`] has a join, a key and a name, and a few
/// change theirs. The fold of a whole history must not hold up a document's opening (`tests/numbers` prints what it costs).
pub const RECORDS: usize = 1536;

/// The same for an admin: whoever fills the room with names cannot keep admins from removing them.
pub const RECORDS_OF_ADMINS: usize = 1792;

/// The same for the owner: nor can an admin keep out the owner.
pub const RECORDS_OF_OWNERS: usize = 2048;

/// Of these, one device's own: nobody takes the room of all.
pub const RECORDS_OF_DEVICE: usize = 512;

/// Memberships, ended ones too. Twice as many as a document is built for, so that half of them may have come and gone.
pub const MEMBERSHIPS: usize = 512;

/// Members in a row, each let in by the one before. What somebody may do rests on all of them, and is looked up for every record.
pub const ROW: usize = 64;

/// Devices of one member at a time: what a person has, and a few lost ones.
pub const DEVICES: usize = 8;

/// Removals, role changes, revocations and transfers: all that can take away what is already there, and so all that a fold weighs against one
/// another. One for each of 256 members; of them viewers, commenters and editors (who remove devices of their own) may use half, admins three
/// quarters, and the owner all.
pub const STRIKES: usize = 256;

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
