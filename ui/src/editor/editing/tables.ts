/**
 * Rows, columns and cells: what the keys and the menu do to a table. All of it puts in and takes out whole lines or changes block strings; the words
 * in them go where their line goes. What moves rows and columns about is in rows.ts.
 */
import { type Align, COLUMN_WIDTHS } from "../../generated/schema.ts";
import { Delta } from "../delta.ts";
import { PLAIN, changeBlock, readBlock, writeBlock } from "../lines/block.ts";
import { choiceOf } from "../lines/cells.ts";
import type { Line } from "../lines/line.ts";
import type { Lines } from "../lines/lines.ts";
import { type Spot, type Table, USUAL_WIDTH, cellOf, linesAt, spotOf, tableAt } from "../lines/table.ts";
import type { How, Page } from "../page/page.ts";
import { type Touched, caret, newline, withBlocks } from "./range.ts";

/** A new table: a header and two rows, three columns. */
const NEW_ROWS = 3;
const NEW_COLUMNS = 3;
/** One press makes a column so much wider or narrower. */
const WIDER = 1.25;

/** The table and the cell that the caret is in. */
export interface Here {
  readonly table: Table;
  readonly spot: Spot;
  /** The places of the rows and columns that are meant: the caret's, or all that are chosen. */
  readonly rows: readonly number[];
  readonly columns: readonly number[];
}

/** Where the caret is; undefined outside of tables. */
export function here(page: Page): Here | undefined {
  const { index } = page.lines.at(page.selection.head);
  const table = tableAt(page.lines, index);
  const spot = table === undefined ? undefined : spotOf(table, index);
  if (table === undefined || spot === undefined) return undefined;
  const chosen = choiceOf(page.lines, page.selection.cells, index);
  return { table, spot, rows: chosen?.rows ?? [spot.row], columns: chosen?.columns ?? [spot.column] };
}

/** Whether the caret is in a table. */
export function isInTable(page: Page): boolean {
  return cellOf(page.lines.at(page.selection.head).line) !== null;
}

/** Puts an empty table before the caret's line when that is empty, else after it, and the caret into its first cell. */
export function insertTable(page: Page, how: How = {}): boolean {
  if (isInTable(page)) return false;
  const { line, start } = page.lines.at(page.selection.head);
  const table = page.freshId();
  const columns = Array.from({ length: NEW_COLUMNS }, () => page.freshId());
  const delta = new Delta();
  let at = start;
  if (line.width > 0) {
    at = start + line.width + 1;
    delta.retain(start + line.width);
    if (line.ends) delta.retain(1);
    else delta.insert("\n", newline(page, ""));
  } else delta.retain(start);
  for (let nth = 0; nth < NEW_ROWS; nth++) {
    const row = page.freshId();
    for (const column of columns) delta.insert("\n", newline(page, blockOf({ table, row, column }, nth === 0)));
  }
  // There is always a line to go on in behind a table.
  const isLast = !line.ends || (line.width > 0 && at >= page.lines.length);
  if (isLast) delta.insert("\n", newline(page, ""));
  return page.edit(delta, { ...how, selection: caret(at) });
}

/** Adds a row above (-1) or below (1) the caret's, or those that are chosen, and goes there. */
export function addRow(page: Page, by: 1 | -1): boolean {
  const at = here(page);
  if (at === undefined) return false;
  const { table, spot } = at;
  const row = page.freshId();
  const delta = new Delta().retain(page.lines.startOf(startOfRow(table, by < 0 ? Math.min(...at.rows) : Math.max(...at.rows) + 1)));
  const place = delta.length();
  for (const { id } of table.columns) delta.insert("\n", newline(page, blockOf({ table: table.id, row, column: id }, false)));
  return page.edit(delta, { selection: caret(place + (by > 0 ? 0 : spot.column)) });
}

/** Adds a column left (-1) or right (1) of the caret's, or of those that are chosen, and goes there. */
export function addColumn(page: Page, by: 1 | -1): boolean {
  const at = here(page);
  if (at === undefined) return false;
  const { table, spot } = at;
  const column = page.freshId();
  const before = by < 0 ? Math.min(...at.columns) - 1 : Math.max(...at.columns);
  const inserts = table.rows.map(({ id, head }, row) => ({
    row,
    index: placeInRow(table, row, before),
    block: blockOf({ table: table.id, row: id, column }, head),
  }));
  const delta = new Delta();
  let offset = 0;
  let selection = page.selection;
  for (const [nth, { row, index, block }] of [...inserts].sort((a, b) => a.index - b.index).entries()) {
    const start = page.lines.startOf(index);
    delta.retain(start - offset).insert("\n", newline(page, block));
    offset = start;
    if (row === spot.row) selection = caret(start + nth);
  }
  return page.edit(delta, { selection });
}

/** Takes the caret's row, or those that are chosen, out, words and all; with the last row the table. */
export function deleteRow(page: Page): boolean {
  const at = here(page);
  if (at === undefined) return false;
  return removeLines(
    page,
    at.table,
    at.rows.flatMap((row) => linesOfRow(at.table, row)),
  );
}

/** Takes the caret's column, or those that are chosen, out, words and all; with the last column the table. */
export function deleteColumn(page: Page): boolean {
  const at = here(page);
  if (at === undefined) return false;
  return removeLines(page, at.table, linesOfColumns(at.table, at.columns));
}

/** Takes the table out that the caret is in. */
export function deleteTable(page: Page): boolean {
  const at = here(page);
  if (at === undefined) return false;
  const { from, to } = at.table;
  return removeLines(
    page,
    at.table,
    Array.from({ length: to - from }, (_, nth) => from + nth),
  );
}

/** Makes the caret's row, or those that are chosen, headers, or ordinary ones again. */
export function toggleHeader(page: Page): boolean {
  const at = here(page);
  if (at === undefined) return false;
  const { table, rows } = at;
  const head = rows.some((row) => table.rows[row]?.head !== true);
  return changeLines(
    page,
    rows.flatMap((row) => linesOfRow(table, row)),
    (block) => changeBlock(block, { head }),
  );
}

/** Makes the caret's column, or those that are chosen, wider (1) or narrower (-1) beside the others. */
export function widenColumn(page: Page, by: 1 | -1): boolean {
  const at = here(page);
  if (at === undefined) return false;
  const { table, columns } = at;
  const scaled = (column: number): number => (table.columns[column]?.width ?? USUAL_WIDTH) * (by > 0 ? WIDER : 1 / WIDER);
  return setWidths(page, table, new Map(columns.map((column) => [column, scaled(column)])));
}

/** Makes columns so wide beside the others, each by its place; in one edit. */
export function setWidths(page: Page, table: Table, widths: ReadonlyMap<number, number>): boolean {
  const possible = (width: number): number => Math.max(COLUMN_WIDTHS.least, Math.min(COLUMN_WIDTHS.most, Math.round(width)));
  const byId = new Map([...widths].map(([column, width]) => [table.columns[column]?.id, possible(width)]));
  return changeLines(page, linesOfColumns(table, [...widths.keys()]), (block) =>
    changeBlock(block, { width: byId.get(readBlock(block).cell?.column) ?? null }),
  );
}

/** Lets the words of the caret's column, or of those that are chosen, stand at its start, in its middle or at its end. */
export function alignColumn(page: Page, to: Align): boolean {
  const at = here(page);
  if (at === undefined) return false;
  const lines = linesOfColumns(at.table, at.columns);
  // They begin at the start when nobody says anything.
  return changeLines(page, lines, (block) => changeBlock(block, { align: to === "start" ? null : to }));
}

/** Tab and Shift+Tab. In the last cell a row comes; before the first there is nothing. Answers false outside of tables. */
export function nextCell(page: Page, by: 1 | -1): boolean {
  const at = here(page);
  if (at === undefined) return false;
  const { table, spot } = at;
  const next = spot.row * table.columns.length + spot.column + by;
  if (next < 0) return true;
  if (next >= table.rows.length * table.columns.length) return addRow(page, 1) || true;
  return goToCell(page, table, Math.floor(next / table.columns.length), next % table.columns.length);
}

/** Arrow up and down: the cell above or below, or out of the table. Answers false where the browser should move inside the cell. */
export function crossRow(page: Page, by: 1 | -1): boolean {
  const { anchor, head } = page.selection;
  const at = anchor === head ? here(page) : undefined;
  if (at === undefined || page.view?.endOfTextblock(by < 0 ? "up" : "down") === false) return false;
  const { table, spot } = at;
  const lines = linesAt(table, spot.row, spot.column);
  const inside = lines[spot.nth + by];
  if (inside !== undefined) return goToLine(page, inside);
  const row = spot.row + by;
  if (row >= 0 && row < table.rows.length) return goToCell(page, table, row, spot.column);
  const beyond = by < 0 ? table.from - 1 : table.to;
  if (beyond < 0 || beyond >= page.lines.count) return true;
  const line = page.lines.line(beyond);
  return !line.ends && line.width === 0 ? true : goToLine(page, beyond);
}

/** Puts the caret into a cell; one that is missing gets its line. */
export function goToCell(page: Page, table: Table, row: number, column: number): boolean {
  const last = linesAt(table, row, column).at(-1);
  if (last !== undefined) return goToLine(page, last);
  const [into, under] = [table.rows[row], table.columns[column]];
  if (into === undefined || under === undefined) return false;
  const start = page.lines.startOf(placeInRow(table, row, column - 1));
  const block = blockOf({ table: table.id, row: into.id, column: under.id }, into.head);
  return page.edit(new Delta().retain(start).insert("\n", newline(page, block)), { selection: caret(start) }) || true;
}

/** Puts the caret behind the table it is in, into a line of its own. */
export function leaveTable(page: Page): boolean {
  const at = here(page);
  if (at === undefined) return false;
  const end = page.lines.startOf(at.table.to);
  return page.edit(new Delta().retain(end).insert("\n", newline(page, "")), { selection: caret(end) });
}

function goToLine(page: Page, index: number): true {
  page.select(caret(page.lines.startOf(index) + page.lines.line(index).width));
  return true;
}

/** The block string of an empty cell. */
export function blockOf(cell: { table: string; row: string; column: string }, head: boolean): string {
  return writeBlock({ ...PLAIN, cell, head });
}

/** The lines of a row, in the order of the text. */
export function linesOfRow(table: Table, row: number): number[] {
  return [...(table.rows[row]?.cells.values() ?? [])].flat().sort((a, b) => a - b);
}

function linesOfColumns(table: Table, columns: readonly number[]): number[] {
  return table.rows.flatMap((_row, row) => columns.flatMap((column) => linesAt(table, row, column)));
}

/** Where a row begins in the text; behind the last, where the table ends. */
export function startOfRow(table: Table, row: number): number {
  return linesOfRow(table, row)[0] ?? table.to;
}

/** The index of the line before which a cell right of `column` goes: behind the nearest cell of its row that is there, else in front of all. */
export function placeInRow(table: Table, row: number, column: number): number {
  for (let at = column; at >= 0; at--) {
    const last = linesAt(table, row, at).at(-1);
    if (last !== undefined) return last + 1;
  }
  return startOfRow(table, row);
}

function changeLines(page: Page, indexes: readonly number[], change: (block: string) => string): boolean {
  const touched = [...indexes]
    .sort((a, b) => a - b)
    .map((index): Touched => ({ index, start: page.lines.startOf(index), line: page.lines.line(index) }));
  return page.edit(
    withBlocks(
      page,
      touched.map((at) => ({ at, block: change(at.line.block) })),
    ),
    { scroll: false },
  );
}

function removeLines(page: Page, table: Table, indexes: readonly number[]): boolean {
  const gone = new Set(indexes);
  const delta = new Delta().retain(page.lines.startOf(table.from));
  const place = page.lines.startOf(Math.min(...indexes, table.to));
  let index = table.from;
  for (const line of page.lines.between(table.from, table.to)) {
    if (gone.has(index)) delta.delete(line.length);
    else delta.retain(line.length);
    index++;
  }
  return page.edit(delta.chop(), { selection: caret(Math.min(place, page.lines.length)) });
}

/**
 * Deletes a selection that reaches over cells: it empties them and leaves their lines, so that the table keeps its shape; a table that lies in it
 * whole goes. Undefined when there is nothing of a table in it, or it stays in one line.
 */
export function deletionOverCells(lines: Lines, from: number, to: number): Delta | undefined {
  const first = lines.at(from);
  let last = lines.at(to);
  // As everywhere, the text's last newline stays.
  if (!last.line.ends && last.line.width === 0 && last.index > first.index) last = lines.at(to - 1);
  if (first.index === last.index) return undefined;
  const touched = [...lines.between(first.index, last.index + 1)];
  if (touched.every((line) => cellOf(line) === null)) return undefined;
  const whole = wholeTables(lines, first.index, touched, from, to);
  const delta = new Delta().retain(from);
  let start = first.start;
  for (const [nth, line] of touched.entries()) {
    const end = start + line.width;
    delta.delete(Math.max(0, Math.min(to, end) - Math.max(from, start)));
    const next = whole.findIndex((goes, at) => at > nth && !goes);
    const joins = cellOf(line) === null && next > nth && cellOf(touched[next] as Line) === null && line.ends;
    const goes = whole[nth] === true || joins;
    if (goes) delta.delete(1);
    else if (nth < touched.length - 1) delta.retain(1);
    start += line.length;
  }
  return delta.chop();
}

/** Which of the touched lines are in a table that lies in [from, to) whole. */
function wholeTables(lines: Lines, first: number, touched: readonly Line[], from: number, to: number): boolean[] {
  const whole: boolean[] = [];
  while (whole.length < touched.length) {
    const table = cellOf(touched[whole.length] as Line) === null ? undefined : tableAt(lines, first + whole.length);
    if (table === undefined) whole.push(false);
    else {
      const goes = from <= lines.startOf(table.from) && to >= lines.startOf(table.to) - 1;
      for (let at = first + whole.length; at < table.to && whole.length < touched.length; at++) whole.push(goes);
    }
  }
  return whole;
}
