/**
 * One remote and one local keystroke on the main thread, at 10 KB, 100 KB and 1 MB, next to y-prosemirror 1.3.7 and y-tiptap 3.0.9 in the same run,
 * interleaved. Model only: no side has a DOM here. `npm run keystroke` in ui/bench.
 */
import { it } from "vitest";
import { ourSide } from "./ours.ts";
import { type Side, yjsSide } from "./peers.ts";
import { show } from "./times.ts";

const TEXT = "Every device holds the whole document; what you type is on your own disk before anything happens. ";

it("keystrokes", async () => {
  console.log("size      side                       remote p50 / p99 ms     local p50 / p99 ms");
  for (const [size, count] of [
    ["10 KB", 100],
    ["100 KB", 1000],
    ["1 MB", 10_000],
  ] as const) {
    const paragraphs = Array.from({ length: count }, (_, i) => `${i} ${TEXT}`.slice(0, 100));
    const sides = [
      await ourSide(paragraphs),
      await ourSide(paragraphs, 150),
      await yjsSide("y-prosemirror", paragraphs),
      await yjsSide("y-tiptap", paragraphs),
    ];
    const times = sides.map(() => ({ remote: [] as number[], local: [] as number[] }));
    for (let round = 0; round < 120; round++) {
      for (const [index, side] of sides.entries()) measure(side, times[index]!, round >= 20);
      if (round % 20 === 0) await new Promise((done) => setTimeout(done, 0));
    }
    for (const [index, side] of sides.entries()) {
      const { remote, local } = times[index]!;
      console.log(`${size.padEnd(9)} ${side.name.padEnd(26)} ${show(remote)}         ${show(local)}`);
    }
  }
});

function measure(side: Side, into: { remote: number[]; local: number[] }, counts: boolean): void {
  const remote = side.remote();
  const local = side.local();
  if (!counts) return;
  into.remote.push(remote);
  into.local.push(local);
}
