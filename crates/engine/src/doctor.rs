//! The connection doctor: what of the network works, what does not, and what to do about it, in words for people.
//!
//! Findings are made of facts that are known anyway. Nothing is dialed to find out, and nothing leaves the device.

use std::collections::BTreeMap;

use sheaf_base::{DeviceId, Wall};
use sheaf_document::DeviceState;
use sheaf_record::SignedHead;
use sheaf_store::ReadError;
use sheaf_transport::Profile;

use crate::engine::{Engine, Shared};
use crate::library::Standing;
use crate::peers::{Way, Weather, Wire};
use crate::task;

/// How far another device's clock may be ahead of this one before that is worth a word.
const CLOCKS_APART_MS: u64 = 2 * 60 * 1000;

/// The versions that two devices agree upon.
const PROTOCOL: u8 = sheaf_protocol::Versions::HERE.highest;

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What: `node`, `profile`, `socket`, `relay`, `clock`, `version` or `device`.
    pub check: &'static str,
    /// How it stands.
    pub health: Health,
    /// What there is to say, and what to do.
    pub words: String,
    /// Which device, for a finding about one.
    pub device: Option<DeviceId>,
}

/// How something stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// It works.
    Works,
    /// It does not, and should.
    Fails,
    /// It is not used.
    Unused,
}

/// What is known about another device.
struct Other {
    person: String,
    way: Way,
    refused: Option<String>,
}

/// Everything that the findings are made of.
struct Facts {
    profile: Profile,
    /// `None`: no node runs here.
    weather: Option<Weather>,
    wire: Option<Wire>,
    /// By how many milliseconds somebody's clock is ahead, and whose.
    ahead: Option<(u64, DeviceId)>,
    others: BTreeMap<DeviceId, Other>,
}

impl Engine {
    /// Looks at everything that a connection needs.
    pub async fn examine(&self) -> Vec<Finding> {
        let mut others: BTreeMap<DeviceId, Other> = BTreeMap::new();
        for device in self.report_all().await.into_iter().flat_map(|report| report.devices) {
            let refused = match device.fact.state {
                DeviceState::Refused { reason } => Some(reason),
                _ => None,
            };
            let other = others.entry(device.fact.device).or_insert(Other { person: device.fact.person, way: device.way, refused: None });
            other.refused = other.refused.take().or(refused);
        }
        let (shared, me) = (self.shared.clone(), self.device());
        let ahead = task::blocking(move || furthest_ahead(&shared, me)).await;
        let ahead = ahead.inspect_err(|error| tracing::warn!(%error, "clocks were not compared")).ok().flatten();
        let net = self.shared.net();
        let facts = Facts {
            profile: self.network_profile(),
            weather: net.as_ref().map(|net| net.weather()),
            wire: net.and_then(|net| net.wire()),
            ahead,
            others,
        };
        facts.findings()
    }
}

/// Whose clock is furthest ahead of this device's, by the times at which chains of shared documents began.
fn furthest_ahead(shared: &Shared, me: DeviceId) -> Result<Option<(u64, DeviceId)>, ReadError> {
    let now = shared.clock.now().wall;
    let documents = shared.library.entries().into_iter().filter(|entry| Standing::of(entry) == Standing::Shared);
    let mut furthest: Option<(Wall, DeviceId)> = None;
    for entry in documents {
        for chain in shared.store.read(|reader| reader.chains(entry.document))? {
            let Ok(head) = SignedHead::from_journal(&[chain.head, chain.signature].concat()) else { continue };
            if head.device() != me {
                furthest = furthest.max(Some((head.head().wall, head.device())));
            }
        }
    }
    Ok(furthest.map(|(wall, device)| (wall.0.saturating_sub(now.0), device)))
}

impl Facts {
    fn findings(&self) -> Vec<Finding> {
        let mut findings = vec![self.node(), self.profile(), self.socket(), self.relay(), self.clock(), version()];
        findings.extend(self.others.iter().map(|(device, other)| self.device(*device, other)));
        findings
    }

    fn node(&self) -> Finding {
        match &self.weather {
            None => say("node", Health::Fails, "Sheaf does not run on this device, so nobody can reach it. Start the app, or `sheaf up`."),
            Some(Weather { offline_since: Some(_), .. }) => {
                say("node", Health::Fails, "Nobody can be reached at the moment. Is this device online? Sheaf goes on trying.")
            }
            Some(_) => say("node", Health::Works, "Sheaf runs on this device."),
        }
    }

    fn profile(&self) -> Finding {
        let words = match &self.profile {
            Profile::Anywhere => {
                "People are reached anywhere: by iroh's public relays and address lookup, and directly where that works.".into()
            }
            Profile::OwnRelay(url) => format!("People are reached by the relay {url}, and directly where that works."),
            Profile::Local => "People are reached on the local network only.".into(),
            Profile::Direct => "People are reached by the addresses in their invitations only.".into(),
        };
        say("profile", Health::Works, words)
    }

    fn socket(&self) -> Finding {
        match (&self.weather, &self.wire) {
            (Some(Weather { error: Some(error), .. }), _) => {
                say("socket", Health::Fails, format!("No network connection could be opened: {error}."))
            }
            (_, Some(Wire { port: Some(port), .. })) => say("socket", Health::Works, format!("This device listens on UDP port {port}.")),
            (_, Some(_)) => say("socket", Health::Works, "This device uses its relay alone."),
            (Some(_), None) => say("socket", Health::Unused, "Nothing is open: the first share or join opens a connection."),
            (None, None) => say("socket", Health::Unused, "Nothing is open."),
        }
    }

    fn relay(&self) -> Finding {
        match self.wire.as_ref().and_then(|wire| wire.relay_reached) {
            Some(true) => say("relay", Health::Works, "The relay answers."),
            Some(false) => say(
                "relay",
                Health::Fails,
                "The relay does not answer. Is this device online? A firewall may stop HTTPS to it. People on the same network may still be reached.",
            ),
            None if self.profile.uses_relays() && self.wire.is_some() => say("relay", Health::Unused, "The relay has not answered yet."),
            None if self.profile.uses_relays() => say("relay", Health::Unused, "No relay has been asked yet."),
            None => say("relay", Health::Unused, "This network setting uses no relay."),
        }
    }

    fn clock(&self) -> Finding {
        match self.ahead {
            Some((ahead, device)) if ahead > CLOCKS_APART_MS => {
                let who = self.name(device);
                let words = format!(
                    "The clock of {who} is {} ahead of this device's. One of the two is wrong; times that are shown may be, too.",
                    span(ahead)
                );
                Finding { device: Some(device), ..say("clock", Health::Fails, words) }
            }
            _ => say("clock", Health::Works, "Nobody's clock is noticeably ahead of this device's."),
        }
    }

    fn device(&self, device: DeviceId, other: &Other) -> Finding {
        let who = self.name(device);
        let Way { linked, direct, rtt_ms, reason, .. } = &other.way;
        let round_trip = rtt_ms.map(|rtt| format!(", round trip {rtt} ms")).unwrap_or_default();
        let (health, words) = match (linked, &other.refused) {
            (_, Some(refused)) => (Health::Fails, format!("{who} does not take part: {refused}.")),
            (true, None) => {
                let path = match direct {
                    Some(true) => " directly",
                    Some(false) => " through the relay",
                    // Nothing is said of a way that is still being found.
                    None => "",
                };
                (Health::Works, format!("{who} is connected{path}{round_trip}."))
            }
            (false, None) => {
                let why = reason.as_deref().map(|reason| format!(": {reason}")).unwrap_or_default();
                (Health::Fails, format!("{who} is not connected{why}."))
            }
        };
        Finding { device: Some(device), ..say("device", health, words) }
    }

    fn name(&self, device: DeviceId) -> String {
        match self.others.get(&device) {
            Some(other) if !other.person.is_empty() => format!("{} ({})", other.person, device.short()),
            _ => format!("device {}", device.short()),
        }
    }
}

fn version() -> Finding {
    let words = format!("Sheaf {}, protocol version {PROTOCOL}.", env!("CARGO_PKG_VERSION"));
    say("version", Health::Works, words)
}

fn say(check: &'static str, health: Health, words: impl Into<String>) -> Finding {
    Finding { check, health, words: words.into(), device: None }
}

/// A length of time in words.
fn span(milliseconds: u64) -> String {
    let minutes = milliseconds / 60_000;
    match minutes {
        0..120 => format!("{minutes} minutes"),
        120..2880 => format!("{} hours", minutes / 60),
        _ => format!("{} days", minutes / 1440),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANA: DeviceId = DeviceId([7; 32]);

    type Breaks = fn(&mut Facts);

    fn facts() -> Facts {
        let way = Way { linked: true, direct: Some(true), rtt_ms: Some(12), ..Way::default() };
        let others = [(ANA, Other { person: "Ana".into(), way, refused: None })].into();
        let wire = Some(Wire { port: Some(4433), relay_reached: Some(true) });
        Facts { profile: Profile::Anywhere, weather: Some(Weather { running: true, ..Weather::default() }), wire, ahead: None, others }
    }

    fn failing(facts: &Facts) -> Vec<(&'static str, String)> {
        let findings = facts.findings().into_iter().filter(|finding| finding.health == Health::Fails);
        findings.map(|finding| (finding.check, finding.words)).collect()
    }

    #[test]
    fn what_works_is_said_to_work() {
        assert_eq!(failing(&facts()), []);
        let last = facts().findings().pop().expect("about Ana");
        assert_eq!((last.device, last.words.as_str()), (Some(ANA), "Ana (07070707) is connected directly, round trip 12 ms."));
    }

    #[test]
    fn each_thing_that_fails_is_named_with_what_to_do() {
        let broken: [(&str, Breaks); 6] = [
            ("node", |it| it.weather = None),
            ("node", |it| it.weather = Some(Weather { offline_since: Some(1), ..Weather::default() })),
            ("socket", |it| it.weather = Some(Weather { error: Some("the port 4433 is taken".into()), ..Weather::default() })),
            ("relay", |it| it.wire = Some(Wire { port: Some(4433), relay_reached: Some(false) })),
            ("clock", |it| it.ahead = Some((3 * 3_600_000, ANA))),
            ("device", |it| {
                it.others.values_mut().for_each(|other| other.way = Way { reason: Some("nobody answers".into()), ..Way::default() })
            }),
        ];
        for (check, breaks) in broken {
            let mut facts = facts();
            breaks(&mut facts);
            let failing = failing(&facts);
            assert_eq!(failing.iter().map(|(check, _)| *check).collect::<Vec<_>>(), [check], "{failing:?}");
            println!("{check}: {}", failing[0].1);
        }
        let mut facts = facts();
        facts.ahead = Some((CLOCKS_APART_MS, ANA));
        assert_eq!(failing(&facts), [], "clocks are never quite alike");
    }
}
