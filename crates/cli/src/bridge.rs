//! The bridge: the lanes over a WebSocket on loopback, and the built page beside it.
//!
//! Any page in any browser on this machine can reach a loopback port, so the lanes ask for more: the token of this process run, which is
//! printed for whoever may have it and stands in the page's fragment, where no server and no log of requests sees it; an Origin that is
//! the bridge's own; a Host that is, too (a name that somebody else's DNS points here is not). The page itself is no secret.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Query, Request, State};
use axum::http::header::{self, HeaderName};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::serve::ListenerExt;
use serde::Deserialize;
use sheaf_engine::{Client, Engine, supervised, token};
use tokio::net::TcpListener;
use tokio::task::AbortHandle;
use tower_http::services::ServeDir;

/// The longest message: a large document pasted at once.
const MESSAGE: usize = 64 << 20;

/// The subprotocol that the bridge speaks.
const PROTOCOL: &str = "sheaf";

/// What the page may do: what the window's page may, over this bridge.
const POLICY: &str = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; \
    font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The offered bridge. Dropping it takes it away.
pub(crate) struct Bridge {
    /// What to open in a browser.
    pub(crate) url: String,
    serving: AbortHandle,
}

/// What all requests share.
struct Door {
    engine: Engine,
    /// Origins and hosts that are the bridge's own.
    origins: BTreeSet<String>,
    hosts: BTreeSet<String>,
    token: String,
}

/// What the query may say.
#[derive(Deserialize)]
struct Asked {
    token: Option<String>,
}

impl Bridge {
    /// Listens on a loopback address.
    pub(crate) async fn offer(
        engine: &Engine,
        address: SocketAddr,
        page: Option<PathBuf>,
        more_origins: Vec<String>,
    ) -> Result<Bridge, String> {
        if !address.ip().is_loopback() {
            return Err(format!("the bridge is for this machine alone: {} is not a loopback address. Use 127.0.0.1:0", address.ip()));
        }
        if let Some(page) = page.as_ref().filter(|page| !page.join("index.html").is_file()) {
            return Err(format!("{} has no index.html: build the page there first", page.display()));
        }
        let failed = |error| format!("cannot listen on {address}: {error}");
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        // Small messages go at once: waiting for more would cost a keystroke 40 ms.
        let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
        let hosts = BTreeSet::from([address.to_string(), format!("localhost:{}", address.port())]);
        let origins = hosts.iter().map(|host| format!("http://{host}")).chain(more_origins).collect();
        let door = Arc::new(Door { engine: engine.clone(), origins, hosts, token: token() });
        let url = format!("http://{address}/#token={}", door.token);
        let router = router(door, page);
        let serving = supervised("the bridge", async move {
            if let Err(error) = axum::serve(listener, router).await {
                tracing::error!(%error, "the bridge ended");
            }
        });
        Ok(Bridge { url, serving })
    }
}

impl Drop for Bridge {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

fn router(door: Arc<Door>, page: Option<PathBuf>) -> Router {
    let router = Router::new().route("/lanes", get(lanes)).with_state(door.clone());
    let router = match page {
        Some(folder) => router.fallback_service(ServeDir::new(folder)),
        None => {
            router.fallback(|| async { (StatusCode::NOT_FOUND, "This bridge serves no page: `--ui DIR` does. Its WebSocket is /lanes.\n") })
        }
    };
    router.layer(middleware::from_fn_with_state(door, guard))
}

impl Door {
    /// Whether a request is addressed to this bridge, and comes from its own page or from no page.
    fn is_addressed(&self, headers: &HeaderMap) -> bool {
        let said = |name: HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or_default());
        said(header::HOST).is_some_and(|host| self.hosts.contains(host))
            && said(header::ORIGIN).is_none_or(|origin| self.origins.contains(origin))
    }
}

/// Turns away what is not addressed to this bridge or comes from another page, and says what pages may do.
async fn guard(State(door): State<Arc<Door>>, request: Request, next: Next) -> Response {
    if !door.is_addressed(request.headers()) {
        return (StatusCode::FORBIDDEN, "this bridge is not for you\n").into_response();
    }
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

/// `/lanes`: the lanes. The token comes as a second subprotocol, the one header that a page can set; or in the query, for programs.
async fn lanes(State(door): State<Arc<Door>>, Query(asked): Query<Asked>, headers: HeaderMap, upgrade: WebSocketUpgrade) -> Response {
    let protocols = headers.get_all(header::SEC_WEBSOCKET_PROTOCOL).iter().filter_map(|value| value.to_str().ok());
    let mut protocols = protocols.flat_map(|line| line.split(',')).map(str::trim);
    if !protocols.any(|said| said == door.token) && asked.token.as_ref() != Some(&door.token) {
        return (StatusCode::FORBIDDEN, "the token is missing or not that of this run\n").into_response();
    }
    let client = Client::new(&door.engine);
    upgrade.protocols([PROTOCOL]).max_message_size(MESSAGE).max_frame_size(MESSAGE).on_upgrade(move |socket| converse(client, socket))
}

async fn converse(client: Client, mut socket: WebSocket) {
    loop {
        tokio::select! {
            heard = socket.recv() => match heard {
                Some(Ok(Message::Text(text))) => client.hear(&text),
                Some(Ok(Message::Binary(bytes))) => client.hear_bytes(&bytes),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
            },
            told = client.next() => {
                if socket.send(Message::Text(told.into())).await.is_err() {
                    return;
                }
            }
        }
    }
}
