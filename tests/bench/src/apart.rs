//! Two devices in this process, each an engine on a profile of its own, which write apart and then meet over real QUIC on loopback. Not for
//! people: `converge` and `behind` run it in a network namespace of its own, where every byte on loopback is theirs.
//!
//! Each step opens the profiles anew and closes them, so that what was prepared once can be copied and measured often.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use sheaf_base::DocumentId;
use sheaf_document::Role;
use sheaf_engine::{Engine, Event, Home, Network, Offer, supervised};

use crate::Outcome;
use crate::view::{View, body};

/// How long the first copy may take on a busy machine, and how long meeting may.
const PATIENCE: Duration = Duration::from_secs(600);

/// After both have everything, so that what they still say about it is counted, too: receipts, acknowledgements.
const QUIET: Duration = Duration::from_secs(1);

/// Bytes of a packet on loopback before UDP's payload begins: 14 of the link, 20 of IP, 8 of UDP.
const HEADERS: u64 = 42;

const USAGE: &str = "apart: share FOLDER EDITS | type FOLDER EDITS | meet FOLDER";

/// Runs one step; prints one JSON object.
pub(crate) fn serve(words: &[String]) -> Outcome {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|error| format!("no runtime: {error}"))?;
    let told = match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["share", folder, edits] => runtime.block_on(share(Path::new(folder), &read(edits)?))?,
        ["type", folder, edits] => runtime.block_on(write(Path::new(folder), &read(edits)?))?,
        ["meet", folder] => runtime.block_on(meet(Path::new(folder)))?,
        _ => return Err(USAGE.to_owned()),
    };
    println!("{told}");
    Ok(())
}

/// Makes a document whose text is `base` at one device, and gives it to the other. Nobody is online afterwards.
async fn share(folder: &Path, edits: &Value) -> Outcome<Value> {
    let [ada, ben] = both(folder).await?;
    let document = ada.create("Measured").await.map_err(|error| error.to_string())?.id();
    let mut view = View::open(&ada, document).await?;
    push_all(&mut view, &edits["shared"]).await?;
    if let Some(base) = edits["base"].as_str().filter(|base| !base.is_empty()) {
        view.push(&json!([{ "insert": base }])).await?;
    }
    let networks = [Network::start(&ada).await, Network::start(&ben).await];
    let offer = Offer { role: Role::Edit, label: String::new(), terms: None };
    let ticket = ada.share(document, offer).await.map_err(|error| error.to_string())?.ticket;
    let joined = ben.join(&ticket, PATIENCE).await.map_err(|error| error.to_string())?;
    if !joined.ready {
        return Err("the first copy did not come".to_owned());
    }
    agree([&ada, &ben], document).await?;
    tokio::time::sleep(QUIET).await;
    drop(view);
    end([ada, ben], networks).await;
    Ok(json!({ "document": document.to_string() }))
}

/// Writes each side's edits, apart. Says how long a push took.
async fn write(folder: &Path, edits: &Value) -> Outcome<Value> {
    let engines = both(folder).await?;
    let document = only_document(&engines[0])?;
    let began = now();
    let mut pushes = 0;
    for (engine, side) in engines.iter().zip(edits["sides"].as_array().ok_or("no sides")?) {
        let mut view = View::open(engine, document).await?;
        pushes += push_all(&mut view, side).await?;
    }
    let took = began.elapsed().as_secs_f64() * 1000.0;
    // What is being folded is packed by then.
    tokio::time::sleep(QUIET).await;
    for engine in engines {
        engine.close().await;
    }
    Ok(json!({ "pushMs": took / pushes as f64 }))
}

async fn push_all(view: &mut View, edits: &Value) -> Outcome<usize> {
    let edits = edits.as_array().map(Vec::as_slice).unwrap_or_default();
    for (number, ops) in edits.iter().enumerate() {
        view.push(ops).await?;
        if number % 20_000 == 19_999 {
            eprintln!("{} of {} edits are written", number + 1, edits.len());
        }
    }
    Ok(edits.len())
}

/// Lets both go online at the same moment, with the document open in a view at each, and measures until both hold everything durably and have
/// applied and shown it.
async fn meet(folder: &Path) -> Outcome<Value> {
    let engines = both(folder).await?;
    let [ada, ben] = &engines;
    let document = only_document(ada)?;
    let mut views = Vec::new();
    for engine in &engines {
        let view = View::open(engine, document).await?;
        views.push(supervised("a view", async move {
            if let Err(reason) = view.watch().await {
                eprintln!("{reason}");
            }
        }));
    }
    tokio::time::sleep(QUIET).await;
    let mut events = ada.events().listen();
    let (before, cpu) = (Wire::now()?, cpu_ms()?);
    let began = now();
    let networks = tokio::join!(Network::start(ada), Network::start(ben));
    let linked = async {
        while !matches!(events.recv().await, Ok(Event::Link { up: true, .. }) | Err(_)) {}
        began.elapsed()
    };
    let (linked, agreed) = tokio::join!(linked, async { agree([ada, ben], document).await.map(|()| began.elapsed()) });
    let (took, cpu) = (agreed?, cpu_ms()? - cpu);
    tokio::time::sleep(QUIET).await;
    let wire = Wire::now()?.since(&before);
    let (ours, theirs) = (body(ada, document, "json").await?, body(ben, document, "json").await?);
    if ours != theirs {
        return Err("the two devices show other documents".to_owned());
    }
    // The first of them ended `linked`.
    let mut links = 1;
    while let Ok(event) = events.try_recv() {
        links += u32::from(matches!(event, Event::Link { up: true, .. }));
    }
    let characters = body(ada, document, "text").await?.as_str().map_or(0, |text| text.encode_utf16().count());
    views.iter().for_each(tokio::task::AbortHandle::abort);
    end(engines, [networks.0, networks.1]).await;
    let ms = |took: Duration| took.as_secs_f64() * 1000.0;
    Ok(json!({
        "ms": ms(took), "cpuMs": cpu, "linkedMs": ms(linked), "payload": wire.bytes - wire.packets * HEADERS, "loopback": wire.bytes, "characters": characters, "links": links,
    }))
}

/// Waits until both hold the same, durably and applied: a turn announces its frontier when it has done both.
async fn agree(engines: [&Engine; 2], document: DocumentId) -> Outcome {
    let mut facts = Vec::new();
    for engine in engines {
        facts.push(engine.live(document).await.map_err(|error| error.to_string())?.watch());
    }
    let [ours, theirs] = facts.as_mut_slice() else { unreachable!("there are two") };
    let same = async {
        while ours.borrow_and_update().frontier != theirs.borrow_and_update().frontier {
            let changed = tokio::select! { changed = ours.changed() => changed, changed = theirs.changed() => changed };
            changed.map_err(|_| "a document ended".to_owned())?;
        }
        Ok(())
    };
    tokio::time::timeout(PATIENCE, same).await.map_err(|_| format!("the two devices did not agree within {PATIENCE:?}"))?
}

async fn both(folder: &Path) -> Outcome<[Engine; 2]> {
    let [ada, ben] = ["ada", "ben"].map(|name| Engine::open(Home::at(folder.join(name))));
    let opened = |engine: Result<Engine, sheaf_engine::StartError>| engine.map_err(|error| error.to_string());
    Ok([opened(ada.await)?, opened(ben.await)?])
}

async fn end(engines: [Engine; 2], networks: [Network; 2]) {
    tokio::join!(networks[0].stop(), networks[1].stop());
    for engine in engines {
        engine.close().await;
    }
}

fn only_document(engine: &Engine) -> Outcome<DocumentId> {
    match engine.documents().as_slice() {
        [entry] => Ok(entry.document),
        entries => Err(format!("a profile has {} documents, not one", entries.len())),
    }
}

fn read(file: &str) -> Outcome<Value> {
    let bytes = std::fs::read(file).map_err(|error| format!("cannot read {file}: {error}"))?;
    serde_json::from_slice(&bytes).map_err(|error| format!("{file} is no JSON: {error}"))
}

/// Processor time of this process so far, in itself and in the system, to ten milliseconds.
fn cpu_ms() -> Outcome<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").map_err(|error| format!("this process's processor time: {error}"))?;
    let fields: Vec<&str> = stat.rsplit(") ").next().unwrap_or_default().split_whitespace().collect();
    // Fields 14 and 15 of the whole line, in ticks: a hundred a second, by Linux's interface.
    let ticks = |at: usize| fields.get(at).and_then(|text| text.parse::<f64>().ok()).ok_or("this process's processor time cannot be read");
    Ok((ticks(11)? + ticks(12)?) * 10.0)
}

#[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
fn now() -> Instant {
    Instant::now()
}

/// What has gone over this namespace's loopback so far, headers included.
struct Wire {
    bytes: u64,
    packets: u64,
}

impl Wire {
    fn now() -> Outcome<Wire> {
        let devices = std::fs::read_to_string("/proc/self/net/dev").map_err(|error| format!("loopback's counters: {error}"))?;
        let line = devices.lines().find_map(|line| line.trim().strip_prefix("lo:"));
        let mut numbers = line.unwrap_or_default().split_whitespace().map(str::parse);
        match (numbers.next(), numbers.next()) {
            (Some(Ok(bytes)), Some(Ok(packets))) => Ok(Wire { bytes, packets }),
            _ => Err("loopback has no counters".to_owned()),
        }
    }

    fn since(&self, before: &Wire) -> Wire {
        Wire { bytes: self.bytes - before.bytes, packets: self.packets - before.packets }
    }
}
