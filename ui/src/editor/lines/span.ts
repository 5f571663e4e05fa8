/** Which lines go together when a block is taken hold of: one, or all of a table, or all of a block of code, or a picture with its captions. */
import { figureAt } from "./caption.ts";
import { codeAt } from "./code.ts";
import type { Lines } from "./lines.ts";
import { tableAt } from "./table.ts";

/** The lines [from, to). */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** The lines of the block that the line at an index is a part of. */
export function blockAt(lines: Lines, index: number): Span {
  const table = tableAt(lines, index);
  if (table !== undefined) return { from: table.from, to: table.to };
  return codeAt(lines, index) ?? figureAt(lines, index) ?? { from: index, to: index + 1 };
}

/** How many lines there are to take hold of: without the empty one after the last newline. */
export function heldCount(lines: Lines): number {
  const last = lines.line(lines.count - 1);
  return last.ends || last.width > 0 ? lines.count : lines.count - 1;
}

/** Whether a line begins a block of code. */
export function beginsCode(lines: Lines, index: number): boolean {
  return codeAt(lines, index, 1)?.from === index;
}
