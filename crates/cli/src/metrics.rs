//! What the node has counted, over HTTP on loopback: for Prometheus, and for people with curl. Holds no content, so it asks for no token; it does
//! ask that the request is addressed to it, since any page in a browser may try.

use std::net::SocketAddr;

use axum::Router;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use sheaf_engine::{Engine, supervised};
use tokio::net::TcpListener;
use tokio::task::AbortHandle;

/// The media type of OpenMetrics 1.0.
const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The offered page. Dropping it takes it away.
pub(crate) struct Metrics {
    /// Where it is.
    pub(crate) url: String,
    serving: AbortHandle,
}

impl Metrics {
    /// Listens on a loopback address.
    pub(crate) async fn offer(engine: &Engine, address: SocketAddr) -> Result<Metrics, String> {
        if !address.ip().is_loopback() {
            return Err(format!("what is counted is for this machine alone: {} is not a loopback address. Use 127.0.0.1:0", address.ip()));
        }
        let failed = |error| format!("cannot listen on {address}: {error}");
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let (engine, hosts) = (engine.clone(), [address.to_string(), format!("localhost:{}", address.port())]);
        let page = move |headers: HeaderMap| {
            let (engine, hosts) = (engine.clone(), hosts.clone());
            async move { answer(&engine, &hosts, &headers) }
        };
        let router = Router::new().route("/metrics", get(page));
        let serving = supervised("the metrics page", async move {
            if let Err(error) = axum::serve(listener, router).await {
                tracing::error!(%error, "the metrics page ended");
            }
        });
        Ok(Metrics { url: format!("http://{address}/metrics"), serving })
    }
}

fn answer(engine: &Engine, hosts: &[String], headers: &HeaderMap) -> Response {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    if !host.is_some_and(|host| hosts.iter().any(|own| own == host)) {
        return (StatusCode::FORBIDDEN, "this page is not for you\n").into_response();
    }
    ([(header::CONTENT_TYPE, OPENMETRICS)], engine.metrics()).into_response()
}

impl Drop for Metrics {
    fn drop(&mut self) {
        self.serving.abort();
    }
}
