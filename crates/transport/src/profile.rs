//! What the endpoint may use of the network: the profile that a person chose.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    str::FromStr,
    time::Duration,
};

use iroh::{
    Endpoint, RelayMode, RelayUrl, SecretKey,
    address_lookup::{PkarrPublisher, PkarrResolver},
    endpoint::{BindOpts, Builder, MtuDiscoveryConfig, PortmapperConfig, QuicTransportConfig, VarInt, presets},
    tls::CaTlsConfig,
};
use rustls_pki_types::{CertificateDer, pem::PemObject};

use crate::{ALPN, endpoint::BindError};

/// Which parts of the network are used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Profile {
    /// iroh's public relays and address lookup. Routes hold the device id and a relay hint, no addresses.
    Anywhere,
    /// One relay of one's own, by URL, and nothing else: every device is looked for there. Routes hold that URL.
    OwnRelay(String),
    /// The local network: multicast DNS under our own service name, addresses in routes. No relay, no lookup.
    Local,
    /// No relay, no lookup, no multicast: addresses in routes, and a port that is kept, so that restarted nodes meet again.
    Direct,
}

/// A network profile's name that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a network profile: use anywhere, local, direct or relay=URL")]
pub struct InvalidProfile(pub String);

impl FromStr for Profile {
    type Err = InvalidProfile;

    fn from_str(text: &str) -> Result<Self, InvalidProfile> {
        match text {
            "anywhere" => Ok(Profile::Anywhere),
            "local" => Ok(Profile::Local),
            "direct" => Ok(Profile::Direct),
            _ => match text.strip_prefix("relay=") {
                Some(url) if is_relay_url(url) => Ok(Profile::OwnRelay(url.to_owned())),
                _ => Err(InvalidProfile(text.chars().take(80).collect())),
            },
        }
    }
}

fn is_relay_url(text: &str) -> bool {
    (text.starts_with("https://") || text.starts_with("http://")) && text.parse::<RelayUrl>().is_ok()
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Profile::Anywhere => f.write_str("anywhere"),
            Profile::OwnRelay(url) => write!(f, "relay={url}"),
            Profile::Local => f.write_str("local"),
            Profile::Direct => f.write_str("direct"),
        }
    }
}

impl Profile {
    /// Whether routes under this profile carry socket addresses.
    pub fn shows_addresses(&self) -> bool {
        matches!(self, Profile::Local | Profile::Direct)
    }

    /// Whether relays are used.
    pub fn uses_relays(&self) -> bool {
        matches!(self, Profile::Anywhere | Profile::OwnRelay(_))
    }
}

/// Servers in the place of iroh's public ones, for who runs their own, and for tests on loopback.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Services {
    /// A relay's URL.
    pub relay: String,
    /// An address lookup (pkarr) server's URL.
    pub lookup: String,
}

/// Everything an endpoint needs to know. It prints without its secret.
#[derive(Clone)]
pub struct Config {
    /// The device's Ed25519 secret key.
    pub secret: [u8; 32],
    /// The number of this process run, random: two instances of one device are two peers.
    pub instance: u64,
    /// What may be used of the network.
    pub profile: Profile,
    /// Keeps the sockets on this address. Multicast DNS, which cannot be kept on one, is then left off.
    pub bind: Option<IpAddr>,
    /// The port kept from last time ([`Profile::Direct`]); if it is taken, another is chosen.
    pub port: Option<u16>,
    /// Under [`Profile::Anywhere`], servers other than iroh's public ones.
    pub services: Option<Services>,
    /// Certificates (PEM) that servers may be known by besides those that browsers trust: a relay of one's own with an authority of its own.
    pub authorities: Option<Vec<u8>>,
    /// Opens no UDP socket at all: every path goes through a relay, and peers do not learn this machine's address.
    pub relayed_only: bool,
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config").field("profile", &self.profile).field("bind", &self.bind).field("port", &self.port).finish_non_exhaustive()
    }
}

impl Config {
    /// A plain configuration: this profile, any address, any port.
    pub fn new(secret: [u8; 32], instance: u64, profile: Profile) -> Config {
        Config { secret, instance, profile, bind: None, port: None, services: None, authorities: None, relayed_only: false }
    }

    /// Whether multicast DNS runs.
    pub(crate) fn multicast(&self) -> bool {
        self.profile == Profile::Local && self.bind.is_none() && !self.relayed_only
    }

    /// The endpoint to bind, on `port`.
    pub(crate) fn builder(&self, port: u16) -> Result<Builder, BindError> {
        let builder = match (&self.profile, &self.services) {
            (Profile::Anywhere, None) => Endpoint::builder(presets::N0),
            (Profile::Anywhere, Some(services)) => {
                let lookup = (*relay_url(&services.lookup)?).clone();
                relayed(&services.relay)?
                    .address_lookup(PkarrPublisher::builder(lookup.clone()))
                    .address_lookup(PkarrResolver::builder(lookup))
            }
            (Profile::OwnRelay(url), _) => relayed(url)?,
            (Profile::Local | Profile::Direct, _) => Endpoint::builder(presets::Minimal),
        };
        let builder = builder
            .secret_key(SecretKey::from_bytes(&self.secret))
            .alpns(vec![ALPN.to_vec()])
            .transport_config(limits())
            .ca_tls_config(CaTlsConfig::embedded().with_extra_roots(self.roots()?))
            .portmapper_config(self.portmapper());
        self.sockets(builder, port)
    }

    fn roots(&self) -> Result<Vec<CertificateDer<'static>>, BindError> {
        let Some(pem) = &self.authorities else { return Ok(Vec::new()) };
        let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
        read.ok().filter(|found| !found.is_empty()).ok_or(BindError::Authorities)
    }

    /// Asking the router for a port is for those who want to be reached from anywhere.
    fn portmapper(&self) -> PortmapperConfig {
        if self.profile == Profile::Anywhere && self.bind.is_none() && !self.relayed_only {
            PortmapperConfig::default()
        } else {
            PortmapperConfig::Disabled
        }
    }

    fn sockets(&self, builder: Builder, port: u16) -> Result<Builder, BindError> {
        let builder = builder.clear_ip_transports();
        if self.relayed_only {
            return Ok(builder);
        }
        let addresses = match self.bind {
            Some(address) => vec![(address, true)],
            None => vec![(IpAddr::V4(Ipv4Addr::UNSPECIFIED), true), (IpAddr::V6(Ipv6Addr::UNSPECIFIED), false)],
        };
        addresses.into_iter().try_fold(builder, |builder, (address, required)| {
            let opts = BindOpts::default().set_is_required(required);
            builder
                .bind_addr_with_opts(SocketAddr::new(address, port), opts)
                .map_err(|error| BindError::Socket { address: SocketAddr::new(address, port), cause: error.to_string() })
        })
    }
}

fn relayed(url: &str) -> Result<Builder, BindError> {
    Ok(Endpoint::builder(presets::Minimal).relay_mode(RelayMode::custom([relay_url(url)?])))
}

fn relay_url(text: &str) -> Result<RelayUrl, BindError> {
    text.parse().map_err(|_| BindError::Url(text.chars().take(200).collect()))
}

/// What may be under way on a lane, and what it may hold unread. Measured on loopback, bulk without rest both ways: with 512 KiB under way
/// packets are lost in the sockets' buffers, and a keystroke's frame there and back takes 100 to 200 ms at p99 while bulk makes 60 MB/s; with
/// 160 KiB it takes 2 to 4 ms, and bulk makes 300 MB/s. The price: at a round trip of 100 ms bulk makes 1.6 MB/s.
const LANE_WINDOW: u32 = 160 * 1024;
/// What a connection may hold unread. More than both lanes, so that an unread bulk lane leaves the fast lane its own window.
const LINK_WINDOW: u32 = 2 * LANE_WINDOW + LANE_WINDOW / 2;
/// Presence that waits: the newest counts, so a few packets are enough.
const LOOSE_WINDOW: usize = 32 * 1024;
/// Silence after which a peer counts as gone, told at most [`KEEP_ALIVE`] and a round trip later (the idle timer starts anew with the first
/// packet sent into the silence): under ten seconds in all. Three keep-alives must be lost in a row.
const IDLE: u32 = 6_000;
/// A link on which nothing happens says so often that it is there.
pub(crate) const KEEP_ALIVE: Duration = Duration::from_secs(2);

/// The search for larger packets ends when the next would be less than so much larger. With the default it takes five probes of 1.4 KB each way on
/// every new link. One more than half of what there is to find makes it begin with the largest: where that arrives, one probe is enough.
const LARGER_BY: u16 = 127;

/// One peer makes this process hold at most LINK_WINDOW unread and LINK_WINDOW unsent; iroh's own defaults allow over 100 MB.
fn limits() -> QuicTransportConfig {
    let mut larger_packets = MtuDiscoveryConfig::default();
    larger_packets.minimum_change(LARGER_BY);
    QuicTransportConfig::builder()
        .mtu_discovery_config(Some(larger_packets))
        .max_concurrent_bidi_streams(VarInt::from_u32(2))
        .max_concurrent_uni_streams(VarInt::from_u32(0))
        .stream_receive_window(VarInt::from_u32(LANE_WINDOW))
        .receive_window(VarInt::from_u32(LINK_WINDOW))
        .send_window(u64::from(LINK_WINDOW))
        .datagram_receive_buffer_size(Some(LOOSE_WINDOW))
        .datagram_send_buffer_size(LOOSE_WINDOW)
        .max_idle_timeout(Some(VarInt::from_u32(IDLE).into()))
        .keep_alive_interval(KEEP_ALIVE)
        .default_path_keep_alive_interval(KEEP_ALIVE)
        .default_path_max_idle_timeout(Duration::from_millis(u64::from(IDLE)))
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_reads_what_it_prints() {
        for text in ["anywhere", "local", "direct", "relay=https://relay.example/"] {
            assert_eq!(text.parse::<Profile>().map(|profile| profile.to_string()), Ok(text.to_owned()));
        }
        for text in ["", "Direct", "relay=", "relay=ftp://x", "relay=://", "internet"] {
            assert!(text.parse::<Profile>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_configuration_prints_no_secret() {
        let printed = format!("{:?}", Config::new([0xab; 32], 77, Profile::Direct));
        assert!(!printed.contains("171") && !printed.contains("ab, ab"), "{printed}");
    }
}
