/** A table is what its lines say: whatever order edits come in, everybody reads one table, and no word of it is lost or doubled. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Delta, pastShow } from "../delta.ts";
import { Line } from "../lines/line.ts";
import { Lines } from "../lines/lines.ts";
import { linesAt, readTable, tableAt } from "../lines/table.ts";
import { Page } from "../page/page.ts";
import { addColumn, addRow, deleteColumn, deleteRow, deleteTable, goToCell, insertTable, toggleHeader } from "./tables.ts";
import { moveColumn, moveRow, moveTable } from "./rows.ts";
import { backspace, enter, typeText } from "./text.ts";

interface Case {
  readonly says: string;
  readonly lines: readonly string[];
  readonly cells: number[][][];
  readonly heads: boolean[];
  readonly widths: Array<number | null>;
  readonly aligns: ReadonlyArray<string | null>;
}

let ids = 0;

const line = (words: string, block = ""): Delta =>
  new Delta().insert(words).insert("\n", block === "" ? { line: `l${ids++}` } : { line: `l${ids++}`, block });

/** A text of lines: words, and the cell they stand in. */
function textOf(...lines: ReadonlyArray<readonly [words: string, cell?: string]>): Lines {
  return Lines.from(lines.reduce((all, [words, cell]) => all.concat(line(words, cell === undefined ? "" : `p cell=${cell}`)), new Delta()));
}

const BASE = textOf(["before"], ["A", "t.r1.a"], ["B", "t.r1.b"], ["C", "t.r2.a"], ["D", "t.r2.b"], ["after"]);

/** What one person's act does to a text, with the caret at these words. */
function doing(text: Lines, at: string, act: (page: Page) => unknown): Delta {
  let done = new Delta();
  const quiet = { changing: () => undefined, drawn: () => undefined, changed: () => undefined, trouble: () => undefined };
  const page = new Page(text, { ...quiet, edited: ({ delta }) => void (done = done.compose(delta)) }, () => `n${ids++}`, []);
  const place = text.text().indexOf(at) + at.length;
  page.select({ anchor: place, head: place });
  act(page);
  return done;
}

/** The words of the table in a text, row by row; lines of one cell with `/` between them. */
function seen(text: Lines): string[] {
  const at = [...text.between()].findIndex(({ block }) => block.includes("cell="));
  const table = tableAt(text, at);
  if (table === undefined) return [];
  const words = (row: number, column: number): string =>
    linesAt(table, row, column)
      .map((index) => text.line(index).text)
      .join("/");
  return table.rows.map((_row, row) => table.columns.map((_column, column) => words(row, column)).join("|"));
}

function orders<T>(all: readonly T[]): T[][] {
  if (all.length < 2) return [[...all]];
  return all.flatMap((first, nth) => orders([...all.slice(0, nth), ...all.slice(nth + 1)]).map((rest) => [first, ...rest]));
}

/** The texts that these edits, all made on one text, become in every order that a core may hear them in. */
function inEveryOrder(text: Lines, edits: readonly Delta[]): Lines[] {
  return orders(edits).map((order) => {
    const heard: Delta[] = [];
    return order.reduce((now, edit) => {
      const delta = heard.reduce((moved, show) => pastShow(show, moved), edit);
      heard.push(delta);
      return now.apply(delta).lines;
    }, text);
  });
}

describe("a table", () => {
  it("is what its lines say: the cases that the core's reading is tested with too", () => {
    const cases = JSON.parse(
      readFileSync(new URL("../../../../crates/schema/tests/vectors/tables.json", import.meta.url), "utf8"),
    ) as Case[];
    expect(cases.length).toBeGreaterThan(3);
    for (const { says, lines, cells, heads, widths, aligns } of cases) {
      const table = readTable(
        "t",
        0,
        lines.map((block) => new Line([], { block })),
      );
      const read = table.rows.map((_row, row) => table.columns.map((_column, column) => [...linesAt(table, row, column)]));
      const ofColumns = [table.columns.map(({ width }) => width), table.columns.map(({ align }) => align)];
      expect([read, table.rows.map(({ head }) => head), ...ofColumns], says).toEqual([cells, heads, widths, aligns]);
    }
  });

  it("grows by a row here and a column there into one table, whoever is heard first, and both may write in the crossing cell", () => {
    const row = doing(BASE, "B", (page) => addRow(page, 1));
    const column = doing(BASE, "B", (page) => addColumn(page, 1));
    const typed = doing(BASE, "D", (page) => typeText(page, "!"));
    for (const text of inEveryOrder(BASE, [row, column, typed])) {
      expect(seen(text)).toEqual(["A|B|", "||", "C|D!|"]);
      const write = (words: string): Delta =>
        doing(text, "B", (page) => {
          goToCell(page, tableAt(text, 1)!, 1, 2);
          typeText(page, words);
        });
      for (const both of inEveryOrder(text, [write("Ada"), write("Ben")])) expect(["||Ada/Ben", "||Ben/Ada"]).toContain(seen(both)[1]);
    }
  });

  it("moves, is moved and is cut down while others type: no word is lost or doubled, and all read the same lines", () => {
    const acts: ReadonlyArray<readonly [string, (page: Page) => unknown]> = [
      ["C", (page): unknown => moveRow(page, -1)],
      ["B", (page): unknown => moveColumn(page, -1)],
      ["A", (page): unknown => moveTable(page, -1)],
      ["A", (page): unknown => toggleHeader(page)],
      ["A", (page): unknown => deleteRow(page)],
    ];
    for (const [at, act] of acts) {
      const typed = ["A", "B", "C", "D"].map((words) => doing(BASE, words, (page) => typeText(page, ` ${words}typed`)));
      for (const text of inEveryOrder(BASE, [doing(BASE, at, act), ...typed.slice(0, 3)])) {
        for (const word of ["Atyped", "Btyped", "Ctyped"]) expect(text.text().split(word).length, `${word} in ${text.text()}`).toBe(2);
      }
    }
  });

  it("does what its menu says", () => {
    const after = (at: string, act: (page: Page) => unknown, text = BASE): Lines => text.apply(doing(text, at, act)).lines;
    expect(seen(after("B", (page) => addColumn(page, -1)))).toEqual(["A||B", "C||D"]);
    expect(seen(after("C", (page) => addColumn(page, -1)))).toEqual(["|A|B", "|C|D"]);
    expect(seen(after("C", (page) => addColumn(page, 1)))).toEqual(["A||B", "C||D"]);
    expect(seen(after("D", (page) => addRow(page, -1)))).toEqual(["A|B", "|", "C|D"]);
    expect(seen(after("D", (page) => addRow(page, 1)))).toEqual(["A|B", "C|D", "|"]);
    expect(seen(after("C", (page) => moveRow(page, -1)))).toEqual(["C|D", "A|B"]);
    expect(seen(after("A", (page) => moveRow(page, 1)))).toEqual(["C|D", "A|B"]);
    const turned = after("A", (page) => moveColumn(page, 1));
    expect(seen(turned)).toEqual(["B|A", "D|C"]);
    expect(seen(after("A", (page) => deleteRow(page), turned)), "the order outlives the first row").toEqual(["D|C"]);
    expect(seen(after("B", (page) => deleteColumn(page)))).toEqual(["A", "C"]);
    expect(after("B", (page) => deleteTable(page)).text()).toBe("before\nafter\n");
    expect(after("B", (page) => moveTable(page, -1)).text()).toBe("A\nB\nC\nD\nbefore\nafter\n");
    expect(after("B", (page) => moveTable(page, 1)).text()).toBe("before\nafter\nA\nB\nC\nD\n");
  });

  it("keeps its shape under Enter, Backspace and a selection, and goes whole with a selection around it", () => {
    const after = (at: string, act: (page: Page) => unknown): Lines => BASE.apply(doing(BASE, at, act)).lines;
    expect(seen(after("B", (page) => enter(page)))).toEqual(["A|B\u2028", "C|D"]);
    expect(seen(after("before\n", (page) => backspace(page)))).toEqual(["A|B", "C|D"]);
    const select = (from: string, to: string) => (page: Page) => {
      const text = page.lines.text();
      page.select({ anchor: text.indexOf(from), head: text.indexOf(to) + to.length });
      backspace(page);
    };
    expect(seen(after("A", select("B", "C")))).toEqual(["A|", "|D"]);
    expect(after("A", select("fore", "C")).text()).toBe("be\n\n\n\nD\nafter\n");
    expect(after("A", select("fore", "aft")).text()).toBe("beer\n");
  });

  it("is put in by one edit, behind the caret's line or before it when that is empty, with a line to go on in", () => {
    const grid = (text: Lines): string[] => [...text.between()].map(({ block, ends }) => (!ends ? "" : block === "" ? "p" : "cell"));
    const at = (text: Lines): string[] => grid(text.apply(doing(text, "x", (page) => insertTable(page))).lines);
    expect(at(textOf(["x"]))).toEqual(["p", ...Array.from({ length: 9 }, () => "cell"), "p", ""]);
    expect(at(textOf(["x"], [""]))).toEqual(["p", ...Array.from({ length: 9 }, () => "cell"), "p", ""]);
    const empty = Lines.from(new Delta());
    expect(grid(empty.apply(doing(empty, "", (page) => insertTable(page))).lines)).toEqual([
      ...Array.from({ length: 9 }, () => "cell"),
      "p",
      "",
    ]);
  });
});
