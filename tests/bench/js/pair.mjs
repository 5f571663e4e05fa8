/**
 * A keystroke at one person's to the other's: two nodes of Sheaf over real QUIC on loopback, durable on both, beside Yjs over y-websocket and over
 * Hocuspocus, which keep nothing. All in one run, in turn; all spoken to over WebSockets from this process. And what one durable commit costs here.
 */
import { execFileSync } from "node:child_process";

import { SIZES, at, paragraphs, show, surroundings } from "./numbers.mjs";
import { sheaf } from "./sheaf.mjs";
import { hocuspocus, yWebsocket } from "./yjs.mjs";

const ROUNDS = 300;
const WARM_UP = 30;
/** Between keystrokes, so that each finds everybody idle. */
const PAUSE_MS = 5;

console.log(surroundings());
const commit = JSON.parse(execFileSync(process.env["SHEAF_BENCH"], ["commit"], { encoding: "utf8" }));
console.log(`one durable commit: p50 ${commit.p50_ms.toFixed(2)} ms, p99 ${commit.p99_ms.toFixed(2)} ms`);
for (const [size, bytes] of SIZES) {
  const lines = paragraphs(bytes);
  const sides = [await sheaf(lines), await yWebsocket(lines), await hocuspocus(lines)];
  const times = sides.map(() => []);
  for (let round = 0; round < ROUNDS + WARM_UP; round++) {
    for (const [index, side] of sides.entries()) {
      const took = await side.keystroke(((round * 37) % 97) / 100);
      if (round >= WARM_UP) times[index].push(took);
      await new Promise((done) => setTimeout(done, PAUSE_MS));
    }
  }
  for (const [index, side] of sides.entries()) console.log(`${size.padEnd(7)} ${side.name.padEnd(24)} ${show(times[index])} ms (p50 / p99)`);
  const [ours, , theirs] = times.map((list) => at(list, 0.5));
  const allowed = theirs + 2 * commit.p50_ms;
  console.log(`${size.padEnd(7)} against Hocuspocus ${(ours / theirs).toFixed(2)}, against Hocuspocus and two commits ${(ours / allowed).toFixed(2)}`);
  for (const side of sides) side.close();
}
process.exit(0);
