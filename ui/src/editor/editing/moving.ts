/** Whole blocks: moved, put in once more, taken out. What goes is what comes, ids and all; a copy has ids of its own. */
import { Delta } from "../delta.ts";
import { changeBlock, readBlock } from "../lines/block.ts";
import { codeAt } from "../lines/code.ts";
import type { Lines } from "../lines/lines.ts";
import { moveRange } from "../lines/move.ts";
import { type Span, beginsCode, heldCount } from "../lines/span.ts";
import type { Page } from "../page/page.ts";
import { caret, newline } from "./range.ts";

/** Moves the lines of a span before the line at `target`; the selection goes along. Answers where they are now, undefined where nothing moved. */
export function moveSpan(page: Page, { from, to }: Span, target: number): Span | undefined {
  if (!page.editable || (target >= from && target <= to)) return undefined;
  if (Math.max(to, target) === page.lines.count) endLast(page);
  const { lines, selection } = page;
  const moved = moveRange(lines, from, to, target);
  const distance = lines.startOf(target) - lines.startOf(target < from ? from : to);
  const at = target < from ? target : target - (to - from);
  const now = { from: at, to: at + to - from };
  const ids = [...lines.between(from, to)].map((line) => line.id);
  const move = ids.includes("") ? {} : { move: { lines: ids, after: from > 0 ? lines.line(from - 1).id : "" } };
  const [start, end] = [lines.startOf(from), lines.startOf(to)];
  const goes = (offset: number): number => (offset >= start && offset <= end ? offset + distance : moved.transformPosition(offset));
  const delta = moved.compose(parted(lines, { from, to }, target, moved));
  page.edit(delta, { selection: { anchor: goes(selection.anchor), head: goes(selection.head) }, scroll: false, ...move });
  return now;
}

/** Words after the last newline get one, so that something can stand behind them. */
function endLast(page: Page): void {
  if (page.lines.line(page.lines.count - 1).ends) return;
  page.edit(new Delta().retain(page.lines.length).insert("\n", newline(page, "")), { scroll: false });
}

/** Blocks of code that become neighbours stay two: the later one says that it begins. */
function parted(lines: Lines, { from, to }: Span, target: number, moved: Delta): Delta {
  const run = codeAt(lines, from);
  const delta = new Delta();
  if (run !== undefined && target >= run.from && target <= run.to) return delta;
  const begins = new Set(
    [from, to, target].filter((index) => index < lines.count && beginsCode(lines, index)).map((i) => lines.line(i).id),
  );
  const after = lines.apply(moved).lines;
  const at = target < from ? target : target - (to - from);
  const meetings = [at, at + to - from, target < from ? to : from].filter((index) => index > 0 && index < after.count);
  let offset = 0;
  for (const index of [...new Set(meetings)].sort((a, b) => a - b)) {
    const line = after.line(index);
    if (!begins.has(line.id) || !line.ends || beginsCode(after, index)) continue;
    const end = after.startOf(index) + line.width;
    delta.retain(end - offset).retain(1, { block: changeBlock(line.block, { start: true }) });
    offset = end + 1;
  }
  return delta;
}

/** Puts the lines of a span in once more, behind themselves; as blocks of their own, or lines of the same code. Answers where the copies are. */
export function duplicateSpan(page: Page, { from, to }: Span, asBlocks = true): Span | undefined {
  if (!page.editable) return undefined;
  if (to === page.lines.count) endLast(page);
  const { lines } = page;
  const end = lines.startOf(to);
  const delta = new Delta().retain(end);
  const tables = new Map<string, string>();
  let isFirst = asBlocks;
  for (const op of lines.slice(lines.startOf(from), end).ops) {
    if (op.insert !== "\n") {
      delta.push(op);
      continue;
    }
    const block = copied(page, String(op.attributes?.["block"] ?? ""), tables, isFirst);
    isFirst = false;
    delta.insert("\n", { ...op.attributes, ...newline(page, block) });
  }
  page.edit(delta, { selection: caret(end), scroll: false });
  return { from: to, to: to + to - from };
}

/** A copied table is another table, and a copied block of code begins by itself. */
function copied(page: Page, block: string, tables: Map<string, string>, isFirst: boolean): string {
  const { cell, kind } = readBlock(block);
  if (cell !== null) {
    const table = tables.get(cell.table) ?? page.freshId();
    tables.set(cell.table, table);
    return changeBlock(block, { cell: { ...cell, table } });
  }
  return kind === "code" && isFirst ? changeBlock(block, { start: true }) : block;
}

/** Takes the lines of a span out. The caret goes to what stood behind them; a text never becomes less than one empty line. */
export function removeSpan(page: Page, { from, to }: Span): boolean {
  const { lines } = page;
  const [start, end] = [lines.startOf(from), lines.startOf(to)];
  const isAll = from === 0 && to >= heldCount(lines);
  if (isAll) {
    const last = lines.line(heldCount(lines) - 1);
    const delta = new Delta().delete(Math.max(0, end - (last.ends ? 1 : 0)));
    if (last.ends && last.block !== "") delta.retain(1, { block: null });
    return page.edit(delta, { selection: caret(0) });
  }
  const after = to < heldCount(lines) ? start : lines.startOf(from - 1) + lines.line(from - 1).width;
  return page.edit(new Delta().retain(start).delete(end - start), { selection: caret(after) });
}
