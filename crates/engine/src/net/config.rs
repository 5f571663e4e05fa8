//! What the endpoint is made from: the profile, what was kept from last time, and what the environment says.
//!
//! `SHEAF_BIND=127.0.0.1` keeps the sockets on that address. For tests, and for who runs their own servers: `SHEAF_RELAY` and
//! `SHEAF_LOOKUP` take the place of iroh's public servers under the profile anywhere, and `SHEAF_RELAYED=1` opens no UDP socket at all, so
//! that every path goes through a relay. `SHEAF_RELAY_CA` is a file of certificates (PEM) that relays may be known by besides those that browsers
//! trust.

use std::net::IpAddr;

use sheaf_store::{Batch, Change};
use sheaf_transport::{Config, Profile, Services};

use crate::engine::Shared;
use crate::settings;

/// The setting that keeps the port of the profile direct.
const PORT: &str = "network.port";

/// Why no endpoint can be made of the environment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum ConfigError {
    #[error("SHEAF_BIND={0:?} is not an address like 127.0.0.1")]
    Bind(String),
    #[error("SHEAF_RELAY_CA={file:?} cannot be read: {cause}")]
    Authorities { file: String, cause: String },
    #[error("SHEAF_RELAY and SHEAF_LOOKUP belong together; only one of them is set")]
    Services,
}

/// Everything that the endpoint needs to know.
pub(super) fn config(shared: &Shared, instance: u64, profile: Profile) -> Result<Config, ConfigError> {
    let mut config = Config::new(shared.key, instance, profile);
    config.bind = match variable("SHEAF_BIND") {
        Some(text) => Some(text.parse::<IpAddr>().map_err(|_| ConfigError::Bind(text))?),
        None => None,
    };
    if config.profile == Profile::Direct {
        config.port = settings::text(shared, PORT).and_then(|text| text.parse().ok());
    }
    config.services = match (variable("SHEAF_RELAY"), variable("SHEAF_LOOKUP")) {
        (Some(relay), Some(lookup)) => Some(Services { relay, lookup }),
        (None, None) => None,
        _ => return Err(ConfigError::Services),
    };
    config.authorities = match variable("SHEAF_RELAY_CA") {
        Some(file) => Some(std::fs::read(&file).map_err(|error| ConfigError::Authorities { cause: error.to_string(), file })?),
        None => None,
    };
    config.relayed_only = variable("SHEAF_RELAYED").is_some();
    Ok(config)
}

/// Keeps the port for next time, so that restarted nodes meet again.
pub(super) fn keep_port(shared: &Shared, config: &Config, port: Option<u16>) {
    if config.profile != Profile::Direct || port.is_none() || port == config.port {
        return;
    }
    let value = port.map(|port| port.to_string().into_bytes());
    shared.write_aside(Batch::profile().with(Change::Setting { name: PORT.into(), value }), "the port");
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
