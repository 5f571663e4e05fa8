//! Two sessions talk: what it costs to find out that nothing is missing, or one thing; and what goes which way.

use std::{collections::BTreeMap, time::Duration};

use sheaf_base::{ChainId, DeviceId, DocumentId, Hash, Position};
use sheaf_protocol::*;
use sheaf_record::{DeviceKey, Digest, Frontier, Signature};

const SECOND: Duration = Duration::from_secs(1);

fn chain(seed: u64) -> ChainId {
    ChainId(*blake3::hash(&seed.to_le_bytes()).as_bytes())
}

fn at(seed: u64, number: u64) -> Position {
    Position { chain: chain(seed), number, hash: Hash(*blake3::hash(&(seed * 1000 + number).to_le_bytes()).as_bytes()) }
}

/// One end of a link: a session and what it holds.
struct End {
    key: DeviceKey,
    session: Session,
    held: Frontier,
    counter: u64,
    now: Duration,
    supplied: Vec<Span>,
}

impl End {
    fn new(seed: u8, leads: bool) -> End {
        let key = DeviceKey::from_bytes(&[seed; 32]);
        let session = Session::new(leads, None, Duration::ZERO);
        End { key, session, held: Frontier::new(), counter: 0, now: Duration::ZERO, supplied: Vec::new() }
    }

    fn hello(&self) -> Hello {
        Hello {
            versions: Versions::HERE,
            instance: [1; 16],
            frontier: self.held.digest(),
            access: Digest::EMPTY,
            chains: self.held.chains(),
            bytes: 0,
            back: false,
        }
    }

    fn receipt(&mut self) -> Receipt {
        self.counter += 1;
        let frontier = self.held.digest();
        let unsigned = Receipt {
            document: DocumentId([0; 32]),
            device: self.key.device(),
            instance: [1; 16],
            counter: self.counter,
            frontier,
            signature: Signature([0; 64]),
        };
        unsigned.sign(&self.key)
    }

    fn hear(&mut self, frame: Frame) -> Vec<Wish> {
        let mine = self.hello();
        match frame {
            Frame::Hello(hello) => self.session.hear_hello(hello, &mine, &self.held, self.now).expect("versions agree"),
            Frame::Compare(compare) => self.session.hear_compare(&compare, &self.held, &|_, _| None, self.now),
            Frame::Have(have) => self.session.hear_have(&have, &self.held, self.now),
            Frame::Live(bundle) => {
                for run in bundle.runs {
                    let BundleChain::Known(chain) = bundle.chains[run.chain as usize] else { continue };
                    self.session.hear_records(chain, run.first, &self.held, self.now);
                }
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    fn tick(&mut self) -> Vec<Wish> {
        let mine = self.hello();
        self.session.tick(&mine, &self.held, self.now)
    }

    fn have(&mut self) -> Vec<Wish> {
        let digest = self.held.digest();
        if !self.session.owes_have(&digest, self.now) {
            return Vec::new();
        }
        let receipt = self.receipt();
        vec![self.session.give_have(receipt, &self.held, self.now)]
    }

    /// Holds what the peer or somebody else has sent, and gives the receipt.
    fn receipted(&mut self, position: Position) -> Vec<Wish> {
        let before = self.held.get(&position.chain).map_or(0, |held| held.number);
        self.held.set(position);
        let written = Written { before: BTreeMap::from([(position.chain, before)]), ..Written::default() };
        self.session.tell(&written, &self.held, self.now);
        self.have()
    }

    /// Writes one record and tells the peer.
    fn write(&mut self, author: DeviceId, position: Position, parents: &[(ChainId, u64)], size: usize) -> Vec<Wish> {
        let before = self.held.get(&position.chain).map_or(0, |held| held.number);
        self.held.set(position);
        let record =
            WrittenRecord { chain: position.chain, number: position.number, author, bytes: vec![0; size], parents: parents.to_vec() };
        let seals = vec![(position.chain, position.number, Signature([0; 64]))];
        let written = Written { records: vec![record], before: BTreeMap::from([(position.chain, before)]), heads: BTreeMap::new(), seals };
        self.session.tell(&written, &self.held, self.now)
    }
}

/// Lets two talk until nobody has anything to say. Returns the bytes that went over the link.
fn talk(ends: &mut [End; 2], mut wishes: [Vec<Wish>; 2]) -> usize {
    let mut bytes = 0;
    for _ in 0..100 {
        let mut next = [Vec::new(), Vec::new()];
        for (from, said) in wishes.into_iter().enumerate() {
            for wish in said {
                match wish {
                    Wish::Send(_, frame) => {
                        bytes += frame.encode().len();
                        next[1 - from].extend(ends[1 - from].hear(frame));
                    }
                    Wish::Supply(spans) => ends[from].supplied.extend(spans),
                }
            }
        }
        if next.iter().all(Vec::is_empty) {
            return bytes;
        }
        wishes = next;
    }
    panic!("they never stop talking");
}

/// Two that hold the same ten thousand chains, and have just been linked.
fn equal(chains: u64) -> [End; 2] {
    let mut ends = [End::new(1, true), End::new(2, false)];
    for seed in 0..chains {
        for end in &mut ends {
            end.held.set(at(seed, 3));
        }
    }
    ends
}

fn greet(ends: &mut [End; 2]) -> usize {
    let wishes = [ends[0].tick(), ends[1].tick()];
    talk(ends, wishes)
}

#[test]
fn ten_thousand_equal_chains_greet_in_two_kilobytes() {
    let mut ends = equal(10_000);
    let mut bytes = greet(&mut ends);
    let haves = [ends[0].have(), ends[1].have()];
    bytes += talk(&mut ends, haves);
    println!("10,000 equal chains greet in {bytes} bytes");
    assert!(bytes <= 2048, "{bytes}");
    assert!(ends.iter().all(|end| end.session.is_even() && end.supplied.is_empty()));
}

#[test]
fn one_new_head_among_ten_thousand_costs_a_kilobyte() {
    for leader_has_it in [true, false] {
        let mut ends = equal(10_000);
        let alike = greet(&mut equal(10_000));
        ends[usize::from(!leader_has_it)].held.set(at(77_777, 1));
        let bytes = greet(&mut ends);
        println!("one new head among 10,000 costs {} bytes more", bytes - alike);
        assert!(bytes - alike <= 1024, "{} more", bytes - alike);
        let (has, lacks) = if leader_has_it { (0, 1) } else { (1, 0) };
        assert_eq!(ends[has].supplied, [Span { chain: chain(77_777), after: 0, upto: 1, branch: None }]);
        assert_eq!(ends[lacks].supplied, []);
    }
}

#[test]
fn a_newcomer_gets_everything_and_a_straggler_what_it_lacks() {
    let mut ends = equal(300);
    ends[1].held = Frontier::new();
    greet(&mut ends);
    assert_eq!(ends[0].supplied.len(), 300);

    let mut ends = equal(300);
    ends[0].held.set(at(5, 9));
    ends[1].held.set(at(6, 4));
    ends[1].held.set(at(1000, 2));
    greet(&mut ends);
    assert_eq!(ends[0].supplied, [Span { chain: chain(5), after: 3, upto: 9, branch: None }]);
    let mut from_other = ends[1].supplied.clone();
    from_other.sort_by_key(|span| span.after);
    assert_eq!(
        from_other,
        [Span { chain: chain(1000), after: 0, upto: 2, branch: None }, Span { chain: chain(6), after: 3, upto: 4, branch: None }]
    );
}

#[test]
fn a_keystroke_goes_on_the_fast_lane_unless_it_stands_on_bulk() {
    let mut ends = equal(3);
    greet(&mut ends);
    let me = ends[0].key.device();
    let first = ends[0].write(me, at(0, 4), &[], 60);
    assert!(matches!(first[..], [Wish::Send(Lane::Fast, Frame::Live(_))]), "{first:?}");
    // A large paste in another chain goes in bulk,
    let paste = ends[0].write(me, at(1, 4), &[], 40_000);
    assert!(matches!(paste[..], [Wish::Supply(_)]), "{paste:?}");
    // a keystroke that does not stand on it does not wait for it,
    let second = ends[0].write(me, at(0, 5), &[], 60);
    assert!(matches!(second[..], [Wish::Send(Lane::Fast, Frame::Live(_))]), "{second:?}");
    // one that does follows it,
    let third = ends[0].write(me, at(2, 4), &[(chain(1), 4)], 60);
    assert_eq!(third, [], "another supply is under way");
    let mine = ends[0].hello();
    let held = ends[0].held.clone();
    let freed = ends[0].session.hear_free(&mine, &held, SECOND);
    assert_eq!(freed, [Wish::Supply(vec![Span { chain: chain(2), after: 3, upto: 4, branch: None }])]);
    // and once the peer has acknowledged the paste, what stands on it is free.
    for seed in 0..3 {
        ends[1].held.set(held.get(&chain(seed)).expect("it is held"));
    }
    ends[1].now = SECOND;
    let have = ends[1].have();
    talk(&mut ends, [Vec::new(), have]);
    let fourth = ends[0].write(me, at(2, 5), &[(chain(1), 4)], 60);
    assert!(matches!(fourth[..], [Wish::Send(Lane::Fast, Frame::Live(_))]), "{fourth:?}");
}

#[test]
fn what_its_author_sends_there_itself_is_not_sent_twice_unless_it_fails_to() {
    let mut ends = equal(3);
    greet(&mut ends);
    let cleo = DeviceKey::from_bytes(&[7; 32]).device();
    ends[0].session.hear_neighbours(vec![cleo]);
    assert_eq!(ends[0].write(cleo, at(0, 4), &[], 60), []);
    // What stands on it still goes at once: the author's link is as good as ours.
    let me = ends[0].key.device();
    let mine = ends[0].write(me, at(1, 4), &[(chain(0), 4)], 60);
    assert!(matches!(mine[..], [Wish::Send(Lane::Fast, Frame::Live(_))]), "{mine:?}");
    let digest = ends[0].held.digest();
    let due = ends[0].session.next_timeout(&digest, &ends[0].held.clone()).expect("something waits");
    assert!(due <= 2 * SECOND);
    ends[0].now = 3 * SECOND;
    let late = ends[0].tick();
    assert_eq!(late, [Wish::Supply(vec![Span { chain: chain(0), after: 3, upto: 4, branch: None }])]);
}

#[test]
fn a_large_paste_is_left_to_its_author_and_what_stands_on_it_takes_the_bulk_lane() {
    let mut ends = equal(3);
    greet(&mut ends);
    let (me, cleo) = (ends[0].key.device(), DeviceKey::from_bytes(&[7; 32]).device());
    ends[0].session.hear_neighbours(vec![cleo]);
    for number in 4..=20 {
        assert_eq!(ends[0].write(cleo, at(0, number), &[], 50_000), [], "the fourth part of a paste would go over the wire twice");
    }
    let mine = ends[0].write(me, at(1, 4), &[(chain(0), 20)], 60);
    assert_eq!(
        mine,
        [Wish::Supply(vec![Span { chain: chain(1), after: 3, upto: 4, branch: None }])],
        "not behind the paste, for that is not sent"
    );
    // As long as the paste gets on, its author is relied on,
    ends[0].now = SECOND;
    ends[1].now = SECOND;
    let have = ends[1].receipted(at(0, 12));
    talk(&mut ends, [Vec::new(), have]);
    let (mine, held) = (ends[0].hello(), ends[0].held.clone());
    ends[0].now = 2 * SECOND;
    let freed = ends[0].session.hear_free(&mine, &held, 2 * SECOND);
    assert_eq!(freed, []);
    // and when it does not, the rest goes from here.
    ends[0].now = 3 * SECOND;
    assert_eq!(ends[0].tick(), [Wish::Supply(vec![Span { chain: chain(0), after: 12, upto: 20, branch: None }])]);
}

#[test]
fn a_receipt_for_a_part_of_what_is_sent_does_not_hold_up_what_comes_next() {
    let mut ends = equal(3);
    greet(&mut ends);
    let me = ends[0].key.device();
    let paste = ends[0].write(me, at(0, 4), &[], 40_000);
    assert!(matches!(paste[..], [Wish::Supply(_)]), "{paste:?}");
    ends[0].write(me, at(0, 5), &[], 40_000);
    assert_eq!(ends[0].write(me, at(0, 6), &[], 60), [], "another supply is under way");
    ends[1].now = SECOND;
    let have = ends[1].receipted(at(0, 4));
    talk(&mut ends, [Vec::new(), have]);
    let (mine, held) = (ends[0].hello(), ends[0].held.clone());
    let freed = ends[0].session.hear_free(&mine, &held, SECOND);
    assert_eq!(freed, [Wish::Supply(vec![Span { chain: chain(0), after: 4, upto: 6, branch: None }])]);
}

#[test]
fn a_peer_that_does_not_keep_up_gets_a_flag_and_no_queue() {
    let mut ends = equal(3);
    greet(&mut ends);
    let me = ends[0].key.device();
    ends[0].session.hear_full();
    for number in 4..1000 {
        assert_eq!(ends[0].write(me, at(0, number), &[], 60), []);
    }
    assert_eq!(ends[0].session.stage(), Stage::Behind);
    assert_eq!(ends[0].session.lacks().collect::<Vec<_>>(), [(chain(0), 3)]);
    let mine = ends[0].hello();
    let held = ends[0].held.clone();
    let freed = ends[0].session.hear_free(&mine, &held, SECOND);
    talk(&mut ends, [freed, Vec::new()]);
    assert_eq!(ends[0].supplied, [Span { chain: chain(0), after: 3, upto: 999, branch: None }]);
}

#[test]
fn an_answer_that_comes_twice_says_nothing_of_what_was_written_since() {
    let mut ends = equal(3);
    ends[0].held.set(at(9, 1));
    let mut answers = Vec::new();
    let mut said = [ends[0].tick(), ends[1].tick()];
    while said.iter().any(|wishes| !wishes.is_empty()) {
        let mut next = [Vec::new(), Vec::new()];
        for (from, wishes) in said.into_iter().enumerate() {
            for wish in wishes {
                let Wish::Send(_, frame) = wish else { continue };
                if from == 1 && matches!(frame, Frame::Compare(_)) {
                    answers.push(frame.clone());
                }
                next[1 - from].extend(ends[1 - from].hear(frame));
            }
        }
        said = next;
    }
    assert!(!answers.is_empty());
    let me = ends[0].key.device();
    ends[0].write(me, at(0, 4), &[], 60);
    ends[0].now = SECOND;
    answers.into_iter().for_each(|answer| drop(ends[0].hear(answer)));
    let lacks: BTreeMap<_, _> = ends[0].session.lacks().collect();
    assert_eq!(lacks.get(&chain(0)), Some(&3), "the peer has not said that it holds this");
}
