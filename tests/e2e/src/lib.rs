//! The real thing: the command line, real QUIC, real kill -9, real windows.
