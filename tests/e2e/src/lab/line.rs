//! A line between two namespaces that this process carries packet by packet, with the loss, the delay and the rate that it is told.
//!
//! Kernels that are made small have no netem. Each end is a TUN device; `socat` hands its packets over as datagrams of a Unix socket, which
//! know no namespaces, and so nothing here needs more than the standard library.

use std::collections::VecDeque;
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::namespace::Namespace;
use crate::eventually;

/// A packet is at most so long: what a TUN device carries unless told otherwise.
const LONGEST: usize = 1500;

/// What waits for its turn on a slow line fills at most so much time; the rest is dropped, as a modem does.
const BUFFER: Duration = Duration::from_millis(500);

/// A line without packets looks so often whether it has ended.
const LOOK: Duration = Duration::from_millis(50);

/// What becomes of packets, in either direction.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weather {
    /// Of a hundred packets, how many are lost, each by its own chance.
    pub loss_percent: u32,
    /// How long each is under way.
    pub delay: Duration,
    /// Bits a second, if there is a limit.
    pub rate: Option<u32>,
}

impl Weather {
    /// Nothing is lost, and nothing waits.
    pub const CLEAR: Weather = Weather { loss_percent: 0, delay: Duration::ZERO, rate: None };

    /// So much is lost in either direction, and a round trip takes so long.
    pub fn of(loss_percent: u32, round_trip: Duration) -> Weather {
        Weather { loss_percent, delay: round_trip / 2, rate: None }
    }
}

/// A line. Dropping it cuts it.
pub struct Line {
    weather: Arc<Mutex<Weather>>,
    cut: Arc<AtomicBool>,
    ends: [Child; 2],
    _sockets: TempDir,
}

impl Line {
    pub(super) fn between(near: (&Namespace, &str), far: (&Namespace, &str), weather: Weather) -> Line {
        let sockets = tempfile::tempdir().expect("a temporary folder can be made");
        let (weather, cut) = (Arc::new(Mutex::new(weather)), Arc::<AtomicBool>::default());
        let carriers = ["near", "far"].map(|end| UnixDatagram::bind(carrier(sockets.path(), end)).expect("a socket can be bound"));
        let ends = [(near, "near"), (far, "far")].map(|((namespace, device), end)| end_of_line(namespace, device, sockets.path(), end));
        let [from_near, from_far] = carriers;
        for (seed, from, to, target) in [(1, &from_near, &from_far, "far"), (2, &from_far, &from_near, "near")] {
            let (from, to) = (from.try_clone().expect("a socket can be shared"), to.try_clone().expect("a socket can be shared"));
            let way = Way { from, to, target: device(sockets.path(), target), under_way: VecDeque::new(), free: None, chance: seed };
            let (weather, cut) = (weather.clone(), cut.clone());
            thread::spawn(move || way.carry(&weather, &cut));
        }
        for (namespace, device) in [near, far] {
            eventually("the line", || namespace.run(&format!("ip link show {device}")).contains("LOWER_UP").then_some(()));
        }
        Line { weather, cut, ends, _sockets: sockets }
    }

    /// Changes the weather. What is under way stays so.
    pub fn weather(&self, weather: Weather) {
        *self.weather.lock().unwrap_or_else(PoisonError::into_inner) = weather;
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.cut.store(true, Ordering::Relaxed);
        for end in &mut self.ends {
            // It may have ended already.
            let _ = end.kill();
            let _ = end.wait();
        }
    }
}

/// Where packets of an end are carried from.
fn carrier(sockets: &Path, end: &str) -> PathBuf {
    sockets.join(format!("{end}.carrier"))
}

/// Where packets for an end go.
fn device(sockets: &Path, end: &str) -> PathBuf {
    sockets.join(format!("{end}.device"))
}

/// A TUN device whose packets go to the end's carrier, and the other way.
fn end_of_line(namespace: &Namespace, name: &str, sockets: &Path, end: &str) -> Child {
    namespace.run(&format!("ip tuntap add dev {name} mode tun"));
    namespace.run(&format!("ip link set {name} mtu {LONGEST} up"));
    let [enter, place] = namespace.launcher();
    let mut socat = Command::new(enter);
    socat.args([place, "socat", &format!("TUN,tun-name={name},iff-no-pi")]);
    socat.arg(format!("UNIX-SENDTO:{},bind={}", carrier(sockets, end).display(), device(sockets, end).display()));
    socat.stdin(Stdio::null()).spawn().expect("socat starts")
}

/// One direction.
struct Way {
    from: UnixDatagram,
    to: UnixDatagram,
    target: PathBuf,
    under_way: VecDeque<(Instant, Vec<u8>)>,
    /// When the last packet will have left, on a line with a rate.
    free: Option<Instant>,
    chance: u64,
}

impl Way {
    fn carry(mut self, weather: &Mutex<Weather>, cut: &AtomicBool) {
        let mut packet = [0; LONGEST];
        while !cut.load(Ordering::Relaxed) {
            let wait = self.hand_over();
            self.from.set_read_timeout(Some(wait)).expect("a socket takes a timeout");
            if let Ok(length) = self.from.recv(&mut packet) {
                let weather = *weather.lock().unwrap_or_else(PoisonError::into_inner);
                self.take(&packet[..length], weather);
            }
        }
    }

    /// Hands over what has arrived, and says how long the next takes.
    fn hand_over(&mut self) -> Duration {
        let now = Instant::now();
        while self.under_way.front().is_some_and(|(due, _)| *due <= now) {
            if let Some((_, packet)) = self.under_way.pop_front() {
                // Until the other end is there, it is a line that leads nowhere.
                let _ = self.to.send_to(&packet, &self.target);
            }
        }
        let next = self.under_way.front().map_or(LOOK, |(due, _)| due.saturating_duration_since(now));
        next.clamp(Duration::from_micros(100), LOOK)
    }

    fn take(&mut self, packet: &[u8], weather: Weather) {
        if self.next_chance() % 100 < u64::from(weather.loss_percent) {
            return;
        }
        let now = Instant::now();
        let mut leaves = now;
        if let Some(rate) = weather.rate {
            let begins = self.free.map_or(now, |free| free.max(now));
            if begins.saturating_duration_since(now) > BUFFER {
                return;
            }
            leaves = begins + Duration::from_secs_f64(packet.len() as f64 * 8.0 / f64::from(rate));
            self.free = Some(leaves);
        }
        // A line does not let packets overtake one another, even when it becomes faster.
        let after = self.under_way.back().map_or(leaves, |(due, _)| *due);
        self.under_way.push_back(((leaves + weather.delay).max(after), packet.to_vec()));
    }

    /// A number that looks like chance and is the same in every run (splitmix64).
    fn next_chance(&mut self) -> u64 {
        self.chance = self.chance.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.chance;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}
