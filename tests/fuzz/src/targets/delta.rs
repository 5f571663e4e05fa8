//! Deltas as JSON, as a view, a foreign editor or an agent sends them, and what becomes of a push.
//!
//! Every part is the JSON of a Delta. All are pushed, one after another, to one replica; each is composed with and transformed past the one
//! before it.

use std::sync::LazyLock;

use sheaf_base::{ClientId, Update};
use sheaf_replica::{PushError, Replica};
use sheaf_schema::{Block, Delta, json};

/// Pushes of one input; more of them show nothing that fewer do not.
const PUSHES: usize = 8;

/// Bytes of one text; what is longer is cut. A map of one number costs some hundred bytes, so memory is bounded by what is read and no better.
const LONGEST: usize = 64 * 1024;

/// Operations of one push. A push is its person's own work and may take as long as there is to do; here a hang shall be told from work.
const OPERATIONS: usize = 200;

static FOUNDING: LazyLock<Update> = LazyLock::new(|| Replica::found(ClientId(300)).expect("founding works").1);

pub(super) fn run(parts: &[Vec<u8>]) {
    let mut pushes: Vec<Delta> = Vec::new();
    for part in parts.iter().take(PUSHES) {
        let Ok(text) = std::str::from_utf8(&part[..part.len().min(LONGEST)]) else { continue };
        if let Ok(written) = json::read(text).map(|value| json::write(&value)) {
            let again = json::read(&written).map(|value| json::write(&value));
            assert_eq!(again.as_ref(), Ok(&written), "two spellings of one value");
        }
        if let Ok(delta) = Delta::from_json(text) {
            check_algebra(pushes.last(), &delta);
            pushes.push(delta);
        }
    }
    if !pushes.is_empty() {
        check_pushes(&pushes);
    }
}

fn check_algebra(before: Option<&Delta>, delta: &Delta) {
    assert_eq!(Delta::from_json(&delta.to_json()).as_ref(), Ok(delta), "a Delta reads back");
    assert_eq!(delta.clone().normal(), *delta, "what is read is in its normal form");
    let Some(before) = before else { return };
    let composed = before.compose(delta);
    assert_eq!(composed.clone().normal(), composed, "what is composed is in its normal form");
    if before.is_body() && delta.fits(before).is_ok() {
        assert_eq!(composed.compose(&delta.invert(before)), *before, "a change taken back is none");
    }
    drop((before.transform(delta, true), delta.transform(before, false)));
}

/// A push is refused, and nothing has happened; or what it wrote is a body of which yrs and the index agree, here and at another device.
fn check_pushes(pushes: &[Delta]) {
    let mut writer = Replica::empty(ClientId(300));
    let mut reader = Replica::empty(ClientId(7));
    for replica in [&mut writer, &mut reader] {
        replica.apply(std::slice::from_ref(&*FOUNDING)).expect("the founding applies");
    }
    let mut drawn = 0u64;
    let mut fresh = || {
        drawn += 1;
        *blake3::hash(&drawn.to_le_bytes()).as_bytes()
    };
    for push in pushes.iter().filter(|push| push.ops.len() <= OPERATIONS) {
        let before = writer.delta();
        match writer.push(push, &mut fresh) {
            Ok(pushed) => {
                assert_eq!(before.compose(&pushed.delta), writer.delta(), "the Delta does not tell what happened");
                reader.apply(&pushed.updates).expect("what we write applies");
            }
            Err(PushError::Broken(broken)) => panic!("a push broke the replica: {broken}"),
            Err(_) => assert_eq!(writer.delta(), before, "a refused push has done something"),
        }
    }
    for replica in [&writer, &reader] {
        assert!(!replica.pending(), "yrs waits");
        replica.audit().expect("yrs and the index agree");
    }
    assert_eq!(writer.state_hash(), reader.state_hash(), "two devices show two documents");
    for line in writer.delta().lines() {
        let block = Block::from(line.block());
        assert_eq!(Block::from(block.to_string().as_str()), block, "two spellings of one kind of line");
    }
}

/// What views send: the seeds.
pub(crate) fn honest() -> Vec<(&'static str, Vec<Vec<u8>>)> {
    let parts = |all: &[&str]| all.iter().map(|json| json.as_bytes().to_vec()).collect();
    let line = r#"{"ops":[{"insert":"one 🌾"},{"insert":"\n","attributes":{"block":"h1","line":"aaaaaaaaaaaaaaaa"}},{"insert":"two\n"}]}"#;
    vec![
        (
            "honest-pushes",
            parts(&[
                line,
                r#"{"ops":[{"retain":1,"attributes":{"bold":true}},{"insert":"x"},{"delete":2}]}"#,
                r#"{"ops":[{"retain":4},{"insert":{"image":{"src":"a.png","size":[1,2.5]}},"attributes":{"link":null}}]}"#,
                r#"{"ops":[{"retain":5},{"retain":1,"attributes":{"block":null}},{"insert":"\n\n"}]}"#,
            ]),
        ),
        (
            "honest-kinds",
            parts(&[
                r#"{"ops":[{"insert":"\n","attributes":{"block":"task done in=2 q=1"}},{"insert":"\n","attributes":{"block":"code lang=a%20b start"}},{"insert":"\n","attributes":{"block":"ol n=7 zoom"}}]}"#,
            ]),
        ),
        (
            "honest-escapes",
            parts(&[r#" {"ops" : [ {"insert" : "\u00e9\ud834\udd1e\/\n\u0001 \"q\""} ] } "#, r#"{"ops":[{"retain":3},{"delete":1}]}"#]),
        ),
    ]
}
