//! Requests about invitations: making them, following them, taking them back, and letting in who waits.

use std::time::Duration;

use serde_json::{Value, json};
use sheaf_access::{TicketKind, limits};
use sheaf_base::{Hash, Wall};
use sheaf_document::{Act, InvitationFact, Member, Role, Terms};

use super::library::{meant, optional_text};
use super::members::{begins, done, milliseconds, role_of, the_one};
use super::{Answer, Fields};
use crate::engine::Engine;
use crate::lane::{Failure, text::text};
use crate::library::role_name;
use crate::said::said_to_json;
use crate::sharing::Offer;

/// How long `join` waits for the first copy unless told otherwise.
const WAIT: u64 = 30;

pub(super) async fn share(engine: &Engine, fields: &Fields) -> Answer {
    let document = meant(engine, fields)?;
    let role = role_of(fields)?.unwrap_or(Role::Edit);
    let offer = Offer { role, label: optional_text(fields, "label")?.unwrap_or_default(), terms: terms(engine, fields)? };
    let shared = engine.share(document, offer).await?;
    let mut answer = json!({
        "document": document.to_string(),
        "title": shared.title,
        "ticket": shared.ticket,
        "link": shared.link,
        "role": role_name(role),
        "invitation": shared.invitation.to_string(),
        "profile": engine.network_report().profile,
    });
    if let Some(warning) = shared.warning {
        answer["said"] = said_to_json(Some(&warning));
        answer["warning"] = warning.english.into();
    }
    Ok(answer)
}

/// What makes an invitation one that its maker grants. Without any of it whoever has the ticket comes in.
fn terms(engine: &Engine, fields: &Fields) -> Result<Option<Terms>, Failure> {
    let uses = match fields.get("uses") {
        None | Some(Value::Null) => None,
        Some(uses) => {
            let fits = |uses: &u64| (1..=u64::from(limits::USES)).contains(uses);
            let uses = uses.as_u64().filter(fits);
            Some(uses.ok_or_else(|| Failure::malformed(format!("\"uses\" is a number from 1 to {}", limits::USES)))?)
        }
    };
    let expires = milliseconds(fields, "expires_in")?.map(|left| Wall(engine.shared.clock.wall().0.saturating_add(left)));
    let approved = fields.get("approve").and_then(Value::as_bool).unwrap_or(false);
    let counted = uses.is_some() || expires.is_some() || approved;
    Ok(counted.then(|| Terms { uses: uses.map_or(limits::USES, |uses| uses as u32), expires, approved }))
}

pub(super) fn preview(engine: &Engine, fields: &Fields) -> Answer {
    let preview = engine.preview(&text(fields, "ticket")?)?;
    Ok(json!({
        "document": preview.ticket.document.to_string(),
        "title": preview.ticket.title,
        "inviter": preview.ticket.name,
        "device": preview.ticket.inviter.to_string(),
        "fingerprint": preview.ticket.inviter.short(),
        "role": role_name(preview.ticket.role),
        // How many documents were in it when the ticket was made; none for a document.
        "folder": preview.ticket.folder,
        "kind": match preview.ticket.kind {
            TicketKind::Open => "open",
            TicketKind::Counted => "counted",
            TicketKind::Approved => "approved",
            TicketKind::Added => "added",
        },
        "spoken": preview.spoken.map(groups),
        "routes": preview.routes,
        "known": preview.known,
    }))
}

pub(super) async fn join(engine: &Engine, fields: &Fields) -> Answer {
    let wait = match fields.get("wait") {
        None | Some(Value::Null) => WAIT,
        Some(wait) => wait.as_u64().ok_or_else(|| Failure::malformed("\"wait\" is a number of seconds"))?,
    };
    let joined = engine.join(&text(fields, "ticket")?, Duration::from_secs(wait)).await?;
    Ok(json!({
        "document": joined.document.to_string(),
        "state": if joined.ready { "ready" } else { "waiting" },
        "asked": joined.asked,
        "spoken": joined.spoken.map(groups),
    }))
}

pub(super) async fn list(engine: &Engine, fields: &Fields) -> Answer {
    let document = meant(engine, fields)?;
    let members = engine.live(document).await?.facts().members.clone();
    let now = engine.shared.clock.wall();
    let invitations = engine.invitations(document).await?;
    let invitations: Vec<Value> = invitations.iter().map(|it| invitation_to_json(it, &members, now)).collect();
    Ok(json!({ "invitations": invitations }))
}

fn invitation_to_json(it: &InvitationFact, members: &[Member], now: Wall) -> Value {
    let maker = members.iter().find(|member| member.device == it.by);
    let expires = it.terms.and_then(|terms| terms.expires);
    // One with as many uses as there may be was made without a number.
    let limit = it.terms.map(|terms| terms.uses).filter(|uses| *uses < limits::USES);
    json!({
        "id": it.id.to_string(),
        "label": it.label,
        "role": role_name(it.role),
        "by": maker.map(|maker| maker.name.clone()).unwrap_or_default(),
        "device": it.by.to_string(),
        "mine": it.mine,
        "open": it.open && expires.is_none_or(|end| now < end),
        "kind": if it.terms.is_some() { "counted" } else { "open" },
        "uses": it.used,
        "limit": limit,
        "expires": expires.map(|end| end.0),
        "approve": it.terms.is_some_and(|terms| terms.approved),
    })
}

pub(super) async fn revoke(engine: &Engine, fields: &Fields) -> Answer {
    let meant_by = text(fields, "invitation")?;
    let invitations = engine.invitations(meant(engine, fields)?).await?;
    let found = the_one(&invitations, &meant_by, |it| begins(it.id, &meant_by), |it| it.id.to_string())?;
    let invitation = found.ok_or_else(|| Failure::unknown_name(meant_by.clone()))?.id;
    done(engine, fields, Act::Revoke { invitation }).await
}

pub(super) async fn requests(engine: &Engine, fields: &Fields) -> Answer {
    let requests = engine.requests(meant(engine, fields)?).await?;
    let requests = requests.iter().map(|asked| {
        json!({
            "id": asked.id.to_string(),
            "name": asked.name,
            "device": asked.device.to_string(),
            "short": asked.device.short(),
            "role": role_name(asked.role),
            "invitation": asked.invitation.to_string(),
            "spoken": groups(asked.spoken),
            "asked": asked.asked.0,
        })
    });
    Ok(json!({ "requests": requests.collect::<Vec<_>>() }))
}

pub(super) async fn admit(engine: &Engine, fields: &Fields) -> Answer {
    let request = request(engine, fields).await?;
    done(engine, fields, Act::Admit { request }).await
}

pub(super) async fn decline(engine: &Engine, fields: &Fields) -> Answer {
    let request = request(engine, fields).await?;
    done(engine, fields, Act::Decline { request }).await
}

/// The request that is meant: by id, or by the beginning of one.
async fn request(engine: &Engine, fields: &Fields) -> Result<Hash, Failure> {
    let meant_by = text(fields, "request")?;
    let requests = engine.requests(meant(engine, fields)?).await?;
    match the_one(&requests, &meant_by, |asked| begins(asked.id, &meant_by), |asked| asked.id.to_string())? {
        Some(asked) => Ok(asked.id),
        // Somebody may have dealt with it: the document says so in its own words.
        None => meant_by.parse().map_err(|_| Failure::unknown_name(meant_by)),
    }
}

/// Twelve digits in four groups, which are read aloud in any language.
fn groups(spoken: u64) -> Vec<String> {
    [1_000_000_000, 1_000_000, 1_000, 1].iter().map(|unit| format!("{:03}", spoken / unit % 1_000)).collect()
}
