//! SIGABRT inside apply, for real: the process dies while a record meets yrs, starts again from what is on disk, and meets the same peer.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use sheaf_base::{ChainId, DocumentId, Hash, Wall, planted::Bug};
use sheaf_document::{Announcement, HeadRow, QuarantineRow, RecordRow, SealRow, SecretRow, Writes};
use sheaf_record::{Malformed, Reader, Writer};

use crate::{disk::Disk, shell::World};

/// Set in the child: the folder with both disks.
const CHILD: &str = "SHEAF_KILLED_CHILD";

#[test]
fn a_process_that_dies_of_a_record_opens_without_it_in_the_end() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut deaths = 0;
    let said = loop {
        let child = Command::new(std::env::current_exe().expect("this program"))
            .args(["killed::child", "--exact", "--nocapture", "--test-threads=1"])
            .env(CHILD, folder.path())
            .output()
            .expect("the child starts");
        let said = String::from_utf8_lossy(&child.stdout).into_owned();
        if child.status.success() {
            break said;
        }
        assert!(said.contains("it lives"), "it dies of the record and of nothing else: {}", String::from_utf8_lossy(&child.stderr));
        deaths += 1;
        assert!(deaths <= 3, "it dies of the same record again and again");
    };
    // Once it may have been a power cut, so the record gets a second chance.
    assert_eq!(deaths, 2);
    assert!(said.contains("it opens and shows [Good words.]"), "{said}");
}

#[test]
fn whoever_ends_in_peace_suspects_nothing_afterwards() {
    for (ends, suspects) in [(World::crash as fn(&mut World, usize), true), (World::close, false)] {
        let mut world = World::sharing(&["Ada", "Ben"]);
        world.open(1, "main");
        for line in 0..40 {
            world.write(0, &format!("Line {line}\n"));
            world.settle();
        }
        ends(&mut world, 1);
        let rows = world.devices[1].disk.records.len() as u64;
        assert_eq!(world.devices[1].disk.trying.is_some(), suspects, "the process dies with what it has just applied, or it does not");
        assert_eq!(world.devices[1].disk.applied == rows, !suspects);
        world.start(1);
        world.open(1, "main");
        world.link(0, 1);
        world.settle();
        assert!(world.agree().contains("Line 39"));
    }
}

/// Ada and Ben, whose program dies of a word that Ada's does not mind.
#[test]
fn child() {
    let Some(folder) = std::env::var_os(CHILD).map(PathBuf::from) else { return };
    let mut world = if folder.join("Ada").exists() { again(&folder) } else { first(&folder) };
    println!("it lives");
    world.devices[1].planted = Some(Bug::DeadlyWord);
    world.link(0, 1);
    world.open(1, "main");
    world.write(0, "A deadly word.\n");
    world.pass(Duration::from_secs(90));
    assert_eq!(world.document(1).frontier_digest(), world.document(0).frontier_digest(), "it is held and passed on all the same");
    assert!(world.devices[1].announcements.iter().any(|said| matches!(said, Announcement::Quarantined { .. })), "and the person is told");
    println!("it opens and shows [{}]", world.view(1, "main").plain().trim());
}

/// The world until the day before.
fn first(folder: &Path) -> World {
    let mut world = World::new();
    for name in ["Ada", "Ben"] {
        let device = world.device(name);
        world.devices[device].disk.file = Some(folder.join(name));
    }
    world.share();
    world.write(0, "Good words.\n");
    world.pass(Duration::from_secs(10));
    world.part(0);
    world
}

/// The world from what is left on the disks.
fn again(folder: &Path) -> World {
    let mut world = World::new();
    for name in ["Ada", "Ben"] {
        let device = world.device(name);
        let file = folder.join(name);
        let mut disk = Disk::default();
        let written = fs::read(&file).expect("the disk is there");
        let mut reader = Reader::new(&written);
        while !reader.rest().is_empty() {
            disk.write(&read(&mut reader).expect("a write is whole or was never told"));
        }
        // Earlier processes of the device have drawn from these seeds.
        world.devices[device].runs = u8::try_from(disk.heads.len()).expect("few processes") + 7;
        world.devices[device].id = founded(&disk);
        disk.file = Some(file);
        world.devices[device].disk = disk;
        world.start(device);
    }
    world
}

/// The document, by its genesis.
fn founded(disk: &Disk) -> Option<DocumentId> {
    disk.records.first().map(|genesis| DocumentId(genesis.hash.0))
}

/// Appends a transaction to a file.
pub(crate) fn append(file: &Path, writes: &Writes) {
    let mut log = fs::OpenOptions::new().create(true).append(true).open(file).expect("the folder is there");
    let mut writer = Writer::new();
    write(&mut writer, writes);
    log.write_all(writer.as_slice()).expect("there is room");
}

fn write(w: &mut Writer, writes: &Writes) {
    w.varint(writes.heads.len() as u64);
    for HeadRow { chain, head, signature } in &writes.heads {
        w.raw(&chain.0).bytes(head).raw(signature);
    }
    w.varint(writes.records.len() as u64);
    for RecordRow { chain, number, hash, kind, clock, clocks, surrogates, bytes } in &writes.records {
        w.raw(&chain.0).varint(*number).raw(&hash.0).byte(*kind).varint(*clock).varint(*clocks).bytes(surrogates).bytes(bytes);
    }
    w.varint(writes.seals.len() as u64);
    for SealRow { chain, number, signature } in &writes.seals {
        w.raw(&chain.0).varint(*number).raw(signature);
    }
    for mark in [writes.applied, writes.trying] {
        w.varint(mark.map_or(0, |row| row + 1));
    }
    w.varint(writes.secrets.len() as u64);
    for SecretRow { epoch, secret } in &writes.secrets {
        w.raw(epoch).raw(secret);
    }
    w.varint(writes.quarantine.len() as u64);
    for QuarantineRow { chain, number, at, reason, bytes } in &writes.quarantine {
        w.raw(&chain.0).varint(*number).varint(at.0).text(reason).bytes(bytes);
    }
}

fn read(r: &mut Reader<'_>) -> Result<Writes, Malformed> {
    const MOST: usize = 1 << 20;
    let chain = |r: &mut Reader<'_>| r.array("a chain").map(ChainId);
    let bytes = |r: &mut Reader<'_>| r.bytes(MOST, "bytes").map(<[u8]>::to_vec);
    let mark = |r: &mut Reader<'_>| r.varint("a mark").map(|row| row.checked_sub(1));
    let mut writes = Writes::default();
    for _ in 0..r.varint("heads")? {
        writes.heads.push(HeadRow { chain: chain(r)?, head: bytes(r)?, signature: r.array("a signature")? });
    }
    for _ in 0..r.varint("records")? {
        writes.records.push(RecordRow {
            chain: chain(r)?,
            number: r.varint("a number")?,
            hash: Hash(r.array("a hash")?),
            kind: r.byte("a kind")?,
            clock: r.varint("a clock")?,
            clocks: r.varint("clocks")?,
            surrogates: bytes(r)?,
            bytes: bytes(r)?,
        });
    }
    for _ in 0..r.varint("seals")? {
        writes.seals.push(SealRow { chain: chain(r)?, number: r.varint("a number")?, signature: r.array("a signature")? });
    }
    (writes.applied, writes.trying) = (mark(r)?, mark(r)?);
    for _ in 0..r.varint("secrets")? {
        writes.secrets.push(SecretRow { epoch: r.array("an epoch")?, secret: r.array("a secret")? });
    }
    for _ in 0..r.varint("quarantine")? {
        writes.quarantine.push(QuarantineRow {
            chain: chain(r)?,
            number: r.varint("a number")?,
            at: Wall(r.varint("a time")?),
            reason: r.text(MOST, "a reason")?.to_owned(),
            bytes: bytes(r)?,
        });
    }
    Ok(writes)
}
