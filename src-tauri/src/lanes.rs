//! The page's one line to the engine: a command that carries what the page says, and a channel that carries what it hears.
//!
//! The same messages as over the bridge's WebSocket. Understands none of them and keeps none: order and single delivery are
//! the lanes' own numbers' business, not ours.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::json;
use sheaf_engine::{Client, Engine};
use tauri::ipc::{Channel, InvokeBody, InvokeResponseBody, Request};
use tauri::{State, async_runtime};

/// Messages sent to the page at once: what gathered while it took the last ones. Larger batches make one long pause in the
/// page instead of many short ones.
const BATCH_MESSAGES_MAX: usize = 256;

/// The bytes after which a batch is sent although more is waiting.
const BATCH_BYTES_MAX: usize = 256 * 1024;

/// The line of one window.
pub(crate) struct Line {
    engine: Engine,
    speaking: Mutex<Speaking>,
    owed: Arc<AtomicUsize>,
}

/// Whom the page speaks through. A page that loads again gets a new client, and the old one's views are closed.
#[derive(Default)]
struct Speaking {
    client: Option<(Client, async_runtime::JoinHandle<()>)>,
    channel: Option<Channel<InvokeResponseBody>>,
    /// A link that came before the page listened.
    link: Option<String>,
}

impl Line {
    pub(crate) fn new(engine: Engine, link: Option<String>) -> Self {
        Line { engine, speaking: Mutex::new(Speaking { link, ..Speaking::default() }), owed: Arc::default() }
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    /// How many answers the page waits for.
    pub(crate) fn owed(&self) -> usize {
        self.owed.load(Ordering::SeqCst)
    }

    /// The page is gone: its views are closed, and whoever looks for this person does not find them.
    pub(crate) fn hang_up(&self) {
        let mut speaking = self.speaking();
        if let Some((_, telling)) = speaking.client.take() {
            telling.abort();
        }
        speaking.channel = None;
        self.owed.store(0, Ordering::SeqCst);
    }

    /// Hands a `sheaf://` link to the page, now or as soon as it listens. The page asks before anything is dialled.
    pub(crate) fn follow(&self, url: String) {
        let mut speaking = self.speaking();
        let told = speaking.channel.as_ref().is_some_and(|channel| channel.send(link(&url)).is_ok());
        if !told {
            speaking.link = Some(url);
        }
    }

    fn speaking(&self) -> MutexGuard<'_, Speaking> {
        self.speaking.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn link(url: &str) -> InvokeResponseBody {
    InvokeResponseBody::Json(json!([{ "event": "link", "url": url, "ticket": url }]).to_string())
}

/// Hands one request over. Its reply comes over the channel.
#[tauri::command]
pub(crate) fn call(line: State<'_, Line>, message: &str) -> Result<(), &'static str> {
    let speaking = line.speaking();
    let (client, _) = speaking.client.as_ref().ok_or("listen first: the reply would have nowhere to go")?;
    line.owed.fetch_add(1, Ordering::SeqCst);
    client.hear(message);
    Ok(())
}

/// Hands one request over that has bytes behind it (`Client::hear_bytes`): the body as it is. Its reply comes over the channel.
#[tauri::command]
pub(crate) fn call_with_bytes(line: State<'_, Line>, request: Request<'_>) -> Result<(), &'static str> {
    let InvokeBody::Raw(message) = request.body() else { return Err("a request with bytes is bytes") };
    let speaking = line.speaking();
    let (client, _) = speaking.client.as_ref().ok_or("listen first: the reply would have nowhere to go")?;
    line.owed.fetch_add(1, Ordering::SeqCst);
    client.hear_bytes(message);
    Ok(())
}

/// From now on the page hears over `channel`, and speaks as a new client.
#[tauri::command]
pub(crate) fn listen(line: State<'_, Line>, channel: Channel<InvokeResponseBody>) {
    let mut speaking = line.speaking();
    if let Some((_, telling)) = speaking.client.take() {
        telling.abort();
    }
    // What the page before had asked is answered to nobody.
    line.owed.store(0, Ordering::SeqCst);
    let client = Client::new(&line.engine);
    let telling = async_runtime::spawn(tell(client.clone(), channel.clone(), line.owed.clone()));
    if let Some(url) = speaking.link.take() {
        let _ = channel.send(link(&url));
    }
    speaking.client = Some((client, telling));
    speaking.channel = Some(channel);
}

/// Passes messages on, as many at once as have gathered, until the page is gone.
async fn tell(client: Client, channel: Channel<InvokeResponseBody>, owed: Arc<AtomicUsize>) {
    loop {
        let mut batch = Batch::of(client.next().await);
        while batch.has_room() {
            // What is there already comes at once; a message that is still on its way gets the next batch.
            let Ok(next) = tokio::time::timeout(Duration::ZERO, client.next()).await else { break };
            batch.add(&next);
        }
        let answers = batch.answers;
        if channel.send(InvokeResponseBody::Json(batch.close())).is_err() {
            return;
        }
        // Never below zero: a client answers each request once, but a page that loads again starts counting anew.
        let _ = owed.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |owed| Some(owed.saturating_sub(answers)));
    }
}

/// A JSON array in the making. Messages are JSON, so joining them is enough.
struct Batch {
    text: String,
    messages: usize,
    answers: usize,
}

impl Batch {
    fn of(first: String) -> Self {
        let mut batch = Batch { text: String::with_capacity(first.len() + 2), messages: 0, answers: 0 };
        batch.add(&first);
        batch
    }

    fn add(&mut self, message: &str) {
        self.text.push(if self.messages == 0 { '[' } else { ',' });
        self.text.push_str(message);
        self.messages += 1;
        self.answers += usize::from(is_answer(message));
    }

    fn has_room(&self) -> bool {
        self.messages < BATCH_MESSAGES_MAX && self.text.len() < BATCH_BYTES_MAX
    }

    fn close(mut self) -> String {
        self.text.push(']');
        self.text
    }
}

/// Whether a message answers a request, told by how the engine begins one: `{"id":1,"ok":..}`, `{"error":..,"id":1}`. Only a
/// closing window cares; parsing every message for it would cost a keystroke more than it is worth.
fn is_answer(message: &str) -> bool {
    message.starts_with(r#"{"id":"#) || message.starts_with(r#"{"error":"#)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_gathered_goes_in_one_message_and_in_order() {
        let mut batch = Batch::of(r#"{"id":1,"ok":{}}"#.to_owned());
        batch.add(r#"{"event":"documents"}"#);
        batch.add(r#"{"error":{"code":"failed"},"id":2}"#);
        assert_eq!(batch.answers, 2);
        assert_eq!(batch.close(), r#"[{"id":1,"ok":{}},{"event":"documents"},{"error":{"code":"failed"},"id":2}]"#);
    }

    #[test]
    fn a_batch_has_an_end() {
        let mut batch = Batch::of("0".to_owned());
        (1..BATCH_MESSAGES_MAX).for_each(|_| batch.add("0"));
        assert!(!batch.has_room(), "too many");
        assert!(!Batch::of("x".repeat(BATCH_BYTES_MAX)).has_room(), "too large");
    }

    #[test]
    fn answers_look_as_the_engine_writes_them() {
        assert!(is_answer(&json!({ "id": 1, "ok": { "version": 3 } }).to_string()));
        assert!(is_answer(&json!({ "id": 1, "error": { "code": "reset", "message": "" } }).to_string()));
        assert!(!is_answer(&json!({ "event": "show", "document": "d", "checksum": 1, "author": "a" }).to_string()));
    }
}
