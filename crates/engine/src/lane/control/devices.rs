//! Requests about the devices of this device's person.

use serde_json::{Value, json};
use sheaf_protocol::PairStage;

use super::members::{begins, the_one};
use super::{Answer, Fields};
use crate::devices::{OwnDeviceReport, TakenOut, device_name};
use crate::engine::Engine;
use crate::lane::{Failure, text::text};
use crate::library::Standing;
use crate::said::{Tells, said_to_json};

/// Answers one of these requests.
pub(super) async fn answer(engine: &Engine, call: &str, fields: &Fields) -> Answer {
    match call {
        "remove_device" => remove(engine, fields).await,
        "link_device" => link(engine, fields).await,
        "linking" => Ok(linking(engine)),
        "link_agree" => agree(engine, fields),
        "link_stop" => Ok(stop(engine)),
        _ => Ok(list(engine)),
    }
}

fn list(engine: &Engine) -> Value {
    let documents = engine.documents().iter().filter(|entry| matches!(Standing::of(entry), Standing::Private | Standing::Shared)).count();
    let this = json!({
        "device": engine.device().to_string(),
        "short": engine.device().short(),
        "name": device_name(&engine.shared),
        "mine": true,
        "linked": true,
        "last_seen": engine.shared.clock.wall().0,
        "since": null,
        "documents": documents,
    });
    let others = engine.devices();
    let others = others.iter().map(|OwnDeviceReport { device, way, documents }| {
        json!({
            "device": device.device.to_string(),
            "short": device.device.short(),
            "name": device.name,
            "mine": false,
            "linked": way.linked,
            "last_seen": way.last_seen,
            "since": device.since.0,
            "documents": documents,
        })
    });
    json!({ "devices": std::iter::once(this).chain(others).collect::<Vec<_>>() })
}

/// Makes a ticket, or follows one; with `preview` only says what it says.
async fn link(engine: &Engine, fields: &Fields) -> Answer {
    if !fields.contains_key("ticket") {
        let made = engine.link_device().await?;
        return Ok(json!({
            "ticket": made.ticket,
            "lives": made.lives.as_millis() as u64,
            "warning": made.warning.as_ref().map(|warning| warning.english.clone()),
            "warning_said": said_to_json(made.warning.as_ref()),
        }));
    }
    let ticket = text(fields, "ticket")?;
    if fields.get("preview") == Some(&Value::Bool(true)) {
        let preview = engine.link_preview(&ticket)?;
        return Ok(json!({
            "device": preview.ticket.maker.to_string(),
            "fingerprint": preview.ticket.maker.short(),
            "name": preview.ticket.name,
            "routes": preview.routes,
            "known": preview.known,
        }));
    }
    engine.link_with(&ticket)?;
    Ok(json!({}))
}

/// How far the linking is; with the reason why it came to nothing, or why the maker of the ticket has not been reached so far.
fn linking(engine: &Engine) -> Value {
    let Some(linking) = engine.linking() else { return json!({ "state": "none" }) };
    let (state, spoken, why) = match linking.stage {
        PairStage::Waiting => ("waiting", None, None),
        PairStage::Comparing(spoken) => ("comparing", Some(spoken), None),
        PairStage::Agreed(spoken) => ("agreed", Some(spoken), None),
        PairStage::Paired => ("linked", None, None),
        PairStage::Over(why) => ("over", None, Some(why)),
    };
    let (reason, said) = match why {
        Some(why) => (Some(why.to_string()), Some(why.said())),
        None => (linking.unreached.as_ref().map(|why| why.english.clone()), linking.unreached),
    };
    json!({
        "state": state,
        "made_here": linking.made_here,
        "spoken": spoken.map(pairs),
        "device": linking.device.map(|device| device.to_string()),
        "short": linking.device.map(|device| device.short()),
        "name": linking.name,
        "left": linking.left.as_millis() as u64,
        "reason": reason,
        "said": said_to_json(said.as_ref()),
    })
}

/// Six digits in three pairs, which are read aloud in any language.
fn pairs(spoken: u32) -> Vec<String> {
    [spoken / 10_000, spoken / 100 % 100, spoken % 100].iter().map(|pair| format!("{pair:02}")).collect()
}

/// The digits are the same.
fn agree(engine: &Engine, fields: &Fields) -> Answer {
    let digits = fields.get("spoken").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect::<String>();
    let spoken = digits.parse().map_err(|_| Failure::malformed("\"spoken\" is the digits that were compared"))?;
    engine.agree(spoken)?;
    Ok(json!({}))
}

fn stop(engine: &Engine) -> Value {
    engine.stop_linking();
    json!({})
}

/// Takes a device out of everything, and says what became of each document.
async fn remove(engine: &Engine, fields: &Fields) -> Answer {
    let meant_by = text(fields, "device")?;
    let own = engine.devices();
    let device = |it: &OwnDeviceReport| it.device.device;
    let tell = |it: &OwnDeviceReport| format!("{} ({})", device(it), it.device.name);
    let by_id = the_one(&own, &meant_by, |it| begins(device(it), &meant_by), tell)?.map(device);
    let named = match by_id {
        Some(by_id) => Some(by_id),
        None => the_one(&own, &meant_by, |it| it.device.name == meant_by, tell)?.map(device),
    };
    // One that is not noted any more may be in documents still.
    let found = named.or_else(|| meant_by.parse().ok()).ok_or_else(|| Failure::unknown_name(meant_by.clone()))?;
    let taken = engine.drop_device(found).await?;
    Ok(json!({ "device": found.to_string(), "documents": taken.iter().map(taken_to_json).collect::<Vec<_>>() }))
}

fn taken_to_json(taken: &TakenOut) -> Value {
    json!({
        "document": taken.document.to_string(),
        "title": taken.title,
        "removed": taken.why.is_none(),
        "new_key": taken.new_key,
        "reason": taken.why.as_ref().map(|why| why.english.clone()),
        "said": said_to_json(taken.why.as_ref()),
    })
}
