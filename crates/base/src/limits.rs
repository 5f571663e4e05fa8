//! How much of anything is enough. Each number carries its reason; what happens at it is said where it is used.

/// A frame on a link, in bytes. Small enough that a bulk frame never holds up a keystroke for long: 64 KiB are 5 ms at 100 Mbit/s.
pub const FRAME: usize = 64 * 1024;

/// A record's payload, in bytes, so that a record with its header, its chain's head and a seal fits into one frame.
/// A larger edit becomes several records of one turn.
pub const PAYLOAD: usize = 48 * 1024;

/// Parents that a stamp may name. A stamp names only what does not stand behind other parents, so this many devices would have to
/// write at the same moment; a writer that has seen more merges them in two records.
pub const STAMP: usize = 64;

/// Records of one chain that wait for what they stand on. The rest are forgotten and asked for again.
pub const WAITING: usize = 64;

/// Bytes of records between two seals that a journal keeps of one chain, so that a long chain can be checked piece by piece.
pub const SEAL_EVERY: usize = 64 * 1024;

/// Inputs that one turn hears, and their bytes: beyond that, a keystroke would wait for work that is not its own.
pub const TURN_INPUTS: usize = 256;
/// See [`TURN_INPUTS`].
pub const TURN_BYTES: usize = 256 * 1024;

/// Shows that a view may leave unconfirmed, and how far back a push may name its base.
pub const RING_SHOWS: usize = 256;
/// The bytes that those shows may fill: room for a large paste, so that whoever types meanwhile is not torn off the text.
pub const RING_BYTES: usize = 8 * 1024 * 1024;

/// Other documents that are looked for in one text: a page of links a thousand times over.
pub const MENTIONS: usize = 10_000;

/// A ticket, in bytes of text: it must fit a chat message and a QR code's neighbourhood.
pub const TICKET: usize = 4 * 1024;

/// A person's name and a document's title, in UTF-16 units.
pub const NAME: usize = 120;
/// See [`NAME`].
pub const TITLE: usize = 400;

/// How deep a value inside an embed may nest. yrs decodes nested values by recursion; 100,000 levels overflow the stack.
pub const NESTING: usize = 16;

/// A presence message, in bytes: it must fit a QUIC datagram (about 1,100 usable).
pub const PRESENCE: usize = 1024;
