/** Choosing cells as a rectangle, and what is done to them as such. What acts on a selection elsewhere (marks, kinds) finds them by `touchedLines`. */
import { Delta } from "../delta.ts";
import { type At, type ChosenCells, type Choice, type Corner, cellsBetween, choiceOf, cornerAt, eachCell } from "../lines/cells.ts";
import { type Table, linesAt } from "../lines/table.ts";
import type { Page } from "../page/page.ts";
import { caret, touchedLines } from "./range.ts";
import { goToCell, here } from "./tables.ts";

/** What is chosen on a page; undefined when no cell is, or none is there any more. */
export function choiceOn({ lines, selection }: Page): Choice | undefined {
  return choiceOf(lines, selection.cells, lines.at(selection.head).index);
}

/** Chooses the cells between two. The caret waits in the first of them, where it was if it was there. */
export function chooseCells(page: Page, table: Table, anchor: At, head: At): boolean {
  return select(page, table, cellsBetween(table, anchor, head), anchor);
}

function select(page: Page, table: Table, cells: ChosenCells, anchor: At): boolean {
  const place = waiting(page, table, cells, anchor);
  page.select({ ...caret(place), cells }, false);
  return true;
}

/** Where the caret waits: in the cell in which the choice began; where that is missing, in another that is chosen, or of the table. */
function waiting(page: Page, table: Table, cells: ChosenCells, anchor: At): number {
  const { lines, selection } = page;
  const own = linesAt(table, anchor.row, anchor.column);
  const { index } = lines.at(selection.head);
  if (own.includes(index)) return selection.head;
  const chosen = own.at(-1) ?? [...eachCell(table, cells)].find((cell) => cell.lines.length > 0)?.lines.at(-1) ?? table.from;
  return lines.startOf(chosen) + lines.line(chosen).width;
}

/** Others changed the text: the choice keeps what is left of it, and ends when nothing is. Answers whether anything is chosen. */
export function keepChoice(page: Page): boolean {
  const { selection } = page;
  if (selection.cells === undefined) return false;
  const choice = choiceOn(page);
  if (choice === undefined) {
    page.select(caret(selection.head), false);
    return false;
  }
  const { table, cells, anchor, head } = choice;
  const now = { ...cells, anchor: cornerAt(table, anchor), head: cornerAt(table, head) };
  const isSame = same(now.anchor, cells.anchor) && same(now.head, cells.head) && waiting(page, table, cells, anchor) === selection.head;
  return isSame || select(page, table, now, anchor);
}

function same(one: Corner, other: Corner): boolean {
  return one.row === other.row && one.column === other.column;
}

/** Chooses the rows that the caret, or what is chosen, is in; or the columns; or the whole table. */
export function chooseAll(page: Page, what: "row" | "column" | "table"): boolean {
  const at = here(page);
  if (at === undefined) return false;
  const { table, spot } = at;
  const { anchor, head } = choiceOn(page) ?? { anchor: spot, head: spot };
  const last = { row: table.rows.length - 1, column: table.columns.length - 1 };
  if (what === "row") return chooseCells(page, table, { row: anchor.row, column: 0 }, { row: head.row, column: last.column });
  if (what === "column") return chooseCells(page, table, { row: 0, column: anchor.column }, { row: last.row, column: head.column });
  return chooseCells(page, table, { row: 0, column: 0 }, last);
}

/** Moves the corner that moves, by a step or to the table's edge. */
export function extendCells(page: Page, rows: number, columns: number): boolean {
  const choice = choiceOn(page);
  if (choice === undefined) return false;
  const { table, anchor, head } = choice;
  const within = (at: number, count: number): number => Math.max(0, Math.min(count - 1, at));
  const to = { row: within(head.row + rows, table.rows.length), column: within(head.column + columns, table.columns.length) };
  return chooseCells(page, table, anchor, to);
}

/** Ends the choice. The caret stays where it waits, or goes to the first or behind the last of what was chosen. */
export function leaveCells(page: Page, to: "caret" | "first" | "last" = "caret"): boolean {
  const { selection } = page;
  const choice = choiceOn(page);
  if (selection.cells === undefined) return false;
  if (choice === undefined || to === "caret") {
    page.select(caret(selection.head), to !== "caret");
    return true;
  }
  const there = [...eachCell(choice.table, choice.cells)].filter(({ lines }) => lines.length > 0);
  const index = to === "first" ? there[0]?.lines[0] : there.at(-1)?.lines.at(-1);
  if (index === undefined) page.select(caret(selection.head));
  else page.select(caret(page.lines.startOf(index) + (to === "first" ? 0 : page.lines.line(index).width)));
  return true;
}

/** Empties the chosen cells. Their lines stay, as everywhere, so that what others write in them meanwhile has its place. They stay chosen. */
export function emptyCells(page: Page): boolean {
  const { selection, lines } = page;
  const delta = new Delta();
  let offset = 0;
  for (const { start, line } of touchedLines(lines, selection)) {
    delta.retain(start - offset).delete(line.width);
    offset = start + line.width;
  }
  page.edit(delta, { selection: { ...selection, ...caret(delta.transformPosition(selection.head)) }, scroll: false });
  return true;
}

/**
 * Something is about to be typed: as in a spreadsheet it takes the place of what the cell holds in which the choice began, and the others stay as they
 * are. Selects those words, so that whatever types replaces them; a cell that is missing gets its line.
 */
export function typeIntoCells(page: Page): void {
  const choice = choiceOn(page);
  if (choice === undefined) return void leaveCells(page);
  const own = linesAt(choice.table, choice.anchor.row, choice.anchor.column);
  const [first, last] = [own[0], own.at(-1)];
  if (first === undefined || last === undefined) goToCell(page, choice.table, choice.anchor.row, choice.anchor.column);
  else page.select({ anchor: page.lines.startOf(first), head: page.lines.startOf(last) + page.lines.line(last).width });
}
