//! Through iroh's own relay and lookup servers, on loopback, with no UDP socket at either end: the relayed path and no other.

use std::net::Ipv4Addr;

use iroh_dns_server::config::MetricsConfig;
use iroh_relay::server::{RelayConfig, Server, ServerConfig};
use serde_json::Value;
use sheaf_e2e::{Person, eventually};

use crate::together::{device_state, same_text, shared, until_has};

/// iroh's relay over plain HTTP, as `iroh-relay --dev` serves.
async fn relay() -> (Server, String) {
    let mut config = ServerConfig::default();
    config.relay = Some(RelayConfig::new((Ipv4Addr::LOCALHOST, 0)));
    let server = Server::spawn(config).await.expect("a relay on loopback");
    let url = format!("http://{}/", server.http_addr().expect("it serves http"));
    (server, url)
}

/// iroh's lookup server.
async fn lookup(folder: &std::path::Path) -> (iroh_dns_server::Server, String) {
    let mut config = iroh_dns_server::config::Config::default();
    let http = config.http.as_mut().expect("the default serves http");
    (http.port, http.bind_addr) = (0, Some(Ipv4Addr::LOCALHOST.into()));
    (config.dns.port, config.dns.bind_addr) = (0, Some(Ipv4Addr::LOCALHOST.into()));
    config.https = None;
    config.metrics = Some(MetricsConfig::disabled());
    config.data_dir = Some(folder.to_owned());
    let server = iroh_dns_server::Server::bind(config).await.expect("a lookup server on loopback");
    let url = format!("http://{}/pkarr", server.http_addr().expect("it serves http"));
    (server, url)
}

/// Shares, joins, and writes both ways; returns how Ben is reached.
fn a_story(ada: &Person, ben: &Person) -> (Value, Value) {
    let (_ada_up, document, ticket) = shared(ada);
    let preview: Value = serde_json::from_str(&ben.done(["--json", "join", "--preview", &ticket])).expect("one object");
    let _ben_up = ben.up();
    ben.done(["join", &ticket]);
    ben.add(&document, "Ben, through the relay.");
    until_has(ada, &document, "Ben, through the relay.");
    ada.add(&document, "Ada, too.");
    until_has(ben, &document, "Ada, too.");
    same_text(&[ada, ben], &document);
    let fact = eventually("Ben's receipt", || Some(device_state(ada, &document, "Ben")).filter(|fact| fact["state"] == "has_all"));
    (fact, preview["routes"].clone())
}

#[test]
fn own_relay() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let (_server, url) = runtime.block_on(relay());
    let through = |name| Person::new(name).with("SHEAF_NETWORK", &format!("relay={url}")).with("SHEAF_RELAYED", "1");
    let (fact, routes) = a_story(&through("Ada"), &through("Ben"));
    assert_eq!(fact["path"], "relayed", "{fact}");
    let route = routes[0].as_str().expect("a route").to_owned();
    assert!(route.contains(&url) && route.matches("127.0.0.1").count() == 1, "the relay's URL and no address: {route}");
    println!("{fact}");
}

#[test]
fn anywhere() {
    let folder = tempfile::tempdir().expect("a folder");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let ((_relay, relay_url), (_lookup, lookup_url)) = runtime.block_on(async { (relay().await, lookup(folder.path()).await) });
    let from_anywhere = |name| {
        let person = Person::new(name).with("SHEAF_NETWORK", "anywhere").with("SHEAF_RELAYED", "1");
        person.with("SHEAF_RELAY", &relay_url).with("SHEAF_LOOKUP", &lookup_url)
    };
    let (fact, routes) = a_story(&from_anywhere("Ada"), &from_anywhere("Ben"));
    assert_eq!(fact["path"], "relayed", "{fact}");
    println!("a ticket made anywhere says: {routes}");
}
