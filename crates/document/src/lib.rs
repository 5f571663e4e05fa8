//! One document: inputs in, a turn out.
