/** What a selection covers: offsets, lines, and the stretches of characters in them. Shared by all commands; changes nothing. */
import type { Attributes } from "../delta.ts";
import { Delta } from "../delta.ts";
import { linesOfCells } from "../lines/cells.ts";
import type { Line } from "../lines/line.ts";
import type { Lines } from "../lines/lines.ts";
import type { Selection } from "../lane/undo.ts";
import type { Page } from "../page/page.ts";

/** A line that a selection touches. */
export interface Touched {
  readonly index: number;
  readonly start: number;
  readonly line: Line;
}

/** The smaller and the greater end of a selection. */
export function ends({ anchor, head }: Selection): { from: number; to: number } {
  return anchor < head ? { from: anchor, to: head } : { from: head, to: anchor };
}

/** Whether nothing is selected: neither characters nor cells. */
export function isCaret({ anchor, head, cells }: Selection): boolean {
  return anchor === head && cells === undefined;
}

/** The lines that a selection touches, of cells theirs. One whose very start is the selection's end is not. */
export function touchedLines(lines: Lines, selection: Selection): Touched[] {
  if (selection.cells !== undefined) return linesOfCells(lines, selection.cells, lines.at(selection.head).index);
  const { from, to } = ends(selection);
  const first = lines.at(from);
  const touched: Touched[] = [];
  let { start, index } = first;
  for (const line of lines.between(first.index)) {
    if (index > first.index && start >= to) break;
    if (!line.ends && line.width === 0 && index > 0 && (index > first.index || from > 0)) break;
    touched.push({ index, start, line });
    start += line.length;
    index++;
  }
  return touched.length > 0 ? touched : [first];
}

/** A caret. */
export function caret(offset: number): Selection {
  return { anchor: offset, head: offset };
}

/** A Delta that gives lines other block strings. A line without a newline gets one. */
export function withBlocks(page: Page, changes: ReadonlyArray<{ readonly at: Touched; readonly block: string }>): Delta {
  const delta = new Delta();
  let offset = 0;
  for (const { at, block } of changes) {
    const end = at.start + at.line.width;
    delta.retain(end - offset);
    offset = end;
    if (at.line.ends) {
      if (at.line.block === block) continue;
      // A newline without an id cannot carry a kind: it is written anew.
      if (at.line.id === "") delta.insert("\n", newline(page, block)).delete(1);
      else delta.retain(1, { block: block === "" ? null : block });
      offset += 1;
    } else delta.insert("\n", newline(page, block));
  }
  return delta;
}

/** The attributes of a new newline. */
export function newline(page: Page, block: string): Record<string, string> {
  return block === "" ? { line: page.freshId() } : { line: page.freshId(), block };
}

/** What of a line that a selection touches is selected. */
export function partOf({ start, line }: Touched, selection: Selection): { from: number; to: number } {
  if (selection.cells !== undefined) return { from: start, to: start + line.width };
  const { from, to } = ends(selection);
  return { from: Math.max(from, start), to: Math.min(to, start + line.width) };
}

/** A Delta that formats the characters, not the newlines, of a selection. */
export function formatted(lines: Lines, selection: Selection, attributes: Attributes, takes: (line: Line) => boolean = () => true): Delta {
  const delta = new Delta();
  let offset = 0;
  for (const touched of touchedLines(lines, selection)) {
    const { from, to } = partOf(touched, selection);
    if (to <= from || !takes(touched.line)) continue;
    delta.retain(from - offset).retain(to - from, { ...attributes });
    offset = to;
  }
  return delta;
}
