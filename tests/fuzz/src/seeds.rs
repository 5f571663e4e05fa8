//! The inputs that have names: what honest people send, from which the rest is bent, and the known killers of readers of such formats.
//!
//! `cargo run -p sheaf-fuzz -- seeds` writes them into the corpus; a test holds that they are there and unchanged.

use crate::{
    parts::{piece, write, write_number},
    targets::{access, delta, frame, pack, record, snapshot, ticket, walker},
};

/// The named inputs: target, name, input.
pub fn named() -> Vec<(&'static str, &'static str, Vec<u8>)> {
    let honest = [
        ("walker", walker::honest()),
        ("record", record::honest()),
        ("pack", pack::honest()),
        ("frame", frame::honest()),
        ("ticket", ticket::honest()),
        ("access", access::honest()),
        ("snapshot", snapshot::honest()),
        ("delta", delta::honest()),
    ];
    let honest = honest.into_iter().flat_map(|(target, seeds)| seeds.into_iter().map(move |(name, parts)| (target, name, write(&parts))));
    honest.chain(killers()).collect()
}

fn killers() -> impl Iterator<Item = (&'static str, &'static str, Vec<u8>)> {
    let of = |target, all: Vec<(&'static str, Vec<u8>)>| all.into_iter().map(move |(name, input)| (target, name, input));
    of("walker", updates())
        .chain(of("snapshot", states()))
        .chain(of("pack", bombs()))
        .chain(of("frame", frames()))
        .chain(of("ticket", tickets()))
        .chain(of("delta", deltas()))
}

/// A record of the fresh client 1000 in the lively scene, in which client 300 has more than 10 clocks.
fn update(update: &[u8]) -> Vec<u8> {
    write(&[vec![0], [&[3], update].concat()])
}

/// One block of client 1000 from clock 0 with this many structs, then the deletes.
fn block(count: u8, structs: &[u8], deletes: &[u8]) -> Vec<u8> {
    [&[1, count, 0xe8, 0x07, 0], structs, deletes].concat()
}

/// Text between clocks 4 and 5 of client 300.
fn text(content: &[u8]) -> Vec<u8> {
    [&[0xc4, 0xac, 0x02, 4, 0xac, 0x02, 5, content.len() as u8], content].concat()
}

fn updates() -> Vec<(&'static str, Vec<u8>)> {
    let entry = |any: &[u8]| [b"\x28\x01\x04meta\x01k\x01".as_slice(), any].concat();
    let nested = piece(&[117, 1], 100_000, false);
    let deep = |head: &[u8], tail: &[u8]| [piece(&[0], 1, true), piece(head, 1, false), nested.clone(), piece(tail, 1, true)].concat();
    let number = |value: u64| {
        let mut bytes = Vec::new();
        write_number(&mut bytes, value);
        bytes
    };
    let from = |client: u64, clock: u64| [vec![1, 1], number(client), number(clock), text(b"a"), vec![0]].concat();
    let embed = |json: String| [vec![0xc5, 0xac, 0x02, 4, 0xac, 0x02, 5], number(json.len() as u64), json.into_bytes()].concat();
    vec![
        ("killer-utf8-cut-in-a-character", update(&block(1, &text(b"a\xf0\x9f\x8c"), &[0]))),
        ("killer-utf8-half-a-pair", update(&block(1, &text(b"\xed\xa0\x80"), &[0]))),
        ("killer-block-of-no-structs", update(&[1, 0, 0xe8, 0x07, 0, 0])),
        ("killer-text-of-no-length", update(&block(1, &text(b""), &[0]))),
        ("killer-deleted-run-of-no-length", update(&block(1, &[0xc1, 0xac, 0x02, 4, 0xac, 0x02, 5, 0], &[0]))),
        ("killer-collected-run-of-no-length", update(&block(1, &[0, 0], &[0]))),
        ("killer-parent-is-itself", update(&block(1, &[0x04, 0, 0xe8, 0x07, 0, 1, b'a'], &[0]))),
        ("killer-parents-in-a-circle", update(&block(2, &[0x07, 0, 0xe8, 0x07, 1, 1, 0x07, 0, 0xe8, 0x07, 0, 1], &[0]))),
        ("killer-origin-is-itself", update(&block(1, &[0xc4, 0xe8, 0x07, 0, 0xac, 0x02, 5, 1, b'a'], &[0]))),
        ("killer-right-before-left", update(&block(1, &[0xc4, 0xac, 0x02, 9, 0xac, 0x02, 4, 1, b'a'], &[0]))),
        ("killer-clocks-run-over", update(&from(1000, (1 << 31) - 1))),
        ("killer-clock-beyond-2-31", update(&from(1000, 1 << 31))),
        ("killer-clock-2-64", update(&from(1000, u64::MAX))),
        ("killer-client-2-53-and-more", update(&from((1 << 53) + 7, 0))),
        ("killer-delete-set-out-of-order", update(&block(1, &text(b"a"), &[1, 0xac, 0x02, 2, 7, 1, 4, 1]))),
        ("killer-delete-set-overlaps", update(&block(1, &text(b"a"), &[1, 0xac, 0x02, 2, 4, 3, 5, 1]))),
        ("killer-delete-set-client-twice", update(&block(1, &text(b"a"), &[2, 0xac, 0x02, 1, 4, 1, 0xac, 0x02, 1, 7, 1]))),
        ("killer-deletes-the-sentinel", update(&[0, 1, 0xac, 0x02, 1, 1, 1])),
        ("killer-any-nested-100000-deep", deep(&[&[3, 1, 1, 0xe8, 0x07, 0], entry(&[]).as_slice()].concat(), &[126, 0])),
        ("killer-embed-nested-1000-deep", update(&block(1, &embed(format!("{}1{}", "{\"a\":".repeat(1000), "}".repeat(1000))), &[0]))),
        ("killer-map-of-2-28-entries", update(&block(1, &entry(&[118, 0x80, 0x80, 0x80, 0x80, 1]), &[0]))),
        ("killer-list-of-2-28-entries", update(&block(1, &entry(&[117, 0x80, 0x80, 0x80, 0x80, 1]), &[0]))),
        ("killer-2-28-structs", update(&[&[1, 0x80, 0x80, 0x80, 0x80, 1, 0xe8, 0x07, 0], text(b"a").as_slice(), &[0]].concat())),
        ("killer-2-28-clients", update(&[0x80, 0x80, 0x80, 0x80, 1, 0])),
        ("killer-text-of-2-31-bytes", update(&block(1, &[0xc4, 0xac, 0x02, 4, 0xac, 0x02, 5, 0x80, 0x80, 0x80, 0x80, 8, b'a'], &[0]))),
        ("killer-run-lengths-of-version-2", update(&[0, 0, 1, 7, 0, 0, 3, 0x41, 0x7f, 0x7f, 1, 1, 0, 0])),
        ("killer-strings-of-json", update(&block(1, &[0xc2, 0xac, 0x02, 4, 0xac, 0x02, 5, 1, 1, b'1'], &[0]))),
        ("killer-document-in-the-document", update(&block(1, &[0xc9, 0xac, 0x02, 4, 0xac, 0x02, 5, 1, b'x', 126], &[0]))),
        ("killer-second-founding", write(&[vec![1], walker::founding()])),
        ("honest-founding", write(&[vec![2], walker::founding()])),
        // Found by coverage: a founding record whose first structs were not held to be the sentinel, and not checked for what they stand on.
        ("killer-founding-on-what-is-not-there", founding_with(&[0xc4, 7, 5, 7, 0, 7, b's', b'o', b' ', 0xf0, 0x9f, 0x8c, 0xbe], 1)),
        (
            "killer-founding-left-of-what-is-not-there",
            founding_with(b"\x46\x07\x05\x04line\x05\"end\"\x84\xe8\x07\x00\x01\x0a\x86\xe8\x07\x01\x04line\x04null", 3),
        ),
        ("killer-two-foundings-apart", {
            // Both are the first by their own past: each founds, neither knows the other.
            let one = walker::founding();
            let mut other = one.clone();
            other[0] = 1;
            write(&[vec![2], one, other])
        }),
    ]
}

/// A founding record of client 1000 with these structs, where nothing has been written.
fn founding_with(structs: &[u8], count: u8) -> Vec<u8> {
    write(&[vec![2], [&[3 | walker::FOUNDS], block(count, structs, &[0]).as_slice()].concat()])
}

fn states() -> Vec<(&'static str, Vec<u8>)> {
    let part = |bytes: &[u8]| write(&[[&[snapshot::STATE], bytes].concat()]);
    let list = b"\x01\x01\x07\x00\x08\x01\x04meta\x01";
    let deep = [
        piece(&[&[snapshot::STATE], b"\x01\x01\x07\x00\x28\x01\x04meta\x01k\x01".as_slice()].concat(), 1, false),
        piece(&[117, 1], 100_000, false),
        piece(&[126, 0], 1, true),
    ]
    .concat();
    let circle = [1, 2, 7, 0, 0x07, 0, 7, 1, 1, 0x07, 0, 7, 0, 1, 0];
    // Client 7 stands on client 8 and client 8 on client 7.
    let across = [2, 1, 8, 0, 0x84, 7, 0, 1, b'a', 1, 7, 0, 0x84, 8, 0, 1, b'b', 0];
    vec![
        ("killer-any-nested-100000-deep", deep),
        ("killer-map-of-2-28-entries", part(&[list.as_slice(), &[118, 0x80, 0x80, 0x80, 0x80, 1, 0]].concat())),
        ("killer-parents-in-a-circle", part(&circle)),
        ("killer-clients-in-a-circle", part(&across)),
        ("killer-skip-of-2-31", part(&[1, 1, 7, 0, 10, 0xff, 0xff, 0xff, 0xff, 7, 0])),
        ("killer-collected-2-31", part(&[1, 1, 7, 0, 0, 0xff, 0xff, 0xff, 0xff, 7, 0])),
        ("killer-deleted-2-31", part(b"\x01\x01\x07\x00\x01\x01\x04body\xff\xff\xff\xff\x07\x00")),
        ("killer-deletes-2-31", part(&[0, 1, 7, 1, 0, 0xff, 0xff, 0xff, 0xff, 7])),
        ("killer-starts-at-2-31", part(&[1, 1, 7, 0xfe, 0xff, 0xff, 0xff, 7, 0, 1, 0])),
    ]
}

fn bombs() -> Vec<(&'static str, Vec<u8>)> {
    let zeros = vec![0; 4 * 1024 * 1024];
    let squeeze = |bytes: &[u8]| zstd::bulk::compress(bytes, 19).expect("it compresses");
    let count = |count: u64| {
        let mut how = vec![pack::COMPRESSED];
        write_number(&mut how, count);
        how
    };
    // The smallest record there is, as often as a run may hold it; and the largest, as often as it fits.
    let smallest = [1, 0, 0, 0].repeat(8192);
    let mut largest = vec![1, 0, 0];
    write_number(&mut largest, 48_000);
    largest.resize(largest.len() + 48_000, b' ');
    let largest = largest.repeat(87);
    // A frame of one byte with a window of 4 MiB, the largest that is allowed: each asks for it anew.
    let wide = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x60, 0x09, 0, 0, b'x'];
    let mut window = squeeze(&zeros);
    // A frame that says it needs 2^31 bytes of window: no single segment, window descriptor 0xa8.
    window.splice(4..6, [0x00, 0xa8]);
    vec![
        ("killer-bomb-of-4-mib", write(&[count(1), squeeze(&zeros)])),
        ("killer-bomb-of-1-gib", write(&[count(1), squeeze(&zeros).repeat(256)])),
        ("killer-window-of-2-31", write(&[count(1), window])),
        ("killer-7000-empty-frames", [write(&[count(1)]), piece(&squeeze(b""), 7000, true)].concat()),
        ("killer-6000-frames-of-large-windows", [write(&[count(1)]), piece(&wide, 6000, true)].concat()),
        ("killer-8192-smallest-records", write(&[count(8192), squeeze(&smallest)])),
        ("killer-87-largest-records", write(&[count(87), squeeze(&largest)])),
        ("killer-counts-8192-holds-none", write(&[count(8192), squeeze(b"")])),
        ("honest-8192-smallest-records", [write(&[[0]]), piece(&[1, 0, 0, 0], 8192, true)].concat()),
    ]
}

fn frames() -> Vec<(&'static str, Vec<u8>)> {
    let part = |kind: u8, bytes: &[u8]| write(&[[&[kind], bytes].concat()]);
    let many = |head: &[u8], each: &[u8], times: usize| {
        [piece(&[&[frame::kind::FRAME], head].concat(), 1, false), piece(each, times, true)].concat()
    };
    let claims = [0xff, 0xff, 3];
    // Every range there is, as often as a frame holds it: asked about everything, 30,000 times over.
    let ranges = many(&[5, 0xb0, 0xea, 1], &[0, 2, 0], 0x7530 - 9000);
    vec![
        ("killer-compare-claims-65535-ranges", part(frame::kind::FRAME, &[&[5], claims.as_slice(), &[0, 2, 0]].concat())),
        ("killer-compare-of-everything-20000-times", many(&[5, 0xa0, 0x9c, 1], &[0, 2, 0], 20_000)),
        ("killer-compare-cut-short", ranges),
        ("killer-routes-claim-65535", part(frame::kind::FRAME, &[&[12], claims.as_slice()].concat())),
        ("killer-neighbours-2047", many(&[13, 0xff, 0x0f], &[7; 32], 2047)),
        ("killer-bundle-of-32000-empty-heads", [many(&[6, 0x80, 0xfa, 1], &[2, 0], 32_000), piece(&[0, 0], 1, true)].concat()),
        ("killer-bundle-of-2-60-records", part(frame::kind::FRAME, &[6, 1, 1, 0, 0, 0])),
        ("killer-hashes-claim-4000", part(frame::kind::LINK, &[3, 1, 0xa0, 0x1f])),
        ("killer-packet-of-an-unknown-number", part(frame::kind::PACKET, &[9, 14])),
        ("killer-presence-place-2-53", part(frame::kind::FRAME, &[10, 1, 4, 10, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f, 0, 0])),
    ]
}

fn tickets() -> Vec<(&'static str, Vec<u8>)> {
    let text = |text: &str| write(&[[&[ticket::TEXT], text.as_bytes()].concat()]);
    vec![
        ("killer-only-spaces", [piece(&[ticket::TEXT], 1, false), piece(b" ", 400_000, true)].concat()),
        ("killer-400000-letters", [piece(b"\x00sheaf", 1, false), piece(b"a", 400_000, true)].concat()),
        ("killer-link-in-a-link", text("sheaf://join/sheaf://join/sheafa")),
        ("killer-turned-direction", text("sheaf\u{202e}aaaa")),
    ]
}

fn deltas() -> Vec<(&'static str, Vec<u8>)> {
    let part = |json: &str| write(&[json.as_bytes()]);
    vec![
        ("killer-json-nested-100000-deep", piece(b"[", 100_000, true)),
        (
            "killer-retains-2-53",
            part(
                r#"{"ops":[{"retain":9007199254740991},{"retain":9007199254740991,"attributes":{"bold":true}},{"delete":9007199254740991}]}"#,
            ),
        ),
        (
            "killer-number-of-60000-digits",
            [piece(b"{\"ops\":[{\"retain\":", 1, false), piece(b"9", 60_000, false), piece(b"}]}", 1, true)].concat(),
        ),
        ("killer-half-a-pair", part(r#"{"ops":[{"insert":"a\ud834"}]}"#)),
        ("killer-cuts-a-pair", write(&[r#"{"ops":[{"insert":"🌾"}]}"#, r#"{"ops":[{"retain":1},{"insert":"x"},{"delete":1}]}"#])),
        (
            "killer-401-operations",
            [
                piece(b"{\"ops\":[", 1, false),
                piece(b"{\"insert\":\"a\"},{\"insert\":\"b\",\"attributes\":{\"bold\":true}},", 200, false),
                piece(b"{\"insert\":\"c\"}]}", 1, true),
            ]
            .concat(),
        ),
    ]
}
