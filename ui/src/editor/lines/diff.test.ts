/** How one text becomes another: exactly, and never in the middle of a character. */
import { describe, expect, it } from "vitest";
import { Delta, lengthOf } from "../delta.ts";
import { difference } from "./diff.ts";
import { Lines } from "./lines.ts";
import { Chance } from "../../../tests/lane/chance.ts";

/** Three of them begin with the same half. */
const LETTERS = ["𠀀", "𠁐", "𠀁", "😀", "a"];

function body(chance: Chance): Delta {
  const delta = new Delta();
  for (let n = chance.below(12); n > 0; n--) delta.insert(chance.one(LETTERS), chance.once(4) ? { bold: true } : undefined);
  return delta.insert("\n", { line: "one" });
}

/** Where a change begins and ends something, in the text that it changes and in the one that it makes. */
function edges(change: Delta): Array<readonly [number, number]> {
  let [a, b] = [0, 0];
  return change.ops.map((op) => {
    if (op.insert === undefined) a += lengthOf(op);
    if (op.delete === undefined) b += lengthOf(op);
    return [a, b] as const;
  });
}

describe("a difference", () => {
  it("makes the one text of the other and cuts no character in two", () => {
    for (let seed = 1; seed <= 2000; seed++) {
      const chance = new Chance(seed);
      const [before, after] = [Lines.from(body(chance)), Lines.from(body(chance))];
      const change = difference(before, after);
      expect(before.apply(change).lines.toDelta().ops, `seed ${seed}`).toEqual(after.toDelta().ops);
      const inside = (text: string, at: number): boolean => /^[\ud800-\udbff][\udc00-\udfff]$/.test(text.slice(at - 1, at + 1));
      for (const [a, b] of edges(change)) {
        expect(a > 0 && inside(before.text(), a), `seed ${seed}: ${JSON.stringify(change.ops)}`).toBe(false);
        expect(b > 0 && inside(after.text(), b), `seed ${seed}: ${JSON.stringify(change.ops)}`).toBe(false);
      }
    }
  });

  it("keeps what stands on both sides of what came, though it begins with the same half", () => {
    const text = (words: string): Lines => Lines.from(new Delta().insert(words).insert("\n", { line: "one" }));
    expect(difference(text("x𠀀y"), text("x𠁐𠀀y")).ops).toEqual([{ retain: 1 }, { insert: "𠁐𠀀" }, { delete: 2 }]);
    expect(difference(text("xab"), text("xaab")).ops).toHaveLength(2);
  });
});
