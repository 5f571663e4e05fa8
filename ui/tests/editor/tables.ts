/** Tables under real keys and a real mouse, in every engine: where cells stand, what the keys do at their edges, what a cut leaves. */
import { expect } from "vitest";
import type { Driver } from "../drive/driver.ts";
import { type Story, begin, caret, paste, settled, text } from "./story.ts";

const HEAD = ["p cell=t.r1.a head: Field", "p cell=t.r1.b head: Crop"];
const ROW = ["p cell=t.r2.a: East", "p cell=t.r2.b: rye"];

/** The cells as they stand on the screen: rows from above, words from the left; `-` for one that is missing. */
const seen = (driver: Driver): Promise<string[]> =>
  driver.evaluate(`
    await new Promise((d) => requestAnimationFrame(() => requestAnimationFrame(d)));
    const rows = [];
    for (const cell of document.querySelectorAll("#a .cell, #a .hole")) {
      const { top, left } = cell.getBoundingClientRect();
      let row = rows.find((row) => Math.abs(row.top - top) < 4);
      if (row === undefined) rows.push((row = { top, cells: [] }));
      row.cells.push({ left, words: cell.querySelector(".cell-text")?.textContent || "-" });
    }
    rows.sort((a, b) => a.top - b.top);
    return rows.map(({ cells }) => cells.sort((a, b) => a.left - b.left).map(({ words }) => words).join("|"));`);

/** On which side of its cell each line's words stand. */
const gaps = (driver: Driver): Promise<string[]> =>
  driver.evaluate(`
    await new Promise((d) => requestAnimationFrame(() => requestAnimationFrame(d)));
    return [...document.querySelectorAll("#a .cell")].map((cell) => {
      const range = document.createRange();
      range.selectNodeContents(cell.querySelector(".cell-text"));
      const [words, box] = [range.getBoundingClientRect(), cell.getBoundingClientRect()];
      const [left, right] = [words.left - box.left, box.right - words.right];
      return Math.abs(left - right) < 4 ? "middle" : left < right ? "left" : "right";
    });`);

/** What the clipboard gets of the selection, or of everything. */
const copied = (driver: Driver, type: string, all = true): Promise<string> =>
  driver.evaluate(`
    if (${all}) sheaf.a.run("selectAll");
    const data = new DataTransfer();
    sheaf.a.clipboard.copy(data, false);
    return data.getData(${JSON.stringify(type)});`);

export const tables: Story[] = [
  {
    name: "cells stand where they say, in whatever order their lines come, and rows are as high as their highest cell",
    run: async (driver) => {
      await begin(driver, ...HEAD, "p cell=t.r2.b: rye", "p cell=t.r3.a: West", "p cell=t.r2.a: East", "after");
      expect(await seen(driver)).toEqual(["Field|Crop", "East|rye", "West|-"]);
      await caret(driver, 5);
      await driver.press("Enter");
      await driver.type("two");
      const heights = await driver.evaluate<number[]>(`
        await new Promise((d) => requestAnimationFrame(() => requestAnimationFrame(d)));
        return [...document.querySelectorAll("#a .cell.head")].map((cell) => cell.offsetHeight);`);
      expect(heights[0]).toBe(heights[1]);
      expect(heights[0]).toBeGreaterThan(55);
      const below = await driver.evaluate<boolean>(`
        const bottom = Math.max(...[...document.querySelectorAll("#a .cell")].map((cell) => cell.getBoundingClientRect().bottom));
        return document.querySelector("#a .line:not(.cell)").getBoundingClientRect().top >= bottom;`);
      expect(below, "what follows the table stands below it").toBe(true);
      expect((await text(driver))[0]).toBe("p cell=t.r1.a head: Field\u2028two");
      await settled(driver);
    },
  },
  {
    name: "a screen reader is told the table, its rows and which cells are whose",
    run: async (driver) => {
      await begin(driver, ...HEAD, ...ROW);
      const roles = await driver.evaluate<string[]>(`
        const rows = [...document.querySelectorAll("#a [role=table] [role=row]")];
        return rows.map((row) => row.getAttribute("aria-owns").split(" ").map((id) => document.getElementById(id).getAttribute("role")).join());`);
      expect(roles).toEqual(["columnheader,columnheader", "cell,cell"]);
    },
  },
  {
    name: "Tab goes from cell to cell and adds a row; Backspace and Delete stay in the cell; the arrows cross rows and leave",
    run: async (driver) => {
      await begin(driver, "before", ...HEAD, ...ROW, "after");
      await caret(driver, 12);
      await driver.press("Tab", "Tab", "Tab", "Tab");
      await driver.type("new");
      expect(await seen(driver)).toEqual(["Field|Crop", "East|rye", "new|-"]);
      await driver.press("Home", "Backspace", "Shift+Tab", "Delete", "ArrowUp");
      await driver.type("s");
      expect(await seen(driver)).toEqual(["Field|Crops", "East|rye", "new|-"]);
      await driver.press("ArrowUp");
      await driver.type("!");
      expect((await text(driver))[0]).toBe("before!");
      await driver.press("ArrowDown", "ArrowDown", "ArrowDown", "ArrowDown");
      await driver.type("?");
      expect((await text(driver)).at(-1)).toContain("?");
      await settled(driver);
    },
  },
  {
    name: "a press on a missing cell makes it, and what is cut across cells leaves the table's shape",
    run: async (driver) => {
      await begin(driver, ...HEAD, "p cell=t.r2.b: rye", "after");
      await driver.click("#a .hole");
      await driver.type("East");
      expect(await seen(driver)).toEqual(["Field|Crop", "East|rye"]);
      await caret(driver, 2, 18);
      await driver.press("Delete");
      expect(await seen(driver)).toEqual(["Fi|-", "-|e"]);
      await driver.press("Control+a");
      await driver.press("Delete");
      expect(await text(driver)).toEqual([""]);
      await settled(driver);
    },
  },
  {
    name: "a table from a web page or a spreadsheet comes as one, fills another from the caret's cell on, and goes as HTML and TSV",
    run: async (driver) => {
      await begin(driver, "");
      const html =
        "<table><tr><th>Field</th><th>Crop | kind</th></tr><tr><td>East</td><td><b>rye</b><br>late</td></tr><tr><td></td><td>oats</td></tr></table>";
      await paste(driver, { "text/html": html, "text/plain": "never used" });
      expect(await seen(driver)).toEqual(["Field|Crop | kind", "East|ryelate", "-|oats"]);
      expect((await text(driver))[3]).toMatch(/^p cell=\w+\.\w+\.\w+: \{bold rye\}\u2028late$/);
      expect((await copied(driver, "text/html")).replaceAll(/ style="[^"]*"/g, "")).toContain(
        '<table><tr><th scope="col">Field</th><th scope="col">Crop | kind</th></tr><tr><td>East</td><td><strong>rye</strong><br>late</td></tr><tr><td></td><td>oats</td></tr></table>',
      );
      expect(await copied(driver, "text/plain")).toBe("Field\tCrop | kind\nEast\trye late\n\toats\n");
      await caret(driver, 24);
      await paste(driver, { "text/plain": "a\tb\nc\td" });
      expect(await seen(driver)).toEqual(["Field|Crop | kind|-", "East|a|b", "-|c|d"]);
      await driver.press("Control+z");
      expect(await seen(driver)).toEqual(["Field|Crop | kind", "East|ryelate", "-|oats"]);
      await settled(driver);
    },
  },
  {
    name: "a pasted copy of a table is another table, and words of one cell are words anywhere",
    run: async (driver) => {
      await begin(driver, ...HEAD, ...ROW, "after");
      await caret(driver, 0, 19);
      const html = await copied(driver, "text/html", false);
      await caret(driver, 25);
      await paste(driver, { "text/html": html });
      const blocks = (await text(driver)).map((line) => /cell=(\w+)\./.exec(line)?.[1] ?? "");
      expect(blocks.slice(0, 5)).toEqual(["t", "t", "t", "t", ""]);
      expect(new Set(blocks.slice(5, 9)).size).toBe(1);
      expect(blocks[5]).not.toBe("t");
      await caret(driver, 0, 5);
      const words = await copied(driver, "text/html", false);
      await driver.press("Control+End");
      await paste(driver, { "text/html": words });
      expect((await text(driver)).at(-1)).toBe("Field");
      await settled(driver);
    },
  },
  {
    name: "a column's words stand where the menu says, for the table's start and end; others are told, and a foreign table's columns come along",
    run: async (driver) => {
      await begin(driver, ...HEAD, ...ROW, "p cell=t.r2.b: second");
      await caret(driver, 9);
      await driver.type(" /at the end");
      await driver.press("Enter");
      expect(await text(driver)).toEqual([
        ...HEAD.slice(0, 1),
        "p align=end cell=t.r1.b head: Cro p",
        ...ROW.slice(0, 1),
        "p align=end cell=t.r2.b: rye",
        "p align=end cell=t.r2.b: second",
      ]);
      expect(await gaps(driver)).toEqual(["left", "right", "left", "right", "right"]);
      expect(await copied(driver, "text/html")).toMatch(/<td style="[^"]*text-align:right;[^"]*" align="right">rye/);
      await caret(driver, 9);
      await driver.type(" /at the start");
      await driver.press("Enter");
      expect((await text(driver)).join()).not.toContain("align");
      await driver.press("Control+z");
      await settled(driver);
      await begin(driver, "p cell=t.r1.a align=end: שדה", "p cell=t.r1.b align=center: יבול", "p cell=t.r2.a: rye", "p cell=t.r2.b: 12");
      expect(await gaps(driver), "the end of a table that runs from right to left is at the left").toEqual([
        "left",
        "middle",
        "left",
        "middle",
      ]);
      expect(await copied(driver, "text/html")).toMatch(/<table [^>]*dir="rtl"><tr><td [^>]*align="left">/);
      await begin(driver, "");
      const html =
        '<table><tr><th align=center>Day</th><th align=center>Sum</th></tr><tr><td style="text-align:left">Monday</td><td align=right>12</td></tr>' +
        '<tr><td>Tuesday</td><td><p style="text-align:right">7</p></td></tr><tr><td align=right>3</td><td></td></tr></table>';
      await paste(driver, { "text/html": html, "text/plain": "never used" });
      expect((await text(driver)).map((line) => line.replace(/ cell=[\w.]+/, ""))).toEqual([
        "p head: Day",
        "p align=end head: Sum",
        "p: Monday",
        "p align=end: 12",
        "p: Tuesday",
        "p align=end: 7",
        "p: 3",
        "p align=end: ",
        "",
      ]);
      await settled(driver);
    },
  },
  {
    name: "a table in a list stands as far in as its item and as far out as the text; a list in a cell goes in there",
    run: async (driver) => {
      await begin(
        driver,
        "ul: item",
        "p cell=t.r1.a in=1: one",
        "p cell=t.r1.b in=1: two",
        "ul cell=t.r2.a in=1: three",
        "ul cell=t.r2.a in=2: four",
        "p: end",
      );
      const [page, ...cells] = await driver.evaluate<Array<{ left: number; right: number; words: number }>>(`
        await new Promise((d) => requestAnimationFrame(() => requestAnimationFrame(d)));
        return [...document.querySelectorAll("#a .line:not(.cell):not(.list), #a .cell")].reverse().map((box) => {
          const range = document.createRange();
          range.selectNodeContents(box.querySelector(".cell-text") ?? box);
          const { left, right } = box.getBoundingClientRect();
          return { left: Math.round(left), right: Math.round(right), words: Math.round(range.getBoundingClientRect().left - left) };
        });`);
      const [four, three, two, one] = cells;
      expect([one?.left, two?.right]).toEqual([(page?.left ?? 0) + 26, page?.right]);
      expect([three?.left, four?.left, one?.right]).toEqual([one?.left, one?.left, two?.left]);
      expect((four?.words ?? 0) - (three?.words ?? 0)).toBe(26);
      await settled(driver);
    },
  },
];
