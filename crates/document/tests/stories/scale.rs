//! What a turn costs as a document grows. Nothing is asserted about time: `cargo nextest run -p sheaf-document --run-ignored all scale` prints it.

use std::time::{Duration, Instant};

use crate::{shell::World, view::insert};

#[test]
#[ignore = "prints numbers, takes a minute"]
#[allow(clippy::disallowed_methods, reason = "this measures the machine's time, not the world's")]
fn a_long_day_of_typing() {
    let mut world = World::sharing(&["Ada", "Ben"]);
    world.part(0);
    world.open(0, "main");
    world.check_views = false;
    const KEYS: usize = 20_000;
    let start = Instant::now();
    for key in 0..KEYS {
        let words = if key % 60 == 59 { "\n" } else { "k" };
        world.push(0, "main", insert(key, words, &format!("a{key}-")));
        world.run(0);
    }
    world.settle();
    println!("a keystroke's turn: {:?}, over {KEYS}", start.elapsed() / KEYS as u32);

    let bytes: usize = world.devices[0].disk.records.iter().map(|row| row.bytes.len()).sum();
    println!("{} bytes of records per keystroke", bytes / KEYS);

    let start = Instant::now();
    world.link(0, 1);
    world.pass(Duration::from_secs(1));
    println!("catching up with {KEYS} records: {:?}, {} bytes", start.elapsed(), world.bytes);

    world.crash(1);
    let start = Instant::now();
    world.start(1);
    println!("opening {} rows: {:?}", world.devices[1].disk.records.len(), start.elapsed());
    let start = Instant::now();
    let hydration = world.devices[1].disk.hydration(false);
    let snapshot = world.devices[1].document.as_mut().expect("it runs").fold(hydration).run().expect("it folds");
    println!("folding them: {:?}, {} bytes", start.elapsed(), snapshot.state.len());
    let start = Instant::now();
    world.text(1);
    println!("hydrating without a snapshot: {:?}", start.elapsed());
    world.crash(1);
    world.devices[1].disk.snapshot = Some(snapshot);
    world.start(1);
    let start = Instant::now();
    world.text(1);
    println!("hydrating with one: {:?}", start.elapsed());

    // Both change the first line, and meet: what each had is found from all records.
    world.open(1, "main");
    for (who, words) in ["Ada's ", "Ben's "].into_iter().enumerate() {
        world.push(who, "main", insert(1, words, "r"));
    }
    world.pass(Duration::from_secs(60));
    world.link(0, 1);
    world.pass(Duration::from_secs(1));
    let start = Instant::now();
    world.pass(Duration::from_secs(3));
    println!("a review on either device, the one after the other: {:?}", start.elapsed());
    assert_eq!(world.devices.iter().map(|device| device.reviews.len()).collect::<Vec<_>>(), [1, 1]);
    world.agree();
}
