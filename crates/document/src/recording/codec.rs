//! How a recording is spelled: a tag, then the fields. Read by this version of Sheaf and by nobody else: a bundle names the version that made it.

use std::time::Duration;

use sheaf_access::{Operation, Role};
use sheaf_base::{DeviceId, Hash, Moment, Wall, limits};
use sheaf_protocol::{Frame, RouteHint};
use sheaf_record::{Malformed, Reader, Writer};
use sheaf_replica::Place;
use sheaf_schema::Delta;

use super::{Event, LONGEST, Played};
use crate::input::{Act, Input, LinkUp, PeerId, Present, Push, RequestId, Selection, Terms, ViewId};

pub(super) fn write_turn(w: &mut Writer, digest: [u8; 8]) {
    w.byte(1).raw(&digest);
}

pub(super) fn write_at_once(w: &mut Writer) {
    w.byte(2);
}

pub(super) fn write_written(w: &mut Writer) {
    w.byte(3);
}

pub(super) fn write_heard(w: &mut Writer, input: &Input, now: Moment) {
    write_moment(w.byte(4), now);
    write_input(w, input);
}

pub(super) fn read_event(r: &mut Reader<'_>) -> Result<Event, Malformed> {
    Ok(match r.byte("what happened")? {
        1 => Event::Turn(r.array("a turn's digest")?),
        2 => Event::AtOnce,
        3 => Event::Written,
        4 => Event::Heard(read_moment(r)?, read_input(r)?),
        found => return Err(Malformed::Unknown { what: "what happened", found: u64::from(found) }),
    })
}

pub(super) fn write_moment(w: &mut Writer, now: Moment) {
    w.varint(now.wall.0).varint(now.elapsed.as_nanos() as u64);
}

pub(super) fn read_moment(r: &mut Reader<'_>) -> Result<Moment, Malformed> {
    let wall = Wall(r.varint("a wall clock")?);
    Ok(Moment { wall, elapsed: Duration::from_nanos(r.varint("a clock")?) })
}

/// The link that an input came from or speaks of.
pub(super) fn peer(input: &Input) -> Option<u64> {
    match input {
        Input::LinkUp(LinkUp { peer, .. })
        | Input::Receive { peer, .. }
        | Input::LinkFull { peer }
        | Input::LinkFree { peer }
        | Input::LinkDown { peer } => Some(peer.0),
        _ => None,
    }
}

fn write_input(w: &mut Writer, input: &Input) {
    match input {
        Input::Open { view } => {
            w.byte(1).text(&view.0);
        }
        Input::Push(push) => write_push(w.byte(2), push),
        Input::Confirm { view, version } => {
            w.byte(3).text(&view.0).varint(*version);
        }
        Input::Present(present) => write_present(w.byte(4), present),
        Input::Close { view } => {
            w.byte(5).text(&view.0);
        }
        Input::Read { request } => {
            w.byte(6).varint(request.0);
        }
        Input::Edit { request, base, delta } => {
            write_number(w.byte(7).varint(request.0), *base);
            w.text(&delta.to_json());
        }
        Input::Rename { request, title } => {
            w.byte(8).varint(request.0).text(title);
        }
        Input::PutBack { request, text, place } => {
            w.byte(9).varint(request.0).text(text);
            match place {
                Some(Place(place)) => w.byte(1).bytes(place),
                None => w.byte(0),
            };
        }
        Input::Administer { request, act } => write_act(w.byte(10).varint(request.0), act),
        Input::LinkUp(LinkUp { peer, device, exporter, settled }) => {
            w.byte(11)
                .varint(peer.0)
                .raw(&device.0)
                .raw(exporter)
                .byte(u8::from(settled.is_some()))
                .raw(settled.as_ref().map_or(&[], <[u8; 32]>::as_slice));
        }
        Input::Receive { peer, frame } => {
            w.byte(12).varint(peer.0).bytes(&frame.encode());
        }
        Input::LinkFull { peer } => {
            w.byte(13).varint(peer.0);
        }
        Input::LinkFree { peer } => {
            w.byte(14).varint(peer.0);
        }
        Input::LinkDown { peer } => {
            w.byte(15).varint(peer.0);
        }
        Input::Routes { routes } => {
            w.byte(16).varint(routes.len() as u64);
            routes.iter().for_each(|RouteHint { device, route }| {
                w.raw(&device.0).bytes(route);
            });
        }
        Input::Hydrate(hydration) => {
            let snapshot = hydration.snapshot.as_ref().map(|snapshot| snapshot.upto);
            let upto = hydration.rows.last().map(|(row, _)| *row).or(snapshot).unwrap_or(0);
            write_number(w.byte(17), snapshot);
            w.varint(upto);
        }
        Input::Timeout => {
            w.byte(18);
        }
    }
}

fn write_push(w: &mut Writer, Push { view, number, version, delta, undoes }: &Push) {
    w.text(&view.0).varint(*number).varint(*version).text(&delta.to_json());
    match undoes {
        Some((first, last)) => w.byte(1).varint(*first).varint(*last),
        None => w.byte(0),
    };
}

fn write_present(w: &mut Writer, Present { view, version, selection, typing }: &Present) {
    w.text(&view.0).varint(*version).byte(u8::from(*typing));
    match selection {
        Some(Selection { anchor, head }) => w.byte(1).varint(u64::from(*anchor)).varint(u64::from(*head)),
        None => w.byte(0),
    };
}

fn read_input(r: &mut Reader<'_>) -> Result<Played, Malformed> {
    let tag = r.byte("an input")?;
    let input = match tag {
        1 => Input::Open { view: view(r)? },
        2 => {
            let (view, number, version, delta) = (view(r)?, r.varint("a push")?, r.varint("a version")?, delta(r)?);
            let undoes = if flag(r)? { Some((r.varint("a version")?, r.varint("a version")?)) } else { None };
            Input::Push(Push { view, number, version, delta, undoes })
        }
        3 => Input::Confirm { view: view(r)?, version: r.varint("a version")? },
        4 => {
            let (view, version, typing) = (view(r)?, r.varint("a version")?, flag(r)?);
            let selection = if flag(r)? { Some(Selection { anchor: offset(r)?, head: offset(r)? }) } else { None };
            Input::Present(Present { view, version, selection, typing })
        }
        5 => Input::Close { view: view(r)? },
        6 => Input::Read { request: request(r)? },
        7 => Input::Edit { request: request(r)?, base: read_number(r)?, delta: delta(r)? },
        8 => Input::Rename { request: request(r)?, title: text(r)? },
        9 => {
            let (request, text) = (request(r)?, text(r)?);
            let place = if flag(r)? { Some(Place(r.bytes(LONGEST, "a place")?.to_vec())) } else { None };
            Input::PutBack { request, text, place }
        }
        10 => Input::Administer { request: request(r)?, act: read_act(r)? },
        11 => {
            let (peer, device, exporter) = (peer_id(r)?, DeviceId(r.array("a device")?), r.array("keying material")?);
            let settled = if flag(r)? { Some(r.array("a digest")?) } else { None };
            Input::LinkUp(LinkUp { peer, device, exporter, settled })
        }
        12 => Input::Receive { peer: peer_id(r)?, frame: Frame::decode(r.bytes(limits::FRAME, "a frame")?)? },
        13 => Input::LinkFull { peer: peer_id(r)? },
        14 => Input::LinkFree { peer: peer_id(r)? },
        15 => Input::LinkDown { peer: peer_id(r)? },
        16 => {
            let route = |r: &mut Reader<'_>| {
                let device = DeviceId(r.array("a device")?);
                Ok(RouteHint { device, route: r.bytes(LONGEST, "a route")?.to_vec() })
            };
            Input::Routes { routes: r.list(LONGEST, 33, "routes", route)? }
        }
        17 => return Ok(Played::Hydrate { snapshot: read_number(r)?, upto: r.varint("a row")? }),
        18 => Input::Timeout,
        found => return Err(Malformed::Unknown { what: "an input", found: u64::from(found) }),
    };
    Ok(Played::Input(Box::new(input)))
}

fn write_act(w: &mut Writer, act: &Act) {
    match act {
        Act::Invite { role, seed, label } => w.byte(1).byte(role.code()).raw(seed).text(label),
        Act::Profile { name, colour } => w.byte(2).text(name).text(colour),
        Act::Leave => w.byte(3),
        Act::InviteCounted { role, seed, label, terms: Terms { uses, expires, approved } } => {
            write_number(w.byte(4).byte(role.code()).raw(seed).text(label).varint((*uses).into()), expires.map(|end| end.0));
            w.byte((*approved).into())
        }
        Act::Revoke { invitation } => w.byte(5).raw(&invitation.0),
        Act::Role { member, role } => w.byte(6).raw(&member.0).byte(role.code()),
        Act::Remove { member, devices } => {
            w.byte(7).raw(&member.0).varint(devices.len() as u64);
            devices.iter().fold(w, |w, device| w.raw(&device.0))
        }
        Act::Transfer { member } => w.byte(8).raw(&member.0),
        Act::Ends { member, at } => {
            write_number(w.byte(9).raw(&member.0), at.map(|at| at.0));
            w
        }
        Act::Admit { request } => w.byte(10).raw(&request.0),
        Act::AddDevice { added } => w.byte(12).bytes(&Operation::AddDevice(**added).encode()),
        Act::Decline { request } => w.byte(11).raw(&request.0),
    };
}

fn read_act(r: &mut Reader<'_>) -> Result<Act, Malformed> {
    Ok(match r.byte("an act")? {
        1 => Act::Invite { role: Role::read(r)?, seed: r.array("a seed")?, label: text(r)? },
        2 => Act::Profile { name: text(r)?, colour: text(r)? },
        3 => Act::Leave,
        4 => {
            let (role, seed, label, uses) = (Role::read(r)?, r.array("a seed")?, text(r)?, offset(r)?);
            let terms = Terms { uses, expires: read_number(r)?.map(Wall), approved: flag(r)? };
            Act::InviteCounted { role, seed, label, terms }
        }
        5 => Act::Revoke { invitation: hash(r)? },
        6 => Act::Role { member: hash(r)?, role: Role::read(r)? },
        7 => Act::Remove { member: hash(r)?, devices: r.list(LONGEST, 32, "devices", |r| r.array("a device").map(DeviceId))? },
        8 => Act::Transfer { member: hash(r)? },
        10 => Act::Admit { request: hash(r)? },
        11 => Act::Decline { request: hash(r)? },
        12 => match Operation::decode(r.bytes(LONGEST, "a device that is added")?)? {
            Operation::AddDevice(added) => Act::AddDevice { added: Box::new(added) },
            _ => return Err(Malformed::NotCanonical("a device that is added")),
        },
        9 => Act::Ends { member: hash(r)?, at: read_number(r)?.map(Wall) },
        found => return Err(Malformed::Unknown { what: "an act", found: u64::from(found) }),
    })
}

fn hash(r: &mut Reader<'_>) -> Result<Hash, Malformed> {
    r.array("a record").map(Hash)
}

/// A number that may be missing.
pub(super) fn write_number(w: &mut Writer, number: Option<u64>) {
    match number {
        Some(number) => w.byte(1).varint(number),
        None => w.byte(0),
    };
}

pub(super) fn read_number(r: &mut Reader<'_>) -> Result<Option<u64>, Malformed> {
    if flag(r)? { r.varint("a number").map(Some) } else { Ok(None) }
}

fn flag(r: &mut Reader<'_>) -> Result<bool, Malformed> {
    match r.byte("a flag")? {
        0 => Ok(false),
        1 => Ok(true),
        found => Err(Malformed::Unknown { what: "a flag", found: u64::from(found) }),
    }
}

pub(super) fn text(r: &mut Reader<'_>) -> Result<String, Malformed> {
    r.text(LONGEST, "a text").map(str::to_owned)
}

fn view(r: &mut Reader<'_>) -> Result<ViewId, Malformed> {
    Ok(ViewId::from(r.text(LONGEST, "a view's name")?))
}

fn request(r: &mut Reader<'_>) -> Result<RequestId, Malformed> {
    r.varint("a request").map(RequestId)
}

fn peer_id(r: &mut Reader<'_>) -> Result<PeerId, Malformed> {
    r.varint("a link").map(PeerId)
}

fn offset(r: &mut Reader<'_>) -> Result<u32, Malformed> {
    Ok(r.varint_to(u64::from(u32::MAX), "an offset")? as u32)
}

fn delta(r: &mut Reader<'_>) -> Result<Delta, Malformed> {
    Delta::from_json(r.text(LONGEST, "a Delta")?).map_err(|_| Malformed::NotText("a Delta"))
}
