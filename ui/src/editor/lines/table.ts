/**
 * A table, read off lines. A run of neighbouring lines whose block strings name one table is that table; nothing else says what it is. The reading
 * looks at the text alone, so everybody who has the same lines sees the same table, in whatever order the edits that made it came.
 */
import type { Align, Cell } from "../../generated/schema.ts";
import { readBlock } from "./block.ts";
import type { Line } from "./line.ts";
import type { Lines } from "./lines.ts";

/** How wide a column is beside others that say how wide they are, when it does not. */
export const USUAL_WIDTH = 120;

/** A row: what stands in it, by column. */
export interface Row {
  readonly id: string;
  readonly head: boolean;
  /** The indexes of a cell's lines, in the order of the text. A cell that no line names is missing. */
  readonly cells: ReadonlyMap<string, readonly number[]>;
}

/** A column. */
export interface Column {
  readonly id: string;
  /** How wide, beside the others; null when no line says. */
  readonly width: number | null;
  /** Where its words stand; null when no line says. */
  readonly align: Align | null;
}

/** A table: the lines [from, to) of the text. */
export interface Table {
  readonly id: string;
  readonly from: number;
  readonly to: number;
  readonly rows: readonly Row[];
  readonly columns: readonly Column[];
}

/** Where a line stands in its table. */
export interface Spot {
  readonly row: number;
  readonly column: number;
  /** Which of the cell's lines it is. */
  readonly nth: number;
}

/** The cell that a line stands in. */
export function cellOf(line: Line): Cell | null {
  return readBlock(line.block).cell;
}

/** The table that the line at an index is a part of. */
export function tableAt(lines: Lines, index: number): Table | undefined {
  if (index < 0 || index >= lines.count) return undefined;
  const id = cellOf(lines.line(index))?.table;
  if (id === undefined) return undefined;
  const isOurs = (at: number): boolean => at >= 0 && at < lines.count && cellOf(lines.line(at))?.table === id;
  let from = index;
  while (isOurs(from - 1)) from--;
  let to = index + 1;
  while (isOurs(to)) to++;
  return readTable(id, from, [...lines.between(from, to)]);
}

/** The table that these lines, all of which name it, are. */
export function readTable(id: string, from: number, lines: readonly Line[]): Table {
  const rows = new Map<string, { id: string; head: boolean; cells: Map<string, number[]> }>();
  const widths = new Map<string, number>();
  const aligns = new Map<string, Align>();
  for (const [nth, line] of lines.entries()) {
    const { cell, head, width, align } = readBlock(line.block);
    if (cell === null) continue;
    // The first line of a row speaks for it.
    const row = rows.get(cell.row) ?? { id: cell.row, head, cells: new Map<string, number[]>() };
    rows.set(cell.row, row);
    row.cells.set(cell.column, [...(row.cells.get(cell.column) ?? []), from + nth]);
    if (width !== null && !widths.has(cell.column)) widths.set(cell.column, width);
    if (align !== null && !aligns.has(cell.column)) aligns.set(cell.column, align);
  }
  const columns = columnsOf([...rows.values()].map(({ cells }) => [...cells.keys()]));
  return {
    id,
    from,
    to: from + lines.length,
    rows: [...rows.values()],
    columns: columns.map((column) => ({ id: column, width: widths.get(column) ?? null, align: aligns.get(column) ?? null })),
  };
}

/** The first row that has a column says where it is: right behind the column that stands before it there, else in front. */
function columnsOf(rows: ReadonlyArray<readonly string[]>): string[] {
  const columns: string[] = [];
  const known = new Set<string>();
  for (const row of rows) {
    let place = 0;
    for (const column of row) {
      if (known.has(column)) {
        place = columns.indexOf(column) + 1;
        continue;
      }
      columns.splice(place, 0, column);
      known.add(column);
      place++;
    }
  }
  return columns;
}

/** Where the line at an index stands. */
export function spotOf(table: Table, index: number): Spot | undefined {
  for (const [row, { cells }] of table.rows.entries()) {
    for (const [id, indexes] of cells) {
      const nth = indexes.indexOf(index);
      if (nth >= 0) return { row, column: table.columns.findIndex((column) => column.id === id), nth };
    }
  }
  return undefined;
}

/** The indexes of the lines in a cell; none when it is missing. */
export function linesAt(table: Table, row: number, column: number): readonly number[] {
  return table.rows[row]?.cells.get(table.columns[column]?.id ?? "") ?? [];
}
