//! The page's one line to the engine: a command that carries one request, and a channel that carries what nobody asked for.
//!
//! Reads no message and keeps none. Order and single delivery are the lanes' own numbers' business, not ours.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;
use tauri::ipc::{Channel, InvokeResponseBody, Response};
use tauri::{State, async_runtime};

use crate::core::{Client, Core, Events};

/// Events sent to the page in one message: what gathered while the page took the last one. Larger batches make one long
/// pause in the page instead of many short ones.
const BATCH_EVENTS_MAX: usize = 256;

/// The bytes after which a batch is sent although more is waiting.
const BATCH_BYTES_MAX: usize = 256 * 1024;

/// The line of one window.
pub(crate) struct Line {
    core: Core,
    /// Whom the page speaks through. A page that loads again gets a new one, and the old one's views are closed.
    client: Mutex<Option<(Client, async_runtime::JoinHandle<()>)>>,
    /// Requests that the engine has not answered yet: a window that closes waits for them.
    waiting: AtomicUsize,
    /// A link that came before the page listened.
    link: Mutex<Option<String>>,
}

impl Line {
    pub(crate) fn new(core: Core, link: Option<String>) -> Self {
        Line { core, client: Mutex::default(), waiting: AtomicUsize::new(0), link: Mutex::new(link) }
    }

    /// Whether every request has its answer.
    pub(crate) fn is_quiet(&self) -> bool {
        self.waiting.load(Ordering::SeqCst) == 0
    }

    fn client(&self) -> Option<Client> {
        let client = self.client.lock().expect("nobody panics while holding the client");
        client.as_ref().map(|(client, _)| client.clone())
    }
}

/// One request, one reply.
#[tauri::command]
pub(crate) async fn call(line: State<'_, Line>, message: String) -> Result<Response, String> {
    let client = line.client().ok_or("listen first: events that a call causes would have nowhere to go")?;
    line.waiting.fetch_add(1, Ordering::SeqCst);
    let reply = client.call(message).await;
    line.waiting.fetch_sub(1, Ordering::SeqCst);
    // Already JSON: the page receives the reply parsed, not a string to parse again.
    Ok(Response::new(reply))
}

/// From now on the page hears events over `channel`, and speaks as a new client.
#[tauri::command]
pub(crate) fn listen(line: State<'_, Line>, channel: Channel<InvokeResponseBody>) {
    let (client, events) = line.core.client();
    let link = line.link.lock().expect("nobody panics while holding the link").take();
    if let Some(url) = link {
        let _ = channel.send(InvokeResponseBody::Json(json!([{ "event": "link", "url": url }]).to_string()));
    }
    let telling = async_runtime::spawn(tell(events, channel));
    let before = line.client.lock().expect("nobody panics while holding the client").replace((client, telling));
    if let Some((_, telling)) = before {
        telling.abort();
    }
}

/// Passes events on, as many at once as have gathered, until the engine or the page is gone.
async fn tell(mut events: Events, channel: Channel<InvokeResponseBody>) {
    while let Some(first) = events.next().await {
        let batch = gather(first, || events.try_next());
        if channel.send(InvokeResponseBody::Json(batch)).is_err() {
            break;
        }
    }
}

/// A JSON array of the first event and those that are there already. Events are JSON, so joining them is enough.
fn gather(first: String, mut more: impl FnMut() -> Option<String>) -> String {
    let mut batch = format!("[{first}");
    for _ in 1..BATCH_EVENTS_MAX {
        if batch.len() >= BATCH_BYTES_MAX {
            break;
        }
        let Some(next) = more() else { break };
        batch.push(',');
        batch.push_str(&next);
    }
    batch.push(']');
    batch
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_gathered_goes_in_one_message_and_in_order() {
        let mut waiting = vec!["3".to_owned(), "2".to_owned()];
        assert_eq!(gather("1".to_owned(), || waiting.pop()), "[1,2,3]");
        assert_eq!(gather("1".to_owned(), || None), "[1]");
    }

    #[test]
    fn a_batch_has_an_end() {
        let endless = gather("0".to_owned(), || Some("0".to_owned()));
        assert_eq!(endless.matches('0').count(), BATCH_EVENTS_MAX);
        let large = "x".repeat(BATCH_BYTES_MAX);
        assert_eq!(gather(large.clone(), || Some("y".to_owned())), format!("[{large}]"));
    }
}
