//! Whoever answers a command: the node that has the profile open, or an engine in this process.

use std::time::Duration;

use serde_json::{Map, Value};
use sheaf_engine::{Client, Engine, Failure, Home, LineClient, Network, StartError};

/// How long a command waits for another one that has the profile and serves nobody: one command at a time is soon done.
const PATIENCE: Duration = Duration::from_secs(15);

/// How often it looks.
const LOOK: Duration = Duration::from_millis(25);

/// How long a command with a network stays for the receipts of what it has just received to go out.
const RECEIPTS: Duration = Duration::from_millis(250);

/// Whoever answers.
pub(crate) enum Node {
    /// The node that has the profile open.
    Running(LineClient),
    /// An engine in this process, for this command, and the network if the command needs it.
    Here(Engine, Option<Network>),
}

impl Node {
    /// Finds the running node, or opens the profile.
    pub(crate) async fn find(home: &Home) -> Result<Node, StartError> {
        let mut waited = Duration::ZERO;
        loop {
            if let Some(running) = LineClient::connect(home).await {
                return Ok(Node::Running(running));
            }
            match Engine::open(home.clone()).await {
                Ok(engine) => return Ok(Node::Here(engine, None)),
                Err(error) if error.is_locked() && waited < PATIENCE => {
                    tokio::time::sleep(LOOK).await;
                    waited += LOOK;
                }
                Err(error) => return Err(error),
            }
        }
    }

    pub(crate) async fn ask(&mut self, call: &str, fields: Map<String, Value>) -> Result<Value, Failure> {
        match self {
            Node::Running(running) => running.ask(call, fields).await,
            Node::Here(engine, _) => Client::ask(engine, call, fields).await,
        }
    }

    /// Makes the network available to what follows. A running node has its own.
    pub(crate) async fn go_online(&mut self) {
        if let Node::Here(engine, network @ None) = self {
            *network = Some(Network::start(engine).await);
        }
    }

    /// Whether a node runs that outlives this command.
    pub(crate) fn is_running(&self) -> bool {
        matches!(self, Node::Running(_))
    }

    pub(crate) async fn close(self) {
        if let Node::Here(engine, network) = self {
            if let Some(network) = network {
                tokio::time::sleep(RECEIPTS).await;
                network.stop().await;
            }
            engine.close().await;
        }
    }
}
