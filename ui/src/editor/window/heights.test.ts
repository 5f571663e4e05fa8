/** Heights are what was measured, and guesses where not; asking costs a few pieces of the text, not the text. */
import { describe, expect, it } from "vitest";
import { Chance, randomBody, randomChange } from "../../../tests/lane/chance.ts";
import { Delta } from "../delta.ts";
import { Lines } from "../lines/lines.ts";
import { Heights } from "./heights.ts";

function long(count: number): Lines {
  const body = new Delta();
  for (let i = 0; i < count; i++) body.insert(`Line ${i} ${"of words ".repeat(i % 7)}`).insert("\n", { line: `l${i}` });
  return Lines.from(body);
}

/** So high is a line of so many characters. */
const real = (width: number): number => 30 + width;

describe("heights", () => {
  it("are exact where everything was measured, whatever changes and is hidden, and a place is found again from its height", () => {
    for (let seed = 1; seed <= 60; seed++) {
      const chance = new Chance(seed);
      const heights = new Heights();
      let text = Lines.from(randomBody(chance, 1 + chance.below(400)));
      for (let step = 0; step < 10; step++) {
        text = text.apply(randomChange(chance, text.toDelta())).lines;
        const lines = [...text.between()];
        heights.learn(
          text,
          0,
          lines.map(({ width }) => real(width)),
        );
        const from = chance.below(lines.length);
        const hidden = chance.once(2) ? [{ from, to: from + chance.below(lines.length - from + 1) }] : [];
        const isHidden = (index: number): boolean => hidden.some((range) => index >= range.from && index < range.to);
        let top = 0;
        for (const [index, line] of lines.entries()) {
          expect(heights.before(text, index, hidden), `seed ${seed} line ${index}`).toBeCloseTo(top, 6);
          if (!isHidden(index)) expect(heights.at(text, top + 1, hidden)).toEqual({ index, top: expect.closeTo(top, 6) as number });
          if (!isHidden(index)) top += real(line.width);
        }
      }
    }
  });

  it("are guessed well after a part was measured, and change everywhere when the screen is another", () => {
    const text = long(20_000);
    const heights = new Heights();
    heights.learn(
      text,
      0,
      [...text.between(0, 40)].map(({ width }) => real(width)),
    );
    const all = [...text.between()].reduce((sum, { width }) => sum + real(width), 0);
    expect(heights.before(text, text.count) / all).toBeCloseTo(1, 2);
    heights.forget();
    heights.learn(
      text,
      0,
      [...text.between(0, 40)].map(({ width }) => 2 * real(width)),
    );
    expect(heights.before(text, text.count) / all).toBeCloseTo(2, 2);
  });

  it("look at a piece or two of a long text for a key and a scroll", () => {
    let text = long(20_000);
    const heights = new Heights();
    heights.before(text, text.count);
    const before = heights.visited;
    for (let key = 0; key < 50; key++) {
      text = text.apply(new Delta().retain(text.startOf(9995)).insert("x")).lines;
      const { top } = heights.at(text, heights.before(text, 12_000) + 3);
      expect(top).toBeGreaterThan(0);
      heights.learn(
        text,
        11_990 + key,
        Array.from({ length: 8 }, () => 40),
      );
    }
    expect((heights.visited - before) / 50).toBeLessThan(700);
  });
});
