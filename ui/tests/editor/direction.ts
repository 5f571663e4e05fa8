/** Stories of lines that run from right to left. */
import { expect } from "vitest";
import { type Driver, until } from "../drive/driver.ts";
import { type Story, begin, caret, settled, text } from "./story.ts";

/** Where the caret of Ana's window stands, from the left edge of its text. */
const caretX = (driver: Driver): Promise<number> =>
  driver.evaluate(`
    const { view } = sheaf.a.view.page;
    return view.coordsAtPos(view.state.selection.head).left - view.dom.getBoundingClientRect().left;`);

/** For every line of Ana's window which way it runs, and how far its words begin and its box ends from the edges of the text. */
const drawn = (driver: Driver): Promise<Array<{ way: string; words: [number, number]; pad: [number, number]; bar: [string, string] }>> =>
  driver.evaluate(`
    const text = document.querySelector("#a .sheaf-editor").getBoundingClientRect();
    return [...document.querySelectorAll("#a .line")].map((line) => {
      const range = document.createRange();
      range.selectNodeContents(line);
      const { left, right } = range.getBoundingClientRect();
      const style = getComputedStyle(line);
      return {
        way: style.direction,
        words: [Math.round(left - text.left), Math.round(text.right - right)],
        pad: [parseFloat(style.paddingLeft), parseFloat(style.paddingRight)],
        bar: [style.borderLeftWidth, style.borderRightWidth],
      };
    });`);

export const directions: Story[] = [
  {
    name: "a line runs as its first letter does: marker, bar and gap of Hebrew and Arabic stand at the right",
    run: async (driver) => {
      await begin(driver, "latin", "שלום עולם", "ul: مرحبا", "p q=1: 12 שלום", "ul in=1: one", "code: שלום");
      const lines = await drawn(driver);
      expect(lines.map(({ way }) => way)).toEqual(["ltr", "rtl", "rtl", "rtl", "ltr", "ltr"]);
      const [latin, hebrew, item, quote] = lines;
      expect(latin?.words[0]).toBe(0);
      expect(hebrew?.words[1]).toBe(0);
      expect(hebrew?.words[0]).toBeGreaterThan(100);
      expect(item?.pad).toEqual([0, 26]);
      expect(quote?.bar).toEqual(["0px", "3px"]);
      await settled(driver);
    },
  },
  {
    name: "the caret goes left as Hebrew is typed; an empty line after it begins at the right, and an arrow goes where it points",
    run: async (driver) => {
      await begin(driver, "ul: ");
      await driver.type("שלום");
      const end = await caretX(driver);
      await caret(driver, 0);
      const start = await caretX(driver);
      expect(start).toBeGreaterThan(end + 10);
      await driver.press("ArrowLeft");
      // The browser tells of a moved caret in a task of its own, after the key.
      await until(driver, "return sheaf.a.state.selection.head === 1");
      expect(await caretX(driver)).toBeLessThan(start);
      await driver.press("End", "Enter");
      expect((await drawn(driver)).map(({ way }) => way)).toEqual(["rtl", "rtl"]);
      expect(await caretX(driver)).toBeGreaterThan(end + 10);
      await driver.type("abc");
      expect(await text(driver)).toEqual(["ul: שלום", "ul: abc"]);
      expect((await drawn(driver)).map(({ way }) => way)).toEqual(["rtl", "ltr"]);
      await settled(driver);
    },
  },
  {
    name: "a selection over a Hebrew line covers what it says, and a table whose first cell is Arabic has its first column at the right",
    run: async (driver) => {
      await begin(driver, "שלום עולם", "p cell=t.r1.a: مرحبا", "p cell=t.r1.b: two", "end");
      await caret(driver, 0);
      await driver.evaluate(`
        sheaf.copied = "";
        document.addEventListener("copy", (e) => (sheaf.copied = e.clipboardData.getData("text/html")), { once: true });`);
      await driver.press("Shift+End", "Control+c");
      expect(await driver.evaluate("return sheaf.copied")).toContain('<span dir="rtl">שלום עולם</span>');
      expect(await driver.evaluate("return getSelection().toString()")).toBe("שלום עולם");
      const [first, second] = await driver.evaluate<number[]>(
        "return [...document.querySelectorAll('#a .cell')].map((c) => c.getBoundingClientRect().left)",
      );
      expect(first).toBeGreaterThan(second ?? Number.POSITIVE_INFINITY);
      await caret(driver, 12);
      await driver.press("Tab");
      await until(driver, "return sheaf.a.state.selection.head > 15");
      await settled(driver);
    },
  },
];
