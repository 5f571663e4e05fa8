//! Golden bytes: what we write today is what we wrote before. `SHEAF_BLESS=1` writes the file anew; a difference in review is a
//! difference in everybody's journals.

use std::{fmt::Write, fs, path::PathBuf};

use data_encoding::HEXLOWER;
use sheaf_base::ClientId;
use sheaf_replica::{Pushed, Replica};
use sheaf_schema::{Delta, Embed, Scalar, Value, attributes};

/// A line of the file for each update of an edit.
fn note(golden: &mut String, name: &str, pushed: &Pushed) {
    for update in &pushed.updates {
        writeln!(golden, "{name}: {}", HEXLOWER.encode(&update.0)).expect("a string takes what is written");
    }
}

fn written() -> String {
    let mut golden = String::new();
    let (mut replica, founding) = Replica::found(ClientId(0x0012_3456_789a_bcde)).expect("founding works");
    writeln!(golden, "founding: {}", HEXLOWER.encode(&founding.0)).expect("a string takes what is written");
    let mut count = 0u8;
    let mut fresh = || {
        count += 1;
        [count; 32]
    };
    let heading = attributes([("line", "aaaaaaaaaa".into()), ("block", "h1".into())]);
    let marked = attributes([("bold", true.into()), ("italic", true.into()), ("link", "https://example.org/?a=b&c".into())]);
    let value = Value::Map([("b".to_owned(), Value::Number(1.5)), ("a".to_owned(), Value::List(vec![Value::Null]))].into());
    let edits: Vec<(&str, Delta)> = vec![
        ("a heading", Delta::new().insert("Gärten").insert_with("\n", heading)),
        ("a key", Delta::new().retain(6).insert("!")),
        ("a line whose id the core chooses", Delta::new().retain(8).insert("words\n")),
        ("three marks", Delta::new().retain(9).insert_with("𝄞", marked)),
        ("a mark taken away", Delta::new().retain(9).retain_with(2, attributes([("italic", Scalar::Null)]))),
        ("a kind", Delta::new().retain(15).retain_with(1, attributes([("block", "task done".into())]))),
        ("an embed", Delta::new().retain(8).embed(Embed::new("unknown", value))),
        ("a deletion", Delta::new().retain(2).delete(4)),
        ("a kind taken away", Delta::new().retain(3).retain_with(1, attributes([("block", Scalar::Null)]))),
    ];
    for (name, push) in edits {
        let pushed = replica.push(&push, &mut fresh).unwrap_or_else(|error| panic!("{name}: {error}"));
        note(&mut golden, name, &pushed);
    }
    note(&mut golden, "a title", &replica.set_title("Gärten").expect("the title is accepted"));
    writeln!(golden, "state: {}", HEXLOWER.encode(&replica.state_hash())).expect("a string takes what is written");
    golden
}

#[test]
fn updates_are_written_as_before() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("golden/updates.txt");
    let golden = written();
    // yrs's hash maps are seeded anew in each of them: the bytes must not show it.
    for _ in 0..20 {
        assert_eq!(written(), golden, "the same edits wrote other bytes");
    }
    if std::env::var_os("SHEAF_BLESS").is_some() {
        fs::write(&path, &golden).expect("the golden file can be written");
    }
    let before = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    assert_eq!(golden, before);
}
