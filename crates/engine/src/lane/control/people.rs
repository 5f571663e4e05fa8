//! Requests about devices, the network and who uses this one.

use serde_json::{Value, json};
use sheaf_document::{DeviceState, Dismissal, State};
use sheaf_sentence::Sentence;

use super::library::{meant, optional_text};
use super::{Answer, Fields};
use crate::doctor::Health;
use crate::engine::Engine;
use crate::facts::Remover;
use crate::lane::{Failure, text::text};
use crate::said::{Said, Tells, said_to_json};
use crate::sharing::{DeviceReport, DocumentReport};
use crate::{settings, task};

/// What is wrong with a device of which there are two.
const TWICE: &str = "two processes with this device's key are at work: a profile is in use twice";

pub(super) async fn status(engine: &Engine, fields: &Fields) -> Answer {
    let documents = match fields.get("document") {
        None | Some(Value::Null) => engine.report_all().await,
        Some(_) => vec![engine.report(meant(engine, fields)?).await?],
    };
    let network = engine.network_report();
    Ok(json!({
        "documents": documents.iter().map(document_status).collect::<Vec<_>>(),
        "network": {
            "profile": network.profile,
            "relay": network.relay,
            "chosen": network.chosen,
            "running": network.running,
            "offline_since": network.offline_since,
            "error": network.error.as_ref().map(|said| &said.english),
            "said": said_to_json(network.error.as_ref()),
        },
    }))
}

fn document_status(report: &DocumentReport) -> Value {
    json!({
        "document": report.document.to_string(),
        "title": report.title,
        "state": match report.state {
            Some(_) if report.removed.is_some() => "removed",
            Some(State::Ready) => "ready",
            Some(State::Waiting) => "waiting",
            Some(State::Left) => "left",
            None => "damaged",
        },
        "by": match &report.removed {
            Some(Remover::Person(name)) => Some(name),
            _ => None,
        },
        "by_own": report.removed == Some(Remover::Own),
        "saved": report.unsaved.is_none(),
        "unsaved_reason": report.unsaved.as_ref().map(|said| &said.english),
        "said": said_to_json(report.unsaved.as_ref()),
        "changed_at": report.changed.0,
        "devices": report.devices.iter().map(device_status).collect::<Vec<_>>(),
        "transfer": report.first_copy.map(|copy| {
            let from = report.devices.iter().find(|device| device.fact.device == copy.from);
            let person = from.map(|device| device.fact.person.clone()).unwrap_or_default();
            json!({ "from": copy.from.to_string(), "person": person, "bytes": copy.bytes, "total": copy.total })
        }),
    })
}

fn device_status(report: &DeviceReport) -> Value {
    let (state, behind) = match (&report.fact.state, report.way.linked) {
        (DeviceState::HasAll, _) => ("has_all", 0),
        // Whoever is asked has not said no.
        (DeviceState::Refused { reason: Dismissal::Asked }, _) => ("waiting", 0),
        (DeviceState::Refused { .. }, _) => ("refused", 0),
        (DeviceState::Behind { edits }, true) => ("behind", *edits),
        (DeviceState::Unknown, true) => ("waiting", 0),
        (DeviceState::Behind { edits }, false) => ("unreachable", *edits),
        (DeviceState::Unknown, false) => ("unreachable", 0),
    };
    let reason = match &report.fact.state {
        DeviceState::Refused { reason } => Some(reason.said()),
        _ if report.fact.twice => Some(Said::new(Sentence::ProfileTwice {}, TWICE)),
        // Who has everything need not be reached.
        DeviceState::HasAll => None,
        _ => report.way.reason.clone(),
    };
    json!({
        "device": report.fact.device.to_string(),
        "member": report.fact.member.map(|member| member.to_string()),
        "person": report.fact.person,
        "colour": report.fact.colour,
        "mine": false,
        "state": state,
        "behind": behind,
        "ahead": report.fact.ahead,
        "linked": report.way.linked,
        // A device that has not been met since this process began was met when it gave its receipt, if not later. One that another has carried says
        // nothing of when the device was there.
        "last_seen": report.way.last_seen.max(report.fact.said_at.map(|at| at.0)),
        "receipt_at": report.fact.receipt_at.map(|at| at.0),
        "path": report.way.direct.map(|direct| if direct { "direct" } else { "relayed" }),
        "rtt_ms": report.way.rtt_ms,
        "session": report.session.map(|session| session.to_string()),
        "reason": reason.as_ref().map(|said| &said.english),
        "said": said_to_json(reason.as_ref()),
    })
}

/// Writes a bundle of a document into a new file of the machine that the node runs on.
pub(super) async fn diagnose(engine: &Engine, fields: &Fields) -> Answer {
    let document = meant(engine, fields)?;
    let out = text(fields, "out")?;
    let path = std::path::Path::new(&out);
    if !path.is_absolute() {
        return Err(Failure::malformed("\"out\" is a path that begins at the root: the node runs in another folder"));
    }
    let content = fields.get("content").and_then(Value::as_bool).unwrap_or(false);
    let made = engine.diagnose(document, path, content).await?;
    let state: String = made.state.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(
        json!({ "file": out, "bytes": made.bytes, "content": content, "whole": made.whole, "inputs": made.inputs, "plays": made.plays, "state": state }),
    )
}

pub(super) async fn doctor(engine: &Engine) -> Value {
    let findings = engine.examine().await.into_iter().map(|finding| {
        json!({
            "check": finding.check,
            "state": match finding.health {
                Health::Works => "works",
                Health::Fails => "fails",
                Health::Unused => "unused",
            },
            "words": finding.said.english,
            "said": said_to_json(Some(&finding.said)),
            "device": finding.device.map(|device| device.to_string()),
        })
    });
    json!({ "findings": findings.collect::<Vec<_>>() })
}

pub(super) async fn network(engine: &Engine, fields: &Fields) -> Answer {
    let relay = optional_text(fields, "relay")?;
    let profile = match (optional_text(fields, "profile")?.as_deref(), relay) {
        (None, None) => None,
        (Some("relay") | None, Some(url)) => Some(format!("relay={url}")),
        (Some(name), _) => Some(name.to_owned()),
    };
    if let Some(profile) = profile {
        engine.set_network(&profile).await?;
    }
    let report = engine.network_report();
    Ok(json!({ "profile": report.profile, "relay": report.relay, "chosen": report.chosen, "overridden": report.overridden }))
}

pub(super) async fn me(engine: &Engine, fields: &Fields) -> Answer {
    let (name, colour) = (optional_text(fields, "name")?, optional_text(fields, "colour")?);
    let me = engine.set_me(name, colour).await?;
    Ok(json!({ "name": me.name, "colour": me.colour }))
}

pub(super) async fn settings(engine: &Engine, fields: &Fields) -> Answer {
    let shared = engine.shared.clone();
    let values = match fields.get("set") {
        None | Some(Value::Null) => task::blocking(move || Ok(settings::window(&shared))).await,
        Some(Value::Object(change)) => {
            let change = change.clone();
            task::blocking(move || settings::set_window(&shared, change)).await
        }
        Some(_) => return Err(Failure::malformed("\"set\" is an object")),
    };
    Ok(json!({ "settings": values? }))
}
