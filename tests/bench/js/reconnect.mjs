/**
 * What it costs that a device which shares many documents comes back: `node reconnect.mjs DOCUMENTS CHANGED FOLDER` prints one JSON object: bytes and
 * milliseconds until it is linked and everything has calmed down, with nothing changed meanwhile and with a few documents changed. Run it in an
 * empty network namespace (`reconnect.rs` does).
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { deviceWithLane, inFolder, shares } from "./devices.mjs";
import { Lane } from "./lane.mjs";
import { onLoopback } from "./wire.mjs";

/** What follows from sharing (receipts, packing, the first comparison a minute later) is over by then. */
const SETTLES_MS = 90_000;
/** Bytes are counted for so long from the start on: well before anybody compares anew, a minute later. */
const COUNTED_MS = 15_000;
/** As often it is asked how far things are. */
const POLL_MS = 20;

const [documents, changed, folder] = process.argv.slice(2);
const runtime = inFolder(folder);
const [ada, lane] = await deviceWithLane("Ada", runtime);
const before = new Set(readdirSync(runtime));
const [ben, first] = await deviceWithLane("Ben", runtime);
const path = join(runtime, readdirSync(runtime).find((entry) => !before.has(entry)), "control");
let other = first;

const shared = [];
for (let count = 0; count < Number(documents); count += 1) {
  const { document } = await lane.ask("new", { title: `Measured ${count}`, markdown: "A line that was written once." });
  await shares(document, lane, other);
  shared.push(document);
}
await sleep(SETTLES_MS);
const same = await comesBack([]);
const some = await comesBack(shared.slice(0, Number(changed)));
console.log(JSON.stringify({ sameBytes: same.bytes, sameMs: same.ms, changedBytes: some.bytes, changedMs: some.ms }));
lane.close();
other.close();
await Promise.all([ada, ben].map((node) => node.forgets()));
process.exit(0);

/** Stops Ben, renames some documents at Ada, starts Ben; until he is linked and has the new titles. */
async function comesBack(renamed) {
  other.close();
  await ben.stops();
  for (const document of renamed) await lane.ask("rename", { document, title: "Another title" });
  while (await isLinked()) await sleep(POLL_MS);
  const [bytes, start] = [onLoopback(), performance.now()];
  await ben.starts();
  other = await Lane.overSocket(path);
  while (!(await isBack(renamed))) await sleep(POLL_MS);
  const ms = performance.now() - start;
  await sleep(Math.max(0, COUNTED_MS - ms));
  return { bytes: onLoopback() - bytes, ms };
}

/** Whether Ada is linked with Ben about the last document. */
async function isLinked() {
  const { documents: told } = await lane.ask("status", { document: shared.at(-1) });
  return told[0].devices.some(({ linked }) => linked);
}

async function isBack(renamed) {
  if (!(await isLinked())) return false;
  if (renamed.length === 0) return true;
  const { documents } = await other.ask("list");
  return documents.filter(({ title }) => title === "Another title").length === renamed.length;
}

function sleep(ms) {
  return new Promise((done) => setTimeout(done, ms));
}
