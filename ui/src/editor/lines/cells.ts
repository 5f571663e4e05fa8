/**
 * Cells chosen as a rectangle: their table, rows and columns by id, so that whatever others add, move or take away, what was chosen stays chosen and
 * nothing comes to it. Which lines that is now is read off the text; a cell that no line names is chosen like any other.
 */
import type { Line } from "./line.ts";
import type { Lines } from "./lines.ts";
import { type Spot, type Table, cellOf, linesAt, tableAt } from "./table.ts";

/** The row and the column of a cell. */
export interface Corner {
  readonly row: string;
  readonly column: string;
}

/** Which cells are chosen. */
export interface ChosenCells {
  readonly table: string;
  /** In the order in which they stood when they were chosen. */
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  /** Where the choice began, and what is typed goes. */
  readonly anchor: Corner;
  /** The corner that moves with Shift and the arrows. */
  readonly head: Corner;
}

/** A cell by its places in the table. */
export type At = Pick<Spot, "row" | "column">;

/** Chosen cells and the table they are in, as both are now. */
export interface Choice extends Placed {
  readonly table: Table;
  readonly cells: ChosenCells;
  readonly anchor: At;
  readonly head: At;
}

/** Where rows and columns stand, by their places in the table; from above, and from the first. */
export interface Placed {
  readonly rows: readonly number[];
  readonly columns: readonly number[];
}

/** What of a table says where its cells are. */
type Shape = { readonly id: string; readonly rows: Named; readonly columns: Named };

/** The rectangle between two cells. */
export function cellsBetween(table: Shape, anchor: At, head: At): ChosenCells {
  const between = (all: Named, one: number, other: number): string[] =>
    all.slice(Math.min(one, other), Math.max(one, other) + 1).map(({ id }) => id);
  return {
    table: table.id,
    rows: between(table.rows, anchor.row, head.row),
    columns: between(table.columns, anchor.column, head.column),
    anchor: cornerAt(table, anchor),
    head: cornerAt(table, head),
  };
}

/** The row and the column of a cell, by their ids. */
export function cornerAt(table: Shape, { row, column }: At): Corner {
  return { row: table.rows[row]?.id ?? "", column: table.columns[column]?.id ?? "" };
}

/** The table that chosen cells are in: it has the line at the index, or is looked for where that line went elsewhere. */
export function tableOfCells(lines: Lines, cells: ChosenCells, index: number): Table | undefined {
  if (index < lines.count && cellOf(lines.line(index))?.table === cells.table) return tableAt(lines, index);
  let at = 0;
  // Every line is looked at; only after somebody took the line of the caret away.
  for (const line of lines.between()) {
    if (cellOf(line)?.table === cells.table) return tableAt(lines, at);
    at++;
  }
  return undefined;
}

/** Where the chosen rows and columns stand now, as far as they are there. */
export function placed(table: Table, cells: ChosenCells): Placed {
  const places = (all: Named, chosen: ReadonlySet<string>): number[] => all.flatMap(({ id }, nth) => (chosen.has(id) ? [nth] : []));
  return { rows: places(table.rows, new Set(cells.rows)), columns: places(table.columns, new Set(cells.columns)) };
}

/** What is chosen, as it stands now; undefined when no cell is, or none is there any more. `index` is the line of the caret. */
export function choiceOf(lines: Lines, cells: ChosenCells | undefined, index: number): Choice | undefined {
  const table = cells === undefined ? undefined : tableOfCells(lines, cells, index);
  if (cells === undefined || table === undefined) return undefined;
  const { rows, columns } = placed(table, cells);
  if (rows.length === 0 || columns.length === 0) return undefined;
  const ends = (all: Named, there: readonly number[], chosen: readonly string[], from: string, to: string): [number, number] => {
    const onward = chosen.indexOf(from) <= chosen.indexOf(to) ? chosen : [...chosen].reverse();
    return [placeOf(all, there, onward, from), placeOf(all, there, [...onward].reverse(), to)];
  };
  const { anchor, head } = cells;
  const [top, bottom] = ends(table.rows, rows, cells.rows, anchor.row, head.row);
  const [first, last] = ends(table.columns, columns, cells.columns, anchor.column, head.column);
  return { table, cells, rows, columns, anchor: { row: top, column: first }, head: { row: bottom, column: last } };
}

type Named = ReadonlyArray<{ readonly id: string }>;

/** Where a row or column stands; where it has gone, the next one that was chosen stands for it. */
function placeOf(all: Named, there: readonly number[], chosen: readonly string[], wanted: string): number {
  const at = all.findIndex(({ id }) => id === wanted);
  if (at >= 0) return at;
  const next = chosen.find((id) => there.some((place) => all[place]?.id === id));
  return all.findIndex(({ id }) => id === next);
}

/** The chosen cells row by row, each with the indexes of its lines. */
export function* eachCell(table: Table, cells: ChosenCells): IterableIterator<{ row: number; column: number; lines: readonly number[] }> {
  const { rows, columns } = placed(table, cells);
  for (const row of rows) for (const column of columns) yield { row, column, lines: linesAt(table, row, column) };
}

/** The lines of the chosen cells, in the order of the text. */
export function linesOfCells(lines: Lines, cells: ChosenCells, index: number): Array<{ index: number; start: number; line: Line }> {
  const table = tableOfCells(lines, cells, index);
  if (table === undefined) return [];
  const [rows, columns] = [new Set(cells.rows), new Set(cells.columns)];
  const found: Array<{ index: number; start: number; line: Line }> = [];
  let at = table.from;
  let start = lines.startOf(table.from);
  for (const line of lines.between(table.from, table.to)) {
    const cell = cellOf(line);
    if (cell !== null && rows.has(cell.row) && columns.has(cell.column)) found.push({ index: at, start, line });
    start += line.length;
    at++;
  }
  return found;
}
