/**
 * A key at A until it is shown at B: two devices of Sheaf beside two Yjs clients on y-websocket's and Hocuspocus's server, turn by turn in one
 * run. `node pair.mjs LINES KEYS` prints one JSON object, the milliseconds by name. `cargo xtask bench pair` runs it.
 */
import { hocuspocusPair, websocketPair } from "./peers.mjs";
import { pairOfDevices } from "./devices.mjs";
import { View } from "./lane.mjs";

/** Between two keys, so that what the last one left behind (receipts, acknowledgements) is done. A fast typist takes 80. */
const PAUSE_MS = 15;

/** Not counted: compilers warm up. */
const WARM_UP = 30;

const [lines, keys] = process.argv.slice(2).map(Number);
const paragraphs = Array.from({ length: lines }, (_, line) =>
  `${line} Every device holds the whole document, and what you type is on your own disk first, `.padEnd(99, "x"),
);

const sides = [await sheaf(paragraphs), await websocketPair(paragraphs), await hocuspocusPair(paragraphs)];
const times = {};
for (let key = 0; key < WARM_UP + keys; key += 1) {
  for (const side of sides) {
    const at = Math.floor((side.length() * ((key % 97) + 1)) / 100);
    for (const [name, took] of Object.entries(await side.key(at))) if (key >= WARM_UP) (times[name] ??= []).push(took);
    await new Promise((done) => setTimeout(done, PAUSE_MS));
  }
}
for (const side of sides) await side.end();
console.log(JSON.stringify(times));
process.exit(0);

/** Durable at A before it is sent, durable at B before it is shown. */
async function sheaf(paragraphs) {
  const { ada, ben, document, end } = await pairOfDevices(paragraphs.join("\n\n"));
  const [writes, reads] = await Promise.all([View.open(ada, document), View.open(ben, document)]);
  if (reads.length !== writes.length) throw new Error("the devices do not hold the same text");
  const key = async (at) => {
    const shown = new Promise((done) => (reads.onShow = () => done(performance.now())));
    const began = performance.now();
    const saved = writes.push([{ retain: at }, { insert: "k" }]).then(() => performance.now());
    return { sheaf: (await shown) - began, saved: (await saved) - began };
  };
  return { key, length: () => reads.length, end };
}
