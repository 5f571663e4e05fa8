//! How a device may be reached.

use std::net::SocketAddr;

use iroh::{EndpointAddr, PublicKey, TransportAddr};
use sheaf_base::DeviceId;

use crate::profile::Profile;

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

    /// What of this route a profile dials. Under a relay of one's own every device is looked for there and nowhere else, whatever a ticket
    /// or a hint says; addresses and other people's relays are followed only where the profile is about them.
    pub fn within(&self, profile: &Profile) -> Route {
        let addresses = || self.addresses.iter().take(ADDRESSES).copied().collect();
        let (relay, addresses) = match profile {
            Profile::Anywhere => (self.relay.clone(), addresses()),
            Profile::OwnRelay(url) => (Some(url.clone()), Vec::new()),
            Profile::Local | Profile::Direct => (None, addresses()),
        };
        Route { device: self.device, relay, addresses }
    }

    /// What iroh dials: what the profile allows of this route. An unreadable relay URL is left out: others may have written it.
    pub(crate) fn to_dial(&self, profile: &Profile) -> Option<EndpointAddr> {
        let id = PublicKey::from_bytes(self.device.as_bytes()).ok()?;
        let allowed = self.within(profile);
        let relay = allowed.relay.and_then(|url| url.parse().ok()).map(TransportAddr::Relay);
        let direct = allowed.addresses.into_iter().map(TransportAddr::Ip);
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
    fn a_profile_dials_what_it_is_about_and_nothing_else() {
        let key = iroh::SecretKey::from_bytes(&[1; 32]).public();
        let route = Route { device: device(key), relay: Some("https://theirs.example/".into()), addresses: vec![address(9)] };
        let dialed = |route: &Route, profile: Profile| {
            let dialed = route.to_dial(&profile).expect("a real key");
            (dialed.relay_urls().map(ToString::to_string).collect::<Vec<_>>(), dialed.ip_addrs().count())
        };
        assert_eq!(dialed(&route, Profile::Anywhere), (vec!["https://theirs.example/".into()], 1));
        let own = Profile::OwnRelay("https://mine.example/".into());
        assert_eq!(dialed(&route, own.clone()), (vec!["https://mine.example/".into()], 0), "neither their relay nor an address");
        assert_eq!(dialed(&Route::bare(route.device), own), (vec!["https://mine.example/".into()], 0));
        for profile in [Profile::Local, Profile::Direct] {
            assert_eq!(dialed(&route, profile), (Vec::new(), 1));
        }
        let nonsense = Route { relay: Some("not a url".into()), ..route };
        assert_eq!(dialed(&nonsense, Profile::Anywhere).0.len(), 0);
    }
}
