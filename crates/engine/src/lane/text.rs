//! The text and presence lanes: open, push, confirm, close, present. Answered in the order they come, as far as they do not wait for a
//! disk.

use serde_json::{Map, Value, json};
use sheaf_base::DocumentId;
use sheaf_document::{Input, Present, Push, Selection};
use sheaf_sentence::Sentence;

use super::{Client, Failure, delta_from_json};
use crate::live::DocumentHandle;
use crate::said::Said;
use crate::task::supervised;

/// A view's name, in bytes: it is a random string.
const VIEW_NAME: usize = 64;

/// `None`: not a call of these lanes. `Some(Ok(None))`: the answer comes later.
type Heard = Option<Result<Option<Value>, Failure>>;

pub(super) fn hear(client: &Client, id: &Value, call: &str, fields: &Map<String, Value>) -> Heard {
    match call {
        "open" => Some(open(client, id, fields)),
        "push" => Some(push(client, id, fields)),
        "confirm" => Some(confirm(client, fields)),
        "present" => Some(present(client, fields)),
        "close" => Some(close(client, fields)),
        _ => None,
    }
}

fn open(client: &Client, id: &Value, fields: &Map<String, Value>) -> Result<Option<Value>, Failure> {
    let name = text(fields, "document")?;
    let document = client.0.engine.resolve(&name)?;
    let view = view(fields)?;
    if client.0.engine.is_folder(document) {
        return Err(Failure::no_text());
    }
    let (client, id) = (client.clone(), id.clone());
    supervised("opening a view", async move {
        match client.0.engine.live(document).await {
            Ok(live) => {
                client.state().opening.entry((document, view.clone())).or_default().push(id);
                client.0.engine.opened(document);
                if !client.attach(&view, live) {
                    let waiting = client.state().opening.remove(&(document, view)).unwrap_or_default();
                    let failure = Failure::new("ended", Said::new(Sentence::Ended {}, "the document was being closed; open it again"));
                    waiting.into_iter().for_each(|id| client.reply(id, Err(failure.clone())));
                }
            }
            Err(error) => client.reply(id, Err(error.into())),
        }
    });
    Ok(None)
}

fn push(client: &Client, id: &Value, fields: &Map<String, Value>) -> Result<Option<Value>, Failure> {
    let (live, view) = open_view(client, fields)?;
    let delta = fields.get("delta").ok_or_else(|| Failure::malformed("a push has a delta"))?;
    let misfit = |why: String| Failure::new("refused", Said::new(Sentence::EditMisfit { why: why.clone() }, why));
    let delta = delta_from_json(delta).map_err(|error| misfit(error.to_string()))?;
    let (number, version) = (number(fields, "number")?, number(fields, "version")?);
    let undoes = match fields.get("undoes") {
        None | Some(Value::Null) => None,
        Some(range) => {
            let bound = |index: usize| range.get(index).and_then(Value::as_u64);
            Some(bound(0).zip(bound(1)).ok_or_else(|| Failure::malformed("\"undoes\" is the first and the last version that are undone"))?)
        }
    };
    client.state().pushing.entry(((live.id(), view.clone()), number)).or_default().push(id.clone());
    live.hear(Input::Push(Push { view: client.view_id(&view), number, version, delta, undoes }));
    Ok(None)
}

fn confirm(client: &Client, fields: &Map<String, Value>) -> Result<Option<Value>, Failure> {
    let (live, view) = open_view(client, fields)?;
    live.hear(Input::Confirm { view: client.view_id(&view), version: number(fields, "version")? });
    Ok(Some(json!({})))
}

fn present(client: &Client, fields: &Map<String, Value>) -> Result<Option<Value>, Failure> {
    let (live, view) = open_view(client, fields)?;
    let place = |name| fields.get(name).and_then(Value::as_u64).and_then(|place| u32::try_from(place).ok());
    let selection = place("anchor").zip(place("head")).map(|(anchor, head)| Selection { anchor, head });
    let typing = fields.get("typing").and_then(Value::as_bool).unwrap_or(false);
    let version = number(fields, "version")?;
    live.hear(Input::Present(Present { view: client.view_id(&view), version, selection, typing }));
    Ok(Some(json!({})))
}

fn close(client: &Client, fields: &Map<String, Value>) -> Result<Option<Value>, Failure> {
    // A view that is not open is closed already.
    if let Ok((live, view)) = open_view(client, fields) {
        live.hear(Input::Close { view: client.view_id(&view) });
        client.state().views.remove(&(live.id(), view));
    }
    Ok(Some(json!({})))
}

fn open_view(client: &Client, fields: &Map<String, Value>) -> Result<(DocumentHandle, String), Failure> {
    let (document, view) = (text(fields, "document")?, view(fields)?);
    let document: DocumentId = document.parse().map_err(|_| Failure::malformed("\"document\" is an id here"))?;
    match client.state().views.get(&(document, view.clone())) {
        Some(live) => Ok((live.clone(), view)),
        None => Err(Failure::new("reset", Said::new(Sentence::ViewBehind {}, "this view is not open"))),
    }
}

fn view(fields: &Map<String, Value>) -> Result<String, Failure> {
    let view = text(fields, "view")?;
    if view.is_empty() || view.len() > VIEW_NAME {
        return Err(Failure::malformed(format!("a view's name has 1 to {VIEW_NAME} bytes")));
    }
    Ok(view)
}

pub(super) fn text(fields: &Map<String, Value>, name: &str) -> Result<String, Failure> {
    match fields.get(name) {
        Some(Value::String(text)) => Ok(text.clone()),
        _ => Err(Failure::malformed(format!("{name:?} is missing, or is not text"))),
    }
}

pub(super) fn number(fields: &Map<String, Value>, name: &str) -> Result<u64, Failure> {
    fields.get(name).and_then(Value::as_u64).ok_or_else(|| Failure::malformed(format!("{name:?} is missing, or is not a whole number")))
}
