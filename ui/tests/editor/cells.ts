/** Stories of cells chosen as a rectangle, of the handles of rows and columns, and of the edges between columns; real keys and a real mouse. */
import { expect } from "vitest";
import { type Driver, until } from "../drive/driver.ts";
import { type Story, begin, caret, paste, settled, text } from "./story.ts";

/** Three rows of three, with words before and after: `a1 b1 c1`, and so on. */
const TABLE = [1, 2, 3].flatMap((row) => ["a", "b", "c"].map((column) => `p cell=t.r${row}.${column}: ${column}${row}`));
const BEGIN = ["before", ...TABLE, "after"];

/** Where a cell's words begin in the text. */
const at = (words: string): number => "before\n".length + 3 * TABLE.findIndex((line) => line.endsWith(`: ${words}`));

/** The words of the cells that are drawn as chosen, `-` for an empty one. */
const CHOSEN =
  "[...document.querySelectorAll('#a [data-chosen-cell]')].map((l) => l.querySelector('.cell-text')?.textContent || '-').join(' ')";
const chosen = async (driver: Driver, words: string): Promise<void> => {
  await until(driver, `return ${CHOSEN} === ${JSON.stringify(words)}`, 3000).catch(async () =>
    expect(await driver.evaluate(`return ${CHOSEN}`)).toBe(words),
  );
};

/** The middle of a cell of Ana's window, and its edges. */
interface Spot {
  readonly x: number;
  readonly y: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly width: number;
}

const spot = (driver: Driver, words: string): Promise<Spot> =>
  driver.evaluate(`
    await new Promise((d) => requestAnimationFrame(() => requestAnimationFrame(d)));
    const cell = [...document.querySelectorAll("#a .cell")].find((cell) => cell.querySelector(".cell-text").textContent === ${JSON.stringify(words)});
    const { left, right, top, bottom, width } = cell.getBoundingClientRect();
    return { x: (left + right) / 2, y: (top + bottom) / 2, left, right, top, width };`);

/** The words of all cells, row by row, whatever order their lines stand in. */
const grid = (driver: Driver): Promise<string[]> =>
  driver.evaluate(`
    await new Promise((d) => requestAnimationFrame(() => requestAnimationFrame(d)));
    const rows = new Map();
    for (const cell of document.querySelectorAll("#a .cell, #a .hole")) {
      const { top, left } = cell.getBoundingClientRect();
      const row = [...rows.keys()].find((known) => Math.abs(known - top) < 4) ?? top;
      const text = cell.querySelector(".cell-text");
      const words = [...(text?.querySelectorAll("strong") ?? [])].length > 0 ? "*" + text.textContent + "*" : text?.textContent || "-";
      rows.set(row, [...(rows.get(row) ?? []), { left, words }]);
    }
    return [...rows].sort(([a], [b]) => a - b).map(([, cells]) => cells.sort((a, b) => a.left - b.left).map(({ words }) => words).join(" "));`);

/** What the clipboard gets. */
const copied = (driver: Driver, type: string, cut = false): Promise<string> =>
  driver.evaluate(`
    const data = new DataTransfer();
    sheaf.a.clipboard.copy(data, ${cut});
    return data.getData(${JSON.stringify(type)}).replaceAll(/ style="[^"]*"/g, "");`);

/** Another device changes the text: a Delta, with \`lines\` to say where. */
const elsewhere = (driver: Driver, delta: string): Promise<unknown> =>
  driver.evaluate(`
    const Delta = sheaf.a.delta.constructor;
    const { lines } = sheaf.a.view.page;
    const start = (id) => lines.startOf(lines.find(id));
    sheaf.core.remote(${delta});
    await new Promise((d) => setTimeout(d, 150));`);

/** What Ana's window pushed since it was last asked. */
const pushes = (driver: Driver): Promise<number> =>
  driver.evaluate(
    "await new Promise((d) => setTimeout(d, 200)); const n = sheaf.core.pushes - (window.pushed ?? 0); window.pushed = sheaf.core.pushes; return n;",
  );

export const cells: Story[] = [
  {
    name: "a drag from cell to cell chooses the rectangle between, is told once, and Escape or an arrow leaves it",
    run: async (driver) => {
      await begin(driver, ...BEGIN);
      const [from, to, back] = [await spot(driver, "b1"), await spot(driver, "c3"), await spot(driver, "c2")];
      await driver.mouse(from, "down", to, back, "up");
      await chosen(driver, "b1 c1 b2 c2");
      expect(await driver.evaluate("return getSelection().toString()")).toBe("");
      await until(driver, "return sheaf.events.some((e) => e.name === 'cells')");
      expect(await driver.evaluate("return sheaf.events.filter((e) => e.name === 'cells').at(-1).event")).toEqual({ rows: 2, columns: 2 });
      await driver.press("Escape");
      await chosen(driver, "");
      await driver.type("x");
      expect((await grid(driver))[0], "the caret waited in the first of them").toMatch(/^a1 (xb1|bx1|b1x) c1$/);
      await driver.press("Control+z");
      await driver.mouse(await spot(driver, "a1"), "down", await spot(driver, "b2"), "up");
      await chosen(driver, "a1 b1 a2 b2");
      await driver.press("ArrowRight");
      await driver.type("y");
      expect(await grid(driver)).toEqual(["a1 b1 c1", "a2 b2y c2", "a3 b3 c3"]);
      // Inside a cell, and out of the table, words are selected.
      const cell = await spot(driver, "a3");
      await driver.mouse({ x: cell.left + 12, y: cell.y }, "down", { x: cell.left + 60, y: cell.y }, "up");
      expect(await driver.evaluate("return getSelection().toString()")).toBe("a3");
      await driver.mouse(cell, "down", await spot(driver, "b3"));
      await chosen(driver, "a3 b3");
      await driver.mouse({ x: cell.x, y: cell.y + 80 }, "up");
      await chosen(driver, "");
      expect(await driver.evaluate("return getSelection().toString()")).toContain("c3\nafter");
      await settled(driver);
    },
  },
  {
    name: "Shift and the arrows choose cells from a cell's edge on, Shift and a press reach to another, Mod+A takes the table",
    run: async (driver) => {
      await begin(driver, ...BEGIN);
      await caret(driver, at("b2"));
      await driver.press("Shift+ArrowRight");
      // Inside a cell: a letter.
      await until(driver, `return sheaf.a.state.selection.head === ${at("b2") + 1}`);
      await driver.press("Shift+ArrowRight");
      await chosen(driver, "");
      await driver.press("Shift+ArrowRight");
      await chosen(driver, "b2 c2");
      await driver.press("Shift+ArrowDown");
      await chosen(driver, "b2 c2 b3 c3");
      await driver.press("Shift+ArrowLeft", "Shift+ArrowLeft", "Shift+ArrowUp", "Shift+ArrowUp");
      await chosen(driver, "a1 b1 a2 b2");
      await driver.press("Control+Shift+ArrowRight");
      await chosen(driver, "b1 c1 b2 c2");
      await driver.press("Escape");
      await caret(driver, at("b1"));
      const shiftPress = (row: number, column: number): Promise<void> =>
        driver.click(`#a .cell[aria-rowindex="${row}"][aria-colindex="${column}"]`, ["Shift"]);
      await shiftPress(3, 2);
      await chosen(driver, "b1 b2 b3");
      await shiftPress(2, 1);
      await chosen(driver, "a1 b1 a2 b2");
      await caret(driver, at("a1"));
      await driver.press("Shift+ArrowDown");
      await chosen(driver, "a1 a2");
      await driver.press("Control+a");
      await chosen(driver, "a1 b1 c1 a2 b2 c2 a3 b3 c3");
      await driver.press("Control+a");
      await chosen(driver, "");
      expect(await driver.evaluate("return sheaf.a.state.selection.head")).toBe("before\nafter\n".length + 27);
      await settled(driver);
    },
  },
  {
    name: "what is done to chosen cells is done to all of them and to no other, and undo chooses them again",
    run: async (driver) => {
      await begin(driver, ...BEGIN);
      const choose = async (): Promise<void> => {
        await driver.mouse(await spot(driver, "b1"), "down", await spot(driver, "c2"), "up");
        await chosen(driver, "b1 c1 b2 c2");
      };
      await choose();
      await driver.press("Control+b");
      expect(await grid(driver)).toEqual(["a1 *b1* *c1*", "a2 *b2* *c2*", "a3 b3 c3"]);
      expect(await driver.evaluate("return [...sheaf.a.state.marks]")).toEqual(["bold"]);
      await driver.press("Control+Alt+\\");
      expect(await grid(driver)).toEqual(["a1 b1 c1", "a2 b2 c2", "a3 b3 c3"]);
      await driver.press("Delete");
      expect(await grid(driver)).toEqual(["a1 - -", "a2 - -", "a3 b3 c3"]);
      await driver.press("Escape", "Control+Home");
      await elsewhere(driver, `new Delta().insert("> ")`);
      await driver.press("Control+z");
      await chosen(driver, "b1 c1 b2 c2");
      expect(await copied(driver, "text/plain")).toBe("b1\tc1\nb2\tc2");
      expect(await copied(driver, "text/html")).toContain("<table><tr><td>b1</td><td>c1</td></tr><tr><td>b2</td><td>c2</td></tr></table>");
      const html = await copied(driver, "text/html", true);
      expect(await grid(driver)).toEqual(["a1 - -", "a2 - -", "a3 b3 c3"]);
      await driver.press("Control+z");
      await chosen(driver, "b1 c1 b2 c2");
      // From the first of what is chosen on; the table grows as it must.
      await driver.mouse(await spot(driver, "b3"), "down", await spot(driver, "c3"), "up");
      await paste(driver, { "text/html": html });
      expect(await grid(driver)).toEqual(["a1 b1 c1", "a2 b2 c2", "a3 b1 c1", "- b2 c2"]);
      await chosen(driver, "b1 c1 b2 c2");
      await driver.press("Control+z");
      await chosen(driver, "b3 c3");
      await paste(driver, { "text/plain": "one value" });
      expect(await grid(driver)).toEqual(["a1 b1 c1", "a2 b2 c2", "a3 one value one value"]);
      await settled(driver);
    },
  },
  {
    name: "several rows or columns move and are put in once more with the keys, and undo puts them back",
    run: async (driver) => {
      await begin(driver, ...BEGIN);
      await driver.mouse(await spot(driver, "a1"), "down", await spot(driver, "c2"), "up");
      await chosen(driver, "a1 b1 c1 a2 b2 c2");
      await driver.press("Alt+Shift+ArrowDown");
      expect(await grid(driver)).toEqual(["a3 b3 c3", "a1 b1 c1", "a2 b2 c2"]);
      await chosen(driver, "a1 b1 c1 a2 b2 c2");
      await driver.press("Alt+Shift+ArrowDown");
      expect(await grid(driver), "at the table's edge they stay").toEqual(["a3 b3 c3", "a1 b1 c1", "a2 b2 c2"]);
      await driver.press("Control+d");
      expect(await grid(driver)).toEqual(["a3 b3 c3", "a1 b1 c1", "a2 b2 c2", "a1 b1 c1", "a2 b2 c2"]);
      await chosen(driver, "a1 b1 c1 a2 b2 c2");
      await driver.press("Control+z", "Control+z");
      expect(await grid(driver)).toEqual(["a1 b1 c1", "a2 b2 c2", "a3 b3 c3"]);
      await driver.mouse(await spot(driver, "b1"), "down", await spot(driver, "c3"), "up");
      await driver.evaluate("sheaf.a.blocks.cells.run('columnToLeft')");
      expect(await grid(driver)).toEqual(["b1 c1 a1", "b2 c2 a2", "b3 c3 a3"]);
      await driver.press("Control+d");
      expect(await grid(driver)).toEqual(["b1 c1 b1 c1 a1", "b2 c2 b2 c2 a2", "b3 c3 b3 c3 a3"]);
      await settled(driver);
    },
  },
  {
    name: "a link is put on all words of the chosen cells, is told when it is theirs already, and goes from all of them",
    run: async (driver) => {
      await begin(driver, ...BEGIN);
      const choose = async (): Promise<void> => {
        await driver.mouse(await spot(driver, "b1"), "down", await spot(driver, "c2"), "up");
        await chosen(driver, "b1 c1 b2 c2");
      };
      const wanted = (): Promise<{ href: string; cells: { columns: string[] } }> =>
        driver.evaluate("return sheaf.events.filter((e) => e.name === 'linkWanted').at(-1)?.event ?? null");
      const links = async (): Promise<string> => (await text(driver)).filter((line) => line.includes("{link")).join(" ");
      await choose();
      await driver.press("Control+k");
      expect(await wanted()).toMatchObject({ href: "", cells: { columns: ["b", "c"] } });
      await driver.evaluate("sheaf.a.setLink('https://sheaf.example/')");
      expect((await links()).match(/[abc]\d(?=\})/g)).toEqual(["b1", "c1", "b2", "c2"]);
      await chosen(driver, "b1 c1 b2 c2");
      await driver.press("Control+k");
      expect((await wanted()).href).toBe("https://sheaf.example/");
      await driver.evaluate("sheaf.a.unlink(0)");
      expect(await links()).toBe("");
      // Where there are no words the address is put in as such, where the choice began.
      await driver.press("Delete");
      await driver.evaluate("sheaf.a.setLink('https://sheaf.example/')");
      expect((await links()).match(/cell=t.r\d.\w/g)).toEqual(["cell=t.r1.b"]);
      await settled(driver);
    },
  },
  {
    name: "copying as Markdown hands whole lines over, of chosen cells exactly these, and the answer is on the clipboard",
    run: async (driver) => {
      const copiedAsMarkdown = async (): Promise<unknown> => {
        const copied = `return sheaf.events.filter(({ name }) => name === "copied").length`;
        const [before, copies] = [await driver.evaluate<number>("return sheaf.a.text.length"), await driver.evaluate<number>(copied)];
        await driver.press("Control+Shift+c");
        await until(driver, `${copied} > ${copies}`);
        await driver.press("Escape", "Control+End", "Control+v");
        await until(driver, `return sheaf.a.text.length > ${before}`);
        const words = await driver.evaluate<string>(`return sheaf.a.text.slice(sheaf.a.text.indexOf("[{"))`);
        await driver.press("Control+z");
        return JSON.parse(words);
      };
      await begin(driver, "h1: Title", "p cell=t.r1.a w=300: a1", "p cell=t.r1.b: b1", "p cell=t.r2.a: a2", "p cell=t.r2.b: b2", "");
      await caret(driver, 1, 3);
      expect(await copiedAsMarkdown()).toEqual([{ insert: "it" }, { insert: "\n", attributes: { block: "h1" } }]);
      await driver.mouse(await spot(driver, "a1"), "down", await spot(driver, "a2"), "up");
      await chosen(driver, "a1 a2");
      expect(await copiedAsMarkdown()).toEqual(
        ["p cell=t.r1.a w=300", "p cell=t.r2.a"].flatMap((block, nth) => [
          { insert: `a${nth + 1}` },
          { insert: "\n", attributes: { block } },
        ]),
      );
      await settled(driver);
    },
  },
  {
    name: "typing takes the place of the cell in which the choice began and leaves the others",
    run: async (driver) => {
      await begin(driver, ...BEGIN);
      await caret(driver, at("b2"));
      await driver.press("Shift+ArrowUp");
      await chosen(driver, "b1 b2");
      await driver.type("new");
      expect(await grid(driver)).toEqual(["a1 b1 c1", "a2 new c2", "a3 b3 c3"]);
      await chosen(driver, "");
      await driver.press("Control+z");
      expect((await grid(driver))[1]).toBe("a2 b2 c2");
      await caret(driver, at("a1"));
      await driver.press("Shift+ArrowDown");
      await chosen(driver, "a1 a2");
      // An input method's first key.
      await driver.evaluate(
        "document.querySelector('#a .sheaf-editor').dispatchEvent(new KeyboardEvent('keydown', { key: 'Process', keyCode: 229, bubbles: true, cancelable: true }))",
      );
      await driver.compose("か", async () => undefined);
      await until(driver, "return sheaf.a.text.includes('か')");
      expect((await grid(driver)).slice(0, 2)).toEqual(["か b1 c1", "a2 b2 c2"]);
      await settled(driver);
    },
  },
  {
    name: "cells stay chosen whatever others do: rows and columns that come are not among them, what goes is chosen no longer",
    run: async (driver) => {
      await begin(driver, ...BEGIN);
      await driver.mouse(await spot(driver, "a1"), "down", await spot(driver, "b2"), "up");
      await chosen(driver, "a1 b1 a2 b2");
      const row = (id: string): string =>
        ["a", "b", "c"]
          .map((column) => `.insert("${id}").insert("\\n", { line: "${id}${column}", block: "p cell=t.${id}.${column}" })`)
          .join("");
      await elsewhere(driver, `new Delta().retain(start("id4"))${row("n")}`);
      expect(await grid(driver)).toEqual(["a1 b1 c1", "n n n", "a2 b2 c2", "a3 b3 c3"]);
      await chosen(driver, "a1 b1 a2 b2");
      // The table moves: its neighbour goes past it.
      await elsewhere(driver, `new Delta().delete(7).retain(36 - 7 + 7).insert("before").insert("\\n", { line: "id0" })`);
      await chosen(driver, "a1 b1 a2 b2");
      // Its first row, in which the caret waits, is moved to the end: the same lines, ids and all.
      const first = ["a", "b", "c"]
        .map((c, nth) => `.insert("${c}1").insert("\\n", { line: "id${nth + 1}", block: "p cell=t.r1.${c}" })`)
        .join("");
      await elsewhere(driver, `new Delta().delete(9).retain(24)${first}`);
      expect(await grid(driver)).toEqual(["n n n", "a2 b2 c2", "a3 b3 c3", "a1 b1 c1"]);
      await chosen(driver, "a2 b2 a1 b1");
      expect(await driver.evaluate("return sheaf.a.state.selection.head"), "the caret went along").toBe(24 + 2);
      await elsewhere(driver, `new Delta().retain(24).delete(9)`);
      await chosen(driver, "a2 b2");
      await driver.press("Delete");
      expect(await grid(driver)).toEqual(["n n n", "- - c2", "a3 b3 c3"]);
      await elsewhere(driver, `new Delta().retain(start("id4")).delete(start("id7") - start("id4"))`);
      await chosen(driver, "");
      await settled(driver);
    },
  },
  {
    name: "in a long text cells are chosen, copied and emptied whether they are on the screen or not",
    run: async (driver) => {
      const url = await driver.evaluate<string>("return location.href.split('?')[0]");
      await driver.open(`${url}?lines=0&one`);
      try {
        await driver.evaluate(`
        const ops = [];
        const put = (text, block) => ops.push({ insert: text }, { insert: "\\n", attributes: block ? { line: "l" + ops.length, block } : { line: "l" + ops.length } });
        for (let i = 0; i < 2600; i++) put("Words " + i);
        for (let r = 0; r < 400; r++) for (let c = 0; c < 2; c++) put("cell " + r + "/" + c, "p cell=big.r" + r + ".c" + c);
        put("end");
        await sheaf.set(ops);
        await new Promise((d) => setTimeout(d, 600));`);
        await caret(driver, await driver.evaluate<number>("return sheaf.a.view.page.lines.startOf(2600)"));
        await driver.evaluate("await new Promise((d) => setTimeout(d, 600));");
        await driver.press("Shift+ArrowDown");
        await driver.evaluate("sheaf.a.blocks.cells.run('chooseColumn');");
        expect(await driver.evaluate("return document.querySelectorAll('#a [data-chosen-cell]').length")).toBeLessThan(400);
        expect((await copied(driver, "text/plain")).split("\n")).toHaveLength(400);
        await driver.press("Control+Shift+ArrowUp", "Shift+ArrowDown", "Control+Shift+ArrowDown");
        await until(driver, "return [...document.querySelectorAll('#a [data-chosen-cell]')].some((l) => l.textContent === 'cell 399/0')");
        await driver.press("Delete");
        expect(await driver.evaluate("return [sheaf.a.text.includes('/0'), sheaf.a.text.split('/1').length, sheaf.a.verify()]")).toEqual([
          false,
          401,
          true,
        ]);
        await driver.press("Control+z");
        await until(driver, "return sheaf.a.text.split('/0').length === 401");
        expect((await copied(driver, "text/plain")).split("\n")).toHaveLength(400);
        await driver.press("ArrowDown");
        await driver.type("!");
        await until(driver, "return sheaf.a.text.includes('cell 399/0!')");
      } finally {
        await driver.open(url);
      }
    },
  },
  {
    name: "the handles of a row and a column come under the pointer, choose it, and open its menu",
    run: async (driver) => {
      await begin(driver, ...BEGIN);
      await driver.hover(await spot(driver, "b2"));
      const handle = (name: string): Promise<{ x: number; y: number }> =>
        driver.evaluate(`
          const { left, right, top, bottom } = document.querySelector("#a .${name}-handle").getBoundingClientRect();
          return { x: (left + right) / 2, y: (top + bottom) / 2 };`);
      await until(driver, "return document.querySelector('#a .row-handle').hidden === false");
      const row = await handle("row");
      expect(Math.abs(row.y - (await spot(driver, "b2")).y)).toBeLessThan(2);
      await driver.mouse(row, "down", "up");
      await chosen(driver, "a2 b2 c2");
      const menu = (): Promise<string[]> =>
        driver.evaluate("return sheaf.events.filter((e) => e.name === 'cellMenu').at(-1)?.event.groups.flat() ?? []");
      expect(await menu()).toContain("deleteRow");
      expect(await menu()).not.toContain("deleteColumn");
      await driver.evaluate("sheaf.a.blocks.cells.run('rowBelow')");
      expect(await grid(driver)).toEqual(["a1 b1 c1", "a2 b2 c2", "- - -", "a3 b3 c3"]);
      await driver.hover(await spot(driver, "c1"));
      await until(driver, "return document.querySelector('#a .column-handle').hidden === false");
      await driver.mouse(await handle("column"), "down", "up");
      await chosen(driver, "c1 c2 - c3");
      expect(await menu()).toContain("deleteColumn");
      await driver.evaluate("sheaf.a.blocks.cells.run('deleteColumn')");
      expect(await grid(driver)).toEqual(["a1 b1", "a2 b2", "- -", "a3 b3"]);
      // Keys have the same.
      await caret(driver, at("a1"));
      await driver.press("Shift+ArrowDown", "Alt+Enter");
      expect(
        await driver.evaluate(
          "const { rows, columns } = sheaf.events.filter((e) => e.name === 'cellMenu').at(-1).event; return [rows, columns]",
        ),
      ).toEqual([2, 1]);
      expect(await menu()).toEqual(expect.arrayContaining(["deleteRow", "deleteColumn", "chooseTable"]));
      await driver.evaluate("sheaf.a.blocks.cells.run('deleteRow')");
      expect(await grid(driver)).toEqual(["- -", "a3 b3"]);
      await driver.press("x");
      expect(await driver.evaluate("return [...document.querySelectorAll('#a .cell-handle')].every((one) => one.hidden)")).toBe(true);
      await settled(driver);
    },
  },
  {
    name: "the edge between two columns is dragged: seen at once, one edit when it is let go, nothing after Escape",
    run: async (driver) => {
      await begin(driver, ...BEGIN);
      await caret(driver, 3);
      const edge = async (words: string, by = 0): Promise<{ x: number; y: number }> => {
        const { right, y } = await spot(driver, words);
        return { x: right + by, y };
      };
      const take = async (words: string): Promise<void> => {
        await driver.hover(await edge(words, -4));
        await until(driver, "return document.querySelector('#a .column-edge').hidden === false");
        expect(
          await driver.evaluate("return document.querySelector('#a .column-edge').getBoundingClientRect().width"),
        ).toBeGreaterThanOrEqual(24);
      };
      const before = [await spot(driver, "a2"), await spot(driver, "b2"), await spot(driver, "c2")].map(({ width }) => width);
      await pushes(driver);
      await take("a2");
      const from = await edge("a2", -4);
      await driver.mouse("down", { x: from.x + 30, y: from.y }, { x: from.x + 60, y: from.y });
      await until(
        driver,
        `return Math.abs(document.querySelectorAll('#a .cell')[0].getBoundingClientRect().width - ${before[0] ?? 0} - 60) < 4`,
      );
      expect(await pushes(driver), "while it is dragged nothing is sent").toBe(0);
      await driver.mouse("up");
      expect(await pushes(driver)).toBe(1);
      const after = [await spot(driver, "a2"), await spot(driver, "b2"), await spot(driver, "c2")].map(({ width }) => Math.round(width));
      expect(Math.abs((after[0] ?? 0) - (before[0] ?? 0) - 60)).toBeLessThan(4);
      expect(Math.abs((after[1] ?? 0) - (before[1] ?? 0) + 60)).toBeLessThan(4);
      expect(Math.abs((after[2] ?? 0) - (before[2] ?? 0))).toBeLessThan(2);
      expect(await driver.evaluate("return sheaf.a.state.selection")).toEqual({ anchor: 3, head: 3 });
      expect((await text(driver)).filter((line) => / w=\d+/.test(line))).toHaveLength(6);
      await take("b2");
      const second = await edge("b2", -4);
      await driver.mouse("down", { x: second.x - 40, y: second.y });
      await driver.press("Escape");
      await driver.mouse("up");
      expect(await pushes(driver)).toBe(0);
      expect(Math.round((await spot(driver, "b2")).width)).toBe(after[1]);
      // A press that drags nothing is one on the words below.
      await take("b2");
      await driver.mouse("down", "up");
      expect(await driver.evaluate("return sheaf.a.state.selection.head")).toBe(at("b2") + 2);
      await driver.press("Control+z");
      expect((await text(driver)).filter((line) => / w=\d+/.test(line))).toHaveLength(0);
      await settled(driver);
    },
  },
  {
    name: "two people drag at once, and a table from right to left goes the other way",
    run: async (driver) => {
      await begin(driver, ...BEGIN);
      const take = async (x: number, y: number): Promise<void> => {
        await driver.hover({ x, y });
        await until(driver, "return document.querySelector('#a .column-edge').hidden === false");
      };
      const a2 = await spot(driver, "a2");
      await take(a2.right - 4, a2.y);
      await driver.mouse("down", { x: a2.right + 36, y: a2.y });
      // Ben makes the last column wider meanwhile, and adds a row.
      await driver.evaluate(`
        const { page } = sheaf.b.view;
        sheaf.b.select({ anchor: ${at("c1")}, head: ${at("c1")} });
        sheaf.b.blocks.cells.run("wider"); sheaf.b.blocks.cells.run("rowBelow");
        sheaf.a.focus();
        await new Promise((d) => setTimeout(d, 200));`);
      await driver.mouse({ x: a2.right + 46, y: a2.y }, "up");
      await settled(driver);
      const widths = (await text(driver))
        .map((line) => /cell=t\.(\w+)\.(\w) w=(\d+)/.exec(line)?.slice(2).join(""))
        .filter((one) => one !== undefined);
      expect(widths).toEqual(expect.arrayContaining(["c150"]));
      expect(widths.some((one) => one?.startsWith("a"))).toBe(true);
      await begin(driver, "p cell=t.r1.a: אחת", "p cell=t.r1.b: שתיים", "after");
      const [first, second] = [await spot(driver, "אחת"), await spot(driver, "שתיים")];
      expect(first.left).toBeGreaterThan(second.left);
      await take(first.left + 4, first.y);
      await driver.mouse("down", { x: first.left - 56, y: first.y }, "up");
      expect((await spot(driver, "אחת")).width - first.width).toBeGreaterThan(50);
      await settled(driver);
    },
  },
];
