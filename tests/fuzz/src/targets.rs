//! The targets, one module each.

pub(crate) mod access;
pub(crate) mod delta;
pub(crate) mod frame;
pub(crate) mod pack;
pub(crate) mod record;
pub(crate) mod snapshot;
pub(crate) mod ticket;
pub(crate) mod walker;

use crate::Target;

/// All of them.
pub const TARGETS: &[Target] = &[
    Target {
        name: "walker",
        promise: "what the walker accepts, yrs neither errs at nor panics at nor holds back, and the replica and yrs agree in every order",
        run: walker::run,
    },
    Target {
        name: "record",
        promise: "heads, records, seals, packs, branches and prefixes have one spelling; runs are checked",
        run: record::run,
    },
    Target { name: "pack", promise: "a pack that a member makes holds what its author sealed, or is refused", run: pack::run },
    Target {
        name: "frame",
        promise: "frames and packets have one spelling; a session answers whatever it hears, in frames",
        run: frame::run,
    },
    Target { name: "ticket", promise: "a ticket has one spelling, and is told from what is none", run: ticket::run },
    Target { name: "access", promise: "operations have one spelling; the fold is the same in every order", run: access::run },
    Target { name: "snapshot", promise: "a damaged snapshot is never mistaken for a document", run: snapshot::run },
    Target { name: "delta", promise: "a Delta reads back; a push is written so that everybody accepts it, or refused", run: delta::run },
];
