/** A line as it was once, put in the place of what stands there now: what somebody chooses when a merge is reviewed. An edit like any other. */
import { Delta, type DeltaJson, type Op, lengthOf } from "../delta.ts";
import { readBlock } from "../lines/block.ts";
import type { Line } from "../lines/line.ts";
import type { Lines } from "../lines/lines.ts";
import type { Page } from "../page/page.ts";
import { caret } from "./range.ts";

/** What a line was: its words and their marks without the newline, and its block string; null for a plain paragraph. */
export interface Wording {
  readonly delta: DeltaJson;
  readonly block: string | null;
}

/** The core's name for the words behind the last newline. */
const END = "end";

/** Where a line is: its index, or -1 when it has gone. */
export function indexOf(lines: Lines, id: string): number {
  return id === END ? lines.count - 1 : lines.find(id);
}

/** The kind of a wording's line, without its other tokens. */
export function kindOf(wording: Wording): string {
  return readBlock(wording.block ?? "").kind;
}

/**
 * Makes a line what it was; `null` takes it out. A line that has gone is put back behind the line `after`, or at the end when that has gone as
 * well. Answers false when there was nothing to do.
 */
export function useWording(page: Page, id: string, after: string | null, wording: Wording | null): boolean {
  const index = indexOf(page.lines, id);
  if (index < 0 && wording === null) return false;
  const start = index < 0 ? placeAfter(page.lines, after) : page.lines.startOf(index);
  const delta = new Delta().retain(start);
  const { ops } =
    index < 0
      ? putBack(id, wording as Wording)
      : wording === null
        ? removal(page.lines.line(index))
        : change(page.lines.line(index), wording);
  for (const op of ops) delta.push(op);
  return page.edit(delta.chop(), { selection: caret(start) });
}

function placeAfter(lines: Lines, after: string | null): number {
  if (after === null) return 0;
  const index = lines.find(after);
  return index < 0 ? lines.startOf(lines.count - 1) : lines.startOf(index) + lines.line(index).length;
}

/** The line as a new one, under its old id; the core gives it another should somebody else have put it back meanwhile. */
function putBack(id: string, wording: Wording): Delta {
  const newline = wording.block === null ? { line: id } : { line: id, block: wording.block };
  return contentOf(wording).insert("\n", newline);
}

function removal(line: Line): Delta {
  return new Delta().delete(line.length);
}

/** The smallest change, so that what both wordings share stays what it is. */
function change(line: Line, wording: Wording): Delta {
  const before = new Delta();
  for (const run of line.runs) before.insert(run.embed === undefined ? run.text : { ...run.embed }, { ...run.attributes });
  const delta = before.diff(contentOf(wording));
  const reached = delta.ops.reduce((sum, op) => sum + (op.insert === undefined ? lengthOf(op) : 0), 0);
  delta.retain(line.width - reached);
  const block = wording.block ?? "";
  if (line.ends && line.block !== block) delta.retain(1, { block: block === "" ? null : block });
  return delta;
}

function contentOf(wording: Wording): Delta {
  return new Delta([...(wording.delta.ops as Op[])]);
}
