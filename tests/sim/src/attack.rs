//! Somebody who alters frames. On a real link nobody in the middle can; what a hostile member sends by itself looks like this.

use sheaf_protocol::{Bundle, BundleChain, Frame, Held};

use crate::{chance::Chance, tally::Tally};

/// Of a hundred frames that say something of records so many are altered.
const ALTERED: u32 = 5;

/// Alters a frame now and then. `None`: what became of it is no frame any more, and nobody hears it.
pub fn attack(mut frame: Frame, chance: &mut Chance, tally: &mut Tally) -> Option<Frame> {
    if !chance.percent(ALTERED) {
        return Some(frame);
    }
    match &mut frame {
        Frame::Live(bundle) | Frame::Records(bundle) => alter(bundle, chance),
        // What is inside says something else, or the seal does.
        Frame::Packed(packed) => {
            let at = if chance.percent(50) { packed.run.len() - 1 } else { 100 };
            packed.run[at] ^= 1;
        }
        // Boasts of more than there is.
        Frame::Have(have) => have.news.iter_mut().for_each(|(_, number)| *number += 1),
        // Lies about what is held: another number, another hash.
        Frame::Compare(compare) => {
            for range in &mut compare.ranges {
                if let Held::Items(items) | Held::Lacking(items) = &mut range.held {
                    for item in items {
                        if chance.percent(50) { item.number += 1 } else { item.hash[0] ^= 1 }
                    }
                }
            }
        }
        _ => return Some(frame),
    }
    tally.attacks += 1;
    Frame::decode(&frame.encode()).ok()
}

/// Alters records on their way.
fn alter(bundle: &mut Bundle, chance: &mut Chance) {
    match chance.below(9) {
        // The seals stripped off: nothing vouches for what comes.
        0 | 1 => bundle.seals.clear(),
        // A seal of somebody else's making.
        2 => bundle.seals.iter_mut().for_each(|seal| seal.signature.0[0] ^= 1),
        // A seal over another record than it was made for.
        3 => bundle.seals.iter_mut().for_each(|seal| seal.number += 1),
        // A record that says something else.
        4 => {
            let records: Vec<_> = bundle.runs.iter_mut().flat_map(|run| &mut run.records).collect();
            let at = chance.below(records.len());
            if let Some(byte) = records.into_iter().nth(at).and_then(|record| record.last_mut()) {
                *byte ^= 1;
            }
        }
        // Gone, so that what stands on it comes without it.
        5 => {
            bundle.runs.clear();
            bundle.seals.clear();
        }
        // The first record of each run gone, and the others in its place.
        6 => bundle.runs.iter_mut().for_each(|run| drop(run.records.remove(0))),
        // In another order: what stands on something comes before it.
        7 => bundle.runs.reverse(),
        // Another device's name on the chain.
        _ => {
            for chain in &mut bundle.chains {
                if let BundleChain::Head(head) = chain
                    && let Some(byte) = head.get_mut(40)
                {
                    *byte ^= 1;
                }
            }
        }
    }
}
