//! A machine that somebody works on.

use std::cell::RefCell;
use std::net::Ipv4Addr;

use super::home::{self, Home};
use super::namespace::Namespace;
use crate::{Person, Up};

/// A machine with one way to the internet at a time.
pub struct Machine {
    namespace: Namespace,
    /// Where its cable is plugged in at the router, by name.
    port: RefCell<String>,
}

/// What a router tells a machine that comes home.
pub(super) struct Way {
    pub(super) address: Ipv4Addr,
    pub(super) gateway: Ipv4Addr,
}

impl Machine {
    pub(super) fn new() -> Machine {
        Machine { namespace: Namespace::new(), port: RefCell::default() }
    }

    pub(super) fn on_the_internet(internet: &Namespace, address: Ipv4Addr) -> Machine {
        let machine = Machine::new();
        home::plug_in(&machine.namespace, internet, address);
        machine
    }

    pub(super) fn namespace(&self) -> &Namespace {
        &self.namespace
    }

    /// Starts somebody's node on this machine.
    pub fn up(&self, person: &Person) -> Up {
        Up::start(person.command_under(&self.namespace.launcher(), ["--json", "up"]))
    }

    /// The same with a program between, such as one that takes away what it may use.
    pub fn up_under(&self, person: &Person, limits: &[&str]) -> Up {
        let launcher: Vec<&str> = self.namespace.launcher().into_iter().chain(limits.iter().copied()).collect();
        Up::start(person.command_under(&launcher, ["--json", "up"]))
    }

    /// Connects it with a home by a cable.
    pub(super) fn plug_into(&self, home: &Home) {
        let way = home.next_way();
        let [.., last] = way.address.octets();
        let port = format!("to{last}");
        self.namespace.run(&format!("ip link add uplink type veth peer name {port} netns {}", home.router().holder()));
        home.router().run(&format!("ip link set {port} master home up"));
        self.port.replace(port);
        self.take(&way);
    }

    /// Carries it to another home: the old cable is gone with its address, a new one is there.
    pub fn move_to(&self, home: &Home) {
        self.namespace.run("ip link del uplink");
        self.plug_into(home);
    }

    /// It stays where it is, and its router gives it another address.
    pub fn change_address(&self, home: &Home) {
        self.namespace.run("ip address flush dev uplink");
        self.take(&home.next_way());
    }

    /// Pulls its cable out of the router, or puts it back. The machine keeps its address, as while a router starts again.
    pub fn pull(&self, home: &Home, out: bool) {
        let state = if out { "down" } else { "up" };
        home.router().run(&format!("ip link set {} {state}", self.port.borrow()));
    }

    fn take(&self, way: &Way) {
        self.namespace.run(&format!("ip address add {}/24 dev uplink", way.address));
        self.namespace.run("ip link set uplink up");
        self.namespace.run(&format!("ip route add default via {}", way.gateway));
    }
}
