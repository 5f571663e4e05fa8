/** Stories of footnotes and of the table of contents. */
import { expect } from "vitest";
import { until } from "../drive/driver.ts";
import { type Story, begin, caret, settled, text } from "./story.ts";

/** The numbers at references, and those before notes, in a window. */
const numbers = (window: string): string =>
  `return [...document.querySelectorAll('#${window} .footnote, #${window} [data-number]')].map((e) => e.dataset.number ?? e.textContent).join()`;
const offset = "return sheaf.a.state.selection.head";

export const notes: Story[] = [
  {
    name: "footnotes: made from the menu, written at the end, numbered by their references, gone to and back with keys",
    run: async (driver) => {
      await begin(driver, "one two", "last");
      await caret(driver, 7);
      await driver.type(" /footn");
      await driver.press("Enter");
      await driver.type("Second note");
      expect((await text(driver))[0]).toBe("one two <footnote>");
      expect((await text(driver))[2]).toMatch(/^p note=[a-z0-9]{5}: Second note$/);
      await caret(driver, 3);
      await driver.type(" /footn");
      await driver.press("Enter");
      await driver.type("First note");
      await until(driver, `${numbers("b").replace("return ", "return (")}) === '1,2,2,1'`);
      await driver.press("Alt+Enter");
      expect(await driver.evaluate(offset)).toBe(5);
      await driver.press("ArrowLeft", "Enter");
      await driver.type("!");
      expect((await text(driver)).at(-1)).toContain("First note!");
      await driver.press("Enter", "Enter");
      await driver.type("out");
      expect((await text(driver)).at(-1)).toBe("out");
      const title = `const note = document.querySelector('#a .footnote'); note.dispatchEvent(new MouseEvent('mouseenter')); return note.title`;
      expect(await driver.evaluate(title)).toContain("First note!");
      await caret(driver, 5);
      await driver.press("Backspace");
      await until(driver, `${numbers("b").replace("return ", "return (")}) === '1,1,–'`);
      await settled(driver);
    },
  },
  {
    name: "a pasted copy of a footnote is another footnote; what was cut stays the note it was",
    run: async (driver) => {
      await begin(driver, "");
      const newline = (line: string, block?: string): object => ({
        insert: "\n",
        attributes: block === undefined ? { line } : { line, block },
      });
      const body = [{ insert: "a" }, { insert: { footnote: "n1" } }, newline("id0"), { insert: "note" }, newline("id1", "p note=n1")];
      await driver.evaluate(`await sheaf.set(${JSON.stringify(body)}); sheaf.a.focus();`);
      await driver.press("Control+a", "Control+c", "ArrowRight", "Control+v");
      const ids = "return sheaf.a.delta.ops.flatMap((op) => op.insert?.footnote ?? [])";
      await until(driver, `${ids.replace("return ", "return (")}).length === 2`);
      const [first, second] = await driver.evaluate<string[]>(ids);
      expect(first).toBe("n1");
      expect(second).not.toBe("n1");
      expect((await text(driver)).filter((line) => line.startsWith("p note=")).length).toBe(2);
      await settled(driver);
    },
  },
  {
    name: "a table of contents is typed, follows the headings, and its entries are reached with keys and go there",
    run: async (driver) => {
      await begin(driver, "", "h1: Rye", "h2: Sowing", "text");
      await driver.type("[TOC]");
      const entries = "return [...document.querySelectorAll('#a .contents-entry')].map((e) => e.dataset.depth + e.textContent).join()";
      expect(await driver.evaluate(entries)).toBe("0Rye,1Sowing");
      await driver.evaluate("await sheaf.a.saved(); sheaf.core.remote(new sheaf.a.delta.constructor().retain(2).insert('Winter '));");
      await until(driver, `${entries.replace("return ", "return (")}) === '0Winter Rye,1Sowing'`);
      await driver.press("Control+Home", "ArrowRight");
      await driver.press("Control+Home");
      await caret(driver, 1);
      await driver.press("ArrowLeft", "Enter");
      await until(driver, "return document.activeElement?.textContent === 'Winter Rye'");
      await driver.press("ArrowDown", "Enter");
      await driver.type("x");
      expect((await text(driver))[2]).toBe("h2: xSowing");
      await settled(driver);
    },
  },
];
