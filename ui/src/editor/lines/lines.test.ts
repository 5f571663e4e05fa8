/** The lines against quill-delta itself: whatever random Deltas do to a body, the lines do the same, and what was not touched stays the same object. */
import { describe, expect, it } from "vitest";
import { Delta } from "../delta.ts";
import { Lines } from "./lines.ts";
import { Chance, randomBody, randomChange } from "../../../tests/lane/chance.ts";

describe("lines", () => {
  it("say what quill-delta says, over random changes, and take them back", () => {
    for (let seed = 1; seed <= 60; seed++) {
      const chance = new Chance(seed);
      let body = randomBody(chance, 1 + chance.below(30));
      let lines = Lines.from(body);
      for (let step = 0; step < 40; step++) {
        const change = randomChange(chance, body);
        const after = body.compose(change);
        const { lines: next, changes } = lines.apply(change);
        expect(next.toDelta().ops, `seed ${seed} step ${step}`).toEqual(after.ops);
        expect(next.apply(lines.invert(change)).lines.toDelta().ops, `seed ${seed} step ${step}: inverse`).toEqual(body.ops);
        const touched = changes.reduce((sum, change) => sum + change.added.length, 0);
        const kept = new Set(lines.between());
        let fresh = 0;
        for (const line of next.between()) if (!kept.has(line)) fresh++;
        expect(fresh).toBeLessThanOrEqual(touched);
        body = after;
        lines = next;
      }
      expect(lines.length).toBe(body.length());
    }
  });

  it("finds every offset in its line", () => {
    const chance = new Chance(7);
    const lines = Lines.from(randomBody(chance, 400));
    for (let offset = 0; offset <= lines.length; offset += 7) {
      const place = lines.at(offset);
      expect(lines.startOf(place.index)).toBe(place.start);
      expect(lines.line(place.index)).toBe(place.line);
      expect(offset - place.start).toBeLessThanOrEqual(place.line.width);
    }
  });

  it("ignores `line` on ordinary characters and keeps unknown attributes", () => {
    const lines = Lines.from(new Delta().insert("ab", { line: "junk", glow: "x" }).insert("\n", { line: "a", block: "callout tone=warm" }));
    expect(lines.toDelta().ops).toEqual([
      { insert: "ab", attributes: { glow: "x" } },
      { insert: "\n", attributes: { line: "a", block: "callout tone=warm" } },
    ]);
  });

  it("refuses a Delta that reaches beyond the text", () => {
    expect(() => Lines.EMPTY.apply(new Delta().delete(1))).toThrow(RangeError);
    expect(() => Lines.EMPTY.apply(new Delta().retain(2).insert("x"))).toThrow(RangeError);
  });
});
