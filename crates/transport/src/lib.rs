//! Endpoint, links, addresses, routes.
