/** Kinds of lines: turning, nesting, tasks, dividers, which lines move and are doubled. All of it changes block strings or whole lines, never words. */
import { Delta } from "../delta.ts";
import { DEEPEST, changeBlock, isList, readBlock, turnInto } from "../lines/block.ts";
import { codeAt } from "../lines/code.ts";
import { type Span, blockAt, heldCount } from "../lines/span.ts";
import { cellOf } from "../lines/table.ts";
import type { Selection } from "../lane/undo.ts";
import type { How, Page } from "../page/page.ts";
import { duplicateSpan, moveSpan } from "./moving.ts";
import { type Touched, caret, ends, newline, touchedLines, withBlocks } from "./range.ts";
import { duplicateHere, moveRow } from "./rows.ts";
import { isInTable, leaveTable } from "./tables.ts";
import { typeText } from "./text.ts";

/** Spaces that Tab puts into code. */
const CODE_TAB = "  ";

/** Turns the selected lines into a kind; into paragraphs when all are of it already. */
export function turnLines(page: Page, kind: string, selection: Selection = page.selection, sparesCells = false): boolean {
  const touched = touchedLines(page.lines, selection).filter(({ line }) => !sparesCells || cellOf(line) === null);
  if (touched.length === 0) return false;
  const isAll = touched.every(({ line }) => readBlock(line.block).kind === kind);
  const wanted = isAll ? "p" : kind;
  return page.edit(
    withBlocks(
      page,
      touched.map((at) => ({ at, block: turnInto(at.line.block, wanted) })),
    ),
    { scroll: false },
  );
}

/** Quotes the selected lines, or takes the quotation away when all have one. */
export function toggleQuote(page: Page): boolean {
  const touched = touchedLines(page.lines, page.selection);
  const isAll = touched.every(({ line }) => readBlock(line.block).quote > 0);
  return page.edit(
    withBlocks(
      page,
      touched.map((at) => ({ at, block: changeBlock(at.line.block, { quote: isAll ? 0 : 1 }) })),
    ),
  );
}

/** Gives the selected code lines a language. */
export function setLanguage(page: Page, language: string): boolean {
  const code = touchedCode(page);
  return page.edit(
    withBlocks(
      page,
      code.map((at) => ({ at, block: changeBlock(at.line.block, { language: language === "" ? null : language }) })),
    ),
    { scroll: false },
  );
}

/** The lines of the code around the caret. */
function touchedCode(page: Page): Touched[] {
  const code = codeAt(page.lines, page.lines.at(page.selection.head).index);
  if (code === undefined) return [];
  let start = page.lines.startOf(code.from);
  return [...page.lines.between(code.from, code.to)].map((line, nth) => {
    const touched = { index: code.from + nth, start, line };
    start += line.length;
    return touched;
  });
}

/** The offsets of the code block around the caret, for selecting it first. */
export function codeRange(page: Page): { from: number; to: number } | undefined {
  const { lines } = page;
  const code = codeAt(lines, lines.at(page.selection.head).index);
  if (code === undefined) return undefined;
  return { from: lines.startOf(code.from), to: lines.startOf(code.to - 1) + lines.line(code.to - 1).width };
}

/** Tab and Shift+Tab: nests list items, shifts code. Answers false where Tab means nothing. */
export function indent(page: Page, by: 1 | -1): boolean {
  const touched = touchedLines(page.lines, page.selection);
  if (touched.every(({ line }) => readBlock(line.block).kind === "code")) return shiftCode(page, touched, by);
  if (!touched.some(({ line }) => isList(readBlock(line.block).kind) || readBlock(line.block).indent > 0)) return false;
  page.edit(
    withBlocks(
      page,
      touched.map((at) => ({ at, block: nested(page, at, by) })),
    ),
    { scroll: false },
  );
  return true;
}

/** Mod+] and Mod+[: as Tab, and paragraphs too. */
export function indentAny(page: Page, by: 1 | -1): boolean {
  const touched = touchedLines(page.lines, page.selection);
  if (touched.every(({ line }) => readBlock(line.block).kind === "code")) return shiftCode(page, touched, by);
  page.edit(
    withBlocks(
      page,
      touched.map((at) => ({ at, block: nested(page, at, by) })),
    ),
    { scroll: false },
  );
  return true;
}

/** Nests lines or lifts them, whatever they are but cells and code. */
export function indentLines(page: Page, by: 1 | -1, selection: Selection): boolean {
  const touched = touchedLines(page.lines, selection).filter(({ line }) => cellOf(line) === null && readBlock(line.block).kind !== "code");
  return page.edit(
    withBlocks(
      page,
      touched.map((at) => ({ at, block: nested(page, at, by) })),
    ),
    { scroll: false },
  );
}

function nested(page: Page, at: Touched, by: number): string {
  const block = readBlock(at.line.block);
  const above = at.index > 0 ? readBlock(page.lines.line(at.index - 1).block) : undefined;
  const deepest = isList(block.kind) ? Math.min(DEEPEST, above !== undefined && isList(above.kind) ? above.indent + 1 : 0) : DEEPEST;
  const wanted = block.indent + by;
  return changeBlock(at.line.block, { indent: Math.max(0, by > 0 ? Math.max(block.indent, Math.min(wanted, deepest)) : wanted) });
}

function shiftCode(page: Page, touched: readonly Touched[], by: number): boolean {
  if (by > 0 && touched.length === 1) return typeText(page, CODE_TAB);
  const delta = new Delta();
  let offset = 0;
  for (const { start, line } of touched) {
    delta.retain(start - offset);
    offset = start;
    if (by > 0) delta.insert(CODE_TAB);
    else {
      const spaces = /^ {0,2}/.exec(line.text)?.[0].length ?? 0;
      delta.delete(spaces);
      offset += spaces;
    }
  }
  page.edit(delta, { scroll: false });
  return true;
}

/** Marks the selected tasks done, or to do when all are done. Answers false when there is none. */
export function toggleTask(page: Page): boolean {
  const tasks = touchedLines(page.lines, page.selection).filter(({ line }) => readBlock(line.block).kind === "task");
  if (tasks.length === 0) return false;
  const done = !tasks.every(({ line }) => readBlock(line.block).done);
  page.edit(
    withBlocks(
      page,
      tasks.map((at) => ({ at, block: changeBlock(at.line.block, { done }) })),
    ),
    { scroll: false },
  );
  return true;
}

/** Turns one task over: its box was clicked. */
export function turnTask(page: Page, offset: number): boolean {
  const at = page.lines.at(offset);
  const block = readBlock(at.line.block);
  if (block.kind !== "task") return false;
  return page.edit(withBlocks(page, [{ at, block: changeBlock(at.line.block, { done: !block.done }) }]), { scroll: false });
}

/** Puts a divider at the caret's line if that is empty, else after it, and a paragraph to go on in. */
export function insertDivider(page: Page, how: How = {}): boolean {
  if (isInTable(page)) return false;
  const { line, start } = page.lines.at(page.selection.head);
  const end = start + line.width;
  const delta = new Delta();
  let at: number;
  if (line.width === 0 && line.ends && line.id !== "") {
    delta.retain(end).retain(1, { block: "divider" }).insert("\n", newline(page, ""));
    at = end + 1;
  } else if (line.ends) {
    delta
      .retain(end + 1)
      .insert("\n", newline(page, "divider"))
      .insert("\n", newline(page, ""));
    at = end + 2;
  } else {
    if (line.width > 0) delta.retain(end).insert("\n", newline(page, ""));
    delta.insert("\n", newline(page, "divider")).insert("\n", newline(page, ""));
    at = end + (line.width > 0 ? 2 : 1);
  }
  return page.edit(delta, { ...how, selection: caret(at) });
}

/** Puts a paragraph after the caret's line: the way out of code, cards and tables. */
export function paragraphAfter(page: Page): boolean {
  if (isInTable(page)) return leaveTable(page);
  const { line, start } = page.lines.at(page.selection.head);
  const end = start + line.length;
  const delta = new Delta().retain(end);
  if (!line.ends) delta.insert("\n", newline(page, ""));
  return page.edit(delta.insert("\n", newline(page, "")), { selection: caret(end + (line.ends ? 0 : 1)) });
}

/**
 * Alt+Shift+Up and Down: the selected lines go past the block above or below. `spanAt` says what goes together; in code lines go one by one as long as
 * they stay in it.
 */
export function moveBlock(
  page: Page,
  by: 1 | -1,
  spanAt = (index: number): Span => blockAt(page.lines, index),
  move = (span: Span, target: number): Span | undefined => moveSpan(page, span, target),
): boolean {
  if (isInTable(page)) return moveRow(page, by);
  const { lines } = page;
  const span = heldSpan(page, spanAt);
  const beside = by < 0 ? span.from - 1 : span.to;
  if (beside < 0 || beside >= heldCount(lines)) return true;
  const code = codeAt(lines, span.from);
  const isWithin = code !== undefined && beside >= code.from && beside < code.to;
  const other = isWithin ? { from: beside, to: beside + 1 } : spanAt(beside);
  move(span, by < 0 ? other.from : other.to);
  page.select(page.selection);
  return true;
}

/** Mod+D: the selected lines once more, after themselves, with ids of their own; in a table its rows, where lines would be more of the same cell. */
export function duplicate(page: Page, spanAt = (index: number): Span => blockAt(page.lines, index)): boolean {
  if (isInTable(page)) return duplicateHere(page);
  const span = heldSpan(page, spanAt);
  const { lines, selection } = page;
  const length = lines.startOf(span.to) - lines.startOf(span.from);
  const copies = duplicateSpan(page, span, codeAt(lines, span.from) === undefined);
  if (copies === undefined) return false;
  const ended = page.lines.startOf(copies.to) - page.lines.startOf(copies.from) - length;
  const distance = length + Math.max(0, ended);
  page.select({ anchor: selection.anchor + distance, head: selection.head + distance });
  return true;
}

/** The lines that the selection touches; whole blocks where it reaches over the edge of one, lines where it stays in code. */
function heldSpan(page: Page, spanAt: (index: number) => Span): Span {
  const touched = touchedLines(page.lines, page.selection);
  const [first, last] = [touched[0]?.index ?? 0, touched.at(-1)?.index ?? 0];
  const code = codeAt(page.lines, first);
  if (code !== undefined && last < code.to) return { from: first, to: last + 1 };
  return { from: spanAt(first).from, to: spanAt(last).to };
}

/** What the selection is in, for the chrome: the kind all selected lines share. */
export function sharedBlock(page: Page): { kind: string; quote: boolean; language: string } {
  const { from } = ends(page.selection);
  const blocks = touchedLines(page.lines, page.selection).map(({ line }) => readBlock(line.block));
  const first = blocks[0] ?? readBlock(page.lines.at(from).line.block);
  const isSame = blocks.every((block) => block.kind === first.kind);
  return { kind: isSame ? first.kind : "mixed", quote: blocks.every((block) => block.quote > 0), language: first.language ?? "" };
}
