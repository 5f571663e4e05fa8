/** Rows and columns move, and are put in once more, one or several at once: the words go along, the order is everybody's, the choice stays. */
import { describe, expect, it } from "vitest";
import { Delta } from "../delta.ts";
import { Lines } from "../lines/lines.ts";
import { linesAt, tableAt } from "../lines/table.ts";
import { Page } from "../page/page.ts";
import { chooseCells, choiceOn } from "./cells.ts";
import { alignColumn } from "./tables.ts";
import { duplicateColumn, duplicateHere, duplicateRow, moveColumn, moveRow } from "./rows.ts";

type Act = (page: Page) => unknown;

/** Four rows of four: `a1 b1 c1 d1`, and so on; the cells named in `missing` have no line. */
function table(missing = ""): Lines {
  const text = new Delta().insert("before\n", { line: "first" });
  for (const row of [1, 2, 3, 4]) {
    for (const column of "abcd") {
      const name = column + row;
      if (!missing.split(" ").includes(name)) text.insert(name).insert("\n", { line: name, block: `p cell=t.${row}.${column}` });
    }
  }
  return Lines.from(text.insert("after").insert("\n", { line: "last" }));
}

/** The page after some acts, the first of them on these cells: `b1 c2` are the corners. */
function after(text: Lines, corners: string, ...acts: Act[]): Page {
  let ids = 0;
  const quiet = {
    edited: () => undefined,
    changing: () => undefined,
    drawn: () => undefined,
    changed: () => undefined,
    trouble: () => undefined,
  };
  const page = new Page(text, quiet, () => `n${ids++}`, []);
  const [anchor, head] = corners.split(" ").map((name) => ({ row: Number(name[1]) - 1, column: "abcd".indexOf(name[0] ?? "") }));
  const place = text.text().indexOf(corners.slice(0, 2)) + 1;
  page.select({ anchor: place, head: place });
  if (anchor !== undefined && head !== undefined) chooseCells(page, tableAt(text, 1)!, anchor, head);
  for (const act of acts) act(page);
  return page;
}

const columns = { left: (page: Page) => moveColumn(page, -1), right: (page: Page) => moveColumn(page, 1) };
const rows = { up: (page: Page) => moveRow(page, -1), down: (page: Page) => moveRow(page, 1) };

/** The words row by row, the chosen in brackets and the caret's in parentheses. */
function seen(page: Page): string[] {
  const { lines, selection } = page;
  const now = tableAt(lines, 1)!;
  const choice = choiceOn(page);
  return now.rows.map((_row, row) =>
    now.columns
      .map((_column, column) => {
        const at = linesAt(now, row, column);
        const words = at.map((index) => lines.line(index).text).join("/") || "-";
        if (choice?.rows.includes(row) === true && choice.columns.includes(column)) return `[${words}]`;
        return choice === undefined && at.includes(lines.at(selection.head).index) ? `(${words})` : words;
      })
      .join(" "),
  );
}

describe("rows and columns", () => {
  it("move together, as often as it is asked, and stay at the edge", () => {
    const twoUp = after(table(), "a3 d4", rows.up);
    expect(seen(twoUp)).toEqual(["a1 b1 c1 d1", "[a3] [b3] [c3] [d3]", "[a4] [b4] [c4] [d4]", "a2 b2 c2 d2"]);
    expect(seen(after(table(), "a3 d4", rows.up, rows.up, rows.up))).toEqual(
      seen(after(table(), "a1 d2", rows.down, rows.down)).map(swapBrackets),
    );
    expect(seen(after(table(), "b1 c2", columns.left))).toEqual(["[b1] [c1] a1 d1", "[b2] [c2] a2 d2", "b3 c3 a3 d3", "b4 c4 a4 d4"]);
    expect(seen(after(table(), "b1 c2", columns.right, columns.right))[0]).toBe("a1 d1 [b1] [c1]");
    expect(seen(after(table(), "b2", rows.down))).toEqual(["a1 b1 c1 d1", "a3 b3 c3 d3", "a2 (b2) c2 d2", "a4 b4 c4 d4"]);
  });

  it("that are chosen together are aligned together", () => {
    const { lines } = after(table(), "b1 c2", (page) => alignColumn(page, "end"));
    const aligned = [...lines.between()].filter(({ block }) => block.includes("align=end")).map(({ text }) => text);
    expect(aligned).toEqual(["b1", "c1", "b2", "c2", "b3", "c3", "b4", "c4"]);
  });

  it("that a row of somebody else's came between move past one neighbour each", () => {
    const page = after(table(), "a1 d2");
    const fresh = new Delta().retain(page.lines.startOf(5)).insert("n").insert("\n", { line: "nl", block: "p cell=t.n.a" });
    page.show(fresh);
    moveRow(page, 1);
    expect(seen(page)).toEqual(["n - - -", "[a1] [b1] [c1] [d1]", "a3 b3 c3 d3", "[a2] [b2] [c2] [d2]", "a4 b4 c4 d4"]);
  });

  it("with missing cells stand where they were put, and go on doing so without the first row", () => {
    const moved = after(table("b3 c3 a4"), "b1 c4", columns.left).lines;
    const without = moved.apply(new Delta().retain(moved.startOf(1)).delete(moved.startOf(5) - moved.startOf(1))).lines;
    expect(seen(after(without, ""))).toEqual(["b2 c2 a2 d2", "- - a3 d3", "b4 c4 - d4"]);
  });

  it("are put in once more with words, marks and widths, in lines of their own, and the copies are what is chosen", () => {
    expect(seen(after(table(), "a1 d2", duplicateRow)).slice(0, 4)).toEqual([
      "a1 b1 c1 d1",
      "a2 b2 c2 d2",
      "[a1] [b1] [c1] [d1]",
      "[a2] [b2] [c2] [d2]",
    ]);
    expect(seen(after(table("b1 c2"), "b1 c4", duplicateHere)).slice(0, 2), "whole columns are chosen").toEqual([
      "a1 - c1 [-] [c1] d1",
      "a2 b2 - [b2] [-] d2",
    ]);
    expect(seen(after(table(), "b2", duplicateColumn))[1]).toBe("a2 b2 (b2) c2 d2");
    expect(seen(after(table(), "b2", duplicateHere))[2]).toBe("a2 (b2) c2 d2");
    const { lines } = after(table(), "a1 d4", duplicateRow);
    const ids = [...lines.between()].map(({ id }) => id);
    expect([lines.count, new Set(ids).size]).toEqual([35, 35]);
  });
});

/** The rows that were chosen are the others. */
function swapBrackets(row: string): string {
  return row.includes("[") ? row.replaceAll(/[[\]]/g, "") : row.replaceAll(/\S+/g, "[$&]");
}
