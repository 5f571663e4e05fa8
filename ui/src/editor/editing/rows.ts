/**
 * Rows and columns moved about, and put in once more: the caret's, or all that are chosen. Whole lines move, ids and all, so that the words in them go
 * along and undo knows them again; a copy has ids of its own.
 */
import { Delta, type Op } from "../delta.ts";
import { changeBlock, readBlock } from "../lines/block.ts";
import { type At, cornerAt } from "../lines/cells.ts";
import type { Line } from "../lines/line.ts";
import { type Table, linesAt, tableAt } from "../lines/table.ts";
import { moveRange } from "../lines/move.ts";
import type { How, Page } from "../page/page.ts";
import { caret, newline } from "./range.ts";
import { type Here, blockOf, here, linesOfRow, placeInRow, startOfRow } from "./tables.ts";

/** A line that goes, and the one before which it comes to stand. */
interface LineMove {
  readonly index: number;
  readonly target: number;
}

/** Rows, or columns, that stand side by side: the places [first, last]. */
interface Stretch {
  readonly first: number;
  readonly last: number;
}

/** Moves the caret's row, or those that are chosen, past the one above (-1) or below (1). At the table's edge they stay. */
export function moveRow(page: Page, by: 1 | -1): boolean {
  const at = here(page);
  if (at === undefined) return false;
  const { table, rows } = at;
  const stretches = stretchesOf(rows);
  if (!canGo(stretches, by, table.rows.length)) return true;
  const moves = stretches.flatMap(({ first, last }): LineMove[] => {
    const target = startOfRow(table, by < 0 ? first - 1 : last + 2);
    return placesOf({ first, last }).flatMap((row) => linesOfRow(table, row).map((index) => ({ index, target })));
  });
  return moveLinesTo(page, moves, asOneMove(page, moves));
}

/** Moves the caret's column, or those that are chosen, left or right, in every row: whichever row goes later, the order stays. */
export function moveColumn(page: Page, by: 1 | -1): boolean {
  const at = here(page);
  if (at === undefined) return false;
  const { table, columns } = at;
  const stretches = stretchesOf(columns);
  if (!canGo(stretches, by, table.columns.length)) return true;
  const moves = stretches.flatMap((stretch) => {
    // Two neighbours change places by the right one's lines going before the left one's.
    const [left, right] = by < 0 ? [[stretch.first - 1], placesOf(stretch)] : [placesOf(stretch), [stretch.last + 1]];
    return table.rows.flatMap((_row, row) => swapped(table, row, left, right));
  });
  return moveLinesTo(page, moves, {});
}

/**
 * Moves the caret's table past the line, or the table, above or below it. It is that neighbour which is taken out and put in on the other side: who
 * writes in the table meanwhile stays where they are.
 */
export function moveTable(page: Page, by: 1 | -1): boolean {
  const at = here(page);
  if (at === undefined) return false;
  const { lines } = page;
  const { from, to } = at.table;
  const beside = by < 0 ? from - 1 : to;
  if (beside < 0 || beside >= lines.count || !lines.line(beside).ends) return true;
  const other = tableAt(lines, beside) ?? { from: beside, to: beside + 1 };
  const ids = [...lines.between(other.from, other.to)].map(({ id }) => id);
  const move = ids.includes("") ? {} : { move: { lines: ids, after: other.from > 0 ? lines.line(other.from - 1).id : "" } };
  return page.edit(moveRange(lines, other.from, other.to, by < 0 ? to : from), move) || true;
}

/** Puts the caret's row, or those that are chosen, in once more, below the last of them, and goes there. */
export function duplicateRow(page: Page): boolean {
  const at = here(page);
  if (at === undefined) return false;
  const { table, rows } = at;
  const delta = new Delta().retain(page.lines.startOf(startOfRow(table, Math.max(...rows) + 1)));
  for (const row of rows) {
    const fresh = page.freshId();
    for (const index of linesOfRow(table, row)) copyLine(page, delta, index, { row: fresh });
  }
  return putCopies(page, at, delta, "rows");
}

/** Puts the caret's column, or those that are chosen, in once more, right of the last of them, and goes there. */
export function duplicateColumn(page: Page): boolean {
  const at = here(page);
  if (at === undefined) return false;
  const { table, columns } = at;
  const last = Math.max(...columns);
  const fresh = new Map(columns.map((column) => [column, page.freshId()]));
  const places = table.rows
    .map(({ id, head }, row) => ({ row, rowId: id, head, index: placeInRow(table, row, last) }))
    .sort((a, b) => a.index - b.index);
  const delta = new Delta();
  let offset = 0;
  for (const { row, rowId, head, index } of places) {
    const start = page.lines.startOf(index);
    delta.retain(start - offset);
    offset = start;
    for (const [column, id] of fresh) {
      const copied = linesAt(table, row, column);
      for (const line of copied) copyLine(page, delta, line, { column: id });
      // As with every new column: a line in each row, so that all rows say where it stands.
      if (copied.length === 0) delta.insert("\n", newline(page, blockOf({ table: table.id, row: rowId, column: id }, head)));
    }
  }
  return putCopies(page, at, delta, "columns");
}

/** Mod+D in a table: its columns where whole ones are chosen, else its rows. */
export function duplicateHere(page: Page): boolean {
  const at = here(page);
  const isColumns = page.selection.cells !== undefined && at?.rows.length === at?.table.rows.length;
  return isColumns ? duplicateColumn(page) : duplicateRow(page);
}

/** One line more, in another row or column. */
function copyLine(page: Page, delta: Delta, index: number, to: { readonly row?: string; readonly column?: string }): void {
  const { lines } = page;
  const { block, width } = lines.line(index);
  const { cell } = readBlock(block);
  const start = lines.startOf(index);
  for (const op of lines.slice(start, start + width).ops) delta.push(op as Op);
  delta.insert("\n", newline(page, cell === null ? block : changeBlock(block, { cell: { ...cell, ...to } })));
}

/** Puts copies of rows or columns in, behind the last of these, and chooses them when what they are of was chosen; else the caret goes to its cell's. */
function putCopies(page: Page, at: Here, delta: Delta, axis: "rows" | "columns"): boolean {
  const { table, spot } = at;
  const { cells, head } = page.selection;
  const within = head - page.lines.at(head).start;
  if (!page.edit(delta, { scroll: false })) return false;
  const now = tableAt(page.lines, table.from);
  if (now === undefined) return true;
  const first = Math.max(...at[axis]) + 1;
  const copies = at[axis].map((_place, nth) => first + nth);
  const copyOf = (place: number): number => first + Math.max(0, at[axis].indexOf(place));
  const [rows, columns] = axis === "rows" ? [copies, at.columns] : [at.rows, copies];
  const mine = axis === "rows" ? linesAt(now, copyOf(spot.row), spot.column) : linesAt(now, spot.row, copyOf(spot.column));
  const index = mine[spot.nth] ?? linesAt(now, rows[0] ?? 0, columns[0] ?? 0)[0] ?? table.from;
  const place = caret(page.lines.startOf(index) + Math.min(within, page.lines.line(index).width));
  const corner = (nth: 0 | -1): At => ({ row: rows.at(nth) ?? 0, column: columns.at(nth) ?? 0 });
  const named = (all: ReadonlyArray<{ readonly id: string }>, places: readonly number[]): string[] =>
    places.flatMap((one) => all[one]?.id ?? []);
  const chosen = {
    table: table.id,
    rows: named(now.rows, rows),
    columns: named(now.columns, columns),
    anchor: cornerAt(now, corner(0)),
    head: cornerAt(now, corner(-1)),
  };
  page.select(cells === undefined ? place : { ...place, cells: chosen });
  return true;
}

/** Places that stand side by side, together. */
function stretchesOf(places: readonly number[]): Stretch[] {
  const stretches: Stretch[] = [];
  for (const place of [...places].sort((a, b) => a - b)) {
    const last = stretches.at(-1);
    if (last !== undefined && last.last + 1 === place) stretches[stretches.length - 1] = { ...last, last: place };
    else stretches.push({ first: place, last: place });
  }
  return stretches;
}

function placesOf({ first, last }: Stretch): number[] {
  return Array.from({ length: last - first + 1 }, (_, nth) => first + nth);
}

/** Whether there is a neighbour to go past; who stands at the edge holds the others, so that none of them comes nearer to another. */
function canGo(stretches: readonly Stretch[], by: 1 | -1, count: number): boolean {
  return by < 0 ? (stretches[0]?.first ?? 0) > 0 : (stretches.at(-1)?.last ?? count) < count - 1;
}

/** In one row: the lines of columns that stand behind those of others, each before the first of these. */
function swapped(table: Table, row: number, left: readonly number[], right: readonly number[]): LineMove[] {
  const target = Math.min(...left.flatMap((column) => linesAt(table, row, column)));
  if (!Number.isFinite(target)) return [];
  return right
    .flatMap((column) => linesAt(table, row, column))
    .filter((index) => index > target)
    .map((index) => ({ index, target }));
}

/** How undo takes the move back on any text: where the lines stand together and have names, by these. */
function asOneMove(page: Page, moves: readonly LineMove[]): How {
  const [first, ...others] = moves;
  if (first === undefined) return {};
  const isTogether = others.every(({ index, target }, nth) => index === first.index + nth + 1 && target === first.target);
  const ids = moves.map(({ index }) => page.lines.line(index).id);
  if (!isTogether || ids.includes("")) return {};
  return { move: { lines: ids, after: first.index > 0 ? page.lines.line(first.index - 1).id : "" } };
}

/** Moves lines, ids and all, each before the line at its target; those with one target stay in their order. The caret, and the choice, go along. */
function moveLinesTo(page: Page, moves: readonly LineMove[], how: How): boolean {
  if (moves.length === 0) return true;
  const { lines, selection } = page;
  const all = moves.flatMap(({ index, target }) => [index, target]);
  const [first, last] = [Math.min(...all), Math.max(...all)];
  const going = new Set(moves.map(({ index }) => index));
  const coming = new Map<number, LineMove[]>();
  for (const move of moves) coming.set(move.target, [...(coming.get(move.target) ?? []), move]);
  const head = lines.at(selection.head);
  const delta = new Delta().retain(lines.startOf(first));
  let placed = lines.startOf(first);
  let caretAt = selection.head;
  const put = (line: Line, index: number, start: number): void => {
    if (index === head.index) caretAt = placed + (selection.head - head.start);
    for (const op of lines.slice(start, start + line.length).ops) delta.push(op as Op);
    placed += line.length;
  };
  for (let index = first; index <= last; index++) {
    for (const move of coming.get(index) ?? []) put(lines.line(move.index), move.index, lines.startOf(move.index));
    if (index >= lines.count) break;
    const line = lines.line(index);
    if (going.has(index)) {
      delta.delete(line.length);
      continue;
    }
    if (index === head.index) caretAt = placed + (selection.head - head.start);
    delta.retain(line.length);
    placed += line.length;
  }
  return page.edit(delta.chop(), { ...how, selection: { ...selection, ...caret(caretAt) } }) || true;
}
