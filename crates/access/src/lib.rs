//! Members, roles, tickets, removal: a fold over access records.
