//! One SQLite file per profile: journal, snapshots, catalogue, search.
