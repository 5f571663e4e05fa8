//! What is known of other devices: when they were last heard, and how they were last reached. Kept in the store, and passed on to the
//! members of the same documents, so that two guests find each other when the host is gone.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};

use sheaf_access::Address;
use sheaf_base::{DeviceId, Wall};
use sheaf_protocol::RouteHint;
use sheaf_record::{Malformed, Reader, Writer};
use sheaf_store::{Batch, Change, PeerRow};
use sheaf_transport::{Profile, Route};

/// The spelling of a route, in the store and on the wire.
const VERSION: u8 = 1;
/// A relay's URL, in bytes.
const RELAY: usize = 255;
/// Addresses of one route. The transport dials no more.
const ADDRESSES: usize = 12;
/// How often the time at which a device was heard is written, in milliseconds, when nothing else changes.
const SEEN_EVERY: u64 = 10_000;

/// One device.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub(super) route: Route,
    /// When it was last heard itself; zero: never, somebody else has told of it.
    pub(super) seen: Wall,
}

/// All of them.
#[derive(Debug, Default)]
pub(super) struct Book {
    known: BTreeMap<DeviceId, Known>,
}

impl Book {
    /// As the store keeps it. A route that cannot be read any more is forgotten.
    pub(super) fn load(rows: Vec<PeerRow>) -> Book {
        let known = rows.into_iter().map(|row| {
            let route = decode(row.device, &row.route).unwrap_or_else(|_| Route::bare(row.device));
            (row.device, Known { route, seen: row.seen })
        });
        Book { known: known.collect() }
    }

    pub(super) fn get(&self, device: DeviceId) -> Option<&Known> {
        self.known.get(&device)
    }

    /// The way to a device, as far as it is known.
    pub(super) fn route(&self, device: DeviceId) -> Route {
        self.known.get(&device).map_or_else(|| Route::bare(device), |known| known.route.clone())
    }

    /// A device was heard at `route`. Returns what is to be written, if that is worth it.
    pub(super) fn seen(&mut self, route: &Route, now: Wall) -> Option<Batch> {
        let known = self.known.entry(route.device).or_insert_with(|| Known { route: Route::bare(route.device), seen: Wall(0) });
        let (before, seen) = (known.route.clone(), known.seen);
        known.seen = now;
        learn(&mut known.route, route);
        (known.route != before || now.0.abs_diff(seen.0) >= SEEN_EVERY).then(|| written(known))
    }

    /// Somebody says how a device may be reached. Returns what is to be written, if that is news.
    pub(super) fn told(&mut self, route: &Route) -> Option<Batch> {
        let known = self.known.entry(route.device).or_insert_with(|| Known { route: Route::bare(route.device), seen: Wall(0) });
        let before = known.route.clone();
        learn(&mut known.route, route);
        (known.route != before).then(|| written(known))
    }
}

fn written(known: &Known) -> Batch {
    let Known { route, seen } = known;
    Batch::profile().with(Change::Peer { device: route.device, seen: *seen, route: encode(route) })
}

/// What is newer comes first; what is new replaces nothing that may still hold.
fn learn(known: &mut Route, newer: &Route) {
    if newer.relay.is_some() {
        known.relay.clone_from(&newer.relay);
    }
    let mut addresses = newer.addresses.clone();
    addresses.extend(known.addresses.iter().filter(|address| !newer.addresses.contains(address)));
    addresses.truncate(ADDRESSES);
    known.addresses = addresses;
}

/// What of a route may be told to others: addresses only under a profile that shows addresses, relays only under one that uses them.
pub(super) fn tellable(route: &Route, profile: &Profile) -> Route {
    let mut told = Route::bare(route.device);
    if profile.shows_addresses() {
        told.addresses.clone_from(&route.addresses);
    }
    if profile.uses_relays() {
        told.relay.clone_from(&route.relay);
    }
    told
}

/// A route as members pass it on.
pub(super) fn hint(route: &Route) -> RouteHint {
    RouteHint { device: route.device, route: encode(route) }
}

/// A route as a ticket carries it.
pub(super) fn for_ticket(route: &Route) -> sheaf_access::Route {
    let address = |address: &SocketAddr| Address { ip: address.ip(), port: address.port() };
    sheaf_access::Route { device: route.device, relay: route.relay.clone(), addresses: route.addresses.iter().map(address).collect() }
}

/// A ticket's route as it is dialed.
pub(crate) fn from_ticket(route: &sheaf_access::Route) -> Route {
    let address = |address: &Address| SocketAddr::new(address.ip, address.port);
    Route { device: route.device, relay: route.relay.clone(), addresses: route.addresses.iter().map(address).collect() }
}

/// `version | relay behind its length, empty for none | count | (4 or 6, the address, the port) ...`
pub(super) fn encode(route: &Route) -> Vec<u8> {
    let mut writer = Writer::with_capacity(64);
    let addresses = &route.addresses[..route.addresses.len().min(ADDRESSES)];
    let relay = route.relay.as_deref().filter(|url| url.len() <= RELAY).unwrap_or_default();
    writer.byte(VERSION).text(relay).varint(addresses.len() as u64);
    for address in addresses {
        match address.ip() {
            IpAddr::V4(ip) => writer.byte(4).raw(&ip.octets()),
            IpAddr::V6(ip) => writer.byte(6).raw(&ip.octets()),
        };
        writer.raw(&address.port().to_be_bytes());
    }
    writer.into_bytes()
}

/// Reads what [`encode`] wrote, here or elsewhere.
pub(super) fn decode(device: DeviceId, bytes: &[u8]) -> Result<Route, Malformed> {
    let mut reader = Reader::new(bytes);
    let version = reader.byte("the route's version")?;
    if version != VERSION {
        return Err(Malformed::Unknown { what: "the route's version", found: version.into() });
    }
    let relay = reader.text(RELAY, "the relay's URL")?;
    let count = reader.count(ADDRESSES, 7, "addresses")?;
    let mut addresses = Vec::with_capacity(count);
    for _ in 0..count {
        let ip = match reader.byte("the kind of an address")? {
            4 => IpAddr::from(reader.array::<4>("an address")?),
            6 => IpAddr::from(reader.array::<16>("an address")?),
            found => return Err(Malformed::Unknown { what: "the kind of an address", found: found.into() }),
        };
        addresses.push(SocketAddr::new(ip, u16::from_be_bytes(reader.array("a port")?)));
    }
    reader.finish()?;
    Ok(Route { device, relay: (!relay.is_empty()).then(|| relay.to_owned()), addresses })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route() -> Route {
        Route {
            device: DeviceId([3; 32]),
            relay: Some("https://relay.example/".into()),
            addresses: vec!["10.0.0.1:4000".parse().expect("an address"), "[2001:db8::1]:5000".parse().expect("an address")],
        }
    }

    #[test]
    fn a_route_reads_as_it_was_written_and_nothing_shorter_reads() {
        let bytes = encode(&route());
        assert_eq!(decode(DeviceId([3; 32]), &bytes), Ok(route()));
        for end in 0..bytes.len() {
            assert!(decode(DeviceId([3; 32]), &bytes[..end]).is_err(), "{end} bytes");
        }
        assert_eq!(decode(DeviceId([3; 32]), &encode(&Route::bare(DeviceId([3; 32])))), Ok(Route::bare(DeviceId([3; 32]))));
    }

    #[test]
    fn an_address_is_told_only_where_the_profile_shows_addresses() {
        assert_eq!(tellable(&route(), &Profile::Anywhere).addresses, []);
        assert_eq!(tellable(&route(), &Profile::Anywhere).relay.as_deref(), Some("https://relay.example/"));
        assert_eq!(tellable(&route(), &Profile::Direct).relay, None);
        assert_eq!(tellable(&route(), &Profile::Local).addresses.len(), 2);
    }

    #[test]
    fn what_was_heard_of_the_device_itself_is_kept_when_others_tell_more() {
        let mut book = Book::default();
        assert!(book.seen(&route(), Wall(7)).is_some());
        assert!(book.seen(&route(), Wall(9)).is_none(), "a moment later is no news");
        assert!(book.told(&route()).is_none(), "no news");
        let elsewhere = Route { relay: None, addresses: vec!["10.0.0.2:4000".parse().expect("an address")], ..route() };
        assert!(book.told(&elsewhere).is_some());
        let known = book.get(DeviceId([3; 32])).expect("known");
        assert_eq!((known.seen, known.route.addresses.len()), (Wall(9), 3));
    }
}
