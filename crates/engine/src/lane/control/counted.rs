//! Requests about what was counted: this device's own statistics, and how a document and its links are doing since Sheaf began.

use serde_json::{Value, json};

use super::library::meant;
use super::{Answer, Fields};
use crate::engine::Engine;
use crate::metrics::Spent;
use crate::peers::LinkReport;

pub(super) fn statistics(engine: &Engine) -> Value {
    let sums = engine.statistics();
    json!({
        "since": sums.since.0,
        "words": sums.words,
        "edits": sums.edits,
        "merges": sums.merges,
        "sent": sums.sent,
        "received": sums.received,
        "people": sums.people,
    })
}

pub(super) fn counters(engine: &Engine, fields: &Fields) -> Answer {
    let document = meant(engine, fields)?;
    let it = engine.shared.metrics.counters(document).unwrap_or_default();
    let links = engine.shared.net().map(|net| net.links(Some(document))).unwrap_or_default();
    Ok(json!({
        "document": document.to_string(),
        "records": it.records,
        "bytes": it.bytes,
        "saves": it.turns,
        "duplicates": it.duplicates,
        "merges": it.merges,
        "resyncs": it.resyncs,
        "resets": it.resets,
        "put_aside": it.put_aside,
        "refused": it.refused,
        "refused_by_others": it.refused_by_others,
        "waiting": it.waiting,
        "most_waiting": it.most_waiting,
        "failed_writes": it.failed_writes,
        "commit": spent(it.commit),
        "receipt": spent(it.receipt),
        "links": links.iter().map(link).collect::<Vec<_>>(),
    }))
}

fn spent(spent: Spent) -> Value {
    json!({
        "times": spent.times,
        "mean_ms": spent.mean.as_secs_f64() * 1000.0,
        "most_ms": spent.most.map(|most| most.as_millis() as u64),
    })
}

fn link(link: &LinkReport) -> Value {
    json!({
        "device": link.device.to_string(),
        "session": link.session.map(|session| session.to_string()),
        "path": link.direct.map(|direct| if direct { "direct" } else { "relayed" }),
        "rtt_ms": link.round_trip.map(|time| time.as_secs_f64() * 1000.0),
        "up_ms": link.up.as_millis() as u64,
        "documents": link.documents,
        "frames_in": link.frames_in,
        "bytes_in": link.bytes_in,
        "frames_out": link.frames_out,
        "bytes_out": link.bytes_out,
    })
}
