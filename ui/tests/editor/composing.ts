/** Stories of an input method in lines that hold nothing else: WebKit would take the line along with what it takes out. */
import { expect } from "vitest";
import { type Story, begin, caret, settled, text } from "./story.ts";

const CELLS = ["p cell=t.r1.a: a1", "p cell=t.r1.b: b1"];

export const composing: Story[] = [
  {
    name: "what is composed stays in its line: in an empty one, over all words of one, in a paragraph and in a cell",
    run: async (driver) => {
      const composed = async (lines: readonly string[], anchor: number, head: number): Promise<string[]> => {
        await begin(driver, ...lines);
        await caret(driver, anchor, head);
        await driver.compose("か", async () => undefined);
        const now = await text(driver);
        await settled(driver);
        return now;
      };
      expect(await composed(["before", "", "after"], 7, 7)).toEqual(["before", "か", "after"]);
      expect(await composed(["before", "words", "after"], 7, 12)).toEqual(["before", "か", "after"]);
      expect(await composed(["before", "p cell=t.r1.a: ", ...CELLS.slice(1)], 7, 7)).toEqual([
        "before",
        "p cell=t.r1.a: か",
        "p cell=t.r1.b: b1",
      ]);
      expect(await composed(["before", ...CELLS], 7, 9)).toEqual(["before", "p cell=t.r1.a: か", "p cell=t.r1.b: b1"]);
    },
  },
];
