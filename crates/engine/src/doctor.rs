//! The connection doctor: what of the network works, what does not, and what to do about it, in words for people.
//!
//! Findings are made of facts that are known anyway. Nothing is dialed to find out, and nothing leaves the device.

use std::collections::BTreeMap;

use sheaf_base::{DeviceId, Wall};
use sheaf_document::DeviceState;
use sheaf_record::SignedHead;
use sheaf_sentence::Sentence;
use sheaf_store::ReadError;
use sheaf_transport::Profile;

use crate::engine::{Engine, Shared};
use crate::library::Standing;
use crate::peers::{Way, Weather, Wire};
use crate::said::{Said, Tells};
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
    pub said: Said,
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
    refused: Option<Said>,
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
                DeviceState::Refused { reason } => Some(reason.said()),
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
        let (health, sentence, english) = match &self.weather {
            None => (
                Health::Fails,
                Sentence::DoctorNodeAbsent {},
                "Sheaf does not run on this device, so nobody can reach it. Start the app, or `sheaf up`.",
            ),
            Some(Weather { offline_since: Some(_), .. }) => (
                Health::Fails,
                Sentence::DoctorAlone {},
                "Nobody can be reached at the moment. Is this device online? Sheaf goes on trying.",
            ),
            Some(_) => (Health::Works, Sentence::DoctorNode {}, "Sheaf runs on this device."),
        };
        say("node", health, sentence, english)
    }

    fn profile(&self) -> Finding {
        let (sentence, english) = match &self.profile {
            Profile::Anywhere => (
                Sentence::DoctorAnywhere {},
                "People are reached anywhere: by iroh's public relays and address lookup, and directly where that works.".to_owned(),
            ),
            Profile::OwnRelay(url) => (
                Sentence::DoctorOwnRelay { url: url.clone() },
                format!("People are reached by the relay {url}, and directly where that works."),
            ),
            Profile::Local => (Sentence::DoctorLocal {}, "People are reached on the local network only.".to_owned()),
            Profile::Direct => (Sentence::DoctorDirect {}, "People are reached by the addresses in their invitations only.".to_owned()),
        };
        say("profile", Health::Works, sentence, english)
    }

    fn socket(&self) -> Finding {
        let (health, sentence, english) = match (&self.weather, &self.wire) {
            (Some(Weather { error: Some(error), .. }), _) => {
                let sentence = Sentence::DoctorNoSocket { why: error.why() };
                (Health::Fails, sentence, format!("No network connection could be opened: {error}."))
            }
            (_, Some(Wire { port: Some(port), .. })) => {
                let sentence = Sentence::DoctorPort { port: u64::from(*port) };
                (Health::Works, sentence, format!("This device listens on UDP port {port}."))
            }
            (_, Some(_)) => (Health::Works, Sentence::DoctorRelayAlone {}, "This device uses its relay alone.".to_owned()),
            (Some(_), None) => {
                let english = "Nothing is open: the first share or join opens a connection.".to_owned();
                (Health::Unused, Sentence::DoctorNotYetOpen {}, english)
            }
            (None, None) => (Health::Unused, Sentence::DoctorClosed {}, "Nothing is open.".to_owned()),
        };
        say("socket", health, sentence, english)
    }

    fn relay(&self) -> Finding {
        let (health, sentence, english) = match self.wire.as_ref().and_then(|wire| wire.relay_reached) {
            Some(true) => (Health::Works, Sentence::DoctorRelay {}, "The relay answers."),
            Some(false) => (
                Health::Fails,
                Sentence::DoctorRelaySilent {},
                "The relay does not answer. Is this device online? A firewall may stop HTTPS to it. People on the same network may still be reached.",
            ),
            None if self.profile.uses_relays() && self.wire.is_some() => {
                (Health::Unused, Sentence::DoctorRelayNotYet {}, "The relay has not answered yet.")
            }
            None if self.profile.uses_relays() => (Health::Unused, Sentence::DoctorRelayUnasked {}, "No relay has been asked yet."),
            None => (Health::Unused, Sentence::DoctorNoRelay {}, "This network setting uses no relay."),
        };
        say("relay", health, sentence, english)
    }

    fn clock(&self) -> Finding {
        let Some((ahead, id)) = self.ahead.filter(|(ahead, _)| *ahead > CLOCKS_APART_MS) else {
            return say("clock", Health::Works, Sentence::DoctorClocks {}, "Nobody's clock is noticeably ahead of this device's.");
        };
        let english = format!(
            "The clock of {} is {} ahead of this device's. One of the two is wrong; times that are shown may be, too.",
            self.name(id),
            span(ahead)
        );
        let (person, device) = self.who(id);
        let sentence = Sentence::DoctorClock { person, device, minutes: ahead / 60_000 };
        Finding { device: Some(id), ..say("clock", Health::Fails, sentence, english) }
    }

    fn device(&self, id: DeviceId, other: &Other) -> Finding {
        let (name, (person, device)) = (self.name(id), self.who(id));
        let Way { linked, direct, rtt_ms, reason, .. } = &other.way;
        let (health, sentence, english) = match (linked, &other.refused) {
            (_, Some(refused)) => {
                let sentence = Sentence::DoctorRefuses { person, device, why: refused.why() };
                (Health::Fails, sentence, format!("{name} does not take part: {refused}."))
            }
            (true, None) => {
                let (path, words) = match direct {
                    Some(true) => ("direct", " directly"),
                    Some(false) => ("relayed", " through the relay"),
                    // Nothing is said of a way that is still being found.
                    None => ("", ""),
                };
                let trip = rtt_ms.map(|rtt| format!(", round trip {rtt} ms")).unwrap_or_default();
                let sentence = Sentence::DoctorLinked { person, device, path: path.to_owned(), trip: *rtt_ms };
                (Health::Works, sentence, format!("{name} is connected{words}{trip}."))
            }
            (false, None) => {
                let why = reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
                let sentence = Sentence::DoctorNotLinked { person, device, why: reason.as_ref().map(Said::why) };
                (Health::Fails, sentence, format!("{name} is not connected{why}."))
            }
        };
        Finding { device: Some(id), ..say("device", health, sentence, english) }
    }

    fn name(&self, device: DeviceId) -> String {
        match self.who(device) {
            (person, short) if person.is_empty() => format!("device {short}"),
            (person, short) => format!("{person} ({short})"),
        }
    }

    /// The person, if there is a name, and the device's short id.
    fn who(&self, device: DeviceId) -> (String, String) {
        (self.others.get(&device).map(|other| other.person.clone()).unwrap_or_default(), device.short())
    }
}

fn version() -> Finding {
    let version = env!("CARGO_PKG_VERSION");
    let sentence = Sentence::DoctorVersion { version: version.to_owned(), protocol: u64::from(PROTOCOL) };
    say("version", Health::Works, sentence, format!("Sheaf {version}, protocol version {PROTOCOL}."))
}

fn say(check: &'static str, health: Health, sentence: Sentence, english: impl Into<String>) -> Finding {
    Finding { check, health, said: Said::new(sentence, english), device: None }
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
        findings.map(|finding| (finding.check, finding.said.english)).collect()
    }

    #[test]
    fn what_works_is_said_to_work() {
        assert_eq!(failing(&facts()), []);
        let last = facts().findings().pop().expect("about Ana");
        assert_eq!((last.device, last.said.english.as_str()), (Some(ANA), "Ana (07070707) is connected directly, round trip 12 ms."));
    }

    #[test]
    fn each_thing_that_fails_is_named_with_what_to_do() {
        let broken: [(&str, Breaks); 6] = [
            ("node", |it| it.weather = None),
            ("node", |it| it.weather = Some(Weather { offline_since: Some(1), ..Weather::default() })),
            ("socket", |it| it.weather = Some(Weather { error: Some(Said::failed("the port 4433 is taken")), ..Weather::default() })),
            ("relay", |it| it.wire = Some(Wire { port: Some(4433), relay_reached: Some(false) })),
            ("clock", |it| it.ahead = Some((3 * 3_600_000, ANA))),
            ("device", |it| {
                it.others.values_mut().for_each(|other| {
                    other.way = Way { reason: Some(Said::new(Sentence::NoAnswer {}, "nobody answers")), ..Way::default() }
                })
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
