//! Images and files between real processes: they arrive whole, once, through whatever is killed, full, false or foreign.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::Value;
use sheaf_base::{BlobId, DeviceId};
use sheaf_blobs::{Blobs, Whole};
use sheaf_e2e::{Person, eventually};
use sheaf_protocol::{BlobPart, CARRIED, Frame, Piece, WantBlob};

use crate::forger::{ByHand, Loot};
use crate::hostile::target;
use crate::together::{shared, until_has};

/// Bytes that nothing makes smaller.
fn bytes(size: usize, seed: u64) -> Vec<u8> {
    let mut bytes = vec![0; size];
    ChaCha8Rng::seed_from_u64(seed).fill_bytes(&mut bytes);
    bytes
}

fn file(person: &Person, name: &str, bytes: &[u8]) -> PathBuf {
    // Beside the profile's own, where nothing looks.
    let path = person.home().join(name);
    std::fs::write(&path, bytes).expect("a file can be written");
    path
}

fn attach(person: &Person, document: &str, path: &Path) -> String {
    person.done(["attach".as_ref(), document.as_ref(), path.as_os_str()])
}

fn attachment(person: &Person, document: &str, hash: &str) -> Option<Value> {
    let listed = person.done(["--json", "attachments", document]);
    listed.lines().map(|line| serde_json::from_str::<Value>(line).expect("one object a line")).find(|one| one["hash"] == hash)
}

fn until_here(person: &Person, document: &str, hash: &str) {
    let what = format!("{} to have {hash}", person.name());
    eventually(&what, || (attachment(person, document, hash)?["here"] == true).then_some(()));
}

fn taken_out(person: &Person, document: &str, hash: &str, name: &str) -> Vec<u8> {
    let out = person.home().join(name);
    person.done(["attachment".as_ref(), document.as_ref(), hash.as_ref(), "--out".as_ref(), out.as_os_str()]);
    std::fs::read(out).expect("it was written")
}

/// Bytes of files on a person's disk, and how many files there are.
fn stored(person: &Person) -> (u64, usize) {
    fn of(folder: &Path) -> (u64, usize) {
        let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
        entries.fold((0, 0), |(bytes, files), path| {
            let (more, others) = if path.is_dir() { of(&path) } else { (std::fs::metadata(&path).expect("a file").len(), 1) };
            (bytes + more, files + others)
        })
    }
    of(&person.home().join("blobs"))
}

/// How much of a file that is on its way is on the disk.
fn begun(person: &Person) -> u64 {
    use std::os::unix::fs::MetadataExt;
    let Ok(entries) = std::fs::read_dir(person.home().join("blobs/incoming")) else { return 0 };
    let parts = entries.filter_map(Result::ok).filter(|entry| entry.path().extension().is_some_and(|name| name == "part"));
    parts.filter_map(|part| part.metadata().ok()).map(|part| part.blocks() * 512).sum()
}

#[test]
fn a_file_arrives_whole_and_the_same_one_is_stored_once() {
    let (ada, ben) = (Person::new("Ada"), Person::new("Ben"));
    let (_ada_up, document, ticket) = shared(&ada);
    let bytes = bytes(3_000_000, 1);
    let hash = attach(&ada, &document, &file(&ada, "field.bin", &bytes));
    assert_eq!(hash, blake3::hash(&bytes).to_hex().as_str());
    assert_eq!(attach(&ada, &document, &file(&ada, "again.bin", &bytes)), hash, "the same file under another name");
    let empty = attach(&ada, &document, &file(&ada, "empty.txt", b""));
    let (held, files) = stored(&ada);
    assert!(held < 3_001_000 && files == 3, "one file, its list, and an empty file: {held} bytes in {files}");

    let _ben_up = ben.up();
    ben.done(["join", &ticket]);
    for hash in [&hash, &empty] {
        until_here(&ben, &document, hash);
    }
    assert_eq!(taken_out(&ben, &document, &hash, "taken.bin"), bytes);
    assert_eq!(taken_out(&ben, &document, &empty, "taken.txt"), b"");
    assert_eq!(stored(&ben), (held, files));
    assert!(ben.text(&document).contains("field.bin"), "the text refers to it");
}

#[test]
fn a_file_is_taken_up_where_it_stopped_whichever_side_is_killed() {
    let (ada, ben) = (Person::new("Ada"), Person::new("Ben"));
    let (ada_up, document, ticket) = shared(&ada);
    let ben_up = ben.up();
    ben.done(["join", &ticket]);
    let bytes = bytes(48 << 20, 2);
    let hash = attach(&ada, &document, &file(&ada, "film.bin", &bytes));

    let (mut ada_up, mut ben_up, mut before) = (ada_up, ben_up, 0);
    for (who, enough) in [("Ben", 8 << 20), ("Ada", 20 << 20), ("Ben", 30 << 20)] {
        eventually("some of the file to be there", || (begun(&ben) >= enough || stored(&ben).1 > 2).then_some(()));
        before = begun(&ben);
        println!("{who} is killed when {} of {} KiB are there", before >> 10, bytes.len() >> 10);
        if who == "Ben" {
            ben_up.kill();
            assert!(before == 0 || begun(&ben) >= enough, "nothing that was there is thrown away");
            ben_up = ben.up();
        } else {
            ada_up.kill();
            ada_up = ada.up();
        }
    }
    until_here(&ben, &document, &hash);
    assert_eq!(taken_out(&ben, &document, &hash, "taken.bin"), bytes);
    // Only the last run's are counted, for a killed one keeps no statistics: it had the rest of the file to get, and no more.
    let statistics: Value = serde_json::from_str(&ben.done(["--json", "statistics"])).expect("one object");
    let received = statistics["received"].as_u64().expect("a number");
    println!("received in the runs that were counted: {} KiB", received >> 10);
    assert!(received < bytes.len() as u64 - before + (6 << 20), "{} KiB were there already", before >> 10);
    drop((ada_up, ben_up));
}

#[test]
fn a_peer_that_sends_what_is_not_the_file_is_asked_no_more_and_another_is() {
    let (ada, ben, cleo) = (Person::new("Ada"), Person::new("Ben"), Person::new("Cleo"));
    let (ada_up, document, ticket) = shared(&ada);
    let (ben_up, cleo_up) = (ben.up(), cleo.up());
    ben.done(["join", &ticket]);
    cleo.done(["join", &ticket]);
    cleo.add(&document, "All three are here.");
    for person in [&ada, &ben] {
        until_has(person, &document, "All three are here.");
    }
    eventually("Ben and Cleo to know each other", || (ben.done(["members", &document]).lines().count() == 3).then_some(()));
    ada_up.stop();
    let bytes = bytes(600_000, 3);
    let hash = attach(&ben, &document, &file(&ben, "map.bin", &bytes));
    until_here(&cleo, &document, &hash);
    ben_up.stop();
    cleo_up.stop();

    // Ben's program is patched: it says everything that Ben would, but for a bit of the first chunk.
    let loot = Loot::of(&ben, &document);
    let blobs = Blobs::open(ben.home().join("blobs")).expect("Ben's files");
    let whole = blobs.read(hash.parse().expect("a hash"), 600_000).expect("Ben has it");
    let secret = std::fs::read_to_string(ben.home().join("device.key")).expect("Ben's key");
    let secret = secret.trim().parse::<DeviceId>().expect("spelled as an id is").0;
    let _ada_up = ada.up();
    let (device, address) = target(&ada, &ada.done(["share", &document]));
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let asked_after = runtime.block_on(async {
        let mut link = ByHand::connect(&loot, secret, device, address).await;
        for frame in loot.everything() {
            link.say(&frame).await;
        }
        serve(&mut link, &whole, true).await
    });
    assert_eq!(asked_after, 0, "Ada asks him no more");
    let stands = attachment(&ada, &document, &hash).expect("Ada knows of it");
    assert_eq!(stands["here"], false);
    assert!(ada.text(&document).contains("map.bin"), "and the text is there all the same");

    let _cleo_up = cleo.up();
    until_here(&ada, &document, &hash);
    assert_eq!(taken_out(&ada, &document, &hash, "taken.bin"), bytes);
}

/// Answers what is asked for until nothing is asked for any more; with `false_chunks`, a bit of every chunk is wrong. Returns how many
/// questions came after the first chunk was answered and everything asked before had been.
async fn serve(link: &mut ByHand, whole: &Whole, false_chunks: bool) -> usize {
    let mut chunks = 0;
    let mut after = 0;
    let quiet = Duration::from_secs(5);
    while let Ok(Some(frame)) = tokio::time::timeout(quiet, link.hear()).await {
        let Frame::WantBlob(WantBlob { blob, piece, .. }) = frame else { continue };
        match piece {
            Piece::List(_) => link.say_bulk(&part(blob, piece, 0, whole.list().values().as_flattened())).await,
            Piece::Chunk(chunk) => {
                chunks += 1;
                // The three chunks of the file are asked for at once, before anything is known of the first.
                after += usize::from(chunks > 3);
                let mut bytes = whole.chunk(chunk).expect("there");
                bytes[9] ^= u8::from(false_chunks);
                for (index, piece_of_it) in bytes.chunks(CARRIED).enumerate() {
                    link.say_bulk(&part(blob, piece, (index * CARRIED) as u64, piece_of_it)).await;
                }
            }
        }
    }
    assert!(chunks > 0, "it was asked");
    after
}

fn part(blob: BlobId, piece: Piece, at: u64, bytes: &[u8]) -> Frame {
    Frame::Blob(BlobPart { blob, piece, at, bytes: bytes.to_vec() })
}

#[test]
fn nobody_gets_a_file_through_a_document_that_it_did_not_come_through() {
    let (ada, ben) = (Person::new("Ada"), Person::new("Ben"));
    let (ada_up, plans, ticket) = shared(&ada);
    let ben_up = ben.up();
    ben.done(["join", &ticket]);
    let bytes = bytes(200_000, 4);
    let secret_file = file(&ada, "secret.bin", &bytes);
    let diary = ada.done(["new", "Diary"]);
    let hash = attach(&ada, &diary, &secret_file);
    // Ben guesses that Ada has this file somewhere, has it himself, and says in the document that they share that it is in there.
    assert_eq!(attach(&ben, &plans, &file(&ben, "guess.bin", &bytes)), hash);
    let open = attach(&ada, &plans, &file(&ada, "open.bin", b"for both"));
    until_here(&ben, &plans, &open);
    eventually("Ada to know what Ben says", || attachment(&ada, &plans, &hash));
    ben_up.stop();
    ada_up.stop();

    let loot = Loot::of(&ben, &plans);
    let secret = std::fs::read_to_string(ben.home().join("device.key")).expect("Ben's key");
    let secret = secret.trim().parse::<DeviceId>().expect("spelled as an id is").0;
    let stranger = [9; 32];
    // Ada got the file through the plans meanwhile, which is no secret to Ben. Before that, there was nothing to get: a profile that has it
    // by another way alone is what Ada's is without the mark.
    forget_that_it_came(&ada, &hash);
    let _ada_up = ada.up();
    let (device, address) = target(&ada, &ada.done(["share", &plans]));
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let want = |hash: &str, size| Frame::WantBlob(WantBlob { blob: hash.parse().expect("a hash"), size, piece: Piece::Chunk(0) });
    for (who, key, gets) in [("a member", secret, true), ("a stranger", stranger, false)] {
        let answers = runtime.block_on(async {
            let mut link = ByHand::connect(&loot, key, device, address).await;
            link.say(&Frame::Neighbours(Vec::new())).await;
            link.say(&want(&hash, 200_000)).await;
            link.say(&want(&open, 8)).await;
            let mut answers = Vec::new();
            while let Ok(Some(frame)) = tokio::time::timeout(Duration::from_secs(10), link.hear_bulk()).await {
                answers.extend(matches!(frame, Frame::Blob(_) | Frame::NoBlob(_)).then_some(frame));
            }
            link.endpoint.close().await;
            answers
        });
        let got: Vec<String> =
            answers.iter().filter_map(|frame| if let Frame::Blob(part) = frame { Some(part.blob.to_string()) } else { None }).collect();
        assert_eq!(got, if gets { vec![open.clone()] } else { Vec::new() }, "{who}: {answers:?}");
    }
}

/// As if the file had not come through any shared document yet.
fn forget_that_it_came(person: &Person, hash: &str) {
    let database = rusqlite::Connection::open(person.home().join("sheaf.db")).expect("a database");
    let blob: BlobId = hash.parse().expect("a hash");
    let changed = database.execute(
        "UPDATE attachments SET offered = 0 WHERE blob = ?1 AND document IN (SELECT key FROM documents WHERE state = 1)",
        [&blob.0[..]],
    );
    assert_eq!(changed.expect("written"), 1);
}

/// A small disk where a person's files are.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(person: &Person, options: &str) -> Option<SmallDisk> {
        let at = person.home().join("blobs");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", options, "sheaf-small-disk"]).arg(&at).status();
        mounted.is_ok_and(|status| status.success()).then_some(SmallDisk(at))
    }

    fn grow(&self, size: &str) {
        let grown = Command::new("mount").args(["-o", &format!("remount,size={size}")]).arg(&self.0).status();
        assert!(grown.is_ok_and(|status| status.success()));
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[test]
fn on_a_full_disk_text_goes_on_and_files_come_when_there_is_room() {
    let (ada, ben) = (Person::new("Ada"), Person::new("Ben"));
    let Some(disk) = SmallDisk::mount(&ben, "size=2m") else {
        eprintln!("SKIPPED: a small disk needs root to mount a tmpfs");
        return;
    };
    let (_ada_up, document, ticket) = shared(&ada);
    let _ben_up = ben.up();
    ben.done(["join", &ticket]);
    let bytes = bytes(5_000_000, 5);
    let said = ben.fails(["attach".as_ref(), document.as_ref(), file(&ben, "own.bin", &bytes).as_os_str()], "");
    assert!(said.contains("no room on the disk"), "{said}");
    assert_eq!(stored(&ben), (0, 0), "nothing half-written stays");

    let hash = attach(&ada, &document, &file(&ada, "large.bin", &bytes));
    let problem = eventually("Ben to be told why", || {
        let one = attachment(&ben, &document, &hash)?;
        one["problem"].as_str().map(str::to_owned)
    });
    assert!(problem.contains("no room on the disk"), "{problem}");
    ada.add(&document, "Text needs no file.");
    until_has(&ben, &document, "Text needs no file.");
    ben.add(&document, "Nor does Ben's.");
    until_has(&ada, &document, "Nor does Ben's.");

    disk.grow("32m");
    until_here(&ben, &document, &hash);
    assert_eq!(taken_out(&ben, &document, &hash, "taken.bin"), bytes);
    drop(_ben_up);
}

/// How long a file of 2 GB takes, and what memory. Run with `--ignored --nocapture`; takes minutes in the dev profile.
#[test]
#[ignore = "takes minutes: cargo test -p sheaf-e2e --test network two_gigabytes -- --ignored --nocapture"]
fn two_gigabytes() {
    let (ada, ben) = (Person::new("Ada"), Person::new("Ben"));
    let (ada_up, document, ticket) = shared(&ada);
    let ben_up = ben.up();
    ben.done(["join", &ticket]);
    let path = ada.home().join("film.bin");
    let film = std::fs::File::create(&path).expect("a file");
    film.set_len(2 << 30).expect("a sparse file");
    let began = Instant::now();
    let hash = attach(&ada, &document, &path);
    println!("attached in {:.1} s; {}", began.elapsed().as_secs_f64(), memory("Ada", ada_up.process()));
    let began = Instant::now();
    let out = ben.home().join("taken.bin");
    let asked =
        ["attachment".as_ref(), document.as_ref(), hash.as_ref(), "--wait".as_ref(), "1200".as_ref(), "--out".as_ref(), out.as_os_str()];
    eventually("Ben to know of it", || attachment(&ben, &document, &hash));
    let mut waiting = ben.command(asked).spawn().expect("sheaf starts");
    let mut slowest = Duration::ZERO;
    let mut words = 0;
    while waiting.try_wait().expect("a child").is_none() {
        // A keystroke meanwhile.
        let said = format!("Word {words}.");
        ada.add(&document, &said);
        let asked = Instant::now();
        until_has(&ben, &document, &said);
        (slowest, words) = (slowest.max(asked.elapsed()), words + 1);
        std::thread::sleep(Duration::from_secs(1));
    }
    assert!(waiting.wait().expect("it ended").success());
    println!(
        "fetched and taken out in {:.1} s; {}; {}",
        began.elapsed().as_secs_f64(),
        memory("Ada", ada_up.process()),
        memory("Ben", ben_up.process())
    );
    println!("{words} edits meanwhile, the slowest on the other side after {} ms (each look starts a process)", slowest.as_millis());
    assert_eq!(std::fs::metadata(out).expect("written").len(), 2 << 30);
}

/// The most memory that a process has had.
fn memory(name: &str, process: u32) -> String {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).expect("it runs");
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).map(str::trim).unwrap_or_default();
    format!("{name} had {peak} at most")
}
