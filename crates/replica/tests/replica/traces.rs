//! Every update of the shared traces passes the walker, in the rules that allow any roots and any clients.

use std::{fs, path::PathBuf};

use sheaf_replica::walk::{Rules, walk};
use yrs::{
    Any, Doc, GetString, OffsetKind, Options, Transact, Update,
    encoding::read::Read,
    updates::{
        decoder::{Decode, Decoder, DecoderV1},
        encoder::Encode,
    },
};

fn folder() -> Option<PathBuf> {
    let named = std::env::var_os("SHEAF_TRACES").map(PathBuf::from);
    let folder = named.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/traces"));
    if folder.is_dir() {
        return Some(folder);
    }
    println!("SKIPPED: there are no traces at {} (SHEAF_TRACES names another folder)", folder.display());
    None
}

#[test]
fn every_update_of_every_trace_is_accepted() {
    let Some(folder) = folder() else { return };
    let mut names: Vec<PathBuf> = fs::read_dir(folder.join("egwalker"))
        .expect("the folder can be read")
        .map(|entry| entry.expect("the entry can be read").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "yjs"))
        .collect();
    names.sort();
    assert!(!names.is_empty(), "no traces in {}", folder.display());
    for path in names {
        let second = fs::read(&path).expect("the trace can be read");
        // These are in version 2 of the encoding; yrs spells them in version 1.
        let bytes = Update::decode_v2(&second).expect("yrs reads the trace").encode_v1();
        accept(&path.display().to_string(), &bytes);
    }
    let bytes = fs::read(folder.join("y-crdt/b4-update.bin")).expect("the trace can be read");
    accept("b4-update.bin", &bytes);
}

fn accept(name: &str, bytes: &[u8]) {
    let walked = walk(bytes, Rules::Any).unwrap_or_else(|refused| panic!("{name}: {refused}"));
    let clients: std::collections::BTreeSet<_> = walked.structs().map(|one| one.id.client).collect();
    let (structs, deletes) = (walked.structs().count(), walked.deletes().count());
    println!("{name}: {} bytes, {} clients, {structs} structs, {deletes} deleted ranges", bytes.len(), clients.len());
}

#[test]
fn every_small_update_of_the_compatibility_set_is_accepted_and_yrs_reads_the_same_text() {
    let Some(folder) = folder() else { return };
    let bytes = fs::read(folder.join("y-crdt/small-test-dataset.bin")).expect("the set can be read");
    let mut decoder = DecoderV1::from(bytes.as_slice());
    let cases: u32 = decoder.read_var().expect("the set says how many cases it has");
    let mut updates = 0;
    for case in 0..cases {
        let count: u32 = decoder.read_var().expect("the case says how many updates it has");
        let doc = Doc::with_options(Options { offset_kind: OffsetKind::Utf16, ..Options::default() });
        let text = doc.get_or_insert_text("text");
        for _ in 0..count {
            let update = decoder.read_buf().expect("the update is there");
            walk(update, Rules::Any).unwrap_or_else(|refused| panic!("case {case}: {refused}"));
            let update = Update::decode_v1(update).expect("yrs reads the update");
            doc.transact_mut().apply_update(update).expect("yrs applies the update");
            updates += 1;
        }
        assert_eq!(text.get_string(&doc.transact()), decoder.read_string().expect("the text is there"), "case {case}");
        let _: [Any; 2] = std::array::from_fn(|_| decoder.read_any().expect("the value is there"));
    }
    println!("{cases} cases, {updates} updates");
}
