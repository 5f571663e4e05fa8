//! Two people who share a document, each on a machine in the laboratory.

use std::cell::Cell;
use std::time::{Duration, Instant};

use serde_json::Value;
use sheaf_e2e::lab::Machine;
use sheaf_e2e::{Person, Up, eventually};

/// After a trouble both have what the other wrote within so much time. What it takes is printed; this is what nobody should wait for in vain:
/// silence is noticed within ten seconds, and the next dials are due within a few.
pub(crate) const SECONDS: Duration = Duration::from_secs(20);

/// How they are connected.
pub(crate) const DIRECT: &str = "direct";
pub(crate) const RELAYED: &str = "relayed";

/// Somebody at work: their node runs on their machine.
pub(crate) struct Device {
    pub(crate) person: Person,
    pub(crate) machine: Machine,
    _up: Up,
}

impl Device {
    pub(crate) fn start(person: Person, machine: Machine) -> Device {
        let up = machine.up(&person);
        Device { person, machine, _up: up }
    }

    pub(crate) fn name(&self) -> &'static str {
        self.person.name()
    }

    fn sees(&self, document: &str, words: &str) -> bool {
        self.person.text(document).contains(words)
    }

    /// What this device says of how another is reached.
    pub(crate) fn path_to(&self, document: &str, other: &Device) -> String {
        let status = self.person.status(document);
        let devices = status["devices"].as_array().cloned().unwrap_or_default();
        let fact = devices.into_iter().find(|device| device["person"] == other.name()).unwrap_or(Value::Null);
        fact["path"].as_str().unwrap_or("none").to_owned()
    }

    /// The sentence of the doctor about another device, and the one about what was asked for.
    pub(crate) fn doctor(&self, check: &str) -> String {
        let findings = self.person.done(["--json", "doctor"]);
        let mut findings = findings.lines().map(|line| serde_json::from_str::<Value>(line).expect("one object a line"));
        let found = findings.find(|finding| finding["check"] == check).expect("the doctor looks at everything");
        found["words"].as_str().expect("it says something").to_owned()
    }
}

/// Everybody who shares a document.
pub(crate) struct Room {
    pub(crate) document: String,
    pub(crate) devices: Vec<Device>,
    lines: Cell<u32>,
}

impl Room {
    /// The first shares a new document, the others join.
    pub(crate) fn open(devices: Vec<Device>) -> Room {
        let (host, guests) = devices.split_first().expect("somebody shares");
        let document = host.person.done(["new", "Plans"]);
        let ticket = host.person.done(["share", &document]);
        for guest in guests {
            guest.person.done_with(["join", "-"], &ticket);
        }
        Room { document, devices, lines: Cell::new(0) }
    }

    /// Everybody writes a line, and everybody sees all of them, within [`SECONDS`]. Returns how long it took.
    pub(crate) fn converges(&self, when: &str) -> Duration {
        let began = Instant::now();
        self.lines.set(self.lines.get() + 1);
        let written: Vec<String> =
            self.devices.iter().map(|device| format!("{} wrote line {}.", device.name(), self.lines.get())).collect();
        for (device, line) in self.devices.iter().zip(&written) {
            device.person.add(&self.document, line);
        }
        self.have(&written);
        let texts: Vec<String> = self.devices.iter().map(|device| device.person.text(&self.document)).collect();
        assert!(texts.windows(2).all(|pair| pair[0] == pair[1]), "{when}: the same records make the same text: {texts:?}");
        let took = began.elapsed();
        println!("{when}: everybody had everything after {took:?}");
        assert!(took < SECONDS, "{when}: {took:?}");
        took
    }

    /// Waits until everybody has these lines.
    pub(crate) fn have(&self, lines: &[String]) {
        for device in &self.devices {
            let has_all = || lines.iter().all(|line| device.sees(&self.document, line)).then_some(());
            eventually(&format!("{} to have {lines:?}", device.name()), has_all);
        }
    }

    /// What everybody's node heard in all this comes to the same text when it is played again, to the last bit.
    pub(crate) fn is_lived_through_again(&self) {
        for device in &self.devices {
            let file = device.person.home().join("bundle");
            let file = file.to_str().expect("a path");
            let said = device.person.done(["diagnose", &self.document, "--out", file, "--with-content"]);
            assert!(said.contains("everything heard"), "{said}");
            println!("{}: {}", device.name(), device.person.done(["replay", file]));
        }
    }

    /// Waits until the first and the second say that they are connected so, and asks the doctor of both, who says the same.
    pub(crate) fn path_becomes(&self, path: &str) {
        let began = Instant::now();
        let (one, other) = (&self.devices[0], &self.devices[1]);
        for (from, to) in [(one, other), (other, one)] {
            eventually(&format!("{} to reach {} {path}", from.name(), to.name()), || {
                (from.path_to(&self.document, to) == path).then_some(())
            });
            let words = from.doctor("device");
            let expected = if path == DIRECT { "is connected directly" } else { "is connected through the relay" };
            assert!(words.contains(expected), "{path}: {words}");
        }
        println!("{path} after {:?}; {}", began.elapsed(), one.doctor("device"));
    }
}
