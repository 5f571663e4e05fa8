//! A home: a router with one address on the internet, and machines behind it that have none.

use std::net::Ipv4Addr;

use super::line::{Line, Weather};
use super::machine::{Machine, Way};
use super::namespace::Namespace;

/// How a router gives the ports of its one address to the machines behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mapping {
    /// One port for a machine's socket, whomever it speaks to, as most routers at home do. Whoever learns the port from a third can be
    /// spoken to, once both have spoken.
    OneForAll,
    /// Another port for every destination (called symmetric), as mobile networks and firms do: what a third has seen is of no use.
    PerDestination,
}

/// A home on the internet.
pub struct Home {
    number: u8,
    router: Namespace,
    machines: std::cell::Cell<u8>,
}

/// The address on the internet of whoever has this number.
pub(super) fn public(number: u8) -> Ipv4Addr {
    Ipv4Addr::new(203, 0, 113, 10 + number)
}

impl Home {
    pub(super) fn new(internet: &Namespace, number: u8, mapping: Mapping) -> Home {
        let router = Namespace::new();
        plug_in(&router, internet, public(number));
        router.run("ip link add home type bridge");
        router.run("ip link set home up");
        router.run(&format!("ip address add {}/24 dev home", gateway(number)));
        router.run_with("tee /proc/sys/net/ipv4/ip_forward", "1");
        router.run_with("nft -f -", &rules(mapping));
        Home { number, router, machines: std::cell::Cell::new(0) }
    }

    /// A machine at home, on a cable.
    pub fn machine(&self) -> Machine {
        let machine = Machine::new();
        machine.plug_into(self);
        machine
    }

    /// A machine at home, on a line where the weather can be anything.
    pub fn machine_on_a_line(&self, weather: Weather) -> (Machine, Line) {
        let machine = Machine::new();
        let line = Line::between((machine.namespace(), "uplink"), (&self.router, "line"), weather);
        let way = self.next_way();
        // A line has two ends and no neighbourhood: the router answers under the address that it has at home.
        machine.namespace().run(&format!("ip address add {} peer {} dev uplink", way.address, way.gateway));
        machine.namespace().run(&format!("ip route add default via {}", way.gateway));
        self.router.run(&format!("ip route add {} dev line", way.address));
        (machine, line)
    }

    /// No UDP goes in or out any more, or does again: some hotels, firms and trains are like that.
    pub fn block_udp(&self, blocked: bool) {
        self.router.run("nft flush chain ip home blocked");
        if blocked {
            self.router.run("nft add rule ip home blocked meta l4proto udp drop");
        }
    }

    /// The provider has an outage, or is there again: no machine at home is told.
    pub fn cut_off(&self, out: bool) {
        self.router.run(&format!("ip link set uplink {}", if out { "down" } else { "up" }));
    }

    /// Counts UDP from another home from now on.
    pub fn count_udp_from(&self, other: &Home) {
        let (number, from) = (other.number, public(other.number));
        self.router.run(&format!("nft add counter ip home from{number}"));
        self.router.run(&format!("nft add rule ip home counted iifname uplink ip saddr {from} meta l4proto udp counter name from{number}"));
    }

    /// How many packets of UDP came from the other home to a machine in this one since they are counted.
    pub fn udp_from(&self, other: &Home) -> u64 {
        let counter = self.router.run(&format!("nft list counter ip home from{}", other.number));
        let mut words = counter.split_whitespace().skip_while(|word| *word != "packets").skip(1);
        words.next().and_then(|packets| packets.parse().ok()).expect("nft says how many packets there were")
    }

    pub(super) fn router(&self) -> &Namespace {
        &self.router
    }

    pub(super) fn next_way(&self) -> Way {
        let machine = self.machines.get() + 1;
        self.machines.set(machine);
        let [a, b, c, _] = gateway(self.number).octets();
        Way { address: Ipv4Addr::new(a, b, c, 1 + machine), gateway: gateway(self.number) }
    }
}

fn gateway(number: u8) -> Ipv4Addr {
    Ipv4Addr::new(192, 168, 10 + number, 1)
}

/// Connects somebody with the internet, under an address of their own.
pub(super) fn plug_in(whom: &Namespace, internet: &Namespace, address: Ipv4Addr) {
    let [.., last] = address.octets();
    whom.run(&format!("ip link add uplink type veth peer name to{last} netns {}", internet.holder()));
    internet.run(&format!("ip link set to{last} master internet up"));
    whom.run(&format!("ip address add {address}/24 dev uplink"));
    whom.run("ip link set uplink up");
}

/// What a router does. It lets in what answers something that went out, and drops the rest without a word. (Were a stranger's packet let in
/// as far as the router itself, the kernel would remember it as a conversation of that port, and give the machine behind another port.)
fn rules(mapping: Mapping) -> String {
    let ports = match mapping {
        Mapping::OneForAll => "",
        Mapping::PerDestination => "fully-random",
    };
    format!(
        "table ip home {{
            chain input {{ type filter hook input priority filter; iifname uplink ct state new drop; }}
            chain blocked {{ type filter hook forward priority filter; }}
            chain forward {{ type filter hook forward priority filter + 1; iifname uplink ct state new drop; }}
            chain counted {{ type filter hook forward priority filter + 2; }}
            chain out {{ type nat hook postrouting priority srcnat; oifname uplink masquerade {ports}; }}
        }}"
    )
}
