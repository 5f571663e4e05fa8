//! How a device may be reached.

use std::net::SocketAddr;

use iroh::{EndpointAddr, PublicKey, TransportAddr};
use sheaf_base::DeviceId;

/// How a device may be reached: its id, a relay hint, and addresses only where the network profile says so. Anybody may have
/// written it, so a route proves nothing: the handshake does.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Route {
    /// Whom it leads to.
    pub device: DeviceId,
    /// The URL of the relay where the device listens.
    pub relay: Option<String>,
    /// Socket addresses, in no order.
    pub addresses: Vec<SocketAddr>,
}

/// Addresses of one route that are dialed; the rest of a longer list is ignored. A machine with many interfaces has about ten.
pub(crate) const ADDRESSES: usize = 12;

impl Route {
    /// A route that names the device only: enough where an address lookup or the local network answers.
    pub fn bare(device: DeviceId) -> Route {
        Route { device, relay: None, addresses: Vec::new() }
    }

    /// Whether it says more than the device's id.
    pub fn is_bare(&self) -> bool {
        self.relay.is_none() && self.addresses.is_empty()
    }

    /// Takes in what another route to the same device says. The newer relay hint wins, new addresses come first.
    pub(crate) fn learn(&mut self, newer: &Route) {
        if newer.relay.is_some() {
            self.relay.clone_from(&newer.relay);
        }
        let mut addresses = newer.addresses.clone();
        addresses.extend(self.addresses.iter().filter(|known| !newer.addresses.contains(known)));
        addresses.truncate(ADDRESSES);
        self.addresses = addresses;
    }

    /// What iroh dials: what the profile allows of this route. An unreadable relay URL is left out: others may have written it.
    pub(crate) fn to_dial(&self, relays: bool) -> Option<EndpointAddr> {
        let id = PublicKey::from_bytes(self.device.as_bytes()).ok()?;
        let relay = self.relay.as_ref().filter(|_| relays).and_then(|url| url.parse().ok()).map(TransportAddr::Relay);
        let direct = self.addresses.iter().take(ADDRESSES).map(|address| TransportAddr::Ip(*address));
        Some(EndpointAddr::from_parts(id, relay.into_iter().chain(direct)))
    }
}

/// The device that iroh calls by this key.
pub(crate) fn device(id: PublicKey) -> DeviceId {
    DeviceId(*id.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(port: u16) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], port))
    }

    #[test]
    fn the_newer_word_comes_first_and_nothing_grows_without_end() {
        let device = DeviceId([7; 32]);
        let mut known = Route { device, relay: Some("https://old.example/".into()), addresses: vec![address(1), address(2)] };
        known.learn(&Route { device, relay: None, addresses: vec![address(3), address(2)] });
        assert_eq!(known.relay.as_deref(), Some("https://old.example/"), "silence about a relay takes nothing back");
        assert_eq!(known.addresses, vec![address(3), address(2), address(1)]);
        known.learn(&Route { device, relay: Some("https://new.example/".into()), addresses: (10..90).map(address).collect() });
        assert_eq!(known.addresses.len(), ADDRESSES);
        assert_eq!(known.relay.as_deref(), Some("https://new.example/"));
    }

    #[test]
    fn a_relay_is_dialed_only_where_the_profile_uses_relays() {
        let key = iroh::SecretKey::from_bytes(&[1; 32]).public();
        let route = Route { device: device(key), relay: Some("https://relay.example/".into()), addresses: vec![address(9)] };
        assert_eq!(route.to_dial(true).expect("a real key").relay_urls().count(), 1);
        assert_eq!(route.to_dial(false).expect("a real key").relay_urls().count(), 0);
        let nonsense = Route { relay: Some("not a url".into()), ..route };
        assert_eq!(nonsense.to_dial(true).expect("a real key").relay_urls().count(), 0);
    }
}
