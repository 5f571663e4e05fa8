//! What must hold: after every step, and at the end. (What must hold of every write and every frame is in the ledger.)

use std::collections::BTreeSet;

use sheaf_base::limits;
use sheaf_document::{DeviceFact, DeviceState};
use sheaf_schema::Delta;

use crate::{
    device::{Device, INBOX, Process},
    view::words,
    world::World,
};

/// Outputs that one turn may lead to: some for each thing heard, and for each link.
const TOLD_AT_ONCE: usize = 16 * limits::TURN_INPUTS;

/// Comings and goings of links that may wait beside the frames of one inbox.
const LINK_EVENTS: usize = 64;

/// After every step: queues are short, yrs holds nothing back, what a device has called saved is on its screens, and what it says of others
/// is true. How many such facts were looked at.
pub(crate) fn hold(world: &World) -> Result<u64, String> {
    for device in &world.devices {
        let Some(process) = &device.process else { continue };
        let checked = bounded(process).and_then(|()| nothing_pends(process));
        checked.map_err(|what| format!("device {}: {what}", device.index))?;
    }
    let turn = &world.devices[world.step() % world.devices.len()];
    let facts = tells_the_truth(world, turn)?;
    if world.plan.quarreling {
        // What somebody saved may not count.
        world.shows_what_counts(turn)?;
    } else if !turn.hostile {
        shows_what_it_saved(world, turn)?;
    }
    Ok(facts)
}

/// One step of a process told no more than a queue may hold.
pub(crate) fn told(outputs: usize) -> Result<(), String> {
    if outputs > TOLD_AT_ONCE { Err(format!("{outputs} outputs of one turn")) } else { Ok(()) }
}

fn bounded(process: &Process) -> Result<(), String> {
    let waiting = process.document.waiting();
    let queues = [
        ("messages of peers", process.from_peers.len(), INBOX + LINK_EVENTS),
        ("records of one chain that wait for what they stand on", waiting.uncovered, limits::WAITING),
        ("bytes of records that wait", waiting.bytes, limits::TURN_BYTES),
        ("inputs kept", waiting.inputs, limits::TURN_INPUTS),
        ("shows that can be transformed past", waiting.shows, limits::RING_SHOWS),
    ];
    match queues.iter().find(|(_, length, limit)| length > limit) {
        Some((what, length, limit)) => Err(format!("{length} {what}; at most {limit} may be")),
        None => Ok(()),
    }
}

fn nothing_pends(process: &Process) -> Result<(), String> {
    if process.document.is_pending() { Err("yrs holds something back".to_owned()) } else { Ok(()) }
}

/// Whether the screens of a device that is not busy show every word that it has called saved and nobody deleted.
fn shows_what_it_saved(world: &World, device: &Device) -> Result<(), String> {
    let Some(process) = device.process.as_ref().filter(|process| process.is_idle()) else { return Ok(()) };
    for view in process.views.values().filter(|view| view.opened && view.is_quiet() && !world.has_mail_for(device.index, &view.id)) {
        let present: BTreeSet<String> = words(&view.screen().text()).into_iter().collect();
        if let Some(word) = world.ledger.must_be_there(Some(device.index)).find(|word| !present.contains(*word)) {
            return Err(format!("device {} called {word} saved and does not show it", device.index));
        }
    }
    Ok(())
}

/// Whether a device calls nobody complete who lacks something that it holds itself. How many facts were looked at.
/// Where frames are altered on their way, boasts among them, a device cannot know better.
fn tells_the_truth(world: &World, device: &Device) -> Result<u64, String> {
    let Some(status) = world.statuses.get(&device.index).filter(|_| !device.hostile && device.process.is_some() && !world.is_attacked())
    else {
        return Ok(0);
    };
    let mut facts = 0;
    for other in world.devices.iter().filter(|other| !other.hostile && other.index != device.index) {
        let id = world.device_id(other.index);
        let Some(fact) = status.devices.iter().find(|fact| fact.device == id && fact.state == DeviceState::HasAll) else { continue };
        // A backup takes back what was said before it; its next receipt says so.
        if !is_heard_anew(world, device, other, fact) || world.put_back.contains_key(&device.index) {
            continue;
        }
        facts += 1;
        if let Some((chain, number)) = world.ledger.lacking(device.index, other.index) {
            return Err(format!(
                "device {} says that device {} has all, which lacks record {number} of {chain:?}",
                device.index, other.index
            ));
        }
    }
    Ok(facts)
}

/// Whether the receipt that a device has heard of another last was given since the other was last put back to a backup.
fn is_heard_anew(world: &World, device: &Device, other: &Device, fact: &DeviceFact) -> bool {
    let Some(put_back) = world.put_back.get(&other.index) else { return true };
    let run = fact.said_at.and_then(|at| device.heard.get(&(fact.device, at)));
    run.and_then(|run| world.runs.get(run)).is_some_and(|first| first > put_back)
}

/// Whether a device says of every other that it has all, or why it has not.
fn names_everybody(world: &World, device: &Device, process: &Process) -> Result<(), String> {
    let status = process.document.status();
    for other in world.devices.iter().filter(|other| other.index != device.index && (other.hostile || world.takes_part(other))) {
        let id = world.device_id(other.index);
        let state = status.devices.iter().find(|fact| fact.device == id).map(|fact| &fact.state);
        match state {
            Some(DeviceState::HasAll) => {}
            _ if other.hostile => {}
            _ => return Err(format!("device {} does not know that device {} has all: {state:?}", device.index, other.index)),
        }
    }
    Ok(())
}

/// Whether nothing is going on any more: everybody has a first copy, views are quiet, and all frontiers are equal.
pub(crate) fn calm(world: &World) -> Result<(), String> {
    let honest = || world.devices.iter().filter(|device| world.takes_part(device));
    if honest().any(|device| world.has_mail_to(device.index)) {
        return Err("a window has not been told everything".to_owned());
    }
    let mut frontiers = BTreeSet::new();
    for device in honest() {
        let Some(process) = &device.process else { return Err(format!("device {} is not running", device.index)) };
        if !process.is_idle() {
            return Err(format!("device {} is busy", device.index));
        }
        if process.views.is_empty() || process.views.values().any(|view| !view.opened || !view.is_quiet()) {
            return Err(format!("a view of device {} is waiting", device.index));
        }
        frontiers.insert(process.document.frontier_digest());
    }
    if frontiers.len() > 1 {
        return Err(format!("{} different frontiers", frontiers.len()));
    }
    let running = honest().filter_map(|device| Some((device, device.process.as_ref()?)));
    running.into_iter().try_for_each(|(device, process)| names_everybody(world, device, process))
}

/// All show and hold the same, nothing waits for anything, and nobody's saved words are gone.
pub(crate) fn agree(world: &World) -> Result<(), String> {
    let mut screens = Vec::new();
    let mut states = BTreeSet::new();
    for device in world.devices.iter().filter(|device| world.takes_part(device)) {
        let Some(process) = &device.process else { continue };
        screens.extend(process.views.values().map(|view| (device.index, view.screen())));
        states.insert(process.document.state_hash());
        let waiting = process.document.waiting();
        // What nobody vouches for may wait as long as the link that it came by. And a backup takes records back that others have heard of: what
        // stands on more that went with them waits in vain, since all hold the same by now. (Soak, seed 1795906461: two of three devices were put back.)
        let in_vain = world.is_attacked() || world.plan.hostile > 0 || world.tally.restores > 0;
        if (!in_vain && (waiting.bytes > 0 || waiting.uncovered > 0)) || waiting.inputs > 0 {
            return Err(format!("device {} still waits though everything is here: {waiting:?}", device.index));
        }
    }
    let Some((_, first)) = screens.first() else { return Err("nobody is left to ask".to_owned()) };
    if let Some((who, other)) = screens.iter().find(|(_, screen)| screen != first) {
        return Err(format!("device {who} shows another text than device {}: {}", screens[0].0, difference(first, other)));
    }
    if states.len() != 1 || states.contains(&None) {
        return Err(format!("{} different states under one text", states.len()));
    }
    if world.plan.quarreling {
        // Which words must be there is looked at record by record.
        return Ok(());
    }
    let present: BTreeSet<String> = words(&first.text()).into_iter().collect();
    let lost: Vec<&String> = honest_words(world).filter(|word| !present.contains(*word)).collect();
    if lost.is_empty() { Ok(()) } else { Err(format!("saved words are gone though nobody deleted them: {lost:?}")) }
}

/// What honest devices have called saved and nobody deleted.
fn honest_words(world: &World) -> impl Iterator<Item = &String> {
    let honest = world.devices.iter().filter(|device| !device.hostile);
    honest.flat_map(|device| world.ledger.must_be_there(Some(device.index)))
}

/// Where two texts part, in few words.
fn difference(one: &Delta, other: &Delta) -> String {
    let place = one.ops.iter().zip(&other.ops).take_while(|(one, other)| one == other).count();
    let around = |delta: &Delta| delta.ops.iter().skip(place).take(2).map(|op| format!("{op:?}")).collect::<Vec<_>>().join(", ");
    format!("at operation {place}\n  {}\n  {}", around(one), around(other))
}
