//! Real QUIC on loopback through the command line: sharing, joining, parting and meeting, strangers, and silence before the first share.

mod hostile;
mod quiet;
mod sharing;
