//! The catalogue, settings, peers and search.

use sheaf_base::{DeviceId, Wall};
use sheaf_store::{Batch, Change, Entry};

use crate::made::{begun, document, entry, open};

#[test]
fn the_catalogue_is_by_last_change_and_keeps_what_was_entered() {
    let profile = tempfile::tempdir().expect("a temporary folder");
    let store = open(profile.path());
    for name in [2, 3, 1] {
        store.commit(begun(name)).wait().expect("written");
    }
    let changed = Entry {
        title: "Ångström 😀".into(),
        changed: Wall(99),
        opened: Some(Wall(98)),
        trashed: Some(Wall(97)),
        role: 1,
        state: 2,
        people: 3,
        placeholder: true,
        ticket: Some(vec![1, 2]),
        kind: 1,
        folder: Some(document(2)),
        ..entry(1)
    };
    store.commit(Batch::of(document(1)).with(Change::Enter(changed.clone()))).wait().expect("written");
    let catalogue = store.read(|reader| reader.catalogue()).expect("readable");
    assert_eq!(catalogue, [changed, entry(3), entry(2)]);
}

#[test]
fn settings_and_peers_are_the_profiles() {
    let profile = tempfile::tempdir().expect("a temporary folder");
    let store = open(profile.path());
    let set = |value: Option<&[u8]>| Change::Setting { name: "network".into(), value: value.map(<[u8]>::to_vec) };
    let device = DeviceId([3; 32]);
    let peer = |seen| Change::Peer { device, seen: Wall(seen), route: vec![seen as u8] };
    store
        .commit(Batch::profile().with(set(Some(b"local"))).with(peer(1)).with(set(Some(b"direct"))).with(peer(2)))
        .wait()
        .expect("written");
    store
        .read(|reader| {
            assert_eq!(reader.setting("network")?.as_deref(), Some(b"direct".as_slice()));
            assert_eq!(reader.setting("nothing")?, None);
            let peers = reader.peers()?;
            assert_eq!(
                peers.iter().map(|peer| (peer.device, peer.seen, peer.route.clone())).collect::<Vec<_>>(),
                [(device, Wall(2), vec![2])]
            );
            Ok(())
        })
        .expect("readable");
    store.commit(Batch::profile().with(set(None))).wait().expect("written");
    assert_eq!(store.read(|reader| reader.setting("network")).expect("readable"), None);
}

#[test]
fn words_are_found_whatever_stands_in_the_question() {
    let profile = tempfile::tempdir().expect("a temporary folder");
    let store = open(profile.path());
    for (name, body) in [(1, "Leek and potato soup"), (2, "A soufflé that rises"), (3, "nothing")] {
        let words = Change::Search { title: format!("Page {name}"), body: body.into() };
        store.commit(begun(name)).wait().expect("written");
        store.commit(Batch::of(document(name)).with(words)).wait().expect("written");
    }
    let found = |words: &str| {
        let hits = store.read(|reader| reader.search(words, 10)).expect("readable");
        hits.into_iter().map(|hit| hit.document).collect::<Vec<_>>()
    };
    assert_eq!(found("potato lee"), [document(1)]);
    assert_eq!(found("SOUFFLE"), [document(2)]);
    assert_eq!(found("page").len(), 3);
    for odd in ["", "  ", "\"", "soup OR", "NEAR(", "a*b", "-x", "col:soup"] {
        found(odd);
    }
}
