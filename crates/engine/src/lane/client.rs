//! One carrier's end of the lanes.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::Serialize;
use serde_json::{Map, Value, json};
use sheaf_base::DocumentId;
use sheaf_document::{Input, Item, ViewId};
use tokio::sync::broadcast::error::RecvError;
use tokio::task::AbortHandle;

use super::outbox::{Outbox, Outlet, Told};
use super::{Failure, control, encode, text};
use crate::engine::Engine;
use crate::event::Event;
use crate::live::DocumentHandle;
use crate::lock::held;
use crate::task::supervised;

/// How often a client is told to look at the facts again, at most.
const CALM: Duration = Duration::from_millis(250);

/// How long a view whose document ended waits before it is opened again.
const REOPEN: Duration = Duration::from_millis(500);

static CLIENTS: AtomicU64 = AtomicU64::new(1);

/// One carrier's end of the lanes. Clones are the same end; when the last is dropped, its views are closed.
#[derive(Clone)]
pub struct Client(pub(super) Arc<Inner>);

pub(super) struct Inner {
    pub(super) engine: Engine,
    pub(super) outbox: Arc<Outbox>,
    number: u64,
    state: Mutex<State>,
    listening: AbortHandle,
}

/// A view as the client names it.
type Named = (DocumentId, String);

#[derive(Default)]
pub(super) struct State {
    pub(super) views: BTreeMap<Named, DocumentHandle>,
    pub(super) opening: BTreeMap<Named, Vec<Value>>,
    pub(super) pushing: BTreeMap<(Named, u64), Vec<Value>>,
}

impl Client {
    /// A new end.
    pub fn new(engine: &Engine) -> Client {
        let outbox = Arc::new(Outbox::default());
        let listening = supervised("telling a client", listen(engine.clone(), outbox.clone()));
        let number = CLIENTS.fetch_add(1, Ordering::Relaxed);
        Client(Arc::new(Inner { engine: engine.clone(), outbox, number, state: Mutex::default(), listening }))
    }

    /// Hears one message. Never waits: the answer comes by [`Client::next`].
    pub fn hear(&self, message: &str) {
        match serde_json::from_str::<Value>(message) {
            Ok(request) => self.hear_json(request),
            Err(error) => self.reply(Value::Null, Err(Failure::malformed(format!("not JSON: {error}")))),
        }
    }

    /// Hears one message with bytes behind it: how long the JSON is (four bytes, the lowest first), the JSON, the bytes as they are.
    pub fn hear_bytes(&self, message: &[u8]) {
        let parts = message.split_first_chunk().and_then(|(length, rest)| rest.split_at_checked(u32::from_le_bytes(*length) as usize));
        let read = parts.map(|(request, bytes)| (serde_json::from_slice::<Value>(request), bytes));
        let Some((Ok(request), bytes)) = read else {
            return self.reply(Value::Null, Err(Failure::malformed("a binary message is the length of its JSON, the JSON, and bytes")));
        };
        let Some((id, call, fields)) = self.request(request) else { return };
        let bytes = bytes.to_vec();
        self.answering(id, move |engine| async move { control::answer_to_bytes(&engine, &call, fields, bytes).await });
    }

    /// Hears one message that is JSON already.
    pub fn hear_json(&self, request: Value) {
        let Some((id, call, fields)) = self.request(request) else { return };
        if let Some(result) = text::hear(self, &id, &call, &fields) {
            return match result {
                Ok(None) => {}
                Ok(Some(answer)) => self.reply(id, Ok(answer)),
                Err(failure) => self.reply(id, Err(failure)),
            };
        }
        self.answering(id, move |engine| async move { control::answer(&engine, &call, fields).await });
    }

    /// A request taken apart: its id, what is asked, and the rest. What is none is answered here.
    fn request(&self, request: Value) -> Option<(Value, String, Map<String, Value>)> {
        let Value::Object(mut fields) = request else {
            self.reply(Value::Null, Err(Failure::malformed("a request is an object with id and call")));
            return None;
        };
        let id = fields.remove("id").unwrap_or(Value::Null);
        let Some(Value::String(call)) = fields.remove("call") else {
            self.reply(id, Err(Failure::malformed("a request says in \"call\" what is asked")));
            return None;
        };
        Some((id, call, fields))
    }

    /// Answers a request once its answer is there.
    fn answering<F>(&self, id: Value, answer: impl FnOnce(Engine) -> F + Send + 'static)
    where
        F: Future<Output = Result<Value, Failure>> + Send,
    {
        let client = self.clone();
        supervised("answering a request", async move {
            let mut unanswered = Unanswered { client: &client, id: Some(id) };
            let result = answer(client.0.engine.clone()).await;
            unanswered.answer(result);
        });
    }

    /// Asks and waits for the answer, for carriers that have requests of their own kind.
    pub async fn ask(engine: &Engine, call: &str, fields: Map<String, Value>) -> Result<Value, Failure> {
        control::answer(engine, call, fields).await
    }

    /// The next message for the client.
    pub async fn next(&self) -> String {
        loop {
            let told = self.0.outbox.next(tokio::time::sleep(CALM)).await;
            if let Some(message) = self.words(told) {
                return message;
            }
        }
    }

    pub(super) fn reply(&self, id: Value, result: Result<Value, Failure>) {
        self.0.outbox.put(Told::Reply { id, result });
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        held(&self.0.state)
    }

    /// A view's name in the whole process: two clients may choose the same.
    pub(super) fn view_id(&self, view: &str) -> ViewId {
        ViewId::from(format!("{}/{view}", self.0.number).as_str())
    }

    /// Opens a view of a document that lives.
    pub(super) fn attach(&self, view: &str, document: DocumentHandle) -> bool {
        let attached = document.attach(self.view_id(view), Outlet(self.0.outbox.clone()));
        self.state().views.insert((document.id(), view.to_owned()), document);
        attached
    }

    fn words(&self, told: Told) -> Option<String> {
        let event = match told {
            Told::Reply { id, result } => return Some(answer(&id, &result)),
            Told::Item { document, view, item } => return self.item_in_words(document, own_name(&view), item),
            Told::Pushed { document, view, number, result } => {
                let key = ((document, own_name(&view).to_owned()), number);
                let waiting = self.state().pushing.remove(&key).unwrap_or_default();
                let result = result.map(|version| json!({ "version": version })).map_err(Failure::from);
                return self.answer_all(waiting, &result);
            }
            Told::Role { document, view, role } => {
                json!({ "event": "role", "document": document.to_string(), "view": own_name(&view), "role": role })
            }
            Told::Closed { document, view, reason } => {
                self.closed(document, own_name(&view), &reason);
                return None;
            }
            Told::Presence { document, view, version, cursors } => encode::presence(document, own_name(&view), version, &cursors),
            Told::Event(event) => event,
            Told::Documents => encode::event(&Event::Documents),
            Told::Status(document) => encode::event(&Event::Status { document }),
        };
        Some(event.to_string())
    }

    fn item_in_words(&self, document: DocumentId, view: &str, item: Item) -> Option<String> {
        if let Item::Opened(opened) = &item {
            let waiting = self.state().opening.remove(&(document, view.to_owned())).unwrap_or_default();
            if !waiting.is_empty() {
                return self.answer_all(waiting, &Ok(encode::Whole::of(opened)));
            }
        }
        Some(encode::item(document, view, &item))
    }

    /// Gives the same answer to everybody who waits for it: the first at once, so that it stands where it belongs, the others in line.
    fn answer_all(&self, waiting: Vec<Value>, result: &Result<impl Serialize, Failure>) -> Option<String> {
        let mut waiting = waiting.into_iter();
        let first = waiting.next()?;
        for id in waiting {
            let result = match result {
                Ok(answer) => serde_json::to_value(answer).map_err(|error| Failure::new("failed", error.to_string())),
                Err(failure) => Err(failure.clone()),
            };
            self.reply(id, result);
        }
        Some(answer(&first, result))
    }

    /// The document of a view ended. What waits is answered; the view is opened again and told so by a reset.
    fn closed(&self, document: DocumentId, view: &str, reason: &str) {
        let named = (document, view.to_owned());
        let mut state = self.state();
        let was_open = state.views.remove(&named).is_some();
        let opening = state.opening.remove(&named).unwrap_or_default();
        let pushes: Vec<_> = state.pushing.keys().filter(|(view, _)| *view == named).cloned().collect();
        let pushing: Vec<Value> = pushes.iter().filter_map(|push| state.pushing.remove(push)).flatten().collect();
        drop(state);
        let reopen = was_open && opening.is_empty();
        pushing.into_iter().for_each(|id| self.reply(id, Err(Failure::new("reset", reason))));
        opening.into_iter().for_each(|id| self.reply(id, Err(Failure::new("ended", reason))));
        if reopen {
            let weak = Arc::downgrade(&self.0);
            let (engine, view) = (self.0.engine.clone(), view.to_owned());
            supervised("opening a view again", async move {
                tokio::time::sleep(REOPEN).await;
                if let Ok(live) = engine.live(document).await
                    && let Some(inner) = weak.upgrade()
                {
                    Client(inner).attach(&view, live);
                }
            });
        }
    }
}

fn answer(id: &Value, result: &Result<impl Serialize, Failure>) -> String {
    #[derive(Serialize)]
    struct Answer<'a, T> {
        id: &'a Value,
        ok: &'a T,
    }
    match result {
        Ok(ok) => encode::words(&Answer { id, ok }),
        Err(failure) => json!({ "id": id, "error": failure.to_json() }).to_string(),
    }
}

/// A client's own name for a view.
fn own_name(view: &ViewId) -> &str {
    view.0.split_once('/').map_or(&*view.0, |(_, name)| name)
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.listening.abort();
        let state = self.state.get_mut().unwrap_or_else(PoisonError::into_inner);
        for ((_, view), document) in std::mem::take(&mut state.views) {
            document.hear(Input::Close { view: ViewId::from(format!("{}/{view}", self.number).as_str()) });
        }
    }
}

/// A request is answered even if answering it panics.
struct Unanswered<'a> {
    client: &'a Client,
    id: Option<Value>,
}

impl Unanswered<'_> {
    fn answer(&mut self, result: Result<Value, Failure>) {
        if let Some(id) = self.id.take() {
            self.client.reply(id, result);
        }
    }
}

impl Drop for Unanswered<'_> {
    fn drop(&mut self) {
        self.answer(Err(Failure::new("failed", "an error in Sheaf itself; it is in the log")));
    }
}

/// Passes the engine's events on.
async fn listen(engine: Engine, outbox: Arc<Outbox>) {
    let mut events = engine.events().listen();
    drop(engine);
    loop {
        match events.recv().await {
            Ok(Event::Documents) => outbox.hint_documents(),
            Ok(Event::Status { document }) => outbox.hint_status(document),
            Ok(event) => outbox.put(Told::Event(encode::event(&event))),
            Err(RecvError::Lagged(_)) => {
                outbox.hint_documents();
                outbox.hint_status(None);
            }
            Err(RecvError::Closed) => return,
        }
    }
}
