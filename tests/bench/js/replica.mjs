/** One remote keystroke applied to a replica, and the Delta of it: Sheaf's replica and Yjs, given the same bytes in one run. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import * as Y from "yjs";

import { at, show, surroundings } from "./numbers.mjs";

/** Updates one after the other, each behind its length. */
function framed(file) {
  const bytes = readFileSync(file);
  const updates = [];
  for (let from = 0; from < bytes.length; ) {
    const length = bytes.readUInt32LE(from);
    updates.push(bytes.subarray(from + 4, from + 4 + length));
    from += 4 + length;
  }
  return updates;
}

function yjs(folder, index) {
  const doc = new Y.Doc();
  const text = doc.getText("body");
  doc.transact(() => framed(join(folder, `${index}.base`)).forEach((update) => Y.applyUpdate(doc, update)));
  let delta;
  text.observe((event) => (delta = event.delta));
  return framed(join(folder, `${index}.keys`)).map((update) => {
    delta = undefined;
    const began = performance.now();
    Y.applyUpdate(doc, update);
    const took = performance.now() - began;
    if (delta === undefined) throw new Error("a keystroke changed nothing");
    return took;
  });
}

console.log(surroundings());
const folder = mkdtempSync(join(tmpdir(), "sheaf-bench-"));
const ours = execFileSync(process.env["SHEAF_BENCH"], ["replica", folder], { encoding: "utf8" }).trim().split("\n").map((line) => JSON.parse(line));
const pair = ({ p50_ms, p99_ms }) => `${p50_ms.toFixed(3)} / ${p99_ms.toFixed(3)}`;
for (const { case: index, name, remote, local } of ours) {
  const theirs = yjs(folder, index);
  const ratio = (remote.p50_ms / at(theirs, 0.5)).toFixed(2);
  console.log(`${name.padEnd(28)} remote: Sheaf ${pair(remote)}, Yjs 13.6.33 ${show(theirs)}, ratio ${ratio}; local: Sheaf ${pair(local)} ms (p50 / p99)`);
}
rmSync(folder, { recursive: true });
