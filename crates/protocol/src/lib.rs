//! Frames and sessions: what two peers say about one document.
