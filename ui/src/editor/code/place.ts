/** Where the code is that the caret stands in, for what the chrome shows beside it. */
import { codeRange } from "../editing/blocks.ts";
import type { Page } from "../page/page.ts";
import { type Box, boxOf } from "../screen.ts";

/** A block of code: its offsets, and the box of its first line from edge to edge. */
export interface CodePlace {
  readonly from: number;
  readonly to: number;
  readonly box: Box;
}

/** The code that the caret stands in; undefined where that is none, or not on the screen. */
export function codePlace(page: Page): CodePlace | undefined {
  const range = codeRange(page);
  if (range === undefined || page.view === undefined) return undefined;
  const line = boxOf(page.view, page, range.from, range.from);
  if (line === undefined) return undefined;
  const { left, right } = page.view.dom.getBoundingClientRect();
  return { ...range, box: { ...line, left, right } };
}
