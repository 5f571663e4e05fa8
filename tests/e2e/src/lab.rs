//! A network laboratory on one machine: an internet with a relay, homes behind routers, machines, and lines in any weather.
//!
//! Each is a network namespace that this process made and that ends with it; none leads out, so no packet leaves them. It takes root on Linux
//! and three programs; where one is missing, [`Lab::here`] says so and gives nothing.

mod home;
#[expect(clippy::disallowed_methods, reason = "packets are under way for real time")]
mod line;
mod machine;
mod namespace;
mod relay;

use std::cell::Cell;
use std::net::Ipv4Addr;
use std::process::{Command, Stdio};

pub use home::{Home, Mapping};
pub use line::{Line, Weather};
pub use machine::Machine;
pub use relay::Relay;

use crate::Person;
use namespace::Namespace;
use relay::Identity;

/// Where the relay is: in a block of addresses that nobody has, as all of the laboratory's internet.
const RELAY: Ipv4Addr = Ipv4Addr::new(203, 0, 113, 1);

/// What the laboratory is built with, and the packages that `cargo xtask setup` installs them from.
const TOOLS: [(&str, &str); 3] = [("ip", "iproute2"), ("nft", "nftables"), ("socat", "socat")];

/// An internet without homes.
pub struct Lab {
    internet: Namespace,
    relay: Identity,
    homes: Cell<u8>,
}

impl Lab {
    /// A new one, if this machine can have one. If not, says what is missing: a story that does not run has to be seen not to.
    pub fn here() -> Option<Lab> {
        if let Some(missing) = missing() {
            println!("SKIPPED: networks of the test's own need {missing}");
            return None;
        }
        let internet = Namespace::new();
        internet.run("ip link add internet type bridge");
        internet.run(&format!("ip address add {RELAY}/24 dev internet"));
        internet.run("ip link set internet up");
        Some(Lab { internet, relay: Identity::new(RELAY), homes: Cell::new(0) })
    }

    /// Starts the relay. It is gone when it is dropped, and may be started again: under the same address, with the same certificate.
    pub fn relay(&self) -> Relay {
        Relay::start(&self.internet, RELAY, &self.relay)
    }

    /// One more home on this internet.
    pub fn home(&self, mapping: Mapping) -> Home {
        let number = self.homes.get() + 1;
        self.homes.set(number);
        Home::new(&self.internet, number, mapping)
    }

    /// A machine on the internet itself, without a router of its own.
    pub fn server(&self) -> Machine {
        let number = self.homes.get() + 1;
        self.homes.set(number);
        Machine::on_the_internet(&self.internet, home::public(number))
    }

    /// A person with a new profile who is reached by the addresses in invitations, and by nothing else.
    pub fn person_without_relay(&self, name: &'static str) -> Person {
        let person = Person::untouched(name).with("SHEAF_NETWORK", "direct");
        person.done(["me", "--name", name]);
        person
    }

    /// A person with a new profile who is reached through the laboratory's relay, and directly where that works.
    pub fn person(&self, name: &'static str) -> Person {
        let person = Person::untouched(name);
        let person = person.with("SHEAF_NETWORK", &format!("relay=https://{RELAY}/"));
        let person = person.with("SHEAF_RELAY_CA", &self.relay.certificate().to_string_lossy());
        person.done(["me", "--name", name]);
        person
    }
}

/// What this machine lacks.
fn missing() -> Option<String> {
    let works = |program: &str, arguments: &[&str]| {
        let tried = Command::new(program).args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).status();
        tried.is_ok_and(|status| status.success())
    };
    if !works("unshare", &["--net", "true"]) {
        return Some("root on Linux".into());
    }
    let tool = TOOLS.iter().find(|(tool, _)| !works(tool, &["-V"]));
    tool.map(|(tool, package)| format!("`{tool}` (the package {package}; `cargo xtask setup` installs it)"))
}
