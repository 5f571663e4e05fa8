/** Stories of whole blocks: chosen with keys, from the margin and with the handle; moved, doubled, turned, nested, copied and taken out. */
import { expect } from "vitest";
import { type Driver, until } from "../drive/driver.ts";
import { ELSEWHERE, type Story, begin, caret, ids, settled, text } from "./story.ts";

/** The words of the lines that are drawn as chosen. */
const CHOSEN = "[...document.querySelectorAll('#a [data-chosen]')].map((l) => l.textContent).join()";
const chosen = (driver: Driver, words: string): Promise<void> => until(driver, `return ${CHOSEN} === ${JSON.stringify(words)}`);

/** The middle of a line of Ana's window, and of the margin beside it. */
const places = (driver: Driver, nth: number): Promise<{ x: number; top: number; bottom: number; y: number; left: number }> =>
  driver.evaluate(`
    const { left, right, top, bottom } = document.querySelectorAll('#a .line')[${nth}].getBoundingClientRect();
    return { x: (left + right) / 2, top, bottom, y: (top + bottom) / 2, left };`);

/** Lets the pointer rest on a line, and answers where the handle came. */
async function handleBeside(driver: Driver, nth: number): Promise<{ x: number; y: number }> {
  const { x, y } = await places(driver, nth);
  await driver.hover({ x, y });
  await until(driver, "return document.querySelector('#a .block-handle').hidden === false");
  await new Promise((done) => setTimeout(done, 60));
  return driver.evaluate(`
    const { left, right, top, bottom } = document.querySelector('#a .block-handle').getBoundingClientRect();
    return { x: (left + right) / 2, y: (top + bottom) / 2 };`);
}

export const wholeBlocks: Story[] = [
  {
    name: "Escape chooses the block of the caret, Shift and the arrows reach further, and Escape or a letter goes on where the caret was",
    run: async (driver) => {
      await begin(driver, "one", "two", "", "four");
      await caret(driver, 5);
      await driver.press("Escape");
      await chosen(driver, "two");
      await driver.press("Shift+ArrowDown", "Shift+ArrowDown");
      await chosen(driver, "two,,four");
      await driver.press("Shift+ArrowUp", "ArrowUp");
      await chosen(driver, "one");
      expect(await driver.evaluate("return sheaf.events.filter((e) => e.name === 'chosen').map((e) => e.event)")).toEqual([
        { blocks: 1, words: "two" },
        { blocks: 2, words: "two" },
        { blocks: 3, words: "two" },
        { blocks: 2, words: "two" },
        { blocks: 1, words: "one" },
      ]);
      await driver.press("Escape");
      await chosen(driver, "");
      await driver.type("x");
      expect(await text(driver)).toEqual(["one", "txwo", "", "four"]);
      await driver.press("Escape", "Shift+ArrowDown");
      await driver.type("y");
      expect(await text(driver)).toEqual(["one", "txywo", "", "four"]);
      await settled(driver);
    },
  },
  {
    name: "what is done to chosen blocks is done to all of them, and they stay chosen with their ids",
    run: async (driver) => {
      await begin(driver, "zero", "one", "two", "three");
      await caret(driver, 6);
      await driver.press("Escape", "Shift+ArrowDown", "Control+Shift+8");
      expect(await text(driver)).toEqual(["zero", "ul: one", "ul: two", "three"]);
      await driver.press("Alt+Shift+ArrowUp");
      expect(await text(driver)).toEqual(["ul: one", "ul: two", "zero", "three"]);
      expect(await ids(driver)).toEqual(["id1", "id2", "id0", "id3"]);
      await driver.press("Alt+Shift+ArrowDown", "Alt+Shift+ArrowDown", "Tab");
      expect(await text(driver)).toEqual(["zero", "three", "ul: one", "ul in=1: two"]);
      await chosen(driver, "one,two");
      await driver.press("Escape");
      expect(await driver.evaluate("return sheaf.a.state.selection.head"), "the caret went along").toBe(12);
      await driver.press("Escape", "Shift+ArrowDown");
      await driver.press("Shift+Tab", "Control+d");
      expect(await text(driver)).toEqual(["zero", "three", "ul: one", "ul: two", "ul: one", "ul: two"]);
      expect(new Set(await ids(driver)).size).toBe(6);
      await chosen(driver, "one,two");
      await driver.press("Delete");
      await chosen(driver, "");
      expect(await ids(driver)).toEqual(["id0", "id3", "id1", "id2"]);
      await driver.press("Control+z", "Control+z", "Control+z");
      await driver.press("Escape", "Control+a", "Backspace");
      expect(await text(driver)).toEqual([""]);
      await driver.type("new");
      expect(await text(driver)).toEqual(["new"]);
      await settled(driver);
    },
  },
  {
    name: "a table and a block of code go as one, past each other, and two blocks of code that meet stay two",
    run: async (driver) => {
      const table = ["p cell=t.r1.a: A", "p cell=t.r1.b: B"];
      await begin(driver, "first", ...table, "code: x", "code: y", "last", "code: z");
      await caret(driver, 1);
      await driver.press("Alt+Shift+ArrowDown");
      expect(await text(driver)).toEqual([...table, "first", "code: x", "code: y", "last", "code: z"]);
      await driver.press("Alt+Shift+ArrowDown");
      expect(await text(driver)).toEqual([...table, "code: x", "code: y", "first", "last", "code: z"]);
      await caret(driver, 5);
      await driver.press("Escape");
      await chosen(driver, "x,y");
      await driver.press("Alt+Shift+ArrowUp");
      expect(await text(driver)).toEqual(["code: x", "code: y", ...table, "first", "last", "code: z"]);
      for (let times = 0; times < 3; times++) await driver.press("Alt+Shift+ArrowDown");
      expect(await text(driver)).toEqual([...table, "first", "last", "code: x", "code: y", "code start: z"]);
      await driver.press("Control+z");
      expect((await text(driver)).slice(2)).toEqual(["first", "code: x", "code: y", "last", "code start: z"]);
      await caret(driver, 0);
      await driver.press("Escape", "Control+d");
      const blocks = (await text(driver)).slice(0, 4).map((line) => /cell=(\w+)\./.exec(line)?.[1]);
      expect(new Set(blocks).size).toBe(2);
      expect(await ids(driver)).toHaveLength(9);
      await settled(driver);
    },
  },
  {
    name: "a folded heading takes what is below it along",
    run: async (driver) => {
      const hidden = "[...document.querySelectorAll('#a .line[hidden]')].map((l) => l.textContent).join()";
      await begin(driver, "before", "h1: A", "in A", "h1: B", "in B", "h1: C");
      await caret(driver, 14);
      await driver.press("Control+Shift+m");
      await caret(driver, 8);
      await driver.press("Control+Shift+m", "Alt+Shift+ArrowDown");
      expect(await text(driver)).toEqual(["before", "h1: B", "in B", "h1: A", "in A", "h1: C"]);
      expect(await driver.evaluate(`return ${hidden}`)).toBe("in B,in A");
      await driver.press("Escape", "Alt+Shift+ArrowUp", "Alt+Shift+ArrowUp");
      expect(await text(driver)).toEqual(["h1: A", "in A", "before", "h1: B", "in B", "h1: C"]);
      // What it would have swallowed is seen instead.
      expect(await driver.evaluate(`return ${hidden}`)).toBe("in B");
      await settled(driver);
    },
  },
  {
    name: "what others write leaves the choice where it is; a chosen block that they take away is not exchanged for another",
    run: async (driver) => {
      await begin(driver, "one", "two", "three");
      await caret(driver, 5);
      await driver.press("Escape");
      await driver.evaluate(ELSEWHERE);
      await chosen(driver, "two");
      await driver.evaluate(`
        const Delta = sheaf.a.delta.constructor;
        sheaf.core.remote(new Delta().retain(6).delete(4));
        await new Promise((d) => setTimeout(d, 200));`);
      await chosen(driver, "");
      await driver.press("Delete");
      expect((await text(driver)).length).toBe(2);
      await settled(driver);
    },
  },
  {
    name: "chosen blocks are copied and cut whole, and what is pasted over them has a line of its own",
    run: async (driver) => {
      await begin(driver, "h2: one", "ul: two", "end");
      await caret(driver, 0);
      await driver.press("Escape", "Shift+ArrowDown", "Control+x");
      expect(await text(driver)).toEqual(["end"]);
      await driver.press("Control+End", "Enter", "Control+v");
      await new Promise((done) => setTimeout(done, 200));
      expect(await text(driver)).toEqual(["end", "h2: one", "ul: two"]);
      await caret(driver, 5);
      await driver.press("Escape", "Control+c", "ArrowUp", "Control+v");
      await new Promise((done) => setTimeout(done, 200));
      expect(await text(driver)).toEqual(["h2: one", "h2: one", "ul: two"]);
      await settled(driver);
    },
  },
  {
    name: "the handle comes beside the block under the pointer; dragging it moves the block to the line that shows where",
    run: async (driver) => {
      await begin(driver, "one", "two", "three", "four");
      const from = await handleBeside(driver, 0);
      const over = await places(driver, 2);
      await driver.drag(from, { x: over.x, y: over.bottom - 4 });
      expect(await text(driver)).toEqual(["two", "three", "one", "four"]);
      expect(await ids(driver)).toEqual(["id1", "id2", "id0", "id3"]);
      await chosen(driver, "one");
      await driver.press("Shift+ArrowDown");
      await chosen(driver, "one,four");
      const both = await handleBeside(driver, 3);
      const first = await places(driver, 0);
      await driver.drag(both, { x: first.x, y: first.top + 4 });
      expect(await text(driver)).toEqual(["one", "four", "two", "three"]);
      await driver.press("Control+z", "Control+z");
      expect(await text(driver)).toEqual(["one", "two", "three", "four"]);
      await settled(driver);
    },
  },
  {
    name: "a press on the handle, Alt+Enter, or Enter on a chosen block asks what can be done with it",
    run: async (driver) => {
      await begin(driver, "h1: one", "two");
      await handleBeside(driver, 1);
      await driver.click("#a .block-handle");
      const asked = "sheaf.events.filter((e) => e.name === 'blockMenu').map((e) => e.event.kind).join()";
      await until(driver, `return ${asked} === 'p'`);
      await chosen(driver, "two");
      await driver.press("Escape");
      await caret(driver, 1);
      await driver.press("Alt+Enter");
      await chosen(driver, "one");
      await driver.press("Shift+ArrowDown", "Enter");
      await until(driver, `return ${asked} === 'p,h1,mixed'`);
      expect(await driver.evaluate("const { box } = sheaf.events.at(-1).event; return box.right - box.left")).toBe(24);
      await settled(driver);
    },
  },
  {
    name: "an input method writes at the caret and leaves the chosen blocks in peace",
    run: async (driver) => {
      await begin(driver, "one", "two");
      await caret(driver, 1);
      await driver.press("Escape", "Shift+ArrowDown");
      await driver.compose("京", () => Promise.resolve());
      expect(await text(driver)).toEqual(["o京ne", "two"]);
      await settled(driver);
    },
  },
  {
    name: "a block dragged to the edge scrolls the text there, and lands in what came into view",
    run: async (driver) => {
      await begin(driver, ...Array.from({ length: 300 }, (_, nth) => `Line ${nth}`));
      const from = await handleBeside(driver, 1);
      const reached = await driver.evaluate<number>(`
        const handle = document.querySelector("#a .block-handle");
        const scroller = document.querySelector("#a");
        const { bottom, left } = scroller.getBoundingClientRect();
        const fire = (on, type, clientX, clientY) =>
          on.dispatchEvent(new PointerEvent(type, { clientX, clientY, button: 0, buttons: 1, pointerId: 1, bubbles: true, cancelable: true }));
        fire(handle, "pointerdown", ${from.x}, ${from.y});
        fire(window, "pointermove", left + 200, bottom - 10);
        for (let n = 0; n < 1000 && scroller.scrollTop < 1500; n++) await new Promise((d) => setTimeout(d, 20));
        fire(window, "pointermove", left + 200, bottom - 100);
        await new Promise((d) => setTimeout(d, 100));
        fire(window, "pointerup", left + 200, bottom - 100);
        return scroller.scrollTop;`);
      expect(reached).toBeGreaterThan(1000);
      const at = (await ids(driver)).indexOf("id1");
      expect(at).toBeGreaterThan(40);
      expect(await driver.evaluate("return document.querySelector('#a [data-chosen]').getBoundingClientRect().top > 0")).toBe(true);
      await settled(driver);
    },
  },
  {
    name: "dragging in the margin chooses the blocks beside it; a press there ends the choice",
    run: async (driver) => {
      await begin(driver, "one", "two", "three", "four");
      const [first, second] = [await places(driver, 1), await places(driver, 2)];
      await driver.drag({ x: first.left - 44, y: first.y }, { x: first.left - 44, y: second.y });
      await chosen(driver, "two,three");
      await driver.drag({ x: first.left - 44, y: first.y }, { x: first.left - 44, y: first.y });
      await chosen(driver, "");
      await settled(driver);
    },
  },
];
