/** The keys while cells are chosen, and those that choose them. Which key is which is said in editing/keys.ts. */
import { chooseAll, chooseCells, choiceOn, emptyCells, extendCells, leaveCells, typeIntoCells } from "../editing/cells.ts";
import { writes } from "../editing/keys.ts";
import { here } from "../editing/tables.ts";
import { directionAt } from "../lines/direction.ts";
import { type At } from "../lines/cells.ts";
import { type Table, linesAt, spotOf } from "../lines/table.ts";
import type { Page } from "../page/page.ts";
import { showCell } from "./place.ts";

/** Which way an arrow goes: down, and to the right of the screen. */
const ARROWS: Readonly<Record<string, readonly [down: number, right: number]>> = {
  arrowup: [-1, 0],
  arrowdown: [1, 0],
  arrowleft: [0, -1],
  arrowright: [0, 1],
};

const MENU: ReadonlySet<string> = new Set(["alt+enter", "contextmenu", "shift+f10"]);

/** The keys that act on chosen cells alone: the others do there what they do everywhere. */
export const CELL_KEYS: readonly string[] = ["shift+arrowleft", "shift+arrowright", "mod+shift+arrowleft", "mod+shift+arrowright"];

/** Runs a key on the chosen cells, or chooses some. Answers false when the text should have it. */
export function handleCellKey(page: Page, openMenu: () => boolean, key: string, event: KeyboardEvent): boolean {
  const choice = choiceOn(page);
  if (choice === undefined) return !event.isComposing && begins(page, key);
  if (event.isComposing || writes(event)) {
    if (page.editable) typeIntoCells(page);
    return false;
  }
  const arrow = /^(mod\+)?(shift\+)?(arrow\w+)$/.exec(key);
  const way = ARROWS[arrow?.[3] ?? ""];
  if (way !== undefined) {
    if (arrow?.[2] === undefined) return leaveCells(page, way[0] + way[1] * onward(page, choice.table) < 0 ? "first" : "last");
    const far = arrow[1] === undefined ? 1 : Number.POSITIVE_INFINITY;
    extendCells(page, by(way[0], far), by(way[1] * onward(page, choice.table), far));
    return showHead(page);
  }
  if (key === "escape") return leaveCells(page);
  if (MENU.has(key)) return openMenu();
  if (key === "enter" || key === "shift+enter") return leaveCells(page, "caret");
  if (/^(?:\w+\+)?(?:backspace|delete)$/.test(key)) return emptyCells(page);
  if (key === "mod+a" && !isWhole(choice.table, choice.rows.length, choice.columns.length)) return chooseAll(page, "table");
  if (/^(?:home|end|pageup|pagedown)$/.test(key)) leaveCells(page);
  return false;
}

/** Nothing times infinity is nothing. */
function by(step: number, far: number): number {
  return step === 0 ? 0 : step * far;
}

/** Whether the first column stands at the left: to the right of the screen is on (1), or back (-1). */
function onward(page: Page, table: Table): 1 | -1 {
  return directionAt(page.lines, table.from) === "rtl" ? -1 : 1;
}

function isWhole(table: Table, rows: number, columns: number): boolean {
  return rows === table.rows.length && columns === table.columns.length;
}

/** Shift and an arrow at the edge of a cell: from there on whole cells are chosen. Out of the table, words are selected as everywhere. */
function begins(page: Page, key: string): boolean {
  const way = key.startsWith("shift+") ? ARROWS[key.slice("shift+".length)] : undefined;
  const at = way === undefined ? undefined : here(page);
  if (way === undefined || at === undefined) return false;
  const { table, spot } = at;
  const start = spotOf(table, page.lines.at(page.selection.anchor).index);
  if (start === undefined) return false;
  const isOneCell = start.row === spot.row && start.column === spot.column;
  if (isOneCell && !isAtEdge(page, table, spot, way)) return false;
  const to = { row: spot.row + way[0], column: spot.column + way[1] * onward(page, table) };
  if (to.row < 0 || to.row >= table.rows.length) return false;
  chooseCells(page, table, start, { row: to.row, column: Math.max(0, Math.min(table.columns.length - 1, to.column)) });
  return showHead(page);
}

function isAtEdge(page: Page, table: Table, { row, column }: At, [down, right]: readonly [number, number]): boolean {
  const { index, start, line } = page.lines.at(page.selection.head);
  const lines = linesAt(table, row, column);
  const isBack = right === 0 ? down < 0 : right < 0 === (directionAt(page.lines, index) === "ltr");
  if (index !== (isBack ? lines[0] : lines.at(-1))) return false;
  if (right === 0) return page.view?.endOfTextblock(down < 0 ? "up" : "down") !== false;
  return page.selection.head === (isBack ? start : start + line.width);
}

function showHead(page: Page): true {
  const choice = choiceOn(page);
  if (choice !== undefined) showCell(page, choice.table, choice.head);
  return true;
}
