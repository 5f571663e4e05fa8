/** Tables through the clipboard: cells that come into a table fill it from the caret's cell on, elsewhere they are a new one; and TSV, as spreadsheets write it. */
import type { Align } from "../../generated/schema.ts";
import { Delta } from "../delta.ts";
import { PLAIN, changeBlock, readBlock, writeBlock } from "../lines/block.ts";
import { Line, type Run, Runs, SOFT_BREAK } from "../lines/line.ts";
import type { Lines } from "../lines/lines.ts";
import { type ChosenCells, type Choice, cellsBetween, eachCell } from "../lines/cells.ts";
import { type Table, cellOf, linesAt, readTable, spotOf, tableAt } from "../lines/table.ts";
import { placeInRow, startOfRow } from "../editing/tables.ts";
import { caret, newline } from "../editing/range.ts";
import type { How, Page } from "../page/page.ts";
import { type Copied, cleanText, insertRuns } from "./lines.ts";

/** Whether lines in transit are, in part, a table. */
export function hasCells(copied: readonly Copied[]): boolean {
  return copied.some(({ block }) => readBlock(block).cell !== null);
}

/** Lines without the cells they stood in: words of one cell are words anywhere. */
export function outOfCells(copied: readonly Copied[]): Copied[] {
  return copied.map(({ block, runs }) => ({ block: changeBlock(block, { cell: null, head: false, width: null, align: null }), runs }));
}

/** Lines as one: with breaks between them. */
export function joined(copied: ReadonlyArray<{ readonly runs: readonly Run[] }>): readonly Run[] {
  const all = new Runs();
  for (const [nth, { runs }] of copied.entries()) {
    if (nth > 0) all.text(SOFT_BREAK, undefined);
    for (const run of runs) all.add(run);
  }
  return all.runs;
}

/** Where the words of a table's columns stand. */
export function alignsOf(copied: readonly Copied[]): Array<Align | null> {
  return tableOf(copied).table.columns.map(({ align }) => align);
}

function tableOf(copied: readonly Copied[]): { lines: readonly Line[]; table: Table } {
  const lines = copied.map(({ block, runs }) => new Line(runs, { block }));
  return { lines, table: readTable("", 0, lines) };
}

/** Chosen cells as lines: exactly those, row by row; one that is missing is empty. */
export function copiedCells(lines: Lines, { table, cells }: Choice): Copied[] {
  return [...eachCell(table, cells)].flatMap(({ row, column, lines: indexes }) => {
    const [into, under] = [table.rows[row], table.columns[column]];
    if (indexes.length > 0) return indexes.map((index) => ({ block: lines.line(index).block, runs: lines.line(index).runs }));
    const cell = { table: table.id, row: into?.id ?? "", column: under?.id ?? "" };
    return [
      {
        block: writeBlock({ ...PLAIN, cell, head: into?.head ?? false, width: under?.width ?? null, align: under?.align ?? null }),
        runs: [],
      },
    ];
  });
}

/** The words of a table by rows and columns. */
export function gridOf(copied: readonly Copied[]): Array<ReadonlyArray<readonly Run[]>> {
  const { lines, table } = tableOf(copied);
  return table.rows.map((_row, row) =>
    table.columns.map((_column, column) => joined(linesAt(table, row, column).flatMap((at) => lines[at] ?? []))),
  );
}

/** The cells of a text with tabs in every line, as a spreadsheet copies it; undefined when it is something else. */
export function readTsv(text: string): Copied[] | undefined {
  const rows = cleanText(text).replace(/\n$/, "").split("\n");
  if (rows.length < 2 && !rows[0]?.includes("\t")) return undefined;
  if (!rows.every((row) => row.includes("\t"))) return undefined;
  return rows.flatMap((row, nth) =>
    row.split("\t").map((words, column) => {
      const runs = new Runs();
      runs.text(words, undefined);
      return { block: writeBlock({ ...PLAIN, cell: { table: "t", row: `r${nth}`, column: `c${column}` } }), runs: runs.runs };
    }),
  );
}

/** Puts lines with cells where no table is: whole lines, before the caret's line when that is empty, else after it. */
export function pasteTable(page: Page, copied: readonly Copied[], how: How): boolean {
  const { line, start } = page.lines.at(page.selection.head);
  const fresh = new Map<string, string>();
  const idFor = (kind: string, id: string): string => {
    const made = fresh.get(`${kind} ${id}`) ?? page.freshId();
    fresh.set(`${kind} ${id}`, made);
    return made;
  };
  const delta = new Delta().retain(start + line.width);
  let at = start + line.width;
  if (line.width > 0) {
    if (line.ends) delta.retain(1);
    else delta.insert("\n", newline(page, ""));
    at += 1;
  }
  for (const { block, runs } of copied) {
    const { cell } = readBlock(block);
    const own =
      cell === null
        ? block
        : changeBlock(block, {
            cell: {
              table: idFor("table", cell.table),
              row: idFor(`row ${cell.table}`, cell.row),
              column: idFor(`column ${cell.table}`, cell.column),
            },
          });
    insertRuns(delta, runs);
    delta.insert("\n", newline(page, own));
  }
  const end = at + copied.reduce((sum, { runs }) => sum + runs.reduce((width, run) => width + run.text.length, 1), 0);
  if (!line.ends || (line.width > 0 && at >= page.lines.length)) delta.insert("\n", newline(page, ""));
  return page.edit(delta, { ...how, selection: caret(end - 1) });
}

/** Puts cells into the table that the caret is in, from its cell on: their words take the place of what stands there, and the table grows as it must. */
export function fillTable(page: Page, copied: readonly Copied[], how: How): boolean {
  const { index } = page.lines.at(page.selection.head);
  const table = tableAt(page.lines, index);
  const spot = table === undefined ? undefined : spotOf(table, index);
  if (table === undefined || spot === undefined) return false;
  const filling = new Filling(page, table);
  for (const [down, cells] of gridOf(copied.filter(({ block }) => readBlock(block).cell !== null)).entries())
    for (const [across, runs] of cells.entries()) filling.fill(spot.row + down, spot.column + across, runs);
  return page.edit(filling.delta(), how);
}

/**
 * Pastes over chosen cells: a table fills them from the first of them on, and goes on behind them; one single cell, or words, fill them all. What was
 * filled is chosen then.
 */
export function fillChosen(page: Page, choice: Choice, copied: readonly Copied[], how: How): boolean {
  const { table, cells, rows, columns } = choice;
  const grid = hasCells(copied) ? gridOf(copied.filter(({ block }) => readBlock(block).cell !== null)) : [[joined(copied)]];
  const filling = new Filling(page, table);
  const single = grid.length === 1 && grid[0]?.length === 1 ? grid[0][0] : undefined;
  // Past what is chosen it goes on behind it.
  const onFrom = (chosen: readonly number[], count: number): number[] =>
    Array.from({ length: count }, (_, nth) => chosen[nth] ?? (chosen.at(-1) ?? 0) + nth - chosen.length + 1);
  const [down, across] = single === undefined ? [onFrom(rows, grid.length), onFrom(columns, grid[0]?.length ?? 0)] : [rows, columns];
  for (const [nth, row] of down.entries())
    for (const [at, column] of across.entries()) filling.fill(row, column, single ?? grid[nth]?.[at] ?? []);
  const delta = filling.delta();
  const at = delta.transformPosition(page.selection.head);
  const filled = single === undefined ? filling.chosen(down, across) : cells;
  return page.edit(delta, { ...how, scroll: false, selection: { ...caret(at), cells: filled } });
}

/** One edit that puts words into many cells. */
class Filling {
  private readonly written = new Map<number, readonly Run[]>();
  private readonly added = new Map<number, Array<{ block: string; runs: readonly Run[] }>>();
  private readonly rows: string[];
  private readonly columns: string[];

  constructor(
    private readonly page: Page,
    private readonly table: Table,
  ) {
    this.rows = table.rows.map(({ id }) => id);
    this.columns = table.columns.map(({ id }) => id);
  }

  /** Cells by the places of their rows and columns, those that were added among them. */
  chosen(rows: readonly number[], columns: readonly number[]): ChosenCells {
    const named = (ids: readonly string[], places: readonly number[]): Array<{ id: string }> =>
      places.map((place) => ({ id: ids[place] ?? "" }));
    const shape = { id: this.table.id, rows: named(this.rows, rows), columns: named(this.columns, columns) };
    return cellsBetween(shape, { row: 0, column: 0 }, { row: rows.length - 1, column: columns.length - 1 });
  }

  /** Cells come row by row, from the left. */
  fill(row: number, column: number, runs: readonly Run[]): void {
    const { page, table } = this;
    const present = linesAt(table, row, column);
    for (const [nth, index] of present.entries()) this.written.set(index, nth === 0 ? runs : []);
    if (present.length > 0) return;
    const cell = { table: table.id, row: (this.rows[row] ??= page.freshId()), column: (this.columns[column] ??= page.freshId()) };
    const index = row < table.rows.length ? placeInRow(table, row, column - 1) : startOfRow(table, row);
    const block = writeBlock({ ...PLAIN, cell, head: table.rows[row]?.head ?? false });
    this.added.set(index, [...(this.added.get(index) ?? []), { block, runs }]);
  }

  delta(): Delta {
    const { lines } = this.page;
    const delta = new Delta().retain(lines.startOf(this.table.from));
    for (let index = this.table.from; index <= this.table.to; index++) {
      for (const { block, runs } of this.added.get(index) ?? []) {
        insertRuns(delta, runs);
        delta.insert("\n", newline(this.page, block));
      }
      if (index === this.table.to) break;
      const line = lines.line(index);
      const runs = this.written.get(index);
      if (runs === undefined) delta.retain(line.length);
      else {
        insertRuns(delta, runs);
        delta.delete(line.width).retain(1);
      }
    }
    return delta.chop();
  }
}

/** Whether the caret, or the beginning of the selection, is in a cell. */
export function isIntoCell(page: Page, from: number): boolean {
  return cellOf(page.lines.at(from).line) !== null;
}
