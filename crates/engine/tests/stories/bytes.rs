//! Requests with bytes behind them: a file on its way into a document, and messages that are none.

use serde_json::{Value, json};
use sheaf_engine::{Engine, Home};

use crate::lane::Lane;

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_handed_over_as_bytes_and_in_letters_alike() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let engine = Engine::open(Home::at(folder.path().join("home"))).await.expect("opens");
    let document = engine.create("Papers").await.expect("made").id().to_string();
    let mut lane = Lane::new(&engine);
    let mut hashes = Vec::new();
    for in_letters in [true, false] {
        let upload = lane.ask("attach", json!({ "document": document, "name": "hares.txt" })).await.expect("begun")["upload"].clone();
        for (at, part, letters) in [(0, "Two hares\n", "VHdvIGhhcmVzCg=="), (10, "\0\u{ff}", "AMO/")] {
            let part = match in_letters {
                true => lane.ask("attach_part", json!({ "upload": upload, "at": at, "bytes": letters })).await,
                false => lane.hand("attach_part", json!({ "upload": upload, "at": at }), part.as_bytes()).await,
            };
            part.expect("taken");
        }
        hashes.push(lane.ask("attach_done", json!({ "upload": upload })).await.expect("whole")["hash"].clone());
    }
    assert_eq!(hashes[0], hashes[1]);

    let upload = lane.ask("attach", json!({ "document": document, "name": "long" })).await.expect("begun")["upload"].clone();
    let long = lane.hand("attach_part", json!({ "upload": upload, "at": 0 }), &vec![0; (1 << 20) + 1]).await;
    assert_eq!(long.expect_err("too long")["code"], "malformed");
    assert_eq!(lane.hand("push", json!({}), b"x").await.expect_err("it takes no bytes")["code"], "unknown_call");
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_that_are_no_request_are_answered_in_plain_words() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let engine = Engine::open(Home::at(folder.path().join("home"))).await.expect("opens");
    let mut lane = Lane::new(&engine);
    let messages: [&[u8]; 6] = [b"", b"abc", b"\xff\xff\xff\xff{}", b"\x02\0\0\0[]", b"\x02\0\0\0{}", b"\x01\0\0\0{rest"];
    for message in messages {
        lane.hear_bytes(message);
        let answer = lane.wait("an answer", |told| told["id"] == Value::Null && !told["error"].is_null()).await;
        assert_eq!(answer["error"]["code"], "malformed", "{message:?}");
    }
}
