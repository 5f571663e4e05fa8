/** Which cells are chosen, and which lines they are. */
import { describe, expect, it } from "vitest";
import { Delta } from "../delta.ts";
import { type ChosenCells, cellsBetween, choiceOf, linesOfCells } from "./cells.ts";
import { Lines } from "./lines.ts";
import { tableAt } from "./table.ts";

/** A text of a paragraph and a table, its rows written as `row: columns`. */
function text(...rows: string[]): Lines {
  const delta = new Delta().insert("before").insert("\n", { line: "p" });
  for (const [row = "", columns = ""] of rows.map((one) => one.split(": ")))
    for (const column of columns) delta.insert(column + row).insert("\n", { line: column + row, block: `p cell=t.${row}.${column}` });
  return Lines.from(delta);
}

function between(lines: Lines, anchor: [number, number], head: [number, number]): ChosenCells {
  const table = tableAt(lines, 1);
  if (table === undefined) throw new Error("no table");
  return cellsBetween(table, { row: anchor[0], column: anchor[1] }, { row: head[0], column: head[1] });
}

const words = (lines: Lines, cells: ChosenCells): string =>
  linesOfCells(lines, cells, 1)
    .map(({ line }) => line.text)
    .join(" ");

describe("chosen cells", () => {
  const lines = text("1: abc", "2: abc", "3: abc");

  it("are the rectangle between two corners, whichever of them came first", () => {
    expect(words(lines, between(lines, [0, 1], [1, 2]))).toBe("b1 c1 b2 c2");
    expect(words(lines, between(lines, [1, 2], [0, 1]))).toBe("b1 c1 b2 c2");
  });

  it("stay the same when rows and columns come between them, move or go", () => {
    const cells = between(lines, [0, 0], [1, 1]);
    expect(words(text("1: axbc", "9: axbc", "2: axbc"), cells)).toBe("a1 b1 a2 b2");
    expect(words(text("2: abc", "3: abc", "1: abc"), cells)).toBe("a2 b2 a1 b1");
    expect(words(text("2: bc", "3: bc"), cells)).toBe("b2");
    expect(choiceOf(text("3: abc"), cells, 1)).toBeUndefined();
  });

  it("have corners that give way to the next that is left", () => {
    const down = between(lines, [0, 0], [2, 2]);
    const now = text("2: abc", "3: ab");
    expect(choiceOf(now, down, 1)).toMatchObject({ anchor: { row: 0, column: 0 }, head: { row: 1, column: 2 } });
    expect(choiceOf(now, between(lines, [2, 2], [0, 0]), 1)).toMatchObject({ anchor: { row: 1, column: 2 }, head: { row: 0, column: 0 } });
  });

  it("are found when the line of the caret is elsewhere", () => {
    expect(linesOfCells(lines, between(lines, [0, 0], [0, 1]), 0)).toHaveLength(2);
  });
});
