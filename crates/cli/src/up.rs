//! `sheaf up`: the node, until it is stopped.

use std::time::Duration;

use serde_json::{Value, json};
use sheaf_engine::{ControlSocket, Engine, Event, Home, LineClient, Network, StartError, event_to_json};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::broadcast::error::RecvError;

use crate::arguments::Up;
use crate::bridge::Bridge;
use crate::metrics::Metrics;
use crate::{logging, print};

/// How long another command may have the profile.
const PATIENCE: Duration = Duration::from_secs(5);

/// How often that is looked at.
const LOOK: Duration = Duration::from_millis(25);

/// Runs the node. The error is a sentence for stderr.
pub(crate) async fn run(home: Home, up: Up, json: bool) -> Result<(), String> {
    let mut stop = Stop::listen().map_err(|error| format!("cannot listen for signals: {error}"))?;
    let engine = open(&home).await.map_err(|error| error.to_string())?;
    logging::to_file(&home);
    let network = Network::start(&engine).await;
    let outcome = serve(&engine, up, json, &mut stop).await;
    network.stop().await;
    engine.close().await;
    outcome
}

/// Opens the profile. A command that has it for a moment is waited for; a node or a window that has it is not.
async fn open(home: &Home) -> Result<Engine, StartError> {
    let mut waited = Duration::ZERO;
    loop {
        match Engine::open(home.clone()).await {
            Err(error) if error.is_locked() && waited < PATIENCE && LineClient::connect(home).await.is_none() => {
                tokio::time::sleep(LOOK).await;
                waited += LOOK;
            }
            outcome => return outcome,
        }
    }
}

async fn serve(engine: &Engine, up: Up, json: bool, stop: &mut Stop) -> Result<(), String> {
    let mut events = engine.events().listen();
    let _socket = ControlSocket::offer(engine).map_err(|error| error.to_string())?;
    let bridge = match up.bridge {
        Some(address) => Some(Bridge::offer(engine, address, up.ui, up.allow_origin).await?),
        None => None,
    };
    let metrics = match up.metrics {
        Some(address) => Some(Metrics::offer(engine, address).await?),
        None => None,
    };
    say(json, &json!({ "event": "up", "device": engine.device().to_string() }), || {
        format!("Sheaf is up as device {}. Ctrl-C stops it.\n", engine.device().short())
    })?;
    if let Some(Bridge { url, .. }) = &bridge {
        say(json, &json!({ "event": "bridge", "url": url }), || format!("{url}\n"))?;
    }
    if let Some(Metrics { url, .. }) = &metrics {
        say(json, &json!({ "event": "metrics", "url": url }), || format!("{url}\n"))?;
    }
    loop {
        tokio::select! {
            () = stop.wait() => return Ok(()),
            event = events.recv() => match event {
                Ok(event) if json => print::result(&format!("{}\n", event_to_json(&event)))?,
                // What a person should know is on a terminal, too.
                Ok(Event::Notice { said, .. }) => print::sentence(&said.english),
                Ok(_) => {}
                Err(RecvError::Lagged(missed)) => tracing::warn!(missed, "events were not printed"),
                Err(RecvError::Closed) => return Ok(()),
            }
        }
    }
}

fn say(json: bool, event: &Value, text: impl FnOnce() -> String) -> Result<(), String> {
    if json { print::result(&format!("{event}\n")) } else { print::result(&text()) }
}

/// Whatever stops a node: Ctrl-C, or a polite kill.
struct Stop {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

impl Stop {
    fn listen() -> std::io::Result<Stop> {
        Ok(Stop { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn wait(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
