/** Numbers of lists are what counting from the top says, and a key in a list of thousands counts a piece of it. */
import { describe, expect, it } from "vitest";
import { Chance } from "../../../tests/lane/chance.ts";
import { Delta } from "../delta.ts";
import { readBlock } from "./block.ts";
import { Lines } from "./lines.ts";
import { Numbering, count } from "./numbering.ts";

const KINDS = ["ol", "ol", "ol", "ol in=1", "ol in=2", "ul", "task", "ol start", "ol n=7", ""];

function body(chance: Chance, lines: number, plainEvery: number): Delta {
  const delta = new Delta();
  for (let i = 0; i < lines; i++) {
    const block = chance.once(plainEvery) ? "" : chance.one(KINDS.slice(0, 9));
    delta.insert(`${i}`).insert("\n", block === "" ? { line: `l${i}` } : { line: `l${i}`, block });
  }
  return delta;
}

describe("numbers of lists", () => {
  it("are those that counting from the top gives, through every change", () => {
    const numbering = new Numbering();
    for (let seed = 1; seed <= 40; seed++) {
      const chance = new Chance(seed);
      let text = Lines.from(body(chance, 700, chance.one([5, 100, 100_000])));
      for (let step = 0; step < 6; step++) {
        const counters: number[] = [];
        let plain = -1;
        for (const [index, line] of [...text.between()].entries()) {
          if (index % 13 === 0) {
            expect(numbering.before(text, index), `seed ${seed} step ${step} line ${index}`).toEqual(counters);
            expect(numbering.isOneList(text, Math.max(0, index - 50), index)).toBe(plain < Math.max(0, index - 50));
          }
          count(readBlock(line.block), counters);
          if (counters.length === 0) plain = index;
        }
        const at = text.startOf(chance.below(text.count - 1));
        const block = chance.one(KINDS);
        text = text.apply(new Delta().retain(at).insert("\n", block === "" ? { line: "n" } : { line: "n", block })).lines;
      }
    }
  });

  it("cost a key one piece of the list, however long it is", () => {
    const numbering = new Numbering();
    let text = Lines.from(
      new Delta(Array.from({ length: 20_000 }, (_, i) => ({ insert: "\n", attributes: { line: `l${i}`, block: "ol" } }))),
    );
    expect(numbering.before(text, 15_000)).toEqual([15_000]);
    const before = numbering.visited;
    for (let key = 0; key < 50; key++) {
      text = text.apply(new Delta().retain(text.startOf(9000)).insert("x")).lines;
      expect(numbering.before(text, 15_000)).toEqual([15_000]);
    }
    expect((numbering.visited - before) / 50).toBeLessThan(500);
  });
});
