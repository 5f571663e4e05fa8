//! Real QUIC on loopback through the command line: sharing, joining, parting and meeting, relays, strangers, and silence before the
//! first share.

mod hostile;
mod patience;
mod quiet;
mod relayed;
mod sharing;
mod together;
