//! iroh's own relay on the laboratory's internet: packets over HTTPS, and telling callers by QUIC under which address it sees them.

use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::Arc;

use iroh_relay::defaults::DEFAULT_RELAY_QUIC_PORT;
use iroh_relay::server::{CertConfig, QuicConfig, RelayConfig, Server, ServerConfig, TlsConfig};
use rcgen::CertifiedKey;
use rustls::pki_types::PrivatePkcs8KeyDer;
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

use super::namespace::Namespace;

/// What a relay is known by, restarted or not.
pub(super) struct Identity {
    folder: TempDir,
    tls: rustls::ServerConfig,
}

impl Identity {
    pub(super) fn new(address: Ipv4Addr) -> Identity {
        let CertifiedKey { cert, signing_key } =
            rcgen::generate_simple_self_signed([address.to_string()]).expect("a certificate can be made");
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        std::fs::write(folder.path().join(CERTIFICATE), cert.pem()).expect("a temporary folder is writable");
        let key = PrivatePkcs8KeyDer::from(signing_key.serialize_der());
        let tls = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("ring speaks TLS 1.3")
            .with_no_client_auth()
            .with_single_cert(vec![cert.der().clone()], key.into())
            .expect("a key and its certificate");
        Identity { folder, tls }
    }

    /// The file that holds its certificate.
    pub(super) fn certificate(&self) -> PathBuf {
        self.folder.path().join(CERTIFICATE)
    }
}

const CERTIFICATE: &str = "relay.pem";

/// A running relay. When it is dropped, everything of it is gone at once, as when its machine lost power.
pub struct Relay {
    /// All its tasks and sockets are in here.
    _runtime: Runtime,
    _server: Server,
}

impl Relay {
    pub(super) fn start(internet: &Namespace, address: Ipv4Addr, identity: &Identity) -> Relay {
        let mut relay = RelayConfig::new((address, 80));
        relay.tls = Some(TlsConfig::new((address, 443), CertConfig::Manual { server_config: identity.tls.clone() }));
        let mut config = ServerConfig::default();
        config.relay = Some(relay);
        config.quic = Some(QuicConfig::new((address, DEFAULT_RELAY_QUIC_PORT)));
        // The runtime's threads are where the thread is that makes it.
        let runtime = internet.within(|| Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime"));
        let server = runtime.block_on(runtime.spawn(Server::spawn(config))).expect("starting does not panic").expect("the relay starts");
        Relay { _runtime: runtime, _server: server }
    }
}
