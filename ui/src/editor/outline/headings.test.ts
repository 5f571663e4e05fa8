/** An outline that follows a text says what reading the text anew would say, and looks at few lines to do so. */
import { describe, expect, it } from "vitest";
import { Chance, randomBody, randomChange } from "../../../tests/lane/chance.ts";
import { Delta } from "../delta.ts";
import { headingLevel, readBlock } from "../lines/block.ts";
import { Lines } from "../lines/lines.ts";
import { Headings } from "./headings.ts";

/** A text with a heading in every tenth line. */
function long(lines: number): Lines {
  const body = new Delta();
  for (let nth = 0; nth < lines; nth++) {
    const block = nth % 10 === 0 ? { block: nth % 50 === 0 ? "h1" : "h2" } : {};
    body.insert(`Line ${nth}`).insert("\n", { line: `l${nth}`, ...block });
  }
  return Lines.from(body);
}

/** The slow way: every line, one after another. */
function slowly(text: Lines): Array<{ index: number; start: number; level: number }> {
  return [...text.between()].flatMap((line, index) => {
    const level = headingLevel(readBlock(line.block).kind);
    return level > 0 ? [{ index, start: text.startOf(index), level }] : [];
  });
}

describe("headings", () => {
  it("say after every random change what the text says", () => {
    for (let seed = 1; seed <= 60; seed++) {
      const chance = new Chance(seed);
      let text = Lines.from(randomBody(chance, 300)).apply(long(200).toDelta()).lines;
      const headings = new Headings(text);
      for (let step = 0; step < 20; step++) {
        text = text.apply(randomChange(chance, text.toDelta())).lines;
        headings.follow(text);
        const expected = slowly(text);
        expect(
          headings.list.map(({ level }, nth) => ({ ...headings.placeOf(nth), level })),
          `seed ${seed} step ${step}`,
        ).toEqual(expected);
        const offset = chance.below(text.length + 1);
        expect(headings.sectionAt(offset)).toBe(expected.filter(({ start }) => start <= offset).length - 1);
      }
    }
  });

  it("look at one piece of a long text for a key, mine or another's, and keep the list when no heading changed", () => {
    let text = long(20_000);
    const headings = new Headings(text);
    const { list } = headings;
    expect([list.length, headings.visited]).toEqual([2000, text.count]);
    const before = headings.visited;
    for (let key = 0; key < 50; key++) {
      text = text.apply(new Delta().retain(text.startOf(9995)).insert("x")).lines;
      expect(headings.follow(text)).toBe(false);
    }
    expect(headings.list).toBe(list);
    expect((headings.visited - before) / 50).toBeLessThan(200);
    expect(headings.follow(text.apply(new Delta().insert("Harvest: ")).lines)).toBe(true);
    expect(headings.list[0]).toEqual({ id: "l0", level: 1, text: "Harvest: Line 0" });
  });
});
