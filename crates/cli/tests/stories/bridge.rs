//! The bridge: a WebSocket on loopback that lets in who has the token, and the page beside it.

use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::StatusCode;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::profile::{PATIENCE, Profile, Up};

struct Offered {
    host: String,
    token: String,
}

fn offered(up: &Up) -> Offered {
    let url = up.event("bridge")["url"].as_str().expect("a URL").to_owned();
    let (host, token) = url.strip_prefix("http://").and_then(|rest| rest.split_once("/#token=")).expect("host and token");
    Offered { host: host.into(), token: token.into() }
}

impl Offered {
    async fn knock(&self, token: &str, headers: &[(&'static str, &str)]) -> Result<WebSocketStream<MaybeTlsStream<TcpStream>>, Error> {
        let mut request = format!("ws://{}/lanes", self.host).into_client_request().expect("a request");
        request.headers_mut().insert("sec-websocket-protocol", format!("sheaf, {token}").parse().expect("a header"));
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().expect("a header"));
        }
        Ok(connect_async(request).await?.0)
    }

    /// A plain GET, as whoever has no library for it would do.
    async fn get(&self, path: &str, host: &str) -> String {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let mut stream = TcpStream::connect(&self.host).await.expect("the bridge listens");
        let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.expect("sent");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.expect("answered");
        String::from_utf8_lossy(&answer).into_owned()
    }
}

fn refused(outcome: Result<WebSocketStream<MaybeTlsStream<TcpStream>>, Error>) -> bool {
    matches!(outcome, Err(Error::Http(answer)) if answer.status() == StatusCode::FORBIDDEN)
}

async fn ask(socket: &mut WebSocketStream<MaybeTlsStream<TcpStream>>, request: Value) -> Value {
    use futures_util::{SinkExt, StreamExt};
    socket.send(Message::text(request.to_string())).await.expect("sent");
    loop {
        let told = tokio::time::timeout(PATIENCE, socket.next()).await.expect("in time").expect("open").expect("a message");
        let told: Value = serde_json::from_str(told.to_text().expect("text")).expect("JSON");
        if told["id"] == request["id"] {
            return told;
        }
    }
}

#[tokio::test]
async fn the_bridge_serves_the_lanes_to_who_has_the_token() {
    let profile = Profile::new();
    let id = profile.line(&["new", "Bridged", "--from", profile.file("b.md", "abc\n").to_str().expect("a path")]);
    let up = profile.up(&["--bridge", "127.0.0.1:0"]);
    let bridge = offered(&up);
    let own = format!("http://{}", bridge.host);
    let mut socket = bridge.knock(&bridge.token, &[("origin", &own)]).await.expect("let in");
    let opened = ask(&mut socket, json!({ "id": 1, "call": "open", "document": id, "view": "v" })).await;
    assert_eq!(opened["ok"]["length"], 4);
    let push = json!({ "id": 2, "call": "push", "document": id, "view": "v", "number": 1, "version": opened["ok"]["version"],
        "delta": { "ops": [{ "retain": 3 }, { "insert": "d" }] } });
    assert!(ask(&mut socket, push).await["ok"]["version"].is_u64());
    assert_eq!(profile.ok(&["show", &id]).stdout, "abcd\n");
    // The same token lets a second tab in, and the first one again.
    drop(socket);
    assert!(bridge.knock(&bridge.token, &[("origin", &own)]).await.is_ok());
}

#[tokio::test]
async fn nobody_else_is_let_in() {
    let profile = Profile::new();
    let up = profile.up(&["--bridge", "127.0.0.1:0"]);
    let bridge = offered(&up);
    assert!(refused(bridge.knock("0123456789abcdef0123456789abcdef", &[]).await));
    assert!(refused(bridge.knock("sheaf", &[]).await));
    assert!(refused(bridge.knock(&bridge.token, &[("origin", "https://evil.example")]).await), "another page");
    assert!(refused(bridge.knock(&bridge.token, &[("origin", "null")]).await), "a page without a name");
    assert!(refused(bridge.knock(&bridge.token, &[("host", "evil.example")]).await), "a name that points here");
    assert!(bridge.knock(&bridge.token, &[]).await.is_ok(), "a program with the token");
    let other = profile.home().with_file_name("other");
    let failed = profile.fails(&["--home", other.to_str().expect("a path"), "up", "--bridge", "0.0.0.0:0"]);
    assert!(failed.code == 1 && failed.stderr.contains("loopback"), "{}", failed.stderr);
}

#[tokio::test]
async fn the_page_is_served_under_a_strict_policy() {
    let profile = Profile::new();
    let folder = profile.home().with_file_name("ui");
    std::fs::create_dir_all(folder.join("assets")).expect("a folder");
    std::fs::write(folder.join("index.html"), "<!doctype html><title>page</title>").expect("a file");
    std::fs::write(folder.join("assets/a.js"), "export {}").expect("a file");
    std::fs::write(folder.with_file_name("secret"), "secret").expect("a file");
    let up = profile.up(&["--bridge", "127.0.0.1:0", "--ui", folder.to_str().expect("a path")]);
    let bridge = offered(&up);
    let page = bridge.get("/", &bridge.host).await;
    assert!(page.starts_with("HTTP/1.1 200") && page.contains("<title>page</title>"), "{page}");
    assert!(page.contains("content-security-policy: default-src 'self'") && page.contains("text/html"), "{page}");
    let script = bridge.get("/assets/a.js", &bridge.host).await;
    assert!(script.contains("javascript") && script.contains("export {}"), "{script}");
    for path in ["/../secret", "/%2e%2e/secret", "/assets/%2e%2e/%2e%2e/secret"] {
        let answer = bridge.get(path, &bridge.host).await;
        assert!(!answer.contains("\r\n\r\nsecret"), "{path}: {answer}");
    }
    assert!(bridge.get("/", "evil.example").await.starts_with("HTTP/1.1 403"));
    let other = profile.home().with_file_name("other");
    let failed = profile.fails(&["--home", other.to_str().expect("a path"), "up", "--bridge", "127.0.0.1:0", "--ui", "/nowhere"]);
    assert!(failed.code == 1 && failed.stderr.contains("index.html"), "{}", failed.stderr);
}
