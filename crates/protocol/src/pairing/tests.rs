//! Two sides of a pairing, and whoever stands between them; no link, no clock.

use super::*;

const EXPORTER: [u8; 32] = [9; 32];
const LATER: Duration = Duration::from_secs(600);
const ADA: DeviceId = DeviceId([1; 32]);
const PHONE: DeviceId = DeviceId([2; 32]);
const THIEF: DeviceId = DeviceId([3; 32]);

fn seed() -> TicketSeed {
    TicketSeed::from_bytes([7; 32])
}

fn on(device: DeviceId) -> OnLink<'static> {
    OnLink { device, exporter: &EXPORTER }
}

fn pair() -> (Pairing, Pairing) {
    (Pairing::maker(seed().key(), LATER), Pairing::newcomer(seed(), ADA, LATER))
}

/// The two say to each other what there is to say until nobody has anything.
fn talk(maker: &mut Pairing, phone: &mut Pairing, first: PairFrame) {
    let mut said = (false, Some(first));
    while let (to_phone, Some(frame)) = said {
        let (hears, from, draw, name) = if to_phone { (&mut *phone, ADA, [4; 32], "Phone") } else { (&mut *maker, PHONE, [5; 32], "Ada") };
        said = (!to_phone, hears.hear(frame, on(from), Duration::ZERO, draw, name));
    }
}

fn comparing() -> (Pairing, Pairing) {
    let (mut maker, mut phone) = pair();
    let knock = phone.knock(on(ADA), [6; 32], "Phone").expect("it is its maker");
    talk(&mut maker, &mut phone, knock);
    (maker, phone)
}

#[test]
fn both_show_the_same_digits_and_are_paired_when_both_people_say_so() {
    let (mut maker, mut phone) = comparing();
    let Stage::Comparing(spoken) = maker.stage() else { panic!("{:?}", maker.stage()) };
    assert_eq!(phone.stage(), Stage::Comparing(spoken));
    assert_eq!((maker.name(), phone.name(), maker.device()), ("Phone", "Ada", Some(PHONE)));
    let agreed = maker.agree().expect("there are digits");
    assert_eq!(phone.hear(agreed, on(ADA), Duration::ZERO, [0; 32], ""), None);
    assert_eq!((maker.stage(), phone.stage()), (Stage::Agreed(spoken), Stage::Comparing(spoken)), "one is not enough");
    let agreed = phone.agree().expect("there are digits");
    assert_eq!(phone.stage(), Stage::Paired);
    assert_eq!(maker.hear(agreed, on(PHONE), Duration::ZERO, [0; 32], ""), None);
    assert_eq!(maker.stage(), Stage::Paired);
    // The ticket has done its work.
    let again = Pairing::newcomer(seed(), ADA, LATER).knock(on(ADA), [8; 32], "Phone").expect("it may try");
    assert_eq!(maker.hear(again, on(PHONE), Duration::ZERO, [0; 32], ""), Some(PairFrame::Part(Parting::Used)));
    assert_eq!(maker.stage(), Stage::Paired);
}

#[test]
fn whoever_stands_between_the_two_shows_other_digits_on_each_side() {
    // The thief has the ticket, shows it to Ada, and answers the phone in her place.
    let mut maker = Pairing::maker(seed().key(), LATER);
    let (mut to_ada, mut to_phone) = (Pairing::newcomer(seed(), ADA, LATER), Pairing::maker(seed().key(), LATER));
    let mut phone = Pairing::newcomer(seed(), THIEF, LATER);
    let other_link = OnLink { device: THIEF, exporter: &[8; 32] };
    let knock = to_ada.knock(on(ADA), [6; 32], "Phone").expect("it is its maker");
    let answer = maker.hear(knock, on(THIEF), Duration::ZERO, [5; 32], "Ada").expect("the ticket is good");
    let reveal = to_ada.hear(answer, on(ADA), Duration::ZERO, [0; 32], "").expect("so it goes on");
    maker.hear(reveal, on(THIEF), Duration::ZERO, [0; 32], "");
    let knock = phone.knock(other_link, [6; 32], "Phone").expect("it takes the thief for her");
    let there = OnLink { device: PHONE, exporter: &[8; 32] };
    let answer = to_phone.hear(knock, there, Duration::ZERO, [5; 32], "Ada").expect("the ticket is good");
    phone.hear(answer, other_link, Duration::ZERO, [0; 32], "");
    let (Stage::Comparing(hers), Stage::Comparing(its)) = (maker.stage(), phone.stage()) else { panic!("both show digits") };
    assert_ne!(hers, its);
    // Nor can a number be chosen once the other is known.
    let mut maker = Pairing::maker(seed().key(), LATER);
    let mut to_ada = Pairing::newcomer(seed(), ADA, LATER);
    let knock = to_ada.knock(on(ADA), [6; 32], "Phone").expect("it is its maker");
    maker.hear(knock, on(THIEF), Duration::ZERO, [5; 32], "Ada");
    let chosen = maker.hear(PairFrame::Reveal { number: [77; 32] }, on(THIEF), Duration::ZERO, [0; 32], "");
    assert_eq!((chosen, maker.stage()), (Some(PairFrame::Part(Parting::Broken)), Stage::Over(Parting::Broken)));
}

#[test]
fn a_ticket_is_refused_with_its_reason() {
    let foreign = Pairing::newcomer(TicketSeed::from_bytes([8; 32]), ADA, LATER).knock(on(ADA), [6; 32], "").expect("it may try");
    let (mut maker, mut phone) = pair();
    let mut knock = |now, from, frame: PairFrame| maker.hear(frame, on(from), now, [5; 32], "Ada");
    assert_eq!(knock(Duration::ZERO, PHONE, foreign), Some(PairFrame::Part(Parting::Unknown)));
    let good = phone.knock(on(ADA), [6; 32], "").expect("it is its maker");
    // The proof is worth nothing with another commitment, or on another link.
    let PairFrame::Knock(mut changed) = good.clone() else { panic!("it knocks") };
    changed.commitment[0] ^= 1;
    assert_eq!(knock(Duration::ZERO, PHONE, PairFrame::Knock(changed)), Some(PairFrame::Part(Parting::Unknown)));
    assert!(matches!(knock(Duration::ZERO, PHONE, good.clone()), Some(PairFrame::Answer { .. })));
    let second = Pairing::newcomer(seed(), ADA, LATER).knock(on(ADA), [1; 32], "").expect("it may try");
    assert_eq!(knock(Duration::ZERO, THIEF, second), Some(PairFrame::Part(Parting::Used)), "the first device has it");
    // Links break; but not for ever.
    for _ in 1..KNOCKS {
        assert!(matches!(knock(Duration::ZERO, PHONE, good.clone()), Some(PairFrame::Answer { .. })));
    }
    assert_eq!(knock(Duration::ZERO, PHONE, good.clone()), Some(PairFrame::Part(Parting::Used)));

    let (mut maker, _) = pair();
    assert_eq!(maker.hear(good, on(PHONE), LATER, [5; 32], "Ada"), Some(PairFrame::Part(Parting::Expired)));
    assert_eq!(maker.stage(), Stage::Over(Parting::Expired));
}

#[test]
fn nobody_else_has_a_say_in_it_and_nobody_agrees_to_nothing() {
    let (mut maker, phone) = comparing();
    let before = maker.stage();
    for frame in [PairFrame::Agree, PairFrame::Part(Parting::Stopped), PairFrame::Reveal { number: [0; 32] }] {
        assert_eq!(maker.hear(frame, on(THIEF), Duration::ZERO, [0; 32], ""), None);
    }
    assert_eq!(maker.stage(), before);
    let (mut alone, mut waits) = pair();
    assert_eq!((alone.agree(), waits.agree()), (None, None));
    assert_eq!(phone.stage(), before);
    // Who agrees before there is anything to compare is not heard.
    let knock = waits.knock(on(ADA), [6; 32], "").expect("it is its maker");
    alone.hear(knock, on(PHONE), Duration::ZERO, [5; 32], "");
    alone.hear(PairFrame::Agree, on(PHONE), Duration::ZERO, [0; 32], "");
    assert_eq!(alone.stage(), Stage::Over(Parting::Broken));
}
