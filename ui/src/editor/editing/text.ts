/** Putting in and taking out text: deletion across lines, Enter, line break, Backspace and Delete at the edges of lines. */
import { type Attributes, Delta } from "../delta.ts";
import { type Line, SOFT_BREAK } from "../lines/line.ts";
import type { Place } from "../lines/lines.ts";
import { type Block, blockAfter, changeBlock, headingLevel, isList, readBlock, turnInto } from "../lines/block.ts";
import { attributesOf } from "../page/schema.ts";
import type { How, Page } from "../page/page.ts";
import { cellOf } from "../lines/table.ts";
import { caret, ends, newline, withBlocks } from "./range.ts";
import { deletionOverCells } from "./tables.ts";

/** The attributes that a character typed now carries. */
export function typingAttributes(page: Page): Attributes | undefined {
  return attributesOf(page.state.storedMarks ?? page.marksHere);
}

/** Takes [from, to) out. What is joined is what the first line was, unless nothing of it is left. */
export function deletion(page: Page, from: number, to: number): Delta {
  const { lines } = page;
  const overCells = deletionOverCells(lines, from, to);
  if (overCells !== undefined) return overCells;
  const first = lines.at(from);
  let last = lines.at(to);
  let end = to;
  if (!last.line.ends && last.line.width === 0 && last.index > first.index) {
    // The text's last newline stays: words never stand without one.
    end = to - 1;
    last = lines.at(end);
  }
  const delta = new Delta().retain(from).delete(end - from);
  if (last.index === first.index || !last.line.ends) return delta;
  const isAll = from === 0 && end === last.start + last.line.width && last.index >= lines.count - 2;
  const block = isAll ? "" : from > first.start ? first.line.block : last.line.block;
  if (block !== last.line.block) delta.retain(last.start + last.line.width - end).retain(1, { block: block === "" ? null : block });
  return delta;
}

/** Puts a text in place of the selection, as if it had been typed. Newlines in it become lines of the same kind, in a cell breaks. */
export function typeText(page: Page, text: string, how: How = {}): boolean {
  const { from, to } = ends(page.selection);
  const attributes = typingAttributes(page);
  const { line } = page.lines.at(from);
  const { block } = line;
  const insert = new Delta();
  const plain = text.replace(/\r\n?/g, "\n");
  for (const [nth, part] of (cellOf(line) === null ? plain : plain.replaceAll("\n", SOFT_BREAK)).split("\n").entries()) {
    if (nth > 0) insert.insert("\n", newline(page, block));
    insert.insert(part, attributes === undefined ? undefined : { ...attributes });
  }
  const change = new Delta().retain(from).concat(insert);
  const delta = from === to ? change : deletion(page, from, to).compose(change);
  return page.edit(delta, { selection: caret(from + insert.length()), ...how });
}

/** Deletes the selection. Answers false when there is none. */
export function deleteSelection(page: Page): boolean {
  const { from, to } = ends(page.selection);
  if (from === to) return false;
  page.edit(deletion(page, from, to), { selection: caret(from) });
  return true;
}

/** Enter: after the line's own newline at its end, else before the caret; out of an empty list item or quotation; in a cell a break. */
export function enter(page: Page): boolean {
  const { from, to } = ends(page.selection);
  if (cellOf(page.lines.at(from).line) !== null) return typeText(page, SOFT_BREAK, { joins: "typing" });
  if (from !== to) {
    page.edit(deletion(page, from, to), { selection: caret(from), joins: "enter over a selection" });
    return splitAt(page, from, { joins: "enter over a selection" });
  }
  const place = page.lines.at(from);
  const block = readBlock(place.line.block);
  if (place.line.width === 0 && leaves(page, place.index, block)) {
    return page.edit(withBlocks(page, [{ at: place, block: loosened(block, place.line.block) }]));
  }
  return splitAt(page, from);
}

function splitAt(page: Page, offset: number, how: How = {}): boolean {
  const { line, start } = page.lines.at(offset);
  const end = start + line.width;
  if (!line.ends && offset === end) {
    const delta = new Delta().retain(offset).insert("\n", newline(page, "")).insert("\n", newline(page, ""));
    return page.edit(delta, { ...how, selection: caret(offset + 1) });
  }
  if (offset === end) {
    return page.edit(new Delta().retain(end + 1).insert("\n", newline(page, blockAfter(line.block))), {
      ...how,
      selection: caret(end + 1),
    });
  }
  const atStart = offset === start;
  const block = readBlock(line.block);
  // What stands behind the caret leaves a caption.
  const before = atStart && !block.caption ? blockAfter(line.block) : line.block;
  const delta = new Delta().retain(offset).insert("\n", newline(page, before));
  // What follows keeps its own newline, but not what belongs to a beginning.
  const beginning = { start: false, number: null, done: false, caption: false };
  const after = atStart && !block.caption ? line.block : changeBlock(line.block, beginning);
  if (line.ends && after !== line.block && !(atStart && block.start))
    delta.retain(end - offset).retain(1, { block: after === "" ? null : after });
  return page.edit(delta, { ...how, selection: caret(offset + 1) });
}

/** Whether Enter in this empty line leaves what it is in. Code is left from a second empty line at its end. */
function leaves(page: Page, index: number, block: Block): boolean {
  if (isList(block.kind) || block.quote > 0 || block.indent > 0 || block.caption || (block.note !== null && block.kind !== "code"))
    return true;
  if (block.kind !== "code") return false;
  const before = index > 0 ? page.lines.line(index - 1) : undefined;
  const after = index + 1 < page.lines.count ? page.lines.line(index + 1) : undefined;
  const ends = after === undefined || readBlock(after.block).kind !== "code";
  return ends && before !== undefined && before.width === 0 && readBlock(before.block).kind === "code";
}

/** One step out: no caption, then less indentation, then no list, then less quotation, then a paragraph. */
function loosened(block: Block, spelled: string): string {
  if (block.caption) return changeBlock(spelled, { caption: false });
  if (block.indent > 0) return changeBlock(spelled, { indent: block.indent - 1 });
  if (isList(block.kind)) return turnInto(spelled, "p");
  if (block.kind === "code") return turnInto(spelled, "p");
  if (block.quote > 0) return changeBlock(spelled, { quote: block.quote - 1 });
  if (block.note !== null && !isOther(block.kind)) return changeBlock(spelled, { note: null });
  return turnInto(spelled, "p");
}

/** Headings and dividers become paragraphs first. */
function isOther(kind: string): boolean {
  return headingLevel(kind) > 0 || kind === "divider";
}

/** Shift+Enter: a break inside the line. In code a line of its own. */
export function lineBreak(page: Page): boolean {
  const { from } = ends(page.selection);
  return readBlock(page.lines.at(from).line.block).kind === "code" ? enter(page) : typeText(page, SOFT_BREAK, { joins: "typing" });
}

/** Backspace at a line's start, or over a selection. Answers false where the browser does it well itself. */
export function backspace(page: Page): boolean {
  const { from, to } = ends(page.selection);
  if (from !== to) return deleteSelection(page);
  const place = page.lines.at(from);
  if (from > place.start) return false;
  const { line, index } = place;
  const block = readBlock(line.block);
  const before = index > 0 ? page.lines.line(index - 1) : undefined;
  if (cellOf(line) !== null) return isSameCell(before, line) ? join(page, index - 1) : true;
  // An empty caption goes away.
  if (block.caption && line.width === 0 && before !== undefined) return join(page, index - 1);
  const inCode = block.kind === "code" && before !== undefined && readBlock(before.block).kind === "code";
  const special =
    isList(block.kind) ||
    block.caption ||
    block.quote > 0 ||
    block.indent > 0 ||
    headingLevel(block.kind) > 0 ||
    (block.note !== null && (before === undefined || readBlock(before.block).note !== block.note)) ||
    block.kind === "code" ||
    block.kind === "divider";
  if (special && !inCode && line.ends) return page.edit(withBlocks(page, [{ at: place, block: loosened(block, line.block) }])) || true;
  if (before === undefined) return true;
  if (cellOf(before) !== null) return leaveForCell(page, place);
  return join(page, index - 1);
}

/** Delete at a line's end, or over a selection. Answers false where the browser does it well itself. */
export function deleteForward(page: Page): boolean {
  const { from, to } = ends(page.selection);
  if (from !== to) return deleteSelection(page);
  const { line, start, index } = page.lines.at(from);
  if (from < start + line.width) return false;
  if (!line.ends || index + 1 >= page.lines.count) return true;
  const next = page.lines.line(index + 1);
  if (!next.ends && next.width === 0) return true;
  if (isSameCell(line, next) || (cellOf(line) === null && cellOf(next) === null)) return join(page, index);
  // A cell is never joined with what stands outside of it.
  if (cellOf(line) === null && line.width === 0) page.edit(new Delta().retain(start).delete(1), { selection: caret(start) });
  return true;
}

function isSameCell(a: Line | undefined, b: Line): boolean {
  const [one, other] = [a === undefined ? null : cellOf(a), cellOf(b)];
  return one !== null && other !== null && one.table === other.table && one.row === other.row && one.column === other.column;
}

/** Backspace right behind a table: the caret goes into its last cell, and an empty line goes away. */
function leaveForCell(page: Page, { line, start }: Place): true {
  if (line.width > 0 || !line.ends) page.select(caret(start - 1));
  else page.edit(new Delta().retain(start).delete(1), { selection: caret(start - 1) });
  return true;
}

/** Takes out the newline of a line. The rest is what that line was, unless it was empty or a divider. */
function join(page: Page, index: number): boolean {
  const { lines } = page;
  const line = lines.line(index);
  const next = lines.line(index + 1);
  const end = lines.startOf(index) + line.width;
  const isDivider = readBlock(line.block).kind === "divider";
  const delta = new Delta().retain(end).delete(1);
  if (!next.ends && next.width === 0) {
    // The text's last newline stays; the caret moves to the line before.
    page.select(caret(end));
    return true;
  }
  if (line.width > 0 && !isDivider && next.ends && next.block !== line.block) {
    delta.retain(next.width).retain(1, { block: line.block === "" ? null : line.block });
  }
  page.edit(delta, { selection: caret(end) });
  return true;
}
