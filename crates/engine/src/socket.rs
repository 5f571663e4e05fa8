//! The control socket: how a second process on the same profile is served. One JSON message per line, both ways; the lanes of
//! `docs/lane.md`. Only the same user can open it.

use std::io;
use std::path::PathBuf;

use serde_json::{Map, Value, json};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::task::{AbortHandle, JoinSet};

use crate::engine::Engine;
use crate::home::{Home, HomeError};
use crate::lane::{Client, Failure};
use crate::task::supervised;

/// The longest message: a large document pasted or written at once.
const MESSAGE: u64 = 64 << 20;

/// The control socket cannot be offered.
#[derive(Debug, thiserror::Error)]
pub enum SocketError {
    /// Its folder cannot be used.
    #[error(transparent)]
    Home(#[from] HomeError),
    /// The system says no.
    #[error("cannot listen at {path}: {source}")]
    Listen {
        /// Where.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

/// The offered socket. Dropping it takes it away.
#[derive(Debug)]
pub struct ControlSocket {
    path: PathBuf,
    listening: AbortHandle,
}

impl ControlSocket {
    /// Offers the profile's socket. Call it with the profile open: whatever is there is then left from a process that is gone.
    pub fn offer(engine: &Engine) -> Result<ControlSocket, SocketError> {
        let user = engine.home().prepare_socket()?;
        let path = engine.home().socket();
        let failed = |source| SocketError::Listen { path: path.clone(), source };
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
        let listener = UnixListener::bind(&path).map_err(failed)?;
        let listening = supervised("the control socket", serve(engine.clone(), listener, user));
        Ok(ControlSocket { path, listening })
    }
}

impl Drop for ControlSocket {
    fn drop(&mut self) {
        self.listening.abort();
        drop(std::fs::remove_file(&self.path));
    }
}

async fn serve(engine: Engine, listener: UnixListener, user: u32) {
    let mut callers = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => match stream.peer_cred() {
                    Ok(caller) if caller.uid() == user => drop(callers.spawn(converse(Client::new(&engine), stream))),
                    _ => tracing::warn!("another user knocked at the control socket"),
                },
                Err(error) => {
                    tracing::warn!(%error, "the control socket");
                    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
                }
            },
            Some(_) = callers.join_next() => {}
        }
    }
}

async fn converse(client: Client, stream: UnixStream) {
    let (reader, mut writer) = stream.into_split();
    let mut reader = BufReader::new(reader);
    let listen = async {
        while let Ok(Some(line)) = read_line(&mut reader).await {
            client.hear(&line);
        }
    };
    let tell = async {
        loop {
            let mut line = client.next().await;
            line.push('\n');
            if writer.write_all(line.as_bytes()).await.is_err() {
                return;
            }
        }
    };
    tokio::select! {
        () = listen => {}
        () = tell => {}
    }
}

/// One line, or nothing where the other side has ended. Reads no more than a message may be long.
async fn read_line(reader: &mut BufReader<impl AsyncRead + Unpin>) -> io::Result<Option<String>> {
    let mut line = Vec::new();
    let read = reader.take(MESSAGE).read_until(b'\n', &mut line).await?;
    if read == 0 {
        return Ok(None);
    }
    if line.pop() != Some(b'\n') {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "a message without an end"));
    }
    String::from_utf8(line).map(Some).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
}

/// The other end of a control socket: what the command line speaks with a running node.
#[derive(Debug)]
pub struct LineClient {
    reader: BufReader<tokio::net::unix::OwnedReadHalf>,
    writer: tokio::net::unix::OwnedWriteHalf,
    asked: u64,
}

impl LineClient {
    /// Connects to the node that has the profile open; `None` when there is none.
    pub async fn connect(home: &Home) -> Option<LineClient> {
        let stream = UnixStream::connect(home.socket()).await.ok()?;
        let (reader, writer) = stream.into_split();
        Some(LineClient { reader: BufReader::new(reader), writer, asked: 0 })
    }

    /// Asks and waits for the answer. Events that come in between are passed over.
    pub async fn ask(&mut self, call: &str, mut fields: Map<String, Value>) -> Result<Value, Failure> {
        let gone = |_| Failure {
            code: "gone".into(),
            message: "the running Sheaf went away before it answered; look whether it was done, and try again".into(),
            sentence: None,
        };
        self.asked += 1;
        fields.insert("id".into(), json!(self.asked));
        fields.insert("call".into(), call.into());
        let mut line = Value::Object(fields).to_string();
        line.push('\n');
        self.writer.write_all(line.as_bytes()).await.map_err(gone)?;
        loop {
            let line = read_line(&mut self.reader).await.map_err(gone)?;
            let line = line.ok_or_else(|| gone(io::ErrorKind::UnexpectedEof.into()))?;
            let Ok(Value::Object(mut told)) = serde_json::from_str(&line) else { continue };
            if told.get("id") != Some(&json!(self.asked)) {
                continue;
            }
            return match (told.remove("ok"), told.remove("error")) {
                (Some(answer), _) => Ok(answer),
                (None, error) => Err(failure(error.unwrap_or_default())),
            };
        }
    }
}

fn failure(error: Value) -> Failure {
    let text = |name: &str| error.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    Failure { code: text("code"), message: text("message"), sentence: None }
}
