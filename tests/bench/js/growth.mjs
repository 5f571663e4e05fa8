/**
 * A long history typed into one device while another follows: what it costs on the wire and on the disk, and what opening it costs then.
 * `node growth.mjs TRACE.json.gz FOLDER EDITS` leaves the profiles in FOLDER and prints one JSON object. Run it in an empty network namespace (`growth.rs`
 * does): then every byte on `lo` is the devices' own, because this script speaks with them over their control sockets.
 */
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { deviceWithLane, inFolder, memory, shares } from "./devices.mjs";
import { Lane, View } from "./lane.mjs";
import { onLoopback } from "./wire.mjs";

/** Edits at the beginning that are typed one at a time, each in packets of its own, before the rest is pushed as fast as it is saved. */
const TYPED = 2000;

/** Between two typed keys, so that acknowledgements and receipts of one do not travel with the next. */
const PAUSE_MS = 20;

const [trace, folder, limit] = process.argv.slice(2);
const { txns, endContent } = JSON.parse(gunzipSync(readFileSync(trace)));
const all = txns.flatMap(({ patches }) => patches);
const edits = all.slice(0, Number(limit));
const measured = { edits: edits.length, of: all.length };

const runtime = inFolder(folder);
const [ada, adaLane] = await deviceWithLane("Ada", runtime);
const [ben, benLane] = await deviceWithLane("Ben", runtime);
const { document } = await adaLane.ask("new", { title: "Measured" });
await shares(document, adaLane, benLane);
const writes = await View.open(adaLane, document);

let began = onLoopback();
for (const edit of edits.slice(0, TYPED)) {
  await writes.push(ops(edit));
  await new Promise((done) => setTimeout(done, PAUSE_MS));
}
await agree(benLane, adaLane);
measured.typed = Math.min(TYPED, edits.length);
measured.wireTyped = (onLoopback() - began) / measured.typed;

began = onLoopback();
const start = performance.now();
for (const [at, edit] of edits.entries()) {
  if (at < TYPED) continue;
  await writes.push(ops(edit));
  if (at % 20_000 === 0) console.error(`growth: ${at} of ${edits.length} edits, ${((performance.now() - start) / (at - TYPED + 1)).toFixed(3)} ms each`);
}
measured.pushMs = (performance.now() - start) / (edits.length - measured.typed);
await agree(benLane, adaLane);
measured.wireFast = (onLoopback() - began) / (edits.length - measured.typed);

const { body } = await benLane.ask("show", { document, as: "text" });
measured.characters = body.length;
if (edits.length === all.length && body.trimEnd() !== endContent.trimEnd()) throw new Error("the document is not what the trace says it is");

const [cleo, cleoLane] = await deviceWithLane("Cleo", runtime);
began = onLoopback();
await shares(document, adaLane, cleoLane);
measured.wireFirstCopy = (onLoopback() - began) / edits.length;

for (const lane of [adaLane, benLane, cleoLane]) lane.close();
for (const node of [ada, ben, cleo]) await node.stops();
Object.assign(measured, { document, ada: ada.home, ben: ben.home, cleo: cleo.home });

for (const [name, node] of [
  ["writer", ada],
  ["newcomer", cleo],
])
  Object.assign(measured, await opens(name, node));
console.log(JSON.stringify(measured));
process.exit(0);

/** Starts a device again, alone, and opens the document: the time until its text is there, and what it takes of memory. */
async function opens(name, node) {
  await node.starts();
  const lane = await Lane.overSocket(socket());
  const idle = memory(node.pid);
  const began = performance.now();
  await View.open(lane, document);
  const took = performance.now() - began;
  const open = memory(node.pid);
  lane.close();
  await node.stops();
  return { [`${name}OpenMs`]: took, [`${name}IdleMb`]: idle, [`${name}OpenMb`]: open };
}

/** The only control socket there is: a stopped device takes its own away. */
function socket() {
  const there = readdirSync(runtime).filter((entry) => readdirSync(join(runtime, entry)).includes("control"));
  if (there.length !== 1) throw new Error(`${there.length} devices are up, not one`);
  return join(runtime, there[0], "control");
}

/** An edit of the trace as a push: a place, so many characters away, these in. */
function ops([place, deleted, inserted]) {
  const said = [];
  if (place > 0) said.push({ retain: place });
  if (inserted.length > 0) said.push({ insert: inserted });
  if (deleted > 0) said.push({ delete: deleted });
  return said;
}

/** Waits until two devices show the same text. */
async function agree(one, other) {
  for (;;) {
    const [ours, theirs] = await Promise.all([one, other].map((lane) => lane.ask("show", { document, as: "text" })));
    if (ours.body === theirs.body) return;
    await new Promise((done) => setTimeout(done, 50));
  }
}
