//! Requests about who is in a document.

use serde_json::{Value, json};
use sheaf_base::{DeviceId, Hash};
use sheaf_document::{Act, Membership, Role};

use super::library::meant;
use super::{Answer, Fields};
use crate::engine::Engine;
use crate::lane::{Failure, text::text};
use crate::library::{PREFIX, role_name};
use crate::members::Can;

/// Answers one of these requests.
pub(super) async fn answer(engine: &Engine, call: &str, fields: &Fields) -> Answer {
    match call {
        "role" => role(engine, fields).await,
        "remove" => remove(engine, fields).await,
        "transfer" => transfer(engine, fields).await,
        "ends" => ends(engine, fields).await,
        "leave" => leave(engine, fields).await,
        "refused" => refused(engine, fields).await,
        _ => list(engine, fields).await,
    }
}

async fn list(engine: &Engine, fields: &Fields) -> Answer {
    let document = meant(engine, fields)?;
    let role = engine.live(document).await?.facts().role;
    let Can { invite, manage, transfer, leave } = Can::of(role);
    let members = engine.memberships(document).await?;
    let through = engine.through_folder(document, &members).await?.map(|(_, through)| through);
    let through = |member: &Membership| through.as_ref().map(|through| through.contains(&member.id));
    let members: Vec<Value> = members.iter().map(|member| member_to_json(engine, member, through(member))).collect();
    Ok(json!({
        "me": {
            "role": role_name(role),
            "owner": role == Role::Owner,
            "can": { "invite": invite, "manage": manage, "transfer": transfer, "leave": leave },
        },
        "members": members,
    }))
}

/// A member; `through` says whether they are in the document through its folder, if it is in one. `device`, `person` and `last_seen` say of the first of their devices what they did when a member had one.
fn member_to_json(engine: &Engine, member: &Membership, through: Option<bool>) -> Value {
    let me = engine.device();
    let devices: Vec<Value> = member
        .devices
        .iter()
        .map(|device| {
            json!({
                "device": device.to_string(),
                "short": device.short(),
                "mine": *device == me,
                "role": role_name(member.role),
                "last_seen": engine.way(*device).last_seen,
            })
        })
        .collect();
    json!({
        "id": member.id.to_string(),
        "name": member.name,
        "colour": member.colour,
        "role": role_name(member.role),
        "owner": member.role == Role::Owner,
        "mine": member.mine,
        "ends": member.ends.map(|at| at.0),
        "invitation": member.invitation.map(|invitation| invitation.to_string()),
        "since": member.since.map(|at| at.0),
        "through_folder": through,
        "device": member.devices.first().map(DeviceId::to_string),
        "person": member.name,
        "last_seen": devices.first().map(|device| device["last_seen"].clone()),
        "devices": devices,
    })
}

async fn role(engine: &Engine, fields: &Fields) -> Answer {
    let (member, role) = (member(engine, fields).await?, role_of(fields)?.ok_or_else(|| Failure::malformed("\"role\" is missing"))?);
    done(engine, fields, Act::Role { member, role }).await
}

async fn remove(engine: &Engine, fields: &Fields) -> Answer {
    if fields.contains_key("device") {
        let meant_by = text(fields, "device")?;
        let document = meant(engine, fields)?;
        engine.remove_device(document, device(&engine.memberships(document).await?, &meant_by)?).await?;
        return Ok(json!({}));
    }
    let member = member(engine, fields).await?;
    done(engine, fields, Act::Remove { member, devices: Vec::new() }).await
}

async fn transfer(engine: &Engine, fields: &Fields) -> Answer {
    let member = member(engine, fields).await?;
    done(engine, fields, Act::Transfer { member }).await
}

async fn ends(engine: &Engine, fields: &Fields) -> Answer {
    let after = milliseconds(fields, "in")?.map(|after| engine.shared.clock.wall().0.saturating_add(after));
    let at = milliseconds(fields, "at")?.or(after);
    engine.ends(meant(engine, fields)?, member(engine, fields).await?, at).await?;
    Ok(json!({}))
}

async fn leave(engine: &Engine, fields: &Fields) -> Answer {
    done(engine, fields, Act::Leave).await
}

/// What this device wrote and what was not accepted, for taking it elsewhere. When it was written is in none of the texts.
async fn refused(engine: &Engine, fields: &Fields) -> Answer {
    let texts = engine.unaccepted(meant(engine, fields)?).await?;
    Ok(json!({ "edits": texts.iter().map(|text| json!({ "at": null, "text": text })).collect::<Vec<_>>() }))
}

/// Does something about members.
pub(super) async fn done(engine: &Engine, fields: &Fields, act: Act) -> Answer {
    engine.administer(meant(engine, fields)?, act).await?;
    Ok(json!({}))
}

/// The member that a request means: by id, by the beginning of one or of a device's, or by name where one person has it.
async fn member(engine: &Engine, fields: &Fields) -> Result<Hash, Failure> {
    let meant_by = text(fields, "member")?;
    let members = engine.memberships(meant(engine, fields)?).await?;
    let has_id = |it: &Membership| begins(it.id, &meant_by) || it.devices.iter().any(|device| begins(device, &meant_by));
    let tell = |it: &Membership| format!("{} ({})", it.id, it.name);
    let by_id = the_one(&members, &meant_by, has_id, tell)?;
    let found = by_id.map_or_else(|| the_one(&members, &meant_by, |it| it.name == meant_by, tell), |by_id| Ok(Some(by_id)))?;
    found.map(|it| it.id).ok_or_else(|| Failure::unknown_name(meant_by))
}

/// The device of a member that is meant: by id, or by the beginning of one.
fn device(members: &[Membership], meant_by: &str) -> Result<DeviceId, Failure> {
    let devices: Vec<DeviceId> = members.iter().flat_map(|member| member.devices.iter().copied()).collect();
    match the_one(&devices, meant_by, |device| begins(device, meant_by), ToString::to_string)? {
        Some(device) => Ok(*device),
        // One that is nobody's here is refused by the rule's own words.
        None => meant_by.parse().map_err(|_| Failure::unknown_name(meant_by.to_owned())),
    }
}

/// Whether an id is meant by its beginning.
pub(super) fn begins(id: impl ToString, meant_by: &str) -> bool {
    meant_by.len() >= PREFIX && id.to_string().starts_with(&meant_by.to_ascii_lowercase())
}

/// The one that is meant, if any is; several are told apart by what `tell` says of them.
pub(super) fn the_one<'a, T>(
    all: &'a [T],
    meant_by: &str,
    is_meant: impl Fn(&T) -> bool,
    tell: impl Fn(&T) -> String,
) -> Result<Option<&'a T>, Failure> {
    let found: Vec<&T> = all.iter().filter(|one| is_meant(one)).collect();
    match found[..] {
        [] => Ok(None),
        [only] => Ok(Some(only)),
        _ => Err(Failure::ambiguous(meant_by.to_owned(), found.into_iter().map(tell).collect())),
    }
}

/// The role in a request, if there is one. Nobody is made an owner by one: a document is handed over.
pub(super) fn role_of(fields: &Fields) -> Result<Option<Role>, Failure> {
    match super::library::optional_text(fields, "role")?.as_deref() {
        None => Ok(None),
        Some("view") => Ok(Some(Role::View)),
        Some("comment") => Ok(Some(Role::Comment)),
        Some("edit") => Ok(Some(Role::Edit)),
        Some("admin") => Ok(Some(Role::Admin)),
        Some(other) => Err(Failure::malformed(format!("{other:?} is not a role to give: view, comment, edit or admin"))),
    }
}

/// A number of milliseconds, if there is one.
pub(super) fn milliseconds(fields: &Fields, name: &str) -> Result<Option<u64>, Failure> {
    match fields.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(number) => number.as_u64().map(Some).ok_or_else(|| Failure::malformed(format!("{name:?} is a number of milliseconds"))),
    }
}
