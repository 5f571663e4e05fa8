//! The engine as the window needs it: start on a profile, give clients, stop.

use std::path::PathBuf;

use serde_json::{Value, json};
use tokio::sync::mpsc;

#[derive(Clone)]
pub(crate) struct Core;

#[derive(Clone)]
pub(crate) struct Client;

pub(crate) struct Events(mpsc::Receiver<String>);

impl Core {
    pub(crate) async fn start(_home: Option<PathBuf>) -> Result<Core, String> {
        Ok(Core)
    }
    pub(crate) fn client(&self) -> (Client, Events) {
        let (_tell, hear) = mpsc::channel(1);
        (Client, Events(hear))
    }
    pub(crate) async fn stop(&self) {}
}

impl Client {
    pub(crate) async fn call(&self, message: String) -> String {
        let id = serde_json::from_str::<Value>(&message).map(|message| message["id"].clone()).unwrap_or_default();
        json!({ "id": id, "error": { "code": "not_built", "message": "The engine is not built yet." } }).to_string()
    }
}

impl Events {
    pub(crate) async fn next(&mut self) -> Option<String> {
        self.0.recv().await
    }
    pub(crate) fn try_next(&mut self) -> Option<String> {
        self.0.try_recv().ok()
    }
}
